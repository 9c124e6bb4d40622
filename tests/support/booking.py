"""What the tests of approvals, bookings and endings share: agreements on a desk, a page that says what it is told, and
the desk's worker with the desk's well-known key.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import select
from support.chain import GPT
from support.desk import Participant

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.signers import Signer
from ifx_sdk.signing import Message, sign_digest
from ifx_sdk.terms import Terms
from otc_desk import events
from otc_desk.agreements import message_of, open_agreement, parties_of
from otc_desk.db.tables import Agreement, Event, Party
from otc_desk.desk import Desk
from otc_desk.live import LivePrices
from otc_desk.worker import Worker, booker

LONG, SHORT, OUTSIDER = devnet.LONG, devnet.SHORT, devnet.OUTSIDER
FUNDS = 100_000_000 * 10**6
UNLIMITED = 2**256 - 1
NODE = "http://oracle.example"


@dataclass
class ToldPage:
    """Oracle nodes of a kind: each says what it is told, now."""

    desk: Desk
    """Whose clock the readings have."""
    price: int = 8_000_000
    """micro-USDT per Mtok."""
    changes: list[dict[str, object]] = field(default_factory=list)
    """As `/live` tells them."""
    broken: bool = False
    """Whether no node answers."""
    asked: int = 0
    """How often a node was asked."""

    def live(self, nodes: Sequence[str] = (NODE,)) -> LivePrices:
        """What the desk asks."""
        return LivePrices(nodes, timeout_seconds=5, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.broken:
            return httpx.Response(503, json={"error": "no whole answer within 20 s"})
        told = {"underlying": request.url.path.removeprefix("/live/"), "price": self.price, "at": self.desk.now()}
        return httpx.Response(200, json=told | {"changes": self.changes})


def fund(ifx: IFX, *indices: int, allowance: int = UNLIMITED) -> None:
    """Give well-known accounts money, and have them allow the escrow some of it."""
    for index in indices:
        party = ifx.as_signer(devnet.signer(index))
        devnet.faucet(ifx, party.account, usdt=FUNDS)
        for outcome in party.token.allow(allowance):
            outcome.confirmed()


def terms_of(desk: Desk, *, long: str | None = None, short: str | None = None, **changes: Any) -> Terms:
    """Terms of one lot over three months on today's fixing."""
    quote = desk.ifx.quote(GPT, 100_000, 3)
    made = desk.ifx.terms(quote, long=long or dev_address(LONG), short=short or dev_address(SHORT), price=7_700_000)
    return replace(made, **changes)


def opened(desk: Desk, message: Message) -> str:
    """An agreement of that message, sent to its parties; its id."""
    domain = desk.ifx.escrow.domain()
    return desk.database.write(lambda session: open_agreement(session, message, domain, desk.now()).id)


def signature(desk: Desk, message: Message, index: int) -> str:
    """A well-known account's approval."""
    return "0x" + sign_digest(desk.ifx.escrow.message_id(message), dev_key(index)).hex()


def approve(desk: Desk, party: Participant, id: str, index: int) -> Any:
    """Sign an agreement and give the signature to the desk; the response."""
    return party.post(f"/api/agreements/{id}/approve", {"approval": signature(desk, message_in(desk, id), index)})


def approved(desk: Desk, client: TestClient, message: Message, *indices: int) -> str:
    """An agreement that these well-known accounts approved; its id."""
    id = opened(desk, message)
    for index in indices or (LONG, SHORT):
        answer = approve(desk, Participant(client, index), id, index)
        assert answer.status_code == 200, answer.text
    return id


def row(desk: Desk, id: str) -> Agreement:
    """The agreement's row."""
    with desk.database.reading() as session:
        found = session.get(Agreement, id)
        assert found is not None
        return found


def party(desk: Desk, id: str, role: str) -> Party:
    """One party's row."""
    with desk.database.reading() as session:
        agreement = session.get(Agreement, id)
        assert agreement is not None
        return next(each for each in parties_of(session, agreement) if each.role == role)


def message_in(desk: Desk, id: str) -> Message:
    """What an agreement's parties approve."""
    return message_of(row(desk, id))


def told(desk: Desk, id: str) -> list[str]:
    """What the trail says of an agreement, in order."""
    with desk.database.reading() as session:
        assert list(events.verify(session)) == []
        asked = select(Event.what).where(Event.object == "agreement", Event.object_id == id).order_by(Event.seq)
        return list(session.scalars(asked))


def details(desk: Desk, id: str, what: str) -> list[dict[str, Any]]:
    """The details of one kind of event of an agreement."""
    with desk.database.reading() as session:
        asked = select(Event.detail).where(Event.object_id == id, Event.what == what).order_by(Event.seq)
        return [json.loads(each) for each in session.scalars(asked)]


def working(desk: Desk, *, page: ToldPage | None = None, signer: Signer | None = None, stuck_after: int = 5) -> Worker:
    """The desk's worker; with a page it asks one node for it."""
    live = None if page is None else page.live()
    return Worker(desk, booker(desk, signer or devnet.signer(devnet.DESK), live=live, stuck_after=stuck_after))


def rounds(worker: Worker, count: int = 3) -> None:
    """Some rounds, one after the other."""
    for _ in range(count):
        worker.act()


def bookings(ifx: IFX) -> list[bytes]:
    """Ids of everything that was ever booked, as often as it was."""
    return [each.record.id for each in ifx.escrow.forwards()]

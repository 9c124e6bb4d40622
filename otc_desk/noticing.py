"""What the chain says of agreements that are open here: approvals, revocations, executions, by whomever; and deadlines.

Nobody needs to tell the desk. It asks for the escrow's events since its last look, with an overlap for blocks that were
undone, and looks at every agreement that they touch; now and then at all of them.
"""

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.client import IFX
from ifx_sdk.contract import items, raw
from ifx_sdk.errors import RpcError
from otc_desk import events
from otc_desk.agreements import message_of, move_agreement, parties_of
from otc_desk.approvals import ONCHAIN, Approval, give
from otc_desk.db.engine import Database
from otc_desk.db.tables import Agreement
from otc_desk.deeds import Deed, Fate, deed_of, executed_by
from otc_desk.journal import open_attempts
from otc_desk.logs import logger
from otc_desk.states import OPEN_AGREEMENTS, AgreementState

OVERLAP_BLOCKS: Final = 64
"""Blocks that are looked at again: two epochs of Ethereum."""
ALL_SECONDS: Final = 600
"""Between two looks at every open agreement."""
FINALITY_SECONDS: Final = 900
"""How long after its time a block counts as final where the node does not tell its finalized block."""
_EVENTS: Final = (
    "Approved",
    "Revoked",
    "ForwardBooked",
    "ForwardTerminated",
    "ForwardNovated",
    "ForwardSettled",
    "ForwardsSettled",
)
_STATES: Final = {
    Fate.EXECUTED: AgreementState.DONE,
    Fate.REVOKED: AgreementState.DECLINED,
    Fate.DEAD: AgreementState.FAILED,
}


def settle(database: Database, agreement_id: str, deed: Deed, now: int) -> None:
    """Take over what the chain has made of an agreement that is open here."""
    state = _STATES[deed.fate]

    def work(session: Session) -> None:
        agreement = session.get(Agreement, agreement_id)
        if agreement is not None and agreement.state in OPEN_AGREEMENTS:
            move_agreement(session, agreement, state, events.DESK, now, deed.why, tx_hash=deed.tx_hash)

    database.write(work)
    logger().info("agreement", id=agreement_id, state=state.value, tx_hash=deed.tx_hash)


class Noticer:
    """Keeps open agreements in step with the chain. Needs no key."""

    def __init__(self, ifx: IFX, database: Database, clock: Callable[[], int]) -> None:
        """`clock` gives unix seconds UTC."""
        self._ifx, self._database, self._clock = ifx, database, clock
        self._from: int | None = None
        self._all_at = 0

    def look(self) -> None:
        """Take over what is new on the chain. Raises `NodeDown`, `RpcError`, `NotNow`."""
        head, now = self._ifx.chain.block_number(), self._clock()
        everything = self._from is None or now >= self._all_at
        touched = None if everything else self._touched(self._from or 0, head)
        for agreement_id in self._open(touched):
            self.notice(agreement_id)
        if everything:
            self._all_at = now + ALL_SECONDS
        self._from = max(self._ifx.escrow.first_block, head - OVERLAP_BLOCKS)

    def notice(self, agreement_id: str) -> None:
        """Look at one open agreement. Raises `NodeDown`, `RpcError`, `NotNow`."""
        with self._database.reading() as session:
            agreement = session.get(Agreement, agreement_id)
            if agreement is None or agreement.state not in OPEN_AGREEMENTS:
                return
            missing = [each for each in parties_of(session, agreement) if each.approved_at is None]
        deed = deed_of(self._ifx, message_of(agreement))
        if deed.fate is not Fate.OPEN:
            settle(self._database, agreement_id, deed, self._clock())
            return
        digest = bytes.fromhex(agreement.digest[2:])
        given = [each.account for each in missing if self._ifx.escrow.is_approved(digest, each.account)]
        if given and self._clock() <= agreement.deadline:
            self._database.write(lambda session: self._give(session, agreement_id, given))

    def expire(self) -> None:
        """Close what is past its deadline and can not be executed any more. Raises `NodeDown`, `RpcError`, `NotNow`."""
        newest = self._ifx.chain.timestamp()
        final = self._final_time(newest)
        with self._database.reading() as session:
            asked = select(Agreement).where(Agreement.state.in_(OPEN_AGREEMENTS), Agreement.deadline < newest)
            late = session.scalars(asked.order_by(Agreement.deadline)).all()
            under_way = executed_by(self._ifx, open_attempts(session)) if late else frozenset()
        for each in late:
            # Anyone may have executed an ending, or our own booking be mined, in a block that is not final.
            firm = each.kind == "terms" and each.digest not in under_way
            if firm or each.deadline < final:
                self.notice(each.id)
                self._database.write(lambda session, id=each.id: self._expire(session, id))  # type: ignore[misc]

    def _open(self, touched: Iterable[str] | None) -> list[str]:
        with self._database.reading() as session:
            asked = select(Agreement.id, Agreement.digest, Agreement.forward).where(
                Agreement.state.in_(OPEN_AGREEMENTS)
            )
            rows = session.execute(asked.order_by(Agreement.id)).all()
        wanted = None if touched is None else set(touched)
        return [row.id for row in rows if wanted is None or {row.digest, row.forward} & wanted]

    def _touched(self, first: int, last: int) -> set[str]:
        """Digests and forwards that the escrow's events are about."""
        escrow = self._ifx.escrow
        found: set[str] = set()
        for name in _EVENTS:
            for event in self._ifx.chain.events(escrow.codec, escrow.address, name, from_block=first, to_block=last):
                ids = items(event.args["ids"]) if name == "ForwardsSettled" else [event.args["id"]]
                found |= {"0x" + raw(each).hex() for each in ids}
        return found

    def _give(self, session: Session, agreement_id: str, accounts: Iterable[str]) -> None:
        for account in accounts:
            agreement = session.get(Agreement, agreement_id)
            if agreement is not None and agreement.state == AgreementState.SENT:
                give(session, agreement_id, account, Approval(method=ONCHAIN), self._clock())

    def _expire(self, session: Session, agreement_id: str) -> None:
        agreement = session.get(Agreement, agreement_id)
        if agreement is None or agreement.state not in OPEN_AGREEMENTS:
            return
        reason = "its deadline is over"
        if agreement.reason:
            reason = f"{reason}; it waited for: {agreement.reason}"
        move_agreement(session, agreement, AgreementState.EXPIRED, events.DESK, self._clock(), reason)

    def _final_time(self, newest: int) -> int:
        try:
            return self._ifx.chain.timestamp("finalized")
        except RpcError:
            return newest - FINALITY_SECONDS

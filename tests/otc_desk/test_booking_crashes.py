"""The desk dies, or loses its node, between an approval and a final booking: booked exactly once all the same."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.booking import LONG, SHORT, ToldPage, approved, bookings, fund, rounds, row, terms_of, told, working
from support.chain import GPT, LUNA
from support.desk import Participant, client_of, desk_on, sqlite
from support.faults import FaultyNode, answer_lost, never_arrives, said_twice
from support.pools import Killed, SeamNode, Seams, SeamSigner, automine, forget, mine, pass_blocks, undo

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.outcomes import Attempt, Outcome
from otc_desk.booking import Booker
from otc_desk.desk import Desk
from otc_desk.errors import AlreadyWorking
from otc_desk.journal import DeskJournal
from otc_desk.worker import Worker, booker, only_worker

DESK = devnet.DESK
Made = Callable[[IFX], Desk]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Made]:
    """Desks on one database, each with a connection of its own: what a restart is."""
    closing: list[Any] = []

    def make(ifx: IFX) -> Desk:
        block = desk_on(sqlite(tmp_path), ifx)
        closing.append(block)
        return block.__enter__()

    yield make
    for block in reversed(closing):
        block.__exit__(None, None, None)


def through(ifx: IFX, node: Any) -> IFX:
    """The same deployment through another provider."""
    return IFX.connect(Chain(node.web3, chain_id=31337), ifx.deployment)


class DyingJournal(DeskJournal):
    """The desk's journal, with the seams of `support.pools`."""

    def __init__(self, inner: DeskJournal, seams: Seams) -> None:
        self._inner, self._seams = inner, seams

    def record(self, attempt: Attempt) -> None:
        self._seams.at("before the journal")
        self._inner.record(attempt)
        self._seams.at("after the journal")

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        self._inner.resolve(attempt, outcome)

    def open_attempts(self) -> tuple[Attempt, ...]:
        return self._inner.open_attempts()


def dying(desk: Desk, point: str) -> tuple[Worker, SeamSigner]:
    """A worker that is killed at a named point, once."""
    seams = Seams(point)
    node = SeamNode(desk.ifx.chain.web3, seams)
    signer = SeamSigner(devnet.signer(DESK), seams)
    made = booker(desk, signer)
    made.journal = DyingJournal(made.journal, seams)
    made.ifx = IFX(Chain(node.web3, chain_id=31337).connect(), desk.ifx.deployment, signer, made.journal)
    return Worker(desk, made), signer


@pytest.mark.parametrize("waits", [False, True], ids=["mined at once", "waits in the pool"])
@pytest.mark.parametrize("point", Seams.POINTS)
def test_killed_at_every_point_it_is_booked_once(
    opened: Made, deployed: IFX, local: Any, point: str, waits: bool
) -> None:
    """The next process finishes what the first began: one booking, one nonce, nothing open."""
    desk = opened(deployed)
    fund(deployed, LONG, SHORT)
    terms = terms_of(desk)
    id = approved(desk, client_of(desk), terms)
    automine(deployed.chain, not waits)
    worker, _ = dying(desk, point)
    with pytest.raises(Killed, match=point):
        rounds(worker)
    again = opened(deployed)
    successor = working(again)
    rounds(successor, 2)
    if waits:
        mine(deployed.chain)
    rounds(successor)
    automine(deployed.chain, True)
    assert row(again, id).state == "done"
    assert row(again, id).final_at is not None
    assert bookings(deployed) == [deployed.escrow.terms_id(terms)]
    assert deployed.chain.node.nonce(dev_address(DESK)) == 1
    assert booker(again, devnet.signer(DESK)).journal.open_attempts() == ()


def test_killed_between_the_broadcast_and_its_note(
    opened: Made, deployed: IFX, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agreement does not know of its transaction, the journal does: it is not sent again."""
    desk = opened(deployed)
    fund(deployed, LONG, SHORT)
    id = approved(desk, client_of(desk), terms_of(desk))

    def die(*_: object) -> None:
        raise Killed("before the note")

    with monkeypatch.context() as patched:
        patched.setattr(Booker, "_sent", die)
        automine(deployed.chain, False)
        with pytest.raises(Killed):
            rounds(working(desk))
    rounds(working(opened(deployed)), 2)
    mine(deployed.chain)
    automine(deployed.chain, True)
    rounds(working(desk))
    assert row(desk, id).state == "done"
    assert len(bookings(deployed)) == deployed.chain.node.nonce(dev_address(DESK)) == 1


@pytest.mark.parametrize("fault", [answer_lost, never_arrives, said_twice])
def test_a_node_that_loses_a_booking_or_its_answer(opened: Made, deployed: IFX, fault: Callable[..., Any]) -> None:
    """Time runs out at the broadcast: the same bytes again, never another booking."""
    desk = opened(deployed)
    fund(deployed, LONG, SHORT)
    id = approved(desk, client_of(desk), terms_of(desk))
    node = FaultyNode(deployed.chain.web3, fault)
    rounds(working(opened(through(deployed, node))), 2)
    assert node.broadcasts >= 1
    rounds(working(desk))
    assert row(desk, id).state == "done"
    assert len(bookings(deployed)) == deployed.chain.node.nonce(dev_address(DESK)) == 1


def test_a_node_that_is_down_costs_nothing_but_time(opened: Made, deployed: IFX) -> None:
    """Every step of a round fails, none of them does harm; the next round books."""
    desk = opened(deployed)
    fund(deployed, LONG, SHORT)
    id = approved(desk, client_of(desk), terms_of(desk))
    node = FaultyNode(deployed.chain.web3, answer_lost)
    other = opened(through(deployed, node))
    worker = working(other)
    node.down = True
    rounds(worker)
    assert row(desk, id).state == "approved"
    node.down = False
    rounds(working(desk))
    assert row(desk, id).state == "done"


# ------------------------------------------------------------------------------------------- in the pool


def in_the_pool(desk: Desk, worker: Worker, id: str) -> str:
    """Have the booking sent and not mined; its hash."""
    automine(desk.ifx.chain, False)
    rounds(worker, 1)
    assert "which waits to be mined" in row(desk, id).reason
    return row(desk, id).reason.split()[2].rstrip(",")


def test_while_it_waits_nobody_declines_and_nothing_is_sent_twice(desk: Desk, client: TestClient) -> None:
    """The desk says that the chain decides now; rounds pass, the nonce stays."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    worker = working(desk)
    tx_hash = in_the_pool(desk, worker, id)
    answer = Participant(client, SHORT).post(f"/api/agreements/{id}/decline")
    assert (answer.status_code, "being executed" in answer.json()["title"]) == (409, True)
    rounds(worker)
    mine(desk.ifx.chain)
    rounds(worker)
    assert (row(desk, id).state, row(desk, id).tx_hash) == ("done", tx_hash)
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 1


def test_what_the_pool_forgets_is_sent_again_only_while_the_page_still_agrees(desk: Desk, client: TestClient) -> None:
    """The page changed meanwhile: its nonce is filled with a transfer of nothing, and the agreement waits."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    page = ToldPage(desk)
    worker = working(desk, page=page)
    forget(desk.ifx.chain, in_the_pool(desk, worker, id))
    page.price = 7_000_000
    rounds(worker, 2)
    mine(desk.ifx.chain)
    rounds(worker, 2)
    assert (row(desk, id).state, bookings(desk.ifx)) == ("approved", [])
    assert "7.00 USD/Mtok now" in row(desk, id).reason
    page.price = 8_000_000
    rounds(worker, 1)
    mine(desk.ifx.chain)
    automine(desk.ifx.chain, True)
    rounds(worker)
    assert row(desk, id).state == "done"
    assert len(bookings(desk.ifx)) == 1
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 2


def test_what_hangs_is_replaced_at_its_nonce(desk: Desk, client: TestClient) -> None:
    """For higher fees; whichever is mined, the forward is booked once."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    worker = working(desk, stuck_after=0)
    first = in_the_pool(desk, worker, id)
    rounds(worker, 2)
    mine(desk.ifx.chain)
    automine(desk.ifx.chain, True)
    rounds(worker)
    assert row(desk, id).state == "done"
    assert row(desk, id).tx_hash != first
    assert len(bookings(desk.ifx)) == desk.ifx.chain.node.nonce(dev_address(DESK)) == 1


def test_declined_in_the_very_moment_of_sending(
    desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last check and the journal: the journal takes no attempt, nothing is broadcast."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    short = Participant(client, SHORT)
    first = Booker.problems

    def problems_then_no(self: Booker, message: Any) -> Any:
        found = first(self, message)
        assert short.post(f"/api/agreements/{id}/decline").status_code == 200
        return found

    monkeypatch.setattr(Booker, "problems", problems_then_no)
    rounds(working(desk))
    assert (row(desk, id).state, row(desk, id).reason) == ("declined", "declined by the short")
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 0
    assert bookings(desk.ifx) == []


def test_a_second_worker_sends_nothing_twice(desk: Desk, client: TestClient) -> None:
    """Even beside the lock: the journal refuses a second transaction for the same terms."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    one, other = working(desk), working(desk)
    automine(desk.ifx.chain, False)
    for worker in (one, other, one, other):
        rounds(worker, 1)
    mine(desk.ifx.chain)
    automine(desk.ifx.chain, True)
    rounds(other)
    assert row(desk, id).state == "done"
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 1


def test_one_worker_at_a_time_works_on_a_database(desk: Desk) -> None:
    """A second one is refused, until the first is gone."""
    with only_worker(desk.database) as alive:
        alive()
        with pytest.raises(AlreadyWorking), only_worker(desk.database):
            pass
    with only_worker(desk.database) as alive:
        alive()


# ------------------------------------------------------------------------------------------- reorganisations


def test_a_booking_that_the_chain_undoes_is_sent_again_as_it_was(tmp_path: Path, own_anvil: Chain) -> None:
    """Done, undone, done by the very same transaction, then final: the trail tells each."""
    ifx = devnet.start(own_anvil, [GPT, LUNA])
    devnet.post(ifx, {GPT: 8_000_000})
    fund(ifx, LONG, SHORT)
    with desk_on(sqlite(tmp_path), ifx) as desk:
        client = client_of(desk)
        terms = terms_of(desk)
        id = approved(desk, client, terms)
        worker = working(desk)
        rounds(worker)
        first = row(desk, id)
        assert (first.state, first.final_at) == ("done", None)
        undo(own_anvil, 1)
        assert bookings(ifx) == []
        rounds(worker, 1)
        assert row(desk, id).state == "approved"
        rounds(worker)
        assert (row(desk, id).state, row(desk, id).tx_hash) == ("done", first.tx_hash)
        assert bookings(ifx) == [ifx.escrow.terms_id(terms)]
        pass_blocks(own_anvil, 70)
        rounds(worker, 1)
        assert row(desk, id).final_at is not None
        said = told(desk, id)
        assert said[said.index("done") :] == ["done", "undone", "approved", "done", "final"]

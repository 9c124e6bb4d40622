"""The desk's journal over its table: durable, siblings apart, open until settled; what must not be sent is refused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ifx_sdk.devkeys import dev_address
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, Sent, Unknown
from otc_desk.db.engine import Database
from otc_desk.errors import WrongState
from otc_desk.journal import DeskJournal, open_attempts, reopen

FIRST = Attempt(
    tx_hash="0x" + "11" * 32,
    sender=dev_address(1),
    nonce=7,
    call="ForwardEscrow.book",
    to=dev_address(3),
    data_hash="0x" + "22" * 32,
    chain_id=31337,
    block=5,
    raw="0x02",
    max_fee=2**70,
    priority_fee=1,
)
SECOND = replace(FIRST, tx_hash="0x" + "33" * 32, max_fee=2**71)


def confirmed(attempt: Attempt) -> Confirmed:
    """Mined."""
    return Confirmed(
        tx_hash=str(attempt.tx_hash),
        attempt=attempt,
        block_number=6,
        gas_used=1,
        effective_gas_price=1,
        contract_address=None,
    )


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty one."""
    found = Database(database_url)
    yield found
    found.close()


@pytest.fixture
def journal(database: Database) -> DeskJournal:
    """Nothing in it."""
    return DeskJournal(database, lambda: 1_784_073_600)


def test_an_attempt_stays_open_until_it_is_settled(journal: DeskJournal, database: Database) -> None:
    """Sent and unknown settle nothing; another connection reads the same, every field as it was."""
    journal.record(FIRST)
    for outcome in (
        Sent(tx_hash=str(FIRST.tx_hash), attempt=FIRST),
        Unknown(tx_hash=FIRST.tx_hash, attempt=FIRST, why="lost"),
    ):
        journal.resolve(FIRST, outcome)
        assert DeskJournal(database, lambda: 0).open_attempts() == (FIRST,)
    journal.resolve(FIRST, confirmed(FIRST))
    assert journal.open_attempts() == ()
    assert journal.attempts() == (FIRST,)


def test_siblings_are_settled_one_by_one(journal: DeskJournal) -> None:
    """A replacement at the same nonce is an attempt of its own."""
    journal.record(FIRST)
    journal.record(SECOND)
    assert journal.open_attempts() == (FIRST, SECOND)
    journal.resolve(FIRST, Dropped(tx_hash=FIRST.tx_hash, attempt=FIRST, why="replaced"))
    assert journal.open_attempts() == (SECOND,)
    journal.resolve(SECOND, confirmed(SECOND))
    assert journal.attempts() == (FIRST, SECOND)


def test_what_was_settled_is_open_again_once_it_is_recorded_again(journal: DeskJournal, database: Database) -> None:
    """A reorganisation took its block away; it is one row all the same."""
    journal.record(FIRST)
    journal.resolve(FIRST, confirmed(FIRST))
    journal.record(FIRST)
    assert (journal.open_attempts(), journal.attempts()) == ((FIRST,), (FIRST,))
    journal.resolve(FIRST, confirmed(FIRST))
    database.write(lambda session: reopen(session, str(FIRST.tx_hash)))
    assert journal.open_attempts() == (FIRST,)


def test_a_hash_that_the_node_told_later_is_kept(journal: DeskJournal) -> None:
    """Where the node signs, its answer is the first to name the hash."""
    nameless = replace(FIRST, tx_hash=None, raw=None)
    journal.record(nameless)
    journal.resolve(nameless, Sent(tx_hash=str(FIRST.tx_hash), attempt=nameless))
    (held,) = journal.open_attempts()
    assert held == replace(nameless, tx_hash=FIRST.tx_hash)
    journal.resolve(held, confirmed(held))
    assert journal.open_attempts() == ()


def test_other_chains_and_senders_are_others(journal: DeskJournal) -> None:
    """The same nonce there is no sibling."""
    elsewhere, other = replace(FIRST, chain_id=1), replace(FIRST, sender=dev_address(2), tx_hash="0x" + "44" * 32)
    for each in (FIRST, elsewhere, other):
        journal.record(each)
    journal.resolve(FIRST, confirmed(FIRST))
    assert journal.open_attempts() == (elsewhere, other)


def test_what_was_never_recorded_is_passed_over(journal: DeskJournal) -> None:
    """An outcome of nothing settles nothing."""
    journal.record(FIRST)
    journal.resolve(SECOND, confirmed(SECOND))
    assert journal.open_attempts() == (FIRST,)


def test_what_must_not_be_sent_is_not_kept(database: Database) -> None:
    """The last look is in the transaction of the attempt: it raises, and there is no row."""

    def hold(session: object, attempt: Attempt) -> None:
        raise WrongState("it is not executed any more", "declined", "Look at its reason.")

    with pytest.raises(WrongState):
        DeskJournal(database, lambda: 0, hold).record(FIRST)
    with database.reading() as session:
        assert open_attempts(session) == ()

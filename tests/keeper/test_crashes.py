"""Whatever happens to a keeper and its transactions, no batch is sent twice and every forward is settled once."""

from pathlib import Path

import pytest
from support.faults import FaultyNode, never_arrives
from support.keepers import KEEPER, Matured, settled_in, until_done
from support.pools import Killed, SeamNode, Seams, SeamSigner, pass_blocks, undo

from ifx_sdk import devnet
from ifx_sdk.errors import NodeDown
from ifx_sdk.keeper import BadKeeperFile, KeeperStore
from ifx_sdk.keeper.keeper import SOON_SECONDS, Keeper
from ifx_sdk.outcomes import Attempt


class KilledAt(KeeperStore):
    """A file whose journal may die before or after it has kept an attempt."""

    def __init__(self, path: Path, seams: Seams) -> None:
        super().__init__(path)
        self._seams = seams

    def into(self, keeper: Keeper) -> Keeper:
        """That keeper with this journal."""
        journal, seams = keeper._journal, self._seams
        record = journal.record

        def recording(attempt: Attempt) -> None:
            seams.at("before the journal")
            record(attempt)
            seams.at("after the journal")

        journal.record = recording  # type: ignore[method-assign]
        return keeper


@pytest.mark.parametrize("point", Seams.POINTS)
def test_a_keeper_that_is_killed_settles_everything_once(due: Matured, tmp_path: Path, point: str) -> None:
    """At each seam of a transaction: the next process finds it, or sends the same bytes, or is the first to send."""
    seams, path = Seams(point), tmp_path / "keeper.db"
    node = SeamNode(due.local.web3, seams)
    store = KilledAt(path, seams)
    signer = SeamSigner(devnet.signer(KEEPER), seams)
    with pytest.raises(Killed):
        store.into(due.keeper(store, signer=signer, escrow=due.escrow(node.web3))).round()
    store.close()
    rounds = until_done(due.keeper(path, escrow=due.escrow(node.web3)))
    assert settled_in(rounds) == sorted(due.ids)
    assert (due.settled(), due.transactions(), len(set(map(str, node.broadcasts)))) == (4, 1, 1)


def test_what_was_lost_on_its_way_is_sent_again_as_it_was(due: Matured, tmp_path: Path) -> None:
    """Nothing else is sent meanwhile; the same bytes are the same transaction."""
    store = KeeperStore(tmp_path / "keeper.db")
    lost = due.keeper(store, escrow=due.escrow(FaultyNode(due.local.web3, never_arrives).web3)).round()
    assert lost.sent == ()
    assert lost.waits is not None
    keeper = due.keeper(store)
    assert settled_in(until_done(keeper)) == sorted(due.ids)
    assert due.transactions() == 1


def test_one_that_waits_in_a_pool_is_waited_for(due: Matured) -> None:
    """Nothing is sent beside it; where the pool forgets it the same bytes are sent again, at the same nonce."""
    signer = SeamSigner(devnet.signer(KEEPER), Seams())
    due.local.automine = False
    keeper = due.keeper(signer=signer)
    first = keeper.round()
    assert first.sent == due.grouped
    due.local.revert(due.local.snapshot())  # its pool forgets
    told = keeper.round()
    assert told.waits == f"{first.tx_hash} is not mined yet"
    assert keeper.pause(told) == SOON_SECONDS
    pass_blocks(due.ifx.chain, 1)
    assert keeper.round().settled == due.grouped
    assert [each["nonce"] for each in signer.signed] == [0]


def test_a_batch_that_others_settled_meanwhile_is_given_up(due: Matured) -> None:
    """It never arrived and nobody wants it any more: its nonce is filled, and the keeper is free."""
    store = KeeperStore()
    assert due.keeper(store, escrow=due.escrow(FaultyNode(due.local.web3, never_arrives).web3)).round().sent == ()
    due.trading.as_role(devnet.LONG).escrow.settle_many(due.ids).confirmed()
    pass_blocks(due.ifx.chain, 6)
    keeper = due.keeper(store)
    told = until_done(keeper)[-1]
    assert (told.open, told.settled) == (0, ())
    assert (due.transactions(), keeper._journal.open_attempts()) == (1, ())


def test_a_settlement_that_a_reorganisation_undid_is_settled_again(due: Matured) -> None:
    """What it read of the lost blocks is forgotten with them."""
    store = KeeperStore()
    keeper = due.keeper(store)
    assert until_done(keeper)[-1].open == 0
    undo(due.ifx.chain, 1)
    assert due.settled() == 0
    assert until_done(keeper)[-1].open == 0
    assert due.settled() == 4


def test_a_file_belongs_to_one_keeper(due: Matured, tmp_path: Path) -> None:
    """A second process on it is refused before it looks at the chain; after the first one it goes on."""
    path = tmp_path / "keeper.db"
    first = KeeperStore(path)
    assert due.keeper(first).round().sent == due.grouped
    with pytest.raises(BadKeeperFile, match="another keeper runs on it"):
        due.keeper(KeeperStore(path)).round()
    first.close()
    assert due.keeper(KeeperStore(path)).round().settled == due.grouped


def test_a_file_of_something_else_is_refused(due: Matured, tmp_path: Path) -> None:
    """Whether it is a database or not; nothing is written to it."""
    other = tmp_path / "other"
    other.write_bytes(b"no database at all, but longer than a header of one hundred bytes" * 3)
    before = other.read_bytes()
    with pytest.raises(BadKeeperFile):
        due.keeper(other).round()
    assert other.read_bytes() == before
    assert due.settled() == 0


def test_a_chain_that_is_down_costs_nothing(due: Matured) -> None:
    """The error comes out; when the chain is back it goes on."""
    store = KeeperStore()
    escrow = due.escrow()
    logs = escrow.chain.node.logs

    def refused(query: object) -> tuple[object, ...]:
        raise NodeDown("http://127.0.0.1:1", "connection refused")

    escrow.chain.node.logs = refused  # type: ignore[assignment, method-assign]
    keeper = due.keeper(store, escrow=escrow)
    with pytest.raises(NodeDown):
        keeper.round()
    escrow.chain.node.logs = logs  # type: ignore[method-assign]
    assert keeper.round().sent == due.grouped

"""What is open is read from events: in ranges, once where they are final, and as the newest block has it."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.keepers import Matured

from ifx_sdk import devnet
from ifx_sdk.errors import NodeDown, RpcError
from ifx_sdk.escrow import Escrow
from ifx_sdk.keeper import KeeperStore, finding
from ifx_sdk.keeper.finding import Finder


def found(escrow: Escrow, store: KeeperStore) -> set[bytes] | None:
    """The ids of what is open."""
    looked = Finder(escrow, store).look()
    return None if looked is None else set(looked)


def asked_ranges(escrow: Escrow) -> list[tuple[int, int]]:
    """The ranges of blocks that are asked of this escrow's node from now on."""
    ranges: list[tuple[int, int]] = []
    logs = escrow.chain.node.logs

    def noting(query: Any) -> Any:
        ranges.append((query["fromBlock"], query["toBlock"]))
        return logs(query)

    escrow.chain.node.logs = noting  # type: ignore[method-assign]
    return ranges


def test_all_that_did_not_end_is_open(due: Matured) -> None:
    """Neither what was settled alone nor in a batch; what ended early is not either."""
    escrow = due.trading.as_role(devnet.LONG).escrow
    store = KeeperStore()
    assert found(due.escrow(), store) == set(due.ids)
    escrow.settle(due.ids[0]).confirmed()
    assert found(due.escrow(), store) == set(due.ids[1:])
    escrow.settle_many(due.ids).confirmed()
    assert found(due.escrow(), store) == set()
    with_new = due.trading.book(due.trading.terms("openai/gpt-4.1"))
    assert found(due.escrow(), store) == {with_new}
    due.trading.terminate(with_new, 7_700_000)
    assert found(due.escrow(), store) == set()


def test_a_range_is_read_once(due: Matured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In steps that follow one another; a new process goes on behind the last one."""
    monkeypatch.setattr(finding, "STEP_BLOCKS", 7)
    escrow, path = due.escrow(), tmp_path / "keeper.db"
    ranges, head = asked_ranges(escrow), due.ifx.chain.block_number()
    store = KeeperStore(path)
    assert found(escrow, store) == set(due.ids)
    assert ranges[0][0] == escrow.first_block
    assert ranges[-1][1] == head
    assert all(after[0] == before[1] + 1 and after[1] - after[0] < 7 for before, after in pairwise(ranges))
    store.close()
    ranges.clear()
    due.trading.next_day()
    assert found(escrow, KeeperStore(path)) == set(due.ids)
    assert {first for first, _ in ranges} == {head + 1}


def test_a_first_reading_may_take_several_looks(due: Matured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each goes on; until the end nothing is said to be open."""
    monkeypatch.setattr(finding, "STEP_BLOCKS", 3)
    monkeypatch.setattr(finding, "MOST_STEPS", 2)
    store = KeeperStore()
    looks = [found(due.escrow(), store) for _ in range(8)]
    assert looks[0] is None
    assert looks[-1] == set(due.ids)


def test_what_is_not_final_is_read_anew(due: Matured) -> None:
    """A settlement above the final block counts, and is forgotten with its block."""
    store, escrow = KeeperStore(), due.escrow()
    final = due.ifx.chain.block_number()
    escrow.chain.finalized_block = lambda: final  # type: ignore[method-assign]
    assert found(escrow, store) == set(due.ids)
    mark = due.local.snapshot()
    due.trading.as_role(devnet.LONG).escrow.settle_many(due.ids[:2]).confirmed()
    assert found(escrow, store) == set(due.ids[2:])
    due.local.revert(mark)
    due.trading.as_role(devnet.LONG).escrow.settle_many(due.ids[2:]).confirmed()
    assert found(escrow, store) == set(due.ids[:2])


def test_another_history_is_read_from_the_beginning(due: Matured) -> None:
    """A block that was kept has another hash: what was known of it is gone."""
    store = KeeperStore()
    mark = due.local.snapshot()
    due.trading.as_role(devnet.LONG).escrow.settle_many(due.ids[:2]).confirmed()
    assert found(due.escrow(), store) == set(due.ids[2:])
    due.local.revert(mark)
    due.trading.next_day()
    assert found(due.escrow(), store) == set(due.ids)


def test_a_node_that_is_late_is_waited_for(due: Matured, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is final cannot go: its older view is none, on any chain but a local one."""
    monkeypatch.setattr(finding, "DEVNET_CHAIN_ID", 1)
    store, mark = KeeperStore(), due.local.snapshot()
    due.trading.next_day()
    assert found(due.escrow(), store) == set(due.ids)
    due.local.revert(mark)
    with pytest.raises(NodeDown, match="was final already"):
        found(due.escrow(), store)


def test_a_view_that_changes_while_it_is_read_is_none(due: Matured) -> None:
    """The next look has one."""
    store, escrow = KeeperStore(), due.escrow()
    logs, mark = escrow.chain.node.logs, due.local.snapshot()
    due.trading.next_day()

    def reorganising(query: Any) -> Any:
        answer = logs(query)
        due.local.revert(mark)
        due.trading.go_to(due.maturity + 7_200)  # another block at the same height
        escrow.chain.node.logs = logs  # type: ignore[method-assign]
        return answer

    escrow.chain.node.logs = reorganising  # type: ignore[method-assign]
    assert found(escrow, store) is None
    assert found(escrow, store) == set(due.ids)


def test_a_node_that_gives_few_blocks_at_once_is_asked_in_parts(due: Matured) -> None:
    """Its refusal is no error."""
    escrow = due.escrow()
    logs = escrow.chain.node.logs

    def stingy(query: Any) -> Any:
        if query["toBlock"] - query["fromBlock"] >= 5:
            raise RpcError("eth_getLogs", "at most 5 blocks")
        return logs(query)

    escrow.chain.node.logs = stingy  # type: ignore[method-assign]
    assert found(escrow, KeeperStore()) == set(due.ids)


def test_another_escrow_begins_anew(due: Matured) -> None:
    """What was read of one says nothing of another."""
    store = KeeperStore()
    assert found(due.escrow(), store) == set(due.ids)
    assert store.cursor(31337, "0x" + "11" * 20) is None

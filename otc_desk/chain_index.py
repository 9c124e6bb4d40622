"""The chain's events in the desk's database: read once where they are final, and anew until then.

A step reads the events behind the last final block as one view of the chain and puts them, with a cursor, in the place
of what was known of those blocks: one transaction. So whatever the chain undid is gone with the next step, and whoever
stops in the middle goes on where the last step ended. Blocks are told by their hashes: a view that changed while it was
read is read again. Answers of the market are as of the cursor's head.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ifx_sdk.client import IFX
from ifx_sdk.deploy import DEVNET_CHAIN_ID
from ifx_sdk.errors import RpcError
from ifx_sdk.node import BlockHead
from otc_desk.chain_rows import ESCROW_EVENTS, KINDS, ORACLE_EVENTS, Rows, rows_of, timed_blocks
from otc_desk.db.tables import ChainCursor, ChainEnding, ChainForward, ChainNovation
from otc_desk.desk import Desk
from otc_desk.logs import logger

STEP_BLOCKS: Final = 20_000
"""Final blocks that one step reads at most; where a node gives fewer at once, it is asked in parts."""
DEEP_BLOCKS: Final = 256
"""Where a node does not say what is final, blocks below this many are not read again."""
MOST_STEPS: Final = 10
"""Steps of one call, also those in which the view changed: the caller has other work."""
_ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """One look at the chain: what a step writes."""

    kept: BlockHead | None
    """The last block that is not read again; None where that stays as it was."""
    head: BlockHead
    """The last block that was read."""
    final: int | None
    """The last of those that are final."""
    rows: Rows
    """Everything since the block that was kept before."""


def advance(desk: Desk) -> int:
    """Read what the chain has more than the database; returns how many events were not known before.

    Call it as often as blocks come; where nothing changed it costs four questions, and a first reading of years takes
    several calls. Several processes may call it at once. Raises `NodeDown`, `RpcError`, `UnknownAnswer`, `NotNow`: then
    everything up to the last step stays.
    """
    found = 0
    for _ in range(MOST_STEPS):
        before = _cursor(desk)
        if before is not None and not _still_holds(desk.ifx, before):
            _start_over(desk, before)
            before = None
        head, final = _heads(desk.ifx)
        if before is not None and _is_same(before, head, final):
            break
        view = _look(desk, before, head, final)
        new = None if view is None else _save(desk, before, view)
        found += new or 0
    return found


def _cursor(desk: Desk) -> ChainCursor | None:
    with desk.database.reading() as session:
        found = session.get(ChainCursor, 1)
        if found is not None:
            session.expunge(found)  # it outlives the transaction
        return found


def _still_holds(ifx: IFX, cursor: ChainCursor) -> bool:
    """Whether the rows are of this deployment and the chain still has the last block that is not read again."""
    ours = (cursor.chain_id, cursor.oracle, cursor.escrow)
    if ours != (ifx.deployment.chain_id, ifx.deployment.oracle, ifx.deployment.escrow):
        return False
    if not cursor.kept_hash:
        return True  # everything is read again anyway
    if ifx.chain.block_number() < cursor.kept_number:
        # What is final cannot go: this node is late. A local chain that began anew is another matter.
        return ifx.deployment.chain_id != DEVNET_CHAIN_ID
    return ifx.chain.node.block(cursor.kept_number).hash == cursor.kept_hash


def _start_over(desk: Desk, cursor: ChainCursor) -> None:
    logger().warning("another chain", kept=cursor.kept_number, kept_hash=cursor.kept_hash)

    def work(session: Session) -> None:
        for table in (*KINDS, ChainCursor):
            session.execute(delete(table))

    desk.database.write(work)


def _heads(ifx: IFX) -> tuple[BlockHead, BlockHead | None]:
    """The newest block, and the newest final one where the node says which."""
    node = ifx.chain.node
    try:
        final = node.block("finalized")
    except RpcError:
        final = None
    return node.block("latest"), final


def _is_same(cursor: ChainCursor, head: BlockHead, final: BlockHead | None) -> bool:
    """Whether there is nothing to read: the same head, and nothing more is final. Also where the node is late."""
    if head.number < cursor.kept_number:
        return True
    return head.hash == cursor.head_hash and _final_of(final, head) == cursor.final_number


def _final_of(final: BlockHead | None, last: BlockHead) -> int | None:
    """The last final block up to `last`: the two are answers to two questions, and either can be the newer one."""
    return None if final is None else min(final.number, last.number)


def _look(desk: Desk, before: ChainCursor | None, head: BlockHead, final: BlockHead | None) -> _View | None:
    """Read one step; None where the chain changed meanwhile."""
    ifx, node = desk.ifx, desk.ifx.chain.node
    first = ifx.deployment.block if before is None else before.kept_number + 1
    known_final = _final_of(final, head)
    depth = head.number - DEEP_BLOCKS if known_final is None else known_final
    last = head if depth - first < STEP_BLOCKS else node.block(first + STEP_BLOCKS - 1)
    kept = node.block(min(depth, last.number)) if depth >= first else None
    sources = [
        (ifx.oracle.codec, ifx.oracle.address, ORACLE_EVENTS),
        (ifx.escrow.codec, ifx.escrow.address, ESCROW_EVENTS),
    ]
    events = ifx.chain.history(sources, first, last.number) if first <= last.number else []
    times = _known_times(desk, first)
    for block_hash, number in timed_blocks(events).items():
        if block_hash not in times:
            block = node.block(number)
            if block.hash != block_hash:
                return None
            times[block_hash] = block.timestamp
    if node.block(last.number).hash != last.hash:
        return None  # a block's hash stands for all before it
    return _View(kept=kept, head=last, final=_final_of(final, last), rows=rows_of(events, times))


def _known_times(desk: Desk, first: int) -> dict[str, int]:
    """The times of blocks that are read again, by their hashes."""
    found: dict[str, int] = {}
    with desk.database.reading() as session:
        for table in (ChainForward, ChainEnding, ChainNovation):
            asked = select(table.block_hash, table.time).where(table.block_number >= first)
            for block_hash, time in session.execute(asked):
                found[block_hash] = time
    return found


def _save(desk: Desk, before: ChainCursor | None, view: _View) -> int | None:
    """Put the view in the place of what was known since; how many events are new, None where another process was
    faster."""

    def work(session: Session) -> int | None:
        cursor = session.get(ChainCursor, 1)
        if _place(cursor) != _place(before):
            return None
        kept = desk.ifx.deployment.block - 1 if before is None else before.kept_number
        known, new = set[tuple[object, object]](), set[tuple[object, object]]()
        for table in KINDS:
            asked = select(table.block_hash, table.log_index).where(table.block_number > kept)
            known |= {(block_hash, log_index) for block_hash, log_index in session.execute(asked)}
            session.execute(delete(table).where(table.block_number > kept))
        for table, rows in view.rows.items():
            new |= {(row["block_hash"], row["log_index"]) for row in rows}
            for first in range(0, len(rows), _ROWS_AT_ONCE):
                session.execute(insert(table), [dict(row) for row in rows[first : first + _ROWS_AT_ONCE]])
        _note(session, desk.ifx, cursor, view)
        return len(new - known)

    return desk.database.write(work)


def _note(session: Session, ifx: IFX, cursor: ChainCursor | None, view: _View) -> None:
    if cursor is None:
        place = ifx.deployment
        cursor = ChainCursor(
            id=1,
            chain_id=place.chain_id,
            oracle=place.oracle,
            escrow=place.escrow,
            kept_number=place.block - 1,
            kept_hash="",
        )
        session.add(cursor)
    if view.kept is not None:
        cursor.kept_number, cursor.kept_hash = view.kept.number, view.kept.hash
    cursor.head_number, cursor.head_hash, cursor.head_time = view.head.number, view.head.hash, view.head.timestamp
    cursor.final_number = view.final


def _place(cursor: ChainCursor | None) -> tuple[object, ...] | None:
    return None if cursor is None else (cursor.kept_hash, cursor.head_hash, cursor.final_number)

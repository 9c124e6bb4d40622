"""The escrow's open forwards, from its events: read once where they are final, and anew until then.

A look goes on where the last one ended, in ranges. What it keeps ends at a final block, told by its hash: a chain that
has another block there is read from the beginning. What lies above is folded in anew at each look, so that whatever a
reorganisation undid is gone with the next one.
"""

from __future__ import annotations

from collections.abc import Mapping

from ifx_sdk.codec import Event
from ifx_sdk.deploy import DEVNET_CHAIN_ID
from ifx_sdk.errors import NodeDown
from ifx_sdk.escrow import Escrow
from ifx_sdk.keeper.choosing import EVENTS, OpenForward, fold
from ifx_sdk.keeper.store import KeeperStore
from ifx_sdk.node import BlockHead

STEP_BLOCKS = 20_000
"""Final blocks that are read and kept at once; a node that gives fewer is asked in parts."""
DEEP_BLOCKS = 256
"""Where a node does not say what is final, blocks below this many are kept."""
MOST_STEPS = 20
"""Steps of one look: a first reading of years goes on with the next one."""


class Finder:
    """Finds what is open. Construction does no I/O."""

    def __init__(self, escrow: Escrow, store: KeeperStore) -> None:
        """`store` keeps what is final."""
        self._escrow, self._store = escrow, store

    def look(self) -> Mapping[bytes, OpenForward] | None:
        """What is open at the newest block; None where it must look again.

        That is where the chain changed meanwhile, or there is more to read than one look does.
        Raises `NodeDown`, `RpcError`, `UnknownAnswer`, `BadKeeperFile`.
        """
        chain, place = self._escrow.chain, (self._escrow.chain.chain_id, self._escrow.address)
        head, final = chain.node.block("latest"), chain.finalized_block()
        deep = min(head.number, head.number - DEEP_BLOCKS if final is None else final)
        kept = self._kept(place, head)
        for _ in range(MOST_STEPS):
            if kept >= deep:
                break
            step = chain.node.block(min(deep, kept + STEP_BLOCKS))
            events = self._events(kept + 1, step)
            if events is None:
                return None
            self._store.keep(fold(self._store.forwards(), events), *place, step.number, step.hash)
            kept = step.number
        if kept < deep:
            return None
        newest = self._events(kept + 1, head)
        return None if newest is None else fold(self._store.forwards(), newest)

    def _kept(self, place: tuple[int, str], head: BlockHead) -> int:
        """The last block that is read for good; one before the escrow's first where none is."""
        before = self._escrow.first_block - 1
        cursor = self._store.cursor(*place)
        if cursor is None:
            self._store.forget()
            return before
        number, hash = cursor
        node = self._escrow.chain.node
        if head.number < number and place[0] != DEVNET_CHAIN_ID:
            # What is final cannot go: this node is late. A local chain that began anew is another matter.
            raise NodeDown(node.url, f"its newest block is {head.number}, and {number} was final already")
        if head.number < number or node.block(number).hash != hash:
            self._store.forget()
            return before
        return number

    def _events(self, first: int, last: BlockHead) -> list[Event] | None:
        """The events up to a block; None where the chain has another one there by then."""
        if first > last.number:
            return []
        escrow = self._escrow
        found = escrow.chain.history([(escrow.codec, escrow.address, EVENTS)], first, last.number)
        # A block's hash stands for all before it.
        return found if escrow.chain.node.block(last.number).hash == last.hash else None

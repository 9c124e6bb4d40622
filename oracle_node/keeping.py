"""Keeps each day's posting transactions in the archive, once they are final: what was posted can be verified offline.

A post of the last minute is final on the next day, and a node may have been down by then: the days before today are
looked at too.
"""

from collections.abc import Collection, Sequence
from typing import Final

from ifx_sdk.oracle import Oracle
from oracle_node.archive import Archive
from oracle_node.mined import fixing_record
from oracle_node.steps import OnStep, Step, unheard

DEEP_BLOCKS: Final = 64
"""Blocks on top of one that count as final where the node does not say what is."""
LOOK_BACK_DAYS: Final = 2
"""Days before today whose posts are kept where they are not yet."""


class Keeper:
    """What is left to keep."""

    def __init__(
        self,
        oracle: Oracle,
        archive: Archive,
        underlyings: Sequence[str],
        *,
        first_block: int = 0,
        on_step: OnStep = unheard,
    ) -> None:
        """`first_block` is one before which the oracle has no events."""
        self._oracle, self._archive, self._names = oracle, archive, tuple(underlyings)
        self._first_block, self._on_step = first_block, on_step
        self._open: list[tuple[str, int]] = []

    def begin(self, today: int) -> None:
        """A new day, UTC day number."""
        days = range(today - LOOK_BACK_DAYS, today + 1)
        keys = [(name, day) for day in days for name in self._names]
        self._open = [(name, day) for name, day in keys if not self._archive.fixing_path(name, day).exists()]

    def keep(self, today: int, fixed: Collection[str]) -> bool:
        """Keep what is final, of today the underlyings that are `fixed`; True where nothing posted is left.

        Raises `NodeDown`, `RpcError`, `BadReport`, `BadFile`.
        """
        due = [(name, day) for name, day in self._open if day < today or name in fixed]
        if not due:
            return True
        final = self._oracle.chain.finalized_block()
        final = self._oracle.chain.block_number() - DEEP_BLOCKS if final is None else final
        for name, day in due:
            found = fixing_record(self._oracle, name, day, first_block=self._first_block)
            if found is not None and found.block <= final:
                self._archive.add_fixing(found)
                self._on_step(Step.FIXING_ARCHIVED)
            elif found is not None or day == today:
                continue
            self._open.remove((name, day))
        return not any(day < today or name in fixed for name, day in self._open)

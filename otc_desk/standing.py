"""What the chain says about whoever hands a request in and about its underlying: read once for each block.

Without a new block none of it can change, so what was read at the newest block is kept under that block's hash: a new
block, or another one in its place, is read anew. Which block is the newest is asked for every request, and one answer
serves all who were waiting for it. What decides money is not asked here: terms and bookings read the chain themselves.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown, RpcError
from otc_desk.errors import NotNow
from otc_desk.references import Reference, insiders, read_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """As of one block."""

    reference: Reference
    """The underlying's lot and newest fixing."""
    insiders: frozenset[str]
    """Accounts that take no side, checksummed: the desk's key, the reviewer, the owners, the day's signers."""


class Standings:
    """Asks the chain, for many threads at once. Never older than the question: what anybody is told was the newest
    block's word at some moment after he asked."""

    def __init__(self, ifx: IFX, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Reads only, and nothing yet. `clock` is for tests: it never goes back."""
        self._ifx, self._clock = ifx, clock
        self._lock = threading.Lock()
        self._head, self._head_asked, self._failed = "", float("-inf"), float("-inf")
        self._known: dict[tuple[str, int], Standing] = {}

    def of(self, underlying: str, day: int) -> Standing:
        """For an underlying and the signers of a UTC day number. Raises `NotNow`, `BadUnderlying`."""
        came = self._clock()
        with self._lock:
            if came <= self._failed:
                # The node was silent while this one waited: were each to find that out for itself, one after the
                # other, the last would wait for hours.
                raise NotNow("the chain does not answer")
            try:
                return self._of(underlying, day, came)
            except NotNow:
                self._failed = self._clock()
                raise

    def _of(self, underlying: str, day: int, came: float) -> Standing:
        if self._head_asked < came:
            asked = self._clock()
            head = self._newest()
            if not head or head != self._head:
                self._known.clear()
            self._head, self._head_asked = head, asked
        found = self._known.get((underlying, day))
        if found is None:
            found = Standing(reference=read_reference(self._ifx, underlying), insiders=insiders(self._ifx, day))
            # Kept only where no block came meanwhile, and for what is listed: strangers can ask for any name.
            if found.reference.lot and self._head and self._newest() == self._head:
                self._known[underlying, day] = found
        return found

    def _newest(self) -> str:
        try:
            return self._ifx.chain.node.block("latest").hash
        except (NodeDown, RpcError) as error:
            raise NotNow("the chain does not answer") from error

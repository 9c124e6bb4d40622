"""What time it is, and whether the machine is right about it.

A node signs what was read within five minutes of a slot: a clock that is wrong makes honest readings false. It is held
against the `Date` of the pages' publishers, whose median counts, and against the chain: a block can not be ahead of a
right clock, while one behind it says nothing.
"""

import time
from collections.abc import Iterable
from datetime import UTC
from email.utils import parsedate_to_datetime
from statistics import median_high, median_low
from threading import Event, Lock
from typing import Final, Protocol

from ifx_sdk.errors import NodeDown, RpcError

WARN_SECONDS: Final = 2
"""A clock this far off is worth an alert; HTTP dates are whole seconds."""
REFUSE_SECONDS: Final = 30
"""A node whose clock is farther off does not sign."""
_STEP: Final = 1.0


class Clock(Protocol):
    """Where a node takes the time from; tests and the demo bring their own."""

    def now(self) -> int:
        """Unix seconds UTC."""

    def wait_until(self, at: int) -> None:
        """Return at `at`, unix seconds UTC, or at once where it is past; earlier where the node is to stop."""


class SystemClock:
    """The machine's clock."""

    def __init__(self, stop: Event | None = None) -> None:
        """`stop` ends every wait."""
        self._stop = stop or Event()

    def now(self) -> int:
        """Unix seconds UTC."""
        return int(time.time())

    def wait_until(self, at: int) -> None:
        """Sleep until `at`, in steps, so that a clock that is set meanwhile is heeded."""
        while (left := at - time.time()) > 0 and not self._stop.wait(min(left, _STEP)):
            pass


class HasTime(Protocol):
    """A chain, as far as its time is asked."""

    def timestamp(self) -> int:
        """The newest block's time, unix seconds UTC."""


class ChainClock:
    """A local chain's time, for rehearsals: whoever moves the chain moves the nodes that follow it."""

    def __init__(self, chain: HasTime, stop: Event | None = None, *, poll_seconds: float = 0.05) -> None:
        """`stop` ends every wait; the chain is asked every `poll_seconds`, once for all threads."""
        self._chain = chain
        self._stop = stop or Event()
        self._poll = poll_seconds
        self._newest = 0
        self._lock, self._known_until = Lock(), 0.0

    def now(self) -> int:
        """The newest block's time; the last one known while the chain does not answer."""
        with self._lock:
            if time.monotonic() >= self._known_until:
                try:
                    self._newest = max(self._newest, self._chain.timestamp())
                except (NodeDown, RpcError):
                    if not self._newest:
                        raise
                self._known_until = time.monotonic() + self._poll
            return self._newest

    def wait_until(self, at: int) -> None:
        """Wait until a block has that time."""
        while self.now() < at and not self._stop.wait(self._poll):
            pass


def http_date(text: str | None, age: str | None = None) -> int | None:
    """An answer's `Date`, with the `Age` of a cached one added, in unix seconds UTC; None where there is none."""
    if text is None:
        return None
    try:
        said = parsedate_to_datetime(text)
        at = int((said if said.tzinfo is not None else said.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
    return at + (int(age) if age and age.isascii() and age.isdigit() and len(age) < 9 else 0)


def skew(now: int, publishers: Iterable[int], newest_block: int | None = None) -> int | None:
    """How many seconds the clock is ahead of the others; negative where it is behind, None where nobody says.

    `publishers` are their times when it said `now`, one for each. A block ahead of the clock is a proof that it is
    behind. Of two publishers who contradict each other the one who is nearer to the clock counts: two against one.
    """
    ahead = [now - each for each in publishers]
    by_publishers = min(median_low(ahead), median_high(ahead), key=abs) if ahead else None
    if newest_block is not None and newest_block - now > REFUSE_SECONDS:
        return min(now - newest_block, by_publishers or 0)
    return by_publishers


class ChainTime:
    """How far the chain's newest block was ahead of the clock when it was last asked; it is asked outside the slots."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._ahead: int | None = None

    def note(self, newest_block: int, now: int) -> None:
        """A block's time came when the clock said `now`, both unix seconds UTC."""
        self._ahead = newest_block - now

    def newest_block(self, now: int) -> int | None:
        """What the block's time would be beside `now`; None where no chain was asked."""
        return None if self._ahead is None else now + self._ahead

"""A lock that is given on in the order in which it was asked for.

SQLite has no queue: who finds the write lock taken sleeps and tries again, for longer and longer, and those who just
came take it in between. With dozens of writers one of them may wait until its time is over.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """For the threads of one process."""

    def __init__(self) -> None:
        """Nobody has it."""
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __len__(self) -> int:
        """How many wait."""
        with self._guard:
            return len(self._waiting)

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Have it while the block runs, behind all who came before. Raises `TimeoutError` after so many seconds."""
        if not self._take(seconds):
            raise TimeoutError(f"no turn within {seconds:g} s")
        try:
            yield
        finally:
            self._give_on()

    def _take(self, seconds: float) -> bool:
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine not in self._waiting:
                return True  # it came in the last moment
            self._waiting.remove(mine)
            return False

    def _give_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

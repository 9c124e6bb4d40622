"""The node's process: two loops and a round of checks, each in a thread of its own, until it is told to stop.

Beside them there may be spare loops: nobody waits for them, their end is not the node's, and the node is alive without.

A loop that fails in a way nobody foresaw ends the process: whoever watches it starts it again, and everything that
counts is on disk. Simulations drive the same loops in one thread with `step`.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from oracle_node.clocks import Clock
from oracle_node.health import Check, Health
from oracle_node.logs import Log

CHECK_SECONDS: Final = 60
"""Between two rounds of checks."""
_BETWEEN_LOOKS: Final = 0.5


class Loop(Protocol):
    """Something that acts when it is due."""

    def due(self) -> int:
        """When it wants to act next, unix seconds UTC."""

    def act(self) -> None:
        """Do one thing and return."""


class Checks:
    """Looks at what the node needs, once a minute."""

    def __init__(
        self,
        look: Callable[[], Sequence[Check]],
        health: Health,
        clock: Clock,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """`look` raises nothing; `after` is called after each."""
        self._look, self._health, self._clock, self._after = look, health, clock, after
        self._next = 0

    def due(self) -> int:
        """A minute after the last look."""
        return self._next

    def act(self) -> None:
        """Look once."""
        self._health.checked(self._look())
        self._after()
        self._next = self._clock.now() + CHECK_SECONDS


class Service:
    """Runs loops by name."""

    def __init__(
        self,
        loops: Mapping[str, Loop],
        *,
        clock: Clock,
        health: Health,
        log: Log,
        stop: threading.Event,
        spare: Mapping[str, Loop] | None = None,
    ) -> None:
        """`stop` ends the waits of `clock` too. What `spare` loops do and whether they end is their own."""
        self._spare = spare or {}
        self._loops, self._clock, self._health, self._log, self._stop = loops, clock, health, log, stop
        self._failed = False

    def due(self) -> int:
        """When the loop that is due first wants to act."""
        return min(loop.due() for loop in (*self._loops.values(), *self._spare.values()))

    def step(self) -> None:
        """Wait for the loop that is due first and let it act: for simulations, in one thread."""
        every = (*self._loops.items(), *self._spare.items())
        name, loop = min(every, key=lambda item: item[1].due())
        self._clock.wait_until(loop.due())
        if name in self._spare:
            loop.act()
        else:
            self._act(name, loop)

    def run(self) -> int:
        """Run until stopped; 0 where it was asked to stop, 1 where a loop failed."""
        threads = [
            threading.Thread(target=self._run, args=(name, loop), name=name, daemon=True)
            for name, loop in self._loops.items()
        ]
        for name, loop in self._spare.items():
            threading.Thread(target=self._run_spare, args=(name, loop), name=name, daemon=True).start()
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_BETWEEN_LOOKS)  # in steps, so that a signal is handled meanwhile
                if self._stop.is_set() and self._failed:
                    return 1  # the others may hang on what made this one fail
        return int(self._failed)

    def _run(self, name: str, loop: Loop) -> None:
        try:
            while not self._stop.is_set():
                due = loop.due()
                self._health.acted(name, due)
                self._clock.wait_until(due)
                if not self._stop.is_set():
                    self._act(name, loop)
        except BaseException:  # noqa: BLE001 - not swallowed: the process ends with it
            self._log.exception("a loop failed, the process ends", loop=name)
            self._failed = True
            self._stop.set()

    def _run_spare(self, name: str, loop: Loop) -> None:
        try:
            while not self._stop.is_set():
                self._clock.wait_until(loop.due())
                if not self._stop.is_set():
                    loop.act()
        except BaseException:  # noqa: BLE001 - told; the node goes on without it
            self._log.exception("a spare loop failed, the node goes on without it", loop=name)

    def _act(self, name: str, loop: Loop) -> None:
        loop.act()
        self._health.acted(name, loop.due())

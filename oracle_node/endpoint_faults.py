"""What an RPC endpoint does wrong, remembered by endpoint and kind: for logs, metrics and alerts."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from oracle_node.clocks import Clock

REMEMBERED_SECONDS: Final = 3_600
"""For which a fault that nothing has disproved is a present one."""


class FaultKind(StrEnum):
    """What an endpoint can do wrong."""

    DOWN = "down"
    """Nobody answers, or a gateway in its place."""
    STALLED = "stalled"
    """No whole answer in time."""
    RATE_LIMITED = "rate limited"
    """It wants to be asked less: HTTP 429, code -32005."""
    GARBAGE = "garbage"
    """An answer that is none, or one to another question."""
    WRONG_CHAIN = "wrong chain"
    """It follows another chain."""
    BEHIND = "behind"
    """Its newest block is old beside another endpoint's."""
    AHEAD = "ahead"
    """Its newest block is in the future."""
    FORKED = "forked"
    """It has another block at the same height."""
    DISAGREES = "disagrees"
    """On the same block it says something else."""


UNHEARD: Final = (FaultKind.DOWN, FaultKind.STALLED, FaultKind.RATE_LIMITED, FaultKind.GARBAGE)
"""It gave no usable answer; over when it gives one to the same question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFault:
    """One thing that one endpoint does wrong."""

    number: int
    """Its place in the settings, from 1: `rpc` is 1, then come `more_rpcs`."""
    url: str
    """Its address without whatever may be secret in it."""
    kind: FaultKind
    """What it does."""
    why: str
    """In one line."""
    at: int
    """When it did so last, unix seconds UTC."""
    times: int
    """How often it did so since the start."""


class FaultBook:
    """Which faults are present, and how often each occurred; for several threads."""

    def __init__(self, clock: Clock, on_fault: Callable[[EndpointFault], None]) -> None:
        """`on_fault` hears of each fault when it begins."""
        self._clock, self._on_fault = clock, on_fault
        self._faults: dict[tuple[int, FaultKind], EndpointFault] = {}
        self._methods: dict[tuple[int, FaultKind], str] = {}
        self._lock = threading.Lock()

    def present(self) -> tuple[EndpointFault, ...]:
        """What is wrong now: within the last hour, and nothing has disproved it since."""
        with self._lock:
            return tuple(fault for key, fault in sorted(self._faults.items()) if self._is_present(key))

    def ever(self) -> tuple[EndpointFault, ...]:
        """Every fault since the start, ended or not."""
        with self._lock:
            return tuple(fault for _, fault in sorted(self._faults.items()))

    def name(self, number: int, url: str, kind: FaultKind, method: str, why: str) -> None:
        """One more occurrence of a fault, at a JSON-RPC method."""
        key, now = (number, kind), self._clock.now()
        with self._lock:
            begins = not self._is_present(key)
            times = self._faults[key].times + 1 if key in self._faults else 1
            fault = EndpointFault(number=number, url=url, kind=kind, why=why, at=now, times=times)
            self._faults[key] = fault
            self._methods[key] = method
        if begins:
            self._on_fault(fault)

    def answered(self, number: int, method: str) -> None:
        """It gave a usable answer: what it was silent at is over. What it does at other methods is not."""
        with self._lock:
            for kind in UNHEARD:
                if self._methods.get((number, kind)) == method:
                    del self._methods[number, kind]

    def end(self, number: int, *kinds: FaultKind) -> None:
        """The endpoint does these no more."""
        with self._lock:
            for kind in kinds:
                self._methods.pop((number, kind), None)

    def _is_present(self, key: tuple[int, FaultKind]) -> bool:
        fault = self._faults.get(key)
        return fault is not None and key in self._methods and fault.at >= self._clock.now() - REMEMBERED_SECONDS

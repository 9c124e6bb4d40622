"""Whether a node is alive, and whether it is ready: two questions with two answers.

Alive: both loops act when they are due. A process that is not alive should be restarted. Ready: what it needs to report
and post is there, by the same checks as `ifx-oracle doctor`. A node that is not ready should be looked at, not
restarted. A check counts as failed after three failures in a row, so that one lost packet flaps nothing; at the start,
when nothing has held yet, after one.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from oracle_node.clocks import Clock
from oracle_node.metrics import CONTENT_TYPE, Metrics
from oracle_node.serving import Answer, Route, json_answer

LATE_SECONDS: Final = 300
"""A loop this long past what it had to do hangs: longer than any timeout within an act."""
FAILURES: Final = 3
"""In a row, before a check counts as failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that a node needs, looked at once."""

    name: str
    """Which; stable, for metrics and alerts."""
    ok: bool
    """Whether it holds."""
    says: str
    """What was found, one line."""
    cure: str = ""
    """What to do where it does not hold."""
    gates: bool = True
    """False for what is only information, such as a price that differs from the last fixing."""


class Health:
    """The newest answers; the loops and the checks write, the server reads."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        """Nothing is known yet: alive, not ready."""
        self._clock, self._metrics = clock, metrics
        self._lock = threading.Lock()
        self._due: dict[str, int] = {}
        self._checks: dict[str, Check] = {}
        self._failed: dict[str, int] = {}

    def acted(self, loop: str, next_act: int) -> None:
        """A loop acted and wants to act again at `next_act`, unix seconds."""
        self._metrics.last_act.labels(loop).set(self._clock.now())
        self._metrics.next_act.labels(loop).set(next_act)
        with self._lock:
            self._due[loop] = next_act

    def checked(self, checks: Iterable[Check]) -> None:
        """What a round of checks found."""
        with self._lock:
            for each in checks:
                self._checks[each.name] = each
                # What never held has failed: a node does not begin as ready and turn out otherwise.
                self._failed[each.name] = 0 if each.ok else self._failed.get(each.name, FAILURES - 1) + 1
                self._metrics.check.labels(each.name).set(each.ok)

    def late(self) -> Mapping[str, int]:
        """Loops that hang, with the seconds that they are late."""
        now = self._clock.now()
        with self._lock:
            return {loop: now - due for loop, due in self._due.items() if now - due > LATE_SECONDS}

    def unready(self) -> tuple[Check, ...]:
        """Checks that failed three times in a row, and gate."""
        with self._lock:
            return tuple(
                each
                for each in self._checks.values()
                if each.gates and not each.ok and self._failed[each.name] >= FAILURES
            )

    def routes(self) -> tuple[Route, ...]:
        """/healthz, /readyz and /metrics."""
        return (
            _exactly("/healthz", self._healthz),
            _exactly("/readyz", self._readyz),
            _exactly("/metrics", lambda: Answer(body=self._metrics.text(), content_type=CONTENT_TYPE)),
        )

    def _healthz(self) -> Answer:
        late = self.late()
        status = HTTPStatus.SERVICE_UNAVAILABLE if late else HTTPStatus.OK
        return json_answer({"alive": not late, "late_seconds": dict(late)}, status)

    def _readyz(self) -> Answer:
        with self._lock:
            known = bool(self._checks)
        unready = self.unready()
        ready = known and not unready
        why = [{"check": each.name, "says": each.says, "cure": each.cure} for each in unready]
        if not known:
            why = [{"check": "start", "says": "nothing was checked yet", "cure": "Wait a minute."}]
        return json_answer({"ready": ready, "why": why}, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _exactly(path: str, answer: Callable[[], Answer]) -> Route:
    return lambda asked: answer() if asked == path else None

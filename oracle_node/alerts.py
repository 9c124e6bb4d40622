"""What somebody should look at: one event a cause when it begins, one when it ends, to the log and to a webhook.

An open alert is in the store: a node that restarts does not tell of it anew, and forgets none. A webhook is told in a
thread of its own, so that one that hangs delays no slot.
"""

import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol

import httpx

from oracle_node.logs import Log
from oracle_node.metrics import Metrics

PAUSES: Final = (1, 5, 30, 120)
"""Seconds between the tries of one notice; the ones behind it wait, so that all come in their order."""
_TIMEOUT_SECONDS: Final = 10
_PATIENCE_SECONDS: Final = 5
_WAITING: Final = 1_000


class Cause(StrEnum):
    """Why somebody should look; each has a page of this name in docs/runbook."""

    NO_REPORT = "no_report"
    """The window of a day gave too few slots: this node is silent about it."""
    SLOTS_MISSING = "slots_missing"
    """So many slots of the running window failed that its median is in danger."""
    NO_QUORUM = "no_quorum"
    """No price of today has a quorum, long after midnight."""
    POSTING_FAILING = "posting_failing"
    """A quorum signed, and the post does not get through."""
    BALANCE_LOW = "balance_low"
    """The node's coin pays for few more posts."""
    NOT_FIXED = "not_fixed"
    """A day is over and has no fixing."""
    PRICE_JUMPED = "price_jumped"
    """A price moved by more than 50%, or to or from zero; it counts."""
    PRICE_HELD = "price_held"
    """A price is on another scale; it does not count before the operator releases it."""
    PAGE_CHANGED = "page_changed"
    """A page that gave a price gives none any more, or its tables changed."""
    CHECK_DIFFERS = "check_differs"
    """The second page says something else."""
    CLOCK_WRONG = "clock_wrong"
    """The clock is off: above 30 s nothing is signed."""
    PEER_FAULTY = "peer_faulty"
    """A peer signed a price that the quorum did not, or two, or answers garbage."""
    RPC_FAULTY = "rpc_faulty"
    """An RPC endpoint is down, stalls, lies or disagrees with another one."""
    CHAIN_UNUSABLE = "chain_unusable"
    """No round can be played: no endpoint answers, or they contradict one another."""
    FIXING_LOST = "fixing_lost"
    """A reorganisation dropped a fixing that stood."""
    FIXING_DIFFERS = "fixing_differs"
    """The chain's fixing is not the price that this node saw."""
    KEEPER_FAILING = "keeper_failing"
    """A settlement was refused, or the keeper's rounds fail; no fixing is in danger."""
    KEEPER_BEHIND = "keeper_behind"
    """Forwards can be settled and are not: the price of gas, the day's cap, the account's coin."""
    CHECK_FAILING = "check_failing"
    """Disk, contract, listing or registration: a check of the doctor fails, and no other cause tells of it."""


class HasCause(Protocol):
    """An open alert, as far as it is asked."""

    @property
    def cause(self) -> str:
        """`cause:about`."""


class AlertBook(Protocol):
    """Which alerts are open, across restarts."""

    def begin(self, cause: str, text: str, at: int) -> bool:
        """Open an alert; False where it is open already."""

    def end(self, cause: str, at: int) -> bool:
        """Close an alert; False where none is open."""

    def open(self) -> Sequence[HasCause]:
        """Those that are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a webhook is sent, as one JSON object."""

    status: str
    """`firing` when the alert begins, `resolved` when it ends."""
    cause: Cause
    """What happened."""
    about: str
    """What it happened to: an underlying, a page, a peer, an RPC node."""
    text: str
    """One line, or a diff of a few."""
    at: int
    """Unix seconds UTC."""
    node: str
    """The node's account, or `read-only`."""

    def to_json(self) -> dict[str, object]:
        """Plain JSON values, the time also as ISO 8601."""
        return {
            "status": self.status,
            "cause": str(self.cause),
            "about": self.about,
            "text": self.text,
            "at": self.at,
            "time": datetime.fromtimestamp(self.at, UTC).isoformat(),
            "node": self.node,
            "runbook": f"docs/runbook/{self.cause}.md",
        }


class Webhook:
    """Delivers notices in their order, each tried five times; a failure is logged, and the next one is tried.

    Its URL is often a secret: no message shows it.
    """

    def __init__(
        self, url: str, log: Log, client: httpx.Client | None = None, *, pauses: Sequence[int] = PAUSES
    ) -> None:
        """`client` is closed with it; `pauses` are seconds between two tries."""
        self._url, self._log, self._pauses = url, log, tuple(pauses)
        self._client = client or httpx.Client(timeout=_TIMEOUT_SECONDS)
        self._waiting: queue.Queue[Notice | None] = queue.Queue(maxsize=_WAITING)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._deliver, name="webhook", daemon=True)
        self._thread.start()

    def tell(self, notice: Notice) -> None:
        """Queue it; a queue of a thousand is full, and then the log alone has it."""
        try:
            self._waiting.put_nowait(notice)
        except queue.Full:
            self._log.error("webhook queue is full", cause=str(notice.cause), about=notice.about)

    def close(self, patience_seconds: int = _PATIENCE_SECONDS) -> None:
        """Deliver what waits, for a few seconds at most; what is left stands in the log."""
        with suppress(queue.Full):
            self._waiting.put(None, timeout=patience_seconds)
        self._thread.join(patience_seconds)
        self._closing.set()
        self._client.close()

    def _deliver(self) -> None:
        while (notice := self._waiting.get()) is not None and not self._closing.is_set():
            self._deliver_one(notice)

    def _deliver_one(self, notice: Notice) -> None:
        for pause in (*self._pauses, None):
            why = self._failure(notice)
            if why is None:
                return
            tell = self._log.error if pause is None else self._log.warning
            tell("webhook failed", why=why, cause=str(notice.cause), about=notice.about, again_in_seconds=pause)
            if pause is None or self._closing.wait(pause):
                return

    def _failure(self, notice: Notice) -> str | None:
        """Why one try did not arrive. Only headers are read of the answer: a body without an end holds nothing up."""
        try:
            with self._client.stream("POST", self._url, json=notice.to_json()) as answer:
                return None if answer.is_success else f"HTTP {answer.status_code}"
        except (httpx.HTTPError, RuntimeError) as error:  # RuntimeError: closed meanwhile
            return type(error).__name__


class Alerts:
    """Tells of each cause once, and once more when it is over."""

    def __init__(
        self, book: AlertBook, log: Log, metrics: Metrics, *, node: str = "read-only", webhook: Webhook | None = None
    ) -> None:
        """`node` is the account that the notices name."""
        self._book, self._log, self._metrics, self._node, self._webhook = book, log, metrics, node, webhook
        self._lock = threading.Lock()
        self._open = {each.cause for each in book.open()}
        for each in self._open:
            cause, _, about = each.partition(":")
            metrics.alerts.labels(cause, about).set(1)

    def begin(self, cause: Cause, about: str, text: str, at: int) -> None:
        """Something is wrong; nothing more is told while it stays so."""
        key = f"{cause}:{about}"
        with self._lock:  # all of it: who tells of a beginning and of an end at once tells them in that order
            if key in self._open:
                return
            self._book.begin(key, text, at)
            self._open.add(key)
            self._metrics.alerts.labels(str(cause), about).set(1)
            self._metrics.alert_last.labels(str(cause), about).set(at)
            self._log.error("alert", cause=str(cause), about=about, text=text)
            self._tell("firing", cause, about, text, at)

    def end(self, cause: Cause, about: str, at: int) -> None:
        """It is not, or no longer, wrong."""
        key = f"{cause}:{about}"
        with self._lock:
            if key not in self._open:
                return
            self._book.end(key, at)
            self._open.remove(key)
            self._metrics.alerts.labels(str(cause), about).set(0)
            self._log.info("alert is over", cause=str(cause), about=about)
            self._tell("resolved", cause, about, "", at)

    def set(self, cause: Cause, about: str, text: str | None, at: int) -> None:
        """Begin with a text, end with None."""
        if text is None:
            self.end(cause, about, at)
        else:
            self.begin(cause, about, text, at)

    def once(self, cause: Cause, about: str, text: str, at: int) -> None:
        """Something that happened and is over, such as a jump: it is told each time."""
        self.begin(cause, about, text, at)
        self.end(cause, about, at)

    def _tell(self, status: str, cause: Cause, about: str, text: str, at: int) -> None:
        if self._webhook is not None:
            self._webhook.tell(Notice(status=status, cause=cause, about=about, text=text, at=at, node=self._node))

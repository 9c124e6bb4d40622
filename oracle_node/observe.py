"""One slot: every page fetched once, every model on it read, every reading held against the one before.

The shell is `Observer.slot`; `guard` decides, and `oracle_node.sources` reads. A failed reading stays a reading, with
its reason: silence is better than a wrong number, and an operator wants to know why it is silent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Protocol

import httpx

from ifx_sdk.money import format_price
from oracle_node.fetch import Page, Unfetched, fetch
from oracle_node.fixing import Reading
from oracle_node.settings import ReadingSettings, UnderlyingSettings
from oracle_node.sources import Refusal, read
from oracle_node.sources.reading import whole_micro

SCALE: Final = 20
"""A price more than this many times above or below the one before is in another unit, or waits for its release."""
_CACHED_PRICES: Final = 4_096


class Clock(Protocol):
    """Where a node takes the time from; tests and the demo bring their own."""

    def now(self) -> int:
        """Unix seconds UTC."""

    def wait_until(self, at: int) -> None:
        """Return at `at`, unix seconds UTC, or at once where it is past."""


class Verdict(StrEnum):
    """What a new price is beside the one before."""

    USUAL = "usual"
    ALARM = "alarm"
    """It counts, and somebody should look: a jump of more than 50%, or to or from zero."""
    HOLD = "hold"
    """It does not count before the operator releases it: more than 20 times up or down."""


def guard(previous: int | None, new: int) -> Verdict:
    """Judge a price beside the one before, both micro-USD per Mtok; None where there is none."""
    if previous is None or new == previous:
        return Verdict.USUAL
    if 0 in (previous, new):
        return Verdict.ALARM
    if new > SCALE * previous or SCALE * new < previous:
        return Verdict.HOLD
    return Verdict.ALARM if 2 * abs(new - previous) > previous else Verdict.USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading(Reading):
    """One successful reading, with the page that gave it."""

    underlying: str
    """`provider/model-id`."""
    page: str
    """URL of the page."""
    sha256: str
    """SHA-256 of its bytes, 64 hexadecimal digits."""
    alarm: str | None = field(default=None)
    """Why somebody should look at it; it counts all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedReading:
    """A reading that gave no price."""

    at: int
    """When it was tried, unix seconds UTC."""
    underlying: str
    """`provider/model-id`."""
    page: str
    """URL of the page."""
    why: str
    """The reason, in one line."""
    sha256: str | None = field(default=None)
    """SHA-256 of the bytes that gave no price; None where none came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An operator's word that a price on another scale is right."""

    underlying: str
    """`provider/model-id`."""
    price: int
    """The price that may count from now on, micro-USD per Mtok."""


class Observer:
    """Reads the pages of a node's settings, and remembers what it saw of each."""

    def __init__(
        self,
        client: httpx.Client,
        underlyings: Iterable[UnderlyingSettings],
        reading: ReadingSettings | None = None,
        *,
        previous: Mapping[str, int] | None = None,
        releases: Iterable[Release] = (),
    ) -> None:
        """`previous` holds each underlying's newest known price, `releases` what the operator lets pass the guard."""
        self._client = client
        self._limits = reading if reading is not None else ReadingSettings()
        self._by_page: dict[str, list[UnderlyingSettings]] = {}
        for each in underlyings:
            self._by_page.setdefault(each.page, []).append(each)
        self._previous = dict(previous or {})
        self._releases = frozenset((each.underlying, each.price) for each in releases)
        self._pages: dict[str, Page] = {}
        self._prices: dict[tuple[str, str, str, date], int | Refusal] = {}

    def slot(self, clock: Clock) -> tuple[PageReading | FailedReading, ...]:
        """Fetch every page once and read every model on it; a reading's time is when its page had arrived."""
        readings: list[PageReading | FailedReading] = []
        for url, underlyings in self._by_page.items():
            page = fetch(
                self._client,
                url,
                known=self._pages.get(url),
                max_bytes=self._limits.max_bytes,
                timeout_seconds=self._limits.timeout_seconds,
                agent=self._limits.user_agent,
            )
            at = clock.now()
            if isinstance(page, Page):
                self._pages[url] = page
            readings += [self._reading(page, each, at) for each in underlyings]
        return tuple(readings)

    def _reading(self, page: Page | Unfetched, asked: UnderlyingSettings, at: int) -> PageReading | FailedReading:
        if isinstance(page, Unfetched):
            return FailedReading(at=at, underlying=asked.name, page=asked.page, why=page.why)
        price = self._price(page, asked, datetime.fromtimestamp(at, UTC).date())
        if isinstance(price, Refusal):
            why = str(price)
        else:
            before = self._previous.get(asked.name)
            verdict = guard(before, price)
            change = "" if before is None else f"{format_price(before)} became {format_price(price)}"
            if verdict is not Verdict.HOLD or (asked.name, price) in self._releases:
                self._previous[asked.name] = price
                alarm = None if verdict is Verdict.USUAL else change
                return PageReading(
                    at=at, price=price, underlying=asked.name, page=asked.page, sha256=page.sha256, alarm=alarm
                )
            why = f"{change}, more than {SCALE} times: it waits for the operator's release"
        return FailedReading(at=at, underlying=asked.name, page=asked.page, why=why, sha256=page.sha256)

    def _price(self, page: Page, asked: UnderlyingSettings, on: date) -> int | Refusal:
        """Parsing is pure: bytes that were read once for a model and day are not read again."""
        key = page.sha256, asked.provider, asked.model, on
        if key not in self._prices:
            if len(self._prices) >= _CACHED_PRICES:
                self._prices.clear()
            self._prices[key] = whole_micro(read(asked.provider, page.body, asked.model, on))
        return self._prices[key]

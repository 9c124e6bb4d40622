"""One slot: every page fetched once, every model on it read, every reading held against the one before.

The shell is `Observer.slot`; `guard` decides, and `oracle_node.sources` reads. A failed reading stays a reading, with
its reason: silence is better than a wrong number, and an operator wants to know why it is silent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, TypeAlias

import httpx

from ifx_sdk.money import format_price
from oracle_node.clocks import Clock, http_date
from oracle_node.fetch import Page, Unfetched, fetch
from oracle_node.fixing import Reading
from oracle_node.settings import CheckSettings, ReadingSettings, UnderlyingSettings
from oracle_node.sources import Refusal, read
from oracle_node.sources.reading import whole_micro

SCALE: Final = 20
"""A price more than this many times above or below the one before is in another unit, or waits for its release."""
_CACHED_PRICES: Final = 4_096
_AT_ONCE: Final = 8
"""Pages fetched at the same time, so that one that hangs does not make the others late."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one request of a slot brought."""

    page: Page | Unfetched
    """The page, or why there is none."""
    at: int
    """When it had arrived, unix seconds UTC: the time of every reading on it."""


Pages: TypeAlias = Mapping[str, Fetched]
"""A slot's requests by URL."""


def publishers_times(pages: Pages, now: int) -> tuple[int, ...]:
    """What the pages' publishers say that it is `now`, unix seconds UTC: one for each host, however many its pages."""
    said: dict[str, int] = {}
    for url, each in pages.items():
        if isinstance(each.page, Page) and (time := http_date(each.page.date, each.page.age)) is not None:
            said.setdefault(httpx.URL(url).host, time + (now - each.at))
    return tuple(said.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A second reading that says something else. It alarms, and never blocks: one page decides."""

    underlying: str
    """`provider/model-id`."""
    price: int
    """What the page that decides says, micro-USD per Mtok."""
    check: str
    """URL of the second page."""
    says: str
    """Its price or its refusal, in one line."""


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
        self._underlyings = tuple(underlyings)
        asked = [each.page for each in self._underlyings]
        asked += [each.check.page for each in self._underlyings if each.check is not None]
        self._urls = tuple(dict.fromkeys(asked))
        self._previous = dict(previous or {})
        self._nonzero: dict[str, int | None] = {name: price or None for name, price in self._previous.items()}
        self._releases = {(each.underlying, each.price) for each in releases}
        self._pages: dict[str, Page] = {}
        self._prices: dict[tuple[str, str, str, date], int | Refusal] = {}

    def release(self, releases: Iterable[Release]) -> None:
        """Let these pass the guard from now on."""
        self._releases |= {(each.underlying, each.price) for each in releases}

    def slot(
        self, clock: Clock, keep: Callable[[Pages], None] = lambda pages: None
    ) -> tuple[PageReading | FailedReading, ...]:
        """Fetch every page once, have `keep` archive them, and read every model on them."""
        pages = self.fetch(clock)
        keep(pages)
        return self.read(pages)

    def fetch(self, clock: Clock) -> Pages:
        """Fetch every page once, whatever number of models stand on it: the ones that decide and the second ones."""
        if len(self._urls) == 1:
            return {self._urls[0]: self._fetch(self._urls[0], clock)}
        with ThreadPoolExecutor(max_workers=min(_AT_ONCE, len(self._urls))) as pool:
            return dict(zip(self._urls, pool.map(lambda url: self._fetch(url, clock), self._urls), strict=True))

    def _fetch(self, url: str, clock: Clock) -> Fetched:
        page = fetch(
            self._client,
            url,
            known=self._pages.get(url),
            max_bytes=self._limits.max_bytes,
            timeout_seconds=self._limits.timeout_seconds,
            agent=self._limits.user_agent,
        )
        if isinstance(page, Page):
            self._pages[url] = page
        return Fetched(page=page, at=clock.now())

    def read(self, pages: Pages) -> tuple[PageReading | FailedReading, ...]:
        """Read every model on its page, and hold it against the price before; those of one page stand together."""
        asked = sorted(self._underlyings, key=lambda each: self._urls.index(each.page))
        return tuple(self._reading(pages[each.page], each) for each in asked)

    def _reading(self, fetched: Fetched, asked: UnderlyingSettings) -> PageReading | FailedReading:
        page, at = fetched.page, fetched.at
        if isinstance(page, Unfetched):
            return FailedReading(at=at, underlying=asked.name, page=asked.page, why=page.why)
        price = self._price(page, asked, at)
        if isinstance(price, Refusal):
            why = str(price)
        else:
            before = self._previous.get(asked.name)
            verdict = guard(before, price)
            if before == 0 and price and guard(self._nonzero.get(asked.name), price) is Verdict.HOLD:
                verdict = Verdict.HOLD  # a zero in between is no way around the scale
            change = "" if before is None else f"{format_price(before)} became {format_price(price)}"
            if verdict is not Verdict.HOLD or (asked.name, price) in self._releases:
                self._previous[asked.name] = price
                self._nonzero[asked.name] = price or self._nonzero.get(asked.name)
                alarm = None if verdict is Verdict.USUAL else change
                return PageReading(
                    at=at, price=price, underlying=asked.name, page=asked.page, sha256=page.sha256, alarm=alarm
                )
            why = f"{change}, more than {SCALE} times: it waits for the operator's release"
        return FailedReading(at=at, underlying=asked.name, page=asked.page, why=why, sha256=page.sha256)

    def disagreements(self, pages: Pages, readings: Sequence[PageReading | FailedReading]) -> tuple[Disagreement, ...]:
        """Where a second page does not say what the first one does; a page that did not come says nothing."""
        first = {each.underlying: each.price for each in readings if isinstance(each, PageReading)}
        found = []
        for asked in self._underlyings:
            if asked.check is None or asked.name not in first:
                continue
            fetched = pages[asked.check.page]
            if isinstance(fetched.page, Unfetched):
                continue
            second = self._price(fetched.page, asked.check, fetched.at)
            if second != first[asked.name]:
                says = str(second) if isinstance(second, Refusal) else format_price(second)
                found.append(
                    Disagreement(underlying=asked.name, price=first[asked.name], check=asked.check.page, says=says)
                )
        return tuple(found)

    def _price(self, page: Page, asked: UnderlyingSettings | CheckSettings, at: int) -> int | Refusal:
        """Parsing is pure: bytes that were read once for a model and day are not read again."""
        on = datetime.fromtimestamp(at, UTC).date()
        key = page.sha256, asked.provider, asked.model, on
        if key not in self._prices:
            if len(self._prices) >= _CACHED_PRICES:
                self._prices.clear()
            self._prices[key] = whole_micro(read(asked.provider, page.body, asked.model, on))
        return self._prices[key]

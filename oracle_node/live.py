"""GET /live/{underlying}: what the canonical page says now, and which dated changes it shows, read on being asked.

A desk asks before it books, because a fixing does not know of a change after midnight. It is a reading like that of a
slot: nothing is signed, nothing is kept. However many ask, a page is fetched at most once a minute.

    {"underlying": "openai/gpt-4.1", "price": 8000000, "at": 1784116800, "page": "https://...", "sha256": "...",
     "changes": [{"from": "2026-09-01", "price": 9000000, "why": ""}]}

Prices are micro-USD per Mtok; a change to no price has null and says why. A page that cannot be read answers 503.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Final

import httpx

from oracle_node.clocks import Clock
from oracle_node.fetch import Page, Unfetched, fetch
from oracle_node.serving import Answer, Route, json_answer
from oracle_node.settings import ReadingSettings, UnderlyingSettings
from oracle_node.sources import Refusal, read
from oracle_node.sources.reading import whole_micro

FRESH_SECONDS: Final = 60
"""A page that was asked for so lately is not asked for again, whether it came or not."""
PATIENCE_SECONDS: Final = 5
"""How long an asker waits for another one's reading: a page that hangs must not take every connection of the node."""
AHEAD_DAYS: Final = 400
"""How far ahead changes are looked for: no forward runs longer."""
_PREFIX: Final = "/live/"
_MAX_DAYS_READ: Final = 200
"""A page is read for so many days at most; one that names more is no price list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From which day on a page, as it stands, says something else than the day before."""

    day: date
    """First UTC day of the new price."""
    price: int | None
    """micro-USD per Mtok; None where the page gives none for that day."""
    why: str = ""
    """Why there is none."""


class _NotingDate(date):
    """A day that notes which days it is held against: those are where a page's answer can change.

    Pages are read by comparing the day of the observation with the dates beside names and figures, and in no other way.
    """

    seen: set[date]

    @classmethod
    def of(cls, day: date, seen: set[date]) -> "_NotingDate":
        """The same day, noting into `seen`."""
        made = cls(day.year, day.month, day.day)
        made.seen = seen
        return made

    def _note(self, other: object) -> None:
        if isinstance(other, date):
            self.seen.add(date(other.year, other.month, other.day))

    def __eq__(self, other: object) -> bool:
        self._note(other)
        return date.__eq__(self, other)

    __hash__ = date.__hash__

    def __lt__(self, other: date) -> bool:
        self._note(other)
        return date.__lt__(self, other)

    def __le__(self, other: date) -> bool:
        self._note(other)
        return date.__le__(self, other)

    def __gt__(self, other: date) -> bool:
        self._note(other)
        return date.__gt__(self, other)

    def __ge__(self, other: date) -> bool:
        self._note(other)
        return date.__ge__(self, other)


def changes(provider: str, body: bytes, model: str, today: date) -> tuple[int | Refusal, tuple[Change, ...]]:
    """What a page says of a model today, and every later change that it shows within `AHEAD_DAYS`, in order. Pure."""
    last = today + timedelta(days=AHEAD_DAYS)
    seen: set[date] = set()
    answers: dict[date, int | Refusal] = {}
    asked = {today}
    while (open_days := asked - answers.keys()) and len(answers) < _MAX_DAYS_READ:
        day = min(open_days)
        answers[day] = whole_micro(read(provider, body, model, _NotingDate.of(day, seen)))
        near = {each + timedelta(days=step) for each in seen if date.min < each < date.max for step in (-1, 0, 1)}
        asked |= {each for each in near if today < each <= last}
    found: list[Change] = []
    before = answers[today]
    for day in sorted(answers):
        new = answers[day]
        if _said(new) != _said(before):
            found.append(
                Change(day=day, price=None, why=str(new)) if isinstance(new, Refusal) else Change(day=day, price=new)
            )
        before = new
    return answers[today], tuple(found)


def _said(answer: int | Refusal) -> object:
    """Two refusals for one reason are no change, whatever text they quote."""
    return answer.reason if isinstance(answer, Refusal) else answer


class LivePages:
    """The pages of a node's settings, read when somebody asks."""

    def __init__(
        self,
        client: httpx.Client,
        underlyings: Iterable[UnderlyingSettings],
        reading: ReadingSettings,
        clock: Clock,
    ) -> None:
        """Fetches nothing yet."""
        self._client, self._limits, self._clock = client, reading, clock
        self._underlyings = {each.name: each for each in underlyings}
        self._locks = {each.page: threading.Lock() for each in self._underlyings.values()}
        self._known: dict[str, Page] = {}
        self._newest: dict[str, tuple[int, Page | Unfetched]] = {}
        self._read: dict[str, tuple[tuple[str, date], tuple[int | Refusal, tuple[Change, ...]]]] = {}

    def answer(self, underlying: str) -> Answer:
        """What is said of an underlying now: 404 for one that is not read here, 503 where there is no price."""
        asked = self._underlyings.get(underlying)
        if asked is None:
            return json_answer({"error": "this node does not read it"}, HTTPStatus.NOT_FOUND)
        lock = self._locks[asked.page]
        if not lock.acquire(timeout=PATIENCE_SECONDS):
            return json_answer({"error": "the page is being read; ask again"}, HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            at, page = self._page(asked.page)
            if isinstance(page, Unfetched):
                return json_answer({"error": page.why, "at": at}, HTTPStatus.SERVICE_UNAVAILABLE)
            price, dated = self._changes(asked, page, datetime.fromtimestamp(at, UTC).date())
        finally:
            lock.release()
        if isinstance(price, Refusal):
            error = {"error": str(price), "at": at, "sha256": page.sha256}
            return json_answer(error, HTTPStatus.SERVICE_UNAVAILABLE)
        shown = [{"from": each.day.isoformat(), "price": each.price, "why": each.why} for each in dated]
        return json_answer(
            {
                "underlying": underlying,
                "price": price,
                "at": at,
                "page": asked.page,
                "sha256": page.sha256,
                "changes": shown,
            }
        )

    def _page(self, url: str) -> tuple[int, Page | Unfetched]:
        newest = self._newest.get(url)
        if newest is not None and 0 <= self._clock.now() - newest[0] < FRESH_SECONDS:
            return newest
        page = fetch(
            self._client,
            url,
            known=self._known.get(url),
            max_bytes=self._limits.max_bytes,
            timeout_seconds=self._limits.timeout_seconds,
            agent=self._limits.user_agent,
        )
        if isinstance(page, Page):
            self._known[url] = page
        self._newest[url] = self._clock.now(), page
        return self._newest[url]

    def _changes(self, asked: UnderlyingSettings, page: Page, today: date) -> tuple[int | Refusal, tuple[Change, ...]]:
        """Parsing is pure: what was read of these bytes on this day is not read again."""
        key = page.sha256, today
        kept = self._read.get(asked.name)
        if kept is None or kept[0] != key:
            kept = key, changes(asked.provider, page.body, asked.model, today)
            self._read[asked.name] = kept
        return kept[1]


def live_route(pages: LivePages) -> Route:
    """`/live/{underlying}`."""

    def answer(path: str) -> Answer | None:
        return pages.answer(path.removeprefix(_PREFIX)) if path.startswith(_PREFIX) else None

    return answer

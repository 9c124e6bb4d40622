"""When the weights of a company index change, and why: an append-only log, each entry with its cause.

Between two rebalances weights stand still and only prices move. They are taken anew on the first business day of a
month, when a constituent is deleted or renamed, and when a model's weight is off by more than 5 points, or a channel's
by more than 10, on three days running.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ifx_index.cati import Aggregation, CompanyIndex, Composition, Weights, price_index, weigh
from ifx_index.errors import BadFigures

MODEL_POINTS: Final = Fraction(5, 100)
CHANNEL_POINTS: Final = Fraction(10, 100)
DAYS_RUNNING: Final = 3
_SATURDAY: Final = 5
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


class Cause(StrEnum):
    """Why weights were taken anew; the first that applies."""

    INITIAL = "INITIAL"
    DELETION = "DELETION"
    RENAME = "RENAME"
    SCHEDULED = "SCHEDULED"
    WEIGHT_BREACH = "WEIGHT_BREACH"
    CHANNEL_BREACH = "CHANNEL_BREACH"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebalance:
    """One entry of the log."""

    number: int
    """Counted from 1."""

    date: date
    """UTC day from which the new weights hold."""

    cause: Cause
    """Why."""

    detail: str
    """The constituent or channel that it was about; empty where it was about none."""

    weights: Weights
    """The weights from this day on."""

    def document(self) -> dict[str, object]:
        """The entry as it is kept: exact weights in text."""
        return {
            "number": self.number,
            "date": self.date.isoformat(),
            "cause": str(self.cause),
            "detail": self.detail,
            "pi": {channel: str(share) for channel, share in self.weights.pi.items()},
            "w": {channel: {m: str(w) for m, w in models.items()} for channel, models in self.weights.w.items()},
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """One day of one company."""

    date: date
    """UTC day."""

    composition: Composition
    """What sources report, and prices."""

    renamed: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    """New names of models, by the old ones, from this day on."""

    deleted: frozenset[str] = frozenset()
    """Models that can no longer be bought."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """A company's index so far: its log, and how long each weight has been off."""

    aggregation: Aggregation = Aggregation.SUM
    """How sources become one figure."""

    log: tuple[Rebalance, ...] = ()
    """Every rebalance, oldest first; entries are only ever added."""

    last: date | None = None
    """The last day that was observed."""

    off: Mapping[str, int] = field(default_factory=dict)
    """Days running that a weight has been off, by `channel` or `channel/model`."""

    @property
    def weights(self) -> Weights | None:
        """The weights in force; None before the first day."""
        return self.log[-1].weights if self.log else None


def first_business_day(day: date) -> date:
    """The first day of a month that is no Saturday or Sunday; holidays differ by place and are not looked at."""
    first = day.replace(day=1)
    return first + timedelta(days=max(0, 7 - first.weekday()) if first.weekday() >= _SATURDAY else 0)


def advance(book: Book, today: Observed) -> tuple[Book, CompanyIndex]:
    """Take the next day: rebalance where there is a cause, then price the day with the weights in force.

    Raises BadFigures for a day that does not come after the last one. A cause on a day without usable weights (no
    volume, no share) waits for a day that has them.
    """
    if book.last is not None and today.date <= book.last:
        raise BadFigures(f"{today.date} does not come after {book.last}")
    fresh = weigh(today.composition, book.aggregation)
    off = _days_off(book, fresh, today.date)
    found = _cause(book, today, off)
    if found is not None and fresh.pi and any(fresh.w.values()):
        cause, detail = found
        entry = Rebalance(number=len(book.log) + 1, date=today.date, cause=cause, detail=detail, weights=fresh)
        book = replace(book, log=(*book.log, entry))
        off = {}
    book = replace(book, last=today.date, off=off)
    weights = book.weights
    return book, price_index(weights if weights is not None else fresh, today.composition.price)


def _cause(book: Book, today: Observed, off: Mapping[str, int]) -> tuple[Cause, str] | None:
    if book.weights is None:
        return Cause.INITIAL, ""
    constituents = sorted({m for models in book.weights.w.values() for m, weight in models.items() if weight})
    for model in constituents:
        if model in today.deleted:
            return Cause.DELETION, model
    for model in constituents:
        if model in today.renamed:
            return Cause.RENAME, f"{model} -> {today.renamed[model]}"
    scheduled = first_business_day(today.date)
    if book.log[-1].date < scheduled <= today.date:
        return Cause.SCHEDULED, ""
    for name in sorted(off):
        if off[name] >= DAYS_RUNNING:
            return (Cause.WEIGHT_BREACH if "\t" in name else Cause.CHANNEL_BREACH), name.replace("\t", "/")
    return None


def _days_off(book: Book, fresh: Weights, day: date) -> dict[str, int]:
    """How many days running each weight has now been off; a day that was not observed breaks the run."""
    if book.weights is None:
        return {}
    running = book.off if book.last == day - timedelta(days=1) else {}
    return {name: running.get(name, 0) + 1 for name in _breaches(book.weights, fresh)}


def _breaches(held: Weights, fresh: Weights) -> Iterator[str]:
    """The channels, and the models in them after a tab, whose weight today is too far from the one in force."""
    for channel in sorted({*held.pi, *fresh.pi} if fresh.pi else ()):
        if abs(fresh.pi.get(channel, Fraction(0)) - held.pi.get(channel, Fraction(0))) > CHANNEL_POINTS:
            yield channel
    for channel in sorted({*held.w, *fresh.w}):
        before, now = held.w.get(channel, {}), fresh.w.get(channel, {})
        if not now:  # not reported is not zero
            continue
        for model in sorted({*before, *now}):
            if abs(now.get(model, Fraction(0)) - before.get(model, Fraction(0))) > MODEL_POINTS:
                yield f"{channel}\t{model}"

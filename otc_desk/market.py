"""What the market page shows, computed from rows. Pure.

Prices are micro-USDT per Mtok, quantities Mtok, amounts micro-USDT.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from ifx_sdk import payoff, pricing
from ifx_sdk.calendar import date_of, day_number, maturity_date, midnight
from ifx_sdk.errors import NoQuote
from ifx_sdk.pricing import CAL_SERIES, CurvePoint
from otc_desk.market_rows import Lot, OpenLevel, Peak, Reference, Settled
from otc_desk.tenors import averaging_on, indicative_on, maturity_on

K = TypeVar("K")
POSITIONS_GATE: Final = 30
"""Simultaneous positions that the roadmap's first stage asks for; one booked forward is one position."""
SETTLEMENTS_GATE: Final = 5
"""Settlements without dispute that it asks for. The escrow knows no dispute: it pays by the fixings alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What several forwards come to."""

    forwards: int = 0
    """How many."""
    quantity: int = 0
    """Sum of N."""
    notional: int = 0
    """Sum of F x N."""
    prefunding: int = 0
    """What both sides locked: sum of 2 x S0 x N."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Open forwards of one underlying and one maturity."""

    underlying: str
    """`provider/model-id`."""
    maturity: int
    """Unix seconds UTC."""
    matured: bool
    """Whether that has come, so that they wait for their settlement alone."""
    sum: Sum
    """What they come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was booked of one underlying in one calendar month, UTC."""

    month: str
    """`2026-07`."""
    underlying: str
    """`provider/model-id`."""
    sum: Sum
    """What it comes to, ended or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenor:
    """One tenor of a forward curve."""

    point: CurvePoint
    """Both forwards, with what the evidence leaves possible."""
    maturity: int
    """Where it leads, unix seconds UTC."""
    stress_average: int | None
    """`F_ind` of the average-price forward by CAL-series-1; its point forward's is `point.stress`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A count that the roadmap asks for."""

    name: str
    """`simultaneous_positions` or `settlements_without_dispute`."""
    needed: int
    """What is asked for."""
    count: int
    """As of the last block that is read."""
    highest: int
    """The most there ever were at once; of settlements, the same as `count`."""
    final: int | None
    """`highest` as of the last final block; None where the node does not say which that is."""

    @property
    def reached(self) -> bool:
        """Whether it was, in a block that cannot be undone."""
        return self.final is not None and self.final >= self.needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Open requests that are alike on one day."""

    side: str
    """`long` or `short`."""
    underlying: str
    """`provider/model-id`."""
    months: int | None
    """Tenor; None where a day was named."""
    maturity: int
    """Unix seconds UTC; with a tenor, where it leads from today."""
    averaging_days: int
    """Days in the settlement price's mean; 1 is a point forward."""
    limit: int | None
    """The worst price that they take; None for the indicative price of the day of the match."""
    indicative: int | None
    """That price as of now; None where there is none."""
    quantity: int
    """Together."""
    requests: int
    """How many."""


def sum_of(lots: Iterable[Lot]) -> Sum:
    """What they come to."""
    forwards = quantity = notional = prefunding = 0
    for lot in lots:
        forwards += lot.forwards
        quantity += lot.quantity
        notional += lot.price * lot.quantity
        prefunding += 2 * payoff.prefunding(spot=lot.spot, quantity=lot.quantity)
    return Sum(forwards=forwards, quantity=quantity, notional=notional, prefunding=prefunding)


def open_interest(lots: Iterable[Lot], now: int) -> tuple[Interest, ...]:
    """Forwards that did not end, by underlying and maturity; `now` is unix seconds."""
    groups = _grouped((lot for lot in lots if lot.ending is None), lambda lot: (lot.underlying, lot.maturity))
    return tuple(
        Interest(underlying=name, maturity=maturity, matured=maturity <= now, sum=sum_of(group))
        for (name, maturity), group in sorted(groups.items())
    )


def volume(lots: Iterable[Lot]) -> tuple[Month, ...]:
    """Everything that was booked, by month and underlying, oldest first."""
    groups = _grouped(lots, lambda lot: (f"{date_of(lot.booked_day):%Y-%m}", lot.underlying))
    return tuple(
        Month(month=month, underlying=name, sum=sum_of(group)) for (month, name), group in sorted(groups.items())
    )


def gates(head: Peak, final: Peak | None) -> tuple[Gate, ...]:
    """Both counts of the roadmap's first stage."""
    return (
        Gate(
            name="simultaneous_positions",
            needed=POSITIONS_GATE,
            count=head.now,
            highest=head.highest,
            final=None if final is None else final.highest,
        ),
        Gate(
            name="settlements_without_dispute",
            needed=SETTLEMENTS_GATE,
            count=head.settled,
            highest=head.settled,
            final=None if final is None else final.settled,
        ),
    )


def payouts(settled: Settled) -> tuple[int, int]:
    """What (long, short) were paid: the escrow's event of a batch leaves it to the formula."""
    return payoff.payouts(
        price=settled.price, spot=settled.spot, quantity=settled.quantity, settlement=settled.settlement
    )


@lru_cache(maxsize=256)
def curve(spot: int, day: int) -> tuple[Tenor, ...]:
    """The forward curve on the fixing of a UTC day number; empty where the fixing is zero."""
    if spot == 0:
        return ()
    trade_date = date_of(day)
    found = []
    for point in pricing.curve(spot, trade_date):
        maturity = midnight(day_number(maturity_date(trade_date, point.months)))
        found.append(Tenor(point=point, maturity=maturity, stress_average=_stress(spot, point)))
    return tuple(found)


def order_book(levels: Iterable[OpenLevel], known: Mapping[str, Reference], today: int) -> tuple[Level, ...]:
    """Open requests as they stand on a UTC day number: by underlying, maturity and payoff, the best limit first.

    Those for which a tenor of more averaging days than it has stands are put to those that mean the whole tenor.
    """
    sums: dict[tuple[str, int | None, int, int, str, int | None], list[int]] = {}
    for level in levels:
        maturity = maturity_on(today, level.months, level.maturity)
        averaging_days = averaging_on(today, level.months, maturity, level.averaging_days)
        key = (level.underlying, level.months, maturity, averaging_days, level.side, level.limit)
        quantity, requests = sums.get(key, [0, 0])
        sums[key] = [quantity + level.quantity, requests + level.requests]
    found = (
        Level(
            underlying=key[0],
            months=key[1],
            maturity=key[2],
            averaging_days=key[3],
            side=key[4],
            limit=key[5],
            indicative=_indicative(known.get(key[0]), key[2], key[3]),
            quantity=quantity,
            requests=requests,
        )
        for key, (quantity, requests) in sums.items()
    )
    return tuple(sorted(found, key=_best_first))


def _best_first(level: Level) -> tuple[object, ...]:
    limit = level.indicative if level.limit is None else level.limit
    better = 0 if limit is None else (-limit if level.side == "long" else limit)
    kind = (level.underlying, level.maturity, level.averaging_days, level.side)
    return (*kind, limit is None, better, level.limit is None, level.months or 0)


def _indicative(reference: Reference | None, maturity: int, averaging_days: int) -> int | None:
    """On the newest fixing and its day, as a match on that day would take it."""
    if reference is None or reference.day is None or reference.price is None:
        return None
    return indicative_on(reference.day, reference.price, maturity, averaging_days)


def _stress(spot: int, point: CurvePoint) -> int | None:
    days = point.averaging_days
    try:
        return pricing.average_indicative(
            spot, point.months, spot_day=0, maturity_day=days, averaging_days=days, using=CAL_SERIES
        )
    except NoQuote:
        return None


def _grouped(lots: Iterable[Lot], key: Callable[[Lot], K]) -> dict[K, Sequence[Lot]]:
    found: defaultdict[K, list[Lot]] = defaultdict(list)
    for lot in lots:
        found[key(lot)].append(lot)
    return dict(found)

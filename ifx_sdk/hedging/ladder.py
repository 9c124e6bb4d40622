"""Hedges of a stream of use: the naive one, the ladder, average-price forwards (docs/protocol.md, "Hedging").

A forward settles at one date, use is spread over many. Between two tenors a < u < b the price of the day u moves with
that of a and that of b, the more so the nearer: the ladder therefore splits each day's use between its neighbours in
proportion to nearness, and what comes before the first tenor between it and today, whose price is known. For even use
over a year on 3M, 6M and 12M that is exactly 25%, 37.5% and 25%, which removes 79% of the cost's volatility; the whole
year's volume at 12M removes 5%. In lots, the rounding is taken that leaves the least spread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final

from ifx_sdk import payoff, pricing
from ifx_sdk.calendar import TENORS, day_number, maturity_date
from ifx_sdk.hedging.errors import BadPlan
from ifx_sdk.hedging.process import BASE, JumpProcess, Sample
from ifx_sdk.money import LOT
from ifx_sdk.payoff import Side

LADDER_TENORS: Final = (3, 6, 12)
"""The paper's tenors (section 6.1); 9 is offered too."""

GRID: Final = 4
"""Points in a month on which use and averages are sampled: about a week."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """One forward of a hedge. Prices micro-USDT per Mtok."""

    months: int
    """Tenor."""

    averaging_days: int
    """Days in the settlement price's mean; 1 settles on the maturity day alone."""

    quantity: int
    """N, Mtok, in lots."""

    spot: int
    """S0."""

    price: int
    """F; here the published F_ind, since nothing is agreed yet."""

    days: int
    """Days from trade to maturity."""

    def samples(self, grid: int = GRID) -> tuple[Sample, ...]:
        """The settlement price as a mean over the process: shares that add up to 1."""
        if self.averaging_days == 1:
            return (Sample(Fraction(self.months), Fraction(1)),)
        start = Fraction(self.months * (self.days - self.averaging_days), self.days)
        length = self.months - start
        parts = []
        for cell in range(self.months * grid):
            low, high = max(start, Fraction(cell, grid)), Fraction(cell + 1, grid)
            if low < high:
                parts.append(Sample(Fraction(low + high) / 2, Fraction(high - low) / length))
        return tuple(parts)

    def payoff_if(self, factor: Fraction, after: Fraction) -> int:
        """The long's payoff if the price is multiplied once, `after` so many months, before the fee."""
        moved = sum((share for time, share in self.samples() if time > after), Fraction(0))
        return payoff.payoff(
            price=self.price,
            spot=self.spot,
            quantity=self.quantity,
            settlement=int(self.spot * (1 - moved + moved * factor)),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hedge:
    """Forwards on one side. Amounts are micro-USDT."""

    name: str
    """What it is called in tables and charts."""

    side: Side
    """`long` for who pays for tokens, `short` for who sells them."""

    legs: tuple[Leg, ...]
    """None where not even one lot fits."""

    @property
    def quantity(self) -> int:
        """Mtok of all legs."""
        return sum(leg.quantity for leg in self.legs)

    @property
    def prefunding(self) -> int:
        """What is locked on the first day."""
        return self.locked_after(0)

    def locked_after(self, months: int) -> int:
        """What is still locked when the legs of up to `months` are settled."""
        return sum(payoff.prefunding(spot=leg.spot, quantity=leg.quantity) for leg in self.legs if leg.months > months)

    @property
    def fee(self) -> int:
        """This side's halves of the fees."""
        place = 0 if self.side == "long" else 1
        return sum(
            payoff.fee_split(payoff.fee(indicative=leg.price, quantity=leg.quantity))[place] for leg in self.legs
        )

    @property
    def worst_case(self) -> int:
        """The most that all legs together can lose, fees included."""
        return sum(
            payoff.worst_case(self.side, price=leg.price, spot=leg.spot, indicative=leg.price, quantity=leg.quantity)
            for leg in self.legs
        )

    def payoff_at(self, settlement: int) -> int:
        """What all legs pay this side if each settles at one price, before fees; negative where it pays."""
        total = sum(
            payoff.payoff(price=leg.price, spot=leg.spot, quantity=leg.quantity, settlement=settlement)
            for leg in self.legs
        )
        return total if self.side == "long" else -total

    def samples(self, grid: int = GRID) -> tuple[Sample, ...]:
        """Mtok on the price at each time."""
        return tuple(Sample(time, share * leg.quantity) for leg in self.legs for time, share in leg.samples(grid))


def spread(monthly: Sequence[Fraction], grid: int = GRID) -> tuple[Sample, ...]:
    """Use by month (Mtok) as samples: each month's evenly over `grid` points, one of them at mid-month."""
    return tuple(
        Sample(month + Fraction(2 * point + 1, 2 * grid), Fraction(use) / grid)
        for month, use in enumerate(monthly)
        for point in range(grid)
    )


def ladder_weights(use: Sequence[Sample], tenors: Sequence[int] = LADDER_TENORS) -> dict[int, Fraction]:
    """Mtok by tenor, before rounding to lots: each sample split between its neighbours in proportion to nearness."""
    nodes = (0, *_held(tenors))
    weights = dict.fromkeys(nodes, Fraction(0))
    for time, weight in use:
        later = next((node for node in nodes[1:] if node >= time), nodes[-1])
        earlier = nodes[nodes.index(later) - 1]
        near = min(Fraction(1), Fraction(time - earlier) / (later - earlier))  # beyond the last tenor: all of it there
        weights[later] += weight * near
        weights[earlier] += weight * (1 - near)
    return {node: weights[node] for node in nodes[1:]}


def in_lots(
    wanted: Mapping[int, Fraction],
    use: Sequence[Sample],
    *,
    lot: int = LOT,
    process: JumpProcess = BASE,
    units: Mapping[int, Sequence[Sample]] | None = None,
) -> dict[int, int]:
    """Whole lots near the wanted Mtok by tenor, the choice that leaves the least spread; never more than the volume.

    Each tenor is rounded down or up; tenors without a lot are left out. `units` are the samples of one Mtok of each
    tenor's forward, the maturity day alone where none are given.
    """
    most = nearest_lots(sum((weight for _, weight in use), Fraction(0)), lot)
    choices = [(int(each // lot) * lot, -int(-each // lot) * lot) for each in wanted.values()]
    candidates = {sizes for sizes in product(*choices) if sum(sizes) <= most}
    books = [(units or {}).get(months, (Sample(Fraction(months), Fraction(1)),)) for months in wanted]
    with_use = [_covariance(process, book, use) for book in books]
    between = [[_covariance(process, one, other) for other in books] for one in books]

    def left(sizes: tuple[int, ...]) -> tuple[Decimal, int]:
        own = sum((a * b * between[i][k] for i, a in enumerate(sizes) for k, b in enumerate(sizes)), Decimal(0))
        return own - 2 * sum((a * each for a, each in zip(sizes, with_use, strict=True)), Decimal(0)), sum(sizes)

    best = min(sorted(candidates), key=left) if candidates else ()
    return {months: size for months, size in zip(wanted, best, strict=False) if size}


def _covariance(process: JumpProcess, one: Sequence[Sample], other: Sequence[Sample]) -> Decimal:
    return sum((process.covariance(s, t) * _decimal(a * b) for s, a in one for t, b in other), Decimal(0))


def nearest_lots(quantity: Fraction, lot: int = LOT) -> int:
    """The whole lots nearest to a quantity, in Mtok; half a lot is none too many, so it rounds down."""
    lots, rest = divmod(quantity, lot)
    return int(lots + (rest * 2 > lot)) * lot


def leg(months: int, quantity: int, *, spot: int, trade_date: date, since: int | None = None) -> Leg:
    """A forward at the published F_ind, on the maturity day's fixing; with `since`, on the mean of all days after it.

    `since` is in months from the trade date, 0 for the whole tenor.

    Raises NoQuote, BadPrice, BadTenor, BadDate.
    """
    day = day_number(trade_date)
    days = day_number(maturity_date(trade_date, months)) - day
    averaging_days = 1
    if since is not None:
        averaging_days = days - (day_number(maturity_date(trade_date, since)) - day if since else 0)
    price = pricing.average_indicative(spot, months, spot_day=0, maturity_day=days, averaging_days=averaging_days)
    return Leg(months=months, averaging_days=averaging_days, quantity=quantity, spot=spot, price=price, days=days)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _held(tenors: Sequence[int]) -> tuple[int, ...]:
    held = tuple(sorted(set(tenors)))
    if not held or not set(held) <= set(TENORS):
        raise BadPlan(tuple(tenors), "a ladder stands on offered tenors")
    return held

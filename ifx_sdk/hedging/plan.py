"""A hedge plan: what lies ahead, four hedges of it, what each costs, can lose and removes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from ifx_sdk.calendar import TENORS
from ifx_sdk.hedging.errors import BadPlan
from ifx_sdk.hedging.ladder import (
    LADDER_TENORS,
    Hedge,
    Leg,
    in_lots,
    ladder_weights,
    leg,
    nearest_lots,
    spread,
)
from ifx_sdk.hedging.process import BASE, JumpProcess, Sample, effectiveness
from ifx_sdk.money import LOT, QUANTITY_LIMIT
from ifx_sdk.payoff import Side

NAIVE: Final = "naive"
LADDER: Final = "ladder"
AVERAGE: Final = "average-price"
STRIP: Final = "average-price-strip"

LIST_PRICE: Final = (
    "basis: a forward settles on the published list price of one model; discounts, credits, cached, batch and "
    "long-context tokens are other prices and stay unhedged"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Hedges of one exposure. Amounts are micro-USDT."""

    spot: int
    """S0, micro-USDT per Mtok."""

    trade_date: date
    """UTC date from which the months run."""

    monthly: tuple[Fraction, ...]
    """Mtok of use in each month ahead."""

    side: Side
    """`long` for who pays for tokens, `short` for who sells them."""

    naive: Hedge
    """The whole volume in one forward at the end: what the paper proposes, and what should not be done."""

    ladder: Hedge
    """The proposal for any pattern of use."""

    average: Hedge
    """The proposal for even use: one forward on the mean of every day."""

    strip: Hedge
    """The same cut at the offered tenors, each piece on the mean of its own days: for uneven use too, and prefunding
    comes back as the year goes by."""

    ladder_wanted: dict[int, Fraction]
    """Mtok by tenor before rounding to lots."""

    @property
    def hedges(self) -> tuple[Hedge, ...]:
        """All four, the naive one first."""
        return (self.naive, self.ladder, self.average, self.strip)

    @property
    def use(self) -> tuple[Sample, ...]:
        """The use as samples of the process."""
        return spread(self.monthly)

    @property
    def volume(self) -> Fraction:
        """Mtok over all months."""
        return sum(self.monthly, Fraction(0))

    @property
    def cost(self) -> int:
        """What the volume costs if the price stays, rounded down."""
        return int(self.volume * self.spot)

    def effectiveness(self, hedge: Hedge, process: JumpProcess = BASE) -> int | None:
        """The part of the unit cost's spread that a hedge removes, ppm, in closed form: fixed volume, no cap."""
        return effectiveness(process, self.use, hedge.samples())

    @property
    def ladder_unrounded(self) -> int | None:
        """The same of the ladder before rounding to lots."""
        return effectiveness(BASE, self.use, [Sample(Fraction(m), each) for m, each in self.ladder_wanted.items()])

    def outcome(self, hedge: Hedge | None, factor: Fraction, after: Fraction = Fraction(0)) -> int:
        """What the volume costs (or earns) in the end if the price is multiplied once, `after` so many months.

        The half fee included, rounded down: for a long cost less payoff plus fee, for a short revenue plus payoff less
        fee.
        """
        before = sum((weight for time, weight in self.use if time <= after), Fraction(0))
        bare = int((before + (self.volume - before) * factor) * self.spot)
        if hedge is None:
            return bare
        moved = sum(leg.payoff_if(factor, after) for leg in hedge.legs) * (1 if self.side == "long" else -1) - hedge.fee
        return bare - moved if self.side == "long" else bare + moved


def make_plan(
    monthly: Sequence[Fraction],
    *,
    spot: int,
    trade_date: date,
    side: Side = "long",
    tenors: Sequence[int] = LADDER_TENORS,
    lot: int = LOT,
) -> Plan:
    """Hedges of a stream of Mtok a month, at the published F_ind.

    Covers 3, 6, 9 or 12 months. A hedge of which not even one lot fits has no legs. Raises BadPlan, NoQuote, BadPrice.
    """
    months = len(monthly)
    if months not in TENORS:
        raise BadPlan(months, "it covers 3, 6, 9 or 12 months")
    if not any(monthly) or any(each < 0 for each in monthly):
        raise BadPlan(months, "its use is at least 0, and somewhere above", cure="Plan for tokens that are used.")
    if sum(monthly, Fraction(0)) >= QUANTITY_LIMIT:
        raise BadPlan(months, f"its volume is not below {QUANTITY_LIMIT:,} Mtok", cure="Check the tokens' unit.")
    use = spread(monthly)
    held = tuple(each for each in tenors if each <= months)
    wanted = ladder_weights(use, held)
    sizes = in_lots(wanted, use, lot=lot)
    whole = nearest_lots(sum(monthly, Fraction(0)), lot)

    def one(name: str, since: int | None) -> Hedge:
        made = leg(months, whole, spot=spot, trade_date=trade_date, since=since)
        return Hedge(name=name, side=side, legs=(made,) if whole else ())

    rungs = tuple(leg(tenor, size, spot=spot, trade_date=trade_date) for tenor, size in sizes.items())
    return Plan(
        spot=spot,
        trade_date=trade_date,
        monthly=tuple(monthly),
        side=side,
        naive=one(NAIVE, None),
        ladder=Hedge(name=LADDER, side=side, legs=rungs),
        average=one(AVERAGE, 0),
        strip=Hedge(name=STRIP, side=side, legs=_strip(monthly, use, spot, trade_date, lot)),
        ladder_wanted=wanted,
    )


def _strip(
    monthly: Sequence[Fraction], use: Sequence[Sample], spot: int, trade_date: date, lot: int
) -> tuple[Leg, ...]:
    """A forward for each piece of the horizon between offered tenors, on the mean of that piece's days."""
    ends = [tenor for tenor in TENORS if tenor <= len(monthly)]
    starts = dict(zip(ends, (0, *ends), strict=False))
    pieces = {end: leg(end, lot, spot=spot, trade_date=trade_date, since=since) for end, since in starts.items()}
    wanted = {end: sum(monthly[since:end], Fraction(0)) for end, since in starts.items()}
    sizes = in_lots(wanted, use, lot=lot, units={end: piece.samples() for end, piece in pieces.items()})
    return tuple(replace(pieces[end], quantity=size) for end, size in sizes.items())

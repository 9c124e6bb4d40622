"""The indicative price: published, never binding, and the base of the fee (docs/protocol.md, "Indicative price").

The whitepaper's equations, with a rate lambda of repricings per month, a cut delta and a tenor tau in months:

    Eq. 5    p(tau) = 1 - exp(-lambda tau)                 the probability of at least one repricing
    Eq. 6    m(tau) = 1 - delta p(tau), F_ind = S0 m(tau)  the mean if at most one repricing happens

Beside Eq. 6 users are shown the mean of a compound process, S0 exp(-lambda delta tau), and what the weak evidence for
lambda leaves possible. Rates and cuts are exact fractions; factors are decimals of 60 digits, so that every
price below is rounded once, half-even, from a value whose error is far below any tie that it could meet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ifx_sdk.calendar import TENORS, day_number, maturity_date
from ifx_sdk.errors import BadCalibration, BadPrice, BadTenor, BadValue, NoQuote
from ifx_sdk.money import MICRO, PRICE_LIMIT

TICK: Final = 10_000
"""micro-USDT per Mtok: published prices of models at 1 USD/Mtok and above move in cents."""

SMALL_TICK: Final = 100
"""micro-USDT per Mtok: below 1 USD/Mtok published prices move in hundredths of a cent."""

# Rounding is meant here, and only here: to 60 digits on the way, to a tick at the end.
_CONTEXT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
_ONE: Final = Decimal(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """A published pair of constants. Never edited: another pair gets another id."""

    id: str
    """Name under which prices made with it are published."""

    rate_per_month: Fraction
    """lambda: repricings per month, 0 or more."""

    cut: Fraction
    """delta: the part of the price that a repricing takes away, 0 to 1."""

    def __post_init__(self) -> None:
        if self.rate_per_month < 0 or not 0 <= self.cut <= 1:
            raise BadCalibration(self.id, "its rate is at least 0 and its cut from 0 to 1")


CAL_MID: Final = Calibration(id="CAL-mid-1", rate_per_month=Fraction(1, 37), cut=Fraction("0.46"))
"""Eq. 3, two repricings in 37 months of two providers' series: the base of `F_ind` and the fee."""

CAL_SERIES: Final = Calibration(id="CAL-series-1", rate_per_month=Fraction(8, 37), cut=Fraction("0.33"))
"""Eq. 4, launches included: shown as a stress curve only."""

CALIBRATIONS: Final[Mapping[str, Calibration]] = MappingProxyType({each.id: each for each in (CAL_MID, CAL_SERIES)})

RATE_INTERVAL: Final = (Fraction("0.0033"), Fraction("0.0976"))
"""The 95% interval of lambda per month that two events leave (docs/protocol.md, "Indicative price")."""


def calibration(name: str) -> Calibration:
    """The calibration with an id. Raises BadCalibration."""
    if name not in CALIBRATIONS:
        raise BadCalibration(name, f"known are {', '.join(CALIBRATIONS)}")
    return CALIBRATIONS[name]


def jump_probability(months: int | Fraction, using: Calibration = CAL_MID) -> Decimal:
    """Eq. 5: p for a tenor in months (0 or more), to 60 digits. Raises BadTenor."""
    return _CONTEXT.subtract(_ONE, _exp(-using.rate_per_month * _tenor(months)))


def multiplier(months: int | Fraction, using: Calibration = CAL_MID) -> Decimal:
    """Eq. 6: m = 1 - delta p for a tenor in months (0 or more), to 60 digits. Raises BadTenor."""
    return _CONTEXT.subtract(_ONE, _CONTEXT.multiply(_decimal(using.cut), jump_probability(months, using)))


def compound_mean(months: int | Fraction, using: Calibration = CAL_MID) -> Decimal:
    """exp(-lambda delta tau): the mean factor if repricings repeat, shown beside Eq. 6. Raises BadTenor."""
    return _exp(-using.rate_per_month * using.cut * _tenor(months))


def at_18_digits(factor: Decimal) -> Decimal:
    """A factor rounded half-even to 18 decimals, for display and for golden vectors."""
    return factor.quantize(Decimal("1e-18"), context=_CONTEXT)


def tick(spot: int) -> int:
    """The tick of published prices, in micro-USDT per Mtok: 0.01 USD from a spot of 1 USD on, 0.0001 USD below."""
    return TICK if _spot(spot) >= MICRO else SMALL_TICK


def indicative(spot: int, months: int | Fraction, using: Calibration = CAL_MID) -> int:
    """S0 x m in micro-USDT per Mtok, rounded half-even, before any tick. Raises BadPrice, BadTenor."""
    return _rounded(_CONTEXT.multiply(Decimal(_spot(spot)), multiplier(months, using)), 1)


def published_indicative(spot: int, months: int, using: Calibration = CAL_MID) -> int:
    """F_ind as published: S0 x m to the nearest tick, ties to even, in micro-USDT per Mtok.

    Raises NoQuote where the tick gives 0 or more than the spot; BadPrice, BadTenor.
    """
    return _published(spot, _CONTEXT.multiply(Decimal(_spot(spot)), multiplier(months, using)))


def average_indicative(
    spot: int,
    months: int,
    *,
    spot_day: int,
    maturity_day: int,
    averaging_days: int,
    using: Calibration = CAL_MID,
) -> int:
    """F_ind of an average-price forward, in micro-USDT per Mtok: the mean of S0 x m(tau_day) over its averaging days.

    tau_day = months x (day - spot_day) / (maturity_day - spot_day); rounded once, to the tick. With 1 averaging day
    it is `published_indicative`. Raises NoQuote, BadPrice, BadTenor, and BadValue for days outside the tenor.
    """
    length = maturity_day - spot_day
    if not 1 <= averaging_days <= length:
        raise BadValue(averaging_days, f"averaging days are from 1 to {length}", cure="Average within the tenor.")
    days = range(length - averaging_days + 1, length + 1)
    total = _sum(multiplier(Fraction(_tenor(months) * day, length), using) for day in days)
    mean = _CONTEXT.divide(_CONTEXT.multiply(Decimal(_spot(spot)), total), Decimal(averaging_days))
    return _published(spot, mean)


def rate_bounds(using: Calibration = CAL_MID) -> tuple[Calibration, Calibration]:
    """The calibration at the lower and the upper end of `RATE_INTERVAL`, for showing how weak the evidence is."""
    low, high = RATE_INTERVAL
    return (
        replace(using, id=f"{using.id} at the lowest rate", rate_per_month=low),
        replace(using, id=f"{using.id} at the highest rate", rate_per_month=high),
    )


def indicative_interval(spot: int, months: int) -> tuple[int, int]:
    """The (lowest, highest) F_ind that the evidence for lambda leaves possible, on the tick, in micro-USDT per Mtok.

    8 USD for 12 months: 5.46 to 7.86. Raises NoQuote, BadPrice, BadTenor.
    """
    slow, fast = rate_bounds()
    return published_indicative(spot, months, fast), published_indicative(spot, months, slow)


# --------------------------------------------------------------------------------------------------------- the curve


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """An indicative price and what the evidence leaves possible, micro-USDT per Mtok; None where a tick gives none."""

    price: int | None
    """`F_ind`."""

    low: int | None
    """With the highest rate of repricings that the evidence leaves possible."""

    high: int | None
    """With the lowest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """One tenor of an indicative curve."""

    months: int
    """Tenor in calendar months."""

    averaging_days: int
    """Days of the average-price forward beside the point forward: the whole tenor."""

    probability: Decimal
    """Eq. 5: p, to 60 digits."""

    point: Band
    """Eq. 6: the forward on the maturity day's fixing."""

    average: Band
    """Eq. 6 averaged: the forward on the mean of every day of the tenor."""

    compound_mean: int
    """S0 exp(-lambda delta tau), rounded half-even to the micro: the mean where repricings repeat."""

    stress: int | None
    """`F_ind` of CAL-series-1, shown only."""


def curve(
    spot: int,
    trade_date: date,
    *,
    tenors: Sequence[int] = TENORS,
    using: Calibration = CAL_MID,
    band: tuple[Calibration, Calibration] | None = None,
) -> tuple[CurvePoint, ...]:
    """The indicative curve of Eq. 5 and 6 for a spot in micro-USDT per Mtok: each tenor, point and average.

    `band` are the calibrations at the lowest and the highest rate, `rate_bounds(using)` unless another evidence is
    meant. Raises BadPrice, BadTenor, BadDate.
    """
    trio = (using, *(band if band is not None else rate_bounds(using)))
    spot_day = day_number(trade_date)
    points = []
    for months in tenors:
        days = day_number(maturity_date(trade_date, months)) - spot_day
        mean = _CONTEXT.multiply(Decimal(_spot(spot)), compound_mean(months, using))
        points.append(
            CurvePoint(
                months=months,
                averaging_days=days,
                probability=jump_probability(months, using),
                point=_band(spot, months, days, 1, trio),
                average=_band(spot, months, days, days, trio),
                compound_mean=_rounded(mean, 1),
                stress=_quoted(spot, months, days, 1, CAL_SERIES),
            )
        )
    return tuple(points)


def _band(
    spot: int, months: int, days: int, averaging_days: int, trio: tuple[Calibration, Calibration, Calibration]
) -> Band:
    price, high, low = (_quoted(spot, months, days, averaging_days, each) for each in trio)
    return Band(price=price, low=low, high=high)


def _quoted(spot: int, months: int, days: int, averaging_days: int, using: Calibration) -> int | None:
    try:
        return average_indicative(
            spot, months, spot_day=0, maturity_day=days, averaging_days=averaging_days, using=using
        )
    except NoQuote:
        return None


def _spot(spot: int) -> int:
    if isinstance(spot, bool) or not isinstance(spot, int) or not 0 < spot < PRICE_LIMIT:
        raise BadPrice(spot, "a spot is a positive integer of micro-USDT per Mtok below 2^40")
    return spot


def _tenor(months: int | Fraction) -> int | Fraction:
    if isinstance(months, bool) or not isinstance(months, int | Fraction) or months < 0:
        raise BadTenor(months, "it is not a number of months of at least 0")
    return months


def _decimal(value: int | Fraction) -> Decimal:
    fraction = Fraction(value)
    return _CONTEXT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def _exp(exponent: int | Fraction) -> Decimal:
    return _CONTEXT.exp(_decimal(exponent))


def _sum(terms: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for term in terms:
        total = _CONTEXT.add(total, term)
    return total


def _rounded(value: Decimal, step: int) -> int:
    """The multiple of `step` nearest to `value`, ties to even."""
    steps = _CONTEXT.divide(value, Decimal(step)).to_integral_value(ROUND_HALF_EVEN)
    return int(steps) * step


def _published(spot: int, value: Decimal) -> int:
    published = _rounded(value, tick(spot))
    if not 0 < published <= spot:
        raise NoQuote(spot, published)
    return published

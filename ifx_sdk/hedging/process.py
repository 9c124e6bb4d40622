"""The price as a compound Poisson process (section 4.1), and its moments in closed form.

Between repricings the price stands still; at rate lambda a month it is multiplied by one of the factors that were seen,
each as likely: 3/4 after a cut of 25%, 25/6 after a rise from 0.60 to 2.50. With M1 and M2 the mean of the factors and
of their squares and s <= t in months,

    E[P_t] / S0 = exp(lambda (M1 - 1) t)
    E[P_s P_t] / S0^2 = exp(lambda (M2 - 1) s) exp(lambda (M1 - 1) (t - s))

so the spread that a hedge leaves needs no simulation, as long as no cap binds and the volume is fixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from ifx_sdk.calibration import Repricing, sized
from ifx_sdk.errors import BadValue

_CONTEXT: Final = Context(prec=34, rounding=ROUND_HALF_EVEN)
PPM: Final = 1_000_000


class Sample(NamedTuple):
    """A weight on the price at a time."""

    time: Fraction
    """Months from the trade date."""

    weight: Fraction
    """Mtok, or a share of a mean."""


@dataclass(frozen=True, kw_only=True)
class JumpProcess:
    """Repricings of one model."""

    rate_per_month: Fraction
    """lambda, 0 or more."""

    factors: tuple[Fraction, ...]
    """New price over old of each repricing that can happen, all as likely; above 0, above 1 for a rise."""

    def __post_init__(self) -> None:
        if self.rate_per_month < 0:
            raise BadValue(self.rate_per_month, "a rate is at least 0", cure="Give repricings a month.")
        if not self.factors or min(self.factors) <= 0:
            raise BadValue(self.factors, "factors are above 0, and there is one", cure="Give new price over old.")

    @cached_property
    def _exponents(self) -> tuple[Fraction, Fraction]:
        first = Fraction(sum(self.factors)) / len(self.factors)
        second = Fraction(sum(each**2 for each in self.factors)) / len(self.factors)
        return self.rate_per_month * (first - 1), self.rate_per_month * (second - 1)

    def mean(self, months: Fraction) -> Decimal:
        """E[P_t] / S0."""
        return _exp(self._exponents[0] * months)

    def covariance(self, one: Fraction, other: Fraction) -> Decimal:
        """Cov(P_s, P_t) / S0^2."""
        first, second = self._exponents
        early, late = min(one, other), max(one, other)
        # Factors rather than one exponent: on a grid they repeat, and are remembered.
        product = _CONTEXT.multiply(_exp(second * early), _exp(first * (late - early)))
        return _CONTEXT.subtract(product, _exp(first * (early + late)))

    def variance(self, book: Sequence[Sample]) -> Decimal:
        """Var(sum of weight x P_time) / S0^2."""
        net: dict[Fraction, Fraction] = {}
        for when, mtok in book:
            net[when] = net.get(when, Fraction(0)) + mtok
        held = [(time, _decimal(amount)) for time, amount in sorted(net.items()) if amount]
        total = Decimal(0)
        for place, (time, weight) in enumerate(held):
            for later, factor in held[place:]:
                twice = weight * factor * (1 if later == time else 2)
                total += _CONTEXT.multiply(twice, self.covariance(time, later))
        return max(total, Decimal(0))


BASE: Final = JumpProcess(rate_per_month=Fraction(1, 37), factors=(Fraction(75, 100), Fraction(33, 100)))
"""The paper's two mid-cycle cuts, 25% and 67%, at the rate of Eq. 3."""

RISE: Final = Fraction(250, 60)
"""What the paper's table leaves out: Gemini 2.5 Flash output went from 0.60 to 2.50 in 2025."""


def from_table(table: Sequence[Repricing], months: int) -> JumpProcess:
    """The mid-cycle rows of a repricing table as a process, over the months of every series watched, added up.

    Raises BadValue where there is none, where one went to zero, or for months below 1.
    """
    if isinstance(months, bool) or months < 1:
        raise BadValue(months, "the months watched are a positive whole number", cure="Add up those of every series.")
    factors = sized(table)
    return JumpProcess(rate_per_month=Fraction(len(factors), months), factors=factors)


def with_rise(process: JumpProcess) -> JumpProcess:
    """The same with one more repricing on record: `RISE`. Nothing may assume that prices only fall."""
    seen = len(process.factors)
    return JumpProcess(
        rate_per_month=process.rate_per_month * Fraction(seen + 1, seen), factors=(*process.factors, RISE)
    )


RISING: Final = with_rise(BASE)
"""The paper's two cuts and that rise: 3/74 a month."""


def effectiveness(
    process: JumpProcess, use: Sequence[Sample], hedge: Sequence[Sample], basis: Fraction = Fraction(0)
) -> int | None:
    """1 - sd(cost - hedge) / sd(cost), in ppm; None where the cost has no spread. Fixed volume, no cap.

    `basis` is the standard deviation of what the buyer pays over the list price: a factor of mean 1, the same for the
    whole plan and independent of repricings, which no forward on the list price removes. With C the cost at the list
    price, H the hedge and b the basis, Var(C B - H) = Var(C - H) + b^2 E[C^2]. Raises BadValue for a basis below 0.
    """
    if basis < 0:
        raise BadValue(basis, "a standard deviation is at least 0", cure="Give the spread of paid over list price.")
    at_list = process.variance(use)
    mean = sum((process.mean(time) * _decimal(weight) for time, weight in use), Decimal(0))
    beside = _CONTEXT.multiply(_decimal(basis**2), at_list + mean * mean)
    unhedged = at_list + beside
    if not unhedged:
        return None
    left = process.variance([*use, *(Sample(time, -weight) for time, weight in hedge)]) + beside
    ratio = _CONTEXT.sqrt(_CONTEXT.divide(left, unhedged))
    return int(((1 - ratio) * PPM).to_integral_value(ROUND_HALF_EVEN))


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


@lru_cache(maxsize=8_192)
def _exp(exponent: Fraction) -> Decimal:
    return _CONTEXT.exp(_decimal(exponent))

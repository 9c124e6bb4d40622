"""From a table of repricings to a calibration, and how much the table proves (the paper's Eq. 3 and 4).

    Eq. 3    lambda = events / months watched, delta = mean cut

The months are those of every series that was watched: two events in 37 months of two providers are 2/74 = 1/37 a month
for each provider's series, not for each model (docs/errata.md, row 9). The interval of the rate is the exact one of a
Poisson count; that of the size is what was seen, for a handful of events proves no more. A rise counts as a negative
cut: nothing here assumes that prices only fall.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

from ifx_sdk.errors import BadCalibration, BadPrice, BadValue
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.pricing import CAL_MID, Calibration

CONFIDENCE: Final = Fraction(95, 100)
"""Two-sided, for every interval that is published."""

MOST_EVENTS: Final = 10_000
"""A longer table is refused: intervals are summed term by term."""

_CONTEXT: Final = Context(prec=50, rounding=ROUND_HALF_EVEN)
_DIGITS: Final = Decimal("1e-12")
_HALVINGS: Final = 120
# Fewer events than this leave the rate open by so much: 5 events by a factor of 7, 30 by 2.
_STRENGTHS: Final = ((1, "none"), (5, "very weak"), (30, "weak"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Repricing:
    """One row of a repricing table. Prices are micro-USDT per Mtok."""

    on: date
    """UTC date from which the new price counts."""

    model: str
    """The model, as its provider names it."""

    old: int | None
    """The price before; None for a model that had none."""

    new: int
    """The price after."""

    mid_cycle: bool
    """Whether an existing model was repriced, which a pinned forward feels; a launch is not felt."""

    def __post_init__(self) -> None:
        for price in (self.old, self.new):
            if price is not None and not 0 <= price < PRICE_LIMIT:
                raise BadPrice(price, "a price is from 0 to below 2^40 micro-USDT per Mtok")
        if self.old == 0:
            raise BadPrice(self.old, "a change from nothing has no size", cure="Leave the old price blank.")
        if self.mid_cycle and self.old is None:
            raise BadValue(
                self.model, "a model that is repriced has an old price", cure="Give it, or call it a launch."
            )
        if self.old == self.new:
            raise BadValue(self.new, "the price did not change", cure="List changes only.")

    @property
    def cut(self) -> Fraction | None:
        """The part of the price that went, negative for a rise; None where there was no price before."""
        return None if self.old is None else 1 - Fraction(self.new, self.old)


def _row(on: str, model: str, old: str | None, new: str, *, mid_cycle: bool = False) -> Repricing:
    micro = [None if text is None else int(Decimal(text) * 1_000_000) for text in (old, new)]
    return Repricing(on=date.fromisoformat(on), model=model, old=micro[0], new=micro[1] or 0, mid_cycle=mid_cycle)


TABLE_1: Final = (
    _row("2023-12-01", "GPT-3.5 Turbo", "2.00", "1.00"),
    _row("2024-03-01", "GPT-4 Turbo", "30.00", "10.00"),
    _row("2024-05-01", "GPT-4o", "15.00", "5.00"),
    _row("2024-07-01", "GPT-4o mini", None, "0.60"),
    _row("2024-08-01", "GPT-4o (rev.)", "5.00", "3.75", mid_cycle=True),
    _row("2025-02-01", "GPT-4.5", None, "150.00"),
    _row("2025-04-01", "GPT-4.1", None, "8.00"),
    _row("2026-02-01", "Claude Opus 4.6", "75.00", "25.00", mid_cycle=True),
)
"""The paper's Table 1; it gives months, so each row stands on the first of one."""

TABLE_1_MONTHS: Final = 74
"""37 months of two providers' series (section 4.2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A calibration and what the table behind it proves. Rates are a month, sizes a part of the price."""

    calibration: Calibration
    """The point estimate."""

    events: int
    """Repricings counted."""

    months: int
    """Months of all the series that were watched."""

    rate_low: Fraction
    """Lower end of the exact Poisson interval of the rate, to 12 decimals."""

    rate_high: Fraction
    """Upper end of the same."""

    cut_low: Fraction
    """The smallest cut seen; negative where a price rose."""

    cut_high: Fraction
    """The largest cut seen."""

    rises: int
    """How many of the sized events were rises."""

    rise_share_high: Fraction
    """The largest share of rises that what was seen leaves possible (one-sided, exact binomial), to 12 decimals."""

    @property
    def strength(self) -> str:
        """`none`, `very weak` (below 5 events), `weak` (below 30) or `moderate`."""
        return next((word for below, word in _STRENGTHS if self.events < below), "moderate")

    @property
    def band(self) -> tuple[Calibration, Calibration]:
        """The calibration at the lower and at the upper end of the rate's interval."""
        name = self.calibration.id
        return (
            replace(self.calibration, id=f"{name} at the lowest rate", rate_per_month=self.rate_low),
            replace(self.calibration, id=f"{name} at the highest rate", rate_per_month=self.rate_high),
        )

    @property
    def sentence(self) -> str:
        """The evidence in one sentence, for whoever sees a price made of it."""
        noun = "repricing" if self.events == 1 else "repricings"
        return (
            f"{self.strength} evidence: {self.events} {noun} in {self.months} months watched leave a monthly rate of "
            f"{_decimals(self.rate_low)} to {_decimals(self.rate_high)} (95%, exact Poisson) and a share of rises of "
            f"up to {round(self.rise_share_high * 100)}% (95%, exact binomial)"
        )


def calibrate(
    table: Sequence[Repricing], months: int, *, name: str = "CAL-own", launches: bool = False, may_rise: bool = False
) -> Evidence:
    """Eq. 3 over the mid-cycle rows of a table; with `launches` over all of them, as Eq. 4 means to.

    `months` are those of every series watched, added up. Raises BadValue for months below 1 or a table too long, and
    BadCalibration where no row has a size, or where prices rose on average: Eq. 6 knows cuts only. With `may_rise`
    such a table gets a delta of 0, for who needs its rate and interval and no price of Eq. 6.
    """
    if isinstance(months, bool) or not isinstance(months, int) or months < 1:
        raise BadValue(months, "the months watched are a positive whole number", cure="Add up those of every series.")
    if len(table) > MOST_EVENTS:
        raise BadValue(len(table), f"a table has at most {MOST_EVENTS} rows", cure="Calibrate on fewer events.")
    counted = [row for row in table if launches or row.mid_cycle]
    cuts = [row.cut for row in counted if row.cut is not None]
    if not cuts:
        raise BadCalibration(
            name, "no repricing of an existing price is in the table", cure="List one with mid_cycle yes."
        )
    mean = Fraction(sum(cuts)) / len(cuts)
    if mean < 0 and not may_rise:
        raise BadCalibration(
            name, "prices rose on average, and Eq. 6 knows cuts only", cure="Agree a price without F_ind's help."
        )
    rises = sum(cut < 0 for cut in cuts)
    low, high = rate_interval(len(counted), months)
    return Evidence(
        calibration=Calibration(id=name, rate_per_month=Fraction(len(counted), months), cut=max(mean, Fraction(0))),
        events=len(counted),
        months=months,
        rate_low=low,
        rate_high=high,
        cut_low=min(cuts),
        cut_high=max(cuts),
        rises=rises,
        rise_share_high=share_bound(rises, len(cuts)),
    )


def rate_interval(events: int, months: int, confidence: Fraction = CONFIDENCE) -> tuple[Fraction, Fraction]:
    """The exact interval of a Poisson rate a month (Garwood), to 12 decimals: 2 events in 74 give 0.0033 to 0.0976."""
    tail = _decimal((1 - confidence) / 2)
    reach = Decimal(2 * events + 40)
    low = Decimal(0)
    if events:
        low = _root(lambda mean: 1 - _poisson_tail(events - 1, mean), tail, reach)
    high = _root(lambda mean: 1 - _poisson_tail(events, mean), 1 - tail, reach)
    return _published(low / months), _published(high / months)


def share_bound(found: int, of: int, confidence: Fraction = CONFIDENCE) -> Fraction:
    """The upper end of the one-sided exact binomial interval of a share, to 12 decimals: 0 of 2 leaves 0.776."""
    if found == of:
        return Fraction(1)
    tail = _decimal(1 - confidence)
    return _published(_root(lambda share: 1 - _binomial_tail(found, of, share), 1 - tail, Decimal(1)))


def _poisson_tail(most: int, mean: Decimal) -> Decimal:
    """P(X <= most) of a Poisson count."""
    term = total = _CONTEXT.exp(-mean)
    for n in range(1, most + 1):
        term = _CONTEXT.divide(_CONTEXT.multiply(term, mean), Decimal(n))
        total = _CONTEXT.add(total, term)
    return total


def _binomial_tail(most: int, of: int, share: Decimal) -> Decimal:
    """P(X <= most) of a binomial count."""
    total, ways = Decimal(0), 1
    for n in range(most + 1):
        chance = _CONTEXT.multiply(_CONTEXT.power(share, n), _CONTEXT.power(1 - share, of - n))
        total = _CONTEXT.add(total, _CONTEXT.multiply(Decimal(ways), chance))
        ways = ways * (of - n) // (n + 1)
    return total


def _root(rising: Callable[[Decimal], Decimal], target: Decimal, reach: Decimal) -> Decimal:
    """Where a rising function of [0, reach] meets the target."""
    low, high = Decimal(0), reach
    for _ in range(_HALVINGS):
        middle = _CONTEXT.divide(_CONTEXT.add(low, high), Decimal(2))
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return low


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _published(value: Decimal) -> Fraction:
    return Fraction(value.quantize(_DIGITS, context=_CONTEXT))


def _decimals(value: Fraction) -> str:
    return f"{_decimal(value):.4f}"


def sized(table: Iterable[Repricing]) -> tuple[Fraction, ...]:
    """New price over old, of each mid-cycle row: the jumps of a simulation, rises above 1."""
    return tuple(1 - row.cut for row in table if row.mid_cycle and row.cut is not None)


def paper_evidence() -> Evidence:
    """What stands behind CAL-mid-1: Table 1 over 74 months. Its cuts are 25% and 66.7%; Eq. 3 makes them 0.46."""
    return replace(calibrate(TABLE_1, TABLE_1_MONTHS), calibration=CAL_MID)

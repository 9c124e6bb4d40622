"""From recorded use to the use that a hedge is for. Tokens are whole output tokens, months run from the trade date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import isqrt
from typing import Final, Literal, cast, get_args

from ifx_sdk.calendar import TENORS, maturity_date
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging.errors import BadPlan

Shape = Literal["even", "repeat", "forecast"]

MTOK: Final = 1_000_000
"""Tokens per Mtok."""

LONGEST_SPAN: Final = 1_100
"""Days from a file's first to its last: more is a mistyped date rather than a record of today's use."""

OUTLIER: Final = 10
"""A day above so many times the median day is told: it may be a month's total."""

_YEAR: Final = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """Tokens of one model on one day."""

    on: date
    """UTC date."""

    model: str
    """As the file names it."""

    tokens: int
    """Output tokens, 0 or more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageFile:
    """What a usage file holds."""

    form: str
    """`plain`, or one of the exports that `usage_files` lists."""

    uses: tuple[Use, ...]
    """Every row at the standard price."""

    left_out: int
    """Output tokens at other prices (batch, fast mode, one region, audio ...): no forward here is on those."""

    @property
    def models(self) -> dict[str, int]:
        """Tokens by model, the largest first."""
        totals: dict[str, int] = {}
        for use in self.uses:
            totals[use.model] = totals.get(use.model, 0) + use.tokens
        return dict(sorted(totals.items(), key=lambda each: (-each[1], each[0])))


@dataclass(frozen=True, kw_only=True, slots=True)
class Exposure:
    """The use of one model that lies ahead."""

    model: str
    """As the usage file names it."""

    monthly: tuple[Fraction, ...]
    """Mtok of output in each month from the trade date."""

    shape: Shape
    """`even` at the recorded daily rate, `repeat` of the last months, or the `forecast` that the file is."""

    first: date
    """First recorded day."""

    last: date
    """Last recorded day."""

    silent_days: int
    """Days between the two without a row: they count as days without use."""

    outliers: tuple[date, ...]
    """Days with more than 10 times the tokens of the median day."""

    variation_ppm: int | None
    """How much the recorded 30-day totals vary: their standard deviation over their mean; None below 3 of them, and of
    a forecast."""

    @property
    def volume(self) -> Fraction:
        """Mtok over all months."""
        return sum(self.monthly, Fraction(0))


def exposure(
    uses: Iterable[Use], trade_date: date, *, model: str | None = None, months: int = 12, shape: Shape | None = None
) -> Exposure:
    """What a plan of `months` is for.

    `model` may be left out where one model has more than 90% of the tokens. Without a `shape` a file whose days lie
    from the trade date on is a forecast, any other is projected evenly. Raises BadPlan, BadValue.
    """
    if months not in TENORS:
        raise BadPlan(months, "it covers 3, 6, 9 or 12 months")
    listed = list(uses)
    name = model if model is not None else _main_model(listed)
    daily = _daily(listed, name)
    if not daily or not any(daily.values()):
        used = ", ".join(list(UsageFile(form="plain", uses=tuple(listed), left_out=0).models)[:5]) or "none"
        raise BadPlan(name, "no tokens of it were used", cure=f"Name a model of the file with --model: {used}.")
    first, last = min(daily), max(daily)
    chosen: Shape = shape if shape is not None else ("forecast" if first >= trade_date else "even")
    project = {"even": _even, "repeat": _repeat, "forecast": _forecast}
    span = (last - first).days + 1
    if span > LONGEST_SPAN:
        raise BadPlan(name, f"its days span {first} to {last}", cure="Keep the last three years at most.")
    return Exposure(
        model=name,
        monthly=project[chosen](daily, trade_date, months),
        shape=chosen,
        first=first,
        last=last,
        silent_days=span - len(daily),
        outliers=_outliers(daily),
        variation_ppm=None if chosen == "forecast" else _variation(daily),  # a plan's ramp is no error of it
    )


def _main_model(uses: Sequence[Use]) -> str:
    totals = UsageFile(form="plain", uses=tuple(uses), left_out=0).models
    if not any(totals.values()):
        named = next(iter(totals), "")
        raise BadPlan(named, "the file holds no use of it", cure="Export days on which tokens were used.")
    largest = next(iter(totals))
    if totals[largest] * 10 <= sum(totals.values()) * 9:
        names = ", ".join(list(totals)[:5])
        raise BadPlan(largest, "no model has more than 90% of the tokens", cure=f"Name one with --model: {names}.")
    return largest


def _daily(uses: Iterable[Use], model: str) -> dict[date, int]:
    daily: dict[date, int] = {}
    for use in uses:
        if use.tokens < 0:
            raise BadValue(use.tokens, "tokens are at least 0", cure="Export whole tokens.")
        if use.model == model:
            daily[use.on] = daily.get(use.on, 0) + use.tokens
    return daily


def _even(daily: dict[date, int], trade_date: date, months: int) -> tuple[Fraction, ...]:
    """The recorded mean a day, for twelfths of a year of 365 days."""
    span = (max(daily) - min(daily)).days + 1
    return (Fraction(sum(daily.values()) * _YEAR, span * 12 * MTOK),) * months


def _repeat(daily: dict[date, int], trade_date: date, months: int) -> tuple[Fraction, ...]:
    """The last `months` twelfths of 365 days, over again."""
    last, width = max(daily), Fraction(_YEAR, 12)
    if (last - min(daily)).days + 1 < months * width:
        raise BadPlan("repeat", f"the file covers less than {months} months", cure="Let it be projected evenly.")
    totals = [0] * months
    for on, tokens in daily.items():
        back = int(((last - on).days) // width)
        if back < months:
            totals[months - 1 - back] += tokens
    return tuple(Fraction(each, MTOK) for each in totals)


def _forecast(daily: dict[date, int], trade_date: date, months: int) -> tuple[Fraction, ...]:
    """Each row in the month in which it lies, from the trade date."""
    starts = [trade_date, *(maturity_date(trade_date, each) for each in range(1, months + 1))]
    if min(daily) < trade_date or max(daily) >= starts[-1]:
        last = starts[-1] - timedelta(days=1)
        raise BadPlan(
            "forecast", f"its days must lie from {trade_date} to {last}", cure="Set the trade date with --on."
        )
    totals = [0] * months
    for on, tokens in daily.items():
        totals[max(place for place in range(months) if starts[place] <= on)] += tokens
    return tuple(Fraction(each, MTOK) for each in totals)


def _outliers(daily: dict[date, int]) -> tuple[date, ...]:
    used = sorted(tokens for tokens in daily.values() if tokens)
    median = used[len(used) // 2]
    return tuple(on for on in sorted(daily) if daily[on] > OUTLIER * median)


def _variation(daily: dict[date, int]) -> int | None:
    """sd / mean of whole 30-day totals counted back from the last day, in ppm."""
    last = max(daily)
    whole = ((last - min(daily)).days + 1) // 30
    if whole < 3:
        return None
    totals = [0] * whole
    for on, tokens in daily.items():
        back = (last - on).days // 30
        if back < whole:
            totals[back] += tokens
    total = sum(totals)
    if not total:
        return None
    squares = whole * sum(each * each for each in totals) - total * total
    # sd / mean with n - 1: sqrt(squares / (n (n - 1))) / (total / n)
    return isqrt(squares * whole * 10**12 // ((whole - 1) * total * total))


def parse_shape(text: str | None) -> Shape | None:
    """A shape as it is typed; None for none. Raises BadPlan."""
    for shape in get_args(Shape):
        if text == shape:
            return cast(Shape, shape)
    if text is not None:
        raise BadPlan(text, "a shape is even, repeat or forecast", cure="Leave the shape out.")
    return None

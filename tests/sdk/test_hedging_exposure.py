"""From recorded use to the use ahead: exact shares of tokens, nothing lost on the way."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.errors import BadValue
from ifx_sdk.hedging.errors import BadPlan
from ifx_sdk.hedging.exposure import Use, exposure, parse_shape

TRADE_DATE = date(2026, 7, 15)
BEFORE = date(2026, 7, 14)


def days(*tokens: int, last: date = BEFORE, model: str = "m") -> list[Use]:
    """A row a day, the last on `last`."""
    first = last - timedelta(days=len(tokens) - 1)
    return [Use(on=first + timedelta(days=n), model=model, tokens=each) for n, each in enumerate(tokens)]


def test_even_use_is_the_recorded_daily_rate() -> None:
    """1 Mtok a day is 365/12 Mtok in each twelfth of a year, exactly."""
    found = exposure(days(*[1_000_000] * 30), TRADE_DATE)
    assert found.monthly == (Fraction(365, 12),) * 12
    assert (found.shape, found.volume, found.silent_days) == ("even", 365, 0)
    assert (found.first, found.last) == (date(2026, 6, 15), BEFORE)


def test_silent_days_count_as_days_without_use() -> None:
    """One row in the middle left out: the rate falls, and the day is told."""
    listed = days(*[3_000_000] * 3)
    found = exposure([listed[0], listed[2]], TRADE_DATE)
    assert found.silent_days == 1
    assert found.monthly[0] == Fraction(2_000_000 * 365, 12 * 1_000_000)


def test_a_file_of_days_ahead_is_a_forecast() -> None:
    """Each row in its own month from the trade date, a month that ends on the 14th."""
    ahead = [Use(on=on, model="m", tokens=5_000_000) for on in (TRADE_DATE, date(2026, 8, 14), date(2026, 8, 15))]
    found = exposure(ahead, TRADE_DATE, months=3)
    assert (found.shape, found.monthly) == ("forecast", (10, 5, 0))


@pytest.mark.parametrize("on", [BEFORE, date(2026, 10, 15)])
def test_a_forecast_beyond_its_months_is_refused(on: date) -> None:
    """The day before the trade date, and the first day after the last month; the last day within is taken."""
    with pytest.raises(BadPlan, match="must lie from"):
        exposure([Use(on=on, model="m", tokens=1)], TRADE_DATE, months=3, shape="forecast")
    inside = [Use(on=date(2026, 10, 14), model="m", tokens=1_000_000)]
    assert exposure(inside, TRADE_DATE, months=3, shape="forecast").monthly == (0, 0, 1)


def test_a_pattern_can_repeat() -> None:
    """The last three twelfths of a year over again; older days do not count."""
    low, high = [1_000_000] * 61, [9_000_000] * 31
    found = exposure(days(*[500_000_000] * 10, *low, *high), TRADE_DATE, months=3, shape="repeat")
    assert found.volume == sum(low + high) // 1_000_000
    assert found.monthly[2] > 5 * found.monthly[0]
    with pytest.raises(BadPlan, match="less than 12 months"):
        exposure(days(*low), TRADE_DATE, shape="repeat")


@given(st.lists(st.integers(0, 10**15), min_size=92, max_size=92).filter(any))
def test_no_token_is_lost(tokens: list[int]) -> None:
    """Repeated or projected evenly, the volume is that of the record."""
    repeated = exposure(days(*tokens), TRADE_DATE, months=3, shape="repeat").volume
    assert repeated == Fraction(sum(tokens), 1_000_000)
    even = exposure(days(*tokens), TRADE_DATE, months=3).volume
    assert even == Fraction(sum(tokens), 1_000_000) * Fraction(365, 4 * 92)


def test_the_main_model_needs_no_name() -> None:
    """Above 90% of the tokens it is chosen; at 90% it must be named."""
    assert exposure(days(91) + days(9, model="n"), TRADE_DATE).model == "m"
    with pytest.raises(BadPlan, match="--model: m, n"):
        exposure(days(90) + days(10, model="n"), TRADE_DATE)
    assert exposure(days(90) + days(10, model="n"), TRADE_DATE, model="n").model == "n"


def test_variation_is_that_of_thirty_days_totals() -> None:
    """1, 2 and 3 times as much: sd over mean is one half; below 90 days there is none."""
    tripled = [1] * 30 + [2] * 30 + [3] * 30
    assert exposure(days(*tripled), TRADE_DATE).variation_ppm == 500_000
    assert exposure(days(*[5] * 90), TRADE_DATE).variation_ppm == 0
    assert exposure(days(*[5] * 89), TRADE_DATE).variation_ppm is None
    assert exposure(days(7, *[0] * 90), TRADE_DATE).variation_ppm is None


def test_a_day_like_a_month_is_told() -> None:
    """More than 10 times the median day; exactly 10 times is not."""
    found = exposure(days(*[10] * 20, 101, 100), TRADE_DATE)
    assert found.outliers == (BEFORE - timedelta(days=1),)


@pytest.mark.parametrize(
    ("uses", "why"),
    [([], "no use"), (days(0, 0), "no tokens"), (days(1, model="other"), "no tokens")],
)
def test_nothing_to_hedge_is_refused(uses: list[Use], why: str) -> None:
    """No rows, no tokens, another model's."""
    with pytest.raises(BadPlan, match=why):
        exposure(uses, TRADE_DATE, model=None if not uses else "m")


def test_what_cannot_be_a_record_is_refused() -> None:
    """Days over more than three years, negative tokens, a horizon that is no tenor, a shape that is none."""
    with pytest.raises(BadPlan, match="span"):
        exposure([*days(1), Use(on=date(1970, 1, 1), model="m", tokens=1)], TRADE_DATE)
    with pytest.raises(BadValue, match="at least 0"):
        exposure(days(5, -1), TRADE_DATE)
    with pytest.raises(BadPlan, match="3, 6, 9 or 12"):
        exposure(days(5), TRADE_DATE, months=24)
    with pytest.raises(BadPlan, match="shape"):
        parse_shape("seasonal")
    assert [parse_shape(each) for each in (None, "even", "repeat", "forecast")] == [None, "even", "repeat", "forecast"]


def test_a_file_without_any_token_is_told_so() -> None:
    """Not that it holds too many models; with one token there is a main model."""
    idle = [Use(on=date(2026, 7, 1), model="m", tokens=0)]
    with pytest.raises(BadPlan, match="holds no use of it"):
        exposure(idle, date(2026, 7, 15))
    assert exposure([*idle, Use(on=date(2026, 7, 2), model="m", tokens=1)], date(2026, 7, 15)).model == "m"

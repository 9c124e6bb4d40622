"""The indicative price against Eq. 5 and 6, computed here with fractions alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.calendar import TENORS, day_number, maturity_date
from ifx_sdk.errors import BadCalibration, BadPrice, BadTenor, BadValue, NoQuote
from ifx_sdk.pricing import (
    CAL_MID,
    CAL_SERIES,
    CALIBRATIONS,
    RATE_INTERVAL,
    Calibration,
    at_18_digits,
    average_indicative,
    calibration,
    compound_mean,
    indicative,
    indicative_interval,
    jump_probability,
    multiplier,
    published_indicative,
    rate_bounds,
    tick,
)

TRADE_DATE = date(2026, 7, 15)
SPOT_DAY = day_number(TRADE_DATE)
MATURITY_DAY = day_number(maturity_date(TRADE_DATE, 3))
EPSILON = Fraction(1, 10**55)


def exp(exponent: Fraction) -> Fraction:
    """The exponential by its series, after halving to where it converges fast; the error is far below EPSILON."""
    halvings = max(0, abs(exponent).__ceil__().bit_length())
    x = exponent / 2**halvings
    term = total = Fraction(1)
    for n in range(1, 60):
        term = Fraction(round(term * x / n * 10**90), 10**90)
        total += term
    for _ in range(halvings):
        total = Fraction(round(total * total * 10**90), 10**90)
    return total


def factor(using: Calibration, months: Fraction | int) -> Fraction:
    """Eq. 6."""
    return 1 - using.cut * (1 - exp(-using.rate_per_month * months))


@pytest.mark.parametrize(
    ("using", "months", "p", "m"),
    [
        (CAL_MID, 1, "0.026665065180747332", "0.987734070016856227"),
        (CAL_MID, 6, "0.149696693663049451", "0.931139520914997253"),
        (CAL_MID, 12, "0.277", "0.873"),
        (CAL_SERIES, 3, "0.477248279091231682", "0.842508067899893545"),
        (CAL_SERIES, 6, "0.727", "0.760"),
        (CAL_SERIES, 12, "0.925323855948926501", "0.694643127536854255"),
    ],
)
def test_probability_and_multiplier_are_those_of_the_equations(using: Calibration, months: int, p: str, m: str) -> None:
    """Known digits: of the golden vectors, and of the table in the errata."""
    for value, digits in ((jump_probability(months, using), p), (multiplier(months, using), m)):
        assert value.quantize(Decimal(digits)) == Decimal(digits)


@given(st.sampled_from([CAL_MID, CAL_SERIES]), st.fractions(0, 40, max_denominator=400))
def test_factors_are_exact_to_fifty_digits(using: Calibration, months: Fraction) -> None:
    """Eq. 5, Eq. 6 and the compound mean agree with a series of fractions."""
    p = 1 - exp(-using.rate_per_month * months)
    assert abs(Fraction(jump_probability(months, using)) - p) < EPSILON
    assert abs(Fraction(multiplier(months, using)) - (1 - using.cut * p)) < EPSILON
    assert abs(Fraction(compound_mean(months, using)) - exp(-using.rate_per_month * using.cut * months)) < EPSILON


def test_at_18_digits_rounds_half_even() -> None:
    """The form in which factors are shown and compared."""
    assert str(at_18_digits(multiplier(6))) == "0.931139520914997253"
    assert at_18_digits(Decimal("0.0000000000000000005")) == 0
    assert at_18_digits(Decimal("0.0000000000000000015")) == Decimal("0.000000000000000002")


@pytest.mark.parametrize(
    ("spot", "months", "published"),
    [
        (8_000_000, 6, 7_450_000),
        (6_000_000, 3, 5_790_000),
        (15_000_000, 6, 13_970_000),
        (30_000_000, 6, 27_930_000),
        (400_000, 6, 372_500),
        (8_000_000, 1, 7_900_000),
        (1_000_000, 12, 870_000),
        (999_999, 12, 872_600),
    ],
)
def test_published_price_stands_on_its_tick(spot: int, months: int, published: int) -> None:
    """0.01 USD from a spot of 1 USD on, 0.0001 USD below."""
    assert published_indicative(spot, months) == published
    assert published % tick(spot) == 0


@given(st.integers(1, 2**39 - 1), st.sampled_from(TENORS), st.sampled_from([CAL_MID, CAL_SERIES]))
def test_published_price_is_the_nearest_tick(spot: int, months: int, using: Calibration) -> None:
    """Rounded once, from S0 x m itself; refused where it is 0 or above the spot."""
    step = 10_000 if spot >= 1_000_000 else 100
    exact = spot * factor(using, months)
    nearest = round(exact / step) * step  # Fraction rounds half-even
    assert indicative(spot, months, using) == round(exact)
    if 0 < nearest <= spot:
        assert published_indicative(spot, months, using) == nearest
    else:
        with pytest.raises(NoQuote) as refusal:
            published_indicative(spot, months, using)
        assert (refusal.value.spot, refusal.value.published) == (spot, nearest)


@pytest.mark.parametrize(("spot", "published"), [(150, 200), (250, 200), (350, 400), (1_005_000, 1_000_000)])
def test_ties_go_to_the_even_tick(spot: int, published: int) -> None:
    """Without a cut the factor is 1, so the spot itself is rounded."""
    flat = replace(CAL_MID, cut=Fraction(0))
    if published > spot:
        with pytest.raises(NoQuote) as refusal:
            published_indicative(spot, 3, flat)
        assert refusal.value.published == published
    else:
        assert published_indicative(spot, 3, flat) == published


@pytest.mark.parametrize(("spot", "published"), [(4, 0), (51, 0), (60, 100)])
def test_no_quote_where_the_tick_gives_nothing_or_more_than_the_spot(spot: int, published: int) -> None:
    """There is no indicative price, hence no fee."""
    with pytest.raises(NoQuote) as refusal:
        published_indicative(spot, 3)
    assert refusal.value.published == published


def test_the_cheapest_quotes() -> None:
    """The positive twin: a published price of one tick."""
    assert published_indicative(100, 3) == 100
    assert published_indicative(149, 3) == 100


def test_luna_point_and_average() -> None:
    """6.00 for 3 months from 2026-07-15: 5.79 on the last day, 5.89 over all 92."""
    days = {"spot_day": SPOT_DAY, "maturity_day": MATURITY_DAY}
    assert MATURITY_DAY - SPOT_DAY == 92
    assert average_indicative(6_000_000, 3, **days, averaging_days=1) == 5_790_000
    assert average_indicative(6_000_000, 3, **days, averaging_days=92) == 5_890_000


@given(st.integers(1_000_000, 2**39 - 1), st.sampled_from(TENORS), st.integers(28, 400), st.integers(1, 12))
def test_average_is_the_mean_over_its_days_rounded_once(
    spot: int, months: int, length: int, averaging_days: int
) -> None:
    """tau of a day is its share of the tenor; one averaging day is the point forward."""
    days = {"spot_day": SPOT_DAY, "maturity_day": SPOT_DAY + length}
    factors = [
        factor(CAL_MID, Fraction(months * day, length)) for day in range(length - averaging_days + 1, length + 1)
    ]
    expected = round(spot * sum(factors) / averaging_days / 10_000) * 10_000
    assert average_indicative(spot, months, **days, averaging_days=averaging_days) == expected
    assert average_indicative(spot, months, **days, averaging_days=1) == published_indicative(spot, months)


@pytest.mark.parametrize("averaging_days", [0, 93, -1])
def test_averaging_outside_the_tenor_is_refused(averaging_days: int) -> None:
    """As `book` refuses it."""
    with pytest.raises(BadValue):
        average_indicative(6_000_000, 3, spot_day=SPOT_DAY, maturity_day=MATURITY_DAY, averaging_days=averaging_days)


def test_evidence_leaves_a_wide_interval() -> None:
    """An 8 USD model for 12 months: anywhere from 5.46 to 7.86."""
    assert indicative_interval(8_000_000, 12) == (5_460_000, 7_860_000)
    low, high = rate_bounds()
    assert (low.rate_per_month, high.rate_per_month) == RATE_INTERVAL
    assert low.cut == high.cut == CAL_MID.cut


@given(st.integers(1_000_000, 2**39 - 1), st.sampled_from(TENORS))
def test_interval_holds_the_published_price(spot: int, months: int) -> None:
    """The estimate lies within its own uncertainty."""
    low, high = indicative_interval(spot, months)
    assert low <= published_indicative(spot, months) <= high <= spot


def test_calibrations_are_the_published_ones() -> None:
    """Never edited: their ids, rates and cuts are part of what was published."""
    assert {(each.id, each.rate_per_month, each.cut) for each in CALIBRATIONS.values()} == {
        ("CAL-mid-1", Fraction(1, 37), Fraction(46, 100)),
        ("CAL-series-1", Fraction(8, 37), Fraction(33, 100)),
    }
    assert calibration("CAL-mid-1") is CAL_MID


def test_an_unknown_calibration_is_refused() -> None:
    """The cure names those that exist."""
    with pytest.raises(BadCalibration, match="CAL-mid-1 and CAL-series-1"):
        calibration("CAL-mid-2")


@pytest.mark.parametrize(("rate", "cut"), [(Fraction(-1), Fraction(0)), (Fraction(1), Fraction(2))])
def test_a_calibration_out_of_range_is_refused(rate: Fraction, cut: Fraction) -> None:
    """A rate is not negative, a cut takes at most everything."""
    with pytest.raises(BadCalibration):
        Calibration(id="CAL-none", rate_per_month=rate, cut=cut)


@pytest.mark.parametrize("spot", [0, -1, 2**40, True, "8000000", Decimal(8)])
def test_a_spot_that_is_no_price_is_refused(spot: int) -> None:
    """Zero is a price but no spot: nothing can be traded on it."""
    for quote in (published_indicative, indicative):
        with pytest.raises(BadPrice):
            quote(spot, 3)
    with pytest.raises(BadPrice):
        tick(spot)


@pytest.mark.parametrize("months", [-1, True, "3", Decimal(3)])
def test_a_tenor_that_is_no_number_of_months_is_refused(months: int) -> None:
    """The time of a forward does not run backwards."""
    with pytest.raises(BadTenor):
        multiplier(months)

"""Calibration against Eq. 3 and the intervals of the textbook."""

from datetime import date
from fractions import Fraction

import pytest

from ifx_sdk.calibration import (
    TABLE_1,
    TABLE_1_MONTHS,
    Repricing,
    calibrate,
    paper_evidence,
    rate_interval,
    share_bound,
    sized,
)
from ifx_sdk.errors import BadCalibration, BadPrice, BadValue
from ifx_sdk.pricing import CAL_MID, RATE_INTERVAL


def row(old: int | None, new: int, *, mid_cycle: bool = True, day: int = 1) -> Repricing:
    return Repricing(on=date(2026, 1, day), model="m", old=old, new=new, mid_cycle=mid_cycle)


def test_eq_3_follows_from_table_1() -> None:
    """Two mid-cycle rows in 74 months: 1/37, and the mean of 25% and 66.7%, which the paper rounds to 0.46."""
    found = calibrate(TABLE_1, TABLE_1_MONTHS)
    assert found.calibration.rate_per_month == CAL_MID.rate_per_month == Fraction(1, 37)
    assert found.calibration.cut == Fraction(11, 24)
    assert round(found.calibration.cut, 2) == CAL_MID.cut
    assert (found.events, found.rises, found.cut_low, found.cut_high) == (2, 0, Fraction(1, 4), Fraction(2, 3))


def test_eq_4_does_not_follow_from_table_1() -> None:
    """Eight rows in 37 months give its rate, but a mean cut of 55%, not 0.33 (errata, row 11)."""
    found = calibrate(TABLE_1, 37, launches=True).calibration
    assert found.rate_per_month == Fraction(8, 37)
    assert found.cut == Fraction(11, 20)


def test_the_published_interval_is_that_of_two_events() -> None:
    """0.0033 to 0.0976 a month, to four decimals."""
    found = paper_evidence()
    assert (found.rate_low, found.rate_high) == (Fraction("0.003273098359"), Fraction("0.097630914429"))
    assert tuple(round(each, 4) for each in (found.rate_low, found.rate_high)) == RATE_INTERVAL
    assert found.calibration is CAL_MID
    assert [each.rate_per_month for each in found.band] == [found.rate_low, found.rate_high]


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, "0", "3.6889"), (1, "0.0253", "5.5716"), (2, "0.2422", "7.2247"), (10, "4.7954", "18.3904")],
)
def test_rate_interval_is_the_exact_poisson_one(events: int, low: str, high: str) -> None:
    """The tabulated 95% limits of a Poisson count, per one month watched."""
    found = rate_interval(events, 1)
    assert [round(each, 4) for each in found] == [Fraction(low), Fraction(high)]


def test_rate_interval_of_many_events_stays_narrow() -> None:
    """1,000 events in 1,000 months: 0.939 to 1.064, as the normal approximation has it."""
    low, high = rate_interval(1_000, 1_000)
    assert (round(low, 3), round(high, 3)) == (Fraction("0.939"), Fraction("1.064"))


@pytest.mark.parametrize(("found", "of", "bound"), [(0, 2, "0.7764"), (0, 1, "0.95"), (1, 5, "0.6574"), (3, 3, "1")])
def test_share_bound_is_the_exact_binomial_one(found: int, of: int, bound: str) -> None:
    """1 - 0.05^(1/n) where none was found; all of them where all were."""
    assert round(share_bound(found, of), 4) == Fraction(bound)


@pytest.mark.parametrize(
    ("events", "word"), [(1, "very weak"), (4, "very weak"), (5, "weak"), (29, "weak"), (30, "moderate")]
)
def test_evidence_is_named_by_its_events(events: int, word: str) -> None:
    """Below 5 the rate is open by a factor of 7 or more."""
    found = calibrate([row(100, 50)] * events, 100)
    assert found.strength == word
    assert found.sentence.startswith(f"{word} evidence: {events} repricing")


def test_a_rise_counts_against_the_cuts() -> None:
    """A cut of 50% and a rise of 20%: a mean cut of 15%, one rise, a wider share of rises left possible."""
    found = calibrate([row(100, 50), row(100, 120)], 10)
    assert (found.calibration.cut, found.rises, found.cut_low) == (Fraction(15, 100), 1, Fraction(-1, 5))
    assert found.rise_share_high > calibrate([row(100, 50), row(100, 80)], 10).rise_share_high
    assert sized([row(100, 50), row(100, 120), row(None, 7, mid_cycle=False)]) == (Fraction(1, 2), Fraction(6, 5))


def test_prices_that_rose_on_average_have_no_calibration() -> None:
    """Eq. 6 knows cuts only; exactly none is a cut of zero."""
    assert calibrate([row(100, 50), row(100, 150)], 10).calibration.cut == 0
    with pytest.raises(BadCalibration, match="rose on average"):
        calibrate([row(100, 50), row(100, 151)], 10)


@pytest.mark.parametrize("table", [[], [row(None, 8, mid_cycle=False)], [row(10, 8, mid_cycle=False)]])
def test_a_table_without_a_repriced_model_is_refused(table: list[Repricing]) -> None:
    """No row, a launch without an old price, a launch with one: none is felt by a pinned forward."""
    with pytest.raises(BadCalibration, match="no repricing"):
        calibrate(table, 37)


@pytest.mark.parametrize("months", [0, -1, True])
def test_months_watched_are_positive(months: int) -> None:
    """And whole."""
    with pytest.raises(BadValue, match="months watched"):
        calibrate(TABLE_1, months)


def test_a_table_too_long_is_refused() -> None:
    """Intervals are summed term by term."""
    with pytest.raises(BadValue, match="at most"):
        calibrate([row(100, 50)] * 10_001, 100)


@pytest.mark.parametrize(
    ("old", "new", "mid_cycle", "kind"),
    [
        (0, 5, True, BadPrice),
        (5, 5, True, BadValue),
        (-1, 5, True, BadPrice),
        (5, 2**40, True, BadPrice),
        (None, 5, True, BadValue),
    ],
)
def test_a_row_that_is_no_repricing_is_refused(old: int | None, new: int, mid_cycle: bool, kind: type) -> None:
    """From nothing, to the same, outside prices, an existing model without a price; to zero is one."""
    with pytest.raises(kind):
        row(old, new, mid_cycle=mid_cycle)
    assert row(5, 0).cut == 1

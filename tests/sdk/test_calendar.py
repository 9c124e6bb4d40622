"""Days, tenors, windows, and times for people."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.calendar import (
    MAX_DAYS_TO_MATURITY,
    MIN_DAYS_TO_MATURITY,
    MIN_VALID_SLOTS,
    SECONDS_PER_DAY,
    TENORS,
    date_of,
    day_number,
    day_of,
    format_time,
    maturity_date,
    maturity_timestamp,
    midnight,
    parse_date,
    tenor_of,
    window_slots,
    window_start,
)
from ifx_sdk.errors import BadDate, BadTenor, BadTime

DATES = st.dates(date(1970, 1, 1), date(9998, 12, 31))


@pytest.mark.parametrize(
    ("trade_date", "months", "maturity"),
    [
        ("2026-07-15", 3, "2026-10-15"),
        ("2026-07-15", 6, "2027-01-15"),
        ("2026-06-22", 12, "2027-06-22"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2027-02-28", 12, "2028-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 6, "2027-06-30"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_maturity_is_calendar_months_later_clamped_to_the_months_end(
    trade_date: str, months: int, maturity: str
) -> None:
    """No business-day shift, no spill into the next month."""
    traded, due = parse_date(trade_date), parse_date(maturity)
    assert maturity_date(traded, months) == due
    assert date_of(day_of(maturity_timestamp(traded, months))) == due
    assert maturity_timestamp(traded, months) % SECONDS_PER_DAY == 0


@pytest.mark.parametrize("months", [0, -3, True, 12 * 8000])
def test_maturity_of_no_tenor_is_refused(months: int) -> None:
    """Nothing, the past, a truth value and the far future are no tenors."""
    with pytest.raises(BadTenor):
        maturity_date(date(2026, 7, 15), months)


@given(DATES, st.sampled_from(TENORS))
def test_an_offered_tenor_is_found_again(trade_date: date, months: int) -> None:
    """Every offered maturity leads back to its tenor and lies within what the escrow takes."""
    maturity = maturity_timestamp(trade_date, months)
    assert tenor_of(trade_date, maturity) == months
    assert MIN_DAYS_TO_MATURITY <= day_of(maturity) - day_number(trade_date) <= MAX_DAYS_TO_MATURITY


@pytest.mark.parametrize("months", [1, 4, 24])
def test_a_tenor_off_the_list_is_refused(months: int) -> None:
    """The list of offered tenors is the product's, beside the escrow's bounds."""
    traded = date(2026, 7, 15)
    with pytest.raises(BadTenor, match="3, 6, 9 and 12"):
        tenor_of(traded, maturity_timestamp(traded, months))


def test_window_has_thirteen_slots_that_end_at_midnight() -> None:
    """Every 5 minutes of the last hour, both ends included."""
    maturity = maturity_timestamp(date(2026, 6, 22), 3)
    slots = window_slots(maturity)
    assert slots[0] == window_start(maturity) == maturity - 3_600 == 1_790_031_600
    assert slots[-1] == maturity == 1_790_035_200
    assert [later - earlier for earlier, later in pairwise(slots)] == [300] * 12
    assert len(slots) == 2 * MIN_VALID_SLOTS - 1  # the fewest valid slots are a majority


@given(st.integers(0, day_number(date.max)))
def test_day_date_and_midnight_agree(day: int) -> None:
    """A day has one number, one date and one first second."""
    assert day_number(date_of(day)) == day
    assert day_of(midnight(day)) == day == day_of(midnight(day) + SECONDS_PER_DAY - 1)
    assert datetime.fromtimestamp(midnight(day), UTC).date() == date_of(day)


@pytest.mark.parametrize("timestamp", [-1, 253_402_300_800, True, "0"])
def test_a_time_outside_the_calendar_is_refused(timestamp: int) -> None:
    """No day before 1970, none after 9999."""
    with pytest.raises(BadTime):
        day_of(timestamp)


@pytest.mark.parametrize(
    "text",
    [
        "2026-7-15",
        "15.07.2026",
        "2026-02-30",
        "20260715",
        "2026-W29-3",
        "2026-07-15T00:00",
        "1969-12-31",
        "",
        "\uff12026-07-15",
    ],
)
def test_a_date_of_another_form_is_refused(text: str) -> None:
    """One form only, and only days that exist."""
    with pytest.raises(BadDate) as refusal:
        parse_date(text)
    assert '"2026-07-15"' in str(refusal.value)


def test_a_date_reads() -> None:
    """The one form."""
    assert parse_date("2026-07-15") == date(2026, 7, 15)


@pytest.mark.parametrize("day", [-1, day_number(date.max) + 1])
def test_a_day_number_outside_the_calendar_is_refused(day: int) -> None:
    """As for times."""
    with pytest.raises(BadDate):
        date_of(day)


def test_time_prints_in_utc_and_local() -> None:
    """People see both clocks, and one where they agree."""
    paris = timezone(timedelta(hours=2), "CEST")
    assert format_time(1_784_073_600, paris) == "2026-07-15 00:00:00 UTC (2026-07-15 02:00:00 CEST)"
    assert format_time(1_784_073_600, UTC) == "2026-07-15 00:00:00 UTC"
    assert format_time(253_402_300_799, paris) == "9999-12-31 23:59:59 UTC"

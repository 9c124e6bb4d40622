"""A request's maturity, averaging days and indicative price on one UTC day. Pure; prices micro-USDT per Mtok."""

from datetime import date
from functools import lru_cache
from typing import Final

from ifx_sdk.calendar import (
    MAX_DAYS_TO_MATURITY,
    MIN_DAYS_TO_MATURITY,
    date_of,
    day_number,
    day_of,
    maturity_date,
    maturity_timestamp,
)
from ifx_sdk.errors import NoQuote
from ifx_sdk.pricing import average_indicative

_MOST_MONTHS: Final = 14
"""Beyond the last maturity that the escrow takes."""


@lru_cache(maxsize=4_096)
def maturity_on(today: int, months: int | None, maturity: int) -> int:
    """Where a request's maturity is, 00:00:00 UTC in unix seconds, on the UTC day `today`: `months` after it, or the
    day that its author named."""
    return maturity if months is None else maturity_timestamp(date_of(today), months)


def averaging_on(today: int, months: int | None, maturity: int, averaging_days: int) -> int:
    """Its averaging days on that day: with a tenor at most the tenor's days, which differ from month to month."""
    return averaging_days if months is None else min(averaging_days, day_of(maturity) - today)


@lru_cache(maxsize=4_096)
def whole_months(today: int, maturity: int) -> int:
    """The whole tenor months that the indicative price takes: those that lead nearest to the maturity, ties to fewer.

    A tenor's own for its own maturity; 6 for a day named half a year ahead, also some days later.
    """
    trade_date, wanted = date_of(today), day_of(maturity)
    return min(range(1, _MOST_MONTHS), key=lambda months: abs(_day_after(trade_date, months) - wanted))


@lru_cache(maxsize=4_096)
def indicative_on(today: int, spot: int, maturity: int, averaging_days: int) -> int | None:
    """F_ind of the UTC day `today`, micro-USDT per Mtok; None where the tick leaves none or the days do not fit."""
    maturity_day = day_of(maturity)
    if spot <= 0 or not bookable(today, maturity, averaging_days):
        return None
    try:
        return average_indicative(
            spot,
            whole_months(today, maturity),
            spot_day=today,
            maturity_day=maturity_day,
            averaging_days=averaging_days,
        )
    except NoQuote:
        return None


def bookable(day: int, maturity: int, averaging_days: int) -> bool:
    """Whether the escrow takes this maturity and these averaging days on that UTC day."""
    length = day_of(maturity) - day
    return MIN_DAYS_TO_MATURITY <= length <= MAX_DAYS_TO_MATURITY and 1 <= averaging_days <= length


def last_bookable_day(maturity: int, averaging_days: int) -> int:
    """The last UTC day on which the escrow takes this maturity with these averaging days."""
    return day_of(maturity) - max(MIN_DAYS_TO_MATURITY, averaging_days)


def _day_after(trade_date: date, months: int) -> int:
    return day_number(maturity_date(trade_date, months))

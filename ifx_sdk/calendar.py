"""Days, tenors and the observation window (docs/protocol.md, "The forward" and "Fixings").

A time is unix seconds UTC; a `day` is `time // 86400`; a maturity is always 00:00:00 UTC. Nothing here reads a clock.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from ifx_sdk.errors import BadDate, BadTenor, BadTime

SECONDS_PER_DAY: Final = 86_400

TENORS: Final = (3, 6, 9, 12)
"""Calendar months from trade date to maturity that are offered."""

WINDOW_SECONDS: Final = 3_600
"""The observation window ends at 00:00:00 UTC of the day that it fixes."""

SLOT_SECONDS: Final = 300
"""A slot every 5 minutes, the last at the window's end: 13 in all."""

MIN_VALID_SLOTS: Final = 7
"""With fewer valid slots a node makes no report."""

MIN_DAYS_TO_MATURITY: Final = 28
MAX_DAYS_TO_MATURITY: Final = 400
"""Days from booking to maturity that the escrow accepts."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal() - _EPOCH
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day_of(timestamp: int) -> int:
    """The UTC day number of a time in unix seconds. Raises BadTime outside the years 1970 to 9999."""
    if isinstance(timestamp, bool) or not isinstance(timestamp, int):
        raise BadTime(timestamp, "it is not an integer")
    day = timestamp // SECONDS_PER_DAY
    if not 0 <= day <= _LAST_DAY:
        raise BadTime(timestamp, "it is outside the years 1970 to 9999")
    return day


def midnight(day: int) -> int:
    """00:00:00 UTC of a day number, in unix seconds."""
    return day * SECONDS_PER_DAY


def day_number(on: date) -> int:
    """The day number of a date. Raises BadDate before 1970."""
    day = on.toordinal() - _EPOCH
    if day < 0:
        raise BadDate(on.isoformat(), "it is before 1970")
    return day


def date_of(day: int) -> date:
    """The date of a day number. Raises BadDate outside the years 1970 to 9999."""
    if not 0 <= day <= _LAST_DAY:
        raise BadDate(day, "the day number is outside the years 1970 to 9999")
    return date.fromordinal(day + _EPOCH)


def parse_date(text: str) -> date:
    """Read `YYYY-MM-DD`, and nothing else. Raises BadDate."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise BadDate(text, "it is not written YYYY-MM-DD")
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise BadDate(text, "there is no such day") from error
    day_number(on)
    return on


def maturity_date(trade_date: date, months: int) -> date:
    """`trade_date` + `months` calendar months, the day clamped to the month's end, no business-day shift.

    Any whole number of months from 1 on; which are offered is `TENORS`. Raises BadTenor.
    """
    if isinstance(months, bool) or not isinstance(months, int) or months < 1:
        raise BadTenor(months, "it is not a positive whole number of months")
    years, month0 = divmod(trade_date.month - 1 + months, 12)
    year = trade_date.year + years
    if year > date.max.year:
        raise BadTenor(months, f"it ends after the year {date.max.year}")
    return date(year, month0 + 1, min(trade_date.day, monthrange(year, month0 + 1)[1]))


def maturity_timestamp(trade_date: date, months: int) -> int:
    """00:00:00 UTC of the maturity date, in unix seconds. Raises BadTenor."""
    return midnight(day_number(maturity_date(trade_date, months)))


def tenor_of(trade_date: date, maturity: int) -> int:
    """The offered tenor, in months, that leads from `trade_date` to `maturity` (unix seconds). Raises BadTenor.

    The product offers these (docs/protocol.md, "Tenors"); the escrow itself takes any maturity 28 to 400 days ahead.
    """
    for months in TENORS:
        if maturity_timestamp(trade_date, months) == maturity:
            return months
    raise BadTenor(maturity, f"no offered tenor leads there from {trade_date.isoformat()}")


def window_start(maturity: int) -> int:
    """The first slot of the window that ends at `maturity`, in unix seconds."""
    return maturity - WINDOW_SECONDS


def window_slots(maturity: int) -> tuple[int, ...]:
    """The 13 slots of the window that ends at `maturity`, in unix seconds, oldest first."""
    return tuple(range(window_start(maturity), maturity + 1, SLOT_SECONDS))


def format_time(timestamp: int, zone: tzinfo | None = None) -> str:
    """Print a time in UTC and, where it differs, in `zone` (default: the machine's own).

    1784073600 -> "2026-07-15 00:00:00 UTC (2026-07-15 02:00:00 CEST)". Raises BadTime.
    """
    day_of(timestamp)
    utc = datetime.fromtimestamp(timestamp, UTC)
    text = f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    try:
        local = utc.astimezone(zone)
    except (OverflowError, ValueError):  # the last hours of the year 9999, east of Greenwich
        return text
    return text if local.utcoffset() == utc.utcoffset() else f"{text} ({local:%Y-%m-%d %H:%M:%S %Z})"

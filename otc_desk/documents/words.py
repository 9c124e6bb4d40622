"""Numbers and times as documents print them. Pure; nothing is rounded."""

from zoneinfo import ZoneInfo

from ifx_sdk.calendar import date_of, format_time
from ifx_sdk.money import decimal_text


def amount(micro: int) -> str:
    """An amount in USDT, or a price in USD per Mtok: thousands separated, 2 decimals or as many as it has."""
    sign = "-" if micro < 0 else ""
    whole, _, fraction = decimal_text(abs(micro), places=2).partition(".")
    return f"{sign}{int(whole):,}.{fraction}"


def usdt(micro: int) -> str:
    """The same with its unit."""
    return f"{amount(micro)} USDT"


def plain(micro: int) -> str:
    """A price or amount for programs: no separators, no unit."""
    return decimal_text(micro, places=2)


def change(value: int, base: int) -> str:
    """How far a price lies from another one, in per cent with one decimal, rounded half up."""
    tenths, sign = divmod((abs(value - base) * 2_000 + base) // (2 * base), 10), "-" if value < base else "+"
    return f"{sign}{tenths[0]:,}.{tenths[1]}%"


def when(timestamp: int, zone: str) -> str:
    """A time in UTC and, where it differs, in a zone."""
    return format_time(timestamp, ZoneInfo(zone))


def day(number: int) -> str:
    """A UTC day number as its date."""
    return date_of(number).isoformat()


def short_hash(text: str) -> str:
    """The ends of a hash, for a line that has no room for the whole."""
    return f"{text[:10]}…{text[-8:]}"


def days(count: int) -> str:
    """A count of days."""
    return "1 day" if count == 1 else f"{count} days"

"""Dates a page writes beside a name or a figure, and whether they include the day of the observation (rule 7)."""

import re
from datetime import date, timedelta
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:(?P<m1>{_MONTH})\s+{_DAY.replace('(', '(?P<d1>', 1)}(?:,?\s+(?P<y1>[0-9]{{4}}))?"
    rf"|{_DAY.replace('(', '(?P<d2>', 1)}\s+(?P<m2>{_MONTH})(?:,?\s+(?P<y2>[0-9]{{4}}))?"
    r"|(?P<y3>[0-9]{4})-(?P<m3>[0-9]{2})-(?P<d3>[0-9]{2}))"
)
_WORD = (
    r"(?P<word>valid\s+through|through|thru|until|till|ending|ends|up\s+to|before|starting(?:\s+(?:on|from))?|"
    r"starts(?:\s+on)?|from|beginning(?:\s+on)?|effective(?:\s+(?:from|on))?|as\s+of|on\s+and\s+after|after|since)"
)
_PHRASE = re.compile(rf"\(?\b{_WORD}\s+{_DATE}(?:\s*\(?UTC\)?)?\)?", re.IGNORECASE)
_UNDATED = re.compile(r"\b(?:through|until|starting|beginning|effective)\b", re.IGNORECASE)
_ANY_DATE = re.compile(_DATE, re.IGNORECASE)
_LAST: Final = frozenset({"valid through", "through", "thru", "until", "till", "ending", "ends", "up to"})


def _day(found: re.Match[str]) -> date | None:
    groups = found.groupdict()
    for month, day, year in (("m1", "d1", "y1"), ("m2", "d2", "y2"), ("m3", "d3", "y3")):
        if groups[month] is None:
            continue
        if groups[year] is None:
            return None
        name = groups[month].lower()[:3]
        number = int(name) if name.isdecimal() else _MONTHS.index(name) + 1
        try:
            return date(int(groups[year]), number, int(groups[day]))
        except ValueError:
            return None
    return None


def first_date(text: str) -> date | None:
    """The first full date in the text, or None."""
    found = _ANY_DATE.search(text)
    return _day(found) if found else None


def window(text: str) -> tuple[date | None, date | None] | None:
    """The first and the last day the text names, both inclusive, None for open; None when a date cannot be read."""
    first: date | None = None
    last: date | None = None
    for found in _PHRASE.finditer(text):
        day = _day(found)
        if day is None or day in (date.min, date.max):
            return None
        word = " ".join(found["word"].lower().split())
        if word in _LAST:
            last = day if last is None else min(last, day)
        elif word == "before":
            last = day - timedelta(days=1)
        else:
            first = day + timedelta(days=1) if word == "after" else day
    return first, last


def in_force(text: str, on: date) -> bool:
    """Whether what the text dates counts on the day `on` (UTC); text without dates always does, unreadable never."""
    span = window(text)
    if span is None or _UNDATED.search(without_dates(text)):
        return False
    first, last = span
    return (first is None or first <= on) and (last is None or on <= last)


def without_dates(text: str) -> str:
    """The text without its dated phrases."""
    return _PHRASE.sub(" ", text)

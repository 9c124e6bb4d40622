"""Model names as pages write them, and when two of them are one name (rule 2)."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from oracle_node.sources.dates import first_date, in_force, without_dates
from oracle_node.sources.money_text import band_of
from oracle_node.sources.plain import squeeze

_TRAILING = re.compile(r"\s*[(\[]((?:[^()\[\]]|\([^()]*\))*)[)\]]\s*$")
_OTHER_TIER = re.compile(
    r"\b(?:batch|flex|priority|fast(?:\s+mode)?|fine[- ]?tun\w*|data\s+sharing|region\w*|residency|us[- ]only|"
    r"eu[- ]only|bedrock\s+only|cached|1m\s+context)\b",
    re.IGNORECASE,
)
_RETIRED = re.compile(
    r"^\W*(?:retired|shut\s*down|discontinued|sunset|removed|no\s+longer\s+available)\b", re.IGNORECASE
)
_SNAPSHOT = re.compile(r"[0-9]{8}")
_NOT_A_WORD = re.compile(r"[\s.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowName:
    """What the name cell of a row says."""

    name: str
    """The name without dates and trailing parentheses, white space squeezed, case kept."""
    asides: tuple[str, ...]
    """The texts of the dropped parentheses, innermost last."""
    dates: str
    """The whole cell, for its dated phrases."""

    def retired(self, on: date) -> bool:
        """Whether an aside says that the model is gone on the day `on`."""
        for aside in self.asides:
            if _RETIRED.search(aside):
                day = first_date(aside)
                return day is None or day <= on
        return False

    def other_tier(self) -> bool:
        """Whether an aside names another tier or the upper band of the context length."""
        return any(_OTHER_TIER.search(aside) or band_of(aside) == "upper" for aside in self.asides)

    def in_force(self, on: date) -> bool:
        """Whether the row counts on the day `on`."""
        return in_force(self.dates, on)


def read_name(cell: str) -> RowName:
    """Split the text of a name cell into the name and what is said about it."""
    name = squeeze(without_dates(cell))
    asides: list[str] = []
    while found := _TRAILING.search(name):
        if found.start() == 0:
            break
        asides.append(found.group(1))
        name = name[: found.start()]
    name = squeeze(name).rstrip("*,;: ")
    gone = re.search(r"\s[-\u2013\u2014:]?\s?(retired|deprecated|preview access)$", name, re.IGNORECASE)
    if gone:
        asides.append(gone.group(1))
        name = name[: gone.start()]
    return RowName(name=name, asides=tuple(asides), dates=cell)


def same_id(left: str, right: str) -> bool:
    """Whether two names spell one id: case, and blank or underscore for hyphen, are all that may differ."""
    return _as_id(left) == _as_id(right) != ""


def _as_id(name: str) -> str:
    return re.sub(r"-+", "-", re.sub(r"[\s_]+", "-", squeeze(name).casefold())).strip("-")


def same_title(left: str, right: str) -> bool:
    """Whether two display names are equal but for case, white space, symbols and trailing parentheses."""
    return _as_title(left) == _as_title(right) != ""


def _as_title(name: str) -> str:
    plain = re.sub(r"[^\w\s.+()\[\]/&,-]", " ", name)
    return squeeze(read_name(plain).name).casefold()


def same_words(left: str, right: str) -> bool:
    """Whether two Anthropic names have the same words, split at space, `-` and `.`, without a trailing 8-digit date.

    Words may stand in any order (`claude-3-5-sonnet`, `Claude Sonnet 3.5`); numbers keep theirs, and a repeated
    number counts twice, so that 4.5 is not 5.4 and 4.4 is not 4.
    """
    one, other = _words(left), _words(right)
    return bool(one) and Counter(one) == Counter(other) and _numbers(one) == _numbers(other)


def _words(name: str) -> list[str]:
    words = [word for word in _NOT_A_WORD.split(squeeze(name).casefold()) if word]
    if len(words) > 1 and _SNAPSHOT.fullmatch(words[-1]):
        words.pop()
    return words


def _numbers(words: list[str]) -> list[str]:
    return [word for word in words if word.isdecimal()]

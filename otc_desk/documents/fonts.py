"""Which letters the paper has: Noto Sans and Nanum Square (SIL OFL 1.1), Droid Sans Fallback (Apache-2.0).

A character that none of them has is printed by its number, such as [U+1F600]: a name is never printed with a gap in it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types

FOLDER: Final = Path(__file__).parent / "fonts"
TEXT, BOLD, CODE = "NotoSans-Regular", "NotoSans-Bold", "NotoSansMono-Regular"
OTHERS: Final[Mapping[str, str]] = {
    "NotoSansArmenian-Regular": r"\u0530-\u058f",
    "NotoSansHebrew-Regular": r"\u0590-\u05ff\ufb1d-\ufb4f",
    "NotoSansArabic-Regular": r"\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe",
    "NotoSansDevanagari-Regular": r"\u0900-\u097f\ua8e0-\ua8ff",
    "NotoSansBengali-Regular": r"\u0980-\u09ff",
    "NotoSansTamil-Regular": r"\u0b80-\u0bff",
    "NotoSansThai-Regular": r"\u0e00-\u0e7f",
    "NotoSansGeorgian-Regular": r"\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f",
    "DroidSansFallback": r"\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uffef",
    "NanumSquareR": r"\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
}
"""Fallback font -> the characters that it is for, as a regular expression's set; loaded where one occurs, in order."""


def file_of(name: str) -> Path:
    """The font's file."""
    return FOLDER / f"{name}.ttf"


def needed(text: str) -> tuple[str, ...]:
    """The fallback fonts that a text needs."""
    return tuple(name for name, letters in OTHERS.items() if re.search(f"[{letters}]", text))


def printable(text: str) -> str:
    """A text in which every character has a letter: spaces for controls, numbers for what no font has."""
    known = letters_of(TEXT).union(*(_own_letters(name) for name in needed(text)))
    return "".join(each if ord(each) in known else _number(each) for each in text)


@lru_cache(maxsize=16)
def _own_letters(name: str) -> frozenset[int]:
    """Those of a fallback font's own script: Nanum Square lists Chinese characters that it draws as nothing."""
    return frozenset(each for each in letters_of(name) if re.fullmatch(f"[{OTHERS[name]}]", chr(each)))


def _number(character: str) -> str:
    """Line ends and other controls become a space: a name is one line."""
    return (
        " "
        if character.isspace() or ord(character) < 32 or 127 <= ord(character) < 160
        else f"[U+{ord(character):04X}]"
    )


@lru_cache(maxsize=16)
def letters_of(name: str) -> frozenset[int]:
    """The code points of a font."""
    with TTFont(file_of(name), lazy=True) as font:
        return frozenset(font.getBestCmap())

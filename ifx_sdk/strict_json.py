"""JSON in which nothing is read twice, guessed or rounded.

A key that appears twice, NaN and Infinity are refused; a number with a point or an exponent comes back as `Decimal`, so
that a check for `int` refuses it and nothing is ever a float.
"""

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Final

from ifx_sdk.errors import BadFile

DEEPEST: Final = 64
"""Levels of objects and lists; none of our files needs ten."""

_MARK: Final = re.compile(r'\\.|["\[\]{}]', re.DOTALL)


def loads(text: str | bytes, path: object, refuse: type[BadFile]) -> object:
    """Read one JSON document. `path` names it in the error, `refuse` is the error's class."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) != len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise refuse(path, f"the key {twice!r} appears twice")
        return result

    def no_constant(name: str) -> object:
        raise refuse(path, f"{name} is no number")

    try:
        if isinstance(text, bytes):
            text = text.decode()
        if _depth(text) > DEEPEST:
            raise refuse(path, f"it nests deeper than {DEEPEST} levels")
        document: object = json.loads(text, object_pairs_hook=unique, parse_float=Decimal, parse_constant=no_constant)
    except (ValueError, ArithmeticError) as error:
        # ValueError covers bad JSON, bad UTF-8 and integers of absurd length.
        raise refuse(path, f"it is not JSON: {error}") from error
    return document


def _depth(text: str) -> int:
    """How deep brackets nest. Counted beforehand: the reader recurses, and a deep document would end the process."""
    depth = deepest = 0
    in_string = False
    for mark in _MARK.findall(text):  # an escaped quote comes as one mark and ends no string
        if mark == '"':
            in_string = not in_string
        elif not in_string and mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif not in_string and mark in "]}":
            depth -= 1
    return deepest

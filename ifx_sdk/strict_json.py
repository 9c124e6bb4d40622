"""JSON in which nothing is read twice, guessed or rounded.

A key that appears twice, NaN and Infinity are refused; a number with a point or an exponent comes back as `Decimal`, so
that a check for `int` refuses it and nothing is ever a float.
"""

import json
from collections import Counter
from decimal import Decimal

from ifx_sdk.errors import BadFile


def loads(text: str | bytes, path: object, refuse: type[BadFile]) -> object:
    """Read one JSON document. `path` names it in the error, `refuse` is the error's class."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) != len(pairs):
            keys = Counter(key for key, _ in pairs)
            twice = keys.most_common(1)[0][0]
            raise refuse(path, f"the key {twice!r} appears twice")
        return result

    def no_constant(name: str) -> object:
        raise refuse(path, f"{name} is no number")

    try:
        document: object = json.loads(text, object_pairs_hook=unique, parse_float=Decimal, parse_constant=no_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        # ValueError covers bad JSON, bad UTF-8 and integers of absurd length.
        raise refuse(path, f"it is not JSON: {error}") from error
    return document

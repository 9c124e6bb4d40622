"""Exact numbers: prices and figures from text, and the one rounding at publication.

Inside, a price is a `Fraction` of micro-USD per 1,000,000 output tokens and a volume an integer of tokens; sums and
shares are exact. Published are micro-USD, ppm and 18 places, to the nearest, ties to even.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from fractions import Fraction
from functools import lru_cache
from typing import Final

MILLION: Final = 1_000_000
MICRO_PER_MTOK: Final = 10**12
"""Micro-USD per 1,000,000 tokens in one USD per token."""

# Sources compute prices in binary floating point and print the dust after the 15th digit; no price needs 12.
_SIGNIFICANT: Final = 12
_DUST: Final = Context(prec=_SIGNIFICANT, rounding=ROUND_HALF_EVEN, traps=[])
_PRICE: Final = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,40}(?:[/.][0-9]{1,40})?", re.ASCII)
_DIGITS: Final = 30


def nearest(value: Fraction) -> int:
    """The nearest integer, ties to even."""
    return round(value)


def ppm(share: Fraction) -> int:
    """A share in parts per million, to the nearest, ties to even."""
    return nearest(share * MILLION)


def places18(value: Fraction) -> str:
    """A number of 0 or more with 18 decimal places, to the nearest, ties to even."""
    whole, rest = divmod(nearest(value * 10**18), 10**18)
    return f"{whole}.{rest:018d}"


@lru_cache(maxsize=8_192)
def price_per_mtok(text: str) -> Fraction | None:
    """A price written in USD per token, in micro-USD per Mtok; None where the text is no number.

    Digits after the 12th significant one are dust of floating point and are rounded away, so that
    "0.0000006000000000000001" and "0.0000006" are one price. Signs stay: a negative price says that there is none.
    """
    if not _PRICE.fullmatch(text):
        return None
    return Fraction(_DUST.create_decimal(text)) * MICRO_PER_MTOK


def exact_number(value: object) -> Fraction | None:
    """An integer, a `Decimal`, or a text such as "0.7", "-1" or "3/10" as an exact number; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return None
    try:
        return Fraction(value)
    except (ZeroDivisionError, DecimalException):
        return None


def token_count(value: object) -> int | None:
    """A count of tokens from an integer or a text of digits; None for anything else, a negative one included."""
    if isinstance(value, str):
        return int(value) if len(value) <= _DIGITS and value.isascii() and value.isdigit() else None
    return value if type(value) is int and value >= 0 else None  # bool is an int to isinstance


def apportion(shares: list[Fraction], total: int) -> list[int]:
    """Integers near `shares` that add up to `total`, which is the rounded sum of the shares.

    Each gets its floor; what is left goes one by one to the largest remainders, the earlier one first where two are
    equal.
    """
    floors = [share.numerator // share.denominator for share in shares]
    left = total - sum(floors)
    order = sorted(range(len(shares)), key=lambda place: floors[place] - shares[place])
    for place in order[:left]:
        floors[place] += 1
    return floors

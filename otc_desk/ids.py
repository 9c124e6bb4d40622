"""Ids of the desk: ULIDs, 26 characters of Crockford's base 32 in the order of their making, which nobody guesses."""

import secrets
import time
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 26


def new_id() -> str:
    """48 bits of the time in milliseconds, then 80 random ones."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def is_id(text: str) -> bool:
    """Whether it could be one."""
    return len(text) == _LENGTH and all(each in _ALPHABET for each in text)

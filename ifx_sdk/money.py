"""Units, and the text at their edge.

Inside everything is an integer: a price is micro-USDT per Mtok (1,000,000 output tokens), a quantity is Mtok, an amount
is micro-USDT, and price x quantity is an amount exactly (docs/protocol.md, "Units"). Text is read here, strictly, and
printed here; nothing in between is ever a float, and nothing is rounded.

What can be read:

    price     7.45 | $7.45 | 7.45 USD/Mtok | 7.45 USDT/Mtok | $7.45/Mtok
    quantity  1T | 100B | 250M | 100B tokens | 100,000 Mtok     (a bare number could be tokens or Mtok)
    amount    4870000 | 4,870,000.50 | 4,870,000 USDT           (always USDT, never micro-USDT)

A number has at most 6 decimals, no sign, no exponent, no leading zeros; commas only where thousands are separated.
"""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final

from ifx_sdk.errors import BadAmount, BadPrice, BadQuantity, BadValue

MICRO: Final = 1_000_000
"""micro-USDT per USDT."""

PRICE_LIMIT: Final = 2**40
"""A fixing, and twice any spot, is below this many micro-USDT per Mtok (docs/protocol.md)."""

SPOT_LIMIT: Final = 2**39
"""A spot is below this many micro-USDT per Mtok (docs/protocol.md)."""

QUANTITY_LIMIT: Final = 2**40
"""A quantity is below this many Mtok (docs/protocol.md)."""

AMOUNT_LIMIT: Final = 2**256
"""An amount is below this many micro-USDT (uint256)."""

LOT: Final = 100_000
"""Mtok: the lot of an underlying unless it is listed with another (docs/protocol.md, "Sizes")."""

_DECIMALS = 6
_LONGEST = 120  # characters; 2^256 micro-USDT with commas needs 101
# Wide enough for any number this module lets through; whatever would still be rounded is an error instead.
_EXACT: Final = Context(prec=2 * _LONGEST, traps=[Inexact, InvalidOperation])

_NUMBER = r"(?P<number>(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?)"
_PRICE = re.compile(rf"(?P<dollar>\$?){_NUMBER}(?P<unit> ?[^0-9., ][^ ]*)?", re.ASCII)
_WORDS = re.compile(rf"{_NUMBER}(?P<unit> ?[^0-9., ].*)?", re.ASCII)

_PRICE_UNITS = {"usd/mtok", "usdt/mtok"}
# Mtok per unit as (numerator, denominator).
_QUANTITY_UNITS = {
    "T": (1_000_000, 1),
    "B": (1_000, 1),
    "M": (1, 1),
    "T tokens": (1_000_000, 1),
    "B tokens": (1_000, 1),
    "M tokens": (1, 1),
    "Mtok": (1, 1),
    "tokens": (1, 1_000_000),
}


def _match(pattern: re.Pattern[str], text: str, refuse: type[BadValue]) -> re.Match[str]:
    if not isinstance(text, str):
        raise refuse(text, "it must be text")
    if len(text) > _LONGEST:
        raise refuse(text, "it is too long")
    stripped = text.strip(" ")
    if stripped.startswith(("-", "$-", "-$", "+")):
        raise refuse(text, "a sign is not allowed; it is never negative")
    match = pattern.fullmatch(stripped)
    if match is None:
        raise refuse(text, "it is not a plain number with a unit; commas only separate thousands")
    return match


def _scaled(match: re.Match[str], text: str, factor: int, refuse: type[BadValue]) -> Decimal:
    number = match["number"].replace(",", "")
    if len(number.partition(".")[2]) > _DECIMALS:
        raise refuse(text, f"it has more than {_DECIMALS} decimals")
    return _EXACT.multiply(_EXACT.create_decimal(number), Decimal(factor))


def parse_price(text: str) -> int:
    """Read a price in USD per Mtok, such as `"7.45"`, `"$8"` or `"7.45 USD/Mtok"`, as micro-USDT per Mtok.

    Zero is a price. Raises BadPrice for anything else than the grammar above and from 2^40 micro-USDT per Mtok on.
    """
    match = _match(_PRICE, text, BadPrice)
    unit = (match["unit"] or "").strip(" ")
    allowed = {"/mtok"} if match["dollar"] else _PRICE_UNITS
    if unit.upper() in {"USD", "USDT", "$"}:
        raise BadPrice(text, f"{unit!r} alone does not say for how many tokens: the unit is USD/Mtok")
    if unit and unit.lower() not in allowed:
        raise BadPrice(text, f"a price is in USD per million output tokens, not in {unit!r}")
    micro = int(_scaled(match, text, MICRO, BadPrice))
    if micro >= PRICE_LIMIT:
        raise BadPrice(text, f"it is not below {format_price(PRICE_LIMIT)}; a bare number is USD, not micro-USDT")
    return micro


def parse_quantity(text: str) -> int:
    """Read a quantity of tokens, such as `"1T"`, `"500B tokens"` or `"100000 Mtok"`, as Mtok.

    Raises BadQuantity for a bare number, another unit, less than one Mtok or a part of one, and from 2^40 Mtok on.
    """
    match = _match(_WORDS, text, BadQuantity)
    unit = (match["unit"] or "").strip(" ")
    if not unit:
        raise BadQuantity(text, "a bare number could be tokens or millions of tokens")
    if unit not in _QUANTITY_UNITS:
        raise BadQuantity(text, f"{unit!r} is not one of its units T, B, M, tokens, Mtok")
    per_unit, divisor = _QUANTITY_UNITS[unit]
    scaled = _scaled(match, text, per_unit, BadQuantity)
    whole, rest = _EXACT.divmod(scaled, Decimal(divisor))
    if whole != whole.to_integral_value() or rest != 0 or scaled != whole * divisor:
        raise BadQuantity(text, "it is not a whole number of Mtok (millions of tokens)")
    if not 0 < whole < QUANTITY_LIMIT:
        raise BadQuantity(text, f"it must be at least 1 Mtok and below {QUANTITY_LIMIT} Mtok")
    return int(whole)


def parse_amount(text: str) -> int:
    """Read an amount of USDT, such as `"9,243,090 USDT"` or `"4870000"`, as micro-USDT.

    Raises BadAmount for another unit, more than 6 decimals, a sign, and from 2^256 micro-USDT on.
    """
    match = _match(_WORDS, text, BadAmount)
    unit = (match["unit"] or "").strip(" ")
    if unit not in {"", "USDT"}:
        raise BadAmount(text, f"an amount is in USDT, not in {unit!r}")
    micro = int(_scaled(match, text, MICRO, BadAmount))
    if micro >= AMOUNT_LIMIT:
        raise BadAmount(text, "it is more than any balance can hold")
    return micro


def decimal_text(micro: int, *, places: int = 0) -> str:
    """Print millionths as a plain decimal with no trailing zeros beyond `places` decimals: 7_450_000 -> "7.45"."""
    sign = "-" if micro < 0 else ""
    whole, rest = divmod(abs(micro), MICRO)
    fraction = f"{rest:0{_DECIMALS}d}".rstrip("0").ljust(places, "0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def format_price(price: int) -> str:
    """Print a price: 7_450_000 -> "7.45 USD/Mtok", 372_500 -> "0.3725 USD/Mtok". At least 2 decimals."""
    whole, _, fraction = decimal_text(price, places=2).partition(".")
    return f"{int(whole):,}.{fraction} USD/Mtok"


def format_amount(amount: int) -> str:
    """Print an amount, all 6 decimals: 4_870_000_000_000 -> "4,870,000.000000 USDT". A payoff may be negative."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), MICRO)
    return f"{sign}{whole:,}.{rest:0{_DECIMALS}d} USDT"


def format_quantity(quantity: int) -> str:
    """Print a quantity in T or B tokens where that takes no more than 3 decimals, else in Mtok.

    1_500_000 -> "1.5T tokens", 100_000 -> "100B tokens", 7 -> "7 Mtok".
    """
    if not quantity or quantity % 1_000:
        return f"{quantity:,} Mtok"
    if quantity < MICRO:
        return f"{quantity // 1_000}B tokens"
    whole, rest = divmod(quantity, MICRO)
    fraction = f"{rest // 1_000:03d}".rstrip("0")
    return f"{whole:,}{'.' if fraction else ''}{fraction}T tokens"

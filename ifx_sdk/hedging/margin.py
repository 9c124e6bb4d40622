"""The margin of the paper's second stage (Eq. 7), and what it covers. Forwards of this version are fully prefunded.

    Eq. 7    M = max(alpha delta S V, floor)

S is the price of the day on which margin is called and V is in Mtok (docs/errata.md, rows 20 and 21): the paper's own
alpha 1.5 and delta 0.46 give 69% of the notional, and a margin of 8 to 15% covers none of the paper's own cuts.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from ifx_sdk.errors import BadValue
from ifx_sdk.payoff import BPS

ALPHA_BPS: Final = 15_000
"""The paper's safety multiplier, 1.5."""

DELTA_BPS: Final = 4_600
"""The paper's mean mid-cycle cut (Eq. 3)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Margin:
    """An initial margin of Eq. 7."""

    amount: int
    """micro-USDT."""

    notional: int
    """S x V, micro-USDT."""

    rate_bps: Decimal | None
    """alpha x delta, basis points of the notional, exact; None where the floor binds."""

    @property
    def covers(self) -> Fraction:
        """The largest move of the price, as a part of it, that the margin pays for: a cut for the long, a rise for the
        short. Above 1 no cut is too large."""
        return Fraction(self.amount, self.notional)

    def covered(self, factor: Fraction) -> bool:
        """Whether one jump to `factor` of the price is paid for, on the side that loses by it."""
        return abs(factor - 1) <= self.covers


def initial_margin(
    *, price: int, quantity: int, alpha_bps: int = ALPHA_BPS, delta_bps: int = DELTA_BPS, floor: int = 0
) -> Margin:
    """Eq. 7: ceil(alpha delta S V), at least the floor, in micro-USDT.

    `price` S in micro-USDT per Mtok and `quantity` V in Mtok are above 0, the others at least 0. Raises BadValue.
    """
    given = {"price": price, "quantity": quantity, "alpha": alpha_bps, "delta": delta_bps, "floor": floor}
    for name, value in given.items():
        least = 1 if name in ("price", "quantity") else 0
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            why = f"the {name} of Eq. 7 is an integer of at least {least}"
            raise BadValue(value, why, cure="A price and a quantity are above 0.")
    notional = price * quantity
    raw = -(-alpha_bps * delta_bps * notional // BPS**2)
    rate = None if floor > raw else (Decimal(alpha_bps * delta_bps) / BPS)
    return Margin(amount=max(raw, floor), notional=notional, rate_bps=rate)


def rate_text(rate: Decimal | None) -> str | None:
    """A rate as plain text without trailing zeros: 6900 -> "6900", 6900.5 -> "6900.5"."""
    if rate is None:
        return None
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

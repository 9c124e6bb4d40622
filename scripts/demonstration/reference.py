"""Arithmetic of its own: plain integers, written from docs/protocol.md, sharing no code with the SDK or the contracts.

Prices are micro-USD per Mtok, quantities Mtok, amounts micro-USDT, days UTC day numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a forward must come to."""

    prefunding: int
    """B, micro-USDT."""
    fee: int
    """Both sides' fee together, micro-USDT."""
    long_needs: int
    """What booking takes from the long, micro-USDT."""
    short_needs: int
    """What booking takes from the short, micro-USDT."""
    settlement: int
    """F_ref, micro-USD per Mtok."""
    long_receives: int
    """micro-USDT at settlement."""
    short_receives: int
    """micro-USDT at settlement."""


def price_of_day(posted: Mapping[int, int], day: int) -> tuple[int, str]:
    """One day's price and how it came: its own fixing, the first of the next two days, else the newest earlier one."""
    if day in posted:
        return posted[day], "posted"
    if day + 1 in posted:
        return posted[day + 1], "postponed"
    if day + 2 in posted:
        return posted[day + 2], "postponed"
    earlier = day - 1
    while earlier not in posted:
        earlier -= 1
        if earlier < day - 400:
            raise ValueError(f"no fixing in the 400 days before day {day}")
    return posted[earlier], "fallback"


def settlement(posted: Mapping[int, int], maturity_day: int, averaging_days: int) -> int:
    """The mean of the averaging days that end with the maturity's, rounded down."""
    total = 0
    for day in range(maturity_day - averaging_days + 1, maturity_day + 1):
        total += price_of_day(posted, day)[0]
    return total // averaging_days


def expected(
    posted: Mapping[int, int], *, spot: int, price: int, quantity: int, maturity_day: int, averaging_days: int
) -> Expected:
    """Everything that a forward at F = F_ind = `price` comes to."""
    prefunding = spot * quantity
    fee = price * quantity // 100
    reference = settlement(posted, maturity_day, averaging_days)
    gain = (reference - price) * quantity
    if gain > prefunding:
        gain = prefunding
    if gain < -prefunding:
        gain = -prefunding
    return Expected(
        prefunding=prefunding,
        fee=fee,
        long_needs=prefunding + fee // 2,
        short_needs=prefunding + fee - fee // 2,
        settlement=reference,
        long_receives=prefunding + gain,
        short_receives=prefunding - gain,
    )

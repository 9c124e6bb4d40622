"""The money of a forward, in pure integers (docs/protocol.md, "The forward" and "Fixings").

Prices are micro-USDT per Mtok, quantities Mtok, amounts micro-USDT. Nothing is rounded but the fee and the mean, both
down. The arguments obey the rules of `Terms.validate`; the reference of the settlement price is written from the
protocol's prose, not from the contract, so that the two can be held against each other.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.errors import BadValue

FEE_BPS: Final = 100
"""Both sides' fee together, in basis points of indicative x quantity."""

BPS: Final = 10_000

POSTPONEMENT_DAYS: Final = 2
"""A day without a fixing takes the first fixing of this many next days."""

LOOK_BACK_DAYS: Final = 400
"""The first and the last day of a span need a fixing at most this long before them."""

Side = Literal["long", "short"]
Cap = Literal["none", "upper", "lower"]


def prefunding(*, spot: int, quantity: int) -> int:
    """B = S0 x N: what each side locks, and the most that either can lose."""
    return spot * quantity


def fee(*, indicative: int, quantity: int) -> int:
    """Both sides' fee together: floor(F_ind x N x 100 / 10,000)."""
    return indicative * quantity * FEE_BPS // BPS


def fee_split(total: int) -> tuple[int, int]:
    """What of a fee the (long, short) pays: half each, an odd micro by the short."""
    half = total // 2
    return half, total - half


def deposit_required(*, spot: int, indicative: int, quantity: int) -> tuple[int, int]:
    """What booking collects from the (long, short): prefunding and half the fee."""
    locked = prefunding(spot=spot, quantity=quantity)
    fee_long, fee_short = fee_split(fee(indicative=indicative, quantity=quantity))
    return locked + fee_long, locked + fee_short


def raw_payoff(*, price: int, quantity: int, settlement: int) -> int:
    """(F_ref - F) x N: the long's payoff before the cap; the short's is its negative."""
    return (settlement - price) * quantity


def payoff(*, price: int, spot: int, quantity: int, settlement: int) -> int:
    """clamp((F_ref - F) x N, -B, +B): the long's payoff; the short's is its negative."""
    cap = prefunding(spot=spot, quantity=quantity)
    return max(-cap, min(cap, raw_payoff(price=price, quantity=quantity, settlement=settlement)))


def payouts(*, price: int, spot: int, quantity: int, settlement: int) -> tuple[int, int]:
    """What settlement pays the (long, short): B plus each one's payoff. They add up to 2B."""
    locked = prefunding(spot=spot, quantity=quantity)
    gain = payoff(price=price, spot=spot, quantity=quantity, settlement=settlement)
    return locked + gain, locked - gain


def cap_binding(*, price: int, spot: int, quantity: int, settlement: int) -> Cap:
    """Which cap changed the long's payoff: "upper", "lower", or "none", also where the raw payoff just reaches it."""
    raw = raw_payoff(price=price, quantity=quantity, settlement=settlement)
    clamped = payoff(price=price, spot=spot, quantity=quantity, settlement=settlement)
    if raw > clamped:
        return "upper"
    return "lower" if raw < clamped else "none"


def worst_case(side: Side, *, price: int, spot: int, indicative: int, quantity: int) -> int:
    """The most that `side` can lose: min(F, S0) x N for the long, S0 x N for the short, and its half of the fee."""
    fee_long, fee_short = fee_split(fee(indicative=indicative, quantity=quantity))
    worst = {
        "long": min(price, spot) * quantity + fee_long,
        "short": prefunding(spot=spot, quantity=quantity) + fee_short,
    }
    if side not in worst:
        raise BadValue(side, "a side is long or short", cure="Name one of the two.")
    return worst[side]


def settlement_mean(prices: Sequence[int]) -> int:
    """F_ref: the floor of the mean of the averaging days' settled prices. Raises BadValue for none."""
    if not prices:
        raise BadValue(list(prices), "a mean needs at least one price", cure="Average over 1 day or more.")
    return sum(prices) // len(prices)


def settlement_price(posted: Mapping[int, int], day: int, averaging_days: int, now: int) -> tuple[int | None, bool]:
    """The settlement price of the `averaging_days` days that end with `day`, and whether it is certain at `now`.

    `posted` maps the days whose fixing is posted to its price, `now` is in unix seconds. The price is None where there
    is none (the contract's view answers 0 and False): `averaging_days` below 1, a day of the span with no fixing at or
    before it, or with none for 400 days before the span's first or last day.
    """
    first = day - averaging_days + 1
    if averaging_days < 1 or first < 0:
        return None, False
    if not all(_within_reach(posted, end) for end in (first, day)):
        return None, False
    settled = [_settled(posted, each, now) for each in range(first, day + 1)]
    return settlement_mean([price for price, _ in settled]), all(certain for _, certain in settled)


def _within_reach(posted: Mapping[int, int], day: int) -> bool:
    return any(day - back in posted for back in range(LOOK_BACK_DAYS + 1))


def _settled(posted: Mapping[int, int], day: int, now: int) -> tuple[int, bool]:
    """One day's price and its certainty: its own fixing, the first of the next two days, else the newest earlier one.

    The caller made sure that some fixing stands at or before `day`.
    """
    for ahead in range(POSTPONEMENT_DAYS + 1):
        if day + ahead in posted:
            return posted[day + ahead], True
    newest = max(earlier for earlier in posted if earlier < day)
    return posted[newest], now >= (day + POSTPONEMENT_DAYS + 1) * SECONDS_PER_DAY

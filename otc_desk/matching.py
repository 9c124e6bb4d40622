"""Which open requests fit together, best first, and why two do not. Pure; prices micro-USDT per Mtok, quantities Mtok.

Two requests fit that are of different participants, on opposite sides, of the same underlying, maturity and averaging
days, with the long's limit at or above the short's and at least one whole lot in common. "At the indicative price"
stands for a limit: the indicative price of the day. The long's limit counts for at most twice the spot, the highest
price that the escrow takes.

The price is the midpoint of the two limits, rounded to the nearest tick, ties to the even one; so both named, one at
indicative, or both (then it is the indicative price itself). Where the tick so found lies outside the limits, no tick
lies within them, and the price is their midpoint rounded down to the micro.

The long with the highest limit comes first, then the older; it takes from the short with the lowest limit, then the
older, and so on. What is left of a larger request goes on to the next.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.money import format_price as usd
from ifx_sdk.money import format_quantity as tokens
from ifx_sdk.payoff import Side
from ifx_sdk.pricing import tick
from otc_desk.tenors import bookable

Apart = frozenset[tuple[str, str]]
"""Families (of a long, of a short) whose agreement came to nothing: they are not brought together again."""
NOBODY: Final[Apart] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A checked request as it stands on one day: everything that depends on the day is resolved."""

    id: str
    """The request's."""
    family: str
    """The request that it is, or was, a part of."""
    account: str
    """Its author's, checksummed."""
    participant: str
    """Who stands behind the account: equal for two accounts of one participant."""
    side: Side
    """`long` or `short`."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """Mtok."""
    maturity: int
    """00:00:00 UTC of its day, unix seconds."""
    averaging_days: int
    """Days in the settlement price's mean."""
    limit: int | None
    """The worst price that it takes; None where it asks for the indicative price and there is none."""
    spot: int
    """The underlying's newest fixing; 0 where there is none."""
    today: int
    """UTC day number of all this: the day of the fixing."""
    lot: int
    """The underlying's, Mtok; 0 where it is not listed."""
    time: int
    """Unix seconds: the older of two equals comes first."""

    @property
    def key(self) -> tuple[str, int, int]:
        """What two requests have in common that can fit."""
        return (self.underlying, self.maturity, self.averaging_days)

    @property
    def bound(self) -> int:
        """The limit as it counts; only where there is one."""
        assert self.limit is not None  # noqa: S101 - `blocked` keeps those without one out
        return min(self.limit, 2 * self.spot) if self.side == "long" else self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two requests that fit."""

    long: OpenRequest
    """The one that receives when the price rises."""
    short: OpenRequest
    """The one that receives when the price falls."""
    quantity: int
    """What both have left in common, in whole lots, Mtok."""
    price: int
    """F by the rule above."""

    @property
    def improvement(self) -> int:
        """How far the limits overlap: what both sides gain together against their limits, for each Mtok."""
        return self.long.bound - self.short.bound


def matches(requests: Sequence[OpenRequest], apart: Apart = NOBODY) -> tuple[Pair, ...]:
    """All pairs that can be made at once, the widest overlap of limits first, then the oldest.

    A request stands in several pairs where it is larger than its counterparts; the quantities of all its pairs add up
    to no more than its own. Nothing that fits is left over.
    """
    groups: defaultdict[tuple[str, int, int], tuple[list[OpenRequest], list[OpenRequest]]]
    groups = defaultdict(lambda: ([], []))
    for request in requests:
        if blocked(request) is None:
            groups[request.key][request.side == "short"].append(request)
    found = [pair for longs, shorts in groups.values() for pair in _paired(longs, shorts, apart)]
    return tuple(sorted(found, key=_best_first))


def why_not(long: OpenRequest, short: OpenRequest, apart: Apart = NOBODY) -> str | None:
    """Why two requests are not matched, in words for the operator; None where they fit."""
    if long.side != "long" or short.side != "short":
        return f"they are on one side: {long.side} and {short.side}"
    if long.account == short.account:
        return "both are of one account"
    if long.participant == short.participant:
        return "both are of one participant"
    if long.underlying != short.underlying:
        return f"they name different underlyings: {long.underlying} and {short.underlying}"
    if long.maturity != short.maturity:
        return f"they mature on different days: {_date(long.maturity)} and {_date(short.maturity)}"
    if long.averaging_days != short.averaging_days:
        return f"they average over different days: {long.averaging_days} and {short.averaging_days}"
    if (long.family, short.family) in apart:
        return "terms between them came to nothing before; a new request begins anew"
    if (reason := blocked(long) or blocked(short)) is not None:
        return reason
    if long.bound < short.bound:
        return f"the long pays at most {usd(long.bound)}, the short takes at least {usd(short.bound)}"
    return None


def blocked(request: OpenRequest) -> str | None:
    """Why a request fits nothing today, whatever there is; None where it can."""
    if request.lot == 0:
        return f"{request.underlying} is not listed"
    if request.spot == 0:
        return f"{request.underlying} has no fixing above 0"
    if request.quantity < request.lot:
        return f"{tokens(request.quantity)} is less than the lot of {tokens(request.lot)}"
    if not bookable(request.today, request.maturity, request.averaging_days):
        days = day_of(request.maturity) - request.today
        return f"{_date(request.maturity)} is {days} days ahead, which no forward over {request.averaging_days} days is"
    if request.limit is None:
        return f"there is no indicative price of {request.underlying} for {_date(request.maturity)}"
    return None


def pair_of(long: OpenRequest, short: OpenRequest) -> Pair:
    """The pair of two requests for which `why_not` has no reason."""
    return _pair(long, short, min(long.quantity, short.quantity))


def agreed_price(long_bound: int, short_bound: int, spot: int) -> int:
    """The price between a long's bound and a short's that is not above it, by the rule at the top."""
    step = tick(spot)
    steps, rest = divmod(long_bound + short_bound, 2 * step)
    up = rest > step or (rest == step and steps % 2 == 1)
    nearest = (steps + up) * step
    return nearest if max(short_bound, 1) <= nearest <= long_bound else (long_bound + short_bound) // 2


def _paired(longs: list[OpenRequest], shorts: list[OpenRequest], apart: Apart) -> Iterator[Pair]:
    """The pairs of one key. Each long walks the shorts from the best on, past its own, and those used up drop out: so
    the work grows with the pairs that are made and the requests that one participant has on both sides."""
    longs.sort(key=lambda each: (-each.bound, each.time, each.id))
    shorts.sort(key=lambda each: (each.bound, each.time, each.id))
    left = [each.quantity for each in shorts]
    following = list(range(1, len(shorts) + 1))
    first = 0
    for long in longs:
        wanted, before, at = long.quantity, None, first
        while at < len(shorts) and wanted >= long.lot and shorts[at].bound <= long.bound:
            short = shorts[at]
            if _strangers(long, short, apart):
                pair = _pair(long, short, min(wanted, left[at]))
                wanted -= pair.quantity
                left[at] -= pair.quantity
                yield pair
            if left[at] >= short.lot:
                before = at
            elif before is None:
                first = following[at]
            else:
                following[before] = following[at]
            at = following[at]


def _strangers(long: OpenRequest, short: OpenRequest, apart: Apart) -> bool:
    return (
        long.account != short.account
        and long.participant != short.participant
        and (long.family, short.family) not in apart
    )


def _pair(long: OpenRequest, short: OpenRequest, quantity: int) -> Pair:
    whole = quantity - quantity % long.lot
    return Pair(long=long, short=short, quantity=whole, price=agreed_price(long.bound, short.bound, long.spot))


def _best_first(pair: Pair) -> tuple[int, int, str, str]:
    return (-pair.improvement, max(pair.long.time, pair.short.time), pair.long.id, pair.short.id)


def _date(maturity: int) -> str:
    return date_of(day_of(maturity)).isoformat()

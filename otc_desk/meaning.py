"""What terms mean for one side, to be looked at before it approves. Pure; amounts micro-USDT, prices per Mtok."""

from dataclasses import dataclass
from typing import Final

from ifx_sdk import payoff
from ifx_sdk.terms import Terms

_PER_CENT_OF_SPOT: Final = (0, 25, 50, 75, 100, 125, 150, 175, 200)
"""Settlement prices that every payoff is shown at, beside the price and where its caps begin."""

BASIS: Final = (
    "It settles on the published list price. What you pay or earn may move differently: discounts, cached input and"
    " another mix of models are not in it."
)
ONE_EVENING: Final = (
    "It settles on one evening's fixing: a promotion of an hour on that evening counts in full. A forward that averages"
    " over 5 days or more is offered against that."
)
WHILE_IT_FIXES: Final = (
    "It can be booked while the day's fixing is its spot. A day that fixes another price ends it; new terms then need"
    " new approvals."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoffPoint:
    """What a side gets at one settlement price."""

    settlement: int
    """F_ref."""
    payoff: int
    """Gain, or loss where it is negative."""
    payout: int
    """What settlement pays: the prefunding and the payoff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One side of a forward in money."""

    prefunding: int
    """B = S0 x N, locked until it settles."""
    fee: int
    """This side's half."""
    needed: int
    """What booking collects: both."""
    worst_case: int
    """The most that this side can lose, its fee included."""
    points: tuple[PayoffPoint, ...]
    """By settlement price, rising."""
    warnings: tuple[str, ...]
    """To be read before approving."""


def meaning(terms: Terms, side: payoff.Side) -> Meaning:
    """What `terms` mean for `side`."""
    prefunding = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    fees = payoff.fee_split(payoff.fee(indicative=terms.indicative, quantity=terms.quantity))
    fee = fees[0] if side == "long" else fees[1]
    return Meaning(
        prefunding=prefunding,
        fee=fee,
        needed=prefunding + fee,
        worst_case=payoff.worst_case(
            side, price=terms.price, spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity
        ),
        points=tuple(_point(terms, side, settlement) for settlement in _settlements(terms)),
        warnings=_warnings(terms),
    )


def _settlements(terms: Terms) -> list[int]:
    shown = {terms.spot * share // 100 for share in _PER_CENT_OF_SPOT}
    caps = {terms.price + terms.spot, max(0, terms.price - terms.spot)}
    return sorted(shown | caps | {terms.price})


def _point(terms: Terms, side: payoff.Side, settlement: int) -> PayoffPoint:
    long, short = payoff.payouts(price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=settlement)
    payout = long if side == "long" else short
    prefunding = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    return PayoffPoint(settlement=settlement, payoff=payout - prefunding, payout=payout)


def _warnings(terms: Terms) -> tuple[str, ...]:
    evening = (ONE_EVENING,) if terms.averaging_days == 1 else ()
    return (BASIS, *evening, WHILE_IT_FIXES)

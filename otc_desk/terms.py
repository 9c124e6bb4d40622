"""Final terms out of a pair and today's fixing. Pure: time, fixing and salt come as arguments.

The escrow books terms whose spot is the fixing of the day of booking. So terms stand until their deadline as long as
every new day fixes the same price, which a list price does on all but a few days; a day that fixes another price ends
them, and new ones need new approvals (docs/decisions/0022-terms-live-while-the-fixing-holds.md).
"""

from typing import Final

from ifx_sdk.calendar import day_of, midnight
from ifx_sdk.terms import Terms
from otc_desk.errors import WrongState
from otc_desk.matching import Pair
from otc_desk.settings import CONTRACT_DEADLINE_SECONDS, DEADLINE_SECONDS
from otc_desk.tenors import indicative_on, last_bookable_day

MIN_DEADLINE_SECONDS: Final = 3_600
"""Terms that could be booked for less than this are not sent."""


def deadline_for(now: int, maturity: int, averaging_days: int, *, contract_wallet: bool) -> int:
    """Last second at which terms sent now can be booked: 24 hours on, 3 days where a side is a contract wallet, but
    never after the last day on which the escrow takes their maturity and averaging days."""
    wished = now + (CONTRACT_DEADLINE_SECONDS if contract_wallet else DEADLINE_SECONDS)
    return min(wished, midnight(last_bookable_day(maturity, averaging_days) + 1) - 1)


def final_terms(pair: Pair, *, spot: int, now: int, contract_wallet: bool, escrow: str, salt: bytes) -> Terms:
    """What both sides of a pair are sent. `spot` is today's fixing, on which the pair was made.

    `contract_wallet` says whether a side has code, `escrow` is the contract, `salt` 32 random bytes. Raises
    `WrongState` where there is no indicative price or too little time today, and what `book` would refuse (a leaf
    of `BadTerms`).
    """
    long, today = pair.long, day_of(now)
    indicative = indicative_on(today, spot, long.maturity, long.averaging_days)
    if indicative is None:
        raise WrongState("final terms", "without an indicative price today", "Match at another maturity.")
    deadline = deadline_for(now, long.maturity, long.averaging_days, contract_wallet=contract_wallet)
    if deadline < now + MIN_DEADLINE_SECONDS:
        state = f"less than {MIN_DEADLINE_SECONDS // 60} minutes before these days can not be booked any more"
        raise WrongState("final terms", state, "Match after midnight UTC, on the new day's fixing.")
    terms = Terms(
        long=long.account,
        short=pair.short.account,
        underlying=long.underlying,
        quantity=pair.quantity,
        price=pair.price,
        spot=spot,
        indicative=indicative,
        maturity=long.maturity,
        averaging_days=long.averaging_days,
        deadline=deadline,
        salt=salt,
    )
    terms.validate(long.lot, now, escrow=escrow)
    return terms

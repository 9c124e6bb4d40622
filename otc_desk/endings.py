"""An early end, or a newcomer in one side's place: proposed by a side, approved by all whom it concerns.

The desk executes it as it books terms, or anyone else does. It takes no part in the price.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ifx_sdk.calendar import day_of
from ifx_sdk.client import IFX
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import NodeDown, RpcError
from ifx_sdk.payoff import Side
from ifx_sdk.records import ForwardRecord
from ifx_sdk.signing import Message
from ifx_sdk.terms import SALT_BYTES, Domain, Terms
from otc_desk.agreements import open_agreement
from otc_desk.db.tables import Agreement
from otc_desk.errors import NotAllowed, NotFound, NotNow, WrongState
from otc_desk.references import insiders
from otc_desk.settings import CONTRACT_DEADLINE_SECONDS, DEADLINE_SECONDS
from otc_desk.states import OPEN_AGREEMENTS
from otc_desk.wallets import Wallets

MOST_OPEN: Final = 10
"""Open proposals about one forward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A message that the escrow would take now, but for approvals and money."""

    message: Termination | Novation
    """What is to be approved."""
    record: ForwardRecord
    """The forward that it was held against."""


def termination(
    ifx: IFX, wallets: Wallets, forward: bytes, account: str, *, price: int, seconds: int | None, now: int
) -> Proposal:
    """An early end at `price` (micro-USDT per Mtok), proposed by `account`.

    Raises `NotFound` where it is no side now, a leaf of `BadEnding`, `NotNow`.
    """
    record, _ = _side(ifx, forward, account)
    message = Termination(
        forward=forward,
        long=record.long,
        short=record.short,
        price=price,
        deadline=_deadline(wallets, [record.long, record.short], record, seconds, now),
        salt=secrets.token_bytes(SALT_BYTES),
    )
    return _held(ifx, message)


def novation(
    ifx: IFX,
    wallets: Wallets,
    forward: bytes,
    account: str,
    *,
    incoming: str,
    payment: int,
    outgoing: Side | None,
    seconds: int | None,
    operators: Collection[str],
    now: int,
) -> Proposal:
    """`incoming` in the place of a side (the proposer's where `outgoing` is None), for `payment` micro-USDT.

    Nobody enters who could not hand a request in: `operators` and `insiders` of today.
    Raises as `termination`, and `NotAllowed`.
    """
    record, own = _side(ifx, forward, account)
    if incoming in operators or incoming in insiders(ifx, day_of(now)):
        raise NotAllowed(f"{incoming} takes no side: it operates the desk, makes the price or rules the contracts")
    leaves, stays = (record.long, record.short) if (outgoing or own) == "long" else (record.short, record.long)
    message = Novation(
        forward=forward,
        outgoing=leaves,
        incoming=incoming,
        remaining=stays,
        payment=payment,
        deadline=_deadline(wallets, [leaves, stays, incoming], record, seconds, now),
        salt=secrets.token_bytes(SALT_BYTES),
    )
    return _held(ifx, message)


def propose(session: Session, proposal: Proposal, domain: Domain, account: str, now: int) -> Agreement:
    """Send a proposal to all whom it concerns. Raises `WrongState` where too many are open about the forward."""
    forward = "0x" + proposal.message.forward.hex()
    asked = select(func.count()).where(Agreement.forward == forward, Agreement.state.in_(OPEN_AGREEMENTS))
    if (session.scalar(asked) or 0) >= MOST_OPEN:
        cure = "Decline one of them first."
        raise WrongState("another proposal", f"the forward's {MOST_OPEN} open ones", cure)
    return open_agreement(session, proposal.message, domain, now, actor=account)


def effects(message: Message, record: ForwardRecord | None) -> Mapping[str, int]:
    """What executing an ending means in micro-USDT, its payer's worst case among it; nothing for terms. Pure.

    A termination: what both are paid, and how much that is above what they locked. A novation: between what the side
    that moves can be paid in the end, and what its payer, the incoming, gains at worst and at best.
    """
    if isinstance(message, Terms) or record is None:
        return {}
    if isinstance(message, Termination):
        long, short = record.payouts(message.price)
        locked = record.prefunding
        gains = {"long_gain": long - locked, "short_gain": short - locked}
        return {"long_payout": long, "short_payout": short, **gains}
    side = record.side_of(message.outgoing)
    if side is None:
        return {}
    least, most = record.payout_bounds(side)
    return {
        "payment": message.payment,
        "least_payout": least,
        "most_payout": most,
        "incoming_worst": least - message.payment,
        "incoming_best": most - message.payment,
    }


def _side(ifx: IFX, forward: bytes, account: str) -> tuple[ForwardRecord, Side]:
    try:
        record = ifx.escrow.forward(forward)
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error
    side = record.side_of(account)
    if side is None:
        raise NotFound("position")
    return record, side


def _held(ifx: IFX, message: Termination | Novation) -> Proposal:
    """Nobody is asked to approve what can not be executed."""
    try:
        return Proposal(message=message, record=ifx.escrow.check_ending(message))
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error


def _deadline(wallets: Wallets, accounts: list[str], record: ForwardRecord, seconds: int | None, now: int) -> int:
    """A day, three where a contract's owners sign one after the other; never after the maturity."""
    if seconds is None:
        slow = any(wallets.has_code(each) for each in accounts)
        seconds = CONTRACT_DEADLINE_SECONDS if slow else DEADLINE_SECONDS
    return max(now, min(now + seconds, record.maturity - 1))

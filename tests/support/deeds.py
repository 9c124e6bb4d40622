"""The three messages that accounts approve, each with everyone who must approve it, and the call that executes it.

A seat is one who approves, such as `novate incoming`; `seat` puts a wallet there and plain accounts around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from support.market import SPOT, Market, Told, Wallet, booked_told, told

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import Reverted
from ifx_sdk.outcomes import Confirmed
from ifx_sdk.payoff import payouts
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms

PAYMENT = 12_345_678_901
"""micro-USDT that a novation's incoming party pays."""
ENDING_PRICE = 6_999_999
"""micro-USDT per Mtok at which a termination ends a forward."""
SEATS = {
    "book": ("long", "short"),
    "terminate": ("long", "short"),
    "novate": ("outgoing", "incoming", "remaining"),
}
ALL_SEATS = tuple(f"{function} {role}" for function, roles in SEATS.items() for role in roles)
MESSAGES = {"book": "terms", "terminate": "termination", "novate": "novation"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """One message and its parties."""

    market: Market
    """Where it happens."""
    function: str
    """The call that executes it: `book`, `terminate` or `novate`."""
    message: Message
    """What everybody approves."""
    wallets: tuple[Wallet, ...]
    """Who approves, in the order of the call's approvals."""
    expected: tuple[Told, ...]
    """All that its execution logs where those who pay have no free balance."""

    @property
    def digest(self) -> bytes:
        """The message's id."""
        return self.market.ifx.escrow.message_id(self.message)

    @property
    def roles(self) -> tuple[str, ...]:
        """The wallets' seats."""
        return SEATS[self.function]

    def reason(self, role: str) -> str:
        """Why the call refuses where `role` has not approved."""
        return f"escrow: {role} has not {'approved' if self.function == 'book' else 'agreed'}"

    @property
    def revoked_reason(self) -> str:
        """Why the call refuses a message that was revoked."""
        return f"escrow: {'terms' if self.function == 'book' else 'message'} revoked"

    def approve(self, wallet: Wallet) -> Confirmed:
        """Have a wallet approve on chain."""
        return wallet.act(self.market.call(f"approve_{MESSAGES[self.function]}", self.message.as_tuple())).confirmed()

    def revoke(self, wallet: Wallet) -> Confirmed:
        """Have a wallet revoke it."""
        return wallet.act(self.market.call(f"revoke_{MESSAGES[self.function]}", self.message.as_tuple())).confirmed()

    def execute(self, given: Mapping[str, bytes] | None = None) -> Confirmed:
        """Execute it with what is `given` for a role, and otherwise what its wallet signs."""
        digest, given = self.digest, given or {}
        approvals = [
            given[role] if role in given else wallet.sign(digest)
            for role, wallet in zip(self.roles, self.wallets, strict=True)
        ]
        who = self.market.desk if self.function == "book" else self.market.anyone
        return getattr(who.escrow, self.function)(self.message, *approvals).confirmed()

    def refusal(self, given: Mapping[str, bytes] | None = None) -> str | None:
        """Why the contract refuses to execute it; None where it does not. Nothing is sent where it does."""
        try:
            self.execute(given)
        except Reverted as error:
            return error.reason
        return None


def booking(market: Market, terms: Terms, long: Wallet, short: Wallet) -> Deed:
    """Terms between two wallets that are funded and have no free balance."""
    return Deed(
        market=market, function="book", message=terms, wallets=(long, short), expected=tuple(booked_told(market, terms))
    )


def termination(market: Market, terms: Terms, long: Wallet, short: Wallet) -> Deed:
    """The early end of a booked forward."""
    message = Termination(
        forward=market.ifx.escrow.terms_id(terms),
        long=long.address,
        short=short.address,
        price=ENDING_PRICE,
        deadline=terms.deadline,
        salt=market.salt(),
    )
    paid = payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=ENDING_PRICE)
    fields: dict[str, object] = {
        "id": message.forward,
        "termination": market.ifx.escrow.message_id(message),
        "price": ENDING_PRICE,
        "long_payout": paid[0],
        "short_payout": paid[1],
    }
    return Deed(
        market=market,
        function="terminate",
        message=message,
        wallets=(long, short),
        expected=(("ForwardTerminated", fields),),
    )


def novation(market: Market, terms: Terms, outgoing: Wallet, incoming: Wallet, remaining: Wallet) -> Deed:
    """A new party in one side's place; it has no free balance."""
    message = Novation(
        forward=market.ifx.escrow.terms_id(terms),
        outgoing=outgoing.address,
        incoming=incoming.address,
        remaining=remaining.address,
        payment=PAYMENT,
        deadline=terms.deadline,
        salt=market.salt(),
    )
    fields: dict[str, object] = {
        "id": message.forward,
        "outgoing": outgoing.address,
        "incoming": incoming.address,
        "novation": market.ifx.escrow.message_id(message),
        "payment": PAYMENT,
    }
    pulled: dict[str, object] = {
        "sender": incoming.address,
        "receiver": market.ifx.escrow.address,
        "amount": PAYMENT,
    }
    return Deed(
        market=market,
        function="novate",
        message=message,
        wallets=(outgoing, incoming, remaining),
        expected=(("ForwardNovated", fields), ("Transfer", pulled)),
    )


def seat(market: Market, name: str, wallet: Wallet) -> Deed:
    """A deed in which `wallet` has the seat `name`, with plain accounts in the others."""
    function, role = name.split()
    long = wallet if role in ("long", "outgoing") else market.long
    short = wallet if role in ("short", "remaining") else market.short
    terms = market.terms(long, short)
    booked = booking(market, terms, long, short)
    if function == "book":
        return booked
    assert told(booked.execute()) == list(booked.expected)
    if function == "terminate":
        return termination(market, terms, long, short)
    return novation(market, terms, long, wallet if role == "incoming" else market.third, short)

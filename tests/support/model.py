"""What the protocol's prose says must happen in a forward's life: the reference that the contracts are held against.

Written from docs/protocol.md, with the reasons in the order that it states. Every operation answers the reason for
which it must be refused, or moves the books and answers None.
"""

from dataclasses import dataclass

from support.books import ACTIVE, DAY, PAUSE, SETTLED, TERMINATED, UNLIMITED, Booked, Books

from ifx_sdk import payoff
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import Message
from ifx_sdk.terms import ZERO_ADDRESS, Terms

__all__ = ["ACTIVE", "DAY", "PAUSE", "SETTLED", "TERMINATED", "UNLIMITED", "Booked", "Model"]

PRICE_LIMIT = 2**40

Checks = tuple[tuple[bool, str], ...]


def first_broken(checks: Checks) -> str | None:
    """The reason of the first check that is broken."""
    return next((reason for broken, reason in checks if broken), None)


@dataclass(kw_only=True)
class Model(Books):
    """The books, and what moves forwards through them."""

    # Approvals.

    def approve(self, account: str, id_: bytes, message: Message) -> str | None:
        """On chain."""
        if account not in message.parties.values():
            return "escrow: not a side"
        if self._is_over(id_, message):
            return "escrow: approval too late"
        self.approved.add((id_, account))
        return None

    def revoke(self, account: str, id_: bytes, message: Message) -> str | None:
        """For everyone and for ever."""
        if account not in message.parties.values():
            return "escrow: only a side revokes"
        if self._is_over(id_, message):
            return "escrow: revocation too late"
        self.revoked.add(id_)
        return None

    def _is_over(self, id_: bytes, message: Message) -> bool:
        """Revoked, booked or executed, or nothing is left that it could end or move."""
        if id_ in self.revoked or id_ in self.forwards:
            return True
        booked = None if isinstance(message, Terms) else self.forwards.get(message.forward)
        if booked is None:
            return False
        return booked.status != ACTIVE or (isinstance(message, Novation) and message.outgoing in booked.departed)

    def _lacks(self, id_: bytes, message: Message, signed: set[str], verb: str) -> str | None:
        """The first, in the message's order, who neither signed nor approved on chain."""
        for role, account in message.parties.items():
            if account not in signed and (id_, account) not in self.approved:
                return f"escrow: {role} has not {verb}"
        return None

    # Booking.

    def book(self, id_: bytes, terms: Terms, signed: set[str]) -> str | None:
        """By the desk, with signatures of the accounts in `signed`."""
        refused = (
            self._refuse_terms(terms)
            or ("escrow: terms revoked" if id_ in self.revoked else None)
            or ("escrow: already booked" if id_ in self.forwards else None)
            or self._lacks(id_, terms, signed, "approved")
        )
        if refused is not None:
            return refused
        needs = payoff.deposit_required(spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity)
        refused = self.collect(dict(zip((terms.long, terms.short), needs, strict=True)))
        if refused is not None:
            return refused
        self.credit(self.fee_recipient, payoff.fee(indicative=terms.indicative, quantity=terms.quantity))
        self.forwards[id_] = Booked(terms=terms, long=terms.long, short=terms.short)
        return None

    def _refuse_terms(self, terms: Terms) -> str | None:
        tenor = terms.maturity // DAY - self.today
        lot = self.lots.get(terms.underlying, 0)
        return first_broken(
            (
                (self.now < self.paused_until, "escrow: booking is paused"),
                (self.now > terms.deadline, "escrow: terms expired"),
                (terms.long == terms.short, "escrow: one account on both sides"),
                (lot == 0, "escrow: not listed"),
                (terms.quantity == 0 or terms.quantity % (lot or 1) != 0, "escrow: quantity not in lots"),
                (not 0 < terms.spot < 2**39, "escrow: spot out of range"),
                (not 0 < terms.price <= 2 * terms.spot, "escrow: price out of range"),
                (not 0 < terms.indicative <= terms.spot, "escrow: indicative out of range"),
                (terms.maturity % DAY != 0, "escrow: maturity not at midnight"),
                (not 28 <= tenor <= 400, "escrow: tenor out of range"),
                (not 1 <= terms.averaging_days <= tenor, "escrow: averaging out of range"),
                (self.fixings(terms.underlying).get(self.today) != terms.spot, "escrow: spot is not today's fixing"),
            )
        )

    # Before maturity.

    def terminate(self, id_: bytes, termination: Termination, signed: set[str]) -> str | None:
        """By anyone, with signatures of the accounts in `signed`."""
        refused = self._refuse_ending(termination)
        booked = self.forwards.get(termination.forward)
        if refused is not None or booked is None:
            return refused
        refused = first_broken(
            (
                (termination.long != booked.long, "escrow: not its long"),
                (termination.short != booked.short, "escrow: not its short"),
                (termination.price >= PRICE_LIMIT, "escrow: agreed price too large"),
                (id_ in self.revoked, "escrow: message revoked"),
            )
        ) or self._lacks(id_, termination, signed, "agreed")
        if refused is None:
            self._pay_out(booked, termination.price, TERMINATED)
        return refused

    def novate(self, id_: bytes, novation: Novation, signed: set[str]) -> str | None:
        """By anyone, with signatures of the accounts in `signed`."""
        refused = self._refuse_ending(novation)
        booked = self.forwards.get(novation.forward)
        if refused is not None or booked is None:
            return refused
        counterparty = booked.short if novation.outgoing == booked.long else booked.long
        refused = first_broken(
            (
                (novation.outgoing not in booked.sides, "escrow: outgoing is no side"),
                (novation.remaining != counterparty, "escrow: remaining is no side"),
                (novation.incoming in (ZERO_ADDRESS, self.escrow), "escrow: bad incoming"),
                (novation.incoming in booked.sides, "escrow: incoming is a side"),
                (novation.payment > booked.locked, "escrow: payment too large"),
                (novation.incoming in booked.departed, "escrow: incoming left before"),
                (id_ in self.revoked, "escrow: message revoked"),
            )
        ) or self._lacks(id_, novation, signed, "agreed")
        refused = refused or self.collect({novation.incoming: novation.payment})
        if refused is not None:
            return refused
        self.credit(novation.outgoing, novation.payment)
        booked.departed.add(novation.outgoing)
        if novation.outgoing == booked.long:
            booked.long = novation.incoming
        else:
            booked.short = novation.incoming
        return None

    def _refuse_ending(self, message: Termination | Novation) -> str | None:
        booked = self.forwards.get(message.forward)
        if self.now > message.deadline:
            return "escrow: message expired"
        if booked is None or booked.status != ACTIVE:
            return "escrow: forward not active"
        return "escrow: maturity has come" if self.now >= booked.terms.maturity else None

    # Settlement.

    def price_of(self, terms: Terms) -> tuple[int | None, bool]:
        """F_ref and its certainty."""
        return payoff.settlement_price(
            self.fixings(terms.underlying), terms.maturity // DAY, terms.averaging_days, self.now
        )

    def settle(self, id_: bytes) -> str | None:
        """By anyone."""
        booked = self.forwards.get(id_)
        if booked is None:
            return "escrow: unknown forward"
        if booked.status != ACTIVE:
            return "escrow: not active"
        if self.now < booked.terms.maturity:
            return "escrow: before maturity"
        price, certain = self.price_of(booked.terms)
        if not certain or price is None:
            return "escrow: price not certain yet"
        self._pay_out(booked, price, SETTLED)
        return None

    def _pay_out(self, booked: Booked, price: int, status: int) -> None:
        terms = booked.terms
        paid = payoff.payouts(price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=price)
        for side, payout in zip(booked.sides, paid, strict=True):
            self.credit(side, payout)
        booked.status = status

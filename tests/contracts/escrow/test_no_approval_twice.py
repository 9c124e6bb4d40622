"""No approval is used twice, revived by a cycle of novations, used against another counterparty, or from maturity on.

Each sentence for every way of approving - a key's signature, an approval on chain, a contract wallet's answer - and for
every message. Wallets stand by what they ever approved: nothing here is refused because somebody changed his mind.
"""

from dataclasses import replace
from typing import Any

import pytest
from support.protocol import DAY, Party, Protocol, Receipt, mock, party, refused

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms

WAYS = ("signature", "on chain", "contract wallet")
MESSAGES = ("terms", "termination", "novation")
AGREED = b"as the owners agreed"
MATURITY_DAYS = 92
LATER = 200 * DAY
"""A deadline far beyond maturity."""


class Cast:
    """Four accounts that approve in one way: a long, a short, and two newcomers to their forward."""

    def __init__(self, protocol: Protocol, way: str) -> None:
        """Funded, with nothing approved."""
        self.protocol, self.way = protocol, way
        self.keys = {who.address: who for who in (party(f"{way} {i}") for i in range(4))}
        self.wallets: dict[str, Any] = {}
        if way == "contract wallet":
            self.wallets = {wallet.address: wallet for wallet in (mock("wallet").deploy() for _ in range(4))}
        self.long, self.short, self.third, self.fourth = self.wallets or self.keys
        for account in (self.long, self.short, self.third, self.fourth):
            protocol.fund(account)
        self.approved: dict[str, set[bytes]] = {}

    def approve(self, message: Message, *accounts: str) -> None:
        """Have `accounts` approve, everyone whom it names where none is given."""
        digest = self.protocol.digest_of(message)
        for account in accounts or tuple(message.parties.values()):
            self.approved.setdefault(account, set()).add(digest)
            if self.way == "on chain":
                kind = {Terms: "terms", Termination: "termination", Novation: "novation"}[type(message)]
                call = getattr(self.protocol.escrow, f"approve_{kind}")
                self.protocol.send(call, message.as_tuple(), by=account)

    def execute(self, message: Message) -> Receipt:
        """By anyone, with every approval that was ever given to it, and nothing of those who gave none."""
        digest, approvals = self.protocol.digest_of(message), []
        for account in message.parties.values():
            has_approved = digest in self.approved.get(account, ())
            if self.way == "contract wallet":
                self.wallets[account].expect(digest if has_approved else b"\0" * 32, AGREED)
            if self.way == "signature" and has_approved:
                approvals.append(self.keys[account].sign(digest))
            else:
                approvals.append(AGREED if self.way == "contract wallet" else b"")
        name = {Terms: "book", Termination: "terminate", Novation: "novate"}[type(message)]
        by: Party = self.protocol.desk if name == "book" else self.protocol.outsider
        return self.protocol.send(getattr(self.protocol.escrow, name), message.as_tuple(), *approvals, by=by)

    def terms(self, **changes: Any) -> Terms:
        """Terms of today between long and short."""
        return self.protocol.terms(**{"long": self.long, "short": self.short} | changes)

    def booked(self) -> Terms:
        """Such terms, approved and booked."""
        terms = self.terms()
        self.approve(terms)
        self.execute(terms)
        return terms

    def termination(self, terms: Terms, **changes: Any) -> Termination:
        """Between long and short, open until long after maturity."""
        return self.protocol.termination(terms, **{"deadline": self.protocol.now + LATER} | changes)

    def novation(self, terms: Terms, **changes: Any) -> Novation:
        """From long to third, open until long after maturity."""
        given = {"incoming": self.third, "deadline": self.protocol.now + LATER, "payment": 1_000_000}
        return self.protocol.novation(terms, **given | changes)

    def moved(self, terms: Terms, outgoing: str, incoming: str, remaining: str) -> Novation:
        """A novation that all three approved and somebody executed."""
        novation = self.novation(terms, outgoing=outgoing, incoming=incoming, remaining=remaining)
        self.approve(novation)
        self.execute(novation)
        return novation

    def message(self, kind: str) -> Message:
        """One of each kind, executable at once; what it is about has been booked."""
        if kind == "terms":
            return self.terms(deadline=self.protocol.now + LATER)
        terms = self.booked()
        return self.termination(terms) if kind == "termination" else self.novation(terms)


@pytest.fixture(params=WAYS)
def cast(open_day: Protocol, request: pytest.FixtureRequest) -> Cast:
    """The accounts, once for every way of approving."""
    return Cast(open_day, request.param)


# ------------------------------------------------------------------------------------------------------------- twice

AGAIN = {
    "terms": "escrow: already booked",
    "termination": "escrow: forward not active",
    "novation": "escrow: outgoing is no side",
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_executes_once(cast: Cast, kind: str) -> None:
    """The same approvals of the same message do nothing more, and no new approval of it can be given."""
    message = cast.message(kind)
    cast.approve(message)
    cast.execute(message)
    with refused(AGAIN[kind]):
        cast.execute(message)
    with refused("escrow: approval too late"):
        cast.protocol.send(getattr(cast.protocol.escrow, f"approve_{kind}"), message.as_tuple(), by=cast.long)


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_that_was_executed_stays_dead_when_its_forward_has_ended(cast: Cast, kind: str) -> None:
    """Terms book nothing after the end of what they booked; nothing ends or moves it again."""
    message = cast.message(kind)
    cast.approve(message)
    cast.execute(message)
    forward = cast.protocol.digest_of(message) if isinstance(message, Terms) else message.forward
    cast.protocol.travel((cast.protocol.today + MATURITY_DAYS) * DAY + 3 * DAY)
    cast.protocol.send(cast.protocol.escrow.settle_many, [forward], by=cast.protocol.outsider)
    with refused("escrow: tenor out of range" if kind == "terms" else "escrow: forward not active"):
        cast.execute(message)


def test_two_messages_that_differ_in_their_salt_need_two_approvals(cast: Cast) -> None:
    """Equal terms with another salt are another forward, which nobody approved."""
    terms = cast.booked()
    twin = replace(terms, salt=b"\xaa" * 32)
    with refused("escrow: long has not approved"):
        cast.execute(twin)
    cast.approve(twin)
    cast.execute(twin)


@pytest.mark.parametrize("kind", MESSAGES)
def test_an_approval_that_was_revoked_is_void_whoever_revoked(cast: Cast, kind: str) -> None:
    """Anyone whom a message names ends it for everyone, whatever the others approved; another salt goes through."""
    message = cast.message(kind)
    revoke = getattr(cast.protocol.escrow, f"revoke_{kind}")
    for n, account in enumerate(message.parties.values(), 1):
        doomed = replace(message, salt=bytes([0xAA, n]) * 16)
        cast.approve(doomed)
        cast.protocol.send(revoke, doomed.as_tuple(), by=account)
        with refused(f"escrow: {'terms' if kind == 'terms' else 'message'} revoked"):
            cast.execute(doomed)
    cast.approve(message)
    cast.execute(message)


# -------------------------------------------------------------------------------------------------------------- cycles


@pytest.mark.parametrize("side", ["long", "short"])
def test_nobody_comes_back_by_a_cycle(cast: Cast, side: str) -> None:
    """A to C, C to A is refused, with D between them too, and on the other side as well; a newcomer can still enter."""
    terms = cast.booked()
    leaver, other = (cast.long, cast.short) if side == "long" else (cast.short, cast.long)
    cast.moved(terms, leaver, cast.third, other)
    back = cast.novation(terms, outgoing=cast.third, incoming=leaver, remaining=other)
    across = cast.novation(terms, outgoing=other, incoming=leaver, remaining=cast.third)
    for way_back in (back, across):
        cast.approve(way_back)
        with refused("escrow: incoming left before"):
            cast.execute(way_back)
    cast.moved(terms, cast.third, cast.fourth, other)
    with refused("escrow: outgoing is no side"):
        cast.execute(back)
    longer = cast.novation(terms, outgoing=cast.fourth, incoming=leaver, remaining=other)
    cast.approve(longer)
    with refused("escrow: incoming left before"):
        cast.execute(longer)


@pytest.mark.parametrize("side", ["long", "short"])
def test_what_a_side_approved_before_it_left_is_dead(cast: Cast, side: str) -> None:
    """Its termination, its other novation, and that by which it left; its successor's own termination executes."""
    terms = cast.booked()
    leaver, other = (cast.long, cast.short) if side == "long" else (cast.short, cast.long)
    ending = cast.termination(terms)
    elsewhere = cast.novation(terms, outgoing=leaver, incoming=cast.fourth, remaining=other)
    for message in (ending, elsewhere):
        cast.approve(message)
    leaving = cast.moved(terms, leaver, cast.third, other)
    with refused(f"escrow: not its {side}"):
        cast.execute(ending)
    for novation in (elsewhere, leaving):
        with refused("escrow: outgoing is no side"):
            cast.execute(novation)
    new = cast.termination(terms, **{side: cast.third})
    cast.approve(new)
    cast.execute(new)


def test_both_sides_replaced_leave_nothing_of_the_first_pair(cast: Cast) -> None:
    """What the first two agreed on is dead after both have left, and cannot be made alive by bringing one back."""
    terms = cast.booked()
    ending = cast.termination(terms)
    cast.approve(ending)
    cast.moved(terms, cast.long, cast.third, cast.short)
    cast.moved(terms, cast.short, cast.fourth, cast.third)
    with refused("escrow: not its long"):
        cast.execute(ending)
    for returning in (cast.long, cast.short):
        back = cast.novation(terms, outgoing=cast.third, incoming=returning, remaining=cast.fourth)
        cast.approve(back)
        with refused("escrow: incoming left before"):
            cast.execute(back)


# --------------------------------------------------------------------------------------------------- the counterparty


def test_terms_are_approved_with_one_counterparty(cast: Cast) -> None:
    """The long's approval of terms with the short books nothing with a third."""
    terms = cast.terms()
    cast.approve(terms)
    changed = replace(terms, short=cast.third)
    cast.approve(changed, cast.third)
    with refused("escrow: long has not approved"):
        cast.execute(changed)
    cast.execute(terms)


def test_a_termination_is_agreed_with_one_counterparty(cast: Cast) -> None:
    """After the short's place was taken, the long's approval ends nothing, as it was or with the new name in it."""
    terms = cast.booked()
    ending = cast.termination(terms)
    cast.approve(ending)
    cast.moved(terms, cast.short, cast.third, cast.long)
    with refused("escrow: not its short"):
        cast.execute(ending)
    changed = replace(ending, short=cast.third)
    cast.approve(changed, cast.third)
    with refused("escrow: long has not agreed"):
        cast.execute(changed)
    cast.approve(changed, cast.long)
    cast.execute(changed)


@pytest.mark.parametrize("role", ["outgoing", "remaining"])
def test_a_novation_is_agreed_with_one_newcomer(cast: Cast, role: str) -> None:
    """Who agreed to one newcomer has not agreed to another."""
    terms = cast.booked()
    novation = cast.novation(terms)
    cast.approve(novation)
    changed = replace(novation, incoming=cast.fourth)
    account = novation.parties[role]
    cast.approve(changed, *(set(changed.parties.values()) - {account}))
    with refused(f"escrow: {role} has not agreed"):
        cast.execute(changed)
    cast.execute(novation)


def test_a_novation_is_agreed_with_one_remaining_side(cast: Cast) -> None:
    """After the remaining side left, those who leave and enter have agreed to nothing with its successor."""
    terms = cast.booked()
    novation = cast.novation(terms)
    cast.approve(novation)
    cast.moved(terms, cast.short, cast.fourth, cast.long)
    with refused("escrow: remaining is no side"):
        cast.execute(novation)
    changed = replace(novation, remaining=cast.fourth)
    cast.approve(changed, cast.third, cast.fourth)
    with refused("escrow: outgoing has not agreed"):
        cast.execute(changed)
    cast.approve(changed, cast.long)
    cast.execute(changed)


@pytest.mark.parametrize("kind", ["termination", "novation"])
def test_an_approval_counts_for_one_forward(cast: Cast, kind: str) -> None:
    """Two forwards between the same sides: what ends or moves one does nothing to the other."""
    message = cast.message(kind)
    other = replace(message, forward=cast.protocol.id_of(cast.booked()))
    cast.approve(message)
    with refused(f"escrow: {next(iter(message.parties))} has not agreed"):
        cast.execute(other)
    cast.execute(message)


# ------------------------------------------------------------------------------------------------------------ maturity


@pytest.mark.parametrize("late", [0, 1, 3 * DAY])
@pytest.mark.parametrize("kind", ["termination", "novation"])
def test_no_approval_counts_at_maturity_or_after(cast: Cast, kind: str, late: int) -> None:
    """However far its deadline is, and with no fixing posted; in the second before maturity it executes."""
    message = cast.message(kind)
    in_time = replace(message, salt=b"\xaa" * 32, forward=cast.protocol.id_of(cast.booked()))
    maturity = (cast.protocol.today + MATURITY_DAYS) * DAY
    cast.approve(message)
    cast.approve(in_time)
    cast.protocol.travel(maturity - 1)
    cast.execute(in_time)
    cast.protocol.travel(maturity + late)
    with refused("escrow: maturity has come"):
        cast.execute(message)


@pytest.mark.parametrize("late", [0, 1])
def test_terms_book_nothing_at_their_maturity_or_after(cast: Cast, late: int) -> None:
    """Nor in the 28 days before it, whatever deadline they were approved with; on their first day they do."""
    terms = cast.terms(deadline=cast.protocol.now + LATER)
    cast.approve(terms)
    in_time = replace(terms, salt=b"\xaa" * 32)
    cast.approve(in_time)
    cast.execute(in_time)
    cast.protocol.travel(terms.maturity + late)
    cast.protocol.post(terms.spot)
    with refused("escrow: tenor out of range"):
        cast.execute(terms)


@pytest.mark.parametrize("kind", ["termination", "novation"])
def test_no_approval_counts_after_settlement(cast: Cast, kind: str) -> None:
    """What was settled stays settled, and its payouts stay with those who got them."""
    message = cast.message(kind)
    cast.approve(message)
    cast.protocol.travel((cast.protocol.today + MATURITY_DAYS) * DAY)
    cast.protocol.post(5_000_000)
    cast.protocol.send(cast.protocol.escrow.settle, message.forward, by=cast.protocol.outsider)
    before = [cast.protocol.escrow.balance_of(account) for account in (cast.long, cast.short, cast.third)]
    with refused("escrow: forward not active"):
        cast.execute(message)
    assert [cast.protocol.escrow.balance_of(account) for account in (cast.long, cast.short, cast.third)] == before

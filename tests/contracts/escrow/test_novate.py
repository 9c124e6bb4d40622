"""`novate`: a new party takes one side's place before maturity and pays the one that leaves."""

from dataclasses import replace

import pytest
from support.protocol import DAY, FUNDS, SPOT, ZERO, Party, Protocol, party, refused, transfer_event

from ifx_sdk.payoff import payouts
from ifx_sdk.terms import Terms

B = 8_000_000_000_000
ROLES = ("outgoing", "incoming", "remaining")
PAYMENT = 1_250_000 * 10**6


def moving(protocol: Protocol, terms: Terms, side: str, **changes: object) -> object:
    """The novation by which the outsider takes this side's place."""
    other = "short" if side == "long" else "long"
    named = {"outgoing": getattr(terms, side), "remaining": getattr(terms, other)}
    return protocol.novation(terms, **(named | changes))


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("free", [0, 1, PAYMENT - 1, PAYMENT, PAYMENT + 1])
def test_novate_moves_one_side_and_the_payment(open_day: Protocol, side: str, free: int) -> None:
    """The id, the other side and all that is locked stay; the payment comes from the free balance first, the rest from
    the wallet, and goes into the leaving side's free balance."""
    terms, forward_id = open_day.booked()
    if free:
        open_day.send(open_day.escrow.deposit, free, by=open_day.outsider)
    record, before = open_day.escrow.forward(forward_id), open_day.money()
    message = moving(open_day, terms, side)
    receipt = open_day.novate(message)

    pulled = max(0, PAYMENT - free)
    fields = {
        "id": forward_id,
        "outgoing": getattr(terms, side),
        "incoming": open_day.outsider.address,
        "novation": open_day.digest_of(message),
        "payment": PAYMENT,
    }
    transfers = [transfer_event(open_day.outsider.address, open_day.escrow.address, pulled)] if pulled else []
    assert receipt.events == [("escrow", "ForwardNovated", fields), *transfers]
    assert open_day.escrow.forward(forward_id) == record._replace(**{side: open_day.outsider.address})
    expected = before | {
        side: (before[side][0] + PAYMENT, before[side][1]),
        "outsider": (max(0, free - PAYMENT), before["outsider"][1] - pulled),
        "escrow": (0, before["escrow"][1] + pulled),
    }
    assert open_day.money() == expected
    assert open_day.escrow.has_left(forward_id, getattr(terms, side))
    assert not open_day.escrow.has_left(forward_id, open_day.outsider.address)


@pytest.mark.parametrize("side", ["long", "short"])
def test_the_new_side_is_paid_at_settlement(open_day: Protocol, side: str) -> None:
    """What was locked by the one who left is the new side's."""
    terms, forward_id = open_day.booked()
    open_day.novate(moving(open_day, terms, side, payment=0))
    open_day.mature(terms, 4_320_000)
    before = open_day.money()
    open_day.send(open_day.escrow.settle, forward_id, by=open_day.desk)
    paid = dict(
        zip(
            ("long", "short"),
            payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=4_320_000),
            strict=True,
        )
    )
    paid["outsider"] = paid.pop(side)
    assert open_day.money() == {name: (free + paid.get(name, 0), wallet) for name, (free, wallet) in before.items()}


def test_a_novation_for_nothing_moves_no_money(open_day: Protocol) -> None:
    """Even a party with empty pockets can enter where nothing is paid."""
    terms, _ = open_day.booked()
    poor = party("desk")
    before = open_day.money()
    receipt = open_day.novate(open_day.novation(terms, incoming=poor.address, payment=0))
    assert [name for _, name, _ in receipt.events] == ["ForwardNovated"]
    assert open_day.money() == before


def test_both_sides_can_be_moved_one_after_the_other(open_day: Protocol) -> None:
    """The remaining side of the first novation leaves by the second."""
    terms, forward_id = open_day.booked()
    desk, outsider = open_day.desk.address, open_day.outsider.address
    open_day.novate(open_day.novation(terms))
    open_day.novate(open_day.novation(terms, outgoing=terms.short, incoming=desk, remaining=outsider, payment=0))
    record = open_day.escrow.forward(forward_id)
    assert (record.long, record.short) == (outsider, desk)
    open_day.terminate(open_day.termination(terms, long=outsider, short=desk))


def test_the_largest_payment_is_all_that_is_locked(open_day: Protocol) -> None:
    """2B, to the micro."""
    terms, _ = open_day.booked()
    for payment in (2 * B + 1, 2**256 - 1):
        with refused("escrow: payment too large"):
            open_day.novate(open_day.novation(terms, payment=payment))
    open_day.novate(open_day.novation(terms, payment=2 * B))


@pytest.mark.parametrize("lacking", ["allowance", "balance"])
def test_a_payment_that_does_not_arrive_moves_nothing(open_day: Protocol, lacking: str) -> None:
    """The forward stays whose it was."""
    terms, forward_id = open_day.booked()
    record, message = open_day.escrow.forward(forward_id), open_day.novation(terms)
    if lacking == "allowance":
        open_day.token.approve(open_day.escrow.address, 0, sender=open_day.outsider.address)
        open_day.token.approve(open_day.escrow.address, PAYMENT - 1, sender=open_day.outsider.address)
    else:
        open_day.token.transfer(open_day.desk.address, FUNDS - PAYMENT + 1, sender=open_day.outsider.address)
    before = open_day.money()
    with refused(f"usdt: {lacking} too low"):
        open_day.novate(message)
    assert open_day.money() == before
    assert open_day.escrow.forward(forward_id) == record
    assert not open_day.escrow.has_left(forward_id, terms.long)
    open_day.fund(open_day.outsider)
    open_day.novate(message)


def test_with_a_token_fee_only_free_balances_pay(open_day: Protocol) -> None:
    """A pull that arrives short reverts; a payment from the free balance needs no token."""
    terms, _ = open_day.booked()
    open_day.send(open_day.escrow.deposit, PAYMENT, by=open_day.outsider)
    open_day.send(open_day.token.set_fee, 1, 0, by=open_day.issuer)
    open_day.send(open_day.token.set_fee, 19, 49 * 10**6, by=open_day.issuer)
    with refused("ledger: token did not deliver"):
        open_day.novate(open_day.novation(terms, payment=PAYMENT + 10**6))
    open_day.novate(open_day.novation(terms, payment=PAYMENT))


@pytest.mark.parametrize("late", [False, True])
def test_the_deadline_is_the_last_second(open_day: Protocol, late: bool) -> None:
    """At it, not after it."""
    terms, _ = open_day.booked()
    message = open_day.novation(terms)
    open_day.travel(message.deadline + late)
    if late:
        with refused("escrow: message expired"):
            open_day.novate(message)
        message = open_day.novation(terms)
    open_day.novate(message)


@pytest.mark.parametrize("late", [False, True])
def test_novate_ends_a_second_before_maturity(open_day: Protocol, late: bool) -> None:
    """From maturity on the sides are fixed."""
    terms, _ = open_day.booked()
    message = open_day.novation(terms, deadline=terms.maturity + DAY)
    open_day.travel(terms.maturity - 1 + late)
    if late:
        with refused("escrow: maturity has come"):
            open_day.novate(message)
    else:
        open_day.novate(message)


def test_novate_of_what_is_not_active_reverts(open_day: Protocol) -> None:
    """Never booked, revoked, terminated or settled."""
    unbooked, revoked = open_day.terms(), open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, revoked.as_tuple(), by=open_day.long)
    terminated, _ = open_day.booked()
    open_day.terminate(open_day.termination(terminated))
    settled, settled_id = open_day.booked()
    for terms in (unbooked, revoked, terminated):
        with refused("escrow: forward not active"):
            open_day.novate(open_day.novation(terms))
    open_day.mature(settled, SPOT)
    open_day.send(open_day.escrow.settle, settled_id, by=open_day.outsider)
    with refused("escrow: forward not active"):
        open_day.novate(open_day.novation(settled))


@pytest.mark.parametrize("account", ["outsider", "desk", "zero"])
def test_only_a_side_can_leave(open_day: Protocol, account: str) -> None:
    """Zero and strangers are none."""
    terms, _ = open_day.booked()
    outgoing = ZERO if account == "zero" else getattr(open_day, account).address
    with refused("escrow: outgoing is no side"):
        open_day.novate(open_day.novation(terms, outgoing=outgoing, incoming=open_day.owner.address))
    open_day.novate(open_day.novation(terms))


@pytest.mark.parametrize("side", ["long", "short"])
def test_the_remaining_side_is_the_other_one(open_day: Protocol, side: str) -> None:
    """Nobody moves a side behind its counterparty's back, in another's name or in the leaving side's own."""
    terms, _ = open_day.booked()
    for remaining in (open_day.desk.address, open_day.outsider.address, getattr(terms, side), ZERO):
        with refused("escrow: remaining is no side"):
            open_day.novate(moving(open_day, terms, side, remaining=remaining))
    open_day.novate(moving(open_day, terms, side))


@pytest.mark.parametrize("side", ["long", "short"])
def test_who_enters_is_an_account_of_its_own(open_day: Protocol, side: str) -> None:
    """Neither zero, nor the escrow, nor a side already."""
    terms, _ = open_day.booked()
    for incoming in (ZERO, open_day.escrow.address):
        with refused("escrow: bad incoming"):
            open_day.novate(moving(open_day, terms, side, incoming=incoming))
    for incoming in (terms.long, terms.short):
        with refused("escrow: incoming is a side"):
            open_day.novate(moving(open_day, terms, side, incoming=incoming, payment=0))
    open_day.novate(moving(open_day, terms, side))


@pytest.mark.parametrize("role", ROLES)
def test_novate_needs_the_approval_of_all_three(open_day: Protocol, role: str) -> None:
    """Not another's, not one of another message, not none."""
    terms, forward_id = open_day.booked()
    message = open_day.novation(terms)
    signed = open_day.signatures(message)
    stale = open_day.signatures(replace(message, payment=message.payment - 1))[role]
    others = [signature for name, signature in signed.items() if name != role]
    for approval in (b"", *others, stale, signed[role][:64], signed[role] + b"\0"):
        before, record = open_day.money(), open_day.escrow.forward(forward_id)
        with refused(f"escrow: {role} has not agreed"):
            open_day.novate(message, **{role: approval})
        assert (open_day.money(), open_day.escrow.forward(forward_id)) == (before, record)
    open_day.novate(message)


def test_a_novation_executes_once(open_day: Protocol) -> None:
    """The one that left is no side any more."""
    terms, _ = open_day.booked()
    message = open_day.novation(terms)
    open_day.novate(message)
    with refused("escrow: outgoing is no side"):
        open_day.novate(message)


@pytest.mark.parametrize("side", ["long", "short"])
def test_who_has_left_never_comes_back(open_day: Protocol, side: str) -> None:
    """On neither side: what it approved before leaving stays dead. Another account of the same owner can enter."""
    terms, forward_id = open_day.booked()
    left = getattr(terms, side)
    open_day.novate(moving(open_day, terms, side, payment=0))
    record = open_day.escrow.forward(forward_id)
    for outgoing, remaining in ((record.long, record.short), (record.short, record.long)):
        with refused("escrow: incoming left before"):
            open_day.novate(open_day.novation(terms, outgoing=outgoing, incoming=left, remaining=remaining, payment=0))
    sides = {"outgoing": open_day.outsider.address, "remaining": record.short if side == "long" else record.long}
    open_day.novate(open_day.novation(terms, incoming=open_day.owner.address, payment=0, **sides))


def test_leaving_one_forward_is_leaving_no_other(open_day: Protocol) -> None:
    """The bar is of one id."""
    first, _ = open_day.booked()
    open_day.novate(open_day.novation(first, payment=0))
    second = open_day.terms(long=open_day.short.address, short=open_day.outsider.address)
    open_day.book(second, open_day.short.sign(open_day.id_of(second)), open_day.outsider.sign(open_day.id_of(second)))
    open_day.novate(
        open_day.novation(
            second, outgoing=second.short, incoming=open_day.long.address, remaining=second.long, payment=0
        )
    )


def everything_goes_wrong(protocol: Protocol, terms: Terms) -> None:
    """Paused, delisted, no desk, the token paused."""
    protocol.send(protocol.escrow.pause_booking, by=protocol.guardian)
    protocol.send(protocol.escrow.delist_underlying, terms.underlying, by=protocol.owner)
    protocol.send(protocol.escrow.set_desk, ZERO, by=protocol.owner)
    protocol.send(protocol.token.set_paused, True, by=protocol.issuer)


def test_no_role_can_stop_a_novation(open_day: Protocol) -> None:
    """With the payment in the free balance, the token cannot either."""
    terms, _ = open_day.booked()
    open_day.send(open_day.escrow.deposit, PAYMENT, by=open_day.outsider)
    everything_goes_wrong(open_day, terms)
    open_day.novate(open_day.novation(terms))


@pytest.mark.parametrize("role", ["long", "short", "desk", "owner", "outsider"])
def test_anyone_executes_what_all_three_approved(open_day: Protocol, role: str) -> None:
    """Who sends it changes nothing, and pays nothing."""
    terms, _ = open_day.booked()
    who: Party = getattr(open_day, role)
    open_day.novate(open_day.novation(terms), by=who)

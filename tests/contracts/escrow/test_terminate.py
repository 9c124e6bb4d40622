"""`terminate`: both sides end a forward before its maturity, at a price of their own."""

from dataclasses import replace

import pytest
from support.protocol import DAY, PRICE, SPOT, ZERO, Protocol, refused

from ifx_sdk.payoff import payouts
from ifx_sdk.terms import Terms

B = 8_000_000_000_000
TERMINATED = 4
LARGEST = 2**40 - 1


@pytest.mark.parametrize(
    ("price", "long_payout"),
    [
        (6_000_000, 6_550_000_000_000),
        (PRICE, B),
        (SPOT, 8_550_000_000_000),
        (0, 550_000_000_000),
        (15_450_000, 2 * B),
        (LARGEST, 2 * B),
    ],
)
def test_terminate_pays_by_the_same_payoff_formula(open_day: Protocol, price: int, long_payout: int) -> None:
    """The agreed price takes the place of F_ref, clamp included; the fee stays where it is and no token moves."""
    terms, forward_id = open_day.booked()
    message = open_day.termination(terms, price=price)
    before = open_day.money()
    receipt = open_day.terminate(message)

    paid = {"long": long_payout, "short": 2 * B - long_payout}
    assert tuple(paid.values()) == payouts(price=PRICE, spot=SPOT, quantity=terms.quantity, settlement=price)
    fields = {
        "id": forward_id,
        "termination": open_day.digest_of(message),
        "price": price,
        "long_payout": paid["long"],
        "short_payout": paid["short"],
    }
    assert receipt.events == [("escrow", "ForwardTerminated", fields)]
    assert open_day.money() == {name: (free + paid.get(name, 0), wallet) for name, (free, wallet) in before.items()}


def test_the_record_keeps_everything_but_the_status(open_day: Protocol) -> None:
    """A terminated forward can be read for ever."""
    terms, forward_id = open_day.booked()
    record = open_day.escrow.forward(forward_id)
    open_day.terminate(open_day.termination(terms))
    assert open_day.escrow.forward(forward_id) == record._replace(status=TERMINATED)


@pytest.mark.parametrize("role", ["long", "short", "desk", "owner", "outsider"])
def test_anyone_executes_what_both_approved(open_day: Protocol, role: str) -> None:
    """Who sends it changes nothing."""
    terms, _ = open_day.booked()
    open_day.terminate(open_day.termination(terms), by=getattr(open_day, role))


@pytest.mark.parametrize("late", [False, True])
def test_the_deadline_is_the_last_second(open_day: Protocol, late: bool) -> None:
    """At it, not after it."""
    terms, _ = open_day.booked()
    message = open_day.termination(terms)
    open_day.travel(message.deadline + late)
    if late:
        with refused("escrow: message expired"):
            open_day.terminate(message)
        message = open_day.termination(terms)
    open_day.terminate(message)


@pytest.mark.parametrize("posted", [False, True])
def test_terminate_ends_a_second_before_maturity(open_day: Protocol, posted: bool) -> None:
    """From maturity on only fixings decide, whether there is one yet or not."""
    terms, forward_id = open_day.booked()
    last = open_day.termination(terms, deadline=terms.maturity + DAY)
    if posted:
        open_day.mature(terms, 4_320_000)
    else:
        open_day.travel(terms.maturity)
    with refused("escrow: maturity has come"):
        open_day.terminate(last)
    assert open_day.escrow.is_settleable(forward_id) == posted


def test_terminate_in_the_last_second_works(open_day: Protocol) -> None:
    """23:59:59 before the maturity day is before maturity."""
    terms, _ = open_day.booked()
    last = open_day.termination(terms, deadline=terms.maturity + DAY)
    open_day.travel(terms.maturity - 1)
    open_day.terminate(last)


def test_terminate_of_what_is_not_active_reverts(open_day: Protocol) -> None:
    """Never booked, revoked, terminated or settled: each refused with nothing moved."""
    unbooked, revoked = open_day.terms(), open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, revoked.as_tuple(), by=open_day.long)
    terminated, _ = open_day.booked()
    open_day.terminate(open_day.termination(terminated))
    for terms in (unbooked, revoked, terminated):
        before = open_day.money()
        with refused("escrow: forward not active"):
            open_day.terminate(open_day.termination(terms))
        assert open_day.money() == before
    settled, settled_id = open_day.booked()
    open_day.mature(settled, SPOT)
    open_day.send(open_day.escrow.settle, settled_id, by=open_day.outsider)
    with refused("escrow: forward not active"):
        open_day.terminate(open_day.termination(settled))


@pytest.mark.parametrize(("side", "reason"), [("long", "escrow: not its long"), ("short", "escrow: not its short")])
@pytest.mark.parametrize("other", ["outsider", "desk", "the other side", "zero"])
def test_terminate_names_both_sides_of_the_record(open_day: Protocol, side: str, reason: str, other: str) -> None:
    """A message in anyone else's name is refused, whoever approved it."""
    terms, _ = open_day.booked()
    account = {
        "outsider": open_day.outsider.address,
        "desk": open_day.desk.address,
        "the other side": terms.short if side == "long" else terms.long,
        "zero": ZERO,
    }[other]
    with refused(reason):
        open_day.terminate(open_day.termination(terms, **{side: account}))
    open_day.terminate(open_day.termination(terms))


def test_terminate_for_swapped_sides_reverts(open_day: Protocol) -> None:
    """Both signed, but each for the other's side."""
    terms, _ = open_day.booked()
    with refused("escrow: not its long"):
        open_day.terminate(open_day.termination(terms, long=terms.short, short=terms.long))


@pytest.mark.parametrize("price", [LARGEST + 1, 2**256 - 1])
def test_terminate_at_a_price_no_fixing_can_have_reverts(open_day: Protocol, price: int) -> None:
    """So the payoff cannot overflow; the largest price works."""
    terms, _ = open_day.booked()
    with refused("escrow: agreed price too large"):
        open_day.terminate(open_day.termination(terms, price=price))
    open_day.terminate(open_day.termination(terms, price=LARGEST))


@pytest.mark.parametrize("side", ["long", "short"])
def test_terminate_needs_each_sides_approval(open_day: Protocol, side: str) -> None:
    """Not the other's, not one of another message, not none."""
    terms, forward_id = open_day.booked()
    message = open_day.termination(terms)
    signed = open_day.signatures(message)
    other = signed["short" if side == "long" else "long"]
    stale = open_day.signatures(replace(message, price=message.price + 1))[side]
    for approval in (
        b"",
        other,
        stale,
        signed[side][:64],
        signed[side] + b"\0",
        getattr(open_day, side).sign(forward_id),
    ):
        before = open_day.money()
        with refused(f"escrow: {side} has not agreed"):
            open_day.terminate(message, **{side: approval})
        assert open_day.money() == before
    open_day.terminate(message)


def test_a_terminated_forward_is_not_settled(open_day: Protocol) -> None:
    """Neither alone nor in a batch, at maturity or later."""
    terms, forward_id = open_day.booked()
    open_day.terminate(open_day.termination(terms))
    open_day.mature(terms, 4_320_000)
    assert not open_day.escrow.is_settleable(forward_id)
    before = open_day.money()
    with refused("escrow: not active"):
        open_day.send(open_day.escrow.settle, forward_id, by=open_day.long)
    assert open_day.send(open_day.escrow.settle_many, [forward_id], by=open_day.long).events == []
    assert open_day.money() == before


def test_terms_of_a_terminated_forward_never_book_again(open_day: Protocol) -> None:
    """Its id is used up, the same day and with the same approvals."""
    terms, _ = open_day.booked()
    open_day.terminate(open_day.termination(terms))
    with refused("escrow: already booked"):
        open_day.book(terms)


def everything_goes_wrong(protocol: Protocol, terms: Terms) -> None:
    """Paused, delisted, no desk, the token paused with a fee switched on."""
    protocol.send(protocol.escrow.pause_booking, by=protocol.guardian)
    protocol.send(protocol.escrow.delist_underlying, terms.underlying, by=protocol.owner)
    protocol.send(protocol.escrow.set_desk, ZERO, by=protocol.owner)
    protocol.send(protocol.token.set_fee, 19, 49 * 10**6, by=protocol.issuer)
    protocol.send(protocol.token.set_paused, True, by=protocol.issuer)


def test_no_role_and_no_token_can_stop_a_termination(open_day: Protocol) -> None:
    """It needs the two sides alone."""
    terms, _ = open_day.booked()
    everything_goes_wrong(open_day, terms)
    open_day.terminate(open_day.termination(terms))

"""The escrow's views: what they say in every state of a forward."""

import boa
import pytest
from support.protocol import DAY, GPT, LOT, PRICE, SPOT, ZERO, Protocol, refused

from ifx_sdk.payoff import payouts

NONE = {
    "long": ZERO,
    "short": ZERO,
    "underlying": 0,
    "quantity": 0,
    "price": 0,
    "spot": 0,
    "maturity_day": 0,
    "averaging_days": 0,
    "status": 0,
}


def test_forward_is_all_zero_where_there_is_none(open_day: Protocol) -> None:
    """Unknown ids and terms that are only signed have no record; a revocation leaves its status alone."""
    terms = open_day.terms()
    forward_id = open_day.id_of(terms)
    assert open_day.escrow.forward(b"\0" * 32)._asdict() == NONE
    assert open_day.escrow.forward(forward_id)._asdict() == NONE
    open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.long)
    assert open_day.escrow.forward(forward_id)._asdict() == NONE | {"status": 1}


def test_terms_hash_answers_for_any_terms(protocol: Protocol) -> None:
    """Also for terms that could never be booked."""
    for terms in (protocol.terms(), protocol.terms(long=ZERO, short=ZERO, quantity=0, price=2**256 - 1, spot=0)):
        assert bytes(protocol.escrow.terms_hash(terms.as_tuple())) == protocol.id_of(terms)


@pytest.mark.parametrize("price", [0, 1, PRICE - 1, PRICE, SPOT, 15_450_000, 15_450_001, 2**40 - 1])
def test_payouts_add_up_to_both_prefundings(open_day: Protocol, price: int) -> None:
    """At every price, and before settlement as after it."""
    terms, forward_id = open_day.booked()
    expected = payouts(price=PRICE, spot=SPOT, quantity=10 * LOT, settlement=price)
    assert tuple(open_day.escrow.payouts(forward_id, price)) == expected
    assert sum(expected) == 2 * SPOT * 10 * LOT
    open_day.mature(terms, SPOT)
    open_day.escrow.settle(forward_id)
    assert tuple(open_day.escrow.payouts(forward_id, price)) == expected


def test_payouts_of_no_forward_reverts(open_day: Protocol) -> None:
    """Neither an unknown id nor a revoked one pays; a booked one does."""
    terms = open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.long)
    for nothing in (b"\0" * 32, open_day.id_of(terms)):
        with refused("escrow: no such forward"):
            open_day.escrow.payouts(nothing, 1)
    open_day.escrow.payouts(open_day.booked()[1], 1)


@pytest.mark.parametrize("price", [2**40, 2**256 - 1])
def test_payouts_at_no_price_reverts(open_day: Protocol, price: int) -> None:
    """A price has 40 bits; the largest is answered."""
    _, forward_id = open_day.booked()
    with refused("escrow: price too large"):
        open_day.escrow.payouts(forward_id, price)
    open_day.escrow.payouts(forward_id, 2**40 - 1)


def test_is_settleable_says_whether_settle_would_succeed(open_day: Protocol) -> None:
    """False for nothing, for revoked, before maturity and while uncertain; true then; false once settled."""
    terms, forward_id = open_day.booked()
    revoked = open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, revoked.as_tuple(), by=open_day.long)

    def answers() -> tuple[bool, bool]:
        said = open_day.escrow.is_settleable(forward_id)
        try:
            open_day.escrow.settle(forward_id, simulate=True)
        except boa.BoaError:
            return said, False
        return said, True

    for nothing in (b"\0" * 32, b"\xff" * 32, open_day.id_of(revoked)):
        assert not open_day.escrow.is_settleable(nothing)
    assert answers() == (False, False)
    open_day.travel(terms.maturity - 1)
    assert answers() == (False, False)
    open_day.travel(terms.maturity)
    assert answers() == (False, False)
    open_day.travel(terms.maturity + 3 * DAY - 1)
    assert answers() == (False, False)
    open_day.travel(terms.maturity + 3 * DAY)
    assert answers() == (True, True)
    open_day.escrow.settle(forward_id)
    assert answers() == (False, False)


def test_is_approved_is_about_approvals_on_chain(open_day: Protocol) -> None:
    """A signature leaves none; booking uses none up."""
    terms = open_day.terms()
    forward_id = open_day.id_of(terms)
    open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=open_day.long)
    open_day.book(terms, long_approval=b"")
    assert open_day.escrow.is_approved(forward_id, open_day.long.address)
    assert not open_day.escrow.is_approved(forward_id, open_day.short.address)


def test_lot_of_is_zero_where_nothing_is_listed(protocol: Protocol) -> None:
    """For unknown names and the empty one."""
    assert [protocol.escrow.lot_of(name) for name in (GPT, "openai/gpt-9", "")] == [LOT, 0, 0]


def test_the_roles_and_contracts_are_public(protocol: Protocol) -> None:
    """As they were set at deployment."""
    escrow = protocol.escrow
    assert (escrow.owner(), escrow.pending_owner()) == (protocol.owner.address, ZERO)
    assert (escrow.desk(), escrow.guardian()) == (protocol.desk.address, protocol.guardian.address)
    assert escrow.fee_recipient() == protocol.fee_recipient.address
    assert (escrow.token(), escrow.oracle()) == (protocol.token.address, protocol.oracle.address)
    assert escrow.paused_until() == 0
    assert escrow.balance_of(protocol.long.address) == 0

"""`approve_terms`: a side that cannot sign approves on chain."""

from dataclasses import replace

import pytest
from support.protocol import Protocol, booked_event, refused


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_side_approves_on_chain(protocol: Protocol, side: str) -> None:
    """The approval is recorded for that side alone, and locks nothing."""
    terms, who = protocol.terms(), getattr(protocol, side)
    forward_id, before = protocol.id_of(terms), protocol.money()
    receipt = protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=who)

    assert receipt.events == [("escrow", "Approved", {"id": forward_id, "account": who.address})]
    approved = {role: protocol.escrow.is_approved(forward_id, getattr(protocol, role)) for role in ("long", "short")}
    assert approved == {"long": side == "long", "short": side == "short"}
    assert protocol.money() == before


def test_an_approval_on_chain_books_with_empty_bytes(open_day: Protocol) -> None:
    """Both sides may approve on chain; the desk then gives nothing for them."""
    terms = open_day.terms()
    for side in (open_day.long, open_day.short):
        open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=side)
    assert open_day.book(terms, b"", b"").events[0] == booked_event(terms, open_day.id_of(terms))


def test_an_approval_on_chain_is_for_its_terms_alone(open_day: Protocol) -> None:
    """Other terms, be it by their salt only, are not approved."""
    terms = open_day.terms()
    open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=open_day.long)
    with refused("escrow: long has not approved"):
        open_day.book(replace(terms, salt=b"\xff" * 32), long_approval=b"")
    open_day.book(terms, long_approval=b"")


def test_the_approval_of_one_side_is_not_the_others(open_day: Protocol) -> None:
    """What the long approved does not bind the short."""
    terms = open_day.terms()
    open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=open_day.long)
    with refused("escrow: short has not approved"):
        open_day.book(terms, b"", b"")
    open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=open_day.short)
    open_day.book(terms, b"", b"")


@pytest.mark.parametrize("role", ["desk", "owner", "guardian", "outsider"])
def test_approve_terms_of_others_reverts(protocol: Protocol, role: str) -> None:
    """Nobody approves for a side, not the desk either; the side itself does."""
    terms = protocol.terms()
    with refused("escrow: not a side"):
        protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=getattr(protocol, role))
    protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=protocol.long)


def test_approve_terms_once_revoked_reverts(protocol: Protocol) -> None:
    """A revocation is final, for either side; before it the approval is taken."""
    terms = protocol.terms()
    protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=protocol.long)
    protocol.send(protocol.escrow.revoke_terms, terms.as_tuple(), by=protocol.long)
    for side in (protocol.long, protocol.short):
        with refused("escrow: approval too late"):
            protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=side)


def test_approve_terms_once_booked_reverts(open_day: Protocol) -> None:
    """What is booked needs no approval any more."""
    terms, _ = open_day.booked()
    with refused("escrow: approval too late"):
        open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=open_day.long)


def test_approving_twice_changes_nothing(protocol: Protocol) -> None:
    """The second approval logs again and leaves the same state."""
    terms = protocol.terms()
    first = protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=protocol.long)
    second = protocol.send(protocol.escrow.approve_terms, terms.as_tuple(), by=protocol.long)
    assert first.events == second.events
    assert protocol.escrow.is_approved(protocol.id_of(terms), protocol.long.address)

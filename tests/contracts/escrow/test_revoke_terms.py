"""`revoke_terms`: a side withdraws from terms that are not booked, for ever."""

from dataclasses import replace

import pytest
from support.protocol import Protocol, refused

REVOKED = 1


@pytest.mark.parametrize("side", ["long", "short"])
def test_either_side_revokes(open_day: Protocol, side: str) -> None:
    """The record says so, and both signatures together no longer book."""
    terms, who = open_day.terms(), getattr(open_day, side)
    forward_id = open_day.id_of(terms)
    receipt = open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=who)

    assert receipt.events == [("escrow", "Revoked", {"id": forward_id, "account": who.address})]
    record = open_day.escrow.forward(forward_id)
    assert record.status == REVOKED
    assert set(tuple(record)[2:8]) == {0}
    before = open_day.money()
    with refused("escrow: terms revoked"):
        open_day.book(terms)
    assert open_day.money() == before


def test_a_revocation_beats_an_approval_on_chain(open_day: Protocol) -> None:
    """What the side approved on chain before is void too."""
    terms = open_day.terms()
    for side in (open_day.long, open_day.short):
        open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=side)
    open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.long)
    with refused("escrow: terms revoked"):
        open_day.book(terms, b"", b"")


def test_a_revocation_is_of_its_terms_alone(open_day: Protocol) -> None:
    """The same forward under a new salt can be booked."""
    terms = open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.long)
    open_day.book(replace(terms, salt=b"\xff" * 32))


@pytest.mark.parametrize("role", ["desk", "owner", "guardian", "outsider"])
def test_revoke_terms_of_others_reverts(open_day: Protocol, role: str) -> None:
    """An outsider, the desk included, cannot kill a trade: it still books."""
    terms = open_day.terms()
    with refused("escrow: only a side revokes"):
        open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=getattr(open_day, role))
    open_day.book(terms)


def test_an_outsiders_own_terms_do_not_touch_another_trade(open_day: Protocol) -> None:
    """Naming oneself as a side makes other terms, with another id."""
    terms = open_day.terms()
    mine = replace(terms, long=open_day.outsider.address)
    open_day.send(open_day.escrow.revoke_terms, mine.as_tuple(), by=open_day.outsider)
    open_day.book(terms)


def test_revoke_terms_twice_reverts(protocol: Protocol) -> None:
    """The first revocation is final, for the other side as well."""
    terms = protocol.terms()
    protocol.send(protocol.escrow.revoke_terms, terms.as_tuple(), by=protocol.long)
    for side in (protocol.long, protocol.short):
        with refused("escrow: revocation too late"):
            protocol.send(protocol.escrow.revoke_terms, terms.as_tuple(), by=side)


def test_revoke_terms_once_booked_or_settled_reverts(open_day: Protocol) -> None:
    """A booked forward stands, through its settlement."""
    terms, forward_id = open_day.booked()
    with refused("escrow: revocation too late"):
        open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.long)
    open_day.mature(terms, 4_320_000)
    open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)
    with refused("escrow: revocation too late"):
        open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.short)


def test_revoking_works_while_booking_is_paused(protocol: Protocol) -> None:
    """Nobody is held to terms by a pause."""
    protocol.escrow.pause_booking(sender=protocol.guardian.address)
    protocol.send(protocol.escrow.revoke_terms, protocol.terms().as_tuple(), by=protocol.long)

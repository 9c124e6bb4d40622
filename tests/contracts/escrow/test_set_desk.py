"""`set_desk`: who books."""

import pytest
from support.protocol import ZERO, Protocol, party, refused


def test_the_new_desk_books_and_the_old_does_not(open_day: Protocol) -> None:
    """From the same block on."""
    heir = party("new desk")
    receipt = open_day.send(open_day.escrow.set_desk, heir, by=open_day.owner)
    assert receipt.events == [("escrow", "DeskSet", {"previous": open_day.desk.address, "desk": heir.address})]
    assert open_day.escrow.desk() == heir.address
    terms = open_day.terms()
    with refused("escrow: not the desk"):
        open_day.book(terms)
    open_day.book(terms, by=heir)


def test_without_a_desk_nobody_books(open_day: Protocol) -> None:
    """The zero address stops booking, until a desk is named again."""
    open_day.escrow.set_desk(ZERO, sender=open_day.owner.address)
    terms = open_day.terms()
    for who in (open_day.desk, open_day.owner):
        with refused("escrow: not the desk"):
            open_day.book(terms, by=who)
    open_day.escrow.set_desk(open_day.desk.address, sender=open_day.owner.address)
    open_day.book(terms)


def test_a_hostile_desk_books_nothing_but_what_both_sides_approved(open_day: Protocol) -> None:
    """It cannot take a side's money on terms of its own."""
    terms = open_day.terms(short=open_day.desk.address, price=16_000_000)
    with refused("escrow: long has not approved"):
        open_day.book(terms, b"", open_day.desk.sign(open_day.id_of(terms)))


@pytest.mark.parametrize("role", ["desk", "guardian", "long", "outsider"])
def test_set_desk_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone, not the desk itself."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.escrow.set_desk, protocol.outsider, by=getattr(protocol, role))
    assert protocol.escrow.desk() == protocol.desk.address

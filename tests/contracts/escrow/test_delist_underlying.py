"""`delist_underlying`: no new bookings on a name; booked ones go on."""

import pytest
from support.protocol import GPT, LOT, LUNA, SPOT, Protocol, refused


def test_a_delisted_name_cannot_be_booked(open_day: Protocol) -> None:
    """Until it is listed again; other names are untouched."""
    receipt = open_day.send(open_day.escrow.delist_underlying, GPT, by=open_day.owner)
    assert receipt.events == [("escrow", "UnderlyingListed", {"index": 1, "previous_lot": LOT, "lot": 0})]
    assert (open_day.escrow.lot_of(GPT), open_day.escrow.lot_of(LUNA)) == (0, LOT)
    terms = open_day.terms()
    with refused("escrow: not listed"):
        open_day.book(terms)
    relisted = open_day.send(open_day.escrow.list_underlying, GPT, LOT, by=open_day.owner)
    assert relisted.events == [("escrow", "UnderlyingListed", {"index": 1, "previous_lot": 0, "lot": LOT})]
    open_day.book(terms)


def test_a_booked_forward_settles_though_delisted(open_day: Protocol) -> None:
    """Delisting cannot touch it."""
    terms, forward_id = open_day.booked()
    open_day.escrow.delist_underlying(GPT, sender=open_day.owner.address)
    open_day.mature(terms, SPOT)
    open_day.escrow.settle(forward_id)
    assert open_day.escrow.balance_of(open_day.long.address) == 8_550_000_000_000


@pytest.mark.parametrize("name", ["", "openai/gpt-9"])
def test_delisting_what_is_not_listed_reverts(protocol: Protocol, name: str) -> None:
    """Neither an unknown name nor the same one twice."""
    with refused("escrow: nothing to delist"):
        protocol.send(protocol.escrow.delist_underlying, name, by=protocol.owner)
    protocol.send(protocol.escrow.delist_underlying, GPT, by=protocol.owner)
    with refused("escrow: nothing to delist"):
        protocol.send(protocol.escrow.delist_underlying, GPT, by=protocol.owner)


@pytest.mark.parametrize("role", ["desk", "guardian", "long", "outsider"])
def test_delisting_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone delists."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.escrow.delist_underlying, GPT, by=getattr(protocol, role))
    assert protocol.escrow.lot_of(GPT) == LOT

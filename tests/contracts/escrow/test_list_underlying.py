"""`list_underlying`: the owner allows bookings on a name, in multiples of a lot."""

import pytest
from support.protocol import GPT, LOT, Protocol, refused

NEW = "anthropic/claude-opus-4.8"


def listed(index: int, previous_lot: int, lot: int) -> list[object]:
    return [("escrow", "UnderlyingListed", {"index": index, "previous_lot": previous_lot, "lot": lot})]


def test_a_listed_name_can_be_booked(open_day: Protocol) -> None:
    """From its listing on, under the oracle's index."""
    open_day.oracle.add_underlying(NEW, False, sender=open_day.owner.address)
    open_day.post(underlying=NEW)
    terms = open_day.terms(underlying=NEW)
    with refused("escrow: not listed"):
        open_day.book(terms)
    receipt = open_day.send(open_day.escrow.list_underlying, NEW, 500_000, by=open_day.owner)
    assert receipt.events == listed(4, 0, 500_000)
    assert open_day.escrow.lot_of(NEW) == 500_000
    open_day.book(terms)
    assert open_day.escrow.forward(open_day.id_of(terms)).underlying == 4


def test_listing_again_changes_the_lot(protocol: Protocol) -> None:
    """The old lot is in the event."""
    receipt = protocol.send(protocol.escrow.list_underlying, GPT, 1, by=protocol.owner)
    assert receipt.events == listed(1, LOT, 1)
    assert protocol.escrow.lot_of(GPT) == 1


@pytest.mark.parametrize("lot", [0, 2**40, 2**256 - 1])
def test_a_lot_out_of_range_reverts(protocol: Protocol, lot: int) -> None:
    """A lot is 1 to 2^40 - 1 Mtok, so that it fits its field."""
    with refused("escrow: bad lot"):
        protocol.send(protocol.escrow.list_underlying, GPT, lot, by=protocol.owner)
    for edge in (1, 2**40 - 1):
        protocol.send(protocol.escrow.list_underlying, GPT, edge, by=protocol.owner)
        assert protocol.escrow.lot_of(GPT) == edge


@pytest.mark.parametrize("name", ["", "openai/gpt-4.1 ", "OpenAI/gpt-4.1", "openai/gpt-9"])
def test_a_name_the_oracle_does_not_know_reverts(protocol: Protocol, name: str) -> None:
    """Only names of the oracle's own list."""
    with refused("escrow: oracle does not know it"):
        protocol.send(protocol.escrow.list_underlying, name, LOT, by=protocol.owner)
    protocol.send(protocol.escrow.list_underlying, GPT, LOT, by=protocol.owner)


@pytest.mark.parametrize("role", ["desk", "guardian", "long", "outsider"])
def test_listing_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone lists."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.escrow.list_underlying, GPT, 1, by=getattr(protocol, role))
    assert protocol.escrow.lot_of(GPT) == LOT

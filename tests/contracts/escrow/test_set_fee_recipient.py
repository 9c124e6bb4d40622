"""`set_fee_recipient`: whose free balance the fees of later bookings are."""

import pytest
from support.protocol import ZERO, Protocol, party, refused

FEE = 74_500_000_000


def test_later_fees_are_the_new_recipients(open_day: Protocol) -> None:
    """What was credited before stays with the old one."""
    open_day.booked()
    heir = party("new recipient")
    receipt = open_day.send(open_day.escrow.set_fee_recipient, heir, by=open_day.owner)
    assert receipt.events == [
        (
            "escrow",
            "FeeRecipientSet",
            {"previous": open_day.fee_recipient.address, "fee_recipient": heir.address},
        )
    ]
    assert open_day.escrow.fee_recipient() == heir.address
    open_day.booked()
    assert open_day.escrow.balance_of(open_day.fee_recipient.address) == FEE
    assert open_day.escrow.balance_of(heir.address) == FEE


def test_nobody_is_no_recipient(protocol: Protocol) -> None:
    """Neither the zero address nor the escrow: their fees could never be withdrawn."""
    for nobody in (ZERO, protocol.escrow.address):
        with refused("escrow: bad fee recipient"):
            protocol.escrow.set_fee_recipient(nobody, sender=protocol.owner.address)
    protocol.escrow.set_fee_recipient(protocol.owner.address, sender=protocol.owner.address)


@pytest.mark.parametrize("role", ["desk", "guardian", "fee_recipient", "outsider"])
def test_set_fee_recipient_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.escrow.set_fee_recipient, protocol.outsider, by=getattr(protocol, role))
    assert protocol.escrow.fee_recipient() == protocol.fee_recipient.address

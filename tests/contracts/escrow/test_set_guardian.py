"""`set_guardian`: who can pause booking."""

import pytest
from support.protocol import ZERO, Protocol, party, refused


def test_the_new_guardian_pauses_and_the_old_does_not(protocol: Protocol) -> None:
    """From the same block on."""
    heir = party("new guardian")
    receipt = protocol.send(protocol.escrow.set_guardian, heir, by=protocol.owner)
    assert receipt.events == [
        ("escrow", "GuardianSet", {"previous": protocol.guardian.address, "guardian": heir.address})
    ]
    assert protocol.escrow.guardian() == heir.address
    with refused("escrow: not the guardian"):
        protocol.escrow.pause_booking(sender=protocol.guardian.address)
    protocol.escrow.pause_booking(sender=heir.address)


def test_without_a_guardian_nobody_pauses(protocol: Protocol) -> None:
    """The zero address leaves booking open."""
    protocol.escrow.set_guardian(ZERO, sender=protocol.owner.address)
    for who in (protocol.guardian, protocol.owner):
        with refused("escrow: not the guardian"):
            protocol.escrow.pause_booking(sender=who.address)


@pytest.mark.parametrize("role", ["desk", "guardian", "long", "outsider"])
def test_set_guardian_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone, not the guardian itself."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.escrow.set_guardian, protocol.outsider, by=getattr(protocol, role))
    assert protocol.escrow.guardian() == protocol.guardian.address

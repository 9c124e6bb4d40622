"""Ownership of the escrow and of the oracle: two steps, and never given up."""

from typing import Any

import pytest
from support.protocol import ZERO, Protocol, party, refused

CONTRACTS = ("escrow", "oracle")


@pytest.fixture(params=CONTRACTS)
def owned(request: pytest.FixtureRequest, protocol: Protocol) -> Any:
    """Each owned contract in turn."""
    return getattr(protocol, request.param)


def test_ownership_moves_in_two_steps(protocol: Protocol, owned: Any) -> None:
    """Named by the old owner, accepted by the new; until then the old one stays."""
    heir, owner = party("heir"), protocol.owner
    source = "escrow" if owned is protocol.escrow else "oracle"
    started = protocol.send(owned.transfer_ownership, heir, by=owner)
    assert started.events == [
        (source, "OwnershipTransferStarted", {"previous_owner": owner.address, "new_owner": heir.address})
    ]
    assert (owned.owner(), owned.pending_owner()) == (owner.address, heir.address)
    accepted = protocol.send(owned.accept_ownership, by=heir)
    assert accepted.events == [
        (source, "OwnershipTransferred", {"previous_owner": owner.address, "new_owner": heir.address})
    ]
    assert (owned.owner(), owned.pending_owner()) == (heir.address, ZERO)


def test_the_old_owner_has_no_power_left(protocol: Protocol) -> None:
    """What the owner could do, only the new one can."""
    heir = party("heir")
    for contract in (protocol.escrow, protocol.oracle):
        contract.transfer_ownership(heir.address, sender=protocol.owner.address)
        contract.accept_ownership(sender=heir.address)
    with refused("ownable: caller is not the owner"):
        protocol.escrow.set_desk(ZERO, sender=protocol.owner.address)
    with refused("ownable: caller is not the owner"):
        protocol.oracle.set_reviewer(ZERO, sender=protocol.owner.address)
    protocol.escrow.set_desk(ZERO, sender=heir.address)
    protocol.oracle.set_reviewer(ZERO, sender=heir.address)


def test_only_the_named_heir_accepts(protocol: Protocol, owned: Any) -> None:
    """Nobody accepts what is not offered to him, and an offer can be withdrawn by naming another."""
    heir = party("heir")
    with refused("ownable_2step: caller is not the new owner"):
        owned.accept_ownership(sender=heir.address)
    owned.transfer_ownership(heir.address, sender=protocol.owner.address)
    with refused("ownable_2step: caller is not the new owner"):
        owned.accept_ownership(sender=protocol.outsider.address)
    owned.transfer_ownership(protocol.outsider.address, sender=protocol.owner.address)
    with refused("ownable_2step: caller is not the new owner"):
        owned.accept_ownership(sender=heir.address)
    owned.accept_ownership(sender=protocol.outsider.address)
    assert owned.owner() == protocol.outsider.address


def test_only_the_owner_offers(protocol: Protocol, owned: Any) -> None:
    """No other role."""
    for who in (protocol.outsider, protocol.desk):
        with refused("ownable: caller is not the owner"):
            owned.transfer_ownership(who.address, sender=who.address)
    assert owned.pending_owner() == ZERO


def test_ownership_cannot_be_renounced(owned: Any) -> None:
    """There is no such function."""
    assert not hasattr(owned, "renounce_ownership")

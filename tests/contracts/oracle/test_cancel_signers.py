"""`cancel_signers`: an announced set is withdrawn before its day."""

import pytest
from support.protocol import DAY, Protocol, party, refused


def schedule(protocol: Protocol, from_day: int) -> list[str]:
    fresh = [party(f"fresh {i}").address for i in range(4)]
    protocol.oracle.schedule_signers(fresh, 3, from_day, sender=protocol.owner.address)
    return fresh


def signers(protocol: Protocol, day: int) -> list[str]:
    return list(protocol.oracle.signers_on(day).signers)


def test_a_cancelled_set_never_takes_effect(protocol: Protocol) -> None:
    """The set in force stays, through the day that had been announced."""
    current = signers(protocol, protocol.today)
    day = protocol.today + 8
    fresh = schedule(protocol, day)
    assert signers(protocol, day) == fresh
    receipt = protocol.send(protocol.oracle.cancel_signers, by=protocol.owner)
    assert receipt.events == [("oracle", "SignersCancelled", {"from_day": day})]
    assert signers(protocol, day) == current
    protocol.travel_to_day(day)
    protocol.post()
    assert signers(protocol, day) == current


def test_a_set_can_be_cancelled_to_its_last_second(protocol: Protocol) -> None:
    """At 23:59:59 of the day before; at 00:00:00 it is in effect and beyond recall."""
    day = protocol.today + 8
    schedule(protocol, day)
    protocol.travel(day * DAY - 1)
    protocol.oracle.cancel_signers(sender=protocol.owner.address)
    fresh = schedule(protocol, day + 8)
    protocol.travel((day + 8) * DAY)
    with refused("oracle: nothing scheduled"):
        protocol.oracle.cancel_signers(sender=protocol.owner.address)
    assert signers(protocol, day + 8) == fresh


def test_cancelling_nothing_reverts(protocol: Protocol) -> None:
    """Neither the first set nor a cancelled one can be withdrawn."""
    with refused("oracle: nothing scheduled"):
        protocol.oracle.cancel_signers(sender=protocol.owner.address)
    schedule(protocol, protocol.today + 8)
    protocol.oracle.cancel_signers(sender=protocol.owner.address)
    with refused("oracle: nothing scheduled"):
        protocol.oracle.cancel_signers(sender=protocol.owner.address)


def test_a_set_can_be_announced_after_a_cancellation(protocol: Protocol) -> None:
    """With 8 days of notice again."""
    schedule(protocol, protocol.today + 8)
    protocol.oracle.cancel_signers(sender=protocol.owner.address)
    fresh = schedule(protocol, protocol.today + 9)
    assert signers(protocol, protocol.today + 8) != fresh
    assert signers(protocol, protocol.today + 9) == fresh


@pytest.mark.parametrize("role", ["reviewer", "desk", "outsider"])
def test_cancelling_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone."""
    fresh = schedule(protocol, protocol.today + 8)
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.oracle.cancel_signers, by=getattr(protocol, role))
    assert signers(protocol, protocol.today + 8) == fresh

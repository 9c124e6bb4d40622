"""`pause_booking`: the guardian stops new bookings for three days, and nothing else."""

import pytest
from support.protocol import DAY, SPOT, Protocol, party, refused


def test_a_pause_stops_booking_for_three_days(open_day: Protocol) -> None:
    """Until the last second of the third day, and then it has lapsed by itself."""
    terms = open_day.terms(deadline=open_day.now + 9 * DAY)
    until = open_day.now + 3 * DAY
    receipt = open_day.send(open_day.escrow.pause_booking, by=open_day.guardian)

    assert receipt.events == [("escrow", "BookingPaused", {"until": until})]
    assert open_day.escrow.paused_until() == until
    with refused("escrow: booking is paused"):
        open_day.book(terms)
    open_day.travel(until - 1)
    open_day.post()
    with refused("escrow: booking is paused"):
        open_day.book(terms)
    open_day.travel(until)
    open_day.book(terms)


def test_a_pause_cannot_be_rearmed_for_three_days_after(protocol: Protocol) -> None:
    """Neither while it runs nor in the three days that follow; then again."""
    protocol.escrow.pause_booking(sender=protocol.guardian.address)
    start = protocol.now
    for elapsed in (0, 3 * DAY, 6 * DAY - 1):
        protocol.travel(start + elapsed)
        with refused("escrow: pause not re-armed yet"):
            protocol.escrow.pause_booking(sender=protocol.guardian.address)
    protocol.travel(start + 6 * DAY)
    protocol.escrow.pause_booking(sender=protocol.guardian.address)
    assert protocol.escrow.paused_until() == start + 9 * DAY


def test_a_new_guardian_does_not_rearm_it(protocol: Protocol) -> None:
    """The rest belongs to the pause, not to who armed it."""
    protocol.escrow.pause_booking(sender=protocol.guardian.address)
    heir = party("new guardian")
    protocol.escrow.set_guardian(heir.address, sender=protocol.owner.address)
    with refused("escrow: pause not re-armed yet"):
        protocol.escrow.pause_booking(sender=heir.address)


@pytest.mark.parametrize("role", ["owner", "desk", "long", "outsider"])
def test_pause_booking_by_another_reverts(protocol: Protocol, role: str) -> None:
    """Only the guardian, not the owner either."""
    with refused("escrow: not the guardian"):
        protocol.send(protocol.escrow.pause_booking, by=getattr(protocol, role))
    assert protocol.escrow.paused_until() == 0
    protocol.send(protocol.escrow.pause_booking, by=protocol.guardian)


def test_a_pause_stops_nothing_else(open_day: Protocol) -> None:
    """Deposits, approvals, revocations, settlements and withdrawals go on."""
    terms, forward_id = open_day.booked(maturity=(open_day.today + 28) * DAY)
    open_day.travel(terms.maturity)
    open_day.post(SPOT)
    open_day.escrow.pause_booking(sender=open_day.guardian.address)
    open_day.escrow.deposit(5, sender=open_day.long.address)
    new = open_day.terms()
    open_day.send(open_day.escrow.approve_terms, new.as_tuple(), by=open_day.long)
    open_day.send(open_day.escrow.revoke_terms, new.as_tuple(), by=open_day.short)
    open_day.escrow.settle(forward_id)
    open_day.escrow.withdraw(8_550_000_000_005, open_day.long.address, sender=open_day.long.address)


def test_a_pause_keeps_the_desk(open_day: Protocol) -> None:
    """Desk and pause stand in one word: setting one leaves the other."""
    open_day.escrow.pause_booking(sender=open_day.guardian.address)
    until = open_day.escrow.paused_until()
    assert open_day.escrow.desk() == open_day.desk.address
    heir = party("new desk")
    open_day.escrow.set_desk(heir.address, sender=open_day.owner.address)
    assert (open_day.escrow.desk(), open_day.escrow.paused_until()) == (heir.address, until)
    with refused("escrow: booking is paused"):
        open_day.book(open_day.terms(), by=heir)

"""`withdraw`: the one exit, which nobody can close."""

import pytest
from support.protocol import DAY, FUNDS, ZERO, Protocol, refused, transfer_event


@pytest.fixture
def holder(protocol: Protocol) -> Protocol:
    """The long has a free balance of 1,000 micro."""
    protocol.escrow.deposit(1_000, sender=protocol.long.address)
    return protocol


def test_withdraw_sends_tokens_and_lowers_the_balance(holder: Protocol) -> None:
    """The receiver's wallet rises by exactly what the owner's balance falls."""
    receipt = holder.send(holder.escrow.withdraw, 400, holder.outsider, by=holder.long)

    assert receipt.events == [
        (
            "escrow",
            "Withdrawn",
            {"account": holder.long.address, "receiver": holder.outsider.address, "amount": 400},
        ),
        transfer_event(holder.escrow.address, holder.outsider.address, 400),
    ]
    money = holder.money()
    assert money["long"] == (600, FUNDS - 1_000)
    assert money["outsider"] == (0, FUNDS + 400)
    assert money["escrow"] == (0, 600)


def test_withdraw_of_all_leaves_nothing(holder: Protocol) -> None:
    """The whole balance can go, once."""
    holder.escrow.withdraw(1_000, holder.long.address, sender=holder.long.address)
    assert holder.money()["long"] == (0, FUNDS)
    with refused("ledger: balance too low"):
        holder.escrow.withdraw(1, holder.long.address, sender=holder.long.address)


def test_withdraw_above_the_balance_reverts(holder: Protocol) -> None:
    """One micro too much is refused, whatever the escrow holds for others; the balance itself is not."""
    holder.escrow.deposit(5_000, sender=holder.short.address)
    for amount in (1_001, 2**256 - 1):
        with refused("ledger: balance too low"):
            holder.escrow.withdraw(amount, holder.long.address, sender=holder.long.address)
    holder.escrow.withdraw(1_000, holder.long.address, sender=holder.long.address)
    assert holder.money()["short"] == (5_000, FUNDS - 5_000)


def test_withdraw_of_zero_reverts(holder: Protocol) -> None:
    """Nothing is no withdrawal; one micro is."""
    with refused("escrow: nothing to withdraw"):
        holder.escrow.withdraw(0, holder.long.address, sender=holder.long.address)
    holder.escrow.withdraw(1, holder.long.address, sender=holder.long.address)


def test_withdraw_to_nobody_reverts(holder: Protocol) -> None:
    """Neither the zero address nor the escrow can receive; any other account can."""
    for nobody in (ZERO, holder.escrow.address):
        with refused("escrow: bad receiver"):
            holder.escrow.withdraw(1, nobody, sender=holder.long.address)
    holder.escrow.withdraw(1, holder.issuer.address, sender=holder.long.address)


@pytest.mark.parametrize("thief", ["short", "desk", "owner", "guardian", "fee_recipient", "outsider"])
def test_only_the_owner_of_a_balance_withdraws(holder: Protocol, thief: str) -> None:
    """No role reaches another's balance."""
    with refused("ledger: balance too low"):
        holder.send(holder.escrow.withdraw, 1, holder.long, by=getattr(holder, thief))
    assert holder.money()["long"] == (1_000, FUNDS - 1_000)


def test_a_pause_of_booking_does_not_stop_withdrawals(holder: Protocol) -> None:
    """The guardian and the owner stop bookings only."""
    holder.escrow.pause_booking(sender=holder.guardian.address)
    for name in ("openai/gpt-4.1", "openai/gpt-5.6-luna", "index/ifx-llm"):
        holder.escrow.delist_underlying(name, sender=holder.owner.address)
    holder.escrow.set_desk(ZERO, sender=holder.owner.address)
    holder.travel(holder.now + DAY)
    holder.escrow.withdraw(1_000, holder.long.address, sender=holder.long.address)
    assert holder.money()["long"] == (0, FUNDS)

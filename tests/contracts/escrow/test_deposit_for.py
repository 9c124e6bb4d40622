"""`deposit_for`: the caller's tokens become another account's free balance."""

import pytest
from support.protocol import FUNDS, ZERO, Protocol, refused, transfer_event


def test_deposit_for_credits_the_account_and_charges_the_caller(protocol: Protocol) -> None:
    """The payer's wallet falls, the account's free balance rises, nothing else moves."""
    amount = 1_000_001
    receipt = protocol.send(protocol.escrow.deposit_for, protocol.long, amount, by=protocol.outsider)

    assert receipt.events == [
        (
            "escrow",
            "Deposited",
            {"account": protocol.long.address, "payer": protocol.outsider.address, "amount": amount},
        ),
        transfer_event(protocol.outsider.address, protocol.escrow.address, amount),
    ]
    money = protocol.money()
    assert money["long"] == (amount, FUNDS)
    assert money["outsider"] == (0, FUNDS - amount)
    assert money["escrow"] == (0, amount)


def test_deposit_for_oneself_is_a_deposit(protocol: Protocol) -> None:
    """The account may be the caller."""
    protocol.escrow.deposit_for(protocol.long.address, 9, sender=protocol.long.address)
    assert protocol.money()["long"] == (9, FUNDS - 9)


def test_deposit_for_nobody_reverts(protocol: Protocol) -> None:
    """Neither the zero address nor the escrow itself can have a free balance; the token's issuer can."""
    for nobody in (ZERO, protocol.escrow.address):
        with refused("escrow: bad account"):
            protocol.escrow.deposit_for(nobody, 1, sender=protocol.long.address)
    protocol.escrow.deposit_for(protocol.issuer.address, 1, sender=protocol.long.address)
    assert protocol.escrow.balance_of(protocol.issuer.address) == 1


def test_deposit_for_of_zero_reverts(protocol: Protocol) -> None:
    """Nothing is no deposit; one micro is."""
    with refused("escrow: amount is zero"):
        protocol.escrow.deposit_for(protocol.long.address, 0, sender=protocol.outsider.address)
    protocol.escrow.deposit_for(protocol.long.address, 1, sender=protocol.outsider.address)


def test_deposit_for_cannot_spend_the_accounts_wallet(protocol: Protocol) -> None:
    """The account's own allowance is of no use to a caller without tokens."""
    with refused("usdt: allowance too low"):
        protocol.escrow.deposit_for(protocol.long.address, 1, sender=protocol.desk.address)
    assert protocol.money()["long"] == (0, FUNDS)


@pytest.mark.parametrize("amount", [2**128, 2**256 - 1])
def test_deposit_for_takes_no_amount_that_no_token_has(protocol: Protocol, amount: int) -> None:
    """So no balance comes near what would overflow; it is refused before any token moves."""
    protocol.escrow.deposit(1, sender=protocol.long.address)
    with refused("escrow: amount too large"):
        protocol.escrow.deposit_for(protocol.long.address, amount, sender=protocol.outsider.address)
    with refused("usdt: balance too low"):
        protocol.escrow.deposit_for(protocol.long.address, 2**128 - 1, sender=protocol.outsider.address)
    assert protocol.money()["long"] == (1, FUNDS - 1)

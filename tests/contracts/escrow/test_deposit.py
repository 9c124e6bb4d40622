"""`deposit`: the caller's tokens become its own free balance."""

import pytest
from support.protocol import FUNDS, Protocol, refused, transfer_event


def test_deposit_moves_tokens_into_the_free_balance(protocol: Protocol) -> None:
    """The wallet falls, the free balance and the escrow's holding rise, by exactly the amount."""
    amount = 8_037_250_000_001
    receipt = protocol.send(protocol.escrow.deposit, amount, by=protocol.long)

    assert receipt.events == [
        (
            "escrow",
            "Deposited",
            {"account": protocol.long.address, "payer": protocol.long.address, "amount": amount},
        ),
        transfer_event(protocol.long.address, protocol.escrow.address, amount),
    ]
    money = protocol.money()
    assert money["long"] == (amount, FUNDS - amount)
    assert money["escrow"] == (0, amount)


def test_deposits_add_up(protocol: Protocol) -> None:
    """A second deposit is added to the first."""
    protocol.escrow.deposit(1, sender=protocol.long.address)
    protocol.escrow.deposit(2, sender=protocol.long.address)
    assert protocol.money()["long"] == (3, FUNDS - 3)


def test_deposit_of_zero_reverts(protocol: Protocol) -> None:
    """Nothing is no deposit; one micro is."""
    with refused("escrow: amount is zero"):
        protocol.escrow.deposit(0, sender=protocol.long.address)
    protocol.escrow.deposit(1, sender=protocol.long.address)


def test_deposit_above_the_wallet_reverts(protocol: Protocol) -> None:
    """The token refuses one micro too much and gives all there is."""
    with refused("usdt: balance too low"):
        protocol.escrow.deposit(FUNDS + 1, sender=protocol.long.address)
    protocol.escrow.deposit(FUNDS, sender=protocol.long.address)
    assert protocol.money()["long"] == (FUNDS, 0)


def test_deposit_above_the_allowance_reverts(protocol: Protocol) -> None:
    """The token refuses more than the wallet allowed, and gives exactly that much."""
    protocol.fund(protocol.long, allowance=5)
    with refused("usdt: allowance too low"):
        protocol.escrow.deposit(6, sender=protocol.long.address)
    protocol.escrow.deposit(5, sender=protocol.long.address)
    assert protocol.escrow.balance_of(protocol.long.address) == 5
    assert protocol.token.allowance(protocol.long.address, protocol.escrow.address) == 0


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (2**256 - 1, "escrow: amount too large"),
        (2**128, "escrow: amount too large"),
        (2**128 - 1, "usdt: balance too low"),
        (FUNDS + 1, "usdt: balance too low"),
    ],
)
def test_deposit_of_more_than_exists_reverts(protocol: Protocol, amount: int, reason: str) -> None:
    """A huge amount credits nobody: the escrow or the token refuses it."""
    before = protocol.money()
    with refused(reason):
        protocol.escrow.deposit(amount, sender=protocol.long.address)
    assert protocol.money() == before


def test_tokens_sent_without_a_deposit_belong_to_nobody(protocol: Protocol) -> None:
    """A plain transfer raises no balance, and later deposits are counted without it."""
    protocol.token.transfer(protocol.escrow.address, 7, sender=protocol.long.address)
    assert protocol.money()["long"] == (0, FUNDS - 7)
    protocol.escrow.deposit(2, sender=protocol.long.address)
    money = protocol.money()
    assert money["long"] == (2, FUNDS - 9)
    assert money["escrow"] == (0, 9)

"""What a wallet costs: gas of booking between two of a kind, of approving beforehand, and of withdrawing, on anvil.

The second booking between them, with tokens collected from both; a few gas hang on the bytes of a signature.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from support.deeds import booking
from support.delegation import delegate, deploy_mock
from support.market import KeyWallet, Market, Wallet
from support.safe import SafeContracts

from ifx_sdk import devnet
from ifx_sdk.signers import KeySigner


class Cost(NamedTuple):
    """The most that each step may cost."""

    size: int
    """Bytes of a side's approval."""
    approving: int
    """Gas of a side's transaction beforehand; 0 where it signs only."""
    booking: int
    """Gas of `book` with two such sides."""


WITHDRAWING = {"key": 56_000, "Safe 2-of-3": 95_000, "Safe 3-of-5": 102_000, "delegated account": 56_000}
SIGNED = {
    "key": Cost(65, 0, 154_000),
    "Safe 2-of-3": Cost(130, 0, 222_000),
    "Safe 3-of-5": Cost(195, 0, 237_000),
    "delegated account": Cost(65, 0, 154_000),
}
APPROVED = {
    "key": Cost(0, 53_000, 149_500),
    "Safe 2-of-3": Cost(0, 92_000, 149_500),
    "Safe 3-of-5": Cost(0, 99_000, 149_500),
    "delegated account": Cost(0, 53_000, 149_500),
}
KEPT = {"Safe 2-of-3": Cost(0, 87_000, 189_000), "Safe 3-of-5": Cost(0, 94_000, 189_000)}


def owner(number: int) -> KeySigner:
    return KeySigner.from_key(bytes([number]) * 32)


@pytest.fixture(scope="module")
def pairs(opened: Market, safe_contracts: SafeContracts) -> dict[str, tuple[Wallet, Wallet]]:
    """Two funded wallets of each kind that have booked with each other before."""
    target = deploy_mock(opened, "delegate_sessions")

    def key(number: int) -> KeyWallet:
        account = KeyWallet(chain=opened.chain, signer=owner(number))
        devnet.faucet(opened.ifx, account.address, eth=10**18)
        return account

    def delegated(number: int) -> KeyWallet:
        account = key(number)
        delegate(opened, bytes([number]) * 32, target)
        return account

    def safe(first: int, owners: int, threshold: int) -> Wallet:
        return safe_contracts.create([owner(first + number) for number in range(owners)], threshold)

    found: dict[str, tuple[Wallet, Wallet]] = {
        "key": (key(51), key(52)),
        "Safe 2-of-3": (safe(1, 3, 2), safe(11, 3, 2)),
        "Safe 3-of-5": (safe(21, 5, 3), safe(31, 5, 3)),
        "delegated account": (delegated(41), delegated(42)),
    }
    for long, short in found.values():
        for wallet in (long, short):
            opened.fund(wallet)
        booking(opened, opened.terms(long, short), long, short).execute()
    return found


def measured(market: Market, pair: tuple[Wallet, Wallet], before: Callable[..., int] | None = None) -> Cost:
    """A booking, each side having approved by `before`, which answers with its gas, or else signing."""
    deed = booking(market, market.terms(*pair), *pair)
    if before is None:
        return Cost(len(pair[0].sign(deed.digest)), 0, deed.execute().gas_used)
    approving = max(before(deed, wallet) for wallet in pair)
    return Cost(0, approving, deed.execute(dict.fromkeys(deed.roles, b"")).gas_used)


def holds(measured: Cost, most: Cost) -> bool:
    """Whether it is within what it may cost, and not so far below that the bound says nothing."""
    gas = ((measured.approving, most.approving), (measured.booking, most.booking))
    return measured.size == most.size and all(cost <= bound <= cost + cost // 50 for cost, bound in gas)


@pytest.mark.parametrize("kind", SIGNED)
def test_booking_by_signature_costs_no_more_than_stated(
    market: Market, pairs: dict[str, tuple[Wallet, Wallet]], kind: str
) -> None:
    """A Safe's owners are checked by the Safe, twice; a delegate is not asked where the key signed."""
    cost = measured(market, pairs[kind])
    assert holds(cost, SIGNED[kind]), cost


@pytest.mark.parametrize("kind", APPROVED)
def test_booking_after_approvals_on_chain_costs_no_more_than_stated(
    market: Market, pairs: dict[str, tuple[Wallet, Wallet]], kind: str
) -> None:
    """The desk pays the same for every wallet; each side pays for its own transaction."""
    cost = measured(market, pairs[kind], lambda deed, wallet: deed.approve(wallet).gas_used)
    assert holds(cost, APPROVED[kind]), cost


@pytest.mark.parametrize("kind", KEPT)
def test_booking_after_messages_kept_inside_safes_costs_no_more_than_stated(
    market: Market, pairs: dict[str, tuple[Wallet, Wallet]], kind: str
) -> None:
    """The Safe is asked, and looks its message up."""
    cost = measured(market, pairs[kind], lambda deed, safe: safe.approve_message(deed.digest).confirmed().gas_used)
    assert holds(cost, KEPT[kind]), cost


@pytest.mark.parametrize("kind", WITHDRAWING)
def test_withdrawing_costs_no_more_than_stated(
    market: Market, pairs: dict[str, tuple[Wallet, Wallet]], kind: str
) -> None:
    """A part of a free balance, to a wallet that has tokens already."""
    wallet = pairs[kind][0]
    wallet.act(market.call("deposit", 2_000_000)).confirmed()
    gas = wallet.act(market.call("withdraw", 1_000_000, market.third.address)).confirmed().gas_used
    assert gas <= WITHDRAWING[kind] <= gas + gas // 50

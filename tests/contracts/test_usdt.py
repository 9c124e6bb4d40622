"""`TestUSDT`: the quirks of mainnet USDT that our tests rely on."""

from typing import Any

import pytest
from support.protocol import UNLIMITED, ZERO, Party, contract, mock, party, refused

HOLDER, SPENDER, RECEIVER, ISSUER = (party(name) for name in ("holder", "spender", "receiver", "issuer"))


@pytest.fixture
def usdt() -> Any:
    """A token of which the holder has 1,000,000 micro."""
    token = contract("contracts/testing/TestUSDT.vy").deploy(sender=ISSUER.address)
    token.mint(HOLDER.address, 1_000_000, sender=SPENDER.address)
    return token


def logs(token: Any) -> list[tuple[str, dict[str, Any]]]:
    return [
        (type(log).__name__, {k: v for k, v in log._asdict().items() if k != "address"}) for log in token.get_logs()
    ]


def transfer(sender: str, receiver: str, amount: int) -> tuple[str, dict[str, Any]]:
    return "Transfer", {"sender": sender, "receiver": receiver, "amount": amount}


def balances(token: Any, *who: Party) -> list[int]:
    return [token.balanceOf(each.address) for each in who]


def test_it_names_itself_as_mainnets_does(usdt: Any) -> None:
    """Six decimals above all."""
    assert (usdt.name(), usdt.symbol(), usdt.decimals()) == ("Tether USD", "USDT", 6)
    assert (usdt.owner(), usdt.totalSupply()) == (ISSUER.address, 1_000_000)


def test_a_transfer_returns_nothing(usdt: Any) -> None:
    """No bool: who decodes one must do without."""
    usdt.transfer(RECEIVER.address, 400, sender=HOLDER.address)
    assert usdt._computation.output == b""
    assert logs(usdt) == [transfer(HOLDER.address, RECEIVER.address, 400)]
    assert balances(usdt, HOLDER, RECEIVER) == [999_600, 400]


def test_a_transfer_above_the_balance_reverts(usdt: Any) -> None:
    """All there is can go, a micro more cannot."""
    with refused("usdt: balance too low"):
        usdt.transfer(RECEIVER.address, 1_000_001, sender=HOLDER.address)
    usdt.transfer(RECEIVER.address, 1_000_000, sender=HOLDER.address)
    assert balances(usdt, HOLDER, RECEIVER) == [0, 1_000_000]


def test_a_pull_returns_nothing_and_uses_the_allowance_up(usdt: Any) -> None:
    """To the micro."""
    usdt.approve(SPENDER.address, 500, sender=HOLDER.address)
    assert usdt._computation.output == b""
    assert logs(usdt) == [("Approval", {"holder": HOLDER.address, "spender": SPENDER.address, "amount": 500})]
    with refused("usdt: allowance too low"):
        usdt.transferFrom(HOLDER.address, RECEIVER.address, 501, sender=SPENDER.address)
    usdt.transferFrom(HOLDER.address, RECEIVER.address, 500, sender=SPENDER.address)
    assert usdt._computation.output == b""
    assert logs(usdt) == [transfer(HOLDER.address, RECEIVER.address, 500)]
    assert usdt.allowance(HOLDER.address, SPENDER.address) == 0


def test_the_largest_allowance_is_never_lowered(usdt: Any) -> None:
    """2^256 - 1 stays; one less does not."""
    usdt.approve(SPENDER.address, UNLIMITED, sender=HOLDER.address)
    usdt.transferFrom(HOLDER.address, RECEIVER.address, 5, sender=SPENDER.address)
    assert usdt.allowance(HOLDER.address, SPENDER.address) == UNLIMITED
    usdt.approve(SPENDER.address, 0, sender=HOLDER.address)
    usdt.approve(SPENDER.address, UNLIMITED - 1, sender=HOLDER.address)
    usdt.transferFrom(HOLDER.address, RECEIVER.address, 5, sender=SPENDER.address)
    assert usdt.allowance(HOLDER.address, SPENDER.address) == UNLIMITED - 6


@pytest.mark.parametrize("amount", [1, 500, UNLIMITED])
def test_an_allowance_changes_through_zero_only(usdt: Any, amount: int) -> None:
    """From non-zero to non-zero reverts, even to the same amount."""
    usdt.approve(SPENDER.address, 500, sender=HOLDER.address)
    with refused("usdt: set the allowance to zero first"):
        usdt.approve(SPENDER.address, amount, sender=HOLDER.address)
    usdt.approve(SPENDER.address, 0, sender=HOLDER.address)
    usdt.approve(SPENDER.address, amount, sender=HOLDER.address)
    assert usdt.allowance(HOLDER.address, SPENDER.address) == amount


@pytest.mark.parametrize(("amount", "fee"), [(1, 0), (499, 0), (500, 1), (1_000_000, 1_500)])
def test_a_fee_comes_out_of_what_the_receiver_gets(usdt: Any, amount: int, fee: int) -> None:
    """The fee, up to its maximum, goes to the token's owner."""
    usdt.set_fee(20, 1_500, sender=ISSUER.address)
    usdt.transfer(RECEIVER.address, amount, sender=HOLDER.address)
    expected = [transfer(HOLDER.address, RECEIVER.address, amount - fee)]
    assert logs(usdt) == ([transfer(HOLDER.address, ISSUER.address, fee)] if fee else []) + expected
    assert balances(usdt, HOLDER, RECEIVER, ISSUER) == [1_000_000 - amount, amount - fee, fee]


def test_the_fee_has_limits(usdt: Any) -> None:
    """20 basis points and 50 USDT at most, as on mainnet."""
    with refused("usdt: fee too high"):
        usdt.set_fee(21, 0, sender=ISSUER.address)
    with refused("usdt: maximum fee too high"):
        usdt.set_fee(20, 50 * 10**6 + 1, sender=ISSUER.address)
    usdt.set_fee(20, 50 * 10**6, sender=ISSUER.address)
    assert (usdt.fee_bps(), usdt.maximum_fee()) == (20, 50 * 10**6)


def test_a_pause_stops_both_ways(usdt: Any) -> None:
    """Transfers and pulls, until it is lifted."""
    usdt.approve(SPENDER.address, 10, sender=HOLDER.address)
    usdt.set_paused(True, sender=ISSUER.address)
    with refused("usdt: transfers are paused"):
        usdt.transfer(RECEIVER.address, 1, sender=HOLDER.address)
    with refused("usdt: pulls are paused"):
        usdt.transferFrom(HOLDER.address, RECEIVER.address, 1, sender=SPENDER.address)
    usdt.set_paused(False, sender=ISSUER.address)
    usdt.transfer(RECEIVER.address, 1, sender=HOLDER.address)
    usdt.transferFrom(HOLDER.address, RECEIVER.address, 1, sender=SPENDER.address)


def test_only_senders_are_blacklisted(usdt: Any) -> None:
    """A blacklisted account cannot pay, and still receives."""
    usdt.approve(SPENDER.address, 10, sender=HOLDER.address)
    usdt.set_blacklisted(HOLDER.address, True, sender=ISSUER.address)
    with refused("usdt: sender is blacklisted"):
        usdt.transfer(RECEIVER.address, 1, sender=HOLDER.address)
    with refused("usdt: payer is blacklisted"):
        usdt.transferFrom(HOLDER.address, RECEIVER.address, 1, sender=SPENDER.address)
    usdt.mint(RECEIVER.address, 5, sender=ISSUER.address)
    usdt.transfer(HOLDER.address, 5, sender=RECEIVER.address)
    usdt.set_blacklisted(HOLDER.address, False, sender=ISSUER.address)
    usdt.transfer(RECEIVER.address, 1, sender=HOLDER.address)


def test_black_funds_can_be_destroyed(usdt: Any) -> None:
    """Of a blacklisted account, and of no other."""
    with refused("usdt: account is not blacklisted"):
        usdt.destroy_black_funds(HOLDER.address, sender=ISSUER.address)
    usdt.set_blacklisted(HOLDER.address, True, sender=ISSUER.address)
    usdt.destroy_black_funds(HOLDER.address, sender=ISSUER.address)
    assert logs(usdt) == [transfer(HOLDER.address, ZERO, 1_000_000)]
    assert (usdt.balanceOf(HOLDER.address), usdt.totalSupply()) == (0, 0)


def test_deprecation_forwards_every_call(usdt: Any) -> None:
    """Balances, allowances, transfers and approvals are the new contract's."""
    upgraded = mock("upgraded_token").deploy(usdt.address)
    upgraded.migrate(HOLDER.address, 70)
    usdt.deprecate(upgraded.address, sender=ISSUER.address)
    assert (usdt.balanceOf(HOLDER.address), usdt.totalSupply()) == (70, 70)
    usdt.transfer(RECEIVER.address, 30, sender=HOLDER.address)
    usdt.approve(SPENDER.address, 25, sender=HOLDER.address)
    assert usdt.allowance(HOLDER.address, SPENDER.address) == 25
    usdt.transferFrom(HOLDER.address, RECEIVER.address, 20, sender=SPENDER.address)
    assert balances(usdt, HOLDER, RECEIVER) == [20, 50]
    assert usdt.allowance(HOLDER.address, SPENDER.address) == 5


def test_only_its_owner_switches_anything_on(usdt: Any) -> None:
    """No other account can change how it behaves."""
    for name, arguments in (
        ("set_fee", (1, 1)),
        ("set_paused", (True,)),
        ("set_blacklisted", (HOLDER.address, True)),
        ("destroy_black_funds", (HOLDER.address,)),
        ("deprecate", (HOLDER.address,)),
    ):
        with refused("usdt: caller is not the owner"):
            getattr(usdt, name)(*arguments, sender=HOLDER.address)
    assert (usdt.paused(), usdt.deprecated(), usdt.blacklisted(HOLDER.address)) == (False, False, False)

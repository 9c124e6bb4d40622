"""A forward that no plain account ever touches: booked, novated, terminated and paid out between Safes."""

from collections.abc import Callable

import pytest
from support.deeds import ENDING_PRICE, PAYMENT, Deed, booking, novation, termination
from support.market import BOTH, FUNDS, PREFUNDING, SPOT, Market, needs, told
from support.safe import Safe, SafeContracts

from ifx_sdk import devnet
from ifx_sdk.errors import Reverted
from ifx_sdk.escrow import Status
from ifx_sdk.payoff import payouts
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import parse_address

Way = Callable[[Deed], dict[str, bytes]]

RECEIVER = parse_address("0x" + "7e" * 20)
"""Where the money goes in the end: no side."""


def by_signatures(deed: Deed) -> dict[str, bytes]:
    """Every Safe's owners sign, which `execute` has them do."""
    return {}


def by_transactions(deed: Deed) -> dict[str, bytes]:
    """Every Safe calls the escrow, and no bytes are given."""
    for safe in deed.wallets:
        deed.approve(safe)
    return dict.fromkeys(deed.roles, b"")


def by_messages(deed: Deed) -> dict[str, bytes]:
    """Every Safe keeps the message, and no bytes are given."""
    for safe in deed.wallets:
        safe.approve_message(deed.digest).confirmed()
    return dict.fromkeys(deed.roles, b"")


WAYS: dict[str, Way] = {"signatures": by_signatures, "transactions": by_transactions, "kept messages": by_messages}


@pytest.fixture(scope="module")
def newcomer(opened: Market, safe_contracts: SafeContracts) -> Safe:
    """A third Safe with funds."""
    safe = safe_contracts.create([KeySigner.from_key(bytes([number]) * 32) for number in (61, 62, 63)], 2)
    opened.fund(safe)
    return safe


def withdraw_all(market: Market, safe: Safe) -> int:
    """Have a Safe send its whole free balance to the receiver; what that was."""
    amount = market.ifx.escrow.balance_of(safe.address)
    receipt = safe.act(market.call("withdraw", amount, RECEIVER)).confirmed()
    assert told(receipt)[:-1] == [
        ("Withdrawn", {"account": safe.address, "receiver": RECEIVER, "amount": amount}),
        ("Transfer", {"sender": market.ifx.escrow.address, "receiver": RECEIVER, "amount": amount}),
    ]
    assert told(receipt)[-1][0] == "ExecutionSuccess"
    return amount


@pytest.mark.parametrize("opened", BOTH, indirect=True)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_forward_lives_between_safes_alone(market: Market, safes: dict[str, Safe], newcomer: Safe, way: Way) -> None:
    """Every seat of every message is a Safe; each micro ends where it should."""
    long, short = safes["2-of-3"], safes["3-of-5"]
    terms = market.terms(long, short)
    long_needs, short_needs = needs(terms)

    for deed in (
        booking(market, terms, long, short),
        novation(market, terms, outgoing=long, incoming=newcomer, remaining=short),
        termination(market, terms, newcomer, short),
    ):
        assert told(deed.execute(way(deed))) == list(deed.expected)

    assert market.ifx.escrow.forward(market.ifx.escrow.terms_id(terms)).status is Status.TERMINATED
    long_payout, short_payout = payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=ENDING_PRICE)
    assert long_payout + short_payout == 2 * PREFUNDING
    assert market.money(long, newcomer, short) == [
        (PAYMENT, FUNDS - long_needs),
        (long_payout, FUNDS - PAYMENT),
        (short_payout, FUNDS - short_needs),
    ]
    assert [withdraw_all(market, safe) for safe in (long, newcomer, short)] == [PAYMENT, long_payout, short_payout]
    assert market.ifx.token.balance(RECEIVER) == PAYMENT + 2 * PREFUNDING
    assert market.money(long, newcomer, short) == [
        (0, FUNDS - long_needs),
        (0, FUNDS - PAYMENT),
        (0, FUNDS - short_needs),
    ]


def test_a_safe_is_settled_like_anyone_else(market: Market, safes: dict[str, Safe]) -> None:
    """At maturity an outsider settles; the Safes need do nothing until they withdraw."""
    long, short = safes["2-of-3"], safes["3-of-5"]
    terms = market.terms(long, short)
    booking(market, terms, long, short).execute()
    devnet.travel(market.ifx, terms.maturity)
    devnet.post(market.ifx, {terms.underlying: 4_320_000})
    outsider = market.ifx.as_signer(market.payer)
    paid = payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=4_320_000)
    fields = {"id": market.ifx.escrow.terms_id(terms), "price": 4_320_000}
    settled = outsider.escrow.settle(market.ifx.escrow.terms_id(terms)).confirmed()
    assert told(settled) == [("ForwardSettled", {**fields, "long_payout": paid[0], "short_payout": paid[1]})]
    assert (withdraw_all(market, long), withdraw_all(market, short)) == paid


def test_a_safe_withdraws_no_more_than_its_own(market: Market, safes: dict[str, Safe]) -> None:
    """One micro too much fails as a whole, and its free balance stands; exactly its own goes out."""
    safe = safes["2-of-3"]
    safe.act(market.call("deposit", 5_000_001)).confirmed()
    with pytest.raises(Reverted) as refusal:
        safe.act(market.call("withdraw", 5_000_002, RECEIVER))
    assert refusal.value.reason == "GS013"  # the Safe's word for a call of its that failed
    assert market.money(safe) == [(5_000_001, FUNDS - 5_000_001)]
    assert withdraw_all(market, safe) == 5_000_001

"""A contract wallet that turns hostile, on a real node: its counterparty trades on in the same block."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from support.deeds import booking
from support.delegation import deploy_mock, mock_codec
from support.market import FUNDS, SPOT, Market, booked_told, needs, told

from ifx_sdk import devnet
from ifx_sdk.chain import Call
from ifx_sdk.errors import LongHasNotApproved
from ifx_sdk.outcomes import Outcome, RevertedOutcome
from ifx_sdk.payoff import payouts
from ifx_sdk.terms import Terms

MAGIC = bytes.fromhex("1626ba7e")
TURNS: dict[str, tuple[str, tuple[object, ...]]] = {
    "reverts": ("set_refuses", (True,)),
    "reverts with a yes": ("set_fails", (True,)),
    "loops": ("set_spins", (True,)),
    "answers 10,000 bytes": ("set_answer", (MAGIC + bytes(9_996),)),
}
GAS = 2_000_000
"""What a desk that does not ask first would give."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MockWallet:
    """A contract wallet that says yes to everything until it is told otherwise."""

    market: Market
    """Where it is."""
    address: str
    """The contract."""

    def sign(self, digest: bytes) -> bytes:
        """Whatever: it accepts it."""
        return b"any"

    def tell(self, function: str, *args: object) -> Outcome:
        """Change how it answers, or have it act."""
        data = mock_codec("wallet").encode_call(function, args)
        return self.market.chain.send(Call(name=function, to=self.address, data=data), self.market.payer)

    def act(self, call: Call) -> Outcome:
        """Have it make a call."""
        return self.tell("execute", call.to, call.data)


@pytest.fixture
def wallet(market: Market) -> MockWallet:
    """It has funds and allows the escrow to take them."""
    found = MockWallet(market=market, address=deploy_mock(market, "wallet"))
    market.fund(found)
    return found


@contextmanager
def one_block(market: Market) -> Iterator[None]:
    """Everything sent inside is mined in one block."""
    node = market.chain.node
    node.request("evm_setAutomine", False)
    try:
        yield
        node.request("evm_mine")
    finally:
        node.request("evm_setAutomine", True)


def book(market: Market, terms: Terms, long_approval: bytes) -> Call:
    """The desk's call, with the short's signature."""
    return market.call("book", terms.as_tuple(), long_approval, market.short.sign(market.ifx.escrow.terms_id(terms)))


@pytest.mark.parametrize("turn", TURNS)
def test_a_wallet_that_turns_hostile_harms_only_itself(market: Market, wallet: MockWallet, turn: str) -> None:
    """Refused beforehand; forced, it fails alone in its block; its old forward is settled beside the others."""
    old = booking(market, market.terms(wallet, market.short), wallet, market.short)
    assert told(old.execute()) == list(old.expected)
    function, args = TURNS[turn]
    wallet.tell(function, *args).confirmed()

    bad, good = market.terms(wallet, market.short), market.terms(market.long, market.short)
    desk = market.desk.signer
    nonce = market.chain.node.nonce(desk.address)
    with pytest.raises(LongHasNotApproved):
        market.book(bad, b"any", market.short.sign(market.ifx.escrow.terms_id(bad)))
    assert market.chain.node.nonce(desk.address) == nonce  # the desk asked first, and paid nothing

    with one_block(market):
        forced = [market.force(book(market, bad, b"any"), desk, GAS)]
        forced.append(market.force(book(market, good, market.long.sign(market.ifx.escrow.terms_id(good))), desk, GAS))
    refused, booked = (market.mined(tx_hash) for tx_hash in forced)
    assert isinstance(refused, RevertedOutcome)
    assert refused.reason == "escrow: long has not approved"
    assert told(booked.confirmed()) == booked_told(market, good)
    assert refused.block_number == booked.confirmed().block_number
    spent = needs(good)
    assert market.money(wallet, market.long, market.short) == [
        (0, FUNDS - spent[0]),
        (0, FUNDS - spent[0]),
        (0, FUNDS - 2 * spent[1]),
    ]

    devnet.travel(market.ifx, good.maturity)
    devnet.post(market.ifx, {good.underlying: 4_320_000})
    ids = [old.digest, market.ifx.escrow.terms_id(good)]
    settled = market.anyone.escrow.settle_many(ids).confirmed()
    assert settled.event("ForwardsSettled").args["ids"] == tuple(ids)
    long_payout, short_payout = payouts(price=good.price, spot=SPOT, quantity=good.quantity, settlement=4_320_000)
    wallet.act(market.call("withdraw", long_payout, wallet.address)).confirmed()
    market.short.act(market.call("withdraw", 2 * short_payout, market.short.address)).confirmed()
    assert market.money(wallet, market.long, market.short) == [
        (0, FUNDS - spent[0] + long_payout),
        (long_payout, FUNDS - spent[0]),
        (0, FUNDS - 2 * spent[1] + 2 * short_payout),
    ]

"""A deployment on a real node in which wallets of every kind trade: fund them, book between them, and count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Protocol

from eth_typing import HexStr
from support.pools import come_to_rest

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.outcomes import Confirmed, Outcome
from ifx_sdk.payoff import deposit_required
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import Terms

GPT = "openai/gpt-4.1"
QUANTITY = 100_000
"""Mtok: one lot."""
SPOT = 8_000_000
"""micro-USDT per Mtok."""
PREFUNDING = SPOT * QUANTITY
FUNDS = 10 * PREFUNDING
"""micro-USDT that each party has in its wallet."""
UNLIMITED = 2**256 - 1

BOTH = ("anvil", "in_process")
"""Where a market can be opened: on two implementations of the EVM."""

Told = tuple[str, dict[str, object]]
"""An event's name and its arguments."""


class Wallet(Protocol):
    """Who can take a side."""

    @property
    def address(self) -> str:
        """The account, checksummed."""

    def sign(self, digest: bytes) -> bytes:
        """Its approval of a digest, as the escrow takes it."""

    def act(self, call: Call) -> Outcome:
        """Make a call as this account."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyWallet:
    """A plain account, which pays its own gas."""

    chain: Chain
    """Where it is."""
    signer: KeySigner
    """Its key."""

    @property
    def address(self) -> str:
        """The account."""
        return self.signer.address

    def sign(self, digest: bytes) -> bytes:
        """65 bytes by its key."""
        return self.signer.sign_digest(digest)

    def act(self, call: Call) -> Outcome:
        """Send a transaction."""
        return self.chain.send(call, self.signer)


@dataclass(frozen=True, kw_only=True, slots=True)
class Market:
    """The deployment, its desk, and plain accounts for the other side; today's fixing is 8.00."""

    ifx: IFX
    """Without a signer."""
    desk: IFX
    """As the desk."""
    payer: KeySigner
    """Sends what anyone may send."""
    long: KeyWallet
    """A plain account with funds."""
    short: KeyWallet
    """Another."""
    third: KeyWallet
    """A third."""
    salts: Iterator[int] = field(default_factory=lambda: count(1))
    """One for each message."""

    @property
    def anyone(self) -> IFX:
        """As an account that is no side."""
        return self.ifx.as_signer(self.payer)

    @property
    def chain(self) -> Chain:
        """The node."""
        return self.ifx.chain

    def salt(self) -> bytes:
        """Never the same."""
        return next(self.salts).to_bytes(32, "big")

    def fund(self, wallet: Wallet, amount: int = FUNDS) -> None:
        """Put micro-USDT into a wallet, and have it allow the escrow all of its tokens."""
        devnet.faucet(self.ifx, wallet.address, usdt=amount)
        wallet.act(self.ifx.token.prepare("approve", self.ifx.escrow.address, UNLIMITED)).confirmed()

    def terms(self, long: Wallet, short: Wallet, **changes: Any) -> Terms:
        """Terms of one lot over 3 months at 7.70 that can be booked now."""
        quote = self.ifx.quote(GPT, QUANTITY, 3)
        made = self.ifx.terms(quote, long=long.address, short=short.address, price=7_700_000, salt=self.salt())
        return replace(made, **changes)

    def book(self, terms: Terms, long_approval: bytes, short_approval: bytes) -> Confirmed:
        """As the desk."""
        return self.desk.escrow.book(terms, long_approval, short_approval).confirmed()

    def call(self, function: str, *args: object) -> Call:
        """A call of the escrow, for a wallet to make."""
        return self.ifx.escrow.prepare(function, *args)

    def force(self, call: Call, signer: KeySigner, gas: int) -> str:
        """Send a call without asking first whether it would be refused; its hash."""
        node = self.chain.node
        transaction = {
            "type": 2,
            "chainId": self.chain.chain_id,
            "nonce": node.nonce(signer.address, "pending"),
            "to": call.to,
            "value": 0,
            "data": call.data,
            "gas": gas,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 10**9,
        }
        return node.send_raw(signer.sign_transaction(transaction).raw)

    def mined(self, tx_hash: str) -> Outcome:
        """What became of a transaction that was forced, once it is mined."""
        self.chain.web3.eth.wait_for_transaction_receipt(HexStr(tx_hash))
        return self.chain.reconcile(tx_hash)

    def money(self, *wallets: Wallet) -> list[tuple[int, int]]:
        """Free balance and tokens of each."""
        return [
            (self.ifx.escrow.balance_of(wallet.address), self.ifx.token.balance(wallet.address)) for wallet in wallets
        ]


def needs(terms: Terms) -> tuple[int, int]:
    """What booking takes from long and short."""
    return deposit_required(spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity)


def told(outcome: Confirmed) -> list[Told]:
    """Everything that our contracts and wallets logged, in order."""
    return [(event.name, dict(event.args)) for event in outcome.events]


def booked_told(market: Market, terms: Terms) -> list[Told]:
    """All that a booking from full wallets and empty free balances logs."""
    fields: dict[str, object] = {
        "id": market.ifx.escrow.terms_id(terms),
        "long": terms.long,
        "short": terms.short,
        "underlying": 1,
        "quantity": terms.quantity,
        "price": terms.price,
        "spot": terms.spot,
        "indicative": terms.indicative,
        "maturity": terms.maturity,
        "averaging_days": terms.averaging_days,
    }
    escrow = market.ifx.escrow.address
    pulls: list[Told] = [
        ("Transfer", {"sender": account, "receiver": escrow, "amount": amount})
        for account, amount in zip((terms.long, terms.short), needs(terms), strict=True)
    ]
    return [("ForwardBooked", fields), *pulls]


def open_market(chain: Chain) -> Market:
    """Deploy, list, post today's fixing and fund three plain accounts."""
    ifx = devnet.start(chain, [GPT])
    devnet.post(ifx, {GPT: SPOT})
    keys = (devnet.signer(devnet.LONG), devnet.signer(devnet.SHORT), KeySigner.from_key(b"\3" * 32))
    long, short, third = (KeyWallet(chain=chain, signer=key) for key in keys)
    desk = ifx.as_signer(devnet.signer(devnet.DESK))
    market = Market(ifx=ifx, desk=desk, payer=devnet.signer(devnet.OUTSIDER), long=long, short=short, third=third)
    devnet.faucet(ifx, third.address, eth=10**18)
    for wallet in (long, short, third):
        market.fund(wallet)
    return market


@contextmanager
def kept(chain: Chain) -> Iterator[None]:
    """Put a node back to where it was."""
    mark = chain.node.request("evm_snapshot")
    try:
        yield
    finally:
        come_to_rest(chain)
        chain.node.request("evm_revert", mark)
        chain.node.request("evm_setAutomine", True)

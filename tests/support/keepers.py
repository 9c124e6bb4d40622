"""What the keeper's tests share: four forwards past their maturity, and keepers that look at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.chain import GPT, LUNA
from support.trading import Trading, open_trading
from web3 import Web3

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.escrow import Escrow
from ifx_sdk.keeper import Keeper, KeeperStore, Limits, Round
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.oracle import Oracle
from ifx_sdk.records import Status
from ifx_sdk.signers import Signer

GWEI = 10**9
PRICES = {GPT: 8_000_000, LUNA: 6_000_000}
LIMITS = {"gas_price": 100 * GWEI, "gas_per_day": 1_000_000}
KEEPER = devnet.OUTSIDER
"""Whoever settles: nobody needs to know it."""


@dataclass(frozen=True, kw_only=True)
class Matured:
    """A deployment in which four forwards can be settled: two of each underlying, booked in turns."""

    local: LocalChain
    """The chain."""
    trading: Trading
    """Its roles."""
    ids: tuple[bytes, ...]
    """The forwards, in the order of their booking."""
    maturity: int
    """Unix seconds UTC."""

    @property
    def ifx(self) -> IFX:
        """The deployment."""
        return self.trading.ifx

    @property
    def grouped(self) -> tuple[bytes, ...]:
        """The ids as one batch has them: those of one fixing together."""
        first, second = sorted(self.ids[::2]), sorted(self.ids[1::2])
        return (*first, *second)

    def status(self) -> list[Status]:
        """Of each forward."""
        return [self.ifx.escrow.forward(each).status for each in self.ids]

    def settled(self) -> int:
        """How many of them are settled."""
        return self.status().count(Status.SETTLED)

    def transactions(self) -> int:
        """Those of the keeper's account that are mined."""
        return self.ifx.chain.node.nonce(devnet.signer(KEEPER).address)

    def escrow(self, web3: Web3 | None = None) -> Escrow:
        """The escrow through a connection of its own."""
        place = self.ifx.deployment
        chain = Chain(web3 or self.local.web3, chain_id=place.chain_id)
        return Escrow(chain, place.escrow, Oracle(chain, place.oracle), first_block=place.block)

    def keeper(
        self,
        store: KeeperStore | Path | None = None,
        *,
        signer: Signer | None = None,
        looks: bool = False,
        escrow: Escrow | None = None,
        now: Callable[[], int] | None = None,
        **limits: Any,
    ) -> Keeper:
        """A keeper whose clock is the chain's; with `looks` it only says what it would do."""
        return Keeper(
            escrow or self.escrow(),
            store if isinstance(store, KeeperStore) else KeeperStore(store),
            Limits(**(LIMITS | limits)),
            now=now or self.ifx.chain.now,
            signer=None if looks else signer or devnet.signer(KEEPER),
        )


def matured(local: LocalChain, months: int = 3) -> Matured:
    """Book, let time pass, and fix the day of the maturity."""
    sides = (devnet.LONG, devnet.SHORT)
    trading = open_trading(devnet.start(Chain(local.web3, chain_id=31337), [GPT, LUNA]), sides)
    trading.fix(PRICES)
    ids = [trading.book(trading.terms(name, months=months, price=5_900_000)) for name in (GPT, LUNA, GPT, LUNA)]
    maturity = trading.maturity(months)
    trading.go_to(maturity + 60)
    trading.fix(PRICES)
    return Matured(local=local, trading=trading, ids=tuple(ids), maturity=maturity)


def until_done(keeper: Keeper, rounds: int = 6) -> list[Round]:
    """Rounds until nothing is ready and nothing is on its way."""
    found: list[Round] = []
    for _ in range(rounds):
        found.append(keeper.round())
        if not found[-1].ready and found[-1].tx_hash is None:
            return found
    raise AssertionError(f"not done after {rounds} rounds: {found}")


def settled_in(rounds: Sequence[Round]) -> list[bytes]:
    """Every id that rounds told of as settled, as often as they did."""
    return sorted(each for round in rounds for each in round.settled)

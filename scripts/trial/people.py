"""Who traded before the visitor came: makers with money, one booked position, open requests; and the visitor's parties.

Everything goes through the desk as anybody's does: requests, the operator's check and match, signatures, the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.client import IFX
from ifx_sdk.desk import Desk
from ifx_sdk.signers import KeySigner, Signer
from scripts.demonstration.scenario import GPT41, LUNA

FUNDS: Final = 100_000_000 * 10**6
"""micro-USDT that each account gets."""
LOT: Final = 100_000
"""Mtok."""
MAKERS: Final = 4
_PATIENCE: Final = 30
_EVERY: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An open request."""

    side: Literal["long", "short"]
    """Long pays F and gets the price."""
    underlying: str
    """`provider/model-id`."""
    lots: int
    """100B tokens each."""
    months: int
    """Tenor."""
    limit: int
    """micro-USDT per Mtok."""


BOOKED: Final = (
    Wish(side="long", underlying=GPT41, lots=5, months=3, limit=7_720_000),
    Wish(side="short", underlying=GPT41, lots=5, months=3, limit=7_680_000),
)
"""Two that were matched."""
OPEN: Final = (
    Wish(side="long", underlying=GPT41, lots=3, months=3, limit=7_650_000),
    Wish(side="short", underlying=GPT41, lots=2, months=3, limit=7_780_000),
    Wish(side="long", underlying=GPT41, lots=10, months=6, limit=7_380_000),
    Wish(side="short", underlying=GPT41, lots=5, months=12, limit=7_200_000),
    Wish(side="long", underlying=LUNA, lots=8, months=3, limit=1_140_000),
    Wish(side="short", underlying=LUNA, lots=20, months=6, limit=1_160_000),
)
"""Limits that do not meet: they wait for the visitor."""


class People:
    """Everybody at the desk but the visitor."""

    def __init__(self, ifx: IFX, url: str) -> None:
        """Signs nobody in yet."""
        self._ifx, self._url = ifx, url
        self._makers = [KeySigner.from_key((0x5A0D << 64 | number).to_bytes(32, "big")) for number in range(MAKERS)]

    def fund(self) -> None:
        """Give makers and parties test USDT, and makers the coin for gas and the allowance that booking needs."""
        for role in (devnet.LONG, devnet.SHORT):
            devnet.faucet(self._ifx, devnet.signer(role).address, usdt=FUNDS)
        for maker in self._makers:
            devnet.faucet(self._ifx, maker.address, usdt=FUNDS, eth=10**18)
            for outcome in self._ifx.as_signer(maker).token.allow(FUNDS):
                outcome.confirmed()

    def book(self) -> str:
        """Have two makers agree and the desk book it; the forward's id."""
        with self._at(self._makers[0]) as long, self._at(self._makers[1]) as short, self._operator() as operator:
            for desk, wish in ((long, BOOKED[0]), (short, BOOKED[1])):
                operator.operator.check(self._ask(desk, wish))
            [pair] = operator.operator.matches().items
            agreement = operator.operator.confirm(pair).agreement
            long.approve(agreement)
            short.approve(agreement)
            return str(long.wait_until_over(agreement, seconds=_PATIENCE, every=_EVERY).forward)

    def wait_at_the_market(self) -> None:
        """Have the makers hand in requests that nobody meets."""
        with self._operator() as operator:
            for number, wish in enumerate(OPEN):
                with self._at(self._makers[number % MAKERS]) as desk:
                    operator.operator.check(self._ask(desk, wish))

    def name_parties(self) -> None:
        """Tell the desk whom the visitor plays."""
        for role, name in ((devnet.LONG, "Long treasury"), (devnet.SHORT, "Short treasury")):
            with self._at(devnet.signer(role)) as desk:
                desk.change_profile(name=name)

    def _ask(self, desk: Desk, wish: Wish) -> str:
        return desk.request(
            wish.side,
            wish.underlying,
            quantity=wish.lots * LOT,
            months=wish.months,
            limit_price=wish.limit,
            valid_until=self._ifx.chain.now() + 14 * SECONDS_PER_DAY,
        ).id

    @contextmanager
    def _at(self, signer: Signer) -> Iterator[Desk]:
        with Desk(self._url, signer, domain=self._ifx.escrow.domain()) as desk:
            yield desk

    @contextmanager
    def _operator(self) -> Iterator[Desk]:
        with self._at(devnet.signer(devnet.DEPLOYER)) as desk:
            yield desk

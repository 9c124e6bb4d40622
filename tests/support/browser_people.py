"""People who trade by the SDK and look at the desk's page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page
from support.browser import Visits
from support.browser_wallet import BrowserWallet
from support.desk_process import DeskProcess
from support.market import KeyWallet

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.desk import Desk
from ifx_sdk.signers import KeySigner


@dataclass(kw_only=True)
class Trader:
    """One of the well-known accounts, funded: its program, and its wallet in a browser."""

    desk: DeskProcess
    """The desk it trades at."""
    index: int
    """Of the test account, whose transactions the node signs."""
    program: Desk = field(init=False)
    """The SDK's client."""

    def __post_init__(self) -> None:
        """Money, an allowance, and a client."""
        self.desk.fund(KeyWallet(chain=self.desk.ifx.chain, signer=self.signer))
        self.program = self.desk.desk(self.signer)

    @property
    def signer(self) -> KeySigner:
        """Its key."""
        return devnet.signer(self.index)

    @property
    def address(self) -> str:
        """Checksummed."""
        return self.signer.address

    @property
    def ifx(self) -> IFX:
        """The deployment, as this account."""
        return self.desk.ifx.as_signer(self.signer)

    @property
    def money(self) -> tuple[int, int]:
        """(free balance, tokens in the wallet), micro-USDT."""
        [found] = self.desk.money(self.address)
        return found

    def wallet(self, **behaviour: Any) -> BrowserWallet:
        """Its wallet in a browser."""
        return BrowserWallet.of(self.desk.ifx.chain, self.address, **behaviour)

    def visit(self, visits: Visits, path: str, wallet: BrowserWallet | None = None, **screen: Any) -> Page:
        """A page of the desk, signed in."""
        return visits.signed_in(path, self.wallet() if wallet is None else wallet, **screen)


def booked(long: Trader, short: Trader, **wish: Any) -> str:
    """A forward between two traders, booked by the desk's worker: its id."""
    agreement = long.desk.meet(long.program, short.program, **wish)
    for each in (long, short):
        each.program.approve(agreement)
    found = long.desk.over(long.program, agreement)
    assert found.state == "done", found
    return found.forward


def approved_by(agreement: str, *traders: Trader) -> None:
    """All approve by the SDK, and the desk executes it."""
    for each in traders:
        each.program.approve(agreement)
    found = traders[0].desk.over(traders[0].program, agreement)
    assert found.state == "done", found

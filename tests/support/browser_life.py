"""A treasurer before the desk's page, from signing in to the money back: calm, reloading, or saying no first.

Everything is found by role and name. Whatever the wallet is asked to confirm goes through `confirm`, every other click
through `press`: a treasurer's manner says what happens around each. Amounts are read from the page as text, to be held
against the SDK's integers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from playwright.sync_api import Locator, Page, Route, expect
from support.browser import Visits
from support.browser_accounts import digest_of, personal
from support.browser_wallet import BrowserWallet
from support.desk_process import DeskProcess
from support.market import KeyWallet, Wallet

from ifx_sdk import devnet
from ifx_sdk.desk import Desk
from ifx_sdk.money import decimal_text
from ifx_sdk.payoff import Side
from ifx_sdk.signers import KeySigner, Signer

SIGN, SEND = "eth_signTypedData_v4", "eth_sendTransaction"
WAITING = 20_000
"""Milliseconds that the page may take to notice what desk or chain have."""
DECLINED = re.compile("Nothing was sent or signed")
_VALUE = """(node) => {
  const found = node.cloneNode(true);
  found.querySelectorAll(".hint").forEach((each) => each.remove());
  return found.textContent;
}"""
_keys = count(0x11FE_0000)


def shown(micro: int, *, signed: bool = False, unit: str = " USDT") -> str:
    """An amount or price in micro-USDT as the page writes it."""
    whole, decimals = decimal_text(abs(micro), places=2).split(".")
    sign = "\u2212" if micro < 0 else "+" if signed and micro > 0 else ""
    return f"{sign}{int(whole):,}.{decimals}{unit}"


def figure(page: Page, name: str, inside: Locator | None = None) -> str:
    """The value beside a name, of large figures and of facts: on one line, without its hint."""
    named = page.locator("dt", has_text=re.compile(f"^{re.escape(name)}$"))
    found = (page.get_by_role("main") if inside is None else inside).locator("dl > div").filter(has=named)
    return str(found.locator("dd").first.evaluate(_VALUE)).strip()


Look = Callable[["Treasurer"], None]
"""Holds what a page shows against what it must."""


@dataclass(kw_only=True)
class Manner:
    """How somebody uses a page."""

    reloads: bool = False
    """After each click, and while the wallet is asked."""
    rejects: bool = False
    """Each wallet request once (4001), before it is confirmed."""


@dataclass(kw_only=True)
class Treasurer:
    """One side before the page."""

    desk: DeskProcess
    """Where it trades."""
    visits: Visits
    """Opens its page."""
    side: Side
    """Which it takes."""
    wallet: Wallet
    """Its account."""
    manner: Manner = field(default_factory=Manner)
    """How it uses the page."""
    browser: BrowserWallet = field(init=False)
    """The wallet as the page meets it."""
    page: Page = field(init=False)
    """Its one tab."""
    behind: Signer | None = None
    """Who signs for a program of the same account; None: the wallet's own key."""

    def __post_init__(self) -> None:
        """A browser that has opened nothing."""
        self.browser = BrowserWallet.of(self.desk.ifx.chain, self.wallet, name=f"{self.side.title()} wallet")
        self.page = self.visits.visitor(self.browser).new_page()

    @property
    def address(self) -> str:
        """The account, checksummed."""
        return self.wallet.address

    @property
    def program(self) -> Desk:
        """The SDK's client for the same account: what it says is what the page must show."""
        if self.behind is None:
            assert isinstance(self.wallet, KeyWallet)
            self.behind = self.wallet.signer
        return self.desk.desk(self.behind)

    @property
    def money(self) -> tuple[int, int]:
        """(free on the escrow, tokens in the wallet), micro-USDT."""
        [found] = self.desk.money(self.address)
        return found

    # ------------------------------------------------------------------------------------------------- hands

    def button(self, name: str) -> Locator:
        """By its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, found: Locator) -> None:
        """Click something that asks no wallet."""
        found.click()
        self.pause()

    def pause(self) -> None:
        """Where somebody who reloads does."""
        if self.manner.reloads:
            self.page.reload()

    def confirm(self, name: str, method: str, done: Locator) -> None:
        """Press a button that asks the wallet, and confirm there; `done` is what the page then says."""
        if self.manner.rejects:
            self.browser.refuse_next(method)
            self.button(name).click()
            expect(self.page.get_by_text(DECLINED).first).to_be_visible(timeout=WAITING)
        if not self.manner.reloads:
            self.button(name).click()
            expect(done).to_be_visible(timeout=WAITING)
            return
        self.ask_and_reload(name, method)
        if method == SEND:
            # The chain has it, and the page finds it there: it asks no second time.
            expect(done).to_be_visible(timeout=WAITING)
        else:
            # A signature that no page heard of is nowhere: it is given again.
            self.button(name).click()
            expect(done).to_be_visible(timeout=WAITING)
        self.page.reload()
        expect(done).to_be_visible(timeout=WAITING)

    def ask_and_reload(self, name: str, method: str) -> None:
        """Press a button, reload while the wallet's window is open, and confirm in it afterwards."""
        self.browser.slow_down(method)
        self.button(name).first.click()
        self.browser.wait_until_asked()
        self.page.reload()
        assert not self.browser.release()
        self.browser.slow_down()

    # --------------------------------------------------------------------------------------------- signing in

    def open(self, path: str) -> None:
        """Go to a page, and sign in where it asks for that: sessions end while time passes."""
        self.visits.set_clock(self.page.context)
        self.page.goto(path)
        heading = self.page.get_by_role("heading", name=re.compile("Sign in to go on|Your session is over"))
        inside = self.page.locator("summary").filter(has_text=self.address[:6])
        expect(heading.or_(inside).first).to_be_visible()
        if heading.is_visible():
            self._sign_in(inside)

    def _sign_in(self, inside: Locator) -> None:
        """By the wallet; `inside` is what the page shows then."""
        sign_in = self.page.get_by_role("main").get_by_role("button", name="Sign in")
        if self.manner.rejects:
            self.browser.refuse_next("personal_sign")
            sign_in.click()
            expect(self.page.get_by_text(DECLINED)).to_be_visible()
        if self.manner.reloads:
            self.ask_and_reload("Sign in", "personal_sign")
        sign_in.click()
        expect(inside).to_be_visible()
        self.pause()

    # -------------------------------------------------------------------------------------------- the request

    def request(self, *, lots: int, limit: int, look: Look = lambda _: None) -> str:
        """Fill in and hand in a request over three months; its id. `look` looks at the form before that."""
        page = self.page
        self.open("/request")
        page.get_by_label("Size").fill(str(lots))
        self.pause()
        for label in (self.side.title(), "My limit", "3M", "A week"):
            page.get_by_label(label, exact=True).check()
            self.pause()
            expect(page.get_by_label(label, exact=True)).to_be_checked()
        page.get_by_label("Limit price").fill(decimal_text(limit))
        self.pause()
        expect(page.get_by_role("complementary", name="Quote")).to_contain_text("your limit")
        look(self)
        if self.manner.reloads:
            # The desk takes it, and its answer meets no page any more.
            page.route("**/api/requests", _answer_nobody, times=1)
            with page.expect_request("**/api/requests"):
                self.button("Hand it in").click()
            page.reload()
        self.button("Hand it in").click()
        page.wait_for_url("**/requests/*")
        self.pause()
        expect(page.get_by_text("The desk's operator checks it next")).to_be_visible()
        return page.url.rsplit("/", 1)[1]

    # ---------------------------------------------------------------------------------- terms, money, approval

    def read_terms(self, agreement: str) -> None:
        """By way of the inbox to final terms."""
        self.open("/inbox")
        self.press(self.page.get_by_role("link", name="Final terms").first)
        self.page.wait_for_url(f"**/agreements/{agreement}")
        expect(self.page.get_by_text("So does the escrow's own computation")).to_be_visible(timeout=WAITING)

    def allow(self) -> None:
        """The funding checklist, from no allowance to its end."""
        self.confirm("Allow exactly this", SEND, self.page.get_by_text("Tried out against the chain as it is now"))

    def approve(self) -> None:
        """By signature."""
        self.confirm("Sign and approve", SIGN, self.page.get_by_text("You approved it by signature"))

    # ---------------------------------------------------------------------------------------------- afterwards

    def see_booked(self) -> None:
        """The agreement's page follows by itself, and leads to the position."""
        page = self.page
        expect(page.get_by_text("Booked on the chain.")).to_be_visible(timeout=WAITING)
        self.press(page.get_by_role("link", name="Go to the position"))
        expect(page.get_by_text("Nothing is asked of you until then.")).to_be_visible(timeout=WAITING)

    def settle(self, forward: str) -> None:
        """By its page."""
        self.open(f"/positions/{forward}")
        self.confirm("Settle", SEND, self.page.get_by_role("heading", name="How it ended"))

    def withdraw(self) -> None:
        """All of it, from the page of money."""
        self.open("/funds")
        self.confirm("Withdraw", SEND, self.page.get_by_role("row", name="withdrawal"))

    # ------------------------------------------------------------------------------------------------- digests

    def hold_signatures(self, digest: str) -> None:
        """Every signature of this wallet is over the terms, by the SDK's digest, or over the desk's own message."""
        assert any(isinstance(each.payload, dict) for each in self.browser.signed)
        for each in self.browser.signed:
            if isinstance(each.payload, dict):
                assert "0x" + each.digest.hex() == digest
            else:
                assert each.payload.startswith(f"127.0.0.1:{self.desk.port} wants you to sign in")
                assert each.digest == digest_of(personal("0x" + each.payload.encode().hex()))
            assert each.signature == self.wallet.sign(each.digest)


def _answer_nobody(route: Route) -> None:
    route.fetch()


def newcomer(desk: DeskProcess) -> KeySigner:
    """A key that nobody had before, with coin for gas and no USDT."""
    signer = KeySigner.from_key(next(_keys).to_bytes(32, "big"))
    devnet.faucet(desk.ifx, signer.address, eth=10**18)
    return signer


def rows(page: Page, caption: str) -> list[list[str]]:
    """A table's cells as text, row by row."""
    table = page.get_by_role("table", name=caption)
    return [each.get_by_role("cell").all_inner_texts() for each in table.get_by_role("row").all()[1:]]

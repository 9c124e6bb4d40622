"""A Safe before the desk's page: its owners sign elsewhere, over days, and execute the files that the page gives."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect
from support.browser_life import WAITING, Treasurer, newcomer
from support.browser_wallet import BrowserWallet
from support.desk_process import DeskProcess
from support.market import KeyWallet
from support.packages import npm_package
from support.safe import Safe, SafeContracts

from ifx_sdk.chain import Call
from ifx_sdk.safe_message import SafeSigner
from scripts.npm import SAFE


@dataclass(kw_only=True)
class SafeTreasurer(Treasurer):
    """A Safe's treasurer. By file there is no wallet in the browser at all; by signature it is that of one owner."""

    safe: Safe
    """The Safe."""
    by_file: bool
    """Whether it approves on the chain, by a file."""

    def __post_init__(self) -> None:
        """A browser that has opened nothing."""
        self.behind = SafeSigner(self.safe.address, self.safe.deciding, self.desk.ifx.chain.chain_id)
        owner = self.safe.deciding[0]
        account = KeyWallet(chain=self.desk.ifx.chain, signer=owner)  # type: ignore[arg-type]  # its owners are keys
        self.browser = BrowserWallet.of(self.desk.ifx.chain, account, name="Owner's wallet")
        self.page = self.visits.visitor(*([] if self.by_file else [self.browser])).new_page()

    def _sign_in(self, inside: Locator) -> None:
        """The message's hash, signed by owners: pasted, or the first one by the wallet in the browser."""
        page, elsewhere = self.page, list(self.safe.deciding)
        page.get_by_text("Sign in with a Safe or another contract wallet").click()
        page.get_by_label("Address of the Safe").fill(self.address)
        self.button("Get the message").click()
        shown = page.get_by_label(re.compile("^0x[0-9a-f]{64}$")).get_attribute("aria-label", timeout=WAITING)
        assert shown is not None
        if not self.by_file:
            self.button("Sign as an owner with this browser's wallet").click()
            expect(page.get_by_label("Owners' signatures")).not_to_have_value("")
            assert self.browser.signed[-1].digest.hex() == shown[2:]
            elsewhere = elsewhere[1:]
        self.paste(*(each.sign_digest(bytes.fromhex(shown[2:])) for each in _in_order(elsewhere)))
        self.button("Sign in as the Safe").click()
        expect(inside).to_be_visible()

    def paste(self, *signatures: bytes) -> None:
        """Behind what stands there already."""
        box = self.page.get_by_label("Owners' signatures")
        box.fill("\n".join(filter(None, [box.input_value(), *("0x" + each.hex() for each in signatures)])))

    def download(self, place: Locator) -> list[dict[str, Any]]:
        """The calls of the file that a part of the page gives, for Safe's Transaction Builder."""
        with self.page.expect_download() as started:
            place.get_by_role("button", name="Download for the Transaction Builder").click()
        batch = json.loads(Path(started.value.path()).read_text())
        assert batch["chainId"] == str(self.desk.ifx.chain.chain_id)
        return list(batch["transactions"])

    def execute(self, calls: list[dict[str, Any]]) -> None:
        """In the Safe, as its owners do with a file."""
        for each in calls:
            assert each["value"] == "0"
            self.safe.act(Call(name="batch", to=each["to"], data=bytes.fromhex(each["data"][2:]))).confirmed()

    def region(self, name: str) -> Locator:
        """A section of the page by its heading."""
        return self.page.get_by_role("region", name=name, exact=True)

    def read_terms(self, agreement: str) -> None:
        """By way of the inbox; a page without a wallet says what one would add."""
        self.open("/inbox")
        self.page.get_by_role("link", name="Final terms").first.click()
        self.page.wait_for_url(f"**/agreements/{agreement}")
        expect(self.page.get_by_text("The desk says the same.")).to_be_visible(timeout=WAITING)
        self.page.get_by_label("Safe or contract wallet").check()

    def allow(self) -> None:
        """By file; the page notices it."""
        self.execute(self.download(self.region("Your money")))
        # Somebody who comes back to the tab: the page looks at once, not at its next turn.
        self.page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(self.page.get_by_text("The escrow may collect")).to_be_visible(timeout=WAITING)

    def approve(self) -> None:
        """The hash on the page is the SDK's; then the file is executed, or the owners' signatures are pasted."""
        here = self.region("Approve")
        digest = bytes.fromhex(self._digest())
        expect(here.get_by_label("0x" + self.safe.message_hash(digest).hex())).to_be_visible()
        if self.by_file:
            calls = self.download(here)
            prepared = self.desk.ifx.escrow.prepare("approve_terms", self.program.message(self._agreement).as_tuple())
            assert [(each["to"], each["data"]) for each in calls] == [(prepared.to, "0x" + prepared.data.hex())]
            self.execute(calls)
            done = "You approved it on the chain"
        else:
            # The page sorts them.
            wrongly = reversed(_in_order(self.safe.deciding))
            self.paste(*(each.sign_digest(self.safe.message_hash(digest)) for each in wrongly))
            self.button("Approve with these signatures").click()
            done = "You approved it by signature"
        expect(self.page.get_by_text(done)).to_be_visible(timeout=WAITING)

    @property
    def _agreement(self) -> str:
        return self.page.url.rsplit("/", 1)[1]

    def _digest(self) -> str:
        return self.program.terms(self._agreement).digest[2:]

    def settle(self, forward: str) -> None:
        """By file."""
        self.open(f"/positions/{forward}")
        self._choose_file()
        self.execute(self.download(self.page.get_by_role("main")))

    def withdraw(self) -> None:
        """All of it, by file."""
        self.open("/funds")
        self._choose_file()
        self.execute(self.download(self.region("Withdraw")))

    def _choose_file(self) -> None:
        self.page.get_by_role("radio", name="Safe", exact=True).check(timeout=WAITING)


def _in_order(owners: Any) -> list[Any]:
    return sorted(owners, key=lambda each: int(each.address, 16))


def new_safe(desk: DeskProcess) -> Safe:
    """A Safe of which two of three owners decide."""
    owners = [newcomer(desk) for _ in range(3)]
    return SafeContracts(desk.ifx.chain, npm_package(SAFE), newcomer(desk)).create(owners, 2)

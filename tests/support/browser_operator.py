"""The operator before the desk's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect
from support.browser import Visits
from support.browser_life import WAITING
from support.browser_wallet import BrowserWallet
from support.desk_process import DeskProcess

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address


@contextmanager
def console(desk: DeskProcess, visits: Visits) -> Iterator[Page]:
    """The operator's page, signed in."""
    page = visits.signed_in(
        "/operator", BrowserWallet.of(desk.ifx.chain, dev_address(devnet.DEPLOYER), name="Operator")
    )
    expect(page.get_by_role("heading", name="Operator", level=1)).to_be_visible(timeout=WAITING)
    yield page
    page.context.close()


def check_and_match(desk: DeskProcess, visits: Visits, *, count: int = 2) -> None:
    """Check so many requests, one after the other, and send final terms for the first proposal."""
    with console(desk, visits) as page:
        for _ in range(count):
            page.get_by_role("button", name=re.compile("^Check (Long|Short)")).first.click()
            page.get_by_role("dialog").get_by_role("button", name="Check it").click()
            expect(page.get_by_role("dialog")).to_be_hidden(timeout=WAITING)
        page.get_by_role("button", name=re.compile("^Send final terms")).first.click()
        page.get_by_role("dialog").get_by_role("button", name="Send them").click()
        expect(page.get_by_text("Final terms went to both sides")).to_be_visible(timeout=WAITING)

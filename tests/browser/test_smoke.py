"""The page loads, shows the market, and lets somebody sign in with a wallet and out again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from support.browser import (
    DESKTOP,
    PHONE,
    Theme,
    View,
    Visits,
    accessible,
    first_paint_ms,
    four_pictures,
    layout_shifts,
    overflows,
)
from support.browser_wallet import BrowserWallet
from support.chain import GPT
from support.desk_process import DeskProcess

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address

FIRST_PAINT_MS = 1_000
"""At most, on the loopback with a cold cache."""
SIGN_IN = "Sign in"


def settled(page: Page) -> Page:
    """The page, when everything that it asked for is there."""
    page.wait_for_load_state("networkidle")
    return page


def wallet_of(desk: DeskProcess, role: int = devnet.LONG) -> BrowserWallet:
    """An account of the node."""
    return BrowserWallet.of(desk.ifx.chain, dev_address(role), name="Treasury wallet")


def sign_in_with(page: Page, wallet: BrowserWallet) -> None:
    """Press the button beside a wallet."""
    page.get_by_role("listitem").filter(has_text=wallet.name).get_by_role("button", name=SIGN_IN).click()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", [DESKTOP, PHONE], ids=lambda view: view.name)
@pytest.mark.parametrize("path", ["/", "/market", "/sign-in", "/no-such-page"])
def test_a_public_page_stands_still_fits_and_is_accessible(visits: Visits, path: str, view: View, theme: Theme) -> None:
    """axe finds nothing serious, nothing moves while it loads, nobody scrolls sideways."""
    if path == "/no-such-page":
        visits.allow("status of 404")
    page = settled(visits.open(path, view=view, theme=theme))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)


def test_the_first_paint_comes_within_a_second(visits: Visits, record_property: Callable[[str, object], None]) -> None:
    """With a cold cache: each visitor has one. The second visitor counts, whose desk has answered somebody before."""
    visits.open("/market")
    page = settled(visits.open("/market"))
    took = first_paint_ms(page)
    record_property("first_paint_ms", took)
    print(f"first paint after {took:.0f} ms")
    assert took < FIRST_PAINT_MS


def test_the_market_shows_what_was_fixed(visits: Visits) -> None:
    """Both references with their newest fixing."""
    page = settled(visits.open("/market"))
    four_pictures(page, "market")
    row = page.get_by_role("row").filter(has_text=GPT).first
    expect(row).to_contain_text("8.00")


def test_somebody_signs_in_and_out(visits: Visits, desk: DeskProcess) -> None:
    """The wallet signs the desk's own message once; a reload keeps the session; afterwards nobody is signed in."""
    wallet = wallet_of(desk)
    page = settled(visits.open("/sign-in", wallet))
    assert accessible(page) == []
    sign_in_with(page, wallet)
    account = page.locator("summary").filter(has_text=wallet.address[:6])
    expect(account).to_be_visible()
    [signed] = wallet.signed
    assert signed.payload.startswith(f"127.0.0.1:{desk.port} wants you to sign in")
    assert wallet.writes == ["personal_sign"]
    page.reload()
    expect(account).to_be_visible()
    assert accessible(page) == []
    account.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name=SIGN_IN)).to_be_visible()
    assert page.request.get("/api/session").status == 401


def test_somebody_who_says_no_may_say_yes(visits: Visits, desk: DeskProcess) -> None:
    """4001 is told on the page, with what to do; the same button works again."""
    wallet = wallet_of(desk, devnet.SHORT)
    page = settled(visits.open("/sign-in", wallet))
    wallet.refuse_next("personal_sign")
    sign_in_with(page, wallet)
    expect(page.get_by_text("Nothing was sent or signed")).to_be_visible()
    assert accessible(page) == []
    sign_in_with(page, wallet)
    expect(page.locator("summary").filter(has_text=wallet.address[:6])).to_be_visible()
    assert wallet.writes == ["personal_sign", "personal_sign"]


@pytest.mark.parametrize("role", [devnet.LONG, devnet.DEPLOYER])
def test_who_signed_in_before_goes_on(visits: Visits, desk: DeskProcess, role: int) -> None:
    """The session is in a cookie that no script reads, and the wallet is known again without being opened."""
    wallet = wallet_of(desk, role)
    page = settled(visits.signed_in("/market", wallet))
    expect(page.locator("summary").filter(has_text=wallet.address[:6])).to_be_visible()
    assert (wallet.writes, accessible(page), layout_shifts(page)) == ([], [], [])
    assert "ifx_session" not in page.evaluate("document.cookie")
    assert "eth_requestAccounts" not in {each.method for each in wallet.asked}

"""The sandbox's page: wallets without an extension that ask before they sign, and a bar by which time passes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import DESKTOP, PHONE, View, Visits, accessible, four_pictures, layout_shifts, overflows
from support.chain import START, anvil_binary

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, day_of
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from scripts.anvil import free_port, running
from scripts.demonstration.scenario import GPT41
from scripts.sandbox import NODE
from scripts.trial import desk as trial_desk
from scripts.trial.oracle import UNDERLYINGS, TrialOracle

FUNDS = 10**14
TRAVEL_MS = 240_000
"""Longest wait for three months day by day, on a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[IFX, str]]:
    """The parts of `make sandbox` without its weeks of history; deployment and URL."""
    folder, port, today = tmp_path_factory.mktemp("sandbox"), free_port(), day_of(START)
    with running(anvil_binary(), free_port(), timestamp=START + 60, more=NODE) as (chain, _):
        ifx = devnet.start(chain, UNDERLYINGS, folder / "local.toml")
        oracle = TrialOracle(ifx, first_day=today, visit_day=today)
        for role in (devnet.LONG, devnet.SHORT):
            devnet.faucet(ifx, dev_address(role), usdt=FUNDS)
        url = f"http://127.0.0.1:{port}"
        with oracle.running() as live:
            text = trial_desk.settings(url=url, rpc=str(chain.url), deployment="local.toml", live=live)
            with trial_desk.starting(Path(folder), text, port) as answering:
                oracle.fix(today)
                oracle.follow(print)
                answering()
                yield ifx, url


@pytest.fixture
def visits(browser: Browser, sandbox: tuple[IFX, str]) -> Iterator[Visits]:
    """Visits to the sandbox; whatever goes wrong on a page fails the test."""
    ifx, url = sandbox
    found = Visits(browser=browser, url=url, now=ifx.chain.now)
    yield found
    assert found.close() == []


def bar(page: Page) -> str:
    """What the bar says."""
    return page.get_by_role("complementary", name="Sandbox").inner_text()


def sign_in(page: Page, name: str) -> None:
    """Ask for a session with one of the sandbox's wallets."""
    page.get_by_role("listitem").filter(has_text=f"Sandbox: {name}").get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("view", [DESKTOP, PHONE], ids=lambda view: view.name)
def test_the_bar_moves_nothing_and_is_accessible(visits: Visits, view: View) -> None:
    """It says how late it is, also where the page does not know its path."""
    page = visits.open("/market", view=view)
    expect(page.get_by_role("complementary", name="Sandbox")).to_contain_text("UTC")
    page.wait_for_load_state("networkidle")
    four_pictures(page, "sandbox")
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)


def test_a_wallet_asks_before_it_signs(visits: Visits) -> None:
    """Its window shows the whole message; a no signs nobody in, a yes does; the operator's account is one too."""
    for name, role in (("long treasury", devnet.LONG), ("operator", devnet.DEPLOYER)):
        page = visits.open("/sign-in")
        sign_in(page, name)
        window = page.get_by_role("dialog")
        expect(window).to_contain_text(dev_address(role))
        expect(window).to_contain_text("wants you to sign in with your Ethereum account")
        assert accessible(page) == []
        page.get_by_role("button", name="Reject").click()
        expect(page.get_by_text("Nothing was sent or signed")).to_be_visible()
        sign_in(page, name)
        page.get_by_role("button", name="Confirm").click()
        expect(page.locator("summary").filter(has_text=dev_address(role)[:6])).to_be_visible()


def test_the_next_day_comes_by_a_button(visits: Visits, sandbox: tuple[IFX, str]) -> None:
    """The page loads anew when the day is fixed."""
    ifx, _ = sandbox
    before = day_of(ifx.chain.now())
    page = visits.open("/market")
    page.get_by_role("button", name="Next day").click()
    tomorrow = date_of(before + 1).isoformat()
    expect(page.get_by_role("complementary", name="Sandbox")).to_contain_text(f"{tomorrow} 00:1", timeout=TRAVEL_MS)
    assert all(ifx.oracle.fixing(name, before + 1) is not None for name in UNDERLYINGS)


def test_a_position_is_taken_to_its_maturity(visits: Visits, sandbox: tuple[IFX, str]) -> None:
    """Three months pass, each day is fixed by four nodes, the price is cut on the way, and anyone settles."""
    ifx, _ = sandbox
    long, short, desk = (ifx.as_signer(devnet.signer(each)) for each in (devnet.LONG, devnet.SHORT, devnet.DESK))
    terms = ifx.terms(ifx.quote(GPT41, 100_000, 3), long=long.account, short=short.account)
    for side in (long, short):
        side.token.allow(FUNDS)
    desk.escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
    forward = ifx.escrow.terms_id(terms)
    page = visits.open("/market")
    expect(page.get_by_role("button", name="maturity")).to_have_count(0)
    page.goto(f"/positions/0x{forward.hex()}")
    page.get_by_role("button", name="To this position's maturity").click()
    expect(page.get_by_role("status").filter(has_text="days to go")).to_be_visible()
    arrived = date_of(terms.maturity // SECONDS_PER_DAY).isoformat()
    expect(page.get_by_role("complementary", name="Sandbox")).to_contain_text(f"{arrived} 00:1", timeout=TRAVEL_MS)
    desk.escrow.settle(forward).confirmed()
    settled = ifx.escrow.settlement(forward)
    assert settled is not None
    assert settled.price == 4_320_000
    assert "Time stopped" not in bar(page)

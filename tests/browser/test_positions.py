"""Positions, money and documents in the page: a forward from its booking to the money back, in a real browser."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from support.browser import DESKTOP, PHONE, Visits, accessible, four_pictures, layout_shifts, overflows
from support.browser_people import Trader, approved_by, booked
from support.desk_process import GPT, SPOT, DeskProcess

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY

HOSTILE = "<b>Evil</b> & Söhne \u05d7\u05d1\u05e8\u05d4 " + "W" * 80
CUT = 7_200_000
"""micro-USDT per Mtok at which most of it settles."""
WAITING = 20_000
"""Milliseconds that the page may take to notice what the chain has."""


@pytest.fixture(scope="module", autouse=True)
def everybody(desk: DeskProcess) -> Iterator[None]:
    """Closes every client at the end."""
    yield
    desk.everybody_leaves()


@pytest.fixture(scope="module")
def long(desk: DeskProcess) -> Trader:
    """The long of every forward."""
    return Trader(desk=desk, index=devnet.LONG)


@pytest.fixture(scope="module")
def short(desk: DeskProcess) -> Trader:
    """The short of every forward, by a name that is shown to the long."""
    found = Trader(desk=desk, index=devnet.SHORT)
    found.program.change_profile(name=HOSTILE)
    return found


@pytest.fixture(scope="module")
def newcomer(desk: DeskProcess) -> Trader:
    """Who takes a side's place."""
    return Trader(desk=desk, index=devnet.OUTSIDER)


def fixed_today(desk: DeskProcess) -> None:
    """Bookings want a fixing of their day, and these tests' limits one at the spot."""
    if desk.ifx.oracle.latest(GPT) != (desk.ifx.chain.now() // SECONDS_PER_DAY, SPOT):
        desk.next_day()


@pytest.fixture(autouse=True)
def today(desk: DeskProcess) -> None:
    """Every test can book."""
    fixed_today(desk)


@pytest.fixture(scope="module")
def open_forward(long: Trader, short: Trader) -> str:
    """A forward that the first tests share; the last of them ends it."""
    return booked(long, short)


@pytest.fixture(scope="module")
def due_forward(desk: DeskProcess, long: Trader, short: Trader) -> str:
    """A forward that can be settled; the second test that has it does."""
    fixed_today(desk)
    forward = booked(long, short)
    matured(desk, forward)
    return forward


def maturity(desk: DeskProcess, forward: str) -> int:
    """Of a forward, unix seconds."""
    return desk.ifx.escrow.forward(bytes.fromhex(forward[2:])).maturity


def matured(desk: DeskProcess, forward: str, price: int = CUT) -> None:
    """Go to ten minutes after a forward's maturity and fix its day."""
    desk.go_to(maturity(desk, forward) + 600)
    desk.fix(price)


def figure(page: Page, name: str) -> str:
    """One of the large figures by its name."""
    return page.locator(".figures > div", has=page.get_by_text(name, exact=True)).locator("dd").first.inner_text()


def sound(page: Page) -> None:
    """axe, the layout and the page's width have nothing to say."""
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)


def test_without_a_forward_the_page_says_how_to_get_one(visits: Visits, newcomer: Trader) -> None:
    """Positions, money and documents are empty, and each leads on."""
    page = newcomer.visit(visits, "/positions")
    expect(page.get_by_text("You have no forward yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Ask for a forward")).to_have_attribute("href", "/request")
    assert figure(page, "In your wallet") == f"{newcomer.money[1] // 10**6:,}.00 USDT"
    sound(page)
    page.goto("/funds")
    expect(page.get_by_text("Nothing is free on the escrow.")).to_be_visible()
    expect(page.get_by_text("Nothing has moved yet.")).to_be_visible()
    sound(page)
    page.goto("/documents")
    expect(page.get_by_role("link", name="To your inbox")).to_be_visible()


def test_documents_are_the_apis_bytes_under_their_names(visits: Visits, long: Trader, open_forward: str) -> None:
    """Each file of the list, and the ledger; what is not there yet says from when on."""
    forward = open_forward
    page = long.visit(visits, f"/documents?forward={forward}")
    expect(page.get_by_text("After its settlement, from")).to_be_visible()
    sound(page)
    four_pictures(page, "documents")
    listed = {(each.kind, each.form) for each in long.program.documents.listed(forward)}
    assert len(listed) == 8
    for link in page.locator(".papers a").all():
        with page.expect_download() as started:
            link.click()
        name = started.value.suggested_filename
        assert name == link.get_attribute("download")
        kind, form = name.split("-")[1], name.rsplit(".", 1)[1]
        documents = long.program.documents
        wanted = documents.ledger() if name == "ifx-ledger.csv" else documents.get(forward, kind, form)
        assert started.value.path().read_bytes() == wanted
        listed.discard((kind, form))
    assert listed == set()


def test_a_hostile_name_stays_text(visits: Visits, long: Trader, open_forward: str) -> None:
    """Markup, another direction and a word without end are shown as they are, and break no layout."""
    forward = open_forward
    for view in (DESKTOP, PHONE):
        page = long.visit(visits, f"/positions/{forward}", view=view)
        expect(page.locator("bdi", has_text=HOSTILE).first).to_be_visible()
        sound(page)
    page = long.visit(visits, "/positions", view=PHONE, theme="dark")
    expect(page.get_by_role("heading", name="By maturity")).to_have_count(0)
    sound(page)


def test_both_sides_end_a_forward_early(visits: Visits, long: Trader, short: Trader, open_forward: str) -> None:
    """Price and payment are two ways to say the same; what is proposed is what both approve and get."""
    forward = open_forward
    page = long.visit(visits, f"/positions/{forward}")
    page.get_by_text("Propose an early end").click()
    expect(page.get_by_label("End price")).to_have_value("8.00")
    page.get_by_role("radio", name="I pay").check()
    page.get_by_label("Payment between the sides").fill("20,000")
    expect(page.get_by_label("End price")).to_have_value("7.50")
    expect(page.get_by_text("You get 780,000.00 USDT")).to_be_visible()
    sound(page)
    four_pictures(page, "position-early-end")
    page.get_by_role("button", name="Propose this end").click()
    page.wait_for_url("**/agreements/*")
    agreement = page.url.rsplit("/", 1)[1]
    page.goto(f"/positions/{forward}")
    expect(page.get_by_text("waits for you and the short")).to_be_visible()
    approved_by(agreement, long, short)
    page.goto(f"/positions/{forward}")
    expect(page.get_by_text("Ended early, at the price that both sides approved,")).to_be_visible()
    assert figure(page, "Came back to you") == "780,000.00 USDT"
    page = short.visit(visits, "/positions?show=ended")
    expect(page.get_by_role("row", name="ended early").first).to_contain_text("+20,000.00")
    sound(page)


def test_a_side_is_handed_on(desk: DeskProcess, visits: Visits, long: Trader, short: Trader, newcomer: Trader) -> None:
    """Three approve; who leaves reads that it is over, who enters has the position with its mark."""
    forward = booked(long, short)
    free = long.money[0]
    page = long.visit(visits, f"/positions/{forward}")
    page.get_by_text("Propose a novation").click()
    expect(page.get_by_label("Payment to you")).to_have_value("830000.00")
    page.get_by_label("New party's address").fill(newcomer.address)
    page.get_by_role("button", name="Propose this novation").click()
    page.wait_for_url("**/agreements/*")
    approved_by(page.url.rsplit("/", 1)[1], long, short, newcomer)
    assert long.money[0] == free + 830_000 * 10**6
    page.goto(f"/positions/{forward}")
    expect(page.get_by_text("You handed this forward on.")).to_be_visible()
    expect(page.get_by_text("it belongs to the sides of today").first).to_be_visible()
    sound(page)
    page = newcomer.visit(visits, f"/positions/{forward}")
    expect(page.get_by_text("entered by novation")).to_be_visible()
    assert figure(page, "Worth at the newest fixing") == "830,000.00 USDT"


def test_a_deposit_resets_an_old_allowance(desk: DeskProcess, visits: Visits, newcomer: Trader) -> None:
    """USDT changes an allowance only by way of zero: three transactions, and an exact allowance that is used up."""
    newcomer.ifx.token.allow(1_000_000)
    free = newcomer.money[0]
    wallet = newcomer.wallet()
    page = newcomer.visit(visits, "/funds", wallet)
    page.get_by_text("Deposit USDT").click()
    page.get_by_label("Amount to deposit").fill("1234.5")
    for button, done in (("Set to zero", "Allow"), ("Allow", "Deposit")):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("button", name=done, exact=True)).to_be_visible(timeout=WAITING)
        page.reload()
        page.get_by_text("Deposit USDT").click()
    page.get_by_role("button", name="Deposit", exact=True).click()
    expect(page.get_by_text("Deposited: it is free on the escrow.")).to_be_visible(timeout=WAITING)
    assert newcomer.money[0] == free + 1_234_500_000
    assert desk.ifx.token.allowance(newcomer.address) == 0
    assert wallet.writes == ["eth_sendTransaction"] * 3


def test_a_forward_is_settled_and_its_money_withdrawn(
    desk: DeskProcess, visits: Visits, long: Trader, short: Trader
) -> None:
    """Open, matured without a fixing, settleable, refused once by 4001, settled; then a part and the rest go home."""
    forward = booked(long, short)
    page = long.visit(visits, f"/positions/{forward}")
    expect(page.get_by_text("Nothing is asked of you until then.")).to_be_visible()
    assert figure(page, "Locked by you") == "800,000.00 USDT"
    expect(page.get_by_text(forward[2:10], exact=True)).to_be_visible()
    sound(page)
    four_pictures(page, "position-open")

    desk.go_to(maturity(desk, forward) + 600)
    page = long.visit(visits, f"/positions/{forward}")
    expect(page.get_by_text("is not posted yet.")).to_be_visible()
    expect(page.get_by_text("Nobody decides, and your money waits in the escrow.")).to_be_visible()
    desk.fix(CUT)

    wallet = long.wallet()
    page = long.visit(visits, f"/positions/{forward}", wallet)
    expect(page.get_by_text("It can be settled now, at 7.20")).to_be_visible(timeout=WAITING)
    sound(page)
    wallet.refuse_next("eth_sendTransaction")
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("You declined it in the wallet.")).to_be_visible()
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible(timeout=WAITING)
    [ending] = [each.end for each in long.program.positions() if each.id == forward]
    assert ending is not None
    assert (ending.price, ending.long_payout, ending.short_payout) == (CUT, 750_000 * 10**6, 850_000 * 10**6)
    assert figure(page, "Came back to you") == "750,000.00 USDT"
    assert figure(page, "Your result") == "\u221250,000.00 USDT"
    expect(page.get_by_text("It is the fixing of 15 Oct 2026, signed by 4 nodes.")).to_be_visible()
    page.get_by_text("Verify this yourself").click()
    expect(page.get_by_text(f"ifx verify {forward}")).to_be_visible()
    assert accessible(page) == []
    four_pictures(page, "position-settled")

    free, tokens = long.money
    page.get_by_role("link", name="Withdraw", exact=True).first.click()
    expect(page.get_by_role("heading", name="Money")).to_be_focused()
    page.get_by_role("radio", name="A part").check()
    page.get_by_label("Amount", exact=True).fill("250,000.5")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("Withdrawn.")).to_be_visible(timeout=WAITING)
    assert long.money == (free - 250_000_500_000, tokens + 250_000_500_000)
    expect(page.get_by_role("row", name="withdrawal")).to_be_visible(timeout=WAITING)
    page.reload()
    left = long.money[0]
    expect(page.get_by_text(f"{left // 10**6:,}.{left % 10**6 // 10**4:02} USDT free")).to_be_visible(timeout=WAITING)
    sound(page)
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("Withdrawn.")).to_be_visible(timeout=WAITING)
    assert long.money == (0, tokens + free)


def test_a_safe_gets_a_file(desk: DeskProcess, visits: Visits, long: Trader, due_forward: str) -> None:
    """For the Transaction Builder: the one call that settles the forward, to the escrow."""
    forward = due_forward
    page = long.visit(visits, f"/positions/{forward}")
    page.get_by_role("radio", name="Safe").check()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download for the Transaction Builder").click()
    assert started.value.suggested_filename == f"settle-{forward[2:10]}.json"
    [call] = json.loads(started.value.path().read_bytes())["transactions"]
    wanted = desk.ifx.escrow.prepare("settle", bytes.fromhex(forward[2:]))
    assert (call["to"], call["data"]) == (wanted.to, "0x" + wanted.data.hex())


def test_a_settlement_is_found_again_after_a_reload(visits: Visits, long: Trader, due_forward: str) -> None:
    """The page is loaded anew while the wallet waits for its user: it asks no second time, and sees what was mined."""
    forward = due_forward
    wallet = long.wallet()
    page = long.visit(visits, f"/positions/{forward}", wallet)
    wallet.slow_down("eth_sendTransaction")
    page.get_by_role("button", name="Settle").click(timeout=WAITING)
    expect(page.get_by_role("button", name="Confirm it in your wallet")).to_be_visible()
    page.wait_for_function("() => Object.keys(localStorage).some((key) => key.includes('settle'))")
    page.reload()
    expect(page.get_by_text("Your wallet was asked before")).to_be_visible()
    assert not wallet.release()
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible(timeout=WAITING)
    assert wallet.writes == ["eth_sendTransaction"]


def test_a_wallet_on_another_chain_or_account_is_led_back(
    desk: DeskProcess, visits: Visits, long: Trader, short: Trader
) -> None:
    """It switches the chain when asked; a withdrawal waits for the account that is signed in."""
    forward = booked(long, short)
    matured(desk, forward)
    wallet = long.wallet(chain_id=1)
    page = long.visit(visits, f"/positions/{forward}", wallet)
    page.get_by_role("button", name="Switch to chain 31337").click()
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible(timeout=WAITING)
    page.goto("/funds")
    wallet.change_account(short.address)
    expect(page.get_by_text("Your wallet is on another account.")).to_be_visible()
    assert accessible(page) == []
    wallet.change_account(long.address)
    expect(page.get_by_role("button", name="Withdraw", exact=True)).to_be_visible()


def test_a_day_without_a_fixing_is_explained(desk: DeskProcess, visits: Visits, long: Trader, short: Trader) -> None:
    """The maturity's day passes unfixed; the next day's fixing takes its place, and anybody settles at it."""
    forward = booked(long, short)
    on = maturity(desk, forward)
    desk.go_to(on + SECONDS_PER_DAY + 600)
    page = long.visit(visits, f"/positions/{forward}")
    expect(page.get_by_text("has no fixing: the oracle was disrupted.")).to_be_visible()
    sound(page)
    desk.fix(9_000_000)
    page = short.visit(visits, f"/positions/{forward}")
    expect(page.get_by_text("It can be settled now, at 9.00")).to_be_visible(timeout=WAITING)
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("by the oracle's rule that of")).to_be_visible(timeout=WAITING)
    assert figure(page, "Came back to you") == "670,000.00 USDT"

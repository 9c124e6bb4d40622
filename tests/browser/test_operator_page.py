"""The operator's console: from a request that was handed in to final terms that were sent, and who is kept out."""

from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import PHONE, Visits, accessible, four_pictures, layout_shifts, overflows
from support.browser_wallet import BrowserWallet
from support.desk_process import GPT, LOT, DeskProcess
from support.market import KeyWallet

from ifx_sdk import devnet
from ifx_sdk.desk import Desk
from ifx_sdk.devkeys import dev_address
from ifx_sdk.signers import KeySigner

HOSTILE = "</td><script>alert(1)</script> \u05d7\u05d1\u05e8\u05d4 " + "W" * 120
_keys = count(0x0FE_0000)


@pytest.fixture
def sides(desk: DeskProcess) -> Iterator[tuple[Desk, Desk]]:
    """Two participants' programs; what they left open is withdrawn."""
    found = participant(desk), participant(desk)
    yield found
    for each in found:
        for request in each.requests(state="submitted"):
            each.withdraw(request.id)
    desk.everybody_leaves()


def participant(desk: DeskProcess) -> Desk:
    """Somebody new with money and an allowance."""
    signer = KeySigner.from_key(next(_keys).to_bytes(32, "big"))
    devnet.faucet(desk.ifx, signer.address, eth=10**18)
    desk.fund(KeyWallet(chain=desk.ifx.chain, signer=signer))
    return desk.desk(signer)


def console(visits: Visits, desk: DeskProcess, path: str = "/operator", **view: object) -> Page:
    """The console before its operator."""
    wallet = BrowserWallet.of(desk.ifx.chain, dev_address(devnet.DEPLOYER), name="Desk wallet")
    page = visits.signed_in(path, wallet, **view)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="Waiting for the check")).to_be_visible()
    return page


def section(page: Page, title: str) -> Locator:
    """A part of the console."""
    return page.get_by_role("region", name=title)


def test_a_request_is_checked_matched_and_sent(visits: Visits, desk: DeskProcess, sides: tuple[Desk, Desk]) -> None:
    """Contact is shown, each step asks first, the proposed price is the midpoint, the terms reach both sides."""
    long, short = sides
    long.change_profile(name=HOSTILE)
    ids = [
        desk.ask(long, "long", contact="desk@long.example", limit_price=7_800_000),
        desk.ask(short, "short", limit_price=7_600_000, quantity=3 * LOT),
    ]
    page = console(visits, desk)
    waiting = section(page, "Waiting for the check")
    expect(waiting.get_by_text("desk@long.example")).to_be_visible()
    four_pictures(page, "operator-check")
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)
    for side in ("Long", "Short"):
        waiting.get_by_role("button", name=f"Check {side} {GPT}").click()
        expect(page.get_by_role("dialog")).to_contain_text("Let this request be matched?")
        assert accessible(page) == []
        page.get_by_role("dialog").get_by_role("button", name="Check it").click()
        expect(waiting.get_by_role("status")).to_contain_text(f"Checked: {side} {GPT}")
    expect(waiting.get_by_text("No request waits for you.")).to_be_visible()

    matches = section(page, "Proposed matches")
    expect(matches.get_by_role("heading", name=f"{GPT}, 100B tokens at 7.70")).to_be_visible()
    expect(matches).to_contain_text("pays at most 7.80")
    expect(matches).to_contain_text("takes at least 7.60")
    four_pictures(page, "operator-match")
    assert (accessible(page), overflows(page)) == ([], 0)
    matches.get_by_role("button", name="Send final terms").click()
    page.reload()  # the question stands in the address
    expect(page.get_by_role("dialog")).to_contain_text("The other 200B tokens stay open")
    page.get_by_role("dialog").get_by_role("button", name="Send them").click()
    expect(matches.get_by_role("status")).to_contain_text("Final terms went to both sides")
    expect(section(page, "Agreements under way")).to_contain_text("Both sides' approval.")
    four_pictures(page, "operator-sent")
    assert (accessible(page), overflows(page)) == ([], 0)
    assert [each.status(id).state for each, id in zip(sides, ids, strict=True)] == ["terms_sent", "terms_sent"]


def test_a_request_is_rejected_with_the_reason_also_after_a_reload(
    visits: Visits, desk: DeskProcess, sides: tuple[Desk, Desk]
) -> None:
    """Without a reason nothing is sent; what was typed survives the reload; its author reads it word for word."""
    long, _ = sides
    id = desk.ask(long, "long")
    page = console(visits, desk, view=PHONE)
    section(page, "Waiting for the check").get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Write the reason first.")).to_be_visible()
    dialog.get_by_label("Reason").fill("Tell us who you are.")
    page.reload()
    expect(dialog.get_by_label("Reason")).to_have_value("Tell us who you are.")
    assert (accessible(page), overflows(page)) == ([], 0)
    dialog.get_by_role("button", name="Reject it").click()
    expect(page.get_by_text("Its author reads the reason.")).to_be_visible()
    found = long.status(id)
    assert (found.state, found.reason) == ("rejected", "Tell us who you are.")


def test_it_says_why_two_requests_do_not_fit(visits: Visits, desk: DeskProcess, sides: tuple[Desk, Desk]) -> None:
    """For the chosen request every other one of its underlying, with the desk's reason."""
    long, short = sides
    for id in (desk.ask(long, "long", limit_price=7_000_000), desk.ask(short, "short", limit_price=7_900_000)):
        desk.operate("check", id)
    page = console(visits, desk)
    section(page, "Open requests").get_by_role("button", name=f"Long {GPT}").click()
    reasons = section(page, "Open requests").get_by_role("table").nth(1)
    why = "the long pays at most 7.00 USD/Mtok, the short takes at least 7.90 USD/Mtok"
    expect(reasons).to_contain_text(why)
    four_pictures(page, "operator-reasons")
    page.reload()
    expect(reasons).to_contain_text(why)
    assert (accessible(page), overflows(page)) == ([], 0)


def test_two_operators_do_it_once(visits: Visits, desk: DeskProcess, sides: tuple[Desk, Desk]) -> None:
    """What another operator did meanwhile is told, and nothing is done twice."""
    long, _ = sides
    id = desk.ask(long, "long")
    page = console(visits, desk)
    section(page, "Waiting for the check").get_by_role("button", name=f"Check Long {GPT}").click()
    desk.operate("reject", id, "--reason", "Not today.")
    page.get_by_role("dialog").get_by_role("button", name="Check it").click()
    expect(
        page.get_by_role("dialog").locator(".refusal").or_(page.get_by_text("No request waits for you."))
    ).to_be_visible()
    assert long.status(id).state == "rejected"


def test_others_see_that_it_is_not_for_them(visits: Visits, desk: DeskProcess) -> None:
    """A participant, and somebody who is not signed in: neither asks the desk for anything of it."""
    asked: list[str] = []
    wallet = BrowserWallet.of(desk.ifx.chain, dev_address(devnet.OUTSIDER), name="Treasury wallet")
    page = visits.signed_in("/market", wallet)
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/operator")
    expect(page.get_by_text("This account is not one of the desk's operators.")).to_be_visible()
    assert accessible(page) == []
    stranger = visits.open("/operator")
    expect(stranger.get_by_role("heading", name="Sign in to go on")).to_be_visible()
    assert [each for each in asked if "/api/operator" in each] == []


def test_the_page_for_the_day_without_us_is_given_out(visits: Visits, desk: DeskProcess) -> None:
    """The desk serves it as a page too, for everybody, with the file and its hash."""
    wallet = BrowserWallet.of(desk.ifx.chain, dev_address(devnet.LONG), name="Treasury wallet")
    page = visits.open("/if-we-vanish", wallet)
    expect(page.get_by_role("button", name="Connect Treasury wallet")).to_be_visible()
    page.wait_for_load_state("networkidle")
    four_pictures(page, "vanish-served")
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the page").click()
    assert download.value.suggested_filename == "if-we-vanish.html"
    page.get_by_role("button", name="Connect Treasury wallet").click()
    expect(page.get_by_text("name this account in no forward")).to_be_visible()

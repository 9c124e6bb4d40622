"""From a request to a booked forward on the page: form, drafts, final terms, money, approval, and what goes wrong."""

import json
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, Route, expect
from support.browser import PHONE, Visits, accessible, four_pictures, overflows
from support.browser_wallet import BrowserWallet
from support.desk_process import LOT, PRICE, SPOT, DeskProcess
from support.market import KeyWallet
from support.packages import npm_package
from support.safe import Safe, SafeContracts, message_hash

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.desk import Desk
from ifx_sdk.payoff import deposit_required
from ifx_sdk.signers import KeySigner, Signer
from scripts.npm import SAFE

NEEDED, _ = deposit_required(spot=SPOT, indicative=7_710_000, quantity=LOT)
"""What booking collects from the long, micro-USDT: `indicative` is that of three months on the spot."""
HOSTILE = "</td><script>alert(1)</script> \u05d7\u05d1\u05e8\u05d4 " + "W" * 120
"""As far as the desk lets a name go: markup, letters from right to left, and no place to break it."""
PATIENCE_MS = 20_000
"""For what waits for a block, or for the desk's next look at the chain."""
_keys = count(0x7E5_0000)


@pytest.fixture
def long(desk: DeskProcess) -> KeySigner:
    """Somebody new, with coin for gas and no USDT."""
    return newcomer(desk)


@pytest.fixture
def short(desk: DeskProcess) -> Iterator[Desk]:
    """The other side's program, with money and allowance; what it left open is withdrawn."""
    signer = newcomer(desk)
    desk.fund(KeyWallet(chain=desk.ifx.chain, signer=signer))
    yield desk.desk(signer)
    desk.everybody_leaves()


def newcomer(desk: DeskProcess) -> KeySigner:
    """A key that nobody had before."""
    signer = KeySigner.from_key(next(_keys).to_bytes(32, "big"))
    devnet.faucet(desk.ifx, signer.address, eth=10**18)
    return signer


def wallet_of(desk: DeskProcess, signer: Signer, **behaviour: object) -> BrowserWallet:
    """That key's wallet in the browser."""
    wallet = KeyWallet(chain=desk.ifx.chain, signer=signer)
    return BrowserWallet.of(desk.ifx.chain, wallet, name="Treasury wallet", **behaviour)


def arrive(visits: Visits, wallet: BrowserWallet, path: str, **view: object) -> Page:
    """A visitor at a path who signed in there."""
    page = visits.open(path, wallet, **view)  # type: ignore[arg-type]
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("summary").filter(has_text=wallet.address[:6])).to_be_visible()
    return page


def terms_for(desk: DeskProcess, long: KeySigner, short: Desk) -> str:
    """Final terms of both; their id."""
    return desk.meet(desk.desk(long), short)


def test_a_request_is_checked_kept_changed_and_handed_in(visits: Visits, desk: DeskProcess, long: KeySigner) -> None:
    """What is wrong is said at its field; what was typed survives a reload; a draft is changed, then handed in."""
    page = arrive(visits, wallet_of(desk, long), "/request")
    expect(page.get_by_role("complementary")).to_contain_text("You can lose at most")
    page.get_by_label("Size").fill("0")
    page.get_by_label("My limit").check()
    page.get_by_label("Limit price").fill("16.01")
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_text("a whole number of lots")).to_be_visible()
    expect(page.get_by_text("twice the spot, 16.00")).to_be_visible()
    expect(page.get_by_label("Size")).to_be_focused()
    assert list(desk.desk(long).requests()) == []
    page.get_by_label("Size").fill("2")
    page.get_by_label("Limit price").fill("7.70")
    page.get_by_label("5 days").check()
    page.reload()
    expect(page.get_by_label("Size")).to_have_value("2")
    expect(page.get_by_label("Limit price")).to_have_value("7.70")
    expect(page.get_by_text("One evening decides")).to_have_count(0)
    assert accessible(page) == []
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("One day").check()
    expect(page.get_by_text("One evening decides")).to_be_visible()
    page.get_by_label("Size").fill("3")
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_text("Handed in").first).to_be_visible()
    [found] = desk.desk(long).requests()
    assert (found.state, found.side, found.quantity, found.months) == ("submitted", "long", 3 * LOT, 6)
    assert (found.limit_price, found.averaging_days) == (PRICE, 1)
    assert found.valid_until % SECONDS_PER_DAY == SECONDS_PER_DAY - 1
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Withdrawn").first).to_be_visible()
    desk.everybody_leaves()


def test_an_answer_that_was_lost_makes_no_second_request(visits: Visits, desk: DeskProcess, long: KeySigner) -> None:
    """The desk took it and nobody heard; the same button, also after a reload, gives the same request."""
    visits.allow("ERR_FAILED")
    page = arrive(visits, wallet_of(desk, long), "/request")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/requests", lose, times=1)
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_text("The desk does not answer").first).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Hand it in").click()
    page.wait_for_url("**/requests/*")
    [found] = desk.desk(long).requests()
    assert page.url.endswith(found.id)
    desk.everybody_leaves()


def test_a_rejected_request_says_why(visits: Visits, desk: DeskProcess, long: KeySigner) -> None:
    """The operator's reason stands in the list and on the request, with the way to a new one."""
    id = desk.ask(desk.desk(long), "long")
    desk.operate("reject", id, "--reason", "Name a contact that we can call.")
    page = arrive(visits, wallet_of(desk, long), "/requests")
    expect(page.get_by_role("row").filter(has_text="Rejected")).to_contain_text("Name a contact that we can call.")
    page.get_by_role("link", name="Long openai/gpt-4.1").click()
    expect(page.get_by_text("Name a contact that we can call. Write a new one")).to_be_visible()
    page.get_by_role("link", name="Write a new one from it").click()
    expect(page.get_by_label("Limit price")).to_have_value("7.70")
    desk.everybody_leaves()


def test_terms_are_funded_signed_and_booked_with_a_reload_at_each_step(
    visits: Visits, desk: DeskProcess, long: KeySigner, short: Desk
) -> None:
    """Too little USDT, an old allowance, a no in the wallet: each is told with its cure; the digest is the SDK's."""
    ifx = desk.ifx
    id = terms_for(desk, long, short)
    old = ifx.token.prepare("approve", ifx.escrow.address, 5_000_000)
    KeyWallet(chain=ifx.chain, signer=long).act(old).confirmed()
    wallet = wallet_of(desk, long, chain_id=1)
    page = arrive(visits, wallet, "/inbox")
    expect(page.get_by_role("listitem").filter(has_text="Waits for your approval")).to_contain_text("in 23 hours")
    page.get_by_role("link", name="Final terms: Long 100B tokens").click()
    page.get_by_role("button", name="Switch to chain 31337").first.click()
    expect(page.get_by_text("So does the escrow's own computation")).to_be_visible()
    expect(page.get_by_text("803,855.00 USDT are missing")).to_be_visible(timeout=PATIENCE_MS)
    assert accessible(page) == []
    devnet.faucet(ifx, long.address, usdt=NEEDED)
    page.reload()
    page.get_by_role("button", name="Set it to zero").click()
    expect(page.get_by_text("It was in the way and is gone")).to_be_visible(timeout=PATIENCE_MS)
    page.reload()
    wallet.refuse_next("eth_sendTransaction")
    page.get_by_role("button", name="Allow exactly this").click()
    expect(page.get_by_text("You declined it in the wallet")).to_be_visible()
    page.get_by_role("button", name="Allow exactly this").click()
    expect(page.get_by_text("Tried out against the chain as it is now")).to_be_visible(timeout=PATIENCE_MS)
    assert (ifx.token.allowance(long.address), len(wallet.sent)) == (NEEDED, 2)
    page.reload()
    wallet.refuse_next("eth_signTypedData_v4")
    page.get_by_role("button", name="Sign and approve").click()
    expect(page.get_by_text("Nothing was sent or signed")).to_be_visible()
    page.get_by_role("button", name="Sign and approve").click()
    expect(page.get_by_text("You approved it by signature")).to_be_visible(timeout=PATIENCE_MS)
    digest = bytes.fromhex(short.terms(id).digest[2:])
    assert wallet.signed[-1].digest == digest
    assert wallet.signed[-1].signature == long.sign_digest(digest)
    four_pictures(page, "agreement-approved")
    page.reload()
    expect(page.get_by_text("It waits for the short")).to_be_visible()
    short.approve(id)
    assert desk.over(short, id).state == "done"
    expect(page.get_by_text("Booked on the chain.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Go to the position")).to_have_attribute(
        "href", f"/positions/0x{digest.hex()}"
    )
    assert (overflows(page), accessible(page)) == (0, [])
    assert ifx.token.balance(long.address) == 0


def test_a_desk_that_says_something_else_than_its_message_gets_no_approval(
    visits: Visits, desk: DeskProcess, long: KeySigner, short: Desk
) -> None:
    """The page computes worst case and digest itself: where they differ there is an alarm and no button."""
    id = terms_for(desk, long, short)
    page = arrive(visits, wallet_of(desk, long), "/inbox")

    def lie(route: Route) -> None:
        told = route.fetch().json()
        told["terms"]["worst_case"] = "1.000000"
        route.fulfill(json=told)

    page.route(f"**/api/agreements/{id}", lie)
    page.goto(f"/agreements/{id}")
    expect(page.get_by_role("alert")).to_contain_text("Do not approve this")
    expect(page.get_by_role("alert")).to_contain_text("the worst case is 1000000")
    expect(page.get_by_role("button", name="Sign and approve")).to_have_count(0)
    page.unroute(f"**/api/agreements/{id}")
    page.reload()
    expect(page.get_by_role("button", name="Sign and approve")).to_be_visible()


def test_a_hostile_name_stays_in_its_place(visits: Visits, desk: DeskProcess, long: KeySigner, short: Desk) -> None:
    """Text and nothing else, isolated and wrapped, on a phone too."""
    short.change_profile(name=HOSTILE)
    id = terms_for(desk, long, short)
    page = arrive(visits, wallet_of(desk, long), f"/agreements/{id}", view=PHONE)
    expect(page.locator("bdi.name")).to_have_text(HOSTILE)
    assert (overflows(page), page.locator("td script").count()) == (0, 0)


def test_declined_terms_open_the_request_again(visits: Visits, desk: DeskProcess, long: KeySigner, short: Desk) -> None:
    """It is asked once more; then both read that nothing was booked, and the requests can be matched anew."""
    id = terms_for(desk, long, short)
    page = arrive(visits, wallet_of(desk, long), f"/agreements/{id}")
    page.get_by_role("button", name="Decline", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    assert short.terms(id).state == "sent"
    page.get_by_role("button", name="Decline", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Decline for good").click()
    expect(page.get_by_text("It was declined.")).to_be_visible()
    expect(page.get_by_text("Declined by the long.")).to_be_visible()
    assert short.terms(id).state == "declined"
    page.get_by_role("link", name="Go to your requests").click()
    expect(page.get_by_role("row").filter(has_text="Open again")).to_contain_text("came to nothing")


def test_an_early_end_and_a_novation_are_approved_like_terms(
    visits: Visits, desk: DeskProcess, long: KeySigner, short: Desk
) -> None:
    """What each pays is computed from the forward on the chain; the wallet signs the SDK's digest."""
    desk.fund(KeyWallet(chain=desk.ifx.chain, signer=long))
    one = desk.desk(long)
    id = terms_for(desk, long, short)
    forward = one.approve(id).forward
    short.approve(id)
    assert desk.over(short, id).state == "done"
    wallet = wallet_of(desk, long)
    newcomers = wallet_of(desk, newcomer(desk))
    moved = short.propose_novation(forward, incoming=newcomers.address, payment=2_000_000).agreement
    page = arrive(visits, newcomers, f"/agreements/{moved.id}")
    expect(page.get_by_text("Computed in this page from the forward on the chain")).to_be_visible()
    expect(page.get_by_text("2.00 USDT are missing")).to_be_visible()
    expect(page.get_by_text("Novation: you enter")).to_be_visible()
    assert (overflows(page), accessible(page)) == (0, [])
    four_pictures(page, "agreement-novation")
    ended = short.propose_termination(forward, price=7_900_000).agreement
    page = arrive(visits, wallet, f"/agreements/{ended.id}")
    expect(page.get_by_text("Computed in this page from the forward on the chain")).to_be_visible()
    expect(page.get_by_text("820,000.00 USDT")).to_be_visible()
    four_pictures(page, "agreement-termination")
    page.get_by_role("button", name="Sign and approve").click()
    expect(page.get_by_text("You approved it by signature")).to_be_visible(timeout=PATIENCE_MS)
    assert wallet.signed[-1].digest == bytes.fromhex(ended.digest[2:])
    short.approve(ended.id)
    expect(page.get_by_text("Ended on the chain.")).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def safe(desk: DeskProcess) -> Safe:
    """A Safe of which two of three owners decide, with coin for gas."""
    payer = newcomer(desk)
    owners = [KeySigner.from_key(next(_keys).to_bytes(32, "big")) for _ in range(3)]
    return SafeContracts(desk.ifx.chain, npm_package(SAFE), payer).create(owners, 2)


def test_the_owners_of_a_safe_approve_by_file_or_by_signatures(
    visits: Visits, desk: DeskProcess, safe: Safe, short: Desk
) -> None:
    """The file holds the SDK's call; signatures are pasted in any order; the hash is the Safe's own."""
    ifx = desk.ifx
    wallet = BrowserWallet.of(ifx.chain, safe, name="Treasury wallet")
    page = arrive(visits, wallet, "/request")
    page.get_by_label("My limit").check()
    page.get_by_label("Limit price").fill("7.70")
    page.get_by_label("3M", exact=True).check()
    page.get_by_role("button", name="Hand it in").click()
    page.wait_for_url("**/requests/*")
    id = desk.match(page.url.rsplit("/", 1)[1], desk.ask(short, "short"))
    page.goto(f"/agreements/{id}")
    page.get_by_label("Safe or contract wallet").check()
    digest = bytes.fromhex(short.terms(id).digest[2:])
    expected = message_hash(digest, safe.address, ifx.chain.chain_id)
    expect(page.get_by_label("0x" + expected.hex())).to_be_visible()
    with page.expect_download() as made:
        page.get_by_role("button", name="Download for the Transaction Builder").last.click()
    [call] = json.loads(made.value.path().read_text())["transactions"]
    prepared = ifx.escrow.prepare("approve_terms", short.message(id).as_tuple())
    assert (call["to"], call["data"], call["value"]) == (prepared.to, "0x" + prepared.data.hex(), "0")
    one, other = (owner.sign_digest(safe.message_hash(digest)) for owner in safe.deciding)
    page.get_by_label("Owners' signatures").fill(f"0x{other.hex()}\n0x{one.hex()}")
    page.get_by_role("button", name="Approve with these signatures").click()
    expect(page.get_by_text("You approved it by signature")).to_be_visible(timeout=PATIENCE_MS)


def test_terms_on_yesterdays_price_can_not_be_approved(
    visits: Visits, desk: DeskProcess, long: KeySigner, short: Desk
) -> None:
    """A day that fixes another price is told with what happens next, and nothing is left to sign."""
    desk.go_to((desk.ifx.chain.now() // SECONDS_PER_DAY + 1) * SECONDS_PER_DAY - 3_600)
    id = terms_for(desk, long, short)
    page = arrive(visits, wallet_of(desk, long), f"/agreements/{id}")
    expect(page.get_by_role("button", name="Sign and approve")).to_be_visible()
    desk.next_day(SPOT + 10_000)
    page.reload()
    expect(page.get_by_text("The price was fixed anew")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Your request is open again")).to_be_visible()
    expect(page.get_by_role("button", name="Sign and approve")).to_have_count(0)
    page.get_by_role("link", name="Go to your requests").click()
    expect(page.get_by_role("row").filter(has_text="Open again")).to_contain_text("came to nothing")

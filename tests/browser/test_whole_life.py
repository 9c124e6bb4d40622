"""The whole life of a forward on the page: two treasurers, two wallets, from signing in to the money back, exact."""

import json
import re
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect
from support.browser import DESKTOP, PHONE, Visits, overflows
from support.browser_life import SEND, SIGN, WAITING, Manner, Treasurer, figure, newcomer, rows, shown
from support.browser_operator import check_and_match, console
from support.browser_safe import SafeTreasurer, new_safe
from support.delegation import delegate
from support.desk_process import GPT, LOOK, LOT, PATIENCE, SPOT, DeskProcess
from support.market import KeyWallet, Market
from support.wallet_code import REVERTS, deploy_code

from ifx_sdk import devnet
from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.desk import Desk
from ifx_sdk.desk.agreements import Agreement
from ifx_sdk.payoff import Side, deposit_required, fee, fee_split, payouts, prefunding, worst_case
from ifx_sdk.signers import KeySigner
from ifx_sdk.signing import message_digest

INDICATIVE = 7_710_000
"""Of three months on a spot of 8.00, micro-USDT per Mtok."""
LIMITS = {"long": 7_750_000, "short": 7_660_000}
PRICE = 7_700_000
"""Half way between both limits, on the tick."""
CUT = 7_123_457
"""At maturity: as odd as a price may be."""
QUANTITY = 2 * LOT
LOCKED = prefunding(spot=SPOT, quantity=QUANTITY)
FEES = dict(zip(("long", "short"), fee_split(fee(indicative=INDICATIVE, quantity=QUANTITY)), strict=True))
NEEDED = dict(
    zip(("long", "short"), deposit_required(spot=SPOT, indicative=INDICATIVE, quantity=QUANTITY), strict=True)
)
PAID = dict(zip(("long", "short"), payouts(price=PRICE, spot=SPOT, quantity=QUANTITY, settlement=CUT), strict=True))
SPARE = 1_234_567
"""micro-USDT that each has beyond what booking collects."""
_DELEGATING = count(1)


@pytest.fixture(autouse=True)
def fixed(desk: DeskProcess) -> Iterator[None]:
    """Every test begins on a new day that is fixed at 8.00, and leaves neither terms nor a request open."""
    desk.next_day()
    yield
    # Terms that nobody took, and whatever else would come open again and be matched first.
    for each in desk.here:
        for agreement in each.agreements(state="sent"):
            each.decline(agreement.id)
    desk.everybody_leaves()


def treasurer(desk: DeskProcess, visits: Visits, side: Side, **manner: bool) -> Treasurer:
    """Somebody new with a key and exactly enough USDT, but for a spare."""
    wallet = KeyWallet(chain=desk.ifx.chain, signer=newcomer(desk))
    devnet.faucet(desk.ifx, wallet.address, usdt=NEEDED[side] + SPARE)
    found = Treasurer(desk=desk, visits=visits, side=side, wallet=wallet, manner=Manner(**manner))
    found.program.change_profile(name=f"Treasury of the {side}")
    return found


def worst(side: Side, price: int) -> int:
    """What a side can lose, its fee included."""
    return worst_case(side, price=price, spot=SPOT, indicative=INDICATIVE, quantity=QUANTITY)


def see_quote(each: Treasurer) -> None:
    """Beside the form, before it is handed in."""
    quote, price = each.page.get_by_role("complementary", name="Quote"), LIMITS[each.side]
    assert figure(each.page, "Indicative price", quote) == shown(INDICATIVE, unit="")
    assert figure(each.page, "You can lose at most", quote) == shown(worst(each.side, price))
    assert figure(each.page, "You lock", quote) == shown(LOCKED)
    assert figure(each.page, "Your fee", quote) == shown(FEES[each.side])
    assert figure(each.page, "Booking collects", quote) == shown(NEEDED[each.side])


def see_terms(each: Treasurer, terms: Agreement) -> None:
    """Final terms: every amount and each digest."""
    page, side = each.page, each.side
    assert terms.terms is not None
    assert (terms.terms.needed, terms.terms.worst_case) == (NEEDED[side], worst(side, PRICE))
    assert figure(page, "You can lose at most") == shown(worst(side, PRICE))
    assert figure(page, "Booking collects") == shown(NEEDED[side])
    assert figure(page, "Agreed price").startswith(shown(PRICE, unit=""))
    assert figure(page, "Spot") == shown(SPOT, unit="")
    assert figure(page, "Prefunding") == shown(LOCKED)
    assert figure(page, "Your fee") == shown(FEES[side])
    digest = message_digest(each.program.message(terms.id), each.desk.ifx.escrow.domain())
    for name in ("0x" + digest.hex(), terms.digests.domain_separator, terms.digests.message_hash):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="Treasury of the long", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="Treasury of the short", exact=True)).to_be_visible()


def see_position(each: Treasurer) -> None:
    """Booked: what is locked and what it is worth at the spot."""
    gain = (SPOT - PRICE) * QUANTITY * (1 if each.side == "long" else -1)
    assert figure(each.page, "Locked by you") == shown(LOCKED)
    assert figure(each.page, "Gain so far") == shown(gain, signed=True)
    assert figure(each.page, "Worth at the newest fixing") == shown(LOCKED + gain)
    assert each.money == (0, SPARE)


def see_end(each: Treasurer) -> None:
    """Settled: price, results, payouts of both."""
    page = each.page
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible(timeout=WAITING)
    assert figure(page, "Settlement price") == shown(CUT, unit="")
    assert figure(page, "You had locked") == shown(LOCKED)
    assert figure(page, "Your result") == shown(PAID[each.side] - LOCKED, signed=True)
    assert figure(page, "Came back to you") == shown(PAID[each.side])
    told = {side.removesuffix(", you"): found for side, *found in sides(each)}
    assert told == {
        side: [shown(LOCKED, unit=""), shown(PAID[side] - LOCKED, signed=True, unit=""), shown(PAID[side], unit="")]
        for side in ("long", "short")
    }


def sides(each: Treasurer) -> list[list[str]]:
    """Who was paid what, with the side's own cell first."""
    table = each.page.get_by_role("table", name="Who was paid what")
    heads = table.get_by_role("rowheader").all_inner_texts()
    return [[head, *cells] for head, cells in zip(heads, rows(each.page, "Who was paid what"), strict=True)]


def see_money_back(each: Treasurer) -> None:
    """Withdrawn: nothing is left on the escrow, and the list of what moved says so."""
    page = each.page
    assert each.money == (0, SPARE + PAID[each.side])
    each.open("/funds")
    assert figure(page, "Free on the escrow") == shown(0)
    assert figure(page, "Locked in forwards") == shown(0)
    assert figure(page, "In your wallet") == shown(SPARE + PAID[each.side])
    expect(page.get_by_role("row", name="withdrawal")).to_contain_text(shown(PAID[each.side], unit=""))


def see_documents(each: Treasurer, forward: str) -> None:
    """Each file by its link, and the confirmation has the digest that was signed."""
    page = each.page
    each.open(f"/documents?forward={forward}")
    expect(page.get_by_role("link", name="Statement of settlement, PDF")).to_be_visible()
    assert len(each.program.documents.listed(forward)) == page.locator(".papers a").count() - 1
    with page.expect_download() as started:
        page.get_by_role("link", name="Confirmation, JSON").click()
    assert forward in json.dumps(json.loads(started.value.path().read_bytes()))


def agree(desk: DeskProcess, long: Treasurer, short: Treasurer) -> str:
    """Both hand in a request on the page, and the operator matches them on another one; the agreement's id."""
    [asked, _] = [each.request(lots=QUANTITY // LOT, limit=LIMITS[each.side], look=see_quote) for each in (long, short)]
    check_and_match(desk, long.visits)
    return str(long.program.status(asked).agreement)


def mature(desk: DeskProcess, forward: str) -> None:
    """Three months pass, the day is fixed, and the desk's market has it."""
    desk.go_to(desk.ifx.escrow.forward(bytes.fromhex(forward[2:])).maturity + 600)
    desk.fix(CUT)
    with Desk(desk.url) as anybody:
        today = date_of(day_of(desk.ifx.chain.now())).isoformat()
        fixings = lambda: anybody.market.fixings(GPT, limit=1).items  # noqa: E731
        anybody.wait_for(fixings, lambda found: found[0].date == today, seconds=PATIENCE, every=LOOK, what="the fixing")


@pytest.mark.parametrize(
    "manner", [{}, {"reloads": True}, {"rejects": True}], ids=["calm", "reloading_at_every_step", "rejecting_once_each"]
)
def test_two_keys_walk_a_forwards_whole_life(desk: DeskProcess, visits: Visits, manner: dict[str, bool]) -> None:
    """Every amount that the page shows is the SDK's, every signature is over its digest, and nothing is sent twice."""
    long, short = (treasurer(desk, visits, side, **manner) for side in ("long", "short"))
    agreement = agree(desk, long, short)
    for each in (long, short):
        each.read_terms(agreement)
        see_terms(each, each.program.terms(agreement))
        each.allow()
        assert desk.ifx.token.allowance(each.address) == NEEDED[each.side]
        each.approve()
    digest = long.program.terms(agreement).digest
    for each in (long, short):
        each.see_booked()
        see_position(each)
        each.hold_signatures(digest)
        assert each.page.url.endswith(digest)
    mature(desk, digest)
    long.settle(digest)
    short.open(f"/positions/{digest}")
    for each in (long, short):
        see_end(each)
        assert each.money == (PAID[each.side], SPARE)
        each.withdraw()
        see_money_back(each)
        see_documents(each, digest)
        assert desk.ifx.token.allowance(each.address) == 0
    assert [len(each.browser.sent) for each in (long, short)] == [3, 2]  # allow, settle by the long, withdraw


@pytest.mark.parametrize("by_file", [True, False], ids=["on_the_chain_by_file", "by_its_owners_signatures"])
def test_a_safe_walks_a_forwards_whole_life(desk: DeskProcess, visits: Visits, by_file: bool) -> None:
    """Two of three owners; it approves two days after the other side, when every session is over; then all by files."""
    safe = new_safe(desk)
    devnet.faucet(desk.ifx, safe.address, usdt=NEEDED["long"] + SPARE)
    long = SafeTreasurer(desk=desk, visits=visits, side="long", wallet=safe, safe=safe, by_file=by_file)
    long.program.change_profile(name="Treasury of the long")
    short = desk.desk(desk.person()[0])
    short.change_profile(name="Treasury of the short")
    asked = long.request(lots=QUANTITY // LOT, limit=LIMITS["long"], look=see_quote)
    agreement = desk.match(asked, desk.ask(short, "short", quantity=QUANTITY, limit_price=LIMITS["short"]))
    long.read_terms(agreement)
    see_terms(long, long.program.terms(agreement))
    long.allow()
    assert desk.ifx.token.allowance(long.address) == NEEDED["long"]
    short.approve(agreement)
    for _ in range(2):
        desk.next_day()
    long.read_terms(agreement)
    long.approve()
    digest = long.program.terms(agreement).digest
    long.see_booked()
    see_position(long)
    mature(desk, digest)
    long.settle(digest)
    long.open(f"/positions/{digest}")
    see_end(long)
    long.withdraw()
    see_money_back(long)
    see_documents(long, digest)


# ------------------------------------------------------------------------------------------------ trouble on the way


def waiting(desk: DeskProcess, long: Treasurer, *, fund: int = 0) -> str:
    """Final terms that the short, a program, has approved already; the long's page shows them."""
    devnet.faucet(desk.ifx, long.address, usdt=fund)
    short = desk.desk(desk.person()[0])
    agreement = desk.meet(long.program, short, quantity=QUANTITY, limit_price=PRICE)
    short.approve(agreement)
    long.open(f"/agreements/{agreement}")
    return agreement


def goes_on(long: Treasurer, agreement: str) -> None:
    """From the allowance to the booking, exact and each asked once."""
    long.allow()
    assert long.desk.ifx.token.allowance(long.address) == NEEDED["long"]
    long.approve()
    long.see_booked()
    assert long.money[0] == 0
    long.hold_signatures(long.program.terms(agreement).digest)


def new_long(desk: DeskProcess, visits: Visits, **wallet: object) -> Treasurer:
    """A long without USDT, whose wallet behaves as told."""
    key = KeyWallet(chain=desk.ifx.chain, signer=newcomer(desk))
    found = Treasurer(desk=desk, visits=visits, side="long", wallet=key)
    for name, value in wallet.items():
        setattr(found.browser, name, value)
    return found


def test_a_wallet_on_a_chain_that_it_knows_not_is_led_here(desk: DeskProcess, visits: Visits) -> None:
    """4902, and an endpoint that the desk keeps to itself: the wallet's owner adds it there, and the page goes on."""
    long = new_long(desk, visits, chain_id=1, known_chains={1})
    agreement = waiting(desk, long, fund=NEEDED["long"])
    switch = long.button("Switch to chain 31337").first
    switch.click()
    expect(long.page.get_by_text("Add chain 31337 in the wallet's own settings").first).to_be_visible()
    assert "wallet_switchEthereumChain" in {each.method for each in long.browser.asked}
    long.browser.known_chains.add(31337)
    switch.click()
    goes_on(long, agreement)
    assert long.browser.writes == ["personal_sign", SEND, SIGN]


def test_who_has_too_little_reads_how_much_is_missing(desk: DeskProcess, visits: Visits) -> None:
    """To the last millionth; what is sent to the account meanwhile is noticed without a reload."""
    long = new_long(desk, visits)
    agreement = waiting(desk, long, fund=1_000_000)
    expect(long.page.get_by_text(f"{shown(NEEDED['long'] - 1_000_000)} are missing")).to_be_visible(timeout=WAITING)
    devnet.faucet(desk.ifx, long.address, usdt=NEEDED["long"] - 1_000_001)
    expect(long.page.get_by_text("0.000001 USDT are missing")).to_be_visible(timeout=WAITING)
    expect(long.button("Allow exactly this")).to_have_count(0)
    devnet.faucet(desk.ifx, long.address, usdt=1)
    goes_on(long, agreement)
    assert long.money == (0, 0)


def test_an_old_allowance_goes_by_way_of_zero(desk: DeskProcess, visits: Visits) -> None:
    """USDT refuses to change one that is not zero: two transactions, and exactly what is needed is allowed."""
    long = new_long(desk, visits)
    long.wallet.act(desk.ifx.token.prepare("approve", desk.ifx.escrow.address, 5_000_000)).confirmed()
    agreement = waiting(desk, long, fund=NEEDED["long"])
    expect(long.page.get_by_text("It is 5.00 USDT.")).to_be_visible(timeout=WAITING)
    long.confirm("Set it to zero", SEND, long.page.get_by_text("It was in the way and is gone"))
    assert desk.ifx.token.allowance(long.address) == 0
    goes_on(long, agreement)
    assert long.browser.writes == ["personal_sign", SEND, SEND, SIGN]


def test_an_account_that_delegates_trades_as_any_other(desk: DeskProcess, visits: Visits) -> None:
    """Code stands at it (EIP-7702) that knows no signatures; its key signs in, allows, approves, settles, withdraws."""
    key = (0x7702 << 64 | next(_DELEGATING)).to_bytes(32, "big")
    wallet = KeyWallet(chain=desk.ifx.chain, signer=KeySigner.from_key(key))
    devnet.faucet(desk.ifx, wallet.address, eth=10**18)
    long = Treasurer(desk=desk, visits=visits, side="long", wallet=wallet)
    payer = newcomer(desk)
    market = Market(ifx=desk.ifx, desk=desk.ifx, payer=payer, long=wallet, short=wallet, third=wallet)
    delegate(market, key, deploy_code(desk.ifx.chain, REVERTS))
    agreement = waiting(desk, long, fund=NEEDED["long"])
    goes_on(long, agreement)
    forward = long.program.terms(agreement).digest
    mature(desk, forward)
    long.settle(forward)
    assert long.money[0] == PAID["long"]
    long.withdraw()
    assert long.money == (0, PAID["long"])


def test_a_slow_signer_is_asked_once_however_often_the_button_is_pressed(desk: DeskProcess, visits: Visits) -> None:
    """Twenty minutes before the deadline; the wallet's window stays open for fifteen, and both buttons hold still."""
    long = new_long(desk, visits)
    agreement = waiting(desk, long, fund=NEEDED["long"])
    deadline = long.program.terms(agreement).deadline
    desk.go_to(deadline - 1_200)
    desk.fix()
    long.open(f"/agreements/{agreement}")
    expect(long.page.get_by_text("in 19 minutes").first).to_be_visible(timeout=WAITING)
    for button, method in (("Allow exactly this", SEND), ("Sign and approve", SIGN)):
        long.browser.slow_down(method)
        long.button(button).click()
        busy = long.page.get_by_role("button", name=re.compile("Confirm it in your wallet|Sign in your wallet"))
        expect(busy).to_be_visible()
        for _ in range(3):
            busy.click(force=True)
        desk.go_to(desk.ifx.chain.now() + 450)
        long.visits.set_clock(long.page.context)
        assert long.browser.release()
    expect(long.page.get_by_text("You approved it by signature")).to_be_visible(timeout=WAITING)
    long.see_booked()
    assert long.browser.writes == ["personal_sign", "personal_sign", SEND, SIGN]
    long.hold_signatures(long.program.terms(agreement).digest)


def test_a_signature_that_comes_too_late_is_told(desk: DeskProcess, visits: Visits) -> None:
    """The deadline passes while the wallet's window is open: nothing is booked, and the page says what happens next."""
    long = new_long(desk, visits)
    agreement = waiting(desk, long, fund=NEEDED["long"])
    deadline = long.program.terms(agreement).deadline
    desk.go_to(deadline - 60)
    desk.fix()
    long.open(f"/agreements/{agreement}")
    long.browser.slow_down(SIGN)
    long.button("Sign and approve").click()
    long.browser.wait_until_asked()
    desk.go_to(deadline + 1)
    long.visits.set_clock(long.page.context)
    long.browser.release()
    expect(long.page.get_by_text("There is nothing to approve any more.")).to_be_visible(timeout=WAITING)
    assert long.program.terms(agreement).state in ("sent", "expired")
    assert long.money == (0, NEEDED["long"])


REFUSED = {
    "another direction": "Treasury \u202egnol eht fo",
    "a line more": "Treasury\nApproved by the operator",
    "letters that nobody sees": "Treas\u200bury",
}
MARKUP = "</td><script>document.title = 'gone'</script><img src=x onerror=alert(1)>{{7*7}}"
RIGHT_TO_LEFT = "\u05d7\u05d1\u05e8\u05d4 12,000.00 \u0627\u0644\u062e\u0632\u0627\u0646\u0629"
PICTURES = "\U0001f3e6\U0001f4b8 Treasury \U0001f468\U0001f3fd " + "e\u0301" * 10
HOSTILE = {
    "all at once": f"{MARKUP} {RIGHT_TO_LEFT} {PICTURES}".ljust(200, "W"),
    "markup": MARKUP,
    "right to left": RIGHT_TO_LEFT,
    "two hundred letters": "W" * 200,
    "pictures": PICTURES,
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=id, marks=[] if id == "all at once" else pytest.mark.nightly)
        for id, name in HOSTILE.items()
    ],
)
def test_a_hostile_name_is_text_on_every_page(desk: DeskProcess, visits: Visits, name: str) -> None:
    """To the operator, with the terms and with the position: isolated, whole, on a phone too, and nothing runs."""
    long, short = new_long(desk, visits), desk.desk(desk.person()[0])
    short.change_profile(name=name)
    asked = desk.ask(long.program, "long", limit_price=PRICE), desk.ask(short, "short", limit_price=PRICE)
    with console(desk, visits) as page:
        harmless(page, name)
    agreement = desk.match(*asked)
    desk.fund(long.wallet)
    long.open(f"/agreements/{agreement}")
    harmless(long.page, name)
    for each in (long.program, short):
        each.approve(agreement)
    assert desk.over(short, agreement).state == "done"
    forward = long.program.terms(agreement).forward
    for path in (f"/positions/{forward}", f"/documents?forward={forward}", "/positions", "/inbox", "/requests"):
        long.open(path)
        harmless(long.page, name, there=path.startswith("/positions/"))


def harmless(page: Page, name: str, *, there: bool = True) -> None:
    """The name stands there as it is, in a place of its own, and the page is as it was, at both widths."""
    if there:
        expect(page.locator("bdi").filter(has_text=name).first).to_have_text(name, timeout=WAITING)
    for view in (DESKTOP, PHONE):
        page.set_viewport_size({"width": view.width, "height": view.height})
        assert overflows(page) == 0
    assert page.title().endswith("· IFX")
    assert page.locator("main script, main img[src=x]").count() == 0

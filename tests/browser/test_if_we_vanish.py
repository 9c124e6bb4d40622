"""The desk is stopped, no oracle runs: a file from the disk, a browser and a node are enough to be paid."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import PHONE, Visits, accessible, four_pictures, layout_shifts, overflows
from support.browser_wallet import BrowserWallet
from support.chain import GPT, START, anvil_binary
from support.desk_process import desk_process
from support.market import KeyWallet

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.records import Status
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import Terms
from otc_desk.web.saved import saved_page
from scripts.anvil import free_port, running

LOT = 100_000
CUT = 4_320_000
"""The fixing at maturity, micro-USDT per Mtok; the forwards are at 7.70 on a spot of 8.00."""
LONG_PAID, SHORT_PAID = "462,000.00 USDT", "1,138,000.00 USDT"
"""8.00 x 100,000 each, and (4.32 - 7.70) x 100,000 from the long to the short."""
LONG_MICRO, SHORT_MICRO = 462_000_000_000, 1_138_000_000_000
FUNDS = 10 * 8_000_000 * LOT


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left when everything of ours has stopped."""

    ifx: IFX
    """The chain."""
    file: Path
    """The page that the desk gave out while it was there."""
    bare: Path
    """The same from the sources, for no contracts in particular."""
    deployment: Path
    """The contracts' file."""
    long: KeyWallet
    """A party of one forward that is due and one that runs."""
    short: KeyWallet
    """Its counterparty."""
    due: bytes
    """The id of the forward that can be settled."""
    waiting: Terms
    """Signed by the long alone, and not booked."""


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Two forwards are booked, the page is saved, the desk stops, one matures and is fixed."""
    folder = tmp_path_factory.mktemp("left")
    with running(anvil_binary(), free_port(), timestamp=START) as (chain, _):
        ifx = devnet.start(chain, [GPT], folder / "contracts.toml")
        devnet.post(ifx, {GPT: 8_000_000})[0].confirmed()
        long, short = (party(ifx, number) for number in (0xF00D, 0xF00E))
        agreed = terms(ifx, long, short, 3)
        due = book(ifx, agreed, long, short)
        book(ifx, terms(ifx, long, short, 6), long, short)
        with desk_process(folder, ifx, f"sqlite:///{folder / 'desk.db'}") as desk:
            answer = httpx.get(f"{desk.url}/if-we-vanish.html").raise_for_status()
            said = httpx.get(f"{desk.url}/if-we-vanish").text
        assert answer.headers["content-disposition"] == 'attachment; filename="if-we-vanish.html"'
        assert hashlib.sha256(answer.content).hexdigest() in said
        assert answer.content == saved_page(ifx.deployment).content
        (folder / "if-we-vanish.html").write_bytes(answer.content)
        devnet.travel(ifx, agreed.maturity + 3_600)
        devnet.post(ifx, {GPT: CUT})[0].confirmed()
        yield Left(
            ifx=ifx,
            file=folder / "if-we-vanish.html",
            bare=Path(saved_page.__code__.co_filename).parent / "static" / "if-we-vanish.html",
            deployment=folder / "contracts.toml",
            long=long,
            short=short,
            due=due,
            waiting=terms(ifx, long, short, 3),
        )


def party(ifx: IFX, number: int) -> KeyWallet:
    """Somebody new with coin, USDT and an allowance."""
    wallet = KeyWallet(chain=ifx.chain, signer=KeySigner.from_key(number.to_bytes(32, "big")))
    devnet.faucet(ifx, wallet.address, usdt=FUNDS, eth=10**18)
    wallet.act(ifx.token.prepare("approve", ifx.escrow.address, FUNDS)).confirmed()
    return wallet


def terms(ifx: IFX, long: KeyWallet, short: KeyWallet, months: int) -> Terms:
    """Terms of one lot at 7.70 that can be booked now."""
    return ifx.terms(ifx.quote(GPT, LOT, months), long=long.address, short=short.address, price=7_700_000)


def book(ifx: IFX, terms: Terms, long: KeyWallet, short: KeyWallet) -> bytes:
    """As the desk; the forward's id."""
    id = ifx.escrow.terms_id(terms)
    ifx.as_signer(devnet.signer(devnet.DESK)).escrow.book(terms, long.sign(id), short.sign(id)).confirmed()
    return id


@pytest.fixture
def visits(browser: Browser, left: Left) -> Iterator[Visits]:
    """Visits to files; a request to anybody but the node and the disk fails the test."""
    found = Visits(browser=browser, url="http://127.0.0.1:9", now=left.ifx.chain.now)
    found.allow(rf"^a request left the desk: (file:///|{re.escape(str(left.ifx.chain.url))})")
    yield found
    faults = found.close()
    assert faults == [], f"faults: {faults}"


def wallet_of(left: Left, account: KeyWallet, **behaviour: object) -> BrowserWallet:
    """That account's wallet in the browser."""
    return BrowserWallet.of(left.ifx.chain, account, name="Treasury wallet", **behaviour)


def connected(visits: Visits, left: Left, wallet: BrowserWallet, **view: object) -> Page:
    """The saved file with a wallet that lets it see its account."""
    page = visits.open(left.file.as_uri(), wallet, **view)  # type: ignore[arg-type]
    page.get_by_role("button", name="Connect Treasury wallet").click()
    expect(page.get_by_role("heading", name="What is yours")).to_be_visible()
    return page


def sound(page: Page) -> None:
    """What every page is held to."""
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)


def test_a_counterparty_is_paid_with_nothing_but_a_file_and_a_node(visits: Visits, left: Left) -> None:
    """It finds its forwards, settles, withdraws, sets the allowance to zero: each to the micro."""
    wallet = wallet_of(left, left.long)
    page = visits.open(left.file.as_uri(), wallet)
    expect(page.get_by_role("button", name="Connect Treasury wallet")).to_be_visible()
    four_pictures(page, "vanish-file")
    sound(page)
    page.get_by_role("button", name="Connect Treasury wallet").click()
    due = page.get_by_role("listitem").filter(has_text="Can be settled")
    expect(due).to_contain_text(f"Settling pays you {LONG_PAID}")
    expect(page.get_by_role("listitem").filter(has_text="Running")).to_contain_text(f"it would pay you {LONG_PAID}")
    four_pictures(page, "vanish-due")
    sound(page)

    token, before = left.ifx.token, left.ifx.token.balance(left.long.address)
    wallet.refuse_next("eth_sendTransaction")
    due.get_by_role("button", name="Settle", exact=True).click()
    expect(page.get_by_text("Nothing was sent or signed")).to_be_visible()
    due.get_by_role("button", name="Settle", exact=True).click()
    expect(page.get_by_text(f"It paid you {LONG_PAID}")).to_be_visible()
    assert left.ifx.escrow.balance_of(left.long.address) == LONG_MICRO
    assert left.ifx.escrow.balance_of(left.short.address) == SHORT_MICRO

    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("Withdrawn.")).to_be_visible()
    assert token.balance(left.long.address) == before + LONG_MICRO
    assert left.ifx.escrow.balance_of(left.long.address) == 0

    page.get_by_role("button", name="Set it to zero").click()
    expect(page.get_by_text("The allowance is zero.")).to_be_visible()
    assert token.allowance(left.long.address) == 0
    four_pictures(page, "vanish-paid")
    assert accessible(page) == []
    assert wallet.writes == ["eth_sendTransaction"] * 4


def test_whoever_only_looks_needs_a_url_and_an_account(visits: Visits, left: Left, tmp_path: Path) -> None:
    """Without a wallet: the same figures, the Safe's file with the SDK's call, the command; kept for later."""
    page = visits.open(left.file.as_uri(), view=PHONE)
    page.get_by_label("By an endpoint, to look").check()
    nobody = f"http://127.0.0.1:{free_port()}/"
    page.get_by_label("Endpoint of chain 31337").fill(nobody)
    page.get_by_role("textbox", name="Account").fill(left.short.address)
    visits.allow(f"ERR_CONNECTION_REFUSED|left the desk: {nobody}")
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_text("cannot be reached from this page")).to_be_visible()
    page.get_by_label("Endpoint of chain 31337").fill(str(left.ifx.chain.url))
    page.get_by_role("button", name="Look", exact=True).click()
    running_on = page.get_by_role("listitem").filter(has_text="Running")
    expect(running_on).to_contain_text(f"it would pay you {SHORT_PAID}")
    sound(page)

    allowance = page.locator("section").filter(has=page.get_by_role("heading", name="Take back what you allowed"))
    allowance.get_by_label("Safe", exact=True).check()
    with page.expect_download() as download:
        allowance.get_by_role("button", name="Download for the Transaction Builder").click()
    download.value.save_as(tmp_path / "batch.json")
    [call] = json.loads((tmp_path / "batch.json").read_text())["transactions"]
    wanted = left.ifx.token.prepare("approve", left.ifx.escrow.address, 0)
    assert (call["to"], call["data"], call["value"]) == (wanted.to, "0x" + wanted.data.hex(), "0")
    allowance.get_by_label("Command line", exact=True).check()
    expect(allowance.get_by_text("ifx allow 0", exact=True)).to_be_visible()
    four_pictures(page, "vanish-looking")
    assert accessible(page) == []

    page.reload()
    expect(page.get_by_role("textbox", name="Account")).to_have_value(left.short.address)


def test_an_approval_that_the_desk_still_has_is_revoked(visits: Visits, left: Left) -> None:
    """The pasted terms give the SDK's digest; afterwards no signature of anybody books them."""
    id = left.ifx.escrow.terms_id(left.waiting)
    page = connected(visits, left, wallet_of(left, left.short))
    page.get_by_text("Revoke an approval that you gave").click()
    page.get_by_label("Terms, termination or novation").fill(left.waiting.to_json())
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("0x" + id.hex())).to_be_visible()
    four_pictures(page, "vanish-revoke")
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("Revoked: nobody can use it any more.")).to_be_visible()
    assert left.ifx.escrow.forward(id).status is Status.REVOKED
    assert accessible(page) == []


def test_a_file_of_no_contracts_in_particular_asks_for_them(visits: Visits, left: Left) -> None:
    """From the sources as they are: the deployment file is read; another escrow's values are refused by the chain."""
    page = visits.open(left.bare.as_uri(), wallet_of(left, left.short))
    expect(page.get_by_role("heading", name="Which contracts?")).to_be_visible()
    four_pictures(page, "vanish-which")
    sound(page)
    page.get_by_label("The deployment file").set_input_files(
        {"name": "x.toml", "mimeType": "text/plain", "buffer": b'network = "x"\nchain_id = 31337\n'}
    )
    expect(page.get_by_text("The deployment has no escrow.")).to_be_visible()
    wrong = left.deployment.read_text().replace(left.ifx.deployment.oracle, left.ifx.deployment.timelock)
    page.get_by_label("The deployment file").set_input_files(
        {"name": "wrong.toml", "mimeType": "text/plain", "buffer": wrong.encode()}
    )
    page.get_by_role("button", name="Connect Treasury wallet").click()
    expect(page.get_by_text("settles by another oracle")).to_be_visible()
    page.get_by_role("button", name="Choose other contracts").click()
    page.get_by_label("The deployment file").set_input_files(left.deployment)
    expect(page.get_by_text("To be had by settling")).to_be_visible()
    page.reload()
    expect(page.get_by_text("To be had by settling")).to_be_visible()
    assert page.url.startswith("file:///")


def test_a_reload_while_the_wallet_is_asked_sends_nothing_twice(visits: Visits, left: Left) -> None:
    """The page that comes back knows of the question, and finds what the wallet sent meanwhile."""
    wallet = wallet_of(left, left.short)
    page = connected(visits, left, wallet)
    # An allowance of one micro, so that there is something to take back whatever other tests did.
    for amount in (0, 1):
        left.short.act(left.ifx.token.prepare("approve", left.ifx.escrow.address, amount)).confirmed()
    page.get_by_role("button", name="Look again").click()
    wallet.slow_down("eth_sendTransaction")
    page.get_by_role("button", name="Set it to zero").click()
    wallet.wait_until_asked()
    page.reload()
    expect(page.get_by_text("Your wallet was asked before")).to_be_visible()
    assert not wallet.release()  # nobody waits for this answer any more
    expect(page.get_by_text("The allowance is zero.")).to_be_visible()
    assert left.ifx.token.allowance(left.short.address) == 0
    assert len(wallet.sent) == 1

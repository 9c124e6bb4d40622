"""The browser tests' own tools: a wallet that behaves as told, and faults that do not go unseen."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import Browser, Error, Page
from support.browser import DESKTOP, PHONE, TIME_ZONE, Visits, accessible, first_paint_ms, layout_shifts, overflows
from support.browser_wallet import BrowserWallet
from support.chain import GPT, START, anvil_binary
from support.delegation import delegate
from support.market import Market, open_market
from support.packages import npm_package
from support.safe import SafeContracts
from support.wallet_code import MAGIC, YES, deploy_code

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.signers import KeySigner
from ifx_sdk.signing import terms_typed_data
from oracle_node.serving import serving
from scripts.anvil import free_port, running
from scripts.npm import SAFE

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:"
GOOD = """<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"></head>
<body><main><h1>A page</h1></main></body></html>"""
NAMELESS = GOOD.replace("</main>", "<button></button></main>")
INLINE = GOOD.replace("</main>", "</main><script>document.title = 'ran'</script>")
ABROAD = GOOD.replace("</main>", '</main><img alt="" src="https://elsewhere.example/pixel.png">')
SHIFTING = GOOD.replace("<h1>A page</h1>", '<p id="later"></p><h1>A page</h1><script src="/late.js"></script>')
LATE = "setTimeout(() => { document.getElementById('later').style.height = '300px'; }, 100);"
PAGES = {"/": GOOD, "/nameless": NAMELESS, "/inline": INLINE, "/abroad": ABROAD, "/shifting": SHIFTING}

THIRD_KEY = b"\3" * 32
"""Of the market's third account."""
ASK = """async ([method, params]) => {
  try {
    return await wallet.request({ method, params });
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}"""
FIND = """() => new Promise((found) => {
  window.addEventListener("eip6963:announceProvider", (event) => {
    window.wallet = event.detail.provider;
    window.told = [];
    for (const name of ["accountsChanged", "chainChanged", "disconnect"]) wallet.on(name, (v) => told.push([name, v]));
    found(event.detail.info.name);
  });
  window.dispatchEvent(new Event("eip6963:requestProvider"));
})"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A server with the desk's policy and pages that are good or bad on purpose."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = LATE if self.path == "/late.js" else PAGES.get(self.path)
            body = (found or "nothing").encode()
            self.send_response_only(200 if found else 404)
            self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with serving(Pages) as url:
        yield url


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    """A deployment on an anvil of this file's own."""
    with running(anvil_binary(), free_port(), timestamp=START) as (chain, _):
        yield open_market(chain)


@pytest.fixture
def ifx(market: Market) -> IFX:
    """The deployment."""
    return market.ifx


@pytest.fixture
def chain(ifx: IFX) -> Chain:
    """Its chain."""
    return ifx.chain


@pytest.fixture
def visits(browser: Browser, site: str) -> Iterator[Visits]:
    """Visits to the server of this file; their faults are what is tested."""
    found = Visits(browser=browser, url=site, now=lambda: START)
    yield found
    found.close()


def ask(page: Page, method: str, *params: object) -> object:
    """What the wallet answers the page."""
    return page.evaluate(ASK, [method, list(params)])


def connected(visits: Visits, wallet: BrowserWallet) -> Page:
    """A page that found the wallet and was given its account."""
    page = visits.open("/", wallet)
    assert page.evaluate(FIND) == wallet.name
    assert ask(page, "eth_requestAccounts") == [wallet.address]
    return page


def typed_data(ifx: IFX, wallet: BrowserWallet) -> tuple[dict[str, object], bytes]:
    """Terms as a page asks for them, and the digest that the SDK has for them."""
    terms = ifx.terms(ifx.quote(GPT, 100_000, 3), long=wallet.address, short=dev_address(devnet.SHORT), salt=bytes(32))
    return terms_typed_data(terms, ifx.escrow.domain()), ifx.escrow.terms_id(terms)


def test_what_the_wallet_signs_has_the_sdks_digest(visits: Visits, ifx: IFX) -> None:
    """Terms in the page's own words, signed by the node, are what the SDK signs."""
    wallet = BrowserWallet.of(ifx.chain, dev_address(devnet.LONG))
    page = connected(visits, wallet)
    payload, digest = typed_data(ifx, wallet)
    answer = ask(page, "eth_signTypedData_v4", wallet.address, json.dumps(payload))
    [signed] = wallet.signed
    assert (signed.digest, "0x" + signed.signature.hex()) == (digest, answer)
    assert signed.signature == devnet.signer(devnet.LONG).sign_digest(digest)


def test_a_rejection_is_told_once(visits: Visits, chain: Chain) -> None:
    """The user says no with 4001; asked again, the same message is signed."""
    wallet = BrowserWallet.of(chain, dev_address(devnet.LONG))
    page = connected(visits, wallet)
    wallet.refuse_next("personal_sign")
    assert ask(page, "personal_sign", "0x6869", wallet.address) == {
        "code": 4001,
        "message": "User rejected the request.",
    }
    assert isinstance(ask(page, "personal_sign", "0x6869", wallet.address), str)
    assert wallet.writes == ["personal_sign", "personal_sign"]
    assert [each.payload for each in wallet.signed] == ["hi"]


def test_an_unknown_chain_has_to_be_added(visits: Visits, chain: Chain) -> None:
    """On another chain our contracts are not there; switching fails with 4902 until the chain is added."""
    wallet = BrowserWallet.of(chain, dev_address(devnet.LONG), chain_id=1, known_chains={1})
    page = connected(visits, wallet)
    assert ask(page, "eth_chainId") == "0x1"
    assert ask(page, "eth_getCode", dev_address(0), "latest") == "0x"
    switch = ("wallet_switchEthereumChain", {"chainId": "0x7a69"})
    assert ask(page, *switch)["code"] == 4902  # type: ignore[index]
    assert ask(page, "wallet_addEthereumChain", {"chainId": "0x7a69", "rpcUrls": ["http://127.0.0.1"]}) is None
    assert (ask(page, *switch), ask(page, "eth_chainId")) == (None, "0x7a69")
    assert page.evaluate("told") == [["chainChanged", "0x7a69"]]
    assert len(wallet.added) == 1


def test_a_slow_signer_is_waited_for(visits: Visits, chain: Chain) -> None:
    """A request stays open until it is released; after a reload nobody waits for it, and it is signed all the same."""
    wallet = BrowserWallet.of(chain, dev_address(devnet.LONG))
    page = connected(visits, wallet)
    wallet.slow_down("personal_sign")
    page.evaluate(f"window.answer = ({ASK})(['personal_sign', ['0x6869', '{wallet.address}']]); 0")
    assert wallet.signed == []
    assert wallet.release()
    assert page.evaluate("answer") == "0x" + wallet.signed[0].signature.hex()
    page.evaluate(f"({ASK})(['personal_sign', ['0x6869', '{wallet.address}']]); 0")
    page.reload()
    assert not wallet.release()
    assert len(wallet.signed) == 2


def test_a_locked_wallet_is_pending_until_it_is_opened(visits: Visits, chain: Chain) -> None:
    """-32002 while its password is asked for; then it connects, tells of another account, and leaves."""
    wallet = BrowserWallet.of(chain, dev_address(devnet.LONG), locked=True)
    page = visits.open("/", wallet)
    page.evaluate(FIND)
    assert ask(page, "eth_requestAccounts")["code"] == -32002  # type: ignore[index]
    assert ask(page, "personal_sign", "0x6869", wallet.address)["code"] == 4100  # type: ignore[index]
    wallet.unlock()
    assert ask(page, "eth_requestAccounts") == [wallet.address]
    wallet.change_account(dev_address(devnet.SHORT))
    assert ask(page, "eth_accounts") == [dev_address(devnet.SHORT)]
    wallet.disconnect()
    assert ask(page, "eth_accounts") == []
    assert [name for name, _ in page.evaluate("told")] == [
        "accountsChanged",
        "accountsChanged",
        "accountsChanged",
        "disconnect",
    ]


def test_a_transaction_is_mined_by_the_node_and_by_a_key(visits: Visits, market: Market) -> None:
    """Both send, the key's account delegating; what would revert is refused, and mined so where its gas is set."""
    ifx = market.ifx
    delegate(market, THIRD_KEY, deploy_code(ifx.chain, YES))
    call = ifx.token.prepare("approve", ifx.escrow.address, 0)
    bad = ifx.token.prepare("transfer", ifx.escrow.address, 2**127)
    for account in (dev_address(devnet.LONG), market.third):
        wallet = BrowserWallet.of(ifx.chain, account)
        page = connected(visits, wallet)
        assert ifx.token.allowance(wallet.address) > 0
        given = {"from": wallet.address, "to": call.to, "data": "0x" + call.data.hex()}
        sent = ask(page, "eth_sendTransaction", given)
        assert wallet.sent == [sent]
        assert ifx.token.allowance(wallet.address) == 0
        refused = {"from": wallet.address, "to": bad.to, "data": "0x" + bad.data.hex()}
        assert "revert" in ask(page, "eth_sendTransaction", refused)["message"]  # type: ignore[index]
        wallet.gas = 300_000
        found = ifx.chain.node.receipt(str(ask(page, "eth_sendTransaction", refused)))
        assert found is not None
        assert not found.succeeded


def test_a_safes_owners_sign_days_later(visits: Visits, market: Market) -> None:
    """Its wallet waits until enough owners signed; what the page then gets is what ERC-1271 accepts."""
    contracts = SafeContracts(market.chain, npm_package(SAFE), market.payer)
    safe = contracts.create([KeySigner.from_key(bytes([number]) * 32) for number in (7, 8, 9)], 2)
    wallet = BrowserWallet.of(market.chain, safe)
    page = connected(visits, wallet)
    payload, digest = typed_data(market.ifx, wallet)
    wallet.slow_down("eth_signTypedData_v4")
    asked = {"method": "eth_signTypedData_v4", "params": [wallet.address, json.dumps(payload)]}
    page.evaluate("(asked) => { window.answer = wallet.request(asked); }", asked)
    assert wallet.release()
    approval = bytes.fromhex(page.evaluate("answer")[2:])
    assert wallet.signed[0].digest == digest
    assert safe.accepts(digest, approval)[:4] == MAGIC


def test_a_transaction_on_another_chain_is_a_fault(visits: Visits, chain: Chain) -> None:
    """No page of ours may send one."""
    wallet = BrowserWallet.of(chain, dev_address(devnet.LONG), chain_id=1)
    page = connected(visits, wallet)
    ask(page, "eth_sendTransaction", {"from": wallet.address, "to": wallet.address, "data": "0x"})
    assert visits.close() == ["Test Wallet: a transaction was sent while the wallet was on chain 1"]


def test_window_ethereum_is_there_where_it_is_wanted(visits: Visits, chain: Chain) -> None:
    """A wallet of the old kind announces nothing."""
    wallet = BrowserWallet.of(chain, dev_address(devnet.LONG), announced=False, injected=True)
    page = visits.open("/", wallet)
    assert page.evaluate("window.ethereum.request({ method: 'eth_chainId' })") == "0x7a69"
    with pytest.raises(Error):
        page.evaluate(f"Promise.race([({FIND})(), Promise.reject(new Error('nobody'))])")


def test_a_good_page_has_no_fault(visits: Visits) -> None:
    """axe, the layout and the console have nothing to say; the paint is timed; clock and zone are the desk's."""
    page = visits.open("/", view=PHONE)
    assert (accessible(page), layout_shifts(page), overflows(page)) == ([], [], 0)
    assert first_paint_ms(page) > 0
    said = page.evaluate("[Date.now(), new Date().getTime(), Date.UTC(1970, 0, 2)]")
    assert [0 <= each / 1000 - START < 60 for each in said] == [True, True, False]
    assert said[2] == 86_400_000
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == TIME_ZONE
    assert visits.close() == []


def test_a_button_without_a_name_is_found(visits: Visits) -> None:
    """axe runs under the page's own policy."""
    [found] = accessible(visits.open("/nameless", view=DESKTOP))
    assert found.startswith("critical button-name: ")


def test_what_moves_is_found(visits: Visits) -> None:
    """A shift names what moved."""
    page = visits.open("/shifting")
    page.wait_for_function("() => window.__shifts.length > 0")
    assert "<h1>A page</h1>" in layout_shifts(page)[0]


@pytest.mark.parametrize(("path", "said"), [("/inline", "Content Security Policy"), ("/abroad", "left the desk")])
def test_what_the_policy_refuses_is_a_fault(visits: Visits, path: str, said: str) -> None:
    """Inline script, and anything from elsewhere."""
    page = visits.open(path)
    assert page.title() == "A page"
    found = visits.close()
    assert found
    assert any(said in each or "Content Security Policy" in each for each in found)


def test_a_fault_can_be_expected(visits: Visits) -> None:
    """A test that causes one says so."""
    visits.allow("missing")
    page = visits.open("/")
    page.evaluate("fetch('/missing')")
    assert visits.close() == []

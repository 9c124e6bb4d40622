"""The desk's page in the system's Chromium, driven by Playwright: a context for each visitor, and what it is held to.

A visitor has a cold cache, a viewport, a colour scheme, a time zone and the wallets that the test gives. An error on
the console, a violation of the content security policy, a request that leaves the desk and an answer of 5xx fail the
test in which they happen.

    def test_x(desk: DeskProcess, visits: Visits) -> None:
        wallet = BrowserWallet.of(desk.ifx.chain, dev_address(devnet.LONG))
        page = visits.signed_in("/inbox", wallet, view=PHONE, theme="dark")  # or visits.open(...), signed in by nobody
        wallet.refuse_next("eth_signTypedData_v4")
        page.get_by_role("button", name="Sign").click()
        expect(page.get_by_text("Nothing was sent or signed")).to_be_visible()
        assert accessible(page) == layout_shifts(page) == []
        assert wallet.signed == []

A wallet is also that of a key, of an account that delegates, or of a Safe: `BrowserWallet.of(chain, safe)`.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response, sync_playwright
from support.browser_wallet import BrowserWallet
from support.packages import npm_package

from scripts.npm import AXE

MISSING = "Chromium not found: run scripts/chromium.sh, which says what to install"
Theme = Literal["light", "dark"]
TIME_ZONE = "America/New_York"
"""Where every visitor is, so that local times differ from UTC in the same way on every machine."""
PICTURES = "IFX_PICTURES"
"""Names a folder: then `picture` writes there."""
_OWN_ANSWERS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""Chromium reports every refusal of the API as an error; to the page it is an answer like others."""
_CLOCK = """
(() => {
  const Real = Date;
  const now = () => Real.now() + (window.__clockAhead ?? 0);
  window.Date = new Proxy(Real, {
    construct: (target, given) => (given.length === 0 ? new target(now()) : new target(...given)),
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
})();
"""
"""The page's clock moved beside the machine's. Timers and paint times stay real, which Playwright's own clock fakes."""
_SHIFTS = """
window.__shifts = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    if (each.hadRecentInput) continue;
    const sources = each.sources.map((source) => source.node?.outerHTML?.slice(0, 120) ?? "?");
    window.__shifts.push({ value: each.value, sources });
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A screen."""

    name: str
    """For pictures."""
    width: int
    """CSS pixels."""
    height: int
    """CSS pixels."""
    phone: bool = False
    """Whether it is touched."""


DESKTOP = View(name="desktop", width=1280, height=800)
PHONE = View(name="phone", width=390, height=844, phone=True)


def find_chromium() -> Path:
    """The system's browser; skips loudly where there is none, and fails in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser while the block runs.

    It lives as long as a test file and no longer: Playwright's loop counts as running in this thread, and whatever
    runs a loop of its own afterwards would find it.
    """
    binary = find_chromium()
    # As root its sandbox does not start; and a container's /dev/shm is too small for it.
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(kw_only=True)
class Visits:
    """Opens pages for one test, and notes what is wrong with them."""

    browser: Browser
    """The file's."""
    url: str
    """The desk's."""
    now: Callable[[], int]
    """The desk's time, unix seconds UTC: the page's clock begins with it."""
    faults: list[str] = field(default_factory=list)
    """What went wrong; empty at the end, or the test fails."""
    allowed: list[re.Pattern[str]] = field(default_factory=list)
    """Faults that a test causes on purpose."""
    contexts: list[BrowserContext] = field(default_factory=list)
    """Every visitor."""
    wallets: list[BrowserWallet] = field(default_factory=list)
    """Every wallet."""

    def open(
        self,
        path: str = "/",
        *wallets: BrowserWallet,
        view: View = DESKTOP,
        theme: Theme = "light",
        scripts: Sequence[str] = (),
    ) -> Page:
        """A new visitor at a path; `scripts` run in every document before the page's own."""
        page = self.visitor(*wallets, view=view, theme=theme, scripts=scripts).new_page()
        page.goto(path)
        return page

    def visitor(
        self, *wallets: BrowserWallet, view: View = DESKTOP, theme: Theme = "light", scripts: Sequence[str] = ()
    ) -> BrowserContext:
        """A new visitor who has opened nothing yet."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": view.width, "height": view.height},
            is_mobile=view.phone,
            has_touch=view.phone,
            color_scheme=theme,
            reduced_motion="reduce",
            timezone_id=TIME_ZONE,
            locale="en-US",
            service_workers="block",
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._fault(f"uncaught: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        for script in (_CLOCK, _SHIFTS, *scripts):
            context.add_init_script(script)
        self.set_clock(context)
        for wallet in wallets:
            wallet.install(context)
            self.wallets.append(wallet)
        return context

    def signed_in(
        self, path: str, wallet: BrowserWallet, *others: BrowserWallet, view: View = DESKTOP, theme: Theme = "light"
    ) -> Page:
        """A page of somebody who signed in before, with a wallet that the page knows again: for what comes after."""
        context = self.visitor(wallet, *others, view=view, theme=theme)
        asked = context.request.get("/api/session/message", params={"account": wallet.address}).json()["message"]
        signature = "0x" + wallet.account.sign_text("0x" + asked.encode().hex()).hex()
        given = {"message": asked, "signature": signature, "cookie": True}
        answer = context.request.post("/api/session", data=given)  # its cookie is the context's
        assert answer.status == 201, answer.text()
        wallet.connected = True
        known = f"localStorage.getItem('ifx.wallet') ?? localStorage.setItem('ifx.wallet', '\"{wallet.rdns}\"')"
        context.add_init_script(f"if (location.protocol === 'http:') {known};")  # a blank page has no storage
        page = context.new_page()
        page.goto(path)
        return page

    def set_clock(self, context: BrowserContext) -> None:
        """Bring a visitor's clock to the desk's time: after travelling, before the next load."""
        ahead = f"window.__clockAhead = {self.now() * 1000 - time.time_ns() // 1_000_000};"
        context.add_init_script(ahead)
        for page in context.pages:
            page.evaluate(ahead)

    def allow(self, pattern: str) -> None:
        """Let faults that match a regular expression pass in this test."""
        self.allowed.append(re.compile(pattern))

    def close(self) -> list[str]:
        """End every visit; what was wrong and not allowed."""
        for context in self.contexts:
            context.close()
        found = self.faults + [f"{each.name}: {fault}" for each in self.wallets for fault in each.faults]
        return [each for each in found if not any(pattern.search(each) for pattern in self.allowed)]

    def _fault(self, what: str) -> None:
        self.faults.append(what)

    def _on_console(self, message: ConsoleMessage) -> None:
        where = message.location["url"]
        answered = _OWN_ANSWERS.match(message.text) and urlsplit(where).path.startswith("/api/")
        if message.type in ("error", "warning") and not answered:
            self._fault(f"console {message.type}: {message.text} ({where})")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self._fault(f"a request left the desk: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self._fault(f"{response.status} from {response.url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of a test file."""
    with chromium() as found:
        yield found


# ------------------------------------------------------------------------------------------- what a page is held to


def accessible(page: Page) -> list[str]:
    """What axe finds wrong with a page as it stands, serious or critical, a line each; empty where nothing is."""
    source = (npm_package(AXE) / "axe.min.js").read_text()
    session = page.context.new_cdp_session(page)
    # By the debugger: a script tag or `eval` is what the page's policy refuses.
    session.send("Runtime.evaluate", {"expression": source})
    session.detach()
    found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
    return [
        f"{each['impact']} {each['id']}: {node['html'][:200]} ({' '.join(node['failureSummary'].split())})"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def layout_shifts(page: Page) -> list[str]:
    """Every shift of the layout since the document began that no input caused; empty where all stood still."""
    found = page.evaluate("() => window.__shifts")
    return [f"{each['value']:.4f}: {' | '.join(each['sources'])}" for each in found]


def first_paint_ms(page: Page) -> float:
    """When the first content was painted, milliseconds after the navigation began."""
    script = "() => performance.getEntriesByName('first-contentful-paint').map((each) => each.startTime)"
    [found] = page.evaluate(script)
    return float(found)


def overflows(page: Page) -> int:
    """By how many CSS pixels the page is wider than its screen; 0 where nobody has to scroll sideways."""
    script = "() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
    return int(page.evaluate(script))


def picture(page: Page, name: str) -> Path | None:
    """A picture of the whole page as `name`.png in the folder that IFX_PICTURES names; nothing without it."""
    folder = os.environ.get(PICTURES)
    if not folder:
        return None
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    before: Any = page.viewport_size
    # As tall as the page, so that what is fixed to the screen's foot stands at the page's.
    height = int(page.evaluate("() => document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": before["width"], "height": max(height, before["height"])})
    page.screenshot(path=path, full_page=True, animations="disabled")
    page.set_viewport_size(before)
    return path


def four_pictures(page: Page, name: str) -> list[Path]:
    """The page as it stands at both widths and in both schemes: `name`-desktop-light.png and so on."""
    if not os.environ.get(PICTURES):
        return []
    before: Any = page.viewport_size
    made = []
    for view in (DESKTOP, PHONE):
        page.set_viewport_size({"width": view.width, "height": view.height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            made.append(picture(page, f"{name}-{view.name}-{theme}"))
    page.set_viewport_size(before)
    return [each for each in made if each is not None]


def failure_picture(page: Page, folder: Path) -> Path | None:
    """What a page looked like when its test failed."""
    path = folder / f"page-{id(page)}.png"
    try:
        page.screenshot(path=path, full_page=True)
    except Error:
        return None
    return path

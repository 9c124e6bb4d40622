"""A desk that serves its page, and a browser before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.browser import Visits, browser, failure_picture
from support.chain import GPT, LUNA, START, anvil_binary
from support.desk_process import DeskProcess, desk_process

from ifx_sdk import devnet
from scripts.anvil import free_port, running

__all__ = ["browser"]

_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    """A desk on SQLite beside an anvil at 2026-07-15: both underlyings listed and fixed. A file's tests share it."""
    folder = tmp_path_factory.mktemp("desk")
    with running(anvil_binary(), free_port(), timestamp=START) as (chain, _):
        ifx = devnet.start(chain, [GPT, LUNA])
        for outcome in devnet.post(ifx, {GPT: 8_000_000, LUNA: 1_200_000}):
            outcome.confirmed()
        with desk_process(folder, ifx, f"sqlite:///{folder / 'desk.db'}") as found:
            yield found


@pytest.fixture
def visits(browser: Browser, desk: DeskProcess, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visits]:
    """Opens pages of the desk; whatever went wrong on one of them fails the test."""
    found = Visits(browser=browser, url=desk.url, now=desk.ifx.chain.now)
    yield found
    if request.node.stash.get(_FAILED, False):
        pages = [page for context in found.contexts for page in context.pages]
        print("pictures:", *filter(None, (failure_picture(page, tmp_path) for page in pages)))
    faults = found.close()
    assert faults == [], f"faults: {faults}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember for the fixtures whether the test failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # a pluggy result
    if report.when == "call":
        item.stash[_FAILED] = report.failed

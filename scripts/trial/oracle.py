"""Four oracle nodes in one thread, on the demo's sample pages: they fix every day that the local chain comes to.

Pages are read over HTTP by the node's own readers, medians signed, reports gathered from the peers and posted, as in
production. Only the waiting is left out: a window's last seven slots, which make a report, are read at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from ifx_sdk.calendar import SECONDS_PER_DAY, day_of, midnight, window_slots
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devnet import NODES as ACCOUNTS
from ifx_sdk.devnet import signer
from ifx_sdk.errors import IFXError
from oracle_node.clocks import ChainClock
from oracle_node.live import LivePages, live_route
from oracle_node.observe import FailedReading, PageReading
from oracle_node.serving import serve
from oracle_node.settings import ReadingSettings, UnderlyingSettings
from scripts.demonstration.nodes import DemoNode, introduce
from scripts.demonstration.scenario import GPT41, LUNA, NODES, NOT_FOUND, page
from scripts.demonstration.world import Answer, PageServer, SimulatedClock

UNDERLYINGS: Final = (GPT41, LUNA)
"""What the pages have prices of."""
SLOTS: Final = 7
"""The fewest that make a report."""
CUT_BEFORE: Final = 20
"""Days before the first visit at which GPT-5.6 Luna was cut by 80%."""
CUT_AFTER: Final = 40
"""Days after it at which GPT-4.1 will be cut by 46%, as in the worked example."""
AFTER_MIDNIGHT: Final = 5
"""Seconds: the signatures of the others are there by then."""
_LOOK: Final = 0.05
_HALF_DAY: Final = 43_200
_READING = ReadingSettings(lead_seconds=0, timeout_seconds=10, user_agent="ifx-sandbox")


class TrialOracle:
    """The nodes, their pages and what a desk asks before it books."""

    def __init__(self, ifx: IFX, *, first_day: int, visit_day: int) -> None:
        """`first_day` is the first that is fixed, `visit_day` the one that pages are dated by; both UTC day numbers."""
        self._ifx, self._visit = ifx, visit_day
        self._clock = SimulatedClock(midnight(first_day) - _HALF_DAY)
        self._nodes = [
            DemoNode(name, signer(index), ifx.as_signer(signer(index)).oracle)
            for name, index in zip(NODES, ACCOUNTS, strict=True)
        ]
        self._server = PageServer(self._page, self._clock)
        self._asked: tuple[UnderlyingSettings, ...] = ()
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve while the block runs; gives the URL at which a desk asks for live prices."""
        introduce(self._nodes)
        try:
            with self._server.running() as pages, httpx.Client() as client:
                self._asked = _asked(f"{pages}/pricing")
                # What the page says now, by the chain's time; the windows are read at the time of their slots.
                live = LivePages(client, _asked(f"{pages}/now/pricing"), _READING, ChainClock(self._ifx.chain))
                with serve((live_route(live),)) as url:
                    yield url
        finally:
            self._stop.set()
            for node in self._nodes:
                node.close()

    def fix(self, day: int) -> None:
        """Read the window that ends on a day, and post; the chain must have come to it. Raises as `post_day`."""
        readings: list[list[PageReading | FailedReading]] = [[] for _ in self._nodes]
        for slot in window_slots(midnight(day))[-SLOTS:]:
            self._clock.wait_until(slot)
            for node, seen in zip(self._nodes, readings, strict=True):
                seen.extend(node.observer(self._asked).slot(self._clock))
        for node, seen in zip(self._nodes, readings, strict=True):
            node.finish(seen, day)
        self._nodes[day % len(self._nodes)].post(UNDERLYINGS, day)

    def follow(self, tell: Callable[[str], None]) -> threading.Thread:
        """Fix each new day from now on, in a thread, until `running` ends; `tell` hears what went wrong."""
        thread = threading.Thread(target=self._follow, args=(tell,), name="oracle", daemon=True)
        thread.start()
        return thread

    def _follow(self, tell: Callable[[str], None]) -> None:
        chain: Chain = self._ifx.chain
        done, failed = -1, False
        while not self._stop.wait(_LOOK):
            try:
                now = chain.timestamp()
                if day_of(now) != done and now % SECONDS_PER_DAY >= AFTER_MIDNIGHT:
                    if self._is_open(day_of(now)):
                        self.fix(day_of(now))
                    done = day_of(now)
                failed = False
            except IFXError as error:
                # Twice in a row: the node ends before this thread where both hear of Ctrl-C.
                if failed and not self._stop.is_set():
                    tell(f"oracle: {error}")
                failed = True
                self._stop.wait(1)

    def _is_open(self, day: int) -> bool:
        return any(self._ifx.oracle.fixing(name, day) is None for name in UNDERLYINGS)

    def _page(self, path: str, now: int) -> Answer:
        """The sample page in force; changes come at noon, so that a window sees one price alone."""
        if path == "/now/pricing":
            now = self._ifx.chain.timestamp()
        elif path != "/pricing":
            return NOT_FOUND
        noon = now - _HALF_DAY
        if noon < midnight(self._visit - CUT_BEFORE):
            return page("2026-07-01")
        return page("2026-07-30" if noon < midnight(self._visit + CUT_AFTER) else "2026-10-01")


def _asked(url: str) -> tuple[UnderlyingSettings, ...]:
    return tuple(
        UnderlyingSettings(name=name, provider="openai", model=name.partition("/")[2], page=url) for name in UNDERLYINGS
    )

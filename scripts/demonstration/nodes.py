"""Four oracle nodes, each with its own key, book, peers and reading of the pages."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from ifx_sdk.calendar import midnight, window_slots
from ifx_sdk.evidence import warc
from ifx_sdk.oracle import Oracle
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import Domain
from oracle_node.clocks import Clock
from oracle_node.duty import DayResult, Insufficient, post_day, sign_window
from oracle_node.fetch import Page
from oracle_node.observe import FailedReading, Observer, PageReading, Pages
from oracle_node.post import turn_seconds
from oracle_node.report import ReportBook, SignedReport
from oracle_node.serving import serve_reports
from oracle_node.settings import Peer, ReadingSettings, UnderlyingSettings
from oracle_node.window import fix_window

_READING = ReadingSettings(lead_seconds=0, timeout_seconds=10, user_agent="ifx-oracle demo")


@dataclass(slots=True)
class NodeDay:
    """What one node did on one day."""

    node: str
    """Its name."""
    reports: tuple[SignedReport | Insufficient, ...] = field(default=())
    """What it signed, or why not; empty on a day on which it was down."""
    alarms: tuple[str, ...] = field(default=())
    """Prices that somebody should look at."""
    refusals: tuple[str, ...] = field(default=())
    """Why readings failed, each reason once."""


class Evidence:
    """What a node's archive holds, in memory: manifests and pages by their hash, for `ifx_sdk.bundle` to take."""

    def __init__(self) -> None:
        """Empty."""
        self._held: dict[tuple[str, str], bytes] = {}

    def keep_pages(self, pages: Pages) -> None:
        """Keep what a slot fetched."""
        for url, fetched in pages.items():
            if isinstance(fetched.page, Page) and ("pages", fetched.page.sha256) not in self._held:
                self._held["pages", fetched.page.sha256] = warc.pack(fetched.page.body, url, fetched.at)

    def keep(self, root: bytes, manifest: bytes) -> None:
        """Keep a window's manifest."""
        self._held["manifests", root.hex()] = manifest

    def get(self, kind: str, name: str, longest: int) -> bytes | str:
        """As `ifx_sdk.bundle.archives.Source`."""
        return self._held.get((kind, name), "it is not there")


class DemoNode:
    """One node, from its pages to its posts."""

    def __init__(self, name: str, signer: KeySigner, oracle: Oracle) -> None:
        """`oracle` is the view through which it posts, with its own signer."""
        self.name = name
        self.signer = signer
        self.oracle = oracle
        self.book = ReportBook()
        self.evidence = Evidence()
        self.client = httpx.Client()
        self.peers: tuple[Peer, ...] = ()
        self._serving = ExitStack()
        self._observer: Observer | None = None
        self._asked: tuple[UnderlyingSettings, ...] = ()
        self._previous: dict[str, int] = {}
        self.url = ""
        self._domain: Domain = oracle.domain()

    def start(self) -> None:
        """Serve its reports, at the same address as before."""
        port = int(self.url.rsplit(":", 1)[1]) if self.url else 0
        self.url = self._serving.enter_context(serve_reports(self.book, port=port))

    def stop(self) -> None:
        """Stop answering its peers."""
        self._serving.close()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self.client.close()

    def observer(self, underlyings: Sequence[UnderlyingSettings]) -> Observer:
        """The observer of these pages; another set of pages starts from the prices known so far."""
        if self._observer is None or self._asked != tuple(underlyings):
            self._asked = tuple(underlyings)
            self._observer = Observer(self.client, self._asked, _READING, previous=self._previous)
        return self._observer

    def finish(self, seen: Sequence[PageReading | FailedReading], day: int) -> NodeDay:
        """Fix and sign the window's readings."""
        good = [each for each in seen if isinstance(each, PageReading)]
        self._previous |= {each.underlying: each.price for each in good}
        results = [fix_window(good, each, day) for each in self._asked]
        for each in results:
            self.evidence.keep(each.evidence, each.manifest)
        reports = sign_window(results, self.book, self.signer, self._domain)
        alarms = tuple(f"{each.underlying} {each.alarm}" for each in good if each.alarm)
        why = tuple(dict.fromkeys(each.why for each in seen if isinstance(each, FailedReading)))
        return NodeDay(node=self.name, reports=reports, alarms=alarms, refusals=why)

    def post(self, names: Iterable[str], day: int) -> DayResult:
        """Gather from the peers and post what nobody posted yet."""
        return post_day(self.oracle, self.client, self.peers, self.book, names, day)


def introduce(nodes: Sequence[DemoNode]) -> None:
    """Start every node and tell it where the others are."""
    for node in nodes:
        node.start()
    for node in nodes:
        node.peers = tuple(Peer(url=other.url, address=other.signer.address) for other in nodes if other is not node)


def observe_together(
    nodes: Sequence[tuple[DemoNode, Sequence[UnderlyingSettings]]], day: int, clock: Clock
) -> list[NodeDay]:
    """All nodes observe the window that fixes `day`, slot by slot at the same time, then fix and sign."""
    readings: dict[str, list[PageReading | FailedReading]] = {node.name: [] for node, _ in nodes}
    for slot in window_slots(midnight(day)):
        clock.wait_until(slot)
        for node, underlyings in nodes:
            readings[node.name].extend(node.observer(underlyings).slot(clock, node.evidence.keep_pages))
    return [node.finish(readings[node.name], day) for node, _ in nodes]


def in_turn(nodes: Sequence[DemoNode], day: int) -> Iterator[tuple[int, DemoNode]]:
    """The nodes in the order in which they may post, with the second after midnight at which each does."""
    signers = nodes[0].oracle.signers_on(day).signers
    for node in sorted(nodes, key=lambda each: turn_seconds(signers, each.signer.address)):
        yield turn_seconds(signers, node.signer.address), node

"""Ask the peers for their reports of a day, verify each, keep what agrees.

A peer that is down, slow, endless, garbled, lying or somebody else is named with its fault and skipped: it can withhold
its own signature and nothing more.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from time import monotonic
from typing import Final

import httpx

from ifx_sdk.oracle import SignerSet
from ifx_sdk.reports import Tally, Uncounted, tally
from ifx_sdk.terms import Domain
from oracle_node.errors import BadReport
from oracle_node.fetch import Unfetched, fetch
from oracle_node.report import MAX_REPORT_BYTES, SignedReport, read_report, verify
from oracle_node.settings import Peer

PEER_TIMEOUT_SECONDS: Final = 10
"""Longest wait for one peer's report."""
ALL_REPORTS_SECONDS: Final = 30
"""Longest time for all reports of one peer: many slow answers must not hold up a round, in which others post."""
_NOT_FOUND: Final = 404
_NOTHING_YET: Final = "it has no report of this day"


class Fault(StrEnum):
    """Why a peer's answer does not count."""

    SILENT = "silent"
    """It cannot be reached, or has not signed: withholding is a node's right, and only its own signature is missing."""
    GARBAGE = "garbage"
    """What it answers is no report: too long, another status, not JSON, a broken signature."""
    ANOTHER_DAY = "another_day"
    """A report of another day or underlying."""
    NOT_ITS_OWN = "not_its_own"
    """A report by somebody else."""
    WRONG_PRICE = "wrong_price"
    """It signed another price than the quorum."""
    TWO_PRICES = "two_prices"
    """It signed two prices of one underlying and day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one peer said of one underlying and day."""

    peer: Peer
    """Who was asked."""
    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    report: SignedReport | None
    """A report that names the peer, this underlying and this day; verified where `hear` was given the domain."""
    fault: Fault | None
    """Why there is none."""
    why: str
    """The same in one line; empty where there is a report."""

    @property
    def has_nothing_yet(self) -> bool:
        """Whether the peer answered that it has no report: it is there, and has not signed."""
        return self.why == _NOTHING_YET


def hear(
    client: httpx.Client,
    peers: Sequence[Peer],
    underlyings: Iterable[str],
    day: int,
    *,
    domain: Domain | None = None,
    timeout_seconds: int = PEER_TIMEOUT_SECONDS,
) -> tuple[Heard, ...]:
    """Ask every peer at the same time, for one underlying after the other; one that does not answer is left in peace,
    and so is one that took long enough.

    With a `domain` the signatures are verified: that each peer signed what it gives.
    """
    names = tuple(underlyings)

    def ask_all(peer: Peer) -> list[Heard]:
        heard: list[Heard] = []
        until = monotonic() + ALL_REPORTS_SECONDS
        for name in names:
            if monotonic() > until:
                why = f"it took more than {ALL_REPORTS_SECONDS} s for those before"
                heard.append(Heard(peer=peer, underlying=name, day=day, report=None, fault=Fault.SILENT, why=why))
            elif heard and heard[-1].fault is Fault.SILENT and not heard[-1].has_nothing_yet:
                heard.append(replace(heard[-1], underlying=name))
            else:
                heard.append(_ask(client, peer, name, day, domain, timeout_seconds))
        return heard

    with ThreadPoolExecutor(max_workers=max(1, len(peers))) as pool:
        return tuple(each for heard in pool.map(ask_all, peers) for each in heard)


def _ask(
    client: httpx.Client, peer: Peer, underlying: str, day: int, domain: Domain | None, timeout_seconds: int
) -> Heard:
    def nothing(fault: Fault, why: str) -> Heard:
        return Heard(peer=peer, underlying=underlying, day=day, report=None, fault=fault, why=why)

    url = f"{peer.url.rstrip('/')}/reports/{underlying}/{day}"
    page = fetch(client, url, max_bytes=MAX_REPORT_BYTES, timeout_seconds=timeout_seconds, agent="ifx-oracle")
    if isinstance(page, Unfetched):
        if page.status == _NOT_FOUND:
            return nothing(Fault.SILENT, _NOTHING_YET)
        return nothing(Fault.SILENT if page.status is None else Fault.GARBAGE, page.why)
    try:
        report = read_report(page.body)
    except BadReport as error:
        return nothing(Fault.GARBAGE, error.why)
    if report.key != (underlying, day):
        return nothing(Fault.ANOTHER_DAY, f"it answered with {report.key[0]!r} of day {report.key[1]}")
    if report.signer != peer.address:
        return nothing(Fault.NOT_ITS_OWN, f"it is signed by {report.signer}, and the peer is {peer.address}")
    if domain is not None:
        try:
            verify(report, domain, {peer.address})
        except BadReport as error:
            return nothing(Fault.GARBAGE, error.why)
    return Heard(peer=peer, underlying=underlying, day=day, report=report, fault=None, why="")


def count(
    reports: Iterable[SignedReport], underlying: str, day: int, *, domain: Domain, registered: SignerSet
) -> Tally:
    """Find the price that a quorum signed. Pure."""
    statements = [each.statement() for each in reports if each.key == (underlying, day)]
    return tally(statements, underlying, day, domain=domain, signers=registered.signers, quorum=registered.quorum)


def gather(
    client: httpx.Client,
    peers: Sequence[Peer],
    own: SignedReport | None,
    underlying: str,
    day: int,
    *,
    domain: Domain,
    registered: SignerSet,
    timeout_seconds: int = PEER_TIMEOUT_SECONDS,
) -> Tally:
    """Ask every peer at the same time, add the node's `own` report, and find the price that a quorum signed."""
    heard = hear(client, peers, (underlying,), day, timeout_seconds=timeout_seconds)
    reports = [each.report for each in heard if each.report is not None]
    if own is not None:
        reports.insert(0, own)
    found = count(reports, underlying, day, domain=domain, registered=registered)
    unheard = tuple(Uncounted(source=each.peer.url, why=each.why) for each in heard if each.report is None)
    return replace(found, uncounted=unheard + found.uncounted)

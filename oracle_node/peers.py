"""Ask the peers for their reports of one underlying and day, verify each, keep what agrees.

A peer that is down, slow, endless, garbled, lying or somebody else is named with its reason and skipped: it can
withhold its own signature and nothing more.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import httpx

from ifx_sdk.oracle import SignerSet
from ifx_sdk.reports import Report
from ifx_sdk.terms import Domain
from oracle_node.errors import BadReport
from oracle_node.fetch import Unfetched, fetch
from oracle_node.report import MAX_REPORT_BYTES, SignedReport, read_report, verify
from oracle_node.settings import Peer

PEER_TIMEOUT_SECONDS: Final = 10
"""Longest wait for one peer's report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFault:
    """A peer whose report is not counted."""

    peer: str
    """Its URL, or the account that a report names."""
    why: str
    """The reason, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the nodes said of one underlying and day."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    report: Report | None
    """The price that a quorum signed, with every signature on it in the signer set's order; None without a quorum."""
    needed: int
    """Signatures that make a fixing."""
    prices: tuple[tuple[int, tuple[str, ...]], ...]
    """Every price signed, micro-USD per Mtok, with its signers in the set's order; the most signed first."""
    faults: tuple[PeerFault, ...]
    """Who could not be counted, and why."""


def ask(
    client: httpx.Client, peer: Peer, underlying: str, day: int, *, timeout_seconds: int
) -> SignedReport | PeerFault:
    """A peer's report as it came; not yet verified."""
    url = f"{peer.url.rstrip('/')}/reports/{underlying}/{day}"
    page = fetch(client, url, max_bytes=MAX_REPORT_BYTES, timeout_seconds=timeout_seconds, agent="ifx-oracle")
    if isinstance(page, Unfetched):
        return PeerFault(peer=peer.url, why=page.why)
    try:
        report = read_report(page.body)
    except BadReport as error:
        return PeerFault(peer=peer.url, why=error.why)
    if report.key != (underlying, day):
        return PeerFault(peer=peer.url, why=f"it answered with {report.key[0]!r} of day {report.key[1]}")
    if report.signer != peer.address:
        return PeerFault(peer=peer.url, why=f"it is signed by {report.signer}, and the peer is {peer.address}")
    return report


def agree(
    reports: Iterable[SignedReport], underlying: str, day: int, *, domain: Domain, registered: SignerSet
) -> Gathered:
    """Verify reports and find the price that a quorum signed. Pure.

    A signer of two different prices counts for neither: `floor(2n/3) + 1` holds off what is left of him.
    """
    by_signer: dict[str, SignedReport] = {}
    liars: set[str] = set()
    faults: list[PeerFault] = []
    for report in reports:
        try:
            verify(report, domain, registered.signers)
        except BadReport as error:
            faults.append(PeerFault(peer=report.signer, why=error.why))
            continue
        if report.key != (underlying, day):
            faults.append(PeerFault(peer=report.signer, why=f"it is over {report.key[0]!r} of day {report.key[1]}"))
            continue
        before = by_signer.setdefault(report.signer, report)
        if before.attestation.price != report.attestation.price and report.signer not in liars:
            liars.add(report.signer)
            why = f"it signed both {before.attestation.price} and {report.attestation.price}"
            faults.append(PeerFault(peer=report.signer, why=why))
    counted = [by_signer[each] for each in registered.signers if each in by_signer and each not in liars]
    prices = _by_price(counted)
    report_found = None
    if prices and len(prices[0][1]) >= registered.quorum:
        chosen = [each.attestation for each in counted if each.attestation.price == prices[0][0]]
        report_found = Report.of(chosen)
    return Gathered(
        underlying=underlying,
        day=day,
        report=report_found,
        needed=registered.quorum,
        prices=prices,
        faults=tuple(faults),
    )


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
) -> Gathered:
    """Ask every peer at the same time, add the node's `own` report, and find the price that a quorum signed."""
    with ThreadPoolExecutor(max_workers=max(1, len(peers))) as pool:
        answers = list(
            pool.map(lambda peer: ask(client, peer, underlying, day, timeout_seconds=timeout_seconds), peers)
        )
    reports = [each for each in answers if isinstance(each, SignedReport)]
    if own is not None:
        reports.insert(0, own)
    found = agree(reports, underlying, day, domain=domain, registered=registered)
    unheard = tuple(each for each in answers if isinstance(each, PeerFault))
    return Gathered(
        underlying=found.underlying,
        day=found.day,
        report=found.report,
        needed=found.needed,
        prices=found.prices,
        faults=unheard + found.faults,
    )


def _by_price(reports: Sequence[SignedReport]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    signers: dict[int, list[str]] = {}
    for each in reports:
        signers.setdefault(each.attestation.price, []).append(each.signer)
    most_first = sorted(signers.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((price, tuple(names)) for price, names in most_first)

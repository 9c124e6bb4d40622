"""Ask the peers for their reports of one underlying and day, verify each, keep what agrees.

A peer that is down, slow, endless, garbled, lying or somebody else is named with its reason and skipped: it can
withhold its own signature and nothing more.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import httpx

from ifx_sdk.oracle import SignerSet
from ifx_sdk.reports import Tally, Uncounted, tally
from ifx_sdk.terms import Domain
from oracle_node.errors import BadReport
from oracle_node.fetch import Unfetched, fetch
from oracle_node.report import MAX_REPORT_BYTES, SignedReport, read_report
from oracle_node.settings import Peer

PEER_TIMEOUT_SECONDS: Final = 10
"""Longest wait for one peer's report."""


def ask(
    client: httpx.Client, peer: Peer, underlying: str, day: int, *, timeout_seconds: int
) -> SignedReport | Uncounted:
    """A peer's report as it came; not yet verified."""
    url = f"{peer.url.rstrip('/')}/reports/{underlying}/{day}"
    page = fetch(client, url, max_bytes=MAX_REPORT_BYTES, timeout_seconds=timeout_seconds, agent="ifx-oracle")
    if isinstance(page, Unfetched):
        return Uncounted(source=peer.url, why=page.why)
    try:
        report = read_report(page.body)
    except BadReport as error:
        return Uncounted(source=peer.url, why=error.why)
    if report.key != (underlying, day):
        return Uncounted(source=peer.url, why=f"it answered with {report.key[0]!r} of day {report.key[1]}")
    if report.signer != peer.address:
        return Uncounted(source=peer.url, why=f"it is signed by {report.signer}, and the peer is {peer.address}")
    return report


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
    with ThreadPoolExecutor(max_workers=max(1, len(peers))) as pool:
        answers = list(
            pool.map(lambda peer: ask(client, peer, underlying, day, timeout_seconds=timeout_seconds), peers)
        )
    reports = [each for each in answers if isinstance(each, SignedReport)]
    if own is not None:
        reports.insert(0, own)
    found = tally(
        [each.statement() for each in reports],
        underlying,
        day,
        domain=domain,
        signers=registered.signers,
        quorum=registered.quorum,
    )
    unheard = tuple(each for each in answers if isinstance(each, Uncounted))
    return replace(found, uncounted=unheard + found.uncounted)

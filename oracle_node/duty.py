"""A node's duty once a window is over: sign what it fixed, gather what the others signed, post what a quorum signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpx

from ifx_sdk.evidence.median import WindowFixing
from ifx_sdk.oracle import Oracle
from ifx_sdk.reports import Tally
from ifx_sdk.signers import Signer
from ifx_sdk.terms import Domain
from oracle_node.peers import PEER_TIMEOUT_SECONDS, gather
from oracle_node.post import PostResult, post_reports
from oracle_node.report import ReportBook, SignedReport
from oracle_node.settings import Peer
from oracle_node.window import WindowResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Insufficient:
    """A window that gave no report."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    fixing: WindowFixing
    """How many slots were valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """What one node did for one day."""

    gathered: tuple[Tally, ...]
    """For every underlying that was not posted yet: who signed which price."""
    posted: PostResult
    """What became of the reports that a quorum signed."""


def sign_window(
    results: Iterable[WindowResult], book: ReportBook, signer: Signer, domain: Domain
) -> tuple[SignedReport | Insufficient, ...]:
    """Sign what the windows gave, each report stored before it is released. Raises `SecondReport`, `BadFile`."""
    signed: list[SignedReport | Insufficient] = []
    for each in results:
        price = each.price
        if price is None:
            signed.append(Insufficient(underlying=each.underlying, day=each.day, fixing=each.fixing))
            continue
        signed.append(
            book.sign(signer, domain, underlying=each.underlying, day=each.day, price=price, evidence=each.evidence)
        )
    return tuple(signed)


def gather_day(
    oracle: Oracle,
    client: httpx.Client,
    peers: Sequence[Peer],
    book: ReportBook,
    underlyings: Iterable[str],
    day: int,
    *,
    timeout_seconds: int = PEER_TIMEOUT_SECONDS,
) -> tuple[Tally, ...]:
    """Ask the peers for every underlying that the chain has no fixing of yet."""
    open_names = [name for name in underlyings if oracle.fixing(name, day) is None]
    if not open_names:
        return ()
    domain, registered = oracle.domain(), oracle.signers_on(day)
    return tuple(
        gather(
            client,
            peers,
            book.get(name, day),
            name,
            day,
            domain=domain,
            registered=registered,
            timeout_seconds=timeout_seconds,
        )
        for name in open_names
    )


def post_day(
    oracle: Oracle,
    client: httpx.Client,
    peers: Sequence[Peer],
    book: ReportBook,
    underlyings: Iterable[str],
    day: int,
    *,
    fee_cap: int | None = None,
) -> DayResult:
    """Gather and post what nobody posted yet; does nothing where everything is posted. Raises as `post_reports`.

    `fee_cap` is the most that is offered per gas, in wei.
    """
    gathered = gather_day(oracle, client, peers, book, underlyings, day)
    reports = [each.report for each in gathered if each.report is not None]
    posted = post_reports(oracle, reports, fee_cap=fee_cap) if reports else PostResult(answers=(), outcomes=())
    return DayResult(gathered=gathered, posted=posted)

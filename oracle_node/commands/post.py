"""`ifx-oracle post`: several nodes' reports, from files or peers, to one transaction. Dry run unless told `--post`."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import httpx

from ifx_sdk.calendar import day_number, day_of, midnight, parse_date
from ifx_sdk.cli.bundles import read_statements
from ifx_sdk.client import IFX
from ifx_sdk.deployment import Deployment
from ifx_sdk.oracle import Oracle, SignerSet
from ifx_sdk.reports import Statement, Tally, tally
from oracle_node.clocks import Clock, SystemClock
from oracle_node.commands import OK, REFUSED
from oracle_node.duty import gather_day
from oracle_node.endpoints import EndpointFault, Endpoints
from oracle_node.post import NotPosted, PostAnswer, Posted, check, post_reports, turn_seconds
from oracle_node.report import ReportBook
from oracle_node.settings import Settings, read_settings, read_signer
from oracle_node.store import Store, open_store

_GWEI: Final = 10**9


def run(
    files: Sequence[str], *, config: str, day: str | None, post: bool, wait: bool, clock: Clock | None = None
) -> int:
    """Gather and post, or say what would be posted; exit 0 when every underlying is posted or ready."""
    settings, given = read_settings(config), read_statements(files)
    with open_store(settings) as store:
        return _run(settings, given, store, files=bool(files), day=day, post=post, wait=wait, clock=clock)


def _run(
    settings: Settings,
    given: Sequence[Statement],
    store: Store,
    *,
    files: bool,
    day: str | None,
    post: bool,
    wait: bool,
    clock: Clock | None,
) -> int:
    signer, book = read_signer(settings.key), store.book
    deployment, clock = Deployment.read(settings.chain.deployment), SystemClock() if clock is None else clock
    nodes = [settings.chain.rpc, *settings.chain.more_rpcs]
    endpoints = Endpoints(nodes, chain_id=deployment.chain_id, clock=clock, on_fault=_tell)
    ifx = IFX.connect(endpoints.web3, deployment, signer, journal=store.journal)
    number = day_of(ifx.chain.now()) if day is None else day_number(parse_date(day))
    registered = ifx.oracle.signers_on(number)
    if wait:
        turn = midnight(number) + turn_seconds(registered.signers, signer.address)
        clock.wait_until(turn)
    names = dict.fromkeys(each.name for each in settings.underlyings)
    names |= dict.fromkeys(each.attestation.underlying for each in given if each.attestation.day == number)
    gathered = (
        [*_from_files(ifx.oracle, book, given, names, number, registered)]
        if files
        else _from_peers(ifx.oracle, settings, book, names, number, registered)
    )
    for each in (each for found in gathered for each in found.uncounted):
        print(f"ifx-oracle post: {each.source}: {each.why}", file=sys.stderr)
    return _finish(ifx.oracle, gathered, registered, post=post, fee_cap=settings.chain.fee_cap_gwei * _GWEI)


def _tell(fault: EndpointFault) -> None:
    print(f"ifx-oracle post: endpoint {fault.number}, {fault.url}, {fault.kind}: {fault.why}", file=sys.stderr)


def _from_files(
    oracle: Oracle,
    book: ReportBook,
    given: Sequence[Statement],
    names: Iterable[str],
    day: int,
    registered: SignerSet,
) -> Iterator[Tally]:
    """Count the files' reports of each name, and the node's own beside them."""
    domain = oracle.domain()
    for name in names:
        stated = [each for each in given if each.attestation.underlying == name]
        own = book.get(name, day)
        if own is not None and own.attestation not in [each.attestation for each in stated]:
            stated.insert(0, own.statement())
        yield tally(stated, name, day, domain=domain, signers=registered.signers, quorum=registered.quorum)


def _from_peers(
    oracle: Oracle, settings: Settings, book: ReportBook, names: Iterable[str], day: int, registered: SignerSet
) -> list[Tally]:
    """Ask the peers for every name that is not posted yet; the others are counted from the node's own book."""
    with httpx.Client() as client:
        wait = settings.reading.timeout_seconds
        heard = gather_day(oracle, client, settings.peers, book, names, day, timeout_seconds=wait)
    by_name = {each.underlying: each for each in heard}
    own = {each.underlying: each for each in _from_files(oracle, book, (), names, day, registered)}
    return [by_name.get(name, own[name]) for name in names]


def _finish(oracle: Oracle, gathered: Sequence[Tally], registered: SignerSet, *, post: bool, fee_cap: int) -> int:
    reports = [each.report for each in gathered if each.report is not None]
    answers: Sequence[PostAnswer] = ()
    if reports:
        answers = post_reports(oracle, reports, fee_cap=fee_cap).answers if post else check(oracle, reports)
    by_name = {report.underlying: answer for report, answer in zip(reports, answers, strict=True)}
    lines = [_line(oracle, each, by_name.get(each.underlying)) for each in gathered]
    for line in lines:
        print(json.dumps(line))
        if "why" in line:
            print(f"ifx-oracle post: {line['underlying']}: {line['why']}", file=sys.stderr)
    if not post and any(line["status"] == "ready" for line in lines):
        print("ifx-oracle post: dry run, nothing was sent; add --post to send it", file=sys.stderr)
    return OK if all("why" not in line for line in lines) else REFUSED


def _line(oracle: Oracle, gathered: Tally, answer: PostAnswer | None) -> dict[str, object]:
    """One underlying's fields: status, price in micro-USD per Mtok, who signed which price."""
    fields: dict[str, object] = {
        "underlying": gathered.underlying,
        "day": gathered.day,
        "needed": gathered.needed,
        "signed": [{"price": price, "signers": list(signers)} for price, signers in gathered.prices],
    }
    if answer is None:
        fixing = oracle.fixing(gathered.underlying, gathered.day)
        if fixing is not None:
            return fields | {"status": "already posted", "price": fixing.price}
        most = len(gathered.prices[0][1]) if gathered.prices else 0
        why = f"no price has a quorum: {most} of {gathered.needed} signatures; gather more nodes' reports"
        if len(gathered.prices) > 1:
            prices = " and ".join(f"{price} ({len(names)})" for price, names in gathered.prices)
            why = f"the nodes disagree, {prices} micro-USD/Mtok, and {why}"
        return fields | {"status": "no quorum", "price": None, "why": why}
    if isinstance(answer, Posted):
        status = "already posted" if answer.tx_hash is None else "posted"
        return fields | {"status": status, "price": answer.price, "tx": answer.tx_hash}
    if isinstance(answer, NotPosted):
        return fields | {"status": "not posted", "price": None, "why": answer.why}
    return fields | {"status": "ready", "price": answer.report.price}

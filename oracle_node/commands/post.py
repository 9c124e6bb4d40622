"""`ifx-oracle post`: several nodes' reports, from files or peers, to one transaction. Dry run unless told `--post`."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import httpx

from ifx_sdk.calendar import day_number, day_of, midnight, parse_date
from ifx_sdk.client import IFX
from ifx_sdk.errors import BadFile
from ifx_sdk.oracle import Oracle, SignerSet
from ifx_sdk.outcomes import FileJournal
from ifx_sdk.strict_json import loads
from oracle_node.commands import OK, REFUSED
from oracle_node.errors import BadReport
from oracle_node.fixing import WindowStatus
from oracle_node.observe import Clock
from oracle_node.peers import Gathered, PeerFault, agree, ask
from oracle_node.post import NotPosted, PostAnswer, Posted, check, post_reports, turn_seconds
from oracle_node.report import ReportBook, SignedReport, read_report
from oracle_node.settings import Settings, read_settings, read_signer
from oracle_node.window import SystemClock


def run(
    files: Sequence[str], *, config: str, day: str | None, post: bool, wait: bool, clock: Clock | None = None
) -> int:
    """Gather and post, or say what would be posted; exit 0 when every underlying is posted or ready."""
    settings = read_settings(config)
    given = [each for name in files for each in _read(Path(name))]
    signer = read_signer(settings.key)
    ifx = IFX.connect(
        settings.chain.rpc, settings.chain.deployment, signer, journal=FileJournal(settings.chain.journal)
    )
    number = day_of(ifx.chain.now()) if day is None else day_number(parse_date(day))
    registered = ifx.oracle.signers_on(number)
    if wait:
        turn = midnight(number) + turn_seconds(registered.signers, signer.address)
        (SystemClock() if clock is None else clock).wait_until(turn)
    names = dict.fromkeys(each.name for each in settings.underlyings)
    names |= dict.fromkeys(each.key[0] for each in given if each.key[1] == number)
    own = [each for each in ReportBook(settings.reports).all() if each.key[1] == number]
    open_names = [name for name in names if ifx.oracle.fixing(name, number) is None]
    heard, faults = ([], []) if files else _ask_all(settings, open_names, number)
    gathered = [
        agree(
            [each for each in (*own, *given, *heard) if each.key == (name, number)],
            name,
            number,
            domain=ifx.oracle.domain(),
            registered=registered,
        )
        for name in names
    ]
    for fault in [*faults, *(fault for each in gathered for fault in each.faults)]:
        print(f"ifx-oracle post: {fault.peer}: {fault.why}", file=sys.stderr)
    return _finish(ifx.oracle, gathered, registered, post=post)


def _finish(oracle: Oracle, gathered: Sequence[Gathered], registered: SignerSet, *, post: bool) -> int:
    reports = [each.report for each in gathered if each.report is not None]
    answers = (post_reports(oracle, reports).answers if post else check(oracle, reports)) if reports else ()
    by_name = {report.underlying: answer for report, answer in zip(reports, answers, strict=True)}
    lines = [_line(oracle, each, by_name.get(each.underlying)) for each in gathered]
    for line in lines:
        print(json.dumps(line))
        if "why" in line:
            print(f"ifx-oracle post: {line['underlying']}: {line['why']}", file=sys.stderr)
    if not post and any(line["status"] == "ready" for line in lines):
        print("ifx-oracle post: dry run, nothing was sent; add --post to send it", file=sys.stderr)
    return OK if all("why" not in line for line in lines) else REFUSED


def _line(oracle: Oracle, gathered: Gathered, answer: PostAnswer | None) -> dict[str, object]:
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
        return fields | {"status": "no quorum", "price": None, "why": why}
    if isinstance(answer, Posted):
        status = "already posted" if answer.tx_hash is None else "posted"
        return fields | {"status": status, "price": answer.price, "tx": answer.tx_hash}
    if isinstance(answer, NotPosted):
        return fields | {"status": "not posted", "price": None, "why": answer.why}
    return fields | {"status": "ready", "price": answer.report.price}


def _ask_all(settings: Settings, names: Iterable[str], day: int) -> tuple[list[SignedReport], list[PeerFault]]:
    """Every peer's report of every name; who does not answer is named and skipped."""
    heard: list[SignedReport] = []
    faults: list[PeerFault] = []
    with httpx.Client() as client:
        for name in names:
            for peer in settings.peers:
                answer = ask(client, peer, name, day, timeout_seconds=settings.reading.timeout_seconds)
                if isinstance(answer, SignedReport):
                    heard.append(answer)
                else:
                    faults.append(answer)
    return heard, faults


def _read(path: Path) -> list[SignedReport]:
    """The reports of one file as `fix` prints them, a line each; windows that gave none are passed over."""
    cure = "Give files that `ifx-oracle fix` printed."
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BadFile(path, f"it cannot be read: {error.strerror}", cure=cure) from error
    reports = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or _is_insufficient(line, f"{path}:{number}"):
            continue
        try:
            reports.append(read_report(line))
        except BadReport as error:
            raise BadFile(f"{path}:{number}", f"not a report: {error.why}", cure=cure) from error
    if not reports and not lines:
        raise BadFile(path, "it is empty", cure=cure)
    return reports


def _is_insufficient(line: bytes, place: str) -> bool:
    found = loads(line, place, BadFile)
    return isinstance(found, dict) and found.get("status") == WindowStatus.INSUFFICIENT.value

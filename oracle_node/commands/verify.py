"""`ifx-oracle verify`: from the chain's fixing back to the raw bytes of the pages, a line a step."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import httpx

from ifx_sdk.calendar import date_of, day_number, parse_date
from ifx_sdk.client import IFX
from ifx_sdk.errors import BadFile, BadValue
from ifx_sdk.money import format_price
from ifx_sdk.terms import parse_underlying
from oracle_node.archive import Archive
from oracle_node.commands import FAILED, OK
from oracle_node.commands.progress import progress
from oracle_node.errors import BadReport, DamagedArchive
from oracle_node.mined import MinedFixing, fixing_record, mined_fixing
from oracle_node.mirror import Mirror
from oracle_node.settings import read_settings
from oracle_node.verify import Mark, Verdict, Verified, Verifier

_OFFLINE = "oracle, chain, signer set and quorum are those of the archived record: --rpc asks the chain for them"


def run(
    archive: str,
    *,
    underlying: str | None,
    days: Sequence[str],
    everything: bool,
    as_json: bool,
    strict: bool,
    rpc: str | None,
    deployment: str | None,
    sources: Sequence[str],
    config: str | None,
) -> int:
    """Verify and print; exit 0 when every fixing is proven, else 1."""
    found = Archive(archive)
    if not found.folder.is_dir():
        raise BadFile(archive, "there is no archive", cure="Name the folder `archive` of a node's state.")
    if (rpc is None) != (deployment is None):
        raise BadValue(rpc or deployment, "a chain is asked with both", cure="Give --rpc URL and --deployment FILE.")
    ifx = None if rpc is None or deployment is None else IFX.connect(rpc, deployment)
    wanted = _wanted(found, underlying, [day_number(parse_date(day)) for day in days], everything=everything)
    peers = {} if config is None else {each.address: each.url for each in read_settings(config).peers}
    verifier = Verifier(found, chain=_asking(ifx), peers=peers, strict=strict)
    results: list[Verified] = []
    with ExitStack() as stack:
        mirror = Mirror(found, stack.enter_context(httpx.Client()), tuple(sources)) if sources else None
        told = stack.enter_context(progress("fixings verified", len(wanted)))
        for name, day in wanted:
            _complete(found, ifx, mirror, name, day)
            results.append(verifier.day(name, day))
            told()
    for each in results:
        print(json.dumps(_to_json(each)) if as_json else _text(each, whole=len(results) == 1))
    if not as_json:
        _summary(results, asked=ifx is not None)
    return OK if results and all(each.verdict is Verdict.PASS for each in results) else FAILED


def _wanted(
    archive: Archive, underlying: str | None, days: Sequence[int], *, everything: bool
) -> list[tuple[str, int]]:
    """Underlyings and days; with --all those of the archive that have a fixing, within what was named."""
    if not everything:
        if underlying is None or not days:
            raise BadValue(
                underlying, "it takes an underlying and a day", cure="Name --underlying and --day, or --all."
            )
        return [(parse_underlying(underlying), day) for day in days]
    chosen = days or archive.days()
    found = [(name, day) for day in chosen for name in archive.fixed(day) if underlying in (None, name)]
    if not found:
        raise BadFile(archive.folder, "no fixing in it is archived", cure="Archive one first, or name --rpc and a day.")
    return found


def _asking(ifx: IFX | None) -> Callable[[str, int], MinedFixing | None] | None:
    if ifx is None:
        return None
    oracle, first = ifx.oracle, ifx.deployment.block
    return lambda underlying, day: mined_fixing(oracle, underlying, day, first_block=first)


def _complete(archive: Archive, ifx: IFX | None, mirror: Mirror | None, underlying: str, day: int) -> None:
    """Take a missing record from the chain, and missing evidence from the nodes that were named."""
    try:
        if ifx is not None and archive.fixing(underlying, day) is None:
            record = fixing_record(ifx.oracle, underlying, day, first_block=ifx.deployment.block)
            final = ifx.chain.finalized_block()
            if record is not None and (final is None or record.block <= final):
                archive.add_fixing(record)
        if mirror is not None:
            for why in mirror.fill(underlying, day):
                print(f"ifx-oracle verify: not fetched: {why}", file=sys.stderr)
    except (DamagedArchive, BadReport) as error:
        # What is here is damaged: the verification names it with its file.
        print(f"ifx-oracle verify: nothing fetched for {underlying} of {date_of(day)}: {error.why}", file=sys.stderr)


def _text(result: Verified, *, whole: bool) -> str:
    """Every step of a single fixing; of several only what is not as it should be."""
    price = "no fixing" if result.price is None else format_price(result.price)
    lines = [
        f"  {each.mark:<8}  {each.what}: {each.text}" for each in result.steps if whole or each.mark is not Mark.OK
    ]
    head = f"{result.underlying} {date_of(result.day)}: {price}, {result.whole} nodes' evidence whole"
    return "\n".join([head, *lines, f"  {result.verdict}"])


def _summary(results: Sequence[Verified], *, asked: bool) -> None:
    if len(results) > 1:
        counts = {verdict: sum(each.verdict is verdict for each in results) for verdict in Verdict}
        print(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count))
    if not asked:
        print(f"ifx-oracle verify: {_OFFLINE}", file=sys.stderr)


def _to_json(result: Verified) -> dict[str, object]:
    steps = []
    for each in result.steps:
        step: dict[str, object] = {"what": each.what, "mark": each.mark.value, "text": each.text}
        extra = {"file": each.file, "expected": each.expected, "found": each.found}
        steps.append(step | {key: value for key, value in extra.items() if value is not None})
    return {
        "underlying": result.underlying,
        "day": date_of(result.day).isoformat(),
        "verdict": result.verdict.value,
        "price": result.price,
        "whole": result.whole,
        "steps": steps,
    }

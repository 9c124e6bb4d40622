"""`ifx-oracle replay`: every archived window computed again from the raw bytes of its pages."""

import json
import sys

from ifx_sdk.calendar import date_of, day_number, parse_date
from ifx_sdk.errors import BadFile
from oracle_node.archive import Archive
from oracle_node.commands import FAILED, OK
from oracle_node.commands.progress import progress
from oracle_node.replay import Replayed, replay_in, to_json


def run(archive: str, *, first: str | None, last: str | None, jobs: int, as_json: bool) -> int:
    """Replay and print; exit 0 when every window came out as it was signed, else 1."""
    found = Archive(archive)
    low = None if first is None else day_number(parse_date(first))
    high = None if last is None else day_number(parse_date(last))
    days = [day for day in found.days() if (low is None or day >= low) and (high is None or day <= high)]
    if not days:
        raise BadFile(archive, "no day in it is archived", cure="Name a node's archive, and days that it has.")
    with progress("days replayed", len(days)) as told:
        result = replay_in(found, days, jobs, lambda _: told())
    if as_json:
        print(json.dumps(to_json(result)))
    else:
        _print(result, days)
    return OK if result.holds else FAILED


def _print(result: Replayed, days: list[int]) -> None:
    for where, fault in result.faults:
        mark = "not here" if fault.absent else "WRONG"
        print(f"{mark}: {where}, {fault.what}: {fault.file}: expected {fault.expected}, found {fault.found}")
    span = f"{date_of(days[0])} to {date_of(days[-1])}"
    counted = f"{result.windows} windows of {result.days} days ({span}), {result.prices} prices, {result.pages} pages"
    if result.holds:
        print(f"PASS: {counted}: every window comes out as it was")
    else:
        print(f"FAIL: {counted}: {result.wrong} do not match, {len(result.faults) - result.wrong} are not here")
    if result.others:
        print(f"{result.others} index values were left to `ifx-index verify`", file=sys.stderr)

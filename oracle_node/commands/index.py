"""`ifx-oracle index`: a day's index values from the node's own store to signed reports, a line of JSON each."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ifx_index.errors import IndexRefusal
from ifx_index.record import Record
from ifx_index.store import Store
from ifx_sdk.calendar import date_of, day_number, day_of, parse_date
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadDate, BadFile
from ifx_sdk.terms import oracle_domain
from oracle_node.clocks import Clock, SystemClock
from oracle_node.commands import OK, REFUSED
from oracle_node.index_feed import IndexMark, Withheld, index_mark, sign_index
from oracle_node.report import SignedReport
from oracle_node.settings import read_settings, read_signer
from oracle_node.store import open_store


def run(
    underlyings: Sequence[str],
    *,
    config: str,
    store: str,
    day: str | None,
    sign: bool,
    clock: Clock | None = None,
) -> int:
    """Show each value that would become a report, or sign it with `sign`; exit 0 when none is withheld."""
    settings = read_settings(config)
    today = day_of((SystemClock() if clock is None else clock).now())
    number = today if day is None else day_number(parse_date(day))
    if number > today:
        raise BadDate(str(date_of(number)), "it has not begun", cure="An index is fixed on the day after its own.")
    records = _records(store)
    if not sign:
        marks = [index_mark(records, each, number) for each in underlyings]
        for mark in marks:
            print(_shown(mark))
        return OK if all(isinstance(each, IndexMark) for each in marks) else REFUSED
    deployment, signer = Deployment.read(settings.chain.deployment), read_signer(settings.key)
    domain = oracle_domain(deployment.chain_id, deployment.oracle)
    with open_store(settings) as node:
        signed = sign_index(records, underlyings, number, node.book, signer, domain)
    for each in signed:
        print(each.canonical().decode() if isinstance(each, SignedReport) else _shown(each))
    return OK if all(isinstance(each, SignedReport) for each in signed) else REFUSED


def _records(store: str) -> Sequence[Record]:
    if not Path(store).is_dir():
        raise BadFile(store, "there is no index store", cure="Write one with `ifx-index backfill DIR`.")
    try:
        return Store(store).records
    except IndexRefusal as error:
        raise BadFile(store, error.what, cure=error.cure) from error


def _shown(each: IndexMark | Withheld) -> str:
    """What the reviewer looks at: the record itself, and every later revision of it."""
    if isinstance(each, Withheld):
        print(f"ifx-oracle index: {each.underlying} of {date_of(each.day)}: {each.why}", file=sys.stderr)
        return json.dumps({"status": "WITHHELD", "underlying": each.underlying, "day": each.day, "why": each.why})
    later = [record.row() for record in each.corrected]
    return json.dumps(
        json.loads(each.manifest, parse_float=str)
        | {"status": "READY", "price": each.price, "evidence": f"0x{each.evidence.hex()}", "corrected": later}
    )

"""`ifx-oracle fix`: one window's readings, the store's or a file's, to signed reports, a line of JSON an underlying."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ifx_sdk.calendar import (
    MIN_VALID_SLOTS,
    SLOT_SECONDS,
    date_of,
    day_number,
    day_of,
    midnight,
    parse_date,
    window_start,
)
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadDate, BadFile
from ifx_sdk.terms import oracle_domain
from oracle_node.clocks import Clock, SystemClock
from oracle_node.commands import OK, REFUSED
from oracle_node.duty import Insufficient, sign_window
from oracle_node.errors import BadReadings
from oracle_node.observe import FailedReading, PageReading
from oracle_node.readings import read_readings_file
from oracle_node.report import SignedReport
from oracle_node.settings import Settings, read_settings, read_signer
from oracle_node.store import Store, open_store
from oracle_node.window import WindowResult, day_being_fixed, fix_window


def run(
    readings: str | None, *, config: str, day: str | None, manifests: str | None, clock: Clock | None = None
) -> int:
    """Fix, write the manifests, sign, print; exit 0 when every underlying of the settings has a report.

    Without a file of `readings` the store's are taken, and the day is today.
    """
    settings, now = read_settings(config), (SystemClock() if clock is None else clock).now()
    given = None if readings is None else read_readings_file(Path(readings))
    if given == ():
        raise BadReadings(readings, "it holds no reading")
    number = _day(day, given, now)
    if now < midnight(number):
        why = "its window is not over, and a report is never taken back"
        raise BadDate(str(date_of(number)), why, cure="Fix it after its 00:00:00 UTC.")
    with open_store(settings) as store:
        end = midnight(number)
        found = store.readings(window_start(end) - SLOT_SECONDS, end) if given is None else given
        return _fix(settings, store, found, number, manifests)


def _day(day: str | None, given: Sequence[PageReading | FailedReading] | None, now: int) -> int:
    """The UTC day number asked for, else that of the file's newest reading, else today."""
    if day is not None:
        return day_number(parse_date(day))
    return day_of(now) if given is None else day_being_fixed(max(each.at for each in given))


def _fix(
    settings: Settings,
    store: Store,
    found: Sequence[PageReading | FailedReading],
    number: int,
    manifests: str | None,
) -> int:
    deployment, signer = Deployment.read(settings.chain.deployment), read_signer(settings.key)
    results = [fix_window(found, each, number) for each in settings.underlyings]
    if manifests is not None:
        _write(Path(manifests), results)
    domain = oracle_domain(deployment.chain_id, deployment.oracle)
    signed = sign_window(results, store.book, signer, domain)
    for each in signed:
        print(_line(each))
    return OK if all(isinstance(each, SignedReport) for each in signed) else REFUSED


def _line(each: SignedReport | Insufficient) -> str:
    if isinstance(each, SignedReport):
        return each.canonical().decode()
    valid = each.fixing.n_valid
    print(
        f"ifx-oracle fix: {each.underlying} of {date_of(each.day)}: {valid} valid slots of the {MIN_VALID_SLOTS}"
        " needed; no report is made, and the other nodes' quorum decides",
        file=sys.stderr,
    )
    return json.dumps(
        {
            "status": each.fixing.status.value,
            "underlying": each.underlying,
            "day": each.day,
            "price": None,
            "valid": valid,
            "needed": MIN_VALID_SLOTS,
        }
    )


def _write(folder: Path, results: list[WindowResult]) -> None:
    """Each manifest under the name of its root, so that a report's evidence finds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in results:
            (folder / f"{each.evidence.hex()}.json").write_bytes(each.manifest)
    except OSError as error:
        raise BadFile(folder, f"manifests cannot be written: {error.strerror}", cure="Check its rights.") from error

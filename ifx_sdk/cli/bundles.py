"""Signed reports in JSON files: one attestation, a list of them, or an object that holds a list `attestations`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ifx_sdk.cli.errors import BadBundle
from ifx_sdk.cli.reading import hex_bytes, read_file
from ifx_sdk.errors import IFXError
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.reports import Attestation, Report
from ifx_sdk.signing import parse_signature
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_underlying

_KEYS = {"underlying", "day", "price", "evidence", "signature"}


def read_reports(paths: Iterable[str]) -> list[Report]:
    """The reports that the attestations of all files make, one for each underlying and day.

    Where the nodes of one underlying and day name several prices, the one with the most attestations is taken, and the
    contract's quorum decides; with as many for two prices it is AttestationsDisagree. Raises BadBundle.
    """
    by_report: defaultdict[tuple[str, int], list[Attestation]] = defaultdict(list)
    for path in paths:
        for place, entry in enumerate(_entries(loads(read_file(path, BadBundle), path, BadBundle), path)):
            found = _attestation(entry, f"{path}, attestation {place}")
            by_report[found.underlying, found.day].append(found)
    return [_report(each) for each in by_report.values()]


def _entries(document: object, path: str) -> list[object]:
    if isinstance(document, Mapping) and "attestations" in document:
        document = document["attestations"]
    elif isinstance(document, Mapping):
        document = [document]
    if not isinstance(document, list) or not document:
        raise BadBundle(path, "it holds no attestations")
    return document


def _attestation(entry: object, place: str) -> Attestation:
    if not isinstance(entry, Mapping) or not entry.keys() >= _KEYS:
        missing = ", ".join(sorted(_KEYS - entry.keys())) if isinstance(entry, Mapping) else "everything"
        raise BadBundle(place, f"missing: {missing}")
    day, price = entry["day"], entry["price"]
    if type(day) is not int or not 0 <= day < 2**24:
        raise BadBundle(place, f"day must be a UTC day number, not {day!r}")
    if type(price) is not int or not 0 <= price < PRICE_LIMIT:
        raise BadBundle(place, f"price must be micro-USDT per Mtok below 2^40, not {price!r}")
    evidence = hex_bytes(entry["evidence"]) if isinstance(entry["evidence"], str) else None
    if evidence is None or len(evidence) != 32:
        raise BadBundle(place, "evidence must be 0x and 64 hexadecimal digits")
    try:
        name, signature = parse_underlying(entry["underlying"]), parse_signature(_text(entry["signature"]))
    except IFXError as error:
        raise BadBundle(place, error.what) from error
    return Attestation(underlying=name, day=day, price=price, evidence=evidence, signature=signature)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _report(attestations: list[Attestation]) -> Report:
    counted = Counter(each.price for each in attestations).most_common(2)
    if len(counted) == 2 and counted[0][1] == counted[1][1]:
        return Report.of(attestations)  # raises AttestationsDisagree, naming both
    return Report.of(each for each in attestations if each.price == counted[0][0])

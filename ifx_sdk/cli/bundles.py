"""Signed reports in files: JSON lines as `ifx-oracle fix` prints them, or one JSON document.

A document, or a line, is one attestation, a list of them, or an object that holds a list `attestations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ifx_sdk.cli.errors import BadBundle
from ifx_sdk.cli.reading import hex_bytes, read_file
from ifx_sdk.errors import IFXError
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.reports import Attestation, Statement
from ifx_sdk.signing import parse_signature
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_address, parse_underlying

_KEYS = {"underlying", "day", "price", "evidence", "signature"}


def read_statements(paths: Iterable[str | Path]) -> list[Statement]:
    """The attestations of all files, as they came; windows that gave none are passed over. Raises BadBundle."""
    return [
        _statement(entry, f"{path}, attestation {place}")
        for path in map(str, paths)
        for place, entry in enumerate(_entries(path))
        if not _is_insufficient(entry)
    ]


def _entries(path: str) -> list[object]:
    """One document or, where the first line is one by itself, a document a line."""
    content = read_file(path, BadBundle)
    if not content.strip():
        raise BadBundle(path, "it is empty, which is not JSON")
    lines = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    if len(lines) > 1 and _is_document(lines[0][1]):
        return [each for number, line in lines for each in _listed(loads(line, f"{path}:{number}", BadBundle), path)]
    return _listed(loads(content, path, BadBundle), path)


def _is_document(line: bytes) -> bool:
    try:
        loads(line, "", BadBundle)
    except BadBundle:
        return False
    return True


def _is_insufficient(entry: object) -> bool:
    """What `ifx-oracle fix` prints of a window with too few valid slots."""
    return isinstance(entry, Mapping) and entry.get("status") == "INSUFFICIENT" and "signature" not in entry


def _listed(document: object, path: str) -> list[object]:
    if isinstance(document, Mapping) and "attestations" in document:
        document = document["attestations"]
    elif isinstance(document, Mapping):
        document = [document]
    if not isinstance(document, list) or not document:
        raise BadBundle(path, "it holds no attestations")
    return document


def _statement(entry: object, place: str) -> Statement:
    if not isinstance(entry, Mapping) or not entry.keys() >= _KEYS:
        missing = ", ".join(sorted(_KEYS - entry.keys())) if isinstance(entry, Mapping) else "everything"
        raise BadBundle(place, f"not a report, missing: {missing}")
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
        signer = parse_address(entry["signer"]) if "signer" in entry else None
    except IFXError as error:
        raise BadBundle(place, error.what) from error
    made = Attestation(underlying=name, day=day, price=price, evidence=evidence, signature=signature)
    return Statement(attestation=made, source=place, signer=signer)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

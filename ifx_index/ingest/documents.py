"""Bytes to rows: JSON and CSV in which nothing is guessed, and a file that was cut short is refused."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ifx_index.errors import BadInput

_DATED = re.compile(r"(?<![0-9])([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])", re.ASCII)
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
DEEPEST: Final = 64
"""Levels of objects and lists; no recorded file needs ten."""

_NOT_STRUCTURE: Final = bytes(byte for byte in range(256) if byte not in b'"[]{}')
_TRUNCATED = "Fetch it again: what is here was cut short or never was whole."


def date_in_name(name: str) -> date | None:
    """The one date that a file's own name holds, None where it holds none or several."""
    found = {day for text in _DATED.findall(name.replace("\\", "/").rpartition("/")[2]) if (day := _date(text))}
    return found.pop() if len(found) == 1 else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=64)  # a table's rows share a few times
def moment(text: str) -> datetime | None:
    """A time with its offset from UTC, None where the text is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def read_json(data: bytes, path: str) -> object:
    """One JSON document; numbers with a point are `Decimal`. Raises BadInput, also where it was cut short."""
    if _nests_deeper(data, DEEPEST):
        raise BadInput(path, f"it is not whole JSON of at most {DEEPEST} levels", cure=_TRUNCATED)
    try:
        text = data.decode("utf-8-sig")
        document: object = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_distinct)
        if _SURROGATE.search(data):
            # Half a pair alone is no character: it could be neither printed nor published.
            json.dumps(document, ensure_ascii=False, default=str).encode()
    except (ValueError, ArithmeticError) as error:
        raise BadInput(path, f"it is not whole JSON: {error}", cure=_TRUNCATED) from error
    return document


def _nests_deeper(data: bytes, levels: int) -> bool:
    """Whether brackets nest much deeper, or more stay open than that: the reader recurses, and could end the process.

    So many levels are never refused, twice as many always; what lies between does no harm.
    """
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NOT_STRUCTURE)
    brackets = b"".join(plain.split(b'"')[::2])  # what stands between strings
    for _ in range(levels):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return len(brackets) > levels


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object, refused where a key stands twice: readers differ in which of the two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"an object has the key {next(key for key in keys if keys.count(key) > 1)!r} twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def read_csv(data: bytes, path: str, needed: frozenset[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a CSV file with their number, counted from 1. Raises BadInput.

    Refused are a header that lacks a needed column or names one twice, and a row with more or fewer fields than it.
    """
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = next(rows, None)
        if not header:
            raise BadInput(path, "it is empty", cure=_TRUNCATED)
        if missing := sorted(needed - set(header)):
            raise BadInput(path, f"it has no column {', '.join(missing)}", cure="Check which data set this file is of.")
        if len(set(header)) != len(header):
            raise BadInput(path, "its header names a column twice", cure="Check which data set this file is of.")
        for number, fields in enumerate(rows, 1):
            if len(fields) != len(header):
                why = f"{len(fields)} fields where the header has {len(header)}"
                raise BadInput(path, why, row=number, cure=_TRUNCATED)
            yield number, dict(zip(header, fields, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(path, f"it is not whole CSV: {error}", cure=_TRUNCATED) from error


def header_of(data: bytes) -> frozenset[str]:
    """The column names that a CSV file begins with; empty where it is none."""
    first = data[:65_536].decode("utf-8-sig", "replace").partition("\n")[0]
    try:
        return frozenset(next(csv.reader([first.rstrip("\r")]), []))
    except csv.Error:
        return frozenset()

"""What a command prints: aligned text for people, one JSON object for programs. Nothing is wrapped or cut."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ifx_sdk.errors import IFXError

Rows = Iterable[tuple[str, str]]

_ATTRIBUTES = ("reason", "tx_hash", "field", "extra", "path", "account", "expected", "actual", "key")
"""What of an error a program may want beside its text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """Where a command's answer goes."""

    json: bool
    """Whether stdout is one JSON object; progress goes to stderr then."""

    def say(self, line: str) -> None:
        """Tell progress at once: on stdout, or on stderr where stdout is JSON."""
        print(line, file=sys.stderr if self.json else sys.stdout, flush=True)

    def note(self, line: str) -> None:
        """Tell people something that is no part of the answer, on stderr."""
        print(line, file=sys.stderr, flush=True)

    def answer(self, document: Mapping[str, object], text: str) -> None:
        """Print the answer: `document` for programs or `text` for people."""
        print(as_json(document) if self.json else text, flush=True)

    def error(self, error: IFXError) -> None:
        """Print what went wrong and its cure on stderr, and on stdout too where that is JSON."""
        print(f"error: {error}", file=sys.stderr, flush=True)
        if self.json:
            found = {name: getattr(error, name, None) for name in _ATTRIBUTES}
            known = {name: value for name, value in found.items() if isinstance(value, str | int) and value != ""}
            self._error({"type": type(error).__name__, "message": error.what, "cure": error.cure, **known})

    def usage_error(self, error: Exception) -> None:
        """Print an error of the command line itself as JSON."""
        message = getattr(error, "format_message", error.__str__)()
        print(f"error: {message}", file=sys.stderr, flush=True)
        self._error({"type": "UsageError", "message": message, "cure": "See the command's --help."})

    def _error(self, document: Mapping[str, object]) -> None:
        print(as_json({"error": document}), flush=True)


def as_json(document: object) -> str:
    """One line of JSON: integers as they are, bytes in hex, decimals as text."""
    return json.dumps(document, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} has no JSON form")


def aligned(rows: Rows) -> str:
    """Names and values, the values in one column."""
    listed = [(name, value) for name, value in rows]
    width = max((len(name) for name, _ in listed), default=0)
    return "\n".join(f"{name:<{width}}  {value}".rstrip() for name, value in listed)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table with aligned columns; those in `right` (from 0) are flush right, as numbers are."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    flush = set(right)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in flush else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )

"""`ifx-oracle parse`: one saved page, one model, one line of JSON."""

import hashlib
import json
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from oracle_node.sources import SOURCES, Price, Refusal

OK, USAGE, REFUSED = 0, 2, 3
"""Exit codes: a price; an input that cannot be used, said on stderr; a page that gives no price."""


def run(file: str, *, provider: str, model: str, on: str | None) -> int:
    """Read `file` and print the answer on stdout; what is wrong with the call goes to stderr. Gives the exit code."""
    source = SOURCES.get(provider)
    if source is None:
        return _usage(f"unknown provider {provider!r}: write one of {', '.join(SOURCES)}")
    if not model.strip():
        return _usage("the model is empty: write the vendor's id or display name, such as --model gpt-4.1")
    day = _day(on)
    if day is None:
        return _usage(f"{on!r} is no date: write --on YYYY-MM-DD, such as --on 2026-08-21")
    try:
        data = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return _usage(f"cannot read {file!r} ({why}): give the path of a saved page")
    reading = source.parse(data, model, day)
    print(json.dumps(answer(reading, data, provider=provider, model=model, on=day)))
    return OK if isinstance(reading, Price) else REFUSED


def answer(reading: Price | Refusal, data: bytes, *, provider: str, model: str, on: date) -> dict[str, object]:
    """The fields of the JSON line: the reading, what was asked, and the SHA-256 of the page's bytes."""
    result: dict[str, object]
    if isinstance(reading, Price):
        result = {"price_usd_per_mtok": reading.usd_per_mtok, "price_micro": reading.micro, "row": reading.row}
    else:
        result = {"refused": str(reading.reason), "why": str(reading)}
    asked = {"provider": provider, "model": model, "on": on.isoformat(), "sha256": hashlib.sha256(data).hexdigest()}
    return {**result, **asked}


def _day(text: str | None) -> date | None:
    if text is None:
        return datetime.now(UTC).date()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _usage(message: str) -> int:
    print(f"ifx-oracle parse: {message}", file=sys.stderr)
    return USAGE

"""Readings as lines of JSON, so that a window observed by one command is fixed by the next."""

import fcntl
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ifx_sdk.errors import BadValue
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_underlying
from oracle_node.errors import BadReadings
from oracle_node.observe import FailedReading, PageReading

_KEYS = {"at", "underlying", "page", "sha256", "price", "alarm", "why"}


def reading_to_json(reading: PageReading | FailedReading) -> dict[str, object]:
    """One line's fields: time in unix seconds, price in micro-USD per Mtok or null and why."""
    fields: dict[str, object] = {
        "at": reading.at,
        "underlying": reading.underlying,
        "page": reading.page,
        "sha256": reading.sha256,
        "price": reading.price if isinstance(reading, PageReading) else None,
    }
    if isinstance(reading, FailedReading):
        return fields | {"why": reading.why}
    return fields if reading.alarm is None else fields | {"alarm": reading.alarm}


def read_readings(text: str | bytes, path: object = "readings") -> tuple[PageReading | FailedReading, ...]:
    """Read the lines of a readings file. Raises `BadReadings` naming the line and the key.

    A last line without its end that cannot be read was cut short by a crash: it is left out.
    """
    *lines, last = (text.encode() if isinstance(text, str) else text).split(b"\n")
    readings = [_reading(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if last.strip():
        with suppress(BadReadings):
            readings.append(_reading(last, f"{path}:{len(lines) + 1}"))
    return tuple(readings)


def append_readings(path: Path, readings: Iterable[PageReading | FailedReading]) -> None:
    """Append readings to a file, after cutting off a line that a crash left unfinished. Raises `BadReadings`.

    One writer at a time: what looks unfinished is then a crash's, never a line that another process is writing.
    """
    lines = b"".join(canonical_json(reading_to_json(each)) + b"\n" for each in readings)
    try:
        with path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadReadings(
            path, f"it cannot be written: {error.strerror}", cure="Check its folder and rights."
        ) from error


def read_readings_file(path: Path) -> tuple[PageReading | FailedReading, ...]:
    """The readings of a file. Raises `BadReadings`."""
    try:
        return read_readings(path.read_bytes(), path)
    except OSError as error:
        raise BadReadings(path, f"it cannot be read: {error.strerror}") from error


def _reading(line: bytes, place: str) -> PageReading | FailedReading:
    found = loads(line, place, BadReadings)
    if not isinstance(found, dict):
        raise BadReadings(place, "it is not one object")
    for key in sorted(found.keys() - _KEYS):
        raise BadReadings(place, f"unknown key {key!r}")
    at, page, sha256, price = (found.get(key) for key in ("at", "page", "sha256", "price"))
    try:
        underlying = parse_underlying(found.get("underlying"))
    except BadValue as error:
        raise BadReadings(place, f"'underlying': {error.what}") from error
    if type(at) is not int or at < 0:
        raise BadReadings(place, f"'at' must be unix seconds, not {at!r}")
    if not isinstance(page, str):
        raise BadReadings(place, f"'page' must be a URL, not {page!r}")
    if price is None:
        return FailedReading(
            at=at, underlying=underlying, page=page, why=_text(found, "why", place), sha256=_digest(sha256, place)
        )
    if type(price) is not int or not 0 <= price < PRICE_LIMIT:
        raise BadReadings(place, f"'price' must be an integer of micro-USD per Mtok below 2^40, not {price!r}")
    digest = _digest(sha256, place)
    if digest is None:
        raise BadReadings(place, "'sha256' of the page is missing")
    alarm = _text(found, "alarm", place) if "alarm" in found else None
    return PageReading(at=at, price=price, underlying=underlying, page=page, sha256=digest, alarm=alarm)


def newest_prices(readings: Iterable[PageReading | FailedReading]) -> Mapping[str, int]:
    """Each underlying's newest price, micro-USD per Mtok: what the next reading is held against."""
    prices = sorted((each for each in readings if isinstance(each, PageReading)), key=lambda each: each.at)
    return {each.underlying: each.price for each in prices}


def _text(found: Mapping[str, object], key: str, place: str) -> str:
    value = found.get(key)
    if not isinstance(value, str):
        raise BadReadings(place, f"{key!r} must be a text, not {value!r}")
    return value


def _digest(value: object, place: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
        raise BadReadings(place, f"'sha256' must be 64 hexadecimal digits, not {value!r}")
    return value

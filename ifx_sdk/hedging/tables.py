"""Tables as people save them: UTF-8 CSV with a known header, refused by line where anything in it could be misread."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ifx_sdk.hedging.errors import BadTable

LARGEST: Final = 64 * 2**20
"""Bytes of a file; a year of a busy month's log is a tenth of it."""

LONGEST_NAME: Final = 128
"""Characters of a model's name."""

_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


def read_bytes(path: str | Path, refuse: type[BadTable]) -> bytes:
    """A file's bytes, at most `LARGEST`. Raises `refuse`."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(path, f"cannot be read: {why}", cure="Name a file that exists.") from error
    if len(data) > LARGEST:
        raise refuse(path, f"it is larger than {LARGEST:,} bytes", cure="Add its rows up by day and model.")
    return data


def as_text(data: bytes, path: object, refuse: type[BadTable]) -> str:
    """The text of a file; a byte order mark is left out. Raises `refuse` naming the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(path, "it is not UTF-8", line=line, cure="Save it as CSV UTF-8.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refuse(path, "it holds a zero byte", line=line, cure="Export it anew.")
    if not text.strip():
        raise refuse(path, "it is empty")
    return text


def rows(text: str, path: object, refuse: type[BadTable]) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line, the header first, blank lines left out. Raises `refuse`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    width = None
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise refuse(path, f"it is not CSV: {error}", line=reader.line_num) from error
        if row is None:
            return
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        width = width or len(cells)
        if len(cells) != width:
            why = f"{len(cells)} cells where the header has {width}; a number with commas needs quotes"
            raise refuse(path, why, line=reader.line_num)
        yield reader.line_num, cells


def header_of(cells: list[str], wanted: tuple[str, ...], path: object, refuse: type[BadTable]) -> dict[str, int]:
    """The place of each wanted column. Raises `refuse` for one that is missing or stands twice."""
    names = [cell.lower() for cell in cells]
    for mark, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and mark in names[0]:
            raise refuse(path, f"{called} stand between its cells", line=1, cure="Save it with commas between them.")
    for name in wanted:
        if names.count(name) != 1:
            what = "is missing" if name not in names else "stands twice"
            raise refuse(path, f"the column {name!r} {what}", line=1)
    return {name: names.index(name) for name in wanted}


def whole(text: str) -> int | None:
    """A whole number written plainly; None for anything else."""
    return int(text) if _WHOLE.fullmatch(text) else None


def is_name(text: str) -> bool:
    """Whether a text can be a model's name: printable, not blank, no formula of a spreadsheet, not too long."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and text[0] not in "=+@-"

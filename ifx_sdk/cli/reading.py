"""What is written on the command line, as the SDK has it: tenors, durations, ids, files."""

from __future__ import annotations

import re
from pathlib import Path

from ifx_sdk.calendar import SECONDS_PER_DAY, TENORS
from ifx_sdk.errors import BadFile, BadTenor, BadValue

_TENOR = re.compile(r"([0-9]{1,4})[Mm]", re.ASCII)
_DURATION = re.compile(r"([1-9][0-9]{0,4})([hd])", re.ASCII)
_HASH = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)
_MIGHT_BE_HEX = re.compile(r"0x[0-9a-fA-F]*", re.ASCII)
LARGEST_FILE = 16 * 2**20
"""Bytes: no file that a command reads comes near it."""
_SECONDS = {"h": 3_600, "d": SECONDS_PER_DAY}


def parse_tenor(text: str) -> int:
    """`3M`, `6M`, `9M` or `12M` as months. Raises BadTenor."""
    match = _TENOR.fullmatch(text.strip())
    if match is None:
        raise BadTenor(text, "it is not a number of months", cure="Write 3M, 6M, 9M or 12M.")
    months = int(match[1])
    if months not in TENORS:
        raise BadTenor(text, f"{months} months are not offered", cure="Write 3M, 6M, 9M or 12M.")
    return months


def parse_duration(text: str) -> int:
    """`24h` or `3d` as seconds. Raises BadValue."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise BadValue(text, "it is not a number of hours or days", cure="Write 24h, or 3d for a Safe.")
    return int(match[1]) * _SECONDS[match[2]]


def parse_hash(text: str, what: str = "id") -> bytes:
    """0x and 64 hexadecimal digits as 32 bytes. Raises BadValue."""
    if not _HASH.fullmatch(text.strip()):
        raise BadValue(text, "it is not 0x and 64 hexadecimal digits", cure=f"Copy the whole {what}.")
    return bytes.fromhex(text.strip()[2:])


def hex_bytes(text: str) -> bytes | None:
    """The bytes of a text that is 0x and whole bytes in hexadecimal, of any length; None where it is not."""
    plain = text.strip()
    if not _MIGHT_BE_HEX.fullmatch(plain) or len(plain) % 2:
        return None
    return bytes.fromhex(plain[2:])


def read_file(
    path: str | Path, refuse: type[BadFile] = BadFile, cure: str | None = None, *, largest: int = LARGEST_FILE
) -> bytes:
    """A file's bytes, at most `largest`. Raises `refuse` naming the path and the system's reason."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(largest + 1)  # a pipe or a device says nothing of its size beforehand
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(path, f"cannot be read: {why}", cure=cure) from error
    if len(content) > largest:
        raise refuse(path, f"it has more than {largest:,} bytes", cure=cure)
    return content


def write_new(path: str | Path, text: str, *, overwrite: bool = False) -> None:
    """Write a file whole or not at all; one that exists is kept unless `overwrite`. Raises BadFile."""
    from ifx_sdk.files import write_whole

    refuse_existing(path, overwrite=overwrite)
    write_whole(path, text)


def refuse_existing(path: str | Path, *, overwrite: bool) -> None:
    """Raise BadFile where a file exists that would be written over, or something that is no file."""
    from ifx_sdk.files import file_mode

    if file_mode(path) is not None and not overwrite:
        raise BadFile(path, "it exists already", cure="Name another file with --out, or add --force to replace it.")

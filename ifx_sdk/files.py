"""Writing a file whole or not at all, and only where a file is or may be: no device is replaced, no link is lost."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ifx_sdk.errors import BadFile

_CURE = "Name a file in a folder that can be written."


def file_mode(path: Path | str) -> int | None:
    """The permission bits of a regular file, through its links; None where nothing is there yet.

    Raises `BadFile` for a folder, a device, a pipe, a link that leads round in a circle.
    """
    try:
        found = Path(path).stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise BadFile(path, f"cannot be written: {_reason(error)}", cure=_CURE) from error
    if not stat.S_ISREG(found):
        raise BadFile(path, "it is no regular file, and what it is would be lost", cure=_CURE)
    return stat.S_IMODE(found)


def write_whole(path: Path | str, content: str | bytes) -> None:
    """Write a file (text as UTF-8) whole or not at all; where `path` is a link, what it leads to. Raises `BadFile`."""
    mode = file_mode(path)
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with draft.open("xb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                draft.chmod(mode)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BadFile(path, f"cannot be written: {_reason(error)}", cure=_CURE) from error


def _reason(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)

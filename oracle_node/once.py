"""Files that are written once and never again: whole or not at all, read-only, on disk when the call returns."""

import os
import secrets
from pathlib import Path
from typing import Final

from ifx_sdk.errors import BadFile
from oracle_node.errors import DamagedArchive

READ_ONLY: Final = 0o444
"""Permission bits of an archived file."""

_PART: Final = ".part"
_CURE: Final = "Check the archive's folder, its rights and the room on its disk."


def write_once(path: Path, data: bytes) -> bool:
    """Write `data` to `path`; whether it was written now, False where it stood there already.

    Any number of writers may race for one name: a link cannot replace a file, so that the first one's stands. Raises
    `DamagedArchive` where other bytes stand there, which are left as they are, and `BadFile` where nothing can be
    written.
    """
    if not path.exists():
        _make_folder(path.parent)
        draft = path.with_name(f".{path.name[:80]}.{os.getpid()}.{secrets.token_hex(8)}{_PART}")
        try:
            try:
                _write_draft(draft, data)
                os.link(draft, path)
            finally:
                draft.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except FileExistsError:
            pass
        except OSError as error:
            raise BadFile(path, f"cannot be written: {error.strerror}", cure=_CURE) from error
        else:
            return True
    if read_bytes(path) != data:
        raise DamagedArchive(path, "other bytes stand there already, and nothing in an archive is replaced")
    return False


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises `BadFile` where they cannot be read, `FileNotFoundError` where there is no such file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}", cure=_CURE) from error


def names(folder: Path, suffix: str) -> tuple[str, ...]:
    """The names of the files in a folder that end in `suffix`, without it, sorted; a draft's name ends otherwise.

    Empty where there is no such folder. Raises `BadFile`.
    """
    found = (each.name for each in _listed(folder) if each.name.endswith(suffix))
    return tuple(sorted(name.removesuffix(suffix) for name in found))


def folders(folder: Path) -> tuple[str, ...]:
    """The names of the folders in a folder, sorted; empty where there is no such folder. Raises `BadFile`."""
    return tuple(sorted(each.name for each in _listed(folder) if each.is_dir()))


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadFile(folder, f"cannot be listed: {error.strerror}", cure=_CURE) from error


def _write_draft(draft: Path, data: bytes) -> None:
    with draft.open("xb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), READ_ONLY)
        os.fsync(file.fileno())


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each on disk in the one above."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    try:
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            _sync_folder(each.parent)
    except OSError as error:
        raise BadFile(each, f"cannot be made: {error.strerror}", cure=_CURE) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Writing a file so that who reads it never sees a part of it."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file beside its place, then put it there. The folder must exist."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
    return path


def write_synced(path: Path, data: bytes) -> Path:
    """The same, and see its contents on the disk before it gets its name."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def write_durably(path: Path, data: bytes) -> Path:
    """The same, and see its name on the disk too before returning, with every name written in that folder before."""
    write_synced(path, data)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path

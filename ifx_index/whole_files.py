"""Writing a file so that who reads it never sees a part of it."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file beside its place, then put it there. The folder must exist."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
    return path


def write_durably(path: Path, data: bytes) -> Path:
    """The same, and see both the file and its name on the disk before returning."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path

"""Writing a file so that who reads it never sees a part of it."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file beside its place, then put it there. The folder must exist."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
    return path

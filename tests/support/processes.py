"""A process of its own that waits for a file which the test holds locked."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from support.tree import ROOT

READY = "ready"
_LONG_ENOUGH = 0.5
"""Seconds in which a process that does not wait for the lock is done with a few hundred bytes."""


@contextmanager
def waiting(path: Path, code: str) -> Iterator[tuple[IO[bytes], list[str]]]:
    """Hold `path` locked, open for writing, while another process runs `code`, which must wait at the lock.

    `code` prints `READY` when all that is left is to write.

    The test changes the file and leaves the block: then the lock is gone, the process has ended, and what
    it printed is in the list, a line each.
    """
    with path.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        command = [sys.executable, "-c", f"import sys; sys.path[:0] = ['tests']\n{code}"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == READY
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(_LONG_ENOUGH)
            told: list[str] = []
            yield held, told
            held.flush()
            fcntl.flock(held, fcntl.LOCK_UN)
            told += process.communicate(timeout=20)[0].splitlines()

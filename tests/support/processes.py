"""Processes of their own: one that says what it found, one that waits for what the test holds locked."""

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


def in_a_process(code: str, *arguments: str) -> str:
    """What `code` printed in a process of its own, which must end well; `sys` is there, and tests' own modules."""
    paths = "['tests', 'tests/oracle_node']"
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {paths}\n{code}", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@contextmanager
def waiting_for(code: str) -> Iterator[list[str]]:
    """Run `code` in another process, which must wait at a lock that the test holds.

    `code` prints `READY` when all that is left is to write. The test gives the lock free inside the block. Behind it
    the process has ended, and what it printed is in the list, a line each.
    """
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = ['tests']\n{code}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == READY
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(_LONG_ENOUGH)
        told: list[str] = []
        yield told
        told += process.communicate(timeout=20)[0].splitlines()


@contextmanager
def waiting(path: Path, code: str) -> Iterator[tuple[IO[bytes], list[str]]]:
    """Hold `path` locked, open for writing, while another process runs `code` as `waiting_for` has it.

    The test changes the file and leaves the block: then the lock is gone, and the process has ended.
    """
    with path.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with waiting_for(code) as told:
            yield held, told
            held.flush()
            fcntl.flock(held, fcntl.LOCK_UN)

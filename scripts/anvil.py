"""The EVM node anvil as a child process on the loopback: for the local node, the gas benchmark and the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ifx_sdk.chain import Chain
from ifx_sdk.errors import NodeDown

ROOT = Path(__file__).resolve().parent.parent
MISSING = "anvil not found: run scripts/anvil.sh, which installs it from npm, or put it on PATH"
PATIENCE = 20
"""Seconds until a node that does not answer has failed to start."""


def find_anvil() -> Path | None:
    """The anvil binary: of this checkout, else the one on PATH."""
    found = shutil.which("anvil", path=os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ.get("PATH", "")]))
    return None if found is None else Path(found)


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def running(
    binary: Path, port: int, *, timestamp: int | None = None, more: Sequence[str] = ()
) -> Iterator[tuple[Chain, subprocess.Popen[bytes]]]:
    """A node by Prague's rules, chain id 31337, its clock at `timestamp` or the machine's; stopped by its process id.

    `more` are further options of anvil's. Raises `NodeDown` where it does not answer in time.
    """
    options = ["--host", "127.0.0.1", "--port", str(port), "--hardfork", "prague", "--chain-id", "31337", "--silent"]
    clock = [] if timestamp is None else ["--timestamp", str(timestamp)]
    process = subprocess.Popen([str(binary), *options, *clock, *more])
    try:
        chain = Chain(f"http://127.0.0.1:{port}", chain_id=31337)
        _await(chain, process)
        yield chain, process
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(chain: Chain, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            chain.connect()
        except NodeDown:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return

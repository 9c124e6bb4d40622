"""Prometheus as a child process on the loopback, with this repository's rules: for their tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
MISSING = "prometheus not found: run scripts/prometheus.sh, which unpacks Debian's, or put it on PATH"
PATIENCE = 30
"""Seconds until a Prometheus that does not answer has failed to start."""


def find(tool: str) -> Path | None:
    """`prometheus` or `promtool`: of this checkout, else the one on PATH."""
    found = shutil.which(tool, path=os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ.get("PATH", "")]))
    return None if found is None else Path(found)


@contextmanager
def running(binary: Path, config: Path, folder: Path, port: int) -> Iterator[httpx.Client]:
    """A Prometheus with `config`, its data in `folder`; gives a client of its API. Stopped by its process id.

    Raises `TimeoutError` where it does not answer in time.
    """
    options = [f"--config.file={config}", f"--storage.tsdb.path={folder}", f"--web.listen-address=127.0.0.1:{port}"]
    process = subprocess.Popen([str(binary), *options, "--log.level=error"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _await(client, process)
            yield client
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        finally:
            process.kill()


def _await(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if client.get("/-/ready").is_success:
                return
        except httpx.TransportError:
            if process.poll() is not None:
                raise
        if time.monotonic() > deadline:
            raise TimeoutError(f"Prometheus does not answer within {PATIENCE} s")
        time.sleep(0.05)

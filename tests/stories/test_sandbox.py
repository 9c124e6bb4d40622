"""`make sandbox` starts, shows a market that is alive, lets time pass, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.chain import GPT, LUNA, anvil_binary
from support.commands import environment
from support.tree import ROOT

from ifx_sdk.calendar import day_of
from ifx_sdk.desk import Desk
from scripts.anvil import free_port

PATIENCE = 300
"""Seconds for a start on a machine that is busy with other tests; alone it takes a fraction of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """One that runs."""

    url: str
    """Of the desk."""
    process: subprocess.Popen[str]
    """Of the script; its children are the node and the desk."""
    said: str
    """What it printed."""
    scratch: Path
    """Where its folder is."""


def script(*arguments: str) -> list[str]:
    """The script, as make calls it."""
    return [sys.executable, str(ROOT / "scripts" / "sandbox.py"), *arguments]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One on free ports, stopped at the end whatever happened; skips loudly without anvil, fails in CI."""
    anvil_binary()
    port, scratch = free_port(), tmp_path_factory.mktemp("scratch")
    process = subprocess.Popen(
        script("--port", str(port), "--node-port", str(free_port())),
        stdout=subprocess.PIPE,
        text=True,
        env=environment() | {"TMPDIR": str(scratch)},
    )
    try:
        yield Sandbox(url=f"http://127.0.0.1:{port}", process=process, said=_read(process), scratch=scratch)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        assert process.stdout is not None
        process.stdout.close()


def _read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "stop it with Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError("the sandbox ended by itself:\n" + "".join(lines))


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_what_to_open_and_who_is_who_is_said(sandbox: Sandbox) -> None:
    """The URL, a wallet for each of three accounts, and how long it took."""
    assert f"Open {sandbox.url}" in sandbox.said
    for name in ("long treasury", "short treasury", "operator"):
        assert f"Sandbox: {name}" in sandbox.said
    assert re.search(r"ready in \d+ s", sandbox.said)


def test_the_market_is_not_empty(sandbox: Sandbox) -> None:
    """Six weeks of fixings with a change in one of them, open requests, a booked position."""
    found = httpx.get(f"{sandbox.url}/", headers={"Accept": "text/html"})
    assert (found.status_code, "<!doctype html>" in found.text) == (200, True)
    with Desk(sandbox.url) as anybody:
        history = {name: list(anybody.market.fixings(name).items) for name in (GPT, LUNA)}
        assert all(len(each) == 43 for each in history.values())
        assert {each.price for each in history[GPT]} == {8_000_000}
        assert {each.price for each in history[LUNA]} == {6_000_000, 1_200_000}
        assert len(anybody.market.open_requests().items) == 6


def test_a_day_passes_and_is_fixed(sandbox: Sandbox) -> None:
    """By the same route as the page's button; the chain's own oracle posts."""
    before = httpx.get(f"{sandbox.url}/api/sandbox").json()
    begun = httpx.post(f"{sandbox.url}/api/sandbox/time-travel", json={"to": "next-day"})
    assert begun.status_code == 202, begun.text
    deadline = time.monotonic() + PATIENCE
    while not (found := httpx.get(f"{sandbox.url}/api/sandbox").json())["journey"]["over"]:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    assert (found["journey"]["unfixed"], found["journey"]["failure"]) == ([], "")
    assert day_of(found["now"]) == day_of(before["now"]) + 1


def test_ctrl_c_leaves_nothing(sandbox: Sandbox) -> None:
    """Neither a process nor a port nor a file; the exit code is 0. The last test: it ends what the others use."""
    started = children(sandbox.process.pid)
    assert len(started) == 2
    assert [each.name[:12] for each in sandbox.scratch.iterdir()] == ["ifx-sandbox-"]
    sandbox.process.send_signal(signal.SIGINT)
    assert sandbox.process.wait(timeout=60) == 0
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert list(sandbox.scratch.iterdir()) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url)


@pytest.mark.parametrize("option", ["--port", "--node-port"])
def test_a_taken_port_is_told_with_the_option(option: str) -> None:
    """Before anything is started."""
    anvil_binary()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        free = [each for other in ("--port", "--node-port") if other != option for each in (other, str(free_port()))]
        done = _run(*free, option, str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert f"{option} {port + 1}" in done.stderr


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    """`--keep` wants a new one."""
    done = _run("--port", str(free_port()), "--node-port", str(free_port()), "--keep", str(tmp_path))
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "is there already" in done.stderr


def _run(*arguments: str) -> Any:
    return subprocess.run(script(*arguments), capture_output=True, text=True, timeout=PATIENCE, check=False)

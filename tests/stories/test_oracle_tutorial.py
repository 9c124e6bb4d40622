"""A newcomer follows docs/tutorial-oracle.md: every block is run as it stands, and says what the text promises."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from support.chain import anvil_binary
from support.commands import environment
from support.tree import ROOT

from scripts.anvil import free_port

TUTORIAL = (ROOT / "docs" / "tutorial-oracle.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", TUTORIAL, re.DOTALL | re.MULTILINE)
PROMISED = re.findall(r"^```text\n(.*?)^```", TUTORIAL, re.DOTALL | re.MULTILINE)
FIRST, PORTS = 8600, 5
PATIENCE = 180
"""Seconds; it takes about 30."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a fresh clone with its environment, as far as the tutorial uses it."""
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent)
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    (tmp_path / "deployments").mkdir()
    return tmp_path


@pytest.fixture
def node(checkout: Path) -> Iterator[int]:
    """The first block, `make node`, on a free port, stopped as Ctrl-C would; skips loudly without anvil."""
    anvil_binary()
    port = free_port()
    command = [sys.executable, str(ROOT / "scripts/node.py"), "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--deployment", str(checkout / "deployments/local.toml")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "stop it with Ctrl-C" in line:
                break
        assert process.poll() is None, "the node ended by itself"
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
            process.stdout.close()


def free_row() -> int:
    """The first of five ports in a row on which nothing listens."""
    chance = Random()
    while True:
        first = chance.randrange(20_000, 32_000)
        try:
            for port in range(first, first + PORTS):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


def with_ports(text: str, rpc: int, first: int) -> str:
    """The text with this machine's ports: all that a test changes."""
    for number in range(PORTS):
        text = re.sub(rf"\b{FIRST + number}\b", str(first + number), text)
    return text.replace("127.0.0.1:8545", f"127.0.0.1:{rpc}")


def test_the_tutorial_runs_as_it_stands(checkout: Path, node: int) -> None:
    """From a page to a posted fixing that verifies; each promised line comes, in its order."""
    assert BLOCKS[0] == "make node\n"
    first = free_row()
    script = with_ports("set -eu\n" + "".join(BLOCKS[1:]), node, first)
    told = checkout / "told"
    with told.open("w") as file:  # no pipe: what the script leaves running where it fails would hold its end
        process = subprocess.Popen(
            ["bash", "-c", script],
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=checkout,
            env=environment(),
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the group that this test started
            process.wait()
    out = told.read_text()
    logs = "\n".join(f"{each.name}\n{each.read_text()[-2_000:]}" for each in (checkout / "rehearsal").glob("*.log"))
    assert code == 0, f"{out}\n{logs}"
    assert "Traceback" not in logs
    rest = out
    for line in "".join(PROMISED).splitlines():
        words = (re.escape(word.strip()) for word in with_ports(line, node, first).split("..."))
        found = re.search(r".*?".join(words), rest)
        assert found, f"{line!r} did not come after what came before it:\n{out}"
        rest = rest[found.end() :]
    reads = re.search(r"^(\d+)$", out, re.MULTILINE)
    assert reads is not None
    assert int(reads[1]) >= 7


def test_nothing_is_promised_that_no_block_says() -> None:
    """Every block but the first is run in one shell, and at least every second one is held to a promise."""
    assert len(BLOCKS) >= 9
    assert len(PROMISED) >= 7

"""A newcomer copies the README's script and runs it against `make node`."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chain import anvil_binary
from support.commands import environment
from support.tree import ROOT

from scripts.anvil import free_port


@pytest.fixture
def node(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """`scripts/node.py` on a free port, stopped as Ctrl-C would; skips loudly without anvil, fails in CI."""
    anvil_binary()
    port = free_port()
    deployment = tmp_path / "local.toml"
    command = [sys.executable, str(ROOT / "scripts/node.py"), "--port", str(port), "--deployment", str(deployment)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "stop it with Ctrl-C" in line:
                break
        assert process.poll() is None, "the node ended by itself"
        yield port, deployment
    finally:
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
            process.stdout.close()


def test_the_readmes_script_runs_as_it_stands(node: tuple[int, Path], tmp_path: Path) -> None:
    """Quote, book, travel, settle, withdraw; only the port and the file's place are this test's own."""
    port, deployment = node
    [script] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len([line for line in script.splitlines() if line.strip()]) <= 20
    script = script.replace("127.0.0.1:8545", f"127.0.0.1:{port}").replace("deployments/local.toml", str(deployment))
    (tmp_path / "first.py").write_text(script)
    done = subprocess.run([sys.executable, str(tmp_path / "first.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "spot 8.00 USD/Mtok indicative 7.71 USD/Mtok",
        "long holds 99,825,145.000000 USDT",
        "short holds 100,167,145.000000 USDT",
    ]


def test_the_readmes_commands_run_as_they_stand(node: tuple[int, Path], tmp_path: Path) -> None:
    """Quote, terms, sign, approve, allow, book, travel, post, settle, withdraw; the script's sum at the end."""
    port, deployment = node
    section = (ROOT / "README.md").read_text().split("## The same at the prompt")[1].split("\n## ")[0]
    commands = "set -eu\n" + "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    for said, here in (
        ("$PWD/.venv/bin", str(Path(sys.executable).parent)),
        ("127.0.0.1:8545", f"127.0.0.1:{port}"),
        ("deployments/local.toml", str(deployment)),
    ):
        assert said in commands
        commands = commands.replace(said, here)
    done = subprocess.run(
        ["bash", "-c", commands], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment()
    )
    assert done.returncode == 0, done.stderr
    assert "booking takes, long    803,855.000000 USDT" in done.stdout
    assert [line.split()[-2] for line in done.stdout.splitlines()[-3:]] == [
        "0.000000",
        "100,167,145.000000",
        "0.000000",
    ]


def test_a_taken_port_is_named_with_the_cure(tmp_path: Path) -> None:
    """Nothing is started or written where the port is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [
            sys.executable,
            str(ROOT / "scripts/node.py"),
            "--port",
            port,
            "--deployment",
            str(tmp_path / "x.toml"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--port 8546" in done.stderr or "anvil not found" in done.stderr
    assert not (tmp_path / "x.toml").exists()

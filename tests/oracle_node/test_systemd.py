"""The unit is one that systemd takes and that gives little away; the process tells it what the unit waits for."""

import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.tree import ROOT

from oracle_node import systemd
from oracle_node.health import Check
from oracle_node.settings import read_settings

UNIT = ROOT / "deploy" / "systemd" / "ifx-oracle.service"
MOST_EXPOSED = 20
"""Tenths: what systemd's own judgement may give at most; it calls up to 4 OK, and a usual service is at 96."""


def keys() -> dict[str, list[str]]:
    """The unit's keys with their values."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


# ------------------------------------------------------------------------------------------------ the unit


def test_the_unit_keeps_what_it_promises() -> None:
    """The keys that decide what a node that is broken into can do, and that it comes back."""
    found = keys()
    wanted = {
        "Type": ["notify"],
        "Restart": ["always"],
        "StartLimitIntervalSec": ["0"],
        "DynamicUser": ["yes"],
        "StateDirectory": ["ifx-oracle"],
        "NoNewPrivileges": ["yes"],
        "ProtectSystem": ["strict"],
        "ProtectHome": ["yes"],
        "PrivateTmp": ["yes"],
        "PrivateDevices": ["yes"],
        "CapabilityBoundingSet": [""],
        "LockPersonality": ["yes"],
        "RestrictNamespaces": ["yes"],
        "SystemCallArchitectures": ["native"],
        "UMask": ["0077"],
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert {each.partition(":")[0] for each in found["LoadCredential"]} == {"keystore", "password"}


def test_the_units_command_is_one() -> None:
    """`ifx-oracle run` takes what the unit gives it."""
    import typer

    from oracle_node.cli import app

    (command,) = keys()["ExecStart"]
    path, name, *rest = command.split()
    assert Path(path).name == "ifx-oracle"
    run = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {option for each in run.params for option in each.opts}
    assert {each for each in rest if each.startswith("--")} <= options
    assert "--post" in rest


def test_the_units_settings_are_settings(tmp_path: Path) -> None:
    """The lines of its head, put into a whole file, are what a node reads."""
    comment = re.search(r"^#   \[key\].*?(?=^#?$)", UNIT.read_text(), re.DOTALL | re.MULTILINE)
    assert comment is not None
    lines = [line.removeprefix("#").strip() for line in comment[0].splitlines()]
    state = next(line for line in lines if line.startswith("state")).partition("(")[0]
    key = "\n".join(line for line in lines if not line.startswith("state"))
    rest = '[chain]\nrpc = "http://127.0.0.1:1"\ndeployment = "d.toml"\n'
    rest += '[[underlyings]]\nname = "openai/gpt-4.1"\nprovider = "openai"\nmodel = "gpt-4.1"\n'
    (tmp_path / "node.toml").write_text(f"{state}\n{key}\n{rest}")
    found = read_settings(tmp_path / "node.toml")
    assert found.state == f"/var/lib/{keys()['StateDirectory'][0]}"
    for place, name in ((found.key.file, "keystore"), (found.key.password_file, "password")):
        assert place == f"/run/credentials/{UNIT.name}/{name}"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a command that this machine has."""
    path = tmp_path / UNIT.name
    path.write_text(
        re.sub(r"^ExecStart=.*$", f"ExecStart={shutil.which('true')}", UNIT.read_text(), flags=re.MULTILINE)
    )
    return path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """systemd's own judge; skips loudly where the machine has none, CI too: the keys are held above."""
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("systemd-analyze not found: the unit's keys are held, systemd's own judgement of them is not")
    return subprocess.run([judge, *arguments], capture_output=True, text=True, check=False)


def test_systemd_takes_the_unit(unit: Path) -> None:
    """No key that it does not know, no value that it does not take."""
    ran = analyze("verify", "--man=no", str(unit))
    assert (ran.returncode, ran.stderr) == (0, "")


def test_systemd_calls_the_unit_ok(unit: Path) -> None:
    """What is left is that it uses the network."""
    ran = analyze("security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", str(unit))
    if "unrecognized option" in ran.stderr:
        pytest.skip("this systemd-analyze is older than 250 and judges no files")
    assert ran.returncode == 0, ran.stdout[-300:] + ran.stderr


# ------------------------------------------------------------------------------------------------ what it is told


@dataclass
class Health:
    """Told by the test."""

    hang: dict[str, int] = field(default_factory=dict)
    lacks: tuple[Check, ...] = ()

    def late(self) -> Mapping[str, int]:
        return self.hang

    def unready(self) -> tuple[Check, ...]:
        return self.lacks


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """systemd's end of the socket, with a watchdog of three seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind(str(tmp_path / "notify"))
        found.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "3000000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        yield found


def heard(listening: socket.socket) -> list[str]:
    """The lines of the next word."""
    return listening.recv(4_096).decode().splitlines()


def test_systemd_hears_the_beginning_each_beat_and_the_end(listening: socket.socket) -> None:
    """Ready, alive every second, what it lacks, and that it stops."""
    health = Health()
    with systemd.told(health):
        assert heard(listening) == ["READY=1", "STATUS=started"]
        assert heard(listening) == ["WATCHDOG=1", "STATUS=alive and ready"]
        health.lacks = (Check(name="disk", ok=False, says=""), Check(name="rpc", ok=False, says=""))
        assert heard(listening) == ["WATCHDOG=1", "STATUS=not ready: disk, rpc"]
    assert heard(listening) == ["STOPPING=1"]


def test_a_loop_that_hangs_does_not_feed_the_watchdog(listening: socket.socket) -> None:
    """So that systemd starts the process again; a node that lacks something goes on."""
    with systemd.told(Health(hang={"rounds": 301})):
        assert heard(listening) == ["READY=1", "STATUS=started"]
        assert heard(listening) == ["STATUS=these loops hang: rounds"]


def test_started_by_a_person_it_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket, no thread; a socket that is gone is no reason to stop."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    before = threading.active_count()
    with systemd.told(Health()):
        assert threading.active_count() == before
    assert not systemd.notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "nowhere/at/all")
    assert not systemd.notify("READY=1")


def test_a_socket_without_a_file_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd names an abstract address with an @."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind("\0ifx-oracle-test")
        found.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", "@ifx-oracle-test")
        assert systemd.notify("READY=1")
        assert heard(found) == ["READY=1"]


@pytest.mark.parametrize(
    ("usec", "pid", "pause"),
    [("120000000", "", 40), ("1", "", 1), ("120000000", "1", 30), ("", "", 30), ("0", "", 30), ("many", "", 30)],
)
def test_it_speaks_three_times_within_the_watchdogs_patience(
    usec: str, pid: str, pause: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process's watchdog, or none, is a word every half minute, for the status line."""
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", pid)
    assert systemd._pause() == pause

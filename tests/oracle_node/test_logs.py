"""Lines that a program reads, or a person; a secret is in none of them, whoever wrote it."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from support.chain import START
from support.nodes import GPT, SIGNERS, write_settings
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.devkeys import dev_key
from ifx_sdk.local_chain import LocalChain
from oracle_node import logs

TOKEN = "9aa3d95b3bc440fa88ea12eaa4456161"
RPC = f"https://operator:hunter-two@rpc.example/v3/{TOKEN}?apikey=query-secret"
HOOK = "https://hooks.example/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
SECRETS = (TOKEN, "hunter-two", "query-secret", "XXXXXXXXXXXXXXXXXXXXXXXX")


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The process's logging and its hooks are put back."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level, quiet = root.handlers[:], root.level, [logging.getLogger(each).level for each in logs._QUIET]
    yield
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)
    for name, before in zip(logs._QUIET, quiet, strict=True):
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    """Every line, which must be one JSON object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def connect(url: str) -> None:
    raise ConnectionError(f"Max retries exceeded with url: {url}")


def fail(url: str) -> None:
    """An error in whose frames and whose chain an address stands."""
    try:
        connect(url)
    except ConnectionError as error:
        raise RuntimeError("no price") from error


def test_where_no_terminal_is_each_line_is_json() -> None:
    """Time in UTC, level, event and every field by its name."""
    stream = io.StringIO()
    logs.configure(stream)
    logs.logger().info("read", underlying="openai/gpt-4.1", price=8_000_000, sha256=None)
    logs.logger().error("alert", text="two\nlines")
    one, other = read(stream)
    assert one.pop("time").endswith("Z")
    assert one == {
        "event": "read",
        "level": "info",
        "underlying": "openai/gpt-4.1",
        "price": 8_000_000,
        "sha256": None,
    }
    assert other["text"] == "two\nlines"


def test_on_a_terminal_a_person_reads_columns() -> None:
    """No braces; colours there, and none where columns go to a file."""
    terminal, file = Terminal(), io.StringIO()
    logs.configure(terminal)
    logs.logger().info("read", underlying="openai/gpt-4.1", price=8_000_000)
    assert "\x1b[" in terminal.getvalue()
    logs.configure(file, json=False)
    logs.logger().info("read", underlying="openai/gpt-4.1", price=8_000_000)
    line = file.getvalue()
    assert "\x1b[" not in line
    assert "read" in line
    assert "price=8000000" in line
    assert "{" not in line


def test_libraries_lines_are_of_the_same_form() -> None:
    """Warnings of others come as JSON too; every request of theirs does not."""
    stream = io.StringIO()
    logs.configure(stream)
    logging.getLogger("httpx").info("HTTP Request: GET %s", RPC)
    logging.getLogger("somebody").warning("%d of %d", 1, 2)
    (line,) = read(stream)
    assert (line["event"], line["level"]) == ("1 of 2", "warning")


@pytest.mark.parametrize(("debug", "said"), [(False, ["shown"]), (True, ["hidden", "shown"])])
def test_details_are_shown_where_they_are_asked_for(debug: bool, said: list[str]) -> None:
    """`--debug` shows them."""
    stream = io.StringIO()
    logs.configure(stream, debug=debug)
    logs.logger().debug("hidden")
    logs.logger().info("shown")
    assert [line["event"] for line in read(stream)] == said


@pytest.mark.parametrize("as_json", [True, False])
def test_an_error_is_told_with_its_trace_and_without_its_variables(as_json: bool) -> None:
    """In both forms: where it was and what caused it; a key in a frame is not shown."""
    stream = Terminal()
    logs.configure(stream, json=as_json)
    key = dev_key(4).hex()
    try:
        fail("an address")
    except RuntimeError:
        logs.logger().exception("a loop failed", loop="rounds")
    told = stream.getvalue()
    assert "RuntimeError: no price" in told
    assert "ConnectionError: Max retries" in told
    assert "line " in told
    assert key not in told
    if as_json:
        (line,) = read(stream)
        assert line["loop"] == "rounds"
        assert "Traceback" in line["exception"]


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_secret_in_an_address_is_cut_out_of_every_line(as_json: bool) -> None:
    """Of events, fields, tracebacks and libraries' warnings; what is public stays."""
    stream = io.StringIO()
    logs.configure(stream, json=as_json, secrets=logs.secrets_of([RPC, HOOK, None, "geth.ipc"]))
    logs.logger().warning(f"asked {RPC}", url=RPC, nested={"hook": HOOK})
    logging.getLogger("urllib3.connectionpool").warning("Retrying: %s", f"/v3/{TOKEN}?apikey=query-secret")
    try:
        fail(RPC)
    except RuntimeError:
        logs.logger().exception("failed")
    told = stream.getvalue()
    assert [secret for secret in SECRETS if secret in told] == []
    assert "rpc.example/v3/[hidden]" in told
    assert "hooks.example" in told
    if as_json:
        assert len(read(stream)) == 3


def test_a_secret_that_json_writes_otherwise_is_cut_out_too() -> None:
    """A quotation mark or a letter beyond ASCII is escaped in a line of JSON."""
    stream = io.StringIO()
    secret = 'pass"wörd'
    logs.configure(stream, json=True, secrets=[secret])
    logs.logger().info(secret, field=secret)
    (line,) = read(stream)
    assert (line["event"], line["field"]) == ("[hidden]", "[hidden]")


def test_the_pieces_of_an_address_that_can_be_secret() -> None:
    """User, password, long parts of the path, values of the query; never the host, never `v3`."""
    assert set(logs.secrets_of([RPC])) == {
        "operator",
        "hunter-two",
        "operator:hunter-two",
        TOKEN,
        "query-secret",
    }
    assert logs.secrets_of(["http://127.0.0.1:8545", "https://rpc.example/v3/", "node/geth.ipc", None]) == ()


def test_what_nobody_caught_is_a_line_too() -> None:
    """In the main thread and in another one: JSON with the trace, exit 1, no secret, and no second copy on stderr."""
    code = f"""
import threading
from oracle_node import logs
logs.configure(secrets=logs.secrets_of([{RPC!r}]))
logs.catch_uncaught(logs.logger())
def work():
    raise ValueError("at {RPC}")
thread = threading.Thread(target=work, name="webhook")
thread.start()
thread.join()
raise KeyError("at {RPC}")
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 1
    first, second = (json.loads(line) for line in ran.stderr.splitlines())
    assert (first["event"], first["thread"], first["level"]) == (
        "uncaught exception in a thread",
        "webhook",
        "critical",
    )
    assert (second["event"], second["level"]) == ("uncaught exception, the process ends", "critical")
    assert "KeyError" in second["exception"]
    assert [secret for secret in SECRETS if secret in ran.stderr] == []


def test_ctrl_c_is_no_error() -> None:
    """Neither are threads that end by themselves."""
    stream = io.StringIO()
    logs.configure(stream)
    logs.catch_uncaught(logs.logger())
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert stream.getvalue() == ""


def test_a_node_that_starts_shows_no_secret(tmp_path: Path) -> None:
    """A whole process with a keystore, its password and tokens in its addresses, whose chain is down."""
    from eth_account import Account

    path = write_settings(tmp_path, rpc=f"http://operator:hunter-two@127.0.0.1:1/v3/{TOKEN}")
    for name in ("node.key", "password"):
        (tmp_path / name).touch(mode=0o600)
    (tmp_path / "password").write_text("open-sesame\n")
    store = json.dumps(Account.encrypt(dev_key(4), "open-sesame", kdf="pbkdf2", iterations=2))
    (tmp_path / "node.key").write_text(store)
    text = path.read_text().replace('file = "node.key"', 'file = "node.key"\npassword_file = "password"')
    hook = f'[alerts]\nwebhook = "{HOOK.replace("https://hooks.example", "http://127.0.0.1:1")}"'
    text = text.replace("[reading]", f"[serving]\nport = 0\n{hook}\n[reading]")
    path.write_text(text)
    devnet.start(Chain(LocalChain(timestamp=START).web3, chain_id=31337), [GPT], tmp_path / "local.toml")
    command = [sys.executable, "-m", "oracle_node.cli", "run", "--config", str(path), "--post", "--debug"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    lines = []
    try:
        for line in process.stderr:
            lines.append(line)
            if json.loads(line)["event"] == "alert":
                break
    finally:
        process.terminate()
        lines += process.stderr.readlines()
        process.stderr.close()
        assert process.wait(30) == 0
    told = "".join(lines)
    assert SIGNERS[0].address in told
    assert "chain_unusable" in told
    secret = (*SECRETS, "open-sesame", dev_key(4).hex(), json.loads(store)["crypto"]["ciphertext"])
    assert [each for each in secret if each in told] == []
    assert all(json.loads(line)["event"] for line in lines)

"""Nodes as real processes on one anvil whose clock the test moves, with their pages and stand-in peers on loopback.

Nothing sleeps for long: a node says in /metrics when each of its loops wants to act next, so that time is moved to the
next such moment as soon as everyone waits.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import IO, Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from support.chain import anvil_binary
from support.net import quick_folder
from support.nodes import GPT, page
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_key
from ifx_sdk.reports import attest
from oracle_node.report import SignedReport
from oracle_node.serving import serving
from scripts.anvil import free_port, running

PATIENCE = 120
"""Seconds in which a process must have done what is due, on a machine that is busy with other things."""
MODEL = "gpt-4.1"


@dataclass
class Rehearsal:
    """The world around the nodes."""

    folder: Path
    """Private to the test."""
    rpc: str
    """anvil's address."""
    ifx: IFX
    """The deployment, for the test itself."""
    page_text: str = field(default_factory=page)
    """What the pricing page says."""
    page_url: str = field(default="")
    """Where it stands."""

    @property
    def chain(self) -> Chain:
        """The chain, for the test itself."""
        return self.ifx.chain

    def travel(self, to: int) -> None:
        """Move the chain's time, and with it that of every node."""
        if to > self.chain.timestamp():
            devnet.travel(self.ifx, to)

    def settings(self, name: str, number: int, port: int, peers: Sequence[tuple[str, int]]) -> Path:
        """Write a node's settings and key: `number` is its place in the signer set, `peers` are URLs with theirs."""
        home = self.folder / name
        home.mkdir()
        (home / "node.key").touch(mode=0o600)
        (home / "node.key").write_text(dev_key(devnet.NODES[number]).hex() + "\n")
        lines = ["[key]", 'file = "node.key"', "[chain]", f'rpc = "{self.rpc}"']
        lines += [f"deployment = {json.dumps(str(self.folder / 'local.toml'))}"]
        lines += ["[reading]", "lead_seconds = 0", "timeout_seconds = 5", "[serving]", f"port = {port}"]
        lines += ["[[underlyings]]", f'name = "{GPT}"', 'provider = "openai"', f'model = "{MODEL}"']
        lines += [f'page = "{self.page_url}"']
        for url, place in peers:
            lines += ["[[peers]]", f'url = "{url}"', f'address = "{devnet.signer(devnet.NODES[place]).address}"']
        path = home / "node.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def signed(self, number: int, day: int, price: int = 8_000_000) -> bytes:
        """A report by the node with this place in the signer set."""
        signer = devnet.signer(devnet.NODES[number])
        made = attest(signer, self.ifx.oracle.domain(), underlying=GPT, day=day, price=price, evidence=bytes(32))
        return SignedReport(attestation=made, signer=signer.address).canonical()

    def price(self, day: int) -> int | None:
        """The fixing on the chain."""
        found = self.ifx.oracle.fixing(GPT, day)
        return None if found is None else found.price

    def posts(self, first_block: int) -> int:
        """How many fixings were posted after a block."""
        oracle = self.ifx.oracle
        return len(self.chain.events(oracle.codec, oracle.address, "FixingPosted", from_block=first_block + 1))

    def transactions(self, first_block: int) -> list[str]:
        """Who sent the transactions to the oracle after a block, one entry each."""
        node = self.chain.node
        blocks = range(first_block + 1, self.chain.block_number() + 1)
        found = [each for number in blocks for each in node.transactions(number)]
        return [each.sender for each in found if each.to == self.ifx.oracle.address]


@dataclass
class Running:
    """One process of a node."""

    pid: int
    """Its process id."""
    url: str
    """Where it serves."""
    log: Path
    """What it says, JSON lines."""
    is_alive: Callable[[], bool]
    """Whether it runs."""
    client: httpx.Client
    """Who asks it."""

    def metric(self, name: str, **labels: str) -> float | None:
        """A number of /metrics; None where it does not show it, or not answer."""
        return next((value for value in self.metrics(name, labels)), None)

    def metrics(self, name: str, labels: dict[str, str] | None = None) -> list[float]:
        """The values of every sample with this name, and these labels among its own."""
        try:
            text = self.client.get(f"{self.url}/metrics").text
        except httpx.HTTPError:
            return []
        wanted = (labels or {}).items()
        return [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == f"ifx_oracle_{name}" and wanted <= sample.labels.items()
        ]

    def report(self, day: int) -> bytes | None:
        """What it answers everyone about a day."""
        try:
            answer = self.client.get(f"{self.url}/reports/{GPT}/{day}")
        except httpx.HTTPError:
            return None
        return answer.content if answer.status_code == 200 else None

    def said(self, event: str) -> list[dict[str, Any]]:
        """Its log lines of this kind."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    def stop(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)


_DUE = re.compile(r'^ifx_oracle_loop_next_act_seconds\{loop="(\w+)"\} (\S+)$', re.MULTILINE)
_LOOPS = {"watching", "rounds", "checks"}


def idle_until(node: Running, now: int) -> int | None:
    """When it wants to act next, where all its loops wait for a time after `now`; None where one is at work."""
    try:
        text = node.client.get(f"{node.url}/metrics").text
    except httpx.HTTPError:
        return None
    dues = {loop: int(float(due)) for loop, due in _DUE.findall(text)}
    if dues.keys() < _LOOPS or min(dues.values()) <= now:
        return None
    return min(dues["watching"], dues["rounds"])  # a look at disk and chain needs no time of its own


def live_until(world: Rehearsal, nodes: Sequence[Running], at: int, seen: Callable[[], None] = lambda: None) -> bool:
    """Move time from act to act until it is `at` and everyone waits; False where a process ended before."""
    deadline = time.monotonic() + PATIENCE
    while all(node.is_alive() for node in nodes):
        now = world.chain.timestamp()
        dues = [idle_until(node, now) for node in nodes]
        waiting = [due for due in dues if due is not None]
        if len(waiting) == len(nodes):
            seen()
            if now >= at:
                return True
            world.travel(min(at, *waiting))
            deadline = time.monotonic() + PATIENCE
        else:
            assert time.monotonic() < deadline, f"a node hangs: {[node.log.read_text()[-2_000:] for node in nodes]}"
            time.sleep(0.02)
    return False


@contextmanager
def rehearsal(start: int) -> Iterator[Rehearsal]:
    """An anvil at `start` with everything deployed and the day's fixing at 8.00, and a pricing page."""
    port = free_port()
    with ExitStack() as stack:
        folder = stack.enter_context(quick_folder())
        stack.enter_context(running(anvil_binary(), port, timestamp=start))
        rpc = f"http://127.0.0.1:{port}"
        ifx = devnet.start(Chain(rpc, chain_id=31337), [GPT], folder / "local.toml")
        devnet.post(ifx, {GPT: 8_000_000})
        world = Rehearsal(folder=folder, rpc=rpc, ifx=ifx)

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = world.page_text.encode()
                self.send_response_only(200)
                self.send_header("Date", formatdate(world.chain.timestamp(), usegmt=True))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        world.page_url = stack.enter_context(serving(Pages)) + "/pricing"
        yield world


@contextmanager
def stand_in(answer: Callable[[str, IO[bytes]], None], port: int = 0) -> Iterator[str]:
    """A peer's server: `answer` is given the path and the socket, and writes a whole HTTP answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self.path, self.wfile)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with serving(Handler, port=port) as url:
        yield url


def http_answer(body: bytes, status: str = "200 OK") -> bytes:
    """A whole HTTP answer."""
    return f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Runner:
    """`node_runner` as a process: starts nodes that kill themselves."""

    def __init__(self) -> None:
        """Everything is imported when the first node is asked for."""
        path = os.pathsep.join([str(ROOT / "tests"), str(ROOT)])
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "support" / "node_runner.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        self._client = httpx.Client(timeout=PATIENCE)

    def start(self, config: Path, port: int, *, kill_at: str | None = None, times: int = 1) -> Running:
        """A node that dies when it reaches `kill_at` for the `times`-th time."""
        log, made = config.with_name("log"), config.with_name("made")
        asked = {"config": str(config), "log": str(log), "made": str(made), "kill_at": kill_at, "times": times}
        pid = self._ask(asked)["pid"]
        state = Path(f"/proc/{pid}/stat")
        return Running(
            pid=pid,
            url=f"http://127.0.0.1:{port}",
            log=log,
            is_alive=lambda: state.read_text().rpartition(")")[2].split()[0] != "Z",
            client=self._client,
        )

    def wait(self, node: Running) -> int:
        """How it ended: its exit code, or minus the signal."""
        return int(self._ask({"wait": node.pid})["status"])

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._client.close()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(PATIENCE)

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

"""Many participants at once against a desk that is killed again and again: its process, and clients that do not wait.

A client gives up on some answers, and repeats every request that it got no answer to under the same idempotency key.
"""

import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct
from support.chain import GPT
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.signing import sign_digest

LOT = 100_000
"""Mtok."""
PATIENCE = 240.0
"""Seconds in which a request must be answered, with all its repetitions."""
IMPATIENT = 0.08
"""Share of tries whose client hangs up after some milliseconds."""

SERVER = """
import sys, time
from otc_desk import logs, serving, worker
from otc_desk.settings import read_settings
worker.ROUND_SECONDS, worker.BUSY_SECONDS = 2.0, 0.5
offset = int(sys.argv[3])
serving.clock_of = lambda _: lambda: int(time.time()) + offset
logs.configure()
serving.serve(read_settings(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), with_worker=True)
"""
"""A desk as `ifx-desk serve` runs it, with a clock that is the machine's and an offset, and a worker in a hurry."""


def write_settings(folder: Path, database: str, rpc: str, poll_seconds: int = 12) -> Path:
    """A desk's file in a folder where `local.toml` has the deployment, with limits that nobody here meets.

    `poll_seconds` between two rounds of its worker where nothing waits: 12 as in production.
    """
    key = folder / "desk.key"
    key.write_text(dev_key(devnet.DESK).hex(), encoding="utf-8")
    key.chmod(0o600)
    path = folder / "desk.toml"
    path.write_text(
        f"""
        database = {json.dumps(database)}
        url = "http://desk.example"
        operators = ["{dev_address(devnet.DEPLOYER)}"]
        automatic_matching = true
        chain = {{ rpc = "{rpc}", deployment = "local.toml", poll_seconds = {poll_seconds} }}
        key = {{ file = "desk.key" }}
        oracle = {{ required = false }}
        limits = {{ requests_per_minute = 100000, address_requests_per_minute = 1000000 }}
        """,
        encoding="utf-8",
    )
    return path


@dataclass(slots=True, kw_only=True)
class Server:
    """The desk's process."""

    config: Path
    """Its settings."""
    port: int
    """On the loopback."""
    offset: int
    """Of its clock to the machine's, seconds."""
    log: Path
    """What it says."""
    kills: int = 0
    """How often it was killed."""
    process: subprocess.Popen[bytes] | None = None
    """While it runs."""

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-c", SERVER, str(self.config), str(self.port), str(self.offset)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-2_000:]
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/api/session")
                assert connection.getresponse().status == 401
            except OSError:
                time.sleep(0.1)
            else:
                return
            finally:
                connection.close()
        raise TimeoutError(f"the desk does not answer: {self.log.read_text(encoding='utf-8')[-2_000:]}")

    def kill(self) -> None:
        """SIGKILL, and start it anew."""
        self.stop(signal.SIGKILL)
        self.kills += 1
        self.start()

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """End it by its process id."""
        if self.process is not None:
            os.kill(self.process.pid, by)
            self.process.wait(timeout=90)
            self.process = None


@dataclass(slots=True, kw_only=True)
class Tally:
    """What all clients saw, together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    """Of everything here."""
    answered: int = 0
    """Requests that got their answer."""
    injected: Counter[str] = field(default_factory=Counter)
    """Tries without an answer: `hung up` by the client itself, `cut off` by a killed desk."""
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "write": []})
    """How long each answered try took."""

    def told(self, kind: str) -> str:
        """Milliseconds within which half of the tries and 95 of 100 were answered."""
        cuts = statistics.quantiles(self.seconds[kind], n=20)
        many = len(self.seconds[kind])
        return f"{many} {kind}s p50 {cuts[9] * 1_000:.0f} p95 {cuts[-1] * 1_000:.0f} ms"


@dataclass(slots=True, kw_only=True)
class Client:
    """One participant."""

    number: int
    """From 0: its key and its chances come from it."""
    port: int
    """The desk's."""
    tally: Tally
    """Where it counts."""
    trades: int = 0
    """Requests at a price that has a counterpart; the others have none."""
    valid_until: int = 0
    """Of its requests, unix seconds."""
    impatient: float = IMPATIENT
    """Share of its tries that it hangs up on."""
    made: dict[str, str] = field(default_factory=dict)
    """Contact of a request -> its id, as the desk answered."""
    withdrawn: set[str] = field(default_factory=set)
    """Ids that the desk said are withdrawn."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of a session."""
    _connection: http.client.HTTPConnection | None = None
    _chance: random.Random = field(default_factory=random.Random)

    @property
    def key(self) -> bytes:
        """Its private key: worthless, and its own."""
        return (0x10AD << 200 | self.number + 1).to_bytes(32, "big")

    @property
    def account(self) -> str:
        """Its address."""
        return str(Account.from_key(self.key).address)

    def run(self, requests: int) -> None:
        """Sign in and ask so often."""
        self._chance.seed(self.number)
        self.sign_in()
        for number in range(requests):
            self._act(number)
            with self.tally.lock:
                self.tally.answered += 1
        self.leave()

    def leave(self) -> None:
        """Hang up for good."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def sign_in(self) -> None:
        """Until it is in: a message is good for one try whose answer may be lost."""
        for _ in range(100):
            message = self.ask("GET", f"/api/session/message?account={self.account}")[1]["message"]
            signed = Account.sign_message(encode_defunct(text=message), self.key).signature.hex()
            body = {"message": message, "signature": f"0x{signed}"}
            status, answer = self.ask("POST", "/api/session", body, expected={201, 401})
            if status == 201:
                self.headers = {"Authorization": f"Bearer {answer['token']}"}
                return
        raise AssertionError("no sign-in in a hundred tries")

    def approve_all(self) -> int:
        """Approve what waits; how many agreements there are."""
        items: list[dict[str, Any]] = self.ask("GET", "/api/agreements?limit=100")[1]["items"]
        for each in items:
            if each["state"] == "sent":
                signature = "0x" + sign_digest(bytes.fromhex(each["digest"][2:]), self.key).hex()
                path = f"/api/agreements/{each['id']}/approve"
                self.ask("POST", path, {"approval": signature}, key=f"approve-{each['id']}", expected={200, 409})
        self.leave()
        return len(items)

    def _act(self, number: int) -> None:
        choice = self._chance.random()
        if number < self.trades or choice < 0.45:
            self.write(number)
        elif choice < 0.55 and (left := sorted(set(list(self.made.values())[self.trades :]) - self.withdrawn)):
            id = left[self._chance.randrange(len(left))]
            path = f"/api/requests/{id}/withdraw"
            if self.ask("POST", path, key=f"withdraw-{number}-{id}", expected={200, 409})[0] == 200:
                self.withdrawn.add(id)
        elif choice < 0.75 and self.made:
            id = self._chance.choice(sorted(self.made.values()))
            assert self.ask("GET", f"/api/requests/{id}")[1]["id"] == id
        else:
            self.ask("GET", self._chance.choice(["/api/requests?limit=20", "/api/agreements", "/api/session"]))

    def write(self, number: int) -> None:
        """Hand the request of that number in."""
        contact, is_long = f"load-{self.number}-{number}", self.number % 2 == 0
        prices = ("7.60", "7.30") if number < self.trades else ("6.00", "7.90")
        body = {
            "side": "long" if is_long else "short",
            "underlying": GPT,
            "quantity": LOT,
            "months": 6,
            "limit_price": prices[0] if is_long else prices[1],
            "valid_until": self.valid_until,
            "contact": contact,
            "submit": True,
        }
        self.made[contact] = self.ask("POST", "/api/requests", body, key=contact, expected={201})[1]["id"]

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str = "",
        expected: frozenset[int] | set[int] = frozenset({200}),
    ) -> tuple[int, Any]:
        """One request, repeated under its key until it is answered."""
        headers = (
            self.headers
            | {"Content-Type": "application/json"}
            | ({"Idempotency-Key": f"{self.number}-{key}"} if key else {})
        )
        text = None if body is None else json.dumps(body)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            impatient = self._chance.random() < self.impatient
            found = self._try(method, path, text, headers, self._chance.uniform(0.001, 0.1) if impatient else 60.0)
            if found is None:
                with self.tally.lock:
                    self.tally.injected["hung up" if impatient else "cut off"] += 1
                time.sleep(self._chance.uniform(0.3, 1.0))
                continue
            status, answer, seconds = found
            with self.tally.lock:
                if not impatient:
                    self.tally.seconds["read" if method == "GET" else "write"].append(seconds)
            assert status in expected, f"{method} {path}: {status} {answer} after {seconds:.1f} s"
            return status, answer
        raise AssertionError(f"{method} {path} was not answered in {PATIENCE:.0f} s")

    def _try(
        self, method: str, path: str, text: str | None, headers: dict[str, str], seconds: float
    ) -> tuple[int, Any, float] | None:
        connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port)
        self._connection, connection.timeout = connection, seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        start = time.monotonic()
        try:
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._connection = None
            return None
        return answer.status, json.loads(content) if content else None, time.monotonic() - start


def together(work: list[Callable[[], None]]) -> list[BaseException]:
    """Do everything at once, a thread each; what they raised."""
    raised: list[BaseException] = []

    def one(do: Callable[[], None]) -> None:
        try:
            do()
        except (AssertionError, OSError, ValueError, KeyError, TypeError) as error:
            raised.append(error)

    threads = [threading.Thread(target=one, args=(each,), daemon=True) for each in work]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return raised

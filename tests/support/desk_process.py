"""A desk as its operator runs it, `ifx-desk migrate` and `ifx-desk serve` as processes beside anvil; people at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from support.commands import Shell, environment
from support.market import KeyWallet, Wallet
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.client import IFX
from ifx_sdk.desk import Desk
from ifx_sdk.desk.agreements import Agreement
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.signers import KeySigner, Signer
from scripts.anvil import free_port

GPT = "openai/gpt-4.1"
SPOT = 8_000_000
PRICE = 7_700_000
"""What both sides' limits meet at, micro-USDT per Mtok."""
LOT = 100_000
FUNDS = 10 * SPOT * LOT
"""micro-USDT that each party has in its wallet."""
UNLIMITED = 2**256 - 1
PATIENCE = 60
"""Seconds until a process or a state that does not come has failed to."""
LOOK = 0.1
"""Seconds between two looks at something that a process does by itself."""
_SETTINGS = """
database = "{database}"
url = "{url}"
operators = ["{operator}"]
[chain]
rpc = "{rpc}"
deployment = "local.toml"
poll_seconds = 1
[key]
file = "desk.key"
[oracle]
required = false
"""


def ifx_desk(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [str(Path(sys.executable).with_name("ifx-desk")), *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment()
    )


@dataclass(kw_only=True)
class DeskProcess:
    """One desk's folder and, while it serves, its process."""

    folder: Path
    """Settings, keys, logs."""
    ifx: IFX
    """The deployment, without a signer."""
    port: int
    """Of the loopback."""
    process: subprocess.Popen[bytes] | None = None
    """While it serves."""
    keys: Iterator[int] = field(default_factory=lambda: count(1))
    """For people that nobody was before."""
    here: list[Desk] = field(default_factory=list)
    """Clients that `everybody_leaves` closes."""

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> str:
        """Its settings file."""
        return str(self.folder / "desk.toml")

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [str(Path(sys.executable).with_name("ifx-desk")), "serve", "--config", self.config]
        with (self.folder / "desk.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)], cwd=ROOT, stdout=log, stderr=log, env=environment()
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                httpx.get(f"{self.url}/api/session/message", params={"account": dev_address(0)}).raise_for_status()
            except httpx.TransportError:
                assert self.process.poll() is None, self.log()
                assert time.monotonic() < deadline, self.log()
                time.sleep(LOOK)
            else:
                return

    def stop(self) -> int:
        """End it as a supervisor does; its exit code."""
        return self._end(terminate=True)

    def kill(self) -> int:
        """End it as a power cut does."""
        return self._end(terminate=False)

    def _end(self, *, terminate: bool) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        if terminate:
            process.terminate()
        else:
            process.kill()
        try:
            return process.wait(timeout=PATIENCE)
        finally:
            process.kill()

    def log(self) -> str:
        """What it said."""
        return (self.folder / "desk.log").read_text()[-4_000:]

    # -------------------------------------------------------------------------------------------------- people

    def desk(self, signer: Signer) -> Desk:
        """A program of whoever signs."""
        found = Desk(self.url, signer, domain=self.ifx.escrow.domain())
        self.here.append(found)
        return found

    def everybody_leaves(self) -> None:
        """Take back what is still open, so that nobody of the next test meets it, and close every client."""
        for each in self.here:
            if self.process is not None and each._signer is not None:
                for request in each.requests(state="checked"):
                    each.withdraw(request.id)
            each.close()
        self.here.clear()

    def operate(self, *arguments: str) -> Any:
        """`ifx-desk operator ... --json`, successfully, in this process."""
        from typer.testing import CliRunner

        from otc_desk.cli import app

        env = {"IFX_DESK_URL": self.url, "IFX_KEY_FILE": self.key_file(dev_key(devnet.DEPLOYER))}
        ran = CliRunner().invoke(app, ["operator", *arguments, "--json"], env=env, catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    def person(self) -> tuple[KeySigner, Shell]:
        """Somebody new with money and an allowance, and a prompt with that key."""
        key = (0xDE5C << 64 | next(self.keys)).to_bytes(32, "big")
        signer = KeySigner.from_key(key)
        devnet.faucet(self.ifx, signer.address, eth=10**18)
        self.fund(KeyWallet(chain=self.ifx.chain, signer=signer))
        return signer, self.shell(signer, key)

    def fund(self, wallet: Wallet) -> None:
        """Put money into a wallet, and have it allow the escrow all of it."""
        devnet.faucet(self.ifx, wallet.address, usdt=FUNDS)
        wallet.act(self.ifx.token.prepare("approve", self.ifx.escrow.address, UNLIMITED)).confirmed()

    def key_file(self, key: bytes) -> str:
        """A key's file, which only its owner reads."""
        path = self.folder / f"{KeySigner.from_key(key).address}.key"
        path.touch(mode=0o600)
        path.write_text(key.hex() + "\n")
        return str(path)

    def shell(self, signer: Signer, key: bytes) -> Shell:
        """A prompt with a key."""
        return Shell(
            env={
                "IFX_DESK_URL": self.url,
                "IFX_DEPLOYMENT": str(self.folder / "local.toml"),
                "IFX_RPC": str(self.ifx.chain.url),
                "IFX_KEY_FILE": self.key_file(key),
            }
        )

    # ---------------------------------------------------------------------------------------------------- time

    def next_day(self, price: int = SPOT, days: int = 1) -> None:
        """Go to an hour after a midnight and fix the day."""
        today = self.ifx.chain.now() // SECONDS_PER_DAY
        self.go_to((today + days) * SECONDS_PER_DAY + 3_600)
        self.fix(price)

    def fix(self, price: int = SPOT) -> None:
        """Post today's fixing."""
        for outcome in devnet.post(self.ifx, {GPT: price}):
            outcome.confirmed()

    def go_to(self, at: int) -> None:
        """Let time pass."""
        devnet.travel(self.ifx, at)

    # ------------------------------------------------------------------------------------------------ a match

    def ask(self, desk: Desk, side: str, **changes: Any) -> str:
        """Somebody's request of one lot over three months, handed in; its id."""
        wanted: dict[str, Any] = {
            "quantity": LOT,
            "months": 3,
            "limit_price": PRICE,
            "valid_until": self.ifx.chain.now() + 7 * SECONDS_PER_DAY,
        }
        return desk.request("long" if side == "long" else "short", GPT, **(wanted | changes)).id

    def meet(self, long: Desk, short: Desk, **changes: Any) -> str:
        """Both ask, and the operator sends them final terms; the agreement's id."""
        return self.match(self.ask(long, "long", **changes), self.ask(short, "short", **changes))

    def match(self, long: str, short: str) -> str:
        """The operator checks two requests and confirms their match; the agreement's id."""
        for id in (long, short):
            self.operate("check", id)
        return str(self.operate("confirm", long, short)["confirmed"]["agreement"])

    def over(self, desk: Desk, id: str) -> Agreement:
        """An agreement at its end."""
        return desk.wait_until_over(id, seconds=PATIENCE, every=LOOK)

    def money(self, *accounts: str) -> list[tuple[int, int]]:
        """Free balance and tokens of each."""
        return [(self.ifx.escrow.balance_of(each), self.ifx.token.balance(each)) for each in accounts]


@contextmanager
def desk_process(folder: Path, ifx: IFX, database: str) -> Iterator[DeskProcess]:
    """A desk on a deployment and a database without tables, migrated and serving; stopped by its process id."""
    os.chmod(folder, 0o700)  # noqa: PTH101 - pytest's own folder
    ifx.deployment.write(folder / "local.toml")
    key = folder / "desk.key"
    key.touch(mode=0o600)
    key.write_text(dev_key(devnet.DESK).hex() + "\n")
    found = DeskProcess(folder=folder, ifx=ifx, port=free_port())
    (folder / "desk.toml").write_text(
        _SETTINGS.format(database=database, url=found.url, operator=dev_address(devnet.DEPLOYER), rpc=ifx.chain.url)
    )
    ran = ifx_desk("migrate", "--config", found.config)
    assert ran.returncode == 0, ran.stderr
    found.start()
    try:
        yield found
    finally:
        found.stop()

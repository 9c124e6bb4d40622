"""IFX to try out, on this machine alone: a chain, contracts with a quirky USDT, an oracle, a desk and two parties.

The page opens in any browser, with wallets of its own; time passes by a button. Weeks of fixings, a booked position and
open requests are there already. Runs until it is stopped and leaves nothing behind. Its keys are public.
"""

from __future__ import annotations

import argparse
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console
from rich.table import Table

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, format_time, midnight
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import MNEMONIC, dev_address
from ifx_sdk.errors import IFXError
from ifx_sdk.money import format_amount, format_price
from scripts import anvil
from scripts.trial import desk
from scripts.trial.oracle import AFTER_MIDNIGHT, UNDERLYINGS, TrialOracle
from scripts.trial.people import FUNDS, People

HISTORY_DAYS: Final = 42
"""Fixings before today's."""
BOOKED_DAYS_AGO: Final = 12
"""When the booked position was booked."""
MARGIN: Final = 10
"""Seconds: the chain mines by itself, and its time does not go back."""
# A block every other second, so that what is mined becomes final, and the chain's time goes on like everybody's.
NODE: Final = ("--block-time", "2", "--mixed-mining", "--slots-in-an-epoch", "1")
WIDTH: Final = 120


class Told:
    """Says how far the start is."""

    def __init__(self) -> None:
        """From now on."""
        self.console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
        self._began = time.monotonic()

    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def step(self, what: str) -> None:
        """Something was done."""
        self.console.print(f"[dim]{self.seconds():5.1f} s[/dim]  {what}")


def main() -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080, help="of the desk, on 127.0.0.1 (default 8080)")
    parser.add_argument("--node-port", type=int, default=8545, help="of the chain's node (default 8545)")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="a new folder for settings, database and logs; it stays"
    )
    given = parser.parse_args()
    binary = _binary(given.port, given.node_port)

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both by name: a shell starts what it puts in the background with interrupts ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    told = Told()
    try:
        with _folder(given.keep) as folder, ExitStack() as closing:
            try:
                watch(start(closing, told, folder, binary, port=given.port, node_port=given.node_port))
            finally:
                _undisturbed()
    except (IFXError, desk.DeskFailed, subprocess.CalledProcessError) as error:
        sys.exit(f"sandbox: {error}")
    except KeyboardInterrupt:
        print("stopped")


def start(
    closing: ExitStack,
    told: Told,
    folder: Path,
    binary: Path,
    *,
    port: int,
    node_port: int,
    now: int | None = None,
    days: int = HISTORY_DAYS,
) -> dict[str, subprocess.Popen[bytes]]:
    """Everything, in order; `closing` ends it in the other order. Gives the processes by name.

    `now` in unix seconds is the machine's time unless it is told; `days` of fixings go before it, more than
    `BOOKED_DAYS_AGO`.
    """
    today = day_of(int(time.time()) if now is None else now)
    first = today - days
    chain, node = closing.enter_context(anvil.running(binary, node_port, timestamp=midnight(first) - 3_600, more=NODE))
    ifx = devnet.start(chain, UNDERLYINGS, folder / "local.toml")
    told.step("chain and contracts")
    oracle = TrialOracle(ifx, first_day=first, visit_day=today)
    live = closing.enter_context(oracle.running())
    url = f"http://127.0.0.1:{port}"
    # While days are fixed, so that its start takes no time of its own.
    starting = closing.enter_context(desk.starting(folder, _settings(url, ifx, live), port))
    for day in range(first, today - BOOKED_DAYS_AGO + 1):
        _fix(ifx, oracle, day)
    people = People(ifx, url)
    people.fund()
    served = starting()
    told.step("the desk serves")
    people.book()
    for day in range(today - BOOKED_DAYS_AGO + 1, today + 1):
        _fix(ifx, oracle, day)
    arrival = int(time.time()) if now is None else now
    if arrival > chain.timestamp() + MARGIN:
        devnet.travel(ifx, arrival)
    told.step(f"{days + 1} days fixed, a position booked")
    people.name_parties()
    people.wait_at_the_market()
    oracle.follow(told.console.print)
    told.step("open requests")
    show(told, ifx, folder, url)
    return {"the chain's node (anvil)": node, "the desk": served}


def _fix(ifx: IFX, oracle: TrialOracle, day: int) -> None:
    devnet.travel(ifx, midnight(day) + AFTER_MIDNIGHT)
    oracle.fix(day)


def _settings(url: str, ifx: IFX, live: str) -> str:
    return desk.settings(url=url, rpc=ifx.chain.url, deployment="local.toml", live=live)


def watch(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Return never, but where a process ends by itself: then exit and say which."""
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                sys.exit(f"{name} ended by itself")
        time.sleep(0.5)


def show(told: Told, ifx: IFX, folder: Path, url: str) -> None:
    """What to open, and who is who."""
    console = told.console
    console.print(f"\n[bold]Open {url}[/bold]\n")
    table = _table("who", "wallet on the page", "account", "holds")
    for name, index in desk.ACCOUNTS.items():
        held = ifx.token.balance(dev_address(index))
        table.add_row(name, f"Sandbox: {name}", dev_address(index), format_amount(held) if held else "")
    console.print(table)
    table = _table("underlying", "today's fixing")
    for name in UNDERLYINGS:
        fixing = ifx.oracle.fixing(name, day_of(ifx.chain.now()))
        table.add_row(name, "none yet" if fixing is None else format_price(fixing.price))
    console.print()
    console.print(table)
    console.print(
        f"\nThe long and the short ask, the operator matches, both approve; {format_amount(FUNDS)} is enough for a lot."
    )
    console.print("The bar at the page's foot lets days pass, or takes a position to its maturity.")
    console.print(f"\n[bold]With a wallet or a prompt of your own[/bold], chain 31337 at {ifx.chain.url}")
    console.print(f'accounts 0, 2 and 3 of the public mnemonic "{MNEMONIC}"')
    console.print(f"IFX_RPC={ifx.chain.url} IFX_DEPLOYMENT={folder / 'local.toml'} IFX_DESK_URL={url}", soft_wrap=True)
    console.print(f"\nready in {told.seconds():.0f} s at {format_time(ifx.chain.now())}; stop it with Ctrl-C")
    sys.stdout.flush()


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, header_style="bold", padding=(0, 3, 0, 0))


def _binary(port: int, node_port: int) -> Path:
    """The node's binary. Exits with the cure where there is none, or a port is taken."""
    binary = anvil.find_anvil()
    if binary is None:
        sys.exit(anvil.MISSING)
    for option, each in (("--port", port), ("--node-port", node_port)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", each)) == 0:
                cure = f"make sandbox ARGS='{option} {each + 1}'"
                sys.exit(f"port {each} is taken: stop what listens there, or choose another: {cure}")
    return binary


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Where settings, keys, database and logs are: only this user's, and gone afterwards unless it is to be kept."""
    if keep is not None:
        try:
            keep.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            sys.exit(f"{keep} is there already: name a new folder, or move it away")
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="ifx-sandbox-") as folder:
        yield Path(folder)


def _undisturbed() -> None:
    """A second Ctrl-C must not leave half of it running."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    main()

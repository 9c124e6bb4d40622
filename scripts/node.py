"""A local anvil at today's date with everything on it: deployed, today's fixings posted, two funded parties.

Writes deployments/local.toml and runs until it is stopped. For development only: its keys are public.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, format_time
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import IFXError
from ifx_sdk.money import format_amount, format_price
from scripts.anvil import MISSING, find_anvil, running

ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENT = ROOT / "deployments" / "local.toml"

FIXINGS = {"openai/gpt-4.1": 8_000_000, "openai/gpt-5.6-luna": 1_200_000, "anthropic/claude-opus-4.8": 25_000_000}
"""Today's sample fixings, micro-USDT per Mtok."""

FUNDS = 100_000_000 * 10**6
"""micro-USDT that each party gets."""

ROLES = {"long": devnet.LONG, "short": devnet.SHORT, "desk": devnet.DESK, "proposer, guardian": devnet.DEPLOYER}


def binary_for(port: int) -> Path:
    """The node's binary. Exits with the cure where there is none, or the port is taken."""
    binary = find_anvil()
    if binary is None:
        sys.exit(MISSING)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"port {port} is taken: stop what listens there, or choose another: make node ARGS='--port 8546'")
    return binary


def set_up(chain: Chain, path: Path) -> IFX:
    """Deploy, post today's fixings and fund both parties."""
    ifx = devnet.start(chain, FIXINGS, path)
    for outcome in devnet.post(ifx, FIXINGS):
        outcome.confirmed()
    for role in (devnet.LONG, devnet.SHORT):
        devnet.faucet(ifx, devnet.signer(role).address, usdt=FUNDS)
    return ifx


def show(ifx: IFX, path: Path) -> None:
    """What a newcomer needs to know."""
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    console.print(f"\n[bold]IFX on {ifx.chain.url}[/bold], chain 31337, {format_time(ifx.chain.now())}")
    console.print(f"deployment written to {os.path.relpath(path)}\n")
    table = Table("role", "address", "ifx_sdk.devnet", box=None, header_style="bold", padding=(0, 3, 0, 0))
    for role, index in ROLES.items():
        table.add_row(role, devnet.signer(index).address, f"signer({index})")
    console.print(table)
    console.print(f"\nlong and short hold {format_amount(FUNDS)} each\n")
    day = day_of(ifx.chain.now())
    table = Table("underlying", "today's fixing", box=None, header_style="bold", padding=(0, 3, 0, 0))
    for name in FIXINGS:
        fixing = ifx.oracle.fixing(name, day)
        table.add_row(name, "" if fixing is None else format_price(fixing.price))
    console.print(table)
    console.print("\nstop it with Ctrl-C")


def main() -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8545, help="on 127.0.0.1 (default 8545)")
    parser.add_argument(
        "--deployment", type=Path, default=DEPLOYMENT, help="file to write (default deployments/local.toml)"
    )
    options = parser.parse_args()
    binary = binary_for(options.port)

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both by name: a shell starts what it puts in the background with interrupts ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    try:
        with running(binary, options.port) as (chain, process):
            show(set_up(chain, options.deployment), options.deployment)
            process.wait()
            sys.exit("anvil ended by itself")
    except IFXError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    main()

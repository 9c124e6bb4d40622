"""A local anvil at today's date with everything on it: deployed, today's fixings posted, two funded parties.

Writes deployments/local.toml and runs until it is stopped. For development only: its keys are public.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, format_time
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import IFXError, NodeDown
from ifx_sdk.money import format_amount, format_price

ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENT = ROOT / "deployments" / "local.toml"

FIXINGS = {"openai/gpt-4.1": 8_000_000, "openai/gpt-5.6-luna": 1_200_000, "anthropic/claude-opus-4.8": 25_000_000}
"""Today's sample fixings, micro-USDT per Mtok."""

FUNDS = 100_000_000 * 10**6
"""micro-USDT that each party gets."""

ROLES = {"long": devnet.LONG, "short": devnet.SHORT, "desk": devnet.DESK, "deployer, guardian": devnet.DEPLOYER}


def start_anvil(port: int) -> subprocess.Popen[bytes]:
    """The node's process, listening on the loopback. Exits with the cure where it cannot start."""
    binary = shutil.which("anvil", path=os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ.get("PATH", "")]))
    if binary is None:
        sys.exit("anvil not found: run `make node`, which installs it from npm, or put it on PATH")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"port {port} is taken: stop what listens there, or choose another: make node ARGS='--port 8546'")
    options = ["--host", "127.0.0.1", "--port", str(port), "--hardfork", "prague", "--chain-id", "31337", "--silent"]
    return subprocess.Popen([binary, *options])


def await_node(chain: Chain, process: subprocess.Popen[bytes]) -> None:
    """Wait until the node answers, at most 20 seconds."""
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            chain.connect()
        except NodeDown:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"anvil did not start on {chain.url}")


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
    process = start_anvil(options.port)

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both by name: a shell starts what it puts in the background with interrupts ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    try:
        chain = Chain(f"http://127.0.0.1:{options.port}", chain_id=31337)
        await_node(chain, process)
        show(set_up(chain, options.deployment), options.deployment)
        process.wait()
        sys.exit("anvil ended by itself")
    except IFXError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("stopped")
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    main()

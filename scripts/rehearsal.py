"""Beside one oracle node that somebody tries out: a publisher's page, and the three other nodes of a local chain.

For docs/tutorial-oracle.md. The page is FOLDER/pricing.html, at http://127.0.0.1:PORT/pricing.html; the reader's own
node is expected at PORT + 1; the others listen on the three ports after that, with settings, keys, state and logs in
FOLDER. Runs until it is stopped. For development only: its keys are public.
"""

from __future__ import annotations

import argparse
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key

PAGE = "pricing.html"
UNDERLYING, MODEL = "openai/gpt-4.1", "gpt-4.1"
PATIENCE = 120
"""Seconds until a node that does not answer has failed to start."""


class _Pages(http.server.SimpleHTTPRequestHandler):
    """Files of the folder, without a `Date`.

    In a rehearsal the chain's time counts, which is moved: a page that tells the machine's time makes every node find
    its own clock wrong, and refuse to sign.
    """

    def date_time_string(self, timestamp: float | None = None) -> str:
        return ""

    def send_header(self, keyword: str, value: str) -> None:
        if keyword not in ("Date", "Last-Modified"):
            super().send_header(keyword, value)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the nodes tell what they read."""


@contextmanager
def pages(folder: Path, port: int) -> Iterator[None]:
    """Serve the folder while the block runs."""

    def handler(*args: object) -> _Pages:
        return _Pages(*args, directory=str(folder))  # type: ignore[arg-type]  # as the server hands them on

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()


def settings_of(number: int, port: int, rpc: str, deployment: Path) -> str:
    """The settings of node `number`, 2 to 4; the reader's is number 1."""
    lines = [f'state = "state{number}"', "[key]", f'file = "node{number}.key"']
    lines += ["[chain]", f'rpc = "{rpc}"', f'deployment = "{deployment}"', "[serving]", f"port = {port + number}"]
    lines += ["[[underlyings]]", f'name = "{UNDERLYING}"', 'provider = "openai"', f'model = "{MODEL}"']
    lines += [f'page = "http://127.0.0.1:{port}/{PAGE}"']
    for other in range(1, 5):
        if other != number:
            lines += ["[[peers]]", f'url = "http://127.0.0.1:{port + other}"', f'address = "{address_of(other)}"']
    return "\n".join(lines) + "\n"


def address_of(number: int) -> str:
    """The account of node 1 to 4."""
    return dev_address(devnet.NODES[number - 1])


def start(number: int, folder: Path, port: int, rpc: str, deployment: Path) -> subprocess.Popen[bytes]:
    """Write a node's files and start it."""
    key = folder / f"node{number}.key"
    key.touch(mode=0o600)
    key.write_text(dev_key(devnet.NODES[number - 1]).hex() + "\n")
    config = folder / f"node{number}.toml"
    config.write_text(settings_of(number, port, rpc, deployment))
    command = [sys.executable, "-m", "oracle_node.cli", "run", "--config", str(config), "--post", "--rehearse"]
    with (folder / f"node{number}.log").open("wb") as log:
        return subprocess.Popen(command, stderr=log, stdout=log)


def await_all(processes: Sequence[subprocess.Popen[bytes]], ports: Sequence[int]) -> None:
    """Return when every node answers; exits where one ended."""
    deadline = time.monotonic() + PATIENCE
    for port in ports:
        while not _answers(port):
            if any(each.poll() is not None for each in processes) or time.monotonic() > deadline:
                sys.exit("a node did not start: see its log beside the settings")
            time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False


def main() -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("rehearsal"), help="default rehearsal")
    parser.add_argument("--port", type=int, default=8600, help="of the page; four more follow it (default 8600)")
    parser.add_argument("--rpc", default="http://127.0.0.1:8545", help="default http://127.0.0.1:8545")
    parser.add_argument("--deployment", type=Path, default=Path("deployments/local.toml"))
    given = parser.parse_args()
    folder: Path = given.folder
    folder.mkdir(exist_ok=True)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    deployment = Path(os.path.abspath(given.deployment))  # noqa: PTH100 - links stay links
    others = (2, 3, 4)
    with pages(folder, given.port):
        processes = [start(node, folder, given.port, given.rpc, deployment) for node in others]
        try:
            await_all(processes, [given.port + node for node in others])
            print(f"the page and three nodes answer on ports {given.port}, {given.port + 2} to {given.port + 4}")
            sys.stdout.flush()
            while not stopped.wait(0.5) and all(process.poll() is None for process in processes):
                pass
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)


if __name__ == "__main__":
    main()

"""What a running oracle node takes: 50 underlyings on three pages, a whole window on anvil, as a process of its own.

Run `python benchmarks/bench_node.py [SECONDS]`. First a rehearsal: the thirteen slots and the fixing are lived through
on anvil's clock, and the requests of each page are counted; asserts that there is one a page and slot, all but the
first conditional, and that at most 150 MB are resident. Then the same node on the machine's clock, for SECONDS (60):
its processor time between slots is asserted to be under 2% of one core.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.chain import anvil_binary
from support.net import quick_folder
from support.rehearsal import Rehearsal, Running, live_until

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, midnight, window_slots
from ifx_sdk.chain import Chain
from ifx_sdk.devkeys import dev_key
from oracle_node.serving import serving
from scripts.anvil import free_port, running

UNDERLYINGS = 50
PAGES = 3
PAGE_BYTES = 500_000
MOST_RESIDENT_MB = 150
MOST_IDLE_PERCENT = 2
PATIENCE = 30
NAMES = {f"openai/model-{number}": number % PAGES for number in range(UNDERLYINGS)}
"""Underlyings, and the page that each stands on."""
asked: list[tuple[int, str, bool]] = []
"""Every request of a page: the chain's time, the path, whether it was conditional."""


def page_text(number: int) -> bytes:
    """A vendor's page of half a megabyte with its models in the standard table."""
    rows = "".join(
        f"<tr><td>{name.partition('/')[2]}</td><td>$1.00</td><td>$0.10</td><td>${place + 1}.00</td></tr>"
        for place, (name, where) in enumerate(NAMES.items())
        if where == number
    )
    head = "<html lang=en><body><h1>OpenAI API pricing</h1><h3>Standard</h3><p>Prices per 1M tokens.</p><table>"
    head += f"<tr><th>Model</th><th>Input</th><th>Cached input</th><th>Output</th></tr>{rows}</table>"
    words = "<div class='note'><p>What else a vendor says about its models, at length.</p></div>\n"
    return (head + words * ((PAGE_BYTES - len(head)) // len(words)) + "</body></html>").encode()


@contextmanager
def pages(chain: Chain) -> Iterator[str]:
    """The pages on loopback, with ETags."""
    bodies = {f"/{number}": page_text(number) for number in range(PAGES)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("If-None-Match") == '"1"'
            asked.append((chain.timestamp(), self.path, known))
            body = b"" if known else bodies[self.path]
            self.send_response_only(304 if known else 200)
            self.send_header("ETag", '"1"')
            self.send_header("Date", formatdate(chain.timestamp(), usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with serving(Handler) as url:
        yield url


def write_settings(folder: Path, name: str, rpc: str, url: str, port: int) -> Path:
    """A node's settings in a folder of its own."""
    home = folder / name
    home.mkdir()
    (home / "node.key").touch(mode=0o600)
    (home / "node.key").write_text(dev_key(devnet.NODES[0]).hex() + "\n")
    lines = ["[key]", 'file = "node.key"', "[chain]", f'rpc = "{rpc}"', f'deployment = "{folder / "local.toml"}"']
    lines += ["[reading]", "lead_seconds = 0", "[serving]", f"port = {port}"]
    for each, page in NAMES.items():
        lines += ["[[underlyings]]", f'name = "{each}"', 'provider = "openai"', f'model = "{each.partition("/")[2]}"']
        lines += [f'page = "{url}/{page}"']
    (home / "node.toml").write_text("\n".join(lines) + "\n")
    return home / "node.toml"


@contextmanager
def node(config: Path, port: int, *options: str) -> Iterator[Running]:
    """`ifx-oracle run` until the block ends."""
    command = [str(Path(sys.executable).with_name("ifx-oracle")), "run", "--config", str(config), *options]
    log = config.with_name("log")
    with log.open("ab") as out, httpx.Client(timeout=PATIENCE) as client:
        process = subprocess.Popen(command, stderr=out)
        try:
            yield Running(
                pid=process.pid,
                url=f"http://127.0.0.1:{port}",
                log=log,
                is_alive=lambda: process.poll() is None,
                client=client,
            )
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)


def resident_mb(pid: int, field: str) -> float:
    """`VmRSS` or `VmHWM` of a process, megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1_000


def processor_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hold(holds: bool, what: str) -> None:
    """Fail where it does not."""
    if not holds:
        raise SystemExit(what)


def rehearse(world: Rehearsal, config: Path, port: int) -> None:
    """One window, slot by slot."""
    day = day_of(world.chain.timestamp()) + 1
    world.travel(midnight(day) - 3_700)
    with node(config, port, "--sign", "--rehearse") as running_node:
        hold(live_until(world, [running_node], midnight(day) + 60), "the node ended")
        most = resident_mb(running_node.pid, "VmHWM")
        reported = len(running_node.metrics("reported_day"))
    slots = window_slots(midnight(day))
    times = Counter((at, path) for at, path, _ in asked)
    conditional = sum(known for _, _, known in asked)
    print(f"requests: {len(asked)} of {PAGES} pages in {len(slots)} slots, {conditional} of them conditional")
    print(f"resident at most: {most:.0f} MB; {reported} underlyings reported")
    hold(set(times.values()) == {1}, "a page was asked more than once in a slot")
    hold(len(asked) == PAGES * len(slots), "not one request a page and slot")
    hold(conditional == len(asked) - PAGES, "a request was not conditional")
    hold(reported == UNDERLYINGS, "not every underlying was reported")
    hold(most <= MOST_RESIDENT_MB, f"more than {MOST_RESIDENT_MB} MB resident")


def idle(config: Path, port: int, seconds: int) -> None:
    """Between slots, on the machine's own clock."""
    with node(config, port, "--sign") as running_node:
        deadline = time.monotonic() + 120
        while running_node.metric("loop_next_act_seconds", loop="checks") is None and time.monotonic() < deadline:
            time.sleep(0.5)
        time.sleep(5)
        before, since, requests = processor_seconds(running_node.pid), time.monotonic(), len(asked)
        time.sleep(seconds)
        used = 100 * (processor_seconds(running_node.pid) - before) / (time.monotonic() - since)
        now = resident_mb(running_node.pid, "VmRSS")
        if len(asked) > requests:
            print(f"a slot came in between: {used:.2f}% is not of the time between slots")
            return
    print(f"between slots: {used:.2f}% of one core over {seconds} s, {now:.0f} MB resident")
    hold(used < MOST_IDLE_PERCENT, f"{MOST_IDLE_PERCENT}% of one core or more between slots")


def main(seconds: int) -> None:
    """Both."""
    rpc_port, port = free_port(), free_port()
    with ExitStack() as stack:
        folder = stack.enter_context(quick_folder())
        stack.enter_context(running(anvil_binary(), rpc_port))
        rpc = f"http://127.0.0.1:{rpc_port}"
        ifx = devnet.start(Chain(rpc, chain_id=31337), NAMES, folder / "local.toml")
        url = stack.enter_context(pages(ifx.chain))
        idle(write_settings(folder, "idle", rpc, url, port), port, seconds)
        asked.clear()
        world = Rehearsal(folder=folder, rpc=rpc, ifx=ifx)
        rehearse(world, write_settings(folder, "rehearsing", rpc, url, port), port)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)

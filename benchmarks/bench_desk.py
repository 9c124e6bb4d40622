"""What a desk takes: its processor time for each kind of request, and its matching of 10,000 open requests.

A desk as a process of its own beside anvil, on SQLite, asked by one participant over one connection; the baseline is
its answer to somebody who is not signed in, for which it asks neither database nor chain. Then matching as its worker
does it, from the rows of the database to the pairs, beside the pure part that `bench_matching.py` measures (baseline);
asserts that this stays under a second. Processor time, so that others on the machine count for little.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.chain import GPT, START, anvil_binary
from support.desk import desk_on, sqlite
from support.load import LOT, Client, Server, Tally, write_settings

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.devkeys import dev_address
from ifx_sdk.local_chain import LocalChain
from otc_desk.db import migrate
from otc_desk.db.engine import Database
from otc_desk.db.tables import Participant, Request
from otc_desk.desk import Desk
from otc_desk.ids import new_id
from otc_desk.matchmaking import board
from scripts.anvil import free_port, running

COUNT, ROUNDS, OPEN = 60, 3, 10_000
MOST_MATCHING_MS = 1_000
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Server, Client]]:
    """A desk at noon of today, and a participant who is signed in."""
    now = int(time.time())
    offset = now // 86_400 * 86_400 + 43_200 - now
    with running(anvil_binary(), free_port(), timestamp=now + offset) as (chain, _):
        devnet.post(devnet.start(chain, [GPT], folder / "local.toml"), {GPT: 8_000_000})
        migrate.upgrade(Database(sqlite(folder)))
        config = write_settings(folder, sqlite(folder), str(chain.web3.provider.endpoint_uri))
        server = Server(config=config, port=free_port(), offset=offset, log=folder / "desk.log")
        server.start()
        try:
            client = Client(number=0, port=server.port, tally=Tally(), valid_until=now + offset + 86_400, impatient=0)
            client.sign_in()
            yield server, client
        finally:
            server.stop()


def cpu_ms(server: Server) -> float:
    """What the desk's process took so far."""
    process = server.process.pid if server.process is not None else 0
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / TICKS


def taken(server: Server, action: Callable[[int], object]) -> tuple[float, float]:
    """(processor, wall) time of one request, milliseconds: medians of ROUNDS."""
    found = []
    for turn in range(ROUNDS):
        before, start = cpu_ms(server), time.perf_counter()
        for number in range(COUNT):
            action(turn * COUNT + number)
        found.append(((cpu_ms(server) - before) / COUNT, (time.perf_counter() - start) * 1_000 / COUNT))
    processor, wall = zip(*found, strict=True)
    return statistics.median(processor), statistics.median(wall)


def requests() -> None:
    """Each kind of request, and what it takes."""
    with tempfile.TemporaryDirectory(prefix="bench-desk-") as folder, serving(Path(folder)) as (server, client):
        stranger = Client(number=1, port=server.port, tally=Tally(), impatient=0)
        ids: list[str] = []

        def written(number: int) -> None:
            client.write(number)
            ids.append(client.made[f"load-0-{number}"])

        kinds: list[tuple[str, Callable[[int], object]]] = [
            ("not signed in (baseline)", lambda _: stranger.ask("GET", "/api/session", expected={401})),
            ("who is asking", lambda _: client.ask("GET", "/api/session")),
            ("a request written and handed in", written),
            ("one request", lambda number: client.ask("GET", f"/api/requests/{ids[number]}")),
            ("a page of 20 requests", lambda _: client.ask("GET", "/api/requests?limit=20")),
            ("a request withdrawn", lambda n: client.ask("POST", f"/api/requests/{ids[n]}/withdraw", key=f"w-{n:08d}")),
        ]
        baseline = 0.0
        for name, action in kinds:
            processor, wall = taken(server, action)
            baseline = baseline or processor
            print(
                f"{name:<36}{processor:>8.2f} ms processor {wall:>8.2f} ms wall {processor / baseline:>6.1f} x baseline"
            )


def fill(desk: Desk) -> None:
    """10,000 checked requests of 200 participants at 200 prices around the indicative one, all of one key."""
    dice, now = random.Random(7), desk.now()  # noqa: S311 - a benchmark's numbers
    accounts = [f"0x{number:040x}" for number in range(200)]
    with desk.database.writing() as session:
        session.add_all(Participant(account=each, created_at=now) for each in [*accounts, dev_address(0)])
        session.flush()
        for number in range(OPEN):
            id = new_id()
            session.add(
                Request(
                    id=id,
                    family=id,
                    account=dice.choice(accounts),
                    side="long" if number % 2 else "short",
                    underlying=GPT,
                    quantity=LOT * dice.randint(1, 20),
                    months=6,
                    maturity=0,
                    averaging_days=1,
                    limit_price=7_450_000 + 10_000 * dice.randint(-100, 99),
                    valid_until=now + 86_400,
                    contact="",
                    state="checked",
                    created_at=now,
                    updated_at=now,
                )
            )


def matching() -> float:
    """Processor milliseconds from database to pairs."""
    chain = LocalChain(timestamp=START)
    ifx = devnet.start(Chain(chain.web3, chain_id=31337).connect(), [GPT])
    devnet.post(ifx, {GPT: 8_000_000})
    with tempfile.TemporaryDirectory(prefix="bench-desk-") as folder, desk_on(sqlite(Path(folder)), ifx) as desk:
        fill(desk)
        pure, whole = [], []
        for _ in range(ROUNDS):
            start = time.process_time()
            found = board(desk)
            middle = time.process_time()
            pairs = found.pairs()
            end = time.process_time()
            pure.append((end - middle) * 1_000)
            whole.append((end - start) * 1_000)
    baseline, all_of_it = statistics.median(pure), statistics.median(whole)
    print(f"{OPEN:,} open requests, {len(pairs):,} pairs: matching alone (baseline) {baseline:.0f} ms, ", end="")
    print(f"from the database {all_of_it:.0f} ms, {all_of_it / baseline:.1f} x baseline")
    return all_of_it


def main() -> None:
    """Measure and print."""
    print(f"medians of {ROUNDS}, each of {COUNT} requests")
    requests()
    if matching() > MOST_MATCHING_MS:
        raise SystemExit(f"matching takes more than {MOST_MATCHING_MS} ms")


if __name__ == "__main__":
    main()

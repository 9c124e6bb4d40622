"""A node's store under a kill, a power cut and a race: what was released is never lost, no day is signed twice."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support.nodes import DAY, DOMAIN, GPT, PAGE, SIGNERS
from support.processes import in_a_process, waiting_for
from support.tree import ROOT

from oracle_node.observe import PageReading
from oracle_node.report import SignedReport
from oracle_node.store import Store

FRAME = 24 + 4_096
"""Bytes of a page and its header in SQLite's write-ahead log, whose own header has 32."""


def sign(store: Store, price: int = 8_000_000, *, name: str = GPT, day: int = DAY) -> SignedReport:
    """The first node signs."""
    return store.book.sign(SIGNERS[0], DOMAIN, underlying=name, day=day, price=price, evidence=bytes(32))


# -------------------------------------------------------------------------------------------- kills, power cuts

KILLED_AT_EACH_STATEMENT = """
import os, signal
from dataclasses import replace
from pathlib import Path
from support.nodes import DAY, DOMAIN, GPT, LUNA, MIDNIGHT, SIGNERS
from test_store import ATTEMPT, GOOD, confirmed
from oracle_node import database
from oracle_node.errors import SecondReport
from oracle_node.store import Store

def killing(at):
    plain, left = database._connection, [at]
    def trace(statement):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def connection(path):
        found = plain(path)
        found.set_trace_callback(trace)
        return found
    database._connection = connection

def sign(store, price, name, day):
    return store.book.sign(SIGNERS[0], DOMAIN, underlying=name, day=day, price=price, evidence=bytes(32))

def life(path, say):
    store = Store(path)
    store.add_readings([GOOD, replace(GOOD, underlying=LUNA)]); say("readings")
    for day in (DAY, DAY + 1):
        for name in (GPT, LUNA):
            say(f"{name} {day} " + sign(store, 5, name, day).canonical().decode())
    store.journal.record(ATTEMPT); say("attempt")
    store.journal.resolve(ATTEMPT, confirmed(ATTEMPT)); say("settled")
    store.alerts.begin("cause", "text", 1); say("begun")
    store.close()
    say("whole")

def told_by(path, at):
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        killing(at)
        life(path, lambda text: os.write(into, text.encode() + b"\\n"))
        os._exit(0)
    os.close(into)
    _, status = os.waitpid(child, 0)
    with os.fdopen(out) as pipe:
        told = pipe.read().splitlines()
    assert ("whole" in told) == (status == 0) != (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL)
    return told

SIGNERS[0].sign_digest(bytes(32))
kills = released = refused = 0
while True:
    path = Path(sys.argv[1]) / f"{kills}.db"
    told = told_by(path, kills)
    with Store(path) as store:
        assert len(store.readings(0, MIDNIGHT)) in ((2,) if "readings" in told else (0, 2))
        for day in (DAY, DAY + 1):
            for name in (GPT, LUNA):
                first = [line.split(" ", 2)[2] for line in told if line.startswith(f"{name} {day} ")]
                held = store.book.get(name, day)
                assert not first or held.canonical().decode() == first[0]
                try:
                    second = sign(store, 6, name, day)
                    assert not first and held is None
                    released += 1
                except SecondReport as error:
                    assert held is not None and error.stored == 5
                    refused += 1
        assert "attempt" not in told or ATTEMPT in store.journal.attempts()
        assert "settled" not in told or store.journal.open_attempts() == ()
        assert "begun" not in told or len(store.alerts.open()) == 1
    if "whole" in told:
        break
    kills += 1
print(kills, released > 0, refused > 0)
"""


def test_a_kill_at_any_statement_loses_nothing_released(tmp_path: Path) -> None:
    """SIGKILL before each statement in turn, the tables' own too: what was told is there, no day is signed twice."""
    kills, *both = in_a_process(KILLED_AT_EACH_STATEMENT, str(tmp_path)).split()
    assert int(kills) > 50
    assert both == ["True", "True"]


def test_a_power_cut_leaves_every_report_that_was_released(tmp_path: Path) -> None:
    """The log is cut at, before and behind each of its pages: what was on disk when a report was released brings it
    back, and what was cut off is as if it had never been."""
    path, log = tmp_path / "node.db", tmp_path / "node.db-wal"
    store = Store(path)
    store.open()
    released = []
    for day in range(DAY, DAY + 3):
        report = sign(store, day=day)
        released.append((log.stat().st_size, report))
    whole, after = log.read_bytes(), tmp_path / "after"
    ends = range(32, len(whole) + 1, FRAME)
    assert {size for size, _ in released} <= set(ends)
    for cut in sorted({*ends, *(end + 1 for end in ends[:-1]), *(end - 1 for end in ends)}):
        after.mkdir()
        shutil.copy(path, after / "node.db")
        (after / "node.db-wal").write_bytes(whole[:cut])
        with Store(after / "node.db") as later:
            assert later.book.all() == tuple(report for size, report in released if size <= cut)
        shutil.rmtree(after)


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """SQLite's own words for it: a log, synced at each commit and each time it is written back."""
    store = Store(tmp_path / "node.db")
    with store.book._database.write() as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "checkpoint_fullfsync": 1}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_report_is_on_disk_before_it_is_released(tmp_path: Path) -> None:
    """Between the write and the release the kernel is asked to put the log on disk, and says that it did."""
    code = f"""
import os, sys
sys.path[:0] = ["tests"]
from support.nodes import DAY, DOMAIN, GPT, SIGNERS
from oracle_node.store import Store
store = Store({str(tmp_path / "node.db")!r})
store.open()
os.write(1, b"asked")
store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price=5, evidence=bytes(32))
os.write(1, b"released")
"""
    calls = tmp_path / "calls"
    command = ["strace", "-o", str(calls), "-e", "trace=write,pwrite64,fdatasync,fsync", sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if ran.returncode != 0:
        pytest.skip(f"strace may not trace here: {ran.stderr.splitlines()[0]}")
    between = calls.read_text().partition('"asked"')[2].partition('"released"')[0]
    names = [line.partition("(")[0] for line in between.splitlines()[1:] if "(" in line]
    assert "pwrite64" in names
    assert names[-2:] == ["fdatasync", "write"] or names[-1] == "fdatasync"


# --------------------------------------------------------------------------------------------------------- races

SECOND_SIGNER = """
from support.nodes import DAY, DOMAIN, GPT, SIGNERS
from oracle_node.errors import SecondReport
from oracle_node.store import Store
store = Store({path!r})
SIGNERS[0].sign_digest(bytes(32))
store.open()
print("ready", flush=True)
try:
    store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price={price}, evidence=bytes(32))
except SecondReport as error:
    print(error.stored, error.refused)
else:
    print("signed")
"""


def test_two_processes_sign_one_price_of_a_day(tmp_path: Path) -> None:
    """A process that is asked for another price while the first one stores its own waits, and then refuses."""
    path, first = tmp_path / "node.db", sign(Store())
    Store(path).open()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with waiting_for(SECOND_SIGNER.format(path=str(path), price=7_000_000)) as told:
        row = (*first.key, first.canonical().decode())
        raw.execute("INSERT INTO reports (underlying, day, report) VALUES (?, ?, ?)", row)
        raw.execute("COMMIT")
    raw.close()
    assert told == ["8000000 7000000"]
    assert Store(path).book.all() == (first,)


RACING = """
import os
from pathlib import Path
from support.nodes import DAY, DOMAIN, GPT, SIGNERS
from oracle_node.errors import SecondReport
from oracle_node.store import Store

def race(path, price):
    with Store(path) as store:
        try:
            store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price=price, evidence=bytes(32))
        except SecondReport as error:
            return f"{error.stored} {error.refused}"
        return "signed"

SIGNERS[0].sign_digest(bytes(32))
for number in range(10):
    path, (line, go), (out, into) = Path(sys.argv[1]) / f"{number}.db", os.pipe(), os.pipe()
    for price in range(1, 5):
        if os.fork() == 0:
            os.close(go)
            os.read(line, 1)
            os.write(into, f"{price}: {race(path, price)}\\n".encode())
            os._exit(0)
    os.close(go)
    for _ in range(4):
        os.wait()
    os.close(into)
    with os.fdopen(out) as pipe, Store(path) as store:
        (signed,) = store.book.all()
        won = signed.attestation.price
        expected = [f"{each}: " + ("signed" if each == won else f"{won} {each}") for each in range(1, 5)]
        assert sorted(pipe.read().splitlines()) == expected
print("all")
"""


def test_of_processes_that_race_exactly_one_signs(tmp_path: Path) -> None:
    """Four at once on a file that none of them finds: it is made once, one price is signed, three are refused."""
    assert in_a_process(RACING, str(tmp_path)) == "all\n"


def test_nobody_who_reads_waits_for_somebody_who_writes(tmp_path: Path) -> None:
    """Readers of the same store and of another see what was committed, while a writer is in the middle of its block."""
    store, other = Store(tmp_path / "node.db"), Store(tmp_path / "node.db")
    first = sign(store)
    with store.book._database.write() as connection:
        connection.execute("INSERT INTO alerts (cause, text, began) VALUES ('a', 'b', 1)")
        seen: list[tuple[object, ...]] = []
        for each in (store, other):
            reader = threading.Thread(
                target=lambda each=each: seen.append((each.book.get(GPT, DAY), each.alerts.open()))
            )
            reader.start()
            reader.join(20)
        assert seen == [(first, ())] * 2
    assert len(other.alerts.open()) == 1


def test_threads_of_one_store_lose_nothing(tmp_path: Path) -> None:
    """Eight that write readings and sign, and two that read meanwhile, over one store."""
    store, stop, failed = Store(tmp_path / "node.db"), threading.Event(), []

    def write(number: int) -> None:
        for at in range(20):
            store.add_readings([PageReading(at=at, price=number, underlying=GPT, page=PAGE, sha256="ab" * 32)])
        sign(store, number, day=DAY + number)

    def read() -> None:
        while not stop.wait(0.001):
            if len(store.book.all()) > 8 or len(store.readings(0, 20)) > 160:
                failed.append(True)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in (*readers, *writers):
        each.start()
    for each in writers:
        each.join()
    stop.set()
    for each in readers:
        each.join()
    assert failed == []
    assert (len(store.book.all()), len(store.readings(0, 20))) == (8, 160)

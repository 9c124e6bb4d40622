"""The journal: what was about to be broadcast outlives a crash."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ifx_sdk.errors import BadFile
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, FileJournal, MemoryJournal, Sent, Unknown

ATTEMPT = Attempt(
    tx_hash="0x" + "11" * 32,
    sender="0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    nonce=7,
    call="ForwardEscrow.book",
    to="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    data_hash="0x" + "22" * 32,
    chain_id=31337,
    block=3,
)
OTHER = replace(ATTEMPT, tx_hash=None, nonce=8)
SETTLED = Confirmed(
    tx_hash="0x" + "11" * 32,
    attempt=ATTEMPT,
    block_number=4,
    gas_used=21_000,
    effective_gas_price=1,
    contract_address=None,
)


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> MemoryJournal | FileJournal:
    """Either kind, empty."""
    return MemoryJournal() if request.param == "memory" else FileJournal(tmp_path / "journal.jsonl")


def test_an_attempt_stays_open_until_it_is_settled(journal: MemoryJournal | FileJournal) -> None:
    """Sent and unknown leave it open; confirmed closes it, and only it."""
    journal.record(ATTEMPT)
    journal.record(OTHER)
    journal.resolve(ATTEMPT, Sent(tx_hash="0x" + "11" * 32, attempt=ATTEMPT))
    journal.resolve(OTHER, Unknown(tx_hash=None, attempt=OTHER, why="lost"))
    assert journal.open_attempts() == (ATTEMPT, OTHER)
    journal.resolve(ATTEMPT, SETTLED)
    assert journal.open_attempts() == (OTHER,)
    journal.resolve(OTHER, Dropped(tx_hash=None, attempt=OTHER, why="replaced"))
    assert journal.open_attempts() == ()


def test_a_file_is_read_by_another_process(tmp_path: Path) -> None:
    """A second journal on the same file has the same open attempts."""
    path = tmp_path / "journal.jsonl"
    FileJournal(path).record(ATTEMPT)
    assert FileJournal(path).open_attempts() == (ATTEMPT,)


def test_a_journal_that_was_never_written_is_empty(tmp_path: Path) -> None:
    """No file is made by reading."""
    path = tmp_path / "journal.jsonl"
    assert FileJournal(path).open_attempts() == ()
    assert not path.exists()


def test_an_older_journal_is_read(tmp_path: Path) -> None:
    """Its lines have neither bytes nor fees: those attempts are open without them, and close as ever."""
    path = tmp_path / "journal.jsonl"
    new = ("raw", "max_fee", "priority_fee")
    line = {"kind": "attempt"} | {name: value for name, value in asdict(ATTEMPT).items() if name not in new}
    path.write_text(json.dumps(line) + "\n")
    journal = FileJournal(path)
    assert journal.open_attempts() == (ATTEMPT,)
    journal.resolve(ATTEMPT, SETTLED)
    assert journal.open_attempts() == ()


def test_siblings_are_kept_apart_with_their_bytes_and_fees(journal: MemoryJournal | FileJournal) -> None:
    """Replacements share chain, sender and nonce: each is resolved on its own, in the order they were made."""
    first = replace(ATTEMPT, raw="0x02ab", max_fee=2 * 10**11, priority_fee=0)
    second = replace(first, tx_hash="0x" + "44" * 32, raw="0x02cd", max_fee=3 * 10**11)
    journal.record(first)
    journal.record(second)
    assert journal.open_attempts() == (first, second)
    journal.resolve(first, Dropped(tx_hash=first.tx_hash, attempt=first, why="its sibling took the nonce"))
    assert journal.open_attempts() == (second,)


def test_what_was_settled_is_open_again_once_it_is_recorded_again(journal: MemoryJournal | FileJournal) -> None:
    """A reorganisation undid its block: it is to be found, or sent again."""
    journal.record(ATTEMPT)
    journal.resolve(ATTEMPT, SETTLED)
    assert journal.open_attempts() == ()
    journal.record(ATTEMPT)
    assert journal.open_attempts() == (ATTEMPT,)


def test_a_line_cut_short_by_a_crash_is_no_attempt(tmp_path: Path) -> None:
    """It was not on disk, so nothing was broadcast; what follows is read and written as ever."""
    path = tmp_path / "journal.jsonl"
    journal = FileJournal(path)
    journal.record(ATTEMPT)
    with path.open("ab") as file:
        file.write(b'{"kind": "attempt", "non')
    assert journal.open_attempts() == (ATTEMPT,)
    journal.record(OTHER)
    assert journal.open_attempts() == (ATTEMPT, OTHER)


@pytest.mark.parametrize("line", ["no json", "[]", "{}", '{"kind": "attempt"}', '{"kind": "outcome"}', "3"])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    """Nothing is skipped in silence: file and line number stand in the error."""
    path = tmp_path / "journal.jsonl"
    journal = FileJournal(path)
    journal.record(ATTEMPT)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(BadFile, match=r"journal\.jsonl:2"):
        journal.open_attempts()


def test_threads_write_one_journal_without_losing_an_attempt(tmp_path: Path) -> None:
    """Each with a journal of its own on the same file, as clients in one process have."""
    path = tmp_path / "journal.jsonl"
    threads = [threading.Thread(target=_write_many, args=(path, number)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {attempt.nonce for attempt in FileJournal(path).open_attempts()} == set(range(8 * MANY))


def test_processes_write_one_journal_without_losing_an_attempt(tmp_path: Path) -> None:
    """An operator's command beside a running service."""
    path = tmp_path / "journal.jsonl"
    command = [sys.executable, "-c", WRITER, str(path), json.dumps(asdict(ATTEMPT)), str(MANY)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert {attempt.nonce for attempt in FileJournal(path).open_attempts()} == set(range(3 * MANY))


def test_a_line_is_on_disk_before_its_writer_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempt and outcome alike: whole in the file when it is synchronised, and its folder when the file is new."""
    path = tmp_path / "journal.jsonl"
    sync, synced = os.fsync, []

    def count(descriptor: int) -> None:
        synced.append(path.read_bytes().count(b"\n"))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", count)
    journal = FileJournal(path)
    journal.record(ATTEMPT)
    assert synced == [1, 1]
    journal.resolve(ATTEMPT, SETTLED)
    assert synced == [1, 1, 2]


def test_appending_does_not_read_the_whole_file(tmp_path: Path) -> None:
    """A sparse file of 64 gigabytes takes one more line at once."""
    path = tmp_path / "journal.jsonl"
    with path.open("wb") as file:
        file.seek(2**36)
        file.write(b"\n")
    FileJournal(path).record(ATTEMPT)
    with path.open("rb") as file:
        file.seek(2**36 + 1)
        assert file.read().startswith(b'{"block"')


def test_a_long_line_that_was_cut_short_is_taken_away_whole(tmp_path: Path) -> None:
    """However far back its beginning is; a file that has nothing else is empty again."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"x" * 100_000)
    journal = FileJournal(path)
    journal.record(ATTEMPT)
    assert journal.open_attempts() == (ATTEMPT,)
    with path.open("ab") as file:
        file.write(b"y" * 100_000)
    journal.record(OTHER)
    assert journal.open_attempts() == (ATTEMPT, OTHER)


def test_a_hash_that_the_node_told_later_is_read_back(journal: MemoryJournal | FileJournal) -> None:
    """A node that signs names it with its answer: the open attempt has it, and closes by its own name or by that."""
    learned = Sent(tx_hash="0x" + "33" * 32, attempt=OTHER)
    for known in (OTHER, replace(OTHER, tx_hash=learned.tx_hash)):
        journal.record(OTHER)
        assert journal.open_attempts() == (OTHER,)
        journal.resolve(OTHER, learned)
        assert journal.open_attempts() == (replace(OTHER, tx_hash=learned.tx_hash),)
        journal.resolve(known, replace(SETTLED, tx_hash=learned.tx_hash, attempt=known))
        assert journal.open_attempts() == ()


def test_a_journal_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The file, what is wrong with it and the cure; its folder is not made for it."""
    journal = FileJournal(tmp_path / "no" / "journal.jsonl")
    with pytest.raises(BadFile, match=r"no/journal\.jsonl.*written") as refused:
        journal.record(ATTEMPT)
    assert "folder" in refused.value.cure
    with pytest.raises(BadFile, match="written"):
        FileJournal(tmp_path).resolve(ATTEMPT, SETTLED)
    with pytest.raises(BadFile, match="read"):
        FileJournal(tmp_path).open_attempts()


MANY = 40
WRITER = """
import json, sys
from dataclasses import replace
from ifx_sdk.outcomes import Attempt, FileJournal

path, attempt, many, number = sys.argv[1], Attempt(**json.loads(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4])
for nonce in range(number * many, (number + 1) * many):
    FileJournal(path).record(replace(attempt, nonce=nonce, tx_hash=f"0x{nonce:064x}"))
"""


def _write_many(path: Path, number: int) -> None:
    for nonce in range(number * MANY, (number + 1) * MANY):
        FileJournal(path).record(replace(ATTEMPT, nonce=nonce, tx_hash=f"0x{nonce:064x}"))

"""The journal: what was about to be broadcast outlives a crash."""

from dataclasses import replace
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

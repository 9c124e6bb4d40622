"""What can become of a transaction, and the journal that remembers it across a crash.

Sent        the node has it, it is not mined yet
Confirmed   mined, and it did what it should
RevertedOutcome   mined, and the contract refused: nothing happened but the gas
Dropped     certainly not mined and never will be: its nonce was used by another transaction, or the node refused
            it for what it is (too little money, gas, price)
Unknown     nobody can say yet: reconcile it, never send it again blindly
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NoReturn, Protocol, TypeAlias

from ifx_sdk.codec import Event
from ifx_sdk.errors import BadFile, IFXError, OutcomeUnknown, Reverted, TransactionDropped

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One transaction as it was about to be broadcast: enough to find out later what became of it."""

    tx_hash: str | None
    """Its hash, 0x and 64 digits; None where the node signs, because only the node knows it then."""
    sender: str
    """Checksummed account that pays and whose nonce it uses."""
    nonce: int
    """The sender's transaction count that it takes; no two mined transactions share it."""
    call: str
    """What it does, such as `ForwardEscrow.book`; for people."""
    to: str | None
    """Checksummed contract called; None creates one."""
    data_hash: str
    """keccak256 of the call data, 0x and 64 digits: tells our transaction from another with the same nonce."""
    chain_id: int
    """The chain it was signed for."""
    block: int
    """Newest block when it was attempted: it can only be mined after it."""
    raw: str | None = field(default=None)
    """The signed transaction, 0x and hexadecimal digits, to send it again as it was; None where the node signs, and in
    journals from before it was kept."""
    max_fee: int | None = field(default=None)
    """Wei per gas that it offers at most, tip included; None as with `raw`."""
    priority_fee: int | None = field(default=None)
    """Tip in wei per gas; None as with `raw`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The node has it and it is not mined yet."""

    tx_hash: str
    """Its hash."""
    attempt: Attempt
    """What was sent."""
    waits_for: str | None = field(default=None)
    """Why it was not sent again with higher fees although it hangs; None where it does not hang."""

    journal_failure: str | None = field(default=None)
    """Why the journal could not note this; None where it did. It holds the attempt open then: reconcile it later."""

    def confirmed(self) -> NoReturn:
        """Raise `OutcomeUnknown`: it may or may not be mined."""
        raise OutcomeUnknown(self.tx_hash, "sent, not mined yet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """Mined, and it did what it should. Final only at the chain's finalized block."""

    tx_hash: str
    """Its hash."""
    attempt: Attempt
    """What was sent."""
    block_number: int
    """The block it is in."""
    gas_used: int
    """Gas, as in the receipt."""
    effective_gas_price: int
    """Wei per gas, as in the receipt."""
    contract_address: str | None
    """Checksummed address of a created contract."""
    events: tuple[Event, ...] = field(default=())
    """What our contracts logged, in order."""

    journal_failure: str | None = field(default=None)
    """Why the journal could not note this; None where it did. It holds the attempt open then: reconcile it later."""

    def confirmed(self) -> Confirmed:
        """This outcome itself."""
        return self

    def event(self, name: str) -> Event:
        """The first event of that name; `KeyError` where there is none."""
        for found in self.events:
            if found.name == name:
                return found
        raise KeyError(name)


@dataclass(frozen=True, kw_only=True, slots=True)
class RevertedOutcome:
    """Mined, and the contract refused: nothing happened but the gas."""

    tx_hash: str
    """Its hash."""
    attempt: Attempt
    """What was sent."""
    block_number: int
    """The block it is in."""
    gas_used: int
    """Gas, as in the receipt."""
    effective_gas_price: int
    """Wei per gas, as in the receipt."""
    error: Reverted
    """The leaf for the contract's reason."""

    journal_failure: str | None = field(default=None)
    """Why the journal could not note this; None where it did. It holds the attempt open then: reconcile it later."""

    @property
    def reason(self) -> str:
        """The contract's reason; empty where it gave none."""
        return self.error.reason

    def confirmed(self) -> NoReturn:
        """Raise the contract's refusal."""
        raise self.error


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """Certainly not mined, and it never will be."""

    tx_hash: str | None
    """Its hash, where it was ever known."""
    attempt: Attempt
    """What was attempted."""
    why: str
    """The transaction that took the nonce, or the node's definite refusal."""

    journal_failure: str | None = field(default=None)
    """Why the journal could not note this; None where it did. It holds the attempt open then: reconcile it later."""

    def confirmed(self) -> NoReturn:
        """Raise `TransactionDropped`."""
        raise TransactionDropped(self.tx_hash or self.attempt.call, self.why)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Nobody can say yet: the connection or the time ran out. Reconcile it, never send it again blindly."""

    tx_hash: str | None
    """Its hash; None where the node signs and its answer was lost."""
    attempt: Attempt | None
    """What was attempted; None for a bare hash that the chain does not know."""
    why: str
    """What kept us from knowing."""

    journal_failure: str | None = field(default=None)
    """Why the journal could not note this; None where it did. It holds the attempt open then: reconcile it later."""

    def confirmed(self) -> NoReturn:
        """Raise `OutcomeUnknown`."""
        name = self.tx_hash or (f"nonce {self.attempt.nonce} of {self.attempt.sender}" if self.attempt else "unknown")
        raise OutcomeUnknown(name, self.why)


Outcome: TypeAlias = Sent | Confirmed | RevertedOutcome | Dropped | Unknown


class Journal(Protocol):
    """Where attempts are written before they are broadcast.

    Attempts of one chain, sender and nonce are siblings: replacements of one another, of which at most one is mined.
    """

    def record(self, attempt: Attempt) -> None:
        """Keep the attempt; it must be durable when this returns.

        One that was resolved is open again: the block it was mined in was undone.
        """

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Note what became of it, and of it alone: its siblings are resolved one by one."""

    def open_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is not settled, oldest first."""


class MemoryJournal:
    """A journal for as long as the process lives, for any number of threads."""

    def __init__(self) -> None:
        self._open = _OpenAttempts()
        self._lock = threading.Lock()

    def record(self, attempt: Attempt) -> None:
        """Keep the attempt."""
        with self._lock:
            self._open.add(attempt)

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Forget the attempt where the outcome is settled, else keep the hash that it tells."""
        with self._lock:
            self._open.note(_key(attempt), outcome.tx_hash, is_settled(outcome))

    def open_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is not settled, oldest first."""
        with self._lock:
            return self._open.attempts()


class FileJournal:
    """A journal in an append-only file of JSON lines, each on disk before the broadcast goes out.

    Any number of threads and processes may write it at once: each line is appended under an exclusive lock of the file
    (`flock`, so on a local POSIX file system).
    """

    def __init__(self, path: Path | str) -> None:
        """`path` of the file, created at the first attempt; its folder must exist."""
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"FileJournal({str(self.path)!r})"

    def record(self, attempt: Attempt) -> None:
        """Append the attempt and wait until it is on disk. Raises `BadFile` where it cannot be written."""
        self._append({"kind": "attempt", **asdict(attempt)})

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Append what became of it. Raises `BadFile` where it cannot be written."""
        self._append(
            {
                "kind": "outcome",
                "key": list(_key(attempt)),
                "outcome": type(outcome).__name__,
                "tx_hash": outcome.tx_hash,
                "settled": is_settled(outcome),
            }
        )

    def open_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is not settled, oldest first; a line cut short by a crash was never broadcast.

        Raises `BadFile`, with the number of a line that is none.
        """
        found = _OpenAttempts()
        for number, line in self._lines():
            try:
                entry = json.loads(line)
                if entry.pop("kind") == "attempt":
                    found.add(Attempt(**entry))
                else:
                    chain_id, sender, nonce, tx_hash = entry["key"]
                    found.note((chain_id, sender, nonce, tx_hash), entry["tx_hash"], entry["settled"])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BadFile(f"{self.path}:{number}", "not a line of a transaction journal") from error
        return found.attempts()

    def _lines(self) -> Iterator[tuple[int, str]]:
        try:
            content = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile(self.path, f"it cannot be read as text: {error}", cure=_CURE) from error
        whole, _, _cut = content.rpartition("\n")
        yield from ((number, line) for number, line in enumerate(whole.split("\n"), start=1) if line)

    def _append(self, entry: dict[str, object]) -> None:
        import fcntl  # POSIX alone has it, and reading a chain must work without

        line = json.dumps(entry, sort_keys=True).encode() + b"\n"
        try:
            with self.path.open("ab+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                is_new = _without_cut_line(file) == 0
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise BadFile(self.path, f"it cannot be written: {error.strerror or error}", cure=_CURE) from error


def is_settled(outcome: Outcome) -> bool:
    """Whether nothing more can become of it, short of a reorganisation of the chain."""
    return isinstance(outcome, Confirmed | RevertedOutcome | Dropped)


def keep(journal: Journal, attempt: Attempt) -> None:
    """Have an attempt on record before its broadcast. Raises `BadFile`, and nothing is to be sent."""
    try:
        journal.record(attempt)
    except OSError as error:
        cure = "Give a journal that can be written; nothing was sent."
        raise BadFile(repr(journal), f"it cannot be written: {error.strerror or error}", cure=cure) from error


def note(journal: Journal, attempt: Attempt, outcome: Outcome) -> Outcome:
    """Have the outcome on record. A journal that fails must not cost the outcome: the failure is told beside it."""
    try:
        journal.resolve(attempt, outcome)
    except (OSError, IFXError) as error:
        _log.warning("transaction %s: the journal could not note what became of it: %s", outcome.tx_hash, error)
        return replace(outcome, journal_failure=str(error))
    return outcome


_Key: TypeAlias = tuple[int, str, int, str | None]
_CURE = (
    "Keep the journal in a folder that can be written, on a disk with room; what it holds open is still to be found."
)
_CHUNK = 1 << 16


class _OpenAttempts:
    """The attempts that are not settled, by key."""

    def __init__(self) -> None:
        self._found: dict[_Key, Attempt] = {}

    def add(self, attempt: Attempt) -> None:
        self._found[_key(attempt)] = attempt

    def note(self, key: _Key, tx_hash: str | None, settled: bool) -> None:
        """Forget what is settled; keep the hash that a signing node told after the attempt was recorded."""
        nameless = (*key[:3], None)
        if key not in self._found and nameless in self._found and self._found[nameless].tx_hash == key[3]:
            key = nameless
        attempt = self._found.get(key)
        if attempt is None:
            return
        if settled:
            del self._found[key]
        elif attempt.tx_hash is None:
            self._found[key] = replace(attempt, tx_hash=tx_hash)

    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self._found.values())


def _key(attempt: Attempt) -> _Key:
    return attempt.chain_id, attempt.sender, attempt.nonce, attempt.tx_hash


def _without_cut_line(file: BinaryIO) -> int:
    """Take away what follows the last newline, and return the size: call it under the file's lock.

    A line that a crash cut short was not on disk when its broadcast would have followed: it may go. Without the lock it
    might be another writer's line on its way.
    """
    end = size = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _CHUNK)
        if end == size:
            start = end - 1  # as a rule the last byte is a newline, and there is nothing to look for
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        file.truncate(end)
    return end


def _sync_folder(folder: Path) -> None:
    """A new file's name is on disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""What a keeper remembers, in one SQLite file: what is open at a final block, and each transaction before it is sent.

The forwards are a cache of the escrow's events and may be lost. The transactions are a journal of `ifx_sdk.outcomes`
that counts gas: one that could use more than its UTC day has left is refused before it is on record, and therefore
before it is sent. The file belongs to one process at a time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ifx_sdk.calendar import day_of
from ifx_sdk.errors import BadValue
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.keeper.choosing import OpenForward
from ifx_sdk.keeper.errors import BadKeeperFile, GasSpent
from ifx_sdk.outcomes import Attempt, Confirmed, Outcome, RevertedOutcome, is_settled
from ifx_sdk.resuming import gas_limit

_APPLICATION_ID = 0x4946584B
"""`IFXK` in the file's header."""
_PATIENCE = 1
"""Seconds for which another process's hold on the file is waited for."""
_TABLES = """
-- The last final block whose events are in `forwards`, and whose escrow they are of.
CREATE TABLE cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    chain_id INTEGER NOT NULL,
    escrow TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TABLE forwards (
    id BLOB PRIMARY KEY,
    underlying INTEGER NOT NULL,                                -- the oracle's index
    maturity_day INTEGER NOT NULL,
    averaging_days INTEGER NOT NULL
) STRICT;
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY,
    chain_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    tx_hash TEXT NOT NULL,
    attempt TEXT NOT NULL,                                      -- all fields, canonical JSON
    day INTEGER NOT NULL,                                       -- UTC day number on which it was signed
    gas INTEGER NOT NULL,                                       -- its limit; once settled what it used
    outcome TEXT,
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    UNIQUE (chain_id, sender, nonce, tx_hash)
) STRICT;
"""
_SPENT = """
SELECT coalesce(sum(gas), 0) FROM (
    SELECT max(gas) AS gas, max(day) AS day FROM attempts WHERE NOT (chain_id = ? AND sender = ? AND nonce = ?)
    GROUP BY chain_id, sender, nonce
) WHERE day = ?
"""
"""Of siblings one is mined: a nonce counts once, on the day of its newest."""


class KeeperStore:
    """One keeper's file. Construction does no I/O; every other call may raise `BadKeeperFile`."""

    def __init__(self, path: Path | str | None = None) -> None:
        """`path` of the file, made at its first use, in a folder that exists; None keeps it in memory."""
        self.path = None if path is None else Path(path)
        self._connection: sqlite3.Connection | None = None

    def __repr__(self) -> str:
        return f"KeeperStore({str(self.path or 'in memory')!r})"

    # ------------------------------------------------------------------------------------------- forwards

    def cursor(self, chain_id: int, escrow: str) -> tuple[int, str] | None:
        """Number and hash of the last block that is read for good; None where nothing of this escrow is."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT number, hash FROM cursor WHERE chain_id = ? AND escrow = ?", (chain_id, escrow)
            ).fetchone()
        return None if row is None else (int(row[0]), str(row[1]))

    def forwards(self) -> dict[bytes, OpenForward]:
        """What was open at the cursor."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT id, underlying, maturity_day, averaging_days FROM forwards").fetchall()
        return {
            row[0]: OpenForward(id=row[0], underlying=row[1], maturity_day=row[2], averaging_days=row[3])
            for row in rows
        }

    def keep(self, forwards: Mapping[bytes, OpenForward], chain_id: int, escrow: str, number: int, hash: str) -> None:
        """Have these be what is open at a block, in the place of what was known before."""
        rows = [(each.id, each.underlying, each.maturity_day, each.averaging_days) for each in forwards.values()]
        with self._transaction() as connection:
            connection.execute("DELETE FROM forwards")
            connection.executemany("INSERT INTO forwards VALUES (?, ?, ?, ?)", rows)
            connection.execute("DELETE FROM cursor")
            connection.execute("INSERT INTO cursor VALUES (1, ?, ?, ?, ?)", (chain_id, escrow, number, hash))

    def forget(self) -> None:
        """Read the events anew: what was sent stays."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM forwards")
            connection.execute("DELETE FROM cursor")

    # ------------------------------------------------------------------------------------------- transactions

    def journal(self, gas_per_day: int, now: Callable[[], int]) -> KeeperJournal:
        """Its journal under a cap on each UTC day's gas; `now` gives unix seconds UTC."""
        return KeeperJournal(self, gas_per_day, now)

    def spent(self, day: int) -> int:
        """Gas of a UTC day number: used by what is mined, and at most used by what may still be."""
        with self._transaction() as connection:
            (found,) = connection.execute(_SPENT, (-1, "", -1, day)).fetchone()
        return int(found)

    def close(self) -> None:
        """Give the file up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when the block has ended; whatever is raised inside undoes it."""
        try:
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            locked = "another keeper runs on it" if "locked" in str(error) else f"SQLite says: {error}"
            raise BadKeeperFile(self.path or "in memory", locked) from error

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        place = ":memory:" if self.path is None else str(self.path)
        # One thread uses it; it is made and closed by another.
        found = sqlite3.connect(place, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            found.execute("PRAGMA locking_mode = EXCLUSIVE")
            found.execute("PRAGMA synchronous = FULL")
            self._prepare(found)
        except (sqlite3.Error, BadKeeperFile):
            found.close()
            raise
        self._connection = found
        return found

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application != _APPLICATION_ID:
            if application or tables:
                raise BadKeeperFile(self.path, "it is a database of something else", cure="Name another file.")
            connection.executescript(
                f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {_APPLICATION_ID};"
                " PRAGMA user_version = 1; COMMIT;"
            )


class KeeperJournal:
    """The transactions, as `ifx_sdk.outcomes` wants them, each within its day's gas."""

    def __init__(self, store: KeeperStore, gas_per_day: int, now: Callable[[], int]) -> None:
        """`KeeperStore.journal` makes one."""
        self._store, self._gas_per_day, self._now = store, gas_per_day, now

    def __repr__(self) -> str:
        return f"KeeperJournal({self._store!r})"

    def left(self) -> int:
        """Gas that the UTC day has left."""
        return max(0, self._gas_per_day - self._store.spent(day_of(self._now())))

    def record(self, attempt: Attempt) -> None:
        """Keep it, on disk when this returns. Raises `GasSpent`, and `BadValue` where the node would sign."""
        gas = gas_limit(attempt)
        if gas is None or attempt.tx_hash is None:
            cure = "Give the keeper a key of its own: gas is counted in the bytes that it signs."
            raise BadValue(attempt.sender, "a keeper signs its transactions itself", cure=cure)
        day = day_of(self._now())
        key = attempt.chain_id, attempt.sender, attempt.nonce
        with self._store._transaction() as connection:
            (spent,) = connection.execute(_SPENT, (*key, day)).fetchone()
            (siblings,) = connection.execute(
                "SELECT coalesce(max(gas), 0) FROM attempts WHERE chain_id = ? AND sender = ? AND nonce = ?", key
            ).fetchone()
            needed = max(gas, int(siblings))
            if int(spent) + needed > self._gas_per_day:
                raise GasSpent(max(0, self._gas_per_day - int(spent)), needed)
            connection.execute(
                "INSERT INTO attempts (chain_id, sender, nonce, tx_hash, attempt, day, gas)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET attempt = excluded.attempt, day = excluded.day, gas = excluded.gas,"
                " settled = 0",
                (*key, attempt.tx_hash, _written(attempt), day, gas),
            )

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Note what became of it; the gas that it did not use is free again."""
        settled = is_settled(outcome)
        used = outcome.gas_used if isinstance(outcome, Confirmed | RevertedOutcome) else 0
        with self._store._transaction() as connection:
            connection.execute(
                "UPDATE attempts SET outcome = ?, settled = ?, gas = CASE WHEN ? THEN ? ELSE gas END"
                " WHERE settled = 0 AND chain_id = ? AND sender = ? AND nonce = ? AND tx_hash = ?",
                (
                    type(outcome).__name__,
                    settled,
                    settled,
                    used,
                    attempt.chain_id,
                    attempt.sender,
                    attempt.nonce,
                    attempt.tx_hash or "",
                ),
            )

    def open_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is not settled, oldest first."""
        with self._store._transaction() as connection:
            rows = connection.execute("SELECT attempt FROM attempts WHERE settled = 0 ORDER BY number").fetchall()
        return tuple(self._read(text) for (text,) in rows)

    def _read(self, text: str) -> Attempt:
        try:
            return Attempt(**json.loads(text, parse_float=str))
        except (ValueError, TypeError) as error:
            raise BadKeeperFile(self._store.path, f"not an attempt that this version knows: {error}") from error


def _written(attempt: Attempt) -> str:
    return canonical_json(asdict(attempt)).decode()

"""One SQLite file that a node may be killed over at any moment: what was committed is on disk, the rest never was.

WAL with `synchronous=FULL`: a commit returns after the log is on disk, and readers never wait for a writer. Any number
of threads and processes of one machine may use a file; its folder must be on a local file system.
"""

import fcntl
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oracle_node import schema
from oracle_node.errors import BadStore

_OLDEST_SQLITE: Final = (3, 37, 0)
"""The first with STRICT tables."""
_PATIENCE: Final = 30
"""Seconds for which a writer waits for another one; writes take milliseconds."""

_DAMAGED: Final = (
    "A node whose book is damaged must not sign: restore its newest copy and sign from the day after it on, or register"
    " a new key with a new folder."
)
_WRITABLE: Final = "Keep it in a folder that the node's user can write, on a local disk with room."
_REASONS: Final = {
    "SQLITE_BUSY": (f"another process has been writing for {_PATIENCE} s", "Look which process holds it, and end it."),
    "SQLITE_CANTOPEN": ("it cannot be opened", _WRITABLE),
    "SQLITE_CORRUPT": ("it is damaged", _DAMAGED),
    "SQLITE_FULL": ("it cannot be written: no space left on the disk", "Make room; nothing was stored or released."),
    "SQLITE_IOERR": ("the disk failed", "Look at the disk and its room; what failed was neither stored nor released."),
    "SQLITE_NOTADB": ("it is no SQLite database", _DAMAGED),
    "SQLITE_PERM": ("it cannot be opened: its rights forbid it", _WRITABLE),
    "SQLITE_READONLY": ("it cannot be written: it is read-only", _WRITABLE),
}


@dataclass(frozen=True, slots=True)
class _Connections:
    """One that writes and one that reads, so that no reader waits for the disk; in memory they are one."""

    writer: sqlite3.Connection
    reader: sqlite3.Connection

    def close(self) -> None:
        self.reader.close()
        self.writer.close()


class Database:
    """A store's file, opened at its first use; without a path it lives as long as the object."""

    def __init__(self, path: Path | str | None = None) -> None:
        """`path` of the file, made at its first use; its folder must exist."""
        self.path = None if path is None else Path(path)
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        self._reading = self._writing if path is None else threading.RLock()
        self._connections: _Connections | None = None
        self._closed = False

    @property
    def place(self) -> str:
        """The file's name, for errors."""
        return "in memory" if self.path is None else str(self.path)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among all threads and processes; on disk when the block has ended.

        Whatever is raised inside undoes it whole. Raises `BadStore`.
        """
        with self._told():
            connection = self._opened().writer
            with self._writing:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """What is committed. Raises `BadStore`."""
        with self._told():
            connection = self._opened().reader
            with self._reading:
                yield connection

    def open(self) -> None:
        """Open it now, make or update its tables, and hold that the reports are whole. Raises `BadStore`."""
        with self._told():
            self._opened()

    def close(self) -> None:
        """Give the file up, for good; closing again does nothing."""
        with self._opening, self._writing, self._reading:
            self._closed = True
            if self._connections is not None:
                self._connections.close()
                self._connections = None

    def _opened(self) -> _Connections:
        """Opened once; before any other lock is taken, so that nobody waits for somebody who waits for him."""
        found = self._connections
        if found is None:
            with self._opening:
                if self._closed:
                    raise BadStore(self.place, "it is closed", cure="Open another one; a closed store answers nothing.")
                found = self._connections
                if found is None:
                    found = self._connections = self._connect()
                    weakref.finalize(self, found.close)
        return found

    def _connect(self) -> _Connections:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            why = f"Python's SQLite is {sqlite3.sqlite_version}; STRICT tables need 3.37"
            raise BadStore(self.place, why, cure="Run the node with a newer SQLite.")
        if self.path is None:
            alone = _connection(":memory:")
            self._prepare(alone)
            return _Connections(alone, alone)
        try:
            with _held_folder(self.path.absolute().parent) as folder:
                return self._connect_file(self.path.absolute(), folder)
        except OSError as error:
            raise BadStore(self.path, f"it cannot be opened: {error.strerror}", cure=_WRITABLE) from error

    def _connect_file(self, path: Path, folder: int) -> _Connections:
        is_new = not path.exists()
        if path.is_dir():
            raise BadStore(path, "it is a folder", cure="Name a file, or move the folder away.")
        if is_new and path.with_name(f"{path.name}-wal").exists():
            raise BadStore(path, "it is gone, and its log still stands beside it", cure=_DAMAGED)
        with ExitStack() as stack:
            writer = stack.enter_context(closing(_connection(str(path))))
            self._prepare(writer)
            if is_new:
                os.fsync(folder)  # a new file's name is on disk once its folder is
            reader = stack.enter_context(closing(_connection(str(path))))
            reader.execute("PRAGMA query_only = ON")
            stack.pop_all()
        return _Connections(writer, reader)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Hold that it is a node's store of a version that this code knows, and bring it up to the newest one."""
        newest = len(schema.MIGRATIONS)
        if (version := self._version(connection)) > newest:
            why = f"it is of version {version}, and this node knows {newest}"
            raise BadStore(self.place, why, cure="Run the newer node that wrote it; there is no way back.")
        for setting in ("journal_mode = WAL", "synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON"):
            connection.execute(f"PRAGMA {setting}")
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if self.path is not None and mode != "wal":
            raise BadStore(self.place, f"its journal mode is {mode}, not WAL", cure=_WRITABLE)
        if version < newest:
            self._migrate(connection, version)
        damage = [row[0] for row in connection.execute("PRAGMA integrity_check(reports)")]
        if damage != ["ok"]:
            raise BadStore(self.place, f"it is damaged: {damage[0]}", cure=_DAMAGED)

    def _version(self, connection: sqlite3.Connection) -> int:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application == schema.APPLICATION_ID:
            return int(version)
        if application or version or tables:
            raise BadStore(self.place, "it is a database of something else", cure="Name a folder of the node's own.")
        return 0

    def _migrate(self, connection: sqlite3.Connection, version: int) -> None:
        steps = "".join(schema.MIGRATIONS[version:])
        marks = f"PRAGMA application_id = {schema.APPLICATION_ID}; PRAGMA user_version = {len(schema.MIGRATIONS)};"
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {steps} {marks} COMMIT;")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors as ours: the file, what is wrong, the cure."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            family = "_".join(name.split("_")[:2])
            why, cure = _REASONS.get(family, (f"it refuses: {error}", BadStore.cure))
            raise BadStore(self.place, f"{why} ({error})" if why not in str(error) else why, cure=cure) from error


def _connection(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def sync_folder(folder: Path) -> None:
    """Have a folder's names on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _held_folder(folder: Path) -> Iterator[int]:
    """Only one process at a time makes or updates a store in this folder; gives its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)

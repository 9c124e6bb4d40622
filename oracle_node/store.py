"""What a node remembers: readings, its own reports, releases, transactions, alerts; one file, `node.db` of its folder.

A crash at any point loses nothing that was released: every write is one transaction, on disk when the call returns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ifx_sdk.errors import BadFile
from oracle_node.attempts import StoreJournal
from oracle_node.database import Database, sync_folder
from oracle_node.earlier import hold_nothing_forgotten, reports_of
from oracle_node.errors import BadStore
from oracle_node.observe import FailedReading, PageReading, Release
from oracle_node.report import ReportBook
from oracle_node.settings import Settings

DATABASE: Final = "node.db"
"""The store's file in the node's `state` folder."""

_ALL: Final = """
SELECT at, underlying, page, sha256, price, alarm, why FROM readings WHERE at BETWEEN ? AND ? ORDER BY at, id
"""
_OF_ONE: Final = """
SELECT at, underlying, page, sha256, price, alarm, why FROM readings
WHERE at BETWEEN ? AND ? AND underlying = ? ORDER BY at, id
"""
_NEWEST: Final = """
WITH RECURSIVE names (name) AS (
    SELECT min(underlying) FROM readings
    UNION ALL
    SELECT (SELECT min(underlying) FROM readings WHERE underlying > name) FROM names WHERE name IS NOT NULL
)
SELECT name, (
    SELECT price FROM readings WHERE underlying = name AND price IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1
)
FROM names WHERE name IS NOT NULL
"""
"""Jumps from name to name in the index, so that a year of readings costs what a day of them does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """A cause that began and has not ended."""

    cause: str
    """What it is, always the same text for the same cause."""
    text: str
    """What was said when it began."""
    since: int
    """When it began, unix seconds UTC."""


class AlertLog:
    """Which causes are open: one event when a cause begins and one when it ends, also over a restart."""

    def __init__(self, database: Database) -> None:
        """`Store.alerts` is a node's."""
        self._database = database

    def begin(self, cause: str, text: str, at: int) -> bool:
        """Open a cause at `at`, unix seconds UTC; gives whether it was not open yet. Raises `BadStore`."""
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT INTO alerts (cause, text, began) SELECT ?1, ?2, ?3"
                " WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE cause = ?1 AND ended IS NULL)",
                (cause, text, at),
            )
            return added.rowcount == 1

    def end(self, cause: str, at: int) -> bool:
        """Close a cause at `at`, unix seconds UTC; gives whether it was open. Raises `BadStore`."""
        with self._database.write() as connection:
            closed = connection.execute("UPDATE alerts SET ended = ? WHERE cause = ? AND ended IS NULL", (at, cause))
            return closed.rowcount == 1

    def open(self) -> tuple[OpenAlert, ...]:
        """Every open cause, oldest first. Raises `BadStore`."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT cause, text, began FROM alerts WHERE ended IS NULL ORDER BY id")
            return tuple(OpenAlert(cause=cause, text=text, since=began) for cause, text, began in rows)


class Store:
    """A node's memory, for any number of threads and processes. Every call may raise `BadStore`."""

    def __init__(self, path: Path | str | None = None) -> None:
        """`path` of the file, made at its first use, in a folder that exists; None keeps it in memory."""
        self._database = Database(path)
        self.path = self._database.path
        self.book = ReportBook(self._database)
        """The node's own reports."""
        self.journal = StoreJournal(self._database)
        """Its transactions: a journal of `ifx_sdk.outcomes`."""
        self.alerts = AlertLog(self._database)
        """Which causes somebody was told of."""

    def add_readings(self, readings: Iterable[PageReading | FailedReading]) -> None:
        """Keep readings, all or none; one that is there already, equal in every field, is not kept twice."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO readings (at, underlying, page, sha256, price, alarm, why)"
                " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS ("
                "SELECT 1 FROM readings WHERE at = ?1 AND underlying = ?2 AND page = ?3 AND sha256 IS ?4"
                " AND price IS ?5 AND alarm IS ?6 AND why IS ?7)",
                [_row(each) for each in readings],
            )

    def readings(self, first: int, last: int, underlying: str | None = None) -> tuple[PageReading | FailedReading, ...]:
        """The readings from `first` to `last`, unix seconds UTC, both inclusive; of one underlying or all.

        Oldest first, and of the same second in the order in which they were added.
        """
        query, names = (_ALL, ()) if underlying is None else (_OF_ONE, (underlying,))
        with self._database.read() as connection:
            rows = connection.execute(query, (first, last, *names)).fetchall()
        return tuple(_reading(*row) for row in rows)

    def newest_prices(self) -> Mapping[str, int]:
        """Each underlying's newest price, micro-USD per Mtok: what the next reading is held against."""
        with self._database.read() as connection:
            return {name: price for name, price in connection.execute(_NEWEST) if price is not None}

    def first_reading(self) -> int | None:
        """When the node read for the first time, unix seconds UTC; None where it never did."""
        with self._database.read() as connection:
            (found,) = connection.execute("SELECT min(at) FROM readings").fetchone()
        return None if found is None else int(found)

    def release(self, release: Release, at: int) -> None:
        """Log the operator's word that a price on another scale is right, given at `at`, unix seconds UTC."""
        with self._database.write() as connection:
            row = (release.underlying, release.price, at)
            connection.execute("INSERT INTO releases (underlying, price, at) VALUES (?, ?, ?)", row)

    def releases(self) -> tuple[Release, ...]:
        """Every release, each once, in the order in which they were first given."""
        query = "SELECT underlying, price FROM releases GROUP BY underlying, price ORDER BY min(id)"
        with self._database.read() as connection:
            return tuple(Release(underlying=name, price=price) for name, price in connection.execute(query))

    def import_book(self, path: Path | str) -> int:
        """Take over the reports of an earlier version's JSON-lines book; gives how many were new.

        Raises `BadFile` for a file that is none, `SecondReport` where the store holds another price of the same day:
        then nothing is taken over.
        """
        return self.book.adopt(reports_of(Path(path)))

    def open(self) -> None:
        """Open the file now, and hold that it is a node's store and whole."""
        self._database.open()

    def close(self) -> None:
        """Give the file up, for good."""
        self._database.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(settings: Settings) -> Store:
    """The store of a node's settings, opened; its folder is made where there is none.

    Raises `BadStore`, and `ForgottenBook` where an earlier version's files beside the settings hold a report that the
    store does not, or an open transaction: a node that began anew there could sign a day twice.
    """
    store = made_store(settings)
    try:
        store.open()
        hold_nothing_forgotten(settings.folder, store.book)
    except BadFile:
        store.close()
        raise
    return store


def made_store(settings: Settings) -> Store:
    """The store of a node's settings, whatever an earlier version left; to take its book over, `open_store` else."""
    folder = Path(settings.state)
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for each in missing:
            sync_folder(each.parent)  # a new folder's name is on disk once the one above it is
    except OSError as error:
        cure = "Name a folder that the node's user can write under `state` of the settings."
        raise BadStore(folder, f"the folder cannot be made: {error.strerror}", cure=cure) from error
    return Store(folder / DATABASE)


def _row(reading: PageReading | FailedReading) -> tuple[object, ...]:
    price, alarm, why = (
        (reading.price, reading.alarm, None) if isinstance(reading, PageReading) else (None, None, reading.why)
    )
    return reading.at, reading.underlying, reading.page, reading.sha256, price, alarm, why


def _reading(
    at: int, underlying: str, page: str, sha256: str | None, price: int | None, alarm: str | None, why: str | None
) -> PageReading | FailedReading:
    if price is None or sha256 is None:
        return FailedReading(at=at, underlying=underlying, page=page, why=str(why), sha256=sha256)
    return PageReading(at=at, price=price, underlying=underlying, page=page, sha256=sha256, alarm=alarm)

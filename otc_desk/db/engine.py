"""One engine for a database URL: SQLite as a file that several threads and processes share, or PostgreSQL.

Writes happen one after the other: on SQLite a write takes the write lock when it begins, those of one process in the
order in which they came (`otc_desk.db.turns`), on PostgreSQL an advisory one.
So a rule that is checked and then acted on in one transaction holds, however many requests come at once, and the audit
trail has one order. A desk writes a few hundred times a second; it is asked far less.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from otc_desk.db.turns import Turns
from otc_desk.errors import NotNow

T = TypeVar("T")
BUSY_SECONDS: Final = 30
"""How long a write waits for those before it."""
_LOCK: Final = 0x1F_DE5C
"""The advisory lock of every write on PostgreSQL."""


class Database:
    """Where the desk keeps everything. Construction opens nothing."""

    def __init__(self, url: str) -> None:
        """`url` as SQLAlchemy writes it; SQLite in a file, for memory is not shared by threads."""
        self.is_sqlite = url.startswith("sqlite")
        self.turns = Turns()
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._readers = sessionmaker(self.engine.execution_options(reads=True), expire_on_commit=False)
        self._writers = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing and waits for no write. Raises `NotNow` where the database does not answer."""
        with _answering(), self._readers() as session:
            yield session
            session.expunge_all()  # what was read stays readable behind the block

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, alone: on disk when the block ends, undone where it raises. Raises `NotNow`."""
        turn = self.turns.turn(BUSY_SECONDS) if self.is_sqlite else nullcontext()
        with _answering(), turn, self._writers.begin() as session:
            if not self.is_sqlite:
                session.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield session

    def write(self, work: Callable[[Session], T]) -> T:
        """`work` within `writing`."""
        with self.writing() as session:
            return work(session)

    def close(self) -> None:
        """Give all connections up."""
        self.engine.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, TimeoutError) as error:
        raise NotNow("the database does not answer") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise NotNow("the database went away") from error
        raise


def _sqlite(url: str) -> Engine:
    waits = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=waits, hide_parameters=True)  # contact data is among them

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20, hide_parameters=True)

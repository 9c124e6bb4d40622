"""What a desk does by itself, round after round: deadlines, the chain, booking, finality, and what else it is given.

    with only_worker(desk.database):
        worker(desk).run(stop)

One process at a time works on a database. A round reads, decides, acts and logs; what a node, an oracle or the database
does not answer is tried again in the next one. A failure that nobody foresaw ends the loop.
"""

import fcntl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ifx_sdk.errors import IFXError
from ifx_sdk.keyfiles import password_from_file, signer_from_file
from ifx_sdk.resuming import STUCK_AFTER_BLOCKS
from ifx_sdk.signers import Signer
from otc_desk import chain_index, events, maturities
from otc_desk.booking import Booker
from otc_desk.db.engine import Database
from otc_desk.db.tables import Agreement, Request
from otc_desk.desk import Desk
from otc_desk.errors import AlreadyWorking, NotNow
from otc_desk.finality import Finality
from otc_desk.live import LivePrices
from otc_desk.logs import logger
from otc_desk.matchmaking import match_all
from otc_desk.noticing import Noticer
from otc_desk.renewal import end_outdated
from otc_desk.requests import move_request
from otc_desk.settings import Settings
from otc_desk.states import AgreementState, RequestState

ROUND_SECONDS: Final = 12.0
"""Until the next round where the database does not answer."""
BUSY_SECONDS: Final = 2.0
"""The same while something waits to be booked or mined."""
GWEI: Final = 10**9
_LOCK: Final = 0x1F_DE5D
"""The advisory lock of the worker on PostgreSQL."""
_WAITING: Final = (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.CHECKED)
"""Requests that end with their validity; the others end with their agreement."""

Job = Callable[[], object]
"""Something to be done every round."""


class Worker:
    """One desk's loop."""

    def __init__(self, desk: Desk, booker: Booker, *, jobs: Sequence[tuple[str, Job]] = ()) -> None:
        """`jobs` are done at the end of every round, by name; what they raise of ours is logged."""
        self._desk, self._booker = desk, booker
        self._noticer = Noticer(desk.ifx, desk.database, desk.now)
        self._finality = Finality(desk.ifx, desk.database, desk.now)
        self._jobs: tuple[tuple[str, Job], ...] = (
            ("requests", self.expire_requests),
            ("chain", self._noticer.look),
            ("resume", booker.resume),
            ("booking", self._book),
            ("finality", self._finality.look),
            ("deadlines", self._noticer.expire),
            ("outdated", partial(end_outdated, desk)),
            ("maturities", partial(maturities.look, desk)),
            ("market", partial(chain_index.advance, desk)),
            *((("matching", lambda: match_all(desk)),) if desk.settings.automatic_matching else ()),
            *jobs,
        )

    def act(self) -> None:
        """One round."""
        for name, job in self._jobs:
            _try(name, job)

    def pause(self) -> float:
        """Seconds until the next round is worth it."""
        with self._desk.database.reading() as session:
            busy = session.scalars(select(Agreement.id).where(Agreement.state == AgreementState.APPROVED)).first()
        idle = float(self._desk.settings.chain.poll_seconds)
        return idle if busy is None else min(BUSY_SECONDS, idle)

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Round after round until stopped. `alive` raises where the lock was lost."""
        while not stop.is_set():
            alive()
            self.act()
            try:
                seconds = self.pause()
            except NotNow:
                seconds = ROUND_SECONDS
            stop.wait(seconds)

    def expire_requests(self) -> None:
        """Close the requests whose validity is over. Raises `NotNow`."""
        now = self._desk.now()
        with self._desk.database.reading() as session:
            asked = select(Request.id).where(Request.state.in_(_WAITING), Request.valid_until < now)
            late = session.scalars(asked).all()

        def work(session: Session, id: str) -> None:
            request = session.get(Request, id)
            if request is not None and request.state in _WAITING and request.valid_until < now:
                move_request(session, request, RequestState.EXPIRED, events.DESK, now)

        for id in late:
            with self._desk.database.writing() as session:
                work(session, id)

    def _book(self) -> None:
        """A step of every approved agreement; one that fails does not hold the others up."""
        with self._desk.database.reading() as session:
            asked = select(Agreement.id).where(Agreement.state == AgreementState.APPROVED)
            approved = session.scalars(asked.order_by(Agreement.deadline, Agreement.id)).all()
        if approved:
            self._booker.hold_back()
        for id in approved:
            _try(f"agreement {id}", partial(self._booker.execute, id))


def _try(name: str, job: Job) -> None:
    try:
        job()
    except IFXError as error:
        logger().warning("round", step=name, error=type(error).__name__, why=error.what)


def worker(desk: Desk, *, signer: Signer | None = None, jobs: Sequence[tuple[str, Job]] = ()) -> Worker:
    """A desk's loop, from its settings; its key is read now. Raises as `signer_from_file`."""
    return Worker(desk, booker(desk, signer or signer_of(desk.settings)), jobs=jobs)


def booker(
    desk: Desk, signer: Signer, *, live: LivePrices | None = None, stuck_after: int = STUCK_AFTER_BLOCKS
) -> Booker:
    """What books for a desk, from its settings; `live` is for tests."""
    oracle = desk.settings.oracle
    return Booker(
        ifx=desk.ifx,
        database=desk.database,
        wallets=desk.wallets,
        live=live or LivePrices(oracle.nodes, timeout_seconds=oracle.timeout_seconds),
        live_required=oracle.required,
        signer=signer,
        clock=desk.now,
        fee_cap=desk.settings.chain.fee_cap_gwei * GWEI,
        stuck_after=stuck_after,
    )


def signer_of(settings: Settings) -> Signer:
    """The desk's key. Raises `BadFile`, `KeyFileOpenToOthers`, `BadKeystore`, `BadKeystorePassword`."""
    password_file = settings.key.password_file

    def password() -> str:
        return "" if password_file is None else password_from_file(password_file)

    return signer_from_file(settings.key.file, password)


@contextmanager
def only_worker(database: Database) -> Iterator[Callable[[], None]]:
    """Be the one worker of a database while the block runs; gives a check that raises once the lock is lost.

    Raises `AlreadyWorking`. The lock goes with the process, however it ends.
    """
    with _by_file(database) if database.is_sqlite else _by_server(database) as alive:
        yield alive


@contextmanager
def _by_file(database: Database) -> Iterator[Callable[[], None]]:
    path = Path(f"{make_url(str(database.engine.url)).database}.worker")
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyWorking("another process books from this database") from error
        yield lambda: None


@contextmanager
def _by_server(database: Database) -> Iterator[Callable[[], None]]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}).scalar():
            raise AlreadyWorking("another process books from this database")

        def alive() -> None:
            try:
                connection.execute(text("SELECT 1"))
            except SQLAlchemyError as error:
                raise AlreadyWorking("the lock was lost with its connection") from error

        try:
            yield alive
        finally:
            connection.invalidate()  # the lock goes with the connection, which must not go back to the pool

"""The desk's transactions in its database: the journal that `ifx_sdk` writes to before each broadcast.

A booking is signed and kept in one transaction with the look at its agreement (`Hold`): whoever declines it in the same
moment comes either before, and nothing is sent, or after, and is told that it is being booked.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.outcomes import Attempt, Confirmed, Outcome, is_settled
from otc_desk.db import tables
from otc_desk.db.engine import Database
from otc_desk.events import canonical_json

Hold = Callable[[Session, Attempt], None]
"""Raises where an attempt is not to be made any more; called in the transaction that keeps it."""


class DeskJournal:
    """A journal of `ifx_sdk.outcomes` over the table of attempts; settled ones stay there, for whoever asks later."""

    def __init__(
        self, database: Database, clock: Callable[[], int], hold: Hold = lambda session, attempt: None
    ) -> None:
        """`clock` gives unix seconds UTC; what `hold` raises keeps an attempt from being sent."""
        self._database, self._clock, self._hold = database, clock, hold

    def record(self, attempt: Attempt) -> None:
        """Keep the attempt, on disk when this returns; recorded again it is open again.

        Raises `NotNow`, and what `hold` raises: then nothing is to be sent.
        """

        def work(session: Session) -> None:
            self._hold(session, attempt)
            rows = _rows(session, attempt)
            same = [row for row, held in rows if held.tx_hash == attempt.tx_hash and held.chain_id == attempt.chain_id]
            if same:
                same[0].attempt, same[0].outcome = _written(attempt), ""
                return
            session.add(
                tables.Attempt(
                    sender=attempt.sender,
                    nonce=attempt.nonce,
                    tx_hash=attempt.tx_hash or "",
                    attempt=_written(attempt),
                    created_at=self._clock(),
                )
            )

        self._database.write(work)

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Note what became of it; where the node that signed told its hash later, keep that. Raises `NotNow`."""
        self._database.write(lambda session: _note(session, attempt, outcome))

    def open_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is not settled, oldest first. Raises `NotNow`."""
        with self._database.reading() as session:
            return open_attempts(session)

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt ever recorded, settled or not, oldest first. Raises `NotNow`."""
        with self._database.reading() as session:
            return _read(session.scalars(select(tables.Attempt.attempt).order_by(tables.Attempt.id)))


def open_attempts(session: Session) -> tuple[Attempt, ...]:
    """The attempts whose outcome is not settled, oldest first, within a transaction."""
    found = select(tables.Attempt.attempt).where(tables.Attempt.outcome == "").order_by(tables.Attempt.id)
    return _read(session.scalars(found))


def sent_since(session: Session, at: int) -> tuple[Attempt, ...]:
    """The attempts from `at` (unix seconds UTC) on that may have been mined: open ones, and those that were."""
    asked = select(tables.Attempt.attempt).where(
        tables.Attempt.outcome.in_(("", Confirmed.__name__)), tables.Attempt.created_at >= at
    )
    return _read(session.scalars(asked.order_by(tables.Attempt.id)))


def reopen(session: Session, tx_hash: str) -> None:
    """The desk's own attempt with that hash is open again: the block that it was in was undone."""
    for row in session.scalars(select(tables.Attempt).where(tables.Attempt.tx_hash == tx_hash)):
        row.outcome = ""


def _note(session: Session, attempt: Attempt, outcome: Outcome) -> None:
    rows = [(row, held) for row, held in _rows(session, attempt) if not row.outcome]
    named = [each for each in rows if each[1].tx_hash == attempt.tx_hash]
    nameless = [each for each in rows if each[1].tx_hash is None]
    for row, held in (named or nameless)[:1]:
        if held.tx_hash is None and outcome.tx_hash is not None:
            row.attempt, row.tx_hash = _written(replace(held, tx_hash=outcome.tx_hash)), outcome.tx_hash
        row.outcome = type(outcome).__name__ if is_settled(outcome) else ""


def _rows(session: Session, attempt: Attempt) -> list[tuple[tables.Attempt, Attempt]]:
    """The attempts of this sender, nonce and chain, oldest first."""
    asked = (
        select(tables.Attempt)
        .where(tables.Attempt.sender == attempt.sender, tables.Attempt.nonce == attempt.nonce)
        .order_by(tables.Attempt.id)
    )
    found = [(row, _read([row.attempt])[0]) for row in session.scalars(asked)]
    return [(row, held) for row, held in found if held.chain_id == attempt.chain_id]


def _read(texts: Iterable[str]) -> tuple[Attempt, ...]:
    return tuple(Attempt(**json.loads(text)) for text in texts)


def _written(attempt: Attempt) -> str:
    return canonical_json(asdict(attempt))

"""The audit trail: every change writes its event in the same transaction, chained by hash, and whom to tell of it.

Row n's hash is the SHA-256 of its canonical JSON with the hash of row n-1 in it, so that a row that was changed, taken
out or put in is found by `verify`. Details hold ids, states, prices and digests; never contact data.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from otc_desk.db.tables import Event

DESK: Final = "desk"
"""The actor of what the desk does by itself."""
FIRST_HASH: Final = "0" * 64
"""In front of the first row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Where the trail does not hold."""

    seq: int
    """The row's number."""
    why: str
    """One line."""


def canonical_json(document: Mapping[str, object]) -> str:
    """Keys sorted, no spaces, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def record(
    session: Session,
    *,
    at: int,
    actor: str,
    object: str,
    object_id: str,
    what: str,
    detail: Mapping[str, object] | None = None,
) -> Event:
    """Append an event; call it within the write that it is about. `detail` must hold no contact data."""
    last = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).first()
    row = Event(
        seq=1 if last is None else last.seq + 1,
        at=at,
        actor=actor,
        object=object,
        object_id=object_id,
        what=what,
        detail=canonical_json(detail or {}),
    )
    row.hash = _hash(row, FIRST_HASH if last is None else last.hash)
    session.add(row)
    session.flush()
    return row


def verify(session: Session) -> Iterator[Broken]:
    """Every place where the trail does not hold; nothing where it is whole."""
    before, expected = FIRST_HASH, 1
    for row in session.scalars(select(Event).order_by(Event.seq)).yield_per(1_000):
        if row.seq != expected:
            yield Broken(seq=row.seq, why=f"row {expected} is missing")
        if row.hash != _hash(row, before):
            yield Broken(seq=row.seq, why="it is not what was written")
        before, expected = row.hash, row.seq + 1


def _hash(row: Event, before: str) -> str:
    fields = {name: getattr(row, name) for name in ("seq", "at", "actor", "object", "object_id", "what", "detail")}
    return hashlib.sha256(canonical_json(fields | {"before": before}).encode()).hexdigest()

"""A write happens once, however often it is asked for: its answer is kept under the client's key, with the write.

A client that got no answer repeats the request with the same `Idempotency-Key` and gets the answer of the first one.
The key and the effect are one transaction: after a crash either both are there, or neither.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from otc_desk.db.engine import Database
from otc_desk.db.tables import IdempotentAnswer
from otc_desk.errors import BadRequest, KeyReused
from otc_desk.events import canonical_json

KEEP_SECONDS: Final = 7 * 86_400
"""How long an answer is kept."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write is answered."""

    status: int
    """HTTP status."""
    body: Mapping[str, object]
    """JSON."""
    repeated: bool = False
    """Whether it is the answer of an earlier request with the same key."""


Work = Callable[[Session], Written]
"""Does it within a transaction; nothing outside of it."""


def once(
    database: Database, *, account: str, key: str | None, method: str, path: str, body: bytes, now: int, work: Work
) -> Written:
    """Do `work` and keep its answer, or give the answer that is kept. Raises `BadRequest`, `KeyReused`, `NotNow`.

    What `work` raises undoes it and is not kept: the same key can be tried again.
    """
    if key is None or not _KEY.fullmatch(key):
        cure = "Send a new random key of 8 to 64 letters, digits, - or _ with each new write."
        raise BadRequest("Idempotency-Key", "the header is missing or malformed", cure)
    asked = hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()

    def do(session: Session) -> Written:
        kept = session.get(IdempotentAnswer, (account, key))
        if kept is not None:
            if kept.request_hash != asked:
                raise KeyReused(f"the key {key} was used for another request")
            return Written(status=kept.status, body=json.loads(kept.body), repeated=True)
        session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now - KEEP_SECONDS))
        written = work(session)
        session.add(
            IdempotentAnswer(
                account=account,
                key=key,
                request_hash=asked,
                status=written.status,
                body=canonical_json(written.body),
                created_at=now,
            )
        )
        return written

    return database.write(do)

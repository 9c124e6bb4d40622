"""A node's transactions in its store: the journal that `ifx_sdk` writes to before each broadcast."""

import json
from dataclasses import asdict, replace
from sqlite3 import Connection

from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.outcomes import Attempt, Outcome, is_settled
from oracle_node.database import Database
from oracle_node.errors import BadStore


class StoreJournal:
    """A journal of `ifx_sdk.outcomes` over the table of attempts; settled ones stay there, for whoever asks later."""

    def __init__(self, database: Database) -> None:
        """`Store.journal` is a node's."""
        self._database = database

    def __repr__(self) -> str:
        return f"StoreJournal({self._database.place!r})"

    def record(self, attempt: Attempt) -> None:
        """Keep the attempt and wait until it is on disk; recorded again it is open again. Raises `BadStore`."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO attempts (chain_id, sender, nonce, recorded, tx_hash, attempt) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET tx_hash = excluded.tx_hash, attempt = excluded.attempt, settled = 0",
                (
                    attempt.chain_id,
                    attempt.sender,
                    attempt.nonce,
                    attempt.tx_hash or "",
                    attempt.tx_hash,
                    _written(attempt),
                ),
            )

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Note what became of it; where the node that signed told its hash later, keep that. Raises `BadStore`."""
        with self._database.write() as connection:
            found = self._find(connection, attempt)
            if found is None:
                return
            number, held = found
            if held.tx_hash is None and outcome.tx_hash is not None:
                held = replace(held, tx_hash=outcome.tx_hash)
            connection.execute(
                "UPDATE attempts SET tx_hash = ?, attempt = ?, outcome = ?, settled = ? WHERE id = ?",
                (held.tx_hash, _written(held), type(outcome).__name__, int(is_settled(outcome)), number),
            )

    def open_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is not settled, oldest first. Raises `BadStore`."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT attempt FROM attempts WHERE settled = 0 ORDER BY id").fetchall()
        return tuple(self._read(text) for (text,) in rows)

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt ever recorded, settled or not, oldest first. Raises `BadStore`."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT attempt FROM attempts ORDER BY id").fetchall()
        return tuple(self._read(text) for (text,) in rows)

    def _find(self, connection: Connection, attempt: Attempt) -> tuple[int, Attempt] | None:
        """The open attempt of this nonce: as it was recorded, or by the hash that was learned later."""
        row = connection.execute(
            "SELECT id, attempt FROM attempts WHERE settled = 0 AND chain_id = ? AND sender = ? AND nonce = ?"
            " AND (recorded = ? OR tx_hash = ?) ORDER BY recorded = ? DESC LIMIT 1",
            (
                attempt.chain_id,
                attempt.sender,
                attempt.nonce,
                attempt.tx_hash or "",
                attempt.tx_hash,
                attempt.tx_hash or "",
            ),
        ).fetchone()
        return None if row is None else (row[0], self._read(row[1]))

    def _read(self, text: str) -> Attempt:
        try:
            return Attempt(**json.loads(text, parse_float=str))
        except (ValueError, TypeError) as error:
            why = f"not an attempt that this node knows: {error}"
            cure = "Run the node that wrote it, or a newer one; what it holds open is still to be found."
            raise BadStore(self._database.place, why, cure=cure) from error


def _written(attempt: Attempt) -> str:
    return canonical_json(asdict(attempt)).decode()

"""What is told of a transaction: its hash before anybody waits for it, then what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ifx_sdk.cli.output import aligned
from ifx_sdk.errors import BadFile, OutcomeUnknown
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, FileJournal, Journal, MemoryJournal, Outcome, Sent, Unknown

if TYPE_CHECKING:
    from ifx_sdk.chain import Chain
    from ifx_sdk.cli.output import Output


def journal_at(path: str | None) -> Journal:
    """The journal of a file, or one that lives as long as the command. Raises BadFile."""
    if path is None:
        return MemoryJournal()
    journal = FileJournal(path)
    try:
        # Found out now, not when a hash must be kept.
        journal.path.open("ab").close()
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}"
        raise BadFile(path, why, cure="Name a file in a folder that can be written with --journal.") from error
    return journal


class Announcer:
    """A journal that also tells people, and remembers the transactions for the answer."""

    def __init__(self, output: Output, inner: Journal) -> None:
        """`inner` keeps the attempts."""
        self._output = output
        self._inner = inner
        self._open: Attempt | None = None
        self._open_hash: str | None = None
        self.confirmed: list[Confirmed] = []

    def record(self, attempt: Attempt) -> None:
        """Keep the attempt and tell its hash, before it is broadcast."""
        self._inner.record(attempt)
        self._open, self._open_hash = attempt, attempt.tx_hash
        if attempt.tx_hash is not None:
            self._output.say(f"sending {attempt.call}  {attempt.tx_hash}")

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        """Tell what became of it and keep it; a refusal is told by the error that it becomes."""
        if attempt == self._open:  # else one that an earlier command left open: it is no transaction of this one
            self._tell(attempt, outcome)
        self._inner.resolve(attempt, outcome)

    def _tell(self, attempt: Attempt, outcome: Outcome) -> None:
        if isinstance(outcome, Sent | Unknown):
            told, self._open_hash = self._open_hash, outcome.tx_hash or self._open_hash
            if outcome.tx_hash is not None and outcome.tx_hash != told:
                self._output.say(f"sent {attempt.call}  {outcome.tx_hash}")
            return
        self._open = None
        if isinstance(outcome, Confirmed):
            self.confirmed.append(outcome)
            self._output.say(f"confirmed in block {outcome.block_number}, gas {outcome.gas_used:,}")

    def open_attempts(self) -> tuple[Attempt, ...]:
        """What the journal holds open."""
        return self._inner.open_attempts()

    def interrupted(self) -> None:
        """Raise OutcomeUnknown where a transaction may be on its way."""
        if self._open is not None:
            name = self._open_hash or f"nonce {self._open.nonce} of {self._open.sender}"
            raise OutcomeUnknown(name, "interrupted while waiting for it")

    def transactions(self, chain: Chain) -> list[dict[str, object]]:
        """The confirmed transactions for programs; `final` says whether the chain can still undo them."""
        final = chain.finalized_block() if self.confirmed else None
        return [_transaction(each, final) for each in self.confirmed]


def _transaction(outcome: Confirmed, finalized: int | None) -> dict[str, object]:
    return {
        "call": outcome.attempt.call,
        "tx_hash": outcome.tx_hash,
        "status": "confirmed",
        "block_number": outcome.block_number,
        "gas_used": outcome.gas_used,
        "final": finalized is not None and finalized >= outcome.block_number,
    }


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """What became of a transaction, for programs."""
    document: dict[str, object] = {"status": status_of(outcome), "tx_hash": outcome.tx_hash}
    if outcome.attempt is not None:
        document |= {"call": outcome.attempt.call, "sender": outcome.attempt.sender, "nonce": outcome.attempt.nonce}
    for name in ("block_number", "gas_used", "reason", "why"):
        if hasattr(outcome, name):
            document[name] = getattr(outcome, name)
    return document


def status_of(outcome: Outcome) -> str:
    """sent, confirmed, reverted, dropped or unknown."""
    kinds = {Sent: "sent", Confirmed: "confirmed", Dropped: "dropped", Unknown: "unknown"}
    return kinds.get(type(outcome), "reverted")


def outcome_text(outcome: Outcome) -> str:
    """What became of a transaction, for people."""
    return aligned((name, str(value)) for name, value in outcome_document(outcome).items() if value not in (None, ""))

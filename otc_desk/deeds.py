"""What the chain has made of an agreement: executed, by which transaction, or never to be. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from ifx_sdk.client import IFX
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.outcomes import Attempt
from ifx_sdk.records import ForwardRecord, Status
from ifx_sdk.resuming import call_data
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms
from otc_desk.db.tables import Agreement
from otc_desk.journal import sent_since

FUNCTIONS = {Terms: "book", Termination: "terminate", Novation: "novate"}
"""What executes a message."""
_ARGUMENTS = {"book": (Terms, "terms"), "terminate": (Termination, "termination"), "novate": (Novation, "novation")}

_CLOCK_SECONDS: Final = 86_400
"""How far the desk's clock may have gone back since an agreement was sent."""


class Fate(StrEnum):
    """What became of a message."""

    OPEN = "open"
    """Nothing yet."""
    EXECUTED = "executed"
    """It is on the chain, whoever sent it."""
    REVOKED = "revoked"
    """One of its parties revoked it, for ever."""
    DEAD = "dead"
    """Something else came first: it can never be executed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What the newest block says of a message."""

    fate: Fate
    """What became of it."""
    tx_hash: str = ""
    """The transaction that executed it."""
    why: str = ""
    """Why it is dead, or who revoked it."""


def deed_of(ifx: IFX, message: Message) -> Deed:
    """What the chain has made of a message. Raises `NodeDown`, `RpcError`."""
    digest = ifx.escrow.message_id(message)
    own = ifx.escrow.forward(digest)
    if own.status is Status.REVOKED:
        return Deed(fate=Fate.REVOKED, why=f"revoked on the chain by {_revoker(ifx, digest)}")
    if isinstance(message, Terms):
        return Deed(fate=Fate.OPEN) if own.status is Status.NONE else _executed(ifx, digest)
    record = ifx.escrow.forward(message.forward)
    return (
        _termination(ifx, message, digest, record)
        if isinstance(message, Termination)
        else _novation(ifx, message, digest, record)
    )


def digest_of(ifx: IFX, attempt: Attempt) -> bytes | None:
    """The message that an attempt of the desk executes; None for another call, or bytes that are not known."""
    data = call_data(attempt)
    called = ifx.escrow.codec.decode_call(data) if data and attempt.to == ifx.escrow.address else None
    if called is None or called[0] not in _ARGUMENTS:
        return None
    kind, name = _ARGUMENTS[called[0]]
    given = called[1][name]
    return ifx.escrow.message_id(kind(**given)) if isinstance(given, dict) else None


def executed_by(ifx: IFX, attempts: Iterable[Attempt]) -> frozenset[str]:
    """Digests (0x and 64 digits) of the messages that these attempts execute."""
    found = (digest_of(ifx, each) for each in attempts)
    return frozenset("0x" + each.hex() for each in found if each is not None)


def is_under_way(ifx: IFX, session: Session, agreement: Agreement) -> bool:
    """Whether a transaction of the desk executes it: one that may be mined, or was and is not noted here yet.

    Between the two the journal is settled and the agreement still open: whoever ended it then would have its requests
    matched a second time beside the forward on the chain.
    """
    since = agreement.created_at - _CLOCK_SECONDS
    return agreement.digest in executed_by(ifx, sent_since(session, since))


def _executed(ifx: IFX, id: bytes) -> Deed:
    booked = ifx.escrow.booked(id)
    return Deed(fate=Fate.EXECUTED, tx_hash="" if booked is None else booked.tx_hash)


def _termination(ifx: IFX, message: Termination, digest: bytes, record: ForwardRecord) -> Deed:
    if record.status is Status.TERMINATED:
        end = ifx.escrow.termination(message.forward)
        if end is not None and end.termination == digest:
            return Deed(fate=Fate.EXECUTED, tx_hash=end.tx_hash)
    return _over(record)


def _novation(ifx: IFX, message: Novation, digest: bytes, record: ForwardRecord) -> Deed:
    if ifx.escrow.has_left(message.forward, message.outgoing):
        for change in ifx.escrow.novations(message.forward):
            if change.novation == digest:
                return Deed(fate=Fate.EXECUTED, tx_hash=change.tx_hash)
        return Deed(fate=Fate.DEAD, why=f"{message.outgoing} has left the forward by another novation")
    return _over(record)


def _over(record: ForwardRecord) -> Deed:
    if record.is_active:
        return Deed(fate=Fate.OPEN)
    return Deed(fate=Fate.DEAD, why=f"the forward is {record.status.name.lower()} already")


def _revoker(ifx: IFX, digest: bytes) -> str:
    topics = ["0x" + digest.hex()]
    found = ifx.chain.events(
        ifx.escrow.codec, ifx.escrow.address, "Revoked", topics=topics, from_block=ifx.escrow.first_block
    )
    return str(found[0].args["account"]) if found else "one of its parties"

"""Approvals: by a key's signature, by a contract wallet's word (ERC-1271), or on the chain; and saying no.

A check asks the chain and happens before the transaction that keeps its answer. Nothing here decides what is booked:
the escrow asks for every approval again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.errors import BadSignature, NodeDown, RpcError
from ifx_sdk.escrow import Escrow
from ifx_sdk.records import Status
from ifx_sdk.signing import SIGNATURE_BYTES
from otc_desk import events
from otc_desk.agreements import follow_approvals, keep_names, move_agreement
from otc_desk.db.tables import Agreement, Party
from otc_desk.errors import BadRequest, NotFound, NotNow, WrongState
from otc_desk.ids import is_id
from otc_desk.states import OPEN_AGREEMENTS, AgreementState
from otc_desk.wallets import MAX_SIGNATURE_BYTES, Wallets

SIGNATURE, ONCHAIN = "signature", "onchain"
"""How a party approved."""
_EVM_OFFSET: Final = 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One that was checked against the chain a moment ago."""

    method: str
    """`signature` or `onchain`."""
    data: bytes = b""
    """What the escrow is given: a signature, what a contract wallet accepts, nothing for one on the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Where an agreement stands for the party that asked."""

    agreement: Agreement
    """The row."""
    party: Party
    """Its own part."""


def party_of(session: Session, agreement_id: str, account: str) -> Answer:
    """An agreement and an account's part in it. Raises `NotFound`, also for those of others."""
    # One question for both: an agreement of others takes no longer to be not found than one that does not exist.
    asked = select(Agreement, Party).join(Party, Party.agreement == Agreement.id)
    asked = asked.where(Agreement.id == agreement_id, Party.account == account)
    found = session.execute(asked).first() if is_id(agreement_id) else None
    if found is None:
        raise NotFound("agreement")
    return Answer(agreement=found[0], party=found[1])


def check(escrow: Escrow, wallets: Wallets, digest: bytes, account: str, given: bytes | None) -> Approval:
    """Hold what `account` gives as its approval of a digest: bytes, or None for one that is on the chain.

    Raises `WrongState` for a message that was revoked or an approval that the chain does not have, `BadRequest`,
    `NotNow`.
    """
    try:
        if escrow.forward(digest).status is Status.REVOKED:
            cure = "It can never be executed: ask for new terms."
            raise WrongState("this cannot be approved", "revoked on the chain", cure)
        if given is None:
            if not escrow.is_approved(digest, account):
                cure = "Send the approval from that wallet; once it is mined the desk notices it by itself."
                raise WrongState(f"there is no approval by {account} on the chain", "not approved", cure)
            return Approval(method=ONCHAIN)
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error
    if len(given) > MAX_SIGNATURE_BYTES:
        raise BadRequest("approval", f"it has more than {MAX_SIGNATURE_BYTES} bytes", "The escrow takes no longer one.")
    for form in _forms(given):
        if wallets.signed(account, digest, form):
            return Approval(method=SIGNATURE, data=form)
    raise BadRequest(
        "approval",
        f"it is no approval by {account}",
        "Sign the agreement's typed data with that very account, on this chain; a contract wallet must accept it now.",
    )


def _forms(given: bytes) -> tuple[bytes, ...]:
    """As it came, and with the v of the chain where a wallet wrote 0 or 1."""
    if len(given) == SIGNATURE_BYTES and given[-1] in (0, 1):
        return given, given[:-1] + bytes([given[-1] + _EVM_OFFSET])
    return (given,)


def holds(escrow: Escrow, wallets: Wallets, digest: bytes, party: Party) -> bool:
    """Whether what a party gave still counts: wallets change their owners, and blocks are undone. Raises `NotNow`."""
    try:
        if escrow.is_approved(digest, party.account):
            return True
        return party.method == SIGNATURE and wallets.signed(party.account, digest, party.approval)
    except BadSignature:
        return False
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error


def give(session: Session, agreement_id: str, account: str, approval: Approval, now: int) -> Answer:
    """Keep a party's approval; given again it changes nothing. Raises `NotFound`, `WrongState`."""
    found = party_of(session, agreement_id, account)
    agreement, party = found.agreement, found.party
    if party.approved_at is not None:
        return found
    if agreement.state != AgreementState.SENT:
        raise WrongState("this cannot be approved any more", agreement.state, "Look at its reason.")
    if now > agreement.deadline:
        raise WrongState("this cannot be approved any more", "past its deadline", "Ask for new terms.")
    party.method, party.approval, party.approved_at = approval.method, approval.data, now
    keep_names(session, [party])
    _tell(session, agreement, account, "approved by one", now, role=party.role, method=approval.method)
    follow_approvals(session, agreement, account, now)
    return found


def drop(session: Session, agreement: Agreement, role: str, why: str, now: int) -> None:
    """Take back an approval that counts no more; its party can give another one until the deadline."""
    party = session.get(Party, (agreement.id, role))
    if party is None or party.approved_at is None or agreement.state not in OPEN_AGREEMENTS:
        return
    party.method, party.approval, party.approved_at = "", b"", None
    _tell(session, agreement, events.DESK, "approval lapsed", now, role=role, why=why)
    follow_approvals(session, agreement, events.DESK, now)
    agreement.reason = f"{role} {party.account}: {why}"


def decline(
    session: Session, agreement_id: str, account: str, now: int, is_sent: Callable[[Session, Agreement], bool]
) -> Answer:
    """Say no, for all of its parties; said again it changes nothing. Raises `NotFound`, `WrongState`.

    `is_sent` tells whether a transaction of the desk is under way: then the chain alone decides.
    """
    found = party_of(session, agreement_id, account)
    agreement = found.agreement
    if agreement.state == AgreementState.DECLINED:
        return found
    if agreement.state not in OPEN_AGREEMENTS:
        raise WrongState("this cannot be declined any more", agreement.state, "It is over.")
    if is_sent(session, agreement):
        cure = "Revoke it on the chain: whichever transaction is mined first counts."
        raise WrongState("this cannot be declined any more", "being executed", cure)
    move_agreement(session, agreement, AgreementState.DECLINED, account, now, f"declined by the {found.party.role}")
    return found


def _tell(session: Session, agreement: Agreement, actor: str, what: str, now: int, **detail: object) -> None:
    events.record(session, at=now, actor=actor, object="agreement", object_id=agreement.id, what=what, detail=detail)

"""Agreements: messages that parties approve, immutable once sent, and the requests that they were made for.

The state of an agreement changes in `move_agreement` alone, and takes its requests along: sent terms make them
`terms_sent`, approvals `approved_by_one` and `approved_by_both`, a booking `booked`; where terms come to nothing, their
requests are open again, or expired where their own validity is over.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import Message, message_digest
from ifx_sdk.terms import Domain, Terms
from otc_desk import events
from otc_desk.db.tables import Agreement, Participant, Party, Request
from otc_desk.errors import WrongState
from otc_desk.ids import new_id
from otc_desk.requests import move_request
from otc_desk.states import AGREEMENT_MOVES, OPEN_AGREEMENTS, REQUEST_MOVES, AgreementState, RequestState, fitting

KINDS: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {"terms": Terms, "termination": Termination, "novation": Novation}
)
"""`Agreement.kind` -> the type of its message."""

_NAMED_AT_ONCE: Final = ("long", "short")
_CAME_TO_NOTHING: Final = frozenset({AgreementState.EXPIRED, AgreementState.DECLINED, AgreementState.FAILED})


def open_agreement(
    session: Session, message: Message, domain: Domain, now: int, match: str | None = None, *, actor: str = events.DESK
) -> Agreement:
    """Send a message to its parties: its text and digest stand from now on. `match` is the id of the match of terms.

    `domain` is the escrow's. The caller validated the message; its requests are still to be moved.
    """
    digest = "0x" + message_digest(message, domain).hex()
    kind = next(name for name, of in KINDS.items() if isinstance(message, of))
    agreement = Agreement(
        id=new_id(),
        kind=kind,
        digest=digest,
        onchain_id=digest,
        forward=digest if isinstance(message, Terms) else "0x" + message.forward.hex(),
        message=message.to_json(),
        deadline=message.deadline,
        state=AgreementState.SENT,
        match=match,
        created_at=now,
        updated_at=now,
    )
    session.add(agreement)
    session.flush()
    for role, account in message.parties.items():
        session.add(Party(agreement=agreement.id, role=role, account=account))
    session.flush()
    keep_names(session, [each for each in parties_of(session, agreement) if each.role in _NAMED_AT_ONCE])
    _record(session, agreement, actor, now)
    return agreement


def message_of(agreement: Agreement) -> Message:
    """What the parties approve, read from the row."""
    return KINDS[agreement.kind].from_json(agreement.message, f"agreement {agreement.id}")


def parties_of(session: Session, agreement: Agreement) -> Sequence[Party]:
    """Its parties, by role."""
    return session.scalars(select(Party).where(Party.agreement == agreement.id).order_by(Party.role)).all()


def keep_names(session: Session, parties: Sequence[Party]) -> None:
    """Keep the legal names of parties as they are now, where none is kept yet; from then on all parties read these.

    Both sides of terms and of a termination are told at once. A novation can name anybody: there a name is kept once
    its account has approved, or a proposal would ask for it.
    """
    nameless = {each.account: each for each in parties if not each.name}
    query = select(Participant.account, Participant.name).where(Participant.account.in_(nameless))
    for account, name in session.execute(query):
        nameless[account].name = name


def forward_terms(session: Session, agreement: Agreement) -> str | None:
    """The message of the terms that a termination or novation is about; None for terms, and where others made them."""
    if agreement.kind == "terms":
        return None
    query = select(Agreement.message).where(Agreement.forward == agreement.forward, Agreement.kind == "terms")
    return session.scalars(query).first()


def listed(
    session: Session, account: str, *, state: AgreementState | None = None, after: str | None = None, limit: int
) -> Sequence[Agreement]:
    """The agreements that name an account, newest first, from behind the one with the id `after`."""
    query = select(Agreement).join(Party, Party.agreement == Agreement.id).where(Party.account == account)
    query = query.order_by(Agreement.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Agreement.state == state)
    if after is not None:
        query = query.where(Agreement.id < after)
    return session.scalars(query).all()


def requests_of(session: Session, agreement: Agreement) -> Sequence[Request]:
    """The requests that terms were made for, while they belong to these; none for a termination or a novation."""
    return session.scalars(select(Request).where(Request.agreement == agreement.id).order_by(Request.id)).all()


def move_agreement(
    session: Session,
    agreement: Agreement,
    state: AgreementState,
    actor: str,
    now: int,
    reason: str = "",
    *,
    tx_hash: str = "",
) -> None:
    """The only place where an agreement's state changes: by `AGREEMENT_MOVES`, with its event. Raises `WrongState`.

    Its requests follow. `reason` says why it came to nothing, or what it waits for; both parties read it. `tx_hash`
    is the transaction that executed it.
    """
    before = AgreementState(agreement.state)
    if state not in AGREEMENT_MOVES[before]:
        cure = "GET the agreement: its state says what can be done with it."
        raise WrongState(f"agreement {agreement.id} cannot become {state}", before, cure)
    agreement.state, agreement.reason, agreement.updated_at = state, fitting(reason), now
    agreement.tx_hash = tx_hash or agreement.tx_hash
    _record(session, agreement, actor, now)
    if state is AgreementState.DONE:  # also by approvals on the chain that nobody told the desk of
        keep_names(session, parties_of(session, agreement))
    for request in requests_of(session, agreement):
        _follow(session, request, agreement, actor, now)


def follow_approvals(session: Session, agreement: Agreement, actor: str, now: int) -> None:
    """Bring an open agreement and its requests to where its parties' approvals stand now, after one came or went.

    All approved: `approved`; else `sent`, its requests `approved_by_one` where somebody did. Raises `WrongState`
    where the agreement is over.
    """
    if agreement.state not in OPEN_AGREEMENTS:
        raise WrongState(f"agreement {agreement.id} takes no approvals", agreement.state, "Look at its reason.")
    approved = [party.approved_at is not None for party in parties_of(session, agreement)]
    state = AgreementState.APPROVED if all(approved) else AgreementState.SENT
    if state != agreement.state:
        move_agreement(session, agreement, state, actor, now)
    if state is AgreementState.SENT:
        wanted = RequestState.APPROVED_BY_ONE if any(approved) else RequestState.TERMS_SENT
        for request in requests_of(session, agreement):
            _walk(session, request, wanted, agreement, actor, now)


def _follow(session: Session, request: Request, agreement: Agreement, actor: str, now: int) -> None:
    """Move one request to where its agreement's new state leads it."""
    state = AgreementState(agreement.state)
    if state in _CAME_TO_NOTHING:
        over = now > request.valid_until
        wanted = RequestState.EXPIRED if over else RequestState.CHECKED
        move_request(session, request, wanted, actor, now, {"agreement": agreement.id}, reason=agreement.reason)
    elif state is AgreementState.DONE:
        _walk(session, request, RequestState.BOOKED, agreement, actor, now)
    elif state is AgreementState.APPROVED:
        _walk(session, request, RequestState.APPROVED_BY_BOTH, agreement, actor, now)
    else:
        _walk(session, request, RequestState.APPROVED_BY_ONE, agreement, actor, now)


def _walk(session: Session, request: Request, wanted: RequestState, agreement: Agreement, actor: str, now: int) -> None:
    """Move a request to `wanted`, over `approved_by_both` where no move leads there at once; nothing if it is there."""
    if request.state == wanted:
        return
    detail = {"agreement": agreement.id}
    if wanted not in REQUEST_MOVES[RequestState(request.state)]:
        move_request(session, request, _ON_THE_WAY[wanted], actor, now, detail)
    move_request(session, request, wanted, actor, now, detail)


_ON_THE_WAY: Final = MappingProxyType(
    {
        RequestState.BOOKED: RequestState.APPROVED_BY_BOTH,
        RequestState.TERMS_SENT: RequestState.APPROVED_BY_ONE,
    }
)
"""Where a request passes through: a booking that was seen before its approvals, two approvals that went at once."""


def _record(session: Session, agreement: Agreement, actor: str, now: int) -> None:
    detail: dict[str, object] = {"kind": agreement.kind, "digest": agreement.digest}
    detail |= {key: value for key, value in (("reason", agreement.reason), ("tx_hash", agreement.tx_hash)) if value}
    events.record(
        session,
        at=now,
        actor=actor,
        object="agreement",
        object_id=agreement.id,
        what=agreement.state,
        detail=detail,
    )

"""Requests for forwards: written, submitted, checked or rejected, split, withdrawn; every change through one function.

Whatever happens to a request, quantity is neither made nor lost: where a part of it is matched, the rest becomes a new
request of the same family, and the quantities of a family always add up to what was asked for first.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from otc_desk import events
from otc_desk.db.tables import Request
from otc_desk.errors import WrongState
from otc_desk.ids import new_id
from otc_desk.states import REQUEST_MOVES, RequestState


def move_request(
    session: Session,
    request: Request,
    state: RequestState,
    actor: str,
    now: int,
    detail: Mapping[str, object] | None = None,
    *,
    reason: str = "",
) -> None:
    """The only place where a request's state changes: by `REQUEST_MOVES`, with its event. Raises `WrongState`.

    `reason` says why it was rejected or came back. `detail` is for the trail and holds no contact data.
    """
    before = RequestState(request.state)
    if state not in REQUEST_MOVES[before]:
        cure = "GET the request: its state says what can be done with it."
        raise WrongState(f"request {request.id} cannot become {state}", before, cure)
    request.state, request.reason, request.updated_at = state, reason, now
    record_request(session, request, actor, now, detail)


def record_request(
    session: Session, request: Request, actor: str, now: int, detail: Mapping[str, object] | None = None
) -> None:
    """Write the event of a request's state as it is now."""
    told = {"quantity": request.quantity} | ({"reason": request.reason} if request.reason else {})
    events.record(
        session,
        at=now,
        actor=actor,
        object="request",
        object_id=request.id,
        what=request.state,
        detail=told | dict(detail or {}),
    )


def split(session: Session, request: Request, quantity: int, now: int) -> Request | None:
    """Keep `quantity` (Mtok) in a checked request; the rest becomes a new one. None where nothing is left.

    The remainder keeps its parent's time, so that it loses no place to those who came later.
    """
    if not 0 < quantity <= request.quantity or request.state != RequestState.CHECKED:
        raise WrongState(f"request {request.id} cannot be split at {quantity} Mtok", request.state, "Match it anew.")
    if quantity == request.quantity:
        return None
    rest = Request(
        id=new_id(),
        account=request.account,
        side=request.side,
        underlying=request.underlying,
        quantity=request.quantity - quantity,
        months=request.months,
        maturity=request.maturity,
        averaging_days=request.averaging_days,
        limit_price=request.limit_price,
        valid_until=request.valid_until,
        contact=request.contact,
        state=RequestState.CHECKED,
        parent=request.id,
        family=request.family,
        created_at=request.created_at,
        updated_at=now,
    )
    request.quantity = quantity
    session.add(rest)
    session.flush()
    record_request(session, rest, events.DESK, now, {"parent": request.id})
    return rest

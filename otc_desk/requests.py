"""Requests for forwards: written, submitted, checked or rejected, split, withdrawn; every change through one function.

Whatever happens to a request, quantity is neither made nor lost: where a part of it is matched, the rest becomes a new
request of the same family, and the quantities of a family always add up to what was asked for first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ifx_sdk.calendar import SECONDS_PER_DAY, day_of
from ifx_sdk.money import format_quantity as tokens
from ifx_sdk.payoff import Side
from otc_desk import events
from otc_desk.db.tables import Request
from otc_desk.errors import BadRequest, NotFound, WrongState
from otc_desk.ids import is_id, new_id
from otc_desk.references import Reference
from otc_desk.states import OPEN_REQUESTS, REQUEST_MOVES, RequestState, fitting
from otc_desk.tenors import averaging_on, bookable, maturity_on

MAX_VALIDITY_SECONDS: Final = 90 * SECONDS_PER_DAY
"""How long a request can stand."""
MAX_PAGE: Final = 100
"""Rows of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a participant asks for; exactly one of `months` and `maturity`."""

    side: Side
    """`long` or `short`."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """Mtok, whole lots."""
    months: int | None
    """Tenor in calendar months from the day of the final terms."""
    maturity: int | None
    """Or the day itself, 00:00:00 UTC in unix seconds."""
    averaging_days: int
    """Days in the settlement price's mean; with a tenor, at most the tenor's days."""
    limit_price: int | None
    """The worst price to take, micro-USDT per Mtok; None for the indicative price of the day."""
    valid_until: int
    """Last second of its validity, unix seconds."""
    contact: str
    """For the operator alone."""


def write(session: Session, account: str, wish: Wish, now: int, *, most_open: int) -> Request:
    """A draft, which its author alone sees. Raises `BadRequest`, also where `most_open` are open already."""
    _hold_wish(wish, now)
    count = select(func.count()).where(Request.account == account, Request.state.in_(OPEN_REQUESTS))
    if (session.scalar(count) or 0) >= most_open:
        raise BadRequest("request", f"{most_open} of this account are open already", "Withdraw one, then write anew.")
    made = new_id()
    request = Request(id=made, account=account, state=RequestState.DRAFT, family=made, created_at=now)
    session.add(request)
    _take(session, request, wish, now)
    return request


def rewrite(session: Session, account: str, id: str, wish: Wish, now: int) -> Request:
    """Another wish in a draft's place; what was handed in stays. Raises `NotFound`, `WrongState`, `BadRequest`."""
    request = own(session, account, id)
    if request.state != RequestState.DRAFT:
        raise WrongState(f"request {id} cannot be rewritten", request.state, "Withdraw it, and write a new one.")
    _hold_wish(wish, now)
    _take(session, request, wish, now)
    return request


def submit(
    session: Session, account: str, id: str, reference: Reference, now: int, *, automatic: bool = False
) -> Request:
    """Hand a draft in. `reference` is its underlying's; `automatic` checks it at once.

    Raises `NotFound`, `WrongState`, and `BadRequest` for what could never be booked.
    """
    request = own(session, account, id)
    if request.state == RequestState.DRAFT:
        _hold(request, reference, now)
    move_request(session, request, RequestState.SUBMITTED, account, now)
    if automatic:
        move_request(session, request, RequestState.CHECKED, events.DESK, now)
    return request


def withdraw(session: Session, account: str, id: str, now: int) -> Request:
    """Take a request back that no terms were sent for. Raises `NotFound`, `WrongState`."""
    request = own(session, account, id)
    if request.state in _IN_TERMS:
        raise WrongState(f"request {id} cannot be withdrawn", request.state, "Decline its agreement, then withdraw it.")
    move_request(session, request, RequestState.WITHDRAWN, account, now)
    return request


def check(session: Session, operator: str, id: str, now: int) -> Request:
    """Let a submitted request be matched. Raises `NotFound`, `WrongState`."""
    request = handed_in(session, id)
    if request.state != RequestState.SUBMITTED:  # terms that come to nothing lead there too, and they alone
        raise WrongState(
            f"request {id} cannot be checked", request.state, "GET /api/operator/requests for those that can."
        )
    move_request(session, request, RequestState.CHECKED, operator, now)
    return request


def reject(session: Session, operator: str, id: str, reason: str, now: int) -> Request:
    """Say no, with the reason that its author reads. Raises `NotFound`, `WrongState`."""
    request = handed_in(session, id)
    move_request(session, request, RequestState.REJECTED, operator, now, reason=reason)
    return request


def own(session: Session, account: str, id: str) -> Request:
    """One of the account's. Raises `NotFound`, in the same words for what is somebody else's."""
    request = any_of(session, id)
    if request.account != account:
        raise NotFound("request")
    return request


def any_of(session: Session, id: str) -> Request:
    """A request, whoever's. Raises `NotFound`."""
    found = session.get(Request, id) if is_id(id) else None
    if found is None:
        raise NotFound("request")
    return found


def handed_in(session: Session, id: str) -> Request:
    """A request that the operator may see: whoever's, but no draft. Raises `NotFound`."""
    request = any_of(session, id)
    if request.state == RequestState.DRAFT:
        raise NotFound("request")
    return request


def listed(
    session: Session,
    *,
    account: str | None = None,
    state: RequestState | None = None,
    after: str | None = None,
    limit: int = MAX_PAGE,
) -> Sequence[Request]:
    """Newest first, from behind the one with the id `after`; an account's, or everybody's but their drafts."""
    query = select(Request).order_by(Request.id.desc()).limit(limit)
    query = query.where(Request.account == account) if account else query.where(Request.state != RequestState.DRAFT)
    if state is not None:
        query = query.where(Request.state == state)
    if after is not None:
        query = query.where(Request.id < after)
    return session.scalars(query).all()


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
    request.state, request.reason, request.updated_at = state, fitting(reason), now
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


_IN_TERMS: Final = frozenset(
    {
        RequestState.MATCHED,
        RequestState.TERMS_SENT,
        RequestState.APPROVED_BY_ONE,
        RequestState.APPROVED_BY_BOTH,
    }
)


def _hold_wish(wish: Wish, now: int) -> None:
    """Refuse what is no wish on any day. Raises `BadRequest`."""
    if (wish.months is None) == (wish.maturity is None):
        raise BadRequest("maturity", "give either months or maturity", "Name a tenor in months, or the day itself.")
    if (wish.maturity or 0) % SECONDS_PER_DAY:
        raise BadRequest("maturity", "it is not 00:00:00 UTC", "Name the day by its first second.")
    _hold_validity(wish.valid_until, now)


def _take(session: Session, request: Request, wish: Wish, now: int) -> None:
    """Write a wish into a draft, with its event."""
    request.side, request.underlying, request.quantity = wish.side, wish.underlying, wish.quantity
    request.months, request.averaging_days = wish.months, wish.averaging_days
    request.maturity = maturity_on(day_of(now), wish.months, wish.maturity or 0)
    request.limit_price, request.valid_until, request.contact = wish.limit_price, wish.valid_until, wish.contact
    request.updated_at = now
    session.flush()
    detail: dict[str, object] = {"side": wish.side, "underlying": wish.underlying, "limit_price": wish.limit_price}
    detail |= {"months": wish.months, "maturity": request.maturity, "averaging_days": wish.averaging_days}
    record_request(session, request, request.account, now, detail)


def _hold(request: Request, reference: Reference, now: int) -> None:
    """Refuse what could not be booked today at any price. Raises `BadRequest`."""
    _hold_validity(request.valid_until, now)
    if reference.underlying != request.underlying:  # rewritten while the chain was asked
        raise WrongState(f"request {request.id} cannot be handed in", "rewritten just now", "Look at it, then submit.")
    if reference.lot == 0 or reference.spot == 0:
        raise BadRequest("underlying", f"{request.underlying} is not traded here", "GET /api/market/underlyings.")
    if request.quantity % reference.lot:
        raise BadRequest("quantity", "it is not whole lots", f"Ask for a multiple of {tokens(reference.lot)}.")
    today = day_of(now)
    maturity = maturity_on(today, request.months, request.maturity)
    if not bookable(today, maturity, 1):
        raise BadRequest("maturity", "it is not 28 to 400 days ahead", "Name a tenor, or a day within them.")
    if not bookable(today, maturity, averaging_on(today, request.months, maturity, request.averaging_days)):
        raise BadRequest("averaging_days", "its averaging would begin before today", "Average over fewer days.")


def _hold_validity(valid_until: int, now: int) -> None:
    if not now < valid_until <= now + MAX_VALIDITY_SECONDS:
        days = MAX_VALIDITY_SECONDS // SECONDS_PER_DAY
        raise BadRequest("valid_until", f"it is not within the next {days} days", "Unix seconds UTC, from now on.")

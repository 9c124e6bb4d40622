"""What operators do: look at requests, check or reject them, confirm matches."""

from typing import Annotated, Self

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from ifx_sdk.money import QUANTITY_LIMIT, parse_price
from otc_desk import matchmaking, requests
from otc_desk.db.tables import Request as Row
from otc_desk.matching import OpenRequest, Pair
from otc_desk.once import Written
from otc_desk.participants import participant
from otc_desk.routes.callers import DeskOf, IdempotencyKey, OperatorOf, write_once
from otc_desk.routes.models import Identifier, Input, Output, PriceText, SideName, UnderlyingName, price_text
from otc_desk.routes.request_models import OperatorRequest, OperatorRequestPage, Rejection
from otc_desk.routes.requests import After, Limit
from otc_desk.states import AgreementState, RequestState
from otc_desk.tenors import indicative_on

router = APIRouter(prefix="/operator", tags=["operator"])

MOST_PAIRS = 200
"""Proposed matches of one answer."""


class OpenRequestOut(Output):
    """A request as it stands on the newest fixing."""

    id: Identifier
    account: str = Field(description="Its author's, checksummed.")
    side: SideName
    quantity: int = Field(description="Mtok.")
    maturity: int = Field(description="00:00:00 UTC of its day today, unix seconds.")
    averaging_days: int = Field(description="Today.")
    limit: PriceText | None = Field(description="As it counts today; null where there is no indicative price.")

    @classmethod
    def of(cls, found: OpenRequest) -> Self:
        """From the matching's."""
        return cls(
            id=found.id,
            account=found.account,
            side=found.side,
            quantity=found.quantity,
            maturity=found.maturity,
            averaging_days=found.averaging_days,
            limit=None if found.limit is None else price_text(found.limit),
        )


class ProposedMatch(Output):
    """Two requests that fit."""

    underlying: UnderlyingName
    long: OpenRequestOut
    short: OpenRequestOut
    quantity: int = Field(description="Mtok that are matched; the rest of the larger one stays open.")
    price: PriceText = Field(description="F: the midpoint of the limits, on the tick.")
    spot: PriceText = Field(description="The newest fixing.")
    indicative: PriceText | None = Field(description="F_ind on it.")
    improvement: PriceText = Field(description="By how much the limits overlap.")

    @classmethod
    def of(cls, pair: Pair) -> Self:
        """From the matching's."""
        one = pair.long
        indicative = indicative_on(one.today, one.spot, one.maturity, one.averaging_days)
        return cls(
            underlying=one.underlying,
            long=OpenRequestOut.of(one),
            short=OpenRequestOut.of(pair.short),
            quantity=pair.quantity,
            price=price_text(pair.price),
            spot=price_text(one.spot),
            indicative=None if indicative is None else price_text(indicative),
            improvement=price_text(pair.improvement),
        )


class ProposedMatches(Output):
    """What could be matched now."""

    items: list[ProposedMatch] = Field(description="Best first: the widest overlap of limits, then the oldest.")
    left_off: int = Field(description="How many more there are.")


class NoMatch(Output):
    """Another request of the same underlying, and whether it fits."""

    request: OpenRequestOut
    reason: str | None = Field(description="Why they do not fit; null where they do.")


class NoMatches(Output):
    """Why a request has no counterpart, one by one."""

    items: list[NoMatch]
    left_off: int = Field(description="How many more there are.")


class Confirmation(Input):
    """A proposed match as the operator saw it; it is refused if it is another one by now."""

    long: Identifier
    short: Identifier
    quantity: int = Field(gt=0, lt=QUANTITY_LIMIT, description="Mtok.")
    price: PriceText


class Confirmed(Output):
    """Final terms that were sent."""

    agreement: Identifier
    digest: str = Field(description="What both sides sign; the forward's id.")
    deadline: int = Field(description="Last second at which they can be booked, unix seconds UTC.")
    state: AgreementState


@router.get("/requests", summary="Everybody's requests")
def listed(
    desk: DeskOf, operator: OperatorOf, state: RequestState | None = None, after: After = None, limit: Limit = 50
) -> OperatorRequestPage:
    """Newest first; drafts are their authors' alone."""
    with desk.database.reading() as session:
        rows = requests.listed(session, state=state, after=after, limit=limit + 1)
        items = [_seen(session, row) for row in rows[:limit]]
    return OperatorRequestPage(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get("/requests/{id}", summary="One request")
def one(desk: DeskOf, operator: OperatorOf, id: str) -> OperatorRequest:
    """Anybody's."""
    with desk.database.reading() as session:
        return _seen(session, requests.handed_in(session, id))


@router.post("/requests/{id}/check", summary="Let a request be matched", response_model=OperatorRequest)
def check(request: Request, desk: DeskOf, operator: OperatorOf, id: str, key: IdempotencyKey = None) -> JSONResponse:
    """After looking at it."""
    now = desk.now()

    def work(session: Session) -> Written:
        return _answer(session, requests.check(session, operator.account, id, now))

    return write_once(request, desk, operator, key, b"", work)


@router.post("/requests/{id}/reject", summary="Say no to a request", response_model=OperatorRequest)
def reject(
    request: Request, desk: DeskOf, operator: OperatorOf, id: str, body: Rejection, key: IdempotencyKey = None
) -> JSONResponse:
    """With the reason."""
    now = desk.now()

    def work(session: Session) -> Written:
        return _answer(session, requests.reject(session, operator.account, id, body.reason, now))

    return write_once(request, desk, operator, key, body.model_dump_json().encode(), work)


@router.get("/requests/{id}/no-matches", summary="Why a request has no counterpart")
def no_matches(
    desk: DeskOf, operator: OperatorOf, id: str, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> NoMatches:
    """Every other open request of its underlying, with the reason."""
    found = matchmaking.board(desk).why_not(id)
    items = [NoMatch(request=OpenRequestOut.of(other), reason=reason) for other, reason in found[:limit]]
    return NoMatches(items=items, left_off=max(0, len(found) - limit))


@router.get("/matches", summary="What could be matched")
def proposed(desk: DeskOf, operator: OperatorOf) -> ProposedMatches:
    """Computed now, on the newest fixings; nothing is kept."""
    pairs = matchmaking.board(desk).pairs()
    return ProposedMatches(
        items=[ProposedMatch.of(pair) for pair in pairs[:MOST_PAIRS]], left_off=max(0, len(pairs) - MOST_PAIRS)
    )


@router.post("/matches", summary="Confirm a match", status_code=201, response_model=Confirmed)
def confirm(
    request: Request, desk: DeskOf, operator: OperatorOf, body: Confirmation, key: IdempotencyKey = None
) -> JSONResponse:
    """Final terms go to both sides; what is left of the larger request stays open."""
    wanted = matchmaking.Confirmation(
        long=body.long, short=body.short, quantity=body.quantity, price=parse_price(body.price)
    )
    known, now = matchmaking.facts(desk, wanted), desk.now()

    def work(session: Session) -> Written:
        sent = matchmaking.confirm(session, wanted, known, now, operator=operator.account)
        answer = Confirmed(
            agreement=sent.id, digest=sent.digest, deadline=sent.deadline, state=AgreementState(sent.state)
        )
        return Written(status=201, body=answer.model_dump(mode="json"))

    return write_once(request, desk, operator, key, body.model_dump_json().encode(), work)


def _seen(session: Session, row: Row) -> OperatorRequest:
    return OperatorRequest.seen(row, participant(session, row.account))


def _answer(session: Session, row: Row) -> Written:
    return Written(status=200, body=_seen(session, row).model_dump(mode="json"))

"""A participant's own requests."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from ifx_sdk.calendar import day_of
from otc_desk import requests
from otc_desk.db.tables import Request as Row
from otc_desk.desk import Desk
from otc_desk.errors import NotAllowed
from otc_desk.once import Written
from otc_desk.references import Reference
from otc_desk.routes.callers import CallerOf, DeskOf, IdempotencyKey, write_once
from otc_desk.routes.models import Identifier
from otc_desk.routes.request_models import NewRequest, RequestOut, RequestPage
from otc_desk.sessions import Caller
from otc_desk.states import RequestState

router = APIRouter(prefix="/requests", tags=["requests"])

Limit = Annotated[int, Query(ge=1, le=requests.MAX_PAGE, description="Rows of a page.")]
After = Annotated[Identifier | None, Query(description="The id that the page begins behind.")]


@router.post("", summary="Write a request", status_code=201, response_model=RequestOut)
def write(
    request: Request, desk: DeskOf, caller: CallerOf, body: NewRequest, key: IdempotencyKey = None
) -> JSONResponse:
    """A draft, or with `submit` one that the operator sees at once."""
    wish, now, most = body.wish(), desk.now(), desk.settings.limits.open_requests
    reference = _reference(desk, caller, body.underlying) if body.submit else None

    def work(session: Session) -> Written:
        made = requests.write(session, caller.account, wish, now, most_open=most)
        if reference is not None:
            _submit(session, desk, caller, made.id, reference, now)
        return _answer(made, 201)

    return write_once(request, desk, caller, key, body.model_dump_json().encode(), work)


@router.get("", summary="Your requests")
def listed(
    desk: DeskOf, caller: CallerOf, state: RequestState | None = None, after: After = None, limit: Limit = 50
) -> RequestPage:
    """Newest first."""
    with desk.database.reading() as session:
        rows = requests.listed(session, account=caller.account, state=state, after=after, limit=limit + 1)
        items = [RequestOut.of(row) for row in rows[:limit]]
    return RequestPage(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get("/{id}", summary="One request")
def one(desk: DeskOf, caller: CallerOf, id: str) -> RequestOut:
    """One of your own."""
    with desk.database.reading() as session:
        return RequestOut.of(requests.own(session, caller.account, id))


@router.put("/{id}", summary="Rewrite a draft", response_model=RequestOut)
def rewrite(
    request: Request, desk: DeskOf, caller: CallerOf, id: str, body: NewRequest, key: IdempotencyKey = None
) -> JSONResponse:
    """The whole of it, as if it were written anew under its id; what was handed in is withdrawn instead."""
    wish, now = body.wish(), desk.now()
    with desk.database.reading() as session:
        requests.own(session, caller.account, id)  # what is not there is said before the chain is asked
    reference = _reference(desk, caller, body.underlying) if body.submit else None

    def work(session: Session) -> Written:
        made = requests.rewrite(session, caller.account, id, wish, now)
        if reference is not None:
            _submit(session, desk, caller, id, reference, now)
        return _answer(made)

    return write_once(request, desk, caller, key, body.model_dump_json().encode(), work)


@router.post("/{id}/submit", summary="Hand a draft in", response_model=RequestOut)
def submit(request: Request, desk: DeskOf, caller: CallerOf, id: str, key: IdempotencyKey = None) -> JSONResponse:
    """The operator looks at it next."""
    with desk.database.reading() as session:
        underlying = requests.own(session, caller.account, id).underlying
    reference, now = _reference(desk, caller, underlying), desk.now()

    def work(session: Session) -> Written:
        return _answer(_submit(session, desk, caller, id, reference, now))

    return write_once(request, desk, caller, key, b"", work)


@router.post("/{id}/withdraw", summary="Take a request back", response_model=RequestOut)
def withdraw(request: Request, desk: DeskOf, caller: CallerOf, id: str, key: IdempotencyKey = None) -> JSONResponse:
    """As long as no terms wait for approval."""
    now = desk.now()
    return write_once(
        request,
        desk,
        caller,
        key,
        b"",
        lambda session: _answer(requests.withdraw(session, caller.account, id, now)),
    )


def _submit(session: Session, desk: Desk, caller: Caller, id: str, reference: Reference, now: int) -> Row:
    return requests.submit(session, caller.account, id, reference, now, automatic=desk.settings.automatic_matching)


def _answer(row: Row, status: int = 200) -> Written:
    return Written(status=status, body=RequestOut.of(row).model_dump(mode="json"))


def _reference(desk: Desk, caller: Caller, underlying: str) -> Reference:
    """What the chain says about an underlying; not for those who make its price, match or book. Raises `NotAllowed`."""
    standing = desk.standings.of(underlying, day_of(desk.now()))
    if desk.is_operator(caller.account) or caller.account in standing.insiders:
        raise NotAllowed("operators, oracle signers, the reviewer and the desk's key take no side: use another account")
    return standing.reference

"""What routes ask of a request: the desk, who is asking, and a write that happens once."""

import hmac
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from otc_desk.desk import Desk
from otc_desk.errors import NotAllowed, NotSignedIn
from otc_desk.once import Work, once
from otc_desk.sessions import Caller

COOKIE = "ifx_session"
_SAFE = frozenset({"GET", "HEAD"})


def desk_of(request: Request) -> Desk:
    """The application's desk."""
    found: Desk = request.app.state.desk
    return found


def caller_of(
    request: Request,
    authorization: Annotated[str | None, Header()] = None,
    x_csrf_token: Annotated[str | None, Header()] = None,
) -> Caller:
    """Who is asking. Raises `NotSignedIn`; `NotAllowed` for a page's write without its CSRF value or from elsewhere."""
    desk = desk_of(request)
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("the Authorization header is no bearer token")
        return desk.sessions.caller(token, desk.now())
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise NotSignedIn("nobody is signed in")
    found = desk.sessions.caller(token, desk.now())
    if request.method not in _SAFE:
        _hold_origin(request, desk)
        if not hmac.compare_digest((x_csrf_token or "").encode(), found.csrf.encode()):
            raise NotAllowed("the X-CSRF-Token header does not match the session")
    return found


def operator_of(request: Request, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """As `caller_of`, for operators alone. Raises `NotAllowed`."""
    if not desk_of(request).is_operator(caller.account):
        raise NotAllowed("this is for the desk's operators")
    return caller


def _hold_origin(request: Request, desk: Desk) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != desk.settings.domain:
        raise NotAllowed("the request comes from another site's page")


DeskOf: TypeAlias = Annotated[Desk, Depends(desk_of)]
CallerOf: TypeAlias = Annotated[Caller, Depends(caller_of)]
OperatorOf: TypeAlias = Annotated[Caller, Depends(operator_of)]
IdempotencyKey: TypeAlias = Annotated[
    str | None, Header(alias="Idempotency-Key", description="A new random text for each new write, 8 to 64 characters.")
]


def write_once(request: Request, desk: Desk, caller: Caller, key: str | None, body: bytes, work: Work) -> JSONResponse:
    """Do a write under its idempotency key, and answer."""
    written = once(
        desk.database,
        account=caller.account,
        key=key,
        method=request.method,
        path=request.url.path,
        body=body,
        now=desk.now(),
        work=work,
    )
    headers = {"Idempotent-Replayed": "true"} if written.repeated else {}
    return JSONResponse(written.body, status_code=written.status, headers=headers)

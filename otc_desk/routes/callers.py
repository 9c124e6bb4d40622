"""What routes ask of a request: the desk, who is asking, and a write that happens once."""

import hmac
import time
from typing import Annotated, TypeAlias

from fastapi import Depends, Header, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyCookie, HTTPBearer

from otc_desk.desk import Desk
from otc_desk.errors import NotAllowed, NotSignedIn, TooManyRequests
from otc_desk.once import Work, once
from otc_desk.problems import PROBLEM
from otc_desk.rates import Rates
from otc_desk.sessions import Caller

# For the OpenAPI alone: the headers are read below, a malformed one being no session rather than none.
_BEARER = HTTPBearer(scheme_name="token", description="The token of POST /api/session.", auto_error=False)
_COOKIE = APIKeyCookie(
    name="ifx_session",
    scheme_name="cookie",
    description="A page's session, `__Host-ifx_session` over https; its writes carry X-CSRF-Token.",
    auto_error=False,
)
_SAFE = frozenset({"GET", "HEAD"})
_REFUSED = 400


def desk_of(request: Request) -> Desk:
    """The application's desk."""
    found: Desk = request.app.state.desk
    return found


def cookie_of(desk: Desk) -> str:
    """The name of the session's cookie. Over https no subdomain and no path can set another one in its place."""
    return "__Host-ifx_session" if desk.settings.url.startswith("https://") else "ifx_session"


def caller_of(
    request: Request,
    _bearer: Annotated[object, Security(_BEARER)] = None,
    _cookie: Annotated[object, Security(_COOKIE)] = None,
) -> Caller:
    """Who is asking.

    Raises `NotSignedIn`, `TooManyRequests`; `NotAllowed` for a page's write without its CSRF value.
    """
    desk = desk_of(request)
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("the Authorization header is no bearer token")
        return _within_rate(request, desk.sessions.caller(token, desk.now()))
    token = request.cookies.get(cookie_of(desk), "")
    if not token:
        raise NotSignedIn("nobody is signed in")
    found = _within_rate(request, desk.sessions.caller(token, desk.now()))
    right = hmac.compare_digest(request.headers.get("X-CSRF-Token", "").encode(), found.csrf.encode())
    if request.method not in _SAFE and not right:
        raise NotAllowed("the X-CSRF-Token header does not match the session")
    return found


def _within_rate(request: Request, caller: Caller) -> Caller:
    rates: Rates = request.app.state.rates
    wait = rates.wait(caller.account, time.monotonic())
    if wait:
        raise TooManyRequests(wait)
    return caller


def operator_of(request: Request, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """As `caller_of`, for operators alone. Raises `NotAllowed`."""
    if not desk_of(request).is_operator(caller.account):
        raise NotAllowed("this is for the desk's operators")
    return caller


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
    kind = PROBLEM if written.status >= _REFUSED else None  # a refusal that is kept, because it changed something
    return JSONResponse(written.body, status_code=written.status, headers=headers, media_type=kind)

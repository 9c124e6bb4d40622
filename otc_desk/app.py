"""The desk over HTTP: routes, who is asking, and how a refusal is told (RFC 9457)."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ifx_sdk.errors import IFXError, InputError, NodeDown, RpcError
from otc_desk.desk import Desk
from otc_desk.errors import DeskError, TooManyRequests
from otc_desk.guards import Guards
from otc_desk.logs import fault_of, logger
from otc_desk.market_cache import MarketCache
from otc_desk.problems import RESPONSES, problem
from otc_desk.rates import Rates
from otc_desk.routes import (
    agreements,
    approvals,
    documents,
    funds,
    market,
    notices,
    operator,
    participants,
    positions,
    requests,
    session,
)
from otc_desk.routes.sandbox import add_sandbox
from otc_desk.web.page import Page, add_page, wants_page

_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


def create_app(desk: Desk) -> FastAPI:
    """The application of one desk."""
    app = FastAPI(
        title="IFX OTC desk",
        version="1",
        summary="Requests for forwards on the price of LLM output tokens, matched, approved by both sides and booked.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to wherever the Host header says
        responses=RESPONSES,
        generate_unique_id_function=_operation_id,
    )
    app.state.desk = desk
    app.state.market = MarketCache()
    for router in (
        session.router,
        participants.router,
        requests.router,
        agreements.router,
        approvals.router,
        positions.router,
        funds.router,
        documents.router,
        notices.router,
        operator.router,
        market.router,
    ):
        app.include_router(router, prefix="/api")
    add_sandbox(app, desk)
    add_page(app, desk)
    app.add_exception_handler(DeskError, _refused)
    app.add_exception_handler(IFXError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)
    app.state.rates = Rates(desk.settings.limits.requests_per_minute)
    # Around everything: as one middleware among others it would not see the answers to faults.
    app.middleware_stack = Guards(app.build_middleware_stack(), desk=desk)
    return app


def _operation_id(route: APIRoute) -> str:
    """What clients know a route by: its part of the desk, and its name there."""
    return f"{route.tags[0]}_{route.name}"


async def _refused(request: Request, error: Exception) -> JSONResponse:
    """Ours, with its cure. What a node or the database said stays inside."""
    if isinstance(error, DeskError):
        more = {"field": found} if (found := getattr(error, "field", None)) else {}
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else {}
        return problem(error.status, error.slug, error.what, error.cure, headers=headers, **more)
    if isinstance(error, NodeDown | RpcError):
        logger().warning("chain", path=request.url.path, why=str(error))
        return problem(503, "not-now", "the chain does not answer", "Ask again later with the same idempotency key.")
    if isinstance(error, InputError):
        return problem(422, "bad-request", error.what, error.cure)
    if isinstance(error, IFXError):
        return problem(409, "refused", error.what, error.cure)
    raise error


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    """A body or parameter of another shape: the first complaint, without what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    cure = "GET /api/openapi.json says what is taken."
    return problem(422, "bad-request", f"{field or 'body'}: {first['msg']}", cure, field=field or "body")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if error.status_code == 404 and wants_page(request):
        page: Page = request.app.state.page
        return page.shell(request, status=404)
    slugs = {404: "not-found", 405: "no-such-method"}
    headers = dict(error.headers or {})
    if error.status_code == 405:  # the router names the methods of one of the path's routes alone
        headers["Allow"] = ", ".join(each for each in _METHODS if _takes(request, each))
    return problem(error.status_code, slugs.get(error.status_code, "refused"), str(error.detail), headers=headers)


def _takes(request: Request, method: str) -> bool:
    scope = dict(request.scope) | {"method": method}
    return any(each.matches(scope)[0] is Match.FULL for each in request.app.routes)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: logged whole, told without details."""
    logger().error("unforeseen", path=request.url.path, method=request.method, fault=fault_of(error))
    return problem(
        500, "fault", "the desk made a mistake; nothing was done", "Ask again with the same idempotency key."
    )

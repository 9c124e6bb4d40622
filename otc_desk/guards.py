"""What every request passes before any route sees it, and the headers of every answer.

A rate for each address, a path and query that are text, no write from another site's page, a body that comes whole, in
time, within its limit and as JSON of one meaning. Routes then take what they get without a thought for any of it.
"""

import asyncio
import time
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otc_desk.bodies import NotJson, check
from otc_desk.desk import Desk
from otc_desk.problems import problem
from otc_desk.rates import Rates, address_of

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise."""
WRITES_AT_ONCE: Final = 16
"""Writes that have a thread. They go one after the other anyway (`otc_desk.db.engine`): the others wait for their turn
without one, so that threads are left for reads however many write."""
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CLOSE: Final = {"Connection": "close"}
"""Of an answer to a body that was not read to its end."""


class Refused(Exception):  # noqa: N818 - never leaves this module
    """Answered here."""

    def __init__(self, answer: JSONResponse) -> None:
        """`answer` says why."""
        super().__init__()
        self.answer = answer


class Gone(Exception):  # noqa: N818 - never leaves this module
    """The client left before its request was whole."""


class Guards:
    """ASGI, around the whole application: also its answers to its own faults carry the headers."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        """`desk` gives the limits."""
        self._app, self._limits, self._proxies = app, desk.settings.limits, desk.settings.proxies
        self._rates = Rates(self._limits.address_requests_per_minute)
        self._writes = asyncio.Semaphore(WRITES_AT_ONCE)
        parts = urlsplit(desk.settings.url)
        self._origin = f"{parts.scheme}://{parts.netloc}".lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_headers(message.get("headers", []))}
            await send(message)

        try:
            self._hold_head(scope)
            body = await self._whole_body(scope, receive)
            _hold_body(scope, body)
        except Refused as refusal:
            await refusal.answer(scope, receive, answer)
        except Gone:
            return
        else:
            async with nullcontext() if scope["method"] in _READING else self._writes:
                await self._app(scope, _again(body, receive), answer)

    def _hold_head(self, scope: Scope) -> None:
        """What can be told before the body comes."""
        peer = (scope.get("client") or ("unknown", 0))[0]
        forwarded = b",".join(_all(scope, b"x-forwarded-for")).decode("latin-1")
        caller = address_of(peer, forwarded.split(",") if forwarded else [], self._proxies)
        wait = self._rates.wait(caller, time.monotonic())
        if wait:
            title = f"too many requests: ask again in {wait} s"
            retry = {"Retry-After": str(wait)} | _CLOSE
            raise Refused(problem(429, "too-many-requests", title, "Wait, then ask again.", headers=retry))
        if not _is_text(scope):
            title = "the path or the query is no text, or holds control characters"
            raise Refused(problem(400, "malformed", title, "Send UTF-8, percent-encoded.", headers=_CLOSE))
        origins = _all(scope, b"origin")
        if scope["method"] not in _READING and any(each.decode("latin-1").lower() != self._origin for each in origins):
            title = "the request comes from another site's page"
            raise Refused(problem(403, "not-allowed", title, "Use the desk's own page.", headers=_CLOSE))

    async def _whole_body(self, scope: Scope, receive: Receive) -> bytes:
        """The body, when it is all there."""
        most, seconds = self._limits.max_body_bytes, self._limits.body_seconds
        declared = b"".join(_all(scope, b"content-length")) or b"0"
        # More digits than a length has would only make a large integer.
        if not declared.isdigit() or len(declared) > 12 or int(declared) > most:
            raise Refused(_too_large(most))
        body = bytearray()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    body += message.get("body", b"")
                    if len(body) > most:
                        raise Refused(_too_large(most))
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError as error:
            title = f"the body did not come within {seconds} s"
            raise Refused(problem(408, "too-slow", title, "Send it at once.", headers=_CLOSE)) from error


def _hold_body(scope: Scope, body: bytes) -> None:
    """Only JSON of one meaning, and said to be."""
    if not body:
        return
    kind, _, more = b",".join(_all(scope, b"content-type")).decode("latin-1").lower().partition(";")
    charset = more.replace(" ", "").replace('"', "")
    if kind.strip() != "application/json" or charset not in {"", "charset=utf-8"} or _all(scope, b"content-encoding"):
        title = "the body is not said to be application/json"
        raise Refused(problem(415, "not-json", title, "Send JSON in UTF-8, uncompressed, and say so in Content-Type."))
    try:
        check(body)
    except NotJson as error:
        cure = "Send JSON as RFC 8259 has it, every key once."
        raise Refused(problem(422, "bad-request", f"body: {error}", cure, field="body")) from error


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, for the routes; then whatever comes behind it."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


def _is_text(scope: Scope) -> bool:
    for raw in (scope.get("raw_path") or scope["path"].encode(), scope.get("query_string", b"")):
        try:
            text = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return False
        if any(each < " " or each == "\x7f" for each in text):
            return False
    return True


def _too_large(most: int) -> JSONResponse:
    return problem(413, "too-large", f"a body has at most {most} bytes", "Send less.", headers=_CLOSE)


def _all(scope: Scope, name: bytes) -> list[bytes]:
    """The values of a header, in their order."""
    given: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value for each, value in given if each.lower() == name]


def _with_headers(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    there = {name.lower() for name, _ in given}
    return [*given, *((n.lower().encode(), v.encode()) for n, v in HEADERS.items() if n.lower().encode() not in there)]

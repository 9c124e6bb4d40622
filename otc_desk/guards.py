"""What every request passes before any route sees it: its size and its rate; and the headers of every answer."""

import time
from collections import OrderedDict
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otc_desk.desk import Desk

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
_KNOWN_CALLERS: Final = 10_000
"""Callers whose rate is remembered."""


class TooLong(Exception):  # noqa: N818 - never leaves this module
    """A body grew beyond the limit while it came."""


class Rates:
    """Tokens that fill up at an even pace: a minute's worth at most."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute` for each caller."""
        self._per_minute = per_minute
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str, now: float) -> int:
        """Take a token: 0 where there was one, else the seconds until there is."""
        left, since = self._known.pop(caller, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * self._per_minute / 60)
        ok = left >= 1
        self._known[caller] = (left - 1 if ok else left, now)
        if len(self._known) > _KNOWN_CALLERS:
            self._known.popitem(last=False)
        return 0 if ok else max(1, round((1 - left) * 60 / self._per_minute))


class Guards:
    """ASGI middleware: refuses what is too long or too often, and puts the headers on."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        """`desk` gives the limits."""
        self._app, self._limits = app, desk.settings.limits
        self._rates = Rates(self._limits.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from otc_desk.app import problem

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_headers(message.get("headers", []))}
            await send(message)

        headers = {name.lower(): value for name, value in scope["headers"]}
        wait = self._rates.wait(_caller(scope, headers), time.monotonic())
        if wait:
            title = f"too many requests: ask again in {wait} s"
            refusal = problem(
                429, "too-many-requests", title, "Wait, then ask again.", headers={"Retry-After": str(wait)}
            )
            await refusal(scope, receive, answer)
            return
        most = self._limits.max_body_bytes
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            await problem(413, "too-large", f"a body has at most {most} bytes", "Send less.")(scope, receive, answer)
            return
        came = 0

        async def bounded() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise TooLong
            return message

        try:
            await self._app(scope, bounded, answer)
        except TooLong:
            await problem(413, "too-large", f"a body has at most {most} bytes", "Send less.")(scope, receive, answer)


def _caller(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """Whoever asks: the address it comes from. Behind a proxy uvicorn puts the forwarded one there."""
    client: Any = scope.get("client")
    return client[0] if client else "unknown"


def _with_headers(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    there = {name.lower() for name, _ in given}
    return [*given, *((n.lower().encode(), v.encode()) for n, v in HEADERS.items() if n.lower().encode() not in there)]

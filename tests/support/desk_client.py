"""The SDK's client of a desk in this process, and a network between them that loses what it is told to lose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi.testclient import TestClient
from support.desk import URL

from ifx_sdk.desk import Desk
from ifx_sdk.signers import Signer


@dataclass
class Network(httpx.BaseTransport):
    """Hands requests to an application; `losing` has, for each request in turn, what is lost of it."""

    client: TestClient
    """The application."""
    losing: list[str] = field(default_factory=list)
    """`request`: it never arrives. `answer`: it is done, and nobody hears. A digit: that status of a proxy."""
    seen: list[httpx.Request] = field(default_factory=list)
    """Everything that was sent."""
    changed: Callable[[httpx.Request, dict[str, Any]], object] | None = None
    """What a lying desk makes of an answer."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.seen.append(request)
        lost = self.losing.pop(0) if self.losing else ""
        if lost == "request":
            raise httpx.ConnectError("nobody is there")
        if lost.isdigit():
            return httpx.Response(int(lost), text="the proxy's own page", request=request)
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        answer = self.client.request(
            request.method, request.url.raw_path.decode(), content=request.read(), headers=headers
        )
        if lost == "answer":
            raise httpx.ReadTimeout("no answer in time")
        kept = {name: value for name, value in answer.headers.items() if name not in {"content-length"}}
        content = answer.content
        if self.changed is not None and kept.get("content-type") == "application/json":
            import json

            found = json.loads(content)
            self.changed(request, found)
            content = json.dumps(found).encode()
        return httpx.Response(answer.status_code, headers=kept, content=content, request=request)

    @property
    def keys(self) -> set[str]:
        """Idempotency keys that were sent."""
        return {each.headers["idempotency-key"] for each in self.seen if "idempotency-key" in each.headers}


def program(network: Network, signer: Signer | None, **settings: Any) -> Desk:
    """Somebody's client, which does not really wait."""
    settings = {"sleep": lambda seconds: None} | settings
    return Desk(URL, signer, transport=network, **settings)

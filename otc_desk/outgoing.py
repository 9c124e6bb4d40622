"""An HTTP request of ours to somebody who may be hostile: bounded in time and in bytes as a whole.

A client's own timeouts begin anew with every byte: a server that says a letter now and then would hold its caller for
ever. Here one clock runs from the first packet to the last byte that is read. No redirects, no proxy of the
environment, and a compressed body is refused: what is read is as long as what came over the wire.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx


class TooLong(Exception):  # noqa: N818 - never leaves its caller
    """More bytes than any honest answer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    """HTTP status."""
    body: bytes
    """Empty where none was wanted."""


def exchange(
    method: str,
    url: httpx.URL | str,
    *,
    seconds: float,
    most_bytes: int = 0,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    server_name: str | None = None,
    authorities: ssl.SSLContext | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Answer:
    """Ask once, within `seconds` for all of it; `most_bytes` of the body are read, 0: nothing of it.

    `server_name` stands in TLS where the URL has an address; `authorities` says whose certificates count, None: those
    that the public web trusts; `transport` is for tests. Call it where no event loop runs.
    Raises `TooLong`, `TimeoutError`, `httpx.HTTPError`, `httpx.InvalidURL`, `OSError`.
    """
    asked = {"content": content, "headers": {"Accept-Encoding": "identity", **(headers or {})}}
    if server_name is not None:
        asked["extensions"] = {"sni_hostname": server_name}
    client = httpx.AsyncClient(
        verify=True if authorities is None else authorities,
        timeout=seconds,
        trust_env=False,
        follow_redirects=False,
        transport=transport,
    )
    return asyncio.run(_exchange(client, method, url, seconds, most_bytes, asked))


async def _exchange(
    client: httpx.AsyncClient,
    method: str,
    url: httpx.URL | str,
    seconds: float,
    most_bytes: int,
    asked: Mapping[str, Any],
) -> Answer:
    body = bytearray()
    async with asyncio.timeout(seconds), client, client.stream(method, url, **asked) as answer:
        if most_bytes:
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise httpx.DecodingError("it is compressed, and nobody asked for that")
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > most_bytes:
                    raise TooLong
        return Answer(status=answer.status_code, body=bytes(body))

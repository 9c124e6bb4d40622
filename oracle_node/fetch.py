"""One polite, bounded, conditional GET of one page. What goes wrong comes back as a reason, never as bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Thread
from time import monotonic
from typing import Final

import httpx

MAX_REDIRECTS: Final = 5
"""Redirects followed on the way to one page, all on the host that was asked."""

_UNCHANGED: Final = 304
_GRACE_SECONDS: Final = 0.5
"""How much longer a reader may take than its sockets, so that their own reason is told where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's bytes, and what lets the next request ask only whether they changed."""

    body: bytes
    """The bytes, decompressed."""
    sha256: str
    """Their SHA-256, 64 hexadecimal digits."""
    etag: str | None = field(default=None)
    """The answer's `ETag`, as given."""
    last_modified: str | None = field(default=None)
    """The answer's `Last-Modified`, as given."""
    date: str | None = field(default=None)
    """The newest answer's `Date`: the publisher's clock."""
    age: str | None = field(default=None)
    """The newest answer's `Age`: how many seconds a cache on the way has held it."""

    def conditions(self) -> dict[str, str]:
        """The headers that ask for the page only if it changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfetched:
    """No page, and why."""

    why: str
    """One line for an operator."""
    status: int | None = field(default=None)
    """HTTP status of an answer that is of no use; None where none came."""


def fetch(
    client: httpx.Client, url: str, *, known: Page | None = None, max_bytes: int, timeout_seconds: int, agent: str
) -> Page | Unfetched:
    """GET `url`, following redirects on the same host only; `known` is what it was when it was last fetched.

    `max_bytes` bounds the decompressed body, `timeout_seconds` the whole answer. A socket's own timeout begins anew
    with every byte, so that a server which sends one at a time would hold its reader for hours: the reader is a thread
    of its own, left behind when the time is over.
    """
    headers = {"User-Agent": agent, "Accept-Encoding": "gzip"} | (known.conditions() if known is not None else {})
    answers: list[Page | Unfetched] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(_follow(client, httpx.URL(url), headers, known, max_bytes, timeout_seconds))
        except BaseException as error:  # noqa: BLE001 - not swallowed: the caller raises it
            errors.append(error)

    reader = Thread(target=work, name=f"fetch {url}", daemon=True)
    reader.start()
    reader.join(timeout_seconds + _GRACE_SECONDS)
    for error in errors:
        raise error
    return answers[0] if answers else Unfetched(why=f"no whole answer within {timeout_seconds} s")


def _follow(
    client: httpx.Client,
    target: httpx.URL,
    headers: Mapping[str, str],
    known: Page | None,
    max_bytes: int,
    timeout_seconds: int,
) -> Page | Unfetched:
    origin = _origin(target)
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = _get(client, target, headers, known, max_bytes, timeout_seconds)
        except httpx.TimeoutException:
            return Unfetched(why=f"no answer within {timeout_seconds} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Unfetched(why=f"{type(error).__name__}: {error}"[:200])
        if not isinstance(answer, httpx.URL):
            return answer
        if _origin(answer) != origin:
            return Unfetched(why=f"it redirects to another host, {answer.netloc.decode()}")
        if target.scheme == "https" and answer.scheme == "http":
            return Unfetched(why="it redirects from https to http, where anyone can change it")
        target = answer
    return Unfetched(why=f"more than {MAX_REDIRECTS} redirects")


def _get(
    client: httpx.Client,
    target: httpx.URL,
    headers: Mapping[str, str],
    known: Page | None,
    max_bytes: int,
    timeout_seconds: int,
) -> Page | Unfetched | httpx.URL:
    deadline = monotonic() + timeout_seconds
    with client.stream("GET", target, headers=headers, timeout=timeout_seconds, follow_redirects=False) as answer:
        if answer.is_redirect and answer.next_request is not None:
            return answer.next_request.url
        if answer.status_code == _UNCHANGED and known is not None:
            return _seen_again(known, answer)
        if answer.status_code != httpx.codes.OK:
            return Unfetched(
                why=f"status {answer.status_code} {answer.reason_phrase}".rstrip(), status=answer.status_code
            )
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > max_bytes:
                return Unfetched(why=f"longer than {max_bytes} bytes", status=answer.status_code)
            if monotonic() > deadline:
                return Unfetched(why=f"no whole answer within {timeout_seconds} s")
        return _page(bytes(body), answer)


def _page(body: bytes, answer: httpx.Response) -> Page:
    return Page(
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        etag=answer.headers.get("ETag"),
        last_modified=answer.headers.get("Last-Modified"),
        date=answer.headers.get("Date"),
        age=answer.headers.get("Age"),
    )


def _seen_again(known: Page, answer: httpx.Response) -> Page:
    return Page(
        body=known.body,
        sha256=known.sha256,
        etag=answer.headers.get("ETag", known.etag),
        last_modified=answer.headers.get("Last-Modified", known.last_modified),
        date=answer.headers.get("Date"),
        age=answer.headers.get("Age"),
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port; an upgrade to https on the usual ports is the same host too."""
    usual = {"http": 80, "https": 443}
    port = url.port if url.port is not None else usual.get(url.scheme)
    if port in usual.values() and url.scheme in usual:
        return "web", url.host, None
    return url.scheme, url.host, port

"""One polite, bounded, conditional GET of one page. What goes wrong comes back as a reason, never as bytes."""

import hashlib
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic
from typing import Final

import httpx

from oracle_node.unpacking import BadBody, unpacked

MAX_REDIRECTS: Final = 5
"""Redirects followed on the way to one page, all on the host that was asked."""

_UNCHANGED: Final = 304
_LONGEST_WHY: Final = 200
"""Characters of a reason: publishers and peers word parts of it, and it is stored, logged and told."""
_LONGEST_VALIDATOR: Final = 500
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
        """The headers that ask for the page only if it changed; what no request can say is left out."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value is not None and _can_be_sent(value)}


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
    of its own, and when the time is over its sockets are shut, or they would fill the client's pool one by one.
    """
    headers = {"User-Agent": agent, "Accept-Encoding": "gzip", "Connection": "close"}
    headers |= known.conditions() if known is not None else {}
    answers: list[Page | Unfetched] = []
    errors: list[BaseException] = []
    asking = _Asking(client=client, headers=headers, known=known, max_bytes=max_bytes, timeout_seconds=timeout_seconds)

    def work() -> None:
        try:
            answers.append(asking.follow(httpx.URL(url)))
        except BaseException as error:  # noqa: BLE001 - not swallowed: the caller raises it
            errors.append(error)

    reader = Thread(target=work, name=f"fetch {url}", daemon=True)
    reader.start()
    reader.join(timeout_seconds + _GRACE_SECONDS)
    for error in errors:
        raise error
    if answers:
        return answers[0]
    asking.hang_up()
    return Unfetched(why=f"no whole answer within {timeout_seconds} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One request, with its redirects."""

    client: httpx.Client
    """Sends it."""
    headers: Mapping[str, str]
    """With the conditions."""
    known: Page | None
    """What `304` means."""
    max_bytes: int
    """Of the body, decompressed."""
    timeout_seconds: int
    """For the whole answer."""
    sockets: list[socket.socket] = field(default_factory=list)
    """Those that were opened for it."""
    over: Event = field(default_factory=Event)
    """Nobody waits for it any more."""

    def follow(self, target: httpx.URL) -> Page | Unfetched:
        """GET it, and where it leads on the same host."""
        origin = _origin(target)
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._get(target)
            except httpx.TimeoutException:
                return Unfetched(why=f"no answer within {self.timeout_seconds} s")
            except BadBody as error:
                return Unfetched(why=error.why, status=httpx.codes.OK)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return Unfetched(why=f"{type(error).__name__}: {error}"[:_LONGEST_WHY])
            if not isinstance(answer, httpx.URL):
                return answer
            if _origin(answer) != origin:
                return Unfetched(why=f"it redirects to another host, {answer.netloc.decode()}"[:_LONGEST_WHY])
            if target.scheme == "https" and answer.scheme == "http":
                return Unfetched(why="it redirects from https to http, where anyone can change it")
            target = answer
        return Unfetched(why=f"more than {MAX_REDIRECTS} redirects")

    def hang_up(self) -> None:
        """Wake the reader, whatever it waits for."""
        self.over.set()
        for each in tuple(self.sockets):
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # below TLS: no farewell to who does not listen

    def _get(self, target: httpx.URL) -> Page | Unfetched | httpx.URL:
        deadline = monotonic() + self.timeout_seconds
        with self.client.stream(
            "GET",
            target,
            headers=self.headers,
            timeout=self.timeout_seconds,
            follow_redirects=False,
            extensions={"trace": self._note_socket},
        ) as answer:
            if answer.is_redirect and answer.next_request is not None:
                return answer.next_request.url
            if answer.status_code == _UNCHANGED and self.known is not None:
                return _seen_again(self.known, answer)
            if answer.status_code != httpx.codes.OK:
                why = f"status {answer.status_code} {answer.reason_phrase}".rstrip()
                return Unfetched(why=why[:_LONGEST_WHY], status=answer.status_code)
            body = bytearray()
            for chunk in unpacked(answer, self.max_bytes):
                body += chunk
                if monotonic() > deadline:
                    return Unfetched(why=f"no whole answer within {self.timeout_seconds} s")
            return _page(bytes(body), answer)

    def _note_socket(self, event: str, told: Mapping[str, object]) -> None:
        """What httpcore tells of its steps: after these two there is a socket, or another one around it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            opened = getattr(told.get("return_value"), "get_extra_info", lambda _: None)("socket")
            if isinstance(opened, socket.socket):
                self.sockets.append(opened)
                if self.over.is_set():
                    self.hang_up()


def _can_be_sent(validator: str) -> bool:
    """A publisher may send any bytes as its ETag; a request holds printable ASCII, and servers bound its length."""
    return validator.isascii() and validator.isprintable() and len(validator) <= _LONGEST_VALIDATOR


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

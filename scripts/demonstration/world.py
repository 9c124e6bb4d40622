"""A world for the oracle nodes: simulated time, and pages on loopback whose answer depends on it."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TypeAlias

from oracle_node.serving import serving


class SimulatedClock:
    """Time that moves when told, and never back."""

    def __init__(self, start: int) -> None:
        """`start` in unix seconds UTC."""
        self._now = start

    def now(self) -> int:
        """Unix seconds UTC."""
        return self._now

    def wait_until(self, at: int) -> None:
        """Be at `at`, at once."""
        self._now = max(self._now, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the page server says to one request."""

    body: bytes
    """The page."""
    content_type: str = field(default="text/html; charset=utf-8")
    """As in the header."""
    status: int = field(default=HTTPStatus.OK)
    """HTTP status."""


Pages: TypeAlias = Callable[[str, int], Answer]
"""Path and time (unix seconds UTC) to an answer."""


class PageServer:
    """Counts what it serves: the demo reports it."""

    def __init__(self, pages: Pages, clock: SimulatedClock) -> None:
        """`pages` decides what stands at a path at the clock's time."""
        self.pages = pages
        self.clock = clock
        self.requests = 0
        self.unchanged = 0
        self._lock = threading.Lock()

    def count(self, *, unchanged: bool) -> None:
        """Note one request."""
        with self._lock:
            self.requests += 1
            self.unchanged += unchanged

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve on loopback while the block runs; gives the base URL."""
        with serving(type("Handler", (_Handler,), {"world": self})) as url:
            yield url


class _Handler(BaseHTTPRequestHandler):
    """Conditional GETs, as publishers answer them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer
    timeout = 60
    world: PageServer

    def do_GET(self) -> None:
        """The page of this path and time, or 304 where the reader has it."""
        answer = self.world.pages(self.path, self.world.clock.now())
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        unchanged = answer.status == HTTPStatus.OK and self.headers.get("If-None-Match") == etag
        self.world.count(unchanged=unchanged)
        self.send_response_only(HTTPStatus.NOT_MODIFIED if unchanged else answer.status)
        if answer.status == HTTPStatus.OK:
            self.send_header("ETag", etag)
        if not unchanged:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not unchanged:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the demo shows its own progress."""

"""What a node answers over HTTP, read-only: routes are functions from a path to an answer, and one server has them all.

GET /reports/{underlying}/{day}   the node's signed reports, to everyone who can reach it
GET /archive/...                  what they rest on, by hash (oracle_node.archive_http)
GET /live/{underlying}            what the page says now, and its dated changes (oracle_node.live)
GET /healthz /readyz /metrics     for the operator (oracle_node.health, oracle_node.metrics)
"""

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfileobj
from socket import SHUT_RDWR, socket
from time import monotonic
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from ifx_sdk.errors import BadFile
from oracle_node.report import ReportBook

MAX_CONNECTIONS: Final = 64
"""Connections that are answered at the same time; one more ends the oldest, or is closed at once."""
HELD_SECONDS: Final = 10
"""How long a connection is left in peace where others wait; a report or a scrape takes a blink."""

_REPORTS: Final = "/reports/"
_ROOM_SECONDS: Final = 0.5
_PATIENCE: Final = 30
"""Seconds that a connection may stay silent."""
_JSON: Final = "application/json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a route answers."""

    body: bytes | Path
    """The bytes, or the file that has them."""
    status: HTTPStatus = HTTPStatus.OK
    """HTTP status."""
    content_type: str = _JSON
    """MIME type."""


Route = Callable[[str], Answer | None]
"""From a decoded path to an answer; None where the path is not the route's."""


def json_answer(document: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """An answer of JSON."""
    return Answer(status=status, body=json.dumps(document, sort_keys=True).encode())


def reports_route(book: ReportBook) -> Route:
    """`/reports/{underlying}/{day number}`: a report as it was stored, 404 where there is none."""

    def answer(path: str) -> Answer | None:
        if not path.startswith(_REPORTS):
            return None
        underlying, _, day = path.removeprefix(_REPORTS).rpartition("/")
        # More digits than a day number has would only make a large integer.
        if not underlying or not (day.isascii() and day.isdigit()) or len(day) > 8:
            error = "no such path: GET /reports/{underlying}/{day number}"
            return json_answer({"error": error}, HTTPStatus.NOT_FOUND)
        try:
            report = book.get(underlying, int(day))
        except BadFile:
            _log.exception("the report book cannot be read")
            return json_answer({"error": "the report book cannot be read"}, HTTPStatus.INTERNAL_SERVER_ERROR)
        if report is None:
            return json_answer({"error": "no report of this underlying and day"}, HTTPStatus.NOT_FOUND)
        return Answer(body=report.canonical())

    return answer


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and nothing else."""

    protocol_version = "HTTP/1.0"  # a peer asks once a day: no connection outlives its answer
    server_version = "ifx-oracle"
    sys_version = ""
    timeout = _PATIENCE
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer
    routes: Sequence[Route]

    def do_GET(self) -> None:
        """The first route that knows the path answers."""
        self._write(self._found() or json_answer({"error": "no such path"}, HTTPStatus.NOT_FOUND))

    def _found(self) -> Answer | None:
        try:
            path = unquote(urlsplit(self.path).path)
        except ValueError:  # `//[`: no URL, and no news
            return None
        answers = (route(path) for route in self.routes)
        return next((each for each in answers if each is not None), None)

    def _write(self, answer: Answer) -> None:
        if isinstance(answer.body, bytes):
            self._head(answer, len(answer.body))
            self.wfile.write(answer.body)
            return
        with answer.body.open("rb") as file:
            self._head(answer, answer.body.stat().st_size)
            copyfileobj(file, self.wfile)

    def _head(self, answer: Answer, size: int) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(size))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a node logs its own steps, not its readers'."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = MAX_CONNECTIONS

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._lock = threading.Lock()
        self._since: dict[object, float] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Close what comes above the bound: a reader that hangs costs a thread, and they are not for free.

        Readers that send or take a byte now and then would keep peers out for ever: the oldest makes room.
        """
        if self._free.acquire(blocking=False) or (self._end_oldest() and self._free.acquire(timeout=_ROOM_SECONDS)):
            with self._lock:
                self._since[request] = monotonic()
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def _end_oldest(self) -> bool:
        """End the connection that is open for longest, unless all are young; whether there was one."""
        with self._lock:
            oldest = next(iter(self._since), None)
            if not isinstance(oldest, socket) or monotonic() - self._since[oldest] < HELD_SECONDS:
                return False
            with suppress(OSError):
                oldest.shutdown(SHUT_RDWR)
        return True

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """As the base class does, then make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._since.pop(request, None)
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away in the middle is no news; anything else is."""
        expected = isinstance(sys.exception(), ConnectionError | TimeoutError)
        _log.log(logging.DEBUG if expected else logging.ERROR, "no answer to a reader", exc_info=True)


@contextmanager
def serve(routes: Sequence[Route], *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve routes while the block runs; gives the base URL. Port 0 takes a free one."""
    with serving(type("Handler", (_Handler,), {"routes": tuple(routes)}), host=host, port=port) as url:
        yield url


@contextmanager
def serve_reports(book: ReportBook, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve a book while the block runs; gives the base URL. Port 0 takes a free one."""
    with serve((reports_route(book),), host=host, port=port) as url:
        yield url


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler], *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run a handler's server in a thread while the block runs; gives the base URL. Port 0 takes a free one."""
    server = _Server((host, port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

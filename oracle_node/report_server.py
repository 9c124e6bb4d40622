"""GET /reports/{underlying}/{day}: a node's signed reports, read-only, to everyone who can reach it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import unquote, urlsplit

from ifx_sdk.errors import BadFile
from oracle_node.report import ReportBook

_PREFIX: Final = "/reports/"
_PATIENCE: Final = 30
"""Seconds that a connection may stay silent."""


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and nothing else."""

    protocol_version = "HTTP/1.0"  # a peer asks once a day: no connection outlives its answer
    server_version = "ifx-oracle"
    sys_version = ""
    timeout = _PATIENCE
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer
    book: ReportBook

    def do_GET(self) -> None:
        """A report as it was stored, 404 where there is none."""
        path = unquote(urlsplit(self.path).path)
        underlying, _, day = path.removeprefix(_PREFIX).rpartition("/")
        # More digits than a day number has would only make a large integer.
        if not path.startswith(_PREFIX) or not underlying or not (day.isascii() and day.isdigit()) or len(day) > 8:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "no such path: GET /reports/{underlying}/{day number}"})
            return
        try:
            report = self.book.get(underlying, int(day))
        except BadFile as error:
            self.log_error("%s", error)
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "the report book cannot be read"})
            return
        if report is None:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "no report of this underlying and day"})
        else:
            self._write(HTTPStatus.OK, report.canonical())

    def _answer(self, status: HTTPStatus, body: dict[str, str]) -> None:
        self._write(status, json.dumps(body).encode())

    def _write(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a node logs its own steps, not its readers'."""


@contextmanager
def serve_reports(book: ReportBook, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve a book while the block runs; gives the base URL. Port 0 takes a free one."""
    handler = type("Handler", (_Handler,), {"book": book})
    with serving(handler, host=host, port=port) as url:
        yield url


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler], *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run a handler's server in a thread while the block runs; gives the base URL. Port 0 takes a free one."""
    server = ThreadingHTTPServer((host, port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

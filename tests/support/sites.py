"""A publisher's site on the loopback: one text under every path, with the time that the test's clock says."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate

from support.nodes import page

from oracle_node.clocks import Clock


@dataclass
class Site:
    """What is answered; a test changes it while it is served."""

    clock: Clock
    """Whose time the answers' `Date` is."""
    text: str = field(default_factory=page)
    """What stands under every path that has no text of its own."""
    texts: dict[str, str] = field(default_factory=dict)
    """What stands under a path."""
    status: int = 200
    """HTTP status of every answer."""
    off: int = 0
    """How many seconds its clock is ahead of the test's."""
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for."""
    url: str = ""
    """Where it is served."""


@contextmanager
def site(clock: Clock) -> Iterator[Site]:
    """Serve one while the block runs."""
    found = Site(clock)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            body = found.texts.get(self.path, found.text).encode()
            self.send_response_only(found.status)
            self.send_header("Date", formatdate(found.clock.now() + found.off, usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

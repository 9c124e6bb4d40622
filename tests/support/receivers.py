"""Where notices arrive in tests: a mail relay and a webhook's server on loopback, each in a thread of its own."""

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from standardwebhooks import Webhook


@dataclass
class Relay:
    """A mail relay that takes what it is given, or refuses it."""

    port: int = 0
    """Where it listens."""
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    """Recipient and message of each that it took."""
    refuses: int = 0
    """A code that it answers every recipient with; 0 takes them."""
    said: list[tuple[bool, str]] = field(default_factory=list)
    """Every command that it heard, and whether it was encrypted."""


@contextmanager
def relay(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Relay]:
    """Listen while the block runs; with `tls` it offers STARTTLS, or encrypts `at_once`."""
    found = Relay()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                self.hear()
            except OSError:  # the client did not like the certificate
                return
            finally:
                if isinstance(self.connection, ssl.SSLSocket):
                    self.rfile.close()
                    self.connection.close()

        def hear(self) -> None:
            if tls and at_once:
                self.encrypt(tls)
            self.say("220 relay.example")
            recipient = ""
            while line := self.rfile.readline():
                word = line[:4].upper()
                encrypted = isinstance(self.connection, ssl.SSLSocket)
                found.said.append((encrypted, word.decode()))
                if word in (b"EHLO", b"HELO"):
                    self.say("250-relay.example\r\n250 STARTTLS" if tls and not encrypted else "250 relay.example")
                elif word == b"STAR" and tls:
                    self.say("220 go on")
                    self.encrypt(tls)
                elif word == b"RCPT":
                    recipient = line.decode().partition("<")[2].partition(">")[0]
                    self.say(f"{found.refuses} no such user {recipient}" if found.refuses else "250 ok")
                elif word == b"DATA":
                    self.say("354 go on")
                    found.mails.append((recipient, self.message()))
                    self.say("250 taken")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def encrypt(self, context: ssl.SSLContext) -> None:
            self.request = self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

        def message(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            return b"".join(lines)

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_address[1]
        with _running(server):
            yield found


@dataclass
class Hook:
    """A webhook's server."""

    url: str = ""
    """Where it listens."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers (lower case) and body of each POST."""
    status: int = 204
    """What it answers."""

    def verified(self, secret: str, number: int = -1) -> dict[str, object]:
        """A POST's content, by the library that a receiver would use; its signature holds."""
        headers, body = self.got[number]
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        assert headers["webhook-signature"] == Webhook(secret).sign(headers["webhook-id"], at, body.decode())
        found: dict[str, object] = json.loads(body)
        return found


class _HookServer(ThreadingHTTPServer):
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread: a client that leaves in the middle of a handshake stops nobody."""
        try:
            if self.tls is None:
                super().finish_request(request, client_address)
                return
            with self.tls.wrap_socket(request, server_side=True) as encrypted:
                super().finish_request(encrypted, client_address)
        except OSError:
            return


@contextmanager
def answering(body: bytes, *headers: tuple[str, str]) -> Iterator[str]:
    """A server that answers every GET with `body` and `headers`; its URL, without a slash at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # the client had enough of it
                return

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, _running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


@contextmanager
def dripping(where: Literal["head", "body"] = "head") -> Iterator[str]:
    """A server that takes every request and then says a letter of its answer's head or body now and then; its URL."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            head = b"HTTP/1.1 200 OK\r\n" + (b"X: " if where == "head" else b"Content-Length: 9999\r\n\r\n")
            self.request.sendall(head)
            while not over.wait(0.1):
                try:
                    self.request.sendall(b"a")
                except OSError:
                    return

    over = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server, _running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"
        over.set()


@contextmanager
def hook(tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """Listen while the block runs; with `tls` behind a certificate."""
    found = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with _HookServer(("127.0.0.1", 0), Handler) as server:
        server.tls = tls
        found.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}/hook"
        with _running(server):
            yield found


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(5)

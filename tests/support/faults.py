"""Nodes that fail at the worst moment: providers that wrap a good one, and servers that answer nonsense."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import HTTPError, ReadTimeout
from requests.models import Response
from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

Twist = Callable[[Any, Callable[[], RPCResponse]], RPCResponse]

BROADCASTS = ("eth_sendRawTransaction", "eth_sendTransaction")


class FaultyNode(BaseProvider):
    """A node that does what it is told to a broadcast, and counts them; every other request passes."""

    def __init__(self, good: Web3, at_broadcast: Callable[[Callable[[], RPCResponse]], RPCResponse]) -> None:
        """`at_broadcast` is handed the real broadcast, to make or not."""
        super().__init__()
        self._good = good.provider
        self._at_broadcast = at_broadcast
        self.broadcasts = 0
        self.after_an_answer: Callable[[], object] = lambda: None
        self.down = False

    @property
    def web3(self) -> Web3:
        return Web3(self)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        if self.down:
            raise RequestsConnectionError("https://user:secret@node.example/v3/secret refused the connection")
        if method in BROADCASTS:
            self.broadcasts += 1
            return self._at_broadcast(lambda: self._good.make_request(method, params))
        answer = self._good.make_request(method, params)
        self.after_an_answer()
        return answer


def answer_lost(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
    """The transaction arrives, the answer does not."""
    broadcast()
    raise ReadTimeout("read timed out at https://user:secret@node.example/v3/secret")


def never_arrives(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
    """Neither the transaction nor an answer arrives."""
    raise ReadTimeout("read timed out")


def refusing(message: str, code: int = -32000) -> Callable[[Callable[[], RPCResponse]], RPCResponse]:
    """The transaction does not arrive; the answer is an error of the node's own."""
    return lambda broadcast: {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}


def said_twice(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
    """The message arrives twice; the answer to the second one comes back."""
    broadcast()
    return broadcast()


def answering(good: Web3) -> Callable[[bytes], bytes]:
    """JSON-RPC over HTTP before the in-process chain, for `serving`."""

    def answer(asked: bytes) -> bytes:
        request = json.loads(asked)
        response = good.provider.make_request(request["method"], request.get("params", []))
        return json.dumps(dict(response) | {"id": request["id"]}).encode()

    return answer


@contextmanager
def serving(answer: bytes | Callable[[bytes], bytes], status: int = 200) -> Iterator[str]:
    """A server on loopback that answers with bytes, or with what a function makes of the request; yields its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer if isinstance(answer, bytes) else answer(asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def dripping(begin: bytes, good: Callable[[bytes], bytes] | None = None, at: str = "") -> Iterator[str]:
    """A server on loopback that sends `begin` and then a byte now and then, for ever; yields its URL.

    Where `good` is given, it answers every request properly but those of the method `at`, which reach it too.
    """
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = b"" if good is None else good(asked)
            if good is not None and json.loads(asked)["method"] != at:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            with suppress(OSError):
                self.wfile.write(begin)
                while not over.wait(0.02):
                    self.wfile.write(b"1")
                    self.wfile.flush()

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class TwistedNode(BaseProvider):
    """A node that answers some methods in its own way, by `twists`; every other request passes. Counts its broadcasts.

    A twist is handed the parameters and the real answer, to ask for or not.
    """

    def __init__(self, good: Web3, **twists: Twist) -> None:
        super().__init__()
        self._good = good.provider
        self.twists = twists
        self.asked: list[str] = []

    @property
    def web3(self) -> Web3:
        return Web3(self)

    @property
    def broadcasts(self) -> int:
        """How many it was sent."""
        return sum(method in BROADCASTS for method in self.asked)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        self.asked.append(method)
        params = list(params)
        twist = self.twists.get(method) or self.twists.get("everything")
        if twist is None:
            return self._good.make_request(method, params)
        return twist(params, lambda: self._good.make_request(method, params))


def stalls(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """No answer in time, though the question arrives."""
    ask()
    raise ReadTimeout("read timed out at https://user:secret@node.example/v3/secret")


def is_down(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """Nobody listens."""
    raise RequestsConnectionError("https://user:secret@node.example/v3/secret refused the connection")


def too_many_requests(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """HTTP 429."""
    response = Response()
    response.status_code = 429
    raise HTTPError("429 for https://user:secret@node.example/v3/secret", response=response)


def asks_for_less(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """A JSON-RPC error of rate limits."""
    return _error(-32005, "daily request count exceeded, request rate limited")


def breaks(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """A gateway's own error."""
    return _error(-32603, "Internal error")


def garbage(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """No JSON."""
    raise json.JSONDecodeError("Expecting value", "<html>Are you a robot?</html>", 0)


def saying(result: object) -> Twist:
    """The same result to every question."""
    return lambda params, ask: {"jsonrpc": "2.0", "id": 1, "result": result}  # type: ignore[typeddict-item]  # any


def nothing(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
    """`null`: no such transaction, receipt or block."""
    return saying(None)(params, ask)


def stuck_at(good: Web3, number: int) -> TwistedNode:
    """A node that hears of no block after `number`, and of none of its transactions."""
    block = hex(number)

    def pinned(place: int) -> Twist:
        def twist(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
            if params[place] in ("latest", "pending", "finalized"):
                params[place] = block
            return nothing(params, ask) if int(params[place], 16) > number else ask()

        return twist

    def before(params: Any, ask: Callable[[], RPCResponse]) -> RPCResponse:
        answer = ask()
        found: Any = answer.get("result")
        return nothing(params, ask) if found and int(found["blockNumber"] or "0x0", 16) > number else answer

    node = TwistedNode(good, eth_blockNumber=saying(block), eth_getBlockByNumber=pinned(0), eth_call=pinned(1))
    node.twists |= {"eth_getTransactionCount": pinned(1), "eth_getTransactionReceipt": before}
    return node


def _error(code: int, message: str) -> RPCResponse:
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}

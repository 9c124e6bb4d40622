"""What a publisher or a peer may send: no bytes of theirs end the node, fill its memory or hold its connections."""

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from random import Random

import httpx
import pytest

from oracle_node.fetch import Page, Unfetched, fetch

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def get(client: httpx.Client, url: str, known: Page | None = None, max_bytes: int = 1_000) -> Page | Unfetched:
    """One request, at most a second."""
    return fetch(client, url, known=known, max_bytes=max_bytes, timeout_seconds=1, agent="test")


def gave(client: httpx.Client, url: str, known: Page | None = None) -> bytes | str:
    """Its body, or why there is none."""
    found = get(client, url, known)
    return found.body if isinstance(found, Page) else found.why


def mocked(*answers: httpx.Response) -> httpx.Client:
    """A client that gets these answers, one after the other."""
    left = iter(answers)
    return httpx.Client(transport=httpx.MockTransport(lambda _: next(left)))


@contextmanager
def saying(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that hands each connection to `answer` and closes it; gives its URL."""
    with ExitStack() as closing:
        listener = closing.enter_context(socket.create_server(("127.0.0.1", 0)))
        threads: list[threading.Thread] = []

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                answer(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threads.append(threading.Thread(target=one, args=(listener.accept()[0],)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for each in (accepting, *threads):
                each.join()


def says(answer: bytes) -> Callable[[socket.socket], None]:
    """Takes the request and sends these bytes."""

    def send(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)

    return send


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("value", ["caf\xe9".encode("latin-1"), "\u65e5".encode(), b"\x01", b"z" * 60_000])
def test_a_validator_that_no_request_can_say_is_not_sent_back(name: str, value: bytes) -> None:
    """Whatever a publisher puts into its headers, the next slot reads its page; a plain one asks conditionally."""
    odd = HELLO.replace(b"OK\r\n", b"OK\r\n" + name.encode() + b": " + value + b"\r\n")
    with saying(says(odd)) as url, httpx.Client() as client:
        first = get(client, url)
        if isinstance(first, Page):
            assert first.conditions() == {}
            assert gave(client, url, first) == b"hello"
        else:
            assert value == b"\x01"  # no header at all, for h11
    assert Page(body=b"", sha256="", etag='"v1"').conditions() == {"If-None-Match": '"v1"'}


def test_a_gzip_bomb_is_refused_before_it_unpacks() -> None:
    """20 MB of nothing in 20 kB take no more memory than a page may have."""
    bomb = gzip.compress(bytes(20_000_000), 9)
    client = mocked(httpx.Response(200, stream=httpx.ByteStream(bomb), headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        assert gave(client, "http://page.example/") == "longer than 1000 bytes"
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body", "told"),
    [
        ("gzip", gzip.compress(b"hello"), b"hello"),
        ("GZIP", gzip.compress(b"hello"), b"hello"),
        ("identity", b"hello", b"hello"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"hello")), "it is encoded as 'gzip, gzip', and gzip was asked for"),
        ("br", b"hello", "it is encoded as 'br', and gzip was asked for"),
        ("gzip", gzip.compress(b"hello")[:-1], "its gzip is cut short"),
        ("gzip", b"", "its gzip is cut short"),
        ("gzip", gzip.compress(b"hello") * 2, "something follows its gzip"),
        ("gzip", b"hello", "its gzip is damaged: Error -3 while decompressing data: incorrect header check"),
        ("gzip", gzip.compress(bytes(1_000)), bytes(1_000)),
        ("gzip", gzip.compress(bytes(1_001)), "longer than 1000 bytes"),
    ],
)
def test_a_body_is_whole_and_packed_as_was_asked(encoding: str, body: bytes, told: bytes | str) -> None:
    """Half a page is no page, and neither is one in an encoding that nobody asked for."""
    answer = httpx.Response(200, stream=httpx.ByteStream(body), headers={"Content-Encoding": encoding})
    assert gave(mocked(answer), "http://page.example/") == told


def test_a_reason_is_short_however_long_its_phrase_is() -> None:
    """A status' words are the publisher's, and a reason is stored for every model of the page."""
    with saying(says(b"HTTP/1.1 503 " + b"no" * 20_000 + b"\r\n\r\n")) as url, httpx.Client() as client:
        found = get(client, url)
    assert isinstance(found, Unfetched)
    assert (found.status, found.why) == (503, ("status 503 " + "no" * 200)[:200])


def test_who_drips_headers_holds_no_connection() -> None:
    """A server that sends a byte of its header now and then costs its own answer, and no later request of anybody."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not over.wait(0.2):
            connection.sendall(b"z")

    client = httpx.Client(limits=httpx.Limits(max_connections=2))
    with client, saying(drip) as slow, saying(says(HELLO)) as fast:
        assert [gave(client, slow) for _ in range(3)] == ["no whole answer within 1 s"] * 3
        assert gave(client, fast) == b"hello"
        left = [each for each in threading.enumerate() if each.name == f"fetch {slow}"]
        for each in left:
            each.join(5)
        assert not any(each.is_alive() for each in left)
        over.set()


ANSWERS = (
    HELLO,
    b"HTTP/1.1 302 Found\r\nLocation: /other?x=%zz\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: 1\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nDate: Wed, 15 Jul 2026 00:00:00 GMT\r\n\r\n"
    + gzip.compress(b"hello"),
)
ODD = [
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b":",
    b"/",
    b"[",
    b"@",
    b"//[::1",
    b"xn--",
    b"-1",
    b"99999999999",
    b"\xc3\xa9",
    b" ",
]


def test_no_answer_of_a_server_raises() -> None:
    """Real answers with bytes put in, taken out and changed give a page or a reason, also to the next request."""
    random = Random(5)

    def damaged(connection: socket.socket) -> None:
        connection.recv(65_536)
        said = bytearray(random.choice(ANSWERS))
        for _ in range(random.randint(0, 4)):
            at = random.randrange(len(said))
            said[at : at + random.randint(0, 2)] = random.choice(ODD)
        connection.sendall(said)

    known = None
    whys = set()
    with saying(damaged) as url, httpx.Client() as client:
        for _ in range(400):
            found = fetch(client, url, known=known, max_bytes=1_000, timeout_seconds=5, agent="test")
            if isinstance(found, Page):
                known = found
            else:
                whys.add(found.why.split(":")[0])
    assert known is not None
    assert len(whys) > 5

"""A node's server beside readers that hold on, send nonsense or ask for paths that are none."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from oracle_node import serving
from oracle_node.archive import Archive
from oracle_node.archive_http import archive_route
from oracle_node.report import ReportBook
from oracle_node.serving import MAX_CONNECTIONS, Answer, reports_route, serve


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server with an empty book, an empty archive, and `/here`."""
    here = lambda path: Answer(body=b"{}") if path == "/here" else None  # noqa: E731
    with serve((here, reports_route(ReportBook()), archive_route(Archive(tmp_path / "archive")))) as found:
        yield found


def connected(url: str, said: bytes = b"") -> socket.socket:
    """A connection that has said something."""
    made = socket.create_connection((str(urlsplit(url).hostname), urlsplit(url).port or 0), timeout=5)
    made.sendall(said)
    return made


def answered(url: str, said: bytes) -> bytes:
    """The first line of the answer."""
    with connected(url, said) as connection:
        return connection.makefile("rb").readline().rstrip()


def test_readers_that_hold_on_make_room(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All connections taken by half requests: young ones are left in peace, then the oldest gives way to a peer."""
    monkeypatch.setattr(serving, "HELD_SECONDS", 3_600)
    with ExitStack() as closing:
        held = [closing.enter_context(connected(url, b"GET /he")) for _ in range(MAX_CONNECTIONS)]
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{url}/here")
        monkeypatch.setattr(serving, "HELD_SECONDS", 0)
        assert httpx.get(f"{url}/here").status_code == 200
        assert held[0].recv(1) == b""
        held[-1].sendall(b"re HTTP/1.0\r\n\r\n")
        assert held[-1].recv(15) == b"HTTP/1.0 200 OK"


@pytest.mark.parametrize(
    "path",
    [
        b"//[",
        b"http://[::1",
        b"/%",
        b"/%zz/%00",
        b"/reports/openai/%ff/1",
        b"/reports/../../node.db/1",
        b"/reports/openai/gpt-4.1/99999999",
        b"/reports/openai/gpt-4.1/%d9%a1",
        b"/archive/days/0001-01-01",
        b"/archive/days/9999-12-31",
        b"/archive/reports/0001-01-01/openai/gpt-4.1",
        b"/archive/fixings/9999-12-31/..%2f..%2fnode.db",
        b"/archive/pages/..%2f..%2fnode.db",
        b"/archive/pages/%00",
        b"/archive/manifests/" + b"\xc3\xa9" * 32,
        b"/" + b"a" * 60_000,
    ],
    ids=lambda path: path[:30].decode("latin-1"),
)
def test_a_path_that_is_none_is_not_found_and_no_news(url: str, path: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a reader asks for, the answer is 404 and the log stays silent: nobody can fill it from outside."""
    with caplog.at_level(logging.INFO):
        assert answered(url, b"GET " + path + b" HTTP/1.0\r\n\r\n") == b"HTTP/1.0 404 Not Found"
        assert answered(url, b"GET /here HTTP/1.0\r\n\r\n") == b"HTTP/1.0 200 OK"
    assert [each.getMessage() for each in caplog.records if each.name.startswith("oracle_node")] == []

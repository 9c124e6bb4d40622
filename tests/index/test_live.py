"""Asking OpenRouter: what a hostile or broken answer gets, beside the whole one. Nothing goes out."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date
from threading import Event

import httpx
import pytest
from support.index_files import DAY, price_list

from ifx_index.errors import BadAnswer, BadInput
from ifx_index.live import OpenRouter
from ifx_index.model import Model

GOOD = price_list({"openai/gpt-a": "0.000008"})
KEY = "sk-or-test"
Answer = Callable[[httpx.Request], httpx.Response]


def source(answer: Answer, **limits: int) -> OpenRouter:
    """OpenRouter as `answer` plays it."""
    return OpenRouter(client=httpx.Client(transport=httpx.MockTransport(answer)), **limits)


def always(answer: httpx.Response) -> Answer:
    return lambda _: answer


class Drip(httpx.SyncByteStream):
    """A body that goes on for ever, a piece at a time; `given` counts what was read of it."""

    def __init__(self, piece: bytes = b"[" * 65_536) -> None:
        self.piece, self.given = piece, 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.given += len(self.piece)
            yield self.piece


class Broken(httpx.SyncByteStream):
    """A body that ends in the middle."""

    def __iter__(self) -> Iterator[bytes]:
        yield GOOD[:20]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def test_a_whole_answer_is_given_as_it_came() -> None:
    """The bytes are what is recorded; a compressed one is given decompressed."""
    assert source(always(httpx.Response(200, content=GOOD))).models() == GOOD
    packed = httpx.Response(200, content=gzip.compress(GOOD), headers={"Content-Encoding": "gzip"})
    assert source(always(packed)).models() == GOOD


def test_each_source_is_asked_at_its_address() -> None:
    """The key goes to the data set alone."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    found = source(answer)
    found.models()
    found.activity(DAY, KEY)
    found.offers(Model("openai/gpt-a-20260101", "thinking"))
    assert [str(request.url).removeprefix("https://openrouter.ai/api/v1") for request in asked] == [
        "/models",
        "/datasets/rankings-daily?start_date=2026-07-20&end_date=2026-07-20",
        "/models/openai/gpt-a-20260101:thinking/endpoints",
    ]
    assert [request.headers.get("Authorization") for request in asked] == [None, f"Bearer {KEY}", None]


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (401, "OPENROUTER_API_KEY"),
        (403, "OPENROUTER_API_KEY"),
        (404, "leave it out"),
        (429, "wait some minutes"),
        (500, "Ask again later"),
        (599, "Ask again later"),
    ],
)
def test_another_status_is_refused_with_its_cure(status: int, cure: str) -> None:
    """And names the address that was asked, without query or key."""
    with pytest.raises(BadAnswer, match=f"status {status}") as refused:
        source(always(httpx.Response(status, content=GOOD))).activity(DAY, KEY)
    assert cure in str(refused.value)
    assert refused.value.url == "https://openrouter.ai/api/v1/datasets/rankings-daily"
    assert KEY not in str(refused.value)


def test_a_redirect_is_refused() -> None:
    """It could lead the key to another host."""
    moved = httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(BadAnswer, match="it redirects"):
        source(always(moved)).activity(DAY, KEY)


@pytest.mark.parametrize(
    "page",
    [
        httpx.Response(200, text="<!doctype html><title>Just a moment</title>"),
        httpx.Response(200, text="Just a moment", headers={"Content-Type": "text/html; charset=utf-8"}),
    ],
    ids=["as bytes", "as its type says"],
)
def test_a_page_instead_of_json_is_refused(page: httpx.Response) -> None:
    """A bot challenge comes with status 200."""
    with pytest.raises(BadAnswer, match="it is a page, not JSON"):
        source(always(page)).models()


def test_an_endless_answer_is_refused_when_the_limit_is_reached() -> None:
    """No more than a piece beyond the limit is ever read."""
    drip = Drip()
    with pytest.raises(BadAnswer, match="longer than 1000000 bytes"):
        source(lambda _: httpx.Response(200, stream=drip), max_bytes=10**6).models()
    assert drip.given <= 10**6 + len(drip.piece)


def test_an_answer_that_announces_a_gigabyte_is_refused_unread() -> None:
    """By its length, before a byte of it."""
    drip = Drip()
    long = httpx.Response(200, stream=drip, headers={"Content-Length": str(10**9)})
    with pytest.raises(BadAnswer, match="1000000000 bytes"):
        source(always(long)).models()
    assert drip.given == 0


def test_a_compressed_flood_is_refused_by_what_it_unpacks_to() -> None:
    """A few kilobytes that become megabytes."""
    packed = httpx.Response(200, content=gzip.compress(b" " * 10**7), headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadAnswer, match="longer than 1000000 bytes"):
        source(always(packed), max_bytes=10**6).models()


def test_an_answer_that_never_ends_is_refused_when_time_is_over() -> None:
    """However regularly its pieces come."""
    with pytest.raises(BadAnswer, match="no whole answer within 0 s"):
        source(lambda _: httpx.Response(200, stream=Drip(b" ")), timeout_seconds=0).models()


def test_a_source_that_says_nothing_for_ever_is_left() -> None:
    """Also one that keeps its connection alive without an answer."""
    heard = Event()

    def silent(_: httpx.Request) -> httpx.Response:
        heard.wait()
        return httpx.Response(200, content=GOOD)

    with pytest.raises(BadAnswer, match="no whole answer within 0 s"):
        source(silent, timeout_seconds=0).models()
    heard.set()


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx.ReadTimeout("slow"), "no answer within 60 s"),
        (httpx.ConnectTimeout("slow"), "no answer within 60 s"),
        (httpx.ConnectError("refused"), "it broke off: ConnectError"),
        (httpx.RemoteProtocolError("garbage"), "it broke off: RemoteProtocolError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_failing_connection_is_refused_by_its_kind(error: httpx.HTTPError, why: str) -> None:
    """And what the library said is its cause."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(BadAnswer, match=why) as refused:
        source(answer).models()
    assert refused.value.__cause__ is error


def test_an_answer_that_is_cut_short_is_refused() -> None:
    """The connection closes in the middle of the body."""
    with pytest.raises(BadAnswer, match="it broke off"):
        source(always(httpx.Response(200, stream=Broken()))).models()


@pytest.mark.parametrize("key", ["", "two words", "schlüssel", "line\nbreak"])
def test_what_cannot_be_a_key_is_refused_unsent(key: str) -> None:
    """Nothing is asked, and the refusal does not show it."""
    with pytest.raises(BadInput, match="OPENROUTER_API_KEY") as refused:
        source(lambda _: pytest.fail("something was asked")).activity(date(2026, 7, 20), key)
    assert not key or key not in str(refused.value)


def test_answers_are_not_decoded_here() -> None:
    """What is no JSON of a models list is refused by its reader, which knows what it must hold."""
    odd = json.dumps({"error": "none"}).encode()
    assert source(always(httpx.Response(200, content=odd))).models() == odd

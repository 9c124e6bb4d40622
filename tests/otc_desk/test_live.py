"""What oracle nodes say of the page now, read with suspicion, and what of it holds a booking back."""

import gzip
import json
import time
from collections.abc import Callable
from datetime import date
from typing import Literal

import httpx
import pytest
from support.receivers import answering, dripping

from ifx_sdk.calendar import SECONDS_PER_DAY
from otc_desk.live import MAX_AGE_SECONDS, MAX_BYTES, LivePrices, Reading, Silence, objections, read

GPT = "openai/gpt-4.1"
NOW = 20_649 * SECONDS_PER_DAY + 600
MATURITY = 20_741 * SECONDS_PER_DAY
"""2026-10-15."""
SPOT = 8_000_000


def reading(price: int = SPOT, *, at: int = NOW, changes: tuple[tuple[date, int | None], ...] = ()) -> Reading:
    """What one node read."""
    return Reading(node="http://one.example", price=price, at=at, changes=changes)


SILENT = Silence(node="http://two.example", why="it answers 503: no such page")


def said(*answers: Reading | Silence, required: bool = True) -> tuple[str, ...]:
    """What speaks against the spot."""
    return objections(answers, spot=SPOT, maturity=MATURITY, now=NOW, required=required)


def test_one_node_that_reads_the_spot_is_enough() -> None:
    """Others may be silent; without any there is no booking, unless none is required."""
    assert said(reading(), SILENT) == ()
    assert said(SILENT) == ("no oracle node has read the page now (http://two.example: it answers 503: no such page)",)
    assert said() == ("no oracle node has read the page now",)
    assert said(required=False) == said(SILENT, required=False) == ()


def test_one_node_that_reads_another_price_is_enough_to_wait() -> None:
    """Nodes that disagree are no agreement, also where none is required; nor is a micro too much."""
    expected = "the page says 7.00 USD/Mtok now and the spot is 8.00 USD/Mtok (read by http://one.example)"
    assert said(reading(), reading(7_000_000)) == (expected,)
    assert said(reading(7_000_000), required=False) == (expected,)
    assert len(said(reading(SPOT + 1))) == 1


@pytest.mark.parametrize(("day", "holds"), [(date(2026, 10, 15), True), (date(2026, 10, 16), False)])
def test_a_dated_change_counts_up_to_the_maturitys_day(day: date, holds: bool) -> None:
    """What comes later is no business of this forward."""
    assert bool(said(reading(changes=((day, 9_000_000),)))) is holds
    assert bool(said(reading(changes=((day, None),)))) is holds


@pytest.mark.parametrize("off", [-1, 1])
def test_a_reading_of_another_time_is_none(off: int) -> None:
    """Ten minutes are well, a second more is not: neither for the spot nor against it."""
    assert said(reading(at=NOW + off * MAX_AGE_SECONDS)) == ()
    late = reading(7_000_000, at=NOW + off * (MAX_AGE_SECONDS + 1))
    assert said(reading(), late) == ()
    assert said(late) == ("no oracle node has read the page now (http://one.example: its reading is of another time)",)


GOOD = {"underlying": GPT, "price": SPOT, "at": NOW, "sha256": "0" * 64, "changes": []}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"[" * 10_000,
        json.dumps(GOOD | {"underlying": "openai/gpt-5"}).encode(),
        json.dumps(GOOD | {"price": 8.0}).encode(),
        json.dumps(GOOD | {"price": True}).encode(),
        json.dumps(GOOD | {"price": -1}).encode(),
        json.dumps(GOOD | {"price": None}).encode(),
        json.dumps(GOOD | {"at": "now"}).encode(),
        json.dumps(GOOD | {"changes": None}).encode(),
        json.dumps(GOOD | {"changes": [{"from": "soon", "price": 1}]}).encode(),
        json.dumps(GOOD | {"changes": [{"from": "2026-09-01", "price": "9"}]}).encode(),
        json.dumps(GOOD | {"changes": [{"price": 9}]}).encode(),
        json.dumps(GOOD | {"changes": ["2026-09-01"]}).encode(),
        json.dumps({key: value for key, value in GOOD.items() if key != "changes"}).encode(),
    ],
)
def test_an_answer_of_another_shape_is_silence(body: bytes) -> None:
    """Never an exception, and never a price."""
    assert isinstance(read("http://one.example", GPT, body), Silence)


def test_an_answer_of_the_right_shape_is_a_reading() -> None:
    """With its changes in order."""
    body = json.dumps(GOOD | {"changes": [{"from": "2026-09-01", "price": 9_000_000, "why": ""}]}).encode()
    assert read("http://one.example", GPT, body) == reading(changes=((date(2026, 9, 1), 9_000_000),))


def prices(answer: Callable[[httpx.Request], httpx.Response]) -> LivePrices:
    """A desk's nodes."""
    nodes = ["http://one.example", "http://two.example"]
    return LivePrices(nodes, timeout_seconds=5, transport=httpx.MockTransport(answer))


def test_every_node_is_asked_and_a_failure_is_silence() -> None:
    """One answers, one does not; both are told, in their order."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "two.example":
            raise httpx.ConnectError("refused")
        assert request.url.path == f"/live/{GPT}"
        return httpx.Response(200, json=GOOD)

    found = prices(answer).ask(GPT)
    assert found == (reading(), Silence(node="http://two.example", why="ConnectError while asking it"))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503, json={"error": "status 500"}),
        httpx.Response(302, headers={"Location": "http://evil.example/live"}),
        httpx.Response(200, content=b" " * 70_000),
        httpx.Response(200, content=b"<html>"),
    ],
)
def test_nothing_else_than_an_answer_counts(answer: httpx.Response) -> None:
    """A refusal, a way elsewhere, an endless body, a page."""
    assert all(isinstance(each, Silence) for each in prices(lambda request: answer).ask(GPT))


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_node_that_drips_is_given_up_in_time_and_the_others_reading_stands(where: Literal["head", "body"]) -> None:
    """A letter now and then keeps every read alive: the time is for the whole answer, and nobody waits longer."""
    with dripping(where) as slow, answering(json.dumps(GOOD).encode()) as honest:
        began = time.monotonic()
        found = LivePrices([slow, honest], timeout_seconds=1).ask(GPT)
        assert time.monotonic() - began < 4
    assert found[0] == Silence(node=slow, why="it did not answer within 1 s")
    assert found[1] == Reading(node=honest, price=SPOT, at=NOW, changes=())


def test_an_answer_is_as_long_as_what_came_over_the_wire() -> None:
    """One that would unpack to a thousand times its size is refused; the longest that is read is read whole."""
    packed = gzip.compress(json.dumps(GOOD).encode() + b" " * 10_000_000)
    assert len(packed) < MAX_BYTES
    with answering(packed, ("Content-Encoding", "gzip")) as bomb:
        (found,) = LivePrices([bomb], timeout_seconds=5).ask(GPT)
    assert found == Silence(node=bomb, why="DecodingError while asking it")
    whole = json.dumps(GOOD).encode().ljust(MAX_BYTES)
    for body, is_read in ((whole, True), (whole + b" ", False)):
        with answering(body) as node:
            (found,) = LivePrices([node], timeout_seconds=5).ask(GPT)
        assert isinstance(found, Reading) is is_read


def test_no_nodes_say_nothing() -> None:
    """And nothing is asked."""
    assert LivePrices([], timeout_seconds=5).ask(GPT) == ()

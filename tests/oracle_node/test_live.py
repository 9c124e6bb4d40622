"""What a node says of a page on being asked: the price now, and every dated change that the page shows."""

import json
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.net import net
from support.nodes import GPT, MIDNIGHT, PAGE, ToldClock, asked, page

from oracle_node.assembly import Mode
from oracle_node.live import AHEAD_DAYS, FRESH_SECONDS, LivePages, changes, live_route
from oracle_node.serving import serve
from oracle_node.settings import ReadingSettings
from oracle_node.sources import Refusal, read
from oracle_node.sources.reading import whole_micro

TODAY = date(2026, 7, 15)
PAGES = Path(__file__).parent / "pages"


def answered(pages: LivePages, underlying: str = GPT) -> tuple[int, Any]:
    """Status and document."""
    found = live_route(pages)(f"/live/{underlying}")
    assert found is not None
    assert isinstance(found.body, bytes)
    return found.status, json.loads(found.body)


def pages_of(answer: Callable[[httpx.Request], httpx.Response], clock: ToldClock) -> LivePages:
    """A node's live pages over a client that asks `answer`."""
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return LivePages(client, asked(), ReadingSettings(), clock)


def test_it_says_the_price_of_now() -> None:
    """Price, time, page and its hash; no change where the page dates none."""
    found = pages_of(lambda request: httpx.Response(200, text=page(gpt="7.50")), ToldClock(MIDNIGHT + 5))
    status, document = answered(found)
    assert status == 200
    assert len(document.pop("sha256")) == 64
    assert document == {"underlying": GPT, "price": 7_500_000, "at": MIDNIGHT + 5, "page": PAGE, "changes": []}


def test_however_many_ask_a_page_is_fetched_once_a_minute_and_then_conditionally() -> None:
    """Two underlyings on one page, asked twice: one request; a minute later one that asks only for changes."""
    asks: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asks.append(request.headers.get("If-None-Match"))
        return httpx.Response(304) if asks[-1] else httpx.Response(200, text=page(), headers={"ETag": '"1"'})

    clock = ToldClock(MIDNIGHT)
    found = pages_of(answer, clock)
    for _ in range(2):
        for name in (GPT, "openai/gpt-5.6-luna"):
            assert answered(found, name)[0] == 200
    assert asks == [None]
    clock.wait_until(MIDNIGHT + FRESH_SECONDS)
    assert answered(found)[1]["at"] == MIDNIGHT + FRESH_SECONDS
    assert asks == [None, '"1"']


def test_a_page_that_does_not_come_is_no_price_and_is_not_asked_again_at_once() -> None:
    """503 with the reason, also from what is remembered; the old price is never told again."""
    asks: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asks.append(1)
        return httpx.Response(200, text=page()) if len(asks) == 1 else httpx.Response(500)

    clock = ToldClock(MIDNIGHT)
    found = pages_of(answer, clock)
    assert answered(found)[0] == 200
    clock.wait_until(MIDNIGHT + FRESH_SECONDS)
    assert answered(found) == (503, {"error": "status 500 Internal Server Error", "at": MIDNIGHT + FRESH_SECONDS})
    assert answered(found)[0] == 503
    assert len(asks) == 2


def test_a_page_that_hangs_does_not_hold_every_asker(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one waits for the page, the others are told to ask again; then it is there for all."""
    asked_for, come = threading.Event(), threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        asked_for.set()
        come.wait(20)
        return httpx.Response(200, text=page())

    monkeypatch.setattr("oracle_node.live.PATIENCE_SECONDS", 0)
    found = pages_of(answer, ToldClock(MIDNIGHT))
    first = threading.Thread(target=answered, args=(found,))
    first.start()
    assert asked_for.wait(20)
    assert answered(found) == (503, {"error": "the page is being read; ask again"})
    come.set()
    first.join()
    assert answered(found)[0] == 200


def test_a_page_without_the_model_is_no_price() -> None:
    """503 with the reader's own words."""
    found = pages_of(lambda request: httpx.Response(200, text=page().replace("gpt-4.1", "gpt-9")), ToldClock(MIDNIGHT))
    status, document = answered(found)
    assert status == 503
    assert "no row" in document["error"]


def test_what_the_node_does_not_read_is_unknown() -> None:
    """404, and another route's path is not this one's."""
    found = pages_of(lambda request: httpx.Response(200, text=page()), ToldClock(MIDNIGHT))
    assert answered(found, "openai/gpt-0")[0] == 404
    assert live_route(found)("/reports/openai/gpt-4.1/1") is None


def dated(rows: str) -> bytes:
    """A page whose rows have dates."""
    table = f"<tr><th>Model</th><th>Input</th><th>Output</th></tr>{rows}"
    return (
        "<html lang=en><body><h1>OpenAI API pricing</h1><h3>Standard</h3><p>Prices per 1M tokens.</p>"
        f"<table>{table}</table></body></html>"
    ).encode()


def row(name: str, price: str) -> str:
    """One model."""
    return f"<tr><td>{name}</td><td>$2.00</td><td>{price}</td></tr>"


@pytest.mark.parametrize(
    ("rows", "now", "later"),
    [
        (
            row("gpt-4.1 (through August 31, 2026)", "$8.00") + row("gpt-4.1 (starting September 1, 2026)", "$9.00"),
            8_000_000,
            [(date(2026, 9, 1), 9_000_000)],
        ),
        (row("gpt-4.1 (through August 31, 2026)", "$8.00"), 8_000_000, [(date(2026, 9, 1), None)]),
        (row("gpt-4.1 (retired 2027-03-01)", "$8.00"), 8_000_000, [(date(2027, 3, 1), None)]),
        (row("gpt-4.1 (starting 2025-01-01)", "$8.00"), 8_000_000, []),
        (row("gpt-4.1 (retired 2030-01-01)", "$8.00"), 8_000_000, []),
    ],
)
def test_a_dated_change_is_told(rows: str, now: int, later: list[tuple[date, int | None]]) -> None:
    """A new price, the end of the only one, a retirement; not what is past or farther than any forward."""
    price, found = changes("openai", dated(rows), "gpt-4.1", TODAY)
    assert price == now
    assert [(each.day, each.price) for each in found] == later
    assert all(bool(each.why) == (each.price is None) for each in found)


@pytest.mark.parametrize(
    ("provider", "file", "model"),
    [
        ("openai", "openai_islands.html", "gpt-4.1"),
        ("anthropic", "anthropic.md", "claude-opus-4-8"),
        ("google", "google.html", "gemini-2.5-pro"),
        ("openrouter", "openrouter.json", "openai/gpt-4.1"),
        ("openai", "bot_wall.html", "gpt-4.1"),
    ],
)
def test_noting_dates_finds_what_reading_every_day_finds(provider: str, file: str, model: str) -> None:
    """The few days that are read give the same changes as all of them, for every family."""
    body = (PAGES / file).read_bytes()
    days = [TODAY + timedelta(days=ahead) for ahead in range(AHEAD_DAYS + 1)]
    each_day = [whole_micro(read(provider, body, model, day)) for day in days]
    price, found = changes(provider, body, model, TODAY)
    assert price == each_day[0]
    expected = [
        (day, None if isinstance(new, Refusal) else new)
        for day, old, new in zip(days[1:], each_day[:-1], each_day[1:], strict=True)
        if (new.reason if isinstance(new, Refusal) else new) != (old.reason if isinstance(old, Refusal) else old)
    ]
    assert [(each.day, each.price) for each in found] == expected


def test_a_running_node_answers_it() -> None:
    """The route is among those that an assembled node serves."""
    with net(MIDNIGHT - 7_200, {GPT: "gpt-4.1"}) as one:
        node = one.start(0, Mode.DRY_RUN)
        with serve(node.routes) as url:
            found = httpx.get(f"{url}/live/{GPT}").json()
    assert (found["underlying"], found["price"], found["changes"]) == (GPT, 8_000_000, [])

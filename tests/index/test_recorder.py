"""`ifx-index record`: what stands in the folder afterwards, and that `backfill` reads it."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.index_files import DAY, dataset, price_list

from ifx_index import cli
from ifx_index.backfill import backfill
from ifx_index.errors import BadInput
from ifx_index.folder import open_folder
from ifx_index.ingest.offers import read_offers
from ifx_index.live import OpenRouter
from ifx_index.model import Model
from ifx_index.recorder import Recorded, record
from ifx_index.store import Store

A, NEW, GONE = "openai/gpt-a", "openai/gpt-new-20260720", "openai/gpt-gone"
NEXT = DAY + timedelta(days=1)
KEY = "sk-or-test"


def at(day: date, hour: int, minute: int = 10) -> datetime:
    """A time of a day, UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


def offer(*prices: str) -> bytes:
    """The public answer about one model's offers."""
    return json.dumps(
        {"data": {"id": "x", "endpoints": [{"pricing": {"completion": each}} for each in prices]}}
    ).encode()


class Source:
    """OpenRouter, and what each path answers; `asked` are the paths in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        rows = [(DAY, A, 6 * 10**9), (DAY, NEW, 4 * 10**8), (DAY, GONE, 10**6), (DAY, f"{A}:free", 10**8)]
        self.answers: dict[str, httpx.Response] = {
            "/models": httpx.Response(200, content=price_list({A: "0.000008"})),
            "/datasets/rankings-daily": httpx.Response(
                200, content=dataset([*rows, (DAY, "other", 10**9)], as_of=f"{NEXT}T05:00:00Z")
            ),
            f"/models/{NEW}/endpoints": httpx.Response(200, content=offer("0.00003", "0.00002", "0")),
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        self.asked.append(path)
        return self.answers.get(path, httpx.Response(404))

    def record(self, root: Path, now: datetime, key: str | None = KEY) -> list[Recorded]:
        """Run `record` against it."""
        with httpx.Client(transport=httpx.MockTransport(self)) as client:
            return list(record(OpenRouter(client=client), root, now=now, key=key))


@pytest.fixture
def source() -> Source:
    return Source()


def test_two_calls_a_day_record_what_a_value_needs(source: Source, tmp_path: Path) -> None:
    """The list at the day's start, the tokens after its end; `backfill` makes the day's value of them."""
    source.record(tmp_path, at(DAY, 0))
    done = source.record(tmp_path, at(NEXT, 6))
    assert (tmp_path / "models" / f"{DAY}.json").read_bytes() == price_list({A: "0.000008"})
    assert [each.new for each in done] == [True, True, False]
    (day,) = backfill(open_folder(tmp_path), Store(tmp_path / "store"), now=at(NEXT, 7))
    assert day.day is not None
    assert day.day.series["LPI-openai"].measure.value_micro == 8_000_000
    assert "LPI-openai-O" not in day.day.series


def test_a_recording_is_never_replaced(source: Source, tmp_path: Path) -> None:
    """Nor asked for again."""
    source.record(tmp_path, at(DAY, 0))
    source.answers["/models"] = httpx.Response(200, content=price_list({A: "0.000009"}))
    (again, *_) = source.record(tmp_path, at(DAY, 1))
    assert (again.new, again.path) == (False, tmp_path / "models" / f"{DAY}.json")
    assert source.asked.count("/models") == 1


def test_a_list_of_the_afternoon_only_tells_conflicts(source: Source, tmp_path: Path) -> None:
    """It is no price of the day's start."""
    source.record(tmp_path, at(DAY, 2, 59))
    source.record(tmp_path, at(NEXT, 3, 0))
    assert [path.name for path in sorted((tmp_path / "models").iterdir())] == [f"{DAY}.json"]
    assert [path.name for path in (tmp_path / "models_afternoon").iterdir()] == [f"{NEXT}.json"]


def test_offers_are_asked_of_what_was_used_and_is_not_listed(source: Source, tmp_path: Path) -> None:
    """Not of free variants; one without an answer is left out and named. They are a fallback of that day."""
    source.record(tmp_path, at(NEXT, 0))
    done = source.record(tmp_path, at(NEXT, 6))
    asked = [path for path in source.asked if path.endswith("/endpoints")]
    assert asked == [f"/models/{NEW}/endpoints", f"/models/{GONE}/endpoints"]
    assert done[2].new
    assert GONE in done[2].why
    path = tmp_path / "endpoints" / f"{NEXT}.json"
    found = read_offers(path.read_bytes(), path.name)
    assert (found.date, dict(found.prices)) == (NEXT, {Model(NEW, "standard"): 20_000_000})
    assert open_folder(tmp_path).fallback == {NEXT: path}


def test_tokens_are_asked_for_when_their_day_is_due(source: Source, tmp_path: Path) -> None:
    """Before 06:00 UTC nothing is refused and nothing is asked."""
    early = source.record(tmp_path, at(NEXT, 5, 59))
    assert (early[1].path, early[1].refused) == (None, False)
    assert "due at 06:00" in early[1].line()
    assert "/datasets/rankings-daily" not in source.asked
    assert source.record(tmp_path, at(NEXT, 6, 0))[1].new


def test_tokens_of_an_open_day_are_refused(source: Source, tmp_path: Path) -> None:
    """The source says when it took them."""
    early = dataset([(DAY, A, 10**9)], as_of=f"{DAY}T23:00:00Z")
    source.answers["/datasets/rankings-daily"] = httpx.Response(200, content=early)
    found = source.record(tmp_path, at(NEXT, 6))[1]
    assert found.refused
    assert "before the day had ended" in found.why
    assert not (tmp_path / "activity").exists()


def test_without_a_key_the_list_is_recorded_all_the_same(source: Source, tmp_path: Path) -> None:
    """And the refusal says where the key belongs."""
    models, activity, _ = source.record(tmp_path, at(NEXT, 6), key=None)
    assert models.new
    assert activity.refused
    assert "OPENROUTER_API_KEY" in activity.why


@pytest.mark.parametrize(
    "answer",
    [b'{"data": [{"id": "openai/gpt-a", "pri', b'{"error": "none"}', b"[]", b""],
    ids=["cut short", "another document", "empty list", "nothing"],
)
def test_an_answer_that_cannot_be_read_is_not_recorded(source: Source, tmp_path: Path, answer: bytes) -> None:
    """The other sources are, and the refusal says what is wrong."""
    source.answers["/models"] = httpx.Response(200, content=answer)
    models, activity, _ = source.record(tmp_path, at(NEXT, 6))
    assert models.refused
    assert not (tmp_path / "models").exists()
    assert not (tmp_path / "models_afternoon").exists()
    assert activity.new


@pytest.mark.parametrize(
    "document",
    [
        {"answers": [], "date": str(DAY)},
        {"answers": {}, "date": "yesterday"},
        {"answers": {A: 7}, "date": str(DAY)},
        {"answers": {A: "{}"}, "date": str(DAY)},
        {"answers": {A: '{"data": {"endpoints": [7]}}'}, "date": str(DAY)},
        {"answers": {}, "date": str(DAY), "more": 1},
    ],
)
def test_a_document_of_offers_in_another_shape_is_refused(document: dict[str, object]) -> None:
    """Nothing of it is guessed."""
    with pytest.raises(BadInput):
        read_offers(json.dumps(document).encode(), "offers.json")


def test_an_offer_without_a_price_prices_nothing() -> None:
    """Zero, below zero and words are no price; the model is set aside with a note."""
    answers = {"answers": {A: offer("0", "-1", "free").decode()}, "date": str(DAY)}
    found = read_offers(json.dumps(answers).encode(), "offers.json")
    assert (dict(found.prices), len(found.notes)) == ({}, 1)


def test_the_command_tells_what_it_recorded(
    index: Any, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3 where something was refused: here the key is missing."""
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    client = httpx.Client(transport=httpx.MockTransport(source))
    monkeypatch.setattr(cli.httpx, "Client", lambda: client)
    ran = index("record", "--out", tmp_path / "recordings", "--json")
    assert ran.code == 3
    assert [each["what"].split()[0] for each in ran.json["recorded"]] == ["models", "activity", "offers"]
    assert ran.json["recorded"][0]["new"] is True

"""Usage files, plain and as JSON exports, and what hostile ones get: a refusal by line with its cure."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifx_sdk.errors import BadFile
from ifx_sdk.hedging import tables
from ifx_sdk.hedging.errors import BadRepricingTable, BadUsageFile
from ifx_sdk.hedging.exposure import Use
from ifx_sdk.hedging.repricings import read_repricings
from ifx_sdk.hedging.usage_files import read_usage

HEADER = "date,model,output_tokens\n"
GOOD = HEADER + "2026-07-01,openai/gpt-4.1,1000\n2026-07-02,openai/gpt-4.1,0\n"
DAY = 1_782_864_000  # 2026-07-01


def saved(folder: Path, content: str | bytes, name: str = "usage.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def use(tokens: int, model: str = "openai/gpt-4.1", day: int = 1) -> Use:
    return Use(on=date(2026, 7, day), model=model, tokens=tokens)


def test_the_plain_form_is_read(tmp_path: Path) -> None:
    """Day, model, tokens; nothing is left out."""
    found = read_usage(saved(tmp_path, GOOD))
    assert (found.form, found.uses, found.left_out) == ("plain", (use(1000), use(0, day=2)), 0)
    assert found.models == {"openai/gpt-4.1": 1000}


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace("date,model", " Date , MODEL"),
        "output_tokens,date,model\n1000,2026-07-01,openai/gpt-4.1\n0,2026-07-02,openai/gpt-4.1",
        GOOD.replace("1000", '"1000"'),
    ],
    ids=["mark", "windows", "blank lines", "capitals", "order", "quotes"],
)
def test_how_it_was_saved_does_not_matter(content: str, tmp_path: Path) -> None:
    """A byte order mark, line ends, blank lines, capitals, another order, quotes."""
    assert read_usage(saved(tmp_path, content)).uses == (use(1000), use(0, day=2))


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        ("", None, "empty"),
        (" \n\n", None, "empty"),
        (HEADER, None, "no rows"),
        ("date,model\n2026-07-01,m\n", 1, "output_tokens' is missing"),
        ("date,model,output_tokens,date\n", 1, "'date' stands twice"),
        ("date,model,output_tokens,input_tokens\n2026-07-01,m,1,2\n", 1, "'input_tokens'"),
        (GOOD + "2026-07-03,m\n", 4, "2 cells where the header has 3"),
        (GOOD + "2026-07-03,m,1,000\n", 4, "number with commas"),
        (GOOD + '2026-07-03,m,"1,000"\n', 4, "no whole number"),
        (GOOD + "2026-07-03,m,-1\n", 4, "no whole number"),
        (GOOD + "2026-07-03,m,1.5\n", 4, "no whole number"),
        (GOOD + "2026-07-03,m,1e9\n", 4, "no whole number"),
        (GOOD + "2026-07-03,m,\n", 4, "no whole number"),
        (GOOD + "2026-07-03,m,\u0661\n", 4, "no whole number"),
        (GOOD + "2026-07-03,m," + "9" * 19 + "\n", 4, "no whole number"),
        (GOOD + "03/07/2026,m,1\n", 4, "not written YYYY-MM-DD"),
        (GOOD + "2026-02-30,m,1\n", 4, "no such day"),
        (GOOD + "2026-07-03,,1\n", 4, "no model's name"),
        (GOOD + "2026-07-03,=cmd(),1\n", 4, "no model's name"),
        (GOOD + "2026-07-03,a\u202eb,1\n", 4, "no model's name"),
        (GOOD + f"2026-07-03,{'m' * 129},1\n", 4, "no model's name"),
        (GOOD + "2026-07-01,openai/gpt-4.1,1000\n", 4, "as line 2: it would be counted twice"),
        (GOOD + '2026-07-03,"m,1\n', 4, "not CSV"),
        (GOOD.encode() + b"2026-07-03,\xff,1\n", 4, "not UTF-8"),
        (GOOD + "2026-07-03,m\0,1\n", 4, "zero byte"),
        (GOOD.encode("utf-16"), 1, "not UTF-8"),
    ],
)
def test_a_hostile_table_is_refused_by_line(content: str | bytes, line: int | None, why: str, tmp_path: Path) -> None:
    """The line, what is wrong there, and the cure; the same file without it is read."""
    path = saved(tmp_path, content)
    with pytest.raises(BadUsageFile) as caught:
        read_usage(path)
    assert caught.value.line == line
    assert why in caught.value.why
    assert str(path) in str(caught.value)
    assert caught.value.cure
    assert read_usage(saved(tmp_path, GOOD, "good.csv")).uses


@settings(max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda text: (HEADER + text).encode("utf-8", "replace"))
    )
)
def test_no_bytes_get_past_as_anything_else(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Whatever a file holds, it is read as uses or refused as a usage file."""
    path = saved(tmp_path_factory.mktemp("any"), data)
    with suppress(BadUsageFile):
        assert all(each.tokens >= 0 for each in read_usage(path).uses)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there, a folder, a path with a zero byte, one that is too large."""
    for path in (tmp_path / "absent.csv", tmp_path, "a\0b"):
        with pytest.raises(BadUsageFile, match="cannot be read"):
            read_usage(path)
    monkeypatch.setattr(tables, "LARGEST", 10)
    with pytest.raises(BadUsageFile, match="larger than"):
        read_usage(saved(tmp_path, GOOD))


# ------------------------------------------------------------------------------------------------- providers' exports


def openai(**more: Any) -> dict[str, Any]:
    result = {"object": "organization.usage.completions.result", "input_tokens": 9, "output_tokens": 500, "model": "m"}
    bucket = {"object": "bucket", "start_time": DAY, "end_time": DAY + 86_400, "results": [result | more]}
    return {"object": "page", "data": [bucket], "has_more": False, "next_page": None}


def anthropic(**more: Any) -> dict[str, Any]:
    result = {"uncached_input_tokens": 9, "output_tokens": 500, "model": "m", "service_tier": "standard"}
    bucket = {"starting_at": "2026-07-01T00:00:00Z", "ending_at": "2026-07-02T00:00:00Z", "results": [result | more]}
    return {"data": [bucket], "has_more": False, "next_page": None}


def openrouter(**more: Any) -> dict[str, Any]:
    item = {"date": "2026-07-01", "model": "m", "model_permaslug": "m-1", "completion_tokens": 500}
    return {"data": [item | {"reasoning_tokens": 200, "prompt_tokens": 9, "usage": 0.015} | more]}


@pytest.mark.parametrize("made", [openai, anthropic, openrouter])
def test_an_export_is_read(made: Any, tmp_path: Path) -> None:
    """One page, or a list of several; reasoning tokens are a part of the completion's."""
    found = read_usage(saved(tmp_path, json.dumps(made())))
    assert (found.form, found.uses, found.left_out) == (made.__name__, (use(500, "m"),), 0)
    assert read_usage(saved(tmp_path, json.dumps([made(), made()]))).models == {"m": 1000}


@pytest.mark.parametrize(
    "document",
    [
        openai(batch=True),
        openai(service_tier="flex"),
        anthropic(service_tier="batch"),
        anthropic(service_tier="priority"),
        anthropic(context_window="200k-1M"),
    ],
)
def test_tokens_at_other_prices_are_counted_apart(document: dict[str, Any], tmp_path: Path) -> None:
    """Batch, flex, priority and long context are no underlying of a forward; standard ones are."""
    found = read_usage(saved(tmp_path, json.dumps(document)))
    assert (found.uses, found.left_out) == ((), 500)
    for standard in (openai(batch=False, service_tier="default"), anthropic(context_window="0-200k")):
        assert read_usage(saved(tmp_path, json.dumps(standard))).left_out == 0


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    """The document without one key of its first bucket."""
    bucket = {name: value for name, value in document["data"][0].items() if name != key}
    return document | {"data": [bucket]}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (openai(model=None), "names no model"),
        (openai(output_tokens=-1), "whole number of tokens"),
        (openai(output_tokens=1.5), "whole number of tokens"),
        (openai(output_tokens=True), "whole number of tokens"),
        (openai(output_tokens="5"), "whole number of tokens"),
        (openai() | {"has_more": True}, "more pages follow"),
        (openai() | {"data": [openai()["data"][0] | {"end_time": DAY + 86_401}]}, "at most a day"),
        (openai() | {"data": [openai()["data"][0] | {"start_time": 10**15, "end_time": 10**15}]}, "outside the years"),
        (openai() | {"data": [openai()["data"][0] | {"start_time": "now"}]}, "unix seconds"),
        (openai() | {"data": {}}, "data must be a list"),
        (openai() | {"data": []}, "no rows"),
        (openai() | {"data": [3]}, "must be an object"),
        (without(openai(), "results"), "no usage of OpenAI"),
        (anthropic(model=None), "names no model"),
        (anthropic() | {"data": [anthropic()["data"][0] | {"starting_at": "T"}]}, "is no date"),
        (anthropic() | {"data": [anthropic()["data"][0] | {"starting_at": 5}]}, "must be text"),
        (anthropic() | {"data": [anthropic()["data"][0], 3]}, "must be an object"),
        (openrouter(date="yesterday"), "is no date"),
        (openrouter(completion_tokens=None), "whole number of tokens"),
        ([], "no rows"),
        ([3], "must be an object"),
        ({}, "data must be a list"),
    ],
)
def test_a_hostile_export_is_refused_by_its_place(document: object, why: str, tmp_path: Path) -> None:
    """What is wrong and where, and a cure."""
    path = saved(tmp_path, json.dumps(document))
    with pytest.raises(BadUsageFile) as caught:
        read_usage(path)
    assert why in caught.value.why
    assert caught.value.cure
    assert caught.value.path.startswith(str(path))


@pytest.mark.parametrize(
    "content", ['{"data": [', '{"data": 1, "data": 2}', "[" * 500, "[NaN]", '{"a": 1' + "0" * 5_000 + "}"]
)
def test_broken_json_is_refused(content: str, tmp_path: Path) -> None:
    """Cut short, a key twice, too deep, no number, a number of absurd length."""
    with pytest.raises(BadUsageFile):
        read_usage(saved(tmp_path, content))


GENERATIONS = (
    "generation_id,created_at,model_permaslug,provider_name,tokens_prompt,tokens_completion,tokens_reasoning\n"
)


def test_a_log_of_generations_is_read(tmp_path: Path) -> None:
    """Each counts on its UTC day, whatever its offset."""
    rows = (
        "a,2026-07-01T23:59:59+00:00,m,P,1,10,5\n"
        "b,2026-07-01T23:30:00-02:00,m,P,1,7,0\n"
        "c,2026-07-01 10:00:00,m,P,1,2,0\n"
    )
    found = read_usage(saved(tmp_path, GENERATIONS + rows))
    assert found.form == "openrouter-csv"
    assert found.uses == (use(10, "m"), use(7, "m", 2), use(2, "m"))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,2026-07-01T00:00:00Z,m,P,1,10,5\n" * 2, "the same generation as line 2"),
        ("a,yesterday,m,P,1,10,5\n", "no time"),
        ("a,2026-07-01T00:00:00Z,,P,1,10,5\n", "no model's name"),
        ("a,2026-07-01T00:00:00Z,m,P,1,x,5\n", "no whole number"),
        ("a,0001-01-01T00:00:00+14:00,m,P,1,1,5\n", "no time"),
    ],
)
def test_a_hostile_log_is_refused(row: str, why: str, tmp_path: Path) -> None:
    """A generation twice, no time, no model, no tokens, a time before all time."""
    with pytest.raises(BadUsageFile, match=why):
        read_usage(saved(tmp_path, GENERATIONS + row))


# --------------------------------------------------------------------------------------------------- repricing tables

TABLE = "date,model,old_price,new_price,mid_cycle\n2024-08-01,gpt-4o,5.00,3.75,yes\n2025-04-14,gpt-4.1,,8.00,no\n"


def test_a_repricing_table_is_read(tmp_path: Path) -> None:
    """Prices in USD per Mtok; a launch has no old one."""
    found = read_repricings(saved(tmp_path, TABLE))
    assert [(each.old, each.new, each.mid_cycle) for each in found] == [
        (5_000_000, 3_750_000, True),
        (None, 8_000_000, False),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2024-08-01,gpt-4o,5.00,3.75,yes\n", "as line 2"),
        ("2024-09-01,gpt-4o,5.00,3.75,maybe\n", "not yes or no"),
        ("2024-09-01,gpt-4o,-5.00,3.75,yes\n", "sign"),
        ("2024-09-01,gpt-4o,5.00,,yes\n", "plain number"),
        ("2024-09-01,gpt-4o,0,3.75,yes\n", "change from nothing"),
        ("2024-09-01,gpt-4o,5.00,5,yes\n", "did not change"),
        ("2024-09-01,gpt-4o,,5,yes\n", "has an old price"),
        ("2024-13-01,gpt-4o,5.00,3.75,yes\n", "no such day"),
        ("2024-09-01,,5.00,3.75,yes\n", "no model's name"),
    ],
)
def test_a_hostile_repricing_table_is_refused_by_line(row: str, why: str, tmp_path: Path) -> None:
    """The fourth line, each time, with a cure."""
    with pytest.raises(BadRepricingTable, match=why) as caught:
        read_repricings(saved(tmp_path, TABLE + row))
    assert caught.value.line == 4
    assert caught.value.cure
    assert isinstance(caught.value, BadFile)

"""What the providers' consoles export as CSV, and prices other than the one a forward is on."""

import json
from datetime import date
from pathlib import Path

import pytest

from ifx_sdk.hedging.errors import BadUsageFile
from ifx_sdk.hedging.exposure import Use
from ifx_sdk.hedging.usage_files import read_usage

OPENAI = (
    "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,"
    "service_tier,input_tokens,output_tokens,input_cached_tokens,output_text_tokens,output_audio_tokens,"
    "output_image_tokens\n"
)
ANTHROPIC = (
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,"
    "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
    "usage_output_tokens,web_search_count,inference_geo,speed\n"
)
OPENROUTER = "Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens\n"
START = 1_782_864_000  # 2026-07-01


def saved(folder: Path, content: str) -> Path:
    path = folder / "usage.csv"
    path.write_text(content, encoding="utf-8")
    return path


def openai(output: str = "500", batch: str = "FALSE", tier: str = "default", kinds: str = "500,0,0") -> str:
    times = f"{START},{START + 86_400},2026-07-01T00:00:00+00:00,2026-07-02T00:00:00+00:00"
    return f"{times},proj_1,10.0,user-1,key_1,m,{batch},{tier},59200.0,{output},0,{kinds}\n"


def anthropic(kind: str = "standard", context: str = "≤ 200k", geo: str = "not_available", speed: str = "") -> str:
    return f"2026-07-01 02:00,m,a key,Default,{kind},{context},9,0,0,0,500,0,{geo},{speed}\n"


def use(tokens: int) -> Use:
    return Use(on=date(2026, 7, 1), model="m", tokens=tokens)


def test_the_csv_of_openais_usage_page_is_read(tmp_path: Path) -> None:
    """Projects and keys add up, a blank day is none, a spreadsheet's 500.0 is 500."""
    blank = f"{START + 86_400},{START + 172_800},2026-07-02T00:00:00+00:00,2026-07-03T00:00:00+00:00" + "," * 13 + "\n"
    found = read_usage(saved(tmp_path, OPENAI + openai() + openai("500.0", kinds="500.0,0.0,0.0") + blank))
    assert (found.form, found.uses, found.left_out) == ("openai-csv", (use(500), use(500)), 0)


def test_the_csv_of_anthropics_console_is_read(tmp_path: Path) -> None:
    """By the hour, by key, and in the older form without context, region and speed."""
    found = read_usage(saved(tmp_path, ANTHROPIC + anthropic() + anthropic(geo="global")))
    assert (found.form, found.uses, found.left_out) == ("anthropic-csv", (use(500), use(500)), 0)
    older = "usage_date_utc,model_version,api_key,workspace,usage_type,usage_output_tokens,web_search_count\n"
    assert read_usage(saved(tmp_path, older + "2026-07-01,m,k,w,standard,7,0\n")).uses == (use(7),)


def test_the_daily_csv_of_openrouter_is_read(tmp_path: Path) -> None:
    """Reasoning tokens are a part of the completion's."""
    row = '"2026-07-01 00:00:00","m","430.07","0","4115","70965665","500","200"\n'
    found = read_usage(saved(tmp_path, OPENROUTER + row))
    assert (found.form, found.uses) == ("openrouter-daily-csv", (use(500),))


@pytest.mark.parametrize(
    "content",
    [
        OPENAI + openai(batch="TRUE"),
        OPENAI + openai(tier="flex"),
        ANTHROPIC + anthropic(kind="batch"),
        ANTHROPIC + anthropic(context="> 200k"),
        ANTHROPIC + anthropic(geo="us"),
        ANTHROPIC + anthropic(speed="fast"),
    ],
)
def test_other_prices_in_a_csv_are_counted_apart(content: str, tmp_path: Path) -> None:
    """Batch, flex, long context, one region, fast mode."""
    found = read_usage(saved(tmp_path, content))
    assert (found.uses, found.left_out) == ((), 500)


@pytest.mark.parametrize(("geo", "speed"), [("us", None), ("global", "fast")])
def test_a_region_and_fast_mode_are_other_prices(geo: str, speed: str | None, tmp_path: Path) -> None:
    """In the JSON too; models that know no regions say so and count."""
    result = {"output_tokens": 500, "model": "m", "service_tier": "standard", "context_window": "0-200k"}
    found = []
    for each in ({"inference_geo": geo, "speed": speed}, {"inference_geo": "not_available", "speed": "standard"}):
        page = {"data": [{"starting_at": "2026-07-01T00:00:00Z", "results": [result | each]}]}
        found.append(read_usage(saved(tmp_path, json.dumps(page))))
    assert [(each.uses, each.left_out) for each in found] == [((), 500), ((use(500),), 0)]


def test_sound_is_an_other_price_where_it_is_counted_in(tmp_path: Path) -> None:
    """500 of which 100 are audio; where the parts exceed the whole it was of text alone."""
    for kinds, expected in (("400,100,0", ((use(400),), 100)), ("500,100,0", ((use(500),), 0))):
        text, audio, image = map(int, kinds.split(","))
        result = {"model": "m", "output_tokens": 500, "output_text_tokens": text, "output_audio_tokens": audio}
        bucket = {"start_time": START, "end_time": START, "results": [result | {"output_image_tokens": image}]}
        for content in (OPENAI + openai(kinds=kinds), json.dumps({"data": [bucket]})):
            found = read_usage(saved(tmp_path, content))
            assert (found.uses, found.left_out) == expected


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (OPENAI + openai("x"), "'x' is no whole number"),
        (OPENAI + openai().replace(str(START), "soon"), "no unix seconds"),
        (OPENAI + openai().replace(",m,", ",,"), "no model's name"),
        (ANTHROPIC + anthropic().replace("2026-07-01 02:00", "July"), "usage_date_utc is 'July', no time"),
        (OPENROUTER + '"yesterday","m",1,0,1,1,1,0\n', "date is 'yesterday', no time"),
        (ANTHROPIC.replace("speed", "model_version") + anthropic(), "stands twice"),
        ("date;model;output_tokens\n2026-07-01;m;5\n", "semicolons stand between"),
        ("date\tmodel\toutput_tokens\n2026-07-01\tm\t5\n", "tabs stand between"),
        (json.dumps({"data": [{"starting_at": "2026-07-01", "results": [{"service_tier": []}]}]}), "must be text"),
    ],
)
def test_a_hostile_csv_export_is_refused(content: str, why: str, tmp_path: Path) -> None:
    """What is wrong, with a cure."""
    with pytest.raises(BadUsageFile) as caught:
        read_usage(saved(tmp_path, content))
    assert why in caught.value.why
    assert caught.value.cure

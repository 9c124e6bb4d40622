"""The command ifx-index: what it prints, how it ends, and a folder's whole life through it."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.index_files import price_list
from support.index_folder import A, B, day, write_activity, write_folder

from ifx_index.day import SERIES


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of recordings."""
    return write_folder(tmp_path / "data")


def inputs(data: Path, number: int) -> list[object]:
    """The options that name a day's two files and its date."""
    folder = data / "openrouter"
    listed, used = folder / "models" / f"{day(number)}.json", folder / "activity" / "daily" / f"{day(number)}.csv"
    return ["compute", "--models", listed, "--activity", used, "--date", day(number)]


def test_compute_prints_every_series_as_json(index: Any, data: Path) -> None:
    """Date, methodology, and for each series value and diagnostics."""
    ran = index(*inputs(data, 0), "--json")
    assert (ran.code, list(ran.json), tuple(ran.json["series"])) == (0, ["date", "methodology", "series"], SERIES)
    assert set(ran.json["series"]["LPI-openai"]) == {"value_micro", "diagnostics"}
    value = Fraction(61 * 8 * 10**6 + 41 * 15 * 10**6, 102)
    assert ran.json["series"]["LPI-openai"]["value_micro"] == round(value)


def test_compute_prints_an_aligned_table(index: Any, data: Path) -> None:
    """A line a series under one header."""
    ran = index(*inputs(data, 0))
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0] == "2026-07-18  USD per 1M output tokens"
    assert lines[1].split()[:4] == ["series", "quality", "USD/Mtok", "coverage"]
    assert lines[2].split()[:4] == ["LPI-openai", "GOOD", "10.813725", "99.90%"]
    assert lines[4].split()[:4] == ["LPI-google", "NO_VALUE", "-", "-"]
    assert len({line.index("coverage") + 8 for line in lines[1:2]} | {line.index("%") + 1 for line in lines[2:4]}) == 1


@pytest.mark.parametrize("repeat", [True, False])
def test_compute_takes_several_files_after_one_option_or_each_after_its_own(
    index: Any, data: Path, repeat: bool
) -> None:
    """Earlier lists for what the day's own lacks, endpoints as fallback, the afternoon's list for conflicts."""
    folder = data / "openrouter"
    (folder / "models" / f"{day(2)}.json").write_bytes(price_list({A: "0.000006"}))
    earlier = [folder / "models" / f"{day(number)}.json" for number in (0, 1)]
    named = ["--previous", earlier[0], "--previous", earlier[1]] if repeat else ["--previous", *earlier]
    others = ["--fallback", folder / "endpoints" / f"{day(2)}.csv"]
    ran = index(*inputs(data, 2), *named, *others, "--json")
    found = ran.json["series"]["LPI-openai"]["diagnostics"]
    assert (ran.code, found["n_models"]) == (0, 3)
    assert found["imputed_token_share_ppm"] == round(Fraction(4_100, 8_100 + 4_100 + 110) * 10**6)
    assert found["fallback_share_ppm"] == round(Fraction(110, 8_100 + 4_100 + 110) * 10**6)


def test_compute_flags_conflicts_with_a_second_list(index: Any, data: Path) -> None:
    """B differs by 0.67%."""
    second = data / "openrouter" / "models_afternoon" / f"{day(1)}.json"
    found = index(*inputs(data, 1), "--second", second, "--json").json["series"]["LPI-openai"]["diagnostics"]
    assert found["conflict_share_ppm"] == round(Fraction(4_100, 7_100 + 4_100) * 10**6)


def test_compute_without_a_list_carries_earlier_prices(index: Any, data: Path) -> None:
    """A day whose list was not recorded has a value of poor quality."""
    arguments = [each for each in inputs(data, 1) if each != "--models"]
    del arguments[1]
    ran = index(*arguments, "--previous", data / "openrouter" / "models" / f"{day(0)}.json", "--json")
    found = ran.json["series"]["LPI-openai"]["diagnostics"]
    assert (found["imputed_token_share_ppm"], found["quality_status"]) == (1_000_000, "POOR")


def test_compute_holds_a_jump_from_an_earlier_day(index: Any, data: Path) -> None:
    """Exit 3, no series, and the reason."""
    write_activity(data, 1, 10**12)
    before = data / "openrouter" / "activity" / "daily" / f"{day(0)}.csv"
    ran = index(*inputs(data, 1), "--activity-before", before, "--json")
    assert (ran.code, ran.json["series"], set(ran.json["held"])) == (3, {}, set(SERIES))
    assert index(*inputs(data, 1), "--json").code == 0
    assert "held: LPI-openai" in index(*inputs(data, 1), "--activity-before", before).out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: (data / "openrouter/models/2026-07-18.json").unlink(), "No such file"),
        (lambda data: (data / "openrouter/models/2026-07-18.json").write_text('{"data": [{"id'), "not whole JSON"),
        (lambda data: (data / "openrouter/activity/daily/2026-07-18.csv").write_text("a,b\n"), "no column date"),
    ],
)
def test_a_refused_input_ends_as_one_line_with_its_cure(index: Any, data: Path, change: Any, told: str) -> None:
    """Exit 2; the file is named; with --json the error is an object too."""
    change(data)
    ran = index(*inputs(data, 0), "--json")
    assert (ran.code, ran.json["error"]["type"]) == (2, "BadInput")
    assert told in ran.err
    assert "2026-07-18" in ran.err
    assert ran.json["error"]["cure"]
    assert ran.err.count("\n") == 1


def test_a_date_is_written_in_one_way(index: Any, data: Path) -> None:
    """YYYY-MM-DD."""
    ran = index(*inputs(data, 0)[:-1], "18 July")
    assert (ran.code, "Write it YYYY-MM-DD" in ran.err) == (2, True)


@pytest.mark.parametrize("other", ["20260718", "2026-W29-6"])
def test_a_date_of_another_form_is_told_in_the_one_form(index: Any, data: Path, other: str) -> None:
    """Files are named by days with hyphens."""
    ran = index(*inputs(data, 0)[:-1], other)
    assert (ran.code, "Write 2026-07-18." in ran.err) == (2, True)


@pytest.mark.parametrize("option", ["--models", "--second"])
def test_an_empty_name_is_not_taken_for_no_list(index: Any, data: Path, option: str) -> None:
    """A variable of the shell that is not set must not price a day from other sources unseen."""
    ran = index(*inputs(data, 0), option, "")
    assert (ran.code, "it cannot be read" in ran.err) == (2, True)


def test_a_refusal_names_the_file_by_its_folder_too(index: Any, data: Path) -> None:
    """A list of the morning, of the afternoon, and an earlier one differ in nothing else."""
    listed = data / "openrouter" / "models" / "2026-07-18.json"
    listed.write_bytes(listed.read_bytes()[:-1])
    assert f"error: {listed}: it is not whole JSON" in index(*inputs(data, 0)).err
    assert f"refused: {listed}: it is not whole JSON" in index("backfill", data).out


def test_a_folders_life(index: Any, data: Path) -> None:
    """Recorded once, recorded again without new rows, explained, verified, and corrected with a reason."""
    ran = index("backfill", data)
    assert (ran.code, ran.out.splitlines()[-1]) == (
        0,
        "3 days, 36 new records; 0 days with something held, 0 refused, 0 gaps",
    )
    assert index("backfill", data, "--json").json["records"] == 0
    assert index("verify").out == "36 of 36 records follow from their inputs\n"
    (data / "openrouter" / "models" / f"{day(2)}.json").write_bytes(price_list({A: "0.000005", B: "0.000015"}))
    refused = index("backfill", data)
    assert (refused.code, "--reason" in refused.err) == (2, True)
    corrected = index("backfill", data, "--reason", "the list of the third day was recorded late", "--json")
    assert corrected.json["records"] == 2
    assert index("verify", "--json").json == {"records": 38, "faults": []}
    assert index("explain", "LPI-openai", day(2), "--json").json["revision"] == 2


@pytest.mark.parametrize("origin", ["store", "folder"])
def test_explain_adds_up_to_the_value_exactly(index: Any, data: Path, origin: str) -> None:
    """Fractions to the exact value, micro-USD to the published one, effects to the change."""
    index("backfill", data)
    chosen = ["--data", data] if origin == "folder" else []
    told = index("explain", "LPI-openai", day(2), *chosen, "--json").json
    assert sum(Fraction(each["contribution"]) for each in told["models"]) == Fraction(told["value"])
    assert sum(each["contribution_micro"] for each in told["models"]) == told["value_micro"]
    assert sum(Fraction(each["weight"]) for each in told["models"]) == 1
    assert {each["model"]: each["status"] for each in told["models"]} == {
        A: "PRIMARY",
        B: "PRIMARY",
        "openai/gpt-new": "FALLBACK",
        f"{A}:free": "MISSING",
    }
    change = told["change"]
    assert change["since"] == str(day(1))
    assert change["price_effect"] + change["mix_effect"] == change["index_now"] - change["index_prev"]
    before = Fraction(index("explain", "LPI-openai", day(1), "--json").json["value"])
    exact = Fraction(change["price_effect_exact"]) + Fraction(change["mix_effect_exact"])
    assert exact == Fraction(told["value"]) - before


def test_explain_prints_a_table_that_ends_with_the_value(index: Any, data: Path) -> None:
    """And a line on what prices and the mix did."""
    index("backfill", data)
    lines = index("explain", "LPI-openai-O", day(2)).out.splitlines()
    assert lines[0].startswith("LPI-openai-O  2026-07-20  DEGRADED  ")
    assert lines[-2].split()[0] == "value"
    assert lines[-2].split()[-1] == lines[0].split()[3]
    assert lines[-1].startswith("since 2026-07-19: ")


def test_explain_and_verify_say_what_is_not_there(index: Any, data: Path) -> None:
    """No store, no record, no series."""
    assert "Write one with" in index("verify").err
    assert "there is no store" in index("explain", "LPI-qwen", day(0)).err
    index("backfill", data)
    assert "no record of LPI-qwen" in index("explain", "LPI-qwen", day(5)).err
    assert "Name one of LPI-openai," in index("explain", "LPI-acme", day(0)).err


def test_a_store_that_cannot_be_written_is_named(index: Any, data: Path, tmp_path: Path) -> None:
    """A file stands where one of its folders should be."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "objects").write_text("")
    ran = index("backfill", data, "--store", kept)
    assert (ran.code, "Name a folder that can be read and written" in ran.err, ran.err.count("\n")) == (2, True, 1)
    beside = index("backfill", data, "--store", kept / "objects")
    assert (beside.code, "it cannot be read: Not a directory" in beside.err) == (2, True)


def test_verify_tells_a_changed_row(index: Any, data: Path) -> None:
    """Exit 3, with series, day and fault."""
    index("backfill", data, "--store", "kept")
    path = Path("kept/records.jsonl")
    path.write_text(path.read_text().replace('"n_models":2', '"n_models":9', 1))
    ran = index("verify", "--store", "kept")
    assert ran.code == 3
    assert ran.out.splitlines() == [
        "LPI-openai 2026-07-18 revision 1: its inputs give other diagnostics: n_models",
        "35 of 36 records follow from their inputs",
        "records.jsonl: it was changed: its seal says another hash",
    ]
    assert [sorted(each) for each in index("verify", "--store", "kept", "--json").json["faults"]] == [
        ["date", "fault", "revision", "series"],
        ["fault", "log"],
    ]
    for command in (["explain", "LPI-openai", day(0)], ["publish"], ["backfill", data]):
        refused = index(*command, "--store", "kept")
        assert (refused.code, "it was changed" in refused.err) == (2, True)


def test_a_folder_without_records_is_no_store_to_verify(index: Any, data: Path, tmp_path: Path) -> None:
    """An emptied one does not pass as a store in which everything is in order."""
    for place in (tmp_path, ""):
        ran = index("verify", "--store", place)
        assert (ran.code, "there is no store" in ran.err) == (2, True)
    index("backfill", data, "--store", "kept")
    Path("kept/records.jsonl").unlink()
    gone = index("verify", "--store", "kept")
    assert (gone.code, "records.jsonl: it is gone" in gone.out) == (3, True)


def test_backfill_holds_a_jump_until_it_is_released(index: Any, data: Path) -> None:
    """A month's view between two days is held; the day after is measured by the last accepted one."""
    write_activity(data, 1, 10**12)
    ran = index("backfill", data)
    assert (ran.code, f"{day(1)}  0 new records" in ran.out, "over 10 times apart" in ran.out) == (3, True, True)
    assert ran.out.splitlines()[-1].startswith("3 days, 24 new records; 1 days with something held")
    again = index("backfill", data, "--release", day(1), day(2), "--json")
    assert (again.code, again.json["records"], again.json["held"]) == (0, 12, {})


def test_backfill_tells_gaps_and_refused_days_and_goes_on(index: Any, data: Path) -> None:
    """A missing list leaves carried prices, a missing table no value, a broken one a refusal; others are recorded."""
    folder = data / "openrouter"
    (folder / "models" / f"{day(1)}.json").unlink()
    (folder / "models_afternoon" / f"{day(1)}.json").unlink()
    write_activity(data, 4, 10**9 * 8)
    table = folder / "activity" / "daily" / f"{day(0)}.csv"
    table.write_bytes(table.read_bytes()[:-30])
    ran = index("backfill", data, "--json")
    assert (ran.code, ran.json["days"], ran.json["records"]) == (3, 4, 36)
    assert ran.json["gaps"] == [
        "2026-07-19: no models list, so no primary price",
        "2026-07-21: no activity, so no value",
        "2026-07-22: no models list, so no primary price",
    ]
    assert list(ran.json["refused"]) == ["2026-07-18"]


def test_a_list_that_is_cut_short_costs_its_own_day_alone(index: Any, data: Path) -> None:
    """The days after it have lists of their own; it is told that one earlier list is not there for them."""
    broken = data / "openrouter" / "models" / f"{day(0)}.json"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-1])
    ran = index("backfill", data)
    assert ran.code == 3
    assert ran.out.splitlines()[-1].startswith("3 days, 24 new records; 0 days with something held, 1 refused")
    assert ran.err.count(f"{broken}: it is not whole JSON") == 2
    assert f"no earlier list for {day(2)}" in ran.err
    broken.write_bytes(whole)
    assert index("backfill", data, "--json").json["records"] == 12
    assert index("verify").out == "36 of 36 records follow from their inputs\n"


def test_backfill_of_a_folder_without_activity_is_refused(index: Any, tmp_path: Path) -> None:
    """With the shape that a folder has."""
    ran = index("backfill", tmp_path)
    assert (ran.code, "activity/daily/DATE.csv" in ran.err) == (2, True)


def test_a_relative_is_computed_recorded_and_verified(index: Any, tmp_path: Path) -> None:
    """A document in, a record out."""
    scores = {"MMLU": "86", "HumanEval": "67", "GSM8K": "92"}
    rows = [{"model": name, "volume": 5, "price_raw_micro": 8_000_000, "scores": scores} for name in "abcd"]
    file = tmp_path / "tpi.json"
    file.write_text(json.dumps({"kind": "tpi", "date": "2026-07-18", "constituents": rows}))
    ran = index("relative", "tpi", file, "--store", "kept", "--json")
    assert (ran.code, ran.json["series"]["TPI"]["value_micro"]) == (0, 8_000_000)
    assert index("verify", "--store", "kept").out == "1 of 1 records follow from their inputs\n"
    assert index("relative", "cati", file).code == 2

"""A day from its files: series, what is held and why, and files that are of another day."""

from datetime import date
from fractions import Fraction

import pytest
from support.index_files import DAY, activity_table, back, dataset, endpoints_table, files, price_list

from ifx_index.day import SERIES, Day, InputFile, Role, compute_day, series_company
from ifx_index.errors import BadInput, UnknownSeries
from ifx_index.lpi import Quality

A, B = "openai/gpt-a", "openai/gpt-b"
BILLION = 10**9
USED = activity_table([(A, "standard", 50 * BILLION, 10 * BILLION), (B, "standard", 10 * BILLION, 30 * BILLION)])
LISTED = price_list({A: "0.000008", B: "0.000015"})


def statuses(day: Day, series: str = "LPI-openai") -> dict[str, str]:
    """Status by model."""
    return {row.model: str(row.status) for row in day.series[series].rows}


def test_a_day_has_six_series_and_six_companions() -> None:
    """In the order of the methodology; those without activity have no value."""
    day = compute_day(DAY, files(USED, LISTED))
    assert tuple(day.series) == SERIES
    values = {name: found.measure.value_micro for name, found in day.series.items()}
    assert values == dict.fromkeys(SERIES) | {"LPI-openai": 10_800_000, "LPI-openai-O": 13_250_000}


def test_the_companion_weighs_and_counts_output_tokens_alone() -> None:
    """Its diagnostics are in output tokens too, and never mixed with the other's."""
    found = compute_day(DAY, files(USED, LISTED)).series["LPI-openai-O"].measure
    assert (found.token_weight, found.total_tokens) == (40 * BILLION, 40 * BILLION)


def test_the_document_is_what_the_command_prints() -> None:
    """Date, methodology, and for each series its value and diagnostics; `held` only where something is."""
    document = compute_day(DAY, files(USED, LISTED)).document()
    assert list(document) == ["date", "methodology", "series"]
    assert (document["date"], document["methodology"]) == ("2026-07-20", "1.0")
    series = document["series"]
    assert isinstance(series, dict)
    assert series["LPI-openai"] == {
        "value_micro": 10_800_000,
        "diagnostics": {
            "value_micro": 10_800_000,
            "token_weight": 100 * BILLION,
            "total_tokens": 100 * BILLION,
            "n_models": 2,
            "price_coverage_ppm": 1_000_000,
            "missing_price_share_ppm": 0,
            "imputed_token_share_ppm": 0,
            "fallback_share_ppm": 0,
            "conflict_share_ppm": 0,
            "quality_status": "GOOD",
        },
    }


def test_free_variants_do_not_price_the_paid_model() -> None:
    """They share its slug, and are a model of their own that has no price."""
    used = activity_table([(A, "standard", 70, 0), (A, "free", 30, 0)])
    day = compute_day(DAY, files(used, price_list({A: "0.000008", f"{A}:free": "0"})))
    found = day.series["LPI-openai"].measure
    assert (found.value, found.diagnostics()["price_coverage_ppm"]) == (8_000_000, 700_000)


def test_each_source_has_its_status() -> None:
    """The day's list, an endpoints table, an earlier list; and a model that none of them has."""
    rows = [(f"openai/{name}", "standard", 10, 1) for name in ("own", "offered", "earlier", "new")]
    day = compute_day(
        DAY,
        files(
            activity_table(rows),
            price_list({"openai/own": "0.000008"}),
            fallback=("e.csv", endpoints_table([("openai/offered", "standard", "P", "0.000004", 9)])),
            previous=(f"{back(7)}.json", price_list({"openai/earlier": "0.000002", "openai/own": "0.1"})),
        ),
    )
    assert statuses(day) == {
        "openai/own": "PRIMARY",
        "openai/offered": "FALLBACK",
        "openai/earlier": "IMPUTED",
        "openai/new": "MISSING",
    }


def test_a_price_is_carried_seven_days_and_not_eight() -> None:
    """The list of eight days ago prices nothing, nor does the day's own or a later one as an earlier list."""
    for days, status in ((7, "IMPUTED"), (8, "MISSING"), (0, "MISSING"), (-1, "MISSING")):
        day = compute_day(DAY, files(USED, previous=(f"{back(days)}.json", LISTED)))
        assert set(statuses(day).values()) == {status}
        told = f"{back(days)}.json: it is not of the 7 days before 2026-07-20, no source"
        assert day.notes == (() if status == "IMPUTED" else (told,))


def test_a_fallback_of_another_day_prices_nothing() -> None:
    """It is no source of this one, whatever stands beside it."""
    offers = {day: endpoints_table([(A, "standard", "P", "0.000004", 9)], day=day) for day in (back(1), DAY)}
    for day, status in ((back(1), "MISSING"), (DAY, "FALLBACK")):
        found = compute_day(DAY, files(USED, fallback=("e.csv", offers[day])))
        assert statuses(found)[A] == status
        assert found.notes == (() if day == DAY else ("e.csv: it is of 2026-07-19, no source for 2026-07-20",))


def test_a_second_list_flags_conflicts() -> None:
    """The share of tokens whose price it contradicts."""
    second = ("afternoon_2026-07-20.json", price_list({A: "0.000008", B: "0.000016"}, bare=True))
    day = compute_day(DAY, files(USED, LISTED, second=second))
    assert day.series["LPI-openai"].measure.diagnostics()["conflict_share_ppm"] == 400_000
    assert statuses(day) == {A: "PRIMARY", B: "PRIMARY"}


def test_the_dataset_gives_no_companions() -> None:
    """It does not tell output tokens apart, and unknown is not zero."""
    day = compute_day(DAY, files(dataset([(DAY, A, 60), (DAY, B, 40)]), LISTED))
    assert tuple(day.series) == SERIES[::2]
    assert day.series["LPI-openai"].measure.value == 10_800_000


def test_what_the_dataset_does_not_name_counts_against_every_company() -> None:
    """A value of few named models is no mark by chance: coverage is what it is at the least."""
    rows = [(DAY, A, 6 * 10**9), (DAY, "google/g", 10**9), (DAY, "other", 10**9)]
    listed = price_list({A: "0.000008", "google/g": "0.000003"})
    series = compute_day(DAY, files(dataset(rows), listed)).series
    found = {name: (series[name].measure.quality, series[name].measure.price_coverage) for name in series}
    assert found["LPI-openai"] == (Quality.DEGRADED, Fraction(6, 7))
    assert found["LPI-google"] == (Quality.POOR, Fraction(1, 2))
    assert found["LPI-qwen"] == (Quality.NO_VALUE, 0)
    assert series["LPI-openai"].measure.value == 8_000_000
    whole = compute_day(DAY, files(dataset(rows[:2]), listed)).series
    assert whole["LPI-openai"].measure.quality is Quality.GOOD


def test_a_company_with_a_part_of_a_day_is_held_alone() -> None:
    """A figure that was taken before midnight holds its company's series, with the reason."""
    late = activity_table([("google/g", "standard", 5, 5)], closed="2026-07-20T16:00:00Z").split(b"\n", 1)[1]
    day = compute_day(DAY, files(USED + late, LISTED))
    assert set(day.held) == {"LPI-google", "LPI-google-O"}
    assert "before 2026-07-20 had ended" in day.held["LPI-google"]
    assert day.series["LPI-openai"].measure.value == 10_800_000
    assert day.document()["held"] == dict(day.held)


@pytest.mark.parametrize(
    ("total", "held"), [(10**12, False), (10**10, False), (10**12 + 1, True), (10**10 - 1, True), (30 * 10**11, True)]
)
def test_a_total_over_ten_times_apart_from_the_last_one_is_held(total: int, held: bool) -> None:
    """Exactly ten times is not over; a month's view is 24 to 33 times a day, a part of a day far below one."""
    used = activity_table([(A, "standard", total, 0)])
    day = compute_day(DAY, files(used, LISTED), {back(1): 10**11, back(2): 1, date(2026, 7, 21): 1})
    assert (set(day.held) == set(SERIES), not day.series) == (held, held)
    assert all("over 10 times apart" in why for why in day.held.values())


def test_the_dataset_is_held_against_its_own_earlier_days() -> None:
    """The jump stands in one file."""
    rows = [(back(1), A, 10**9), (DAY, A, 30 * 10**9)]
    assert set(compute_day(DAY, files(dataset(rows), LISTED), {}).held) == set(SERIES[::2])
    assert not compute_day(DAY, files(dataset(rows), LISTED)).held


def test_a_first_day_has_nothing_to_jump_from() -> None:
    """It is not held."""
    assert not compute_day(DAY, files(USED, LISTED), {}).held


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([InputFile(role=Role.MODELS, name="2026-07-20.json", data=LISTED)], "no activity was given"),
        (files(USED, second=("2026-07-19.json", LISTED)), "recorded on 2026-07-19, not on 2026-07-20"),
        (files(USED, models=("2026-07-19.json", LISTED)), "recorded on 2026-07-19, not on 2026-07-20"),
        (files(USED, previous=("list.json", LISTED)), "nothing says how old"),
        (files(USED, document=("t.json", b"{}")), "no input of this index"),
        ([*files(USED, LISTED), *files(USED)], "a second file is given as activity"),
    ],
)
def test_a_file_of_another_day_is_refused(given: list[InputFile], why: str) -> None:
    """The price list recorded at the start of a day prices that day, and no other as if it were its own."""
    with pytest.raises(BadInput, match=why) as refused:
        compute_day(DAY, given)
    assert refused.value.cure


def test_a_list_without_a_date_in_its_name_is_taken_for_the_day_it_is_given_for() -> None:
    """Only a name that says otherwise contradicts."""
    assert (
        compute_day(DAY, files(USED, models=("models.json", LISTED))).series["LPI-openai"].measure.value == 10_800_000
    )


def test_series_ids_name_their_company() -> None:
    """And nothing else is a series."""
    assert (series_company("LPI-qwen"), series_company("LPI-qwen-O")) == ("qwen", "qwen")
    with pytest.raises(UnknownSeries, match="LPI-acme"):
        series_company("LPI-acme")


def test_notes_of_every_file_are_kept() -> None:
    """What was set aside is told."""
    day = compute_day(DAY, files(USED, price_list({A: "?", B: "0.000015"})))
    assert day.notes == (f"2026-07-20.json, row 1: {A} has no output price in USD per token; set aside",)

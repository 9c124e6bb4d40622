"""A day's activity: what is read, and everything that poses as a day."""

import json
from datetime import date

import pytest
from support.index_files import CLOSED, DAY, HEADER, activity_table, back, dataset

from ifx_index.errors import BadInput
from ifx_index.ingest import Usage, read_activity
from ifx_index.model import Model

A, B = "openai/gpt-a", "google/gemini-b"
ROW = (A, "standard", 90, 10)


def test_a_table_is_read_by_model_and_variant() -> None:
    """Tokens are prompt and completion; output is completion alone."""
    found = read_activity(activity_table([ROW, (A, "free", 5, 1)]), "d.csv", DAY)
    assert dict(found.usage) == {Model(A, "standard"): Usage(100, 10), Model(A, "free"): Usage(6, 1)}
    assert (found.total, found.open, found.notes, found.has_output) == (106, frozenset(), (), True)


def test_a_row_that_repeats_another_counts_once() -> None:
    """With a note that names both rows."""
    found = read_activity(activity_table([ROW, ROW]), "d.csv", DAY)
    assert found.total == 100
    assert found.notes == ("d.csv, row 2: it repeats row 1; counted once",)


def test_a_row_that_contradicts_another_is_refused() -> None:
    """Nothing says which figure is the day's."""
    with pytest.raises(BadInput, match=r"d\.csv, row 2: openai/gpt-a has other figures in row 1"):
        read_activity(activity_table([ROW, (A, "standard", 91, 10)]), "d.csv", DAY)


def test_a_model_without_a_company_counts_in_the_total() -> None:
    """Some sources name a few models so; they are in nobody's series."""
    found = read_activity(activity_table([ROW, ("text-embedding", "standard", 5, 0)]), "d.csv", DAY)
    assert (found.total, Model("text-embedding", "standard").company) == (105, "text-embedding")


def test_an_alias_has_no_activity() -> None:
    """It is set aside, whatever it shows."""
    found = read_activity(activity_table([ROW, (f"~{A}", "standard", 9, 9)]), "d.csv", DAY)
    assert found.total == 100
    assert found.notes == (f"d.csv, row 2: ~{A} is an alias; set aside",)


def test_unknown_columns_are_noted_and_left_alone() -> None:
    """Sources grow columns; only a column that is needed can be missed."""
    data = activity_table([ROW], header=HEADER + ",colour", closed=f"{CLOSED},blue")
    found = read_activity(data, "d.csv", DAY)
    assert found.total == 100
    assert found.notes == ("d.csv: unknown columns colour are not read",)


def test_a_table_that_says_no_scrape_time_is_taken_at_its_word() -> None:
    """The column is not in every recorder's table."""
    data = activity_table([ROW]).replace(b",last_scraped_at", b"").replace(f",{CLOSED}".encode(), b"")
    assert read_activity(data, "d.csv", DAY).open == frozenset()


def test_a_table_whose_last_line_is_not_ended_is_noted() -> None:
    """A count that was cut short still is a count: nothing else would tell."""
    data = activity_table([ROW]).replace(b",last_scraped_at", b"").replace(f",{CLOSED}".encode(), b"")
    found = read_activity(data[:-2], "d.csv", DAY)
    assert found.total == 91
    assert found.notes == ("d.csv: its last line is not ended, and may be cut short",)


@pytest.mark.parametrize(
    ("closed", "companies"),
    [
        ("2026-07-20T16:24:46+00:00", {"openai"}),
        ("2026-07-20T23:59:59Z", {"openai"}),
        ("2026-07-21T01:00:00+02:00", {"openai"}),
        ("2026-07-21T00:00:00Z", set()),
    ],
)
def test_a_figure_taken_before_midnight_is_of_a_part_of_the_day(closed: str, companies: set[str]) -> None:
    """Its company is known, so that only that one is held."""
    assert read_activity(activity_table([ROW], closed=closed), "d.csv", DAY).open == companies


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (activity_table([ROW], day=back(1)), "row 1: it is of '2026-07-19'"),
        (activity_table([ROW]) + activity_table([ROW], day=back(1)).split(b"\n", 1)[1], "row 2: it is of '2026-07-19'"),
        (activity_table([ROW])[:-28], "row 1: 5 fields where the header has 6"),
        (activity_table([ROW])[:-12], "row 1: '2026-07-21T06:' is no time"),
        (activity_table([]), "it has no row"),
        (b"", "it is empty"),
        (b"\xff\xff\n", "not whole CSV"),
        (b'permaslug,"variant', "not whole CSV"),
        (activity_table([ROW]).replace(b"variant,", b"", 1), "it has no column variant"),
        (activity_table([ROW]).replace(b"variant,", b"variant,variant,", 1), "names a column twice"),
        (activity_table([ROW]).replace(b",90,", b",-90,"), "row 1: its token counts are no integers"),
        (activity_table([ROW]).replace(b",90,", b",9e1,"), "row 1: its token counts are no integers"),
        (activity_table([ROW]).replace(b",90,", b",,"), "row 1: its token counts are no integers"),
        (activity_table([("", "standard", 1, 1)]), "row 1: it names no model and variant"),
        (activity_table([(A, "", 1, 1)]), "row 1: it names no model and variant"),
    ],
)
def test_what_is_no_whole_day_is_refused_with_its_cure(data: bytes, why: str) -> None:
    """The refusal names the file, the row where there is one, and what to do."""
    with pytest.raises(BadInput, match=why) as refused:
        read_activity(data, "d.csv", DAY)
    assert str(refused.value).startswith("d.csv")
    assert refused.value.cure


def test_a_table_cut_short_anywhere_gives_no_wrong_figure() -> None:
    """Each beginning of a table is refused, or holds whole rows of it."""
    rows = [ROW, (B, "free", 123_456, 789), (B, "standard", 55, 66)]
    whole = activity_table(rows)
    usage = read_activity(whole, "d.csv", DAY).usage
    taken = set()
    for cut in range(len(whole)):
        try:
            found = read_activity(whole[:cut], "d.csv", DAY)
        except BadInput:
            continue
        assert found.usage.items() <= usage.items()
        assert found.notes or whole[:cut].endswith(b"\n")
        taken.add(len(found.usage))
    assert taken == {1, 2, 3}


# ------------------------------------------------------------------------------------------------- the daily dataset


def test_the_dataset_gives_one_day_with_variants_and_the_earlier_totals() -> None:
    """Suffixes are variants, `other` is only in the total, and output is not told apart."""
    rows = [(DAY, A, 100), (DAY, f"{A}:free", 40), (DAY, "other", 60), (back(1), A, 7), (date(2026, 7, 21), A, 9)]
    found = read_activity(dataset(rows), "r.json", DAY)
    assert dict(found.usage) == {Model(A, "standard"): Usage(100, None), Model(A, "free"): Usage(40, None)}
    assert (found.total, dict(found.earlier), found.has_output) == (200, {back(1): 7}, False)


def test_a_dataset_taken_before_the_day_had_ended_is_of_a_part_of_it() -> None:
    """Its own `as_of` says so."""
    rows = [(DAY, A, 100), (DAY, B, 100)]
    assert read_activity(dataset(rows, as_of="2026-07-20T08:00:00Z"), "r.json", DAY).open == {"openai", "google"}
    assert read_activity(dataset(rows, as_of="2026-07-21T08:00:00Z"), "r.json", DAY).open == frozenset()
    marked = b"\xef\xbb\xbf" + dataset(rows, as_of="2026-07-21T08:00:00Z")
    assert read_activity(marked, "r.json", DAY).usage == read_activity(dataset(rows), "r.json", DAY).usage


def test_a_repeated_row_of_the_dataset_counts_once_and_a_contradiction_is_refused() -> None:
    """As in a table."""
    found = read_activity(dataset([(DAY, A, 100), (DAY, A, 100)]), "r.json", DAY)
    assert found.total == 100
    with pytest.raises(BadInput, match="row 2: openai/gpt-a has other figures above"):
        read_activity(dataset([(DAY, A, 100), (DAY, A, 101)]), "r.json", DAY)


MONTH_VIEW = [
    {"date": "2026-07-20 00:00:00", "model_permaslug": A, "variant": "standard", "change": None}
    | {"total_completion_tokens": 10**12, "total_prompt_tokens": 10**13}
]
SCRAPE = {"meta": {"source_url": "page"}, "models": [{"model_id": A, "tokens": 65782403, "tokens_display": "65.8M"}]}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (MONTH_VIEW, "about a month"),
        (SCRAPE, "a scrape of a page"),
        ({"data": [{"date": "2026-07-20", "model_permaslug": A, "total_tokens": "1.5"}]}, "row 1: it lacks"),
        ({"data": [{"date": "2026-07-20 00:00:00", "model_permaslug": A, "total_tokens": "1"}]}, "row 1: it lacks"),
        ({"data": [{"date": "20 July", "model_permaslug": A, "total_tokens": "1"}]}, "row 1: it lacks"),
        ({"data": [7]}, "row 1: it is no row"),
        ({"data": [{"date": "2026-07-19", "model_permaslug": A, "total_tokens": "1"}]}, "2026-07-19 to 2026-07-19"),
        ({"data": []}, "only of no day"),
        ([], "no daily dataset"),
        ({"error": 429}, "no daily dataset"),
    ],
)
def test_views_and_scrapes_are_no_dataset(document: object, why: str) -> None:
    """A month's view stamped with a day, and a page's scrape, are refused by their shape."""
    with pytest.raises(BadInput, match=why) as refused:
        read_activity(json.dumps(document).encode(), "r.json", DAY)
    assert refused.value.cure

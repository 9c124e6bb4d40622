"""Damage that the fuzz test found to be read as a price: each stands here beside the page as it should be."""

from datetime import date
from pathlib import Path

import pytest

from oracle_node.sources import Price, Refusal, read

PAGES = Path(__file__).parent / "pages"
ON = date(2026, 7, 20)
ANTHROPIC = (PAGES / "anthropic.md").read_text()
SOURCE = (PAGES / "openai_source.mdx.md").read_text()


def price(provider: str, page: str, model: str) -> str:
    """The price, or `none`."""
    reading = read(provider, page.encode(), model, ON)
    assert isinstance(reading, Price | Refusal)
    return reading.usd_per_mtok if isinstance(reading, Price) else "none"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$25 / MTok", "25"),
        ("`$25 / MTok`", "25"),
        ("**$25** / MTok", "25"),
        ("__`$25 / MTok`__", "25"),
        ("$2`5 / MTok", "none"),
        ("$2**5 / MTok", "none"),
        ("$2__5 / MTok", "none"),
        ("$25 / MTok `", "none"),
    ],
)
def test_a_mark_of_emphasis_without_its_pair_is_drawn(cell: str, expected: str) -> None:
    """A lone backtick between two digits does not make one figure of them."""
    page = ANTHROPIC.replace("$0.50 / MTok | $25 / MTok |", f"$0.50 / MTok | {cell} |", 1)
    assert price("anthropic", page, "claude-opus-4-8") == expected


def test_a_lone_mark_in_a_name_makes_another_name() -> None:
    """`Cl`aude` is no Claude; the whole name in code is."""
    assert (
        price("anthropic", ANTHROPIC.replace("| Claude Opus 4.8 | $5", "| Cl`aude Opus 4.8 | $5"), "claude-opus-4-8")
        == "none"
    )
    assert (
        price("anthropic", ANTHROPIC.replace("| Claude Opus 4.8 | $5", "| `Claude Opus 4.8` | $5"), "claude-opus-4-8")
        == "25"
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('["gpt-5.6-luna", 1, 0.1, 1.25, 6],', "6"),
        ('["gpt-5.6-luna", 1, 0.1, 1.25, 6,\n],', "6"),
        ('["gpt-5.6-luna", 1, 0.1, 1.25, ],', "none"),
        ('["gpt-5.6-luna", 1, 0.1, 1.25,],', "none"),
    ],
)
def test_a_row_of_page_data_with_a_lost_field_is_refused(row: str, expected: str) -> None:
    """A comma before the bracket is a field that went missing: the cache write is not the output."""
    page = SOURCE.replace('["gpt-5.6-luna", 1, 0.1, 1.25, 6],', row, 1)
    assert price("openai", page, "gpt-5.6-luna") == expected


@pytest.mark.parametrize(("damage", "expected"), [("30],", "30"), ("3]],", "none"), ("3]}", "none")])
def test_page_data_that_ends_too_early_is_refused(damage: str, expected: str) -> None:
    """A digit that became a bracket closes the whole list: what is left of it is not read."""
    page = SOURCE.replace('0.5, "-", 30],', f'0.5, "-", {damage}', 1)
    assert price("openai", page, "gpt-5.5") == expected


@pytest.mark.parametrize(("unit", "expected"), [("1M tokens", "10"), ("image", "none"), ("request", "none")])
@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_unit_stated_under_an_outer_heading_holds_for_the_tables_below_it(
    form: str, unit: str, expected: str
) -> None:
    """A heading of its own between note and table does not part them; a note under a sister's heading is not theirs."""
    table = "| Model | Input | Output |\n|---|---|---|\n| gpt-x | $1 | $10 |\n"
    page = f"# Pricing\n\n## Speech\n\nPrices per {unit}.\n\n### Text tokens\n\n{table}"
    sister = f"# Pricing\n\n## Images\n\nPrices per {unit}.\n\n## Speech\n\n### Text tokens\n\n{table}"
    if form == "html":
        drawn = (
            "<table><tr><th>Model</th><th>Input</th><th>Output</th></tr>"
            "<tr><td>gpt-x</td><td>$1</td><td>$10</td></tr></table>"
        )
        page = f"<html><body><h2>Speech</h2><p>Prices per {unit}.</p><h3>Text tokens</h3>{drawn}</body></html>"
        sister = page.replace("<h2>Speech</h2>", "<h2>Images</h2>").replace("<h3>", "<h2>Speech</h2><h3>")
    assert price("openai", page, "gpt-x") == expected
    assert price("openai", sister, "gpt-x") == "10"


@pytest.mark.parametrize(("row", "expected"), [("2, 0.5, 12]", "12"), ("2,0.5,12]", "12"), ("2, 0.5, 1,2]", "none")])
def test_a_figure_of_page_data_that_was_torn_in_two_is_refused(row: str, expected: str) -> None:
    """`12` with a comma in it is `1,2`, one field more and another output; rows are written in one way throughout."""
    written = '["gpt-4.1",' if "," in row[:3] and row[2] != " " else '["gpt-4.1", '
    page = SOURCE.replace('["gpt-4.1", 2, 0.5, 8]', f"{written}{row}", 1)
    assert price("openai", page, "gpt-4.1") == expected


def test_an_id_without_its_end_is_not_all_the_ids_behind_it() -> None:
    """A damaged end tag does not give one section the ids of the next: each id has its own price or none."""
    page = (PAGES / "google.html").read_text()
    for damage in ("</codet</em>", "</em>", "</code>", ""):
        damaged = page.replace("<em><code>gemini-2.5-pro</code></em>", f"<em><code>gemini-2.5-pro{damage}")
        assert price("google", damaged, "gemini-batch") == "none"
        assert price("google", damaged, "gemini-2.5-pro") in ("10", "none")
        assert price("google", damaged, "gemini-2.5-flash") == "2.5"


def test_a_tier_whose_heading_is_damaged_stays_another_tier() -> None:
    """A model of the fast table alone has no standard price: the main table has columns of its own."""
    for heading in ("Fast mode pricing", "Fasd mode pricing", "Fst mode pricing", "Turbo"):
        page = ANTHROPIC.replace("### Fast mode pricing", f"### {heading}")
        assert price("anthropic", page, "claude-fast-1") == "none"
        assert price("anthropic", page, "claude-opus-4-8") == "25"


def test_a_section_that_lost_its_label_is_refused_where_all_others_have_one() -> None:
    """A batch table without its label is not the standard one; a page that labels no table needs none."""
    page = (PAGES / "google.html").read_text()
    lost = page.replace("<section><h3>Batch</h3><table><tr>", "<section><h3~Batch</h3><table><tr>")
    assert lost != page
    assert price("google", lost, "gemini-batch") == "none"
    assert price("google", lost, "gemini-2.5-flash") == "2.5"
    bare = page.replace("<h3>Standard</h3>", "").replace("<h3>Batch</h3>", "")
    assert price("google", bare, "gemini-2.5-pro") == "10"


def test_a_figure_without_a_band_beside_one_with_it_is_refused() -> None:
    """A digit that became a dollar sign makes two figures of one: the second, zero, is not the price."""
    page = (PAGES / "google.html").read_text()
    assert price("google", page, "gemini-2.5-pro") == "10"
    for damage in ("$1$.00, prompts", "$1 $0.00, prompts", "$10.00 $9.00, prompts"):
        assert price("google", page.replace("$10.00, prompts", damage), "gemini-2.5-pro") == "none"


@pytest.mark.parametrize("figure", ["$2.<50", "$2.", "$2. / MTok", "$2,x50", "$2.\u200a50", "$2, / MTok", "$2,"])
def test_a_figure_that_breaks_off_at_its_point_is_refused(figure: str) -> None:
    """`$2.<50` is neither 2 nor 2 below a band of 50 tokens."""
    page = (PAGES / "google.html").read_text()
    assert price("google", page.replace("<td>$2.50</td>", f"<td>{figure}</td>"), "gemini-2.5-flash") == "none"
    assert price("google", page.replace("<td>$2.50</td>", "<td>$2</td>"), "gemini-2.5-flash") == "2"


def test_a_key_that_comes_twice_says_nothing() -> None:
    """Two output prices in one entry are none, two equal ones are one; so in a list, an island and page source."""
    entry = '[{"id": "a/b", "pricing": {"completion": "0.000008", "completion": "%s"}}]'
    assert price("openrouter", entry % "0.000008", "a/b") == "8"
    assert price("openrouter", entry % "0.000009", "a/b") == "none"
    island = (PAGES / "openai_islands.html").read_text()
    tier = "&quot;tier&quot;:[0,&quot;standard&quot;]"
    assert price("openai", island.replace(tier, f"{tier},{tier}"), "gpt-4.1") == "8"
    rows = "&quot;rows&quot;:[1,[[1,[[0,&quot;gpt-4.1&quot;],[0,2],[0,0.5],[0,9]]]]]"
    assert price("openai", island.replace(tier, f"{tier},{rows}"), "gpt-4.1") == "none"
    group = '{ model: "gpt-realtime-2", rows:'
    assert price("openai", SOURCE, "gpt-realtime-2") == "24"
    assert price("openai", SOURCE.replace(group, f'{group} [["Text", 1, 1, 9]], rows:'), "gpt-realtime-2") == "none"

"""What changed on a page, for whom an alert calls: the same layout, another one, and the lines that differ."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_node.layout import MAX_DIFFERENCE, difference, layout_of
from oracle_node.sources import SOURCES

PAGES = Path(__file__).parent / "pages"
ANTHROPIC = (PAGES / "anthropic.md").read_text()
OPENROUTER = (PAGES / "openrouter.json").read_text()
ROW = "| Claude Opus 4.8 | $5 / MTok | $6.25 / MTok | $0.50 / MTok | $25 / MTok |"


def lines(before: str, after: str, provider: str = "anthropic", model: str = "claude-opus-4-8") -> list[str]:
    """The lines of the difference; none where there is none."""
    found = difference(before.encode(), after.encode(), provider, model)
    return [] if found is None else found.splitlines()


def test_a_price_changes_the_page_and_not_its_layout() -> None:
    """A new price shows as its row, old and new, below the table's heading; the layout stays."""
    after = ANTHROPIC.replace(ROW, ROW.replace("$25", "$2.50"))
    assert layout_of(after.encode(), "anthropic") == layout_of(ANTHROPIC.encode(), "anthropic")
    shown = lines(ANTHROPIC, after)
    assert shown[0] == "@@ Pricing > Model pricing @@"
    assert [line for line in shown if line[0] in "+-"] == [
        "- Claude Opus 4.8 | $5 / MTok | $6.25 / MTok | $0.50 / MTok | $25 / MTok",
        "+ Claude Opus 4.8 | $5 / MTok | $6.25 / MTok | $0.50 / MTok | $2.50 / MTok",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| Output Tokens |", "| Output |"),
        ("## Model pricing", "## Prices"),
        ("| Claude Opus 4.8 | $5", "| Claude Opus 4.9 | $5"),
        ("### Fast mode pricing", "### Turbo"),
        (ROW + "\n", ""),
    ],
)
def test_headings_columns_and_names_are_the_layout(old: str, new: str) -> None:
    """Each of them gives another fingerprint and a difference; prose between the tables gives neither."""
    after = ANTHROPIC.replace(old, new, 1)
    assert layout_of(after.encode(), "anthropic") != layout_of(ANTHROPIC.encode(), "anthropic")
    assert lines(ANTHROPIC, after)
    prose = ANTHROPIC.replace("All prices are in USD.", "All prices are in US dollars, as ever.")
    assert layout_of(prose.encode(), "anthropic") == layout_of(ANTHROPIC.encode(), "anthropic")
    assert lines(ANTHROPIC, prose) == []


def test_a_page_that_is_gone_is_told() -> None:
    """Behind the lost tables stands why there are none, and how the new page begins."""
    assert f"- {ROW.strip('| ')}" in lines(ANTHROPIC, (PAGES / "bot_wall.html").read_text())
    wall = [line for line in lines((PAGES / "bot_wall.html").read_text(), ANTHROPIC) if line.startswith("- ")]
    assert wall[0].startswith("- no table: the page is a bot challenge")
    assert wall[1].startswith("- the page begins: ")


def test_tables_that_name_the_model_come_first() -> None:
    """However much changed, the change of the model asked for is not cut off."""
    after = ANTHROPIC.replace(ROW, ROW.replace("$25", "$26"))
    rows = "".join(f"| Claude House {i} | $1 / MTok | $1 / MTok | $1 / MTok | $1 / MTok |\n" for i in range(200))
    head = "## Others\n\n| Model | A | B | C | Output |\n|---|---|---|---|---|\n"
    shown = lines(ANTHROPIC, after.replace("## Model pricing", f"{head}{rows}\n## Model pricing"))
    assert any("$26 / MTok" in line for line in shown[:8])
    assert shown[-1].startswith("... and ")
    assert len("\n".join(shown)) <= MAX_DIFFERENCE


def test_a_models_list_shows_the_model_and_keeps_its_layout() -> None:
    """Of a list only the model asked for is shown; models come and go without a new layout, keys do not."""
    price = OPENROUTER.replace('"completion": "0.000008"', '"completion": "0.000009"')
    assert layout_of(price.encode(), "openrouter") == layout_of(OPENROUTER.encode(), "openrouter")
    shown = lines(OPENROUTER, price, "openrouter", "openai/gpt-4.1")
    assert [line for line in shown if line[0] in "+-"] == [
        "- pricing.completion: 0.000008",
        "+ pricing.completion: 0.000009",
    ]
    assert lines(OPENROUTER, price, "openrouter", "house/dusty") == []
    fewer = OPENROUTER.replace(
        ' {"id": "house/zero", "canonical_slug": "house/zero", "pricing": {"completion": "0"}},\n', ""
    )
    assert fewer != OPENROUTER
    assert layout_of(fewer.encode(), "openrouter") == layout_of(OPENROUTER.encode(), "openrouter")
    keys = OPENROUTER.replace('"completion"', '"output"')
    assert layout_of(keys.encode(), "openrouter") != layout_of(OPENROUTER.encode(), "openrouter")


@given(st.sampled_from(sorted(SOURCES)), st.binary(max_size=300), st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_have_a_layout_and_a_difference(provider: str, before: bytes, after: bytes, model: str) -> None:
    """Both are total, and the same bytes differ in nothing."""
    assert len(layout_of(before, provider)) == 64
    found = difference(before, after, provider, model)
    assert found is None or len(found) <= MAX_DIFFERENCE
    assert difference(before, before, provider, model) is None


@pytest.mark.parametrize(
    "shape", ["| a | b |\n", "| a |\n\n", "<table><tr><td>a</td></tr></table>", "[[", "| x{} | {} |\n"]
)
def test_a_page_built_to_be_slow_is_compared_at_once(shape: str) -> None:
    """Lines and their length are bounded; processor time, so that a busy machine changes nothing."""
    head = "# Claude\n\n| Model | Output |\n|---|---|\n"
    before = head + "".join(shape.format(i, i) for i in range(20_000))
    after = head + "".join(shape.format(i + 1, i) for i in range(19_000)) + "| b | c |\n"
    start = time.process_time()
    for provider in SOURCES:
        difference(before.encode(), after.encode(), provider, "a")
        layout_of(after.encode(), provider)
    assert time.process_time() - start < 8

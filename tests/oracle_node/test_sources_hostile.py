"""Damaged, foreign and hostile pages: silence, never a wrong number and never an exception."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_node.sources import SOURCES, Price, Reason, Refusal, read

PAGES = Path(__file__).parent / "pages"
ON = date(2026, 7, 20)
PRICED = {
    "openai_source.mdx.md": ("openai", "gpt-4.1", "8"),
    "openai_reader.md": ("openai", "gpt-5.5", "30"),
    "openai_islands.html": ("openai", "gpt-5.6-luna", "1.2"),
    "anthropic.md": ("anthropic", "claude-opus-4-8", "25"),
    "google.reader.md": ("google", "gemini-2.5-pro", "10"),
    "google.html": ("google", "gemini-2.5-flash", "2.5"),
    "openrouter.json": ("openrouter", "openai/gpt-4.1", "8"),
}
BYTES = {page: (PAGES / page).read_bytes() for page in PRICED}


def price_or_reason(page: str, data: bytes) -> str:
    """What the fixture's model reads as in other bytes."""
    provider, model, _ = PRICED[page]
    reading = read(provider, data, model, ON)
    return reading.usd_per_mtok if isinstance(reading, Price) else str(reading.reason)


@given(st.sampled_from(sorted(SOURCES)), st.binary(max_size=400), st.text(max_size=30), st.dates())
def test_any_bytes_give_a_price_or_a_refusal(provider: str, data: bytes, model: str, on: date) -> None:
    """Parsing is total on random bytes, names and days."""
    assert isinstance(read(provider, data, model, on), Price | Refusal)


@given(st.sampled_from(sorted(PRICED)), st.sampled_from(sorted(SOURCES)), st.data())
def test_spliced_pages_give_a_price_or_a_refusal(page: str, provider: str, data: st.DataObject) -> None:
    """Parsing is total on pages with a piece cut out and another page's piece put in."""
    whole, other = BYTES[page], BYTES[data.draw(st.sampled_from(sorted(PRICED)))]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    left, right = sorted(data.draw(st.tuples(*[st.integers(0, len(other))] * 2)))
    spliced = whole[:start] + other[left:right] + data.draw(st.binary(max_size=8)) + whole[end:]
    for model in ("gpt-4.1", "Claude Sonnet 5", "gemini-2.5-pro", "openai/gpt-4.1"):
        assert isinstance(read(provider, spliced, model, ON), Price | Refusal)


@given(st.sampled_from(sorted(PRICED)), st.data())
def test_a_page_cut_anywhere_gives_its_price_or_none(page: str, data: st.DataObject) -> None:
    """However a transfer ends, the number is the whole page's or there is none."""
    whole = BYTES[page]
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    got = price_or_reason(page, cut)
    assert got == PRICED[page][2] or got in set(Reason)


@pytest.mark.parametrize("page", PRICED)
def test_a_page_cut_at_every_byte_of_its_row_gives_its_price_or_none(page: str) -> None:
    """The same, byte by byte around the row that counts."""
    whole, (_, model, price) = BYTES[page], PRICED[page]
    at = whole.lower().find(model.encode()) if page != "anthropic.md" else whole.find(b"Claude Opus 4.8")
    for end in range(at, min(at + 700, len(whole))):
        got = price_or_reason(page, whole[:end])
        assert got == price or got in set(Reason), (end, got)


@pytest.mark.parametrize("page", [page for page in PRICED if page != "openrouter.json"])
@pytest.mark.parametrize("sign", ["€", "£", "¥", "CA$", "₹"])
def test_another_currency_is_refused(page: str, sign: str) -> None:
    """A page whose dollar signs became another sign has no price, drawn or in page data."""
    text = BYTES[page].decode()
    changed = text.replace("\\$", "$").replace("US$", "$").replace("$", sign)
    if page == "openai_source.mdx.md":
        changed = changed.replace("Prices per 1M tokens.", f"Prices in {sign} per 1M tokens.", 1)
        if sign == "CA$":
            changed = changed.replace("CA$", "CAD")
    assert price_or_reason(page, changed.encode()) == Reason.WRONG_UNIT


@pytest.mark.parametrize("unit", ["1K tokens", "1,000 tokens", "thousand tokens"])
@pytest.mark.parametrize("page", [page for page in PRICED if page != "openrouter.json"])
def test_another_unit_is_refused(page: str, unit: str) -> None:
    """A page that counts in thousands has no price in millions."""
    changed = BYTES[page].decode().replace("per 1M tokens", f"per {unit}").replace("/ MTok", f"/ {unit}")
    assert price_or_reason(page, changed.encode()) == Reason.WRONG_UNIT


def test_a_models_list_in_another_unit_is_refused() -> None:
    """A list that turned to prices per 1,000 tokens is wrong as a whole, whatever one price looks like."""
    prices = [f"{i}" for i in range(1, 41)]
    lists = {
        scale: json.dumps([{"id": f"house/m{p}", "pricing": {"completion": f"{p}e-{scale}"}} for p in prices]).encode()
        for scale in (6, 4)
    }
    per_token = read("openrouter", lists[6], "house/m2", ON)
    per_thousand = read("openrouter", lists[4], "house/m2", ON)
    assert isinstance(per_token, Price)
    assert per_token.usd_per_mtok == "2"
    assert isinstance(per_thousand, Refusal)
    assert per_thousand.reason is Reason.WRONG_UNIT


@pytest.mark.parametrize("provider", sorted(SOURCES))
@pytest.mark.parametrize("page", PRICED)
def test_another_providers_page_is_refused(provider: str, page: str) -> None:
    """A model on its own vendor's page is no reading of another's, even one spoken of in passing."""
    own, model, price = PRICED[page]
    passing = b"" if page == "openrouter.json" else b"\n\n<p>Unlike Claude, Gemini or ChatGPT by OpenAI.</p>\n"
    reading = read(provider, BYTES[page] + passing, model, ON)
    if provider == own:
        assert isinstance(reading, Price)
        assert reading.usd_per_mtok == price
    else:
        assert isinstance(reading, Refusal)
        assert reading.reason is Reason.OTHER_PAGE


def test_a_page_that_compares_vendors_is_refused() -> None:
    """A list with another vendor's model, or one that names nobody, is no vendor's own page."""
    head, row = "| Model | Output |\n|---|---|\n", "| {} | $8 / MTok |\n"
    alone = read("anthropic", (head + row.format("Claude X")).encode(), "Claude X", ON)
    assert isinstance(alone, Price)
    for names in (("Claude X", "Claude Y", "gpt-4.1"), ("House X",)):
        reading = read("anthropic", (head + "".join(map(row.format, names))).encode(), names[0], ON)
        assert isinstance(reading, Refusal)
        assert reading.reason is Reason.OTHER_PAGE


@pytest.mark.parametrize("page", ["google.html", "openai_islands.html"])
def test_a_page_in_another_language_is_refused(page: str) -> None:
    """A page that calls itself German is not read, though its table could be; British English is."""
    assert price_or_reason(page, BYTES[page].replace(b'lang="en"', b'lang="en-GB"')) == PRICED[page][2]
    assert price_or_reason(page, BYTES[page].replace(b'lang="en"', b'lang="de"')) == Reason.LOCALE


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$25 / MTok", "25"),
        ("**$25 / MTok**", "25"),
        ("\\$25.00 / MTok", "25"),
        ("&#36;25&nbsp;/&nbsp;MTok", "25"),
        ("US$25/MTok", "25"),
        ("USD 25 per million tokens", "25"),
        ("$25 / 1M output tokens", "25"),
        ("[$25 / MTok](/why) [^2]", "25"),
        ("$25\u200b / MTok\u00b9", "25"),
        ("~~$30 / MTok~~ $25 / MTok", "25"),
        ("$0.00 / MTok", "0"),
        ("$.5 / MTok", "0.5"),
        ("$20 / MTok through July 20, 2026 $25 / MTok starting July 21, 2026", "20"),
        ("$20 / MTok through July 19, 2026 $25 / MTok starting July 20, 2026", "25"),
        ("$20 / MTok through July", Reason.NOT_IN_FORCE),
        ("Free", Reason.NO_PRICE),
        ("-", Reason.NO_PRICE),
        ("", Reason.NO_PRICE),
        ("Contact sales", Reason.NO_PRICE),
        ("-$25 / MTok", Reason.NO_PRICE),
        ("~$25 / MTok", Reason.WRONG_UNIT),
        ("from $25 / MTok", Reason.WRONG_UNIT),
        ("$25-30 / MTok", Reason.WRONG_UNIT),
        ("$25 to $30 / MTok", Reason.AMBIGUOUS),
        ("$25,50 / MTok", Reason.WRONG_UNIT),
        ("25,50 $ / MTok", Reason.WRONG_UNIT),
        ("25 / MTok", Reason.WRONG_UNIT),
        ("$25 / image", Reason.WRONG_UNIT),
        ("$25 / 1B tokens", Reason.WRONG_UNIT),
        ("$25000 / MTok", Reason.WRONG_UNIT),
        ("$25 (audio) / MTok", Reason.NOT_TEXT),
    ],
)
def test_a_cell_is_read_whole_or_not_at_all(cell: str, expected: str) -> None:
    """Every part of an output cell is understood, or the cell holds no price."""
    page = BYTES["anthropic.md"].decode().replace("$0.50 / MTok | $25 / MTok |", f"$0.50 / MTok | {cell} |")
    assert price_or_reason("anthropic.md", page.encode()) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("[Claude Opus 4.8](/models)", "25"),
        ("**CLAUDE  OPUS&nbsp;4.8**", "25"),
        ("`claude-opus-4-8`", "25"),
        ("Claude Opus 4.8 ([deprecated (soon)](/x))", "25"),
        ("Claude Opus 4.8 (deprecated, will be retired on January 5, 2027)", "25"),
        ("Claude Opus 4.8 (retired July 20, 2026)", Reason.RETIRED),
        ("Claude Opus 4.8 (retired July 21, 2026)", "25"),
        ("Claude Opus 4.8 (fast mode)", Reason.NO_SUCH_MODEL),
        ("Claude Opus 4.8 (> 200K context)", Reason.NO_SUCH_MODEL),
        ("Claude Opus 4.8 / 4.7", Reason.NO_SUCH_MODEL),
        ("Claude Opus 4.8 and Claude Opus 4.7", Reason.NO_SUCH_MODEL),
        ("Claude Opus 4.8, Claude Opus 4.7", Reason.NO_SUCH_MODEL),
        ("Claude Opus 4.80", Reason.NO_SUCH_MODEL),
    ],
)
def test_a_row_counts_when_its_name_is_the_model_alone(name: str, expected: str) -> None:
    """Case, markup, links and trailing parentheses do not matter; another word, tier or model does."""
    page = BYTES["anthropic.md"].decode().replace("| Claude Opus 4.8 | $5", f"| {name} | $5")
    assert price_or_reason("anthropic.md", page.encode()) == expected


def test_columns_are_found_by_their_header() -> None:
    """The output column may move and be called otherwise; the first of two bands may come last."""
    text = BYTES["openai_reader.md"].decode()
    swapped = text.replace("| Short context | Long context |", "| Long context | Short context |")
    assert price_or_reason("openai_reader.md", swapped.encode()) == "45"
    renamed = BYTES["anthropic.md"].decode().replace("| Output Tokens |", "| Output |")
    assert price_or_reason("anthropic.md", renamed.encode()) == "25"
    lost = BYTES["anthropic.md"].decode().replace("| Output Tokens |", "| Ausgabe |")
    assert price_or_reason("anthropic.md", lost.encode()) == Reason.UNKNOWN_LAYOUT


@pytest.mark.parametrize("label", ["Standard", "Batch"])
def test_a_lost_tier_label_silences_its_section(label: str) -> None:
    """When one of the labels that the tabs announce is gone, no table of the section is known to be standard."""
    lost = BYTES["openai_reader.md"].decode().replace(f"\n{label}\n", "\n", 1).encode()
    for model in ("gpt-5.5", "o3-deep-research"):
        assert isinstance(read("openai", lost, model, ON), Refusal)


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"data":' * 100_000, b"<div>" * 50_000, b"rows={" + b"[" * 100_000])
@pytest.mark.parametrize("provider", sorted(SOURCES))
def test_deep_nesting_is_refused(provider: str, deep: bytes) -> None:
    """A page cannot exhaust the stack."""
    assert isinstance(read(provider, deep, "gpt-4.1", ON), Refusal)

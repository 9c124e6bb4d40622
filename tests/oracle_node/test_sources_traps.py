"""The traps that recorded pages and lists set, one test each, on small pages of our own.

Recorded in 2025 and 2026 by others; what was met there is told in the first sentence of each test.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from oracle_node.observe import Verdict, guard
from oracle_node.settings import UnderlyingSettings
from oracle_node.sources import SOURCES, Price, read
from oracle_node.sources.reading import whole_micro

PAGES = Path(__file__).parent / "pages"
ON = date(2026, 7, 20)
ANTHROPIC = (PAGES / "anthropic.md").read_text()


def reading(provider: str, page: str, model: str, on: date = ON) -> str:
    """The price in USD per 1M output tokens, or the reason of the refusal."""
    got = read(provider, page.encode(), model, on)
    return got.usd_per_mtok if isinstance(got, Price) else str(got.reason)


def sample(page: str, model: str, on: date = ON) -> str:
    """The same for a sample page, whose name begins with its provider."""
    provider = page.replace(".", "_").split("_")[0]
    return reading(provider, (PAGES / page).read_text(), model, on)


def listed(*entries: dict[str, object], bare: bool = False, **envelope: object) -> str:
    """A models list."""
    return json.dumps(list(entries) if bare else {"data": list(entries), **envelope})


def entry(id_: str, completion: object, **others: object) -> dict[str, object]:
    """One model of a list; its pricing has what is usual beside the output."""
    return {"id": id_, "pricing": {"prompt": "0.000001", "completion": completion}, **others}


# ------------------------------------------------------------------------------------------- models lists


def test_prices_are_strings_per_token_with_float_dust() -> None:
    """`0.0000006000000000000001` and `0.0000006` are one price; a number in place of the string is the same too."""
    for text in ("0.0000006", "0.0000006000000000000001", "6e-7", "0.00000060"):
        assert reading("openrouter", listed(entry("a/b", text)), "a/b") == "0.6"
    assert reading("openrouter", '{"data": [{"id": "a/b", "pricing": {"completion": 0.0000006}}]}', "a/b") == "0.6"


def test_routers_have_negative_prices() -> None:
    """`-1` says that the price is not known."""
    assert reading("openrouter", listed(entry("openrouter/auto", "-1")), "openrouter/auto") == "negative"


def test_zero_stands_without_a_free_variant() -> None:
    """Models priced by the song, and the free router, have a plain zero: a list's zero is no list price."""
    for text in ("0", "0.0", "0e-7"):
        assert reading("openrouter", listed(entry("google/lyria", text)), "google/lyria") == "zero"


def test_a_free_variant_can_show_a_price() -> None:
    """One day's `:free` showed 0.40: the variant is never the model, whatever it says, alone or beside it."""
    free, paid = entry("google/g:free", "0.0000004", canonical_slug="google/g-001"), entry("google/g", "0.0000025")
    assert reading("openrouter", listed(free), "google/g:free") == "variant"
    assert reading("openrouter", listed(free), "google/g-001") == "variant"
    assert reading("openrouter", listed(free, paid), "google/g") == "2.5"


def test_a_free_variant_shares_the_slug_of_the_paid_model() -> None:
    """By the slug the paid model keeps its price, in either order."""
    free, paid = (
        entry(name, price, canonical_slug="a/b-1") for name, price in (("a/b:free", "0"), ("a/b", "0.000004"))
    )
    for order in ((free, paid), (paid, free)):
        assert reading("openrouter", listed(*order), "a/b-1") == "4"


def test_names_differ_by_system() -> None:
    """A model has an id, a slug and a display name in a list, an API id and a display name on its vendor's page."""
    names = {"canonical_slug": "anthropic/claude-4.8-opus-20260528", "name": "Anthropic: Claude Opus 4.8"}
    page = listed(entry("anthropic/claude-opus-4.8", "0.000025", **names))
    for model in ("anthropic/claude-opus-4.8", *names.values()):
        assert reading("openrouter", page, model) == "25"
    for model in ("Claude Opus 4.8", "claude-opus-4-8", "claude-opus-4.8", "claude-4-8-opus-20260528"):
        assert reading("anthropic", ANTHROPIC, model) == "25"


def test_an_alias_is_re_pointed() -> None:
    """`~google/gemini-flash-latest` carries the price of whatever it points to today."""
    page = listed(
        entry("~google/latest", "0.000001", canonical_slug="google/latest"), entry("google/flash", "0.000001")
    )
    assert reading("openrouter", page, "~google/latest") == "alias"
    assert reading("openrouter", page, "google/latest") == "alias"
    assert reading("openrouter", page, "google/flash") == "1"


def test_a_model_is_missing_on_its_launch_day() -> None:
    """A list of 00:12 does not have what starts at noon: no price, and none of its sister's."""
    page = listed(entry("openai/gpt-9-mini", "0.000001"))
    assert reading("openrouter", page, "openai/gpt-9") == "no_such_model"


def test_an_older_schema_has_no_slugs() -> None:
    """The list of 2025-05-23 knows ids alone."""
    assert reading("openrouter", listed(entry("a/b", "0.000004")), "a/b") == "4"


def test_a_list_comes_bare_or_in_an_envelope() -> None:
    """Another recorder keeps the bare list; newer answers have a count and links around it."""
    for page in (
        listed(entry("a/b", "0.000004"), bare=True),
        listed(entry("a/b", "0.000004"), total_count=1, links={"next": None}),
    ):
        assert reading("openrouter", page, "a/b") == "4"


def test_a_long_context_price_stands_in_overrides() -> None:
    """The top-level figure is that of the lowest band."""
    assert sample("openrouter.json", "house/tiered") == "10"


def test_a_hosted_models_price_moves_within_the_day_and_can_be_finer_than_a_micro() -> None:
    """Each list is read as it stands; what is no whole micro-USD is never rounded into a fixing."""
    morning, afternoon = (listed(entry("deepseek/v3", text)) for text in ("0.00000038", "0.0000003432"))
    assert (reading("openrouter", morning, "deepseek/v3"), reading("openrouter", afternoon, "deepseek/v3")) == (
        "0.38",
        "0.3432",
    )
    assert whole_micro(read("openrouter", afternoon.encode(), "deepseek/v3", ON)) == 343_200
    fine = read("openrouter", listed(entry("deepseek/v3", "0.0000000681536")).encode(), "deepseek/v3", ON)
    assert not isinstance(whole_micro(fine), int)


def test_a_lists_price_is_after_a_discount() -> None:
    """A list can show half of the vendor's price: the vendor's own page decides, the list is a check."""
    given = {"name": "anthropic/claude-opus-4-8", "provider": "anthropic", "model": "claude-opus-4-8"}
    check = {"provider": "openrouter", "model": "anthropic/claude-opus-4.8"}
    settings = UnderlyingSettings.model_validate(given | {"check": check})
    assert settings.page == SOURCES["anthropic"].url
    assert settings.check is not None
    assert settings.check.page == SOURCES["openrouter"].url
    assert guard(25_000_000, 12_500_000) is Verdict.USUAL


# ------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("tier", ["batch", "flex", "priority", "fast"])
def test_tiers_repeat_the_same_names_at_other_prices(tier: str) -> None:
    """In page source each tier is a pane of its own: only the standard one counts, for all models and for one alone."""
    page = (PAGES / "openai_source.mdx.md").read_text().replace("batch", tier).replace("Batch", tier.title())
    assert reading("openai", page, "gpt-4.1") == "8"
    assert reading("openai", page, f"house-{tier}-only") == "no_such_model"


@pytest.mark.parametrize("page", ["openai_source.mdx.md", "openai_reader.md"])
def test_a_long_context_tier_adds_a_second_output_price(page: str) -> None:
    """As a row of its own or as a column of its own."""
    assert sample(page, "gpt-5.5") == "30"


def test_a_long_context_price_stands_in_the_same_cell() -> None:
    """The band up to 200k counts, whichever comes first."""
    assert sample("google.reader.md", "gemini-2.5-pro") == "10"
    text = (PAGES / "google.reader.md").read_text()
    low, high = "$10.00, prompts <= 200k tokens", "$15.00, prompts > 200k"
    assert reading("google", text.replace(f"{low} {high}", f"{high} tokens {low}", 1), "gemini-2.5-pro") == "10"


def test_one_model_has_two_rows_with_dates_in_the_name() -> None:
    """A price that ends and one that begins: the day decides; at any day there is one."""
    assert sample("anthropic.md", "claude-sonnet-5", date(2026, 8, 31)) == "10"
    assert sample("anthropic.md", "claude-sonnet-5", date(2026, 9, 1)) == "15"


def test_a_bot_challenge_looks_like_a_page() -> None:
    """It comes with status 200."""
    for provider in ("openai", "anthropic", "google", "openrouter"):
        assert reading(provider, (PAGES / "bot_wall.html").read_text(), "gpt-4.1") == "bot_wall"


@pytest.mark.parametrize("cell", ["-", "", "null", "Not available", "Free of charge", "N/A", "TBD", "Coming soon"])
def test_cells_hold_words_or_nothing(cell: str) -> None:
    """Only a digit is a price, and only a digit zero is zero."""
    row = "| Claude Opus 4.8 | $5 / MTok | $6.25 / MTok | $0.50 / MTok | {} |"
    assert (
        reading("anthropic", ANTHROPIC.replace(row.format("$25 / MTok"), row.format(cell)), "claude-opus-4-8")
        == "no_price"
    )
    data = (
        (PAGES / "openai_source.mdx.md").read_text().replace('"gpt-4.1", 2, 0.5, 8]', f'"gpt-4.1", 2, 0.5, "{cell}"]')
    )
    assert reading("openai", data, "gpt-4.1") == "no_price"
    section = (PAGES / "google.html").read_text().replace("<td>$2.50</td>", f"<td>{cell}</td>")
    assert reading("google", section, "gemini-2.5-flash") == "no_price"


def test_newer_rows_have_a_column_of_cache_writes() -> None:
    """The output is the last of four fields or of five."""
    assert sample("openai_source.mdx.md", "gpt-5.6-luna") == "6"
    assert sample("openai_source.mdx.md", "gpt-4.1") == "8"
    assert sample("openai_source.mdx.md", "house-three") == "unknown_layout"
    assert sample("openai_source.mdx.md", "house-six") == "unknown_layout"


def test_a_mirror_puts_its_own_lines_in_front() -> None:
    """Front matter with a hash and a date, or a reader's title and time, are no part of the page."""
    matter = "---\nfetched_at: 2026-08-07T03:08:30Z\nsha256: 25\ntitle: Pricing\n---\n\n"
    reader = (
        "Title: Pricing\n\nURL Source: https://example.com\n\nPublished Time: 2026-05-07T14:52Z\n\nMarkdown Content:\n"
    )
    for front in (matter, reader):
        assert reading("anthropic", front + ANTHROPIC, "claude-opus-4-8") == "25"


def test_an_island_and_the_table_drawn_from_it_say_the_same() -> None:
    """Where both are on a page they must agree; where one is, it is enough."""
    assert sample("openai_islands.html", "gpt-5.6-luna") == "1.2"
    assert sample("openai_islands.html", "gpt-torn") == "ambiguous"
    assert sample("openai_islands.html", "gpt-4.1") == "8"


def test_a_fragment_of_a_page_is_read_by_its_table() -> None:
    """A table without the page around it names its models and its unit itself."""
    table = (
        "<table><tr><th>Model</th><th>Output Tokens</th></tr>"
        "<tr><td>Claude Opus 4.8</td><td>$25 / MTok</td></tr></table>"
    )
    assert reading("anthropic", table, "claude-opus-4-8") == "25"

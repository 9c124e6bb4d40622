"""The eight rules on pages of our own."""

from datetime import date
from pathlib import Path

import pytest

from oracle_node.sources import Price, Reason, read
from oracle_node.sources.reading import whole_micro

PAGES = Path(__file__).parent / "pages"
ON = date(2026, 7, 20)

# page, provider, model, price in USD per 1M output tokens or the reason of the refusal
CASES = [
    # OpenAI page source: rows without a header, panes, groups with headings
    ("openai_source.mdx.md", "gpt-5.6-luna", "6"),
    ("openai_source.mdx.md", "GPT-5.6 Luna", "6"),
    ("openai_source.mdx.md", "gpt-5.5", "30"),
    ("openai_source.mdx.md", "gpt-4.1", "8"),
    ("openai_source.mdx.md", "GPT-4.1", "8"),
    ("openai_source.mdx.md", "gpt-5-pro", "120"),
    ("openai_source.mdx.md", "gpt-4o-2024-05-13", "15"),
    ("openai_source.mdx.md", "gpt-4o", Reason.NO_SUCH_MODEL),
    ("openai_source.mdx.md", "house-free", "0"),
    ("openai_source.mdx.md", "house-blank", Reason.NO_PRICE),
    ("openai_source.mdx.md", "house-null", Reason.NO_PRICE),
    ("openai_source.mdx.md", "house-dash", Reason.NO_PRICE),
    ("openai_source.mdx.md", "house-word", Reason.NO_PRICE),
    ("openai_source.mdx.md", "house-three", Reason.UNKNOWN_LAYOUT),
    ("openai_source.mdx.md", "house-six", Reason.UNKNOWN_LAYOUT),
    ("openai_source.mdx.md", "house-batch-only", Reason.NO_SUCH_MODEL),
    ("openai_source.mdx.md", "gpt-realtime-2", "24"),
    ("openai_source.mdx.md", "gpt-voice-only", Reason.NOT_TEXT),
    ("openai_source.mdx.md", "gpt-4.1-2025-04-14", Reason.NO_SUCH_MODEL),
    # OpenAI through a reader: tier labels, two context bands, continuation rows
    ("openai_reader.md", "gpt-5.5", "30"),
    ("openai_reader.md", "gpt-5.4-mini", "4.5"),
    ("openai_reader.md", "chat-latest", "30"),
    ("openai_reader.md", "gpt-5.3-codex", "14"),
    ("openai_reader.md", "gpt-5.2-codex", "12"),
    ("openai_reader.md", "o3-deep-research", Reason.NO_SUCH_MODEL),
    ("openai_reader.md", "gpt-4o-transcribe", Reason.NOT_TEXT),
    # OpenAI raw HTML: islands and the tables drawn from them
    ("openai_islands.html", "gpt-5.6-luna", "1.2"),
    ("openai_islands.html", "gpt-4.1", "8"),
    ("openai_islands.html", "gpt-torn", Reason.AMBIGUOUS),
    ("openai_islands.html", "gpt-fast-only", Reason.NO_SUCH_MODEL),
    ("openai_islands.html", "gpt-image-1.5", "10"),
    # Anthropic
    ("anthropic.md", "claude-opus-4-8", "25"),
    ("anthropic.md", "Claude Opus 4.8", "25"),
    ("anthropic.md", "claude-opus-4-8-20260528", "25"),
    ("anthropic.md", "claude-mythos-5", "50"),
    ("anthropic.md", "claude-opus-4-1-20250805", "75"),
    ("anthropic.md", "claude-opus-4-20250514", Reason.RETIRED),
    ("anthropic.md", "claude-sonnet-5", "10"),
    ("anthropic.md", "claude-sonnet-4-5", Reason.NO_SUCH_MODEL),
    ("anthropic.md", "claude-sonnet-4", Reason.NO_SUCH_MODEL),
    ("anthropic.md", "claude-3-5-haiku-20241022", "4"),
    ("anthropic.md", "claude-haiku-4", Reason.NO_SUCH_MODEL),
    ("anthropic.md", "claude-opus-8-4", Reason.NO_SUCH_MODEL),
    ("anthropic.md", "claude-split-1", Reason.AMBIGUOUS),
    ("anthropic.md", "claude-twice-1", "5"),
    ("anthropic.md", "claude-euro-1", Reason.WRONG_UNIT),
    ("anthropic.md", "claude-kilo-1", Reason.WRONG_UNIT),
    ("anthropic.md", "claude-bare-1", Reason.WRONG_UNIT),
    ("anthropic.md", "claude-comma-1", Reason.WRONG_UNIT),
    ("anthropic.md", "claude-short-1", Reason.TRUNCATED),
    ("anthropic.md", "claude-batch-1", Reason.NO_SUCH_MODEL),
    ("anthropic.md", "claude-fast-1", Reason.NO_SUCH_MODEL),
    # Google
    ("google.reader.md", "gemini-2.5-pro", "10"),
    ("google.reader.md", "Gemini 2.5 Pro", "10"),
    ("google.reader.md", "gemini-2.5-pro-tools", "10"),
    ("google.reader.md", "gemini-2.5", Reason.NO_SUCH_MODEL),
    ("google.reader.md", "gemini-voice-preview-12-2025", "2"),
    ("google.reader.md", "gemini-voice-preview", Reason.NO_SUCH_MODEL),
    ("google.reader.md", "gemini-speaker-tts", Reason.NOT_TEXT),
    ("google.reader.md", "Gemini Painter", "3"),
    ("google.reader.md", "gemini-picture", Reason.WRONG_UNIT),
    ("google.reader.md", "gemini-unlabelled", Reason.UNKNOWN_LAYOUT),
    ("google.reader.md", "gemini-opened", "7.5"),
    ("google.reader.md", "gemini-gone", Reason.RETIRED),
    ("google.reader.md", "gemini-thoughtful", Reason.NOT_TEXT),
    ("google.reader.md", "imagined-4", Reason.WRONG_UNIT),
    ("google.reader.md", "gemma-word", Reason.NO_PRICE),
    ("google.html", "gemini-2.5-flash", "2.5"),
    ("google.html", "gemini-2.5-pro", "10"),
    ("google.html", "gemini-batch", Reason.UNKNOWN_LAYOUT),
    # OpenRouter
    ("openrouter.json", "openai/gpt-4.1", "8"),
    ("openrouter.json", "openai/gpt-4.1-2025-04-14", "8"),
    ("openrouter.json", "OpenAI: GPT-4.1", "8"),
    ("openrouter.json", "house/dusty", "0.6"),
    ("openrouter.json", "house/fine", "0.0681536"),
    ("openrouter.json", "house/paid", "0.4"),
    ("openrouter.json", "house/paid-20260101", "0.4"),
    ("openrouter.json", "house/paid:free", Reason.VARIANT),
    ("openrouter.json", "house/only-20260101", Reason.VARIANT),
    ("openrouter.json", "~house/latest", Reason.ALIAS),
    ("openrouter.json", "house/latest", Reason.ALIAS),
    ("openrouter.json", "house/router", Reason.NEGATIVE),
    ("openrouter.json", "house/zero", Reason.ZERO),
    ("openrouter.json", "house/null", Reason.NO_PRICE),
    ("openrouter.json", "house/mtok", Reason.WRONG_UNIT),
    ("openrouter.json", "house/tiered", "10"),
    ("openrouter.json", "house/two", Reason.AMBIGUOUS),
    ("openrouter.json", "house/none", Reason.NO_SUCH_MODEL),
    ("bot_wall.html", "gpt-4.1", Reason.BOT_WALL),
]


def provider_of(page: str) -> str:
    """The family a fixture's name begins with; the wall is OpenAI's."""
    return next((p for p in ("openai", "anthropic", "google", "openrouter") if page.startswith(p)), "openai")


@pytest.mark.parametrize(("page", "model", "expected"), CASES, ids=lambda value: str(value).replace("/", "_"))
def test_page_gives_the_price_or_the_reason(page: str, model: str, expected: str) -> None:
    """Each rule with a model it prices and one it refuses."""
    reading = read(provider_of(page), (PAGES / page).read_bytes(), model, ON)
    assert (reading.usd_per_mtok if isinstance(reading, Price) else reading.reason) == expected


@pytest.mark.parametrize(
    ("on", "price"),
    [(date(2026, 7, 1), "10"), (date(2026, 8, 31), "10"), (date(2026, 9, 1), "15"), (date(2027, 9, 1), "15")],
)
def test_dated_rows_change_over_at_midnight_utc(on: date, price: str) -> None:
    """A row through a day counts for the whole of it, the row starting the next day from its first second."""
    reading = read("anthropic", (PAGES / "anthropic.md").read_bytes(), "claude-sonnet-5", on)
    assert isinstance(reading, Price)
    assert reading.usd_per_mtok == price


def test_no_row_in_force_is_a_refusal() -> None:
    """After the last day of its only row a model has no price."""
    page = (PAGES / "anthropic.md").read_text().replace("| Claude Sonnet 5 starting", "| Claude Later 5 starting")
    assert isinstance(read("anthropic", page.encode(), "claude-sonnet-5", date(2026, 8, 31)), Price)
    late = read("anthropic", page.encode(), "claude-sonnet-5", date(2026, 9, 1))
    assert not isinstance(late, Price)
    assert late.reason is Reason.NOT_IN_FORCE


def test_a_price_finer_than_a_micro_is_shown_but_never_fixed() -> None:
    """Nothing is rounded on the way to a signature."""
    data = (PAGES / "openrouter.json").read_bytes()
    fine, dusty = read("openrouter", data, "house/fine", ON), read("openrouter", data, "house/dusty", ON)
    refused = whole_micro(fine)
    assert whole_micro(dusty) == 600_000
    assert not isinstance(refused, int)
    assert refused.reason is Reason.BELOW_MICRO

"""Every recorded page: each model of its token tables gives the listed price, or the listed reason for none."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from oracle_node.sources import SOURCES, Price, Reason, Refusal, read
from oracle_node.sources.openrouter import parse as parse_openrouter

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
PAGES = DATA / "pricing_pages"
EXPECTED: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "recorded_prices.json").read_text())
"""Page to model to price in USD per 1M output tokens, or to the reason of the refusal; on the page's own date."""

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no recorded pages beside this checkout (../shared/data)")


@needs_data
@pytest.mark.parametrize("page", EXPECTED)
def test_recorded_page_gives_every_listed_price(page: str) -> None:
    """Prices are exact; a model without one has the listed reason."""
    provider, name = page.split("/")
    data = (PAGES / page).read_bytes()
    on = date.fromisoformat(name[:10])
    readings = {model: read(provider, data, model, on) for model in EXPECTED[page]}
    got = {model: r.usd_per_mtok if isinstance(r, Price) else str(r.reason) for model, r in readings.items()}
    assert got == EXPECTED[page]


@needs_data
@pytest.mark.parametrize("page", EXPECTED)
def test_recorded_page_is_refused_by_every_other_reader(page: str) -> None:
    """No model on it, nor its own ones, gives a price under another provider's name."""
    own, name = page.split("/")
    data = (PAGES / page).read_bytes()
    wanted = {Reason.BOT_WALL if "blocked" in name else Reason.OTHER_PAGE}
    for provider in set(SOURCES) - {own}:
        for model in [*EXPECTED[page], "gpt-4.1", "claude-opus-4-8", "gemini-2.5-pro", "openai/gpt-4.1"]:
            reading = read(provider, data, model, date.fromisoformat(name[:10]))
            assert isinstance(reading, Refusal), (provider, model)
            assert {reading.reason} == wanted, (provider, model)


@needs_data
@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_recorded_models_list_is_no_vendors_page(provider: str) -> None:
    """The list of all vendors' models is refused under the name of one."""
    data = next(listed_models()).read_bytes()
    reading = read(provider, data, "gpt-4.1", date(2026, 7, 1))
    assert isinstance(reading, Refusal)
    assert reading.reason is Reason.OTHER_PAGE


@needs_data
def test_every_recorded_page_is_listed() -> None:
    """A page added to the recordings must be added to the table."""
    assert {f"{path.parent.name}/{path.name}" for path in PAGES.glob("*/*")} == set(EXPECTED)


def listed_models() -> Iterator[Path]:
    """Every recorded models list."""
    yield from sorted((DATA / "openrouter").glob("models*/*.json"))


@needs_data
@pytest.mark.parametrize("path", list(listed_models()), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_models_list_gives_completion_times_a_million(path: Path) -> None:
    """Each third model by id and slug: the price of the one paid entry, or the reason it has none."""
    data = path.read_bytes()
    answer = json.loads(data)
    entries = answer["data"] if isinstance(answer, dict) else answer
    for entry in entries[::29]:
        for name in {entry["id"], entry.get("canonical_slug", entry["id"])}:
            paid = [
                Decimal(other["pricing"]["completion"]) * 1_000_000
                for other in entries
                if name in (other["id"], other.get("canonical_slug"))
                and ":" not in other["id"]
                and not other["id"].startswith("~")
            ]
            reading = parse_openrouter(data, name, date(2026, 7, 1))
            if isinstance(reading, Price):
                assert abs(Decimal(reading.usd_per_mtok) - paid[0]) < Decimal("1e-12"), name
            elif reading.reason in (Reason.ZERO, Reason.NEGATIVE):
                assert paid[0] <= 0, name
            else:
                assert reading.reason in (Reason.ALIAS, Reason.VARIANT), name
                assert paid == [], name

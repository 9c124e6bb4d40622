"""Traps of the recordings that only they can show, where they stand beside this checkout."""

import csv
import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from ifx_index.day import Role, compute_day
from ifx_index.errors import BadInput
from ifx_index.exact import price_per_mtok
from ifx_index.external import read_otpi
from ifx_index.folder import open_folder, read_file
from ifx_index.ingest import read_activity, read_endpoints, read_models, read_price_source
from ifx_index.model import Model, is_alias, model_of
from ifx_index.resolve import Status

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data"
DATA = ROOT / "openrouter"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings beside this checkout (../shared/data)")


def rows_of(name: str) -> list[dict[str, str]]:
    """A recorded table."""
    with (ROOT / name).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def listed(day: str) -> Mapping[Model, Fraction]:
    """Prices of a recorded models list."""
    return read_models((DATA / "models" / f"{day}.json").read_bytes(), f"{day}.json").prices


def changes(kind: str) -> list[dict[str, str]]:
    """The recorded price changes of a kind of which both lists are here."""
    days = {path.stem for path in (DATA / "models").glob("*.json")}
    found = [row for row in rows_of("repricing/openrouter_price_changes.csv") if row["kind"] == kind]
    return [row for row in found if {row["previous_dump"], row["first_dump_with_new_price"]} <= days]


def test_every_recorded_price_change_is_in_the_lists_as_read() -> None:
    """The table was computed by others from the same lists."""
    found = changes("model")
    assert len(found) > 60
    for row in found:
        for day, slug, raw in (
            (row["previous_dump"], row["canonical_slug_before"], row["old_completion_raw"]),
            (row["first_dump_with_new_price"], row["canonical_slug_after"], row["new_completion_raw"]),
        ):
            assert listed(day)[model_of(row["model_id"], slug)] == Fraction(Decimal(raw)) * 10**12


def test_an_alias_that_was_pointed_at_another_model_is_no_price_change() -> None:
    """It has no price as read, on either day."""
    found = changes("alias")
    assert found != []
    for row in found:
        assert is_alias(row["model_id"])
        assert not any(is_alias(model.slug) for model in listed(row["first_dump_with_new_price"]))


def test_a_price_written_with_other_digits_is_no_price_change() -> None:
    """Every recorded change of mere digits, and no other one, is one price."""
    for row in rows_of("repricing/openrouter_price_changes.csv"):
        same = price_per_mtok(row["old_completion_raw"]) == price_per_mtok(row["new_completion_raw"])
        assert same == (row["kind"] == "representation_only"), row


def test_the_tier_of_long_contexts_is_another_price() -> None:
    """Of the recorded models that have one, none is priced by it."""
    day = "2026-07-20"
    found = [
        m for m in json.loads((DATA / "models" / f"{day}.json").read_bytes())["data"] if "overrides" in m["pricing"]
    ]
    assert len(found) > 40
    for model in found:
        price = listed(day).get(model_of(model["id"], model["canonical_slug"]))
        assert is_alias(model["id"]) or price == Fraction(Decimal(model["pricing"]["completion"])) * 10**12


def test_a_model_used_on_its_launch_day_has_no_price_until_the_next_list() -> None:
    """Kimi K3 was used on 16 July and first listed on the 17th: excluded, and never at zero."""
    folder = open_folder(DATA)
    statuses = []
    for day in (date(2026, 7, 16), date(2026, 7, 17)):
        rows = compute_day(day, folder.files(day)).series["LPI-moonshotai"].rows
        statuses += [row.status for row in rows if "kimi-k3" in row.model]
    assert statuses == [Status.MISSING, Status.PRIMARY]


def test_recorded_vintages_tell_no_other_figure_of_a_closed_day() -> None:
    """An answer of June and the one of July agree on every row of the days that both have."""
    later_path = DATA / "activity" / "rankings_daily_2026-05-24_2026-07-25.json"
    vintages = sorted((DATA / "activity" / "rankings_daily_raw_vintages").glob("*.json"))
    assert len(vintages) == 2
    for path in vintages:
        last = date.fromisoformat(path.stem)
        for day in (last, last - timedelta(days=10)):
            found = read_activity(path.read_bytes(), path.name, day)
            later = read_activity(later_path.read_bytes(), later_path.name, day)
            assert (found.usage, found.total, found.open) == (later.usage, later.total, frozenset())


def test_a_table_lacks_what_was_delisted_before_it_was_recorded() -> None:
    """Of the six companies one free variant, on twelve days: coverage is stated too high, no value is moved."""
    path = DATA / "activity" / "rankings_daily_2026-05-24_2026-07-25.json"
    lacking = set()
    for table in sorted((DATA / "activity" / "daily").glob("*.csv")):
        day = date.fromisoformat(table.stem)
        known = read_activity(table.read_bytes(), table.name, day).usage
        lacking |= {
            (model, day) for model in read_activity(path.read_bytes(), path.name, day).usage if model not in known
        }
    ours = {(str(model), day) for model, day in lacking if model.company in ("openai", "google", "anthropic", "qwen")}
    assert {name for name, _ in ours} == {"openai/gpt-oss-120b:free"}
    assert len(ours) == 12


@pytest.mark.parametrize(
    "name",
    [
        "openrouter/effective_pricing/2026-07-20.csv",
        "repricing/openrouter_price_changes.csv",
        "repricing/vendor_repricings.csv",
        "repricing/tracker_corrections_not_repricings.csv",
        "repricing/llm-prices/openai.json",
        "token_indexes/other_published_values.csv",
        "token_indexes/NOTES.md",
        "token_indexes/ornn_otpi_daily.csv",
        "openrouter/endpoints/public_api_2025-05-23_google_gemini-2.5-pro-preview.json",
        "openrouter/endpoints/frontend_raw_2026-07-20_openai_gpt-5.6-luna-20260709.json",
    ],
)
def test_what_holds_prices_of_another_kind_is_no_source(name: str) -> None:
    """Prices paid, price changes, vendors' lists and others' indexes are in other units, and are refused by shape."""
    file = read_file(Role.FALLBACK, ROOT / name)
    with pytest.raises(BadInput):
        read_price_source(file.data, file.name)
    with pytest.raises(BadInput):
        read_activity(file.data, file.name, date(2026, 7, 20))
    if name != "token_indexes/ornn_otpi_daily.csv":
        with pytest.raises(BadInput):
            read_otpi(file.data, file.name)


def test_recorded_offers_of_one_model_give_one_price() -> None:
    """Up to fourteen times apart, and each price is one that an offer asks."""
    rows = rows_of("openrouter/endpoints/2026-07-20.csv")
    asked: dict[Model, set[Fraction | None]] = {}
    for row in rows:
        asked.setdefault(Model(row["permaslug"], row["variant"]), set()).add(price_per_mtok(row["price_completion"]))
    assert sum(len(prices) > 1 for prices in asked.values()) > 60
    found = read_endpoints((DATA / "endpoints" / "2026-07-20.csv").read_bytes(), "2026-07-20.csv").prices
    assert all(price in asked[model] or model.variant == "free" for model, price in found.items())

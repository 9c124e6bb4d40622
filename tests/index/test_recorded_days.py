"""Every recorded day, against a plain reading of the same files; where the recordings stand beside this checkout."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ifx_index.day import Day, Role, compute_day
from ifx_index.errors import BadInput
from ifx_index.folder import open_folder, read_file
from ifx_index.ingest import read_activity, read_models
from ifx_index.lpi import Quality, explain
from ifx_index.model import COMPANIES, Model

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "openrouter"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings beside this checkout (../shared/data)")
DAYS = [date.fromisoformat(path.stem) for path in sorted((DATA / "activity" / "daily").glob("*.csv"))]
LISTED = [day for day in DAYS if (DATA / "models" / f"{day}.json").is_file()]
LISTS = sorted((DATA / "models").glob("*.json")) + sorted((DATA / "models_afternoon").glob("*.json"))


def computed(day: date, *roles: Role) -> Day:
    """A recorded day from some of its files."""
    return compute_day(day, [file for file in open_folder(DATA).files(day) if file.role in roles])


def plainly(day: date, column: int) -> Iterator[tuple[str, int | None]]:
    """Six values straight from the two files: 0 weighs by all tokens, 1 by output tokens."""
    document = json.loads((DATA / "models" / f"{day}.json").read_text())
    prices = {}
    for model in document["data"]:
        if not model["id"].startswith(("~", "openrouter/")):
            variant = model["id"].partition(":")[2] or "standard"
            prices[model["canonical_slug"], variant] = Fraction(Decimal(model["pricing"]["completion"]))
    with (DATA / "activity" / "daily" / f"{day}.csv").open(newline="") as file:
        rows = [(row["permaslug"], row["variant"], row) for row in csv.DictReader(file)]
    for company in COMPANIES:
        spent, weight = Fraction(0), 0
        for slug, variant, row in rows:
            output = int(row["total_completion_tokens"])
            tokens = (output + int(row["total_prompt_tokens"]), output)[column]
            price = prices.get((slug, variant), Fraction(0))
            if slug.startswith(f"{company}/") and price > 0 and tokens > 0:
                spent += tokens * price
                weight += tokens
        yield company, round(spent * 10**12 / weight) if weight else None


@pytest.mark.parametrize("day", LISTED[::5], ids=str)
def test_a_recorded_day_has_the_values_of_a_plain_reading(day: date) -> None:
    """Both weightings, every company."""
    series = computed(day, Role.MODELS, Role.ACTIVITY).series
    for column, kind in enumerate(("", "-O")):
        got = [(company, series[f"LPI-{company}{kind}"].measure.value_micro) for company in COMPANIES]
        assert got == list(plainly(day, column))


@pytest.mark.parametrize("day", DAYS[::6], ids=str)
def test_a_recorded_day_is_explained_exactly(day: date) -> None:
    """With all that was recorded for it."""
    for found in computed(day, *(role for role in Role if role is not Role.DOCUMENT)).series.values():
        parts = explain(found.rows)
        assert sum((part.contribution for part in parts), Fraction(0)) == found.measure.value
        assert sum(part.contribution_micro for part in parts) == found.measure.value_micro


@pytest.mark.parametrize("path", LISTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_recorded_list_is_read(path: Path) -> None:
    """Each shape that the endpoint has had; no alias and no router gets a price above zero."""
    found = read_models(path.read_bytes(), path.name)
    assert len(found.prices) > 300
    assert not [model for model in found.prices if model.slug.startswith("~")]
    assert all(found.prices.get(Model(f"openrouter/{name}", "standard"), Fraction(0)) <= 0 for name in ("auto", "free"))


def test_the_recorded_slip_on_a_free_variant_counts_as_free() -> None:
    """One list shows 0.40 USD per Mtok on it."""
    found = read_models((DATA / "models" / "2026-01-24.json").read_bytes(), "2026-01-24.json")
    assert [note for note in found.notes if "free and shows a price" in note] != []
    assert all(price == 0 for model, price in found.prices.items() if model.variant == "free")


def test_the_recorded_dataset_agrees_with_the_recorded_tables() -> None:
    """Of closed days, for every model that both have."""
    path = DATA / "activity" / "rankings_daily_2026-05-24_2026-07-25.json"
    for day in (date(2026, 6, 18), date(2026, 7, 24)):
        ranked = read_activity(path.read_bytes(), path.name, day).usage
        listed = read_activity((DATA / "activity" / "daily" / f"{day}.csv").read_bytes(), "d.csv", day).usage
        both = {model: usage.total for model, usage in listed.items() if model in ranked}
        assert len(both) > 40
        assert both == {model: ranked[model].total for model in both}


@pytest.mark.parametrize("folder", ["rankings_month_view_NOT_DAILY", "rankings_page_scrapes_UNRELIABLE"])
def test_recorded_views_and_scrapes_are_refused(folder: str) -> None:
    """Each by its shape, for any day."""
    for path in sorted((DATA / "activity" / folder).glob("*.json")):
        with pytest.raises(BadInput):
            read_activity(path.read_bytes(), path.name, date.fromisoformat(path.stem))


def test_a_recorded_month_view_in_the_clothes_of_a_day_is_held() -> None:
    """Stamped with one day and written as a table, it is only told by its size."""
    rows = json.loads((DATA / "activity" / "rankings_month_view_NOT_DAILY" / "2026-07-20.json").read_bytes())
    lines = ["permaslug,variant,date,total_prompt_tokens,total_completion_tokens"]
    for row in rows:
        tokens = f"{row['total_prompt_tokens']},{row['total_completion_tokens']}"
        lines.append(f"{row['model_permaslug']},{row['variant']},2026-07-20,{tokens}")
    posing = ("\n".join(lines) + "\n").encode()
    day = date(2026, 7, 20)
    files = [file for file in open_folder(DATA).files(day) if file.role is Role.MODELS]
    found = read_file(Role.ACTIVITY, DATA / "activity" / "daily" / "2026-07-19.csv")
    before = {date(2026, 7, 19): read_activity(found.data, found.name, date(2026, 7, 19)).total}
    held = compute_day(day, [*files, type(found)(role=Role.ACTIVITY, name="2026-07-20.csv", data=posing)], before)
    assert not held.series
    assert len(held.held) == 12


def test_a_recorded_row_of_an_open_day_holds_its_company_alone() -> None:
    """One model of another company was last read at 16:24 of its own day; the six are whole."""
    path = DATA / "activity" / "daily" / "2026-07-20.csv"
    assert read_activity(path.read_bytes(), path.name, date(2026, 7, 20)).open == {"tencent"}
    assert not computed(date(2026, 7, 20), Role.MODELS, Role.ACTIVITY).held


def test_recorded_afternoons_conflict_for_hosted_models() -> None:
    """Two honest observations of one day differ, and the quality says so."""
    found = computed(date(2026, 7, 24), Role.MODELS, Role.ACTIVITY, Role.SECOND).series["LPI-openai"].measure
    assert found.conflict_share is not None
    assert found.conflict_share > Fraction(2, 100)
    assert found.quality is Quality.DEGRADED

"""Repricing tables as price trackers keep them: what is a repricing there, and what only looks like one."""

from datetime import date
from pathlib import Path

import pytest
from support.tree import ROOT

from ifx_sdk.calibration import calibrate
from ifx_sdk.hedging.errors import BadRepricingTable
from ifx_sdk.hedging.repricings import read_repricing_table

RECORDED = ROOT.parent / "shared/data/repricing"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded repricings (../shared/data) are not here")
VENDORS = "model_id,vendor,effective_date,old_output_usd_per_mtok,new_output_usd_per_mtok,date_kind,status\n"
LISTS = (
    "model_id,company,first_dump_with_new_price,old_output_usd_per_mtok,new_output_usd_per_mtok,kind,"
    "canonical_slug_before,canonical_slug_after\n"
)


def saved(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "table.csv"
    path.write_text(text)
    return path


def test_a_vendors_change_counts_from_its_day(tmp_path: Path) -> None:
    """Effective or first observed, it happened: prices in micro-USDT, an existing model repriced."""
    text = (
        VENDORS + "o3,openai,2025-06-10,40,8,effective,happened\nm-1,lab,2025-08-23,2.19,1.68,first_observed,happened\n"
    )
    first, second = read_repricing_table(saved(tmp_path, text)).rows
    assert (first.on, first.model, first.old, first.new, first.mid_cycle) == (
        date(2025, 6, 10),
        "o3",
        40_000_000,
        8_000_000,
        True,
    )
    assert (second.old, second.new) == (2_190_000, 1_680_000)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("m,lab,2026-09-01,10,15,scheduled,scheduled", "scheduled"),
        ("m,lab,2026-09-01,10,15,cancelled,cancelled", "cancelled"),
        ("m,lab,2026-04-25,0.42,0.28,first_observed,alias_repoint", "an alias that means another model"),
        ("m (>272K context),lab,2026-07-30,9,1.80,effective,happened", "a tier beside the model's own price"),
        ("m,lab,2026-07-30,9,0,effective,happened", "a zero, which is no list price"),
    ],
)
def test_what_is_no_repricing_of_the_model_is_left_out_and_told(tmp_path: Path, row: str, why: str) -> None:
    """Announced, cancelled, another model under the old name, another tier, a zero."""
    table = read_repricing_table(saved(tmp_path, f"{VENDORS}{row}\nm,lab,2026-01-01,2,1,effective,happened\n"))
    assert len(table.rows) == 1
    assert table.left_out == {why: 1}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("~m/latest,lab,2026-01-02,2,1,alias,a,b", "an alias"),
        ("lab/m:free,lab,2026-01-02,0,0.4,variant,a,a", "variant"),
        ("lab/m,lab,2026-01-02,0.40,0.4,representation_only,a,a", "the same number in other digits"),
        ("lab/m,lab,2026-01-02,2,1,model,lab/m-2509,lab/m-2512", "a name that means another model"),
        ("lab/m,lab,2026-01-02,1,0,model,a,a", "a zero, which is no list price"),
        ("lab/m,lab,2026-01-02,0.4,0.40,model,a,a", "the same price"),
    ],
)
def test_what_a_price_list_only_shows_in_another_way_is_left_out_and_told(tmp_path: Path, row: str, why: str) -> None:
    """Beside a row that counts."""
    table = read_repricing_table(saved(tmp_path, f"{LISTS}{row}\nlab/n,lab,2026-01-02,0.0681536,0.05,model,a,a\n"))
    assert [(each.old, each.new) for each in table.rows] == [(68_154, 50_000)]
    assert table.left_out == {why: 1}


@pytest.mark.parametrize("price", ["", "-1", "nan", "1e400", "free", "0x10", "9" * 50])
def test_a_price_that_is_none_is_refused_with_its_line(tmp_path: Path, price: str) -> None:
    """In a row that would count."""
    text = f"{VENDORS}m,lab,2026-01-01,{price},1,effective,happened\n"
    with pytest.raises(BadRepricingTable, match=r"line 2: old_output_usd_per_mtok .* is no price"):
        read_repricing_table(saved(tmp_path, text))


@recorded
def test_recorded_changes_calibrate() -> None:
    """Ten vendors' changes and 282 of a price list are repricings, falls and rises, and both give a calibration."""
    vendors = read_repricing_table(RECORDED / "vendor_repricings.csv")
    lists = read_repricing_table(RECORDED / "openrouter_price_changes.csv")
    assert (len(vendors.rows), sum(vendors.left_out.values())) == (10, 4)
    assert (len(lists.rows), sum(lists.left_out.values())) == (282, 30)
    for table in (vendors, lists):
        assert any(row.old is not None and row.new > row.old for row in table.rows)
        assert calibrate(table.rows, 100, may_rise=True).events == len(table.rows)


@recorded
def test_recorded_corrections_of_trackers_are_no_table() -> None:
    """A file of errors that were mended is refused: it has no status."""
    with pytest.raises(BadRepricingTable):
        read_repricing_table(RECORDED / "tracker_corrections_not_repricings.csv")

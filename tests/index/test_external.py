"""Indexes that others publish: read strictly, judged by our rule, kept as records with revisions."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.index_files import DAY, back

from ifx_index.errors import BadInput
from ifx_index.external import OTPI, OTPI_UNIT, otpi
from ifx_index.publish import publish
from ifx_index.recompute import outcomes
from ifx_index.store import Store

LATER = f"{DAY + timedelta(days=1)}T16:00:00+00:00"
HEADER = "lab,timestamp,index_per_mtok,last_scraped_at"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "token_indexes" / "ornn_otpi_daily.csv"


def otpi_table(rows: Sequence[tuple[str, date, str]], *, scraped: str = LATER) -> bytes:
    """A publisher's table: (lab, day, figure) a row."""
    lines = [HEADER, *(f"{lab},{day}T23:59:59Z,{figure},{scraped}" for lab, day, figure in rows)]
    return ("\n".join(lines) + "\n").encode()


WHOLE = otpi_table([("openai", back(1), "1.20"), ("openai", DAY, "1.2327"), ("qwen", DAY, "0.5")])


def test_an_external_value_is_kept_as_published() -> None:
    """In micro-USD, with its own unit, which says that it is blended and no output price."""
    found = otpi(DAY, WHOLE, "otpi.csv")["OTPI-openai"]
    assert found.value == 1_232_700
    assert found.diagnostics == {
        "quality_status": "GOOD",
        "quality_reason": None,
        "unit": OTPI_UNIT,
        "publisher": "Ornn",
        "recorded_at": f"{DAY + timedelta(days=1)}T16:00:00Z",
    }


@pytest.mark.parametrize(
    ("rows", "scraped", "status", "why"),
    [
        ([("openai", back(1), "1.2"), ("openai", DAY, "12")], LATER, "GOOD", None),
        ([("openai", back(1), "1.2"), ("openai", DAY, "12.01")], LATER, "POOR", "10 times apart"),
        ([("openai", back(1), "1.2"), ("openai", DAY, "0.11")], LATER, "POOR", "10 times apart"),
        ([("openai", back(1), "1.2"), ("openai", DAY, "1.3")], f"{DAY}T23:59:59+00:00", "POOR", "before its day"),
        ([("openai", back(2), "1.2"), ("openai", DAY, "1.3")], LATER, "POOR", "the day before"),
        ([("openai", back(1), "1.2"), ("openai", DAY, "0")], LATER, "NO_VALUE", "not above zero"),
        ([("openai", back(1), "1.2"), ("openai", DAY, "-1")], LATER, "NO_VALUE", "not above zero"),
    ],
)
def test_only_a_closed_and_plausible_figure_is_good(
    rows: list[tuple[str, date, str]], scraped: str, status: str, why: str | None
) -> None:
    """Held against the day before; exactly ten times is still believed."""
    found = otpi(DAY, otpi_table(rows, scraped=scraped), "otpi.csv")["OTPI-openai"]
    assert found.diagnostics["quality_status"] == status
    assert (why or "None") in str(found.diagnostics["quality_reason"])


@pytest.mark.parametrize(
    "table",
    [
        otpi_table([("openai", DAY, "n/a")]),
        otpi_table([("open ai", DAY, "1")]),
        otpi_table([("openai", DAY, "1.2"), ("openai", DAY, "1.3")]),
        otpi_table([("openai", back(1), "1.2")]),
        otpi_table([("openai", DAY, "1.2")], scraped="yesterday"),
        b"lab,index_per_mtok\nopenai,1\n",
        WHOLE[:-30],
        b"<html>blocked</html>",
    ],
    ids=["a word", "a name", "two figures", "another day", "no time", "no columns", "cut short", "a page"],
)
def test_a_table_that_cannot_be_read_is_refused(table: bytes) -> None:
    """Whole, whatever else it holds."""
    with pytest.raises(BadInput):
        otpi(DAY, table, "otpi.csv")


def test_an_external_index_is_recorded_verified_and_published_in_its_own_unit(index: Any, tmp_path: Path) -> None:
    """Through the command: a correction by the publisher is a second revision with its reason."""
    table = tmp_path / "otpi.csv"
    table.write_bytes(WHOLE)
    ran = index("external", "otpi", table, "--date", DAY, "--store", "store", "--json")
    assert ran.code == 3  # qwen has no day before
    assert ran.json["series"]["OTPI-openai"]["value_micro"] == 1_232_700
    table.write_bytes(WHOLE.replace(b"1.2327", b"1.2331"))
    assert index("external", "otpi", table, "--date", DAY, "--store", "store").code == 2
    assert (
        index("external", "otpi", table, "--date", DAY, "--store", "store", "--reason", "corrected by Ornn").code == 3
    )
    assert [(r.revision, r.value) for r in Store("store").records if r.series == "OTPI-openai"] == [
        (1, 1_232_700),
        (2, 1_233_100),
    ]
    assert index("verify", "--store", "store").code == 0
    publish(Store("store"), tmp_path / "out")
    rows = (tmp_path / "out" / "index.csv").read_text(encoding="utf-8").splitlines()
    assert [OTPI_UNIT in row for row in rows] == [False, True, True, True]
    assert index("external", "cme", table, "--date", DAY).code == 2


@pytest.mark.skipif(not DATA.is_file(), reason="no recordings beside this checkout (../shared/data)")
def test_the_recorded_table_is_read() -> None:
    """Its newest closed day is GOOD for both labs that a forward could name, and far below a list price."""
    from ifx_index.day import InputFile, Role

    file = InputFile(role=Role.DOCUMENT, name=DATA.name, data=DATA.read_bytes())
    found = outcomes(OTPI, date(2026, 7, 25), [file])
    for series in ("OTPI-openai", "OTPI-anthropic"):
        assert found[series].diagnostics["quality_status"] == "GOOD"
        assert 10**6 < (found[series].value or 0) < 2 * 10**6

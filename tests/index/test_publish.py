"""`ifx-index publish`: every record as JSON, CSV and Parquet, and a page that stands on its own."""

import csv
import io
import json
import re
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support.index_folder import PRICES, day, write_activity
from support.index_store import NOW, filled

from ifx_index.backfill import backfill
from ifx_index.day import InputFile, Role
from ifx_index.errors import BadInput, BadStore, MissingExtra
from ifx_index.external import OTPI
from ifx_index.folder import open_folder
from ifx_index.lpi import Quality
from ifx_index.publish import NAMES, page, publish
from ifx_index.publish.rows import COLUMNS, SOURCE
from ifx_index.recompute import outcomes
from ifx_index.record import canonical
from ifx_index.store import Store

LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three recorded days."""
    return filled(tmp_path)


@pytest.fixture
def corrected(tmp_path: Path, store: Store) -> Store:
    """The same after the second day's tokens were corrected; the reason holds what a page must escape."""
    write_activity(tmp_path / "recordings", 1, 8 * 10**9)
    list(backfill(open_folder(tmp_path / "recordings"), store, now=LATER, reason="late rows <b>& more</b>"))
    return Store(store.folder)


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "index.csv").read_text(encoding="utf-8"))))


class Page(HTMLParser):
    """Tags that are not closed, and every place that the page names."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.ids: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.names += [value or "" for key, value in attrs if key in {"href", "src", "srcset", "xlink:href", "action"}]
        self.ids += [value or "" for key, value in attrs if key == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_publish_writes_every_record_as_it_is_stored(corrected: Store, tmp_path: Path) -> None:
    """Old revisions too, with diagnostics, inputs hash and reason."""
    publish(corrected, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "index.json").read_bytes(), parse_float=Decimal)
    stored = sorted(map(canonical, (record.row() for record in corrected.records)))
    assert sorted(map(canonical, document["records"])) == stored
    assert sum(row["revision"] == 2 for row in document["records"]) == 1
    assert (document["source"], document["unit"]) == (SOURCE, "USD_PER_MTOK_OUTPUT")


def test_the_table_has_a_row_for_every_revision(corrected: Store, tmp_path: Path) -> None:
    """Figures are the record's own; only the newest of two revisions is newest, and only it explains a change."""
    publish(corrected, tmp_path)
    rows = rows_of(tmp_path)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(corrected.records)
    first, second = (row for row in rows if (row["series"], row["date"]) == ("LPI-openai", str(day(1))))
    old, new = (r for r in corrected.records if (r.series, r.date) == ("LPI-openai", day(1)))
    assert [first["value_micro"], second["value_micro"]] == [str(old.value), str(new.value)]
    assert [first["newest"], second["newest"]] == ["false", "true"]
    assert [first["since"], second["since"]] == ["", str(day(0))]
    assert second["reason"] == "late rows <b>& more</b>"
    assert second["conflict_share_ppm"] == str(new.diagnostics["conflict_share_ppm"])


def test_published_effects_add_up_to_the_published_change(corrected: Store, tmp_path: Path) -> None:
    """Of every row that has one."""
    publish(corrected, tmp_path)
    value = {
        (row["series"], row["date"]): int(row["value_micro"])
        for row in rows_of(tmp_path)
        if row["newest"] == "true" and row["value_micro"]
    }
    changes = [row for row in rows_of(tmp_path) if row["price_effect_micro"]]
    assert len(changes) == 4  # two series with a value, two days after the first
    for row in changes:
        moved = value[row["series"], row["date"]] - value[row["series"], row["since"]]
        assert int(row["price_effect_micro"]) + int(row["mix_effect_micro"]) == moved


def test_the_parquet_file_holds_the_table_typed(corrected: Store, tmp_path: Path) -> None:
    """Integers are integers, days are dates, times are UTC, null is null."""
    parquet = pytest.importorskip("pyarrow.parquet")
    publish(corrected, tmp_path)
    table = parquet.read_table(tmp_path / "index.parquet")
    assert table.column_names == list(COLUMNS)
    assert table.schema.metadata[b"source"] == SOURCE.encode()
    got = [{key: _text(value) for key, value in row.items()} for row in table.to_pylist()]
    assert got == rows_of(tmp_path)
    row = table.to_pylist()[0]
    assert [type(row[key]) for key in ("date", "revision", "published_at")] == [date, int, datetime]
    assert row["published_at"] == datetime(2026, 7, 21, 6, tzinfo=UTC)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def test_the_page_asks_nothing_of_any_other_place(store: Store, tmp_path: Path) -> None:
    """No script, no font, no picture from elsewhere; its links lead to the files beside it and into itself."""
    publish(store, tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert not page.seen & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert not re.search(r"https?:|@import|url\(|//[a-z]", text)
    inside = {f"#{name}" for name in page.ids}
    assert set(page.names) == inside | {"index.csv", "index.json", "index.parquet"}
    assert SOURCE in text


def test_the_page_shows_value_quality_and_charts(store: Store, tmp_path: Path) -> None:
    """Light and dark; the newest value in full, its quality in a word, four charts a company."""
    publish(store, tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    newest = store.record("LPI-openai", day(2))
    assert newest.value is not None
    assert f"{newest.value // 10**6}.{newest.value % 10**6:06d} USD on {day(2)}" in text
    assert newest.diagnostics["quality_status"] in text
    assert text.count('<svg class="chart"') == 6 * 4
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text


def test_the_page_escapes_what_others_wrote(corrected: Store, tmp_path: Path) -> None:
    """A reason, a model's name: text, never markup."""
    publish(corrected, tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "late rows &lt;b&gt;&amp; more&lt;/b&gt;" in text
    assert "<b>& more" not in text


def test_a_held_day_is_shown_with_its_reason(tmp_path: Path, store: Store) -> None:
    """It has no value, and nobody takes the gap for an oversight."""
    write_activity(tmp_path / "recordings", 3, 5 * 10**12)
    list(backfill(open_folder(tmp_path / "recordings"), store, now=LATER))
    publish(Store(store.folder), tmp_path / "out")
    text = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<h2>Held</h2>" in text
    assert "over 10 times apart" in text
    held = json.loads((tmp_path / "out" / "index.json").read_bytes(), parse_float=Decimal)["held"]
    assert {row["date"] for row in held} == {str(day(3))}


def test_a_page_of_many_days_shows_the_newest(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so; the files hold them all."""
    monkeypatch.setattr(page, "SHOWN_DAYS", 2)
    publish(store, tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "shows the newest 2 days" in text
    assert [f"<td>{day(number)}</td>" in text for number in range(3)] == [False, True, True]
    assert {row["date"] for row in rows_of(tmp_path)} == {str(day(number)) for number in range(3)}


def test_other_indexes_are_listed_in_their_own_unit(store: Store, tmp_path: Path) -> None:
    """The newest day of each, beside ours and never in its charts."""
    lines = ["lab,timestamp,index_per_mtok,last_scraped_at"]
    lines += [f"openai,{day(n)}T23:59:59Z,1.{n},{day(n + 1)}T16:00:00+00:00" for n in range(3)]
    table = InputFile(role=Role.DOCUMENT, name="otpi.csv", data="\n".join([*lines, ""]).encode())
    for number in (1, 2):
        store.append(OTPI, day(number), [table], outcomes(OTPI, day(number), [table]), now=LATER)
    publish(store, tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert (
        "<td>OTPI-openai</td><td>GOOD</td><td>2026-07-20</td><td class=n>1.200000</td><td class=t>blended</td>" in text
    )
    assert text.count("OTPI-openai") == 1
    assert Page(text).open == []


def test_a_store_gives_the_same_bytes_again(store: Store, tmp_path: Path) -> None:
    """Also from a store that was opened anew, into a folder that holds the last publication."""
    first = [path.read_bytes() for path in publish(store, tmp_path / "out")]
    again = [path.read_bytes() for path in publish(Store(store.folder), tmp_path / "out")]
    assert first == again
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(NAMES)


def test_an_empty_store_is_refused(tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(BadInput, match="holds no record"):
        publish(Store(tmp_path / "none"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_changed_input_is_refused(store: Store, tmp_path: Path) -> None:
    """What the page shows is recomputed from the inputs; one that was changed ends it, and nothing is written."""
    changed = max((store.folder / "objects").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    changed.write_bytes(b"[]")
    with pytest.raises(BadStore, match="another hash"):
        publish(store, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_its_library_the_refusal_names_the_extra(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is written."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"ifx\[index\]"):
        publish(store, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_names_what_it_wrote(index: Any, store: Store, tmp_path: Path) -> None:
    """And refuses a store that is not there."""
    ran = index("publish", "--store", store.folder, "--out", tmp_path / "out", "--json")
    assert (ran.code, [Path(name).name for name in ran.json["files"]]) == (0, list(NAMES))
    ran = index("publish", "--store", tmp_path / "none")
    assert (ran.code, "there is no store" in ran.err) == (2, True)


def test_the_three_days_have_a_value_and_a_price_cut(store: Store) -> None:
    """What these tests stand on."""
    assert PRICES[1] != PRICES[2]
    assert store.record("LPI-openai", day(0)).diagnostics["quality_status"] == str(Quality.GOOD)

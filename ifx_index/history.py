"""Everything that a publication needs, day by day, from a store: records, rows behind them, and the change explained.

This is the seam of the publication: it reads, it decides nothing, and what it yields is immutable.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ifx_index.decomposition import Decomposition, decompose
from ifx_index.lpi import Contribution, Row, explain
from ifx_index.recompute import day_of
from ifx_index.record import Record
from ifx_index.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPoint:
    """One series on one day, with all that can be said of it."""

    record: Record
    """The newest revision."""

    contributions: tuple[Contribution, ...]
    """Every used model, the largest contribution first; contributions add up to the value exactly."""

    previous_date: date | None
    """The last earlier day with a record of this series; None for the first."""

    change: Decomposition | None
    """Price and mix effect since that day; None for the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedDay:
    """One day of the index."""

    date: date
    """UTC day."""

    series: Mapping[str, SeriesPoint]
    """Its series, by id."""

    held: Mapping[str, str]
    """Series that are held and have no record, with the reason."""

    notes: tuple[str, ...]
    """What was set aside of its inputs."""


def history(store: Store) -> Iterator[PublishedDay]:
    """Every recorded or held day of the LPI series, oldest first, recomputed from the inputs of its newest revisions.

    Raises BadStore where an input is gone or was changed.
    """
    by_day: dict[date, dict[str, Record]] = {}
    for (series, day), record in store.latest.items():
        if series.startswith("LPI-"):
            by_day.setdefault(day, {})[series] = record
    held: dict[date, dict[str, str]] = {}
    for row in store.held:
        day = date.fromisoformat(row["date"])
        if row["series"] not in by_day.get(day, {}):
            held.setdefault(day, {})[row["series"]] = row["reason"]
            by_day.setdefault(day, {})
    before: dict[str, tuple[date, tuple[Row, ...]]] = {}
    for day in sorted(by_day):
        records = by_day[day]
        rows, notes = _rows(store, records)
        points = {}
        for series, record in records.items():
            last = before.get(series)
            points[series] = SeriesPoint(
                record=record,
                contributions=tuple(explain(rows[series])),
                previous_date=last[0] if last else None,
                change=decompose(last[1], rows[series]) if last else None,
            )
            before[series] = (day, rows[series])
        yield PublishedDay(date=day, series=points, held=held.get(day, {}), notes=notes)


def _rows(store: Store, records: Mapping[str, Record]) -> tuple[dict[str, tuple[Row, ...]], tuple[str, ...]]:
    rows: dict[str, tuple[Row, ...]] = {}
    notes: list[str] = []
    for found in dict.fromkeys(record.inputs_hash for record in records.values()):
        _, day, files = store.inputs(found)
        computed = day_of(day, files)
        notes += computed.notes
        rows |= {
            series: computed.series[series].rows for series, record in records.items() if record.inputs_hash == found
        }
    return rows, tuple(notes)


def rows_of(store: Store, record: Record) -> tuple[Row, ...]:
    """The rows behind one LPI record. Raises BadStore."""
    return _rows(store, {record.series: record})[0][record.series]

"""Does every record follow from its inputs? Each is computed again from what its inputs hash stands for."""

from collections.abc import Iterator
from typing import NamedTuple

from ifx_index.errors import IndexRefusal
from ifx_index.recompute import Outcome, outcomes
from ifx_index.record import Record
from ifx_index.store import Store


class Verdict(NamedTuple):
    """What came of one record."""

    record: Record
    """The row."""

    fault: str | None
    """Why it does not follow from its inputs, None where it does."""


def verify(store: Store) -> Iterator[Verdict]:
    """Compute every record again, old revisions too, in the order of their rows."""
    computed: dict[str, dict[str, Outcome] | str] = {}
    for record in store.records:
        if record.inputs_hash not in computed:
            computed.clear()  # rows of one day stand together: one day is kept
            computed[record.inputs_hash] = _compute(store, record)
        found = computed[record.inputs_hash]
        yield Verdict(record, found if isinstance(found, str) else _fault(record, found.get(record.series)))


def _compute(store: Store, record: Record) -> dict[str, Outcome] | str:
    try:
        kind, day, files = store.inputs(record.inputs_hash)
        if day != record.date:
            return f"its inputs are of {day}"
        return dict(outcomes(kind, day, files))
    except IndexRefusal as error:
        return str(error)


def _fault(record: Record, found: Outcome | None) -> str | None:
    if found is None:
        return "its inputs give no such series"
    if found.value != record.value:
        return f"its inputs give {found.value}, not {record.value}"
    wrong = sorted(
        key
        for key in {*found.diagnostics, *record.diagnostics}
        if found.diagnostics.get(key) != record.diagnostics.get(key)
    )
    return f"its inputs give other diagnostics: {', '.join(wrong)}" if wrong else None

"""A repricing table from a file: CSV with the header date,model,old_price,new_price,mid_cycle."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ifx_sdk.calendar import parse_date
from ifx_sdk.calibration import MOST_EVENTS, Repricing
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging import tables
from ifx_sdk.hedging.errors import BadRepricingTable
from ifx_sdk.money import parse_price

_COLUMNS: Final = ("date", "model", "old_price", "new_price", "mid_cycle")
_YES_NO: Final = {"yes": True, "no": False}


def read_repricings(path: str | Path) -> tuple[Repricing, ...]:
    """Read a table. Raises BadRepricingTable naming the line."""
    text = tables.as_text(tables.read_bytes(path, BadRepricingTable), path, BadRepricingTable)
    listed = tables.rows(text, path, BadRepricingTable)
    places = tables.header_of(next(listed)[1], _COLUMNS, path, BadRepricingTable)
    seen: dict[tuple[object, str], int] = {}
    found = []
    for line, cells in listed:
        row = _row({name: cells[place] for name, place in places.items()}, path, line)
        earlier = seen.setdefault((row.on, row.model), line)
        if earlier != line:
            raise BadRepricingTable(path, f"the same day and model as line {earlier}", line=line)
        found.append(row)
        if len(found) > MOST_EVENTS:
            raise BadRepricingTable(path, f"it has more than {MOST_EVENTS:,} rows", line=line)
    return tuple(found)


def _row(cells: dict[str, str], path: object, line: int) -> Repricing:
    if not tables.is_name(cells["model"]):
        raise BadRepricingTable(path, f"{cells['model'][:40]!r} is no model's name", line=line)
    if cells["mid_cycle"].lower() not in _YES_NO:
        raise BadRepricingTable(path, f"mid_cycle is {cells['mid_cycle'][:40]!r}, not yes or no", line=line)
    try:
        return Repricing(
            on=parse_date(cells["date"]),
            model=cells["model"],
            old=parse_price(cells["old_price"]) if cells["old_price"] else None,
            new=parse_price(cells["new_price"]),
            mid_cycle=_YES_NO[cells["mid_cycle"].lower()],
        )
    except BadValue as error:
        raise BadRepricingTable(path, error.what, line=line, cure=error.cure) from error

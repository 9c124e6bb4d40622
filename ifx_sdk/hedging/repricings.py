"""Repricing tables from files: our own plain form, and two forms in which price trackers keep changes.

    date,model,old_price,new_price,mid_cycle                              ours; mid_cycle is yes or no
    model_id,...,effective_date,...,date_kind,status,...                  changes as vendors made them
    model_id,...,first_dump_with_new_price,...,kind,...                   day-to-day changes of a price list

A tracker's row is no repricing where it is announced or cancelled, an alias or slug that now means another model, a
variant or a tier beside the model's own price, the same number in other digits, or a zero, which is no list price. Such
rows are left out, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Final

from ifx_sdk.calendar import parse_date
from ifx_sdk.calibration import MOST_EVENTS, Repricing
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging import tables
from ifx_sdk.hedging.errors import BadRepricingTable
from ifx_sdk.money import parse_price

_OWN: Final = ("date", "model", "old_price", "new_price", "mid_cycle")
_PRICES: Final = ("old_output_usd_per_mtok", "new_output_usd_per_mtok")
_VENDORS: Final = ("model_id", "effective_date", *_PRICES, "date_kind", "status")
_LISTS: Final = (
    "model_id",
    "first_dump_with_new_price",
    *_PRICES,
    "kind",
    "canonical_slug_before",
    "canonical_slug_after",
)
_YES_NO: Final = {"yes": True, "no": False}
_HAPPENED: Final = {"effective", "first_observed"}
_TIER: Final = re.compile(r"\([^()]*(?:>|context)[^()]*\)", re.ASCII)
_MOST_DIGITS: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class RepricingTable:
    """What a file holds."""

    rows: tuple[Repricing, ...]
    """The repricings, in the file's order."""
    left_out: Mapping[str, int]
    """Why other rows are none, and how many are not for each reason."""


def read_repricings(path: str | Path) -> tuple[Repricing, ...]:
    """The repricings of a file in any of the forms. Raises BadRepricingTable naming the line."""
    return read_repricing_table(path).rows


def read_repricing_table(path: str | Path) -> RepricingTable:
    """The same with what was left out. Raises BadRepricingTable naming the line."""
    text = tables.as_text(tables.read_bytes(path, BadRepricingTable), path, BadRepricingTable)
    listed = tables.rows(text, path, BadRepricingTable)
    header = next(listed)[1]
    wanted, read = _form(header)
    places = tables.header_of(header, wanted, path, BadRepricingTable)
    seen: dict[tuple[object, str], int] = {}
    found: list[Repricing] = []
    left_out = Counter[str]()
    for line, cells in listed:
        row = read({name: cells[place].strip() for name, place in places.items()}, path, line)
        if isinstance(row, str):
            left_out[row] += 1
            continue
        earlier = seen.setdefault((row.on, row.model), line)
        if earlier != line:
            raise BadRepricingTable(path, f"the same day and model as line {earlier}", line=line)
        found.append(row)
        if len(found) > MOST_EVENTS:
            raise BadRepricingTable(path, f"it has more than {MOST_EVENTS:,} rows", line=line)
    return RepricingTable(rows=tuple(found), left_out=dict(left_out))


_Read = Callable[[Mapping[str, str], object, int], "Repricing | str"]
"""A row's cells, path and line to a repricing, or to why it is none."""


def _form(header: list[str]) -> tuple[tuple[str, ...], _Read]:
    names = {name.strip().lower() for name in header}
    if "first_dump_with_new_price" in names:
        return _LISTS, _of_list
    return (_VENDORS, _of_vendor) if "date_kind" in names else (_OWN, _own)


def _of_vendor(cells: Mapping[str, str], path: object, line: int) -> Repricing | str:
    if cells["date_kind"] not in _HAPPENED or cells["status"] != "happened":
        told = cells["status"] if cells["date_kind"] in _HAPPENED else cells["date_kind"]
        return {"alias_repoint": "an alias that means another model"}.get(told, f"{told[:40] or 'no status'}")
    if _TIER.search(cells["model_id"]):
        return "a tier beside the model's own price"
    return _tracked(cells, cells["effective_date"], path, line)


def _of_list(cells: Mapping[str, str], path: object, line: int) -> Repricing | str:
    if cells["kind"] != "model":
        return {"alias": "an alias", "representation_only": "the same number in other digits"}.get(
            cells["kind"], cells["kind"][:40] or "no kind"
        )
    if cells["canonical_slug_before"] != cells["canonical_slug_after"]:
        return "a name that means another model"
    return _tracked(cells, cells["first_dump_with_new_price"], path, line)


def _tracked(cells: Mapping[str, str], on: str, path: object, line: int) -> Repricing | str:
    """A change of an existing model's price: a tracker has no launches."""
    if not tables.is_name(cells["model_id"]):
        raise BadRepricingTable(path, f"{cells['model_id'][:40]!r} is no model's name", line=line)
    old, new = (_micro(cells[name], name, path, line) for name in _PRICES)
    if not old or not new:
        return "a zero, which is no list price"
    if old == new:
        return "the same price"
    try:
        return Repricing(on=parse_date(on), model=cells["model_id"], old=old, new=new, mid_cycle=True)
    except BadValue as error:
        raise BadRepricingTable(path, error.what, line=line, cure=error.cure) from error


def _micro(text: str, name: str, path: object, line: int) -> int:
    """USD per Mtok in micro-USDT, nearest: a list can state finer prices, and only the ratio of two is used."""
    try:
        value = Decimal(text) if len(text) <= _MOST_DIGITS else Decimal("nan")
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or value < 0 or value.adjusted() > 12 or value.adjusted() < -30:
        cure = "Write USD per 1M tokens, such as 1.20."
        raise BadRepricingTable(path, f"{name} is {text[:40]!r}, which is no price", line=line, cure=cure)
    return round(Fraction(value) * 10**6)


def _own(cells: Mapping[str, str], path: object, line: int) -> Repricing | str:
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

"""Price lists: OpenRouter's models answer in every shape it has had, as a price for each model and variant.

Shapes: `{"data": [...]}` without canonical slugs (2025), with them, with `total_count` and `links.next` (2026-07), and
a bare list of models, as other recorders keep it. What is read is `pricing.completion`, USD per output token, after
whatever discount OpenRouter shows; the tiers under `pricing.overrides` are other prices and are left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ifx_index.errors import BadInput
from ifx_index.exact import MICRO_PER_MTOK, price_per_mtok
from ifx_index.ingest.documents import date_in_name, read_json
from ifx_index.model import FREE, Model, is_alias, model_of

_PARTIAL: Final = "Fetch every page of the list and join them into one."
_NOT_A_LIST: Final = "Give a recorded answer of OpenRouter's models endpoint."


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceList:
    """What one source recorded as output prices."""

    name: str
    """Name of the file, for notes and refusals."""

    date: date | None
    """UTC day it was recorded on; None where neither rows nor name say."""

    prices: Mapping[Model, Fraction]
    """Micro-USD per Mtok by model. Zero (free) and below (unknown to a router) stand here as recorded."""

    notes: tuple[str, ...] = ()
    """What was set aside on the way, each with its model."""


def read_models(data: bytes, name: str) -> PriceList:
    """Read a models list. `name` is the file's; a date in it is the list's. Raises BadInput.

    A model without a readable price is set aside with a note. So are aliases, without one: they are no models. Where
    one model and variant stands there twice with two prices, neither counts.
    """
    prices: dict[Model, Fraction] = {}
    ambiguous: set[Model] = set()
    notes: list[str] = []
    for number, row in enumerate(_rows(read_json(data, name), name), 1):
        identity, canonical = _identity(row, name, number)
        if is_alias(identity):
            continue
        model = model_of(identity, canonical)
        price = _price(row)
        if price is None or price >= MICRO_PER_MTOK:
            notes.append(f"{name}, row {number}: {model} has no output price in USD per token; set aside")
        elif prices.setdefault(model, price) != price:
            ambiguous.add(model)
            notes.append(f"{name}, row {number}: {model} stands there twice with two prices; neither counts")
        if model.variant == FREE and price is not None and price > 0:
            # A free variant is bought by nobody: the figure is a slip of the list, seen for single days.
            prices[model] = Fraction(0)
            notes.append(f"{name}, row {number}: {model} is free and shows a price; it counts as free")
    for model in ambiguous:
        del prices[model]
    return PriceList(name=name, date=date_in_name(name), prices=MappingProxyType(prices), notes=tuple(notes))


def _rows(document: object, name: str) -> Sequence[object]:
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not rows:
        raise BadInput(name, "it holds no list of models", cure=_NOT_A_LIST)
    if isinstance(document, dict):
        links, count = document.get("links"), document.get("total_count")
        if isinstance(links, dict) and links.get("next") is not None:
            raise BadInput(name, "it is one page of several", cure=_PARTIAL)
        if count is not None and count != len(rows):
            raise BadInput(name, f"it holds {len(rows)} models of {count}", cure=_PARTIAL)
    return rows


def _identity(row: object, name: str, number: int) -> tuple[str, str | None]:
    identity = row.get("id") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(identity, str) or not identity:
        raise BadInput(name, "it is no model with an id such as openai/gpt-4.1", row=number, cure=_NOT_A_LIST)
    canonical = row.get("canonical_slug")
    if canonical is not None and (not isinstance(canonical, str) or not canonical):
        raise BadInput(name, f"{identity} has the canonical slug {canonical!r}", row=number, cure=_NOT_A_LIST)
    return identity, canonical


def _price(row: object) -> Fraction | None:
    pricing = row.get("pricing") if isinstance(row, dict) else None
    value = pricing.get("completion") if isinstance(pricing, dict) else None
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        value = str(value)
    return price_per_mtok(value) if isinstance(value, str) else None

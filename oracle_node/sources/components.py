"""Price tables out of a page component's own data: `rows`, `groups`, `headings`, `tier`.

The same component shows up twice: as JSX in page source (`rows={[["gpt-x", 1, 0.1, 4]]}`) and, rendered by Astro, as
the JSON of an island's `props`, where every value is wrapped: `[0, value]` for a plain one, `[1, [values]]` for a list.
"""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from oracle_node.sources.literals import JsValue
from oracle_node.sources.plain import nested_too_deep, said_once, words_of
from oracle_node.sources.tables import Table

_DEPTH: Final = 40
_DIGITS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,12})?")


def island_props(text: str) -> dict[str, JsValue] | None:
    """The props of an Astro island, unwrapped; None if they are not what Astro writes."""
    if nested_too_deep(text):
        return None
    try:
        raw = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=str, object_pairs_hook=said_once)
        return {key: _unwrapped(value, 0) for key, value in raw.items()} if isinstance(raw, dict) else None
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _unwrapped(value: object, depth: int) -> JsValue:
    if depth > _DEPTH or not isinstance(value, list) or not value:
        return None
    kind = value[0]
    body = value[1] if len(value) > 1 else None
    if kind == 1 and isinstance(body, list):
        return [_unwrapped(item, depth + 1) for item in body]
    if kind != 0:
        return None
    if isinstance(body, dict):
        return {str(key): _unwrapped(item, depth + 1) for key, item in body.items()}
    if isinstance(body, str | Decimal | bool):
        return body
    return None


def cell_text(value: JsValue) -> str:
    """One cell of page data as a reader sees it; null, booleans and lists show nothing."""
    if isinstance(value, bool) or value is None or isinstance(value, list):
        return ""
    if isinstance(value, Decimal):
        return f"${value:f}" if value.is_finite() and abs(value.adjusted()) < 30 else ""
    if isinstance(value, dict):
        inner = value.get("__pricingHtml") or value.get("__pricingTooltipHeading") or value.get("label")
        return cell_text(inner) if not isinstance(inner, Decimal) else ""
    return words_of(value)


def _priced(value: JsValue) -> str:
    """A cell behind the name: digits alone are dollars there, quoted or not."""
    text = cell_text(value)
    return f"${text}" if _DIGITS.fullmatch(text) else text


def component_tables(props: Mapping[str, JsValue], *, place: Table) -> list[Table]:
    """The tables one component draws; `place` carries the headings, tier and notes around it."""
    tier = props.get("tier")
    own = tier.casefold().strip() if isinstance(tier, str) else None
    around = place.tier if own in (None, "standard") else own
    header = _cells(props.get("headings"))
    blocks: list[tuple[str, JsValue]] = [("", props.get("rows"))]
    groups = props.get("groups")
    for group in groups if isinstance(groups, list) else []:
        if isinstance(group, dict):
            blocks.append((cell_text(group.get("model")), group.get("rows")))
    rows = [row for label, block in blocks for row in _rows(label, block, len(header))]
    if not rows:
        return []
    return [
        Table(
            headings=place.headings,
            tier=around or own,
            notes=place.notes,
            outer=place.outer,
            header=tuple(header) or None,
            rows=tuple(rows),
            cut=place.cut,
            bare=True,
        )
    ]


def _cells(value: JsValue) -> list[str]:
    return [cell_text(item) for item in value] if isinstance(value, list) else []


def _rows(label: str, block: JsValue, width: int) -> Sequence[tuple[str, ...]]:
    """Rows of one block; below headings the group's own label is the first cell of each."""
    lines = [row for row in block if isinstance(row, list)] if isinstance(block, list) else []
    rows = [(*_cells(row[:1]), *(_priced(value) for value in row[1:])) for row in lines]
    return [(label, *row) if label and len(row) == width - 1 else row for row in rows]

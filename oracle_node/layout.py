"""How a page is laid out, and what changed between two of them: for the person whom an alert calls.

Pure and total: any bytes have a layout. A table is shown as its headings, its column names and its rows; a list of
models as its keys and the prices of one model. Nothing here decides a price.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from oracle_node.sources import SOURCES
from oracle_node.sources.openrouter import listed_models
from oracle_node.sources.page import look
from oracle_node.sources.plain import decode, squeeze
from oracle_node.sources.reading import Refusal
from oracle_node.sources.tables import Table

MAX_DIFFERENCE: Final = 3_000
"""Characters of the longest difference, so that it fits into one message."""
_MAX_LINES: Final = 1_500
_MAX_LINE: Final = 240
_MAX_NAME: Final = 120
_CONTEXT: Final = 1
"""Lines of a page compared, characters of one, of a row's name, and unchanged lines shown beside a changed one."""
_SHOWN: Final = ("id", "canonical_slug", "name", "pricing")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of a page as it is compared."""

    table: str
    """The table it stands in: its headings and tier."""
    text: str
    """What is shown."""
    layout: str
    """The same without figures; empty where it says nothing of the layout."""


def layout_of(data: bytes, provider: str) -> str:
    """The fingerprint of a page's layout: 64 hexadecimal digits over headings, tiers, column names and rows' names.

    Two pages that differ in prices alone have the same; a new model has another. For a list of models it covers the
    keys that every model has, not the models, which come and go daily. `KeyError` for an unknown provider.
    """
    lines = _lines(data, SOURCES[provider].vendor is None)
    shown = "\n".join(line.layout for line in lines if line.layout)
    return hashlib.sha256(shown.encode(errors="replace")).hexdigest()


def difference(before: bytes, after: bytes, provider: str, model: str) -> str | None:
    """What changed in the tables, as lines that begin with `-` and `+`; None where they are the same.

    Changes in tables that name the model come first; at most `MAX_DIFFERENCE` characters. `KeyError` for an unknown
    provider.
    """
    if before == after:
        return None
    listed = SOURCES[provider].vendor is None
    old, new = _lines(before, listed), _lines(after, listed)
    if listed:
        old, new = _of_model(old, model), _of_model(new, model)
    hunks = list(_hunks(old, new))
    return _bounded(sorted(hunks, key=lambda hunk: not _names(hunk, model))) if hunks else None


@lru_cache(maxsize=8)
def _lines(data: bytes, listed: bool) -> tuple[_Line, ...]:
    if listed and isinstance(models := listed_models(data), list):
        return tuple(_list_lines(models))
    page = look(data)
    if isinstance(page, Refusal):
        begins = squeeze(re.sub(r"<[^<>]{0,400}>", " ", decode(data[:4_000])))[:_MAX_NAME]
        return tuple(_line("", text) for text in (f"no table: {page}", f"the page begins: {begins}"))
    return tuple(line for table in page.tables for line in _table_lines(table))[:_MAX_LINES]


def _line(table: str, text: str, layout: str | None = None) -> _Line:
    return _Line(table=table, text=text[:_MAX_LINE], layout=text if layout is None else layout)


def _table_lines(table: Table) -> Iterator[_Line]:
    place = " > ".join(table.headings) or "no heading"
    title = (f"{place} [{table.tier}]" if table.tier else place)[:_MAX_LINE]
    marks = "".join(f" ({mark})" for mark in table.codes) + (" (cut off)" if table.cut else "")
    yield _line(title, f"# {title}{marks}")
    if table.header is not None:
        yield _line(title, " | ".join(table.header))
    for row in table.rows:
        yield _line(title, " | ".join(row), f"{len(row)} {_name(table, row)}"[:_MAX_NAME])


def _name(table: Table, row: Sequence[str]) -> str:
    """The first cells of a row, up to the one that names its model."""
    names = [name.casefold() for name in table.header or ()]
    at = names.index("model") if "model" in names else 0
    return " | ".join(row[: at + 1])


def _list_lines(models: Sequence[dict[str, object]]) -> Iterator[_Line]:
    """What every model has, then the prices of each."""
    keys = sorted(set.intersection(*(set(entry) for entry in models)))
    prices = [entry["pricing"] for entry in models]
    of_price = sorted(set.intersection(*(set(price) for price in prices if isinstance(price, dict))))
    kinds = sorted({type(price.get("completion")).__name__ for price in prices if isinstance(price, dict)})
    for text in (f"every model: {' '.join(keys)}", f"every price: {' '.join(of_price)}", f"output: {' '.join(kinds)}"):
        yield _line("", text)
    for entry in models:
        names = [squeeze(str(entry.get(key, ""))) for key in ("id", "canonical_slug", "name")]
        for key in _SHOWN:
            value = entry.get(key)
            shown = sorted(value.items()) if isinstance(value, dict) else [("", value)]
            for inner, each in shown:
                yield _line(" ".join(names)[:_MAX_LINE], f"{key}{'.' if inner else ''}{inner}: {each}", "")


def _of_model(lines: Sequence[_Line], model: str) -> tuple[_Line, ...]:
    """The lines of a list that are about all models or about this one."""
    wanted = squeeze(model).casefold()
    return tuple(line for line in lines if not line.table or wanted in line.table.casefold().split(" "))


def _hunks(old: Sequence[_Line], new: Sequence[_Line]) -> Iterator[list[str]]:
    """The changed places, each below the name of its table."""
    matcher = SequenceMatcher(a=[line.text for line in old], b=[line.text for line in new])
    for kind, left, right, low, high in matcher.get_opcodes():
        if kind == "equal":
            continue
        place = [*old[left:right], *new[low:high]][0].table
        yield [
            f"@@ {place or 'the page'} @@",
            *(f"  {line.text}" for line in old[max(0, left - _CONTEXT) : left]),
            *(f"- {line.text}" for line in old[left:right]),
            *(f"+ {line.text}" for line in new[low:high]),
            *(f"  {line.text}" for line in old[right : right + _CONTEXT]),
        ]


def _names(hunk: Sequence[str], model: str) -> bool:
    """Whether a hunk has the words of the model; a guess that only orders what is shown."""
    wanted = set(re.findall(r"[a-z]+|[0-9]+", model.casefold()))
    return any(wanted <= set(re.findall(r"[a-z]+|[0-9]+", line.casefold())) for line in hunk)


def _bounded(hunks: Sequence[Sequence[str]]) -> str:
    lines = [line for hunk in hunks for line in hunk]
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > MAX_DIFFERENCE - 40:
            return "\n".join([*kept, f"... and {len(lines) - len(kept)} more lines"])
        kept.append(line)
    return "\n".join(kept)

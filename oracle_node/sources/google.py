"""Google's Gemini API pricing page: one section a model, its prices in rows, Free and Paid Tier in columns."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from oracle_node.sources.money_text import cell_price, foreign_unit, says_per_mtok
from oracle_node.sources.names import same_title
from oracle_node.sources.page import read_page
from oracle_node.sources.plain import fold
from oracle_node.sources.reading import Price, Reason, Refusal, refuse
from oracle_node.sources.source import Source, Vendor
from oracle_node.sources.tables import Table

_VENDOR: Final = Vendor(
    name="google", models=re.compile(r"(?:google[\s:/]+)?(?:gemini|gemma)\b"), words=("gemini", "gemma")
)
_OUTPUT = re.compile(
    r"(?:text\s+)?output(?:\s+tokens?)?(?:\s+price)?(?:\s*\((?:including|incl\.?|with)\s[^()]*tokens?\)|\s*\(text\))?",
    re.IGNORECASE,
)
_SHUT_DOWN = re.compile(
    r"\b(?:has been|was|is|been)\s+(?:now\s+)?(?:shut\s*down|retired|discontinued)\b|\bno longer available\b",
    re.IGNORECASE,
)


def parse(data: bytes, model: str, on: date) -> Price | Refusal:
    """The standard output price of `model` (`gemini-2.5-pro` or `Gemini 2.5 Pro`) on the UTC day `on`."""
    tables = read_page(data, _VENDOR)
    if isinstance(tables, Refusal):
        return tables
    if not any(table.codes and table.header for table in tables):
        return refuse(Reason.UNKNOWN_LAYOUT, "no section names a model id")
    section = [table for table in tables if _names(table, model)]
    if not section:
        cut = any(table.cut for table in tables)
        return refuse(Reason.TRUNCATED if cut else Reason.NO_SUCH_MODEL, model)
    if any(_says_gone(table) for table in section):
        return refuse(Reason.RETIRED, section[0].notes)
    others = [table for table in tables if table.header and table not in section]
    if all(table.tier is None for table in section) and len(others) > 1 and all(table.tier for table in others):
        return refuse(Reason.UNKNOWN_LAYOUT, "the section's tables are not labelled, and all others are")
    return _section_price(section, on)


def _names(table: Table, model: str) -> bool:
    """Whether the section's heading or one of its ids is the model; one section may list several ids of one price."""
    wanted = fold(model)
    if not wanted or not table.headings:
        return False
    return wanted in [fold(code) for code in table.codes] or same_title(table.headings[-1], model)


def _says_gone(table: Table) -> bool:
    """Whether a sentence above the table says that the section's own model has been shut down."""
    own = [fold(text) for text in (*table.headings[-1:], *table.codes)] + ["this model"]
    sentences = re.split(r"(?<=[.!])\s", table.notes)
    return any(_SHUT_DOWN.search(text) and any(name in text.casefold() for name in own) for text in sentences)


def _section_price(section: Sequence[Table], on: date) -> Price | Refusal:
    tiered = [table for table in section if table.tier is not None]
    standard = [table for table in tiered if table.tier == "standard"] if tiered else list(section)
    if not standard:
        return refuse(Reason.UNKNOWN_LAYOUT, "no table of the section is labelled Standard")
    if any(table.cut for table in standard):
        return refuse(Reason.TRUNCATED, " > ".join(standard[0].headings))
    readings = [_table_price(table, on) for table in standard]
    prices = [reading for reading in readings if isinstance(reading, Price)]
    if len({price.usd for price in prices}) > 1 or 0 < len(prices) < len(readings):
        return refuse(Reason.AMBIGUOUS, "; ".join(price.row for price in prices))
    return prices[0] if prices else readings[0]


def _table_price(table: Table, on: date) -> Price | Refusal:
    column = _paid_column(table)
    if isinstance(column, Refusal):
        return column
    rows = [row for row in table.rows if row and _OUTPUT.fullmatch(fold(row[0]))]
    if len(rows) > 1:
        rows = [row for row in rows if re.search(r"\btext\b", fold(row[0]))] or rows
    if not rows:
        return refuse(Reason.NO_PRICE, "the table has no output price")
    if len(rows) > 1:
        return refuse(Reason.AMBIGUOUS, "; ".join(" | ".join(row) for row in rows))
    header = table.header or ()
    if len(rows[0]) != len(header):
        return refuse(Reason.TRUNCATED, " | ".join(rows[0]))
    usd = cell_price(rows[0][column], on=on)
    return Price(usd=usd, row=" | ".join(rows[0])) if isinstance(usd, Decimal) else usd


def _paid_column(table: Table) -> int | Refusal:
    """The paid column; its heading must say USD per 1M tokens."""
    header = table.header or ()
    columns = [i for i, name in enumerate(header) if fold(name).startswith("paid tier")]
    if len(columns) != 1:
        return refuse(Reason.AMBIGUOUS if columns else Reason.UNKNOWN_LAYOUT, " | ".join(header))
    name = header[columns[0]]
    if foreign_unit(name) or not says_per_mtok(name) or not re.search(r"\bUSD\b|\$", name):
        return refuse(Reason.WRONG_UNIT, name)
    return columns[0]


SOURCE: Final = Source(
    provider="google", url="https://ai.google.dev/gemini-api/docs/pricing", parse=parse, vendor=_VENDOR
)
"""What the registry lists."""

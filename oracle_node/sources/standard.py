"""The standard output price of a model out of a page's tables: rules 1 to 7 where one row is one model."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from oracle_node.sources.money_text import band_of, cell_price, foreign_unit, has_foreign_currency, says_per_mtok
from oracle_node.sources.names import RowName, read_name
from oracle_node.sources.plain import fold
from oracle_node.sources.reading import Price, Reason, Refusal, refuse
from oracle_node.sources.tables import Table

_OTHER_PRICES = re.compile(
    r"\b(?:batch|flex|priority|fast|fine[- ]?tun\w*|data[- ]sharing|region\w*|residency|geography|long[- ]context|"
    r"third[- ]party|aws|amazon|bedrock|foundry|vertex|azure|marketplace|cloud platform|examples?|tools?|training|"
    r"scale tier|reserved|provisioned|prompt caching|video|old pricing|previous pricing)\b",
    re.IGNORECASE,
)
_OTHER_COLUMNS = re.compile(r"\b(?:batch|flex|priority|fast|training|per second|per image)\b", re.IGNORECASE)
_NOT_TEXT = re.compile(
    r"\b(?:realtime|real-time|audio|transcri\w*|speech|tts|whisper|image|images|sora|dall|live|translate|video)\b",
    re.IGNORECASE,
)
_OUTPUT_WORDS: Final = frozenset(
    {"output", "outputs", "token", "tokens", "price", "prices", "pricing", "cost", "costs", "rate", "text", "base"}
    | {"standard", "regular", "short", "context", "usd", "us", "in", "1m", "million", "mtok"}
)
_HEADING_UNIT = re.compile(r"\bprices?\s+(?:[\w$]+\s+){0,4}?per\s+([^.<>|]{1,30})", re.IGNORECASE)
_PER_MILLION = re.compile(r"(?:1\s?M|1,000,000|(?:1|one)?\s?million)\s+(?:\w+\s+)?tokens|MTok", re.IGNORECASE)
_DOLLARS = re.compile(r"\$?[0-9.]*|-")
"""What nearly every cell holds: no need to look there for another currency."""
_HEADERLESS: Final = {4: 3, 5: 4}
"""Output field of a header-less row by its width: name, input, cached, (cache write,) output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one vendor's pages need beyond the common rules."""

    same: Callable[[str, str], bool]
    """Whether a row's name is the model asked for."""
    unit_in_cell: bool
    """The page must state 1M tokens beside the figure, in the header or near the table."""
    media_models: bool
    """Audio and image models stand on the page, so their figures need a label (rule 4)."""
    main: re.Pattern[str] | None = None
    """A column that only the standard tables have: where one has it, the others do not count, whatever they are."""


def standard_price(tables: Sequence[Table], model: str, on: date, rules: Rules) -> Price | Refusal:
    """The price every standard row of the model agrees on, or why there is none."""
    counted = [table for table in tables if _counts(table)]
    if rules.main is not None:
        counted = [table for table in counted if _has_column(table, rules.main)] or counted
    if not counted:
        return refuse(Reason.UNKNOWN_LAYOUT, "no standard token table")
    if any(table.bare for table in counted) and any(_foreign_cells(table) for table in counted):
        return refuse(Reason.WRONG_UNIT, "a table on the page is drawn in another currency")
    found: list[Price | Refusal] = []
    for table in counted:
        found += _in_table(table, model, on, rules)
    return _agreed(found, model, cut=any(table.cut for table in counted))


def _has_column(table: Table, column: re.Pattern[str]) -> bool:
    return any(column.search(fold(name)) for name in table.header or ())


def _foreign_cells(table: Table) -> bool:
    cells = (cell for row in table.rows for cell in row[1:])
    return any(not _DOLLARS.fullmatch(cell) and has_foreign_currency(cell) for cell in cells)


def _agreed(found: Sequence[Price | Refusal], model: str, *, cut: bool) -> Price | Refusal:
    prices = [reading for reading in found if isinstance(reading, Price)]
    refusals = [reading for reading in found if isinstance(reading, Refusal)]
    # A row of another date, band or modality says nothing about this one; any other doubt silences the reading.
    doubts = [r for r in refusals if r.reason not in (Reason.NOT_IN_FORCE, Reason.NOT_TEXT)]
    if len({price.usd for price in prices}) > 1 or (prices and doubts):
        return refuse(Reason.AMBIGUOUS, "; ".join([p.row for p in prices] + [str(r) for r in doubts]))
    if prices:
        return prices[0]
    if refusals:
        return (doubts or refusals)[0]
    return refuse(Reason.TRUNCATED if cut else Reason.NO_SUCH_MODEL, model)


def _counts(table: Table) -> bool:
    """Whether the table is a standard token table (rule 1)."""
    if table.tier not in (None, "standard") or any(_OTHER_PRICES.search(text) for text in table.headings):
        return False
    if table.header is None:
        return bool(table.rows) or table.cut
    names = [fold(name) for name in table.header]
    if "model" not in names or any(_OTHER_COLUMNS.search(name) for name in names):
        return False
    return any("output" in name for name in names)


def _in_table(table: Table, model: str, on: date, rules: Rules) -> list[Price | Refusal]:
    names = [fold(name) for name in table.header or ()]
    at = names.index("model") if names else 0
    found: list[Price | Refusal] = []
    for row in table.rows:
        if len(row) <= at:
            continue
        name = read_name(row[at])
        if rules.same(name.name, model) and not name.other_tier():
            found.append(_row_price(table, row, name, on, rules))
    return found


def _row_price(table: Table, row: tuple[str, ...], name: RowName, on: date, rules: Rules) -> Price | Refusal:
    evidence = " | ".join(row)
    if table.cut:
        return refuse(Reason.TRUNCATED, evidence)
    if name.retired(on):
        return refuse(Reason.RETIRED, evidence)
    if not name.in_force(on):
        return refuse(Reason.NOT_IN_FORCE, evidence)
    if rules.media_models and not _is_text(table, row, name):
        return refuse(Reason.NOT_TEXT, evidence)
    column = _output_column(table, row)
    if isinstance(column, Refusal):
        return column
    if odd := _odd_unit(table):
        return refuse(Reason.WRONG_UNIT, odd)
    header = table.header[column] if table.header else ""
    known = not rules.unit_in_cell or says_per_mtok(table.notes)
    usd = cell_price(row[column], header=header, on=on, unit_known=known)
    return Price(usd=usd, row=evidence) if isinstance(usd, Decimal) else usd


def _is_text(table: Table, row: tuple[str, ...], name: RowName) -> bool:
    """Whether the figure of an audio or image model is labelled text; text models need no label (rule 4)."""
    names = [fold(text) for text in table.header or ()]
    if "modality" in names:
        at = names.index("modality")
        return at < len(row) and fold(row[at]) in ("text", "text tokens")
    label = fold(table.headings[-1]) if table.headings else ""
    if label in ("text", "text tokens"):
        return True
    spoken = [*table.headings, re.sub(r"[-_.]", " ", name.name)]
    return not any(_NOT_TEXT.search(text) for text in spoken)


def _odd_unit(table: Table) -> str | None:
    """What the notes above the table say its unit is, if that is not 1M tokens."""
    stated = _HEADING_UNIT.findall(table.notes) or _HEADING_UNIT.findall(table.outer)
    if stated and not _PER_MILLION.match(stated[-1].strip()):
        return f"prices per {stated[-1]}"
    return None


def _output_column(table: Table, row: tuple[str, ...]) -> int | Refusal:
    """The column of the standard output price (rule 6)."""
    if table.header is None:
        at = _HEADERLESS.get(len(row))
        return at if at is not None else refuse(Reason.UNKNOWN_LAYOUT, f"{len(row)} fields without a header")
    if len(row) != len(table.header):
        return refuse(Reason.TRUNCATED, f"{len(row)} cells below {len(table.header)} headings: {' | '.join(row)}")
    columns = [i for i, name in enumerate(table.header) if is_output(name)]
    if len(columns) > 1:
        columns = [i for i in columns if band_of(table.header[i]) == "lower"] or columns
    if len(columns) != 1:
        return refuse(Reason.AMBIGUOUS if columns else Reason.UNKNOWN_LAYOUT, " | ".join(table.header))
    if odd := foreign_unit(table.header[columns[0]]):
        return refuse(Reason.WRONG_UNIT, odd)
    return columns[0]


def is_output(header: str) -> bool:
    """Whether a column heading means the output price of the short context, in whatever unit it names."""
    if band_of(header) == "upper":
        return False
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", header.casefold())
    text = re.sub(r"(?:<=|\u2264|<|up to)\s*[0-9]+\s?[km]?\b", " ", text)
    text = re.sub(r"\bper\b.*|/.*", " ", text)
    words = re.findall(r"[^\s/$*:,]+", text)
    return any(word.startswith("output") for word in words) and set(words) <= _OUTPUT_WORDS

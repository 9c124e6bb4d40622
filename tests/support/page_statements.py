"""Where a page states a model's price: a reading of its own, simple on purpose, that shares nothing with the node's.

It looks for tables by their marks alone (pipes, `<tr>`, arrays in brackets) and finds the cell whose figure is the
price already known for the page as it is. From then on positions tell a mutation the truth of what it makes.
"""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

Span = tuple[int, int]
PIPE_LINES = re.compile(r"(?:^[ \t]*\|.*\|[ \t]*(?:\n|\Z)){2,}", re.MULTILINE)
HTML_TABLE = re.compile(r"<table\b.*?</table\s*>", re.DOTALL | re.IGNORECASE)
HTML_ROW = re.compile(r"<tr\b[^>]*>.*?</tr\s*>", re.DOTALL | re.IGNORECASE)
HTML_CELL = re.compile(r"(<t[dh]\b[^>]*>)(.*?)</t[dh]\s*>", re.DOTALL | re.IGNORECASE)
FIELD = r"(?:\"(?:[^\"\\\n]|\\.)*\"|null|-?[0-9.]+|[A-Za-z]+\(\s*\"(?:[^\"\\\n]|\\.)*\",?\s*\))"
ARRAY = re.compile(rf"\[\s*{FIELD}(?:\s*,\s*{FIELD})+\s*,?\s*\]")
ISLAND_ROW = re.compile(r"\[1,\[\[0,(?:(?!\[1,)[^\n<>])*?\]\]\]")
ISLAND_FIELD = re.compile(r"\[0(?:,(?:&quot;(?:(?!&quot;).)*&quot;|\{(?:(?!\}\]).)*\}|[^\[\]{}&]*))?\]")
FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row in the source."""

    span: Span
    """From its first to its last character."""
    cells: tuple[Span, ...]
    """The inside of each cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table in the source."""

    form: str
    """`pipe`, `html`, `array`, `island` or `json`."""
    span: Span
    """From its first to its last character."""
    heads: tuple[Row, ...]
    """Header rows; none in page data."""
    rows: tuple[Row, ...]
    """The others, rule lines left out."""

    @property
    def plain(self) -> bool:
        """Whether every row has the same cells and none spans another's."""
        return len({len(row.cells) for row in (*self.heads, *self.rows)}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One place where the page states the price."""

    grid: Grid
    """Its table."""
    row: Row
    """Its row."""
    name: Span
    """What names the model: the cell, or the id of its section."""
    column: int
    """Index of the price's cell."""
    figure: Span
    """The digits."""

    @property
    def cell(self) -> Span:
        """The inside of the price's cell."""
        return self.row.cells[self.column]


def masked(text: str) -> str:
    """The text with blanks for what no reader sees of it, every offset kept."""
    return re.sub(r"<!--.*?-->|<[^<>]*>|\]\([^()]*\)|&nbsp;", lambda m: " " * len(m.group(0)), text, flags=re.DOTALL)


def key_of(name: str, provider: str) -> tuple[str, ...]:
    """The letters and figures of a name, without dates and asides; Anthropic's words may stand in any order."""
    plain = re.sub(r"\b(?:through|until|starting|effective)\b.*", " ", masked(name).casefold(), flags=re.DOTALL)
    plain = re.sub(r"\((?:[^()]|\([^()]*\))*\)|~~.*?~~", " ", plain.replace("&lt;", "<").replace("&quot;", " "))
    words = re.findall(r"[^\W_]+", plain)
    if provider == "anthropic":
        words = words[:-1] if len(words) > 1 and re.fullmatch(r"[0-9]{8}", words[-1]) else words
        return tuple(sorted(words))
    return tuple(words)


def grids(text: str) -> list[Grid]:
    """Every table of the page."""
    return [*_pipes(text), *_htmls(text), *_arrays(text), *_islands(text)]


def _pipes(text: str) -> Iterator[Grid]:
    for block in PIPE_LINES.finditer(text):
        rows, at = [], block.start()
        for line in block.group(0).splitlines(keepends=True):
            bare = line.rstrip("\n")
            edges = [m.start() for m in re.finditer(r"(?<!\\)\|", bare)]
            cells = tuple((at + a + 1, at + b) for a, b in itertools.pairwise(edges))
            if not re.fullmatch(r"[\s|:-]+", bare):
                rows.append(Row(span=(at, at + len(bare)), cells=cells))
            at += len(line)
        yield _grid("pipe", block.span(), rows, text)


def _htmls(text: str) -> Iterator[Grid]:
    for table in HTML_TABLE.finditer(text):
        rows = []
        for row in HTML_ROW.finditer(text, *table.span()):
            cells = tuple(cell.span(2) for cell in HTML_CELL.finditer(text, *row.span()))
            rows.append(Row(span=row.span(), cells=cells))
        yield _grid("html", table.span(), rows, text)


def _grid(form: str, span: Span, rows: list[Row], text: str) -> Grid:
    named = [any(masked(text[a:b]).strip(" *").casefold() == "model" for a, b in row.cells) for row in rows[:2]]
    heads = 2 if named == [False, True] else 1
    return Grid(form=form, span=span, heads=tuple(rows[:heads]), rows=tuple(rows[heads:]))


def _arrays(text: str) -> Iterator[Grid]:
    for block in re.finditer(r"\brows\s*(?:=\s*\{|:)\s*\[", text):
        rows, at = [], block.end()
        while found := re.compile(r"[\s,]*").match(text, at):
            array = ARRAY.match(text, found.end())
            if array is None:
                break
            fields = tuple(m.span() for m in re.compile(FIELD).finditer(text, array.start() + 1, array.end() - 1))
            rows.append(Row(span=array.span(), cells=fields))
            at = array.end()
        if rows:
            yield Grid(form="array", span=(rows[0].span[0], rows[-1].span[1]), heads=(), rows=tuple(rows))


def _islands(text: str) -> Iterator[Grid]:
    for props in re.finditer(r"\bprops=\"[^\"]*\"", text):
        rows = []
        for row in ISLAND_ROW.finditer(text, *props.span()):
            inner = ISLAND_FIELD.finditer(text, row.start() + 4, row.end() - 2)
            rows.append(Row(span=row.span(), cells=tuple(field.span() for field in inner)))
        if rows:
            yield Grid(form="island", span=(rows[0].span[0], rows[-1].span[1]), heads=(), rows=tuple(rows))


def output_column(grid: Grid, row: Row, text: str) -> int | None:
    """The first column headed output; of page data, the last field of a row of 4 or 5 (rule 6)."""
    if not grid.heads:
        return len(row.cells) - 1 if len(row.cells) in (4, 5) else None
    heads = [masked(text[a:b]).casefold() for a, b in grid.heads[-1].cells]
    short = len(heads) - len(row.cells)
    return next((i - short for i, head in enumerate(heads) if "output" in head and i - short >= 0), None)


def figure_in(text: str, cell: Span, price: Decimal, scale: int = 0) -> Span | None:
    """The digits of the cell that are the price; `scale` is the power of ten between figure and price."""
    for found in FIGURE.finditer(masked(text[cell[0] : cell[1]])):
        if abs(Decimal(found.group(0)).scaleb(scale) - price) < Decimal("1e-9"):
            return cell[0] + found.start(), cell[0] + found.end()
    return None


def rows_named(text: str, model: str, provider: str, tables: list[Grid]) -> list[tuple[Grid, Row, Span]]:
    """Every row that names the model in one of its first two cells, wherever it stands."""
    wanted = key_of(model, provider)
    found = []
    for grid in tables:
        full: Row | None = None
        for row in grid.rows:
            cells, width = row.cells[:2], len(grid.heads[-1].cells) if grid.heads else 0
            if len(row.cells) == width:
                full = row
            elif full is not None and len(row.cells) == width - 1:
                cells = (*full.cells[:1], *row.cells[:1])  # it goes on below a cell that spans it
            named = [cell for cell in cells if key_of(_inside(text, grid, cell), provider) == wanted]
            found += [(grid, row, named[0])] if named else []
    return found


def _inside(text: str, grid: Grid, cell: Span) -> str:
    return text[cell[0] + (3 if grid.form == "island" else 0) : cell[1]]


def statements(text: str, provider: str, model: str, price: Decimal) -> list[Statement]:
    """Where the page states `price`, USD per 1M output tokens, for the model."""
    if provider == "openrouter":
        return _listed(text, model, price)
    if provider == "google":
        return _in_section(text, model, price)
    found = []
    for grid, row, name in rows_named(text, model, provider, grids(text)):
        column = output_column(grid, row, text)
        if column is None or _tier(text, grid) not in ("", "standard"):
            continue
        span = figure_in(text, row.cells[column], price)
        found += [Statement(grid=grid, row=row, name=name, column=column, figure=span)] if span else []
    return found


def _tier(text: str, grid: Grid) -> str:
    """The tier that page data names last before its rows; a table of Markdown or HTML is told by its price."""
    if grid.form not in ("array", "island"):
        return ""
    marks = re.compile(r"(?:data-value=|\btier=|&quot;tier&quot;:\[0,)\s*\{?(?:&quot;|[\"'])([a-z]+)")
    return (["", *marks.findall(text[: grid.span[0]])])[-1]


def _in_section(text: str, model: str, price: Decimal) -> list[Statement]:
    code = re.search(rf"(?:`|<code[^>]*>)({re.escape(model)})(?:`|</code>)", text)
    if code is None:
        return []
    after = re.compile(r"^## |<h2", re.MULTILINE).search(text, code.end())
    end = after.start() if after else len(text)
    found = []
    for grid in (each for each in grids(text) if code.end() <= each.span[0] < end):
        heads = [masked(text[a:b]).casefold() for a, b in grid.heads[-1].cells]
        paid = next((i for i, head in enumerate(heads) if "paid tier" in head), None)
        for row in grid.rows:
            first = masked(text[slice(*row.cells[0])]).strip().casefold() if row.cells else ""
            if paid is None or paid >= len(row.cells) or not re.search(r"\boutput price\b", first):
                continue
            if span := figure_in(text, row.cells[paid], price):
                found.append(Statement(grid=grid, row=row, name=code.span(1), column=paid, figure=span))
    return found


def _listed(text: str, model: str, price: Decimal) -> list[Statement]:
    rows = []
    for start in (m.start() for m in re.finditer(r"\{\s*\"id\"", text)):
        entry, end = json.JSONDecoder().raw_decode(text, start)
        if model in (entry["id"], entry.get("canonical_slug")) and not re.search(r"^~|:", entry["id"]):
            cell = re.compile(r"\"completion\":\s*\"([^\"]*)\"").search(text, start, end)
            name = re.compile(r"\"(?:id|canonical_slug)\":\s*\"([^\"]*)\"").search(text, start, end)
            if cell and name:
                rows.append((Row(span=(start, end), cells=(cell.span(1),)), name.span(1)))
    found = []
    for row, name in rows:
        grid = Grid(form="json", span=row.span, heads=(), rows=(row,))
        if span := figure_in(text, row.cells[0], price, 6):
            found.append(Statement(grid=grid, row=row, name=name, column=0, figure=span))
    return found

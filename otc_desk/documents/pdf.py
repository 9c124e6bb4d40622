"""Documents on A4 paper. The same document gives the same bytes: its own date, no clock, no random id.

Everything is laid out by one hand: labels in one column, numbers aligned at the right, rows that do not break across
pages, the table's header again on the next one, letters that shrink before a number would leave its column.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from fpdf import FPDF

from otc_desk.documents import chart, fonts
from otc_desk.documents.model import Block, Document, Grid, Note, PayoffChart, Row, Rows, to_json
from otc_desk.documents.words import short_hash

_MARGIN: Final = 18
_WIDTH: Final = 210 - 2 * _MARGIN
_LABEL: Final = 46
_BOTTOM: Final = 20
_INK, _SOFT, _RULE, _ACCENT, _SHADE = (28, 33, 40), (90, 98, 108), (214, 218, 224), (18, 52, 92), (243, 245, 248)
_SIZE, _SMALLEST = 8.6, 4.6
"""Points: text, and what a table may shrink to."""
_PAD: Final = 1.1
"""Millimetres above and below a row's text, and at each side of a cell."""
_GAP: Final = 4
"""More of it at the left of a text that stands right of a number."""
_UNBROKEN: Final = 42
"""Characters of a word that does not break: an address has as many."""
_PAGES: Final = "\u2007"
"""Stands for the number of pages until it is known: as wide as a digit; `printable` keeps it out of texts."""


def to_pdf(document: Document) -> bytes:
    """The document as PDF."""
    sheet = _Sheet(document)
    sheet.add_page()
    sheet.top()
    for section in document.sections:
        sheet.heading(section.heading, section.blocks[0])
        for block in section.blocks:
            sheet.block(block)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """Pages with the house's header and footer."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self.measured: dict[tuple[str, str], float] = {}
        self.document = document
        self.digest = hashlib.sha256(to_json(document)).hexdigest()
        self.set_margins(_MARGIN, 16, _MARGIN)
        self.set_auto_page_break(False)
        self.c_margin = 0
        dated = datetime.fromtimestamp(document.dated, UTC)
        self.set_creation_date(dated)
        self.set_title(f"{document.title} {document.forward}")
        self.set_creator("IFX OTC desk")
        self.set_lang("en")
        others = fonts.needed(_text_of(document))
        for family, name in (("text", fonts.TEXT), ("bold", fonts.BOLD), ("code", fonts.CODE)):
            self.add_font(family, fname=fonts.file_of(name))
        for name in others:
            self.add_font(name, fname=fonts.file_of(name))
        self.set_fallback_fonts(list(others), exact_match=False)
        self.alias_nb_pages(_PAGES)
        self.set_text_shaping(True)

    def header(self) -> None:
        """The house's name at the left, the document's at the right."""
        self.set_y(10)
        self.font("bold", 8, _ACCENT)
        self.cell(_WIDTH / 2, 4, "IFX")
        self.font("text", 7, _SOFT)
        self.cell(_WIDTH / 2, 4, f"{self.document.title} · {short_hash(self.document.forward)}", align="R")
        self.set_draw_color(*_ACCENT)
        self.set_line_width(0.4)
        self.line(_MARGIN, 15, _MARGIN + _WIDTH, 15)
        self.set_y(19)

    def footer(self) -> None:
        """The digest of the data behind the document, and the page's number."""
        self.set_y(-14)
        self.set_draw_color(*_RULE)
        self.set_line_width(0.2)
        self.line(_MARGIN, self.get_y(), _MARGIN + _WIDTH, self.get_y())
        self.set_y(-12.5)
        self.font("text", 6.5, _SOFT)
        self.cell(_WIDTH - 25, 4, f"SHA-256 of the data (JSON): {self.digest}")
        self.cell(25, 4, f"Page {self.page_no()} of {_PAGES}", align="R")

    def font(self, family: str, size: float, colour: tuple[int, int, int] = _INK) -> None:
        """Set letters and their colour."""
        self.set_font(family, size=size)
        self.set_text_color(*colour)

    def top(self) -> None:
        """Title, the forward in one line, and the date."""
        self.font("bold", 17, _ACCENT)
        self.paragraph(self.document.title, 7.5)
        self.font("text", 10)
        self.paragraph(fonts.printable(self.document.subtitle), 4.8)
        self.font("text", 7.5, _SOFT)
        dated = datetime.fromtimestamp(self.document.dated, UTC)
        self.paragraph(f"{dated:%Y-%m-%d %H:%M:%S} UTC", 4)

    def paragraph(self, text: str, height: float) -> None:
        """Wrapped text over the whole width."""
        for line in self.wrapped(text, _WIDTH):
            self.room(height)
            self.set_x(_MARGIN)
            self.cell(_WIDTH, height, line)
            self.set_y(self.get_y() + height)

    def heading(self, text: str, first: Block) -> None:
        """A section's heading, never alone at the foot of a page."""
        self.room(10 + self.least(first))
        self.set_y(self.get_y() + 3.6)
        self.font("bold", 10.5, _ACCENT)
        self.set_x(_MARGIN)
        self.cell(_WIDTH, 5.4, text)
        self.set_y(self.get_y() + 6)

    def least(self, block: Block) -> float:
        """What a block takes at least of one page: tables of a few rows, and charts, do not break."""
        if isinstance(block, PayoffChart):
            return chart.HEIGHT
        if not isinstance(block, Grid):
            return 16
        rows = [[fonts.printable(cell) for cell in row] for row in block.rows]
        size, widths = self.columns(block, rows)
        height = sum(self.height_of(row, widths, block.right, size) for row in (block.header, *rows))
        return height if height < self.h / 2 else 24

    def block(self, block: Block) -> None:
        """One block and the space after it."""
        if isinstance(block, Rows):
            for row in block.rows:
                self.row(row)
        elif isinstance(block, Grid):
            self.grid(block)
        elif isinstance(block, Note):
            self.font("text", 8, _SOFT)
            self.set_y(self.get_y() + 0.8)
            self.paragraph(fonts.printable(block.text), 4)
        elif isinstance(block, PayoffChart):
            self.room(chart.HEIGHT)
            chart.draw(self, block, _MARGIN, self.get_y(), _WIDTH)
            self.set_y(self.get_y() + chart.HEIGHT)
        self.set_y(self.get_y() + 1.8)

    def row(self, row: Row) -> None:
        """A label and its value above a thin rule."""
        family, size = ("code", 7.4) if row.code else ("text", _SIZE)
        self.font("text", _SIZE)
        labels = self.wrapped(row.label, _LABEL - 2)
        self.font(family, size)
        lines = self.wrapped(fonts.printable(row.value), _WIDTH - _LABEL)
        height = max(len(lines), len(labels)) * 4 + 2 * _PAD
        self.room(height)
        top = self.get_y() + _PAD
        self.font("text", _SIZE, _SOFT)
        self.lines(labels, _MARGIN, top, _LABEL, 4, "L")
        self.font(family, size)
        self.lines(lines, _MARGIN + _LABEL, top, _WIDTH - _LABEL, 4, "L")
        self.set_y(top - _PAD + height)
        self.rule()

    def grid(self, grid: Grid) -> None:
        """A table; its header comes again on every page that it reaches."""
        rows = tuple(tuple(fonts.printable(cell) for cell in row) for row in grid.rows)
        size, widths = self.columns(grid, rows)
        self.room(self.least(grid))
        self.cells(grid.header, widths, grid.right, size, is_header=True)
        for number, row in enumerate(rows):
            if self.get_y() + self.height_of(row, widths, grid.right, size) > self.h - _BOTTOM:
                self.add_page()
                self.cells(grid.header, widths, grid.right, size, is_header=True)
            self.cells(row, widths, grid.right, size, strong=number in grid.strong)

    def columns(self, grid: Grid, rows: Sequence[Sequence[str]]) -> tuple[float, list[float]]:
        """Letters and widths: numbers keep theirs, the other columns share the rest; letters shrink if they must."""
        size = _SIZE - 0.6
        while True:
            self.font("bold", size)
            natural = [
                max(self.width_of(row[place]) for row in (grid.header, *rows)) + _pads(place, grid.right) + 0.4
                for place in range(len(grid.header))
            ]
            if sum(natural) <= _WIDTH:
                spare = (_WIDTH - sum(natural)) / len(natural)
                return size, [width + spare for width in natural]
            texts = [place for place in range(len(natural)) if place not in grid.right]
            least = {
                place: self.longest_word(place, (grid.header, *rows)) + _pads(place, grid.right) for place in texts
            }
            left = _WIDTH - sum(natural[place] for place in grid.right)
            if size <= _SMALLEST or left >= max(sum(least.values()), 24 * len(texts)):
                return size, _shared(natural, least, left)
            size -= 0.2

    def longest_word(self, place: int, rows: Sequence[Sequence[str]]) -> float:
        """Millimetres that a column needs so that no address or hash breaks; what is longer breaks anywhere."""
        words = {word for row in rows for word in row[place].split() if word.isascii() and len(word) <= _UNBROKEN}
        return max((self.width_of(word) for word in words), default=0) + 0.4

    def height_of(self, row: Sequence[str], widths: Sequence[float], right: frozenset[int], size: float) -> float:
        """What a row takes."""
        self.font("bold", size)
        return max(map(len, self.in_cells(row, widths, right))) * size * 0.46 + 2 * _PAD

    def in_cells(self, row: Sequence[str], widths: Sequence[float], right: frozenset[int]) -> list[list[str]]:
        """The lines of each cell."""
        return [
            self.wrapped(cell, width - _pads(place, right))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]

    def cells(
        self,
        row: Sequence[str],
        widths: Sequence[float],
        right: frozenset[int],
        size: float,
        *,
        is_header: bool = False,
        strong: bool = False,
    ) -> None:
        """One row of a table."""
        self.font("bold" if is_header or strong else "text", size, _SOFT if is_header else _INK)
        wrapped = self.in_cells(row, widths, right)
        line = size * 0.46
        height = max(map(len, wrapped)) * line + 2 * _PAD
        if is_header:
            self.set_fill_color(*_SHADE)
            self.rect(_MARGIN, self.get_y(), _WIDTH, height, style="F")
        left, top = float(_MARGIN), self.get_y() + _PAD
        for place, (lines, width) in enumerate(zip(wrapped, widths, strict=True)):
            pads = _pads(place, right)
            self.lines(lines, left + pads - _PAD, top, width - pads, line, "R" if place in right else "L")
            left += width
        self.set_y(top - _PAD + height)
        self.rule()

    def lines(self, lines: Sequence[str], x: float, y: float, width: float, height: float, align: str) -> None:
        """Lines one below the other."""
        for number, line in enumerate(lines):
            self.set_xy(x, y + number * height)
            self.cell(width, height, line, align=align)

    def wrapped(self, text: str, width: float) -> list[str]:
        """The lines of a text in the letters that are set; long words break where they must."""
        found, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width_of(longer) <= width:
                line = longer
                continue
            found += [line] if line else []
            while self.width_of(word) > width:
                cut = self.fitting(word, width)
                found.append(word[:cut])
                word = word[cut:]
            line = word
        return [*found, line] if line or not found else found

    def fitting(self, word: str, width: float) -> int:
        """How many characters of a word fit, one at least; a mark stays with the letter that it is on."""
        low, high = 1, len(word) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.width_of(word[:middle]) <= width else (low, middle - 1)
        cut = low
        while cut > 1 and unicodedata.category(word[cut]).startswith("M"):
            cut -= 1
        return cut

    def width_of(self, text: str) -> float:
        """Millimetres of a text in the letters that are set. Widths grow with the size, so one measure does for all."""
        key = (self.font_family, text)
        if key not in self.measured:
            size = self.font_size_pt
            self.set_font_size(10)
            self.measured[key] = self.get_string_width(text)
            self.set_font_size(size)
        return self.measured[key] * self.font_size_pt / 10

    def rule(self) -> None:
        """A thin line under what was written."""
        self.set_draw_color(*_RULE)
        self.set_line_width(0.15)
        self.line(_MARGIN, self.get_y(), _MARGIN + _WIDTH, self.get_y())

    def room(self, height: float) -> None:
        """Go to the next page where so many millimetres are not left."""
        if self.get_y() + height > self.h - _BOTTOM:
            self.add_page()


def _pads(place: int, right: frozenset[int]) -> float:
    """What of a column's width stays empty."""
    return 2 * _PAD + (_GAP if place not in right and place - 1 in right else 0)


def _shared(natural: Sequence[float], least: Mapping[int, float], left: float) -> list[float]:
    """Text columns share what numbers leave: each its longest word first, then up to an equal part of the rest."""
    widths = list(natural)
    if not least or left < sum(least.values()):
        return [width * _WIDTH / sum(natural) for width in natural]
    room = left - sum(least.values())
    waiting = sorted(least, key=lambda place: natural[place] - least[place])
    for number, place in enumerate(waiting):
        more = min(natural[place] - least[place], room / (len(waiting) - number))
        widths[place] = least[place] + more
        room -= more
    return widths


def _text_of(document: Document) -> str:
    """Every text of a document, to see which letters it needs."""
    found = [document.subtitle]
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Rows):
                found += [row.value for row in block.rows]
            elif isinstance(block, Grid):
                found += [cell for row in block.rows for cell in row]
            elif isinstance(block, Note):
                found.append(block.text)
    return "\n".join(found)

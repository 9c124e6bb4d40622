"""Price tables of a rendered or raw HTML page."""

import re
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from oracle_node.sources.components import component_tables, island_props
from oracle_node.sources.plain import fold, squeeze, tidy
from oracle_node.sources.seen import seen_html
from oracle_node.sources.tables import Table, is_tier, with_groups

_LANDMARKS: Final = "h1,h2,h3,h4,h5,h6,table,astro-island,p,small,em,code,caption,figcaption"
_GONE: Final = frozenset({"sup", "s", "del", "strike", "script", "style", "svg", "template", "noscript", "-comment"})
_BLOCKS: Final = frozenset({"br", "hr", "p", "div", "li", "ul", "small", "td", "th", "tr", "section"})
_NOTES: Final = 2000
_MAX_SPAN: Final = 50
_MAX_DEPTH: Final = 60
_MAX_CELLS: Final = 100
_MAX_LANDMARKS: Final = 20_000
"""Depth of tags, cells of a row and landmarks of a page beyond which it is hostile, not a price table."""
_ONLY_CODES = re.compile(r"(?:[\s,;&*_]|\band\b|\bor\b)*", re.IGNORECASE)


def html_language(page: LexborHTMLParser) -> str | None:
    """The page's `lang`, lower case, or None."""
    root = page.css_first("html")
    language = root.attributes.get("lang") if root is not None else None
    return language.casefold().strip() if language else None


def parse_html(text: str) -> LexborHTMLParser:
    """What a reader sees of the page, as a tree; any text gives one."""
    return seen_html(LexborHTMLParser(text.replace("\0", "\ufffd") or " "))


def html_tables(page: LexborHTMLParser, lowered: str) -> list[Table]:
    """Every table and pricing island of the page in document order, with what stands around it.

    `lowered` is the page's source in lower case: it shows whether the last table has an end.
    """
    walk = _Walk()
    for node in page.css(_LANDMARKS)[:_MAX_LANDMARKS]:
        walk.visit(node)
    if walk.last_table is not None and lowered.count("<table") > lowered.count("</table"):
        cut = walk.tables[walk.last_table]
        walk.tables[walk.last_table] = replace(cut, cut=True)
    return walk.tables


class _Walk:
    """What has been passed on the way down the page."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.last_table: int | None = None
        self._headings: list[tuple[int, str]] = []
        self._tier: str | None = None
        self._notes: list[str] = []
        self._outer: list[tuple[int, str]] = []
        self._codes: list[str] = []

    def visit(self, node: LexborNode) -> None:
        """Take in the next heading, note, island or table in document order."""
        tag = node.tag or ""
        if tag == "table":
            self._table(node)
        elif tag == "astro-island":
            props = island_props(node.attributes.get("props") or "")
            if props is not None and ("rows" in props or "groups" in props):
                self.tables += component_tables(props, place=self._place(node, (), None))
        elif tag[:1] == "h":
            self._heading(int(tag[1]), node_text(node))
        elif tag in ("em", "code"):
            self._code(node)
        else:
            self._notes.append(node_text(node))

    def _heading(self, level: int, text: str) -> None:
        tier = is_tier(text)
        if tier is not None:
            self._tier = tier
            return
        self._outer.append((self._headings[-1][0] if self._headings else 0, " ".join(self._notes)))
        self._outer = [note for note in self._outer if note[0] < level]
        self._headings = [h for h in self._headings if h[0] < level]
        self._headings.append((level, text))
        self._tier = None
        self._notes, self._codes = [], []

    def _code(self, node: LexborNode) -> None:
        """Ids of a section stand in code inside `em`, alone but for commas and `and`."""
        if node.tag != "em" or node.css_first("h1,h2,h3,h4,h5,h6,table,section,code code") is not None:
            return  # an end tag is damaged, and what should be one id holds the sections behind it
        codes = [node_text(code) for code in node.css("code")]
        rest = node_text(node)
        for code in codes:
            rest = rest.replace(code, " ", 1)
        if codes and _ONLY_CODES.fullmatch(rest):
            self._codes += codes

    def _table(self, node: LexborNode) -> None:
        rows = _grid(node)
        header, body = split_header(rows)
        if node.css_first("table table") is None:
            self.last_table = len(self.tables)
            self.tables.append(self._place(node, body, header))

    def _place(self, node: LexborNode, rows: tuple[tuple[str, ...], ...], header: tuple[str, ...] | None) -> Table:
        return Table(
            headings=tuple(text for _, text in self._headings),
            tier=_pane(node) or self._tier,
            notes=" ".join(self._notes)[-_NOTES:],
            outer=" ".join(text for _, text in self._outer)[-_NOTES:],
            header=header,
            rows=rows,
            codes=tuple(self._codes),
        )


def node_text(node: LexborNode) -> str:
    """The words of a node as a reader sees them: breaks are blanks; superscripts and struck text are gone."""
    parts: list[str] = []
    _collect(node, parts, 0)
    return tidy("".join(parts))


def _collect(node: LexborNode, parts: list[str], depth: int) -> None:
    child = node.child
    while child is not None and depth < _MAX_DEPTH:
        tag = child.tag or ""
        if tag == "-text":
            parts.append(child.text_content or "")
        elif tag not in _GONE:
            parts.append(" " if tag in _BLOCKS else "")
            _collect(child, parts, depth + 1)
            parts.append(" " if tag in _BLOCKS else "")
        child = child.next


def _pane(node: LexborNode) -> str | None:
    """The tier of the nearest switcher pane around the node."""
    parent = node.parent
    while parent is not None:
        value = parent.attributes.get("data-value") if "data-content-switcher-pane" in parent.attributes else None
        if value:
            return value.casefold().strip()
        parent = parent.parent
    return None


def _grid(table: LexborNode) -> list[tuple[str, ...]]:
    """The rows of a table with spanned cells repeated in every row and column they span."""
    rows: list[tuple[str, ...]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for line in table.css("tr"):
        cells: list[str] = []
        for cell in line.css("th,td"):
            _hang(hanging, cells)
            text = node_text(cell)
            attributes = cell.attributes
            down, across = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
            for _ in range(across):
                if len(cells) >= _MAX_CELLS:
                    break
                if down > 1:
                    hanging[len(cells)] = (down - 1, text)
                cells.append(text)
        _hang(hanging, cells)
        rows.append(tuple(cells))
    return rows


def _hang(hanging: dict[int, tuple[int, str]], cells: list[str]) -> None:
    while len(cells) in hanging and len(cells) < _MAX_CELLS:
        left, text = hanging.pop(len(cells))
        if left > 1:
            hanging[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(stated: str | None) -> int:
    value = (stated or "1").strip()
    return max(1, min(int(value[:4]), _MAX_SPAN)) if value.isascii() and value.isdecimal() else 1


def split_header(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...] | None, tuple[tuple[str, ...], ...]]:
    """The header of a table and its body; a row of group headings above the header is put in front of its texts."""
    rows = [row for row in rows if any(squeeze(cell) for cell in row)]
    if not rows:
        return None, ()
    if len(rows) > 1 and "model" not in map(fold, rows[0]) and "model" in map(fold, rows[1]):
        return with_groups(rows[0], rows[1]), tuple(rows[2:])
    return rows[0], tuple(rows[1:])

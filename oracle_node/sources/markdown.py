"""Price tables of a Markdown page: vendor Markdown, page source with JSX (MDX), and what reader proxies render."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from oracle_node.sources.components import component_tables
from oracle_node.sources.literals import JsValue, LiteralError, expect_end, read_literal
from oracle_node.sources.markup import html_tables, parse_html, split_header
from oracle_node.sources.plain import MAX_CELL, words_of
from oracle_node.sources.seen import seen_markdown
from oracle_node.sources.tables import Table, is_tier, regroup, tiers_in_tabs

_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*$")
_RULE_LINE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_PANE = re.compile(r"data-content-switcher-pane\b[^>\n]*\bdata-value=[\"']?([\w -]+)")
_COMPONENT = re.compile(r"^\s*<([A-Z]\w*)")
_TIER_PROP = re.compile(r"^\s*tier\s*=\s*\{?\s*[\"']([\w -]+)[\"']|\s<?tier=[\"']([\w -]+)[\"']")
_DATA = re.compile(r"\b(rows|groups|headings)\s*(?:=\s*\{|:)\s*(?=\[)")
_GROUP = re.compile(r"\bmodel\s*:\s*[\"']([^\"'\n]*)[\"']")
_DIV_LINE = re.compile(r"^\s*<div\b[^>]*>\s*$")
_PHRASE = re.compile(r"^[A-Z][\w ,&/()-]{2,60}$")
_LINKS = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_CODES = re.compile(r"`([^`]+)`")
_ONLY_CODES = re.compile(r"(?:[\s,;&*_]|\band\b|\bor\b)*", re.IGNORECASE)
_TABLE_TAG = re.compile(r"<table\b", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_NOTES: Final = 2000
_MAX_BROKEN: Final = 100
"""Characters of notes kept, and broken pieces of page data after which no more are tried."""


@dataclass(slots=True)
class _Place:
    """Where on the page the reading stands."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    """Level and text, outermost first."""
    tier: str | None = None
    """Tier of the pane or label passed last."""
    tabs: tuple[str, ...] = ()
    """Tiers of a line of tabs passed since the heading."""
    unlabelled: list[int] = field(default_factory=list)
    """Tables below those tabs that no label names, by index."""
    labels: list[str] = field(default_factory=list)
    """Tiers that a line of its own named below those tabs."""
    labelled: list[int] = field(default_factory=list)
    """Tables below those labels, by index."""
    notes: list[str] = field(default_factory=list)
    """Lines since the heading."""
    outer: list[tuple[int, str]] = field(default_factory=list)
    """Level and lines of the headings around it: a unit that they state holds here too."""
    codes: list[str] = field(default_factory=list)
    """Ids alone in code since the heading."""
    component: dict[str, JsValue] = field(default_factory=dict)
    """Props of the open component so far."""
    group: str = ""
    """The group whose rows come next."""


def markdown_tables(text: str) -> list[Table]:
    """Every table that is seen on the page in order, with the headings, tier and notes around it."""
    return _Reader(seen_markdown(text)).read()


class _Reader:
    """One pass over the lines; page data and HTML tables are read from their offset on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._fenced = False
        self._broken = 0
        self._previous = ""
        self._place = _Place()
        self._tables: list[Table] = []

    def read(self) -> list[Table]:
        """Run over the whole text."""
        while self._at < len(self._text):
            end = self._text.find("\n", self._at)
            end = len(self._text) if end < 0 else end
            line = self._text[self._at : end]
            start, self._at = self._at, end + 1
            if _FENCE.match(line):
                self._fenced = not self._fenced
            elif not self._fenced and line.strip():
                self._line(line, start)
                self._previous = line
        self._name_tabs()
        return self._tables

    def _line(self, line: str, start: int) -> None:
        if heading := _HEADING.match(line):
            self._heading(len(heading.group(1)), words_of(heading.group(2)))
        elif self._is_table(line, start):
            self._pipe_table(start)
        elif self._broken < _MAX_BROKEN and (data := _DATA.search(line)):
            self._data(data, start)
        elif table := _TABLE_TAG.search(line):
            self._html_table(start + table.start())
        else:
            self._prose(line)

    def _heading(self, level: int, text: str) -> None:
        tier = is_tier(text)
        if tier is not None:
            self._place.tier = tier
            return
        self._name_tabs()
        old = self._place
        outer = [*old.outer, (old.headings[-1][0] if old.headings else 0, " ".join(old.notes))]
        self._place = _Place(
            headings=[*(h for h in old.headings if h[0] < level), (level, text)],
            outer=[note for note in outer if note[0] < level],
        )

    def _prose(self, line: str) -> None:
        place, line = self._place, line[:MAX_CELL]
        if component := _COMPONENT.match(line):
            place.component, place.group = {"component": component.group(1)}, ""
        if prop := _TIER_PROP.search(line):
            place.component["tier"] = prop.group(1) or prop.group(2)
        if group := _GROUP.search(line):
            place.group = words_of(group.group(1))
        if pane := _PANE.search(line):
            place.tier, place.component = pane.group(1).casefold().strip(), {}
            return
        plain = words_of(line)
        tier, tabs = is_tier(plain), tiers_in_tabs(_LINKS.findall(line) + _LINKS.sub(" ", line).split())
        if tier is not None:
            place.tier = tier
            place.labels.append(tier)
        elif tabs:
            place.tabs, place.tier = tabs, None
        elif _DIV_LINE.match(self._previous) and _PHRASE.match(line.strip()):
            self._heading(2, plain)
        else:
            codes = _CODES.findall(line)
            if codes and _ONLY_CODES.fullmatch(_CODES.sub(" ", line)):
                place.codes += [words_of(code) for code in codes]
            place.notes.append(plain)

    def _here(self, *, cut: bool = False) -> Table:
        place = self._place
        return Table(
            headings=tuple(text for _, text in place.headings),
            tier=place.tier,
            notes=" ".join(place.notes)[-_NOTES:],
            outer=" ".join(text for _, text in place.outer)[-_NOTES:],
            header=None,
            rows=(),
            cut=cut,
            codes=tuple(place.codes),
        )

    def _add(self, table: Table) -> None:
        if self._place.tabs:
            side = self._place.unlabelled if table.tier is None else self._place.labelled
            side.append(len(self._tables))
        self._tables.append(table)

    def _name_tabs(self) -> None:
        """Tables below a line of tabs stand in its order; if the numbers differ, no one knows which is which."""
        tabs, tables = self._place.tabs, self._place.unlabelled
        # A reader that drew only the open tab of three or more drew the first.
        known = len(tables) == len(tabs) or (len(tables) == 1 and len(tabs) > 2)
        for i, index in enumerate(tables):
            tier = tabs[i] if known else "unknown"
            self._tables[index] = replace(self._tables[index], tier=tier)
        labels, labelled = self._place.labels, self._place.labelled
        if len(labels) < len(tabs) and len(labelled) > len(labels):
            # A label is missing, and the table it named seems to be its neighbour's.
            for index in labelled:
                self._tables[index] = replace(self._tables[index], tier="unknown")

    def _is_table(self, line: str, start: int) -> bool:
        if line.lstrip().startswith("|"):
            return True
        if "|" not in line:
            return False
        behind = start + len(line) + 1
        following = self._text[behind : behind + 2000].split("\n", 1)[0]
        return "|" in following and _RULE_LINE.match(following) is not None

    def _pipe_table(self, start: int) -> None:
        lines: list[str] = []
        at = start
        while at < len(self._text):
            end = self._text.find("\n", at)
            end = len(self._text) if end < 0 else end
            line = self._text[at:end]
            if "|" not in line:
                break
            lines.append(line.strip())
            at = end + 1
        self._at = at
        rows = [_cells(line) for line in lines if not _RULE_LINE.match(line)]
        header, body = split_header(rows)
        closed = lines[0].endswith("|") and lines[0].startswith("|")
        cut = at >= len(self._text) and closed and not (lines[-1].endswith("|") and len(lines[-1]) > 1)
        body = regroup(header, body) if header else body
        self._add(replace(self._here(cut=cut), header=header, rows=body))

    def _data(self, found: re.Match[str], start: int) -> None:
        place = self._place
        if "broken" in place.component and not _COMPONENT.match(found.string[: found.start()]):
            return  # a piece of data that did not read as a whole
        try:
            value, end = read_literal(self._text, start + found.end())
            expect_end(self._text, end, "}" if "=" in found.group(0) else ",}")
        except LiteralError:
            self._broken += 1
            # Page data that ends inside the array, or holds code: what it would have said is not known.
            self._add(replace(self._here(cut=True), header=None, rows=()))
            place.component = {"broken": True}
            return
        self._at = max(self._at, end)
        self._prose_tier(found.string[: found.start()])
        if found.group(1) == "headings":
            place.component["headings"] = value
            return
        data: dict[str, JsValue] = {k: v for k, v in place.component.items() if k in ("tier", "headings")}
        if place.group and found.group(1) == "rows" and "headings" in data:
            data["groups"] = [{"model": place.group, "rows": value}]
        else:
            data[found.group(1)] = value
        for table in component_tables(data, place=self._here()):
            self._add(table)

    def _prose_tier(self, before: str) -> None:
        """A component written on one line has its tier in front of its rows."""
        if component := _COMPONENT.match(before):
            self._place.component = {"component": component.group(1)}
        if prop := _TIER_PROP.search(before):
            self._place.component["tier"] = prop.group(1) or prop.group(2)
        if group := _GROUP.search(before):
            self._place.group = words_of(group.group(1))

    def _html_table(self, start: int) -> None:
        end = _TABLE_END.search(self._text, start)
        source = self._text[start : end.end() if end else len(self._text)]
        self._at = max(self._at, end.end() if end else len(self._text))
        for table in html_tables(parse_html(source), source.lower()):
            self._add(replace(self._here(cut=table.cut), header=table.header, rows=table.rows))


def _cells(line: str) -> tuple[str, ...]:
    inner = line[1:] if line.startswith("|") else line
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(words_of(cell) for cell in _CELL_EDGE.split(inner))

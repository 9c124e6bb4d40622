"""A vendor's page: bytes to tables, or the reason why it is no such page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from oracle_node.sources.markdown import markdown_tables
from oracle_node.sources.markup import html_language, html_tables, parse_html
from oracle_node.sources.plain import MAX_PAGE, decode, fold, tags_too_deep, too_much
from oracle_node.sources.reading import Reason, Refusal, refuse
from oracle_node.sources.source import Vendor
from oracle_node.sources.tables import Table

_JSX = re.compile(r"=\{\s*[\[{]|^\s*import\s+\{|\bclassName=|\bclient:load\b", re.MULTILINE)
_HTML_TABLES = re.compile(r"<table|<astro-island", re.IGNORECASE)
_DOCUMENT = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL)

# The patterns below run over the lower-case text of a whole page, so each begins with a literal that is rare there.
_HARD_WALL: Final = (
    "_cf_chl_opt",
    "challenge-error-text",
    "<title>just a moment",
    "px-captcha",
)
_TITLE_WALL: Final = "title: just a moment"
_SOFT_WALL = re.compile(
    r"enable javascript and cookies|just a moment\.\.\.|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"checking your browser|attention required|access denied|unusual traffic|cdn-cgi/challenge|captcha|datadome|"
    r"incapsula|are you a robot|returned error [45][0-9][0-9]|403 forbidden|429 too many"
)
_PER_OTHER = re.compile(r"per\s+(?:1\s?k|1,000(?!,)|1000|(?:one\s+)?thousand|billion|1\s?b)\s+(?:\w+\s+)?tokens?\b")
_IN_OTHER = re.compile(
    r"in\s+(?:(?:eur|euros?|gbp|pounds?|jpy|yen|cny|rmb|inr|rupees|krw|chf|cad|aud|brl|(?:us\s+)?cents)\b|"
    r"[\u20ac\u00a3\u00a5\u20b9])"
)
_ABOUT_PRICES = re.compile(r"\b(?:prices?|pricing|priced|rates?|costs?|amounts?)\b[^.\n|<>]{0,60}$")
_BEFORE: Final = 80
_MODELS_LIST: Final = ('"pricing"', '"completion"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands on a page, whosever it is."""

    tables: tuple[Table, ...]
    """Its tables in order."""
    language: str | None
    """The language it names, lower case."""
    lowered: str
    """Its text in lower case."""


@lru_cache(maxsize=8)
def look(data: bytes) -> Page | Refusal:
    """The tables of any page, or why there are none.

    Pure and total; the last pages are kept, because every model on a page is read from the same bytes.
    """
    if len(data) > MAX_PAGE:
        return refuse(Reason.UNKNOWN_LAYOUT, f"{len(data)} bytes; no page above {MAX_PAGE} is read")
    text = decode(data)
    lowered = text.lower()
    if not lowered.strip():
        return refuse(Reason.UNKNOWN_LAYOUT, "the page is empty")
    if any(mark in lowered for mark in _HARD_WALL) or lowered.startswith(_TITLE_WALL) or f"\n{_TITLE_WALL}" in lowered:
        return refuse(Reason.BOT_WALL)
    if tags_too_deep(text) or too_much(data):
        return refuse(Reason.UNKNOWN_LAYOUT, "more lines, cells or nested tags than a price page has")
    if lowered.lstrip().startswith(("{", "[")) and all(key in lowered for key in _MODELS_LIST):
        return refuse(Reason.OTHER_PAGE, "it is a models list in JSON")
    tables, language = _tables(text, lowered)
    if not any(table.rows for table in tables):
        if any(table.cut for table in tables):
            return refuse(Reason.TRUNCATED)
        return refuse(Reason.BOT_WALL if _SOFT_WALL.search(lowered) else Reason.UNKNOWN_LAYOUT, "no table on the page")
    return Page(tables=tuple(tables), language=language, lowered=lowered)


@lru_cache(maxsize=8)
def read_page(data: bytes, vendor: Vendor) -> tuple[Table, ...] | Refusal:
    """The tables of a page of `vendor` in order, or why there are none. Pure and total; the last pages are kept."""
    page = look(data)
    if isinstance(page, Refusal):
        return page
    if whose := _stranger(page, vendor):
        return refuse(Reason.OTHER_PAGE, whose)
    if page.language and page.language.split("-")[0] != "en":
        return refuse(Reason.LOCALE, f"lang={page.language}")
    if odd := _stated_unit(page.lowered, _PER_OTHER) or _stated_unit(page.lowered, _IN_OTHER):
        return refuse(Reason.WRONG_UNIT, odd)
    return page.tables


def _stranger(page: Page, vendor: Vendor) -> str | None:
    """What shows that the page is not the vendor's, or None if it is.

    The names in its tables decide: one of another vendor's models makes it a comparison or another's page. Where they
    name nobody's, the vendor must be the one the page speaks of most.
    """
    # Asked here and not above: the registry imports the families, and they import this file.
    from oracle_node.sources.registry import vendors

    names = set(_model_names(page.tables))
    others = [other for other in vendors() if other.name != vendor.name]
    if theirs := sorted(name for name in names if any(other.models.match(name) for other in others)):
        return f"it prices {theirs[0]}"
    if any(vendor.models.match(name) for name in names):
        return None
    spoken = {each.name: sum(page.lowered.count(word) for word in each.words) for each in (vendor, *others)}
    most = max(spoken, key=lambda name: spoken[name])
    if spoken[vendor.name] > 0 and spoken[vendor.name] == spoken[most]:
        return None
    return f"it speaks of {most}" if spoken[most] else f"nothing on it names {vendor.name}"


def _model_names(tables: Sequence[Table]) -> Iterator[str]:
    """The models that the tables name in a column or section of their own, lower case."""
    for table in tables:
        yield from (fold(code) for code in table.codes)
        names = [fold(name) for name in table.header or ()]
        if "model" in names or table.header is None:
            at = names.index("model") if names else 0
            yield from (fold(row[at]) for row in table.rows if len(row) > at)


def _stated_unit(lowered: str, pattern: re.Pattern[str]) -> str | None:
    """The sentence in which the page says that its prices are in another unit or currency, or None."""
    for found in pattern.finditer(lowered):
        before = lowered[max(0, found.start() - _BEFORE) : found.start()]
        if about := _ABOUT_PRICES.search(before):
            return about.group(0) + found.group(0)
    return None


def _tables(text: str, lowered: str) -> tuple[list[Table], str | None]:
    """Tables and language; the other reading is tried when the likelier one finds no table."""
    head = text[:20_000]
    if _DOCUMENT.match(head) or (head.lstrip().startswith("<") and not _JSX.search(head)):
        tree = parse_html(text)
        tables = html_tables(tree, lowered)
        # Only a piece that has no table of its own to hide may be Markdown behind a first tag.
        if not tables and not _DOCUMENT.match(head) and not _HTML_TABLES.search(text):
            tables = markdown_tables(text)
        return tables, html_language(tree)
    tables = markdown_tables(text)
    if not tables and _HTML_TABLES.search(text):
        tree = parse_html(text)
        return html_tables(tree, lowered), html_language(tree)
    return tables, None

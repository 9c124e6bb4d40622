"""A vendor's page: bytes to tables, or the reason why it is no such page."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from oracle_node.sources.markdown import markdown_tables
from oracle_node.sources.markup import html_language, html_tables, parse_html
from oracle_node.sources.plain import MAX_PAGE, decode, fold, tags_too_deep, too_much
from oracle_node.sources.reading import Reason, Refusal, refuse
from oracle_node.sources.tables import Table

_JSX = re.compile(r"=\{\s*[\[{]|^\s*import\s+\{|\bclassName=|\bclient:load\b", re.MULTILINE)
_HTML_TABLES = re.compile(r"<table|<astro-island", re.IGNORECASE)
_DOCUMENT = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL)

# The patterns below run over the lower-case text of a whole page, so each begins with a literal that is rare there.
_HARD_WALL: Final = (
    "_cf_chl_opt",
    "challenge-error-text",
    "<title>just a moment",
    "\ntitle: just a moment",
    "px-captcha",
)
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
VENDORS: Final = {
    "openai": ("gpt-", "openai", "chatgpt"),
    "anthropic": ("claude", "anthropic"),
    "google": ("gemini", "gemma"),
}
"""Words that show whose page it is where no name of a model does."""
_MODELS: Final = {
    "openai": re.compile(r"(?:openai[\s:/]+)?(?:(?:chat)?gpt\b|chatgpt|o[0-9]{1,2}\b)"),
    "anthropic": re.compile(r"(?:anthropic[\s:/]+)?claude\b"),
    "google": re.compile(r"(?:google[\s:/]+)?(?:gemini|gemma)\b"),
}
"""How the names of a vendor's own models begin, lower case."""
_MODELS_LIST: Final = ('"pricing"', '"completion"')


@lru_cache(maxsize=8)
def read_page(data: bytes, vendor: str) -> tuple[Table, ...] | Refusal:
    """The tables of a page of `vendor` in order, or why there are none.

    Pure; the last pages are kept, because every model on a page is read from the same bytes.
    """
    if len(data) > MAX_PAGE:
        return refuse(Reason.UNKNOWN_LAYOUT, f"{len(data)} bytes; no page above {MAX_PAGE} is read")
    text = decode(data)
    lowered = text.lower()
    if not lowered.strip():
        return refuse(Reason.UNKNOWN_LAYOUT, "the page is empty")
    if any(mark in f"\n{lowered}" for mark in _HARD_WALL):
        return refuse(Reason.BOT_WALL)
    if tags_too_deep(text) or too_much(text):
        return refuse(Reason.UNKNOWN_LAYOUT, "more lines, cells or nested tags than a price page has")
    if lowered.lstrip().startswith(("{", "[")) and all(key in lowered for key in _MODELS_LIST):
        return refuse(Reason.OTHER_PAGE, "it is a models list in JSON")
    tables, language = _tables(text)
    if not any(table.rows for table in tables):
        if any(table.cut for table in tables):
            return refuse(Reason.TRUNCATED)
        return refuse(Reason.BOT_WALL if _SOFT_WALL.search(lowered) else Reason.UNKNOWN_LAYOUT, "no table on the page")
    if whose := _stranger(tables, lowered, vendor):
        return refuse(Reason.OTHER_PAGE, whose)
    if language and language.split("-")[0] != "en":
        return refuse(Reason.LOCALE, f"lang={language}")
    if odd := _stated_unit(lowered, _PER_OTHER) or _stated_unit(lowered, _IN_OTHER):
        return refuse(Reason.WRONG_UNIT, odd)
    return tuple(tables)


def _stranger(tables: Sequence[Table], lowered: str, vendor: str) -> str | None:
    """What shows that the page is not the vendor's, or None if it is.

    The names in its tables decide: one of another vendor's models makes it a comparison or another's page. Where they
    name nobody's, the vendor must be the one the page speaks of most.
    """
    named = {name: [own for own in _model_names(tables) if pattern.match(own)] for name, pattern in _MODELS.items()}
    others = [own for name, names in named.items() if name != vendor for own in names]
    if others:
        return f"it prices {others[0]}"
    spoken = {name: sum(lowered.count(word) for word in words) for name, words in VENDORS.items()}
    most = max(spoken, key=lambda name: spoken[name])
    if named[vendor] or (spoken[vendor] > 0 and spoken[vendor] == spoken[most]):
        return None
    return f"it speaks of {most}" if spoken[most] else f"nothing on it names {vendor}"


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


def _tables(text: str) -> tuple[list[Table], str | None]:
    """Tables and language; the other reading is tried when the likelier one finds no table."""
    head = text[:20_000]
    if _DOCUMENT.match(head) or (head.lstrip().startswith("<") and not _JSX.search(head)):
        tree = parse_html(text)
        tables = html_tables(tree, text)
        # Only a piece that has no table of its own to hide may be Markdown behind a first tag.
        if not tables and not _DOCUMENT.match(head) and not _HTML_TABLES.search(text):
            tables = markdown_tables(text)
        return tables, html_language(tree)
    tables = markdown_tables(text)
    if not tables and _HTML_TABLES.search(text):
        tree = parse_html(text)
        return html_tables(tree, text), html_language(tree)
    return tables, None

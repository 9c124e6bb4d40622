"""A vendor's page: bytes to tables, or the reason why it is no such page."""

import re
from dataclasses import dataclass
from typing import Final

from oracle_node.sources.markdown import markdown_tables
from oracle_node.sources.markup import html_language, html_tables, parse_html
from oracle_node.sources.plain import decode
from oracle_node.sources.reading import Reason, Refusal, refuse
from oracle_node.sources.tables import Table

_JSX = re.compile(r"=\{\s*[\[{]|^\s*import\s+\{|\bclassName=|\bclient:load\b", re.MULTILINE)
_HARD_WALL = re.compile(
    r"_cf_chl_opt|challenge-error-text|<title>\s*just a moment|px-captcha|^title:\s*just a moment", re.I | re.M
)
_SOFT_WALL = re.compile(
    r"enable javascript and cookies|just a moment\.\.\.|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"checking your browser|"
    r"attention required|access denied|unusual traffic|cdn-cgi/challenge|captcha|datadome|incapsula|are you a robot|"
    r"returned error 4\d\d|returned error 5\d\d|403 forbidden|429 too many",
    re.IGNORECASE,
)
_PER_OTHER = re.compile(
    r"\b(?:prices?|pricing|rates?|costs?)\b[^.\n|<>]{0,40}\bper\s+(?:1\s?K|1,000(?!,)|1000|thousand|one\s+thousand|billion|1\s?B)\s+"
    r"(?:\w+\s+)?tokens?\b",
    re.IGNORECASE,
)
_IN_OTHER = re.compile(
    r"\b(?:prices?|pricing|rates?|amounts?)\b[^.\n|<>]{0,40}\bin\s+(?:EUR|euros?|GBP|pounds?|JPY|yen|CNY|RMB|INR|rupees|KRW|CHF|CAD|"
    r"AUD|BRL|(?:US\s+)?cents)\b",
    re.IGNORECASE,
)
VENDORS: Final = {
    "openai": re.compile(r"\bgpt-?\d|\bopenai\b|\bchatgpt\b", re.IGNORECASE),
    "anthropic": re.compile(r"\bclaude\b|\banthropic\b", re.IGNORECASE),
    "google": re.compile(r"\bgemini\b|\bgemma\b", re.IGNORECASE),
}
"""Words that show whose page it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that could be read."""

    tables: tuple[Table, ...]
    """Its tables in order."""
    text: str
    """Its source."""


def read_page(data: bytes, vendor: str) -> Page | Refusal:
    """The tables of a page of `vendor`, or why there are none."""
    text = decode(data)
    if not text.strip():
        return refuse(Reason.UNKNOWN_LAYOUT, "the page is empty")
    if _HARD_WALL.search(text):
        return refuse(Reason.BOT_WALL)
    try:
        tables, language = _tables(text)
    except RecursionError:
        return refuse(Reason.UNKNOWN_LAYOUT, "nested too deeply")
    if not any(table.rows for table in tables):
        if any(table.cut for table in tables):
            return refuse(Reason.TRUNCATED)
        return refuse(Reason.BOT_WALL if _SOFT_WALL.search(text) else Reason.UNKNOWN_LAYOUT, "no table on the page")
    if language and language.split("-")[0] != "en":
        return refuse(Reason.LOCALE, f"lang={language}")
    if odd := _PER_OTHER.search(text) or _IN_OTHER.search(text):
        return refuse(Reason.WRONG_UNIT, odd.group(0))
    whose = {name: len(pattern.findall(text)) for name, pattern in VENDORS.items()}
    if max(whose.values()) > 0 and whose[vendor] == 0:
        return refuse(Reason.OTHER_PAGE, f"it speaks of {max(whose, key=lambda name: whose[name])}")
    return Page(tables=tuple(tables), text=text)


def _tables(text: str) -> tuple[list[Table], str | None]:
    """Tables and language; the other reading is tried when the likelier one finds no table."""
    looks_html = text.lstrip().startswith("<") and not _JSX.search(text[:20_000])
    if looks_html:
        tree = parse_html(text)
        tables = html_tables(tree, text)
        return (tables or markdown_tables(text)), html_language(tree)
    tables = markdown_tables(text)
    if not tables and re.search(r"<table|<astro-island", text, re.IGNORECASE):
        tree = parse_html(text)
        return html_tables(tree, text), html_language(tree)
    return tables, None

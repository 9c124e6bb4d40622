"""Text out of bytes, Markdown and HTML: one spelling for what looks the same to a reader."""

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

MAX_BYTES: Final = 5_000_000
"""No more of a models list is read; the largest recorded one has 1.3 MB."""
MAX_PAGE: Final = 3_000_000
"""A larger page of a vendor is not read; the largest recorded one has 0.6 MB."""
MAX_CELL: Final = 5_000
"""No more characters of one cell or line are looked at."""
_MANY_BRACKETS: Final = 20_000
_MAX_LINES: Final = 50_000
_MAX_MARKS: Final = 60_000
_MARKS: Final = (b"|", b"<", b"[", b"`", b"{")
"""A page of 3,000 lines and 12,000 such marks is the largest recorded one."""
_MAX_DEPTH: Final = 200
_MAX_TAGS: Final = 5_000
_TAG_EDGE = re.compile(
    r"</|<(?!(?:br|hr|img|input|link|meta|source|col|path|wbr|area|base|embed|circle|rect|use)\b)[a-z]", re.IGNORECASE
)

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SUPERSCRIPTS = re.compile("[\u00b9\u00b2\u00b3\u2070-\u207f\u2080-\u208e\u2020\u2021]")
_PLAIN = re.compile(r"[A-Za-z0-9 .,$/%()+:-]*")
"""Text without anything that Markdown or HTML could mean; most cells are no more."""
_CODE = re.compile(r"(`{1,3})(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
"""Pairs only: a mark that is alone is drawn, and `$2`5` is not 25."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)")
_NOTE_MARK = re.compile(r"\[\^[^\]]*\]|\\?\[[0-9]{1,2}\\?\]|\\?\[\*+\\?\]")
_STRUCK = re.compile(r"~~.*?~~")
_GONE_TAG = re.compile(
    r"<(sup|s|del|strike|script|style|svg|template)\b(?:\s[^<>]*)?>.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}", re.DOTALL)
_BREAK_TAG = re.compile(r"</?(?:br|hr|p|div|li|ul|small|td|tr)\b(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_JSON_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~$-])")


def decode(data: bytes) -> str:
    """The bytes as text: UTF-8 with or without a mark; what is not UTF-8 becomes the replacement character."""
    return data[:MAX_BYTES].decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def nested_too_deep(text: str) -> bool:
    """Whether JSON nests so deep that decoding it could exhaust the stack, whatever the recursion limit is set to."""
    if text.count("[") + text.count("{") < _MANY_BRACKETS:
        return False
    depth = 0
    for found in _JSON_BRACKET.finditer(text):
        if found.group(0) in "[{":
            depth += 1
            if depth > _MAX_DEPTH:
                return True
        elif found.group(0) in "]}":
            depth -= 1
    return False


def said_once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """A JSON object whose key that comes twice with two values has none: readers differ in which one they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        for key, value in pairs:
            if found[key] != value:
                found[key] = None
    return found


def too_much(data: bytes) -> bool:
    """Whether a page has more lines or marks than a price page could: the work on each of them is what costs time."""
    lines = max(data.count(b"\n"), data.count(b"\r"))
    return lines > _MAX_LINES or sum(data.count(mark) for mark in _MARKS) > _MAX_MARKS


def tags_too_deep(text: str) -> bool:
    """Whether HTML nests so deep that building its tree would take time quadratic in its size."""
    if text.count("<") < _MANY_BRACKETS:
        return False
    depth = 0
    for found in _TAG_EDGE.finditer(text):
        depth = max(0, depth - 1) if found.group(0) == "</" else depth + 1
        if depth > _MAX_TAGS:
            return True
    return False


def squeeze(text: str) -> str:
    """Drop invisible characters, make every run of white space one blank, and trim."""
    if text.isascii():
        return " ".join(text.split())
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def words_of(fragment: str) -> str:
    """The words a reader sees in a cell of Markdown or inline HTML.

    Links keep their label; footnote marks, superscripts, struck text, comments and tags go; entities and backslash
    escapes become what they stand for; a line break becomes a blank.
    """
    if _PLAIN.fullmatch(fragment) and len(fragment) <= MAX_CELL:
        return squeeze(fragment)
    text = _COMMENT.sub("", fragment[:MAX_CELL])
    text = _STRUCK.sub(" ", _GONE_TAG.sub("", text))
    text = _TAG.sub("", _BREAK_TAG.sub(" ", text))
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = html.unescape(_ESCAPE.sub(r"\1", _NOTE_MARK.sub("", text)))
    return tidy(_EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", _CODE.sub(r"\2", text))))


def tidy(text: str) -> str:
    """Text without superscript characters and footnote marks, in one spelling of white space and accents."""
    if text.isascii() and "[" not in text:
        return squeeze(text)
    return squeeze(unicodedata.normalize("NFC", _NOTE_MARK.sub("", _SUPERSCRIPTS.sub("", text))))


def fold(text: str) -> str:
    """Lower case without the marks of emphasis around it, for comparing labels."""
    return squeeze(text).strip("*_` :").casefold()

"""One cell of a price table to an exact price, or the reason it holds none.

Only USD per 1M tokens is a price. Anything the grammar does not know refuses: a word, another currency, another unit,
two figures without labels that tell them apart (rules 4, 5 and 6 of what counts as the standard output price).
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from oracle_node.sources.dates import in_force, without_dates
from oracle_node.sources.reading import HIGHEST_USD, Reason, Refusal, refuse

_NUMBER: Final = r"[0-9]{1,6}(?:\.[0-9]{1,12})?|\.[0-9]{1,12}"
_FIGURE = re.compile(rf"(?:US\s?|USD\s?)?\$\s?({_NUMBER})(?![0-9,.]*[0-9]|\.|,(?!\s*[a-z(]))", re.IGNORECASE)
_WHOLE_USD = re.compile(rf"(?:USD\s?({_NUMBER})|({_NUMBER})\s?USD)\b(.*)", re.IGNORECASE | re.DOTALL)
_BARE = re.compile(rf"({_NUMBER})(?:\s?\*+)?")
_PER_MTOK = re.compile(
    r"(?:/|\bper\b)\s*(?:1\s?)?(?:M\s?Tok(?:en)?s?|(?:M|1,000,000|million|one\s+million|1000000)\s+(?:(?:output|text)\s+)?"
    r"tok(?:en)?s?)\b",
    re.IGNORECASE,
)
_ANY_CURRENCY = re.compile(
    r"[\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20b4\u20aa\u20ab\u0e3f]|"
    r"\b(?:R|A|AU|C|CA|NZ|HK|NT|S|SG|MX|Z)\$|\b(?:EUR|GBP|JPY|CNY|RMB|INR|KRW|BRL|CAD|AUD|CHF|SEK|CCU|"
    r"euros?|pounds?|yen|yuan|cents?|credits?)\b"
)
_OTHER_UNIT = re.compile(
    r"(?:/|\bper\b)\s*(?:(?:1\s?K|1,000(?!,)|thousand|1000)\b|token\b|1\s?B\b|billion|(?:[0-9.,]+\s?[KM]?\s+)?"
    r"(?:characters?|chars?|images?|seconds?|sec|minutes?|min|hours?|requests?|calls?|songs?|pages?|sessions?|days?)\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*,?\s*\(([^()]*)\)")
_BAND = re.compile(
    r"(<=|\u2264|>=|\u2265|<|>|\bup to\b|\bover\b|\babove\b|\bunder\b|\bbelow\b|\bmore than\b|\bless than\b|"
    r"\bat most\b|\bgreater than\b)\s*(?:[0-9][0-9,.]*\s?[KM]|[0-9][0-9,]{3,})\b",
    re.IGNORECASE,
)
_LOWER: Final = frozenset({"<=", "\u2264", "<", "up to", "under", "below", "less than", "at most"})
_BAND_WORDS = re.compile(
    r"\b(?:for|with|prompts?|requests?|inputs?|tokens?|context|length|window|in|of)\b", re.IGNORECASE
)
_FOOTNOTE = re.compile(r"[\s,;.*\u2020]+|\band\b", re.IGNORECASE)


def band_of(text: str) -> str | None:
    """`lower` or `upper` if the text names one band of the context length, else None."""
    sides = {"lower" if " ".join(m.group(1).lower().split()) in _LOWER else "upper" for m in _BAND.finditer(text)}
    lowered = text.casefold()
    if "short context" in lowered:
        sides.add("lower")
    if "long context" in lowered:
        sides.add("upper")
    return "upper" if "upper" in sides else "lower" if sides else None


def foreign_unit(text: str) -> str | None:
    """The first sign of another currency or unit in a header or note, or None."""
    found = _ANY_CURRENCY.search(text) or _OTHER_UNIT.search(text)
    return found.group(0) if found else None


def has_foreign_currency(text: str) -> bool:
    """Whether the text names a currency other than the US dollar."""
    return _ANY_CURRENCY.search(text) is not None


def says_per_mtok(text: str) -> bool:
    """Whether the text states a unit of one million tokens."""
    return _PER_MTOK.search(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """One dollar figure of a cell."""

    amount: Decimal
    """USD, as written."""
    label: str
    """What stands in parentheses right behind it, lower case."""
    rest: str
    """The other text up to the next figure."""


def cell_price(cell: str, *, header: str = "", on: date, unit_known: bool = True) -> Decimal | Refusal:
    """Read the price of one output cell.

    `header` is the column's own heading, which may carry currency and unit; `on` decides dated figures; `unit_known`
    says that the page states 1M tokens elsewhere. Returns USD per 1M output tokens, exact.
    """
    if not re.search(r"[0-9]", cell):
        return refuse(Reason.NO_PRICE, cell or "empty cell")
    foreign = _ANY_CURRENCY.search(cell) or foreign_unit(header)
    if foreign:
        return refuse(Reason.WRONG_UNIT, f"{header}: {cell}")
    figures = _figures(cell, dollars_in_header="$" in header or "usd" in header.casefold())
    if not figures:
        return refuse(Reason.NO_PRICE if re.search(r"^\W*-\s*\$?[0-9]|\$\s*-", cell) else Reason.WRONG_UNIT, cell)
    chosen = _choose(figures, on, cell)
    if isinstance(chosen, Refusal):
        return chosen
    if not (unit_known or says_per_mtok(cell) or says_per_mtok(header)):
        return refuse(Reason.WRONG_UNIT, f"no unit beside {cell}")
    return chosen.amount if chosen.amount <= HIGHEST_USD else refuse(Reason.WRONG_UNIT, cell)


def _figures(cell: str, *, dollars_in_header: bool) -> list[_Figure]:
    starts = list(_FIGURE.finditer(cell))
    if not starts:
        whole = _WHOLE_USD.fullmatch(cell.strip())
        bare = _BARE.fullmatch(cell.strip()) if dollars_in_header else None
        if whole:
            return [_figure(whole.group(1) or whole.group(2), whole.group(3))]
        return [_figure(bare.group(1), "")] if bare else []
    if cell.count("$") != len(starts) or cell[: starts[0].start()].strip():
        return []
    ends = [m.start() for m in starts[1:]] + [len(cell)]
    return [_figure(m.group(1), cell[m.end() : end]) for m, end in zip(starts, ends, strict=True)]


def _figure(number: str, tail: str) -> _Figure:
    tail = re.sub(r"^\s?USD\b", "", tail)
    unit = _PER_MTOK.match(tail.strip())
    rest = tail.strip()[unit.end() :] if unit else tail
    label = _LABEL.match(rest)
    if label and band_of(label.group(1)) is None:
        return _Figure(amount=Decimal(number), label=label.group(1).strip().casefold(), rest=rest[label.end() :])
    return _Figure(amount=Decimal(number), label="", rest=rest)


def _choose(figures: list[_Figure], on: date, cell: str) -> _Figure | Refusal:
    """The one figure that counts: labelled text if any is labelled, in force, of the lower band."""
    left = figures
    if any(f.label for f in left):
        left = [f for f in left if re.search(r"\btext\b", f.label)]
        if not left:
            return refuse(Reason.NOT_TEXT, cell)
        left = [_Figure(amount=f.amount, label="", rest=_before_aside(f.rest)) for f in left]
    left = [f for f in left if in_force(f.rest, on)]
    if not left:
        return refuse(Reason.NOT_IN_FORCE, cell)
    if any(band_of(f.rest) for f in left):
        if not all(band_of(f.rest) for f in left):
            return refuse(Reason.AMBIGUOUS, cell)  # a figure without a band beside one with it: `$1$.00, <= 200k`
        left = [f for f in left if band_of(f.rest) == "lower"]
    if len(left) != 1:
        return refuse(Reason.AMBIGUOUS if left else Reason.NO_PRICE, cell)
    rest = left[0].rest
    if _unexplained(rest):
        return refuse(Reason.WRONG_UNIT if foreign_unit(rest) or "/" in rest else Reason.UNKNOWN_LAYOUT, cell)
    return left[0]


def _before_aside(rest: str) -> str:
    """Behind a labelled figure, text about what an image is equivalent to does not belong to it."""
    return re.sub(r"\s*\bequivalent to\s*$", "", rest, flags=re.IGNORECASE)


def _unexplained(rest: str) -> str:
    """What is left of the text behind a figure once its unit, band, dates and footnote marks are taken away."""
    text = _PER_MTOK.sub(" ", without_dates(rest), count=1)
    text = re.sub(r"\(\s*\)", " ", _BAND_WORDS.sub(" ", _BAND.sub(" ", text)))
    return _FOOTNOTE.sub("", text)

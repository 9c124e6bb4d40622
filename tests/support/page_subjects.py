"""Real pages with what they state: the subjects of the fuzz test, and what a mutation of one gives.

Truths come from `tests/oracle_node/recorded_prices.json` for recorded pages, from the list itself for models lists, and
from the cases of `test_sources_pages.py` for the sample pages. A model whose price the simple reading of
`page_statements` does not find stays out of the fuzz.
"""

import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from support.page_statements import Grid, Span, Statement, grids, rows_named, statements

ROOT = Path(__file__).parents[2]
RECORDED = ROOT.parent / "shared" / "data"
SAMPLES = ROOT / "tests" / "oracle_node" / "pages"
Allowed = frozenset[Decimal | None]
REFUSED: Allowed = frozenset({None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One model on one page as it is."""

    page: str
    """Its file, for the message of a failure."""
    provider: str
    """Whose page it is."""
    on: date
    """The UTC day it is read for."""
    text: str
    """The page."""
    model: str
    """The model asked for."""
    price: Decimal | None
    """What the page states, USD per 1M output tokens; None where it states no standard price."""
    stated: tuple[Statement, ...]
    """Every place that states it."""

    @property
    def kept(self) -> Allowed:
        """What may be read from a page that is damaged elsewhere."""
        return frozenset({self.price, None})

    @property
    def same(self) -> Allowed:
        """What must be read from a page that says the same in another way."""
        return frozenset({self.price})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """A changed page and its truth."""

    data: bytes
    """The page."""
    allowed: Allowed
    """What may be read; None is a refusal."""


Edit = tuple[int, int, str]
Mutation = Callable[[Subject, random.Random], Mutated | None]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with each span replaced; spans do not overlap."""
    for start, end, new in sorted(set(edits), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def changed(subject: Subject, edits: Iterable[Edit], allowed: Iterable[Decimal | None]) -> Mutated:
    """The subject's page with the edits."""
    return Mutated(data=edited(subject.text, edits).encode(), allowed=frozenset(allowed))


@cache
def subjects() -> tuple[Subject, ...]:
    """Every model of the sample pages and, where they are beside the checkout, of the recorded ones."""
    listed = json.loads((ROOT / "tests" / "oracle_node" / "recorded_prices.json").read_text())
    found = list(_samples())
    if RECORDED.is_dir():
        for page, prices in listed.items():
            path = RECORDED / "pricing_pages" / page
            found += _on_page(path, page.split("/")[0], date.fromisoformat(path.name[:10]), prices)
        for path in sorted((RECORDED / "openrouter" / "models").glob("2026-0[1-7]-[02]*.json"))[:8]:
            found += _on_page(path, "openrouter", date(2026, 7, 1), _list_prices(path))
    return tuple(found)


def _samples() -> Iterable[Subject]:
    from oracle_node.sources import Price, read

    # The samples' truths are the cases of test_sources_pages.py; here they are read once more and must be stated.
    named = {
        "anthropic.md": ("anthropic", ("claude-opus-4-8", "claude-haiku-4-4", "claude-opus-4-1", "claude-fast-1")),
        "google.html": ("google", ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-batch")),
        "google.reader.md": ("google", ("gemini-2.5-pro", "gemini-opened", "gemini-picture")),
        "openai_islands.html": ("openai", ("gpt-5.6-luna", "gpt-4.1", "gpt-fast-only")),
        "openai_reader.md": ("openai", ("gpt-5.5", "gpt-5.4-mini", "gpt-5.3-codex", "o3-deep-research")),
        "openai_source.mdx.md": ("openai", ("gpt-5.6-luna", "gpt-5.5", "gpt-4.1", "house-batch-only")),
        "openrouter.json": ("openrouter", ("openai/gpt-4.1", "house/paid", "house/zero")),
    }
    for page, (provider, models) in named.items():
        path = SAMPLES / page
        readings = {model: read(provider, path.read_bytes(), model, date(2026, 7, 20)) for model in models}
        prices = {model: r.usd_per_mtok if isinstance(r, Price) else "none" for model, r in readings.items()}
        yield from _on_page(path, provider, date(2026, 7, 20), prices)


def _list_prices(path: Path) -> dict[str, str]:
    """Some models of a recorded list: the plain ones that no other entry shares a slug with, in USD per 1M tokens."""
    entries = json.loads(path.read_text())["data"]
    slugs = [name for entry in entries for name in {entry["id"], entry.get("canonical_slug")}]
    plain = [entry for entry in entries if not re.search(r"^~|:", entry["id"]) and slugs.count(entry["id"]) == 1]
    prices = {entry["id"]: Decimal(entry["pricing"]["completion"]) * 1_000_000 for entry in plain[3::37]}
    return {name: f"{price.normalize():f}" for name, price in prices.items() if price > 0}


def _on_page(path: Path, provider: str, on: date, prices: dict[str, str]) -> list[Subject]:
    text = path.read_text(encoding="utf-8", errors="replace")
    found = []
    for model, price in prices.items():
        stated = re.fullmatch(r"[0-9.]+", price) is not None
        where = statements(text, provider, model, Decimal(price)) if stated else []
        if {each.grid.form for each in where} == {"html"} and "<astro-island" in text and path.parent != SAMPLES:
            continue  # its island states it too, in a shape that the simple reading does not find
        if where or not stated:
            value = Decimal(price) if stated else None
            asked = {"provider": provider, "on": on, "text": text, "model": model, "price": value}
            found.append(Subject(page=path.name, stated=tuple(where), **asked))  # type: ignore[arg-type]
    return found


def own_rows(subject: Subject, text: str) -> list[Span]:
    """Every row that names the model, wherever it stands."""
    own = [each.row.span for each in subject.stated] + [each.name for each in subject.stated]
    if subject.provider not in ("google", "openrouter"):
        own += [row.span for _, row, _ in rows_named(text, subject.model, subject.provider, grids_of(text))]
    return own


@cache
def grids_of(text: str) -> list[Grid]:
    return grids(text)


def unless_named(subject: Subject, found: Mutated) -> Mutated | None:
    """Damage that makes another row the model's is a page with a new truth: left to `named_twice`, which knows it."""
    if subject.provider in ("google", "openrouter"):
        return found
    text = found.data.decode("utf-8", errors="replace")
    now = len(rows_named(text, subject.model, subject.provider, grids(text)))
    before = len(rows_named(subject.text, subject.model, subject.provider, grids_of(subject.text)))
    return found if now <= before else None

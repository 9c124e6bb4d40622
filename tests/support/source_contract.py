"""What every page family must pass, whoever wrote it."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from oracle_node.sources import Price, Reason, Refusal, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A source with a page of its own and what that states."""

    source: Source
    """What is tested."""
    page: bytes
    """A page with a standard price."""
    model: str
    """A model on it."""
    price: str
    """Its price, USD per 1M output tokens, as `Price.usd_per_mtok` writes it."""
    on: date = date(2026, 7, 20)
    """The UTC day of the observation."""


WALLS = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>Enable JavaScript</body></html>",
    b"<html><body><h1>Access denied</h1><p>You do not have permission to view this page.</p></body></html>",
)
NO_PAGES = (b"", b" \n", b"\0" * 100, b"{}", b"[]", b"<html></html>", b"404 page not found", b"\xff\xfe\x00\xd8")


def check(example: Example, others: Iterable[Example]) -> None:
    """Every point of the contract; `others` are examples of the other sources."""
    _states_its_price(example)
    _refuses_what_is_not_there(example)
    _is_total(example)
    for other in others:
        _refuses(example.source, other.page, (example.model, other.model), example.on)
        _refuses(other.source, example.page, (example.model, other.model), example.on)


def _states_its_price(example: Example) -> None:
    for data in (example.page, b"\xef\xbb\xbf" + example.page, example.page.replace(b"\n", b"\r\n")):
        reading = example.source.parse(data, example.model, example.on)
        assert isinstance(reading, Price), reading
        assert reading.usd_per_mtok == example.price
        assert reading.row
        assert example.source.parse(data, example.model, example.on) == reading


def _refuses_what_is_not_there(example: Example) -> None:
    for model in (f"{example.model}-of-nobody", "", " ", "*", "|", "\0"):
        assert isinstance(example.source.parse(example.page, model, example.on), Refusal), model
    for wall in WALLS:
        reading = example.source.parse(wall, example.model, example.on)
        assert isinstance(reading, Refusal)
        assert reading.reason in (Reason.BOT_WALL, Reason.OTHER_PAGE)
    for data in NO_PAGES:
        assert isinstance(example.source.parse(data, example.model, example.on), Refusal), data


def _is_total(example: Example) -> None:
    rng = random.Random(7)
    size = len(example.page)
    for _ in range(150):
        reading = example.source.parse(rng.randbytes(rng.randrange(300)), example.model, example.on)
        assert isinstance(reading, Price | Refusal)
        cut = example.source.parse(example.page[: rng.randrange(size)], example.model, example.on)
        assert isinstance(cut, Refusal) or cut.usd_per_mtok == example.price
        start, end = sorted(rng.randrange(size) for _ in range(2))
        holed = example.page[:start] + rng.randbytes(3) + example.page[end:]
        assert isinstance(example.source.parse(holed, example.model, example.on), Price | Refusal)
    for on in (date.min, date.max):
        assert isinstance(example.source.parse(example.page, example.model, on), Price | Refusal)


def _refuses(source: Source, page: bytes, models: Iterable[str], on: date) -> None:
    for model in models:
        reading = source.parse(page, model, on)
        assert isinstance(reading, Refusal), (source.provider, model, reading)

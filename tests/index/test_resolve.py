"""A price and a status for each model: the hierarchy of sources, first that applies."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from support.index_files import DAY, back

from ifx_index.ingest import PriceList
from ifx_index.model import Model
from ifx_index.resolve import Quote, Sources, Status, resolve

A = Model("openai/gpt-a", "standard")
FREE = Model("openai/gpt-a", "free")


def listed(price: int | Fraction | None, name: str = "list", days: int = 0, model: Model = A) -> PriceList:
    """A list that gives one model a price in micro-USD per Mtok, or none."""
    prices: Mapping[Model, Fraction] = {} if price is None else {model: Fraction(price)}
    return PriceList(name=name, date=back(days), prices=prices)


def quote(price: int, status: Status, source: str, *, conflict: bool = False) -> Quote:
    """A price with its status."""
    return Quote(price=Fraction(price), status=status, conflict=conflict, source=source)


def missing(why: str) -> Quote:
    """No price."""
    return Quote(price=None, status=Status.MISSING, conflict=False, source=why)


def test_the_days_own_list_comes_first() -> None:
    """PRIMARY, whatever others say."""
    sources = Sources(date=DAY, primary=listed(8), fallback=(listed(9, "f"),), earlier=(listed(7, "e", 1),))
    assert resolve(A, sources) == quote(8, Status.PRIMARY, "list")


def test_another_source_of_the_day_comes_second() -> None:
    """FALLBACK, in the order in which fallbacks are given."""
    sources = Sources(
        date=DAY,
        primary=listed(None),
        fallback=(listed(None), listed(9, "f"), listed(10, "g")),
        earlier=(listed(7, "e", 1),),
    )
    assert resolve(A, sources) == quote(9, Status.FALLBACK, "f")


def test_the_newest_earlier_list_comes_third() -> None:
    """IMPUTED, over days whose list is gone or lacks the model."""
    sources = Sources(date=DAY, primary=None, earlier=(listed(None, "c", 1), listed(7, "d", 2), listed(6, "e", 3)))
    assert resolve(A, sources) == quote(7, Status.IMPUTED, "d")


def test_what_no_source_lists_is_missing() -> None:
    """Excluded, never zero."""
    assert resolve(A, Sources(date=DAY, primary=listed(None))) == missing("no source lists it")


@pytest.mark.parametrize(("price", "why"), [(0, "list lists it as free"), (-1, "list lists it without a price")])
def test_a_recorded_zero_or_negative_price_ends_the_search(price: int, why: str) -> None:
    """What is free, or a router, today was not bought at another source's price."""
    sources = Sources(date=DAY, primary=listed(price), fallback=(listed(9),), earlier=(listed(7, "e", 1),))
    assert resolve(A, sources) == missing(why)


def test_a_free_variant_has_no_price_whatever_is_listed() -> None:
    """Its paid sister's price is not its own, and a price on itself is a slip."""
    sources = Sources(date=DAY, primary=listed(8, model=FREE), fallback=(listed(8),))
    assert resolve(FREE, sources) == missing("a free variant")


@pytest.mark.parametrize(
    ("second", "conflict"),
    [(1_000, False), (1_005, False), (995, False), (1_006, True), (994, True), (0, True), (-1, False), (None, False)],
)
def test_a_conflict_is_more_than_half_a_percent(second: int | None, conflict: bool) -> None:
    """Exactly 0.5% is none; a source that knows no price contradicts nothing."""
    sources = Sources(date=DAY, primary=listed(1_000), second=listed(second))
    assert resolve(A, sources) == quote(1_000, Status.PRIMARY, "list", conflict=conflict)


def test_a_fallback_may_conflict_and_a_carried_price_may_not() -> None:
    """A conflict takes two sources of one day."""
    assert resolve(A, Sources(date=DAY, primary=None, fallback=(listed(9),), second=listed(8))).conflict
    assert not resolve(A, Sources(date=DAY, primary=None, earlier=(listed(9, "e", 1),), second=listed(8))).conflict


def test_the_second_source_prices_nothing() -> None:
    """It only tells conflicts; a second source that should price is given as a fallback."""
    assert resolve(A, Sources(date=DAY, primary=listed(None), second=listed(8))).status is Status.MISSING

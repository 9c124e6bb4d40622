"""The index of one company and day: value, diagnostics, quality, and contributions that add up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_index.errors import BadFigures
from ifx_index.lpi import Quality, Row, explain, measure
from ifx_index.resolve import Status

BILLION = 10**9
PRICED = (Status.PRIMARY, Status.FALLBACK, Status.IMPUTED)


def row(
    tokens: int, price: int | Fraction | None = 8_000_000, status: Status = Status.PRIMARY, *, conflict: bool = False
) -> Row:
    """A model of some tokens and price."""
    exact = None if price is None else Fraction(price)
    return Row(model=f"{tokens}/{price}/{status}", tokens=tokens, price=exact, status=status, conflict=conflict)


def hundred(part: int, status: Status = Status.PRIMARY, *, conflict: bool = False) -> list[Row]:
    """A hundred billion tokens of which some parts in a thousand are special."""
    return [row(part * BILLION // 10, 9_000_000, status, conflict=conflict), row((1_000 - part) * BILLION // 10)]


def test_the_value_weighs_prices_by_tokens() -> None:
    """60 at 8.00 and 40 at 15.00 are 10.80."""
    assert measure([row(60, 8_000_000), row(40, 15_000_000)]).value == 10_800_000


def test_nothing_is_rounded_before_publication() -> None:
    """A third stays a third; the published value is the nearest, a tie goes to even."""
    found = measure([row(1, 1), row(2, 2)])
    assert (found.value, found.value_micro) == (Fraction(5, 3), 2)
    assert [measure([row(1, low), row(1, low + 1)]).value_micro for low in (1, 2)] == [2, 2]


def test_what_has_no_price_is_excluded_and_counted() -> None:
    """MISSING, zero and negative prices lower the coverage and never the value."""
    found = measure([row(70), row(10, 0), row(10, -1), row(10, None, Status.MISSING)])
    assert (found.value, found.token_weight, found.total_tokens, found.n_models) == (8_000_000, 70, 100, 1)
    assert (found.price_coverage, found.missing_price_share) == (Fraction(7, 10), Fraction(3, 10))


def test_an_unused_model_counts_for_nothing() -> None:
    """A price without tokens moves nothing."""
    assert measure([row(0, 99), row(5)]) == measure([row(5)])


def test_used_models_without_any_price_give_no_value() -> None:
    """There is a coverage of zero, and no share of what is not there."""
    assert measure([row(5, None, Status.MISSING)]).diagnostics() == {
        "value_micro": None,
        "token_weight": 0,
        "total_tokens": 5,
        "n_models": 0,
        "price_coverage_ppm": 0,
        "missing_price_share_ppm": 1_000_000,
        "imputed_token_share_ppm": None,
        "fallback_share_ppm": None,
        "conflict_share_ppm": None,
        "quality_status": "NO_VALUE",
    }


def test_a_negative_count_is_refused() -> None:
    """No source counts fewer than no tokens."""
    with pytest.raises(BadFigures):
        measure([row(-1)])


@pytest.mark.parametrize(
    ("rows", "quality"),
    [
        (hundred(0), Quality.GOOD),
        (hundred(50, Status.MISSING), Quality.GOOD),
        (hundred(51, Status.MISSING), Quality.DEGRADED),
        (hundred(200, Status.MISSING), Quality.DEGRADED),
        (hundred(201, Status.MISSING), Quality.POOR),
        (hundred(50, Status.IMPUTED), Quality.GOOD),
        (hundred(51, Status.IMPUTED), Quality.DEGRADED),
        (hundred(250, Status.IMPUTED), Quality.DEGRADED),
        (hundred(251, Status.IMPUTED), Quality.POOR),
        (hundred(100, Status.FALLBACK), Quality.GOOD),
        (hundred(101, Status.FALLBACK), Quality.DEGRADED),
        (hundred(500, Status.FALLBACK), Quality.DEGRADED),
        (hundred(501, Status.FALLBACK), Quality.POOR),
        (hundred(20, conflict=True), Quality.GOOD),
        (hundred(21, conflict=True), Quality.DEGRADED),
        (hundred(100, conflict=True), Quality.DEGRADED),
        (hundred(101, conflict=True), Quality.POOR),
        ([row(BILLION)], Quality.GOOD),
        ([row(BILLION - 1)], Quality.DEGRADED),
        ([row(BILLION // 10)], Quality.DEGRADED),
        ([row(BILLION // 10 - 1)], Quality.POOR),
        ([], Quality.NO_VALUE),
    ],
)
def test_each_bound_of_quality_is_inclusive(rows: list[Row], quality: Quality) -> None:
    """On the bound, and one step past it."""
    assert measure(rows).quality is quality


ROWS = st.lists(
    st.builds(
        row,
        st.integers(0, 10**13),
        st.one_of(st.none(), st.fractions(min_value=-1, max_value=10**9, max_denominator=10**6)),
        st.sampled_from(Status),
        conflict=st.booleans(),
    ),
    max_size=12,
)


@given(ROWS)
def test_contributions_add_up_to_the_value_exactly(rows: list[Row]) -> None:
    """As fractions to the exact value, as micro-USD to the published one; weights to one."""
    found, parts = measure(rows), explain(rows)
    assert sum((part.contribution for part in parts), Fraction(0)) == (found.value or 0)
    assert sum(part.contribution_micro for part in parts) == (found.value_micro or 0)
    assert sum((part.weight for part in parts), Fraction(0)) == (1 if found.value is not None else 0)
    assert sum(part.row.tokens for part in parts) == found.total_tokens


@given(ROWS)
def test_shares_agree_with_each_other(rows: list[Row]) -> None:
    """Coverage and its complement are one; each share lies between nothing and everything; a value is an average."""
    found = measure(rows)
    if found.price_coverage is not None and found.missing_price_share is not None:
        assert found.price_coverage + found.missing_price_share == 1
    for share in (found.imputed_token_share, found.fallback_share, found.conflict_share):
        assert share is None or 0 <= share <= 1
    prices = [each.priced for each in rows if each.priced is not None]
    assert found.value is None or min(prices) <= found.value <= max(prices)

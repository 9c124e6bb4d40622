"""Exact numbers: what text says, without dust, and one rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_index.exact import apportion, exact_number, nearest, places18, ppm, price_per_mtok, token_count


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("0.0000006", 600_000),
        ("0.0000006000000000000001", 600_000),
        ("5.999999999999999e-7", 600_000),
        ("6e-07", 600_000),
        ("0.000015", 15_000_000),
        ("0", 0),
        ("-1", -(10**12)),
        (".000001", 1_000_000),
    ],
)
def test_a_price_is_read_without_float_dust(text: str, micro: int) -> None:
    """Twelve significant digits say every price; what follows is dust of floating point."""
    assert price_per_mtok(text) == micro


def test_a_price_may_be_finer_than_a_micro_dollar() -> None:
    """Nothing is rounded to micro-USD before publication."""
    assert price_per_mtok("0.0000001234567") == Fraction(1_234_567, 10)


@pytest.mark.parametrize("text", ["", " ", "free", "1,5", "0.1 ", "nan", "inf", "1e999", "٣", "--1", "1" * 41])
def test_no_price_is_guessed(text: str) -> None:
    """What is no plain number is no price."""
    assert price_per_mtok(text) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), ("0.7", Fraction(7, 10)), ("3/10", Fraction(3, 10)), (Decimal("0.50"), Fraction(1, 2)), ("-1", -1)],
)
def test_numbers_are_exact(value: object, number: Fraction) -> None:
    """Integers, decimals and fractions in text are what they say."""
    assert exact_number(value) == number


@pytest.mark.parametrize("value", [True, None, "1/0", "x", "1e3", [], Decimal("NaN")])
def test_anything_else_is_no_number(value: object) -> None:
    """A flag, null, or a text that is no number is refused."""
    assert exact_number(value) is None


@pytest.mark.parametrize(("value", "tokens"), [("0", 0), ("595090081549", 595_090_081_549), (7, 7)])
def test_counts_are_integers(value: object, tokens: int) -> None:
    """A count comes as an integer or as its digits."""
    assert token_count(value) == tokens


@pytest.mark.parametrize("value", ["-1", -1, "1.0", "1e9", "", True, None, "²", "9" * 31])
def test_no_count_is_guessed(value: object) -> None:
    """Neither signs nor points, nor more digits than tokens can have."""
    assert token_count(value) is None


def test_rounding_is_to_the_nearest_with_ties_to_even() -> None:
    """Micro-USD, ppm and 18 places round alike."""
    assert [nearest(Fraction(n, 2)) for n in (1, 3, 5)] == [0, 2, 2]
    assert ppm(Fraction(1, 3)) == 333_333
    assert places18(Fraction(14, 405_000_000_035)) == "0.000000000034567901"
    assert places18(Fraction(1)) == "1.000000000000000000"


@given(st.lists(st.fractions(min_value=0, max_value=10**9), min_size=1, max_size=20))
def test_apportioned_parts_add_up_to_the_rounded_sum(parts: list[Fraction]) -> None:
    """Each is within one of its exact share, and together they are the published total."""
    total = nearest(sum(parts, Fraction(0)))
    whole = apportion(parts, total)
    assert sum(whole) == total
    assert all(abs(got - exact) < 1 for got, exact in zip(whole, parts, strict=True))

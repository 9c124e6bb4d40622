"""Eq. 2 and the elasticity: what coefficients of a log-log regression mean."""

from decimal import Decimal
from fractions import Fraction

import pytest

from ifx_sdk.errors import BadValue
from ifx_sdk.regression import open_weight_price, price_ratio, spend_ratio


def test_an_open_weight_price_is_the_exponential() -> None:
    """8.54% at gamma -2.46, not 13%; the same price at gamma 0."""
    assert round(open_weight_price(), 4) == Decimal("0.0854")
    assert open_weight_price(Fraction(0)) == 1


def test_a_slope_is_percent_for_percent() -> None:
    """1% more of the benchmark goes with 0.039% more price, twice as much with 2.7%."""
    assert round((price_ratio(Fraction(101, 100)) - 1) * 100, 3) == Decimal("0.039")
    assert round((price_ratio(Fraction(2)) - 1) * 100, 1) == Decimal("2.7")
    assert price_ratio(Fraction(1)) == 1


def test_a_spend_follows_price_and_elasticity() -> None:
    """Nothing moves at -1, all of it at 0, and a cut of 46% at -1.08 raises the spend by 5.1%."""
    cut = Fraction(54, 100)
    assert spend_ratio(cut, Fraction(-1)) == 1
    assert spend_ratio(cut, Fraction(0)) == Decimal("0.54")
    assert round(spend_ratio(cut, Fraction("-1.08")), 3) == Decimal("1.051")


@pytest.mark.parametrize("ratio", [Fraction(0), Fraction(-1, 2)])
def test_a_ratio_that_is_not_above_0_is_refused(ratio: Fraction) -> None:
    """Neither a benchmark nor a price can fall to nothing in logarithms."""
    with pytest.raises(BadValue):
        price_ratio(ratio)
    with pytest.raises(BadValue):
        spend_ratio(ratio, Fraction(-1))

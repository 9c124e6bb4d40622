"""Axes and figures of the page: exact, round and honest about their sign."""

from fractions import Fraction

import pytest

from ifx_index.publish.listings import adding_up, cents
from ifx_index.publish.scale import places, round_axis, short


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        ("0", "20", [0, 5, 10, 15, 20]),
        ("10.4", "15.6", [10, 12, 14, 16]),
        ("-1.8", "2.4", [-2, 0, 2, 4]),
        ("0.36", "0.46", [Fraction(7, 20), Fraction(2, 5), Fraction(9, 20), Fraction(1, 2)]),
        ("3", "3", [Fraction(13, 5), Fraction(14, 5), 3, Fraction(16, 5), Fraction(17, 5)]),
        ("0", "0", [-1, Fraction(-1, 2), 0, Fraction(1, 2), 1]),
    ],
)
def test_an_axis_holds_its_values_between_round_ticks(low: str, high: str, ticks: list[Fraction]) -> None:
    """Steps of 1, 2 or 5 times a power of ten, few of them; one value gets room around it."""
    axis = round_axis(Fraction(low), Fraction(high), 100, 0)
    assert list(axis.ticks) == ticks
    assert axis.at(ticks[0]) == 100
    assert axis.at(ticks[-1]) == 0


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("0.05", "0.05"), ("-1.5", "-1.5"), ("2500", "2500"), ("1/3", "0.333333")]
)
def test_a_tick_has_the_places_that_it_needs(value: str, text: str) -> None:
    """And at most six."""
    assert short(Fraction(value)) == text


@pytest.mark.parametrize(
    ("value", "text"), [("12.34", "12.3"), ("-0.26", "-0.3"), ("7", "7"), ("-0.01", "0"), ("0.96", "1")]
)
def test_a_coordinate_has_at_most_one_place(value: str, text: str) -> None:
    """A file of drawings stays small, and its bytes are the same everywhere."""
    assert places(Fraction(value)) == text


@pytest.mark.parametrize(
    ("micro", "like", "text"),
    [
        (12_786_633, None, "12.79"),
        (407_152, None, "0.4072"),
        (1_005_000, None, "1.00"),
        (1_015_000, None, "1.02"),
        (-1_200, 12_786_633, "0.00"),
        (-5_800, 407_152, "-0.0058"),
        (None, None, "no value"),
    ],
)
def test_a_figure_is_rounded_to_the_nearest_ties_to_even(micro: int | None, like: int | None, text: str) -> None:
    """As many places as the value that it belongs to has; nothing is shown as minus nothing."""
    assert cents(micro, like) == text


@pytest.mark.parametrize(
    ("prices", "mix", "like", "shown"),
    [
        (4_000, -918_000, 12_000_000, (-910_000, 0, -910_000)),
        (4_000, -918_000, 999_999, (-914_000, 4_000, -918_000)),
        (5_001, 5_001, 12_000_000, (10_000, 10_000, 0)),
    ],
)
def test_shown_effects_add_up_to_the_shown_change(prices: int, mix: int, like: int, shown: tuple[int, ...]) -> None:
    """In the places of the value: the mix takes what rounding leaves."""
    assert adding_up(prices, mix, like) == shown

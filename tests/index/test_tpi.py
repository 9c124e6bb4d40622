"""The Token Price Index: the cap against an independent solution, infeasibility, quality."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_index.errors import BadFigures
from ifx_index.quality import adjusted_price, quality_ratio
from ifx_index.tpi import CAP, Flag, capped_weights, token_price_index

VOLUMES = st.lists(st.integers(0, 10**13), min_size=1, max_size=9)
CAPS = st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=40)


def by_scale(volumes: list[int], cap: Fraction) -> list[Fraction]:
    """Weights `min(c, kappa V_i)` with the one kappa for which they add up to 1, found by trying each number of caps.

    With the volumes in falling order, the k largest are capped and the rest share what they leave: the right k is the
    one for which that is consistent. It knows no rounds.
    """
    order = sorted(range(len(volumes)), key=lambda place: -volumes[place])
    for count in range(len(volumes) + 1):
        rest = sum(volumes[place] for place in order[count:])
        left = 1 - cap * count
        kappa = Fraction(left, rest) if rest else Fraction(0)
        if (rest or left == 0) and all(kappa * volumes[place] <= cap for place in order[count:]):
            return [cap if place in order[:count] else kappa * volumes[place] for place in range(len(volumes))]
    raise AssertionError("no scale fits")


@given(VOLUMES, CAPS)
def test_weights_are_the_smaller_of_the_cap_and_a_common_scale(volumes: list[int], cap: Fraction) -> None:
    """The rounds of the methodology and the one scale give the same weights."""
    found = capped_weights(volumes, cap)
    positive = sum(volume > 0 for volume in volumes)
    if positive == 0:
        assert found.flag is Flag.NO_VALUE
    elif positive * cap < 1:
        assert found.flag is Flag.CAP_INFEASIBLE
    else:
        assert found.flag is Flag.OK
        assert found.weights is not None
        assert list(found.weights) == by_scale(volumes, cap)
        assert sum(found.weights) == 1
        assert max(found.weights) <= cap
        assert found.capped is not None
        assert all(found.weights[place] == cap for place in found.capped)


def test_exactly_the_cap_is_not_capped() -> None:
    """No round, nobody listed as capped."""
    found = capped_weights([30, 30, 20, 20])
    assert (found.weights, found.rounds, found.capped) == ((CAP, CAP, Fraction(1, 5), Fraction(1, 5)), 0, ())


def test_a_cap_that_just_fits_gives_equal_weights_and_is_feasible() -> None:
    """`n c = 1` is feasible, `n c < 1` is not."""
    quarter = Fraction(1, 4)
    fits = capped_weights([97, 1, 1, 1], quarter)
    assert (fits.flag, fits.weights) == (Flag.OK, (quarter,) * 4)
    short = capped_weights([97, 1, 1, 0], quarter)
    third = Fraction(1, 3)
    assert (short.flag, short.weights, short.rounds, short.capped) == (
        Flag.CAP_INFEASIBLE,
        (third, third, third, 0),
        0,
        (),
    )


def test_an_infeasible_cap_has_a_value_and_never_settles() -> None:
    """Equal weights over whoever has volume."""
    found = token_price_index([5, 1, 0], [Fraction(8), Fraction(4), Fraction(99)], [Fraction(1)] * 3)
    assert (found.value, found.settlement_eligible) == (6, False)


def test_an_ineligible_constituent_weighs_nothing() -> None:
    """Nor does it make a cap feasible: there are three to share the weight, and three are too few."""
    found = token_price_index([5, 5, 5, 500], [Fraction(8)] * 4, [Fraction(1)] * 3 + [None])
    assert (found.weighting.flag, found.value, found.price_adj[3]) == (Flag.CAP_INFEASIBLE, 8, None)
    assert found.document()["price_adj_micro"] == [8, 8, 8, None]
    with pytest.raises(BadFigures):
        token_price_index([5, -5], [Fraction(8)] * 2, [Fraction(1), None])


def test_without_volume_only_adjusted_prices_are_left() -> None:
    """Every other figure is null."""
    found = token_price_index([0, 0], [Fraction(8), Fraction(9)], [Fraction(2), Fraction(3)])
    assert found.document() == {
        "flag": "NO_VALUE",
        "settlement_eligible": False,
        "weights": None,
        "weights_18dp": None,
        "rounds": None,
        "capped_indices": None,
        "price_adj_micro": [4, 3],
        "tpi_micro": None,
    }


@pytest.mark.parametrize(
    ("volumes", "prices", "quality", "cap"),
    [
        ([-1], [1], [1], CAP),
        ([1], [-1], [1], CAP),
        ([1], [1], [0], CAP),
        ([1], [1], [1], Fraction(0)),
        ([1, 2], [1], [1], CAP),
    ],
)
def test_impossible_figures_are_refused(
    volumes: list[int], prices: list[int], quality: list[int], cap: Fraction
) -> None:
    """Their positive twins stand in every other test."""
    with pytest.raises(BadFigures):
        token_price_index(volumes, list(map(Fraction, prices)), list(map(Fraction, quality)), cap)


def test_the_anchor_has_a_quality_of_one() -> None:
    """Scores of the reference are a ratio of exactly 1, twice as good is half as dear."""
    anchor = {"MMLU": Fraction(86), "HumanEval": Fraction(67), "GSM8K": Fraction(92)}
    assert quality_ratio(anchor) == 1
    assert adjusted_price(Fraction(8), Fraction(2)) == 4


def test_quality_is_the_mean_of_three_ratios() -> None:
    """Not the ratio of means."""
    scores = {"MMLU": Fraction(43), "HumanEval": Fraction(67), "GSM8K": Fraction(92), "other": Fraction(1)}
    assert quality_ratio(scores) == Fraction(5, 6)


@pytest.mark.parametrize("scores", [{}, {"MMLU": Fraction(86), "HumanEval": Fraction(67), "GSM8K": None}])
def test_a_missing_benchmark_makes_a_model_ineligible(scores: dict[str, Fraction | None]) -> None:
    """There is no ratio of two thirds of the benchmarks."""
    assert quality_ratio(scores) is None


@pytest.mark.parametrize("score", [Fraction(-1), Fraction(101), Fraction(0)])
def test_scores_are_percent(score: Fraction) -> None:
    """Outside 0 to 100, or nothing at all, there is no quality to divide by."""
    with pytest.raises(BadFigures):
        quality_ratio(dict.fromkeys(("MMLU", "HumanEval", "GSM8K"), score))

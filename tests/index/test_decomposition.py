"""A change is what prices did and what the mix did, and nothing else."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ifx_index.decomposition import decompose
from ifx_index.lpi import Row, measure
from ifx_index.resolve import Status


def day(**models: tuple[int, int | None]) -> list[Row]:
    """Rows by model: tokens and price in micro-USD per Mtok."""
    return [
        Row(
            model=name,
            tokens=tokens,
            price=None if price is None else Fraction(price),
            status=Status.MISSING if price is None else Status.PRIMARY,
        )
        for name, (tokens, price) in models.items()
    ]


def test_prices_that_stand_still_leave_a_pure_mix_effect() -> None:
    """The index moves although no price did."""
    found = decompose(day(a=(60, 8), b=(40, 15)), day(a=(40, 8), b=(60, 15)))
    assert (found.price_effect, found.mix_effect) == (0, Fraction(14, 10))


def test_a_mix_that_stands_still_leaves_a_pure_price_effect() -> None:
    """Whatever the totals are."""
    found = decompose(day(a=(60, 8), b=(40, 15)), day(a=(600, 4), b=(400, 15)))
    assert (found.price_effect, found.mix_effect) == (Fraction(-24, 10), 0)


def test_coming_and_going_is_mix() -> None:
    """A model that was not there, or is not any more, had no other price then."""
    found = decompose(day(a=(50, 8), gone=(50, 20)), day(a=(50, 8), new=(50, 30)))
    assert (found.price_effect, found.mix_effect) == (0, 5)


def test_a_listed_model_that_was_not_used_keeps_its_own_price() -> None:
    """It cost something before it was bought."""
    found = decompose(day(a=(10, 8), b=(0, 20)), day(a=(5, 8), b=(5, 10)))
    assert (found.price_effect, found.mix_effect) == (Fraction(-5, 2), Fraction(7, 2))


def test_without_both_values_there_are_no_effects() -> None:
    """Nothing is explained that is not there."""
    found = decompose(day(a=(10, None)), day(a=(10, 8)))
    assert found.document() == {"index_prev": None, "index_now": 8, "price_effect": None, "mix_effect": None}
    assert found.published() == found.document()


MODELS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 10**12), st.none() | st.integers(-1, 10**8)), max_size=6
)


@given(MODELS, MODELS)
def test_the_effects_add_up_to_the_change_exactly(
    before: dict[str, tuple[int, int | None]], now: dict[str, tuple[int, int | None]]
) -> None:
    """As fractions, and as published integers."""
    found = decompose(day(**before), day(**now))
    first, last = measure(day(**before)).value, measure(day(**now)).value
    if first is None or last is None:
        assert found.price_effect is found.mix_effect is None
        return
    assert found.price_effect is not None
    assert found.mix_effect is not None
    assert found.price_effect + found.mix_effect == last - first
    shown = found.published()
    assert (shown["price_effect"] or 0) + (shown["mix_effect"] or 0) == round(last) - round(first)
    assert abs((shown["mix_effect"] or 0) - found.mix_effect) < 2

"""The paper's claims beside what holds: margin, market maker, participants."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.errors import BadPrice, BadValue, MalformedVectors
from ifx_sdk.hedging.margin import initial_margin, rate_text
from ifx_sdk.hedging.market_maker import MakerBook
from ifx_sdk.hedging.participants import PARTICIPANTS, SPOT
from ifx_sdk.hedging.plan import make_plan
from ifx_sdk.hedging.vectors import check_margin

TRILLION = 1_000_000
PAPER = MakerBook(spot=8_000_000, price=7_450_000, indicative=7_450_000, quantity=TRILLION)


def test_eq_7_gives_69_percent_of_the_paper() -> None:
    """alpha 1.5, delta 0.46: it covers the paper's cuts of 25%, 46% and 67%, and no rise to four times."""
    found = initial_margin(price=8_000_000, quantity=TRILLION)
    assert (found.amount, found.notional, found.rate_bps) == (5_520_000_000_000, 8_000_000_000_000, Decimal(6_900))
    assert found.covers == Fraction(69, 100)
    assert [found.covered(1 - Fraction(cut, 100)) for cut in (25, 46, 67, 69, 70)] == [True, True, True, True, False]
    assert not found.covered(Fraction(250, 60))


@pytest.mark.parametrize("percent", [8, 15])
def test_8_to_15_percent_covers_none_of_the_papers_cuts(percent: int) -> None:
    """Not the smallest of them (errata, row 20)."""
    found = initial_margin(price=8_000_000, quantity=TRILLION, alpha_bps=10_000, delta_bps=percent * 100)
    assert not any(found.covered(1 - Fraction(cut, 100)) for cut in (25, 46, 50, 67))
    assert found.covered(1 - Fraction(percent, 100))


@given(
    st.integers(1, 2**39), st.integers(1, 2**40), st.integers(0, 10**5), st.integers(0, 10**4), st.integers(0, 2**80)
)
def test_a_margin_is_the_ceiling_of_eq_7(price: int, quantity: int, alpha: int, delta: int, floor: int) -> None:
    """Never a micro less than the formula, never a whole one more, and never below the floor."""
    exact = Fraction(alpha * delta * price * quantity, 10**8)
    found = initial_margin(price=price, quantity=quantity, alpha_bps=alpha, delta_bps=delta, floor=floor)
    raw = initial_margin(price=price, quantity=quantity, alpha_bps=alpha, delta_bps=delta).amount
    assert 0 <= raw - exact < 1
    assert found.amount == max(raw, floor)
    assert (found.rate_bps is None) == (floor > raw)


@pytest.mark.parametrize(
    "wrong", [{"price": 0}, {"quantity": 0}, {"alpha_bps": -1}, {"floor": -1}, {"delta_bps": True}]
)
def test_a_margin_of_nothing_is_refused(wrong: dict[str, int]) -> None:
    """Price and quantity are above 0, the others at least 0."""
    with pytest.raises(BadValue):
        initial_margin(**({"price": 1, "quantity": 1} | wrong))
    assert initial_margin(price=1, quantity=1, alpha_bps=0, floor=0).amount == 0


@pytest.mark.parametrize(("rate", "text"), [("6900", "6900"), ("6900.50", "6900.5"), ("0", "0"), ("0.0001", "0.0001")])
def test_a_rate_is_plain_text(rate: str, text: str) -> None:
    """No exponent, no zeros behind; None where the floor binds."""
    assert rate_text(Decimal(rate)) == text
    assert rate_text(None) is None


VECTOR = {
    "id": "M",
    "type": "eq7",
    "inputs": {"s_t": 8_000_000, "n_mtok": 1, "alpha_bps": 15_001, "delta_bps": 4_600, "m_floor": 0},
    "expected": {"initial_margin": 5_520_368, "pct_of_notional_bps": "6900.46"},
}


def test_a_margin_vector_is_checked() -> None:
    """An exact rate that is no whole number of basis points; a floor; what it does not know is a mismatch."""
    assert check_margin(VECTOR) == []
    floor = VECTOR | {"inputs": {**VECTOR["inputs"], "m_floor": 5_520_369}}  # type: ignore[dict-item]
    assert [each.key for each in check_margin(floor)] == ["initial_margin", "pct_of_notional_bps"]
    assert [each.key for each in check_margin(VECTOR | {"type": "eq8"})] == ["type"]
    more = VECTOR | {"inputs": {**VECTOR["inputs"], "beta": 1}}  # type: ignore[dict-item]
    assert [each.key for each in check_margin(more)] == ["inputs.beta"]
    for key, value in (("s_t", 0), ("alpha_bps", -1), ("m_floor", 1.5)):
        with pytest.raises(MalformedVectors, match=key):
            check_margin(VECTOR | {"inputs": {**VECTOR["inputs"], key: value}})  # type: ignore[dict-item]


def test_the_backstop_locks_in_a_loss() -> None:
    """550,000 for each 1T at F_ind 7.45, and half the fee on top, at every price within the cap."""
    assert PAPER.as_the_paper_says == -550_000_000_000
    for settlement in (0, 4_320_000, 8_000_000, 15_450_000):
        assert PAPER.with_tokens(settlement) == -550_000_000_000 - 37_250_000_000
    assert PAPER.break_even == 8_037_250
    assert PAPER.capital == 16_037_250_000_000


def test_credits_in_dollars_hedge_nothing() -> None:
    """The result is the bare short's: a gain of 3.13M on the paper's cut, a loss up to the prefunding on a rise."""
    assert PAPER.with_credits(4_320_000) == 3_130_000_000_000 - 37_250_000_000
    assert PAPER.with_credits(10_640_000) == -3_190_000_000_000 - 37_250_000_000
    assert PAPER.with_credits(100_000_000) == -8_000_000_000_000 - 37_250_000_000
    assert [PAPER.forward(each) for each in (7_450_000, 8_000_000)] == [0, -550_000_000_000]


@pytest.mark.parametrize("price", [0, 16_000_001])
def test_a_maker_of_no_forward_is_refused(price: int) -> None:
    """F above 0 and at most twice the spot."""
    with pytest.raises(BadPrice):
        MakerBook(spot=8_000_000, price=price, indicative=7_450_000, quantity=1)
    assert MakerBook(spot=8_000_000, price=16_000_000, indicative=7_450_000, quantity=1).as_the_paper_says == 8_000_000


def test_the_seven_participants_are_the_papers() -> None:
    """Six longs and a short; whoever is planned, the average beats the naive hedge, and so does the ladder."""
    assert len(PARTICIPANTS) == 7
    assert [each.key for each in PARTICIPANTS if each.side == "short"] == ["gpu-cloud"]
    for each in PARTICIPANTS:
        plan = make_plan(each.monthly(), spot=SPOT, trade_date=date(2026, 7, 15), side=each.side)
        naive, ladder, average, strip = (plan.effectiveness(hedge) for hedge in plan.hedges)
        assert naive is not None
        assert ladder is not None
        assert average is not None
        assert strip is not None
        assert naive < ladder < average, each.key
        assert sum(leg.quantity for leg in plan.ladder.legs) <= plan.volume + 50_000

"""Ladders: the rule, the lots, the money of each hedge."""

from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.errors import NoQuote
from ifx_sdk.hedging.errors import BadPlan
from ifx_sdk.hedging.ladder import Hedge, in_lots, ladder_weights, leg, nearest_lots, spread
from ifx_sdk.hedging.plan import make_plan
from ifx_sdk.hedging.process import BASE, RISING, Sample

TRADE_DATE = date(2026, 7, 15)
SPOT = 8_000_000
LOT = 100_000
EVEN = (Fraction(1_000_000, 12),) * 12


def test_even_use_gives_the_published_ladder() -> None:
    """A quarter, three eighths and a quarter of a year's volume, however finely the use is sampled."""
    for grid in (1, 4, 30):
        assert ladder_weights(spread(EVEN, grid)) == {3: 250_000, 6: 375_000, 12: 250_000}


def test_nine_months_can_be_a_rung_too() -> None:
    """Three quarters and an eighth; order and repetition of the tenors mean nothing."""
    assert ladder_weights(spread(EVEN, 1), (12, 9, 3, 6, 3)) == {3: 250_000, 6: 250_000, 9: 250_000, 12: 125_000}


def test_use_beyond_the_last_tenor_stands_on_it() -> None:
    """All of it: there is nothing later to share with."""
    assert ladder_weights([Sample(Fraction(8), Fraction(10))], (3, 6)) == {3: 0, 6: 10}
    assert ladder_weights([Sample(Fraction(6), Fraction(10))], (3, 6)) == {3: 0, 6: 10}
    assert ladder_weights([Sample(Fraction(1), Fraction(9))], (3, 6)) == {3: 3, 6: 0}


@pytest.mark.parametrize("tenors", [(), (4,), (3, 24)])
def test_a_rung_that_is_not_offered_is_refused(tenors: tuple[int, ...]) -> None:
    """Or no rung at all."""
    with pytest.raises(BadPlan, match="offered tenors"):
        ladder_weights(spread(EVEN), tenors)


@given(st.lists(st.integers(0, 400_000), min_size=12, max_size=12).filter(any))
def test_lots_are_the_best_of_their_neighbours(monthly: list[int]) -> None:
    """Each rung is a lot down or up from what was wanted, never above the volume, and no such choice is better."""
    use = spread([Fraction(each) for each in monthly], 1)
    wanted = ladder_weights(use)
    found = in_lots(wanted, use)
    most = nearest_lots(Fraction(sum(monthly)))
    assert sum(found.values()) <= most
    assert all(size % LOT == 0 and abs(size - wanted[months]) < LOT for months, size in found.items())
    rungs = [(int(each // LOT) * LOT, -int(-each // LOT) * LOT) for each in wanted.values()]

    def left(sizes: tuple[int, ...]) -> object:
        return BASE.variance([*use, *(Sample(Fraction(m), Fraction(-s)) for m, s in zip(wanted, sizes, strict=True))])

    best = min((left(each) for each in product(*rungs) if sum(each) <= most), default=None)
    ours = left(tuple(found.get(months, 0) for months in wanted))
    assert best is None or abs(float(ours) - float(best)) <= 1e-9 * max(1.0, float(best))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quantity", "lots"), [("49999", 0), ("50000", 0), ("50000.1", 1), ("149999", 1), ("250000", 2)]
)
def test_the_nearest_lots_are_never_more_than_half_a_lot_too_many(quantity: str, lots: int) -> None:
    """Exactly half rounds down: no forward is better than one of twice the need."""
    assert nearest_lots(Fraction(quantity)) == lots * LOT


def test_a_volume_below_a_lot_gets_no_forward() -> None:
    """Every hedge is empty: nothing locked, nothing to lose, and the cost stays as it is."""
    plan = make_plan([Fraction(3_000)] * 12, spot=SPOT, trade_date=TRADE_DATE)
    for hedge in plan.hedges:
        assert (hedge.legs, hedge.prefunding, hedge.fee, hedge.worst_case) == ((), 0, 0, 0)
        assert plan.outcome(hedge, Fraction(2)) == plan.outcome(None, Fraction(2))
        assert plan.effectiveness(hedge) == 0


def test_the_money_of_a_hedge_is_that_of_its_forwards() -> None:
    """1T of GPT-4.1 over six months: the paper's prefunding, half the fee, the payoffs with the formula's sign."""
    made = Hedge(name="one", side="long", legs=(leg(6, 1_000_000, spot=SPOT, trade_date=TRADE_DATE),))
    assert made.legs[0].price == 7_450_000
    assert (made.prefunding, made.fee) == (8_000_000_000_000, 37_250_000_000)
    assert (made.payoff_at(4_320_000), made.payoff_at(SPOT)) == (-3_130_000_000_000, 550_000_000_000)
    assert made.worst_case == 7_450_000_000_000 + 37_250_000_000
    assert (made.locked_after(5), made.locked_after(6)) == (8_000_000_000_000, 0)
    short = Hedge(name="one", side="short", legs=made.legs)
    assert short.payoff_at(4_320_000) == 3_130_000_000_000
    assert short.worst_case == 8_000_000_000_000 + 37_250_000_000


def test_a_rise_is_paid_up_to_the_prefunding() -> None:
    """Three times the price pays B, not more; nothing assumes F_ref <= S0."""
    made = leg(12, 100_000, spot=SPOT, trade_date=TRADE_DATE)
    assert made.payoff_if(Fraction(3), Fraction(0)) == SPOT * 100_000
    assert made.payoff_if(Fraction(3, 2), Fraction(0)) == (12_000_000 - made.price) * 100_000


def test_an_average_feels_only_what_comes_before_a_day() -> None:
    """A cut in half after half a year leaves three quarters in the mean; a point leg feels all or nothing of it."""
    averaged = leg(12, 100_000, spot=SPOT, trade_date=TRADE_DATE, since=0)
    point = leg(12, 100_000, spot=SPOT, trade_date=TRADE_DATE)
    half, after = Fraction(1, 2), Fraction(6)
    assert (averaged.averaging_days, point.averaging_days) == (365, 1)
    assert averaged.payoff_if(half, after) == (6_000_000 - averaged.price) * 100_000
    assert point.payoff_if(half, after) == (4_000_000 - point.price) * 100_000
    assert point.payoff_if(half, Fraction(12)) == (8_000_000 - point.price) * 100_000


def test_the_samples_of_an_average_are_shares() -> None:
    """They add up to one and lie within its days, for a week's average as for a year's."""
    year = leg(12, LOT, spot=SPOT, trade_date=TRADE_DATE, since=0)
    assert sum(share for _, share in year.samples()) == 1
    assert year.samples(1) == tuple(Sample(Fraction(2 * n + 1, 2), Fraction(1, 12)) for n in range(12))


def test_an_average_over_even_use_removes_all_of_the_spread() -> None:
    """Whatever the process; the ladder 79% and the naive hedge 5% of it."""
    plan = make_plan(EVEN, spot=SPOT, trade_date=TRADE_DATE)
    assert [plan.effectiveness(each) for each in plan.hedges] == [51_600, 789_638, 1_000_000, 951_717]
    assert plan.effectiveness(plan.average, RISING) == 1_000_000
    assert plan.ladder_unrounded == 799_180
    assert [(each.months, each.quantity) for each in plan.ladder.legs] == [(3, 300_000), (6, 300_000), (12, 300_000)]


def test_the_outcome_of_a_plan_adds_up() -> None:
    """A year with the whole volume averaged costs the agreed price plus half the fee, whenever the cut comes."""
    plan = make_plan(EVEN, spot=SPOT, trade_date=TRADE_DATE)
    agreed = plan.average.legs[0].price * 1_000_000 + plan.average.fee
    for after in (0, 3, 6, 12):
        assert plan.outcome(plan.average, Fraction(1, 2), Fraction(after)) == agreed
    assert plan.outcome(None, Fraction(1, 2), Fraction(6)) == 6_000_000_000_000
    assert plan.cost == plan.outcome(None, Fraction(1)) == 8_000_000_000_000


def test_a_seller_of_tokens_earns_what_a_buyer_pays() -> None:
    """Short: revenue plus payoff less fee."""
    plan = make_plan(EVEN, spot=SPOT, trade_date=TRADE_DATE, side="short")
    agreed = plan.average.legs[0].price * 1_000_000 - plan.average.fee
    assert plan.outcome(plan.average, Fraction(1, 2)) == agreed


@pytest.mark.parametrize("monthly", [[], [1] * 5, [1] * 24, [0] * 12, [1] * 11 + [-1]])
def test_what_cannot_be_planned_is_refused(monthly: list[int]) -> None:
    """A horizon that is no tenor, no use, negative use."""
    with pytest.raises(BadPlan):
        make_plan([Fraction(each) for each in monthly], spot=SPOT, trade_date=TRADE_DATE)
    assert make_plan([Fraction(100_000)] * 3, spot=SPOT, trade_date=TRADE_DATE).hedges


def test_a_price_below_its_tick_is_not_planned() -> None:
    """No F_ind, no plan."""
    with pytest.raises(NoQuote):
        make_plan(EVEN, spot=20, trade_date=TRADE_DATE)


def test_a_strip_follows_uneven_use_and_frees_its_prefunding() -> None:
    """Use that grows through the year: the strip removes 97%, the year's average 79%; each piece has its own days."""
    rising = [Fraction(n * 20_000) for n in range(1, 13)]
    plan = make_plan(rising, spot=SPOT, trade_date=TRADE_DATE)
    assert [plan.effectiveness(each) for each in plan.hedges] == [359_700, 782_440, 786_424, 968_859]
    strip = [(each.months, each.quantity, each.averaging_days) for each in plan.strip.legs]
    assert strip == [(3, 200_000, 92), (6, 300_000, 92), (9, 400_000, 90), (12, 700_000, 91)]
    assert sum(each.averaging_days for each in plan.strip.legs) == 365
    locked = [plan.strip.locked_after(month) for month in (0, 3, 6, 9, 12)]
    assert locked == [SPOT * mtok for mtok in (1_600_000, 1_400_000, 1_100_000, 700_000, 0)]

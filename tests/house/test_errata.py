"""docs/errata.md, computed again: plain integers, fractions and decimals, with nothing taken from the packages."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from support.tree import text

MTOK = 1_000_000  # 1T tokens in Mtok
SPOT, INDICATIVE, CUT_TO = Decimal("8.00"), Decimal("7.45"), Decimal("4.32")
MID_RATE, MID_CUT = Decimal(1) / 37, Decimal("0.46")
SERIES_RATE, SERIES_CUT = Decimal(8) / 37, Decimal("0.33")

# Table 1 of the paper as printed: change in percent, None for a new model; and whether it is mid-cycle.
TABLE_1 = [(50, False), (67, False), (67, False), (None, False), (25, True), (None, False), (None, False), (67, True)]


def row(number: int) -> str:
    """The cell "recomputed" of one erratum."""
    match = re.search(rf"^\| {number} \|.*$", text("docs/errata.md"), re.MULTILINE)
    assert match, f"erratum {number} is gone"
    return match[0].split("|")[4]


def says(number: int, *figures: str) -> None:
    """Each figure stands in the row, as a number of its own."""
    for figure in figures:
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)", row(number)), f"{figure} in {row(number)}"


def amount(value: Decimal | Fraction) -> str:
    """A whole number of USDT with thousands separated."""
    assert value == int(value)
    return f"{int(value):,}"


def percent(share: Decimal | Fraction) -> str:
    """A share in percent with one decimal."""
    hundredfold = Decimal(share.numerator * 100) / share.denominator if isinstance(share, Fraction) else share * 100
    return f"{hundredfold.quantize(Decimal('0.1'), ROUND_HALF_EVEN)}%"


def probability(rate: Decimal, months: int) -> Decimal:
    """Eq. 5."""
    return 1 - (-rate * months).exp()


def factor(rate: Decimal, cut: Decimal, months: int) -> Decimal:
    """Eq. 6."""
    return 1 - cut * probability(rate, months)


def mean(values: list[int]) -> Fraction:
    return Fraction(sum(values), len(values) * 100)


def test_worked_example_is_paid_by_the_long() -> None:
    """Errata 1 and 2: the formula's sign."""
    says(1, amount((CUT_TO - INDICATIVE) * MTOK), amount((SPOT + CUT_TO - INDICATIVE) * MTOK), "8,000,000")
    says(2, amount((SPOT - INDICATIVE) * MTOK))


def test_fee_needs_the_published_indicative() -> None:
    """Erratum 3: one percent of the rounded price, not of the unrounded one."""
    unrounded = SPOT * factor(MID_RATE, MID_CUT, 6)
    published = unrounded.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert published == INDICATIVE
    says(3, f"{unrounded * MTOK / 100:,.2f}", f"{unrounded:.8f}", amount(published * MTOK / 100))


def test_price_above_twice_the_spot_loses_without_a_move() -> None:
    """Erratum 4: with F > 2 S0 the floor binds at an unchanged price."""
    price, spot = 17, 8
    loss = price - spot
    assert loss > spot
    says(4, str(price), str(loss), str(spot))
    assert 2 * spot - spot <= spot  # at the limit F = 2 S0 an unchanged price just reaches the floor


def test_window_has_thirteen_slots() -> None:
    """Erratum 5: every 5 minutes over an hour, both ends."""
    says(5, str(len(range(0, 60 + 1, 5))))


def test_compound_mean_differs_from_eq_6() -> None:
    """Erratum 6: Eq. 6 is not the mean of a process that may jump again."""
    compound = SPOT * (-MID_RATE * MID_CUT * 12).exp()
    says(6, f"{compound:.2f}", f"{SPOT * factor(MID_RATE, MID_CUT, 12):.2f}")


def test_table_2_is_recomputed_from_eq_5_and_6() -> None:
    """Errata 7 and 8."""
    says(7, percent(probability(MID_RATE, 12)), f"{factor(MID_RATE, MID_CUT, 12):.3f}")
    for months in (3, 6, 12):
        says(8, percent(probability(SERIES_RATE, months)).removesuffix("%"))
        says(8, f"{factor(SERIES_RATE, SERIES_CUT, months):.3f}")


def test_rate_has_a_wide_interval() -> None:
    """Errata 9 and 10: the exact Poisson interval of two events in 37 months of two providers."""
    events, exposure = sum(mid_cycle for _, mid_cycle in TABLE_1), 37 * 2
    says(9, str(events), "37")
    low = solve(lambda x: 1 - (-x).exp() * (1 + x), Decimal("0.025")) / exposure
    high = solve(lambda x: 1 - (-x).exp() * (1 + x + x * x / 2), Decimal("0.975")) / exposure
    says(10, str(exposure), f"{low:.4f}", f"{high:.4f}")
    for rate in (low, high):
        says(10, f"{SPOT * factor(rate, MID_CUT, 12):.2f}")


def solve(rising, target: Decimal) -> Decimal:  # type: ignore[no-untyped-def]
    """Where a rising function of [0, 100] reaches the target, by bisection."""
    low, high = Decimal(0), Decimal(100)
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return low


def test_averages_of_table_1() -> None:
    """Errata 11, 18 and 19: which events there are, and how large."""
    priced = [change for change, _ in TABLE_1 if change is not None]
    launches = [change for change, mid_cycle in TABLE_1 if not mid_cycle]
    repriced = [change for change in launches if change is not None]
    mid = [change for change, mid_cycle in TABLE_1 if mid_cycle and change is not None]
    everything = [change or 0 for change, _ in TABLE_1]
    says(11, percent(mean(priced)), percent(mean(everything)), percent(mean(repriced)))
    says(18, str(len(mid)), str(len(launches)), str(launches.count(None)))
    says(19, percent(mean(mid)), percent(mean(repriced)))


def hedge_effectiveness(hedges: dict[int, str]) -> Decimal:
    """1 - sd(cost - hedge) / sd(cost) in closed form, for a price that a compound Poisson process cuts by 25% or 67%.

    A year's even use is bought at mid-month; `hedges` is the share of the year's volume by tenor in months.
    """
    cuts = [Decimal("0.25"), Decimal("0.67")]
    mean_cut = sum(cuts) / 2
    kept_squared = sum((1 - cut) ** 2 for cut in cuts) / 2

    def covariance(s: Decimal, t: Decimal) -> Decimal:
        s, t = min(s, t), max(s, t)
        product = (-MID_RATE * (1 - kept_squared) * s).exp() * (-MID_RATE * mean_cut * (t - s)).exp()
        return product - (-MID_RATE * mean_cut * (s + t)).exp()

    def variance(book: list[tuple[Decimal, Decimal]]) -> Decimal:
        return sum((a * b * covariance(s, t) for s, a in book for t, b in book), Decimal(0))

    cost = [(Decimal(2 * month + 1) / 2, Decimal(1) / 12) for month in range(12)]
    hedged = cost + [(Decimal(months), -Decimal(share)) for months, share in hedges.items()]
    return 1 - (variance(hedged) / variance(cost)).sqrt()


@pytest.mark.parametrize(
    "hedges", [{12: "1"}, {12: "0.5"}, {3: "0.25", 6: "0.375", 12: "0.25"}], ids=["12M", "half", "ladder"]
)
def test_ladder_hedges_what_one_forward_does_not(hedges: dict[int, str]) -> None:
    """Erratum 12: the share of the cost's standard deviation that a hedge removes."""
    says(12, percent(hedge_effectiveness(hedges)))


def test_prepaid_credits_lock_in_a_loss() -> None:
    """Erratum 13: selling at F_ind what was bought at S0."""
    says(13, amount((INDICATIVE - SPOT) * MTOK))


def test_examples_of_section_5() -> None:
    """Errata 14 and 15: a third more price, and ten thousand seats."""
    says(14, percent(1 - 1 / Fraction(133, 100)))
    tokens = 10_000 * 800_000_000 * 12
    says(
        15, f"{tokens // 10**12}T", f"{tokens // 10**6 * 8 // 10**6}M", f"{Decimal(10**12) / 10_000 / 12 / 10**6:.2f}M"
    )


def test_margin_of_eq_7() -> None:
    """Erratum 20: the formula, and the cuts that 15% would have to cover."""
    says(20, f"{Decimal('1.5') * MID_CUT * 100:.0f}%")
    assert min(change for change, _ in TABLE_1 if change) > 15


def test_regression_of_section_2_3() -> None:
    """Errata 22 and 23: what the coefficients mean."""
    says(22, percent(1 - Decimal("-2.46").exp()))
    assert f"{(Decimal('1.01') ** Decimal('0.039') - 1) * 100:.3f}" == "0.039"
    says(23, "0.039%")


def test_every_erratum_is_numbered_once() -> None:
    """The rows run from 1 without a gap, so that a number names one erratum for good."""
    numbers = [int(n) for n in re.findall(r"^\| (\d+) \|", text("docs/errata.md"), re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))

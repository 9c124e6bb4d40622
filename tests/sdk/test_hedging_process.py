"""The closed form of a hedge's effectiveness against the cells that the design publishes and against plain paths."""

import random
from fractions import Fraction
from math import exp

import pytest

from ifx_sdk.calibration import TABLE_1, TABLE_1_MONTHS
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging.ladder import spread
from ifx_sdk.hedging.process import BASE, RISE, RISING, JumpProcess, Sample, effectiveness, from_table, with_rise

YEAR = spread([Fraction(1, 12)] * 12, 1)  # even use, bought at mid-month


def hedge(**shares: str) -> list[Sample]:
    """Shares of the year's volume by tenor: m3="0.25"."""
    return [Sample(Fraction(name[1:]), Fraction(share)) for name, share in shares.items()]


@pytest.mark.parametrize(
    ("shares", "ppm"),
    [
        ({"m12": "1"}, 51_581),
        ({"m12": "0.5"}, 481_970),
        ({"m3": "0.25", "m6": "0.25", "m12": "0.5"}, 619_492),
        ({"m3": "0.25", "m6": "0.375", "m12": "0.25"}, 791_139),
    ],
)
def test_closed_form_is_within_half_a_point_of_the_published_cells(shares: dict[str, str], ppm: int) -> None:
    """4.8%, 48.0%, 61.7%, 79.1% were simulated; the closed form has no sampling error."""
    published = {51_581: 48_000, 481_970: 480_000, 619_492: 617_000, 791_139: 791_000}[ppm]
    assert effectiveness(BASE, YEAR, hedge(**shares)) == ppm
    assert abs(ppm - published) < 5_000


def test_one_date_with_its_own_forward_has_nothing_left() -> None:
    """And with half of it half the spread is left."""
    use = [Sample(Fraction(6), Fraction(10))]
    assert effectiveness(BASE, use, [Sample(Fraction(6), Fraction(10))]) == 1_000_000
    assert effectiveness(BASE, use, [Sample(Fraction(6), Fraction(5))]) == 500_000
    assert effectiveness(BASE, use, []) == 0


def test_what_never_moves_has_no_effectiveness() -> None:
    """A rate of zero, or no use."""
    still = JumpProcess(rate_per_month=Fraction(0), factors=(Fraction(1, 2),))
    assert effectiveness(still, YEAR, hedge(m12="1")) is None
    assert effectiveness(BASE, [Sample(Fraction(0), Fraction(1))], []) is None


@pytest.mark.parametrize("process", [BASE, RISING], ids=["cuts", "a rise"])
def test_moments_are_those_of_plain_paths(process: JumpProcess) -> None:
    """Mean at 12 months and covariance of 3 and 12 against 60,000 paths drawn event by event."""
    rng = random.Random(7)
    factors = [float(each) for each in process.factors]
    early, late = [], []
    for _ in range(60_000):
        price, at, t = 1.0, 1.0, rng.expovariate(float(process.rate_per_month))
        while t < 12:
            price *= rng.choice(factors)
            if t < 3:
                at = price
            t += rng.expovariate(float(process.rate_per_month))
        early.append(at)
        late.append(price)
    means = sum(early) / len(early), sum(late) / len(late)
    covariance = sum(a * b for a, b in zip(early, late, strict=True)) / len(early) - means[0] * means[1]
    assert float(process.mean(Fraction(12))) == pytest.approx(means[1], rel=0.02)
    assert float(process.covariance(Fraction(3), Fraction(12))) == pytest.approx(covariance, rel=0.12)
    assert float(process.variance([Sample(Fraction(0), Fraction(5))])) == 0


def test_mean_is_the_compound_one() -> None:
    """exp(-lambda delta tau), beside Eq. 6."""
    assert float(BASE.mean(Fraction(12))) == pytest.approx(exp(-12 / 37 * 0.46), rel=1e-12)


def test_a_table_becomes_a_process() -> None:
    """The paper's two rows at 1/37; with a rise on record the rate is that of three."""
    found = from_table(TABLE_1, TABLE_1_MONTHS)
    assert found == JumpProcess(rate_per_month=Fraction(1, 37), factors=(Fraction(3, 4), Fraction(1, 3)))
    assert with_rise(found).rate_per_month == RISING.rate_per_month == Fraction(3, 74)
    assert RISING.factors[-1] == RISE > 4


@pytest.mark.parametrize(
    ("rate", "factors"), [(Fraction(-1), (Fraction(1, 2),)), (Fraction(1), ()), (Fraction(1), (Fraction(0),))]
)
def test_a_process_that_cannot_be_is_refused(rate: Fraction, factors: tuple[Fraction, ...]) -> None:
    """A negative rate, no move, a move to zero."""
    with pytest.raises(BadValue):
        JumpProcess(rate_per_month=rate, factors=factors)
    with pytest.raises(BadValue):
        from_table(TABLE_1, 0)

"""The simulation against the published cells, the closed form and itself."""

import subprocess
import sys
from datetime import date
from fractions import Fraction

import pytest
from support.commands import environment

from ifx_sdk.errors import BadValue
from ifx_sdk.hedging.ladder import Hedge, leg, spread
from ifx_sdk.hedging.process import BASE, RISING, JumpProcess, Sample, effectiveness
from ifx_sdk.hedging.simulation import RESPONDING, UNIT_COST, Demand, Simulation, simulate

SPOT = 8_000_000
TRADE_DATE = date(2026, 7, 15)
YEAR = spread([Fraction(1_000_000, 12)] * 12, 1)  # even use, bought at mid-month
PATHS = 60_000
SEED = 20260715


def hedge(name: str, legs: dict[int, int], *, averaged: bool = False) -> Hedge:
    made = tuple(
        leg(months, size, spot=SPOT, trade_date=TRADE_DATE, since=0 if averaged else None)
        for months, size in legs.items()
    )
    return Hedge(name=name, side="long", legs=made)


CELLS = {
    "4.8": hedge("4.8", {12: 1_000_000}),
    "48.0": hedge("48.0", {12: 500_000}),
    "61.7": hedge("61.7", {3: 250_000, 6: 250_000, 12: 500_000}),
    "79.1": hedge("79.1", {3: 250_000, 6: 375_000, 12: 250_000}),
    "100": hedge("100", {12: 1_000_000}, averaged=True),
}


@pytest.fixture(scope="module")
def year() -> Simulation:
    """The published cells, with a fixed seed."""
    return simulate(
        BASE, SPOT, YEAR, list(CELLS.values()), demands=(UNIT_COST, RESPONDING), paths=PATHS, seed=SEED, grid=1
    )


@pytest.mark.parametrize("cell", CELLS)
def test_the_published_cells_are_reproduced(year: Simulation, cell: str) -> None:
    """Within 1.5 points, and four standard errors of the closed form; an average over even use leaves nothing."""
    found = year.hedged[cell][UNIT_COST.name]
    assert found.effectiveness is not None
    assert abs(found.effectiveness - Fraction(cell) * 10_000) <= 15_000
    exact = effectiveness(BASE, YEAR, CELLS[cell].samples(1))
    assert exact is not None
    assert abs(found.effectiveness - exact) <= 4 * found.error + 1_000


def test_one_date_with_its_own_forward_has_nothing_left() -> None:
    """100%, to the rounding of statistics; the mean is what was agreed."""
    matched = hedge("matched", {6: 1_000_000})
    found = simulate(BASE, SPOT, [Sample(Fraction(6), Fraction(1_000_000))], [matched], paths=5_000).hedged["matched"]
    spread_left = found[UNIT_COST.name]
    assert (spread_left.effectiveness, spread_left.mean) == (1_000_000, 7_450_000 * 1_000_000)
    assert spread_left.low == spread_left.high == spread_left.mean


def test_the_mean_cost_is_that_of_the_process(year: Simulation) -> None:
    """Within four standard errors, and the spread that of the closed form."""
    bare = year.unhedged[UNIT_COST.name]
    expected = sum(float(weight) * float(BASE.mean(time)) for time, weight in YEAR) * SPOT
    assert abs(bare.mean - expected) < 4 * bare.sd / PATHS**0.5
    assert bare.sd == pytest.approx(float(BASE.variance(YEAR).sqrt()) * SPOT, rel=0.02)
    assert bare.low < bare.mean < bare.high


def test_the_same_seed_draws_the_same_paths(year: Simulation) -> None:
    """Figure for figure; another seed does not."""
    again = simulate(
        BASE, SPOT, YEAR, list(CELLS.values()), demands=(UNIT_COST, RESPONDING), paths=PATHS, seed=SEED, grid=1
    )
    assert again == year
    other = simulate(BASE, SPOT, YEAR, [], paths=PATHS, seed=SEED + 1, grid=1)
    assert other.unhedged != {UNIT_COST.name: year.unhedged[UNIT_COST.name]}


def test_a_spend_that_responds_is_not_hedged(year: Simulation) -> None:
    """With an elasticity near -1 the spend hardly moves, and every hedge adds uncertainty."""
    assert year.unhedged[RESPONDING.name].sd * 6 < year.unhedged[UNIT_COST.name].sd
    for name in CELLS:
        assert (year.hedged[name][RESPONDING.name].effectiveness or 0) < 0


def test_a_rise_is_hedged_up_to_the_prefunding_only() -> None:
    """A price that rises fourfold is beyond the cap: the ladder removes far less than the closed form without a cap."""
    ladder = CELLS["79.1"]
    found = simulate(RISING, SPOT, YEAR, [ladder], paths=PATHS, seed=SEED, grid=1)
    capped = found.hedged[ladder.name][UNIT_COST.name].effectiveness
    free = effectiveness(RISING, YEAR, ladder.samples(1))
    assert capped is not None
    assert free is not None
    assert 0 < capped < 250_000 < free
    assert found.unhedged[UNIT_COST.name].high > SPOT * 1_000_000


def test_a_volume_that_is_off_adds_what_no_hedge_removes() -> None:
    """The spend's spread grows, its mean stays, and the ladder's share falls."""
    off = Demand(name="off", volume_sd=Fraction(1, 5))
    found = simulate(BASE, SPOT, YEAR, [CELLS["79.1"]], demands=(UNIT_COST, off), paths=PATHS, seed=SEED, grid=1)
    planned, loose = found.unhedged[UNIT_COST.name], found.unhedged["off"]
    assert loose.sd > planned.sd
    assert abs(loose.mean - planned.mean) < 4 * loose.sd / PATHS**0.5
    hedged = found.hedged["79.1"]
    assert (hedged["off"].effectiveness or 0) < (hedged[UNIT_COST.name].effectiveness or 0)


def test_what_never_moves_has_no_effectiveness() -> None:
    """No repricing: a certain cost."""
    still = JumpProcess(rate_per_month=Fraction(0), factors=(Fraction(1, 2),))
    found = simulate(still, SPOT, YEAR, [CELLS["4.8"]], paths=1_000, grid=1)
    bare = found.unhedged[UNIT_COST.name]
    assert bare.mean == pytest.approx(SPOT * 1_000_000, rel=1e-12)
    assert found.hedged["4.8"][UNIT_COST.name].effectiveness is None


@pytest.mark.parametrize("paths", [0, 999, 5_000_001, True])
def test_paths_are_bounded(paths: int) -> None:
    """Below 1,000 nothing is said, above five millions memory ends."""
    with pytest.raises(BadValue, match="paths"):
        simulate(BASE, SPOT, YEAR, [], paths=paths)


def test_what_cannot_be_simulated_is_refused() -> None:
    """No use, a price that never rests, an absurd demand."""
    with pytest.raises(BadValue, match="no use"):
        simulate(BASE, SPOT, [], [])
    restless = JumpProcess(rate_per_month=Fraction(1_000), factors=(Fraction(1, 2),))
    with pytest.raises(BadValue, match="too often"):
        simulate(restless, SPOT, YEAR, [])
    for given in ({"volume_sd": Fraction(-1)}, {"elasticity": Fraction(11)}):
        with pytest.raises(BadValue):
            Demand(name="absurd", **given)


def test_without_numpy_the_extra_is_named() -> None:
    """And everything but the simulation works."""
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from datetime import date; from fractions import Fraction\n"
        "from ifx_sdk.hedging import make_plan, simulate, BASE\n"
        "from ifx_sdk.errors import MissingExtra\n"
        "plan = make_plan([Fraction(100_000)] * 12, spot=8_000_000, trade_date=date(2026, 7, 15))\n"
        "print(plan.effectiveness(plan.ladder))\n"
        "try: simulate(BASE, 8_000_000, plan.use, plan.hedges)\n"
        "except MissingExtra as error: print(error.extra)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert ran.stdout.splitlines()[1:] == ["hedging"]

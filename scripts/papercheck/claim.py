"""The claim of section 2.1, a volatility reduced by 62-78%, as a function of what is assumed.

What a hedge removes depends on the hedge ratio, on when the tokens are bought, on when the forward settles, on how far
the price paid follows the list price, and on how prices move. Every figure is `hedging.effectiveness`, exact for a
fixed volume without the cap of the payoff, or `hedging.simulate`, with the cap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Final

from ifx_sdk.hedging import BASE, RISING, Hedge, JumpProcess, Leg, Sample, effectiveness, leg, simulate, spread
from ifx_sdk.hedging.participants import SPOT
from ifx_sdk.hedging.process import PPM

BAND: Final = (Fraction(62, 100), Fraction(78, 100))
"""What the paper claims."""

PATHS: Final = 200_000
SEED: Final = 20260715
TRADE_DATE: Final = date(2026, 7, 15)
VOLUME: Final = 1_000_000
"""Mtok a year."""

Book = tuple[Sample, ...]


def _use(weights: Sequence[int]) -> Book:
    """A year's volume bought at mid-month, in proportion to the weights."""
    return spread([Fraction(each, sum(weights)) for each in weights], 1)


EVEN: Final = _use([1] * 12)

SHAPES: Final[dict[str, Book]] = {
    "all at the end": (Sample(Fraction(12), Fraction(1)),),
    "even over the year": EVEN,
    "growing, 1 to 12": _use(range(1, 13)),
    "shrinking, 12 to 1": _use(range(12, 0, -1)),
    "first half only": _use([1] * 6 + [0] * 6),
}
"""When the tokens are bought."""

HEDGES: Final[dict[str, Book]] = {
    "one 12M forward": (Sample(Fraction(12), Fraction(1)),),
    "one 6M forward": (Sample(Fraction(6), Fraction(1)),),
    "one 3M forward": (Sample(Fraction(3), Fraction(1)),),
    "ladder 25/25/50": tuple(Sample(Fraction(m), Fraction(w, 100)) for m, w in ((3, 25), (6, 25), (12, 50))),
    "ladder 25/37.5/25": tuple(Sample(Fraction(m), Fraction(w, 200)) for m, w in ((3, 50), (6, 75), (12, 50))),
    "average-price 12M": EVEN,
}
"""Forwards for a year's volume at a hedge ratio of 1; ladders on 3M, 6M and 12M."""

RATIOS: Final = tuple(Fraction(each, 100) for each in (25, 50, 62, 70, 78, 100))
BASES: Final = tuple(Fraction(each, 100) for each in (0, 2, 5, 10, 20, 30))
"""Standard deviation of the price paid over the list price."""

MATURITIES: Final = (3, 6, 9, 12)

SCENARIOS: Final[dict[str, JumpProcess]] = {
    "two cuts on record, 1/37 a month (Eq. 3)": BASE,
    "the same and one rise on record (0.60 to 2.50)": RISING,
    "cuts of 33%, 8/37 a month (Eq. 4)": JumpProcess(rate_per_month=Fraction(8, 37), factors=(Fraction(67, 100),)),
    "demand explodes: rises of 20%, one in 4 months": JumpProcess(
        rate_per_month=Fraction(1, 4), factors=(Fraction(6, 5),)
    ),
    "many small moves: 5% up or down, 4 a month": JumpProcess(
        rate_per_month=Fraction(4), factors=(Fraction(21, 20), Fraction(20, 21))
    ),
}
"""How prices move."""


def scaled(book: Book, ratio: Fraction) -> Book:
    """The same forwards on `ratio` of the volume."""
    return tuple(Sample(time, weight * ratio) for time, weight in book)


@cache
def removed(use: Book, hedge: Book, ratio: Fraction = Fraction(1), basis: Fraction = Fraction(0)) -> Fraction:
    """The part of the cost's standard deviation that a hedge removes, in closed form, under `BASE`."""
    found = effectiveness(BASE, use, scaled(hedge, ratio), basis)
    return Fraction(found or 0, PPM)


def single(use: Book, months: int) -> Fraction:
    """What one forward on the whole volume of `use` removes."""
    volume = sum((weight for _, weight in use), Fraction(0))
    return removed(use, (Sample(Fraction(months), volume),))


def ratios_within(use: Book, hedge: Book, basis: Fraction) -> tuple[Fraction, Fraction] | None:
    """The lowest and highest hedge ratio, in whole percent up to 150%, that removes 62-78%; None where none does."""
    found = [
        ratio
        for ratio in (Fraction(each, 100) for each in range(1, 151))
        if BAND[0] <= removed(use, hedge, ratio, basis) <= BAND[1]
    ]
    return (found[0], found[-1]) if found else None


def best(use: Book, hedge: Book, basis: Fraction) -> tuple[Fraction, Fraction]:
    """The hedge ratio, in whole percent up to 150%, that removes most, and how much."""
    ratios = [Fraction(each, 100) for each in range(1, 151)]
    ratio = max(ratios, key=lambda each: removed(use, hedge, each, basis))
    return ratio, removed(use, hedge, ratio, basis)


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulated:
    """What `simulate` gives: by scenario, then by hedge, with the cap."""

    scenarios: dict[str, dict[str, Fraction]]
    """Hedge ratio 1, even use."""

    ratios: dict[str, dict[Fraction, Fraction]]
    """By hedge and hedge ratio, under the first scenario; for the dots of the chart."""


def _forwards(name: str, ratio: Fraction) -> Hedge:
    book = EVEN if name == "average-price 12M" else HEDGES[name]
    legs: tuple[Leg, ...]
    if book is EVEN:
        legs = (leg(12, int(VOLUME * ratio), spot=SPOT, trade_date=TRADE_DATE, since=0),)
    else:
        legs = tuple(
            leg(int(time), int(weight * ratio * VOLUME), spot=SPOT, trade_date=TRADE_DATE) for time, weight in book
        )
    return Hedge(name=f"{name} {ratio}", side="long", legs=legs)


DOTS: Final = tuple(Fraction(each, 100) for each in (25, 50, 75, 100, 125))


def simulated(advance: Callable[[str], None]) -> Simulated:
    """Draw every scenario; `advance` is told what comes next."""
    use = [Sample(time, weight * VOLUME) for time, weight in EVEN]
    whole = {name: _forwards(name, Fraction(1)) for name in HEDGES}
    scenarios: dict[str, dict[str, Fraction]] = {}
    for title, process in SCENARIOS.items():
        advance(title)
        found = simulate(process, SPOT, use, list(whole.values()), paths=PATHS, seed=SEED, grid=1).hedged
        scenarios[title] = {name: _share(found[hedge.name]["unit cost"].effectiveness) for name, hedge in whole.items()}
    advance("hedge ratios")
    many = {(name, ratio): _forwards(name, ratio) for name in HEDGES for ratio in DOTS}
    found = simulate(BASE, SPOT, use, list(many.values()), paths=PATHS, seed=SEED, grid=1).hedged
    ratios: dict[str, dict[Fraction, Fraction]] = {name: {} for name in HEDGES}
    for (name, ratio), hedge in many.items():
        ratios[name][ratio] = _share(found[hedge.name]["unit cost"].effectiveness)
    return Simulated(scenarios=scenarios, ratios=ratios)


def _share(ppm: int | None) -> Fraction:
    return Fraction(ppm or 0, PPM)


STEPS: Final = len(SCENARIOS) + 1
"""How often `simulated` tells what comes next."""

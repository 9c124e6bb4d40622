"""How long a simulation of 400,000 paths over 12 months takes, beside plain Python that does the same.

Run `python benchmarks/bench_simulation.py [PATHS]`. Both draw compound Poisson paths of the paper's two cuts, buy at
mid-month, and hedge with the four cells that docs/errata.md, row 12, speaks of and with a year's average. The baseline
draws each path's repricings with the standard library and walks through its months; it takes a tenth of the paths, and
its time is scaled to all. Prints processor seconds and, of both, what each hedge removes, beside the closed form; exits
with 1 where they part by more than 2 points, or where 400,000 paths take 5 seconds or more.
"""

import random
import statistics
import sys
import time
from datetime import date
from fractions import Fraction

from ifx_sdk.hedging.ladder import Hedge, leg, spread
from ifx_sdk.hedging.process import BASE, effectiveness
from ifx_sdk.hedging.simulation import UNIT_COST, simulate

PATHS = 400_000
MOST_SECONDS = 5
SHARE = 10
SPOT, VOLUME = 8_000_000, 1_000_000
TRADE_DATE = date(2026, 7, 15)
BOOKS = {
    "12M x 1.0": {12: 1_000_000},
    "12M x 0.5": {12: 500_000},
    "3M .25 / 6M .25 / 12M .50": {3: 250_000, 6: 250_000, 12: 500_000},
    "3M .25 / 6M .375 / 12M .25": {3: 250_000, 6: 375_000, 12: 250_000},
}
AVERAGE = "12M x 1.0, averaged"


def hedges() -> list[Hedge]:
    """The cells as forwards at F_ind."""
    made = [
        Hedge(
            name=name,
            side="long",
            legs=tuple(leg(m, size, spot=SPOT, trade_date=TRADE_DATE) for m, size in sizes.items()),
        )
        for name, sizes in BOOKS.items()
    ]
    year = leg(12, VOLUME, spot=SPOT, trade_date=TRADE_DATE, since=0)
    return [*made, Hedge(name=AVERAGE, side="long", legs=(year,))]


def baseline(paths: int) -> dict[str, float]:
    """What each hedge removes, by the standard library alone."""
    rng = random.Random(1)  # noqa: S311 - paths of prices, no secrets
    rate, factors = float(BASE.rate_per_month), [float(each) for each in BASE.factors]
    agreed = {name: [(m, size, leg_price(m)) for m, size in sizes.items()] for name, sizes in BOOKS.items()}
    averaged = float(hedges()[-1].legs[0].price)
    costs: list[float] = []
    nets: dict[str, list[float]] = {name: [] for name in (*BOOKS, AVERAGE)}
    for _ in range(paths):
        price, due, seen, at = float(SPOT), rng.expovariate(rate), [], {0: float(SPOT)}
        for half in range(1, 25):
            while due < half / 2:
                price *= rng.choice(factors)
                due += rng.expovariate(rate)
            if half % 2:
                seen.append(price)
            else:
                at[half // 2] = price
        mean = sum(seen) / 12
        cost = mean * VOLUME
        costs.append(cost)
        for name, legs in agreed.items():
            payoff = sum(max(-SPOT, min(SPOT, at[m] - price)) * size for m, size, price in legs)
            nets[name].append(cost - payoff)
        nets[AVERAGE].append(cost - (mean - averaged) * VOLUME)
    bare = statistics.pstdev(costs)
    return {name: 1 - statistics.pstdev(each) / bare for name, each in nets.items()}


def leg_price(months: int) -> float:
    """F_ind of a point forward."""
    return float(leg(months, 100_000, spot=SPOT, trade_date=TRADE_DATE).price)


def main() -> None:
    """Measure and print."""
    paths = int(sys.argv[1]) if len(sys.argv) > 1 else PATHS
    use, books = spread([Fraction(VOLUME, 12)] * 12, 1), hedges()
    simulate(BASE, SPOT, use, books, paths=1_000, grid=1)  # numpy is loaded before the clock starts
    start = time.process_time()
    found = simulate(BASE, SPOT, use, books, paths=paths, grid=1)
    vectorised = time.process_time() - start
    start = time.process_time()
    fine = simulate(BASE, SPOT, spread([Fraction(VOLUME, 12)] * 12), books, paths=paths)
    weekly = time.process_time() - start
    start = time.process_time()
    plain = baseline(paths // SHARE)
    scaled = (time.process_time() - start) * SHARE
    print(f"{paths:,} paths x 12 months, 5 hedges; processor seconds")
    for name, seconds in (
        (f"plain Python (baseline; {paths // SHARE:,} paths, scaled)", scaled),
        ("ifx, use at mid-month", vectorised),
        ("ifx, use and averages by the week", weekly),
    ):
        print(f"{name:<56}{seconds:>8.2f} s {seconds / scaled:>6.3f} x baseline")
    print(f"\n{'removed of the unit cost':<32}{'ifx':>9}{'by week':>9}{'baseline':>10}{'closed form':>13}")
    apart = 0.0
    for book in books:
        ours = (found.hedged[book.name][UNIT_COST.name].effectiveness or 0) / 1e6
        week = (fine.hedged[book.name][UNIT_COST.name].effectiveness or 0) / 1e6
        exact = (effectiveness(BASE, use, book.samples(1)) or 0) / 1e6
        apart = max(apart, abs(ours - exact), abs(plain[book.name] - exact))
        print(f"{book.name:<32}{ours:>9.1%}{week:>9.1%}{plain[book.name]:>10.1%}{exact:>13.1%}")
    if apart > 0.02 or max(vectorised, weekly) >= MOST_SECONDS * paths / PATHS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""What hedges do to a cost, by simulation: unit cost and spend, caps and rises included.

The only part of the calculators that computes in floating point, because it computes statistics: nothing it returns is
paid by or to anybody. Results leave as integers, micro-USDT rounded and ppm. It needs numpy (the extra [hedging]).

The process is that of `process.py`. All paths together are one Poisson process over path x time, so only the
repricings that happen are drawn: their number, then path, time and factor of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ifx_sdk.errors import BadValue, MissingExtra
from ifx_sdk.hedging.ladder import GRID, Hedge
from ifx_sdk.hedging.process import PPM, JumpProcess, Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PATHS: Final = 200_000
"""Enough for effectiveness within about a third of a point."""

MOST_PATHS: Final = 5_000_000

MOST_EVENTS: Final = 200
"""Repricings of a path: a price that changes more often is no administered one."""

_CHUNK: Final = 25_000
"""Paths at a time: what they need stays in the processor's caches."""

_BLOCKS: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """How the tokens that are bought depend on the price and on chance."""

    name: str
    """What it is called in tables."""

    elasticity: Fraction = Fraction(0)
    """Percent of volume for a percent of price: 0 buys what was planned, -1 spends what was planned."""

    volume_sd: Fraction = Fraction(0)
    """Standard deviation of the whole volume around the plan, as a part of it (lognormal, mean 1)."""

    def __post_init__(self) -> None:
        if self.volume_sd < 0 or abs(self.elasticity) > 10:
            raise BadValue(self.name, "its spread is at least 0 and its elasticity from -10 to 10", cure="Mend both.")


UNIT_COST: Final = Demand(name="unit cost")
"""Exactly the planned tokens: cost per token times the plan."""

RESPONDING: Final = Demand(name="spend, use responds", elasticity=Fraction("-1.08"))
"""The elasticity of section 2.4: use grows as the price falls, so that spend hardly moves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """What is left of a cost's spread under one hedge, before fees. Amounts are micro-USDT."""

    mean: int
    """Mean cost less the hedge's payoff."""

    sd: int
    """Its standard deviation."""

    low: int
    """5% of paths cost less."""

    high: int
    """5% of paths cost more."""

    effectiveness: int | None
    """1 - sd / sd without a hedge, ppm; negative where the hedge adds spread, None where there is none to remove."""

    error: int
    """Standard error of the effectiveness, ppm, from 10 blocks of paths."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulation:
    """Every hedge under every demand."""

    paths: int
    """How many were drawn."""

    seed: int
    """With the same seed, version of numpy and paths, the same figures."""

    unhedged: Mapping[str, Spread]
    """By name of the demand."""

    hedged: Mapping[str, Mapping[str, Spread]]
    """By name of the hedge, then of the demand."""


def simulate(
    process: JumpProcess,
    spot: int,
    use: Sequence[Sample],
    hedges: Sequence[Hedge],
    *,
    demands: Sequence[Demand] = (UNIT_COST,),
    paths: int = PATHS,
    seed: int = 1,
    grid: int = GRID,
) -> Simulation:
    """Simulate the cost of `use` (Mtok by months ahead) from `spot` (micro-USDT per Mtok) under each hedge.

    A short's hedge is measured on its revenue, which is the same arithmetic. Raises BadValue, MissingExtra.
    """
    if isinstance(paths, bool) or not 1_000 <= paths <= MOST_PATHS:
        raise BadValue(paths, f"paths are from 1,000 to {MOST_PATHS:,}", cure="200,000 is enough.")
    if isinstance(seed, bool) or seed < 0:
        raise BadValue(seed, "a seed is at least 0", cure="Leave it out, or give another.")
    if not use or not any(weight for _, weight in use):
        raise BadValue(list(use), "there is no use to hedge", cure="Plan for a volume above 0.")
    horizon = max([*(time for time, _ in use), *(Fraction(leg.months) for hedge in hedges for leg in hedge.legs)])
    if process.rate_per_month * horizon > MOST_EVENTS:
        raise BadValue(process.rate_per_month, "it reprices too often to be drawn", cure="Check the months watched.")
    numpy = _numpy()
    rng = numpy.random.default_rng(seed)
    model = _Model.of(process, spot, use, hedges, grid)
    names = [None, *(hedge.name for hedge in hedges)]
    nets = {(name, demand.name): numpy.empty(paths) for name in names for demand in demands}
    for start in range(0, paths, _CHUNK):
        stop = min(paths, start + _CHUNK)
        logs = _log_prices(rng, stop - start, model)
        prices = numpy.exp(logs)
        gains = model.gains(prices)
        for demand in demands:
            spend = model.spend(logs, prices, demand, rng)
            nets[None, demand.name][start:stop] = spend
            for hedge, gain in zip(hedges, gains, strict=True):
                nets[hedge.name, demand.name][start:stop] = spend - gain
    bare = {demand.name: nets[None, demand.name] for demand in demands}
    return Simulation(
        paths=paths,
        seed=seed,
        unhedged={name: _spread(found, found) for name, found in bare.items()},
        hedged={
            hedge.name: {name: _spread(nets[hedge.name, name], found) for name, found in bare.items()}
            for hedge in hedges
        },
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Model:
    """The figures of a simulation as arrays; prices are in units of the spot, amounts in micro-USDT."""

    times: Floats
    rate: float
    log_factors: Floats
    volumes: Floats
    spot: float
    legs: tuple[tuple[tuple[Floats, float, float], ...], ...]

    @classmethod
    def of(cls, process: JumpProcess, spot: int, use: Sequence[Sample], hedges: Sequence[Hedge], grid: int) -> _Model:
        numpy = _numpy()
        sampled = [[(leg, leg.samples(grid)) for leg in hedge.legs] for hedge in hedges]
        moments = {time for time, _ in use}
        moments |= {time for hedge in sampled for _, samples in hedge for time, _ in samples}
        times = sorted(moments)
        place = {time: n for n, time in enumerate(times)}

        def row(samples: Sequence[Sample]) -> Floats:
            weights: Floats = numpy.zeros(len(times))
            for time, weight in samples:
                weights[place[time]] += float(weight)
            return weights

        return cls(
            times=numpy.array([float(each) for each in times]),
            rate=float(process.rate_per_month),
            log_factors=numpy.log([float(each) for each in process.factors]),
            volumes=row(use),
            spot=float(spot),
            legs=tuple(
                tuple((row(samples), leg.price / spot, float(leg.quantity) * spot) for leg, samples in hedge)
                for hedge in sampled
            ),
        )

    def gains(self, prices: Floats) -> list[Floats]:
        """What each hedge pays a long, capped at its prefunding as the contract caps it."""
        numpy = _numpy()
        found = []
        for legs in self.legs:
            total: Floats = numpy.zeros(len(prices))
            for shares, price, prefunding in legs:
                total += numpy.clip(prices @ shares - price, -1, 1) * prefunding
            found.append(total)
        return found

    def spend(self, logs: Floats, prices: Floats, demand: Demand, rng: np.random.Generator) -> Floats:
        """What the tokens cost under a demand."""
        numpy = _numpy()
        powered = prices if not demand.elasticity else numpy.exp(logs * float(1 + demand.elasticity))
        spend: Floats = powered @ self.volumes * self.spot
        if demand.volume_sd:
            variance = numpy.log1p(float(demand.volume_sd) ** 2)
            spend *= numpy.exp(rng.normal(-variance / 2, numpy.sqrt(variance), len(spend)))
        return spend


def _log_prices(rng: np.random.Generator, paths: int, model: _Model) -> Floats:
    """ln(P / S0) of each path at each time."""
    numpy = _numpy()
    width, horizon = len(model.times), model.times[-1]
    events = rng.poisson(model.rate * horizon * paths)
    where = rng.integers(paths, size=events) * width
    where += numpy.searchsorted(model.times, rng.random(events) * horizon)
    jumps = model.log_factors[rng.integers(len(model.log_factors), size=events)]
    steps = numpy.bincount(where, weights=jumps, minlength=paths * width).reshape(paths, width)
    found: Floats = numpy.cumsum(steps, axis=1, out=steps)
    return found


def _spread(net: Floats, unhedged: Floats) -> Spread:
    numpy = _numpy()
    low, high = numpy.percentile(net, (5, 95))
    sd, bare = float(net.std()), float(unhedged.std())
    still = bare <= float(abs(unhedged.mean())) * 1e-12
    blocks = zip(numpy.array_split(net, _BLOCKS), numpy.array_split(unhedged, _BLOCKS), strict=True)
    parts = [0.0] if still else [1 - one.std() / other.std() for one, other in blocks if other.std() > 0]
    error = numpy.std(parts, ddof=1) / numpy.sqrt(len(parts)) if len(parts) > 1 else 0
    return Spread(
        mean=round(float(net.mean())),
        sd=round(sd),
        low=round(float(low)),
        high=round(float(high)),
        effectiveness=None if still else round((1 - sd / bare) * PPM),
        error=round(float(error) * PPM),
    )


def _numpy() -> Any:
    try:
        import numpy
    except ModuleNotFoundError as error:
        raise MissingExtra("hedging", "a simulation") from error
    return numpy

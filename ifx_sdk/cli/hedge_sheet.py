"""A hedge plan with everything that a treasury should be told beside it, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from ifx_sdk.calibration import Evidence, Repricing, calibrate, paper_evidence
from ifx_sdk.cli.curve_sheet import price
from ifx_sdk.cli.hedge_words import NAMES, SHAPES, TIMINGS, billions, millions, points, removed, tokens, usdt
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.errors import BadCalibration, BadValue
from ifx_sdk.hedging.exposure import Exposure, UsageFile
from ifx_sdk.hedging.ladder import Hedge, Leg
from ifx_sdk.hedging.plan import Plan
from ifx_sdk.hedging.process import BASE, PPM, JumpProcess, from_table, with_rise
from ifx_sdk.hedging.simulation import UNIT_COST, Demand, Simulation, simulate
from ifx_sdk.money import format_price, format_quantity

_SHARE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%", re.ASCII)
_SIGNED: Final = re.compile(r"-?[0-9]{1,2}(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """The repricings that a simulation draws from, and what they prove."""

    process: JumpProcess
    """Rate and factors."""

    evidence: Evidence
    """Its interval."""

    own: bool
    """Whether the table is the user's, not the paper's."""

    @property
    def moves(self) -> str:
        """Rate and moves in words."""
        rate = f"{self.process.rate_per_month} a month"
        shown = ", ".join(f"{_percent(each - 1)}" for each in self.process.factors[:6])
        more = len(self.process.factors) - 6
        listed = f"{shown} and {more} more" if more > 0 else shown
        whose = "your" if self.own else "the paper's"
        return f"{whose} repricings ({listed}) at {rate}"

    def at(self, rate: Fraction) -> JumpProcess:
        """The same moves at another rate."""
        return JumpProcess(rate_per_month=rate, factors=self.process.factors)


def record(table: Sequence[Repricing], months: int, *, own: bool) -> Record:
    """What a table says; of the paper's, the sizes as the paper gives them. Raises BadCalibration, BadValue."""
    if not own:
        return Record(process=BASE, evidence=paper_evidence(), own=False)
    evidence = calibrate(table, months, may_rise=True)
    if any(row.mid_cycle and not row.new for row in table):
        cure = "Leave that row out: of such a price no forward is quoted."
        raise BadCalibration(evidence.calibration.id, "a price of its table went to 0", cure=cure)
    return Record(process=from_table(table, months), evidence=evidence, own=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class HedgeSheet:
    """A plan and what was found out about it."""

    underlying: str | None
    """`provider/model-id` whose fixing is the spot; None where only a spot was given."""

    spot_given: bool
    """Whether the spot is what somebody typed, not a fixing."""

    plan: Plan
    """Exposure and hedges."""

    file: UsageFile
    """Where the use comes from."""

    exposure: Exposure
    """The use ahead."""

    record: Record
    """The repricings that are drawn."""

    demands: tuple[Demand, ...]
    """Unit cost first."""

    falling: Simulation
    """With the recorded repricings."""

    rising: Simulation
    """With one more, a rise."""


def parse_demands(elasticity: str, volume_sd: str | None) -> tuple[Fraction, Fraction | None]:
    """Elasticity and spread of the volume as they are typed. Raises BadValue."""
    if not _SIGNED.fullmatch(elasticity.strip()) or abs(Fraction(elasticity.strip())) > 10:
        raise BadValue(elasticity, "an elasticity is a number from -10 to 10", cure='Write it such as "-1.08".')
    if volume_sd is None:
        return Fraction(elasticity.strip()), None
    match = _SHARE.fullmatch(volume_sd.strip())
    if match is None:
        raise BadValue(volume_sd, "it is no percentage of at least 0", cure='Write it such as "20%".')
    return Fraction(elasticity.strip()), Fraction(match[1]) / 100


def sheet(
    plan: Plan,
    file: UsageFile,
    exposure: Exposure,
    record: Record,
    wanted: tuple[Fraction, Fraction | None],
    *,
    underlying: str | None,
    spot_given: bool,
    paths: int,
    seed: int,
) -> HedgeSheet:
    """Simulate a plan under falling and rising prices. Raises BadValue, MissingExtra."""
    elasticity, volume_sd = wanted
    off = volume_sd if volume_sd is not None else Fraction(exposure.variation_ppm or 0, PPM)
    demands = (
        UNIT_COST,
        Demand(name="spend, volume off", volume_sd=off),
        Demand(name="spend, use responds", elasticity=elasticity),
    )
    falling, rising = (
        simulate(process, plan.spot, plan.use, plan.hedges, demands=demands, paths=paths, seed=seed)
        for process in (record.process, with_rise(record.process))
    )
    return HedgeSheet(
        underlying=underlying,
        spot_given=spot_given,
        plan=plan,
        file=file,
        exposure=exposure,
        record=record,
        demands=demands,
        falling=falling,
        rising=rising,
    )


# ------------------------------------------------------------------------------------------------------------ programs


def document(shown: HedgeSheet, notes: Sequence[str]) -> dict[str, object]:
    """A plan for programs: micro-USDT, Mtok, ppm."""
    plan, exposure = shown.plan, shown.exposure
    return {
        "model": exposure.model,
        "form": shown.file.form,
        "tokens_at_other_prices": shown.file.left_out,
        "first": exposure.first.isoformat(),
        "last": exposure.last.isoformat(),
        "silent_days": exposure.silent_days,
        "outliers": [each.isoformat() for each in exposure.outliers],
        "shape": exposure.shape,
        "monthly_mtok": [_decimal(each) for each in plan.monthly],
        "volume_mtok": _decimal(plan.volume),
        "trade_date": plan.trade_date.isoformat(),
        "side": plan.side,
        "underlying": shown.underlying,
        "spot": plan.spot,
        "spot_given": shown.spot_given,
        "cost_if_unchanged": plan.cost,
        "paths": shown.falling.paths,
        "seed": shown.falling.seed,
        "process": {
            "own_table": shown.record.own,
            "lambda_per_month": str(shown.record.process.rate_per_month),
            "factors": [str(each) for each in shown.record.process.factors],
            "evidence": shown.record.evidence.strength,
        },
        "demands": [
            {"name": each.name, "elasticity": _decimal(each.elasticity), "volume_sd": _decimal(each.volume_sd)}
            for each in shown.demands
        ],
        "unhedged": {each.name: _spread(shown, None, each.name) for each in shown.demands},
        "hedges": [_hedge(shown, each) for each in plan.hedges],
        "notes": list(notes),
    }


def _hedge(shown: HedgeSheet, hedge: Hedge) -> dict[str, object]:
    plan = shown.plan
    return {
        "name": hedge.name,
        "legs": [
            {
                "tenor_months": leg.months,
                "averaging_days": leg.averaging_days,
                "quantity": leg.quantity,
                "indicative": leg.price,
            }
            for leg in hedge.legs
        ],
        "quantity": hedge.quantity,
        "prefunding": hedge.prefunding,
        "locked_after": {str(month): hedge.locked_after(month) for month in (3, 6, 9, 12)},
        "fee": hedge.fee,
        "worst_case": hedge.worst_case,
        "effectiveness_closed_form_ppm": plan.effectiveness(hedge),
        "effectiveness": {each.name: _spread(shown, hedge.name, each.name) for each in shown.demands},
        "outcomes": [
            {"factor": _decimal(factor), "after_months": after, "amount": plan.outcome(hedge, factor, Fraction(after))}
            for _, factor, after in TIMINGS
        ],
    }


def _spread(shown: HedgeSheet, hedge: str | None, demand: str) -> dict[str, object]:
    found = {}
    for name, simulation in (("falling", shown.falling), ("rising", shown.rising)):
        spread = simulation.unhedged[demand] if hedge is None else simulation.hedged[hedge][demand]
        found[name] = {
            "mean": spread.mean,
            "sd": spread.sd,
            "p5": spread.low,
            "p95": spread.high,
            "effectiveness_ppm": None if hedge is None else spread.effectiveness,
            "error_ppm": spread.error,
        }
    return dict(found)


# -------------------------------------------------------------------------------------------------------------- people


def text(shown: HedgeSheet, notes: Sequence[str]) -> str:
    """A plan for people."""
    return "\n\n".join(
        [
            aligned(_head(shown)),
            "The hedges, at today's indicative prices\n" + _legs(shown.plan),
            "What each takes, and brings if the price stays (USDT)\n" + _costs(shown.plan),
            f"How much uncertainty each removes ({shown.falling.paths:,} paths)\n" + _removed(shown),
            f"What {_flow(shown)} comes to after one repricing (million USDT, half fee included)\n"
            + _outcomes(shown.plan),
            "\n".join(f"note: {each}" for each in notes),
        ]
    )


def _head(shown: HedgeSheet) -> list[tuple[str, str]]:
    plan, exposure = shown.plan, shown.exposure
    monthly = [billions(each) for each in plan.monthly]
    even = len(set(plan.monthly)) == 1
    return [
        ("model", exposure.model),
        ("recorded", f"{exposure.first} to {exposure.last} ({shown.file.form} form)"),
        (
            "use ahead",
            f"{tokens(plan.volume)} in {len(plan.monthly)} months from {plan.trade_date} ({SHAPES[exposure.shape]})",
        ),
        ("by month", f"{tokens(plan.monthly[0])} each" if even else " ".join(monthly) + " (B tokens)"),
        ("spot S0", f"{format_price(plan.spot)}, {_source(shown)}"),
        (_flow(shown) + " if unchanged", f"{usdt(plan.cost)} USDT"),
    ]


def _source(shown: HedgeSheet) -> str:
    if shown.spot_given:
        return "as given" if shown.underlying is None else f"as given for {shown.underlying}"
    return f"the fixing of {shown.underlying} on {shown.plan.trade_date}"


def _flow(shown: HedgeSheet) -> str:
    return "cost" if shown.plan.side == "long" else "revenue"


def _legs(plan: Plan) -> str:
    rows = [
        (
            NAMES[hedge.name] if n == 0 else "",
            f"{leg.months}M",
            format_quantity(leg.quantity),
            _settles(leg),
            price(leg.price),
        )
        for hedge in plan.hedges
        for n, leg in enumerate(hedge.legs)
    ]
    rows += [(NAMES[hedge.name], "-", "not one lot fits", "", "") for hedge in plan.hedges if not hedge.legs]
    return table(("hedge", "tenor", "size", "settles on", "F_ind"), rows, right=(4,))


def _settles(leg: Leg) -> str:
    return "maturity day" if leg.averaging_days == 1 else f"mean of {leg.averaging_days} days"


def _costs(plan: Plan) -> str:
    rows = [
        (
            NAMES[hedge.name],
            usdt(hedge.prefunding),
            usdt(hedge.locked_after(3)),
            usdt(hedge.locked_after(6)),
            usdt(hedge.fee),
            usdt(hedge.payoff_at(plan.spot)),
            usdt(hedge.worst_case),
        )
        for hedge in plan.hedges
    ]
    header = ("hedge", "locked", "after 3M", "after 6M", "half fee", "if unchanged", "worst case")
    return table(header, rows, right=range(1, 7))


def _removed(shown: HedgeSheet) -> str:
    rows = []
    for hedge in shown.plan.hedges:
        falling = [shown.falling.hedged[hedge.name][each.name] for each in shown.demands]
        rising = shown.rising.hedged[hedge.name][UNIT_COST.name]
        rows.append((NAMES[hedge.name], *map(removed, (falling[0], rising, *falling[1:]))))
    volume = shown.demands[1].volume_sd
    off = f"spend, volume off by {points(int(volume * PPM))}" if volume else "spend, volume as planned"
    header = (
        "hedge",
        f"unit {_flow(shown)}",
        "the same, a rise possible",
        off,
        f"spend, use responds ({_decimal(shown.demands[2].elasticity)})",
    )
    return table(header, rows, right=range(1, 5))


def _outcomes(plan: Plan) -> str:
    shown = [each for each in TIMINGS if each[2] < len(plan.monthly)]
    rows = [
        (
            "no hedge" if hedge is None else NAMES[hedge.name],
            *(millions(plan.outcome(hedge, factor, Fraction(after))) for _, factor, after in shown),
        )
        for hedge in (None, *plan.hedges)
    ]
    return table(("hedge", *(name for name, _, _ in shown)), rows, right=range(1, 1 + len(shown)))


def _percent(change: Fraction) -> str:
    return f"{Decimal(round(change * 1_000)) / 10:+.0f}%"


def _decimal(value: Fraction) -> str:
    return f"{(Decimal(value.numerator) / value.denominator).quantize(Decimal('1e-6')).normalize():f}"

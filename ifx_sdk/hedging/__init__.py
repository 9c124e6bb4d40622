"""Calculators for treasuries: exposure, hedges and what they remove, a market maker's result, margin.

    uses = read_usage("usage.csv").uses
    ahead = exposure(uses, trade_date)
    plan = make_plan(ahead.monthly, spot=8_000_000, trade_date=trade_date)
    simulate(BASE, plan.spot, plan.use, plan.hedges, demands=(UNIT_COST, RESPONDING))

Money is integers and fractions; only `simulate` computes in floating point, and it needs the extra [hedging].
"""

from ifx_sdk.hedging.exposure import Exposure, UsageFile, Use, exposure
from ifx_sdk.hedging.ladder import Hedge, Leg, in_lots, ladder_weights, leg, nearest_lots, spread
from ifx_sdk.hedging.margin import Margin, initial_margin
from ifx_sdk.hedging.market_maker import MakerBook
from ifx_sdk.hedging.participants import PARTICIPANTS, Participant
from ifx_sdk.hedging.plan import Plan, make_plan
from ifx_sdk.hedging.process import BASE, RISING, JumpProcess, Sample, effectiveness, from_table, with_rise
from ifx_sdk.hedging.repricings import read_repricings
from ifx_sdk.hedging.simulation import RESPONDING, UNIT_COST, Demand, Simulation, Spread, simulate
from ifx_sdk.hedging.usage_files import read_usage

__all__ = [
    "BASE",
    "Demand",
    "Exposure",
    "Hedge",
    "JumpProcess",
    "Leg",
    "MakerBook",
    "Margin",
    "PARTICIPANTS",
    "Participant",
    "Plan",
    "RESPONDING",
    "RISING",
    "Sample",
    "Simulation",
    "Spread",
    "UNIT_COST",
    "UsageFile",
    "Use",
    "effectiveness",
    "exposure",
    "from_table",
    "in_lots",
    "initial_margin",
    "ladder_weights",
    "leg",
    "make_plan",
    "nearest_lots",
    "read_repricings",
    "read_usage",
    "simulate",
    "spread",
    "with_rise",
]

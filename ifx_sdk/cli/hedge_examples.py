"""The paper's seven participants as a table: its position for each, and what two better ones do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from ifx_sdk.cli.hedge_words import NAMES, removed, tokens, usdt
from ifx_sdk.cli.output import table
from ifx_sdk.hedging.ladder import Hedge
from ifx_sdk.hedging.participants import PARTICIPANTS, SPOT, Participant
from ifx_sdk.hedging.plan import LIST_PRICE, Plan, make_plan
from ifx_sdk.hedging.process import BASE, RISING
from ifx_sdk.hedging.simulation import RESPONDING, UNIT_COST, Simulation, simulate
from ifx_sdk.money import format_quantity

TRADE_DATE: Final = date(2026, 7, 15)
"""Any would do; fixed, so that the figures stay."""

PAPER_CUTS: Final = (
    "drawn with the paper's two cuts at 1/37 a month, very weak evidence; rise possible: one of 0.60 to 2.50, as in "
    "2025, is drawn too, and payoffs are capped at the prefunding"
)

Row = tuple[Participant, Plan, Simulation, Simulation]


def rows(paths: int, seed: int) -> list[Row]:
    """Plan and simulations of each. Raises BadValue, MissingExtra."""
    found = []
    for each in PARTICIPANTS:
        plan = make_plan(each.monthly(), spot=SPOT, trade_date=TRADE_DATE, side=each.side)
        falling, rising = (
            simulate(process, SPOT, plan.use, plan.hedges, demands=(UNIT_COST, RESPONDING), paths=paths, seed=seed)
            for process in (BASE, RISING)
        )
        found.append((each, plan, falling, rising))
    return found


def document(found: Sequence[Row]) -> dict[str, object]:
    """For programs: micro-USDT, Mtok, ppm."""
    return {
        "spot": SPOT,
        "trade_date": TRADE_DATE.isoformat(),
        "participants": [
            {
                "key": who.key,
                "name": who.name,
                "paper": who.paper,
                "basis": who.basis,
                "side": who.side,
                "months": who.months,
                "volume_mtok": str(plan.volume),
                "hedges": [_hedge(plan, hedge, falling, rising) for hedge in plan.hedges],
            }
            for who, plan, falling, rising in found
        ],
    }


def _hedge(plan: Plan, hedge: Hedge, falling: Simulation, rising: Simulation) -> dict[str, object]:
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
        "prefunding": hedge.prefunding,
        "fee": hedge.fee,
        "worst_case": hedge.worst_case,
        "unit_cost_ppm": falling.hedged[hedge.name][UNIT_COST.name].effectiveness,
        "unit_cost_rise_possible_ppm": rising.hedged[hedge.name][UNIT_COST.name].effectiveness,
        "spend_use_responds_ppm": falling.hedged[hedge.name][RESPONDING.name].effectiveness,
        "closed_form_ppm": plan.effectiveness(hedge),
    }


def text(found: Sequence[Row]) -> str:
    """For people."""
    header = ("hedge", "forwards", "locked", "half fee", "worst case", "unit cost", "rise possible", "use responds")
    parts = []
    for who, plan, falling, rising in found:
        lines = [
            (
                NAMES[hedge.name],
                " + ".join(
                    f"{leg.months}M {format_quantity(leg.quantity).removesuffix(' tokens')}" for leg in hedge.legs
                )
                or "none",
                usdt(hedge.prefunding),
                usdt(hedge.fee),
                usdt(hedge.worst_case),
                removed(falling.hedged[hedge.name][UNIT_COST.name]),
                removed(rising.hedged[hedge.name][UNIT_COST.name]),
                removed(falling.hedged[hedge.name][RESPONDING.name]),
            )
            for hedge in plan.hedges
        ]
        head = f"{who.name}: {tokens(plan.volume)} in {who.months} months ({who.basis}); the paper: {who.paper}"
        parts.append(f"{head}\n{table(header, lines, right=range(2, 8))}")
    notes = [
        "GPT-4.1 at 8.00; the last three columns: how much of the standard deviation of unit cost (twice) and of a "
        "spend whose use responds by -1.08 is removed; negative adds; +- is two standard errors of the simulation",
        PAPER_CUTS,
        LIST_PRICE,
    ]
    return "\n\n".join([*parts, "\n".join(f"note: {each}" for each in notes)])

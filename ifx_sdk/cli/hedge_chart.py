"""A hedge plan as a picture: how much uncertainty is left, and why one forward at the end does not help."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from ifx_sdk.cli.curve_sheet import price
from ifx_sdk.cli.hedge_sheet import HedgeSheet
from ifx_sdk.cli.hedge_words import points, tokens
from ifx_sdk.cli.pictures import AMBER, BLUE, INK, PURPLE, QUIET, TEAL, label_ends, short_name, styled
from ifx_sdk.hedging.ladder import GRID, Hedge
from ifx_sdk.hedging.plan import AVERAGE, LADDER, NAIVE, STRIP
from ifx_sdk.hedging.simulation import UNIT_COST, Spread
from ifx_sdk.money import format_price, format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS: Final = {NAIVE: AMBER, LADDER: BLUE, AVERAGE: TEAL, STRIP: PURPLE}
_CUT: Final = Fraction(54, 100)
_EPSILON: Final = Fraction(1, 1_000)
_UNITS: Final = ((2 * 10**15, 10**15, "billion"), (2 * 10**12, 10**12, "million"), (0, 10**9, "thousand"))
"""From which cost on (micro-USDT) a unit is used, what it is, and its name."""


def _unit(shown: HedgeSheet) -> tuple[int, str]:
    return next((unit, name) for least, unit, name in _UNITS if shown.plan.cost >= least)


def draw(shown: HedgeSheet) -> Figure:
    """Draw the spread that each hedge leaves, and the cost by the month of a cut."""
    plan = shown.plan
    short = plan.side == "short"
    unit, scale = _unit(shown)
    with styled(13, 7) as drawn:
        removed = {each.name: shown.falling.hedged[each.name][UNIT_COST.name].effectiveness for each in plan.hedges}
        flow = "revenue" if short else "cost"
        drawn.text(0.035, 0.935, _title(flow, len(plan.monthly), removed), size=16, weight="bold")
        what = (
            f"{short_name(shown.exposure.model)}: {tokens(plan.volume)} "
            f"in {len(plan.monthly)} months from {plan.trade_date} "
            f"at {format_price(plan.spot)}, {plan.cost / unit:,.2f} {scale} USDT if nothing changes"
        )
        drawn.text(0.035, 0.885, what, color=QUIET, size=11)
        _spreads(drawn.add_axes((0.125, 0.2, 0.3, 0.56)), shown)
        _timing(drawn.add_axes((0.53, 0.2, 0.33, 0.56)), shown)
        drawn.text(0.035, 0.805, f"Uncertainty left in the {flow} (standard deviation, {scale} USDT)", weight="bold")
        timing = f"{flow.capitalize()} if the price is cut by 46% once, by when ({scale} USDT)"
        drawn.text(0.49, 0.805, timing, weight="bold")
        drawn.text(0.035, 0.035, fill(_foot(shown), 190), color=QUIET, size=8.8, linespacing=1.5)
    return drawn


def _title(flow: str, months: int, removed: Mapping[str, int | None]) -> str:
    ladder, naive = removed[LADDER], removed[NAIVE]
    if ladder is None or naive is None:
        return f"No repricing was drawn: nothing is uncertain about this {flow}"
    if not ladder and not naive:
        return f"No hedge fits this {flow}: it is smaller than half a lot"
    ends = f"one {months}M forward {_does(naive)}"
    if not ladder:
        return f"No ladder fits this {flow}; of its uncertainty {ends}"
    return f"The ladder {_does(ladder)} of the uncertainty of this {flow}; {ends}"


def _does(ppm: int) -> str:
    return f"{'removes' if ppm >= 0 else 'adds'} {round(Fraction(abs(ppm), 10_000)):,}%"


def _foot(shown: HedgeSheet) -> str:
    rungs = ", ".join(
        f"{leg.months}M {format_quantity(leg.quantity).removesuffix(' tokens')} at {price(leg.price)}"
        for leg in shown.plan.ladder.legs
    )
    average = ", ".join(f"{leg.months}M {price(leg.price)}" for leg in shown.plan.average.legs)
    return (
        f"Ladder: {rungs or 'not one lot fits'}. Average-price forward: {average or 'not one lot fits'}. Simulated "
        f"with {shown.record.moves}, {shown.falling.paths:,} paths: {shown.record.evidence.strength} evidence, and "
        "prices also rise, when payoffs are capped at the prefunding. Unit cost of the planned tokens; a spend that "
        "grows as prices fall is another matter (see the table). Forwards settle on the list price. Half fee included "
        "on the right."
    )


def _spreads(axes: Axes, shown: HedgeSheet) -> None:
    plan = shown.plan
    bars: list[tuple[str, Spread, str, int | None]]
    bars = [("No hedge", shown.falling.unhedged[UNIT_COST.name], QUIET, None)]
    labels = {
        NAIVE: f"One {len(plan.monthly)}M forward",
        LADDER: "Ladder",
        AVERAGE: "Average-price\nforward",
        STRIP: "Average-price\nstrip",
    }
    for hedge in plan.hedges:
        spread = shown.falling.hedged[hedge.name][UNIT_COST.name]
        bars.append((labels[hedge.name], spread, _COLORS[hedge.name], spread.effectiveness))
    unit, _ = _unit(shown)
    most = max(spread.sd for _, spread, _, _ in bars) / unit
    for place, (_, spread, color, removed) in enumerate(bars):
        sd = spread.sd / unit
        axes.barh(place, sd, height=0.58, color=color)
        note = f"{sd:,.2f}"
        if removed is not None:
            note += f"   {points(abs(removed))} {'removed' if removed >= 0 else 'added'}"
        axes.text(sd + most * 0.02, place, note, va="center", weight="bold", color=INK if removed is None else color)
    axes.set_yticks(range(len(bars)), [name for name, _, _, _ in bars], color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, most * 1.55)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def _timing(axes: Axes, shown: HedgeSheet) -> None:
    plan = shown.plan
    length = len(plan.monthly)
    unit, _ = _unit(shown)
    # On the edges of the cells of use; once more just before a leg settles, when it still feels the cut.
    edges = [Fraction(n, GRID) for n in range(length * GRID)]
    settled = [Fraction(leg.months) for hedge in plan.hedges for leg in hedge.legs]
    when = sorted({*edges, *(each - _EPSILON for each in settled), Fraction(length) - _EPSILON})
    across = [float(each) for each in when]
    # Dashes beside colours, for who sees few of them.
    lines: list[tuple[Hedge | None, str, str, Any]]
    lines = [(None, "No hedge", QUIET, (0, (1, 1.5))), (plan.naive, f"One {length}M forward", AMBER, "-")]
    lines += [
        (plan.ladder, "Ladder", BLUE, "-"),
        (plan.average, "Average-price", TEAL, (0, (7, 2))),
        (plan.strip, "Average strip", PURPLE, (0, (3, 1.5))),
    ]
    ends = []
    for hedge, label, color, dashes in lines:
        costs = [plan.outcome(hedge, _CUT, each) / unit for each in when]
        axes.plot(across, costs, color=color, linewidth=2.4, linestyle=dashes, solid_joinstyle="round")
        ends.append((costs[-1], label, color))
    low, high = axes.get_ylim()
    axes.set_ylim(low - (high - low) * 0.05, high + (high - low) * 0.05)
    label_ends(axes, ends, step=0.058, bold=True)
    axes.set_xlim(0, length)
    axes.set_xticks(range(0, length + 1, 3), ["at once", *(f"{each}M" for each in range(3, length, 3)), "at the end"])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.1f}" if unit > 10**9 else f"{value:,.0f}")
    axes.grid(axis="x", visible=False)

"""The indicative curve as a picture: how the price falls with the tenor, and how far that may be off."""

from __future__ import annotations

from fractions import Fraction
from textwrap import fill
from typing import TYPE_CHECKING, Final

from ifx_sdk import pricing
from ifx_sdk.cli.curve_sheet import CurveSheet, price
from ifx_sdk.cli.pictures import AMBER, BLUE, QUIET, TEAL, label_ends, short_name, styled
from ifx_sdk.money import MICRO

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STEPS: Final = 8
"""Points of a line in a month."""


def draw(shown: CurveSheet) -> Figure:
    """Draw point and average curves, the band, the compound mean and the stress curve."""
    last = shown.points[-1]
    with styled(10, 6) as drawn:
        axes = drawn.add_axes((0.07, 0.2, 0.73, 0.6))
        _curves(axes, shown)
        name = short_name(shown.underlying or "A model")
        drawn.text(0.07, 0.93, f"{name} at {price(shown.spot)}: indicative forwards", size=16, weight="bold")
        what = (
            f"USD per million output tokens, by tenor. {last.months} months: {price(last.point.price)}; "
            f"the rate's 95% interval leaves {price(last.point.low)} to {price(last.point.high)} open."
        )
        drawn.text(0.07, 0.87, what, color=QUIET, size=10.5)
        foot = f"{shown.evidence.sentence}. Indications by Eq. 6 on {shown.trade_date}, binding nobody; prices do rise."
        drawn.text(0.07, 0.03, fill(foot[0].upper() + foot[1:], 132), color=QUIET, size=8.5, linespacing=1.5)
    return drawn


def _curves(axes: Axes, shown: CurveSheet) -> None:
    spot, evidence = shown.spot, shown.evidence
    slow, fast = evidence.band
    months = [Fraction(n, _STEPS) for n in range(shown.points[-1].months * _STEPS + 1)]
    across = [float(each) for each in months]

    def line(using: pricing.Calibration) -> list[float]:
        return [float(spot * pricing.multiplier(each, using) / MICRO) for each in months]

    point, low, high, stress = (line(each) for each in (evidence.calibration, fast, slow, pricing.CAL_SERIES))
    compound = [float(spot * pricing.compound_mean(each, evidence.calibration) / MICRO) for each in months]
    average = [float(sum(point[: n + 1]) / (n + 1)) for n in range(len(point))]
    axes.fill_between(across, low, high, color=BLUE, alpha=0.1, linewidth=0)
    axes.axhline(spot / MICRO, color=QUIET, linewidth=0.9, linestyle=(0, (1, 3)))
    axes.plot(across, stress, color=AMBER, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.plot(across, compound, color=BLUE, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot(across, average, color=TEAL, linewidth=2)
    axes.plot(across, point, color=BLUE, linewidth=2.4)
    _published(axes, shown)
    ends = [(average[-1], "average-price forward", TEAL), (point[-1], "point forward, F_ind", BLUE)]
    ends += [(compound[-1], "if repricings repeat", BLUE), (stress[-1], "stress curve", AMBER)]
    ends += [(spot / MICRO, "spot today", QUIET), (high[-1], "band, few repricings", QUIET)]
    ends += [(low[-1], "band, many repricings", QUIET)]
    label_ends(axes, ends, step=0.052)
    ticks = [0, *(each.months for each in shown.points)]
    axes.set_xticks(ticks, ["today", *(f"{each}M" for each in ticks[1:])])
    axes.set_xlim(0, ticks[-1])
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.2f}" if spot >= MICRO else f"{value:.4f}")


def _published(axes: Axes, shown: CurveSheet) -> None:
    """The published prices, on the tick, with their figures."""
    for each in shown.points:
        for band, color, above in ((each.average, TEAL, True), (each.point, BLUE, False)):
            if band.price is None:
                continue
            at = (each.months, band.price / MICRO)
            axes.plot(*at, "o", color=color, markersize=6, clip_on=False, markeredgecolor="white", zorder=3)
            shift, edge = ((-4, 9), "bottom") if above else ((-4, -9), "top")
            axes.annotate(
                price(band.price),
                at,
                xytext=shift,
                textcoords="offset points",
                ha="right",
                va=edge,
                color=color,
                weight="bold",
                size=9.5,
                bbox={"facecolor": "white", "alpha": 0.75, "pad": 1, "linewidth": 0},
            )

"""What a treasury should be told beside the figures of a hedge plan. Pure."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Final

from ifx_sdk.cli.hedge_sheet import HedgeSheet
from ifx_sdk.cli.hedge_words import NAMES, points, tokens
from ifx_sdk.hedging.plan import LIST_PRICE

PROMOTION: Final = (
    "a point leg settles on one day's fixing, so a promotion on its last evening counts; a 5-day average is offered"
)
LOCKED: Final = "prefunding is locked until each maturity and earns nothing; that is a cost which no figure here holds"

_SHORT_RECORD: Final = 28
"""Days of a record below which a year made of it is told to be a guess."""

_STALE: Final = timedelta(days=45)
"""Between the last recorded day and the trade date: longer is told."""


def notes(shown: HedgeSheet) -> list[str]:
    """Of the file, of the figures, and of what no figure holds."""
    return [*_about_file(shown), *_about_days(shown), *_about_figures(shown), LIST_PRICE, PROMOTION, LOCKED]


def _about_file(shown: HedgeSheet) -> list[str]:
    found = []
    if shown.file.left_out:
        other = tokens(Fraction(shown.file.left_out, 1_000_000))
        kinds = "batch, flex, priority, fast mode, long context, one region, audio"
        found.append(f"{other} in the file are at other prices ({kinds}): not hedged here")
    named = (shown.underlying or "").rpartition("/")[2]
    if named not in shown.exposure.model.lower():
        why = "make sure that this is the model whose price is hedged"
        found.append(f"the file's {shown.exposure.model} is not called {named}: {why}")
    if len(shown.file.models) > 1:
        found.append(f"the file holds {len(shown.file.models)} models; this plan is for {shown.exposure.model} alone")
    if not shown.demands[1].volume_sd:
        found.append("nothing recorded says how far the volume may be off: give --volume-sd, such as 20%")
    return found


def _about_days(shown: HedgeSheet) -> list[str]:
    exposure, found = shown.exposure, []
    span = (exposure.last - exposure.first).days + 1
    if exposure.silent_days * 2 > span:
        why = "if its rows are totals of weeks or months, the daily rate is wrong, so export days"
        found.append(f"{exposure.silent_days} of {span} days have no row and count as days without use; {why}")
    elif exposure.silent_days:
        found.append(f"{_days(exposure.silent_days)} without a row {_count(exposure.silent_days)} as without use")
    if exposure.outliers:
        first, days = exposure.outliers[0], len(exposure.outliers)
        found.append(f"{_days(days)} with over 10 times the median, the first {first}: month totals?")
    if exposure.shape == "forecast":
        return found
    if span < _SHORT_RECORD:
        found.append(f"{_days(span)} on record are all that {len(shown.plan.monthly)} months are projected from")
    late = shown.plan.trade_date - exposure.last
    if late > _STALE:
        found.append(f"the record ends {_days(late.days)} before the trade date: is use still the same?")
    if exposure.last >= shown.plan.trade_date > exposure.first:
        why = "days after the trade date count as recorded; to plan by them, leave earlier days out"
        found.append(f"the record runs to {exposure.last}: {why}")
    return found


def _about_figures(shown: HedgeSheet) -> list[str]:
    record, plan = shown.record, shown.plan
    low, high = (
        points(plan.effectiveness(plan.ladder, record.at(rate)))
        for rate in (record.evidence.rate_low, record.evidence.rate_high)
    )
    short = plan.side == "short"
    worst = "rises by the spot above F_ind, when tokens earn more" if short else "falls to 0, when tokens are free"
    fall = "pays" if short else "is paid"
    found = [
        f"worst case: what the forwards lose if the price {worst}; half fee included",
        f"if unchanged: F_ind lies below the spot, for cuts are expected, so the hedge {fall} the difference where "
        "none comes; before the fee",
        f"uncertainty is the standard deviation under {record.moves}; negative: the hedge adds some, for such a spend "
        "hardly moves with the price; +- is two standard errors of the simulation",
        "a rise possible: one of 0.60 to 2.50, as in 2025, is drawn too; payoffs are capped at the prefunding, so a "
        "price beyond twice the spot is hedged only in part",
        f"{record.evidence.sentence}; at either end of the rate the ladder removes {low} and {high} (no cap counted)",
    ]
    over = [NAMES[each.name] for each in plan.hedges if each.quantity * 10 > plan.volume * 11]
    if over:
        found.append(
            f"more than is used is covered by: {', '.join(over)}; what is beyond the use is a bet on the price"
        )
    unrounded = plan.ladder_unrounded
    if unrounded is not None:
        found.append(f"the ladder without rounding to lots would remove {points(unrounded)} of the unit cost's spread")
    return found


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _count(count: int) -> str:
    return "counts" if count == 1 else "count"

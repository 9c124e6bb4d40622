"""Section 4: calibration, the indicative price, Table 2, margin, Figure 4."""

from datetime import date
from fractions import Fraction
from typing import Final

from ifx_sdk import calibration, payoff, pricing
from ifx_sdk.hedging import initial_margin
from ifx_sdk.hedging.participants import SPOT
from ifx_sdk.pricing import CAL_MID, CAL_SERIES, Calibration
from scripts.papercheck.ledger import Row, Section, Verdict, check, judged, mean, percent, row, text

HOLDS, WRONG, OPEN, CITED, CHOSEN = Verdict.HOLDS, Verdict.WRONG, Verdict.OPEN, Verdict.CITED, Verdict.CHOSEN

TENORS: Final = (3, 6, 12)
"""Months, of Table 2."""

TABLE_2: Final = (
    (CAL_MID, (("7.8", "0.964"), ("15.0", "0.931"), ("27.9", "0.872"))),
    (CAL_SERIES, (("44.9", "0.851"), ("63.9", "0.789"), ("87.1", "0.713"))),
)
"""As printed: p in percent and m, by calibration and tenor."""

TRILLION: Final = 1_000_000
"""1T tokens in Mtok."""


def sections() -> tuple[Section, ...]:
    """In the paper's order."""
    return (
        Section(number="4.2", title="calibration (Eq. 3 to 5)", rows=(*_events(), *_rates(), *_probabilities())),
        Section(number="4.3", title="the indicative price (Eq. 6) and Table 2", rows=(*_equation_6(), *_table_2())),
        Section(number="4.4", title="margin (Eq. 7) and Figure 4", rows=(*_margin(), *_figure_4())),
    )


def _events() -> tuple[Row, ...]:
    mid = [each for each in calibration.TABLE_1 if each.mid_cycle]
    launches = [each for each in calibration.TABLE_1 if not each.mid_cycle]
    new = sum(each.old is None for each in launches)
    return (
        row(
            "of eight events seven are launches, two are mid-cycle",
            f"{len(launches)} launches, {new} of them without an old price, and {len(mid)} mid-cycle",
            WRONG,
            "`calibration.TABLE_1`",
            marks="eight seven two",
            erratum=18,
        ),
        row(
            "GPT-4o in August 2024, -25%; Opus 4.6 in February 2026, -67%",
            f"-{percent(mid[0].cut or 0)} and -{percent(mid[1].cut or 0)}; what recorded lists say stands in 1.5",
            Verdict.ROUNDING,
            "`calibration.TABLE_1`",
            marks="2024 25 2026 67",
        ),
        row(
            "twice in 37 months",
            f"Table 1 begins in December 2023, which is {_months()} months before the paper, not 37",
            OPEN,
            "`calibration.TABLE_1`",
            marks="twice 37",
        ),
    )


def _months() -> int:
    first, paper = calibration.TABLE_1[0].on, date(2026, 6, 1)
    return (paper.year - first.year) * 12 + paper.month - first.month


def _rates() -> tuple[Row, ...]:
    seen = calibration.paper_evidence()
    every = calibration.calibrate(calibration.TABLE_1, calibration.TABLE_1_MONTHS, launches=True)
    printed = [Fraction(round(100 * (each.cut or 0)), 100) for each in calibration.TABLE_1]
    sized = [each for each in printed if each]
    low, high = seen.rate_low, seen.rate_high
    least, most = pricing.indicative_interval(SPOT, 12)
    per_series = Fraction(seen.events, seen.months)
    return (
        row(
            "Eq. 3: lambda = 1/37 a month for each model",
            f"{seen.events} / {seen.months} = {per_series}: for each provider's series",
            WRONG,
            "Eq. 3, `calibrate`",
            marks="1 37",
            erratum=9,
        ),
        row(
            "Eq. 3: that rate, without an interval",
            f"two events leave {text(low, 4)} to {text(high, 4)} a month (95%), and a 12-month F_ind for 8.00 of "
            f"{text(Fraction(least, 10**6), 2)} to {text(Fraction(most, 10**6), 2)}",
            OPEN,
            "`rate_interval`, `indicative_interval`",
            erratum=10,
        ),
        check(
            "Eq. 3: delta = 1/2 (0.25 + 0.67) = 0.46",
            "0.46",
            Fraction(1, 2) * (Fraction("0.25") + Fraction("0.67")),
            "Eq. 3",
            note="with the unrounded cut 11/24 = 0.4583",
            marks="1 2 0.25 0.67 0.46 two",
        ),
        row(
            "Eq. 4: lambda = 8/37",
            f"8 rows over {seen.months} provider-months, as Eq. 3 counts, are {every.calibration.rate_per_month}; "
            "8/37 counts both providers as one series",
            WRONG,
            "Eq. 4, `calibrate(launches=True)`",
            marks="8 37",
        ),
        row(
            "Eq. 4: delta = 0.33",
            f"{percent(mean(sized))} over the {len(sized)} rows with an old price, {percent(mean(printed))} over all, "
            f"{percent(mean(_launch_cuts()))} over the repriced launches",
            OPEN,
            "`calibration.TABLE_1`",
            marks="0.33",
            erratum=11,
        ),
    )


def _launch_cuts() -> list[Fraction]:
    return [Fraction(round(100 * each.cut), 100) for each in calibration.TABLE_1 if each.cut and not each.mid_cycle]


def _probabilities() -> tuple[Row, ...]:
    words = ("three", "six", "twelve")
    rows = [row("Eq. 5: p = 1 - exp(-lambda tau)", "by definition", HOLDS, "Eq. 5, `jump_probability`", marks="1")]
    for word, months, (stated, _) in zip(words, TENORS, TABLE_2[0][1], strict=True):
        exact = pricing.jump_probability(months) * 100
        wrong = judged(stated, exact) is WRONG
        rows.append(
            check(
                f"p at {word} months {stated}%",
                stated,
                exact,
                "Eq. 5, `jump_probability`",
                shown="{}%",
                marks=f"{stated} {word}",
                erratum=7 if wrong else None,
            )
        )
    return (
        *rows,
        row("cuts from 0.25 to 0.67", "as in 3.1", Verdict.ROUNDING, "Table 1", marks="0.25 0.67 two"),
        row(
            "a cut of 67% pays three times what one of 25% pays",
            f"{text(Fraction(67, 25), 2)} times the move; of the payoff at F_ind {_payoff_ratios()}, "
            "and it is the long who pays",
            WRONG,
            "`payoff.payoff`",
            marks="67 2026 three 25",
            erratum=1,
        ),
        row(
            "for full budget protection take 6M or 12M, not 3M",
            "one forward at the end removes little of an even user's uncertainty: "
            "[hedges by ratio and shape of use](#62-78-as-a-function-of-its-assumptions)",
            WRONG,
            "`hedging.effectiveness`",
            marks="6 12 3",
            erratum=12,
        ),
    )


def _payoff_ratios() -> str:
    parts = []
    for months in TENORS:
        agreed = pricing.published_indicative(SPOT, months)
        large, small = (
            payoff.payoff(price=agreed, spot=SPOT, quantity=TRILLION, settlement=SPOT * kept // 100)
            for kept in (33, 75)
        )
        parts.append(f"{text(Fraction(large, small), 2)} ({months}M)")
    return ", ".join(parts)


def _equation_6() -> tuple[Row, ...]:
    one, many = (pricing.multiplier(12) * SPOT / 10**6, pricing.compound_mean(12) * SPOT / 10**6)
    return (
        row(
            "Eq. 6 is the expected price",
            f"the mean with at most one repricing: {text(one, 2)} for 8.00 at 12 months; "
            f"with all of them {text(many, 2)}",
            WRONG,
            "Eq. 6, `multiplier`; `compound_mean`",
            marks="1 1",
            erratum=6,
        ),
        check(
            "m is 1 without risk (delta = 0 or tau = 0)",
            "1",
            min(
                pricing.multiplier(12, Calibration(id="none", rate_per_month=Fraction(1, 37), cut=Fraction(0))),
                pricing.multiplier(0),
            ),
            "Eq. 6, `multiplier`",
            marks="1 0 0",
        ),
        check(
            "and falls toward 1 - delta",
            "0.54",
            pricing.multiplier(10_000),
            "Eq. 6, `multiplier` at 10,000 months",
            marks="1",
        ),
    )


def _table_2() -> tuple[Row, ...]:
    names = {CAL_MID.id: "mid-cycle", CAL_SERIES.id: "series"}
    rows = [
        row(
            "Table 2 is made with two calibrations, 1/37 and 0.46, 8/37 and 0.33",
            "the second column is not what they give",
            WRONG,
            "Eq. 3 and 4",
            marks="two 1 37 0.46 8 37 0.33",
            erratum=8,
        ),
        row("tenors 3M, 6M, 12M", "as printed", CHOSEN, marks="3 6 12"),
    ]
    for using, column in TABLE_2:
        erratum = 7 if using is CAL_MID else 8
        for months, (p, m) in zip(TENORS, column, strict=True):
            for name, stated, exact, shown in (
                ("p", p, pricing.jump_probability(months, using) * 100, "{}%"),
                ("m", m, pricing.multiplier(months, using), "{}"),
            ):
                wrong = judged(stated, exact) is WRONG
                rows.append(
                    check(
                        f"Table 2, {names[using.id]}, {months}M: {name} {shown.format(stated)}",
                        stated,
                        exact,
                        "Eq. 5, `jump_probability`" if name == "p" else "Eq. 6, `multiplier`",
                        shown=shown,
                        marks=stated,
                        erratum=erratum if wrong else None,
                    )
                )
    return tuple(rows)


def _margin() -> tuple[Row, ...]:
    margin = initial_margin(price=SPOT, quantity=TRILLION)
    cuts = calibration.paper_evidence()
    return (
        row("zero intraday variation", "as in 3.1", HOLDS, "section 4.1", marks="zero"),
        check(
            "alpha is approximately 1.5, for the 99.5th percentile of a jump",
            "1.5",
            Fraction("0.67") / CAL_MID.cut,
            "0.67 / 0.46",
            note=f"the margin covers a jump of {percent(margin.covers, 0)}, the larger of two cuts is "
            f"{percent(cuts.cut_high)}: no percentile can be seen in two",
            marks="99.5 1.5",
        ),
        row(
            "margin is 8-15% of the notional",
            f"{percent(margin.covers, 0)}; 15% covers none of the paper's cuts",
            WRONG,
            "Eq. 7, `initial_margin`",
            marks="8 15",
            erratum=20,
        ),
        row(
            "V is in tokens",
            f"in Mtok: {text(Fraction(margin.amount, 10**12), 2)} million USDT for 1T, 1,000,000 times it in tokens",
            WRONG,
            "Eq. 7, `initial_margin`",
            erratum=21,
        ),
    )


def risk_zone(p: Fraction) -> str:
    """The zone of Figure 4 that a probability lies in."""
    return "low" if p < Fraction(30, 100) else "moderate" if p <= Fraction(70, 100) else "elevated"


def _figure_4() -> tuple[Row, ...]:
    moved = []
    for using, column in TABLE_2:
        for months, (p, _) in zip(TENORS, column, strict=True):
            drawn = risk_zone(Fraction(p) / 100)
            right = risk_zone(Fraction(pricing.jump_probability(months, using)))
            if drawn != right:
                moved.append(f"series {months}M is {right}, not {drawn}")
    return (
        row(
            "Figure 4: zones below 30%, 30-70%, above 70%",
            "; ".join(moved) + "; all mid-cycle tenors stay low",
            WRONG,
            "Eq. 5; [redrawn](#figure-4-redrawn)",
            marks="30 30 70 70",
            erratum=8,
        ),
    )

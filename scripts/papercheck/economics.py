"""Sections 2 and 3: the literature's figures, and how large the risk is."""

from fractions import Fraction

from ifx_sdk import calibration, regression
from ifx_sdk.calendar import SLOT_SECONDS, WINDOW_SECONDS
from ifx_sdk.pricing import CAL_MID
from scripts.papercheck.ledger import Row, Section, Verdict, check, percent, row, text

HOLDS, WRONG, OPEN, CITED, CHOSEN = Verdict.HOLDS, Verdict.WRONG, Verdict.OPEN, Verdict.CITED, Verdict.CHOSEN


def sections() -> tuple[Section, ...]:
    """In the paper's order."""
    return (
        Section(number="2.1", title="academic foundation", rows=_foundation()),
        Section(number="2.2", title="supply (Eq. 1)", rows=_supply()),
        Section(number="2.3", title="the price regression (Eq. 2)", rows=_regression()),
        Section(number="2.4", title="elasticity", rows=_elasticity()),
        Section(number="3.1", title="administered prices", rows=_administered()),
        Section(number="3.2", title="who bears the risk", rows=_bearers()),
        Section(number="3.3", title="how large it is", rows=_magnitude()),
    )


def _foundation() -> tuple[Row, ...]:
    return (
        row("three works, a three-layer architecture", "3 are named", HOLDS, "count", marks="three three"),
        row(
            "Wei Xing, arXiv 2603.21690",
            "the number is right, the author is Yicai Xing",
            WRONG,
            "the paper cited",
            marks="2603.21690",
            erratum=17,
        ),
        row("Black (1986)", "as cited", CITED, marks="1986"),
        row(
            "futures reduce the volatility of token costs by 62-78%",
            "depends on what is assumed: [see above](#62-78-as-a-function-of-its-assumptions)",
            OPEN,
            "`hedging.effectiveness`, `hedging.simulate`",
            marks="62 78",
            erratum=16,
        ),
        check(
            "a settlement window of 60 minutes",
            "60",
            Fraction(WINDOW_SECONDS, 60),
            "calendar.py",
            note=f"{WINDOW_SECONDS // SLOT_SECONDS + 1} slots",
            marks="60",
        ),
    )


def _supply() -> tuple[Row, ...]:
    return (
        row("Eq. 1", "defines capacity and cost; no figure is put into it", CHOSEN, "Eq. 1"),
        row("1,000-fold in two years", "as in 1.4", CITED, marks="1,000 two"),
        row("marginal cost cannot reach zero", "no figure", CITED, marks="zero"),
        row("a further 90% by 2030, one-trillion-parameter model", "as in 1.2", CITED, marks="90 2030 one-trillion"),
    )


def _regression() -> tuple[Row, ...]:
    open_weight = regression.open_weight_price()
    more = regression.price_ratio(Fraction("1.01")) - 1
    return (
        row("estimates +0.039 and -2.46, both at the 1% level", "taken as given", CITED, marks="0.039 2.46 1"),
        row(
            "one unit more of the benchmark goes with a price 3.9% higher",
            f"log-log: 1% more goes with {percent(more, 3)}",
            WRONG,
            "Eq. 2, `price_ratio`",
            marks="3.9",
            erratum=23,
        ),
        check(
            "exp(-2.46) is about 8.5%",
            "8.5",
            open_weight * 100,
            "Eq. 2, `open_weight_price`",
            shown="{}%",
            marks="2.46 8.5",
        ),
        row(
            "an 87% discount",
            percent(1 - open_weight),
            WRONG,
            "Eq. 2, `open_weight_price`",
            marks="87",
            erratum=22,
        ),
    )


def _elasticity() -> tuple[Row, ...]:
    kept = 1 - CAL_MID.cut
    low, high = (regression.spend_ratio(kept, Fraction(each)) - 1 for each in ("-1.08", "-1.11"))
    return (
        row("elasticity -1.08 to -1.11", "taken as given", CITED, marks="1.08 1.11"),
        row(
            "near -1, so spend stays about the same",
            f"a cut of 46% raises spend by {percent(low)} to {percent(high)}; who responds so has little to hedge",
            HOLDS,
            "f^(1 + e), `spend_ratio`",
            marks="1",
        ),
    )


def _administered() -> tuple[Row, ...]:
    cuts = calibration.paper_evidence()
    return (
        row("three properties", "3 are listed", HOLDS, "count", marks="three"),
        row("zero price signal before a change", "no figure", CITED, marks="zero"),
        row(
            "moves from -25% to -67%",
            f"-{percent(cuts.cut_low)} to -{percent(cuts.cut_high)} in Table 1; recorded ones from -80% to +317%",
            Verdict.ROUNDING,
            "`calibration.paper_evidence`",
            marks="25 67",
        ),
        row("zero intraday volatility", "so it is between announcements", HOLDS, "section 4.1", marks="zero"),
        row("a lag of three to eight months", "no source is given", OPEN, marks="three eight"),
    )


def _bearers() -> tuple[Row, ...]:
    return (
        row("sold at 10, the market moves to 5", "an example: half of the revenue", CHOSEN, marks="10 5"),
        row("over 50% of companies use one model, which gets 90% of spend", "no source of ours", CITED, marks="50 90"),
    )


def _magnitude() -> tuple[Row, ...]:
    cut = CAL_MID.cut
    yearly = Fraction(85_500 * 12)
    return (
        check(
            "one trillion tokens at 8 USD are 8 million USD a year",
            "8",
            Fraction(10**12, 10**6) * 8 / 10**6,
            "tokens x price",
            shown="{} million",
            marks="one_trillion 8 8",
        ),
        check(
            "a mid-cycle cut is 46% on average",
            "46",
            calibration.calibrate(calibration.TABLE_1, calibration.TABLE_1_MONTHS).calibration.cut * 100,
            "Eq. 3, `calibrate`",
            shown="{}%",
            note="from the printed, rounded cuts 46.0%",
            marks="46",
        ),
        check(
            "one such cut is 3.7 million USD a year",
            "3.7",
            cut * 8,
            "0.46 x 8 million",
            shown="{} million",
            note="if it comes on the first day; in the middle of the year half of it",
            marks="3.7",
        ),
        check(
            "85,500 USD a month are 1.03 million a year",
            "1.03",
            yearly / 10**6,
            "12 x 85,500",
            shown="{} million",
            marks="85,500 1.03",
        ),
        check(
            "of which the cut is 474,000",
            "474,000",
            yearly * cut,
            "0.46 x 12 x 85,500",
            note=f"{text(Fraction(1_030_000) * cut, 0)} from the rounded 1.03 million",
            marks="474,000",
        ),
    )

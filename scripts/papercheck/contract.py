"""Sections 6 and 7, the references and the press text: the contract's terms and the worked example."""

from fractions import Fraction

from ifx_index import cati, tpi
from ifx_index.model import COMPANIES
from ifx_sdk import payoff, pricing
from ifx_sdk.calendar import SLOT_SECONDS, TENORS, WINDOW_SECONDS
from ifx_sdk.hedging import initial_margin
from ifx_sdk.hedging.participants import SPOT
from ifx_sdk.money import LOT
from scripts.papercheck import recorded
from scripts.papercheck.forward import TRILLION
from scripts.papercheck.ledger import Row, Section, Verdict, check, growth, percent, row, text

HOLDS, WRONG, OPEN, CITED, CHOSEN = Verdict.HOLDS, Verdict.WRONG, Verdict.OPEN, Verdict.CITED, Verdict.CHOSEN


def sections() -> tuple[Section, ...]:
    """In the paper's order, the press text last."""
    return (
        Section(number="6.1", title="the contract and its worked example", rows=(*_terms(), *_example())),
        Section(number="6.2", title="Black's conditions", rows=_black()),
        Section(number="6.3", title="index contracts (Eq. 8 to 11)", rows=_index()),
        Section(number="7", title="roadmap", rows=_roadmap()),
        Section(number="References", title="figures repeated there", rows=_references()),
        Section(number="Press", title="the press text on the index", rows=_press()),
    )


def _terms() -> tuple[Row, ...]:
    slots = WINDOW_SECONDS // SLOT_SECONDS + 1
    return (
        row(
            "over 50% use one model, which gets over 90%; HHI 5,000-8,000",
            "no source of ours",
            CITED,
            marks="50 90 5,000 8,000",
        ),
        row(
            "one observation at 00:00 UTC, and a median over 60 minutes",
            f"one observation has no median: {slots} slots, the last at 00:00",
            WRONG,
            "calendar.py",
            marks="00 00 60",
            erratum=5,
        ),
        row(
            "the payoff is capped at S0 x N either way",
            "symmetric only with 0 < F <= 2 x S0, which is required",
            WRONG,
            "`payoff.cap_binding`",
            erratum=4,
        ),
        check("GPT-4.1 at 8.00", "8.00", recorded.GPT_41.output, recorded.GPT_41.source, marks="8.00"),
        check("GPT-5.4 at 15.00", "15.00", recorded.GPT_54.output, recorded.GPT_54.source, marks="15.00"),
        check("GPT-5.5 at 30.00", "30.00", recorded.GPT_55.output, recorded.GPT_55.source, marks="30.00"),
        row(
            "sizes 100B, 500B, 1T",
            f"{', '.join(str(each // LOT) for each in (LOT, 5 * LOT, TRILLION))} lots of {LOT:,} Mtok",
            HOLDS,
            "`money.LOT`",
            marks="100 500 1",
        ),
        row(
            "tenors 3M, 6M, 12M", f"{', '.join(map(str, TENORS))} months are offered", HOLDS, "`TENORS`", marks="3 6 12"
        ),
        check("a fee of 1%", "1", Fraction(payoff.FEE_BPS, 100), "`payoff.FEE_BPS`", shown="{}%", marks="1"),
    )


def _example() -> tuple[Row, ...]:
    agreed, cut = pricing.published_indicative(SPOT, 6), 4_320_000
    unrounded = pricing.indicative(SPOT, 6)
    long = payoff.payoff(price=agreed, spot=SPOT, quantity=TRILLION, settlement=cut)
    still = payoff.payoff(price=agreed, spot=SPOT, quantity=TRILLION, settlement=SPOT)
    back, _ = payoff.payouts(price=agreed, spot=SPOT, quantity=TRILLION, settlement=cut)
    return (
        row("1T tokens for 6 months, S0 8.00", "the example's terms", CHOSEN, marks="1 6 8.00"),
        check(
            "m at 6 months 0.931",
            "0.931",
            pricing.multiplier(6),
            "Eq. 6, `multiplier`",
            marks="0.931",
        ),
        check(
            "F_ind = 8.00 x 0.931 = 7.45",
            "7.45",
            Fraction(agreed, 10**6),
            "Eq. 6, `published_indicative`",
            note=f"{text(Fraction(unrounded, 10**6), 6)} before the tick",
            marks="8.00 7.45",
        ),
        check(
            "prefunding 8 million USDT a side",
            "8",
            Fraction(payoff.prefunding(spot=SPOT, quantity=TRILLION), 10**12),
            "`payoff.prefunding`",
            shown="{} million",
            marks="8",
        ),
        check(
            "fee 74,500",
            "74,500",
            Fraction(payoff.fee(indicative=agreed, quantity=TRILLION), 10**6),
            "`payoff.fee`",
            note=f"on the published F_ind; {text(pricing.multiplier(6) * SPOT * TRILLION / 100 / 10**6, 2)} unrounded",
            marks="74,500",
            erratum=3,
        ),
        check(
            "a cut of 46% leaves 4.32",
            "4.32",
            8 * (1 - pricing.CAL_MID.cut),
            "8.00 x 0.54",
            marks="46 4.32",
        ),
        row(
            "then the long receives 3.13 million",
            f"{text(Fraction(long, 10**6), 0)}: the long pays, and gets back {text(Fraction(back, 10**6), 0)}",
            WRONG,
            "`payoff.payoff`",
            marks="3.13",
            erratum=1,
        ),
        row(
            "without repricing zero transfer",
            f"{text(Fraction(still, 10**6), 0)} to the long",
            WRONG,
            "`payoff.payoff`",
            marks="zero",
            erratum=2,
        ),
    )


def _black() -> tuple[Row, ...]:
    return (
        row("all five of Black's conditions (1986)", "5 are listed", HOLDS, "count", marks="1986 five"),
        row(
            "cuts of 25-67% came twice",
            "in Table 1; recorded lists confirm neither as a mid-cycle cut of an output price (1.5)",
            WRONG,
            "recorded lists",
            marks="25 67 twice",
        ),
        row("8.4 billion a year, over 50% on one model", "as in 1.2 and 3.2", CITED, marks="8.4 50"),
    )


def _index() -> tuple[Row, ...]:
    by_spend, true = _spend_shares()
    return (
        row(
            "Eq. 8: channels weighed by their share of spend",
            f"wrong average: half the spend at 8.00 and half at 30.00 buys at {text(true, 2)}, not at Eq. 8's "
            f"{text(by_spend, 2)}; what settles takes shares of tokens",
            WRONG,
            "Eq. 8, `cati.price_index`",
        ),
        row(
            "GPT-4.1 falls by 33% and Claude Opus by 67%; ten startups",
            f"an example: equal weights make {percent(Fraction(33 + 67, 200), 0)}",
            CHOSEN,
            marks="33 67 ten",
        ),
        check(
            "a constituent weighs at most 30%",
            "30",
            tpi.CAP * 100,
            "Eq. 11, `tpi.CAP`",
            shown="{}%",
            note="which needs at least 4 constituents",
            marks="30",
        ),
        row("the anchor is GPT-4-Turbo of January 2024", "as chosen", CHOSEN, "Eq. 11", marks="2024"),
    )


def _spend_shares() -> tuple[Fraction, Fraction]:
    """Eq. 8 on shares of spend, and the price that was paid: GPT-4.1 and GPT-5.5 with half the spend each."""
    weights = cati.Weights(
        pi={"one": Fraction(1, 2), "other": Fraction(1, 2)},
        w={"one": {"gpt-4.1": Fraction(1)}, "other": {"gpt-5.5": Fraction(1)}},
    )
    price = {"one": {"gpt-4.1": Fraction(8_000_000)}, "other": {"gpt-5.5": Fraction(30_000_000)}}
    found = cati.price_index(weights, price)
    return Fraction(found.value or 0, 10**6), Fraction(found.spend or 0, 10**6)


def _roadmap() -> tuple[Row, ...]:
    margin = initial_margin(price=SPOT, quantity=TRILLION)
    lots = 10_000_000 // (payoff.prefunding(spot=SPOT, quantity=LOT) // 10**6)
    return (
        row("three stages", "3 are listed", HOLDS, "count", marks="three"),
        row("stage 1: to Q4 2026; 3M, 6M, 12M", "a plan", CHOSEN, marks="4 2026 3 6 12"),
        row("over 50% of firms on one model", "as in 3.2", CITED, marks="50"),
        row(
            "its gate: 30 positions open at once, 5 settled",
            f"a plan; 30 of the smallest size lock {30 * 8 * LOT // 10**6} million USDT a side at 8.00",
            CHOSEN,
            "`payoff.prefunding`",
            marks="30 5",
        ),
        row("stage 2: Q1 2027 to Q2 2028; window 2027-2028", "a plan", CHOSEN, marks="1 2027 2 2028 2027 2028"),
        row(
            "initial margin 8-15%",
            f"{percent(margin.covers, 0)}",
            WRONG,
            "Eq. 7, `initial_margin`",
            marks="8 15",
            erratum=20,
        ),
        row("its gate: 6 months, two providers", "a plan", CHOSEN, marks="6 two"),
        row("stage 3: from 2028; 12 months of history", "a plan", CHOSEN, marks="2028 12"),
        row("ISDA 2002", "a name", CITED, marks="2002"),
        row(
            "operating capital of 10 million USDT",
            f"a plan: it prefunds one side of {lots} forwards of 100B at 8.00, not the gate's 30",
            CHOSEN,
            "`payoff.prefunding`",
            marks="10",
        ),
        row(
            "clients with 100,000 USD a month",
            f"a plan: {text(Fraction(1_200_000, 8 * 1_000), 0)}B tokens a year at 8.00, "
            f"{1_200_000 // 8 // LOT} whole lot",
            CHOSEN,
            "`money.LOT`",
            marks="100,000",
        ),
    )


def _references() -> tuple[Row, ...]:
    return (
        check(
            "[1] 106.15 (2025) to 254.98 billion USD (2030) at 19.2%",
            "19.2",
            growth(Fraction("106.15"), Fraction("254.98"), Fraction(5)) * 100,
            "(254.98 / 106.15)^(1/5) - 1",
            shown="{}%",
            marks="2030 106.15 2025 254.98 2030 19.2",
        ),
        row(
            "[4] over 600 billion USD in 2026; 1.15 trillion 2025-2027",
            "as in 1.1",
            CITED,
            marks="600 2026 1.15 2025 2027",
        ),
        row(
            "[5] quarter ending October 2025: 30.8 billion, +112%",
            "the quarter to October 2024, as in 1.1",
            WRONG,
            "Nvidia's results for that quarter",
            marks="2025 30.8 112",
        ),
        check(
            "[8] 22.74 (2026) to 137.66 billion USD (2035) at 22.15%",
            "22.15",
            growth(Fraction("22.74"), Fraction("137.66"), Fraction(9)) * 100,
            "(137.66 / 22.74)^(1/9) - 1",
            shown="{}%",
            marks="2035 22.74 2026 137.66 2035 22.15",
        ),
        row("[9] over 90% less in 2030 than in 2025", "as in 1.2", CITED, marks="2030 1 90 2025"),
        row("[10] 33 million USD", "as in 1.5", CITED, marks="33"),
        row("[12] arXiv 2603.21690", "author Yicai Xing", WRONG, "the paper cited", marks="2603.21690", erratum=17),
        row("[14] 78 molecules in 18 months", "as in 5", CITED, marks="78 18"),
        row("[15] twice 1 billion USD, January 2026", "as in 5", CITED, marks="1 2026 1"),
        row(
            "years in which the sources appeared and fiscal years",
            "as cited",
            CITED,
            marks="2025 2025 2025 2025 2025 2025 2026 2026 2026 2026 2026 2026 2026 2026 2026 2026",
        ),
    )


def _press() -> tuple[Row, ...]:
    return (
        row("the unit: one million output tokens", "USD_PER_MTOK_OUTPUT", HOLDS, "`ifx_index`", marks="one_million"),
        row("missing prices are never zero", "they are left out", HOLDS, "`ifx_index.lpi`", marks="zero"),
        row(
            "series of OpenAI, Google, Anthropic, DeepSeek, Qwen, Moonshot AI",
            f"{len(COMPANIES)} companies",
            HOLDS,
            "`ifx_index.model.COMPANIES`",
        ),
    )

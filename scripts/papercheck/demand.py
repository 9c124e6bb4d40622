"""Section 5: the participants and their examples."""

from fractions import Fraction

from ifx_sdk import pricing
from ifx_sdk.hedging import PARTICIPANTS, MakerBook
from ifx_sdk.hedging.participants import SPOT
from scripts.papercheck.claim import EVEN, single
from scripts.papercheck.forward import TRILLION
from scripts.papercheck.ledger import Row, Section, Verdict, check, percent, row, text

HOLDS, WRONG, OPEN, CITED, CHOSEN = Verdict.HOLDS, Verdict.WRONG, Verdict.OPEN, Verdict.CITED, Verdict.CHOSEN


def sections() -> tuple[Section, ...]:
    """The one."""
    rows = (*_companies(), *_laboratories(), *_shares(), *_maker())
    return (Section(number="5", title="demand and hedging", rows=rows),)


def _companies() -> tuple[Row, ...]:
    tokens = 10_000 * 800_000_000 * 12
    seat = Fraction(10**12, 10_000 * 12 * 10**6)
    raised = Fraction(5_000_000)
    return (
        row("five archetypes", f"5 have a paragraph, the table has {len(PARTICIPANTS)}", HOLDS, "count", marks="five"),
        row(
            "a 12-month forward makes a year's cost fixed",
            f"for even use it removes {percent(single(EVEN, 12))} of the uncertainty",
            WRONG,
            "`hedging.effectiveness`",
            marks="12",
            erratum=12,
        ),
        row(
            "10,000 seats at 800 million tokens a month are one trillion a year, 8 million USD",
            f"{tokens // 10**12}T and {tokens // 10**6 * 8 // 10**6} million USD; one trillion is "
            f"{text(seat, 2)} million a seat and month",
            WRONG,
            "10,000 x 800M x 12",
            marks="10,000 800 one_trillion 8",
            erratum=15,
        ),
        row(
            "a startup raises 5 million at 8 a million tokens; the price falls to 5",
            f"an example: {text(raised / 8 / 1_000, 0)}B tokens become {text(raised / 5 / 1_000, 0)}B, "
            f"{percent(1 - Fraction(5, 8))} cheaper",
            CHOSEN,
            "amount / price",
            marks="5 8 5",
        ),
        row(
            "a 3- to 6-month forward bridges two rounds",
            f"for half a year's even use a 6M forward removes {percent(single(EVEN[:6], 6))}, "
            f"a 3M forward {percent(single(EVEN[:6], 3))}",
            WRONG,
            "`hedging.effectiveness`",
            marks="3 6",
            erratum=12,
        ),
    )


def _laboratories() -> tuple[Row, ...]:
    fewer = 1 - 1 / Fraction(133, 100)
    return (
        row(
            "a grant of 2 million USD in January 2026",
            f"an example: {text(Fraction(2_000_000, 8 * 1_000), 0)}B tokens at 8.00",
            CHOSEN,
            "amount / price",
            marks="2 2026",
        ),
        row(
            "rentosertib: 78 molecules, 18 months, under 10% of the cost", "no source of ours", CITED, marks="78 18 10"
        ),
        row(
            "500,000 USD a quarter over 24 months",
            f"an example: {text(Fraction(500_000 * 8, 10**6), 0)} million in all",
            CHOSEN,
            "8 quarters",
            marks="500,000 24",
        ),
        row(
            "a price 33% higher leaves one-third fewer candidates",
            percent(fewer),
            WRONG,
            "1 - 1 / 1.33",
            marks="33 one-third",
            erratum=14,
        ),
        row("TuneLab in 2025; 1 billion USD in January 2026", "no source of ours", CITED, marks="2025 1 2026"),
    )


def _shares() -> tuple[Row, ...]:
    shares = (40, 15, 10, 5, 10, 5, 15)
    return (
        check(
            "shares of demand: 40, 15, 10, 5, 10, 5, 15%",
            "100",
            sum(shares),
            "sum",
            shown="they add up to {}%",
            note="estimates, adapted from Xing",
            marks="40 15 10 5 10 5 15",
        ),
        row(
            "positions: 12M; 3-6M; 6-12M; 12M; 12M",
            "one forward at the end in each row: `ifx hedge examples` proposes a ladder or an average for all seven",
            WRONG,
            "`hedging.PARTICIPANTS`",
            marks="12 3 6 6 12 12 12",
            erratum=12,
        ),
    )


def _maker() -> tuple[Row, ...]:
    agreed = pricing.published_indicative(SPOT, 6)
    book = MakerBook(spot=SPOT, price=agreed, indicative=agreed, quantity=TRILLION)
    return (
        row(
            "a maker with prepaid credits earns (F - S0) x N, whatever happens",
            f"{_usdt(book.as_the_paper_says)} for each 1T at F_ind, before its fee; and credits do not move with the "
            f"price: {_usdt(book.with_credits(4_320_000))} after a cut to 4.32, {_usdt(book.with_credits(SPOT))} "
            "without one",
            WRONG,
            "`hedging.MakerBook`",
            erratum=13,
        ),
    )


def _usdt(amount: int) -> str:
    return text(Fraction(amount, 10**6), 0)

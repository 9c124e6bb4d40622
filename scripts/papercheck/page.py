"""docs/paper-check.md: the ledger and the tables of the claim, set into `document.template`."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from ifx_sdk import pricing
from ifx_sdk.hedging import Sample, initial_margin
from ifx_sdk.hedging.participants import SPOT
from scripts.papercheck import claim, contract, demand, economics, forward, market
from scripts.papercheck.claim import BASES, EVEN, HEDGES, MATURITIES, RATIOS, SHAPES, Simulated, removed
from scripts.papercheck.ledger import MEANING, Section, Verdict, counts, decimal, judged, percent, text

FIGURE_4: Final = "docs/paper/figure-4.svg"
VOLATILITY: Final = "docs/paper/volatility.svg"

_TEMPLATE: Final = Path(__file__).with_name("document.template")
_WHOLE: Final = Fraction(1)
_AVERAGE: Final = "average-price 12M"


def ledger() -> tuple[Section, ...]:
    """Every section of the paper that has numbers, in its order."""
    return (
        *market.sections(),
        *economics.sections(),
        *forward.sections(),
        *demand.sections(),
        *contract.sections(),
    )


def page(sections: Sequence[Section], drawn: Simulated) -> str:
    """The whole document."""
    found = counts(sections)
    exploded, risen = _scenario(drawn, "demand explodes"), _scenario(drawn, "the same and one rise")
    whole = _TEMPLATE.read_text(encoding="utf-8").format(
        total=sum(found.values()),
        numbers=sum(sum(section.marks.values()) for section in sections),
        tally=_table(
            ("verdict", "rows", "what it means"), [(each, str(found[each]), MEANING[each]) for each in Verdict]
        ),
        margin=percent(initial_margin(price=SPOT, quantity=forward.TRILLION).covers, 0),
        naive=percent(claim.single(EVEN, 12)),
        table_2=_table_2(),
        implied=_implied(),
        ratios=_by_ratio(HEDGES),
        maturities=_by_ratio({f"one {each}M forward": (Sample(Fraction(each), _WHOLE),) for each in MATURITIES}),
        bases_within=_bases_within(),
        bases=_percents(
            "hedge",
            BASES,
            {name: [removed(EVEN, book, _WHOLE, each) for each in BASES] for name, book in HEDGES.items()},
        ),
        shapes=_figures(
            "use",
            tuple(HEDGES),
            {title: [removed(use, each) for each in HEDGES.values()] for title, use in SHAPES.items()},
        ),
        paths=f"{claim.PATHS:,}",
        seed=claim.SEED,
        scenarios=_figures(
            "prices move by", tuple(HEDGES), {k: [v[each] for each in HEDGES] for k, v in drawn.scenarios.items()}, 0
        ),
        exploded=percent(exploded[_AVERAGE], 0),
        risen=percent(max(risen.values()), 0),
        needed=_needed(),
        rows="\n".join(map(_section, sections)),
    )
    return whole.rstrip("\n") + "\n"


def _scenario(drawn: Simulated, title: str) -> dict[str, Fraction]:
    return next(found for name, found in drawn.scenarios.items() if name.startswith(title))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: bool = False) -> str:
    """A Markdown table, its first column to the left; `right` aligns the others."""
    rule = ["---", *(["---:"] if right else ["---"]) * (len(head) - 1)]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in (head, rule, *rows)
    )


def _figures(corner: str, head: Sequence[str], rows: dict[str, list[Fraction]], digits: int = 1) -> str:
    """Shares in percent, those of the claimed band in bold."""
    low, high = claim.BAND
    shown = [
        [name, *(f"**{percent(each, digits)}**" if low <= each <= high else percent(each, digits) for each in found)]
        for name, found in rows.items()
    ]
    return _table((corner, *head), shown, right=True)


def _percents(corner: str, head: Sequence[Fraction], rows: dict[str, list[Fraction]]) -> str:
    return _figures(corner, [percent(each, 0) for each in head], rows)


def _by_ratio(hedges: dict[str, claim.Book]) -> str:
    rows = {name: [removed(EVEN, book, each) for each in RATIOS] for name, book in hedges.items()}
    return _percents("hedge", RATIOS, rows)


def _table_2() -> str:
    rows = []
    for place, months in enumerate(forward.TENORS):
        cells = [f"{months}M"]
        for using, column in forward.TABLE_2:
            p, m = column[place]
            cells.append(_corrected(p, pricing.jump_probability(months, using) * 100, "{}%"))
            cells.append(_corrected(m, pricing.multiplier(months, using), "{}"))
        rows.append(cells)
    return _table(("tenor", "mid-cycle p", "mid-cycle m", "series p", "series m"), rows, right=True)


def _corrected(stated: str, exact: Decimal, shown: str) -> str:
    right = shown.format(text(exact, len(stated.partition(".")[2])))
    return f"~~{shown.format(stated)}~~ **{right}**" if judged(stated, exact) is Verdict.WRONG else right


def _implied() -> str:
    """Rates a month that the printed p of the series column would take (Eq. 5 solved for lambda)."""
    column = forward.TABLE_2[1][1]
    rates = [
        text(-(1 - decimal(Fraction(p) / 100)).ln() / months, 3)
        for months, (p, _) in zip(forward.TENORS, column, strict=True)
    ]
    return f"{', '.join(rates[:-1])} and {rates[-1]}"


def _bases_within() -> str:
    low, high = claim.BAND
    tried = [Fraction(each, 1_000) for each in range(301)]
    within = [each for each in tried if low <= removed(EVEN, HEDGES[_AVERAGE], _WHOLE, each) <= high]
    return f"{percent(within[0])} to {percent(within[-1])}"


def _needed() -> str:
    rows = []
    bases = (Fraction(0), Fraction(5, 100), Fraction(10, 100))
    for name, book in HEDGES.items():
        cells = [name]
        for basis in bases:
            span = claim.ratios_within(EVEN, book, basis)
            ratio, most = claim.best(EVEN, book, basis)
            where = f"{percent(span[0], 0)} to {percent(span[1], 0)}" if span else "none"
            cells.append(f"{where} ({percent(most, 0)} at {percent(ratio, 0)})")
        rows.append(cells)
    return _table(("hedge", *(f"basis {percent(each, 0)}" for each in bases)), rows)


def _section(section: Section) -> str:
    name = f"Section {section.number}" if section.number[0].isdigit() else section.number
    rows = []
    for row in section.rows:
        verdict = f"**{row.verdict}**" if row.verdict is Verdict.WRONG else str(row.verdict)
        link = f" ([erratum {row.erratum}](errata.md))" if row.erratum else ""
        rows.append((row.says, row.found, verdict + link, row.by))
    return f"### {name}: {section.title}\n\n" + _table(("the paper says", "recomputed", "verdict", "by"), rows)

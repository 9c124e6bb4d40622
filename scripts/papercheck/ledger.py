"""A ledger of the paper's numbers: what each says, what it recomputes to, and the verdict of the arithmetic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

_CONTEXT: Final = Context(prec=50, rounding=ROUND_HALF_EVEN)


class Verdict(StrEnum):
    """What became of a number."""

    HOLDS = "holds"
    ROUNDING = "holds within rounding"
    WRONG = "wrong, corrected"
    OPEN = "not reproducible"
    CITED = "cited, not recomputable"
    CHOSEN = "a choice or a plan"


MEANING: Final = {
    Verdict.HOLDS: "recomputes exactly, or is what recorded prices show",
    Verdict.ROUNDING: "differs by at most half a unit of its last printed digit",
    Verdict.WRONG: "recomputes to something else, which is given",
    Verdict.OPEN: "follows from nothing that the paper states, or contradicts it, and no right value can be given",
    Verdict.CITED: "an outside fact or estimate; where a recorded price or another source bears on it, that is said",
    Verdict.CHOSEN: "a term of the contract, an example's assumption or a plan: there is nothing to compute",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One statement of the paper."""

    says: str
    """What it states, in our words."""

    found: str
    """What it recomputes to, or why it does not."""

    verdict: Verdict
    """The arithmetic's where there is any."""

    by: str
    """Equation, function or source."""

    marks: tuple[str, ...]
    """The numerals and number words of the paper that this row accounts for, as they are written."""

    erratum: int | None = None
    """The row of docs/errata.md that says which reading governs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """The rows of one section of the paper, in its order."""

    number: str
    """As the paper numbers it; "Title", "Abstract" and "References" are named."""

    title: str
    """What it is about."""

    rows: tuple[Row, ...]
    """At least one."""

    @property
    def marks(self) -> Counter[str]:
        """Every number accounted for, with how often."""
        return Counter(mark for row in self.rows for mark in row.marks)


def row(says: str, found: str, verdict: Verdict, by: str = "", *, marks: str = "", erratum: int | None = None) -> Row:
    """A row whose verdict is a matter of reading. `marks` are separated by spaces; `_` joins words of one mark."""
    split = tuple(mark.replace("_", " ") for mark in marks.split())
    return Row(says=says, found=found, verdict=verdict, by=by, marks=split, erratum=erratum)


def check(
    says: str,
    stated: str,
    exact: Fraction | Decimal | int,
    by: str,
    *,
    marks: str = "",
    shown: str = "{}",
    note: str = "",
    erratum: int | None = None,
) -> Row:
    """A row whose verdict the arithmetic gives: `stated`, as printed, against `exact`.

    `shown` is how the recomputed figure is written: to the printed digits, one more where only rounding is between.
    """
    verdict = judged(stated, exact)
    digits = _digits(stated) + (verdict is Verdict.ROUNDING)
    found = shown.format(text(exact, digits)) + (f"; {note}" if note else "")
    return row(says, found, verdict, by, marks=marks, erratum=erratum)


def judged(stated: str, exact: Fraction | Decimal | int) -> Verdict:
    """`HOLDS` for the same number, `ROUNDING` within half a unit of the last printed digit, else `WRONG`."""
    printed, value = Decimal(stated.replace(",", "")), decimal(exact)
    if printed == value:
        return Verdict.HOLDS
    half = Decimal(1).scaleb(-_digits(stated)) / 2
    return Verdict.ROUNDING if abs(printed - value) <= half else Verdict.WRONG


def _digits(stated: str) -> int:
    return len(stated.partition(".")[2])


def decimal(value: Fraction | Decimal | int) -> Decimal:
    """To 50 digits."""
    if isinstance(value, Fraction):
        return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(value)


def text(value: Fraction | Decimal | int, digits: int) -> str:
    """A figure with so many decimals, half-even, thousands separated."""
    rounded = decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    return f"{rounded:,}"


def percent(value: Fraction | Decimal | int, digits: int = 1) -> str:
    """A share in percent."""
    return f"{text(decimal(value) * 100, digits)}%"


def counts(sections: Iterable[Section]) -> dict[Verdict, int]:
    """Rows by verdict, every verdict named."""
    found = Counter(row.verdict for section in sections for row in section.rows)
    return {verdict: found[verdict] for verdict in Verdict}


def growth(first: Fraction, last: Fraction, years: Fraction) -> Decimal:
    """What grows a year, as a part, from `first` to `last`."""
    ratio = decimal(last / first)
    return _CONTEXT.subtract(_CONTEXT.exp(_CONTEXT.divide(_CONTEXT.ln(ratio), decimal(years))), Decimal(1))


def mean(values: Sequence[Fraction]) -> Fraction:
    """Their arithmetic mean."""
    return sum(values, Fraction(0)) / len(values)

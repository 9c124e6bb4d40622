"""How the calculators' figures are written for people. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from ifx_sdk.hedging.simulation import Spread
from ifx_sdk.money import MICRO

NAMES: Final = {
    "naive": "naive: all of it at the end",
    "ladder": "ladder",
    "average-price": "average-price forward",
    "average-price-strip": "average-price strip",
}
"""What a hedge is called for people."""

SHAPES: Final[dict[str, str]] = {
    "even": "even: at the recorded daily rate",
    "repeat": "the recorded months over again",
    "forecast": "as the file plans it",
}
"""How use goes on, for people."""

SCENARIOS: Final = (
    ("cut 67%", Fraction(33, 100)),
    ("cut 46%", Fraction(54, 100)),
    ("cut 25%", Fraction(75, 100)),
    ("no repricing", Fraction(1)),
    ("rise 33%", Fraction(133, 100)),
    ("rise to 4.2x", Fraction(250, 60)),
)
"""Moves on the first day: the paper's, and the rise of Gemini 2.5 Flash that it leaves out."""

TIMINGS: Final = (
    ("no repricing", Fraction(1), 0),
    ("cut 46% at once", Fraction(54, 100), 0),
    ("cut after 4M", Fraction(54, 100), 4),
    ("cut after 8M", Fraction(54, 100), 8),
    ("rise 33% at once", Fraction(133, 100), 0),
    ("rise after 8M", Fraction(133, 100), 8),
)
"""One repricing, and when it comes: what a hedge is worth depends on both."""

_EXACT: Final = 2_500
"""Standard error in ppm from which on a share is shown without decimals."""


def points(ppm: int | None) -> str:
    """A share in percent with one decimal."""
    return "-" if ppm is None else f"{Decimal(ppm) / 10_000:,.1f}%"


def removed(spread: Spread) -> str:
    """What a hedge removes, no finer than the simulation knows: in whole percent with two standard errors, or exact."""
    if spread.effectiveness is None or spread.error < _EXACT:
        return points(spread.effectiveness)
    percent, error = Fraction(spread.effectiveness, 10_000), Fraction(2 * spread.error, 10_000)
    return f"{round(percent):,}% +-{max(1, round(error)):,}"


def usdt(amount: int) -> str:
    """Whole USDT, rounded half-even, for a table."""
    return f"{round(Fraction(amount, MICRO)):,}"


def millions(amount: int) -> str:
    """Millions of USDT with three decimals."""
    return f"{Decimal(round(Fraction(amount, 10**9))) / 1_000:,.3f}"


def billions(mtok: Fraction) -> str:
    """B tokens with one decimal."""
    return f"{Decimal(round(mtok / 100)) / 10:,.1f}"


def tokens(mtok: Fraction) -> str:
    """A volume of tokens for people, rounded to 3 decimals of T or B, below 1B to whole millions."""
    if mtok >= 1_000_000:
        return f"{Decimal(round(mtok / 1_000)) / 1_000:,f}T tokens"
    if mtok >= 1_000:
        return f"{Decimal(round(mtok)) / 1_000:,f}B tokens"
    return "under 1M tokens" if mtok < 1 else f"{round(mtok)}M tokens"

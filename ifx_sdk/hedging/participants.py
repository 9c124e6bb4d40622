"""The paper's seven participants (section 5) as examples: what each is told to do there, and a plan beside it.

Figures are the paper's where it gives any; where it gives none, what is assumed is said. All are on GPT-4.1 at 8.00.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ifx_sdk.payoff import Side

SPOT: Final = 8_000_000
"""micro-USDT per Mtok: GPT-4.1 in the paper."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """One row of the paper's table of participants."""

    key: str
    """Short name."""

    name: str
    """As the paper writes it."""

    paper: str
    """The position that the paper gives it."""

    side: Side
    """Whether a rise hurts (long) or a fall (short)."""

    months: int
    """Months that are planned: at most the longest tenor."""

    yearly: Fraction
    """Mtok of output a year, used evenly."""

    basis: str
    """Where the volume comes from."""

    def monthly(self) -> tuple[Fraction, ...]:
        """Mtok in each month."""
        return (self.yearly / 12,) * self.months


def _spending(yearly_usd: int) -> Fraction:
    return Fraction(yearly_usd * 1_000_000, SPOT)


PARTICIPANTS: Final = (
    Participant(
        key="saas",
        name="Enterprise SaaS",
        paper="long 12M forward",
        side="long",
        months=12,
        yearly=Fraction(1_000_000),
        basis="1T tokens a year, 8M USD (its 800M tokens a seat and month would make 96T: errata, row 15)",
    ),
    Participant(
        key="startup",
        name="Developer / startup",
        paper="long 3-6M forward",
        side="long",
        months=6,
        yearly=_spending(5_000_000),
        basis="raises 5M USD at 8.00; assumed: all of it spent on tokens within a year, half before the next round",
    ),
    Participant(
        key="lab",
        name="Research lab",
        paper="long 6-12M forward",
        side="long",
        months=12,
        yearly=_spending(2_000_000),
        basis="a grant of 2M USD; assumed: spent within a year",
    ),
    Participant(
        key="biotech",
        name="Biotech / drug discovery",
        paper="long 12M forward",
        side="long",
        months=12,
        yearly=_spending(2_000_000),
        basis="500,000 USD a quarter; the second of its two years is hedged when the first is over",
    ),
    Participant(
        key="reseller",
        name="API reseller",
        paper="long forward or prepurchase",
        side="long",
        months=12,
        yearly=_spending(1_200_000),
        basis="100,000 USD a month, the least of the paper's target clients (section 7)",
    ),
    Participant(
        key="physical-ai",
        name="VLA / physical AI",
        paper="long 12M forward",
        side="long",
        months=12,
        yearly=_spending(1_026_000),
        basis="no figure in the paper; assumed: its average enterprise, 85,500 USD a month",
    ),
    Participant(
        key="gpu-cloud",
        name="GPU cloud / market maker",
        paper="short forward",
        side="short",
        months=12,
        yearly=Fraction(1_000_000),
        basis="no figure in the paper; assumed: sells 1T tokens a year at the list price",
    ),
)

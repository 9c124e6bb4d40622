"""The Standard Inference Token: how good a model is beside the anchor, and who may be a constituent of the TPI."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ifx_index.errors import BadFigures

REFERENCE: Final[Mapping[str, Fraction]] = MappingProxyType(
    {"MMLU": Fraction(86), "HumanEval": Fraction(67), "GSM8K": Fraction(92)}
)
"""Scores of the anchor, GPT-4 Turbo of January 2024, in percent."""


def quality_ratio(scores: Mapping[str, Fraction | None]) -> Fraction | None:
    """The mean of score / reference over the anchor's benchmarks; None, and not eligible, where one is missing.

    Scores are percent; other benchmarks are not read. Raises BadFigures for a score outside 0 to 100, and where all
    are 0: a price cannot be divided by nothing.
    """
    found = [scores.get(name) for name in REFERENCE]
    known = [score for score in found if score is not None]
    if any(not 0 <= score <= 100 for score in known):
        raise BadFigures("a benchmark score outside 0 to 100 percent")
    if len(known) < len(REFERENCE):
        return None
    parts = (Fraction(score, anchor) for score, anchor in zip(known, REFERENCE.values(), strict=True))
    ratio = Fraction(sum(parts), len(REFERENCE))
    if ratio == 0:
        raise BadFigures("every benchmark score is 0")
    return ratio


def adjusted_price(price: Fraction, ratio: Fraction) -> Fraction:
    """P_raw / q: what a token costs that is as good as the anchor's, in the price's unit."""
    if ratio <= 0:
        raise BadFigures(f"a quality ratio of {ratio}")
    return Fraction(price, ratio)

"""The Token Price Index (Eq. 11): quality-adjusted prices, weighted by volume, no constituent above the cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from ifx_index.errors import BadFigures
from ifx_index.exact import nearest, places18

CAP: Final = Fraction(3, 10)
"""The most that one constituent weighs."""


class Flag(StrEnum):
    """What a computation came to."""

    OK = "OK"
    CAP_INFEASIBLE = "CAP_INFEASIBLE"
    """So few constituents have volume that they cannot all stay below the cap; never settles."""
    NO_VALUE = "NO_VALUE"
    """No constituent has volume."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CappedWeights:
    """Weights under a cap."""

    flag: Flag
    """Whether the cap could be kept."""

    weights: tuple[Fraction, ...] | None
    """One for each constituent, adding up to 1; None without volume."""

    rounds: int | None
    """Rounds that capped something; None without volume."""

    capped: tuple[int, ...] | None
    """Places of the capped constituents, ascending; None without volume."""


def capped_weights(volumes: Sequence[int], cap: Fraction = CAP) -> CappedWeights:
    """Weights `V_i / sum V`, capped: whatever exceeds the cap gets it, and the others share the rest by volume, again.

    Exactly the cap is not capped. Where n constituents with volume and a cap of c have `n c < 1`, they weigh the same,
    and the flag says that the cap is broken. Raises BadFigures.
    """
    if cap <= 0 or any(volume < 0 for volume in volumes):
        raise BadFigures("a volume below 0, or a cap that is not above 0")
    positive = sum(volume > 0 for volume in volumes)
    if positive == 0:
        return CappedWeights(flag=Flag.NO_VALUE, weights=None, rounds=None, capped=None)
    if positive * cap < 1:
        equal = tuple(Fraction(volume > 0, positive) for volume in volumes)
        return CappedWeights(flag=Flag.CAP_INFEASIBLE, weights=equal, rounds=0, capped=())
    capped: set[int] = set()
    rounds = 0
    while True:
        rest, shared = 1 - cap * len(capped), sum(v for place, v in enumerate(volumes) if place not in capped)
        weights = tuple(
            cap if place in capped else Fraction(rest * volume, shared) if shared else Fraction(0)
            for place, volume in enumerate(volumes)
        )
        over = {place for place, weight in enumerate(weights) if weight > cap}
        if not over:
            return CappedWeights(flag=Flag.OK, weights=weights, rounds=rounds, capped=tuple(sorted(capped)))
        capped |= over
        rounds += 1


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenPriceIndex:
    """The index and everything that led to it."""

    weighting: CappedWeights
    """Weights, and whether the cap was kept."""

    price_adj: tuple[Fraction | None, ...]
    """P_raw / q of each constituent, micro-USD per Mtok; None for one that is not eligible."""

    value: Fraction | None
    """`sum w_i P_i_adj`, micro-USD per Mtok; None without volume."""

    @property
    def settlement_eligible(self) -> bool:
        """Whether the cap was kept; only then may it settle anything."""
        return self.weighting.flag is Flag.OK

    def document(self) -> dict[str, object]:
        """Every figure rounded once, beside the exact weights; keys as the golden vectors have them."""
        weights, capped = self.weighting.weights, self.weighting.capped
        return {
            "flag": str(self.weighting.flag),
            "settlement_eligible": self.settlement_eligible,
            "weights": None if weights is None else [str(weight) for weight in weights],
            "weights_18dp": None if weights is None else [places18(weight) for weight in weights],
            "rounds": self.weighting.rounds,
            "capped_indices": None if capped is None else list(capped),
            "price_adj_micro": [None if price is None else nearest(price) for price in self.price_adj],
            "tpi_micro": None if self.value is None else nearest(self.value),
        }


def token_price_index(
    volumes: Sequence[int], prices: Sequence[Fraction], quality: Sequence[Fraction | None], cap: Fraction = CAP
) -> TokenPriceIndex:
    """Compute the index of volumes in tokens, raw prices (micro-USD per Mtok) and quality ratios (of 1).

    A constituent without a ratio is not eligible: its volume counts for nothing.
    Raises BadFigures where the three are not of one length, or a price is below 0 or a ratio not above 0.
    """
    if not len(volumes) == len(prices) == len(quality):
        raise BadFigures(f"{len(volumes)} volumes, {len(prices)} prices and {len(quality)} quality ratios")
    if any(price < 0 for price in prices) or any(ratio is not None and ratio <= 0 for ratio in quality):
        raise BadFigures("a price below 0, or a quality ratio that is not above 0")
    adjusted = tuple(
        None if ratio is None else Fraction(price, ratio) for price, ratio in zip(prices, quality, strict=True)
    )
    eligible = [
        volume if price is not None else min(volume, 0) for volume, price in zip(volumes, adjusted, strict=True)
    ]
    weighting = capped_weights(eligible, cap)
    value = None
    if weighting.weights is not None:
        parts = zip(weighting.weights, adjusted, strict=True)
        value = sum((weight * price for weight, price in parts if price is not None), Fraction(0))
    return TokenPriceIndex(weighting=weighting, price_adj=adjusted, value=value)

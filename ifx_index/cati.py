"""The Company AI Token Index (Eq. 8 to 10): a company's channels and models, from sources of unequal reliability."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from ifx_index.errors import BadFigures
from ifx_index.exact import nearest

Cells = Mapping[str, Fraction | None]
"""What each source reports of one thing, by source; None is "not reported", never zero."""


class Aggregation(StrEnum):
    """How sources become one figure."""

    SUM = "sum"
    """Eq. 9 and 10 as written: the reliability-weighted sum, cells that are not reported skipped."""
    MEAN = "mean"
    """The reliability-weighted mean over the sources that report; for sources that report different cells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Composition:
    """What a company buys where, and at what price."""

    reliability: Mapping[str, Fraction]
    """r_s: 0 or more, by source."""

    channel_share: Mapping[str, Cells]
    """Share_hs, by channel."""

    volume: Mapping[str, Mapping[str, Cells]]
    """Vol_mhs in tokens, by channel and model."""

    price: Mapping[str, Mapping[str, Fraction | None]]
    """P_mh, micro-USD per Mtok of output, by channel and model; None where none was observed."""

    def __post_init__(self) -> None:
        """Raises BadFigures for a figure below 0, an unknown source, or a channel without any volume table."""
        cells = [*self.channel_share.values(), *(each for models in self.volume.values() for each in models.values())]
        for cell in cells:
            if unknown := sorted(set(cell) - set(self.reliability)):
                raise BadFigures(f"the source {unknown[0]!r} has no reliability")
            _not_negative(cell.values())
        _not_negative(self.reliability.values())
        for models in self.price.values():
            _not_negative(models.values())


def _not_negative(figures: Iterable[Fraction | None]) -> None:
    if any(figure is not None and figure < 0 for figure in figures):
        raise BadFigures("a figure below 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """The weights of a rebalancing period."""

    pi: Mapping[str, Fraction]
    """Channel weights, adding up to 1; empty where no source reports a share above 0."""

    w: Mapping[str, Mapping[str, Fraction]]
    """Model weights by channel, adding up to 1 in each; a channel without any volume has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyIndex:
    """The index at given weights and prices."""

    weights: Weights
    """What it was computed with."""

    value: Fraction | None
    """Token basis, which settles: `sum_h pi_h sum_m w_mh P_mh`, micro-USD per Mtok."""

    spend: Fraction | None
    """Spend basis, which is only shown: `1 / sum_h (pi_h / sum_m w_mh P_mh)`."""

    gaps: tuple[str, ...]
    """Why there is no value: the weights or prices that are not known."""

    def document(self) -> dict[str, object]:
        """Exact weights and rounded values; keys as the golden vectors have them."""
        return {
            "pi": {channel: str(share) for channel, share in self.weights.pi.items()},
            "w": {
                channel: {model: str(weight) for model, weight in models.items()}
                for channel, models in self.weights.w.items()
            },
            "index_micro": None if self.value is None else nearest(self.value),
            "index_micro_if_shares_are_spend_shares_harmonic": None if self.spend is None else nearest(self.spend),
        }


def weigh(composition: Composition, aggregation: Aggregation = Aggregation.SUM) -> Weights:
    """Channel and model weights by Eq. 9 and 10, from whatever the sources report."""

    def combined(rows: Mapping[str, Cells]) -> dict[str, Fraction]:
        told = {name: _combine(cells, composition.reliability, aggregation) for name, cells in rows.items()}
        return _normalised(told)

    return Weights(
        pi=combined(composition.channel_share),
        w={channel: combined(models) for channel, models in composition.volume.items()},
    )


def _combine(cells: Cells, reliability: Mapping[str, Fraction], aggregation: Aggregation) -> Fraction | None:
    told = [(reliability[source], figure) for source, figure in cells.items() if figure is not None]
    weight = sum((r for r, _ in told), Fraction(0))
    if not told or weight == 0:
        return None
    total = sum((r * figure for r, figure in told), Fraction(0))
    return total if aggregation is Aggregation.SUM else Fraction(total, weight)


def _normalised(figures: Mapping[str, Fraction | None]) -> dict[str, Fraction]:
    """Shares of the sum; what no source reports has no share in it."""
    known = {name: figure if figure is not None else Fraction(0) for name, figure in figures.items()}
    total = sum(known.values(), Fraction(0))
    return {name: Fraction(figure, total) for name, figure in known.items()} if total else {}


def price_index(weights: Weights, price: Mapping[str, Mapping[str, Fraction | None]]) -> CompanyIndex:
    """The index by Eq. 8 at given weights. A price or weight that is needed and not known leaves it without a value."""
    gaps = [] if weights.pi else ["no source reports a channel's share"]
    channels: list[tuple[Fraction, Fraction]] = []
    for channel, share in weights.pi.items():
        if share == 0:
            continue
        models = weights.w.get(channel, {})
        if not models:
            gaps.append(f"no source reports a volume in {channel}")
        prices = {model: price.get(channel, {}).get(model) for model, weight in models.items() if weight}
        gaps += [f"{model} has no price in {channel}" for model, found in prices.items() if found is None]
        inside = sum((models[model] * found for model, found in prices.items() if found is not None), Fraction(0))
        channels.append((share, inside))
    if gaps:
        return CompanyIndex(weights=weights, value=None, spend=None, gaps=tuple(gaps))
    value = sum((share * inside for share, inside in channels), Fraction(0))
    free = any(inside == 0 for _, inside in channels)
    spend = None if free else Fraction(1, sum(Fraction(share, inside) for share, inside in channels))
    return CompanyIndex(weights=weights, value=value, spend=spend, gaps=())


def company_index(composition: Composition, aggregation: Aggregation = Aggregation.SUM) -> CompanyIndex:
    """Weights and index of one composition."""
    return price_index(weigh(composition, aggregation), composition.price)

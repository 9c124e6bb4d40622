"""A day's change of an index, split exactly into what prices did and what the mix did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ifx_index.exact import nearest
from ifx_index.lpi import Row, measure


@dataclass(frozen=True, kw_only=True, slots=True)
class Decomposition:
    """Two values of a series and the two effects between them, micro-USD per Mtok, exact."""

    previous: Fraction | None
    """The earlier value; None where there is none."""

    now: Fraction | None
    """The later value; None where there is none."""

    price_effect: Fraction | None
    """`sum 1/2 (w0 + w1)(P1 - P0)`; None unless both values exist."""

    mix_effect: Fraction | None
    """`sum 1/2 (P0 + P1)(w1 - w0)`; with the price effect it is the change, exactly."""

    def document(self) -> dict[str, int | None]:
        """The four figures rounded once each, micro-USD; keys as the golden vectors have them."""
        return {
            "index_prev": _micro(self.previous),
            "index_now": _micro(self.now),
            "price_effect": _micro(self.price_effect),
            "mix_effect": _micro(self.mix_effect),
        }

    def published(self) -> dict[str, int | None]:
        """The same, so that the published effects add up to the published change: the mix takes what rounding leaves.

        Each effect is less than 2 micro-USD from its exact value.
        """
        figures = self.document()
        before, now, prices = figures["index_prev"], figures["index_now"], figures["price_effect"]
        if before is not None and now is not None and prices is not None:
            figures["mix_effect"] = now - before - prices
        return figures


def _micro(value: Fraction | None) -> int | None:
    return None if value is None else nearest(value)


def decompose(previous: Sequence[Row], now: Sequence[Row]) -> Decomposition:
    """Split the change between two days' rows of a series.

    A model that is priced on one of the days only has the same price on the other one: coming and going is mix.
    """
    earlier, later = measure(previous), measure(now)
    first, last = earlier.value, later.value
    before, after = _weights(previous, earlier.token_weight), _weights(now, later.token_weight)
    if first is None or last is None:
        return Decomposition(previous=first, now=last, price_effect=None, mix_effect=None)
    prices, mix = Fraction(0), Fraction(0)
    known = _prices(previous), _prices(now)
    for model in sorted({*before, *after}):
        w0, w1 = before.get(model, Fraction(0)), after.get(model, Fraction(0))
        p0, p1 = known[0].get(model), known[1].get(model)
        p0 = p0 if p0 is not None else p1
        p1 = p1 if p1 is not None else p0
        if p0 is None or p1 is None:
            continue
        prices += Fraction((w0 + w1) * (p1 - p0), 2)
        mix += Fraction((p0 + p1) * (w1 - w0), 2)
    return Decomposition(previous=first, now=last, price_effect=prices, mix_effect=mix)


def _weights(rows: Sequence[Row], total: int) -> Mapping[str, Fraction]:
    return {row.model: Fraction(row.tokens, total) for row in rows if row.priced is not None}


def _prices(rows: Sequence[Row]) -> Mapping[str, Fraction]:
    """Prices above zero, of unused models too: they say what a model cost before it was used."""
    return {row.model: row.price for row in rows if row.price is not None and row.price > 0}

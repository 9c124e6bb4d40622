"""Providers' offers of each model as one price a model: the fallback for what the models list lacks.

The price of a model is what its busiest offer asks, after its discount, as the models list states it: of the models
that several providers offer at several prices, the busiest offer's is the listed price more often than the cheapest or
the first one's (51 to 58 of 68 on each recorded day). Undoing the discount would price another thing than the list.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from ifx_index.errors import BadInput
from ifx_index.exact import price_per_mtok, token_count
from ifx_index.ingest.documents import read_csv
from ifx_index.ingest.prices import PriceList
from ifx_index.model import FREE, Model, is_alias

COLUMNS: Final = frozenset(
    {"scrape_date", "permaslug", "variant", "provider_name", "price_completion", "request_count"}
)
_CURE: Final = "Give the endpoints table of one day, as recorded."


class _Offer(NamedTuple):
    requests: int
    price: Fraction

    @property
    def rank(self) -> tuple[int, Fraction]:
        """The busiest first, the cheaper of two as busy."""
        return (self.requests, -self.price)


def read_endpoints(data: bytes, name: str) -> PriceList:
    """Read an endpoints table of one day: for each model, the price of its busiest offer. Raises BadInput.

    Offers that are disabled or hidden count for nothing. An offer that stands there twice is the same offer.
    """
    offers: dict[Model, _Offer] = {}
    days: set[str] = set()
    notes: list[str] = []
    for number, row in read_csv(data, name, COLUMNS):
        days.add(row["scrape_date"])
        model = Model(row["permaslug"], row["variant"])
        if "True" in (row.get("is_disabled"), row.get("is_hidden")) or is_alias(model.slug):
            continue
        price = Fraction(0) if model.variant == FREE else price_per_mtok(row["price_completion"])
        requests = token_count(row["request_count"] or "0")
        if price is None or requests is None:
            notes.append(f"{name}, row {number}: {model} at {row['provider_name']} has no readable price; set aside")
            continue
        offer = _Offer(requests, price)
        if model not in offers or offer.rank > offers[model].rank:
            offers[model] = offer
    prices: Mapping[Model, Fraction] = MappingProxyType({model: offer.price for model, offer in offers.items()})
    return PriceList(name=name, date=_one_day(days, name), prices=prices, notes=tuple(notes))


def _one_day(days: set[str], name: str) -> date:
    if len(days) != 1:
        raise BadInput(name, f"it holds the offers of {len(days)} days", cure=_CURE)
    text = days.pop()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(name, f"{text!r} is no date", cure=_CURE) from error

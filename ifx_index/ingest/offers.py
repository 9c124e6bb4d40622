"""The public answers about single models' offers, kept together for a day: a fallback for what the models list lacks.

`{"date": "2026-07-20", "answers": {"openai/gpt-x-20260720": "<the answer's text>"}}`: each answer stands as it came,
under the slug and variant that usage names. The public answer does not say how busy an offer is, so that the cheapest
one that can be bought is the model's price.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ifx_index.errors import BadInput
from ifx_index.exact import price_per_mtok
from ifx_index.ingest.documents import read_json
from ifx_index.ingest.prices import PriceList
from ifx_index.model import Model, model_of

_START: Final = 32
"""Bytes in which the key stands: the file is ours, and its keys are sorted."""
_CURE: Final = "Record it anew with `ifx-index record`."


def are_offers(data: bytes) -> bool:
    """Whether a file begins as a day's answers about offers do."""
    return b'"answers"' in data[:_START]


def read_offers(data: bytes, name: str) -> PriceList:
    """Read a day's answers: for each model the price of its cheapest offer above zero. Raises BadInput."""
    document = read_json(data, name)
    if not isinstance(document, dict) or set(document) != {"date", "answers"}:
        raise BadInput(name, "it holds no answers about offers", cure=_CURE)
    answers = document["answers"]
    if not isinstance(answers, dict):
        raise BadInput(name, "its answers are no object", cure=_CURE)
    try:
        day = date.fromisoformat(str(document["date"]))
    except ValueError as error:
        raise BadInput(name, f"{document['date']!r} is no date", cure=_CURE) from error
    prices: dict[Model, Fraction] = {}
    notes: list[str] = []
    for identity, text in answers.items():
        if not isinstance(text, str):
            raise BadInput(name, f"the answer about {identity} is no text", cure=_CURE)
        asked = sorted(prices_of(text.encode(), f"{name}: {identity}"))
        if asked:
            prices[model_of(identity)] = asked[0]
        else:
            notes.append(f"{name}: {identity} has no offer with a price; set aside")
    return PriceList(name=name, date=day, prices=MappingProxyType(prices), notes=tuple(notes))


def prices_of(answer: bytes, name: str) -> Iterator[Fraction]:
    """The output prices above zero of one answer's offers, micro-USD per Mtok. Raises BadInput."""
    document = read_json(answer, name)
    found = document.get("data") if isinstance(document, dict) else None
    offers = found.get("endpoints") if isinstance(found, dict) else None
    if not isinstance(offers, list):
        raise BadInput(name, "it is no answer about a model's offers", cure=_CURE)
    for number, offer in enumerate(offers, 1):
        pricing = offer.get("pricing") if isinstance(offer, Mapping) else None
        if not isinstance(pricing, Mapping):
            raise BadInput(name, "it is no offer with a pricing", row=number, cure=_CURE)
        price = price_per_mtok(str(pricing.get("completion")))
        if price is not None and price > 0:
            yield price

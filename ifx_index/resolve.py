"""A price and a status for each model of a day: the hierarchy of sources, first that applies."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from ifx_index.ingest.prices import PriceList
from ifx_index.model import FREE, Model

CARRIED_DAYS: Final = 7
"""Days that an earlier price is carried at most."""

CONFLICT_ABOVE: Final = Fraction(5, 1_000)
"""Two sources of one day conflict when they differ by more than this share of the price that is used."""


class Status(StrEnum):
    """Where a model's price comes from."""

    PRIMARY = "PRIMARY"
    """The models list recorded for the day."""
    FALLBACK = "FALLBACK"
    """Another source recorded for the day."""
    IMPUTED = "IMPUTED"
    """The newest earlier models list that has the model, at most 7 days old."""
    MISSING = "MISSING"
    """No price above zero: excluded, never zero."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """The price lists of one day."""

    date: date
    """The UTC day that is priced."""

    primary: PriceList | None
    """The models list recorded at the start of the day; None where there is none."""

    fallback: tuple[PriceList, ...] = ()
    """Other sources recorded for the day, in order of preference."""

    earlier: tuple[PriceList, ...] = ()
    """Dated models lists of the 7 days before, newest first."""

    second: PriceList | None = None
    """A second source of the day, that only tells conflicts."""

    notes: tuple[str, ...] = ()
    """Lists that were given and price nothing, each with the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What one model costs on one day."""

    price: Fraction | None
    """Micro-USD per Mtok, above 0; None where the status is MISSING."""

    status: Status
    """Where it comes from."""

    conflict: bool
    """Whether the second source of the day differs by more than 0.5%."""

    source: str
    """Name of the file that gave it, or why there is no price."""


def resolve(model: Model, sources: Sources) -> Quote:
    """Price a model: from the day's list, else its fallbacks, else carried from at most 7 days before, else MISSING.

    A source that records the model as free, or as of no known price, ends the search: what is free today was not
    bought at yesterday's price.
    """
    if model.variant == FREE:
        return _missing("a free variant")
    for status, lists in (
        (Status.PRIMARY, (sources.primary,)),
        (Status.FALLBACK, sources.fallback),
        (Status.IMPUTED, sources.earlier),
    ):
        for prices in lists:
            recorded = prices.prices.get(model) if prices is not None else None
            if prices is None or recorded is None:
                continue
            if recorded <= 0:
                return _missing(f"{prices.name} lists it {'as free' if recorded == 0 else 'without a price'}")
            conflict = status is not Status.IMPUTED and _differs(recorded, model, sources.second)
            return Quote(price=recorded, status=status, conflict=conflict, source=prices.name)
    return _missing("no source lists it")


def _missing(why: str) -> Quote:
    return Quote(price=None, status=Status.MISSING, conflict=False, source=why)


def _differs(price: Fraction, model: Model, second: PriceList | None) -> bool:
    other = second.prices.get(model) if second is not None else None
    # Below zero stands for an unknown price: that contradicts nothing.
    return other is not None and other >= 0 and abs(other - price) > CONFLICT_ABOVE * price

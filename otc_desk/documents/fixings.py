"""Which fixing each averaging day takes (docs/protocol.md, "Fixings"). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ifx_sdk.errors import BadValue
from ifx_sdk.payoff import POSTPONEMENT_DAYS, settlement_mean
from otc_desk.documents.facts import Posted


@dataclass(frozen=True, kw_only=True, slots=True)
class DayPrice:
    """One averaging day and what it takes."""

    day: int
    """UTC day number."""
    source: int
    """Day number of the fixing that it takes."""
    price: int
    """micro-USDT per Mtok."""
    signers: int
    """How many nodes signed that fixing."""

    @property
    def why(self) -> str:
        """Whose fixing it is."""
        if self.source == self.day:
            return "its own fixing"
        return "postponed: the first of the next two days" if self.source > self.day else "the newest earlier one"


def day_price(posted: Mapping[int, Posted], day: int) -> DayPrice:
    """What a day takes of the fixings that are posted. Raises `BadValue` where none stands at, before or just after."""
    for ahead in range(POSTPONEMENT_DAYS + 1):
        if day + ahead in posted:
            return _taken(posted, day, day + ahead)
    earlier = [each for each in posted if each < day]
    if not earlier:
        raise BadValue(day, "no fixing stands at or before the day", cure="Read the fixings from the booking's day on.")
    return _taken(posted, day, max(earlier))


def day_prices(posted: Mapping[int, Posted], last: int, averaging_days: int) -> tuple[DayPrice, ...]:
    """Every averaging day up to `last`, a UTC day number. Raises as `day_price`."""
    return tuple(day_price(posted, day) for day in range(last - averaging_days + 1, last + 1))


def mean(days: Sequence[DayPrice]) -> int:
    """F_ref: the floor of their mean, micro-USDT per Mtok."""
    return settlement_mean([each.price for each in days])


def _taken(posted: Mapping[int, Posted], day: int, source: int) -> DayPrice:
    found = posted[source]
    return DayPrice(day=day, source=source, price=found.price, signers=found.signers)

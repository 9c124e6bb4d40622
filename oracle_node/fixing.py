"""The daily fixing: readings to slots, signed prices to the one a quorum agrees on. Pure.

Source: product.md, "Fixings".
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ifx_sdk.calendar import SLOT_SECONDS, window_start
from ifx_sdk.evidence.median import SLOTS
from ifx_sdk.reports import above_two_thirds


class QuorumStatus(StrEnum):
    """What the signed prices of a day gave."""

    OK = "OK"
    NO_FIXING = "NO_FIXING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One successful reading of one underlying."""

    at: int
    """When the page was fetched, unix seconds UTC."""
    price: int
    """Micro-USD per 1M output tokens, 0 or more."""


R = TypeVar("R", bound=Reading)
"""A reading, or one that also knows where it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumFixing:
    """The price of a day among the registered nodes."""

    status: QuorumStatus
    """OK, or NO_FIXING while no price has a quorum."""
    quorum: int
    """Signatures one price needs."""
    value: int | None
    """The price a quorum signed, micro-USD per 1M output tokens; None unless OK."""


def newest_per_slot(readings: Iterable[R], window_end: int) -> tuple[R | None, ...]:
    """Fill the slots: each takes the newest reading of the 5 minutes up to it, later than the slot before.

    A reading exactly at a slot's time belongs to that slot; one after the window's end to none. Of two readings in the
    same second the one given last counts.
    """
    first = window_start(window_end)
    newest: list[R | None] = [None] * SLOTS
    for reading in readings:
        slot = -((first - reading.at) // SLOT_SECONDS)
        if 0 <= slot < SLOTS:
            held = newest[slot]
            if held is None or reading.at >= held.at:
                newest[slot] = reading
    return tuple(newest)


def slots_from_readings(readings: Iterable[Reading], window_end: int) -> tuple[int | None, ...]:
    """The prices of `newest_per_slot`."""
    return tuple(None if reading is None else reading.price for reading in newest_per_slot(readings, window_end))


def quorum_price(prices: Sequence[int], registered: int) -> QuorumFixing:
    """The one price that a quorum of the registered nodes signed; `prices` holds at most one price a node."""
    if registered < 1:
        raise ValueError(f"{registered} registered nodes; at least 1 must be registered")
    needed = above_two_thirds(registered)
    if len(prices) > registered:
        raise ValueError(f"{len(prices)} prices of {registered} registered nodes; each node signs one")
    price, count = Counter(prices).most_common(1)[0] if prices else (None, 0)
    if price is None or count < needed:
        return QuorumFixing(status=QuorumStatus.NO_FIXING, quorum=needed, value=None)
    return QuorumFixing(status=QuorumStatus.OK, quorum=needed, value=price)

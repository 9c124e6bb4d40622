"""Which forwards a keeper settles next, and what a round came to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ifx_sdk.calendar import SECONDS_PER_DAY, midnight
from ifx_sdk.codec import Event
from ifx_sdk.contract import integer, items, raw
from ifx_sdk.errors import BadValue
from ifx_sdk.escrow import MAX_BATCH

EVENTS = ("ForwardBooked", "ForwardSettled", "ForwardsSettled", "ForwardTerminated")
"""What is read of the escrow: who is on a side does not matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much a keeper may spend, and when it is worth it."""

    gas_price: int
    """Wei per gas that it offers at most, tip included."""
    gas_per_day: int
    """Gas of one UTC day at most, by the limits of what is on its way and the use of what is mined."""
    least: int = field(default=1)
    """Forwards that make a transaction worth sending, 1 to `most`."""
    most: int = field(default=MAX_BATCH)
    """Forwards in one transaction, 1 to 100."""
    patience: int = field(default=SECONDS_PER_DAY)
    """Seconds after a maturity from which on fewer than `least` are settled too."""

    def __post_init__(self) -> None:
        for name, value in (("gas_price", self.gas_price), ("gas_per_day", self.gas_per_day)):
            if value <= 0:
                raise BadValue(value, f"{name} of a keeper is above zero", cure="Without one nothing can be sent.")
        if not 1 <= self.least <= self.most <= MAX_BATCH:
            cure = f"Write 1 <= least <= most <= {MAX_BATCH}."
            raise BadValue((self.least, self.most), "these are no sizes of a batch", cure=cure)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenForward:
    """A forward that is booked and has not ended, as far as its settlement asks."""

    id: bytes
    """32 bytes."""
    underlying: int
    """The oracle's index."""
    maturity_day: int
    """UTC day number."""
    averaging_days: int
    """Days in the settlement price's mean."""

    @property
    def maturity(self) -> int:
        """Unix seconds UTC."""
        return midnight(self.maturity_day)

    @property
    def fixing(self) -> tuple[int, int, int]:
        """What decides its price: forwards of one fixing side by side read it once. Oldest first."""
        return self.maturity_day, self.underlying, self.averaging_days


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one round found and did."""

    open: int
    """Forwards that have not ended."""
    ready: int
    """Those of them that can be settled now, whoever does it."""
    oldest: int | None = field(default=None)
    """The earliest maturity among these, unix seconds UTC; None where there is none."""
    would: tuple[bytes, ...] = field(default=())
    """Ids that a keeper with a key would have sent."""
    sent: tuple[bytes, ...] = field(default=())
    """Ids in the transaction that this round sent."""
    tx_hash: str | None = field(default=None)
    """That transaction."""
    settled: tuple[bytes, ...] = field(default=())
    """Ids that earlier transactions were found to have settled."""
    gas_used: int = field(default=0)
    """Gas of those transactions, of refused ones too."""
    gas_left: int = field(default=0)
    """Gas that the UTC day has left."""
    waits: str | None = field(default=None)
    """Why nothing was sent although something is ready; None where something was, or nothing is."""
    failed: str | None = field(default=None)
    """What the chain refused, with its reason; None where it refused nothing."""


def fold(known: Mapping[bytes, OpenForward], events: Iterable[Event]) -> dict[bytes, OpenForward]:
    """What is open after these events, oldest first, when `known` was before them."""
    found = dict(known)
    for event in events:
        if event.name == "ForwardBooked":
            made = _booked(event)
            found[made.id] = made
        else:
            ids = items(event.args["ids"]) if event.name == "ForwardsSettled" else [event.args["id"]]
            for each in ids:
                found.pop(raw(each), None)
    return found


def settled_ids(events: Iterable[Event]) -> tuple[bytes, ...]:
    """The ids that a transaction's events say it settled."""
    ids: list[bytes] = []
    for event in events:
        if event.name == "ForwardsSettled":
            ids += [raw(each) for each in items(event.args["ids"])]
        elif event.name == "ForwardSettled":
            ids.append(raw(event.args["id"]))
    return tuple(ids)


def choose(
    ready: Sequence[OpenForward], limits: Limits, now: int, most: int | None = None
) -> tuple[tuple[bytes, ...], str | None]:
    """The ids of the next transaction, at most `most` of them; else none, and why not yet.

    `now` in unix seconds UTC. Forwards of one fixing stand together, the oldest maturity first.
    """
    if not ready:
        return (), None
    ordered = sorted(ready, key=lambda each: (each.fixing, each.id))
    waited = now - ordered[0].maturity
    if len(ordered) < limits.least and waited < limits.patience:
        return (), f"{len(ordered)} of at least {limits.least} forwards can be settled"
    return tuple(each.id for each in ordered[: min(limits.most, most or limits.most)]), None


def shrunk(ids: Sequence[bytes], needed: int, left: int) -> tuple[bytes, ...]:
    """As many of the ids as the gas that is left suffices for, when all of them need `needed`; maybe none."""
    return tuple(ids) if needed <= left else tuple(ids[: len(ids) * left // needed])


def _booked(event: Event) -> OpenForward:
    return OpenForward(
        id=raw(event.args["id"]),
        underlying=integer(event.args["underlying"]),
        maturity_day=integer(event.args["maturity"]) // SECONDS_PER_DAY,
        averaging_days=integer(event.args["averaging_days"]),
    )

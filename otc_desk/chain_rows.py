"""Rows out of the chain's events. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ifx_sdk.codec import Event
from ifx_sdk.contract import integer, items, raw, text
from otc_desk.db.tables import (
    ChainEnding,
    ChainFixing,
    ChainForward,
    ChainListing,
    ChainNovation,
    ChainUnderlying,
)

ORACLE_EVENTS: Final = ("UnderlyingAdded", "FixingPosted")
ESCROW_EVENTS: Final = (
    "UnderlyingListed",
    "ForwardBooked",
    "ForwardSettled",
    "ForwardsSettled",
    "ForwardTerminated",
    "ForwardNovated",
)
"""The names that are read of each contract."""

Kind = type[ChainUnderlying | ChainListing | ChainFixing | ChainForward | ChainEnding | ChainNovation]
KINDS: Final[tuple[Kind, ...]] = (
    ChainUnderlying,
    ChainListing,
    ChainFixing,
    ChainForward,
    ChainEnding,
    ChainNovation,
)
"""Every table of events."""
Rows = Mapping[Kind, Sequence[Mapping[str, object]]]
"""Values of new rows by their table."""

_TIMED: Final = frozenset(ESCROW_EVENTS) - {"UnderlyingListed"}


def timed_blocks(events: Iterable[Event]) -> Mapping[str, int]:
    """Hash -> number of the blocks whose time is wanted: those in which something happened to a forward."""
    return {event.block_hash: event.block_number for event in events if event.name in _TIMED}


def rows_of(events: Iterable[Event], times: Mapping[str, int]) -> Rows:
    """The rows that say what the events say; `times` are those of `timed_blocks`, hash -> unix seconds UTC."""
    found: dict[Kind, list[Mapping[str, object]]] = {kind: [] for kind in KINDS}
    for event in events:
        place: dict[str, object] = {
            "block_number": event.block_number,
            "log_index": event.log_index,
            "block_hash": event.block_hash,
            "tx_hash": event.tx_hash,
        }
        if event.name in _TIMED:
            place["time"] = times[event.block_hash]
        kind, read = _READERS[event.name]
        found[kind] += [place | values for values in read(event.args)]
    return found


Arguments = Mapping[str, object]
Values = Iterator[dict[str, object]]


def _added(args: Arguments) -> Values:
    yield {
        "underlying": integer(args["index"]),
        "name": text(args["name"]),
        "review_required": bool(args["review_required"]),
    }


def _fixed(args: Arguments) -> Values:
    yield {
        "underlying": integer(args["underlying"]),
        "day": integer(args["day"]),
        "price": integer(args["price"]),
        "signers": integer(args["signers"]).bit_count(),
    }


def _listed(args: Arguments) -> Values:
    yield {"underlying": integer(args["index"]), "lot": integer(args["lot"])}


def _booked(args: Arguments) -> Values:
    numbers = ("underlying", "quantity", "price", "spot", "indicative", "maturity", "averaging_days")
    sides = {"long": text(args["long"]), "short": text(args["short"])}
    yield {"id": _hex(args["id"]), **sides, **{name: integer(args[name]) for name in numbers}}


def _settled(args: Arguments) -> Values:
    yield {"forward": _hex(args["id"]), "kind": "settled", "price": integer(args["price"])}


def _settled_together(args: Arguments) -> Values:
    for each in items(args["ids"]):
        yield {"forward": _hex(each), "kind": "settled", "price": integer(args["price"])}


def _terminated(args: Arguments) -> Values:
    yield {"forward": _hex(args["id"]), "kind": "terminated", "price": integer(args["price"])}


def _novated(args: Arguments) -> Values:
    yield {
        "id": _hex(args["novation"]),
        "forward": _hex(args["id"]),
        "outgoing": text(args["outgoing"]),
        "incoming": text(args["incoming"]),
        "payment": str(integer(args["payment"])),
    }


def _hex(value: object) -> str:
    return "0x" + raw(value).hex()


_READERS: Final[Mapping[str, tuple[Kind, Callable[[Arguments], Values]]]] = MappingProxyType(
    {
        "UnderlyingAdded": (ChainUnderlying, _added),
        "FixingPosted": (ChainFixing, _fixed),
        "UnderlyingListed": (ChainListing, _listed),
        "ForwardBooked": (ChainForward, _booked),
        "ForwardSettled": (ChainEnding, _settled),
        "ForwardsSettled": (ChainEnding, _settled_together),
        "ForwardTerminated": (ChainEnding, _terminated),
        "ForwardNovated": (ChainNovation, _novated),
    }
)
"""Event -> its table, and what its rows hold."""

"""Every forward of one escrow, read from its storage and its events alone: no indexer, no server of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import midnight
from ifx_sdk.chain import Chain
from ifx_sdk.codec import Event
from ifx_sdk.contract import Contract, integer, items, raw, text
from ifx_sdk.errors import BadValue
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Journal
from ifx_sdk.records import (
    BookedForward,
    EarlyEnd,
    ForwardRecord,
    Settlement,
    SideChange,
    Status,
    early_end_of,
    settlement_of,
    side_changes_of,
)
from ifx_sdk.signers import Signer
from ifx_sdk.terms import parse_address, parse_underlying

MOST_TOPICS = 100
"""Ids that one query of events names; for more of them all events are read, which every node answers."""


class Registry(Contract):
    """The escrow's forwards, and the views beside them. Amounts are micro-USDT, ids 32 bytes."""

    def __init__(
        self,
        chain: Chain,
        address: str,
        oracle: Oracle,
        signer: Signer | None = None,
        *,
        first_block: int = 0,
        journal: Journal | None = None,
    ) -> None:
        """`oracle` is the deployment's; `first_block` is where its events begin."""
        super().__init__(chain, address, codec("ForwardEscrow"), signer, journal)
        self.oracle = oracle
        self.first_block = first_block

    def forward(self, id: bytes) -> ForwardRecord:
        """The record of a forward; status `NONE` where there is none, `REVOKED` for a message that was revoked."""
        found = self._read(dict, "forward", hold_id(id))
        index = integer(found["underlying"])
        return ForwardRecord(
            id=bytes(id),
            long=text(found["long"]),
            short=text(found["short"]),
            underlying=self.oracle.underlying(index).name if index else "",
            quantity=integer(found["quantity"]),
            price=integer(found["price"]),
            spot=integer(found["spot"]),
            maturity=midnight(integer(found["maturity_day"])),
            averaging_days=integer(found["averaging_days"]),
            status=Status(integer(found["status"])),
        )

    def booked(self, id: bytes) -> BookedForward | None:
        """The whole life of one forward; None where it was never booked."""
        found = self._lives(self._about("ForwardBooked", [hold_id(id)], self.first_block), self.first_block)
        return found[0] if found else None

    def forwards(self, account: str | None = None, from_block: int | None = None) -> tuple[BookedForward, ...]:
        """Every forward booked since `from_block` (all), oldest first; with `account` those in which it is or was a
        side, by booking or by a novation (`BookedForward.part_of` says which)."""
        start = self.first_block if from_block is None else from_block
        if account is None:
            return self._lives(self._events("ForwardBooked", start), start)
        side = "0x" + bytes.fromhex(parse_address(account)[2:]).rjust(32, b"\0").hex()
        booked = self._events("ForwardBooked", start, None, side)
        booked += self._events("ForwardBooked", start, None, None, side)
        entered = {raw(event.args["id"]) for event in self._events("ForwardNovated", start, None, None, side)}
        if entered:  # nobody enters what it is a side of: none of these is among the booked
            booked += self._about("ForwardBooked", sorted(entered), start)
        return self._lives(sorted(booked, key=lambda event: (event.block_number, event.log_index)), start)

    def settlement(self, id: bytes) -> Settlement | None:
        """How a forward was paid out at its settlement price; None where it was not."""
        record = self.forward(id)
        return self._settlements([record], self.first_block).get(record.id)

    def termination(self, id: bytes) -> EarlyEnd | None:
        """How a forward was ended before its maturity; None where it was not."""
        record = self.forward(id)
        return self._early_ends([record], self.first_block).get(record.id)

    def novations(self, id: bytes) -> tuple[SideChange, ...]:
        """The changes of a forward's sides, oldest first; empty where there were none."""
        found = self.booked(id)
        return () if found is None else found.novations

    def payouts(self, id: bytes, price: int) -> tuple[int, int]:
        """What (long, short) would be paid at a settlement price, by the contract's own computation."""
        long, short = self._read(tuple, "payouts", hold_id(id), price)
        return integer(long), integer(short)

    def is_settleable(self, id: bytes) -> bool:
        """Whether `settle` would succeed now."""
        return self._read(bool, "is_settleable", hold_id(id))

    def is_approved(self, id: bytes, account: str) -> bool:
        """Whether `account` approved the message with the digest `id` on chain."""
        return self._read(bool, "is_approved", hold_id(id), parse_address(account))

    def has_left(self, id: bytes, account: str) -> bool:
        """Whether a novation of forward `id` replaced `account`, which bars it from coming back."""
        return self._read(bool, "has_left", hold_id(id), parse_address(account))

    def lot_of(self, name: str) -> int:
        """The lot of a listed underlying in Mtok, 0 where it is not listed."""
        return self._read(int, "lot_of", parse_underlying(name))

    # ----------------------------------------------------------------------------------------------- inside

    def _events(self, name: str, start: int, *topics: str | Sequence[str] | None) -> list[Event]:
        return self.chain.events(self.codec, self.address, name, topics=topics, from_block=start)

    def _about(self, name: str, ids: Sequence[bytes], start: int) -> list[Event]:
        """The events of one name about these forwards, oldest first."""
        wanted = set(ids)
        topics = [["0x" + each.hex() for each in ids]] if len(ids) <= MOST_TOPICS else []
        return [event for event in self._events(name, start, *topics) if raw(event.args["id"]) in wanted]

    def _lives(self, booked: Sequence[Event], start: int) -> tuple[BookedForward, ...]:
        """Forwards out of their bookings, with everything that happened to them since."""
        if not booked:
            return ()
        records = [self.forward(raw(event.args["id"])) for event in booked]
        settled, ended = self._settlements(records, start), self._early_ends(records, start)
        moved = _by_id(self._about("ForwardNovated", [each.id for each in records], start))
        return tuple(
            BookedForward(
                record=record,
                first_long=text(event.args["long"]),
                first_short=text(event.args["short"]),
                indicative=integer(event.args["indicative"]),
                block_number=event.block_number,
                tx_hash=event.tx_hash,
                novations=side_changes_of(text(event.args["long"]), moved.get(record.id, ())),
                settlement=settled.get(record.id),
                termination=ended.get(record.id),
            )
            for event, record in zip(booked, records, strict=True)
        )

    def _settlements(self, records: Iterable[ForwardRecord], start: int) -> dict[bytes, Settlement]:
        """Settled one by one, or in a batch whose event names the price once for all of its forwards."""
        settled = [each for each in records if each.status is Status.SETTLED]
        if not settled:
            return {}
        found = {raw(event.args["id"]): event for event in self._about("ForwardSettled", _ids(settled), start)}
        if len(found) < len(settled):
            for event in self._events("ForwardsSettled", start):
                found |= {raw(each): event for each in items(event.args["ids"])}
        return {each.id: settlement_of(each, found[each.id]) for each in settled if each.id in found}

    def _early_ends(self, records: Iterable[ForwardRecord], start: int) -> dict[bytes, EarlyEnd]:
        ended = [each for each in records if each.status is Status.TERMINATED]
        if not ended:
            return {}
        events = self._about("ForwardTerminated", _ids(ended), start)
        return {raw(event.args["id"]): early_end_of(event) for event in events}


def hold_id(id: bytes) -> bytes:
    """32 bytes as they are. Raises `BadValue`."""
    if not isinstance(id, bytes | bytearray) or len(id) != 32:
        raise BadValue(id, "a forward's id is 32 bytes", cure="Take it from terms_id, or from the booking's event.")
    return bytes(id)


def _ids(records: Iterable[ForwardRecord]) -> list[bytes]:
    return [each.id for each in records]


def _by_id(events: Iterable[Event]) -> Mapping[bytes, Sequence[Event]]:
    """Events by the forward that they are about, each one's in order."""
    found: dict[bytes, list[Event]] = {}
    for event in events:
        found.setdefault(raw(event.args["id"]), []).append(event)
    return found

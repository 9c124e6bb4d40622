"""What the escrow keeps of a forward for ever, and what its events add: how it was booked, who stood on its sides, how
it ended. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from ifx_sdk import payoff
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.codec import Event
from ifx_sdk.contract import integer, raw, text
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.payoff import Side


class Status(IntEnum):
    """Where a forward stands."""

    NONE = 0
    REVOKED = 1
    ACTIVE = 2
    SETTLED = 3
    TERMINATED = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardRecord:
    """A forward as the escrow keeps it."""

    id: bytes
    """The digest that both sides signed, 32 bytes."""
    long: str
    """Account that receives when the price rises, checksummed; after a novation the new one."""
    short: str
    """Account that receives when the price falls, checksummed; after a novation the new one."""
    underlying: str
    """`provider/model-id`; empty where there is no forward."""
    quantity: int
    """Mtok."""
    price: int
    """F, micro-USDT per Mtok."""
    spot: int
    """S0, micro-USDT per Mtok."""
    maturity: int
    """00:00:00 UTC of the maturity day, unix seconds."""
    averaging_days: int
    """Days in the settlement price's mean."""
    status: Status
    """None, revoked, active, settled or terminated."""

    @property
    def is_active(self) -> bool:
        """Whether it waits for its settlement."""
        return self.status is Status.ACTIVE

    @property
    def maturity_day(self) -> int:
        """UTC day number of the maturity."""
        return self.maturity // SECONDS_PER_DAY

    @property
    def prefunding(self) -> int:
        """B = S0 x N, micro-USDT: what each side locked."""
        return self.spot * self.quantity

    def side_of(self, account: str) -> Side | None:
        """The side on which a checksummed account stands now; None where it stands on neither."""
        if account == self.long:
            return "long"
        return "short" if account == self.short else None

    def payouts(self, price: int) -> tuple[int, int]:
        """What (long, short) are paid at `price`, micro-USDT per Mtok: micro-USDT that add up to 2B."""
        return payoff.payouts(price=self.price, spot=self.spot, quantity=self.quantity, settlement=price)

    def payout_bounds(self, side: Side) -> tuple[int, int]:
        """The least and the most that a side can be paid, micro-USDT: at a price of zero, and at the highest one."""
        place = 0 if side == "long" else 1
        ends = self.payouts(0)[place], self.payouts(PRICE_LIMIT - 1)[place]
        return min(ends), max(ends)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """How a forward was paid out."""

    price: int
    """F_ref, micro-USDT per Mtok."""
    long_payout: int
    """micro-USDT credited to the long's free balance, by the record and the price."""
    short_payout: int
    """micro-USDT credited to the short's free balance."""
    block_number: int
    """The block it is in."""
    tx_hash: str
    """The transaction that settled it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyEnd:
    """How a forward was ended before its maturity."""

    termination: bytes
    """The digest that both sides approved, 32 bytes."""
    price: int
    """The agreed price, micro-USDT per Mtok."""
    long_payout: int
    """micro-USDT credited to the long's free balance."""
    short_payout: int
    """micro-USDT credited to the short's free balance."""
    block_number: int
    """The block it is in."""
    tx_hash: str
    """The transaction that ended it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SideChange:
    """One novation: who took whose place."""

    novation: bytes
    """The digest that all three approved, 32 bytes."""
    side: Side
    """The side that changed hands."""
    outgoing: str
    """Who left, checksummed."""
    incoming: str
    """Who took its place, checksummed."""
    payment: int
    """micro-USDT that the incoming paid to the outgoing."""
    block_number: int
    """The block it is in."""
    tx_hash: str
    """The transaction that did it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What an account is, or was, in a forward: at most one part, because who has left cannot come back."""

    side: Side
    """The side on which it stands or stood."""
    entered: SideChange | None
    """The novation by which it came; None where it was there at the booking."""
    left: SideChange | None
    """The novation by which it left; None where it is there still, or was at the end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BookedForward:
    """A forward with what the events add to its record."""

    record: ForwardRecord
    """The terms and where it stands."""
    first_long: str
    """The long at the booking, checksummed."""
    first_short: str
    """The short at the booking, checksummed."""
    indicative: int
    """F_ind, micro-USDT per Mtok, on which the fee was charged."""
    block_number: int
    """The block it was booked in."""
    tx_hash: str
    """The transaction that booked it."""
    novations: tuple[SideChange, ...]
    """The changes of its sides, oldest first."""
    settlement: Settlement | None
    """None unless it was settled."""
    termination: EarlyEnd | None
    """None unless it was ended early."""

    @property
    def ending(self) -> Settlement | EarlyEnd | None:
        """How it was paid out, either way; None while it is active."""
        return self.settlement or self.termination

    def part_of(self, account: str) -> Part | None:
        """A checksummed account's part in it; None where it never was a side."""
        entered = next((each for each in self.novations if each.incoming == account), None)
        left = next((each for each in self.novations if each.outgoing == account), None)
        first: dict[str, Side] = {self.first_long: "long", self.first_short: "short"}
        side = entered.side if entered else first.get(account)
        return None if side is None else Part(side=side, entered=entered, left=left)


def settlement_of(record: ForwardRecord, event: Event) -> Settlement:
    """A settlement out of `ForwardSettled` or of `ForwardsSettled`, which names the price once for all of its ids."""
    price = integer(event.args["price"])
    long, short = record.payouts(price)
    return Settlement(
        price=price, long_payout=long, short_payout=short, block_number=event.block_number, tx_hash=event.tx_hash
    )


def early_end_of(event: Event) -> EarlyEnd:
    """An early end out of `ForwardTerminated`."""
    return EarlyEnd(
        termination=raw(event.args["termination"]),
        price=integer(event.args["price"]),
        long_payout=integer(event.args["long_payout"]),
        short_payout=integer(event.args["short_payout"]),
        block_number=event.block_number,
        tx_hash=event.tx_hash,
    )


def side_changes_of(first_long: str, events: Sequence[Event]) -> tuple[SideChange, ...]:
    """The novations of one forward out of its `ForwardNovated`, oldest first; the sides follow from the past."""
    long, found = first_long, []
    for event in events:
        outgoing, incoming = text(event.args["outgoing"]), text(event.args["incoming"])
        side: Side = "long" if outgoing == long else "short"
        long = incoming if side == "long" else long
        found.append(
            SideChange(
                novation=raw(event.args["novation"]),
                side=side,
                outgoing=outgoing,
                incoming=incoming,
                payment=integer(event.args["payment"]),
                block_number=event.block_number,
                tx_hash=event.tx_hash,
            )
        )
    return tuple(found)

"""What a desk says of booked forwards."""

from __future__ import annotations

from typing import Literal

from ifx_sdk.desk.agreements import Agreement
from ifx_sdk.desk.shapes import Amount, Model, Price, Side


class Mark(Model):
    """Were a position settled at the newest fixing."""

    schema_name = "MarkOut"
    day: str
    """UTC date of that fixing."""
    price: Price
    """micro-USDT per Mtok."""
    payout: Amount
    """micro-USDT that its side would be paid."""
    gain: Amount
    """micro-USDT above the prefunding; a loss is negative."""


class End(Model):
    """How a forward was paid out."""

    schema_name = "EndOut"
    kind: Literal["settled", "terminated"]
    """At the settlement price, or early at an agreed one."""
    price: Price
    """That price."""
    long_payout: Amount
    """micro-USDT."""
    short_payout: Amount
    """micro-USDT."""
    tx_hash: str
    """The transaction."""


class Position(Model):
    """An account's part in a booked forward, by the escrow's own record."""

    schema_name = "PositionOut"
    id: str
    """The forward's, 0x and 64 digits."""
    side: Side
    """On which the caller stands or stood."""
    status: Literal["active", "settled", "terminated"]
    """By the escrow."""
    entered: str | None
    """The transaction by which the caller came later; None from the booking on."""
    left: str | None
    """The transaction by which the caller left."""
    long: str
    """The long now."""
    short: str
    """The short now."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """N, Mtok."""
    price: Price
    """F."""
    spot: Price
    """S0."""
    indicative: Price
    """F_ind."""
    averaging_days: int
    """Days in the settlement price's mean."""
    maturity: int
    """Unix seconds UTC."""
    maturity_utc: str
    """The same, ISO 8601."""
    prefunding: Amount
    """B, what each side locked."""
    tx_hash: str
    """The booking's transaction."""
    block: int
    """The booking's block."""
    is_final: bool
    """Whether the chain can no longer undo the booking."""
    mark: Mark | None
    """None once it was paid out or left."""
    end: End | None
    """None while it is active."""


class PositionList(Model):
    """All positions of an account, newest first."""

    schema_name = "PositionList"
    items: tuple[Position, ...]
    """The positions."""


class Funds(Model):
    """An account's USDT as of a block, all micro-USDT."""

    schema_name = "FundsOut"
    block: int
    """The block that it was read at."""
    free: Amount
    """Free balance on the escrow."""
    wallet: Amount
    """In its own wallet."""
    allowed: Amount
    """What the escrow may collect from that wallet."""
    locked: Amount
    """Prefunding of its active forwards."""
    is_contract: bool
    """Whether code stands at the account: a Safe, or a key that delegates."""


class Proposal(Model):
    """A termination or novation that was proposed, and what it means."""

    schema_name = "ProposalOut"
    agreement: Agreement
    """To be approved by all whom it concerns, its proposer too."""
    effects: dict[str, Amount]
    """micro-USDT: payouts and gains; negative is a loss."""

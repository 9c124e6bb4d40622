"""The ForwardEscrow of one deployment: fund, approve, book, settle, withdraw, and read any forward for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from ifx_sdk import payoff
from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.codec import Event
from ifx_sdk.contract import Contract, integer, items, raw, text
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import BadSignature, BadValue, IncomingLeftBefore
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Journal, Outcome
from ifx_sdk.signers import Signer
from ifx_sdk.signing import SIGNATURE_BYTES, Message, message_digest, verify_digest_signature
from ifx_sdk.terms import Domain, Terms, escrow_domain, parse_address, parse_underlying

_KINDS: Mapping[type, str] = {Terms: "terms", Termination: "termination", Novation: "novation"}
"""What the contract calls a message in the names of its functions."""

MAX_BATCH = 100
"""Forwards that one `settle_many` takes."""


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
    """Account that receives when the price rises, checksummed."""
    short: str
    """Account that receives when the price falls, checksummed."""
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
class BookedForward:
    """A forward with what the events add to its record."""

    record: ForwardRecord
    """The terms and where it stands."""
    indicative: int
    """F_ind, micro-USDT per Mtok, on which the fee was charged."""
    block_number: int
    """The block it was booked in."""
    tx_hash: str
    """The transaction that booked it."""
    settlement: Settlement | None
    """None until it is settled."""


class Escrow(Contract):
    """Typed view of a `ForwardEscrow`. Amounts are micro-USDT, ids 32 bytes."""

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

    def domain(self) -> Domain:
        """The EIP-712 domain under which both sides sign."""
        return escrow_domain(self.chain.chain_id, self.address)

    def terms_id(self, terms: Terms) -> bytes:
        """The forward's id, computed here; `onchain_id` asks the contract for the same."""
        return self.message_id(terms)

    def message_id(self, message: Message) -> bytes:
        """The digest of terms, of a termination or of a novation, computed here."""
        return message_digest(message, self.domain())

    # ------------------------------------------------------------------------------------------------ money

    def deposit(self, amount: int) -> Outcome:
        """Move `amount` from the signer's wallet into its free balance; the escrow must be allowed that much."""
        return self._write("deposit", _amount(amount))

    def deposit_for(self, account: str, amount: int) -> Outcome:
        """Move `amount` from the signer's wallet into `account`'s free balance."""
        return self._write("deposit_for", parse_address(account), _amount(amount))

    def withdraw(self, amount: int, receiver: str | None = None) -> Outcome:
        """Send `amount` of the signer's free balance to `receiver`, its own wallet where none is named."""
        return self._write("withdraw", _amount(amount), parse_address(receiver or self.account))

    def balance_of(self, account: str | None = None) -> int:
        """The free balance of an account: withdrawable at any time."""
        return self._read(int, "balance_of", parse_address(account or self.account))

    # ----------------------------------------------------------------------------------------- a forward's life

    def approve(self, message: Message) -> Outcome:
        """Approve terms, a termination or a novation on chain, for a wallet that cannot sign."""
        return self._write(f"approve_{_KINDS[type(message)]}", message.as_tuple())

    def revoke(self, message: Message) -> Outcome:
        """Withdraw from a message that is not executed yet, for everyone and for ever."""
        return self._write(f"revoke_{_KINDS[type(message)]}", message.as_tuple())

    def check_terms(self, terms: Terms) -> None:
        """Refuse what `book` would refuse now in the terms, the listing and the spot. Raises a leaf of `BadTerms`."""
        now = self.chain.now()
        terms.validate(self.lot_of(terms.underlying), now, escrow=self.address)
        fixing = self.oracle.fixing(terms.underlying, day_of(now))
        terms.check_spot(None if fixing is None else fixing.price)

    def check_approval(self, message: Message, account: str, approval: bytes) -> None:
        """Refuse 65 bytes that are no signature of `account`, unless it approved on chain or has code that may accept
        them: a contract wallet gives bytes a meaning of its own, and the escrow asks it (ERC-1271).

        Raises `WrongSigner`, `BadSignature`.
        """
        if len(approval) != SIGNATURE_BYTES:
            return
        digest = self.message_id(message)
        try:
            verify_digest_signature(digest, account, approval)
        except BadSignature:
            if not self.chain.code(account) and not self.is_approved(digest, account):
                raise

    def book(self, terms: Terms, long_approval: bytes = b"", short_approval: bytes = b"") -> Outcome:
        """Desk: record a forward that both sides approved, and lock both prefundings.

        An approval is a 65-byte signature, empty where the side approved on chain, or what its contract wallet accepts.
        Terms and signatures are checked here first. Raises a leaf of `BadTerms` or `Reverted`, `BadSignature` or
        its leaf `WrongSigner`, or as `Chain.send`.
        """
        self.check_terms(terms)
        self.check_approval(terms, terms.long, long_approval)
        self.check_approval(terms, terms.short, short_approval)
        return self._write("book", terms.as_tuple(), long_approval, short_approval)

    def check_ending(self, message: Termination | Novation) -> None:
        """Refuse what `terminate` or `novate` would refuse now in the message and the record. Raises a leaf of
        `BadEnding`."""
        record, now = self.forward(message.forward), self.chain.now()
        if isinstance(message, Termination):
            message.validate(record, now)
            return
        message.validate(record, now, escrow=self.address)
        if self.has_left(message.forward, message.incoming):
            what = f"{message.incoming} has left forward 0x{message.forward.hex()}"
            raise IncomingLeftBefore(what=what, field="incoming", value=message.incoming)

    def terminate(self, message: Termination, long_approval: bytes = b"", short_approval: bytes = b"") -> Outcome:
        """End a forward before maturity at a price that both sides approved; anyone may send it.

        Approvals are as in `book`. Raises a leaf of `BadEnding` or `Reverted`, `BadSignature`, or as `Chain.send`.
        """
        return self._end("terminate", message, (long_approval, short_approval))

    def novate(
        self,
        message: Novation,
        outgoing_approval: bytes = b"",
        incoming_approval: bytes = b"",
        remaining_approval: bytes = b"",
    ) -> Outcome:
        """Put a new party in one side's place before maturity; anyone may send it. Raises as `terminate`.

        The payment comes from the new party's free balance first, the rest from its wallet's allowance.
        """
        return self._end("novate", message, (outgoing_approval, incoming_approval, remaining_approval))

    def _end(self, function: str, message: Termination | Novation, approvals: tuple[bytes, ...]) -> Outcome:
        self.check_ending(message)
        for account, approval in zip(message.parties.values(), approvals, strict=True):
            self.check_approval(message, account, approval)
        return self._write(function, message.as_tuple(), *approvals)

    def settle(self, id: bytes) -> Outcome:
        """Pay out a forward at its settlement price; anyone may, from maturity on."""
        return self._write("settle", _id(id))

    def settle_many(self, ids: Sequence[bytes]) -> Outcome:
        """Settle what can be settled of up to 100 forwards, skip the rest; declares storage where that is cheaper."""
        if not 1 <= len(ids) <= MAX_BATCH:
            raise BadValue(len(ids), f"one transaction settles 1 to {MAX_BATCH} forwards", cure="Settle them in parts.")
        call = self.prepare("settle_many", [_id(each) for each in ids])
        return self.send(replace(call, access_list=self.chain.access_list(call, self.account)))

    # ------------------------------------------------------------------------------------------------ views

    def onchain_id(self, message: Message) -> bytes:
        """A message's id, by the contract's own computation: the same as `message_id`."""
        return raw(self._read(bytes, f"{_KINDS[type(message)]}_hash", message.as_tuple()))

    def forward(self, id: bytes) -> ForwardRecord:
        """The record of a forward; status `NONE` where there is none."""
        found = self._read(dict, "forward", _id(id))
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

    def forwards(self, account: str | None = None, from_block: int | None = None) -> tuple[BookedForward, ...]:
        """Every forward booked since `from_block` (all), or those with `account` on a side, oldest first."""
        start = self.first_block if from_block is None else from_block
        if account is None:
            booked = self._events("ForwardBooked", start)
        else:
            side = "0x" + bytes.fromhex(parse_address(account)[2:]).rjust(32, b"\0").hex()
            booked = self._events("ForwardBooked", start, None, side) + self._events(
                "ForwardBooked", start, None, None, side
            )
        ordered = sorted(booked, key=lambda event: (event.block_number, event.log_index))
        records = [self.forward(raw(event.args["id"])) for event in ordered]
        settled = self._settlements([each for each in records if each.status is Status.SETTLED], start)
        return tuple(
            BookedForward(
                record=record,
                indicative=integer(event.args["indicative"]),
                block_number=event.block_number,
                tx_hash=event.tx_hash,
                settlement=settled.get(record.id),
            )
            for event, record in zip(ordered, records, strict=True)
        )

    def settlement(self, id: bytes) -> Settlement | None:
        """How a forward was paid out; None where it was not."""
        record = self.forward(id)
        if record.status is not Status.SETTLED:
            return None
        return self._settlements([record], self.first_block).get(record.id)

    def payouts(self, id: bytes, price: int) -> tuple[int, int]:
        """What (long, short) would be paid at a settlement price, micro-USDT per Mtok."""
        long, short = self._read(tuple, "payouts", _id(id), price)
        return integer(long), integer(short)

    def is_settleable(self, id: bytes) -> bool:
        """Whether `settle` would succeed now."""
        return self._read(bool, "is_settleable", _id(id))

    def is_approved(self, id: bytes, account: str) -> bool:
        """Whether `account` approved the message with the digest `id` on chain."""
        return self._read(bool, "is_approved", _id(id), parse_address(account))

    def has_left(self, id: bytes, account: str) -> bool:
        """Whether a novation of forward `id` replaced `account`, which bars it from coming back."""
        return self._read(bool, "has_left", _id(id), parse_address(account))

    def lot_of(self, name: str) -> int:
        """The lot of a listed underlying in Mtok, 0 where it is not listed."""
        return self._read(int, "lot_of", parse_underlying(name))

    # ------------------------------------------------------------------------------------------------ roles

    def token_address(self) -> str:
        """The token that is held, for ever."""
        return self._read(str, "token")

    def oracle_address(self) -> str:
        """The oracle that settles forwards, for ever."""
        return self._read(str, "oracle")

    def desk(self) -> str:
        """The account that books."""
        return self._read(str, "desk")

    def guardian(self) -> str:
        """The account that can pause booking."""
        return self._read(str, "guardian")

    def fee_recipient(self) -> str:
        """The account whose free balance receives the fees."""
        return self._read(str, "fee_recipient")

    def owner(self) -> str:
        """The account that lists underlyings and names the roles."""
        return self._read(str, "owner")

    def pending_owner(self) -> str:
        """The account that was offered the ownership and has not accepted it yet."""
        return self._read(str, "pending_owner")

    def paused_until(self) -> int:
        """Unix seconds until which booking is paused; past or 0 where it is not."""
        return self._read(int, "paused_until")

    def pause_booking(self) -> Outcome:
        """Guardian: stop new bookings for 3 days."""
        return self._write("pause_booking")

    def list_underlying(self, name: str, lot: int) -> Outcome:
        """Owner: allow booking on `name` in multiples of `lot` Mtok."""
        return self._write("list_underlying", parse_underlying(name), lot)

    def delist_underlying(self, name: str) -> Outcome:
        """Owner: stop new bookings on `name`."""
        return self._write("delist_underlying", parse_underlying(name))

    def set_desk(self, desk: str) -> Outcome:
        """Owner: name the account that books; zero stops booking."""
        return self._write("set_desk", parse_address(desk))

    def set_guardian(self, guardian: str) -> Outcome:
        """Owner: name the account that can pause booking."""
        return self._write("set_guardian", parse_address(guardian))

    def set_fee_recipient(self, fee_recipient: str) -> Outcome:
        """Owner: name the account that receives fees from now on."""
        return self._write("set_fee_recipient", parse_address(fee_recipient))

    def transfer_ownership(self, owner: str) -> Outcome:
        """Owner: offer the ownership, which the new owner must accept."""
        return self._write("transfer_ownership", parse_address(owner))

    def accept_ownership(self) -> Outcome:
        """The account that was offered the ownership: take it."""
        return self._write("accept_ownership")

    # ----------------------------------------------------------------------------------------------- inside

    def _events(self, name: str, start: int, *topics: str | Sequence[str] | None) -> list[Event]:
        return self.chain.events(self.codec, self.address, name, topics=topics, from_block=start)

    def _settlements(self, settled: Sequence[ForwardRecord], start: int) -> dict[bytes, Settlement]:
        """Settled one by one, or in a batch whose event names the price once for all of its forwards."""
        if not settled:
            return {}
        found = {}
        for event in self._events("ForwardSettled", start, ["0x" + each.id.hex() for each in settled]):
            found[raw(event.args["id"])] = event
        if len(found) < len(settled):
            for event in self._events("ForwardsSettled", start):
                found |= {raw(each): event for each in items(event.args["ids"])}
        return {each.id: _settlement(each, found[each.id]) for each in settled if each.id in found}


def _settlement(record: ForwardRecord, event: Event) -> Settlement:
    price = integer(event.args["price"])
    long, short = payoff.payouts(price=record.price, spot=record.spot, quantity=record.quantity, settlement=price)
    return Settlement(
        price=price, long_payout=long, short_payout=short, block_number=event.block_number, tx_hash=event.tx_hash
    )


def _id(id: bytes) -> bytes:
    if not isinstance(id, bytes | bytearray) or len(id) != 32:
        raise BadValue(id, "a forward's id is 32 bytes", cure="Take it from terms_id, or from the booking's event.")
    return bytes(id)


def _amount(amount: int) -> int:
    from ifx_sdk.errors import BadAmount

    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount < 2**256:
        raise BadAmount(amount, "an amount is an integer of micro-USDT within uint256")
    return amount

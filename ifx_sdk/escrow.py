"""The ForwardEscrow of one deployment: fund, approve, book, settle, withdraw, and read any forward for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ifx_sdk.calendar import day_of
from ifx_sdk.contract import raw
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import BadSignature, BadValue, ForwardNotActive, IncomingLeftBefore, MessageRevoked
from ifx_sdk.outcomes import Outcome
from ifx_sdk.records import ForwardRecord, Status
from ifx_sdk.registry import Registry, hold_id
from ifx_sdk.signing import SIGNATURE_BYTES, Message, message_digest, verify_digest_signature
from ifx_sdk.terms import Domain, Terms, escrow_domain, parse_address, parse_underlying

_KINDS: Mapping[type, str] = {Terms: "terms", Termination: "termination", Novation: "novation"}
"""What the contract calls a message in the names of its functions."""

MAX_BATCH = 100
"""Forwards that one `settle_many` takes."""


class Escrow(Registry):
    """Typed view of a `ForwardEscrow`. Amounts are micro-USDT, ids 32 bytes."""

    def domain(self) -> Domain:
        """The EIP-712 domain under which both sides sign."""
        return escrow_domain(self.chain.chain_id, self.address)

    def terms_id(self, terms: Terms) -> bytes:
        """The forward's id, computed here; `onchain_id` asks the contract for the same."""
        return self.message_id(terms)

    def message_id(self, message: Message) -> bytes:
        """The digest of terms, of a termination or of a novation, computed here."""
        return message_digest(message, self.domain())

    def onchain_id(self, message: Message) -> bytes:
        """A message's id, by the contract's own computation: the same as `message_id`."""
        return raw(self._read(bytes, f"{_KINDS[type(message)]}_hash", message.as_tuple()))

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

    def check_ending(self, message: Termination | Novation) -> ForwardRecord:
        """Refuse what `terminate` or `novate` would refuse now but for the approvals and the payment; the record that
        the message was held against comes back. Raises a leaf of `BadEnding`, `MessageRevoked`."""
        record, now = self.forward(message.forward), self.chain.now()
        message.check_deadline(now)
        if record.status is Status.NONE:
            what = f"the escrow {self.address} on chain {self.chain.chain_id} has no forward 0x{message.forward.hex()}"
            cure = "Check the id and the deployment: the message may be of another chain or escrow."
            raise ForwardNotActive(what=what, cure=cure, field="forward", value=message.forward)
        if isinstance(message, Termination):
            message.validate(record, now)
        else:
            message.validate(record, now, escrow=self.address)
            if self.has_left(message.forward, message.incoming):
                what = f"{message.incoming} has left forward 0x{message.forward.hex()}"
                raise IncomingLeftBefore(what=what, field="incoming", value=message.incoming)
        id = self.message_id(message)
        if self.forward(id).status is Status.REVOKED:
            raise MessageRevoked(what=f"the {_KINDS[type(message)]} 0x{id.hex()} was revoked")
        return record

    def terminate(self, message: Termination, long_approval: bytes = b"", short_approval: bytes = b"") -> Outcome:
        """End a forward before maturity at a price that both sides approved; anyone may send it.

        Approvals are as in `book`. Raises as `check_ending`, a leaf of `Reverted`, `BadSignature`, or as `Chain.send`.
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
        return self._write("settle", hold_id(id))

    def settle_many(self, ids: Sequence[bytes]) -> Outcome:
        """Settle what can be settled of up to 100 forwards, skip the rest; declares storage where that is cheaper."""
        if not 1 <= len(ids) <= MAX_BATCH:
            raise BadValue(len(ids), f"one transaction settles 1 to {MAX_BATCH} forwards", cure="Settle them in parts.")
        call = self.prepare("settle_many", [hold_id(each) for each in ids])
        return self.send(replace(call, access_list=self.chain.access_list(call, self.account)))

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


def _amount(amount: int) -> int:
    from ifx_sdk.errors import BadAmount

    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount < 2**256:
        raise BadAmount(amount, "an amount is an integer of micro-USDT within uint256")
    return amount

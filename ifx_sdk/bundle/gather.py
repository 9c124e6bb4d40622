"""Everything about one forward from a node of the chain and the oracle nodes' archives, made into one bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ifx_sdk.bundle.approving import signer_of
from ifx_sdk.bundle.archives import Collector, Source
from ifx_sdk.bundle.container import Bundle
from ifx_sdk.bundle.errors import Unprovable
from ifx_sdk.bundle.fixings import examined, settled_on
from ifx_sdk.bundle.messages import TERMS, handed_in
from ifx_sdk.bundle.proofs import Prover
from ifx_sdk.bundle.state import NAME as STATE
from ifx_sdk.bundle.state import fixing_slot, forward_slot, underlying_slot
from ifx_sdk.calendar import day_of
from ifx_sdk.client import IFX
from ifx_sdk.codec import Event
from ifx_sdk.contract import integer, items, raw
from ifx_sdk.errors import NoSuchForward, RpcError
from ifx_sdk.evidence.posted import read_transaction
from ifx_sdk.payoff import POSTPONEMENT_DAYS
from ifx_sdk.records import BookedForward
from ifx_sdk.registry import MOST_TOPICS
from ifx_sdk.terms import Terms


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """A bundle, and what could not be had for it."""

    bundle: Bundle
    """As complete as chain and archives allow."""
    missing: tuple[str, ...]
    """Evidence that no archive gave, each with the reason."""


def gather(ifx: IFX, id: bytes, sources: Sequence[Source], tell: Callable[[str], None] = lambda line: None) -> Gathered:
    """Everything about the forward `id`; `tell` hears of progress.

    Raises `NoSuchForward`, `Unprovable` where the node gives no proof, `NodeDown`, `RpcError`.
    """
    return _Gathering(ifx, id, sources, tell).run()


class _Gathering:
    """One run."""

    def __init__(self, ifx: IFX, id: bytes, sources: Sequence[Source], tell: Callable[[str], None]) -> None:
        self.ifx, self.id, self.tell = ifx, id, tell
        self.prover = Prover(ifx.chain)
        self.collector = Collector(sources)
        self.wallets: set[str] = set()

    def run(self) -> Gathered:
        booked = self.ifx.escrow.booked(self.id)
        if booked is None:
            raise NoSuchForward(what=f"no forward 0x{self.id.hex()}")
        terms = self._messages(booked)
        index = self.ifx.oracle.index_of(terms.underlying)
        spot_day = day_of(self.ifx.chain.timestamp(booked.block_number))
        last = terms.maturity // 86_400
        posted = self._posted(index, spot_day, last + POSTPONEMENT_DAYS)
        looked, used = {spot_day}, {spot_day}
        if booked.settlement is not None:
            first = last - terms.averaging_days + 1
            looked |= set(examined(posted.__contains__, first, last))
            used |= {settled_on(posted, day) for day in range(first, last + 1)}
        self._fixings(terms.underlying, [posted[day] for day in sorted(used)])
        slots = {forward_slot(self.id), forward_slot(self.id) + 1}
        oracle = {underlying_slot(terms.underlying), *(fixing_slot(index, day) for day in looked)}
        block, state = self._state(booked, {self.ifx.escrow.address: slots, self.ifx.oracle.address: oracle})
        parts = self.prover.parts | self.collector.parts | {STATE: state, TERMS: terms.to_json().encode()}
        bundle = Bundle(
            chain_id=self.ifx.chain.chain_id,
            escrow=self.ifx.escrow.address,
            oracle=self.ifx.oracle.address,
            id=self.id,
            state=block,
            parts=dict(sorted(parts.items())),
        )
        return Gathered(bundle=bundle, missing=tuple(self.collector.missing))

    # ----------------------------------------------------------------------------------------- the forward's life

    def _messages(self, booked: BookedForward) -> Terms:
        """Prove booking, novations and ending, and what was approved on chain; the terms come back."""
        self.tell(f"booking of 0x{self.id.hex()[:8]}... in block {booked.block_number}")
        terms = self._message("book", booked.block_number, booked.tx_hash, self.id)
        for each in booked.novations:
            self._message("novate", each.block_number, each.tx_hash, each.novation)
        if booked.termination is not None:
            ended = booked.termination
            self._message("terminate", ended.block_number, ended.tx_hash, ended.termination)
        if booked.settlement is not None:
            self.prover.mined(booked.settlement.block_number, booked.settlement.tx_hash)
        if not isinstance(terms, Terms):
            raise TypeError(f"{terms!r} are no terms")
        return terms

    def _message(self, function: str, block: int, tx_hash: str, digest: bytes) -> object:
        transaction = read_transaction(self.prover.mined(block, tx_hash))
        escrow = self.ifx.escrow
        found = handed_in(transaction, escrow.address, function, digest, escrow.domain())
        if found is None:
            what = f"no call of `{function}` with the message 0x{digest.hex()} is in transaction {tx_hash}"
            raise Unprovable(what, cure="It was sent through a contract that hides it; it cannot be proven this way.")
        message, given = found
        for role, account in message.parties.items():
            if signer_of(digest, given[role]) != account:
                self._approved(digest, account, block)
        return message

    def _approved(self, digest: bytes, account: str, before: int) -> None:
        """Prove an approval on chain; where there is none it was the account's contract."""
        topics = ["0x" + digest.hex(), "0x" + bytes.fromhex(account[2:]).rjust(32, b"\0").hex()]
        escrow = self.ifx.escrow
        found = self.ifx.chain.events(
            escrow.codec, escrow.address, "Approved", topics=topics, from_block=escrow.first_block, to_block=before
        )
        if found:
            self.prover.mined(found[0].block_number, found[0].tx_hash)
        else:
            self.wallets.add(account)

    # --------------------------------------------------------------------------------------------------- fixings

    def _posted(self, index: int, first: int, last: int) -> Mapping[int, Event]:
        """The posts of an underlying by day."""
        oracle, found = self.ifx.oracle, {}
        days = [f"0x{day:064x}" for day in range(first, last + 1)]
        for start in range(0, len(days), MOST_TOPICS):
            topics = [f"0x{index:064x}", days[start : start + MOST_TOPICS]]
            for event in self.ifx.chain.events(
                oracle.codec, oracle.address, "FixingPosted", topics=topics, from_block=self.ifx.deployment.block
            ):
                found[integer(event.args["day"])] = event
        return found

    def _fixings(self, underlying: str, posts: Sequence[Event]) -> None:
        oracle, newest = self.ifx.oracle, max(each.block_number for each in posts)
        for name in ("SignersScheduled", "SignersCancelled"):
            for event in self.ifx.chain.events(
                oracle.codec, oracle.address, name, from_block=self.ifx.deployment.block, to_block=newest
            ):
                self.prover.mined(event.block_number, event.tx_hash)
        for place, each in enumerate(posts, start=1):
            self.tell(f"fixing {place} of {len(posts)} of {underlying}")
            self.prover.mined(each.block_number, each.tx_hash)
            for root in items(each.args["evidence"]):
                self.collector.evidence(raw(root))

    # ----------------------------------------------------------------------------------------------------- state

    def _state(self, booked: BookedForward, slots: Mapping[str, set[int]]) -> tuple[int, bytes]:
        """The storage after the ending, by its own block where the node still has that state, else by a newer one.

        Records and fixings are written once: each later state holds them.
        """
        wanted = {**slots, **{account: set[int]() for account in sorted(self.wallets)}}
        newest = self.ifx.chain.block_number()
        final = self.ifx.chain.finalized_block()
        known = booked.ending.block_number if booked.ending is not None else booked.block_number
        candidates = [] if booked.ending is None else [known]
        candidates += [final] if final is not None and final >= known else []
        refusal = None
        for block in dict.fromkeys([*candidates, newest]):
            before = set(self.prover.parts)
            try:
                return block, self.prover.state(block, wanted)
            except RpcError as error:  # it no longer has that state, or does not know the method
                refusal = error
                for name in self.prover.parts.keys() - before:
                    del self.prover.parts[name]
        raise Unprovable(f"the node proves no storage: {refusal}") from refusal

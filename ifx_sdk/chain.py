"""A chain behind one node: typed reads, and writes whose outcome is never guessed.

    chain = Chain("http://127.0.0.1:8545", chain_id=31337)      no I/O yet
    chain.connect()                                             the node's chain id is checked
    outcome = chain.send(call, signer)                          Sent | Confirmed | RevertedOutcome | Dropped | Unknown

A write waits for no fate in doubt: while an earlier one of its sender is unknown nothing is sent. Then it is estimated
(a refusal is raised before anything is sent), then signed, then its hash goes into the journal, then it is broadcast.
Where the answer is lost the outcome is `Unknown`, and `reconcile` asks the chain. Where the node signs, its answer is
the first to name the hash; until then sender, nonce and data tell the transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ifx_sdk.codec import Codec, Event
from ifx_sdk.errors import NoContract, NoFundsForGas, OutcomeUnknown, RpcError, WrongChain
from ifx_sdk.fees import first_fees
from ifx_sdk.node import AccessList, Block, Node, web3_for
from ifx_sdk.outcomes import (
    Attempt,
    Journal,
    MemoryJournal,
    Outcome,
    Sent,
    Unknown,
    is_settled,
    keep,
    note,
)
from ifx_sdk.resuming import STUCK_AFTER_BLOCKS, Resumption
from ifx_sdk.terms import parse_address
from ifx_sdk.tracking import Tracker, by_nonce, data_hash, fate

if TYPE_CHECKING:
    from web3 import Web3

    from ifx_sdk.signers import SignedTransaction, Signer

_NO_FUNDS = ("insufficient funds", "cannot afford", "insufficientfunds", "enough balance")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One write, not yet signed."""

    name: str
    """What it does, such as `ForwardEscrow.book`; for people and the journal."""
    to: str | None
    """Checksummed contract; None creates one."""
    data: bytes
    """Call data, or creation code with its arguments."""
    value: int = field(default=0)
    """Wei sent along; none of our contracts takes any."""
    access_list: AccessList = field(default=())
    """Addresses and storage slots declared in advance (EIP-2930), which makes their first reads cheaper."""

    def request(self, sender: str) -> dict[str, object]:
        """As a JSON-RPC call from `sender`."""
        request: dict[str, object] = {"from": sender, "data": "0x" + self.data.hex(), "value": self.value}
        if self.to is not None:
            request["to"] = self.to
        if self.access_list:
            request["accessList"] = [{"address": a, "storageKeys": list(keys)} for a, keys in self.access_list]
        return request


class Chain:
    """One node's view of one chain. Construction does no I/O; there is no default node."""

    def __init__(
        self,
        node: str | Web3,
        *,
        chain_id: int | None = None,
        journal: Journal | None = None,
        receipt_timeout: float = 120.0,
    ) -> None:
        """`node` is a URL, an IPC path or a Web3. `chain_id` is what `connect` insists on (None takes the node's).

        `journal` keeps attempts unless `send` is given another. `receipt_timeout` is how long, in seconds, a write
        waits to be mined before its outcome is `Unknown`.
        """
        self.node = Node(web3_for(node) if isinstance(node, str) else node)
        self.expected_chain_id = chain_id
        self.codecs: dict[str, Codec] = {}
        self._tracker = Tracker(self.node, self.codecs)
        self.journal: Journal = journal if journal is not None else MemoryJournal()
        self.receipt_timeout = receipt_timeout
        self._chain_id: int | None = None
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"Chain({self.url}, chain_id={self._chain_id or self.expected_chain_id})"

    @property
    def web3(self) -> Web3:
        """The Web3 underneath, for whatever else is wanted of the node."""
        return self.node.web3

    @property
    def url(self) -> str:
        """The node's address without credentials; `in-process` where it has none."""
        return self.node.url

    # ------------------------------------------------------------------------------------------------ reads

    def connect(self, contracts: Mapping[str, str] | None = None) -> Chain:
        """Check the chain id, and that every contract (name -> address) has code.

        Raises `NodeDown`, `WrongChain`, `NoContract`.
        """
        actual = self.node.chain_id()
        if self.expected_chain_id is not None and actual != self.expected_chain_id:
            raise WrongChain(self.expected_chain_id, actual)
        self._chain_id = actual
        for name, address in (contracts or {}).items():
            if not self.code(address):
                raise NoContract(address, name)
        return self

    @property
    def chain_id(self) -> int:
        """The chain's id; asked once."""
        if self._chain_id is None:
            self.connect()
        assert self._chain_id is not None  # noqa: S101 - connect() has set it or raised
        return self._chain_id

    def code(self, address: str) -> bytes:
        """The code at an address; empty for a wallet."""
        return self.node.code(parse_address(address))

    def balance(self, account: str) -> int:
        """An account's own coin, in wei."""
        return self.node.balance(parse_address(account))

    def block_number(self) -> int:
        """The newest block's number."""
        return self.node.block_number()

    def timestamp(self, block: Block = "latest") -> int:
        """A block's time, unix seconds UTC."""
        return self.node.block(block).timestamp

    def now(self) -> int:
        """The time that the next transaction will see, as far as the node tells: unix seconds UTC."""
        latest = self.timestamp()
        try:
            return max(latest, self.timestamp("pending"))
        except RpcError:
            return latest

    def finalized_block(self) -> int | None:
        """The newest block that can no longer be undone; None where the node does not say."""
        try:
            return self.node.block("finalized").number
        except RpcError:
            return None

    def call(
        self,
        codec: Codec,
        address: str,
        function: str,
        *args: object,
        sender: str | None = None,
        block: Block = "latest",
    ) -> object:
        """What a view answers, decoded by the ABI.

        Raises `NodeDown`, `NoContract`, `UnknownAnswer` or a leaf of `Reverted`.
        """
        request: dict[str, object] = {"to": parse_address(address), "data": codec.encode_call(function, args)}
        if sender is not None:
            request["from"] = parse_address(sender)
        answer = self.node.call(request, block)
        if not answer and not self.code(address):
            raise NoContract(address, codec.name)
        return codec.decode_answer(function, len(args), answer)

    def events(
        self,
        codec: Codec,
        address: str,
        event: str,
        *,
        topics: Sequence[str | Sequence[str] | None] = (),
        from_block: int = 0,
        to_block: int | None = None,
    ) -> list[Event]:
        """The contract's events of one name, oldest first; `topics` filter the indexed arguments (None: any)."""
        query = {"address": parse_address(address), "topics": [codec.topic(event), *topics]}
        logs = self._logs(query, from_block, self.block_number() if to_block is None else to_block)
        decoded = (codec.decode_log(log) for log in logs)
        return [found for found in decoded if found is not None]

    def history(self, sources: Sequence[tuple[Codec, str, Sequence[str]]], first: int, last: int) -> list[Event]:
        """The events of several contracts between two blocks, both included, as one answer of the node, oldest first.

        `sources` are each contract's codec, address and the names of the events that are wanted.
        """
        by_address = {parse_address(address): codec for codec, address, _ in sources}
        topics = [codec.topic(name) for codec, _, names in sources for name in names]
        logs = self._logs({"address": list(by_address), "topics": [topics]}, first, last)
        found = (by_address[parse_address(log["address"])].decode_log(log) for log in logs)
        events = [event for event in found if event is not None]
        return sorted(events, key=lambda event: (event.block_number, event.log_index))

    # ----------------------------------------------------------------------------------------------- writes

    def send(
        self,
        call: Call,
        signer: Signer,
        *,
        journal: Journal | None = None,
        wait: bool = True,
        fee_cap: int | None = None,
    ) -> Outcome:
        """Estimate, sign, journal, broadcast and, unless `wait` is false, wait until it is mined.

        Before that, what the journal holds open of this sender on this chain is reconciled: while one stays unknown
        nothing more is sent, because it may be the same payment. What the node has in its pool is not unknown.
        `fee_cap` is the most that is offered per gas, in wei, tip included; None offers what the chain asks.

        Raises `OutcomeUnknown` for such an attempt, a leaf of `Reverted` where the contract refuses, `BadFile` where
        the journal cannot be read or written, `FeesAboveCap`, `NoFundsForGas`, `NodeDown` or `RpcError`: then nothing
        was sent. Once it was broadcast nothing is raised any more: read the outcome, or call its `confirmed()`.
        """
        book = journal if journal is not None else self.journal
        with self._lock(signer.address):
            nonce = self._settle_earlier(book, signer.address)
            transaction = self._fill(call, signer.address, fee_cap=fee_cap, least_nonce=nonce)
            if signer.signs_transactions:
                signed = signer.sign_transaction(transaction)
                attempt = self._attempt(call, signer.address, transaction, signed)
                keep(book, attempt)
                outcome = self._tracker.broadcast(attempt, lambda: self.node.send_raw(signed.raw))
            else:
                attempt = self._attempt(call, signer.address, transaction, None)
                keep(book, attempt)
                outcome = self._tracker.broadcast(
                    attempt, lambda: self.node.send({"from": signer.address, **transaction})
                )
        if wait and isinstance(outcome, Sent):
            if attempt.tx_hash is None:
                # The node signed: its answer is the first to name the hash, which must be known before the wait.
                note(book, attempt, outcome)
            outcome = self._tracker.wait(outcome, self.receipt_timeout)
        return note(book, attempt, outcome)

    def resume(
        self,
        signer: Signer,
        journal: Journal | None = None,
        *,
        fee_cap: int | None = None,
        stuck_after: int = STUCK_AFTER_BLOCKS,
        wanted: Callable[[Attempt], bool] | None = None,
    ) -> tuple[Outcome, ...]:
        """Bring what the journal holds open of this signer to its end, and return what is known of each nonce then.

        What no node has is sent again as it was; what waits for `stuck_after` blocks of 12 s and is next to be mined is
        replaced at its nonce for higher fees, at most `fee_cap` wei per gas; a nonce whose bytes are not known, or
        whose attempt `wanted` declines, is filled by a transfer of nothing. Waits for nothing: call it now and then.
        Without `fee_cap` nothing is replaced or filled. Raises `NodeDown`, `RpcError`, `BadFile`.
        """
        with self._lock(signer.address):
            return Resumption(
                node=self.node,
                tracker=self._tracker,
                journal=journal if journal is not None else self.journal,
                signer=signer,
                chain_id=self.chain_id,
                fee_cap=fee_cap,
                stuck_after=stuck_after,
                wanted=wanted or (lambda attempt: True),
            ).run()

    def reconcile(self, what: Outcome | Attempt | str) -> Outcome:
        """What became of an outcome, an attempt from a journal, or a transaction hash, as far as the chain knows now.

        `Unknown` stays `Unknown` while the nonce is unused and no node has it: it may still arrive. Raises `NodeDown`.
        """
        return self._tracker.reconcile(what)

    def reconcile_journal(self, journal: Journal | None = None) -> tuple[Outcome, ...]:
        """Reconcile every open attempt of a journal on this chain and note what became of it."""
        book = journal if journal is not None else self.journal
        attempts = [each for each in book.open_attempts() if each.chain_id == self.chain_id]
        outcomes: dict[int, Outcome] = {}
        for sender in dict.fromkeys(each.sender for each in attempts):
            for siblings in by_nonce(attempts, sender, self.chain_id).values():
                for attempt, outcome in zip(siblings, self._tracker.reconcile_siblings(siblings), strict=True):
                    outcomes[id(attempt)] = note(book, attempt, outcome)
        return tuple(outcomes[id(attempt)] for attempt in attempts)

    def access_list(self, call: Call, sender: str) -> AccessList:
        """The access list that makes `call` cheaper, by the node's own count; empty where none does."""
        try:
            entries = self.node.access_list(call.request(sender))
            listed = Call(name=call.name, to=call.to, data=call.data, value=call.value, access_list=entries)
            return entries if self.estimate(listed, sender) < self.estimate(call, sender) else ()
        except RpcError:
            return ()

    def estimate(self, call: Call, sender: str) -> int:
        """Gas that the call needs. Raises a leaf of `Reverted` where it would revert, `NoFundsForGas`, `RpcError`."""
        try:
            return self.node.estimate(call.request(sender))
        except RpcError as error:
            if any(words in error.message.lower() for words in _NO_FUNDS):
                raise NoFundsForGas(sender, self.balance(sender)) from error
            raise

    # ----------------------------------------------------------------------------------------------- inside

    def _logs(self, query: Mapping[str, object], first: int, last: int) -> list[Mapping[str, object]]:
        try:
            return list(self.node.logs({**query, "fromBlock": first, "toBlock": last}))
        except RpcError:
            # Many nodes answer only so many blocks or logs at once, each with words of its own: ask for half.
            if first >= last:
                raise
            middle = (first + last) // 2
            return self._logs(query, first, middle) + self._logs(query, middle + 1, last)

    def _settle_earlier(self, journal: Journal, sender: str) -> int:
        """Learn what became of the sender's open attempts, and return the first nonce above those in a pool.

        Raises `OutcomeUnknown` where one stays unknown.
        """
        free = 0
        for nonce, siblings in by_nonce(journal.open_attempts(), sender, self.chain_id).items():
            found = self._tracker.reconcile_siblings(siblings)
            outcome = fate(found)
            if isinstance(outcome, Unknown):
                raise _still_unknown(outcome, siblings[found.index(outcome)])
            for attempt, each in zip(siblings, found, strict=True):
                if is_settled(each):
                    note(journal, attempt, each)
            if isinstance(outcome, Sent):
                free = nonce + 1
        return free

    def _lock(self, account: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(account, threading.Lock())

    def _fill(self, call: Call, sender: str, *, fee_cap: int | None = None, least_nonce: int = 0) -> dict[str, object]:
        gas = self.estimate(call, sender)
        tip = self.node.priority_fee()
        latest = self.node.block()
        fees = first_fees(latest.base_fee, tip, fee_cap)
        # The state may move between the estimate and the block: an unlucky call must not run out of gas.
        limit = min(gas + gas // 5, latest.gas_limit)
        balance = self.balance(sender)
        if balance < limit * fees.max_fee + call.value:
            raise NoFundsForGas(sender, balance)
        request = call.request(sender)
        del request["from"]
        return request | {
            "type": 2,
            "chainId": self.chain_id,
            # A node may have lost what another one has in its pool.
            "nonce": max(least_nonce, self.node.nonce(sender, "pending")),
            "gas": limit,
            "maxFeePerGas": fees.max_fee,
            "maxPriorityFeePerGas": fees.priority_fee,
        }

    def _attempt(
        self, call: Call, sender: str, transaction: Mapping[str, object], signed: SignedTransaction | None
    ) -> Attempt:
        return Attempt(
            tx_hash=None if signed is None else signed.tx_hash,
            sender=sender,
            nonce=int(str(transaction["nonce"])),
            call=call.name,
            to=call.to,
            data_hash=data_hash(call.data),
            chain_id=self.chain_id,
            block=self.block_number(),
            raw=None if signed is None else "0x" + signed.raw.hex(),
            max_fee=None if signed is None else int(str(transaction["maxFeePerGas"])),
            priority_fee=None if signed is None else int(str(transaction["maxPriorityFeePerGas"])),
        )


def _still_unknown(outcome: Unknown, attempt: Attempt) -> OutcomeUnknown:
    name = outcome.tx_hash or f"nonce {attempt.nonce} of {attempt.sender}"
    command = f"ifx reconcile {outcome.tx_hash}" if outcome.tx_hash else "ifx reconcile --journal FILE"
    refusal = OutcomeUnknown(name, f"an earlier {attempt.call} of this account: {outcome.why}; nothing more was sent")
    refusal.cure = (
        f"Find out what became of it first: `{command}`. Where it never arrives, another transaction with its nonce "
        f"({attempt.nonce}) settles it."
    )
    return refusal

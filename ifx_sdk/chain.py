"""A chain behind one node: typed reads, and writes whose outcome is never guessed.

    chain = Chain("http://127.0.0.1:8545", chain_id=31337)      no I/O yet
    chain.connect()                                             the node's chain id is checked
    outcome = chain.send(call, signer)                          Sent | Confirmed | RevertedOutcome | Dropped | Unknown

A write is estimated first (a refusal is raised before anything is sent), then signed, then its hash goes into the
journal, then it is broadcast. Where the answer is lost the outcome is `Unknown`, and `reconcile` asks the chain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ifx_sdk.codec import Codec, Event
from ifx_sdk.errors import NoContract, NodeDown, NoFundsForGas, Reverted, RpcError, WrongChain, revert_error
from ifx_sdk.node import AccessList, Block, Node, NodeTransaction, Receipt, web3_for
from ifx_sdk.outcomes import (
    Attempt,
    Confirmed,
    Dropped,
    Journal,
    MemoryJournal,
    Outcome,
    RevertedOutcome,
    Sent,
    Unknown,
)
from ifx_sdk.terms import parse_address

if TYPE_CHECKING:
    from web3 import Web3

    from ifx_sdk.signers import Signer

_ALREADY_KNOWN = ("already known", "known transaction", "already imported", "already exists", "alreadyknown")
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

    # ----------------------------------------------------------------------------------------------- writes

    def send(self, call: Call, signer: Signer, *, journal: Journal | None = None, wait: bool = True) -> Outcome:
        """Estimate, sign, journal, broadcast and, unless `wait` is false, wait until it is mined.

        Raises a leaf of `Reverted` where the contract refuses, `NoFundsForGas`, `NodeDown` or `RpcError`: then nothing
        was sent. Once it was broadcast nothing is raised any more: read the outcome, or call its `confirmed()`.
        """
        book = journal if journal is not None else self.journal
        with self._lock(signer.address):
            transaction = self._fill(call, signer.address)
            if signer.signs_transactions:
                signed = signer.sign_transaction(transaction)
                attempt = self._attempt(call, signer.address, transaction, signed.tx_hash)
                book.record(attempt)
                outcome = self._broadcast(attempt, lambda: self.node.send_raw(signed.raw))
            else:
                attempt = self._attempt(call, signer.address, transaction, None)
                book.record(attempt)
                outcome = self._broadcast(attempt, lambda: self.node.send({"from": signer.address, **transaction}))
        if wait and isinstance(outcome, Sent):
            outcome = self._wait(outcome)
        book.resolve(attempt, outcome)
        return outcome

    def reconcile(self, what: Outcome | Attempt | str) -> Outcome:
        """What became of an outcome, an attempt from a journal, or a transaction hash, as far as the chain knows now.

        `Unknown` stays `Unknown` while the nonce is unused and no node has it: it may still arrive. Raises `NodeDown`.
        """
        if isinstance(what, Confirmed | RevertedOutcome | Dropped):
            return what
        attempt = what if isinstance(what, Attempt) else None if isinstance(what, str) else what.attempt
        tx_hash = what if isinstance(what, str) else what.tx_hash
        if tx_hash is None and attempt is not None:
            tx_hash = attempt.tx_hash or self._hash_by_nonce(attempt)
        transaction = None if tx_hash is None else self.node.transaction(tx_hash)
        if transaction is not None:
            receipt = self.node.receipt(transaction.tx_hash)
            attempt = attempt or self._attempt_of(transaction)
            return (
                Sent(tx_hash=transaction.tx_hash, attempt=attempt) if receipt is None else self._mined(receipt, attempt)
            )
        if attempt is None:
            return Unknown(tx_hash=tx_hash, attempt=None, why="the node does not know it")
        return self._not_found(attempt)

    def reconcile_journal(self, journal: Journal | None = None) -> tuple[Outcome, ...]:
        """Reconcile every open attempt of a journal on this chain and note what became of it."""
        book = journal if journal is not None else self.journal
        outcomes = []
        for attempt in (each for each in book.open_attempts() if each.chain_id == self.chain_id):
            outcome = self.reconcile(attempt)
            book.resolve(attempt, outcome)
            outcomes.append(outcome)
        return tuple(outcomes)

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

    def _lock(self, account: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(account, threading.Lock())

    def _fill(self, call: Call, sender: str) -> dict[str, object]:
        gas = self.estimate(call, sender)
        tip = self.node.priority_fee()
        latest = self.node.block()
        request = call.request(sender)
        del request["from"]
        return request | {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": self.node.nonce(sender, "pending"),
            # The state may move between the estimate and the block: an unlucky call must not run out of gas.
            "gas": min(gas + gas // 5, latest.gas_limit),
            "maxFeePerGas": 2 * latest.base_fee + tip,
            "maxPriorityFeePerGas": tip,
        }

    def _attempt(self, call: Call, sender: str, transaction: Mapping[str, object], tx_hash: str | None) -> Attempt:
        return Attempt(
            tx_hash=tx_hash,
            sender=sender,
            nonce=int(str(transaction["nonce"])),
            call=call.name,
            to=call.to,
            data_hash=_keccak(call.data),
            chain_id=self.chain_id,
            block=self.block_number(),
        )

    def _attempt_of(self, transaction: NodeTransaction) -> Attempt:
        mined = transaction.block_number
        return Attempt(
            tx_hash=transaction.tx_hash,
            sender=transaction.sender,
            nonce=transaction.nonce,
            call="transaction",
            to=transaction.to,
            data_hash=_keccak(transaction.data),
            chain_id=self.chain_id,
            block=self.block_number() if mined is None else mined - 1,
        )

    def _broadcast(self, attempt: Attempt, broadcast: Callable[[], str]) -> Outcome:
        try:
            tx_hash = broadcast()
        except NodeDown as error:
            # Lost on the way there or on the way back: only the chain knows.
            return self._after_loss(attempt, error.what)
        except (RpcError, Reverted) as error:
            return self._after_refusal(attempt, error)
        return Sent(tx_hash=tx_hash, attempt=attempt)

    def _after_loss(self, attempt: Attempt, why: str) -> Outcome:
        try:
            found = self.reconcile(attempt)
        except NodeDown:
            return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=why)
        return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=why) if isinstance(found, Unknown) else found

    def _after_refusal(self, attempt: Attempt, error: RpcError | Reverted) -> Outcome:
        if attempt.tx_hash is not None and any(words in error.what.lower() for words in _ALREADY_KNOWN):
            return Sent(tx_hash=attempt.tx_hash, attempt=attempt)
        try:
            found = self.reconcile(attempt)
        except NodeDown:
            return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=error.what)
        if isinstance(found, Unknown):
            # The node refused it and does not have it: it went nowhere.
            return Dropped(tx_hash=attempt.tx_hash, attempt=attempt, why=f"the node refused it: {error.what}")
        return found

    def _wait(self, sent: Sent) -> Outcome:
        deadline = time.monotonic() + self.receipt_timeout
        pause = 0.02
        while True:
            try:
                receipt = self.node.receipt(sent.tx_hash)
                if receipt is not None:
                    return self._mined(receipt, sent.attempt)
                why = "not mined in time"
            except (NodeDown, RpcError) as error:
                why = error.what
            if time.monotonic() >= deadline:
                return Unknown(tx_hash=sent.tx_hash, attempt=sent.attempt, why=why)
            time.sleep(pause)
            pause = min(2 * pause, 1.0)

    def _not_found(self, attempt: Attempt) -> Outcome:
        """Neither the pool nor the chain has it: dropped for certain once its nonce is used."""
        if self.node.nonce(attempt.sender) > attempt.nonce:
            why = f"another transaction used nonce {attempt.nonce} of {attempt.sender}"
            return Dropped(tx_hash=attempt.tx_hash, attempt=attempt, why=why)
        return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why="the node does not know it, its nonce is unused")

    def _hash_by_nonce(self, attempt: Attempt) -> str | None:
        """The hash of what the node signed, found by sender, nonce and data in the blocks after the attempt."""
        for number in range(attempt.block + 1, self.block_number() + 1):
            for found in self.node.transactions(number):
                if found.sender == attempt.sender and found.nonce == attempt.nonce:
                    return found.tx_hash if _keccak(found.data) == attempt.data_hash else None
        return None

    def _mined(self, receipt: Receipt, attempt: Attempt) -> Confirmed | RevertedOutcome:
        if not receipt.succeeded:
            return RevertedOutcome(
                tx_hash=receipt.tx_hash,
                attempt=attempt,
                block_number=receipt.block_number,
                gas_used=receipt.gas_used,
                effective_gas_price=receipt.effective_gas_price,
                error=self._why_reverted(receipt),
            )
        return Confirmed(
            tx_hash=receipt.tx_hash,
            attempt=attempt,
            block_number=receipt.block_number,
            gas_used=receipt.gas_used,
            effective_gas_price=receipt.effective_gas_price,
            contract_address=None if receipt.contract_address is None else parse_address(receipt.contract_address),
            events=tuple(self._decode_logs(receipt.logs)),
        )

    def _decode_logs(self, logs: Iterable[Mapping[str, object]]) -> Iterable[Event]:
        for log in logs:
            codec = self.codecs.get(parse_address(log["address"]))
            event = None if codec is None else codec.decode_log(log)
            if event is not None:
                yield event

    def _why_reverted(self, receipt: Receipt) -> Reverted:
        """Replay the call at its own block, then at the one before: a receipt does not say why."""
        mined = self.node.transaction(receipt.tx_hash)
        if mined is None:
            return revert_error(None, receipt.tx_hash)
        replay = {"from": mined.sender, "data": mined.data, "value": mined.value, "gas": mined.gas}
        if mined.to is not None:
            replay["to"] = mined.to
        for number in (receipt.block_number, receipt.block_number - 1):
            try:
                self.node.call(replay, number)
            except Reverted as error:
                return revert_error(error.reason or None, receipt.tx_hash)
            except (RpcError, NodeDown):
                continue
        what = f"transaction {receipt.tx_hash} ran out of gas" if receipt.gas_used == mined.gas else None
        return Reverted(None, receipt.tx_hash, what=what)


def _keccak(data: bytes) -> str:
    from eth_utils.crypto import keccak

    return "0x" + keccak(data).hex()

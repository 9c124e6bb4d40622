"""A chain behind one node: typed reads, and writes whose outcome is never guessed.

    chain = Chain("http://127.0.0.1:8545", chain_id=31337)      no I/O yet
    chain.connect()                                             the node's chain id is checked
    outcome = chain.send(call, signer)                          Sent | Confirmed | RevertedOutcome | Dropped | Unknown

A write is estimated first (a refusal is raised before anything is sent), then signed, then its hash goes into the journal, then
it is broadcast. Where the answer is lost the outcome is `Unknown`, and `reconcile` asks the chain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from ifx_sdk.codec import Codec, Event
from ifx_sdk.errors import NoContract, NodeDown, NoFundsForGas, Reverted, RpcError, WrongChain, revert_error
from ifx_sdk.node import speaking, url_of, web3_for
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

if TYPE_CHECKING:
    from web3 import Web3
    from web3.types import BlockIdentifier

    from ifx_sdk.signers import Signer

T = TypeVar("T")

AccessList = tuple[tuple[str, tuple[str, ...]], ...]

_ALREADY_KNOWN = ("already known", "known transaction", "already imported", "already exists", "alreadyknown")
_NO_FUNDS = ("insufficient funds", "cannot afford", "insufficientfunds")


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


class Chain:
    """One node's view of one chain. Construction does no I/O; there is no default node."""

    def __init__(
        self,
        node: str | Web3,
        *,
        chain_id: int | None = None,
        codecs: Mapping[str, Codec] | None = None,
        journal: Journal | None = None,
        receipt_timeout: float = 120.0,
    ) -> None:
        """`node` is a URL, an IPC path or a Web3. `chain_id` is what `connect` insists on (None takes the node's).

        `codecs` decode events, by checksummed address of the contract. `journal` keeps attempts unless `send` is given another.
        `receipt_timeout` is how long, in seconds, a write waits to be mined before its outcome is `Unknown`.
        """
        self.web3: Web3 = web3_for(node) if isinstance(node, str) else node
        self.url = url_of(self.web3)
        self.expected_chain_id = chain_id
        self.codecs: dict[str, Codec] = dict(codecs or {})
        self.journal: Journal = journal if journal is not None else MemoryJournal()
        self.receipt_timeout = receipt_timeout
        self._chain_id: int | None = None
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"Chain({self.url}, chain_id={self._chain_id or self.expected_chain_id})"

    # ------------------------------------------------------------------------------------------------ reads

    def connect(self, contracts: Mapping[str, str] | None = None) -> Chain:
        """Check the chain id and that every contract (name -> address) has code. Raises `NodeDown`, `WrongChain`, `NoContract`."""
        actual = self._ask("eth_chainId", lambda: self.web3.eth.chain_id)
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
        return self._ask("eth_getCode", lambda: bytes(self.web3.eth.get_code(_checksummed(address))))

    def block_number(self) -> int:
        """The newest block's number."""
        return self._ask("eth_blockNumber", lambda: int(self.web3.eth.block_number))

    def timestamp(self, block: BlockIdentifier = "latest") -> int:
        """A block's time, unix seconds UTC."""
        return self._ask("eth_getBlockByNumber", lambda: int(self.web3.eth.get_block(block)["timestamp"]))

    def finalized_block(self) -> int | None:
        """The newest block that can no longer be undone; None where the node does not say."""
        try:
            return self._ask("eth_getBlockByNumber", lambda: int(self.web3.eth.get_block("finalized")["number"]))
        except RpcError:
            return None

    def balance(self, account: str) -> int:
        """An account's own coin, in wei."""
        return self._ask("eth_getBalance", lambda: int(self.web3.eth.get_balance(_checksummed(account))))

    def call(
        self,
        codec: Codec,
        address: str,
        function: str,
        *args: object,
        sender: str | None = None,
        block: BlockIdentifier = "latest",
    ) -> object:
        """What a view answers, decoded by the ABI. Raises `NodeDown`, `NoContract`, `UnknownAnswer` or a leaf of `Reverted`."""
        request: dict[str, object] = {"to": _checksummed(address), "data": codec.encode_call(function, args)}
        if sender is not None:
            request["from"] = _checksummed(sender)
        answer = self._ask("eth_call", lambda: bytes(self.web3.eth.call(request, block)))  # type: ignore[arg-type]  # TxParams
        if not answer and not self.code(address):
            raise NoContract(address, codec.name)
        return codec.decode_answer(function, len(args), answer)

    def events(
        self,
        codec: Codec,
        address: str,
        event: str,
        *,
        topics: Sequence[str | None] = (),
        from_block: int = 0,
        to_block: BlockIdentifier = "latest",
    ) -> list[Event]:
        """The contract's events of one name, oldest first; `topics` filter the indexed arguments (None: any)."""
        query: dict[str, object] = {
            "address": _checksummed(address),
            "topics": [codec.topic(event), *topics],
            "fromBlock": from_block,
            "toBlock": to_block,
        }
        logs = self._ask("eth_getLogs", lambda: self.web3.eth.get_logs(query))  # type: ignore[arg-type]  # FilterParams
        decoded = (codec.decode_log(log) for log in logs)
        return [found for found in decoded if found is not None]

    # ----------------------------------------------------------------------------------------------- writes

    def send(self, call: Call, signer: Signer, *, journal: Journal | None = None, wait: bool = True) -> Outcome:
        """Estimate, sign, journal, broadcast and, unless `wait` is false, wait until it is mined.

        Raises a leaf of `Reverted` where the contract refuses, `NoFundsForGas`, `NodeDown` or `RpcError`: then nothing was
        sent. Once it was broadcast nothing is raised any more: read the outcome, or call its `confirmed()`.
        """
        book = journal if journal is not None else self.journal
        with self._lock(signer.address):
            transaction = self._fill(call, signer.address)
            if signer.signs_transactions:
                signed = signer.sign_transaction(transaction)
                attempt = self._attempt(call, signer.address, transaction, signed.tx_hash)
                book.record(attempt)
                outcome = self._broadcast(attempt, lambda: self.web3.eth.send_raw_transaction(signed.raw))
            else:
                attempt = self._attempt(call, signer.address, transaction, None)
                book.record(attempt)
                outcome = self._broadcast(
                    attempt,
                    lambda: self.web3.eth.send_transaction({"from": signer.address, **transaction}),  # type: ignore[typeddict-item,dict-item]  # filled as TxParams
                )
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
        if isinstance(what, str):
            return self._reconcile_hash(what, None)
        attempt = what if isinstance(what, Attempt) else what.attempt
        if attempt is None:
            assert not isinstance(what, Attempt) and what.tx_hash is not None  # noqa: S101, PT018 - a bare hash
            return self._reconcile_hash(what.tx_hash, None)
        known = None if isinstance(what, Attempt) else what.tx_hash
        tx_hash = known or attempt.tx_hash or self._hash_by_nonce(attempt)
        if tx_hash is None:
            return self._without_hash(attempt)
        return self._reconcile_hash(tx_hash, attempt)

    def reconcile_journal(self, journal: Journal | None = None) -> tuple[Outcome, ...]:
        """Reconcile every open attempt of a journal and note what became of it."""
        book = journal if journal is not None else self.journal
        outcomes = []
        for attempt in book.open_attempts():
            outcome = self.reconcile(attempt)
            book.resolve(attempt, outcome)
            outcomes.append(outcome)
        return tuple(outcomes)

    def access_list(self, call: Call, sender: str) -> AccessList:
        """The access list that makes `call` cheaper, by the node's own count; empty where it saves nothing or the node has none."""
        request = self._request(call, sender)
        try:
            with speaking(self.url, "eth_createAccessList"):
                answer = self.web3.eth.create_access_list(request)  # type: ignore[arg-type]  # TxParams
            plain = self.estimate(call, sender)
        except RpcError:
            return ()
        entries = tuple((str(e["address"]), tuple(_hex(k) for k in e["storageKeys"])) for e in answer["accessList"])
        return entries if int(answer["gasUsed"]) < plain else ()

    def estimate(self, call: Call, sender: str) -> int:
        """Gas that the call needs. Raises a leaf of `Reverted` where it would revert."""
        try:
            return self._ask("eth_estimateGas", lambda: int(self.web3.eth.estimate_gas(self._request(call, sender))))  # type: ignore[arg-type]  # TxParams
        except RpcError as error:
            raise self._no_funds(error, sender) from error

    # ----------------------------------------------------------------------------------------------- inside

    def _ask(self, method: str, question: Callable[[], T]) -> T:
        with speaking(self.url, method):
            return question()

    def _lock(self, account: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(account, threading.Lock())

    def _request(self, call: Call, sender: str) -> dict[str, object]:
        request: dict[str, object] = {"from": sender, "data": "0x" + call.data.hex(), "value": call.value}
        if call.to is not None:
            request["to"] = call.to
        if call.access_list:
            request["accessList"] = [{"address": a, "storageKeys": list(keys)} for a, keys in call.access_list]
        return request

    def _fill(self, call: Call, sender: str) -> dict[str, object]:
        gas = self.estimate(call, sender)
        tip = self._ask("eth_maxPriorityFeePerGas", lambda: int(self.web3.eth.max_priority_fee))
        latest = self._ask("eth_getBlockByNumber", lambda: self.web3.eth.get_block("latest"))
        count = self._ask("eth_getTransactionCount", lambda: self.web3.eth.get_transaction_count(sender, "pending"))  # type: ignore[arg-type]  # ChecksumAddress
        request = self._request(call, sender)
        del request["from"]
        return request | {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": int(count),
            # The state may move between the estimate and the block: an unlucky call must not run out of gas.
            "gas": min(gas + gas // 5, int(latest["gasLimit"])),
            "maxFeePerGas": 2 * int(latest["baseFeePerGas"]) + tip,
            "maxPriorityFeePerGas": tip,
        }

    def _attempt(self, call: Call, sender: str, transaction: Mapping[str, object], tx_hash: str | None) -> Attempt:
        from eth_utils import keccak

        return Attempt(
            tx_hash=tx_hash,
            sender=sender,
            nonce=int(str(transaction["nonce"])),
            call=call.name,
            to=call.to,
            data_hash="0x" + keccak(call.data).hex(),
            chain_id=self.chain_id,
            block=self.block_number(),
        )

    def _broadcast(self, attempt: Attempt, broadcast: Callable[[], bytes]) -> Outcome:
        try:
            tx_hash = self._ask("eth_sendRawTransaction", lambda: _hex(broadcast()))
        except (NodeDown, Reverted) as error:
            # Lost on the way there or on the way back: only the chain knows.
            return self._after_loss(attempt, error.what)
        except RpcError as error:
            return self._after_refusal(attempt, error)
        return Sent(tx_hash=tx_hash, attempt=attempt)

    def _after_loss(self, attempt: Attempt, why: str) -> Outcome:
        try:
            found = self.reconcile(attempt)
        except NodeDown:
            return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=why)
        return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=why) if isinstance(found, Unknown) else found

    def _after_refusal(self, attempt: Attempt, error: RpcError) -> Outcome:
        if attempt.tx_hash is not None and any(words in error.message.lower() for words in _ALREADY_KNOWN):
            return Sent(tx_hash=attempt.tx_hash, attempt=attempt)
        found = self._after_loss(attempt, error.message)
        if isinstance(found, Unknown):
            # The node refused it and does not have it: it went nowhere.
            return Dropped(tx_hash=attempt.tx_hash, attempt=attempt, why=f"the node refused it: {error.message}")
        return found

    def _wait(self, sent: Sent) -> Outcome:
        deadline = time.monotonic() + self.receipt_timeout
        pause = 0.02
        while True:
            try:
                receipt = self._receipt(sent.tx_hash)
                if receipt is not None:
                    return self._mined(receipt, sent.attempt)
                why = "not mined in time"
            except NodeDown as error:
                why = error.what
            if time.monotonic() >= deadline:
                return Unknown(tx_hash=sent.tx_hash, attempt=sent.attempt, why=why)
            time.sleep(pause)
            pause = min(2 * pause, 1.0)

    def _receipt(self, tx_hash: str) -> Mapping[str, object] | None:
        from web3.exceptions import TransactionNotFound

        def ask() -> Mapping[str, object] | None:
            try:
                return self.web3.eth.get_transaction_receipt(tx_hash)  # type: ignore[arg-type,return-value]  # a TypedDict
            except TransactionNotFound:
                return None

        return self._ask("eth_getTransactionReceipt", ask)

    def _transaction(self, tx_hash: str) -> Mapping[str, object] | None:
        from web3.exceptions import TransactionNotFound

        def ask() -> Mapping[str, object] | None:
            try:
                return self.web3.eth.get_transaction(tx_hash)  # type: ignore[arg-type,return-value]  # a TypedDict
            except TransactionNotFound:
                return None

        return self._ask("eth_getTransactionByHash", ask)

    def _reconcile_hash(self, tx_hash: str, attempt: Attempt | None) -> Outcome:
        transaction = self._transaction(tx_hash)
        if transaction is not None:
            attempt = attempt or self._attempt_of(tx_hash, transaction)
            receipt = self._receipt(tx_hash)
            return Sent(tx_hash=tx_hash, attempt=attempt) if receipt is None else self._mined(receipt, attempt)
        if attempt is None:
            return Unknown(tx_hash=tx_hash, attempt=None, why="the node does not know it")
        return self._without_hash(attempt)

    def _without_hash(self, attempt: Attempt) -> Outcome:
        """Neither the pool nor the chain has it: dropped for certain once its nonce is used."""
        used = self._ask("eth_getTransactionCount", lambda: self.web3.eth.get_transaction_count(attempt.sender))  # type: ignore[arg-type]  # ChecksumAddress
        if int(used) > attempt.nonce:
            why = f"another transaction used nonce {attempt.nonce} of {attempt.sender}"
            return Dropped(tx_hash=attempt.tx_hash, attempt=attempt, why=why)
        return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why="the node does not know it, its nonce is unused")

    def _hash_by_nonce(self, attempt: Attempt) -> str | None:
        """The hash of a transaction that the node signed: found by sender, nonce and data in the blocks after the attempt."""
        from eth_utils import keccak

        for number in range(attempt.block + 1, self.block_number() + 1):
            block = self._ask(
                "eth_getBlockByNumber", lambda n=number: self.web3.eth.get_block(n, full_transactions=True)
            )  # type: ignore[misc]  # bound per turn
            for found in block["transactions"]:
                if found["from"] == attempt.sender and int(found["nonce"]) == attempt.nonce:  # type: ignore[index]  # full
                    same = "0x" + keccak(bytes(found["input"])).hex() == attempt.data_hash  # type: ignore[index]  # full
                    return _hex(found["hash"]) if same else None  # type: ignore[index]  # full
        return None

    def _attempt_of(self, tx_hash: str, transaction: Mapping[str, object]) -> Attempt:
        from eth_utils import keccak

        number = transaction.get("blockNumber")
        to = transaction.get("to")
        return Attempt(
            tx_hash=tx_hash,
            sender=str(transaction["from"]),
            nonce=int(str(transaction["nonce"])),
            call="transaction",
            to=None if to is None else str(to),
            data_hash="0x" + keccak(bytes(transaction["input"])).hex(),  # type: ignore[call-overload]  # HexBytes
            chain_id=self.chain_id,
            block=int(str(number)) - 1 if number is not None else self.block_number(),
        )

    def _mined(self, receipt: Mapping[str, object], attempt: Attempt) -> Confirmed | RevertedOutcome:
        tx_hash = _hex(receipt["transactionHash"])
        block, gas = int(str(receipt["blockNumber"])), int(str(receipt["gasUsed"]))
        price = int(str(receipt["effectiveGasPrice"]))
        if receipt["status"] == 0:
            return RevertedOutcome(
                tx_hash=tx_hash,
                attempt=attempt,
                block_number=block,
                gas_used=gas,
                effective_gas_price=price,
                error=self._why_reverted(tx_hash, block, gas),
            )
        created = receipt.get("contractAddress")
        return Confirmed(
            tx_hash=tx_hash,
            attempt=attempt,
            block_number=block,
            gas_used=gas,
            effective_gas_price=price,
            contract_address=None if created is None else _checksummed(str(created)),
            events=tuple(self._decode_logs(receipt["logs"])),  # type: ignore[arg-type]  # a list of logs
        )

    def _decode_logs(self, logs: Iterable[Mapping[str, object]]) -> Iterable[Event]:
        for log in logs:
            codec = self.codecs.get(_checksummed(str(log["address"])))
            event = None if codec is None else codec.decode_log(log)
            if event is not None:
                yield event

    def _why_reverted(self, tx_hash: str, block: int, gas_used: int) -> Reverted:
        """Replay the call at its own block, then at the one before: a receipt does not say why."""
        mined = self._transaction(tx_hash)
        if mined is None:
            return revert_error(None, tx_hash)
        replay = {key: mined[key] for key in ("from", "to", "value", "gas") if mined.get(key) is not None}
        replay["data"] = mined["input"]
        for number in (block, block - 1):
            try:
                self._ask("eth_call", lambda n=number: self.web3.eth.call(replay, n))  # type: ignore[misc,arg-type]  # TxParams
            except Reverted as error:
                return revert_error(error.reason or None, tx_hash)
            except (RpcError, NodeDown):
                continue
        out_of_gas = gas_used == mined["gas"]
        return (
            Reverted(None, tx_hash, what=f"transaction {tx_hash} ran out of gas")
            if out_of_gas
            else Reverted(None, tx_hash)
        )

    def _no_funds(self, error: RpcError, sender: str) -> RpcError | NoFundsForGas:
        if any(words in error.message.lower() for words in _NO_FUNDS):
            return NoFundsForGas(sender, self.balance(sender))
        return error


def _checksummed(address: str) -> str:
    from eth_utils import is_address, to_checksum_address

    from ifx_sdk.errors import BadAddress

    if not is_address(address):
        raise BadAddress(address, "not an account")
    return to_checksum_address(address)


def _hex(value: object) -> str:
    return value if isinstance(value, str) else "0x" + bytes(value).hex()  # type: ignore[call-overload]  # HexBytes

"""The engine of the in-process chain: py-evm under Prague rules with a clock of our own.

Imported by `ifx_sdk.local_chain` alone, because it needs the extra `[local]`. It holds blocks and receipts in memory
and knows no JSON; `local_chain` puts JSON-RPC before it. Times are unix seconds UTC, gas and wei are integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import rlp  # type: ignore[import-untyped]  # it ships no types
from eth.abc import ComputationAPI, ReceiptAPI, SignedTransactionAPI, StateAPI
from eth.chains.base import MiningChain
from eth.constants import BLANK_ROOT_HASH, GENESIS_PARENT_HASH, POST_MERGE_MIX_HASH, POST_MERGE_NONCE, ZERO_ADDRESS
from eth.db import get_db_backend
from eth.exceptions import Revert
from eth.vm.forks.prague import PragueVM
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError as EvmValidationError
from trie import HexaryTrie  # type: ignore[import-untyped]  # as above

from ifx_sdk.errors import ChainError

BLOCK_GAS_LIMIT = 100_000_000

Header = Any
"""A block header as py-evm has it; its interface leaves out what came with London."""


class RpcRefusal(ChainError):  # noqa: N818 - named for what it is, as in errors.py
    """What a node answers instead of a result: a JSON-RPC error with its code, message and data."""

    def __init__(self, message: str, *, code: int = -32000, data: bytes | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass(frozen=True, kw_only=True, slots=True)
class MinedTransaction:
    """A transaction with its place in the chain and what it did."""

    transaction: SignedTransactionAPI
    """The signed transaction as broadcast."""
    receipt: ReceiptAPI
    """Status, cumulative gas and logs."""
    computation: ComputationAPI
    """The run itself, for the address of a created contract."""
    gas_used: int
    """Gas of this transaction alone."""
    index: int
    """Position in its block, from 0."""
    log_offset: int
    """Logs in the block before this transaction's first."""
    header: Header
    """The block it was mined in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MinedBlock:
    """A block and its transactions."""

    header: Header
    """Number, time, gas, base fee."""
    transactions: tuple[MinedTransaction, ...] = field(default=())
    """In order of execution."""


class _Chain(MiningChain):
    """A chain whose blocks follow one another by a second, never by the wall clock."""

    chain_id = 31337
    vm_configuration = ((0, PragueVM),)  # type: ignore[assignment]  # py-evm types the block number as a NewType

    def create_header_from_parent(self, parent_header: Header, **header_params: Any) -> Header:
        header_params.setdefault("timestamp", parent_header.timestamp + 1)
        header_params.setdefault("gas_limit", parent_header.gas_limit)
        return super().create_header_from_parent(parent_header, **header_params)


class LocalEvm:
    """Blocks, a pool of waiting transactions, and free calls against any block that is still the chain's."""

    def __init__(self, *, timestamp: int, balances: dict[bytes, int]) -> None:
        genesis = {
            "coinbase": ZERO_ADDRESS,
            "difficulty": 0,
            "extra_data": b"",
            "gas_limit": BLOCK_GAS_LIMIT,
            "mix_hash": POST_MERGE_MIX_HASH,
            "nonce": POST_MERGE_NONCE,
            "receipt_root": BLANK_ROOT_HASH,
            "timestamp": timestamp,
            "transaction_root": BLANK_ROOT_HASH,
        }
        state = {
            Address(account): {"balance": wei, "storage": {}, "code": b"", "nonce": 0}
            for account, wei in balances.items()
        }
        self._chain: Any = _Chain.from_genesis(get_db_backend(), genesis, state)  # type: ignore[arg-type]  # dicts
        self.blocks: list[MinedBlock] = [MinedBlock(header=self._chain.get_canonical_head())]
        self.mined: dict[bytes, MinedTransaction] = {}
        self.pool: dict[tuple[bytes, int], SignedTransactionAPI] = {}
        self.automine = True

    @property
    def head(self) -> Header:
        """The newest block's header."""
        return self.blocks[-1].header

    @property
    def pending(self) -> Header:
        """The header that the next block will have, as far as it is known."""
        return self._chain.header

    def set_next_timestamp(self, timestamp: int) -> None:
        """Give the next block this time; it must be later than the newest block's."""
        if timestamp <= self.head.timestamp:
            raise RpcRefusal(f"time {timestamp} is not after the newest block's, {self.head.timestamp}")
        self._chain.set_header_timestamp(timestamp)

    def state(self, header: Header, *, free: bool = False) -> StateAPI:
        """The state after `header`'s block; `free` charges no fee for gas."""
        vm = self._chain.get_vm(header)
        at = header.copy(base_fee_per_gas=0) if free else header
        state: StateAPI = vm.build_state(self._chain.chaindb.db, at, vm.chain_context, vm.previous_hashes)
        return state

    def proof(self, account: bytes, slots: Sequence[int], header: Header) -> tuple[list[bytes], list[list[bytes]]]:
        """The trie nodes that prove an account after `header`'s block, and for each slot those of its storage."""
        nodes, value = self._trie_proof(header.state_root, account)
        root = rlp.decode(value)[2] if value else BLANK_ROOT_HASH
        return nodes, [self._trie_proof(root, slot.to_bytes(32, "big"))[0] for slot in slots]

    def _trie_proof(self, root: bytes, key: bytes) -> tuple[list[bytes], bytes]:
        trie: Any = HexaryTrie(self._chain.chaindb.db, root)
        hashed = keccak(key)
        return [rlp.encode(node) for node in trie.get_proof(hashed)], bytes(trie.get(hashed))

    def pending_nonce(self, account: bytes) -> int:
        """The nonce after the account's mined and waiting transactions."""
        nonce = self.state(self.head).get_nonce(Address(account))
        while (account, nonce) in self.pool:
            nonce += 1
        return nonce

    def decode(self, raw: bytes) -> SignedTransactionAPI:
        """A signed transaction from its bytes; refused where the bytes or the chain id are wrong."""
        try:
            transaction: SignedTransactionAPI = self._chain.get_vm().get_transaction_builder().decode(raw)
        except (EvmValidationError, ValueError, IndexError, TypeError) as error:
            raise RpcRefusal(f"transaction cannot be decoded: {error}") from error
        if transaction.chain_id not in (None, self._chain.chain_id):
            raise RpcRefusal(f"invalid chain id for signer: have {transaction.chain_id} want {self._chain.chain_id}")
        return transaction

    def submit(self, raw: bytes) -> bytes:
        """Take a signed transaction as a node does, mine it where mining is automatic, return its hash."""
        transaction = self.decode(raw)
        if transaction.hash in self.mined or transaction in self.pool.values():
            raise RpcRefusal("already known")
        sender, nonce = transaction.sender, transaction.nonce
        state = self.state(self.head)
        if nonce < state.get_nonce(sender):
            raise RpcRefusal(f"nonce too low: next nonce {state.get_nonce(sender)}, tx nonce {nonce}")
        waiting = self.pool.get((sender, nonce))
        if waiting is None and nonce > self.pending_nonce(sender):
            raise RpcRefusal(f"nonce too high: next nonce {self.pending_nonce(sender)}, tx nonce {nonce}")
        if waiting is not None and transaction.max_fee_per_gas < waiting.max_fee_per_gas * 11 // 10:
            raise RpcRefusal("replacement transaction underpriced")
        cost = transaction.gas * transaction.max_fee_per_gas + transaction.value
        if state.get_balance(sender) < cost:
            raise RpcRefusal(
                f"insufficient funds for gas * price + value: have {state.get_balance(sender)} want {cost}"
            )
        self.pool[sender, nonce] = transaction
        if self.automine:
            self.mine()
        return bytes(transaction.hash)

    def mine(self) -> MinedBlock:
        """Close the pending block with every waiting transaction that the rules admit."""
        runs = []
        for place, transaction in sorted(self.pool.items(), key=lambda item: item[0][1]):
            del self.pool[place]
            try:
                _, receipt, computation = self._chain.apply_transaction(transaction)
            except EvmValidationError as error:
                if self.automine:
                    raise RpcRefusal(str(error)) from error
                continue
            runs.append((transaction, receipt, computation))
        header = self._chain.mine_block(coinbase=ZERO_ADDRESS, mix_hash=bytes(32), blob_gas_used=0).header
        block = MinedBlock(header=header, transactions=tuple(_place(runs, header)))
        self.blocks.append(block)
        self.mined.update({bytes(entry.transaction.hash): entry for entry in block.transactions})
        return block

    def revert_to(self, number: int) -> None:
        """Make block `number` the newest again and forget what came after, waiting transactions too."""
        chaindb = self._chain.chaindb
        del self.blocks[number + 1 :]
        chaindb._set_as_canonical_chain_head(chaindb.db, self.head, GENESIS_PARENT_HASH)
        self._chain.header = self._chain.create_header_from_parent(self.head)
        self.mined = {h: entry for h, entry in self.mined.items() if entry.header.block_number <= number}
        self.pool.clear()

    def run(self, request: CallRequest, header: Header, gas: int | None = None) -> ComputationAPI:
        """Execute a call at a block without keeping what it does."""
        state = self.state(header, free=True)
        transaction = (
            self._chain.get_vm()
            .get_transaction_builder()
            .new_unsigned_dynamic_fee_transaction(
                chain_id=self._chain.chain_id,
                nonce=state.get_nonce(Address(request.sender)),
                max_priority_fee_per_gas=0,
                max_fee_per_gas=0,
                gas=gas or request.gas or BLOCK_GAS_LIMIT,
                to=request.to,
                value=request.value,
                data=request.data,
                access_list=request.access_list,
            )
        )
        try:
            spoofed: Any = SpoofTransaction(transaction, from_=request.sender)
            return state.apply_transaction(spoofed)
        except EvmValidationError as error:
            raise RpcRefusal(str(error)) from error

    def estimate(self, request: CallRequest) -> int:
        """Gas with which the call succeeds in the pending block, at most a tenth above the least."""
        computation = self.run(request, self.pending, BLOCK_GAS_LIMIT)
        raise_if_failed(computation)
        # A call keeps a 64th of the gas back from the calls it makes, and refunds come only at the end.
        spent = computation.get_gas_used() + BLOCK_GAS_LIMIT - computation.msg.gas
        for gas in (spent, spent + spent // 63, spent + spent // 16, 2 * spent):
            if self._succeeds(request, gas):
                return gas
        return BLOCK_GAS_LIMIT

    def _succeeds(self, request: CallRequest, gas: int) -> bool:
        try:
            return not self.run(request, self.pending, gas).is_error
        except RpcRefusal:
            return False


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRequest:
    """A call or transaction that is not signed."""

    sender: bytes
    """20 bytes."""
    to: bytes
    """20 bytes; empty creates a contract."""
    data: bytes
    """Call data, or creation code with arguments."""
    value: int
    """Wei sent along."""
    gas: int | None
    """Gas limit; None takes a whole block's."""
    access_list: tuple[tuple[bytes, tuple[int, ...]], ...]
    """Addresses and slots declared in advance (EIP-2930)."""


def raise_if_failed(computation: ComputationAPI) -> None:
    """Refuse as a node does where a run reverted or ran out of gas."""
    if not computation.is_error:
        return
    error = computation.error
    if isinstance(error, Revert):
        data = bytes(error.args[0]) if error.args else b""
        raise RpcRefusal("execution reverted", code=3, data=data)
    raise RpcRefusal(f"execution failed: {error or type(error).__name__}")


def _place(
    runs: list[tuple[SignedTransactionAPI, ReceiptAPI, ComputationAPI]], header: Header
) -> list[MinedTransaction]:
    placed = []
    gas = logs = 0
    for index, (transaction, receipt, computation) in enumerate(runs):
        placed.append(
            MinedTransaction(
                transaction=transaction,
                receipt=receipt,
                computation=computation,
                gas_used=receipt.gas_used - gas,
                index=index,
                log_offset=logs,
                header=header,
            )
        )
        gas = receipt.gas_used
        logs += len(receipt.logs)
    return placed

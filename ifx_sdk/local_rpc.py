"""What the in-process chain's blocks, transactions, receipts and logs look like in JSON-RPC. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eth.abc import SignedTransactionAPI

    from ifx_sdk.local_evm import Header, MinedTransaction

Json = dict[str, Any]


def to_int(value: int | str) -> int:
    """An integer from an integer or a hexadecimal string."""
    return value if isinstance(value, int) else int(value, 16)


def to_bytes(value: bytes | str) -> bytes:
    """Bytes from bytes or a hexadecimal string, with or without `0x`."""
    return bytes(value) if isinstance(value, bytes | bytearray) else bytes.fromhex(value.removeprefix("0x"))


def to_hex(value: bytes) -> str:
    """Bytes as a hexadecimal string with `0x`."""
    return "0x" + bytes(value).hex()


def to_word(value: int) -> str:
    """An integer as 32 bytes in hexadecimal."""
    return f"0x{value:064x}"


def as_list(value: Any) -> list[Any]:
    """A topic filter's alternatives, one or several."""
    return list(value) if isinstance(value, list | tuple) else [value]


def block_fields(header: Header, transactions: Sequence[Json | str], *, pending: bool = False) -> Json:
    """A block; a pending one has no hash yet."""
    return {
        "number": hex(header.block_number),
        "hash": None if pending else to_hex(header.hash),
        "parentHash": to_hex(header.parent_hash),
        "nonce": to_hex(header.nonce),
        "sha3Uncles": to_hex(header.uncles_hash),
        "logsBloom": f"0x{header.bloom:0512x}",
        "transactionsRoot": to_hex(header.transaction_root),
        "receiptsRoot": to_hex(header.receipt_root),
        "stateRoot": to_hex(header.state_root),
        "miner": to_hex(header.coinbase),
        "difficulty": hex(header.difficulty),
        "extraData": to_hex(header.extra_data),
        "mixHash": to_hex(header.mix_hash),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "withdrawalsRoot": to_hex(header.withdrawals_root),
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "parentBeaconBlockRoot": to_hex(header.parent_beacon_block_root),
        "requestsHash": to_hex(header.requests_hash),
        "timestamp": hex(header.timestamp),
        "transactions": list(transactions),
        "uncles": [],
    }


def unmined_fields(transaction: SignedTransactionAPI) -> Json:
    """A transaction that waits in the pool."""
    return {
        "hash": to_hex(transaction.hash),
        "type": "0x0" if transaction.type_id is None else hex(transaction.type_id),
        "chainId": None if transaction.chain_id is None else hex(transaction.chain_id),
        "from": to_hex(transaction.sender),
        "to": to_hex(transaction.to) if transaction.to else None,
        "nonce": hex(transaction.nonce),
        "value": hex(transaction.value),
        "gas": hex(transaction.gas),
        "gasPrice": hex(transaction.max_fee_per_gas),
        "maxFeePerGas": hex(transaction.max_fee_per_gas),
        "maxPriorityFeePerGas": hex(transaction.max_priority_fee_per_gas),
        "input": to_hex(transaction.data),
        "blockHash": None,
        "blockNumber": None,
        "transactionIndex": None,
    }


def transaction_fields(entry: MinedTransaction) -> Json:
    """A mined transaction."""
    return unmined_fields(entry.transaction) | {"gasPrice": hex(_effective_gas_price(entry))} | _place(entry)


def receipt_fields(entry: MinedTransaction) -> Json:
    """A receipt; `status` 1 is success, 0 a revert."""
    created = None if entry.transaction.to else to_hex(entry.computation.msg.storage_address)
    return _place(entry) | {
        "transactionHash": to_hex(entry.transaction.hash),
        "type": "0x0" if entry.transaction.type_id is None else hex(entry.transaction.type_id),
        "from": to_hex(entry.transaction.sender),
        "to": to_hex(entry.transaction.to) if entry.transaction.to else None,
        "contractAddress": created,
        "status": "0x0" if entry.computation.is_error else "0x1",
        "gasUsed": hex(entry.gas_used),
        "cumulativeGasUsed": hex(entry.receipt.gas_used),
        "effectiveGasPrice": hex(_effective_gas_price(entry)),
        "logsBloom": f"0x{entry.receipt.bloom:0512x}",
        "logs": list(log_fields(entry, None, ())),
    }


def log_fields(
    entry: MinedTransaction, addresses: set[bytes] | None, topics: Sequence[set[bytes] | None]
) -> Iterator[Json]:
    """The transaction's logs of these addresses (None: any) whose topics match (None: any)."""
    for offset, log in enumerate(entry.receipt.logs):
        found = [topic.to_bytes(32, "big") for topic in log.topics]
        if addresses is not None and log.address not in addresses:
            continue
        if len(found) < len(topics) or any(w is not None and t not in w for w, t in zip(topics, found, strict=False)):
            continue
        yield _place(entry) | {
            "transactionHash": to_hex(entry.transaction.hash),
            "address": to_hex(log.address),
            "topics": [to_hex(topic) for topic in found],
            "data": to_hex(log.data),
            "logIndex": hex(entry.log_offset + offset),
            "removed": False,
        }


def revert_message(data: bytes) -> str:
    """`: reason` where the data is `Error(string)` with a readable string, else nothing."""
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError

    if data[:4].hex() != "08c379a0":
        return ""
    try:
        return f": {decode(['string'], data[4:])[0]}"
    except (DecodingError, UnicodeDecodeError):
        return ""


def _place(entry: MinedTransaction) -> Json:
    return {
        "blockHash": to_hex(entry.header.hash),
        "blockNumber": hex(entry.header.block_number),
        "transactionIndex": hex(entry.index),
    }


def _effective_gas_price(entry: MinedTransaction) -> int:
    base_fee = entry.header.base_fee_per_gas
    tip = min(entry.transaction.max_priority_fee_per_gas, entry.transaction.max_fee_per_gas - base_fee)
    return int(base_fee + tip)

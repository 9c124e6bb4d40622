"""Transactions and receipts as a block's tries hold them: rebuilt from a node's answers, and read. Pure.

Source: EIP-2718 (typed envelopes), EIP-658 (status); the deposit of an OP-stack chain has a type and two fields of its
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ifx_sdk.bundle.errors import BadBundleFile, Unprovable
from ifx_sdk.contract import items, text

_DEPOSIT: Final = 0x7E
_LEGACY: Final = 0xC0


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """One log entry of a receipt."""

    address: str
    """The contract, checksummed."""
    topics: tuple[bytes, ...]
    """32 bytes each."""
    data: bytes
    """The rest of its arguments."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenReceipt:
    """What is used of a receipt."""

    succeeded: bool
    """False where the transaction reverted."""
    logs: tuple[Log, ...]
    """In order."""


def encode_receipt(found: Mapping[str, object]) -> bytes:
    """A receipt of what `eth_getTransactionReceipt` answers. Raises `Unprovable`."""
    import rlp  # type: ignore[import-untyped]  # it ships no types

    try:
        kind = int(text(found.get("type") or "0x0"), 16)
        fields: list[object] = [
            _least(found["status"]),
            _least(found["cumulativeGasUsed"]),
            _bytes(found["logsBloom"]),
            [_log(each) for each in items(found["logs"])],
        ]
        if kind == _DEPOSIT:
            extra = (found.get("depositNonce"), found.get("depositReceiptVersion"))
            fields += [_least(each) for each in extra if each is not None]
    except (KeyError, ValueError, TypeError) as error:
        raise Unprovable(f"the node's receipt lacks what its bytes are made of: {error}") from error
    encoded = bytes(rlp.encode(fields))
    return bytes([kind]) + encoded if kind else encoded


def read_receipt(data: bytes, part: str) -> ProvenReceipt:
    """Read a receipt. Raises `BadBundleFile` naming `part`."""
    import rlp
    from eth_utils.address import to_checksum_address
    from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # as above

    try:
        fields: Any = rlp.decode(data if data[:1] >= bytes([_LEGACY]) else data[1:])
        status, logs = fields[0], fields[3]
        read = tuple(
            Log(address=str(to_checksum_address(_held(each[0], 20))), topics=tuple(each[1]), data=each[2])
            for each in logs
        )
        if not isinstance(status, bytes) or not all(_is_log(each) for each in read):
            raise BadBundleFile(f"part {part}", "it proves no receipt")
    except (RLPException, RecursionError, IndexError, TypeError, ValueError) as error:
        raise BadBundleFile(f"part {part}", f"it proves no receipt: {type(error).__name__}") from error
    return ProvenReceipt(succeeded=status == b"\1", logs=read)


def _is_log(log: Log) -> bool:
    topics = all(isinstance(each, bytes) and len(each) == 32 for each in log.topics)
    return topics and isinstance(log.data, bytes)


def _held(value: object, length: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != length:
        raise ValueError("a field of another length")
    return value


def _log(found: object) -> list[object]:
    if not isinstance(found, Mapping):
        raise TypeError(f"{found!r} is no log")
    return [_bytes(found["address"]), [_bytes(each) for each in items(found["topics"])], _bytes(found["data"])]


def _least(value: object) -> bytes:
    number = int(text(value), 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _bytes(value: object) -> bytes:
    return bytes.fromhex(text(value).removeprefix("0x"))

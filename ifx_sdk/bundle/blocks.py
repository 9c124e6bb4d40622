"""A block's header: rebuilt from what a node answers, and read from its bytes, whose Keccak-256 is the block's hash.

Source: the header's fields as of Frontier, London (base fee), Shanghai (withdrawals), Cancun (blobs, parent beacon
block) and Prague (requests), each a field more at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ifx_sdk.bundle.errors import BadBundleFile, Unprovable
from ifx_sdk.contract import text

_NUMBERS: Final = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp"}
_LATER_NUMBERS: Final = {"baseFeePerGas", "blobGasUsed", "excessBlobGas"}
_FIELDS: Final = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "extraData",
    "mixHash",
    "nonce",
)
_LATER: Final = (
    "baseFeePerGas",
    "withdrawalsRoot",
    "blobGasUsed",
    "excessBlobGas",
    "parentBeaconBlockRoot",
    "requestsHash",
)
_MOST_FIELDS: Final = 32
_ROOTS: Final = (3, 4, 5)
_NUMBER, _TIME = 8, 11
_END_OF_TIME: Final = 253_402_300_800


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What is used of a block's header."""

    hash: str
    """The block's hash, 0x and 64 digits: the Keccak-256 of the header."""
    number: int
    """Height."""
    timestamp: int
    """Unix seconds UTC."""
    state_root: bytes
    """Root of all accounts after the block."""
    transactions_root: bytes
    """Root of its transactions."""
    receipts_root: bytes
    """Root of its receipts."""


def part_name(number: int) -> str:
    """The part of a bundle that holds the header of a block."""
    return f"blocks/{number}.rlp"


def read_header(data: bytes, part: str) -> Header:
    """Read a header. Raises `BadBundleFile` naming `part`."""
    import rlp  # type: ignore[import-untyped]  # it ships no types
    from eth_utils.crypto import keccak
    from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # as above

    try:
        fields = rlp.decode(data)
    except (RLPException, RecursionError) as error:
        raise BadBundleFile(f"part {part}", f"it is no RLP: {type(error).__name__}") from error
    if (
        not isinstance(fields, list)
        or not len(_FIELDS) <= len(fields) <= _MOST_FIELDS
        or not all(isinstance(each, bytes) for each in fields)
        or not all(len(fields[place]) == 32 for place in _ROOTS)
        or not all(len(fields[place]) <= 8 for place in (_NUMBER, _TIME))
    ):
        raise BadBundleFile(f"part {part}", "it is no block header")
    timestamp = int.from_bytes(fields[_TIME], "big")
    if timestamp >= _END_OF_TIME:
        raise BadBundleFile(f"part {part}", f"its time, {timestamp}, is after the year 9999")
    state, transactions, receipts = (fields[place] for place in _ROOTS)
    return Header(
        hash="0x" + keccak(data).hex(),
        number=int.from_bytes(fields[_NUMBER], "big"),
        timestamp=timestamp,
        state_root=state,
        transactions_root=transactions,
        receipts_root=receipts,
    )


def encode_header(block: Mapping[str, object]) -> bytes:
    """The header of what `eth_getBlockByNumber` answers; its hash tells whether it came out right. Raises
    `Unprovable`."""
    import rlp
    from eth_utils.crypto import keccak

    number = block.get("number")
    try:
        fields = [_field(block, name) for name in _FIELDS]
        fields += [_field(block, name) for name in _LATER if block.get(name) is not None]
        wanted = text(block["hash"])
    except (KeyError, ValueError, TypeError) as error:
        raise Unprovable(f"the node's block {number} lacks what its header is made of: {error}") from error
    data = bytes(rlp.encode(fields))
    found = "0x" + keccak(data).hex()
    if found != wanted:
        what = f"the header of block {number} hashes to {found}, and the node calls it {wanted}"
        raise Unprovable(what, cure="This chain's headers have fields that are not known here.")
    return data


def _field(block: Mapping[str, object], name: str) -> bytes:
    value = text(block[name])
    if name in _NUMBERS or name in _LATER_NUMBERS:
        number = int(value, 16)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes.fromhex(value.removeprefix("0x"))

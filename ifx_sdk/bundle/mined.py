"""One mined transaction with its receipt: `mined/<block>-<index>.json`, proven against the roots of the block's header.

    {"format":"ifx-mined-1","receipt":["0x..."],"transaction":["0x..."]}

Both lists are the nodes of a Merkle-Patricia proof from the root down; transaction and receipt are what they lead to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ifx_sdk.bundle.blocks import Header, part_name, read_header
from ifx_sdk.bundle.container import Bundle
from ifx_sdk.bundle.errors import BadBundleFile, Mismatch
from ifx_sdk.bundle.merkle import Nodes, NoProof, value_of
from ifx_sdk.bundle.receipts import read_receipt
from ifx_sdk.codec import Codec, Event, UnknownAnswer
from ifx_sdk.evidence.errors import BadReport
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.evidence.posted import RawTransaction, read_transaction
from ifx_sdk.strict_json import loads

FORMAT: Final = "ifx-mined-1"
"""Names the part's shape."""
FOLDER: Final = "mined/"
"""Where these parts are."""

_NAME: Final = re.compile(r"mined/(\d+)-(\d+)\.json", re.ASCII)
_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mined:
    """A transaction that is proven to be in a block, and to have succeeded."""

    part: str
    """The part of the bundle that proves it."""
    header: Header
    """Its block."""
    index: int
    """Its place in the block, from 0."""
    transaction: RawTransaction
    """What was sent."""
    events: tuple[Event, ...]
    """What our contracts logged in it, in order."""


def mined_name(block: int, index: int) -> str:
    """The part of the transaction at `index` of a block."""
    return f"{FOLDER}{block}-{index}.json"


def mined_part(transaction: Sequence[bytes], receipt: Sequence[bytes]) -> bytes:
    """The bytes of the part, of both proofs' nodes."""
    return canonical_json({"format": FORMAT, "transaction": hexed(transaction), "receipt": hexed(receipt)})


def read_mined(bundle: Bundle, name: str, codecs: dict[str, Codec]) -> Mined:
    """Read a part and prove both; `codecs`, by checksummed address, read what the contracts logged.

    Raises `BadBundleFile`, `Mismatch`.
    """
    place = _NAME.fullmatch(name)
    if place is None:
        raise BadBundleFile(f"part {name}", "it is named after no block and place")
    block, index = int(place[1]), int(place[2])
    header = header_of(bundle, block)
    found = read_nodes(bundle.part(name), name, FORMAT, ("transaction", "receipt"))
    raw = _proven(name, "transaction", header.transactions_root, index, found["transaction"])
    receipt = read_receipt(_proven(name, "receipt", header.receipts_root, index, found["receipt"]), name)
    try:
        transaction = read_transaction(raw)
    except BadReport as error:
        raise BadBundleFile(f"part {name}", error.why) from error
    if not receipt.succeeded:
        raise Mismatch("receipt", f"part {name}", expected="a transaction that succeeded", found="one that reverted")
    events = []
    for place_in, log in enumerate(receipt.logs):
        codec = codecs.get(log.address)
        told = {
            "address": log.address,
            "topics": log.topics,
            "data": log.data,
            "blockNumber": block,
            "logIndex": place_in,
            "transactionHash": bytes.fromhex(transaction.tx_hash[2:]),
            "blockHash": bytes.fromhex(header.hash[2:]),
        }
        try:
            event = None if codec is None else codec.decode_log(told)
        except UnknownAnswer as error:
            raise BadBundleFile(f"part {name}", f"log {place_in} cannot be read: {error.what}") from error
        if event is not None:
            events.append(event)
    return Mined(part=name, header=header, index=index, transaction=transaction, events=tuple(events))


def header_of(bundle: Bundle, block: int) -> Header:
    """The header of a block. Raises `BadBundleFile`, `Mismatch` where it is another block's."""
    name = part_name(block)
    header = read_header(bundle.part(name), name)
    if header.number != block:
        raise Mismatch("block", f"part {name}", expected=f"the header of block {block}", found=f"block {header.number}")
    return header


def read_nodes(data: bytes, name: str, format: str, lists: Sequence[str]) -> dict[str, tuple[bytes, ...]]:
    """The lists of nodes of a part, and nothing else. Raises `BadBundleFile`."""
    where = f"part {name}"
    found = loads(data, where, BadBundleFile)
    if not isinstance(found, dict) or found.get("format") != format or found.keys() != {"format", *lists}:
        raise BadBundleFile(where, f"it is no part of the format {format}")
    nodes: dict[str, tuple[bytes, ...]] = {}
    for key in lists:
        listed = found[key]
        if not isinstance(listed, list) or not all(isinstance(e, str) and _HEX.fullmatch(e) for e in listed):
            raise BadBundleFile(where, f"{key!r} must be a list of hexadecimal texts")
        nodes[key] = tuple(bytes.fromhex(each[2:]) for each in listed)
    if canonical_json({"format": format, **{key: hexed(value) for key, value in nodes.items()}}) != data:
        raise BadBundleFile(where, "it is not canonical JSON")
    return nodes


def hexed(nodes: Sequence[bytes]) -> list[str]:
    """Bytes as texts."""
    return ["0x" + each.hex() for each in nodes]


def _proven(name: str, what: str, root: bytes, index: int, nodes: Sequence[bytes]) -> bytes:
    import rlp  # type: ignore[import-untyped]  # it ships no types

    expected = f"a proof of {what} {index} from the root 0x{root.hex()}"
    listed = Nodes(nodes)
    try:
        found = value_of(root, bytes(rlp.encode(index)), listed)
    except NoProof as error:
        raise Mismatch(what, f"part {name}", expected=expected, found=error.why) from error
    if not found:
        raise Mismatch(what, f"part {name}", expected=expected, found=f"a proof that there is no {what} {index}")
    if listed.used != tuple(nodes):
        raise BadBundleFile(f"part {name}", f"the proof of the {what} has nodes that it does not need")
    return found

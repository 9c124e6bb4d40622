"""What a node is asked for, and made into parts: headers, transactions with receipts, and storage, each with its proof.

A node's answer is not believed either: a header must hash to what the node calls it, and the rebuilt tries of a block
must have the roots of its header.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ifx_sdk.bundle.blocks import Header, encode_header, part_name, read_header
from ifx_sdk.bundle.errors import BadBundleFile, Mismatch, Unprovable
from ifx_sdk.bundle.merkle import prove_list
from ifx_sdk.bundle.mined import hexed, mined_name, mined_part
from ifx_sdk.bundle.receipts import encode_receipt
from ifx_sdk.bundle.state import FORMAT as STATE_FORMAT
from ifx_sdk.bundle.state import Storage
from ifx_sdk.chain import Chain
from ifx_sdk.contract import items, text
from ifx_sdk.errors import RpcError
from ifx_sdk.evidence.errors import BadReport
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.evidence.posted import rebuild_transaction


@dataclass(frozen=True, slots=True)
class _Block:
    header: Header
    hashes: tuple[str, ...]
    transactions: tuple[bytes, ...]
    receipts: tuple[bytes, ...]


@dataclass(slots=True)
class Prover:
    """Asks one node for proofs; the parts that it made are in `parts`."""

    chain: Chain
    """The node."""
    parts: dict[str, bytes] = field(default_factory=dict)
    """By name."""
    _blocks: dict[int, _Block] = field(default_factory=dict)

    def mined(self, block: int, tx_hash: str) -> bytes:
        """Add the parts of a transaction; its raw bytes come back. Raises `Unprovable`, `NodeDown`, `RpcError`."""
        whole = self._block(block)
        if tx_hash not in whole.hashes:
            raise Unprovable(f"block {block} of the node has no transaction {tx_hash}")
        place = whole.hashes.index(tx_hash)
        name = mined_name(block, place)
        if name not in self.parts:
            root, transaction = prove_list(whole.transactions, place)
            _hold_root("transactions", block, whole.header.transactions_root, root)
            root, receipt = prove_list(whole.receipts, place)
            _hold_root("receipts", block, whole.header.receipts_root, root)
            self.parts[name] = mined_part(transaction, receipt)
        return whole.transactions[place]

    def state(self, block: int, wanted: Mapping[str, Collection[int]]) -> bytes:
        """Add the header of a block, and give the part that proves these slots of these accounts in its state.

        Raises `RpcError` where the node no longer has that state, `Unprovable`, `NodeDown`.
        """
        nodes: set[bytes] = set()
        for account, slots in wanted.items():
            listed = [f"0x{slot:064x}" for slot in sorted(slots)]
            answer = self.chain.node.request("eth_getProof", account, listed, hex(block))
            nodes.update(_proof_nodes(answer))
        header = self._header(block, self._ask_block(block, full=False))
        storage = Storage(header.state_root, sorted(nodes))
        try:
            for account, slots in wanted.items():
                storage.account(account)
                for slot in slots:
                    storage.word(account, slot, f"slot 0x{slot:064x}")
        except (Mismatch, BadBundleFile) as error:
            raise Unprovable(f"what the node answers to eth_getProof does not hold: {error.what}") from error
        return canonical_json({"format": STATE_FORMAT, "nodes": hexed(storage.nodes.used)})

    def _header(self, number: int, answer: Mapping[str, object]) -> Header:
        name = part_name(number)
        self.parts[name] = encode_header(answer)
        return read_header(self.parts[name], name)

    def _ask_block(self, number: int, *, full: bool) -> Mapping[str, object]:
        answer = self.chain.node.request("eth_getBlockByNumber", hex(number), full)
        if not isinstance(answer, Mapping):
            raise Unprovable(f"the node has no block {number}")
        return answer

    def _block(self, number: int) -> _Block:
        if number not in self._blocks:
            answer = self._ask_block(number, full=True)
            listed = [each for each in items(answer["transactions"]) if isinstance(each, Mapping)]
            self._blocks[number] = _Block(
                self._header(number, answer),
                tuple(text(each["hash"]) for each in listed),
                tuple(self._transaction(each) for each in listed),
                tuple(self._receipts(number, [text(each["hash"]) for each in listed])),
            )
        return self._blocks[number]

    def _transaction(self, found: Mapping[str, object]) -> bytes:
        """The bytes of a transaction, by what the block says of it, else as the node gives it raw."""
        from eth_utils.crypto import keccak

        tx_hash = text(found["hash"])
        try:
            made = rebuild_transaction(found)
            if "0x" + keccak(made).hex() == tx_hash:
                return made
        except BadReport:  # of a type that is not known here, or told without its signature
            pass
        try:
            answer = self.chain.node.request("eth_getRawTransactionByHash", tx_hash)
        except RpcError as error:
            what = f"transaction {tx_hash} cannot be rebuilt, and the node does not give it raw"
            raise Unprovable(what) from error
        if not isinstance(answer, str) or len(answer) <= 2:
            raise Unprovable(f"the node does not have transaction {tx_hash} of its own block")
        return bytes.fromhex(answer.removeprefix("0x"))

    def _receipts(self, number: int, hashes: Sequence[str]) -> Iterable[bytes]:
        try:
            answer = self.chain.node.request("eth_getBlockReceipts", hex(number))
        except RpcError:  # not every node knows the method
            answer = None
        found = answer if isinstance(answer, list) else [self._receipt(each) for each in hashes]
        for each in found:
            if not isinstance(each, Mapping):
                raise Unprovable(f"the node does not have every receipt of block {number}")
            yield encode_receipt(each)

    def _receipt(self, tx_hash: str) -> object:
        return self.chain.node.request("eth_getTransactionReceipt", tx_hash)


def block_hash(chain: Chain, number: int) -> str | None:
    """What a node calls a block, 0x and 64 digits; None where it has no such block. Raises `NodeDown`, `RpcError`."""
    answer = chain.node.request("eth_getBlockByNumber", hex(number), False)
    return text(answer["hash"]) if isinstance(answer, Mapping) and answer.get("hash") else None


def _hold_root(what: str, block: int, expected: bytes, found: bytes) -> None:
    if expected != found:
        told = f"the {what} of block {block} have the root 0x{found.hex()}, its header says 0x{expected.hex()}"
        raise Unprovable(told, cure="The node does not tell them whole, or this chain encodes them in another way.")


def _proof_nodes(answer: object) -> Iterable[bytes]:
    try:
        yield from (_raw(each) for each in items(_object(answer)["accountProof"]))
        for slot in items(_object(answer)["storageProof"]):
            yield from (_raw(each) for each in items(_object(slot)["proof"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unprovable(f"what the node answers to eth_getProof is no proof: {error}") from error


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no object"[:200])
    return value


def _raw(value: object) -> bytes:
    return bytes.fromhex(text(value).removeprefix("0x"))

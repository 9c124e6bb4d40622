"""Merkle-Patricia proofs: that a value stands under a key of a trie whose root is known, or that none does. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ifx_sdk.errors import MissingExtra


class NoProof(Exception):  # noqa: N818 - never leaves ifx_sdk.bundle
    """Nodes that do not lead from the root to the key; `why` in one line."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Nodes(dict[bytes, bytes]):
    """Trie nodes by their hash, hashed here, and which of them a proof went through."""

    def __init__(self, nodes: Iterable[bytes]) -> None:
        from eth_utils.crypto import keccak

        super().__init__({bytes(keccak(each)): each for each in nodes})
        self._used: set[bytes] = set()

    def __getitem__(self, key: bytes) -> bytes:
        found = super().__getitem__(key)
        self._used.add(key)
        return found

    @property
    def used(self) -> tuple[bytes, ...]:
        """The nodes that were needed, in the order in which they were given."""
        return tuple(each for key, each in self.items() if key in self._used)

    @property
    def idle(self) -> int:
        """How many no proof went through."""
        return len(self) - len(self._used)


def value_of(root: bytes, key: bytes, nodes: Nodes) -> bytes:
    """What stands under `key` in the trie of `root`; empty where proven that nothing does. Raises `NoProof`."""
    trie = _library()
    from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # it ships no types
    from trie.exceptions import (  # type: ignore[import-untyped]  # as above
        InvalidNibbles,
        InvalidNode,
        MissingTrieNode,
        ValidationError,
    )

    wrong = (RLPException, InvalidNibbles, InvalidNode, ValidationError, ValueError, TypeError, IndexError)
    try:
        found: bytes = trie(nodes, root).get(key)
    except MissingTrieNode as error:
        raise NoProof(f"no node with the hash 0x{bytes(error.missing_node_hash).hex()}") from error
    except (*wrong, KeyError, AssertionError, RecursionError) as error:
        raise NoProof(f"a node on the way is none: {type(error).__name__}") from error
    if not isinstance(found, bytes):
        raise NoProof("what it leads to is no value")
    return found


def prove_list(values: Sequence[bytes], place: int) -> tuple[bytes, tuple[bytes, ...]]:
    """The root of the trie of a block's transactions or receipts, and the nodes that prove the one at `place`."""
    import rlp  # type: ignore[import-untyped]  # as above

    trie = _library()({})
    for index, value in enumerate(values):
        trie[rlp.encode(index)] = value
    key, root = bytes(rlp.encode(place)), bytes(trie.root_hash)
    # A small node stands inside the one above it and is no node of the proof.
    nodes = Nodes(bytes(rlp.encode(node)) for node in trie.get_proof(key))
    value_of(root, key, nodes)
    return root, nodes.used


def _library() -> Any:  # py-trie's class, untyped
    try:
        from trie import HexaryTrie  # type: ignore[import-untyped]  # as above
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "trie":
            raise
        raise MissingExtra("verify", "a Merkle proof") from error
    return HexaryTrie

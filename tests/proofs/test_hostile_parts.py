"""Tries, headers and receipts of any shape under roots that a forger chose: read, or refused by name."""

from collections.abc import Callable
from functools import partial

import pytest
import rlp
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from ifx_sdk.bundle import BadBundleFile, Mismatch
from ifx_sdk.bundle.blocks import Header, read_header
from ifx_sdk.bundle.merkle import Nodes, NoProof, prove_list, value_of
from ifx_sdk.bundle.receipts import ProvenReceipt, read_receipt
from ifx_sdk.bundle.state import Storage

ITEMS = st.recursive(st.binary(max_size=40), lambda inner: st.lists(inner, max_size=18), max_leaves=40)
KEYS = st.binary(min_size=1, max_size=33)


def came(call: Callable[[], object]) -> object:
    """What a call gives, or our refusal; any other exception comes through."""
    try:
        return call()
    except (NoProof, BadBundleFile, Mismatch) as error:
        return error


@given(item=ITEMS, key=KEYS)
@settings(max_examples=150, deadline=None)
def test_any_node_gives_a_value_or_a_reason(item: object, key: bytes) -> None:
    """The root is the hash of whatever it is; nothing but `NoProof` comes out."""
    node = rlp.encode(item)
    assert isinstance(came(lambda: value_of(keccak(node), key, Nodes([node]))), bytes | NoProof)


@given(branch=st.lists(st.one_of(st.binary(max_size=33), ITEMS), min_size=17, max_size=17), key=KEYS)
@settings(max_examples=40, deadline=None)
def test_any_branch_gives_a_value_or_a_reason(branch: list[object], key: bytes) -> None:
    """A node of the right width whose children are anything."""
    node = rlp.encode(branch)
    assert isinstance(came(lambda: value_of(keccak(node), key, Nodes([node]))), bytes | NoProof)


@given(values=st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=40), data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_proof_leads_to_its_own_value(values: list[bytes], data: st.DataObject) -> None:
    """Of a block of any size; without one of its nodes it leads nowhere, and past the end to nothing."""
    place = data.draw(st.integers(0, len(values) - 1))
    root, nodes = prove_list(values, place)
    assert value_of(root, rlp.encode(place), Nodes(nodes)) == values[place]
    missing = data.draw(st.integers(0, len(nodes) - 1))
    with pytest.raises(NoProof, match="no node with the hash"):
        value_of(root, rlp.encode(place), Nodes(nodes[:missing] + nodes[missing + 1 :]))


@given(item=st.one_of(ITEMS, st.lists(st.binary(max_size=33), min_size=15, max_size=21)))
@settings(max_examples=100, deadline=None)
def test_any_rlp_is_a_header_or_refused(item: object) -> None:
    """By the part's name."""
    found = came(lambda: read_header(rlp.encode(item), "blocks/1.rlp"))
    assert isinstance(found, Header) or "blocks/1.rlp" in str(found)


@given(item=ITEMS, raw=st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_receipt_or_refused(item: object, raw: bytes) -> None:
    """Typed or not, lists of any depth, or no RLP at all."""
    for data in (rlp.encode(item), b"\2" + rlp.encode(item), raw):
        found = came(partial(read_receipt, data, "mined/1-0.json"))
        assert isinstance(found, ProvenReceipt) or "mined/1-0.json" in str(found)


@given(item=ITEMS)
@settings(max_examples=100, deadline=None)
def test_any_account_is_read_or_refused(item: object) -> None:
    """The leaf of an account's key holds anything: its fields, or an error that names the part."""
    account = "0x" + "11" * 20
    path = keccak(bytes.fromhex(account[2:]))
    leaf = rlp.encode([b"\x20" + path, rlp.encode(item)])
    storage = Storage(keccak(leaf), [leaf])
    found = came(lambda: (storage.account(account), storage.word(account, 0, "a word")))
    assert isinstance(found, tuple) or "state.json" in str(found)

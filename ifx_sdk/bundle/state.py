"""The contracts' storage at one block: `state.json`, the trie nodes that lead from the header's state root to it.

    {"format":"ifx-state-1","nodes":["0x..."]}

Events cannot tell what did not happen; storage can: a day without a fixing is a word that is proven to be zero. A
forward's record and a fixing's word are written once, so that any later block's state holds them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ifx_sdk.bundle.blocks import Header
from ifx_sdk.bundle.container import Bundle
from ifx_sdk.bundle.errors import BadBundleFile, Mismatch
from ifx_sdk.bundle.merkle import Nodes, NoProof, value_of
from ifx_sdk.bundle.mined import header_of, read_nodes

FORMAT: Final = "ifx-state-1"
"""Names the part's shape."""
NAME: Final = "state.json"
"""The part."""

FORWARDS_SLOT: Final = 3
"""Of ForwardEscrow: `records.forwards`, id -> two words (the compiler's storage layout)."""
UNDERLYINGS_SLOT: Final = 7
"""Of FixingOracle: `underlyings`, Keccak-256 of the name -> packed word, index in the lowest 16 bits."""
FIXINGS_SLOT: Final = 8
"""Of FixingOracle: `fixings`, index << 24 | day -> packed word."""

NO_CODE: Final = bytes.fromhex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
"""Code hash of an account without code: the Keccak-256 of nothing."""

NO_STORAGE: Final = bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
"""Storage root of an account that stores nothing: the root of an empty trie."""

_MASK_16, _MASK_24, _MASK_31, _MASK_40 = (2**bits - 1 for bits in (16, 24, 31, 40))
_MASK_160: Final = 2**160 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A forward as the escrow stores it."""

    long: str
    """Checksummed."""
    short: str
    """Checksummed."""
    underlying: int
    """The oracle's index."""
    quantity: int
    """Mtok."""
    price: int
    """F, micro-USDT per Mtok."""
    spot: int
    """S0, micro-USDT per Mtok."""
    maturity_day: int
    """UTC day number."""
    averaging_days: int
    """Days in the mean."""
    status: int
    """As `records.Status`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FixingWord:
    """A fixing as the oracle stores it."""

    price: int
    """micro-USDT per Mtok."""
    signers: int
    """Bitmap over the day's signer set."""


class Storage:
    """Accounts and their storage under one state root. Every answer is proven or refused with `Mismatch`."""

    def __init__(self, root: bytes, nodes: Iterable[bytes]) -> None:
        """`nodes` of the tries, in any order."""
        self.nodes = Nodes(nodes)
        self._root = root
        self._accounts: dict[str, tuple[bytes, bytes]] = {}

    def account(self, account: str) -> tuple[bytes, bytes]:
        """An account's storage root and code hash."""
        from eth_utils.crypto import keccak

        if account not in self._accounts:
            value = self._value(self._root, bytes(keccak(bytes.fromhex(account[2:]))), f"account {account}")
            fields = _decoded(value, f"account {account}") if value else [b"", b"", NO_STORAGE, NO_CODE]
            if not isinstance(fields, list) or len(fields) != 4 or not all(isinstance(each, bytes) for each in fields):
                raise BadBundleFile(f"part {NAME}", f"account {account} cannot be read")
            self._accounts[account] = fields[2], fields[3]
        return self._accounts[account]

    def word(self, account: str, slot: int, what: str) -> int:
        """The word in a slot; `what` names it in errors."""
        from eth_utils.crypto import keccak

        value = self._value(self.account(account)[0], bytes(keccak(slot.to_bytes(32, "big"))), what)
        if not value:
            return 0
        found = _decoded(value, what)
        if not isinstance(found, bytes) or len(found) > 32:
            raise BadBundleFile(f"part {NAME}", f"{what} is no word")
        return int.from_bytes(found, "big")

    def _value(self, root: bytes, key: bytes, what: str) -> bytes:
        try:
            return value_of(root, key, self.nodes)
        except NoProof as error:
            expected = f"a proof of {what} from the root 0x{root.hex()}"
            raise Mismatch("storage", f"part {NAME}", expected=expected, found=error.why) from error


class State:
    """What a bundle proves of the contracts' storage. Raises `Mismatch` for what is not proven."""

    def __init__(self, bundle: Bundle) -> None:
        """Reads the part and its block's header. Raises `BadBundleFile`, `Mismatch`."""
        self.header: Header = header_of(bundle, bundle.state)
        self._listed = read_nodes(bundle.part(NAME), NAME, FORMAT, ("nodes",))["nodes"]
        self._storage = Storage(self.header.state_root, self._listed)
        self._escrow, self._oracle = bundle.escrow, bundle.oracle

    def hold_all_used(self) -> None:
        """Hold that every node was needed. Raises `BadBundleFile`."""
        if self._storage.nodes.used != self._listed:
            raise BadBundleFile(f"part {NAME}", "it has nodes that no step needs")

    def code_hash(self, account: str) -> bytes:
        """The hash of an account's code; `NO_CODE` of a plain one."""
        return self._storage.account(account)[1]

    def forward(self, id: bytes) -> Words:
        """A forward's two words."""
        base = forward_slot(id)
        first, second = (
            self._storage.word(self._escrow, base + place, f"the forward's word {place + 1}") for place in (0, 1)
        )
        return Words(
            long=_address(first & _MASK_160),
            short=_address(second & _MASK_160),
            underlying=first >> 240,
            quantity=(first >> 160) & _MASK_40,
            price=(first >> 200) & _MASK_40,
            spot=(second >> 160) & _MASK_40,
            maturity_day=(second >> 200) & _MASK_24,
            averaging_days=(second >> 224) & _MASK_16,
            status=second >> 240,
        )

    def index_of(self, underlying: str) -> int:
        """The oracle's index of a name; 0 where it is proven not to be on the list."""
        slot = underlying_slot(underlying)
        return self._storage.word(self._oracle, slot, f"the oracle's entry of {underlying}") & _MASK_16

    def fixing(self, index: int, day: int) -> FixingWord | None:
        """The fixing of an underlying's index and UTC day number; None where it is proven that there is none."""
        word = self._storage.word(self._oracle, fixing_slot(index, day), f"the fixing of day {day}")
        return FixingWord(price=word & _MASK_40, signers=(word >> 104) & _MASK_31) if word else None


def _decoded(value: bytes, what: str) -> Any:  # RLP: bytes, or lists of them
    import rlp  # type: ignore[import-untyped]  # it ships no types
    from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # as above

    try:
        return rlp.decode(value)
    except (RLPException, RecursionError) as error:
        raise BadBundleFile(f"part {NAME}", f"{what} cannot be read") from error


def forward_slot(id: bytes) -> int:
    """The slot of the first of a forward's two words."""
    return _mapped(FORWARDS_SLOT, id)


def underlying_slot(name: str) -> int:
    """The slot of the oracle's entry of a name."""
    from eth_utils.crypto import keccak

    return _mapped(UNDERLYINGS_SLOT, bytes(keccak(name.encode())))


def fixing_slot(index: int, day: int) -> int:
    """The slot of the fixing of an underlying's index and UTC day number."""
    return _mapped(FIXINGS_SLOT, ((index << 24) | day).to_bytes(32, "big"))


def _mapped(slot: int, key: bytes) -> int:
    """Where Vyper keeps the value of a mapping's key: the Keccak-256 of the mapping's slot and the key."""
    from eth_utils.crypto import keccak

    return int.from_bytes(keccak(slot.to_bytes(32, "big") + key), "big")


def _address(number: int) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(number.to_bytes(20, "big")))

"""A fixing as the chain has it, kept so that it can be verified without the chain: the posting transaction as mined.

The record is sealed with the SHA-256 of what it says. That finds damage, not a forger: what a record says of the signer
set, of the oracle and of its chain can be held against the chain itself (`ifx-oracle verify --rpc`).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ifx_sdk.errors import IFXError
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.reports import MAX_SIGNERS
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import Domain, oracle_domain, parse_address, parse_underlying
from oracle_node.errors import DamagedArchive

FORMAT: Final = "ifx-fixing-1"
"""Names the record's shape; another shape gets another name."""
MAX_FIXING_BYTES: Final = 600_000
"""No record is longer: a node takes no transaction above 128 KiB, and its digits are two a byte."""

_TEXTS: Final = ("format", "underlying", "oracle", "tx_hash", "transaction")
_NUMBERS: Final = {"day": 2**24, "price": PRICE_LIMIT, "chain_id": 2**63, "quorum": MAX_SIGNERS + 1, "block": 2**63}
_KEYS: Final = {*_TEXTS, *_NUMBERS, "signers", "seal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFixing:
    """One fixing, and what was in force when it was posted."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    price: int
    """The fixing on chain, micro-USD per Mtok."""
    chain_id: int
    """The chain that it is on."""
    oracle: str
    """The FixingOracle, checksummed."""
    signers: tuple[str, ...]
    """The signer set of that day, checksummed, in its order."""
    quorum: int
    """Signatures that made a fixing on that day."""
    block: int
    """Height of the block that the transaction is in."""
    tx_hash: str
    """The transaction's hash, 0x and 64 digits."""
    transaction: bytes
    """The signed transaction that posted it, raw as mined."""

    @property
    def domain(self) -> Domain:
        """The EIP-712 domain under which the nodes signed."""
        return oracle_domain(self.chain_id, self.oracle)

    def canonical(self) -> bytes:
        """The one way in which it is written."""
        fields = self._fields()
        return canonical_json(fields | {"seal": _seal(fields)})

    def _fields(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "underlying": self.underlying,
            "day": self.day,
            "price": self.price,
            "chain_id": self.chain_id,
            "oracle": self.oracle,
            "signers": list(self.signers),
            "quorum": self.quorum,
            "block": self.block,
            "tx_hash": self.tx_hash,
            "transaction": "0x" + self.transaction.hex(),
        }


def read_fixing(data: bytes, path: Path) -> ArchivedFixing:
    """Read a record and hold its shape and its seal. Raises `DamagedArchive` naming `path`."""
    if len(data) > MAX_FIXING_BYTES:
        raise DamagedArchive(path, f"it is longer than {MAX_FIXING_BYTES} bytes")
    found = loads(data, path, DamagedArchive)
    if not isinstance(found, dict) or found.keys() != _KEYS or found["format"] != FORMAT:
        raise DamagedArchive(path, f"it is no record of the format {FORMAT}")
    for key in _TEXTS:
        if not isinstance(found[key], str):
            raise DamagedArchive(path, f"{key!r} must be a text, not {found[key]!r}"[:200])
    for key, limit in _NUMBERS.items():
        if type(found[key]) is not int or not 0 <= found[key] < limit:  # bool is an int to isinstance
            raise DamagedArchive(path, f"{key!r} must be an integer of 0 or more and below {limit}")
    if not isinstance(found["signers"], list) or len(found["signers"]) > MAX_SIGNERS:
        raise DamagedArchive(path, f"'signers' must be a list of at most {MAX_SIGNERS} accounts")
    try:
        fixing = ArchivedFixing(
            underlying=parse_underlying(found["underlying"]),
            day=found["day"],
            price=found["price"],
            chain_id=found["chain_id"],
            oracle=parse_address(found["oracle"]),
            signers=tuple(parse_address(each) for each in found["signers"]),
            quorum=found["quorum"],
            block=found["block"],
            tx_hash=found["tx_hash"],
            transaction=bytes.fromhex(found["transaction"].removeprefix("0x")),
        )
    except (IFXError, ValueError) as error:
        raise DamagedArchive(path, getattr(error, "what", str(error))) from error
    if fixing.canonical() != data:
        raise DamagedArchive(path, "its seal is broken, or it is not canonical JSON")
    return fixing


def _seal(fields: dict[str, object]) -> str:
    return hashlib.sha256(canonical_json(fields)).hexdigest()

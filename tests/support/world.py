"""One deployment on boa's chain with everyone's keys: where a stateful test starts.

Five parties in every form that an account has: three keys, one key whose account also has code (EIP-7702), and a
contract wallet without a key. Reads go to storage by the layout that docs/protocol.md publishes, hundreds of times
faster than calls; at the end of each life the contracts' own views are held against it.
"""

import warnings
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from eth_account import Account
from eth_hash.auto import keccak as keccak_auto
from eth_utils.crypto import keccak
from support.model import DAY
from support.tree import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa

START = 20_649 * DAY + 3_600  # 2026-07-15 01:00 UTC
NAMES = ("openai/gpt-4.1", "anthropic/claude-opus-4.8")
QUORUM, NODES = 3, 4
CHAIN_ID = 31337

_PARTY_KEYS = {Account.from_key(bytes([i + 1]) * 32).address: bytes([i + 1]) * 32 for i in range(4)}
FEES = Account.from_key(b"\x09" * 32).address
KEYS = _PARTY_KEYS | {FEES: b"\x09" * 32}
DELEGATED = list(_PARTY_KEYS)[3]
VAULT = Account.from_key(b"\x08" * 32).address  # the contract wallet stands here; its key never signs
PARTIES = (*_PARTY_KEYS, VAULT)
ACCOUNTS = (*PARTIES, FEES)
NODE_KEYS = [bytes([i + 101]) * 32 for i in range(NODES + 1)]  # the last one is not registered
VAULT_SIGNATURE = b"as the wallet's owners agreed"


class Deployment(NamedTuple):
    """The contracts, deployed once."""

    token: Any
    oracle: Any
    escrow: Any
    vault: Any
    owner: str
    desk: str
    guardian: str
    fees: str


def _load(folder: Path, name: str, *args: object) -> Any:
    return boa.load(str(folder / name), *args, compiler_args={"evm_version": "cancun"})


@cache
def _remember_hashes() -> None:
    """Hash a thing once: py-evm asks for the same slots and addresses at every step."""
    keccak(b"")  # the first use chooses the hasher
    hasher = keccak_auto.hasher
    keccak_auto.hasher = lru_cache(maxsize=20_000)(lambda data: hasher(data))


def deployed() -> Deployment:
    """The one deployment on boa's chain; each example starts from it.

    boa's plugin rolls a test's chain back, so what an earlier test of this process deployed may be gone: then anew.
    """
    found = _deploy()
    if not boa.env.get_code(found.escrow.address):
        for known in (_deploy, _mapping, _account_slot):
            known.cache_clear()
        found = _deploy()
    return found


@cache
def _deploy() -> Deployment:
    _remember_hashes()
    boa.env.evm.patch.chain_id = CHAIN_ID
    boa.env.timestamp = START
    owner, desk, guardian = (boa.env.generate_address(role) for role in ("owner", "desk", "guardian"))
    nodes = [Account.from_key(key).address for key in NODE_KEYS[:NODES]]
    load = partial(_load, ROOT / "contracts")
    token = load("testing/TestUSDT.vy")
    oracle = load("FixingOracle.vy", owner, nodes, QUORUM, owner)
    escrow = load("ForwardEscrow.vy", token.address, oracle.address, owner, desk, guardian, FEES)
    wallet = _load(ROOT / "tests/contracts/mocks", "wallet.vy")
    boa.env.set_code(DELEGATED, boa.env.get_code(wallet.address))  # answers every question with nothing: its key signs
    boa.env.set_code(VAULT, boa.env.get_code(wallet.address))
    vault = wallet.deployer.at(VAULT)
    vault.set_answer(keccak(text="isValidSignature(bytes32,bytes)")[:4].ljust(32, b"\0"))
    vault.expect(b"\0" * 32, VAULT_SIGNATURE)
    return Deployment(token, oracle, escrow, vault, owner, desk, guardian, FEES)


def let_vault_sign(digest: bytes | None) -> None:
    """The one digest that the contract wallet's owners have signed, if any."""
    slot = deployed().vault.compiler_data.storage_layout["storage_layout"]["expected_digest"]["slot"]
    boa.env.set_storage(VAULT, slot, int.from_bytes(digest or b"", "big"))


# Storage.


@cache
def _mapping(contract: str, *path: str) -> tuple[str, bytes]:
    """The address of a contract and the slot of one of its mappings."""
    found = getattr(deployed(), contract)
    entry = found.compiler_data.storage_layout["storage_layout"]
    for name in path:
        entry = entry[name]
    return found.address, entry["slot"].to_bytes(32, "big")


@cache
def _account_slot(contract: str, path: tuple[str, ...], account: str) -> tuple[str, int]:
    address, slot = _mapping(contract, *path)
    return address, int.from_bytes(keccak(slot + bytes.fromhex(account[2:]).rjust(32, b"\0")), "big")


def free_balance(account: str) -> int:
    """The escrow's `balance_of`, micro-USDT."""
    return boa.env.get_storage(*_account_slot("escrow", ("ledger", "balances"), account))


def wallet_balance(account: str) -> int:
    """The token's `balanceOf`, micro-USDT."""
    return boa.env.get_storage(*_account_slot("token", ("balances",), account))


def record_slot(id_: bytes) -> int:
    """Where the first of a record's two words stands."""
    return int.from_bytes(keccak(_mapping("escrow", "records", "forwards")[1] + id_), "big")


def record_words(slot: int) -> tuple[int, int]:
    """The two words at a record's slot."""
    address = deployed().escrow.address
    return boa.env.get_storage(address, slot), boa.env.get_storage(address, slot + 1)

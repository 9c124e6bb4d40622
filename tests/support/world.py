"""One deployment on boa's chain with everyone's keys: where a stateful test starts."""

import warnings
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from eth_account import Account
from support.model import DAY
from support.tree import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa

START = 20_649 * DAY + 3_600  # 2026-07-15 01:00 UTC
NAMES = ("openai/gpt-4.1", "anthropic/claude-opus-4.8")
QUORUM, NODES = 3, 4

KEYS = {Account.from_key(bytes([i + 1]) * 32).address: bytes([i + 1]) * 32 for i in range(4)}
PARTIES = tuple(KEYS)
NODE_KEYS = [bytes([i + 101]) * 32 for i in range(NODES + 1)]  # the last one is not registered


class Deployment(NamedTuple):
    """The contracts, deployed once."""

    token: Any
    oracle: Any
    escrow: Any
    owner: str
    desk: str
    guardian: str
    fees: str


def _load(folder: Path, name: str, *args: object) -> Any:
    return boa.load(str(folder / name), *args, compiler_args={"evm_version": "cancun"})


@cache
def deployed() -> Deployment:
    """One deployment on boa's chain; each example starts from it."""
    boa.env.evm.patch.chain_id = 31337
    boa.env.timestamp = START
    owner, desk, guardian, fees = (boa.env.generate_address(role) for role in ("owner", "desk", "guardian", "fees"))
    nodes = [Account.from_key(key).address for key in NODE_KEYS[:NODES]]
    load = partial(_load, ROOT / "contracts")
    token = load("testing/TestUSDT.vy")
    oracle = load("FixingOracle.vy", owner, nodes, QUORUM, owner)
    escrow = load("ForwardEscrow.vy", token.address, oracle.address, owner, desk, guardian, fees)
    return Deployment(token, oracle, escrow, owner, desk, guardian, fees)

"""The compiled contracts that ship with the SDK: ABI and bytecode as generated JSON, read when first needed.

`scripts/export_abis.py` writes `ifx_sdk/abi/*.json`; a test fails when they are stale. No compiler is needed at run
time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ifx_sdk.codec import AbiEntry, Codec
from ifx_sdk.errors import BadFile

NAMES = ("ForwardEscrow", "FixingOracle", "FixingFeed", "Timelock", "TestUSDT")
"""The contracts that are packaged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """One compiled contract."""

    name: str
    """The contract's name, as of its source file."""
    abi: tuple[AbiEntry, ...]
    """Its interface, as the compiler wrote it."""
    bytecode: bytes
    """Creation code, without constructor arguments."""
    compiler: str
    """Compiler and version, such as `vyper 0.4.3`."""
    evm_version: str
    """The rules it was compiled for, such as `cancun`."""
    optimization: str
    """The compiler's optimization level."""
    integrity: str
    """sha-256 over every source that went in, as the compiler computes it."""


@cache
def artifact(name: str) -> Artifact:
    """The packaged contract `name`. Raises `BadFile` where it is missing or damaged."""
    path = resources.files("ifx_sdk") / "abi" / f"{name}.json"
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Artifact(
            name=stored["contractName"],
            abi=tuple(stored["abi"]),
            bytecode=bytes.fromhex(stored["bytecode"].removeprefix("0x")),
            compiler=stored["compiler"],
            evm_version=stored["evmVersion"],
            optimization=stored["optimization"],
            integrity=stored["integrity"],
        )
    except FileNotFoundError as error:
        raise BadFile(
            f"ifx_sdk/abi/{name}.json", "not packaged", cure="Run `make abi`, or install ifx again."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"ifx_sdk/abi/{name}.json", "damaged", cure="Run `make abi`, or install ifx again.") from error


@cache
def codec(name: str) -> Codec:
    """The codec of the packaged contract `name`."""
    return Codec(name, artifact(name).abi)


def _view(name: str, inputs: tuple[str, ...], output: str) -> Mapping[str, object]:
    return {
        "type": "function",
        "name": name,
        "stateMutability": "view",
        "inputs": [{"name": f"arg{i}", "type": kind} for i, kind in enumerate(inputs)],
        "outputs": [{"name": "", "type": output}],
    }


def _write(name: str, inputs: tuple[str, ...]) -> Mapping[str, object]:
    # USDT returns nothing and other tokens a bool: nobody reads what a transaction returned.
    entry = dict(_view(name, inputs, "bool"))
    return entry | {"stateMutability": "nonpayable", "outputs": []}


def _event(name: str, indexed: tuple[str, str]) -> Mapping[str, object]:
    inputs = [{"name": who, "type": "address", "indexed": True} for who in indexed]
    return {"type": "event", "name": name, "inputs": [*inputs, {"name": "value", "type": "uint256", "indexed": False}]}


TOKEN = Codec(
    "Token",
    (
        _view("decimals", (), "uint8"),
        _view("symbol", (), "string"),
        _view("balanceOf", ("address",), "uint256"),
        _view("allowance", ("address", "address"), "uint256"),
        _write("approve", ("address", "uint256")),
        _write("transfer", ("address", "uint256")),
        _event("Transfer", ("from", "to")),
        _event("Approval", ("owner", "spender")),
    ),
)
"""What we use of an ERC-20 token, USDT's missing return values included."""

ERC1271 = Codec("ERC1271", (_view("isValidSignature", ("bytes32", "bytes"), "bytes4"),))
"""How a contract wallet is asked whether it approves a digest."""

"""Where a network's contracts are: `deployments/<network>.toml`, written by `deploy`, read by `IFX.connect`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ifx_sdk import files
from ifx_sdk.errors import BadDeployment, BadFile, BadValue
from ifx_sdk.terms import parse_address

Argument = str | int | tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedContract:
    """One contract as it was deployed: enough to verify it against its source."""

    name: str
    """Its name, such as `ForwardEscrow`."""
    address: str
    """Checksummed."""
    arguments: Mapping[str, Argument]
    """Constructor arguments by name, in order."""
    compiler: str
    """Such as `vyper 0.4.3`."""
    evm_version: str
    """Such as `cancun`."""
    integrity: str
    """sha-256 over its sources, as the compiler computes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """One network's contracts."""

    network: str
    """The network's name, for people and the file's name."""
    chain_id: int
    """The chain they are on."""
    token: str
    """USDT, checksummed."""
    oracle: str
    """The FixingOracle, checksummed."""
    escrow: str
    """The ForwardEscrow, checksummed."""
    block: int
    """The block before the first of them: no event of theirs is older."""
    contracts: tuple[DeployedContract, ...] = field(default=())
    """How they were made; a token that existed before is not among them."""
    commit: str | None = field(default=None)
    """The source's commit, where it is known."""

    def addresses(self) -> dict[str, str]:
        """Name -> address of what must have code."""
        return {"token": self.token, "FixingOracle": self.oracle, "ForwardEscrow": self.escrow}

    def to_toml(self) -> str:
        """The text of the file."""
        lines = [f"network = {_toml(self.network)}", f"chain_id = {self.chain_id}", f"block = {self.block}"]
        if self.commit is not None:
            lines.append(f"commit = {_toml(self.commit)}")
        lines += [f"{name} = {_toml(getattr(self, name))}" for name in ("token", "oracle", "escrow")]
        return "\n".join([*lines, *_contracts_toml(self.contracts)]) + "\n"

    def write(self, path: Path | str) -> None:
        """Write the file, whole or not at all, in a folder that is made where it is missing. Raises `BadFile`."""
        write_whole(Path(path), self.to_toml())

    @classmethod
    def read(cls, path: Path | str) -> Deployment:
        """Read the file. Raises `BadDeployment`."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadDeployment(path, "it cannot be read as text") from error
        return cls.from_toml(text, path)

    @classmethod
    def from_toml(cls, text: str, path: object = "deployment") -> Deployment:
        """Read the file's text; `path` names it in errors. Raises `BadDeployment` naming the key."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadDeployment(path, f"it is not TOML: {error}") from error
        contracts = document.get("contracts", [])
        if not isinstance(contracts, list) or not all(isinstance(each, dict) for each in contracts):
            raise BadDeployment(path, "'contracts' must be a list of tables")
        return cls(
            network=_text(document, "network", path),
            chain_id=_number(document, "chain_id", path),
            token=_address(document, "token", path),
            oracle=_address(document, "oracle", path),
            escrow=_address(document, "escrow", path),
            block=_number(document, "block", path),
            contracts=tuple(_contract(each, path) for each in contracts),
            commit=_text(document, "commit", path) if "commit" in document else None,
        )


def partial_toml(network: str, chain_id: int, contracts: Iterable[DeployedContract]) -> str:
    """The text of the file that says what a deployment has created before it is complete."""
    lines = [f"network = {_toml(network)}", f"chain_id = {chain_id}", *_contracts_toml(contracts)]
    return "\n".join(lines) + "\n"


def write_whole(target: Path, text: str) -> None:
    """Write a file whole or not at all, in a folder that is made where it is missing. Raises `BadFile`."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"it cannot be written: {error.strerror or error}"
        raise BadFile(target, why, cure="Name a file in a folder that can be written.") from error
    files.write_whole(target, text)


def _contracts_toml(contracts: Iterable[DeployedContract]) -> Iterator[str]:
    for contract in contracts:
        yield from ("", "[[contracts]]")
        for name in ("name", "address", "compiler", "evm_version", "integrity"):
            yield f"{name} = {_toml(getattr(contract, name))}"
        yield "[contracts.arguments]"
        yield from (f"{name} = {_toml(value)}" for name, value in contract.arguments.items())


def _contract(table: Mapping[str, object], path: object) -> DeployedContract:
    arguments = table.get("arguments", {})
    if not isinstance(arguments, dict):
        raise BadDeployment(path, "'contracts.arguments' must be a table")
    return DeployedContract(
        name=_text(table, "name", path),
        address=_address(table, "address", path),
        arguments={name: tuple(value) if isinstance(value, list) else value for name, value in arguments.items()},
        compiler=_text(table, "compiler", path),
        evm_version=_text(table, "evm_version", path),
        integrity=_text(table, "integrity", path),
    )


def _text(table: Mapping[str, object], key: str, path: object) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise BadDeployment(path, f"{key!r} must be a text, not {value!r}")
    return value


def _number(table: Mapping[str, object], key: str, path: object) -> int:
    value = table.get(key)
    if type(value) is not int or value < 0:  # bool is an int to isinstance
        raise BadDeployment(path, f"{key!r} must be an integer of at least 0, not {value!r}")
    return value


def _address(table: Mapping[str, object], key: str, path: object) -> str:
    try:
        return parse_address(table.get(key))
    except BadValue as error:
        raise BadDeployment(path, f"{key!r}: {error.what}") from error


def _toml(value: Argument) -> str:
    # A JSON string of ASCII is a TOML basic string.
    return json.dumps(list(value) if isinstance(value, tuple) else value)

"""Where a network's contracts are: `deployments/<network>.toml`, written by `deploy`, read by `IFX.connect`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ifx_sdk import files
from ifx_sdk.errors import BadDeployment, BadFile, BadValue
from ifx_sdk.plan import Listing
from ifx_sdk.terms import parse_address

Argument = str | int | tuple[str, ...]

_ADDRESSES = ("token", "oracle", "escrow", "timelock")
_RECORD = ("name", "address", "compiler", "evm_version", "optimization", "integrity", "code_hash", "tx_hash")
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)


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
    optimization: str
    """The compiler's optimization level, such as `gas`."""
    integrity: str
    """sha-256 over its sources, as the compiler computes it."""
    code_hash: str
    """keccak-256 of the code that stood at the address when it was created, 0x and 64 digits."""
    tx_hash: str
    """The transaction that created it, 0x and 64 digits."""


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
    timelock: str
    """The Timelock that owns both, checksummed."""
    block: int
    """The block before the first of them: no event of theirs is older."""
    contracts: tuple[DeployedContract, ...] = field(default=())
    """How they were made; a token that existed before is not among them. Their arguments name every role."""
    underlyings: tuple[Listing, ...] = field(default=())
    """What was added and listed when the deployment was made, in the oracle's order."""
    commit: str | None = field(default=None)
    """The source's commit, where it is known."""

    def addresses(self) -> dict[str, str]:
        """Name -> address of what must have code."""
        owned = {"FixingOracle": self.oracle, "ForwardEscrow": self.escrow}
        return {"token": self.token, **owned, "Timelock": self.timelock}

    def to_toml(self) -> str:
        """The text of the file."""
        lines = [f"network = {_toml(self.network)}", f"chain_id = {self.chain_id}", f"block = {self.block}"]
        if self.commit is not None:
            lines.append(f"commit = {_toml(self.commit)}")
        lines += [f"{name} = {_toml(getattr(self, name))}" for name in _ADDRESSES]
        return "\n".join([*lines, *_underlyings_toml(self.underlyings), *_contracts_toml(self.contracts)]) + "\n"

    def write(self, path: Path | str) -> None:
        """Write the file, whole or not at all, in a folder that is made where it is missing. Raises `BadFile`."""
        write_whole(Path(path), self.to_toml())

    @classmethod
    def read(cls, path: Path | str) -> Deployment:
        """Read the file. Raises `BadDeployment`."""
        return cls._of(_document(path), path)

    @classmethod
    def from_toml(cls, text: str, path: object = "deployment") -> Deployment:
        """Read the file's text; `path` names it in errors. Raises `BadDeployment` naming the key."""
        return cls._of(_parsed(text, path), path)

    @classmethod
    def _of(cls, document: Mapping[str, object], path: object) -> Deployment:
        return cls(
            network=_text(document, "network", path),
            chain_id=_number(document, "chain_id", path),
            token=_address(document, "token", path),
            oracle=_address(document, "oracle", path),
            escrow=_address(document, "escrow", path),
            timelock=_address(document, "timelock", path),
            block=_number(document, "block", path),
            contracts=tuple(_contract(each, path) for each in _tables(document, "contracts", path)),
            underlyings=tuple(_listing(each, path) for each in _tables(document, "underlyings", path)),
            commit=_text(document, "commit", path) if "commit" in document else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialDeployment:
    """What a deployment had created when it stopped."""

    network: str
    """The network's name."""
    chain_id: int
    """The chain it was on."""
    block: int
    """The block before the first contract."""
    contracts: tuple[DeployedContract, ...] = field(default=())
    """Confirmed contracts, oldest first."""

    def to_toml(self) -> str:
        """The text of the file."""
        lines = [f"network = {_toml(self.network)}", f"chain_id = {self.chain_id}", f"block = {self.block}"]
        return "\n".join([*lines, *_contracts_toml(self.contracts)]) + "\n"

    @classmethod
    def read(cls, path: Path | str) -> PartialDeployment:
        """Read the file. Raises `BadDeployment` naming the key."""
        document = _document(path)
        return cls(
            network=_text(document, "network", path),
            chain_id=_number(document, "chain_id", path),
            block=_number(document, "block", path),
            contracts=tuple(_contract(each, path) for each in _tables(document, "contracts", path)),
        )


def write_whole(target: Path, text: str) -> None:
    """Write a file whole or not at all, in a folder that is made where it is missing. Raises `BadFile`."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"it cannot be written: {error.strerror or error}"
        raise BadFile(target, why, cure="Name a file in a folder that can be written.") from error
    files.write_whole(target, text)


def _document(path: Path | str) -> Mapping[str, object]:
    try:
        return _parsed(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise BadDeployment(path, "it cannot be read as text") from error


def _parsed(text: str, path: object) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDeployment(path, f"it is not TOML: {error}") from error


def _tables(document: Mapping[str, object], key: str, path: object) -> list[Mapping[str, object]]:
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadDeployment(path, f"{key!r} must be a list of tables")
    return found


def _underlyings_toml(underlyings: Iterable[Listing]) -> Iterator[str]:
    for each in underlyings:
        yield from ("", "[[underlyings]]", f"name = {_toml(each.name)}", f"lot = {each.lot}")
        yield f"review_required = {str(each.review_required).lower()}"


def _listing(table: Mapping[str, object], path: object) -> Listing:
    review = table.get("review_required")
    if not isinstance(review, bool):
        raise BadDeployment(path, f"'review_required' must be true or false, not {review!r}")
    try:
        return Listing(name=_text(table, "name", path), lot=_number(table, "lot", path), review_required=review)
    except BadValue as error:
        raise BadDeployment(path, f"'underlyings': {error.what}") from error


def _contracts_toml(contracts: Iterable[DeployedContract]) -> Iterator[str]:
    for contract in contracts:
        yield from ("", "[[contracts]]")
        for name in _RECORD:
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
        optimization=_text(table, "optimization", path),
        integrity=_text(table, "integrity", path),
        code_hash=_hash(table, "code_hash", path),
        tx_hash=_hash(table, "tx_hash", path),
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


def _hash(table: Mapping[str, object], key: str, path: object) -> str:
    value = _text(table, key, path)
    if not _HASH.fullmatch(value):
        raise BadDeployment(path, f"{key!r} must be 0x and 64 hexadecimal digits, not {value!r}")
    return value


def _toml(value: Argument) -> str:
    # A JSON string of ASCII is a TOML basic string.
    return json.dumps(list(value) if isinstance(value, tuple) else value)

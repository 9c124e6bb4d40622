"""Our descriptors: templates without addresses in `clear_signing/`, and what fills them from a deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ifx_sdk.artifacts import artifact
from ifx_sdk.codec import AbiEntry
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadFile
from ifx_sdk.signing import FORWARD_FIELDS, NOVATION_FIELDS, REPORT_FIELDS, TERMINATION_FIELDS, Fields
from scripts.descriptors.fit import Leaf, Schema
from scripts.descriptors.model import Descriptor

FOLDER: Final = Path(__file__).resolve().parents[2] / "clear_signing"

MESSAGES: Final[Mapping[str, Mapping[str, Fields]]] = {
    "ForwardEscrow": {"Forward": FORWARD_FIELDS, "Termination": TERMINATION_FIELDS, "Novation": NOVATION_FIELDS},
    "FixingOracle": {"Report": REPORT_FIELDS},
}
"""Contract -> the messages that it verifies."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """One file of `clear_signing/`."""

    file: str
    """Its name, as a registry of descriptors wants it."""
    contract: str
    """The contract that it describes, as its artifact is called."""
    messages: bool
    """Whether it describes the messages that the contract verifies; else the calls that it takes."""

    def schema(self) -> Schema:
        """What the descriptor must describe: from the ABI, or from the SDK's field lists."""
        if self.messages:
            return {
                f"{name}({','.join(f'{kind} {field}' for kind, field in fields)})": [
                    Leaf(path=field, kind=kind) for kind, field in fields
                ]
                for name, fields in MESSAGES[self.contract].items()
            }
        return {fragment(entry): list(leaves(entry)) for entry in writing(artifact(self.contract).abi)}

    def filled(self, deployment: Deployment) -> dict[str, object]:
        """The descriptor of one deployment, as JSON. Raises `BadFile` where a placeholder is unknown."""
        values: dict[str, object] = {
            "<chain_id>": deployment.chain_id,
            "<escrow>": deployment.escrow,
            "<oracle>": deployment.oracle,
            "<timelock>": deployment.timelock,
            "<token>": deployment.token,
        }
        text = (FOLDER / self.file).read_text(encoding="utf-8")
        for placeholder, value in values.items():
            text = text.replace(json.dumps(placeholder), json.dumps(value))
        if '"<' in text:
            raise BadFile(self.file, "a placeholder is unknown", cure=f"Use one of {', '.join(values)}.")
        document: dict[str, object] = json.loads(text)
        return document

    def descriptor(self, deployment: Deployment) -> Descriptor:
        """The descriptor of one deployment. Raises pydantic's `ValidationError` where it is none."""
        return Descriptor.model_validate_json(json.dumps(self.filled(deployment)))


TEMPLATES: Final = (
    Template(file="eip712-ForwardEscrow.json", contract="ForwardEscrow", messages=True),
    Template(file="eip712-FixingOracle.json", contract="FixingOracle", messages=True),
    Template(file="calldata-ForwardEscrow.json", contract="ForwardEscrow", messages=False),
    Template(file="calldata-FixingOracle.json", contract="FixingOracle", messages=False),
    Template(file="calldata-Timelock.json", contract="Timelock", messages=False),
)


def writing(abi: Sequence[AbiEntry]) -> Iterator[AbiEntry]:
    """The functions that change state: what someone can be asked to sign a transaction for."""
    for entry in abi:
        if entry["type"] == "function" and entry["stateMutability"] in {"nonpayable", "payable"}:
            yield entry


def fragment(entry: AbiEntry) -> str:
    """A function as the format's keys name it: `withdraw(uint256 amount,address receiver)`."""
    return f"{entry['name']}({','.join(_parameter(each) for each in _list(entry['inputs']))})"


def leaves(entry: AbiEntry, prefix: str = "") -> Iterator[Leaf]:
    """Every single value among a function's arguments, structs and arrays opened."""
    for each in _list(entry["inputs"] if not prefix else entry["components"]):
        kind = str(each["type"])
        base, *brackets = kind.split("[")
        path = prefix + str(each["name"]) + ".[]" * len(brackets)
        if base == "tuple":
            yield from leaves(each, path + ".")
        else:
            yield Leaf(path=path, kind=base)


def _parameter(entry: AbiEntry) -> str:
    kind = str(entry["type"])
    if kind.startswith("tuple"):
        inner = ",".join(_parameter(each) for each in _list(entry["components"]))
        kind = f"({inner}){kind.removeprefix('tuple')}"
    return f"{kind} {entry['name']}"


def _list(value: object) -> Sequence[AbiEntry]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"expected a list in an ABI, got {value!r}")
    return value

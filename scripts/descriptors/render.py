"""What a wallet would show: a descriptor applied to typed data or to call data. Pure; wallets differ in layout only.

Amounts of a token are shown as a wallet does that knows the token, here USDT of 6 decimals; addresses in full, as a
wallet does that knows no name for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from ifx_sdk.artifacts import artifact
from ifx_sdk.codec import AbiEntry
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadFile
from scripts.descriptors.model import (
    CallField,
    DateField,
    Descriptor,
    HiddenField,
    NameField,
    PlainField,
    RawField,
    Shown,
    TokenField,
    UnitField,
)
from scripts.descriptors.templates import TEMPLATES, fragment, writing

TOKEN_DECIMALS = 6
COIN_DECIMALS = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """One thing to sign, as it is shown."""

    kind: str
    """`message` or `transaction`."""
    contract: str
    """The name of the contract that verifies or executes it."""
    intent: str
    """The title."""
    rows: tuple[tuple[str, str], ...]
    """Label and value, in order."""


class Wallet:
    """All descriptors of one deployment, as a wallet holds them. Pure after construction."""

    def __init__(self, deployment: Deployment) -> None:
        """Read and check the templates. Raises pydantic's `ValidationError` where one is no descriptor."""
        self.chain_id = deployment.chain_id
        filled = [(template, template.descriptor(deployment)) for template in TEMPLATES]
        self._messages = [descriptor for template, descriptor in filled if template.messages]
        self._calls = {
            _address(descriptor): (descriptor, artifact(template.contract).abi)
            for template, descriptor in filled
            if not template.messages
        }

    def message(self, typed_data: Mapping[str, object]) -> Screen:
        """The screen of typed data. Raises `BadFile` where no descriptor is bound to its domain and type."""
        domain, types = _mapping(typed_data["domain"]), _mapping(typed_data["types"])
        name = str(typed_data["primaryType"])
        members = types[name]
        if not isinstance(members, list):
            raise TypeError(f"expected a list of members of {name}, got {members!r}")
        fields = ",".join("{type} {name}".format_map(each) for each in members)
        key = f"{name}({fields})"
        for descriptor in self._messages:
            bound = (self.chain_id, _address(descriptor)) == (domain["chainId"], domain["verifyingContract"])
            if bound and key in descriptor.display.formats:
                return self._screen("message", descriptor, key, _mapping(typed_data["message"]))
        raise BadFile("descriptors", f"none is bound to {name} of {domain}", cure="Add it to clear_signing/.")

    def call(self, to: str, data: bytes) -> Screen:
        """The screen of a call. Raises `BadFile` where no descriptor is bound to the contract and function."""
        if to in self._calls:
            descriptor, abi = self._calls[to]
            for entry in writing(abi):
                types = [_type(each) for each in _entries(entry["inputs"])]
                if keccak(text=f"{entry['name']}({','.join(types)})")[:4] == data[:4]:
                    values = _named(_entries(entry["inputs"]), decode(types, data[4:]))
                    return self._screen("transaction", descriptor, fragment(entry), values)
        raise BadFile(
            "descriptors", f"none is bound to call 0x{data[:4].hex()} of {to}", cure="Add it to clear_signing/."
        )

    def _screen(self, kind: str, descriptor: Descriptor, key: str, values: Mapping[str, object]) -> Screen:
        rows: list[tuple[str, str]] = []
        for field in descriptor.fields(key):
            if isinstance(field, HiddenField):
                continue
            if isinstance(field, RawField) and field.value is not None:
                rows.append((field.label, field.value))
                continue
            found = list(_at(values, (field.path or "").split(".")))
            if isinstance(field, CallField):
                targets = list(_at(values, field.params.calleePath.split(".")))
                rows += [row for to, data in zip(targets, found, strict=True) for row in self._inside(field, to, data)]
                continue
            many = len(found) > 1
            rows += [(f"{field.label} {n}" if many else field.label, shown(field, v)) for n, v in enumerate(found, 1)]
        form = descriptor.display.formats[key]
        return Screen(kind=kind, contract=descriptor.metadata.contractName, intent=form.intent, rows=tuple(rows))

    def _inside(self, field: CallField, to: object, data: object) -> Iterator[tuple[str, str]]:
        if not isinstance(data, bytes):
            raise TypeError(f"expected call data, got {data!r}")
        screen = self.call(str(to), data)
        yield field.label, f"{screen.intent} ({screen.contract})"
        yield from screen.rows


def shown(field: Shown, value: object) -> str:
    """One value as a wallet prints it."""
    if isinstance(field, NameField):
        return to_checksum_address(str(value))
    if isinstance(field, UnitField):
        return f"{_point(value, field.params.decimals)} {field.params.base}"
    if isinstance(field, TokenField):
        return f"{_point(value, TOKEN_DECIMALS)} USDT"
    if isinstance(field, DateField):
        return datetime.fromtimestamp(_number(value), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(field, PlainField):
        return f"{_point(value, COIN_DECIMALS)} ETH" if field.format == "amount" else _duration(_number(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _duration(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _point(value: object, decimals: int) -> str:
    whole, rest = divmod(_number(value), 10**decimals)
    fraction = f"{rest:0{decimals}}".rstrip("0") if decimals else ""
    return f"{whole}.{fraction}" if fraction else str(whole)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected an integer, got {value!r}")
    return value


def _at(value: object, path: Sequence[str]) -> Iterator[object]:
    """The values at a path: one, or one for each element of the arrays on the way."""
    if not path:
        yield value
    elif path[0] == "[]":
        if not isinstance(value, list | tuple):
            raise TypeError(f"expected an array, got {value!r}")
        for each in value:
            yield from _at(each, path[1:])
    else:
        yield from _at(_mapping(value)[path[0]], path[1:])


def _named(entries: Sequence[AbiEntry], values: Sequence[object]) -> dict[str, object]:
    return {str(entry["name"]): _value(entry, value) for entry, value in zip(entries, values, strict=True)}


def _value(entry: AbiEntry, value: object) -> object:
    kind = str(entry["type"])
    if kind.endswith("]") and isinstance(value, list | tuple):
        inner = {**entry, "type": kind[: kind.rindex("[")]}
        return [_value(inner, each) for each in value]
    if kind == "tuple" and isinstance(value, list | tuple):
        return _named(_entries(entry["components"]), value)
    return to_checksum_address(str(value)) if kind == "address" else value


def _type(entry: AbiEntry) -> str:
    kind = str(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(each) for each in _entries(entry['components']))}){kind.removeprefix('tuple')}"


def _address(descriptor: Descriptor) -> str:
    context = descriptor.context
    bound = context.contract if hasattr(context, "contract") else context.eip712
    return str(bound.deployments[0].address)


def _entries(value: object) -> Sequence[AbiEntry]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"expected a list in an ABI, got {value!r}")
    return value


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"expected an object, got {value!r}")
    return value

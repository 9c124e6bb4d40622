"""Calls and events to bytes and back, by a contract's ABI. Pure.

Names in Python are those of the ABI. Structs are tuples in the ABI's order on the way in, and dicts by field name on
the way out. Addresses come back checksummed, `bytes32` as 32 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from ifx_sdk.errors import ChainError

AbiEntry: TypeAlias = Mapping[str, object]


class UnknownAnswer(ChainError):  # noqa: N818 - named for what is wrong, as in errors.py
    """A contract answered bytes that its ABI does not describe."""

    cure = "Check that the address holds the contract that the deployment names."

    def __init__(self, function: str, answer: bytes) -> None:
        """`function` called and the `answer` that does not decode."""
        super().__init__(f"{function} answered {len(answer)} bytes that do not decode")
        self.function = function


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One decoded log entry."""

    name: str
    """The event's name in the ABI."""
    address: str
    """The contract that logged it, checksummed."""
    args: Mapping[str, object]
    """Arguments by name."""
    block_number: int
    """The block it is in."""
    log_index: int
    """Its position in the block, from 0."""
    tx_hash: str
    """The transaction that caused it."""
    block_hash: str = field(default="")
    """That block's hash: another one at the same height is another history."""


class Codec:
    """One contract's ABI, indexed by name and by topic."""

    def __init__(self, name: str, abi: Sequence[AbiEntry]) -> None:
        """`name` of the contract for messages; `abi` as compilers write it."""
        self.name = name
        self._abi = tuple(abi)

    def __repr__(self) -> str:
        return f"Codec({self.name})"

    @cached_property
    def _functions(self) -> dict[tuple[str, int], AbiEntry]:
        return {(_text(e["name"]), len(_list(e["inputs"]))): e for e in self._abi if e["type"] == "function"}

    @cached_property
    def _events(self) -> dict[bytes, AbiEntry]:
        return {keccak(text=_signature(e)): e for e in self._abi if e["type"] == "event"}

    def has_function(self, name: str) -> bool:
        """Whether the ABI has a function of that name."""
        return any(known == name for known, _ in self._functions)

    def selector(self, function: str) -> bytes:
        """The four bytes with which a call of a function begins; its first form where it has several."""
        entry = next(each for (name, _), each in self._functions.items() if name == function)
        return bytes(keccak(text=_signature(entry))[:4])

    def encode_call(self, function: str, args: Sequence[object]) -> bytes:
        """Call data: the selector and the arguments."""
        entry = self._functions[function, len(args)]
        return keccak(text=_signature(entry))[:4] + encode(_types(_list(entry["inputs"])), list(args))

    def decode_call(self, data: bytes) -> tuple[str, dict[str, object]] | None:
        """Function and arguments by name of call data; None where the ABI knows no such call."""
        found = next((e for e in self._functions.values() if keccak(text=_signature(e))[:4] == data[:4]), None)
        if found is None:
            return None
        inputs = _list(found["inputs"])
        try:
            values = _decode(inputs, data[4:], f"{self.name}.{found['name']}")
        except UnknownAnswer:
            return None
        return _text(found["name"]), {_text(i["name"]): value for i, value in zip(inputs, values, strict=True)}

    def encode_constructor(self, args: Sequence[object]) -> bytes:
        """Constructor arguments, to be appended to the creation code."""
        entry = next((e for e in self._abi if e["type"] == "constructor"), {"inputs": []})
        return encode(_types(_list(entry["inputs"])), list(args))

    def decode_answer(self, function: str, count: int, answer: bytes) -> object:
        """What a call returned: nothing, one value, or a tuple of several. `count` is the number of arguments."""
        outputs = _list(self._functions[function, count]["outputs"])
        values = _decode(outputs, answer, f"{self.name}.{function}")
        if not values:
            return None
        return values[0] if len(values) == 1 else values

    def topic(self, event: str) -> str:
        """The first topic of an event's logs, hexadecimal."""
        return "0x" + next(t for t, e in self._events.items() if e["name"] == event).hex()

    def decode_log(self, log: Mapping[str, Any]) -> Event | None:  # Any: a log as web3 gives it
        """The event in a log entry; None for an event that the ABI does not know."""
        topics = [bytes(topic) for topic in log["topics"]]
        entry = self._events.get(topics[0]) if topics else None
        if entry is None:
            return None
        inputs = _list(entry["inputs"])
        indexed = [each for each in inputs if each["indexed"]]
        plain = [each for each in inputs if not each["indexed"]]
        where = f"{self.name}.{entry['name']}"
        if len(topics) != len(indexed) + 1:
            raise UnknownAnswer(where, bytes(log["data"]))
        values = {_text(i["name"]): _decode([i], topic, where)[0] for i, topic in zip(indexed, topics[1:], strict=True)}
        rest = _decode(plain, bytes(log["data"]), where)
        values |= {_text(i["name"]): value for i, value in zip(plain, rest, strict=True)}
        return Event(
            name=_text(entry["name"]),
            address=to_checksum_address(log["address"]),
            args={_text(each["name"]): values[_text(each["name"])] for each in inputs},
            block_number=int(log["blockNumber"]),
            log_index=int(log["logIndex"]),
            tx_hash="0x" + bytes(log["transactionHash"]).hex(),
            block_hash="0x" + bytes(log["blockHash"]).hex() if log.get("blockHash") else "",
        )


def _decode(entries: Sequence[AbiEntry], data: bytes, where: str) -> tuple[object, ...]:
    from eth_abi.exceptions import DecodingError

    try:
        values = decode(_types(entries), data)
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise UnknownAnswer(where, data) from error
    return tuple(_named(entry, value) for entry, value in zip(entries, values, strict=True))


def _named(entry: AbiEntry, value: object, depth: int = 0) -> object:
    kind = _text(entry["type"])
    base, *lengths = kind.split("[")
    if len(lengths) > depth:
        return tuple(_named(entry, item, depth + 1) for item in _list(value))
    if base == "tuple":
        parts = _list(entry["components"])
        return {_text(part["name"]): _named(part, item) for part, item in zip(parts, _list(value), strict=True)}
    return to_checksum_address(_text(value)) if base == "address" else value


def _types(entries: Sequence[AbiEntry]) -> list[str]:
    return [_type(entry) for entry in entries]


def _type(entry: AbiEntry) -> str:
    kind = _text(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_types(_list(entry['components'])))}){kind.removeprefix('tuple')}"


def _signature(entry: AbiEntry) -> str:
    return f"{entry['name']}({','.join(_types(_list(entry['inputs'])))})"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text in an ABI or a log, got {value!r}")
    return value


def _list(value: object) -> Sequence[AbiEntry]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"expected a list in an ABI, got {value!r}")
    return value

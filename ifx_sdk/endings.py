"""What ends or moves a forward before its maturity: the EIP-712 types `Termination` and `Novation`, and the checks that
the escrow makes of them. Pure.

A termination is signed by both sides, a novation by all three whom it names; each executes at most once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Protocol, Self

from ifx_sdk.calendar import format_time
from ifx_sdk.errors import (
    AgreedPriceTooLarge,
    BadEnding,
    BadIncoming,
    BadMessageFile,
    BadValue,
    ForwardNotActive,
    IncomingIsASide,
    MaturityHasCome,
    MessageExpired,
    NotItsLong,
    NotItsShort,
    OutgoingIsNoSide,
    PaymentTooLarge,
    RemainingIsNoSide,
)
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.money import format_amount as usdt
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import ZERO_ADDRESS, parse_address

_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)
_HASH_BYTES: Final = 32


class Record(Protocol):
    """What a check needs of a forward; `ifx_sdk.records.ForwardRecord` is one."""

    @property
    def long(self) -> str: ...
    @property
    def short(self) -> str: ...
    @property
    def maturity(self) -> int: ...
    @property
    def prefunding(self) -> int: ...
    @property
    def is_active(self) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Message:
    """A message about a forward: addresses, numbers and hashes in the order of its type."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is str:
                object.__setattr__(self, field.name, parse_address(value))
            elif field.type is int and (type(value) is not int or not 0 <= value < 2**256):
                cure = f"Give {field.name} from 0 to 2^256 - 1."
                raise BadValue(value, f"{field.name} must be a whole number within uint256", cure=cure)
            elif field.type is bytes and (not isinstance(value, bytes) or len(value) != _HASH_BYTES):
                raise BadValue(
                    value, f"{field.name} must be {_HASH_BYTES} bytes", cure=f"Give {field.name} as 32 bytes."
                )

    def as_tuple(self) -> tuple[object, ...]:
        """The fields in the order of the type, as the contract takes them."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def to_json(self) -> str:
        """The canonical file: a key a line in the type's order, integers, addresses checksummed, hashes in hex."""
        import json

        values = {field.name: getattr(self, field.name) for field in fields(self)}
        document = {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in values.items()}
        return json.dumps(document, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, path: object = "message.json") -> Self:
        """Read the file. Raises BadMessageFile naming `path` and a key unknown, missing, given twice or mistyped."""
        document = loads(text, path, BadMessageFile)
        if not isinstance(document, dict):
            raise BadMessageFile(path, f"it is not one object of a {cls.__name__.lower()}")
        kinds = {field.name: field.type for field in fields(cls)}
        for key in document:
            if key not in kinds:
                raise BadMessageFile(path, f"unknown key {key!r}")
        for name in kinds:
            if name not in document:
                raise BadMessageFile(path, f"missing key {name!r}")
        return cls(**{name: _read_field(name, kind, document[name], path) for name, kind in kinds.items()})


def _read_field(name: str, kind: object, value: object, path: object) -> Any:  # typed by the field, checked again there
    if kind is int:
        if type(value) is not int or not 0 <= value < 2**256:  # bool is an int to isinstance
            raise BadMessageFile(path, f"{name!r} must be an integer within uint256, not {value!r}")
        return value
    if kind is bytes:
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise BadMessageFile(path, f"{name!r} must be 0x and 64 hexadecimal digits, not {value!r}")
        return bytes.fromhex(value[2:])
    try:
        return parse_address(value)
    except BadValue as error:
        raise BadMessageFile(path, f"{name!r}: {error.what}") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Termination(_Message):
    """An early end at an agreed price, which takes the place of F_ref in the payoff; the fee stays."""

    forward: bytes
    """The forward's id, 32 bytes."""
    long: str
    """Its long now; kept checksummed."""
    short: str
    """Its short now; kept checksummed."""
    price: int
    """micro-USDT per Mtok, below 2^40."""
    deadline: int
    """Last second, in unix seconds, at which it can be executed."""
    salt: bytes
    """32 bytes that make otherwise equal terminations differ."""

    @property
    def parties(self) -> Mapping[str, str]:
        """Role -> account of all who must approve."""
        return {"long": self.long, "short": self.short}

    def check_deadline(self, now: int) -> None:
        """Refuse a message whose deadline is over at `now`, unix seconds. Raises MessageExpired."""
        _check_deadline(self, now)

    def validate(self, record: Record, now: int) -> None:
        """Refuse, in the contract's order and by its reasons, what `terminate` refuses at `now` (unix seconds) without
        the approvals. Raises a leaf of BadEnding."""
        _check_open(self, record, now)
        if self.long != record.long:
            raise _refused(self, NotItsLong, "long", f"{self.long} is not the long; that is {record.long}")
        if self.short != record.short:
            raise _refused(self, NotItsShort, "short", f"{self.short} is not the short; that is {record.short}")
        if self.price >= PRICE_LIMIT:
            raise _refused(self, AgreedPriceTooLarge, "price", f"a price of {self.price} micro-USDT per Mtok")


@dataclass(frozen=True, kw_only=True, slots=True)
class Novation(_Message):
    """A new party in one side's place, against its payment to the one that leaves; prefunding and id stay."""

    forward: bytes
    """The forward's id, 32 bytes."""
    outgoing: str
    """The side that leaves, for ever; kept checksummed."""
    incoming: str
    """Takes its place; never a side of this forward before; kept checksummed."""
    remaining: str
    """The other side; kept checksummed."""
    payment: int
    """micro-USDT from incoming to outgoing, 0 to 2B."""
    deadline: int
    """Last second, in unix seconds, at which it can be executed."""
    salt: bytes
    """32 bytes that make otherwise equal novations differ."""

    @property
    def parties(self) -> Mapping[str, str]:
        """Role -> account of all who must approve."""
        return {"outgoing": self.outgoing, "incoming": self.incoming, "remaining": self.remaining}

    def check_deadline(self, now: int) -> None:
        """Refuse a message whose deadline is over at `now`, unix seconds. Raises MessageExpired."""
        _check_deadline(self, now)

    def validate(self, record: Record, now: int, *, escrow: str | None = None) -> None:
        """Refuse, in the contract's order and by its reasons, what `novate` refuses at `now` (unix seconds) in message
        and record alone; `escrow` is the contract that nobody may enter as. Raises a leaf of BadEnding."""
        _check_open(self, record, now)
        sides = (record.long, record.short)
        if self.outgoing not in sides:
            raise _refused(self, OutgoingIsNoSide, "outgoing", f"{self.outgoing} is no side of the forward")
        other = record.short if self.outgoing == record.long else record.long
        if self.remaining != other:
            raise _refused(self, RemainingIsNoSide, "remaining", f"{self.remaining} is not the other side {other}")
        if self.incoming in (ZERO_ADDRESS, escrow and parse_address(escrow)):
            raise _refused(self, BadIncoming, "incoming", f"{self.incoming} cannot be a side")
        if self.incoming in sides:
            raise _refused(self, IncomingIsASide, "incoming", f"{self.incoming} is a side already")
        if self.payment > 2 * record.prefunding:
            most = usdt(2 * record.prefunding)
            raise _refused(self, PaymentTooLarge, "payment", f"{usdt(self.payment)} is more than 2B, {most}")


Ending = Termination | Novation


def _check_deadline(message: Ending, now: int) -> None:
    if now > message.deadline:
        over = f"the deadline {_time(message.deadline)} is over at {_time(now)}"
        raise _refused(message, MessageExpired, "deadline", over)


def _check_open(message: Ending, record: Record, now: int) -> None:
    _check_deadline(message, now)
    if not record.is_active:
        raise _refused(message, ForwardNotActive, "forward", f"forward 0x{message.forward.hex()} is not active")
    if now >= record.maturity:
        raise _refused(message, MaturityHasCome, "forward", f"maturity {_time(record.maturity)} has come")


def _time(timestamp: int) -> str:
    """A time for people; the bare seconds where no calendar reaches."""
    try:
        return format_time(timestamp)
    except BadValue:
        return f"{timestamp} (unix seconds)"


def _refused(message: Ending, leaf: type[BadEnding], field: str, what: str) -> BadEnding:
    return leaf(what=what, field=field, value=getattr(message, field))

"""What a raw signed transaction posts to a FixingOracle: its hash, its chain, and the report in its call data. Pure.

Source: EIP-2718 envelopes of types 0 to 4 (EIP-155, 2930, 1559, 4844, 7702), and the oracle's ABI.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ifx_sdk.artifacts import codec
from ifx_sdk.codec import Codec
from ifx_sdk.contract import integer, items, raw, text
from ifx_sdk.errors import BadSignature
from ifx_sdk.evidence.errors import BadReport
from ifx_sdk.reports import Attestation, Report, attestation_from_compact

_PLACES: Final = {0: (3, 5, 9), 1: (4, 6, 11), 2: (5, 7, 12), 3: (5, 7, 14), 4: (5, 7, 13)}
"""Of each type of transaction: where `to` and the call data stand, and how many fields it has."""
_LEGACY: Final = 0xC0
_MOST_CALLS: Final = 64
"""Calls looked for inside another contract's call; no batch that posts has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTransaction:
    """What we use of a signed transaction."""

    tx_hash: str
    """0x and 64 digits: the Keccak-256 of its bytes."""
    chain_id: int | None
    """The chain that it is signed for; None where it names none."""
    to: str | None
    """Checksummed account that it calls; None where it creates a contract."""
    data: bytes
    """Call data."""


def read_transaction(data: bytes) -> RawTransaction:
    """Read a signed transaction. Raises `BadReport`."""
    from eth_utils.address import to_checksum_address
    from eth_utils.crypto import keccak

    kind = 0 if data[:1] >= bytes([_LEGACY]) else int.from_bytes(data[:1], "big")
    if not data or kind not in _PLACES:
        raise BadReport("it is no signed transaction of a known type")
    fields = _fields(data[1:] if kind else data)
    to_at, data_at, count = _PLACES[kind]
    if len(fields) != count or not all(isinstance(fields[at], bytes) for at in (0, to_at, data_at, count - 3)):
        raise BadReport(f"it is no signed transaction of type {kind}")
    to = fields[to_at]
    if len(to) not in (0, 20):
        raise BadReport("what it calls is no account")
    return RawTransaction(
        tx_hash="0x" + keccak(data).hex(),
        chain_id=_chain_id(kind, fields),
        to=to_checksum_address(to) if to else None,
        data=fields[data_at],
    )


def posted_report(transaction: RawTransaction, oracle: str, underlying: str, day: int) -> Report:
    """The report of an underlying and UTC day number that it posts to `oracle`. Raises `BadReport`."""
    for report in _reports(transaction, oracle):
        if text(report["underlying"]) == underlying and integer(report["day"]) == day:
            return _report(report)
    raise BadReport(f"it posts no report of {underlying} of day {day}")


def rebuild_transaction(found: Mapping[str, object]) -> bytes:
    """The signed transaction of what `eth_getTransactionByHash` answers, for nodes that do not give it raw.

    Its hash tells whether it came out right. Raises `BadReport`.
    """
    import rlp  # type: ignore[import-untyped]  # it ships no types

    try:
        kind = _number(found, "type")
        fees = ("gasPrice",) if kind < 2 else ("maxPriorityFeePerGas", "maxFeePerGas")
        fields: list[object] = [_least(found, each) for each in ("nonce", *fees, "gas")]
        fields += [_bytes(found["to"] or "0x"), _least(found, "value"), _bytes(found["input"])]
        if kind:
            fields = [_least(found, "chainId"), *fields, _access_list(found)]
        if kind == 3:
            fields += [
                _least(found, "maxFeePerBlobGas"),
                [_bytes(each) for each in items(found["blobVersionedHashes"])],
            ]
        if kind == 4:
            fields.append([_authorization(each) for each in items(found["authorizationList"])])
        if kind not in _PLACES:
            raise BadReport(f"a transaction of type {kind} cannot be rebuilt")
        fields += [_least(found, each) for each in ("yParity" if kind and "yParity" in found else "v", "r", "s")]
    except (KeyError, ValueError, TypeError) as error:
        raise BadReport(f"the node's transaction lacks what its bytes are made of: {error}") from error
    encoded = bytes(rlp.encode(fields))
    return bytes([kind]) + encoded if kind else encoded


def _number(found: Mapping[str, object], key: str) -> int:
    return int(text(found[key]), 16)


def _least(found: Mapping[str, object], key: str) -> bytes:
    """A number in as few bytes as it needs, as RLP wants it."""
    value = _number(found, key)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _bytes(value: object) -> bytes:
    return bytes.fromhex(text(value).removeprefix("0x"))


def _access_list(found: Mapping[str, object]) -> list[list[object]]:
    return [
        [_bytes(each["address"]), [_bytes(key) for key in items(each["storageKeys"])]]
        for each in items(found["accessList"])
        if isinstance(each, dict)
    ]


def _authorization(each: object) -> list[object]:
    if not isinstance(each, dict):
        raise TypeError(f"{each!r} is no authorization")
    last = [_least(each, key) for key in ("yParity", "r", "s")]
    return [_least(each, "chainId"), _bytes(each["address"]), _least(each, "nonce"), *last]


def _fields(data: bytes) -> list[bytes]:
    import rlp
    from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # as above

    try:
        found = rlp.decode(data)
    except (RLPException, RecursionError) as error:  # lists nested thousands deep are no transaction either
        raise BadReport(f"it is no RLP: {type(error).__name__}") from error
    if not isinstance(found, list):
        raise BadReport("it is no list of fields")
    return found


def _chain_id(kind: int, fields: Sequence[bytes]) -> int | None:
    if kind:
        return int.from_bytes(fields[0], "big")
    v = int.from_bytes(fields[6], "big")
    return (v - 35) // 2 if v >= 35 else None


def calls_in(
    transaction: RawTransaction, contract: str, known: Codec, functions: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Calls of these functions of `contract` in a transaction: name, and arguments by name.

    A wallet contract or a batch that passes a call on is looked into: there the call stands inside its data.
    """
    data = transaction.data
    selectors = [known.selector(each) for each in functions]
    for at in [0] if transaction.to == contract else _places(data, selectors):
        called = known.decode_call(data[at:])
        if called is not None and called[0] in functions:
            yield called


def _reports(transaction: RawTransaction, oracle: str) -> Iterator[Mapping[str, object]]:
    for name, values in calls_in(transaction, oracle, codec("FixingOracle"), ("post", "post_many")):
        if name == "post":
            yield values
        else:
            for each in items(values["reports"]):
                if isinstance(each, dict):
                    yield each


def _places(data: bytes, selectors: Sequence[bytes]) -> list[int]:
    found: list[int] = []
    for selector in selectors:
        at = data.find(selector)
        while at >= 0 and len(found) < _MOST_CALLS:
            found.append(at)
            at = data.find(selector, at + 1)
    return sorted(found)


def _report(found: Mapping[str, object]) -> Report:
    name, day, price = text(found["underlying"]), integer(found["day"]), integer(found["price"])
    made: list[Attestation] = []
    for each in items(found["attestations"]):
        if not isinstance(each, dict):
            raise BadReport("an attestation in it cannot be read")
        evidence, r, vs = raw(each["evidence"]), integer(each["r"]), integer(each["vs"])
        try:
            made.append(attestation_from_compact(underlying=name, day=day, price=price, evidence=evidence, r=r, vs=vs))
        except BadSignature as error:
            raise BadReport(f"signature {len(made) + 1} in it is none: {error.why}") from error
    return Report(underlying=name, day=day, price=price, attestations=tuple(made))

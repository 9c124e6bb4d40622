"""EIP-712 digests and the signatures over them. Pure: keys come as arguments and are kept nowhere.

    Forward(address long,address short,string underlying,uint256 quantity,uint256 price,uint256 spot,uint256 indicative,
            uint256 maturity,uint256 averagingDays,uint256 deadline,bytes32 salt)              signed by both sides
    Termination(bytes32 forward,address long,address short,uint256 price,uint256 deadline,bytes32 salt)
                                                                                               signed by both sides
    Novation(bytes32 forward,address outgoing,address incoming,address remaining,uint256 payment,uint256 deadline,
             bytes32 salt)                                                                     signed by all three
    Report(string underlying,uint256 day,uint256 price,bytes32 evidence)                       signed by oracle nodes

The digest of a Forward is the forward's id everywhere. A signature is 65 bytes r, s, v with the lower s and v 27 or 28.
"""

import re
from collections.abc import Mapping
from typing import Final

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import BadSignature, BadValue, WrongSigner
from ifx_sdk.terms import Domain, Terms, parse_address, parse_underlying

SIGNATURE_BYTES: Final = 65
DIGEST_BYTES: Final = 32

Fields = tuple[tuple[str, str], ...]

DOMAIN_FIELDS: Final[Fields] = (
    ("string", "name"),
    ("string", "version"),
    ("uint256", "chainId"),
    ("address", "verifyingContract"),
)
FORWARD_FIELDS: Final[Fields] = (
    ("address", "long"),
    ("address", "short"),
    ("string", "underlying"),
    ("uint256", "quantity"),
    ("uint256", "price"),
    ("uint256", "spot"),
    ("uint256", "indicative"),
    ("uint256", "maturity"),
    ("uint256", "averagingDays"),
    ("uint256", "deadline"),
    ("bytes32", "salt"),
)
TERMINATION_FIELDS: Final[Fields] = (
    ("bytes32", "forward"),
    ("address", "long"),
    ("address", "short"),
    ("uint256", "price"),
    ("uint256", "deadline"),
    ("bytes32", "salt"),
)
NOVATION_FIELDS: Final[Fields] = (
    ("bytes32", "forward"),
    ("address", "outgoing"),
    ("address", "incoming"),
    ("address", "remaining"),
    ("uint256", "payment"),
    ("uint256", "deadline"),
    ("bytes32", "salt"),
)
REPORT_FIELDS: Final[Fields] = (
    ("string", "underlying"),
    ("uint256", "day"),
    ("uint256", "price"),
    ("bytes32", "evidence"),
)

Message = Terms | Termination | Novation
"""What the sides of a forward approve."""

_TYPES: Final[Mapping[type, tuple[str, Fields]]] = {
    Terms: ("Forward", FORWARD_FIELDS),
    Termination: ("Termination", TERMINATION_FIELDS),
    Novation: ("Novation", NOVATION_FIELDS),
}

_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1
_PARITY: Final = 1 << 255
_SIGNATURE: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{130}", re.ASCII)


def _keccak(data: bytes) -> bytes:
    from eth_utils.crypto import keccak  # its back end costs import time

    return bytes(keccak(data))


def _type_string(name: str, fields: Fields) -> str:
    return f"{name}({','.join(f'{kind} {field}' for kind, field in fields)})"


def _word(kind: str, value: object) -> bytes:
    """One field as EIP-712 encodes it in a struct: 32 bytes, strings hashed."""
    if kind == "string" and isinstance(value, str):
        return _keccak(value.encode())
    if kind == "address":
        return bytes.fromhex(parse_address(value)[2:]).rjust(32, b"\0")
    if kind == "bytes32" and isinstance(value, bytes) and len(value) == DIGEST_BYTES:
        return value
    if kind == "uint256" and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**256:
        return value.to_bytes(32, "big")
    raise BadValue(value, f"it does not fit {kind}", cure=f"Give a {kind}.")


def struct_hash(name: str, fields: Fields, values: Mapping[str, object]) -> bytes:
    """EIP-712 `hashStruct` of a flat struct of strings, addresses, uint256 and bytes32. Raises BadValue, BadAddress."""
    words = b"".join(_word(kind, values[field]) for kind, field in fields)
    return _keccak(_keccak(_type_string(name, fields).encode()) + words)


def domain_separator(domain: Domain) -> bytes:
    """EIP-712 domain separator, 32 bytes."""
    return struct_hash("EIP712Domain", DOMAIN_FIELDS, _domain_values(domain))


def terms_digest(terms: Terms, domain: Domain) -> bytes:
    """The digest that both sides sign, which is the forward's id: 32 bytes. `domain` is the escrow's."""
    return message_digest(terms, domain)


def message_digest(message: Message, domain: Domain) -> bytes:
    """The digest of terms, of a termination or of a novation, which is the message's id: 32 bytes. `domain` is the
    escrow's."""
    return _digest(domain, message_hash(message))


def message_hash(message: Message) -> bytes:
    """EIP-712 `hashStruct` of a message, which wallets show beside the domain's: 32 bytes."""
    name, fields = _TYPES[type(message)]
    return struct_hash(name, fields, _message_values(message))


def report_digest(underlying: str, day: int, price: int, evidence: bytes, domain: Domain) -> bytes:
    """The digest that an oracle node signs: 32 bytes. `domain` is the oracle's, `price` in micro-USDT per Mtok."""
    return _digest(domain, struct_hash("Report", REPORT_FIELDS, _report_values(underlying, day, price, evidence)))


def terms_typed_data(terms: Terms, domain: Domain) -> dict[str, object]:
    """What a wallet is asked to sign by `eth_signTypedData_v4`, as plain JSON values."""
    return message_typed_data(terms, domain)


def message_typed_data(message: Message, domain: Domain) -> dict[str, object]:
    """The same for any message."""
    name, fields = _TYPES[type(message)]
    values = {key: _plain(value) for key, value in _message_values(message).items()}
    return _typed_data(name, fields, values, domain)


def report_typed_data(underlying: str, day: int, price: int, evidence: bytes, domain: Domain) -> dict[str, object]:
    """A node's report in the form of `eth_signTypedData_v4`, as plain JSON values."""
    values = _report_values(underlying, day, price, evidence) | {"evidence": "0x" + evidence.hex()}
    return _typed_data("Report", REPORT_FIELDS, values, domain)


def sign_digest(digest: bytes, key: bytes) -> bytes:
    """Sign a 32-byte digest with a 32-byte private key: 65 bytes r, s, v. Raises BadValue for another length or key."""
    from eth_keys.datatypes import PrivateKey
    from eth_utils.exceptions import ValidationError

    _check_digest(digest)
    try:
        signature = PrivateKey(key).sign_msg_hash(digest)
    except ValidationError as error:
        # The key itself must not reach a message or a log.
        raise BadValue("the key", "it is not 32 bytes within the curve's order", cure="Give another key.") from error
    return _join(signature.r, signature.s, signature.v + 27)


def recover(digest: bytes, signature: bytes) -> str:
    """The account, checksummed, whose key made `signature` over `digest`. Raises BadSignature."""
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature as NoKey
    from eth_utils.exceptions import ValidationError

    _check_digest(digest)
    r, s, v = split_signature(signature)
    try:
        key = Signature(vrs=(v - 27, r, s)).recover_public_key_from_msg_hash(digest)
    except (NoKey, ValidationError) as error:
        raise BadSignature("no key gives it over this digest") from error
    return str(key.to_checksum_address())


def verify_terms_signature(terms: Terms, domain: Domain, account: str, signature: bytes) -> None:
    """Hold that `account`'s own key signed `terms`. Raises WrongSigner, BadSignature.

    Contract wallets (ERC-1271) are for the chain to ask; this knows keys only.
    """
    verify_digest_signature(terms_digest(terms, domain), account, signature)


def verify_digest_signature(digest: bytes, account: str, signature: bytes) -> None:
    """Hold that `account`'s own key signed `digest`. Raises WrongSigner, BadSignature, BadAddress."""
    expected, recovered = parse_address(account), recover(digest, signature)
    if recovered != expected:
        raise WrongSigner(expected, recovered)


def parse_signature(text: str | bytes) -> bytes:
    """Read a signature as wallets return it (hex or bytes; v also 0 or 1) into its one form. Raises BadSignature."""
    if isinstance(text, str):
        if not _SIGNATURE.fullmatch(text):
            raise BadSignature(f"it is not 0x and {2 * SIGNATURE_BYTES} hexadecimal digits")
        text = bytes.fromhex(text.removeprefix("0x"))
    if len(text) == SIGNATURE_BYTES and text[-1] in (0, 1):
        text = text[:-1] + bytes([text[-1] + 27])
    split_signature(text)
    return text


def split_signature(signature: bytes) -> tuple[int, int, int]:
    """(r, s, v) of a 65-byte signature in its one form. Raises BadSignature."""
    if len(signature) != SIGNATURE_BYTES:
        raise BadSignature(f"it has {len(signature)} bytes")
    r, s, v = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]
    if not 0 < r < _ORDER or not 0 < s < _ORDER:
        raise BadSignature("r or s is outside the curve's order")
    if s > _ORDER // 2:
        raise BadSignature("its s is the higher of the two")
    if v not in (27, 28):
        raise BadSignature(f"its v is {v}, not 27 or 28")
    return r, s, v


def to_compact(signature: bytes) -> tuple[int, int]:
    """(r, vs) of EIP-2098, as attestations carry it: the parity of y is in the top bit. Raises BadSignature."""
    r, s, v = split_signature(signature)
    return r, s | (_PARITY if v == 28 else 0)


def from_compact(r: int, vs: int) -> bytes:
    """The 65 bytes of an EIP-2098 signature. Raises BadSignature."""
    if not 0 <= r < 2**256 or not 0 <= vs < 2**256:
        raise BadSignature("r or vs is outside uint256")
    signature = _join(r, vs & (_PARITY - 1), 28 if vs & _PARITY else 27)
    split_signature(signature)
    return signature


def _join(r: int, s: int, v: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


def _check_digest(digest: bytes) -> None:
    if len(digest) != DIGEST_BYTES:
        raise BadValue(digest, f"a digest has {DIGEST_BYTES} bytes", cure="Take it from terms_digest or report_digest.")


def _digest(domain: Domain, message: bytes) -> bytes:
    return _keccak(b"\x19\x01" + domain_separator(domain) + message)


def _domain_values(domain: Domain) -> dict[str, object]:
    return {
        "name": domain.name,
        "version": domain.version,
        "chainId": domain.chain_id,
        "verifyingContract": domain.contract,
    }


def _message_values(message: Message) -> dict[str, object]:
    _, fields = _TYPES[type(message)]
    return dict(zip((field for _, field in fields), message.as_tuple(), strict=True))


def _plain(value: object) -> object:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _report_values(underlying: str, day: int, price: int, evidence: bytes) -> dict[str, object]:
    return {"underlying": parse_underlying(underlying), "day": day, "price": price, "evidence": evidence}


def _typed_data(name: str, fields: Fields, values: dict[str, object], domain: Domain) -> dict[str, object]:
    return {
        "types": {
            "EIP712Domain": [{"name": field, "type": kind} for kind, field in DOMAIN_FIELDS],
            name: [{"name": field, "type": kind} for kind, field in fields],
        },
        "primaryType": name,
        "domain": _domain_values(domain),
        "message": values,
    }

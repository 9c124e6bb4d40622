"""A signer whose key is elsewhere: in a KMS, an HSM, or behind any service that signs a digest with secp256k1.

    signer = DigestSigner("0x...", lambda digest: service.sign(key="oracle", digest=digest))

What comes back is brought into the form that contracts take, and held against the account before it is used: a service
that signs with another key is found out here, not by an RPC node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ifx_sdk.errors import BadSignature, BadValue, SignerFailed
from ifx_sdk.signers import SignedTransaction
from ifx_sdk.signing import DIGEST_BYTES, recover
from ifx_sdk.terms import parse_address

_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1
_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02


class DigestSigner:
    """Signs by asking `sign`; implements `ifx_sdk.signers.Signer`. Construction asks nobody."""

    __slots__ = ("_sign", "address")

    signs_transactions = True

    def __init__(self, address: str, sign: Callable[[bytes], bytes]) -> None:
        """`sign` takes 32 bytes and gives r and s: as DER, as a KMS does, or as 64 bytes, or 65 with a v.

        Raises `BadAddress`.
        """
        self.address: str = parse_address(address)
        self._sign = sign

    def sign_digest(self, digest: bytes) -> bytes:
        """A 65-byte signature r, s, v with the lower s. Raises `SignerFailed`, and what `sign` raises."""
        if len(digest) != DIGEST_BYTES:
            raise BadValue(digest.hex(), "a digest has 32 bytes")
        try:
            r, s = _r_and_s(self._sign(digest))
        except BadSignature as error:
            raise SignerFailed(self.address, f"what it answers is {error.what}") from error
        s = min(s, _ORDER - s)
        both = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        accounts = []
        for v in (27, 28):
            signature = both + bytes([v])
            try:
                accounts.append(recover(digest, signature))
            except BadSignature:
                continue  # no point of the curve for this v
            if accounts[-1] == self.address:
                return signature
        told = " or ".join(accounts) if accounts else "no account at all"
        raise SignerFailed(self.address, f"it signs with another key, that of {told}")

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:
        """Sign a typed transaction whose every field is filled in. Raises as `sign_digest`."""
        from eth_account.typed_transactions.typed_transaction import TypedTransaction
        from eth_utils.crypto import keccak

        signature = self.sign_digest(bytes(TypedTransaction.from_dict(dict(transaction)).hash()))
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
        signed = {**transaction, "r": r, "s": s, "v": signature[64] - 27}
        raw = bytes(TypedTransaction.from_dict(signed).encode())
        return SignedTransaction(raw=raw, tx_hash="0x" + bytes(keccak(raw)).hex())

    def __repr__(self) -> str:
        return f"DigestSigner({self.address})"


def _r_and_s(given: bytes) -> tuple[int, int]:
    """Both numbers of a signature in any of the three forms. Raises `BadSignature`."""
    if len(given) in (64, 65):
        r, s = int.from_bytes(given[:32], "big"), int.from_bytes(given[32:64], "big")
    else:
        r, s = _der(given)
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        raise BadSignature("r and s lie between 0 and the curve's order")
    return r, s


def _der(given: bytes) -> tuple[int, int]:
    """SEQUENCE { INTEGER r, INTEGER s }, each length in one byte, as secp256k1's always are."""
    numbers, rest = [], given[2:]
    if given[:1] != bytes([_SEQUENCE]) or given[1:2] != bytes([len(rest)]):
        raise BadSignature(f"{len(given)} bytes are neither r and s nor their DER form")
    while len(rest) >= 2 and rest[0] == _INTEGER and len(rest) >= 2 + rest[1]:
        numbers.append(int.from_bytes(rest[2 : 2 + rest[1]], "big"))
        rest = rest[2 + rest[1] :]
    if len(numbers) != 2 or rest:
        raise BadSignature("its DER form holds something else than two integers")
    return numbers[0], numbers[1]

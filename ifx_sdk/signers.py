"""Who signs: a key, a keystore, or the node itself.

A key never becomes an attribute: the signer's functions close over it, and its `repr` shows the address alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from ifx_sdk.errors import BadFile, BadKeystore, BadKeystorePassword, BadValue, NoSigner
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_address


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedTransaction:
    """A transaction ready for broadcast, with the hash it will have."""

    raw: bytes
    """The bytes to broadcast."""
    tx_hash: str
    """Its hash, 0x and 64 digits."""


@runtime_checkable
class Signer(Protocol):
    """An account that can sign digests and, unless the node does it, transactions."""

    @property
    def address(self) -> str:
        """The account, checksummed."""

    @property
    def signs_transactions(self) -> bool:
        """Whether `sign_transaction` works; otherwise the node signs what it is sent."""

    def sign_digest(self, digest: bytes) -> bytes:
        """A 65-byte signature r, s, v (v 27 or 28) over a 32-byte digest."""

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:
        """Sign a transaction whose every field is filled in."""


class KeySigner:
    """Signs with a private key held in this process."""

    __slots__ = ("_digest", "_transaction", "address")

    signs_transactions = True

    def __init__(self, key: bytes) -> None:
        """Prefer `from_key` or `from_keystore`. Raises `BadValue` for bytes that are no key, without showing them."""
        from eth_account import Account
        from eth_utils.exceptions import ValidationError

        try:
            account = Account.from_key(key)
        except (ValueError, ValidationError):
            # The library's message may show the key: neither it nor its cause may be printed.
            raise BadValue("<hidden>", "a private key is 32 bytes below the curve's order, and not 0") from None

        def sign_digest(digest: bytes) -> bytes:
            return bytes(account.unsafe_sign_hash(digest).signature)

        def sign_transaction(transaction: Mapping[str, object]) -> SignedTransaction:
            signed = account.sign_transaction(dict(transaction))
            return SignedTransaction(raw=bytes(signed.raw_transaction), tx_hash="0x" + bytes(signed.hash).hex())

        self.address: str = str(account.address)
        self._digest = sign_digest
        self._transaction = sign_transaction

    @classmethod
    def from_key(cls, key: bytes | str) -> KeySigner:
        """From 32 bytes or 64 hexadecimal digits, `0x` or not. Raises `BadValue`, which does not show the key."""
        if isinstance(key, str):
            try:
                key = bytes.fromhex(key.strip().removeprefix("0x"))
            except ValueError:
                raise BadValue("<hidden>", "a private key is 64 hexadecimal digits") from None
        return cls(bytes(key))

    @classmethod
    def from_keystore(cls, path: Path | str, password: str) -> KeySigner:
        """From a JSON keystore of version 3. Raises `BadKeystore` and `BadKeystorePassword`."""
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise BadKeystore(path, error.strerror or "cannot be read") from error
        return cls.open_keystore(parse_keystore(content, path), path, password)

    @classmethod
    def open_keystore(cls, keystore: Mapping[str, object], path: Path | str, password: str) -> KeySigner:
        """From what `parse_keystore` read; `path` names it. Raises `BadKeystore` and `BadKeystorePassword`."""
        from eth_account import Account

        try:
            key = Account.decrypt(dict(keystore), password)
        except ValueError as error:
            if "MAC" in str(error):
                raise BadKeystorePassword(path) from error
            raise BadKeystore(path, str(error)) from error
        except (KeyError, TypeError) as error:
            raise BadKeystore(path, f"damaged: {error}") from error
        return cls(bytes(key))

    def sign_digest(self, digest: bytes) -> bytes:
        """A 65-byte signature r, s, v over a 32-byte digest."""
        if len(digest) != 32:
            raise BadValue(digest.hex(), "a digest has 32 bytes")
        return self._digest(digest)

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:
        """Sign a transaction whose every field is filled in."""
        return self._transaction(transaction)

    def __repr__(self) -> str:
        return f"KeySigner({self.address})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a signer is not serialised: it would write down its key")


@dataclass(frozen=True, slots=True)
class NodeSigner:
    """An account that the node has unlocked: the node signs, so that no hash is known before it answers.

    The journal keeps the hash from that answer on; if the answer is lost, sender, nonce and data tell the transaction.
    """

    address: str
    """The account, checksummed."""

    signs_transactions = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", parse_address(self.address))

    def sign_digest(self, digest: bytes) -> bytes:  # the protocol's signature
        """Raise `NoSigner`: a node signs no bare digest; approve on chain instead."""
        raise NoSigner(self.address)

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:  # as above
        """Raise `NoSigner`: the node signs while it sends."""
        raise NoSigner(self.address)


def parse_keystore(content: bytes, path: Path | str) -> Mapping[str, object]:
    """A keystore's JSON, before anybody is asked for its password. Raises `BadKeystore` naming `path`."""
    try:
        keystore = loads(content, path, BadFile)
    except BadFile as error:
        raise BadKeystore(path, error.why) from error
    if not isinstance(keystore, dict) or keystore.get("version") != 3 or not _has_cipher(keystore):
        raise BadKeystore(path, "not a keystore of version 3")
    return keystore


def _has_cipher(keystore: Mapping[str, object]) -> bool:
    crypto = keystore.get("crypto", keystore.get("Crypto"))
    return isinstance(crypto, dict) and {"cipher", "ciphertext", "kdf", "kdfparams", "mac"} <= crypto.keys()

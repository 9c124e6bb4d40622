"""How a Safe signs a digest (EIP-712 type SafeMessage), and a Safe as a signer where its owners are at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ifx_sdk.errors import BadValue, NoSigner
from ifx_sdk.signers import SignedTransaction, Signer
from ifx_sdk.terms import parse_address

_DOMAIN: Final = "EIP712Domain(uint256 chainId,address verifyingContract)"
_MESSAGE: Final = "SafeMessage(bytes message)"


def safe_message_hash(digest: bytes, safe: str, chain_id: int) -> bytes:
    """What each owner of the Safe at `safe` signs so that it approves `digest`: 32 bytes. Raises `BadAddress`."""
    from eth_utils.crypto import keccak

    account = bytes.fromhex(parse_address(safe)[2:]).rjust(32, b"\0")
    domain = keccak(keccak(text=_DOMAIN) + chain_id.to_bytes(32, "big") + account)
    return bytes(keccak(b"\x19\x01" + domain + keccak(keccak(text=_MESSAGE) + keccak(digest))))


def join_signatures(signatures: Mapping[str, bytes]) -> bytes:
    """Owner -> 65 bytes, as a Safe wants them: one behind the other in the order of the owners' addresses."""
    return b"".join(signatures[owner] for owner in sorted(signatures, key=lambda owner: int(owner, 16)))


class SafeSigner:
    """A Safe whose deciding owners sign here: it signs in and approves by ERC-1271. It sends no transactions."""

    signs_transactions = False

    def __init__(self, safe: str, owners: Sequence[Signer], chain_id: int) -> None:
        """`owners` are as many as the Safe's threshold asks for, on the chain `chain_id`. Raises `BadAddress`."""
        self.address: str = parse_address(safe)
        self._owners, self._chain_id = tuple(owners), chain_id
        if not owners:
            raise BadValue(safe, "it has no owner here", cure="Give as many owners as its threshold asks for.")

    def sign_digest(self, digest: bytes) -> bytes:
        """65 bytes of each owner over the digest's SafeMessage."""
        asked = safe_message_hash(digest, self.address, self._chain_id)
        return join_signatures({owner.address: owner.sign_digest(asked) for owner in self._owners})

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:
        """Raise `NoSigner`: a Safe's transactions go through its own page."""
        raise NoSigner(self.address)

    def __repr__(self) -> str:
        return f"SafeSigner({self.address})"

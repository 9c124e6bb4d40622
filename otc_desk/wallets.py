"""Whether an account signed a digest: a key by its signature, a contract wallet by its own word (ERC-1271)."""

from ifx_sdk.artifacts import ERC1271
from ifx_sdk.chain import Chain
from ifx_sdk.codec import UnknownAnswer
from ifx_sdk.errors import BadSignature, NodeDown, Reverted, RpcError
from ifx_sdk.signing import verify_digest_signature
from otc_desk.errors import NotNow

MAX_SIGNATURE_BYTES = 2_048
"""The escrow takes no longer one."""
_MAGIC = bytes.fromhex("1626ba7e")


class Wallets:
    """Asks the chain where a signature alone does not tell."""

    def __init__(self, chain: Chain) -> None:
        """Reads only."""
        self._chain = chain

    def has_code(self, account: str) -> bool:
        """Whether it is a contract, or a key with code (EIP-7702). Raises `NotNow`."""
        try:
            return bool(self._chain.code(account))
        except (NodeDown, RpcError) as error:
            raise NotNow("the chain does not answer") from error

    def signed(self, account: str, digest: bytes, signature: bytes) -> bool:
        """Whether `account` signed `digest`, by key or by its contract's word now. Raises `NotNow`."""
        if len(signature) > MAX_SIGNATURE_BYTES:
            return False
        try:
            verify_digest_signature(digest, account, signature)
        except BadSignature:
            return self.has_code(account) and self._accepts(account, digest, signature)
        return True

    def _accepts(self, account: str, digest: bytes, signature: bytes) -> bool:
        try:
            answer = self._chain.call(ERC1271, account, "isValidSignature", digest, signature)
        except (Reverted, UnknownAnswer):
            return False  # a wallet that reverts or answers garbage says no
        except (NodeDown, RpcError) as error:
            raise NotNow("the chain does not answer") from error
        return answer == _MAGIC

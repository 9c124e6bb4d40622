"""Whether an account signed a digest: a key by its signature, a contract wallet by its own word (ERC-1271)."""

import re

from ifx_sdk.artifacts import ERC1271
from ifx_sdk.chain import Chain
from ifx_sdk.errors import BadSignature, NodeDown, Reverted, RpcError
from ifx_sdk.signing import verify_digest_signature
from otc_desk.errors import NotNow

MAX_SIGNATURE_BYTES = 2_048
"""The escrow takes no longer one."""
MAX_GAS = 1_000_000
"""What a wallet may burn before it says yes: a Safe of forty owners takes less, and one that loops gets no further."""
_YES = bytes.fromhex("1626ba7e").ljust(32, b"\0")
"""The one answer that is a yes, to the escrow too; a wallet that reverts or answers anything else says no."""
_OUT_OF_GAS = re.compile(r"out ?of ?gas|OOG", re.IGNORECASE)


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
        request: dict[str, object] = {
            "to": account,
            "data": ERC1271.encode_call("isValidSignature", (digest, signature)),
            "gas": hex(MAX_GAS),
        }
        try:
            return self._chain.node.call(request, "latest") == _YES
        except Reverted:
            return False
        except RpcError as error:
            if _OUT_OF_GAS.search(str(error)):
                return False
            raise NotNow("the chain does not answer") from error
        except NodeDown as error:
            raise NotNow("the chain does not answer") from error

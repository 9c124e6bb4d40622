"""Who stands behind a wallet in the browser: an account that the node signs for, or a wallet of this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from eth_account.messages import SignableMessage, encode_defunct, encode_typed_data
from eth_utils.crypto import keccak
from support.market import KeyWallet, Wallet

from ifx_sdk.chain import Call, Chain
from ifx_sdk.errors import IFXError, Reverted

REJECTED, UNAUTHORIZED, DISCONNECTED, UNKNOWN_CHAIN, PENDING, INTERNAL = 4001, 4100, 4900, 4902, -32002, -32603
_SAID = {
    REJECTED: "User rejected the request.",
    UNAUTHORIZED: "The requested account and/or method has not been authorized by the user.",
    DISCONNECTED: "The provider is disconnected from all chains.",
    UNKNOWN_CHAIN: "Unrecognized chain ID. Try adding the chain using wallet_addEthereumChain first.",
    PENDING: "Request of this type already pending. Please wait.",
}


class Refusal(Exception):  # noqa: N818 - never leaves the wallet
    """An error as EIP-1193 has it."""

    def __init__(self, code: int, message: str | None = None, data: object = None) -> None:
        """`message` and `data` as a node or a wallet says them."""
        super().__init__(message or _SAID[code])
        self.code, self.data = code, data

    def answer(self) -> dict[str, Any]:
        """As the page gets it."""
        data = {} if self.data is None else {"data": self.data}
        return {"error": {"code": self.code, "message": str(self)} | data}


def ask_node(chain: Chain, method: str, params: Any) -> Any:
    """The node's answer. Raises `Refusal` with the node's own words."""
    answer: Any = chain.web3.provider.make_request(method, params)  # type: ignore[arg-type]  # RPCEndpoint is a str
    if error := answer.get("error"):
        raise Refusal(error.get("code", INTERNAL), str(error.get("message", error)), error.get("data"))
    return answer.get("result")


def digest_of(message: SignableMessage) -> bytes:
    """The 32 bytes that are signed, as EIP-191 and EIP-712 have them."""
    return keccak(b"\x19" + message.version + message.header + message.body)


def personal(data: str) -> SignableMessage:
    """What `personal_sign` signs of 0x and hexadecimal digits."""
    return encode_defunct(hexstr=data)


def typed(payload: dict[str, Any]) -> SignableMessage:
    """What `eth_signTypedData_v4` signs."""
    return encode_typed_data(full_message=payload)


class Account(Protocol):
    """Whose signature a page asks for."""

    @property
    def address(self) -> str:
        """Checksummed."""

    def sign_text(self, data: str) -> bytes:
        """`personal_sign` of 0x and hexadecimal digits."""

    def sign_typed(self, payload: dict[str, Any]) -> bytes:
        """`eth_signTypedData_v4`."""

    def send(self, transaction: dict[str, Any]) -> str:
        """`eth_sendTransaction`; its hash. Raises `Refusal`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAccount:
    """An account that the node has unlocked."""

    chain: Chain
    """The node's."""
    address: str
    """Checksummed."""

    def sign_text(self, data: str) -> bytes:
        """By the node."""
        return bytes.fromhex(ask_node(self.chain, "personal_sign", [data, self.address])[2:])

    def sign_typed(self, payload: dict[str, Any]) -> bytes:
        """By the node."""
        return bytes.fromhex(ask_node(self.chain, "eth_signTypedData_v4", [self.address, json.dumps(payload)])[2:])

    def send(self, transaction: dict[str, Any]) -> str:
        """By the node, which fills in what the page left open; asked for gas first, as wallets do."""
        gas = transaction.get("gas") or ask_node(self.chain, "eth_estimateGas", [transaction])
        return str(ask_node(self.chain, "eth_sendTransaction", [transaction | {"gas": gas}]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAccount:
    """A wallet that tests have: a key, also of an account that delegates (EIP-7702), or a Safe with its owners."""

    chain: Chain
    """Where it is."""
    wallet: Wallet
    """Signs digests and makes calls."""

    @property
    def address(self) -> str:
        """The wallet's."""
        return self.wallet.address

    def sign_text(self, data: str) -> bytes:
        """Of the digest."""
        return self.wallet.sign(digest_of(personal(data)))

    def sign_typed(self, payload: dict[str, Any]) -> bytes:
        """Of the digest; a Safe's owners sign its SafeMessage hash instead."""
        return self.wallet.sign(digest_of(typed(payload)))

    def send(self, transaction: dict[str, Any]) -> str:
        """A key sends what it is given, a Safe makes the call."""
        to, data = transaction["to"], bytes.fromhex(transaction.get("data", "0x")[2:])
        value = int(transaction.get("value", "0x0"), 16)
        try:
            if not isinstance(self.wallet, KeyWallet):
                return str(self.wallet.act(Call(name="the page's", to=to, data=data, value=value)).tx_hash)
            node = self.chain.node
            request = {"from": self.address, "to": to, "data": data, "value": value}
            gas = int(transaction["gas"], 16) if "gas" in transaction else node.estimate(request)
            whole = {"to": to, "data": data, "value": value, "gas": gas, "type": 2, "chainId": self.chain.chain_id}
            whole |= {"nonce": node.nonce(self.address, "pending")}
            whole |= {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9}
            return node.send_raw(self.wallet.signer.sign_transaction(whole).raw)
        except Reverted as error:
            raise Refusal(INTERNAL, f"execution reverted: {error.reason}") from error
        except IFXError as error:
            raise Refusal(INTERNAL, str(error)) from error

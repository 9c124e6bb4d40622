"""One node behind a Web3 provider: plain values in, plain values out, our errors when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ifx_sdk.errors import BadValue, RpcError
from ifx_sdk.rpc_errors import public_url, speaking

if TYPE_CHECKING:
    from web3 import Web3

T = TypeVar("T")
Block = int | str
"""A block's number, or `latest`, `pending`, `finalized`."""

AccessList = tuple[tuple[str, tuple[str, ...]], ...]
"""Addresses with storage slots (0x and 64 digits), declared in advance (EIP-2930)."""

REQUEST_TIMEOUT = 30
"""Seconds in which a node must have given its whole answer, else it counts as down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockHead:
    """What we use of a block."""

    number: int
    """Height; that of the block to come where it is pending."""
    timestamp: int
    """Unix seconds UTC."""
    gas_limit: int
    """Gas that fits into it."""
    base_fee: int
    """Wei per gas that is burned."""
    hash: str = field(default="")
    """0x and 64 digits; empty for a pending block, which has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What we use of a mined transaction's receipt."""

    tx_hash: str
    """0x and 64 digits."""
    succeeded: bool
    """False where it was mined and reverted."""
    block_number: int
    """The block it is in."""
    gas_used: int
    """Gas of this transaction alone."""
    effective_gas_price: int
    """Wei per gas that was paid."""
    contract_address: str | None
    """Checksummed address of a created contract."""
    logs: tuple[Mapping[str, object], ...]
    """Log entries as web3 gives them, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeTransaction:
    """A transaction that a node knows, mined or waiting."""

    tx_hash: str
    """0x and 64 digits."""
    sender: str
    """Checksummed account."""
    to: str | None
    """Checksummed contract; None creates one."""
    nonce: int
    """The sender's transaction count that it takes."""
    data: bytes
    """Call data."""
    value: int
    """Wei sent along."""
    gas: int
    """Gas limit."""
    block_number: int | None
    """None while it waits."""


def web3_for(url: str, timeout_seconds: int | None = None) -> Web3:
    """A Web3 for an `http(s)://` URL or the path of an IPC socket. Does no I/O. Raises `BadValue`.

    `timeout_seconds` is how long one whole answer may take; `REQUEST_TIMEOUT` where none is given.
    """
    from web3 import IPCProvider, Web3

    from ifx_sdk.deadline import DeadlineProvider

    seconds = REQUEST_TIMEOUT if timeout_seconds is None else timeout_seconds
    if url.endswith(".ipc"):
        return lean(Web3(IPCProvider(url, timeout=seconds)))
    try:
        usable = urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname) and urlsplit(url).port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadValue(
            # Whatever this is, a password or a key may be in it.
            "<hidden>" if set("@?") & set(url) or url.count("/") > 2 else url,
            "a node's address starts with http:// or https://, or is the path of an .ipc socket",
            cure='Write it like "http://127.0.0.1:8545".',
        )
    return lean(Web3(DeadlineProvider(url, seconds)))


_NOT_NEEDED = ("validation", "ens_name_to_address", "gas_price_strategy", "gas_estimate")


def lean(web3: Web3) -> Web3:
    """The same without web3's layers that we do not need: one of them asks for the chain's id before every call."""
    for name in _NOT_NEEDED:
        if name in web3.middleware_onion:
            web3.middleware_onion.remove(name)
    return web3


def url_of(web3: Web3) -> str:
    """What to call the node in messages."""
    for attribute in ("endpoint_uri", "ipc_path"):
        value = getattr(web3.provider, attribute, None)
        if value:
            return public_url(str(value))
    return "in-process"


class Node:
    """The node's answers. Raises `NodeDown`, `RpcError` or a leaf of `Reverted`, nothing else."""

    def __init__(self, web3: Web3) -> None:
        """Does no I/O."""
        self.web3 = web3
        self.url = url_of(web3)
        # web3's types are narrower than what it takes and wider than what it gives: they are checked here, once.
        self._eth: Any = web3.eth

    def chain_id(self) -> int:
        """The chain that the node follows."""
        return self._ask("eth_chainId", lambda: int(self._eth.chain_id))

    def block_number(self) -> int:
        """The newest block's number."""
        return self._ask("eth_blockNumber", lambda: int(self._eth.block_number))

    def block(self, block: Block = "latest") -> BlockHead:
        """A block's head."""
        return self._ask("eth_getBlockByNumber", lambda: _head(self._eth.get_block(block)))

    def transactions(self, block: int) -> tuple[NodeTransaction, ...]:
        """Everything in a block, in order."""

        def ask() -> tuple[NodeTransaction, ...]:
            return tuple(map(_transaction, self._eth.get_block(block, full_transactions=True)["transactions"]))

        return self._ask("eth_getBlockByNumber", ask)

    def code(self, address: str) -> bytes:
        """The code at an address; empty for a wallet."""
        return self._ask("eth_getCode", lambda: bytes(self._eth.get_code(address)))

    def balance(self, account: str) -> int:
        """An account's own coin, in wei."""
        return self._ask("eth_getBalance", lambda: int(self._eth.get_balance(account)))

    def nonce(self, account: str, block: Block = "latest") -> int:
        """An account's transaction count."""
        return self._ask("eth_getTransactionCount", lambda: int(self._eth.get_transaction_count(account, block)))

    def priority_fee(self) -> int:
        """The tip that the node proposes, wei per gas."""
        return self._ask("eth_maxPriorityFeePerGas", lambda: int(self._eth.max_priority_fee))

    def call(self, request: Mapping[str, object], block: Block = "latest") -> bytes:
        """What a call answers."""
        return bytes(self._ask("eth_call", lambda: self._eth.call(dict(request), block)))

    def estimate(self, request: Mapping[str, object]) -> int:
        """Gas that a call needs."""
        return self._ask("eth_estimateGas", lambda: int(self._eth.estimate_gas(dict(request))))

    def access_list(self, request: Mapping[str, object]) -> AccessList:
        """What a call touches."""
        answer = self._ask("eth_createAccessList", lambda: self._eth.create_access_list(dict(request)))
        entries: Iterable[Any] = answer["accessList"]
        return tuple((str(e["address"]), tuple(_hex(key) for key in e["storageKeys"])) for e in entries)

    def logs(self, query: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
        """Log entries of a filter, oldest first."""
        return self._ask("eth_getLogs", lambda: tuple(self._eth.get_logs(dict(query))))

    def send_raw(self, raw: bytes) -> str:
        """Broadcast a signed transaction; returns its hash."""
        return _hex(self._ask("eth_sendRawTransaction", lambda: self._eth.send_raw_transaction(raw)))

    def send(self, request: Mapping[str, object]) -> str:
        """Have the node sign and broadcast; returns the hash."""
        return _hex(self._ask("eth_sendTransaction", lambda: self._eth.send_transaction(dict(request))))

    def receipt(self, tx_hash: str) -> Receipt | None:
        """The receipt; None while it is not mined."""
        return self._find("eth_getTransactionReceipt", lambda: _receipt(self._eth.get_transaction_receipt(tx_hash)))

    def transaction(self, tx_hash: str) -> NodeTransaction | None:
        """The transaction; None where the node does not know it."""
        return self._find("eth_getTransactionByHash", lambda: _transaction(self._eth.get_transaction(tx_hash)))

    def request(self, method: str, *params: object) -> object:
        """Any other JSON-RPC method, its result as the node gave it."""
        answer: Any = self._ask(method, lambda: self.web3.provider.make_request(method, list(params)))  # type: ignore[arg-type]  # RPCEndpoint is a str
        if answer.get("error"):
            error = answer["error"]
            raise RpcError(method, str(error.get("message", error)), error.get("code"))
        result: object = answer.get("result")
        return result

    def _ask(self, method: str, question: Callable[[], T]) -> T:
        with speaking(self.url, method):
            return question()

    def _find(self, method: str, question: Callable[[], T]) -> T | None:
        from web3.exceptions import TransactionNotFound

        def ask() -> T | None:
            try:
                return question()
            except TransactionNotFound:
                return None

        return self._ask(method, ask)


def _head(found: Any) -> BlockHead:
    return BlockHead(
        number=int(found["number"]),
        timestamp=int(found["timestamp"]),
        gas_limit=int(found["gasLimit"]),
        base_fee=int(found.get("baseFeePerGas") or 0),
        hash=_hex(found["hash"]) if found.get("hash") else "",
    )


def _transaction(found: Any) -> NodeTransaction:
    block, to = found.get("blockNumber"), found.get("to")
    return NodeTransaction(
        tx_hash=_hex(found["hash"]),
        sender=str(found["from"]),
        to=str(to) if to else None,
        nonce=int(found["nonce"]),
        data=bytes(found["input"]),
        value=int(found["value"]),
        gas=int(found["gas"]),
        block_number=None if block is None else int(block),
    )


def _receipt(found: Any) -> Receipt:
    created = found.get("contractAddress")
    return Receipt(
        tx_hash=_hex(found["transactionHash"]),
        succeeded=found["status"] != 0,
        block_number=int(found["blockNumber"]),
        gas_used=int(found["gasUsed"]),
        effective_gas_price=int(found["effectiveGasPrice"]),
        contract_address=str(created) if created else None,
        logs=tuple(found["logs"]),
    )


def _hex(value: Any) -> str:
    return value if isinstance(value, str) else "0x" + bytes(value).hex()

"""A whole chain inside this process: chain id 31337, Prague rules, a clock that only moves when told.

`LocalChain(timestamp=...)` gives a `Web3` (`.web3`) that speaks ordinary JSON-RPC, so that everything else treats it as
any node. Needs the extra `[local]`. A block's time is the one before plus a second, or what `travel` says; the wall
clock is never read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ifx_sdk import local_rpc as rpc
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.errors import MissingExtra
from ifx_sdk.node import lean

if TYPE_CHECKING:
    from ifx_sdk.local_evm import CallRequest, Header, LocalEvm, MinedBlock

CHAIN_ID = 31337
GWEI = 10**9
_ETHER = 10**18


class LocalChain:
    """The in-process chain, with ten funded test accounts (`ifx_sdk.devkeys`)."""

    def __init__(self, *, timestamp: int, accounts: int = 10, balance: int = 10_000 * _ETHER) -> None:
        """Start at block 0 of `timestamp` (unix seconds) with `accounts` funded with `balance` wei each.

        Raises `MissingExtra` where py-evm is not installed.
        """
        evm = _import_evm()
        self._keys = [dev_key(index) for index in range(accounts)]
        self.accounts: tuple[str, ...] = tuple(dev_address(index) for index in range(accounts))
        self._evm: LocalEvm = evm.LocalEvm(
            timestamp=timestamp, balances={bytes.fromhex(account[2:]): balance for account in self.accounts}
        )
        self.provider = LocalProvider(self._evm, dict(zip(self.accounts, self._keys, strict=True)))
        self.web3 = lean(Web3(self.provider))

    def __repr__(self) -> str:
        return f"LocalChain(block={self._evm.head.block_number}, timestamp={self.timestamp})"

    @property
    def timestamp(self) -> int:
        """The newest block's time, unix seconds."""
        return int(self._evm.head.timestamp)

    def travel(self, to: int) -> None:
        """Mine a block whose time is `to` (unix seconds), which must be later than the newest block's."""
        with self.provider.lock:
            self._evm.set_next_timestamp(to)
            self._evm.mine()

    def mine(self) -> None:
        """Mine one block a second after the newest."""
        with self.provider.lock:
            self._evm.mine()

    def snapshot(self) -> int:
        """A mark that `revert` returns to, as often as wanted."""
        return int(self._evm.head.block_number)

    def revert(self, snapshot: int) -> None:
        """Return to a mark; everything after it is forgotten."""
        with self.provider.lock:
            self._evm.revert_to(snapshot)

    @property
    def automine(self) -> bool:
        """Whether every transaction is mined at once; otherwise `mine` does it."""
        return self._evm.automine

    @automine.setter
    def automine(self, value: bool) -> None:
        self._evm.automine = value


class LocalProvider(BaseProvider):
    """JSON-RPC before a `LocalEvm`; answers and refuses in the words that nodes use."""

    def __init__(self, evm: LocalEvm, keys: dict[str, bytes]) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self._evm = evm
        self._node_keys = keys
        self._methods: dict[str, Callable[..., Any]] = {
            "web3_clientVersion": lambda: "ifx-local/py-evm",
            "net_version": lambda: str(CHAIN_ID),
            "eth_chainId": lambda: hex(CHAIN_ID),
            "eth_blockNumber": lambda: hex(evm.head.block_number),
            "eth_gasPrice": lambda: hex(evm.pending.base_fee_per_gas + GWEI),
            "eth_maxPriorityFeePerGas": lambda: hex(GWEI),
            "eth_feeHistory": self._fee_history,
            "eth_accounts": lambda: list(self._node_keys),
            "eth_getBalance": lambda a, b="latest": hex(self._state(b).get_balance(rpc.to_bytes(a))),
            "eth_getCode": lambda a, b="latest": rpc.to_hex(self._state(b).get_code(rpc.to_bytes(a))),
            "eth_getStorageAt": lambda a, s, b="latest": rpc.to_word(
                self._state(b).get_storage(rpc.to_bytes(a), rpc.to_int(s))
            ),
            "eth_getProof": self._proof,
            "eth_getTransactionCount": self._nonce,
            "eth_getBlockByNumber": lambda b, full=False: self._block(b, full),
            "eth_getBlockByHash": self._block_by_hash,
            "eth_call": self._call,
            "eth_estimateGas": lambda tx, *_: hex(evm.estimate(self._request(tx))),
            "eth_sendRawTransaction": lambda raw: rpc.to_hex(evm.submit(rpc.to_bytes(raw))),
            "eth_sendTransaction": self._send,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getTransactionByHash": self._transaction,
            "eth_getRawTransactionByHash": self._raw_transaction,
            "eth_getLogs": self._logs,
            "evm_mine": self._mine,
            "evm_setNextBlockTimestamp": lambda t: evm.set_next_timestamp(rpc.to_int(t)),
            "evm_setAutomine": self._set_automine,
            "evm_snapshot": lambda: hex(evm.head.block_number),
            "evm_revert": self._revert,
        }

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Answer one JSON-RPC request; a refusal is an `error` answer, as from a node."""
        from ifx_sdk.local_evm import RpcRefusal

        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": 1}
        handler = self._methods.get(method)
        if handler is None:
            answer["error"] = {"code": -32601, "message": f"the method {method} does not exist/is not available"}
            return answer  # type: ignore[return-value]  # a TypedDict with optional keys
        try:
            with self.lock:
                answer["result"] = handler(*params)
        except RpcRefusal as refusal:
            answer["error"] = {"code": refusal.code, "message": str(refusal)}
            if refusal.data is not None:
                answer["error"]["data"] = rpc.to_hex(refusal.data)
                answer["error"]["message"] += rpc.revert_message(refusal.data)
        return answer  # type: ignore[return-value]  # as above

    def is_connected(self, show_traceback: bool = False) -> bool:  # the base class's signature
        """Always: the chain lives in this process."""
        return True

    def _header(self, block: Any) -> Header:
        if block == "pending":
            return self._evm.pending
        found = self._find(block)
        if found is None:
            from ifx_sdk.local_evm import RpcRefusal

            raise RpcRefusal(f"header not found: block {block}")
        return found.header

    def _find(self, block: Any) -> MinedBlock | None:
        blocks = self._evm.blocks
        if block in ("latest", "safe", "finalized", None):
            return blocks[-1]
        number = 0 if block == "earliest" else rpc.to_int(block)
        return blocks[number] if number < len(blocks) else None

    def _state(self, block: Any) -> Any:
        return self._evm.state(self._header("latest" if block == "pending" else block))

    def _proof(self, account: str, slots: Any, block: Any = "latest") -> dict[str, Any]:
        wanted = [rpc.to_int(slot) for slot in slots]
        nodes, proven = self._evm.proof(rpc.to_bytes(account), wanted, self._header(block))
        values = [self._state(block).get_storage(rpc.to_bytes(account), slot) for slot in wanted]
        storage = [
            {"key": hex(slot), "value": hex(value), "proof": [rpc.to_hex(each) for each in proof]}
            for slot, value, proof in zip(wanted, values, proven, strict=True)
        ]
        return {"address": account, "accountProof": [rpc.to_hex(each) for each in nodes], "storageProof": storage}

    def _nonce(self, account: str, block: Any = "latest") -> str:
        if block == "pending":
            return hex(self._evm.pending_nonce(rpc.to_bytes(account)))
        return hex(self._state(block).get_nonce(rpc.to_bytes(account)))

    def _request(self, tx: Any) -> CallRequest:
        from ifx_sdk.local_evm import CallRequest

        return CallRequest(
            sender=rpc.to_bytes(tx.get("from") or bytes(20)),
            to=rpc.to_bytes(tx.get("to") or b""),
            data=rpc.to_bytes(tx.get("data") or tx.get("input") or b""),
            value=rpc.to_int(tx.get("value") or 0),
            gas=rpc.to_int(tx["gas"]) if tx.get("gas") else None,
            access_list=tuple(
                (rpc.to_bytes(entry["address"]), tuple(rpc.to_int(slot) for slot in entry["storageKeys"]))
                for entry in tx.get("accessList") or ()
            ),
        )

    def _call(self, tx: Any, block: Any = "latest", *_: Any) -> str:
        from ifx_sdk.local_evm import raise_if_failed

        computation = self._evm.run(self._request(tx), self._header(block))
        raise_if_failed(computation)
        return rpc.to_hex(computation.output)

    def _send(self, tx: Any) -> str:
        from eth_account import Account

        from ifx_sdk.local_evm import RpcRefusal

        sender = Web3.to_checksum_address(tx["from"])
        key = self._node_keys.get(sender)
        if key is None:
            raise RpcRefusal(f"unknown account {sender}: the node holds no key for it")
        fee = rpc.to_int(tx.get("maxFeePerGas") or tx.get("gasPrice") or 2 * self._evm.pending.base_fee_per_gas + GWEI)
        nonce = self._evm.pending_nonce(rpc.to_bytes(sender)) if tx.get("nonce") is None else rpc.to_int(tx["nonce"])
        signed = Account.sign_transaction(
            {
                "type": 2,
                "chainId": CHAIN_ID,
                "nonce": nonce,
                "to": tx.get("to") or b"",
                "value": rpc.to_int(tx.get("value") or 0),
                "data": rpc.to_bytes(tx.get("data") or tx.get("input") or b""),
                "gas": rpc.to_int(tx["gas"]) if tx.get("gas") else self._evm.estimate(self._request(tx)),
                "maxFeePerGas": fee,
                "maxPriorityFeePerGas": min(fee, rpc.to_int(tx.get("maxPriorityFeePerGas") or GWEI)),
                "accessList": tx.get("accessList") or [],
            },
            key,
        )
        return rpc.to_hex(self._evm.submit(bytes(signed.raw_transaction)))

    def _block(self, block: Any, full: bool) -> dict[str, Any] | None:
        if block == "pending":
            return rpc.block_fields(self._evm.pending, [], pending=True)
        found = self._find(block)
        if found is None:
            return None
        listed = [
            rpc.transaction_fields(entry) if full else rpc.to_hex(entry.transaction.hash)
            for entry in found.transactions
        ]
        return rpc.block_fields(found.header, listed)

    def _block_by_hash(self, digest: Any, full: bool = False) -> dict[str, Any] | None:
        wanted = rpc.to_bytes(digest)
        number = next((b.header.block_number for b in self._evm.blocks if b.header.hash == wanted), None)
        return None if number is None else self._block(number, full)

    def _receipt(self, digest: Any) -> dict[str, Any] | None:
        entry = self._evm.mined.get(rpc.to_bytes(digest))
        return None if entry is None else rpc.receipt_fields(entry)

    def _transaction(self, digest: Any) -> dict[str, Any] | None:
        wanted = rpc.to_bytes(digest)
        entry = self._evm.mined.get(wanted)
        if entry is not None:
            return rpc.transaction_fields(entry)
        waiting = next((tx for tx in self._evm.pool.values() if tx.hash == wanted), None)
        return None if waiting is None else rpc.unmined_fields(waiting)

    def _raw_transaction(self, digest: Any) -> str | None:
        entry = self._evm.mined.get(rpc.to_bytes(digest))
        return None if entry is None else rpc.to_hex(entry.transaction.encode())

    def _logs(self, query: Any) -> list[dict[str, Any]]:
        first = self._header(query.get("fromBlock", "latest")).block_number
        last = min(self._header_or_head(query.get("toBlock", "latest")), len(self._evm.blocks) - 1)
        wanted = query.get("address")
        addresses = (
            None if wanted is None else {rpc.to_bytes(a) for a in ([wanted] if isinstance(wanted, str) else wanted)}
        )
        topics = [None if t is None else {rpc.to_bytes(x) for x in rpc.as_list(t)} for t in query.get("topics") or ()]
        return [
            fields
            for block in self._evm.blocks[first : last + 1]
            for entry in block.transactions
            for fields in rpc.log_fields(entry, addresses, topics)
        ]

    def _header_or_head(self, block: Any) -> int:
        if block in ("latest", "safe", "finalized", "pending", None):
            return int(self._evm.head.block_number)
        return 0 if block == "earliest" else rpc.to_int(block)

    def _fee_history(self, count: Any, newest: Any = "latest", percentiles: Any = None) -> dict[str, Any]:
        last = self._header_or_head(newest)
        blocks = self._evm.blocks[max(0, last + 1 - rpc.to_int(count)) : last + 1]
        return {
            "oldestBlock": hex(blocks[0].header.block_number),
            "baseFeePerGas": [hex(b.header.base_fee_per_gas) for b in blocks]
            + [hex(self._evm.pending.base_fee_per_gas)],
            "gasUsedRatio": [b.header.gas_used / b.header.gas_limit for b in blocks],
            "reward": [[hex(GWEI) for _ in percentiles or ()] for _ in blocks],
        }

    def _mine(self, timestamp: Any = None) -> str:
        if timestamp is not None:
            self._evm.set_next_timestamp(rpc.to_int(timestamp))
        self._evm.mine()
        return "0x0"

    def _set_automine(self, value: bool) -> None:
        self._evm.automine = bool(value)

    def _revert(self, snapshot: Any) -> bool:
        self._evm.revert_to(rpc.to_int(snapshot))
        return True


def _import_evm() -> ModuleType:
    try:
        from ifx_sdk import local_evm
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "eth":
            raise
        raise MissingExtra("local", "the in-process chain") from error
    return local_evm

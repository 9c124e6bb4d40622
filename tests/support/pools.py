"""What tests do to a node's pool, its blocks and a client's seams: on anvil and on the in-process chain alike."""

from collections.abc import Mapping
from typing import Any

from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ifx_sdk.chain import Chain
from ifx_sdk.errors import RpcError
from ifx_sdk.outcomes import Attempt, MemoryJournal, Outcome
from ifx_sdk.signers import SignedTransaction, Signer

NO_METHOD = -32601
GWEI = 10**9


def automine(chain: Chain, on: bool) -> None:
    """Whether every transaction is mined at once."""
    chain.node.request("evm_setAutomine", on)


def mine(chain: Chain) -> None:
    """One block of what waits."""
    chain.node.request("evm_mine")


def pass_blocks(chain: Chain, count: int, seconds: int = 12) -> None:
    """Blocks of what waits, so many seconds apart."""
    for _ in range(count):
        chain.node.request("evm_setNextBlockTimestamp", chain.timestamp() + seconds)
        mine(chain)


def is_anvil(chain: Chain) -> bool:
    """Whether it is anvil, else the in-process chain."""
    return str(chain.node.request("web3_clientVersion")).startswith("anvil")


def come_to_rest(chain: Chain) -> None:
    """Leave nothing that would still be mined once a chain is put back: anvil answers before it has made the block."""
    chain.node.request("evm_setAutomine", False)
    chain.node.request("evm_mine")  # behind the block that is being made, and with all that waits
    if is_anvil(chain):
        chain.node.request("anvil_dropAllTransactions")


def forget(chain: Chain, tx_hash: str) -> None:
    """The node's pool drops a transaction; the in-process one drops all it has."""
    try:
        chain.node.request("anvil_dropTransaction", tx_hash)
    except RpcError as error:
        if error.code != NO_METHOD:
            raise
        chain.node.request("evm_revert", hex(chain.block_number()))


def undo(chain: Chain, blocks: int) -> None:
    """A reorganisation takes the newest blocks away, and what was in them is in no pool."""
    try:
        chain.node.request("anvil_rollback", blocks)
    except RpcError as error:
        if error.code != NO_METHOD:
            raise
        chain.node.request("evm_revert", hex(chain.block_number() - blocks))


class Killed(BaseException):
    """The process is gone: nothing of ours catches it."""


class Seams:
    """A client's seams: each may kill the process, once, at a named point."""

    POINTS = ("after signing", "before the journal", "after the journal", "before the broadcast", "after the broadcast")

    def __init__(self, point: str | None = None) -> None:
        self.point = point

    def at(self, point: str) -> None:
        """Die here, where it was asked for."""
        if point == self.point:
            self.point = None
            raise Killed(point)


class SeamSigner:
    """A signer that may die after signing, and counts."""

    signs_transactions = True

    def __init__(self, inner: Signer, seams: Seams) -> None:
        self._inner, self._seams = inner, seams
        self.address = inner.address
        self.signed: list[Mapping[str, object]] = []

    def sign_digest(self, digest: bytes) -> bytes:
        return self._inner.sign_digest(digest)

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:
        signed = self._inner.sign_transaction(transaction)
        self.signed.append(transaction)
        self._seams.at("after signing")
        return signed


class SeamJournal:
    """A journal that may die before or after it has kept an attempt."""

    def __init__(self, inner: MemoryJournal, seams: Seams) -> None:
        self._inner, self._seams = inner, seams
        self.recorded: list[Attempt] = []

    def record(self, attempt: Attempt) -> None:
        self._seams.at("before the journal")
        self._inner.record(attempt)
        self.recorded.append(attempt)
        self._seams.at("after the journal")

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        self._inner.resolve(attempt, outcome)

    def open_attempts(self) -> tuple[Attempt, ...]:
        return self._inner.open_attempts()


class SeamNode(BaseProvider):
    """A provider that may die before or after a broadcast, and keeps what was broadcast."""

    def __init__(self, good: Web3, seams: Seams) -> None:
        super().__init__()
        self._good, self._seams = good.provider, seams
        self.broadcasts: list[object] = []

    @property
    def web3(self) -> Web3:
        return Web3(self)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        if method != "eth_sendRawTransaction":
            return self._good.make_request(method, params)
        self._seams.at("before the broadcast")
        self.broadcasts.append(params[0])
        answer = self._good.make_request(method, params)
        self._seams.at("after the broadcast")
        return answer

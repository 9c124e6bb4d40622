"""The in-process chain as each node of a net sees it: it follows the clock, it may be down, finality may lag behind."""

import json
from collections.abc import Callable
from typing import Any

from requests.exceptions import ConnectionError as RequestsConnectionError
from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.node import lean

_REMEMBERED = frozenset({"eth_call", "eth_getBalance"})


class NodesChain(BaseProvider):
    """One node's RPC endpoint before the chain that all of them share."""

    def __init__(self, local: LocalChain, follow: Callable[[], None]) -> None:
        """`follow` brings the chain's time to the clock's; it is called before an answer, not at every tick."""
        super().__init__()
        self._local, self._follow = local, follow
        self.down = False
        """Whether it refuses connections."""
        self.is_down: Callable[[], bool] = lambda: False
        """The same, asked each time."""
        self.final_behind = 0
        """How many blocks the finalized one is behind the newest."""

    @property
    def web3(self) -> Web3:
        """A Web3 that asks it."""
        return lean(Web3(self))

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """What the chain answers. A read of the same state is answered from memory, for all nodes alike."""
        if self.down or self.is_down():
            raise RequestsConnectionError("connection refused")
        self._follow()
        provider = self._local.provider
        with provider.lock:
            asked = self._with_finality(params)
            if method not in _REMEMBERED or not self._local.automine:
                return provider.make_request(method, asked)
            memory = _memory(self._local)
            key = method, json.dumps(asked, default=str)
            if key not in memory:
                memory[key] = provider.make_request(method, asked)
            return memory[key]

    def is_connected(self, show_traceback: bool = False) -> bool:
        """Whether it is up."""
        return not self.down

    def _with_finality(self, params: Any) -> list[Any]:
        newest = self._local.snapshot()
        return [hex(max(0, newest - self.final_behind)) if each == "finalized" else each for each in params]


Memory = dict[tuple[str, str], RPCResponse]
_MEMORIES: dict[int, tuple[tuple[int, int, int], Memory]] = {}


def _memory(local: LocalChain) -> Memory:
    """What was answered since the last transaction or midnight: the contracts know no other time than the day."""
    mined, newest = local._evm.mined, local.timestamp
    now = len(mined), hash(next(reversed(mined), b"")), newest // SECONDS_PER_DAY
    held = _MEMORIES.get(id(local))
    if held is None or held[0] != now:
        held = _MEMORIES[id(local)] = now, {}
    return held[1]

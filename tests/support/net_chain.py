"""The in-process chain as each node of a net sees it: it follows the clock, it may be down, finality may lag behind."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from requests.exceptions import ConnectionError as RequestsConnectionError
from support.nodes import ToldClock
from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.chain import Chain
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.node import Block, Node, lean


class NodesChain(BaseProvider):
    """One node's RPC endpoint before the chain that all of them share."""

    def __init__(self, local: LocalChain, clock: ToldClock, follow: Callable[[], None]) -> None:
        """`follow` brings the chain's time to the clock's; it is called before an answer, not at every tick."""
        super().__init__()
        self._local, self._clock, self._follow = local, clock, follow
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
        """What the chain answers."""
        if self.is_broken():
            raise RequestsConnectionError("connection refused")
        self._follow()
        provider = self._local.provider
        with provider.lock:
            return provider.make_request(method, self._with_finality(params))

    def is_broken(self) -> bool:
        """Whether it gives no answer now."""
        return self.down or self.is_down()

    def is_connected(self, show_traceback: bool = False) -> bool:
        """Whether it is up."""
        return not self.is_broken()

    def state(self) -> tuple[object, ...]:
        """What a view's answer depends on: what is mined, and the day, for the contracts know no other time."""
        mined = self._local._evm.mined
        return id(self._local), len(mined), next(reversed(mined), b""), self._clock.now() // SECONDS_PER_DAY

    def _with_finality(self, params: Any) -> list[Any]:
        newest = self._local.snapshot()
        return [hex(max(0, newest - self.final_behind)) if each == "finalized" else each for each in params]


class RememberingNode(Node):
    """A node that answers a view of the same state from memory, the same for all: the EVM runs it once."""

    _state: tuple[object, ...] = ()
    _answers: ClassVar[dict[str, bytes]] = {}

    def __init__(self, endpoint: NodesChain) -> None:
        """Before this endpoint."""
        super().__init__(endpoint.web3)
        self._endpoint = endpoint

    def call(self, request: Mapping[str, object], block: Block = "latest") -> bytes:
        """What a call answers."""
        if block != "latest" or self._endpoint.is_broken():
            return super().call(request, block)
        now = self._endpoint.state()
        if now != RememberingNode._state:
            RememberingNode._state = now
            RememberingNode._answers.clear()
        key = repr(sorted(request.items()))
        if key not in self._answers:
            self._answers[key] = super().call(request, block)
        return self._answers[key]


def chain_before(endpoint: NodesChain) -> Chain:
    """The chain through one node's endpoint."""
    chain = Chain(endpoint.web3, chain_id=31337)
    chain.node = RememberingNode(endpoint)
    return chain

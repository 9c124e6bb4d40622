"""Several RPC endpoints as one web3 provider: what one of them does wrong is survived, and named.

    endpoints = Endpoints([settings.chain.rpc, *settings.chain.more_rpcs], chain_id=1, clock=clock)
    ifx = IFX.connect(endpoints.web3, deployment, signer)
    endpoints.faults()                 who does what wrong now: for logs, metrics and alerts

The rules, for more than one endpoint:

- Who gives no usable answer has no vote, and rests for a minute. Whoever answers alone is believed, as a single one is.
- An endpoint of another chain, one whose newest block is two minutes older than another's, and one whose newest block
  is ahead of the clock have no vote either.
- State, receipts and mined nonces are what more than half of the voters say. Where no half does, nothing is decided:
  `EndpointsDisagree`, and nothing is sent. So with two, nothing counts as posted that only one of them says.
- A transaction is known where one endpoint knows it: believing in it leads to waiting, never to a second one.
- The nonce of the next transaction is the mined one, or more where every voter has more in its pool.
- A broadcast goes to every endpoint, and counts as sent where one took it.
- Fees are the lower median and gas is the upper one; the final block is the lower median.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ifx_sdk.errors import RpcError
from ifx_sdk.node import lean
from ifx_sdk.tracking import is_definite, is_known_already
from oracle_node.clocks import Clock
from oracle_node.endpoint_faults import EndpointFault, FaultKind
from oracle_node.endpoint_pool import Answer, Endpoint, Pool, Said
from oracle_node.errors import EndpointsDisagree
from oracle_node.rpc_answers import integer, lower_median, majority, meaning, shown, upper_median

__all__ = ["EndpointFault", "EndpointState", "Endpoints", "EndpointsDisagree", "FaultKind"]

TIMEOUT_SECONDS: Final = 10
"""Within which an endpoint must have given its whole answer."""
STALE_SECONDS: Final = 120
"""By how much a newest block may be older than another endpoint's."""
AHEAD_SECONDS: Final = 30
"""By how much a newest block may be ahead of the clock."""

_BLOCK: Final = "eth_getBlockByNumber"
_COUNT: Final = "eth_getTransactionCount"
_RECEIPT: Final = "eth_getTransactionReceipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointState:
    """One endpoint as it answers now."""

    number: int
    """Its place in the settings, from 1."""
    url: str
    """Its address without whatever may be secret in it."""
    chain_id: int | None
    """The chain it follows; None where it does not answer."""
    block: int | None
    """Its newest block; None where it does not answer, or follows another chain."""


class Endpoints(BaseProvider):
    """A web3 provider before several others. Construction does no I/O; usable from several threads."""

    def __init__(
        self,
        nodes: Sequence[str | Web3],
        *,
        chain_id: int,
        clock: Clock,
        timeout_seconds: int = TIMEOUT_SECONDS,
        on_fault: Callable[[EndpointFault], None] = lambda fault: None,
    ) -> None:
        """`nodes` are URLs, IPC paths or Web3s, the first one preferred; `chain_id` is the deployment's.

        `on_fault` hears of each fault when it begins. Raises `BadValue` for what is no address of a node.
        """
        super().__init__()
        self._pool = Pool(nodes, chain_id=chain_id, clock=clock, timeout_seconds=timeout_seconds, on_fault=on_fault)
        self.endpoint_uri = self._pool.endpoints[0].url  # what messages call the node
        self._handlers: Mapping[str, Callable[[str, Sequence[Any]], Answer]] = {
            "eth_chainId": self._chain,
            "eth_call": self._agreed,
            "eth_getCode": self._agreed,
            _RECEIPT: self._agreed,
            _COUNT: self._count,
            _BLOCK: self._block,
            "eth_blockNumber": self._newest,
            "eth_getTransactionByHash": self._known,
            "eth_sendRawTransaction": self._broadcast,
            "eth_sendTransaction": self._preferred,
            "eth_estimateGas": self._estimate,
            "eth_maxPriorityFeePerGas": self._middle,
            "eth_gasPrice": self._middle,
            "eth_getBalance": self._middle,
        }

    @property
    def web3(self) -> Web3:
        """A Web3 that asks them all."""
        return lean(Web3(self))

    def faults(self) -> tuple[EndpointFault, ...]:
        """What is wrong now: within the last hour, and nothing has disproved it since."""
        return self._pool.faults.present()

    def all_faults(self) -> tuple[EndpointFault, ...]:
        """Every fault since the start, ended or not, with how often it occurred: for counters."""
        return self._pool.faults.ever()

    def states(self) -> tuple[EndpointState, ...]:
        """Ask each endpoint, resting or not, for its chain and its newest block."""
        found = []
        for each in self._pool.endpoints:
            chain_id = _number(self._pool.ask(each, "eth_chainId", []))
            follows = chain_id == self._pool.chain_id
            block = _number(self._pool.ask(each, "eth_blockNumber", [])) if follows else None
            found.append(EndpointState(number=each.number, url=each.url, chain_id=chain_id, block=block))
        return tuple(found)

    def is_connected(self, show_traceback: bool = False) -> bool:  # the base class's signature
        """Whether one of them answers."""
        return bool(self._pool.said("eth_chainId", []))

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One question to those whom it concerns. Raises `NodeDown`, `EndpointsDisagree`."""
        answer = self._handlers.get(method, self._pool.first)(method, params)
        return cast(RPCResponse, {"jsonrpc": "2.0", "id": 1, **answer})

    # ------------------------------------------------------------------------------------------------ what is decided

    def _agreed(self, method: str, params: Sequence[Any]) -> Answer:
        """What more than half of the voters say."""
        said = self._pool.all(method, params)
        if len({meaning(method, answer) for answer in said.values()}) > 1:
            heads = self._heads(tuple(said))
            if method == _RECEIPT:
                said = self._pool.all(method, params, tuple(heads))  # it may have been mined in between
            said = {each: answer for each, answer in said.items() if each in heads}
            if method == _RECEIPT and _is_late(said, heads):
                return {"result": None}  # not yet everywhere: not mined, as far as all know
            return self._decided(method, params, said, heads)
        return next(iter(said.values()))

    def _decided(self, method: str, params: Sequence[Any], said: Said, heads: Mapping[Endpoint, Answer]) -> Answer:
        if not said:
            raise self._pool.nobody(method)
        votes = {each: meaning(method, answer) for each, answer in said.items()}
        winners = majority(votes)
        if len(winners) < len(votes):
            self._blame(method, params, votes, heads)
        if not winners:
            raise EndpointsDisagree(method, tuple((each.url, shown(vote)) for each, vote in votes.items()))
        return said[winners[0]]

    def _blame(
        self,
        method: str,
        params: Sequence[Any],
        votes: Mapping[Endpoint, Hashable],
        heads: Mapping[Endpoint, Answer],
    ) -> None:
        """Name those who differ at a block that all of them have: on a fork, or with another answer."""
        height = hex(min(integer(heads[each]["result"]["number"]) for each in votes))
        found = self._pool.said(_BLOCK, [height, False], tuple(votes))
        hashes = {each: meaning(_BLOCK, answer) for each, answer in found.items()}
        if len(set(hashes.values())) > 1:
            for each in hashes.keys() - set(majority(hashes)):
                self._pool.blame(
                    each, FaultKind.FORKED, _BLOCK, f"its block {integer(height)} is {shown(hashes[each])}"
                )
            return
        if method in ("eth_call", "eth_getCode", _COUNT) and params[-1] == "latest":
            pinned = self._pool.said(method, [*params[:-1], height], tuple(votes))
            votes = {each: meaning(method, answer) for each, answer in pinned.items()}
        if len(set(votes.values())) > 1:
            for each in votes.keys() - set(majority(votes)):
                why = f"at block {integer(height)} it says {shown(votes[each])}"
                self._pool.blame(each, FaultKind.DISAGREES, method, why)

    def _heads(self, among: Sequence[Endpoint]) -> dict[Endpoint, Answer]:
        """The newest block of each endpoint that has a vote. Raises `NodeDown`."""
        said = self._pool.all(_BLOCK, ["latest", False], among)
        return self._in_time({each: answer for each, answer in said.items() if answer.get("result")})

    def _in_time(self, heads: Said) -> dict[Endpoint, Answer]:
        """Without those whose newest block is in the future, or old beside another's; they are named."""
        now = self._pool.clock.now()
        times = {each: integer(answer["result"]["timestamp"]) for each, answer in heads.items()}
        ahead = {each for each, at in times.items() if at > now + AHEAD_SECONDS}
        if len(ahead) == len(times):
            ahead = set()  # then it is the clock that is wrong, or told
        newest = max((at for each, at in times.items() if each not in ahead), default=0)
        for each, at in times.items():
            if each in ahead:
                self._pool.blame(each, FaultKind.AHEAD, _BLOCK, f"its newest block is {at - now} s ahead of the clock")
            elif at < newest - STALE_SECONDS:
                self._pool.blame(
                    each, FaultKind.BEHIND, _BLOCK, f"its newest block is {newest - at} s older than another's"
                )
            else:
                self._pool.faults.end(each.number, FaultKind.AHEAD, FaultKind.BEHIND)
        return {each: heads[each] for each, at in times.items() if each not in ahead and at >= newest - STALE_SECONDS}

    # ------------------------------------------------------------------------------------------- what has its own rule

    def _chain(self, method: str, params: Sequence[Any]) -> Answer:
        """What was checked of each endpoint, for web3 asks before every call."""
        now = self._pool.clock.now()
        for each in sorted(self._pool.endpoints, key=lambda endpoint: endpoint.rests_until > now):
            if self._pool.is_usable(each):
                return {"result": hex(self._pool.chain_id)}
        raise self._pool.nobody(method)

    def _count(self, method: str, params: Sequence[Any]) -> Answer:
        if params[-1] != "pending":
            return self._agreed(method, params)
        mined = self._agreed(method, [params[0], "latest"])
        waiting = [each for each in map(_number, self._pool.all(method, params).values()) if each is not None]
        if "result" not in mined or not waiting:
            return mined
        return {"result": hex(max(integer(mined["result"]), min(waiting)))}

    def _block(self, method: str, params: Sequence[Any]) -> Answer:
        if params[0] not in ("latest", "pending", "safe", "finalized"):
            return self._agreed(method, params)
        said = self._pool.all(method, params)
        found = {each: answer for each, answer in said.items() if answer.get("result")}
        if len(found) < 2:
            return next(iter((found or said).values()))
        if params[0] == "pending":
            return lower_median(found.values(), lambda each: integer(each["result"]["timestamp"]))
        if params[0] == "latest":
            found = self._in_time(found)
        chosen = lower_median(found.values(), _height)
        if len({meaning(method, answer) for answer in found.values()}) == 1:
            return chosen
        return self._agreed(method, [hex(_height(chosen)), *params[1:]])

    def _newest(self, method: str, params: Sequence[Any]) -> Answer:
        found = self._block(_BLOCK, ["latest", False])
        return {"result": found["result"]["number"]} if found.get("result") else found

    def _known(self, method: str, params: Sequence[Any]) -> Answer:
        said = self._pool.all(method, params)
        found = [answer for answer in said.values() if answer.get("result")]
        mined = [answer for answer in found if answer["result"].get("blockNumber")]
        return next(iter(mined or found or said.values()))

    def _estimate(self, method: str, params: Sequence[Any]) -> Answer:
        said = self._pool.all(method, params)
        enough = [answer for answer in said.values() if "result" in answer]
        if 2 * len(enough) >= len(said):
            return upper_median(enough, lambda answer: integer(answer["result"]))
        return next(answer for answer in said.values() if "error" in answer)

    def _middle(self, method: str, params: Sequence[Any]) -> Answer:
        said = self._pool.all(method, params)
        numbers = [answer for answer in said.values() if "result" in answer]
        if not numbers:
            return next(iter(said.values()))
        return lower_median(numbers, lambda answer: integer(answer["result"]))

    def _preferred(self, method: str, params: Sequence[Any]) -> Answer:
        """Of the first endpoint alone: a second one that signs would send a second transaction."""
        first = self._pool.endpoints[0]
        answer = self._pool.ask(first, method, params) if self._pool.is_usable(first) else None
        if answer is None:
            raise self._pool.nobody(method)
        return answer

    def _broadcast(self, method: str, params: Sequence[Any]) -> Answer:
        """To all of them, resting or not. A loss anywhere leaves it open whether it arrived."""
        tx_hash = _hash_of(params[0])
        refused: list[Mapping[str, Any]] = []
        taken = lost = False
        for each in self._pool.endpoints:
            answer = self._pool.ask(each, method, params) if self._pool.is_usable(each) else None
            if answer is None:
                lost = True
            elif "error" in answer:
                refused.append(answer["error"])
            elif str(answer["result"]).lower() == tx_hash:
                taken = True
            else:
                self._pool.blame(each, FaultKind.GARBAGE, method, "it answers with another hash")
                lost = True
        if taken or any(is_known_already(str(error["message"])) for error in refused):
            return {"result": tx_hash}
        # Where one of them may have it all the same, that one's words are the answer.
        open_ = [each for each in refused if not is_definite(RpcError(method, str(each["message"]), each.get("code")))]
        if lost and not open_:
            raise self._pool.nobody(method)
        return {"error": (open_ or refused)[0]}


def _is_late(said: Said, heads: Mapping[Endpoint, Answer]) -> bool:
    """Whether a receipt is missing only where its block has not arrived."""
    receipts = [answer["result"] for answer in said.values() if answer.get("result")]
    if not receipts or len({meaning(_RECEIPT, {"result": each}) for each in receipts}) > 1:
        return False
    block = integer(receipts[0]["blockNumber"])
    missing = [each for each, answer in said.items() if not answer.get("result")]
    return bool(missing) and all(_height(heads[each]) < block for each in missing)


def _height(answer: Answer) -> int:
    return integer(answer["result"]["number"])


def _number(answer: Answer | None) -> int | None:
    return None if answer is None or "result" not in answer else integer(answer["result"])


def _hash_of(raw: object) -> str:
    from eth_utils.crypto import keccak

    data = bytes.fromhex(raw.removeprefix("0x")) if isinstance(raw, str) else bytes(cast(bytes, raw))
    return "0x" + keccak(data).hex()

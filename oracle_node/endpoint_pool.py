"""The endpoints themselves: each asked with care, its answer checked, its failure named, and left alone for a while."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import HTTPError, RequestException, Timeout
from web3 import Web3
from web3.exceptions import BadResponseFormat, TimeExhausted, TooManyRequests, Web3Exception
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint

from ifx_sdk.errors import NodeDown
from ifx_sdk.node import url_of, web3_for
from oracle_node.clocks import Clock
from oracle_node.endpoint_faults import UNHEARD, EndpointFault, FaultBook, FaultKind
from oracle_node.rpc_answers import integer, is_rate_limit, is_revert, readable, wrong_shape

REST_SECONDS: Final = 60
"""For which an endpoint that failed is not asked, unless none is left."""
_CHECK_SECONDS: Final = 600

Answer = Mapping[str, Any]
"""A JSON-RPC response whose shape was checked: `result`, or `error` with code and message."""


@dataclass(slots=True, kw_only=True, eq=False)
class Endpoint:
    """One endpoint and what is known of it."""

    number: int
    """Its place in the settings, from 1."""
    url: str
    """Its address without whatever may be secret in it."""
    provider: BaseProvider
    """Where it is asked."""
    rests_until: int = field(default=0)
    """Unix seconds UTC before which it is asked only where nobody else answers."""
    checked_at: int | None = field(default=None)
    """When its chain id was found right, unix seconds UTC; None where it is to be asked."""


Said = dict[Endpoint, Answer]


class Pool:
    """All endpoints of one chain. Construction does no I/O."""

    def __init__(
        self,
        nodes: Sequence[str | Web3],
        *,
        chain_id: int,
        clock: Clock,
        timeout_seconds: int,
        on_fault: Callable[[EndpointFault], None],
    ) -> None:
        """As `Endpoints`. Raises `BadValue` for what is no address of a node."""
        web3s = [web3_for(each, timeout_seconds) if isinstance(each, str) else each for each in nodes]
        self.endpoints = tuple(
            Endpoint(number=number, url=url_of(each), provider=each.provider)
            for number, each in enumerate(web3s, start=1)
        )
        self.chain_id, self.clock = chain_id, clock
        self.faults = FaultBook(clock, on_fault)

    def ask(self, endpoint: Endpoint, method: str, params: Sequence[Any]) -> Answer | None:
        """Its answer; None where it gave no usable one, which is named."""
        try:
            answer: Any = endpoint.provider.make_request(RPCEndpoint(method), params)
        except TooManyRequests:
            return self._unheard(endpoint, FaultKind.RATE_LIMITED, method, "it was asked too often")
        except HTTPError as error:
            status = None if error.response is None else error.response.status_code
            kind = FaultKind.RATE_LIMITED if status == 429 else FaultKind.DOWN
            return self._unheard(endpoint, kind, method, f"it answered with HTTP {status}")
        except (Timeout, TimeExhausted, TimeoutError):
            return self._unheard(endpoint, FaultKind.STALLED, method, "it timed out")
        except (RequestsConnectionError, ConnectionError):
            return self._unheard(endpoint, FaultKind.DOWN, method, "cannot connect")
        except (BadResponseFormat, ValueError, RecursionError, RequestException, Web3Exception) as error:
            return self._unheard(endpoint, FaultKind.GARBAGE, method, f"no answer ({type(error).__name__})")
        except OSError:
            return self._unheard(endpoint, FaultKind.DOWN, method, "cannot connect")
        return self._checked(endpoint, method, params, answer)

    def _checked(self, endpoint: Endpoint, method: str, params: Sequence[Any], answer: Any) -> Answer | None:
        if not isinstance(answer, dict):
            return self._unheard(endpoint, FaultKind.GARBAGE, method, "no JSON-RPC answer")
        error = answer.get("error")
        if isinstance(error, dict) and isinstance(error.get("message"), str):
            if is_rate_limit(error):
                return self._unheard(endpoint, FaultKind.RATE_LIMITED, method, "it wants to be asked less")
            self.faults.answered(endpoint.number, method)
            return {"error": error}
        if error or "result" not in answer:
            return self._unheard(endpoint, FaultKind.GARBAGE, method, "no JSON-RPC answer")
        wrong = wrong_shape(method, params, answer["result"])
        if wrong is not None:
            return self._unheard(endpoint, FaultKind.GARBAGE, method, wrong)
        self.faults.answered(endpoint.number, method)
        return {"result": readable(method, params, answer["result"])}

    def _unheard(self, endpoint: Endpoint, kind: FaultKind, method: str, why: str) -> Answer | None:
        """No answer: it is named, and left alone for a while."""
        endpoint.rests_until = self.clock.now() + REST_SECONDS
        endpoint.checked_at = None
        self.blame(endpoint, kind, method, why)
        return None

    def blame(self, endpoint: Endpoint, kind: FaultKind, method: str, why: str) -> None:
        """Name what it does wrong at a method."""
        self.faults.name(endpoint.number, endpoint.url, kind, method, f"{method}: {why}")

    def is_usable(self, endpoint: Endpoint) -> bool:
        """Whether it follows the chain; asked now and then, for a gateway may change its mind."""
        now = self.clock.now()
        if endpoint.checked_at is not None and abs(now - endpoint.checked_at) < _CHECK_SECONDS:
            return True
        answer = self.ask(endpoint, "eth_chainId", [])
        if answer is None or "result" not in answer:
            return False
        found = integer(answer["result"])
        if found != self.chain_id:
            self._unheard(
                endpoint, FaultKind.WRONG_CHAIN, "eth_chainId", f"it follows chain {found}, not {self.chain_id}"
            )
            return False
        self.faults.end(endpoint.number, FaultKind.WRONG_CHAIN)
        endpoint.checked_at = now
        return True

    def said(self, method: str, params: Sequence[Any], among: Sequence[Endpoint] | None = None) -> Said:
        """What each of them answers; those that rest are asked where nobody else answers. May be empty."""
        asked, now = self.endpoints if among is None else among, self.clock.now()
        for group in (
            [each for each in asked if each.rests_until <= now],
            [each for each in asked if each.rests_until > now],
        ):
            found = {each: self.ask(each, method, params) for each in group if self.is_usable(each)}
            said = {each: answer for each, answer in found.items() if answer is not None}
            if said:
                return said
        return {}

    def all(self, method: str, params: Sequence[Any], among: Sequence[Endpoint] | None = None) -> Said:
        """As `said`, without the errors that are no answer where somebody answers. Raises `NodeDown`."""
        said = self.said(method, params, among)
        if not said:
            raise self.nobody(method)
        good = {each: answer for each, answer in said.items() if "result" in answer or is_revert(answer["error"])}
        return good or said

    def first(self, method: str, params: Sequence[Any]) -> Answer:
        """Of the first endpoint that has an answer, else the first one's error. Raises `NodeDown`."""
        refused: Answer | None = None
        now = self.clock.now()
        for each in sorted(self.endpoints, key=lambda endpoint: endpoint.rests_until > now):
            answer = self.ask(each, method, params) if self.is_usable(each) else None
            if answer is not None and "result" in answer:
                return answer
            refused = refused or answer
        if refused is None:
            raise self.nobody(method)
        return refused

    def nobody(self, method: str) -> NodeDown:
        """The error where no endpoint answers: each with its reason."""
        silent = (*UNHEARD, FaultKind.WRONG_CHAIN)
        told = "; ".join(f"{each.url}: {each.why}" for each in self.faults.present() if each.kind in silent)
        why = f"no endpoint answers {method}" + (f" ({told})" if told else "")
        return NodeDown(self.endpoints[0].url, why)

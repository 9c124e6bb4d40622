"""A desk on a local chain, for somebody who tries it out: time that passes on demand, and wallets without an extension.

Both are open to whoever reaches the desk, so there is no sandbox but on chain 31337, before a node on the loopback and
served there: `hold` refuses everything else before the first socket is opened. Its accounts are public test accounts.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, day_of, midnight
from ifx_sdk.client import IFX
from ifx_sdk.deploy import DEVNET_CHAIN_ID
from ifx_sdk.errors import IFXError
from ifx_sdk.records import Status
from otc_desk.errors import BadRequest, NoSandbox, NotAllowed, NotFound, NotNow, WrongState
from otc_desk.logs import logger
from otc_desk.settings import Settings, is_loopback

AFTER_MIDNIGHT: Final = 10
"""Seconds: nodes post five seconds after midnight."""
LATER: Final = 600
"""Seconds after midnight at which a journey ends: the day's fixing is posted."""
_LOOK: Final = 0.02
_RPC_SECONDS: Final = 30
SIGNING: Final[Mapping[str, int]] = {"personal_sign": 1, "eth_signTypedData_v4": 0, "eth_sendTransaction": 0}
"""What needs an account, and the place of the parameter that names it."""
READING: Final = frozenset(
    {
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_getBalance",
        "eth_getBlockByNumber",
        "eth_getCode",
        "eth_getLogs",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_maxPriorityFeePerGas",
        "net_version",
    }
)
"""What every wallet passes on to its node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Time that passes, or has passed."""

    since: int
    """The chain's time when it began, unix seconds UTC."""
    to: int
    """Where it ends, unix seconds UTC."""
    at: int
    """How far it came."""
    over: bool = False
    """Whether it has ended."""
    unfixed: tuple[str, ...] = ()
    """Days on which the oracle posted nothing in time, each as `YYYY-MM-DD`."""
    failure: str = ""
    """Why it ended early; empty where it did not."""


def hold(settings: Settings, *, chain_id: int, host: str) -> None:
    """Refuse a sandbox anywhere else. Raises `NoSandbox`; nothing where there is none."""
    if settings.sandbox is None:
        return
    if chain_id != DEVNET_CHAIN_ID:
        raise NoSandbox(f"the settings have a sandbox, and the deployment is on chain {chain_id}")
    if not is_loopback(host):
        raise NoSandbox(f"the settings have a sandbox, and the desk would listen on {host}")


class TimeTravel:
    """Moves a local chain's time day by day, and gives the oracle the time to post on each."""

    def __init__(self, ifx: IFX, *, patience_seconds: int) -> None:
        """`patience_seconds` for each day's fixings."""
        self._ifx, self._patience = ifx, patience_seconds
        self._lock = threading.Lock()
        self._journey: Journey | None = None

    def journey(self) -> Journey | None:
        """The one under way, else the last one; None where there was none."""
        with self._lock:
            return self._journey

    def next_day(self) -> Journey:
        """Begin to go to the next day, when it is fixed. Raises `WrongState`."""
        return self._begin(midnight(day_of(self._ifx.chain.now()) + 1) + LATER)

    def maturity(self, forward: bytes) -> Journey:
        """Begin to go to when a forward can be settled. Raises `NotFound`, `BadRequest`, `WrongState`."""
        found = self._ifx.escrow.forward(forward)
        if found.status is not Status.ACTIVE:
            raise NotFound("forward that waits for its maturity")
        if found.maturity + LATER <= self._ifx.chain.now():
            raise BadRequest("forward", "it has matured already", "Settle it: anyone may.")
        return self._begin(found.maturity + LATER)

    def _begin(self, to: int) -> Journey:
        with self._lock:
            if self._journey is not None and not self._journey.over:
                raise WrongState("travelling", "under way already", "Wait until it is over: GET /api/sandbox.")
            now = self._ifx.chain.now()
            self._journey = found = Journey(since=now, at=now, to=to)
        threading.Thread(target=self._travel, args=(to,), name="time-travel", daemon=True).start()
        return found

    def _travel(self, to: int) -> None:
        try:
            for day in range(day_of(self._ifx.chain.now()), day_of(to) + 1):
                self._go(midnight(day) + AFTER_MIDNIGHT)
                if not self._fixed(day):
                    self._note(unfixed=date_of(day).isoformat())
            self._go(to)
        except IFXError as error:
            logger().warning("time travel", error=type(error).__name__, why=error.what)
            self._note(failure=error.what)
        self._note(over=True)

    def _go(self, to: int) -> None:
        """Nothing where it is later already: a local chain may mine by itself."""
        if to > self._ifx.chain.timestamp():
            devnet.travel(self._ifx, to)
        self._note(at=self._ifx.chain.timestamp())

    def _fixed(self, day: int) -> bool:
        """Wait until the oracle has posted every price of a day; False where it did not in time."""
        open_names = [each.name for each in self._ifx.oracle.underlyings()]
        deadline = time.monotonic() + self._patience
        while open_names := [each for each in open_names if self._ifx.oracle.fixing(each, day) is None]:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        return True

    def _note(self, *, at: int = 0, unfixed: str = "", failure: str = "", over: bool = False) -> None:
        with self._lock:
            before = self._journey
            assert before is not None  # noqa: S101 - begun before the thread
            self._journey = replace(
                before,
                at=at or before.at,
                unfixed=(*before.unfixed, unfixed) if unfixed else before.unfixed,
                failure=failure or before.failure,
                over=over,
            )


class NodeWallet:
    """Passes a page's wallet requests on to the local node, for the sandbox's accounts alone."""

    def __init__(self, rpc: str, accounts: Sequence[str]) -> None:
        """`accounts` are those that the node has unlocked and the settings name."""
        self._rpc, self._accounts = rpc, {each.lower() for each in accounts}

    def ask(self, account: str, method: str, params: Sequence[Any]) -> dict[str, Any]:
        """The node's `result` or `error`, as it is. Raises `NotAllowed`, `NotNow`."""
        self._hold(account, method, params)
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        try:
            answer = httpx.post(self._rpc, json=asked, timeout=_RPC_SECONDS).json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotNow("the local node does not answer") from error
        return {name: answer[name] for name in ("result", "error") if name in answer}

    def _hold(self, account: str, method: str, params: Sequence[Any]) -> None:
        if account.lower() not in self._accounts:
            raise NotAllowed("the sandbox has no wallet of this account")
        if method in READING:
            return
        if method not in SIGNING:
            raise NotAllowed(f"the sandbox's wallet does not know {method}")
        place = SIGNING[method]
        named = params[place] if len(params) > place else None
        signer = named.get("from") if isinstance(named, dict) else named
        if not isinstance(signer, str) or signer.lower() != account.lower():
            raise NotAllowed("the wallet signs for its own account alone")


def days_left(journey: Journey) -> int:
    """Days that a journey has still to go."""
    return 0 if journey.over else max(0, (journey.to - journey.at) // SECONDS_PER_DAY)

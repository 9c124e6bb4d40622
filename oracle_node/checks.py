"""What a node needs, looked at once a minute by itself and once by `ifx-oracle doctor`. Every look gives its cure.

The cheap looks go to the node's own disk and its RPC endpoints. What asks other people's servers, the pages and the
peers, is the doctor's alone: a running node learns of those by doing its work.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import IFXError, NodeDown
from ifx_sdk.oracle import Oracle
from oracle_node.alerts import Alerts, Cause
from oracle_node.clocks import REFUSE_SECONDS, ChainTime, Clock
from oracle_node.endpoint_faults import EndpointFault
from oracle_node.endpoints import Endpoints, EndpointState
from oracle_node.health import Check, Health
from oracle_node.metrics import Metrics
from oracle_node.rounds import LOW_POSTINGS, gas_price, postings_left

LEAST_FREE_BYTES: Final = 500_000_000
"""Free space below which a node should be looked at: years of archive, days of a page that changes at every slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The looks at one node's own disk and chain."""

    state: Path
    """The node's `state` folder."""
    deployment: Deployment
    """What it posts to."""
    oracle: Oracle
    """Through its RPC endpoints."""
    endpoints: Endpoints | None
    """Those; None where the chain is inside the process."""
    account: str | None
    """The account that signs and posts; None for a shadow."""
    posts: bool
    """Whether it pays for posts."""
    underlyings: Sequence[str]
    """What it is to report."""
    clock: Clock
    """The node's."""
    chain_time: ChainTime
    """Learns of the newest block's time."""

    def all(self) -> tuple[Check, ...]:
        """Each once. Raises nothing: what cannot be looked at does not hold."""
        looks: list[Callable[[], Check]] = [self.disk, self.chain, self.contract, self.clock_and_chain, self.listed]
        if self.endpoints is not None:
            looks.append(self.agreement)
        if self.account is not None:
            looks.append(self.registered)
        if self.posts:
            looks.append(self.balance)
        return tuple(_held(look) for look in looks)

    def disk(self) -> Check:
        """Room for the store and the archive."""
        return disk(self.state)

    def chain(self) -> Check:
        """An RPC endpoint answers, and follows the deployment's chain."""
        found = self.oracle.chain.node.chain_id()
        wanted = self.deployment.chain_id
        says = f"chain id {found}" if found == wanted else f"chain id {found}, and the deployment is on {wanted}"
        return Check(
            name="chain", ok=found == wanted, says=says, cure="Set `rpc` under [chain] to a node of that chain."
        )

    def contract(self) -> Check:
        """The oracle has code where the deployment says."""
        size = len(self.oracle.chain.code(self.oracle.address))
        return Check(
            name="contract",
            ok=size > 0,
            says=f"FixingOracle at {self.oracle.address}: {size} bytes of code",
            cure="Name the right file under `deployment`; scripts/verify_deployment.py compares it with the sources.",
        )

    def clock_and_chain(self) -> Check:
        """No block is ahead of the clock; a block behind it says nothing."""
        now, block = self.clock.now(), self.oracle.chain.timestamp()
        self.chain_time.note(block, now)
        ahead = block - now
        return Check(
            name="clock",
            ok=ahead <= REFUSE_SECONDS,
            says=f"the newest block is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} the clock",
            cure="Set the machine's clock by NTP (timedatectl set-ntp true): above 30 s nothing is signed.",
        )

    def agreement(self) -> Check:
        """Every endpoint follows the chain, and none is far behind."""
        assert self.endpoints is not None  # noqa: S101 - asked only where there are some
        states = self.endpoints.states()
        newest = max((each.block for each in states if each.block is not None), default=None)
        bad = [each for each in states if each.block is None or (newest or 0) - each.block > _FAR_BEHIND]
        told = ", ".join(_state(each) for each in states)
        cure = "Replace an endpoint that is down or far behind; with three, one that lies is outvoted."
        return Check(name="rpc", ok=not bad, says=told, cure=cure)

    def listed(self) -> Check:
        """The oracle lists every underlying of the settings."""
        known = {each.name for each in self.oracle.underlyings()}
        missing = [name for name in self.underlyings if name not in known]
        says = (
            f"not listed: {', '.join(missing)}"
            if missing
            else f"{len(self.underlyings)} of {len(self.underlyings)} underlyings are listed"
        )
        cure = "Take them out of the settings, or have the oracle's owner add them."
        return Check(name="listed", ok=not missing, says=says, cure=cure)

    def registered(self) -> Check:
        """The node's account is in today's signer set."""
        today = day_of(self.clock.now())
        found = self.oracle.signers_on(today)
        ok = self.account in found.signers
        of = f"{len(found.signers)} nodes registered on {date_of(today)}, quorum {found.quorum}"
        cure = "Have the oracle's owner schedule a signer set with this account, or name the right key file."
        return Check(name="registered", ok=ok, says=f"{self.account} is {'' if ok else 'not '}one of {of}", cure=cure)

    def balance(self) -> Check:
        """The account pays for two weeks of posts."""
        chain = self.oracle.chain
        wei = chain.balance(str(self.account))
        left = postings_left(wei, gas_price(chain), len(self.underlyings))
        says = f"{coins(wei)} of the chain's coin pay for {left} posts at today's gas price"
        cure = f"Send the chain's own coin to {self.account}: {LOW_POSTINGS} posts are two weeks."
        return Check(name="balance", ok=left >= LOW_POSTINGS, says=says, cure=cure)


def disk(state: Path) -> Check:
    """Room for the store and the archive in a folder that exists. Raises `OSError`."""
    free = shutil.disk_usage(state).free
    return Check(
        name="disk",
        ok=free >= LEAST_FREE_BYTES,
        says=f"{free // 10**6:,} MB free at {state}",
        cure="Make room, or move `state` to a larger disk while the node is stopped.",
    )


_FAR_BEHIND: Final = 20
"""Blocks that an endpoint may be behind another one."""


def coins(wei: int) -> str:
    """An amount of a chain's own coin, rounded down to six decimals."""
    whole, rest = divmod(wei // 10**12, 10**6)
    return f"{whole:,}.{rest:06}"


def tell_endpoints(endpoints: Endpoints, alerts: Alerts, metrics: Metrics, now: int) -> None:
    """Alert of each endpoint that does something wrong, end the alerts of those that do not, and count.

    By their place in the settings too: two of them can differ in their secret part alone, which is not shown.
    """
    wrong = {_called(each): each for each in endpoints.faults()}
    for each in endpoints.all_faults():
        metrics.rpc_faults.labels(_called(each), str(each.kind)).set(each.times)
        if _called(each) not in wrong:
            alerts.end(Cause.RPC_FAULTY, _called(each), now)
    for called, fault in wrong.items():
        alerts.begin(Cause.RPC_FAULTY, called, f"{fault.kind}: {fault.why}", now)


def _called(fault: EndpointFault) -> str:
    return f"{fault.number}: {fault.url}"


TOLD: Final = ("disk", "contract", "listed", "registered")
"""Checks with an alert of their own. The others have their causes: the clock, the balance, the endpoints, the chain."""


def tell_checks(health: Health, alerts: Alerts, now: int) -> None:
    """Alert of each of these checks while it counts as failed; of what cannot be looked at nothing is known."""
    unready = {each.name: each for each in health.unready()}
    for name in TOLD:
        found = unready.get(name)
        if found is None:
            alerts.end(Cause.CHECK_FAILING, name, now)
        elif found != unseen(name):
            alerts.begin(Cause.CHECK_FAILING, name, f"{found.says}. {found.cure}", now)


def _state(state: EndpointState) -> str:
    if state.chain_id is None:
        return f"{state.url} does not answer"
    return f"{state.url} is at block {state.block}" if state.block is not None else f"{state.url} follows another chain"


def unseen(name: str) -> Check:
    """A check that asks a chain which does not answer; the check `chain` has the reason."""
    return Check(
        name=name, ok=False, says="it cannot be looked at without the chain", cure="See the check `chain` above."
    )


def _held(look: Callable[[], Check]) -> Check:
    """What a look finds; an error of ours is what it found."""
    try:
        return look()
    except (IFXError, OSError) as error:
        name = {"clock_and_chain": "clock", "agreement": "rpc"}.get(look.__name__, look.__name__)
        what, cure = (error.what, error.cure) if isinstance(error, IFXError) else (str(error), "")
        if type(error) is NodeDown and name != "chain":  # endpoints that disagree are another kind of it
            return unseen(name)
        return Check(name=name, ok=False, says=what, cure=cure or "See what it says.")

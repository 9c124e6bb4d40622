"""One chain behind endpoints that a test twists: what the node posts through them, and what the chain then has."""

from dataclasses import dataclass, field
from typing import Any

from support.chain import GPT, LUNA, START
from support.faults import TwistedNode, saying
from support.nodes import SIGNERS, ToldClock
from support.pools import GWEI
from web3 import Web3

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import MemoryJournal
from ifx_sdk.reports import Report, attest
from oracle_node.endpoints import Endpoints, FaultKind
from oracle_node.post import PostResult, post_reports

CAP = 1_000 * GWEI
NODE = devnet.signer(devnet.NODES[0])
TRANSFER = Call(name="transfer", to=dev_address(1), data=b"", value=5)


@dataclass
class World:
    """One chain, a deployment on it, and clients of it through whatever endpoints a test gives them."""

    local: LocalChain
    ifx: IFX
    clock: ToldClock = field(default_factory=lambda: ToldClock(START + 600))
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    @property
    def web3(self) -> Web3:
        """The honest node."""
        return self.local.web3

    def good(self) -> TwistedNode:
        """An honest endpoint that counts."""
        return TwistedNode(self.web3)

    def through(self, *nodes: TwistedNode | str) -> Endpoints:
        """All of these, in this order."""
        given = [each if isinstance(each, str) else each.web3 for each in nodes]
        return Endpoints(given, chain_id=31337, clock=self.clock, timeout_seconds=1)

    def post(self, endpoints: Endpoints, *names: str) -> PostResult:
        """Post today's reports of a quorum."""
        chain = Chain(endpoints.web3, chain_id=31337, receipt_timeout=0.05)
        day, domain = day_of(self.ifx.chain.now()), self.ifx.oracle.domain()
        reports = [
            Report.of(
                attest(each, domain, underlying=name, day=day, price=5, evidence=bytes(32)) for each in SIGNERS[:3]
            )
            for name in names or (GPT,)
        ]
        return post_reports(IFX(chain, self.ifx.deployment, NODE, self.journal).oracle, reports, fee_cap=CAP)

    def posts(self) -> int:
        """Fixings on the chain."""
        oracle = self.ifx.oracle
        return len(self.ifx.chain.events(oracle.codec, oracle.address, "FixingPosted"))

    def count(self) -> int:
        """The node's transactions that are mined."""
        return self.ifx.chain.node.nonce(NODE.address)


def deploy() -> tuple[LocalChain, IFX]:
    """Two underlyings, nothing posted."""
    local = LocalChain(timestamp=START)
    return local, devnet.start(Chain(local.web3), [GPT, LUNA])


def kinds(endpoints: Endpoints) -> list[tuple[int, FaultKind]]:
    """Who does what wrong now."""
    return [(each.number, each.kind) for each in endpoints.faults()]


def fixing_says(world: World, answer: str) -> Any:
    """A lie about every fixing, and the truth about everything else."""
    selector = "0x" + world.ifx.oracle.codec.encode_call("fixing", ["abc", 1])[:4].hex()

    def twist(params: Any, ask: Any) -> Any:
        data = params[0].get("data") or params[0].get("input")
        return saying(answer)(params, ask) if data.startswith(selector) else ask()

    return twist

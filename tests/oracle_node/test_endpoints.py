"""Several RPC endpoints: each named fault of one of them is survived, named, and never leads to a second post."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.chain import DAY, GPT, LUNA, START
from support.faults import (
    TwistedNode,
    asks_for_less,
    breaks,
    dripping,
    garbage,
    is_down,
    never_arrives,
    nothing,
    refusing,
    saying,
    serving,
    stalls,
    stuck_at,
    too_many_requests,
)
from support.nodes import SIGNERS, ToldClock
from support.pools import GWEI
from web3 import Web3

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import NodeDown, WrongChain
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Confirmed, Dropped, MemoryJournal, Sent, Unknown
from ifx_sdk.reports import Report, attest
from oracle_node.endpoints import EndpointFault, Endpoints, EndpointsDisagree, FaultKind
from oracle_node.post import NotPosted, Posted, PostResult, post_reports

CAP = 1_000 * GWEI
NODE = devnet.signer(devnet.NODES[0])
ZERO_WORD = "00" * 32
NOT_POSTED = "0x" + ZERO_WORD * 4
FALSELY_POSTED = "0x" + f"{7:064x}" * 2 + f"{1:064x}" * 2
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


@pytest.fixture(scope="module")
def deployed() -> tuple[LocalChain, IFX]:
    """Two underlyings, nothing posted."""
    local = LocalChain(timestamp=START)
    return local, devnet.start(Chain(local.web3), [GPT, LUNA])


@pytest.fixture
def world(deployed: tuple[LocalChain, IFX]) -> Iterator[World]:
    """The deployment as it was made."""
    local, ifx = deployed
    mark = local.snapshot()
    yield World(local, ifx)
    local.automine = True
    local.revert(mark)


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


# ----------------------------------------------------------------------------------------- who gives no usable answer

SILENT = {
    "stalls": (stalls, FaultKind.STALLED),
    "is down": (is_down, FaultKind.DOWN),
    "too many requests": (too_many_requests, FaultKind.RATE_LIMITED),
    "asks for less": (asks_for_less, FaultKind.RATE_LIMITED),
    "garbage": (garbage, FaultKind.GARBAGE),
    "empty": (saying({}), FaultKind.GARBAGE),
    "words": (saying("Are you a robot?"), FaultKind.GARBAGE),
}


@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
@pytest.mark.parametrize(("twist", "kind"), SILENT.values(), ids=SILENT)
def test_an_endpoint_without_answers_is_survived_and_named(
    world: World, twist: Any, kind: FaultKind, place: int
) -> None:
    """The other one is enough to post; the silent one is named without its secrets."""
    nodes = [world.good()]
    nodes.insert(place, TwistedNode(world.web3, everything=twist))
    endpoints = world.through(*nodes)
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(place + 1, kind)]
    assert "secret" not in str(endpoints.faults())
    assert (world.posts(), world.count()) == (1, 1)


def test_an_endpoint_that_fails_in_the_middle_is_survived(world: World) -> None:
    """It answers until the broadcast, and takes that without a word: sent once, found by the other."""
    for twist in (stalls, is_down, too_many_requests, asks_for_less, breaks, garbage):
        mark = world.local.snapshot()
        bad = TwistedNode(world.web3, eth_sendRawTransaction=twist, eth_getTransactionReceipt=twist)
        assert isinstance(world.post(world.through(bad, world.good())).answers[0], Posted)
        assert (world.posts(), world.count()) == (1, 1)
        world.local.revert(mark)


def test_over_http_each_fault_has_its_name(world: World) -> None:
    """A rate limit, a gateway, a bot wall, a byte at a time, nobody: as they come over a socket."""
    with (
        serving(b"slow down", 429) as limited,
        serving(b"bad gateway", 502) as gateway,
        serving(b"<html>Are you a robot?</html>") as wall,
        dripping(b"HTTP/1.0 200 OK\r\n\r\n") as drip,
    ):
        endpoints = world.through(limited, gateway, wall, drip, "http://127.0.0.1:1/v3/secret", world.good())
        assert isinstance(world.post(endpoints).answers[0], Posted)
        assert kinds(endpoints) == [
            (1, FaultKind.RATE_LIMITED),
            (2, FaultKind.DOWN),
            (3, FaultKind.GARBAGE),
            (4, FaultKind.STALLED),
            (5, FaultKind.DOWN),
        ]
        assert [each.url for each in endpoints.faults()] == [limited, gateway, wall, drip, "http://127.0.0.1:1/…"]


def test_where_nobody_answers_each_reason_is_told(world: World) -> None:
    """One error with every endpoint's own; nothing was sent."""
    endpoints = world.through(TwistedNode(world.web3, everything=stalls), TwistedNode(world.web3, everything=is_down))
    with pytest.raises(NodeDown, match=r"timed out.*cannot connect"):
        world.post(endpoints)
    assert world.count() == 0


def test_who_failed_rests_and_comes_back(world: World) -> None:
    """For a minute it is not asked; then one good answer ends its fault, which stays counted."""
    bad = TwistedNode(world.web3, everything=stalls)
    told: list[EndpointFault] = []
    nodes = [bad.web3, world.web3]
    endpoints = Endpoints(nodes, chain_id=31337, clock=world.clock, on_fault=told.append)
    chain = Chain(endpoints.web3)
    chain.block_number()
    asked = len(bad.asked)
    chain.block_number()
    assert len(bad.asked) == asked
    world.clock.wait_until(world.clock.now() + 60)
    chain.block_number()
    assert [(each.kind, each.times) for each in endpoints.faults()] == [(FaultKind.STALLED, 2)]
    bad.twists.clear()
    world.clock.wait_until(world.clock.now() + 60)
    chain.block_number()
    assert endpoints.faults() == ()
    assert [(each.kind, each.times) for each in endpoints.all_faults()] == [(FaultKind.STALLED, 2)]
    assert [each.times for each in told] == [1]


# -------------------------------------------------------------------------------------------------------------- lies


def test_an_endpoint_of_another_chain_is_named_and_never_asked(world: World) -> None:
    """Whatever it would say of fixings and nonces, and no transaction goes there."""
    other = TwistedNode(world.web3, eth_chainId=saying("0x1"), eth_call=saying("0x"))
    endpoints = world.through(other, world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(1, FaultKind.WRONG_CHAIN)]
    assert set(other.asked) == {"eth_chainId"}
    with pytest.raises((NodeDown, WrongChain), match="follows chain 1, not 31337"):
        Chain(world.through(other).web3).connect()


@pytest.mark.parametrize("lie", [FALSELY_POSTED, "0x" + "ff" * 128, "0x"], ids=["posted", "noise", "empty"])
def test_one_of_two_lies_about_a_fixing_and_nothing_is_decided(world: World, lie: str) -> None:
    """Neither is it taken for posted, nor is it posted: the contradiction is told, with both words."""
    liar = TwistedNode(world.web3, eth_call=fixing_says(world, lie))
    for nodes in ((liar, world.good()), (world.good(), liar)):
        endpoints = world.through(*nodes)
        with pytest.raises(EndpointsDisagree, match="eth_call") as refused:
            world.post(endpoints)
        assert len(refused.value.said) == 2
        assert {kind for _, kind in kinds(endpoints)} == {FaultKind.DISAGREES}
    assert (world.count(), liar.broadcasts) == (0, 0)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_of_three_that_lies_about_a_fixing_is_outvoted_and_named(world: World, place: int) -> None:
    """Posted once, with what it said in its fault."""
    nodes = [world.good(), world.good()]
    nodes.insert(place, TwistedNode(world.web3, eth_call=fixing_says(world, FALSELY_POSTED)))
    endpoints = world.through(*nodes)
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(place + 1, FaultKind.DISAGREES)]
    assert "eth_call: at block" in endpoints.faults()[0].why
    assert (world.posts(), world.count()) == (1, 1)


def test_what_is_posted_is_not_posted_again_on_one_endpoints_word(world: World) -> None:
    """It says that the fixing is not there: with two nothing is sent, with three it is outvoted."""
    world.post(world.through(world.good()))
    liar = TwistedNode(world.web3, eth_call=fixing_says(world, NOT_POSTED))
    with pytest.raises(EndpointsDisagree):
        world.post(world.through(liar, world.good()))
    result = world.post(world.through(liar, world.good(), world.good()))
    assert isinstance(result.answers[0], Posted)
    assert result.outcomes == ()
    assert (world.posts(), world.count()) == (1, 1)


@pytest.mark.parametrize("lie", ["0x0", "0x7"], ids=["too low", "too high"])
def test_a_false_nonce_is_not_used(world: World, lie: str) -> None:
    """With two nothing is signed, with three it is outvoted: no gap and no second nonce."""
    world.ifx.chain.send(TRANSFER, NODE).confirmed()
    liar = TwistedNode(world.web3, eth_getTransactionCount=saying(lie))
    with pytest.raises(EndpointsDisagree, match="eth_getTransactionCount"):
        world.post(world.through(liar, world.good()))
    endpoints = world.through(liar, world.good(), world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(1, FaultKind.DISAGREES)]
    assert world.count() == 2


def test_a_false_count_of_waiting_transactions_makes_no_gap(world: World) -> None:
    """Pools differ: the next nonce is the mined one, unless every voter has more."""

    def more(params: Any, ask: Any) -> Any:
        return saying("0x9")(params, ask) if params[1] == "pending" else ask()

    endpoints = world.through(TwistedNode(world.web3, eth_getTransactionCount=more), world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert world.count() == 1


def lost(world: World) -> None:
    """A post that is mined, and whose answers never came: open in the journal."""
    world.local.automine = False
    (outcome,) = world.post(world.through(world.good())).outcomes
    assert isinstance(outcome, Unknown)
    world.local.mine()
    world.local.automine = True


def test_one_of_two_denies_a_transaction_and_nothing_is_sent_again(world: World) -> None:
    """A post is open and mined; one endpoint knows neither it nor its receipt: known where one knows it."""
    lost(world)
    liar = TwistedNode(world.web3, eth_getTransactionByHash=nothing)
    endpoints = world.through(liar, world.good())
    result = world.post(endpoints)
    assert isinstance(result.outcomes[0], Confirmed)
    assert isinstance(result.answers[0], Posted)
    assert (world.posts(), world.count(), liar.broadcasts) == (1, 1, 0)


def test_one_of_two_denies_a_receipt_and_nothing_is_decided(world: World) -> None:
    """Mined for one, not for the other at the same height: told, and nothing is sent; of three it is outvoted."""
    lost(world)
    liar = TwistedNode(world.web3, eth_getTransactionByHash=nothing, eth_getTransactionReceipt=nothing)
    endpoints = world.through(liar, world.good())
    with pytest.raises(EndpointsDisagree, match="eth_getTransactionReceipt"):
        world.post(endpoints)
    assert len(world.journal.open_attempts()) == 1
    endpoints = world.through(liar, world.good(), world.good())
    assert isinstance(world.post(endpoints).outcomes[0], Confirmed)
    assert kinds(endpoints) == [(1, FaultKind.DISAGREES)]
    assert (world.posts(), world.count(), liar.broadcasts) == (1, 1, 0)


def test_a_false_receipt_confirms_nothing(world: World) -> None:
    """One endpoint swears that a post which waits is mined: with two nothing is decided, of three it is outvoted."""
    chain = Chain(world.web3)
    known = chain.send(TRANSFER, devnet.signer(0)).confirmed()
    world.local.automine = False
    (outcome,) = world.post(world.through(world.good())).outcomes
    real: Any = world.web3.provider.make_request("eth_getTransactionReceipt", [known.tx_hash])["result"]  # type: ignore[arg-type]  # an RPCEndpoint
    false = saying(real | {"transactionHash": outcome.tx_hash})
    liar = TwistedNode(world.web3, eth_getTransactionReceipt=false)
    reader = Chain(world.through(liar, world.good()).web3)
    with pytest.raises(EndpointsDisagree):
        reader.reconcile(outcome)
    three = world.through(liar, world.good(), world.good())
    assert isinstance(Chain(three.web3).reconcile(outcome), Sent)
    assert kinds(three) == [(1, FaultKind.DISAGREES)]


def test_a_receipt_of_another_transaction_is_garbage(world: World) -> None:
    """It answers another question than the one asked."""
    other = Chain(world.web3).send(TRANSFER, devnet.signer(0)).confirmed()
    real: Any = world.web3.provider.make_request("eth_getTransactionReceipt", [other.tx_hash])["result"]  # type: ignore[arg-type]  # as above
    endpoints = world.through(TwistedNode(world.web3, eth_getTransactionReceipt=saying(real)), world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(1, FaultKind.GARBAGE)]


def test_an_endpoint_on_a_fork_is_named_as_such(world: World) -> None:
    """Other blocks at the same height, and so another state: outvoted by the two that agree."""
    world.local.mine()

    def other_blocks(params: Any, ask: Any) -> Any:
        answer = ask()
        return answer | {"result": answer["result"] | {"hash": "0x" + "12" * 32}}

    fork = {"eth_getBlockByNumber": other_blocks, "eth_call": fixing_says(world, FALSELY_POSTED)}
    endpoints = world.through(TwistedNode(world.web3, **fork), world.good(), world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(1, FaultKind.FORKED)]
    with pytest.raises(EndpointsDisagree):
        world.post(world.through(TwistedNode(world.web3, **fork), world.good()), LUNA)
    assert world.posts() == 1


# ----------------------------------------------------------------------------------------------------- behind, ahead


def test_a_head_stuck_in_the_past_has_no_vote(world: World) -> None:
    """It still says that nothing is posted; it is named, the other one is believed, nothing is posted again."""
    stuck = stuck_at(world.web3, world.ifx.chain.block_number())
    world.local.travel(START + 900)
    world.post(world.through(world.good()))
    world.clock.wait_until(START + 900)
    endpoints = world.through(stuck, world.good())
    result = world.post(endpoints)
    assert isinstance(result.answers[0], Posted)
    assert (result.outcomes, world.count()) == ((), 1)
    assert (1, FaultKind.BEHIND) in kinds(endpoints)
    assert isinstance(world.post(endpoints, LUNA).answers[0], Posted)
    assert world.count() == 2


def test_a_head_in_the_future_has_no_vote(world: World) -> None:
    """Its time would be another day: the honest one's counts."""

    def tomorrow(params: Any, ask: Any) -> Any:
        answer = ask()
        return answer | {"result": answer["result"] | {"timestamp": hex(START + DAY), "hash": "0x" + "12" * 32}}

    liar = TwistedNode(world.web3, eth_getBlockByNumber=tomorrow)
    endpoints = world.through(liar, world.good())
    assert Chain(endpoints.web3).timestamp() == world.local.timestamp
    assert kinds(endpoints) == [(1, FaultKind.AHEAD)]
    assert isinstance(world.post(endpoints).answers[0], Posted)


def test_a_block_behind_is_no_fault_and_decides_nothing(world: World) -> None:
    """One has heard of a post and the other has not: wait; once it has caught up they agree."""
    late = stuck_at(world.web3, world.ifx.chain.block_number())
    world.post(world.through(world.good()))
    endpoints = world.through(late, world.good())
    with pytest.raises(EndpointsDisagree):
        world.post(endpoints)
    assert endpoints.faults() == ()
    late.twists.clear()
    assert world.post(endpoints).outcomes == ()
    assert (world.posts(), world.count()) == (1, 1)


def test_a_receipt_that_one_has_not_heard_of_is_not_mined_yet(world: World) -> None:
    """A block behind, again: what one calls mined waits until both do."""
    lost(world)
    late = stuck_at(world.web3, world.ifx.chain.block_number() - 1)
    endpoints = world.through(late, world.good())
    (attempt,) = world.journal.open_attempts()
    assert Chain(endpoints.web3).node.receipt(str(attempt.tx_hash)) is None
    assert endpoints.faults() == ()
    late.twists.clear()
    assert Chain(endpoints.web3).node.receipt(str(attempt.tx_hash)) is not None


# --------------------------------------------------------------------------------------------- broadcasts, fees, gas


def test_a_broadcast_goes_to_all(world: World) -> None:
    """Also to those whose word is not needed; the same bytes are the same transaction."""
    nodes = [world.good(), world.good(), world.good()]
    world.post(world.through(*nodes))
    assert [each.broadcasts for each in nodes] == [1, 1, 1]
    assert world.count() == 1


REFUSES = refusing("insufficient funds for gas * price + value")
FAILS = refusing("upstream timed out")


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (REFUSES, None, Confirmed),
        (None, REFUSES, Confirmed),
        (REFUSES, REFUSES, Dropped),
        (REFUSES, FAILS, Unknown),
        (REFUSES, never_arrives, Unknown),
        (never_arrives, never_arrives, Unknown),
    ],
)
def test_only_what_all_refuse_is_dropped(world: World, first: Any, second: Any, kind: type) -> None:
    """Where one took it, it is sent; where one may have it, it is open."""
    nodes = [
        TwistedNode(world.web3, **({} if at is None else {"eth_sendRawTransaction": lambda p, ask, at=at: at(ask)}))
        for at in (first, second)
    ]
    outcome = Chain(world.through(*nodes).web3).send(TRANSFER, NODE)
    assert type(outcome) is kind


def test_one_that_swallows_a_broadcast_costs_nothing(world: World) -> None:
    """It thanks for it and keeps it: the other one has it."""
    swallowing = TwistedNode(world.web3, eth_sendRawTransaction=saying("0x" + "12" * 32))
    endpoints = world.through(swallowing, world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert (1, FaultKind.GARBAGE) in kinds(endpoints)


def test_a_tip_that_one_invents_is_not_paid(world: World) -> None:
    """The lower of two, the middle of three."""
    greedy = TwistedNode(world.web3, eth_maxPriorityFeePerGas=saying(hex(10**15)))
    for others in (1, 2):
        endpoints = world.through(greedy, *(world.good() for _ in range(others)))
        assert Chain(endpoints.web3).node.priority_fee() == GWEI


def test_gas_that_one_understates_is_not_the_limit(world: World) -> None:
    """The upper of two, the middle of three: a post does not run out of gas on one endpoint's word."""
    stingy = TwistedNode(world.web3, eth_estimateGas=saying("0x5208"))
    for others in (1, 2):
        mark = world.local.snapshot()
        result = world.post(world.through(stingy, *(world.good() for _ in range(others))))
        assert isinstance(result.answers[0], Posted)
        world.local.revert(mark)


def test_a_refusal_that_one_invents_stops_no_post(world: World) -> None:
    """It says that the contract reverts; another one has an estimate."""
    liar = TwistedNode(world.web3, eth_estimateGas=lambda params, ask: refusing("execution reverted", 3)(ask))
    assert isinstance(world.post(world.through(liar, world.good())).answers[0], Posted)


def test_the_final_block_is_what_most_call_final(world: World) -> None:
    """The lower of two, the middle of three: one cannot make a post final."""
    number = world.ifx.chain.block_number()
    low = stuck_at(world.web3, number - 3)
    assert Chain(world.through(low, world.good()).web3).finalized_block() == number - 3
    assert Chain(world.through(low, world.good(), world.good()).web3).finalized_block() == number


# --------------------------------------------------------------------------------------------------------- one alone


def test_one_endpoint_alone_is_believed(world: World) -> None:
    """There is nobody to hold it against; its faults are named all the same."""
    endpoints = world.through(world.good())
    assert isinstance(world.post(endpoints).answers[0], Posted)
    assert endpoints.faults() == ()
    liar = TwistedNode(world.web3, eth_call=fixing_says(world, FALSELY_POSTED))
    (answer,) = world.post(world.through(liar), LUNA).answers
    assert not isinstance(answer, NotPosted)


def test_the_states_of_all_are_told(world: World) -> None:
    """For a check of the node: chain and newest block of each, or nothing."""
    number = world.ifx.chain.block_number()
    nodes = [
        world.good(),
        stuck_at(world.web3, number - 2),
        TwistedNode(world.web3, eth_chainId=saying("0x1")),
        TwistedNode(world.web3, everything=is_down),
    ]
    states = world.through(*nodes).states()
    assert [(each.number, each.chain_id, each.block) for each in states] == [
        (1, 31337, number),
        (2, 31337, number - 2),
        (3, 1, None),
        (4, None, None),
    ]


def test_against_two_real_nodes_a_post_is_posted_once(anvil: Chain, world: World) -> None:
    """anvil twice, once behind a wall that stalls: what holds in process holds over HTTP."""
    ifx = devnet.start(anvil, [GPT])
    nodes = [str(anvil.web3.provider.endpoint_uri), anvil.web3, TwistedNode(anvil.web3, eth_call=stalls).web3]  # type: ignore[attr-defined]  # an HTTPProvider
    endpoints = Endpoints(nodes, chain_id=31337, clock=world.clock)
    real = World(world.local, ifx, world.clock)
    assert isinstance(real.post(endpoints).answers[0], Posted)
    assert isinstance(real.post(endpoints).answers[0], Posted)
    assert kinds(endpoints) == [(3, FaultKind.STALLED)]
    assert (real.posts(), real.count()) == (1, 1)

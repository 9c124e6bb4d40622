"""Several RPC endpoints: each named fault of one of them is survived, named, and never leads to a second post."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import GPT, LUNA
from support.faults import (
    TwistedNode,
    asks_for_less,
    breaks,
    dripping,
    garbage,
    is_down,
    never_arrives,
    refusing,
    saying,
    serving,
    stalls,
    stuck_at,
    too_many_requests,
)
from support.pools import GWEI
from support.rpc_world import NODE, TRANSFER, World, deploy, fixing_says, kinds

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Confirmed, Dropped, Unknown
from oracle_node.endpoints import EndpointFault, Endpoints, FaultKind
from oracle_node.post import NotPosted, Posted

FALSELY_POSTED = "0x" + f"{7:064x}" * 2 + f"{1:064x}" * 2


@pytest.fixture(scope="module")
def deployed() -> tuple[LocalChain, IFX]:
    """One deployment for the module."""
    return deploy()


@pytest.fixture
def world(deployed: tuple[LocalChain, IFX]) -> Iterator[World]:
    """The deployment as it was made."""
    local, ifx = deployed
    mark = local.snapshot()
    yield World(local, ifx)
    local.automine = True
    local.revert(mark)


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

"""An RPC endpoint that lies, is on a fork, or is behind: outvoted and named, or nothing is decided and nothing sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import DAY, LUNA, START
from support.faults import (
    TwistedNode,
    nothing,
    saying,
    stuck_at,
)
from support.rpc_world import NODE, TRANSFER, World, deploy, fixing_says, kinds

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown, WrongChain
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Confirmed, Sent, Unknown
from oracle_node.endpoints import EndpointsDisagree, FaultKind
from oracle_node.post import Posted

NOT_POSTED = "0x" + "00" * 32 * 4
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

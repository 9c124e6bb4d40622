"""A post that a crash, a lost answer or a low fee left hanging: mended at its own nonce, and never posted twice."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from support.chain import DAY, GPT, LUNA
from support.faults import FaultyNode, never_arrives
from support.nodes import SIGNERS
from support.pools import GWEI, Killed, SeamJournal, SeamNode, Seams, SeamSigner, automine, forget, mine

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import FeesAboveCap, NoFundsForGas, OutcomeUnknown
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Confirmed, Dropped, MemoryJournal
from ifx_sdk.reports import Report, attest
from ifx_sdk.resuming import FILLER
from oracle_node.post import NotPosted, Posted, post_reports

CAP = 1_000 * GWEI
NODE = devnet.signer(devnet.NODES[0])
OTHER = devnet.signer(devnet.NODES[1])


@dataclass
class World:
    """A deployment on a chain, and the one node's journal, which outlives its processes."""

    chain: Chain
    ifx: IFX
    journal: MemoryJournal

    def oracle(self, web3_of: Callable[[Chain], Chain] = lambda chain: chain) -> Oracle:
        """The node's view after a start, through a node of its own."""
        client = web3_of(Chain(self.chain.web3, receipt_timeout=0.05))
        return IFX(client, self.ifx.deployment, NODE, self.journal).oracle

    def reports(self, *names: str, price: int = 5) -> list[Report]:
        """Reports of today by a quorum."""
        day, domain = day_of(self.chain.now()), self.ifx.oracle.domain()
        return [
            Report.of(
                attest(each, domain, underlying=name, day=day, price=price, evidence=bytes(32)) for each in SIGNERS[:3]
            )
            for name in names
        ]

    def posts(self) -> list[tuple[object, str]]:
        """Every fixing posted: its underlying's index, and the transaction."""
        oracle = self.ifx.oracle
        events = self.chain.events(oracle.codec, oracle.address, "FixingPosted")
        return [(each.args["underlying"], each.tx_hash) for each in events]

    def count(self) -> int:
        """The node's transactions that are mined."""
        return self.chain.node.nonce(NODE.address)

    def lost(self, *names: str) -> str:
        """Post what never arrives anywhere: its hash."""
        oracle = self.oracle(lambda chain: Chain(FaultyNode(chain.web3, never_arrives).web3))
        (outcome,) = post_reports(oracle, self.reports(*names)).outcomes
        assert outcome.tx_hash is not None
        return outcome.tx_hash


@pytest.fixture
def world(chain: Chain) -> World:
    """Two underlyings, nothing posted."""
    ifx = devnet.start(chain, [GPT, LUNA])
    return World(chain=chain, ifx=ifx, journal=MemoryJournal())


# ---------------------------------------------------------------------------------------------------------- crashes


@pytest.mark.parametrize("point", Seams.POINTS)
def test_a_crash_while_posting_posts_once(world: World, point: str) -> None:
    """Killed at each point; the next start finds the transaction, or sends it again or anew at the same nonce."""
    seams = Seams(point)
    node = SeamNode(world.chain.web3, seams)
    signer, journal = SeamSigner(NODE, seams), SeamJournal(world.journal, seams)
    with pytest.raises(Killed, match=point):
        post_reports(IFX(Chain(node.web3), world.ifx.deployment, signer, journal).oracle, world.reports(GPT, LUNA))

    result = post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP)
    (tx_hash,) = {each.tx_hash for each in result.answers if isinstance(each, Posted)}
    assert world.posts() == [(1, tx_hash), (2, tx_hash)]
    assert (world.count(), world.journal.open_attempts()) == (1, ())
    if journal.recorded:
        assert tx_hash == journal.recorded[0].tx_hash
    assert post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP).outcomes == ()


@pytest.mark.parametrize("point", Seams.POINTS)
def test_a_crash_while_replacing_posts_once(world: World, point: str) -> None:
    """The first one hangs, the process dies over its replacement: at most one of the siblings is mined."""
    automine(world.chain, False)
    post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    seams = Seams(point)
    node = SeamNode(world.chain.web3, seams)
    view = IFX(
        Chain(node.web3), world.ifx.deployment, SeamSigner(NODE, seams), SeamJournal(world.journal, seams)
    ).oracle
    with pytest.raises(Killed, match=point):
        post_reports(view, world.reports(GPT), fee_cap=CAP, stuck_after=0)

    with pytest.raises(OutcomeUnknown):
        post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP, stuck_after=0)
    assert {each.nonce for each in world.journal.open_attempts()} == {0}
    mine(world.chain)
    result = post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    assert [each.tx_hash for each in result.answers if isinstance(each, Posted)] == [world.posts()[0][1]]
    assert (len(world.posts()), world.count(), world.journal.open_attempts()) == (1, 1, ())


# ------------------------------------------------------------------------------------------------- hanging and lost


def test_a_post_that_hangs_is_replaced_and_then_told(world: World) -> None:
    """While it waits nothing else is sent; after its blocks the fees rise; mined, the replacement posted it."""
    automine(world.chain, False)
    first = post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    assert isinstance(first.answers[0], NotPosted)
    with pytest.raises(OutcomeUnknown, match="not mined yet"):
        post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP)
    assert len(world.journal.open_attempts()) == 1
    with pytest.raises(OutcomeUnknown):
        post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP, stuck_after=0)
    old, new = world.journal.open_attempts()
    assert old.nonce == new.nonce
    mine(world.chain)
    automine(world.chain, True)
    result = post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP)
    assert [each.tx_hash == new.tx_hash for each in result.answers if isinstance(each, Posted)] == [True, False]
    assert [type(each) for each in result.outcomes] == [Confirmed, Confirmed]
    assert [index for index, _ in world.posts()] == [1, 2]


def test_a_post_that_a_pool_forgot_is_the_same_post_again(world: World) -> None:
    """Its hash is the same; the report is on the chain once."""
    automine(world.chain, False)
    post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    (attempt,) = world.journal.open_attempts()
    forget(world.chain, str(attempt.tx_hash))
    automine(world.chain, True)
    result = post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    assert world.posts() == [(1, attempt.tx_hash)]
    assert [each.tx_hash for each in result.answers if isinstance(each, Posted)] == [attempt.tx_hash]


def test_what_somebody_else_posted_is_not_sent_again(world: World) -> None:
    """Ours was lost and another node posted: its nonce is filled, the post itself never goes out."""
    lost = world.lost(GPT)
    post_reports(world.ifx.as_signer(OTHER).oracle, world.reports(GPT))
    result = post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    assert [each.tx_hash for each in result.answers if isinstance(each, Posted)] == [None]
    assert [each.attempt.call for each in result.outcomes if isinstance(each, Confirmed)] == [FILLER]
    assert lost not in [tx_hash for _, tx_hash in world.posts()]
    assert (len(world.posts()), world.count(), world.journal.open_attempts()) == (1, 1, ())


def test_yesterdays_post_is_not_sent_today(world: World) -> None:
    """The contract would refuse it: its nonce is filled, and today's report is posted beside."""
    world.lost(GPT)
    devnet.travel(world.ifx, (day_of(world.chain.now()) + 1) * DAY)
    result = post_reports(world.oracle(), world.reports(GPT, price=6), fee_cap=CAP)
    assert [each.attempt.call for each in result.outcomes if each.attempt is not None] == [
        FILLER,
        "FixingOracle.post_many",
    ]
    assert [each.price for each in result.answers if isinstance(each, Posted)] == [6]
    assert (len(world.posts()), world.count()) == (1, 2)


def test_what_is_half_posted_is_still_wanted(world: World) -> None:
    """Of two reports another node posted one: the same transaction goes out again and posts the rest."""
    lost = world.lost(GPT, LUNA)
    post_reports(world.ifx.as_signer(OTHER).oracle, world.reports(GPT))
    result = post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP)
    assert [each.tx_hash for each in result.answers if isinstance(each, Posted)] == [None, lost]
    assert len(world.posts()) == 2


# ------------------------------------------------------------------------------------------------ foreign use, money


def test_a_nonce_that_another_program_used_is_recognised(world: World) -> None:
    """Ours is dropped, told, and made anew in the same call."""
    world.lost(GPT)
    world.chain.send(Call(name="foreign", to=OTHER.address, data=b"", value=1), NODE).confirmed()
    result = post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    assert [type(each) for each in result.outcomes] == [Dropped, Confirmed]
    assert isinstance(result.answers[0], Posted)
    assert (len(world.posts()), world.count()) == (1, 2)


def test_nothing_is_sent_while_a_pool_holds_what_no_journal_knows(world: World) -> None:
    """It can be our own post from before a crash: once it is mined, or gone, posting goes on."""
    automine(world.chain, False)
    post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    world.journal = MemoryJournal()
    with pytest.raises(OutcomeUnknown, match="in a pool and in no journal"):
        post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    mine(world.chain)
    result = post_reports(world.oracle(), world.reports(GPT), fee_cap=CAP)
    assert (result.outcomes, len(world.posts())) == ((), 1)


def test_a_base_fee_above_the_cap_is_said_and_nothing_is_sent(world: World) -> None:
    """Both numbers stand in the refusal; within the cap it is posted, for no more than that."""
    base_fee = world.chain.node.block().base_fee
    with pytest.raises(FeesAboveCap, match=f"base fee is {base_fee}"):
        post_reports(world.oracle(), world.reports(GPT), fee_cap=base_fee)
    assert (world.count(), world.journal.open_attempts()) == (0, ())
    (outcome,) = post_reports(world.oracle(), world.reports(GPT), fee_cap=2 * base_fee).outcomes
    assert isinstance(outcome, Confirmed)
    assert outcome.effective_gas_price <= 2 * base_fee


def test_an_account_without_money_is_told_so(world: World) -> None:
    """Before anything is signed, with its balance."""
    poor = devnet.signer(30)
    view = IFX(world.chain, world.ifx.deployment, poor, world.journal).oracle
    with pytest.raises(NoFundsForGas, match=poor.address):
        post_reports(view, world.reports(GPT), fee_cap=CAP)
    assert world.journal.open_attempts() == ()


def test_a_replacement_costs_no_more_gas(world: World) -> None:
    """The same call with the same limit: what is mined after a replacement used what the first one would have."""
    mark = world.chain.node.request("evm_snapshot")
    plain = post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP).gas_used
    world.chain.node.request("evm_revert", mark)
    automine(world.chain, False)
    post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP)
    with pytest.raises(OutcomeUnknown):
        post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP, stuck_after=0)
    mine(world.chain)
    assert post_reports(world.oracle(), world.reports(GPT, LUNA), fee_cap=CAP).gas_used == plain > 0


def test_a_second_transaction_waits_for_the_first(world: World) -> None:
    """Where the first one of a call is unknown, the reports of the second are told not posted, not lost."""
    names = [f"openai/model-{letter}" for letter in "abcdefghi"]
    ifx = devnet.start(world.chain, names)
    lossy = Chain(FaultyNode(world.chain.web3, never_arrives).web3)
    many = replace(world, ifx=ifx)
    result = post_reports(IFX(lossy, ifx.deployment, NODE, world.journal).oracle, many.reports(*names), fee_cap=CAP)
    assert all(isinstance(each, NotPosted) for each in result.answers)
    assert len(result.outcomes) == 1
    again = post_reports(IFX(world.chain, ifx.deployment, NODE, world.journal).oracle, many.reports(*names))
    assert all(isinstance(each, Posted) for each in again.answers)
    assert (len(many.posts()), world.count()) == (9, 2)

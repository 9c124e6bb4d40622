"""A post is watched until it is final; a reorganisation that drops it is noticed, and mended."""

from collections.abc import Callable

import pytest
from support.chain import DAY, GPT, LUNA
from support.nodes import SIGNERS
from support.pools import GWEI, undo

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.outcomes import MemoryJournal
from ifx_sdk.reports import Report, attest
from oracle_node.post import Posted, post_reports
from oracle_node.watch import Stand, Standing, Watch, still_posted

CAP = 1_000 * GWEI


@pytest.fixture(params=["in_process", "anvil"])
def node(request: pytest.FixtureRequest) -> IFX:
    """A registered node of a deployment with nothing posted; on anvil one of its own, for a rollback is for good."""
    if request.param == "anvil":
        chain: Chain = request.getfixturevalue("own_anvil")
    else:
        chain = Chain(request.getfixturevalue("local").web3)
    found = devnet.start(chain, [GPT, LUNA])
    return IFX(chain, found.deployment, devnet.signer(devnet.NODES[0]), MemoryJournal())


def reports(node: IFX, *names: str) -> list[Report]:
    """Reports of today by a quorum."""
    day, domain = day_of(node.chain.now()), node.oracle.domain()
    return [
        Report.of(attest(each, domain, underlying=name, day=day, price=5, evidence=bytes(32)) for each in SIGNERS[:3])
        for name in names
    ]


def standings(watch: Watch) -> list[Standing]:
    """How what is watched stands."""
    return [each.standing for each in watch.look()]


def finalize(chain: Chain) -> None:
    """Blocks pass until the newest one of now is final."""
    for _ in range(70):
        chain.node.request("evm_mine")


def test_a_post_is_final_at_the_finalized_block(node: IFX) -> None:
    """Missing, posted, final: as the chain says; what is final is watched no more."""
    today = day_of(node.chain.now())
    assert still_posted(node.oracle, [GPT, GPT], today) == (
        Stand(underlying=GPT, day=today, standing=Standing.MISSING, price=None),
    )
    watch = Watch(node.oracle)
    watch.add(post_reports(node.oracle, reports(node, GPT)))
    (found,) = still_posted(node.oracle, [GPT], today)
    assert found.price == 5
    assert found.standing in (Standing.POSTED, Standing.FINAL)
    finalize(node.chain)
    assert standings(watch) == [Standing.FINAL]
    assert watch.look() == ()


def test_without_a_finalized_block_nothing_is_final(node: IFX, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that does not tell it: posted, for as long as it is asked."""
    post_reports(node.oracle, reports(node, GPT))
    finalize(node.chain)
    monkeypatch.setattr(node.chain, "finalized_block", lambda: None)
    (found,) = still_posted(node.oracle, [GPT], day_of(node.chain.now()))
    assert found.standing is Standing.POSTED


def test_a_reorganisation_that_drops_a_post_is_mended_with_the_same_transaction(
    node: IFX, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone is told until it is there again; the journal has its transaction open, and posting sends those bytes."""
    monkeypatch.setattr(node.chain, "finalized_block", lambda: 0)
    watch = Watch(node.oracle)
    first = post_reports(node.oracle, reports(node, GPT, LUNA), fee_cap=CAP)
    watch.add(first)
    assert standings(watch) == [Standing.POSTED, Standing.POSTED]
    undo(node.chain, 1)
    assert standings(watch) == [Standing.GONE, Standing.GONE]
    assert standings(watch) == [Standing.GONE, Standing.GONE]
    assert node.journal is not None
    assert [each.tx_hash for each in node.journal.open_attempts()] == [first.outcomes[0].tx_hash]
    again = post_reports(node.oracle, reports(node, GPT, LUNA), fee_cap=CAP)
    assert [each.tx_hash for each in again.answers if isinstance(each, Posted)] == [first.outcomes[0].tx_hash] * 2
    watch.add(again)
    assert standings(watch) == [Standing.POSTED, Standing.POSTED]
    assert node.chain.node.nonce(node.account) == 1
    assert node.journal.open_attempts() == ()


def test_a_reorganisation_and_a_crash_are_mended_at_the_same_nonce(node: IFX) -> None:
    """Nobody remembers the first transaction: the second one has its nonce, so that both cannot be mined."""
    first = post_reports(node.oracle, reports(node, GPT), fee_cap=CAP).outcomes[0]
    undo(node.chain, 1)
    second = post_reports(node.oracle, reports(node, GPT), fee_cap=CAP).outcomes[0]
    assert first.attempt is not None
    assert second.attempt is not None
    assert first.attempt.nonce == second.attempt.nonce
    assert isinstance(post_reports(node.oracle, reports(node, GPT), fee_cap=CAP).answers[0], Posted)
    assert node.chain.node.nonce(node.account) == 1


def test_a_post_by_somebody_else_is_watched_too(node: IFX, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no transaction of ours to send again: gone, and ours is made."""
    monkeypatch.setattr(node.chain, "finalized_block", lambda: 0)
    post_reports(node.as_signer(SIGNERS[1]).oracle, reports(node, GPT))
    watch = Watch(node.oracle)
    watch.add(post_reports(node.oracle, reports(node, GPT)))
    undo(node.chain, 1)
    assert standings(watch) == [Standing.GONE]
    (answer,) = post_reports(node.oracle, reports(node, GPT), fee_cap=CAP).answers
    assert isinstance(answer, Posted)
    assert answer.tx_hash is not None


def test_what_is_dropped_after_its_day_is_lost(node: IFX, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can post it any more: told once, so that somebody looks."""
    monkeypatch.setattr(node.chain, "finalized_block", lambda: 0)
    watch = Watch(node.oracle)
    watch.add(post_reports(node.oracle, reports(node, GPT)))
    undo(node.chain, 1)
    devnet.travel(node, (day_of(node.chain.now()) + 1) * DAY)
    assert standings(watch) == [Standing.LOST]
    assert watch.look() == ()


@pytest.mark.parametrize("how", ["anvil_rollback", "anvil_reorg"])
def test_each_kind_of_reorganisation_is_noticed(own_anvil: Chain, how: str) -> None:
    """Blocks that vanish, and blocks that others take the place of."""
    found = devnet.start(own_anvil, [GPT])
    node = IFX(own_anvil, found.deployment, devnet.signer(devnet.NODES[0]), MemoryJournal())
    watch = Watch(node.oracle)
    watch.add(post_reports(node.oracle, reports(node, GPT), fee_cap=CAP))
    ways: dict[str, Callable[[], object]] = {
        "anvil_rollback": lambda: own_anvil.node.request("anvil_rollback", 1),
        "anvil_reorg": lambda: own_anvil.node.request("anvil_reorg", 1, []),
    }
    ways[how]()
    assert standings(watch) == [Standing.GONE]
    assert isinstance(post_reports(node.oracle, reports(node, GPT), fee_cap=CAP).answers[0], Posted)
    assert standings(watch) == [Standing.POSTED]
    assert own_anvil.node.nonce(node.account) == 1

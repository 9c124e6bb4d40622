"""Posting: all underlyings in one transaction, nothing twice, nothing below the quorum, every refusal explained."""

from collections.abc import Iterator, Sequence

import httpx
import pytest
from support.chain import START
from support.nodes import SIGNERS

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import Listing
from ifx_sdk.errors import NoSigner, OutcomeUnknown
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Attempt, MemoryJournal, Outcome
from ifx_sdk.reports import Report, attest
from oracle_node.duty import post_day
from oracle_node.post import NotPosted, Posted, Ready, check, post_reports, turn_seconds
from oracle_node.report import ReportBook

NAMES = tuple(f"openai/model-{letter}" for letter in "abcdefghij")
REVIEWED = "index/llm"
NODE = devnet.NODES[0]


@pytest.fixture(scope="module")
def deployed() -> tuple[LocalChain, IFX]:
    """A deployment with ten names and an index reference, through the first node's account."""
    local = LocalChain(timestamp=START)
    listed = [*NAMES, Listing(name=REVIEWED, review_required=True)]
    return local, devnet.start(Chain(local.web3, chain_id=31337), listed).as_signer(devnet.signer(NODE))


@pytest.fixture
def node(deployed: tuple[LocalChain, IFX]) -> Iterator[IFX]:
    """The deployment, with nothing posted."""
    local, found = deployed
    mark = local.snapshot()
    yield found
    local.revert(mark)


def report(
    ifx: IFX, name: str = NAMES[0], price: int = 5, *, nodes: Sequence[int] = (0, 1, 2), day: int | None = None
) -> Report:
    """A report of today by some of the four nodes."""
    on = day_of(ifx.chain.now()) if day is None else day
    domain = ifx.oracle.domain()
    return Report(
        underlying=name,
        day=on,
        price=price,
        attestations=tuple(
            attest(SIGNERS[each], domain, underlying=name, day=on, price=price, evidence=bytes(32)) for each in nodes
        ),
    )


def why(answer: object) -> str:
    """Why a report was not posted."""
    assert isinstance(answer, NotPosted)
    return answer.why


def test_underlyings_of_a_day_are_posted_in_one_transaction(node: IFX) -> None:
    """Eight names, one transaction, each fixing as signed."""
    result = post_reports(node.oracle, [report(node, name, index) for index, name in enumerate(NAMES[:8])])
    assert len(result.outcomes) == 1
    assert [(type(each), each.price) for each in result.answers if isinstance(each, Posted)] == [
        (Posted, index) for index in range(8)
    ]
    assert len({each.tx_hash for each in result.answers if isinstance(each, Posted)}) == 1
    assert [node.oracle.fixing(name, day_of(node.chain.now())).price for name in NAMES[:8]] == list(range(8))  # type: ignore[union-attr]


def test_more_than_eight_take_two_transactions(node: IFX) -> None:
    """The contract takes eight at a time."""
    result = post_reports(node.oracle, [report(node, name) for name in NAMES])
    assert len(result.outcomes) == 2
    assert all(isinstance(each, Posted) for each in result.answers)


def test_posting_twice_sends_once(node: IFX) -> None:
    """What the chain has is not sent again, at this price or another."""
    first = post_reports(node.oracle, [report(node)])
    again = post_reports(node.oracle, [report(node), report(node, NAMES[1])])
    other = post_reports(node.oracle, [report(node, price=6)])
    assert isinstance(first.answers[0], Posted)
    assert again.answers[0] == Posted(underlying=NAMES[0], day=day_of(node.chain.now()), price=5, tx_hash=None)
    assert isinstance(again.answers[1], Posted)
    assert len(again.outcomes) == 1
    assert other.outcomes == ()
    assert other.answers[0] == again.answers[0]


def test_what_somebody_else_posted_meanwhile_is_not_ours(node: IFX, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the transaction another node posts one of the two: it is shown posted, without our hash."""
    other, send = node.as_signer(SIGNERS[1]).oracle, node.oracle.post_many

    def late(reports: Sequence[Report], *, fee_cap: int | None = None) -> Outcome:
        other.post(reports[0]).confirmed()
        return send(reports, fee_cap=fee_cap)

    monkeypatch.setattr(node.oracle, "post_many", late)
    result = post_reports(node.oracle, [report(node), report(node, NAMES[1])])
    assert [each.tx_hash for each in result.answers if isinstance(each, Posted)] == [None, result.outcomes[0].tx_hash]


def test_a_report_below_quorum_is_left_out_and_the_others_are_posted(node: IFX) -> None:
    """One bad report costs no other underlying its fixing."""
    result = post_reports(node.oracle, [report(node, nodes=(0, 1)), report(node, NAMES[1])])
    assert "2 attestations of the 3" in why(result.answers[0])
    assert isinstance(result.answers[1], Posted)
    assert node.oracle.fixing(NAMES[0], day_of(node.chain.now())) is None


def test_each_refusal_has_its_reason(node: IFX) -> None:
    """Another day, an unknown name, a signer twice, an outsider: said before anything is sent."""
    today, outsider = day_of(node.chain.now()), devnet.signer(devnet.OUTSIDER)
    good = report(node)
    forged = attest(outsider, node.oracle.domain(), underlying=NAMES[0], day=today, price=5, evidence=bytes(32))
    stranger = Report(underlying=NAMES[0], day=today, price=5, attestations=(*good.attestations[:2], forged))
    twice = Report(underlying=NAMES[1], day=today, price=5, attestations=report(node, NAMES[1]).attestations[:1] * 3)
    unknown, yesterday = report(node, "openai/unlisted"), report(node, NAMES[2], day=today - 1)
    result = post_reports(
        node.oracle, [stranger, twice, unknown, yesterday, report(node, NAMES[3]), report(node, NAMES[3])]
    )
    reasons = [why(each) for each in (*result.answers[:4], result.answers[5])]
    for reason, part in zip(
        reasons,
        ["no registered node", "signed twice", "lists no openai/unlisted", "own UTC day", "given twice"],
        strict=True,
    ):
        assert part in reason
    assert isinstance(result.answers[4], Posted)


def test_checking_sends_nothing(node: IFX) -> None:
    """A dry run says what would be posted, in the signer set's order, and leaves the chain as it is."""
    block = node.chain.block_number()
    answers = check(node.oracle, [report(node, nodes=(2, 0, 1)), report(node, NAMES[1], nodes=(0,))])
    assert isinstance(answers[0], Ready)
    assert answers[0].report == report(node)
    assert isinstance(answers[1], NotPosted)
    assert node.chain.block_number() == block


def test_only_the_reviewer_posts_an_index(node: IFX) -> None:
    """A node is told to send him the reports; he posts what the quorum signed."""
    assert "only its reviewer" in why(post_reports(node.oracle, [report(node, REVIEWED)]).answers[0])
    reviewer = node.as_signer(devnet.signer(devnet.DEPLOYER))
    assert isinstance(post_reports(reviewer.oracle, [report(node, REVIEWED)]).answers[0], Posted)


def test_reading_needs_no_key_and_posting_does(node: IFX) -> None:
    """Anyone can check; who posts pays."""
    nobody = IFX(node.chain, node.deployment)
    assert isinstance(check(nobody.oracle, [report(node)])[0], Ready)
    with pytest.raises(NoSigner):
        post_reports(nobody.oracle, [report(node)])


def test_nothing_is_sent_while_an_earlier_transaction_hangs(node: IFX) -> None:
    """A transaction whose fate is unknown is never followed by a second one on a guess."""
    journal = MemoryJournal()
    journal.record(
        Attempt(
            tx_hash="0x" + "12" * 32,
            sender=node.account,
            nonce=node.chain.node.nonce(node.account, "latest"),
            call="FixingOracle.post_many",
            to=node.oracle.address,
            data_hash="0x" + "34" * 32,
            chain_id=31337,
            block=node.chain.block_number(),
        )
    )
    hanging = IFX(node.chain, node.deployment, devnet.signer(NODE), journal)
    with pytest.raises(OutcomeUnknown):
        post_reports(hanging.oracle, [report(node)])
    assert node.oracle.fixing(NAMES[0], day_of(node.chain.now())) is None


@pytest.mark.parametrize(("place", "seconds"), [(0, 0), (1, 30), (3, 90)])
def test_nodes_wait_for_their_turn(place: int, seconds: int) -> None:
    """Node k of the set waits k times 30 seconds."""
    signers = tuple(each.address for each in SIGNERS)
    assert turn_seconds(signers, signers[place]) == seconds


def test_an_outsider_comes_last() -> None:
    """Who is no node posts after all of them."""
    signers = tuple(each.address for each in SIGNERS)
    assert turn_seconds(signers, devnet.dev_address(devnet.OUTSIDER)) == 120


def test_the_next_in_turn_finds_the_day_posted(node: IFX) -> None:
    """A second node asks nobody and sends nothing."""
    post_reports(node.oracle, [report(node)])
    refuse = httpx.Client(transport=httpx.MockTransport(lambda _: pytest.fail("a peer was asked")))
    second = node.as_signer(SIGNERS[1])
    result = post_day(second.oracle, refuse, (), ReportBook(), [NAMES[0]], day_of(node.chain.now()))
    assert (result.gathered, result.posted.answers, result.posted.outcomes) == ((), (), ())


def test_the_next_day_is_open_again(node: IFX, deployed: tuple[LocalChain, IFX]) -> None:
    """Yesterday's fixing stands, today's is posted beside it."""
    post_reports(node.oracle, [report(node)])
    yesterday = day_of(node.chain.now())
    deployed[0].travel((yesterday + 1) * SECONDS_PER_DAY)
    assert isinstance(post_reports(node.oracle, [report(node, price=6)]).answers[0], Posted)
    assert [node.oracle.fixing(NAMES[0], yesterday + each).price for each in (0, 1)] == [5, 6]  # type: ignore[union-attr]

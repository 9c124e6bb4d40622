"""Test money, test keys and moved time: on chain 31337, and refused everywhere else."""

import pytest
from support.chain import DAY, GPT, LUNA, START

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import AlreadyPosted, BadTime, BadValue, DevnetOnly, OracleDoesNotKnow, QuorumNotReached


def test_travel_moves_the_chain_to_the_second(ifx: IFX) -> None:
    """The next block is mined at exactly that time."""
    devnet.travel(ifx, START + 100 * DAY + 7)
    assert ifx.chain.timestamp() == START + 100 * DAY + 7


def test_travel_moves_forward_only(ifx: IFX) -> None:
    """The chain's own time and the past are refused, and no block is mined."""
    block, now = ifx.chain.block_number(), ifx.chain.timestamp()
    for to in (now, now - 1, 0):
        with pytest.raises(BadTime):
            devnet.travel(ifx, to)
    assert ifx.chain.block_number() == block


def test_post_makes_todays_fixings(ifx: IFX) -> None:
    """Signed by all four nodes; more than eight go out in parts."""
    devnet.travel(ifx, START + DAY)
    (outcome,) = devnet.post(ifx, {GPT: 0, LUNA: 5})
    assert [event.args["price"] for event in outcome.confirmed().events] == [0, 5]
    fixing = ifx.oracle.fixing(GPT, START // DAY + 1)
    assert fixing is not None
    assert (fixing.price, fixing.signers) == (0, 0b1111)


def test_more_than_eight_fixings_go_out_in_parts(chain: Chain) -> None:
    """One transaction takes eight."""
    names = [f"test/model-{index}" for index in range(9)]
    ifx = devnet.start(chain, names)
    outcomes = devnet.post(ifx, dict.fromkeys(names, 3))
    assert [len(outcome.confirmed().events) for outcome in outcomes] == [8, 1]


def test_post_skips_what_is_posted(ifx: IFX) -> None:
    """A fixing is final: posting again changes nothing."""
    devnet.post(ifx, {GPT: 1})
    fixing = ifx.oracle.fixing(GPT, START // DAY)
    assert fixing is not None
    assert fixing.price == 8_000_000


def test_post_needs_the_well_known_nodes(ifx: IFX) -> None:
    """Where other nodes are registered from a day on, their quorum is not ours."""
    first = START // DAY + 16
    devnet.by_owner(ifx, ifx.oracle.prepare("schedule_signers", [dev_address(40), dev_address(4)], 2, first))
    devnet.travel(ifx, first * DAY)
    with pytest.raises(QuorumNotReached, match="1 attestations of the 2"):
        devnet.post(ifx, {GPT: 1})


def test_the_owner_acts_after_seven_days(ifx: IFX) -> None:
    """Several calls in order, the same one twice, and time moves by the delay once."""
    calls = [ifx.escrow.prepare("set_desk", dev_address(each)) for each in (9, 1, 9)]
    outcomes = devnet.by_owner(ifx, *calls)
    assert [each.event("DeskSet").args["desk"] for each in outcomes] == [dev_address(each) for each in (9, 1, 9)]
    assert ifx.escrow.desk() == dev_address(9)
    assert ifx.chain.timestamp() < START + 8 * DAY
    with pytest.raises(OracleDoesNotKnow):
        devnet.by_owner(ifx, ifx.escrow.prepare("list_underlying", "test/absent", 1))


def test_the_owner_creates_no_contract(ifx: IFX) -> None:
    """Refused before anything is proposed."""
    with pytest.raises(BadValue, match="creates no contracts"):
        devnet.by_owner(ifx, Call(name="creation", to=None, data=b"1"))
    assert ifx.timelock.operations() == ()


def test_the_faucet_gives_both_kinds_of_money(ifx: IFX) -> None:
    """Exactly what was asked for, and nothing where nothing was."""
    account = dev_address(33)
    devnet.faucet(ifx, account, usdt=123, eth=456)
    assert (ifx.token.balance(account), ifx.chain.balance(account)) == (123, 456)
    assert devnet.faucet(ifx, account) == ()


def test_start_writes_a_deployment_that_can_be_connected_to(chain: Chain, tmp_path: object) -> None:
    """What `make node` leaves behind."""
    path = f"{tmp_path}/local.toml"
    devnet.start(chain, [GPT], path)
    assert IFX.connect(chain, path).oracle.index_of(GPT) == 1


def test_every_helper_is_refused_off_the_local_chain(ifx: IFX, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another chain id nothing is sent, signed or moved, whatever keys would be there."""
    elsewhere = IFX(Chain(ifx.chain.web3), ifx.deployment)
    monkeypatch.setattr(type(elsewhere.chain.node), "chain_id", lambda self: 1)
    block = ifx.chain.block_number()
    for action in (
        lambda: devnet.post(elsewhere, {GPT: 1}),
        lambda: devnet.travel(elsewhere, START + DAY),
        lambda: devnet.faucet(elsewhere, dev_address(2), usdt=1),
        lambda: devnet.start(elsewhere.chain),
        lambda: devnet.by_owner(elsewhere),
    ):
        with pytest.raises(DevnetOnly) as refused:
            action()
        assert refused.value.chain_id == 1
    assert ifx.chain.block_number() == block


def test_a_single_post_of_a_posted_day_is_refused(ifx: IFX) -> None:
    """`post`, unlike `post_many`, says so."""
    from ifx_sdk.reports import Report, attest

    attestations = [
        attest(devnet.signer(node), ifx.oracle.domain(), underlying=GPT, day=START // DAY, price=1, evidence=bytes(32))
        for node in devnet.NODES
    ]
    with pytest.raises(AlreadyPosted):
        ifx.as_signer(devnet.signer(devnet.OUTSIDER)).oracle.post(Report.of(attestations))

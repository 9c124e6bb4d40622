"""The front door: connect, quote, make terms, and what each view refuses before anything is sent."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.chain import DAY, FUNDS, GPT, LUNA, START, Parties

import ifx_sdk
from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX, make_quote
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import (
    AlreadyBooked,
    AttestationsDisagree,
    BadAmount,
    BadDeployment,
    BadTenor,
    BadTerms,
    BadValue,
    BeforeMaturity,
    LongHasNotApproved,
    NoContract,
    NoSigner,
    NotASide,
    NotASigner,
    NotListed,
    NotTheDesk,
    QuantityNotInLots,
    QuorumNotReached,
    Reverted,
    SignerTwice,
    SpotNotTodaysFixing,
    UnknownForward,
    UnknownUnderlying,
    WrongChain,
    WrongSigner,
)
from ifx_sdk.escrow import Status
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Confirmed
from ifx_sdk.reports import Attestation, Report, attest, quorum_of
from ifx_sdk.signing import terms_typed_data
from ifx_sdk.terms import Terms

ONE_T = 1_000_000
B = 8_000_000 * ONE_T
EVIDENCE = bytes(range(32))


@pytest.fixture
def terms(parties: Parties) -> Terms:
    """The worked example: GPT-4.1, 1T tokens, 6 months, F = F_ind = 7.45."""
    quote = parties.desk.quote(GPT, ONE_T, 6)
    return parties.desk.terms(quote, long=parties.long.account, short=parties.short.account, salt=bytes(32))


@pytest.fixture
def booked(parties: Parties, terms: Terms) -> bytes:
    """The id of the worked example, booked."""
    parties.desk.escrow.book(terms, parties.long.sign(terms), parties.short.sign(terms)).confirmed()
    return parties.desk.escrow.terms_id(terms)


def attestations(ifx: IFX, price: int, nodes: tuple[int, ...] = devnet.NODES, name: str = GPT) -> list[Attestation]:
    day = day_of(ifx.chain.now())
    return [
        attest(devnet.signer(node), ifx.oracle.domain(), underlying=name, day=day, price=price, evidence=EVIDENCE)
        for node in nodes
    ]


# ---------------------------------------------------------------------------------------------------------- connecting


def test_connect_takes_a_file_or_a_deployment_and_any_kind_of_node(ifx: IFX, tmp_path: Path) -> None:
    """A Web3, a Chain, and the file that the deployment was written to."""
    path = tmp_path / "local.toml"
    ifx.deployment.write(path)
    assert IFX.connect(ifx.chain.web3, path).deployment == ifx.deployment
    assert IFX.connect(Chain(ifx.chain.web3), ifx.deployment).escrow.desk() == ifx.escrow.desk()


def test_connect_takes_the_in_process_chain(local: LocalChain) -> None:
    """As it is, without its Web3 being asked for."""
    deployment = devnet.start(Chain(local.web3), [GPT]).deployment
    assert IFX.connect(local, deployment).chain.chain_id == 31337


def test_connect_refuses_a_deployment_of_another_chain(ifx: IFX) -> None:
    """The deployment's chain and the node's are both named."""
    with pytest.raises(WrongChain) as refused:
        IFX.connect(ifx.chain.web3, replace(ifx.deployment, chain_id=1))
    assert (refused.value.expected, refused.value.actual) == (1, 31337)


@pytest.mark.parametrize("part", ["token", "oracle", "escrow"])
def test_connect_refuses_a_deployment_without_code(ifx: IFX, part: str) -> None:
    """Each of the three addresses must hold a contract."""
    with pytest.raises(NoContract, match=dev_address(9)):
        IFX.connect(ifx.chain.web3, replace(ifx.deployment, **{part: dev_address(9)}))


@pytest.mark.parametrize("part", ["token", "oracle"])
def test_connect_refuses_contracts_that_do_not_belong_together(ifx: IFX, part: str) -> None:
    """An escrow beside another token or oracle than its own: a file put together by hand."""
    wrong = replace(ifx.deployment, **{part: ifx.deployment.escrow})
    with pytest.raises(BadDeployment, match=f"its escrow uses the {part}"):
        IFX.connect(ifx.chain.web3, wrong)


def test_reads_need_no_signer_and_writes_do(ifx: IFX) -> None:
    """Without one every view works, and a write says what is missing."""
    assert ifx.escrow.balance_of(dev_address(2)) == 0
    with pytest.raises(NoSigner):
        ifx.escrow.deposit(1)


def test_another_signer_is_another_view_of_the_same_deployment(ifx: IFX) -> None:
    """`as_signer` changes the account and nothing else."""
    long = ifx.as_signer(devnet.signer(devnet.LONG))
    assert (long.account, long.deployment, long.chain) == (dev_address(devnet.LONG), ifx.deployment, ifx.chain)


def test_the_front_door_is_loaded_when_it_is_used() -> None:
    """`import ifx_sdk` brings no web3; `ifx_sdk.IFX` is the client all the same, and an unknown name is an error."""
    code = """
import sys, ifx_sdk
assert "web3" not in sys.modules and "ifx_sdk.chain" not in sys.modules
from ifx_sdk import IFX, Chain, Deployment, KeySigner, NodeSigner
from ifx_sdk.client import IFX as client
assert IFX is client
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'Ifx'"):
        _ = ifx_sdk.Ifx


# ----------------------------------------------------------------------------------------------------- quote and terms


def test_the_worked_example_is_quoted(ifx: IFX) -> None:
    """8.00, 1T, 6 months: F_ind 7.45, fee 74,500, and both sides' needs and worst cases."""
    quote = ifx.quote(GPT, ONE_T, 6)
    assert (quote.spot, quote.indicative, quote.fee) == (8_000_000, 7_450_000, 74_500 * 10**6)
    assert quote.prefunding == B
    assert quote.long_needs == quote.short_needs == B + 37_250 * 10**6
    assert quote.long_worst == 7_450_000 * ONE_T + 37_250 * 10**6
    assert quote.short_worst == B + 37_250 * 10**6
    assert quote.maturity == 1_799_971_200  # 2027-01-15
    assert quote == make_quote(GPT, ONE_T, 6, spot=8_000_000, spot_day=START // DAY)


def test_an_average_price_forward_is_quoted_on_its_days(ifx: IFX) -> None:
    """Luna, 100B, 3 months over 92 days: 5.89."""
    assert ifx.quote(LUNA, 100_000, 3, averaging_days=92).indicative == 5_890_000


def test_a_quote_that_could_not_be_booked_is_refused(ifx: IFX) -> None:
    """Unlisted, off the lot, off the tenors, and before today's fixing."""
    with pytest.raises(NotListed):
        ifx.quote("openai/gpt-3", ONE_T, 6)
    for quantity in (0, -100_000, 150_000):
        with pytest.raises(QuantityNotInLots):
            ifx.quote(GPT, quantity, 6)
    with pytest.raises(BadTenor):
        ifx.quote(GPT, ONE_T, 5)
    devnet.travel(ifx, START + DAY + 5)
    with pytest.raises(SpotNotTodaysFixing, match="2026-07-16"):
        ifx.quote(GPT, ONE_T, 6)


def test_terms_default_to_the_indicative_price_and_a_day(ifx: IFX) -> None:
    """F is F_ind, the deadline 24 hours ahead, and no two salts are equal."""
    quote = ifx.quote(GPT, ONE_T, 6)
    first, second = (ifx.terms(quote, long=dev_address(2), short=dev_address(3)) for _ in range(2))
    assert first.price == quote.indicative
    assert 0 <= first.deadline - ifx.chain.now() - DAY <= 60 or ifx.chain.now() + DAY - first.deadline <= 60
    assert first.salt != second.salt


def test_the_id_is_the_contracts_own_digest(parties: Parties, terms: Terms) -> None:
    """Computed here, asked of the chain, and what a wallet is shown: one number."""
    escrow = parties.desk.escrow
    assert escrow.terms_id(terms) == escrow.onchain_id(terms)
    assert terms_typed_data(terms, escrow.domain())["primaryType"] == "Forward"
    call = parties.desk.chain.call(codec("ForwardEscrow"), escrow.address, "eip712Domain")
    assert isinstance(call, tuple)
    assert call[1:5] == ("IFX Forward Escrow", "1", 31337, escrow.address)


# --------------------------------------------------------------------------------------------------------------- money


def test_money_goes_in_and_out(parties: Parties) -> None:
    """Deposit, deposit for another, withdraw to another: every micro accounted for."""
    long, outsider = parties.long, parties.outsider
    long.escrow.deposit(700).confirmed()
    long.escrow.deposit_for(outsider.account, 300).confirmed()
    assert (long.escrow.balance_of(), outsider.escrow.balance_of()) == (700, 300)
    outsider.escrow.withdraw(100).confirmed()
    outsider.escrow.withdraw(200, long.account).confirmed()
    assert outsider.escrow.balance_of() == 0
    assert outsider.token.balance() == 100
    assert long.token.balance() == FUNDS - 1000 + 200


@pytest.mark.parametrize("amount", [-1, 2**256])
def test_an_amount_out_of_range_is_refused_here(parties: Parties, amount: int) -> None:
    """Before any encoding: a negative or a too large number is no amount."""
    with pytest.raises(BadAmount):
        parties.long.escrow.deposit(amount)
    with pytest.raises(BadAmount):
        parties.long.token.allow(amount)


def test_an_allowance_is_changed_through_zero(ifx: IFX) -> None:
    """USDT refuses to change one that is not zero: two transactions then, one from zero, none where nothing changes."""
    holder = ifx.as_signer(devnet.signer(devnet.OUTSIDER)).token
    assert [len(holder.allow(amount)) for amount in (500, 500, 700, 0, 0, 2**256 - 1)] == [1, 0, 2, 1, 0, 1]
    assert holder.allowance() == 2**256 - 1


# -------------------------------------------------------------------------------------------------------- a whole life


def test_a_forward_lives_from_approval_to_payout(parties: Parties, booked: bytes, terms: Terms) -> None:
    """The worked example to the micro, and its whole history from events."""
    desk = parties.desk
    record = desk.escrow.forward(booked)
    assert record.status is Status.ACTIVE
    assert (record.underlying, record.prefunding, record.maturity) == (GPT, B, terms.maturity)
    devnet.travel(desk, terms.maturity + 60)
    devnet.post(desk, {GPT: 4_320_000})
    assert desk.escrow.is_settleable(booked)
    parties.outsider.escrow.settle(booked).confirmed()
    assert parties.long.escrow.balance_of() == 4_870_000 * 10**6
    assert parties.short.escrow.balance_of() == 11_130_000 * 10**6
    (history,) = desk.escrow.forwards(parties.long.account)
    assert (history.indicative, history.record.status) == (7_450_000, Status.SETTLED)
    assert history.settlement == desk.escrow.settlement(booked)
    assert history.settlement is not None
    assert history.settlement.price == 4_320_000
    assert (history.settlement.long_payout, history.settlement.short_payout) == (4_870_000 * 10**6, 11_130_000 * 10**6)
    assert desk.escrow.forwards(parties.short.account) == desk.escrow.forwards() == (history,)
    assert desk.escrow.forwards(parties.outsider.account) == ()


def test_a_batch_settles_what_it_can_and_skips_the_rest(parties: Parties, booked: bytes, terms: Terms) -> None:
    """Unknown ids are skipped; the batch's settlement reads like a single one's."""
    devnet.travel(parties.desk, terms.maturity + 60)
    devnet.post(parties.desk, {GPT: 9_000_000})
    outcome = parties.outsider.escrow.settle_many([bytes(32), booked])
    assert isinstance(outcome, Confirmed)
    settlement = parties.desk.escrow.settlement(booked)
    assert settlement is not None
    assert (settlement.price, settlement.long_payout) == (9_000_000, B + 1_550_000 * ONE_T)
    assert parties.long.escrow.balance_of() == settlement.long_payout
    for count in (0, 129):
        with pytest.raises(BadValue):
            parties.outsider.escrow.settle_many([booked] * count)


def test_approval_on_chain_stands_for_a_signature(parties: Parties, terms: Terms) -> None:
    """Either side may send it, and an outsider may not."""
    digest = parties.desk.escrow.terms_id(terms)
    parties.long.escrow.approve(terms).confirmed()
    assert parties.desk.escrow.is_approved(digest, parties.long.account)
    with pytest.raises(NotASide):
        parties.outsider.escrow.approve(terms)
    parties.desk.escrow.book(terms, b"", parties.short.sign(terms)).confirmed()


# ------------------------------------------------------------------------------------------------------------ refusals


def test_terms_are_refused_here_as_the_contract_would(parties: Parties, terms: Terms) -> None:
    """One wrong field after another; the good terms pass. Nothing is sent."""
    escrow = parties.desk.escrow
    nonce = parties.desk.chain.node.nonce(parties.desk.account)
    for change in (
        {"deadline": START},
        {"long": terms.short},
        {"underlying": "openai/gpt-3"},
        {"quantity": 150_000},
        {"price": 16_000_001},
        {"spot": 8_000_001},
        {"indicative": 8_000_001},
        {"maturity": terms.maturity + 1},
        {"averaging_days": 0},
    ):
        with pytest.raises(BadTerms) as refused:
            escrow.book(replace(terms, **change), b"", b"")  # type: ignore[arg-type]
        assert refused.value.tx_hash is None
    escrow.check_terms(terms)
    assert parties.desk.chain.node.nonce(parties.desk.account) == nonce


def test_a_signature_by_another_key_is_refused_here(parties: Parties, terms: Terms) -> None:
    """Both accounts are named; an approval on chain overrules a useless signature."""
    escrow = parties.desk.escrow
    with pytest.raises(WrongSigner) as refused:
        escrow.book(terms, parties.outsider.sign(terms), parties.short.sign(terms))
    assert (refused.value.expected, refused.value.recovered) == (parties.long.account, parties.outsider.account)
    parties.long.escrow.approve(terms).confirmed()
    escrow.book(terms, parties.outsider.sign(terms), parties.short.sign(terms)).confirmed()


def test_what_only_the_contract_knows_comes_as_its_leaf(parties: Parties, terms: Terms, booked: bytes) -> None:
    """Each by its own class, before anything is sent."""
    escrow = parties.desk.escrow
    fresh = replace(terms, salt=bytes([1]) * 32)
    with pytest.raises(LongHasNotApproved):
        escrow.book(fresh, b"", parties.short.sign(fresh))
    with pytest.raises(NotTheDesk):
        parties.outsider.escrow.book(fresh, parties.long.sign(fresh), parties.short.sign(fresh))
    with pytest.raises(AlreadyBooked):
        escrow.book(terms, parties.long.sign(terms), parties.short.sign(terms))
    with pytest.raises(BeforeMaturity):
        escrow.settle(booked)
    with pytest.raises(UnknownForward):
        escrow.settle(bytes(32))
    assert escrow.forward(bytes(32)).status is Status.NONE
    assert not escrow.is_settleable(booked)


def test_an_id_has_32_bytes(parties: Parties) -> None:
    """A shorter one is refused here."""
    with pytest.raises(BadValue, match="32 bytes"):
        parties.desk.escrow.forward(b"\x01")


# --------------------------------------------------------------------------------------------------------- the oracle


def test_a_quorum_posts_and_the_fixing_is_read_back(ifx: IFX) -> None:
    """Price and the bitmap of who signed, by name and day; a day without one is None."""
    devnet.travel(ifx, START + DAY + 5)
    poster = ifx.as_signer(devnet.signer(devnet.OUTSIDER)).oracle
    poster.post(Report.of(reversed(attestations(ifx, 8_100_000, (4, 6, 7))))).confirmed()
    today = START // DAY + 1
    fixing = ifx.oracle.fixing(GPT, today)
    assert fixing is not None
    assert (fixing.price, fixing.signers, fixing.cumulative) == (8_100_000, 0b1101, 16_100_000)
    assert ifx.oracle.latest(GPT) == (today, 8_100_000)
    assert ifx.oracle.fixing(LUNA, today) is None
    settlement = ifx.oracle.settlement_price(GPT, today, 2)
    assert (settlement.price, settlement.certain) == (8_050_000, True)


def test_the_report_digest_is_the_contracts_own(ifx: IFX) -> None:
    """What nodes sign here is what the oracle recovers from."""
    (attestation,) = attestations(ifx, 7, (4,))
    digest = ifx.oracle.report_hash(GPT, attestation.day, 7, EVIDENCE)
    assert devnet.signer(4).sign_digest(digest) == attestation.signature
    assert attestation.signer(ifx.oracle.domain()) == dev_address(4)


def test_reports_are_checked_here_before_they_are_sent(ifx: IFX) -> None:
    """Two prices, a stranger, a node twice, too few, two days, none: each with its own reason, the quorum's passing."""
    devnet.travel(ifx, START + DAY + 5)
    poster = ifx.as_signer(devnet.signer(devnet.OUTSIDER)).oracle
    good = attestations(ifx, 5)
    with pytest.raises(AttestationsDisagree) as two_prices:
        Report.of([*good[:2], *attestations(ifx, 6, (6,))])
    assert two_prices.value.prices == (5, 6)
    with pytest.raises(NotASigner, match=dev_address(9)):
        poster.post(Report.of([*good[:2], *attestations(ifx, 5, (9,))]))
    with pytest.raises(SignerTwice, match=dev_address(4)):
        poster.post(Report.of([good[0], good[0], good[1]]))
    with pytest.raises(QuorumNotReached, match="2 attestations of the 3"):
        poster.post(Report.of(good[:2]))
    with pytest.raises(NotASigner):
        poster.post(Report.of([*good[:2], replace(good[2], signature=bytes(65))]))
    with pytest.raises(BadValue, match="day"):
        Report.of([good[0], replace(good[1], day=1)])
    with pytest.raises(BadValue):
        Report.of([])
    with pytest.raises(BadValue, match="another report"):
        poster.post(replace(Report.of(good), price=6))
    assert poster.fixing(GPT, START // DAY + 1) is None
    poster.post(Report.of(good)).confirmed()


def test_several_reports_go_out_in_one_transaction(ifx: IFX) -> None:
    """What is posted already is skipped; none and nine are refused here."""
    devnet.travel(ifx, START + DAY + 5)
    poster = ifx.as_signer(devnet.signer(devnet.OUTSIDER)).oracle
    first, second = (Report.of(attestations(ifx, 5, name=name)) for name in (GPT, LUNA))
    poster.post(first).confirmed()
    outcome = poster.post_many([first, second]).confirmed()
    assert [event.name for event in outcome.events] == ["FixingPosted"]
    for reports in ([], [first] * 9):
        with pytest.raises(BadValue, match="1 to 8"):
            poster.post_many(reports)


def test_an_unlisted_name_is_told_as_such(ifx: IFX) -> None:
    """By name and by index."""
    assert ifx.oracle.index_of(GPT) == 1
    with pytest.raises(UnknownUnderlying, match="gpt-3"):
        ifx.oracle.settlement_price("openai/gpt-3", 1, 1)
    with pytest.raises(UnknownUnderlying, match="99"):
        ifx.oracle.underlying(99)


def test_the_quorum_is_above_two_thirds() -> None:
    """floor(2n/3) + 1, for every size of a signer set."""
    assert [quorum_of(nodes) for nodes in (1, 2, 3, 4, 7, 10, 31)] == [1, 2, 3, 3, 5, 7, 21]
    assert all(3 * quorum_of(nodes) > 2 * nodes for nodes in range(1, 32))
    for nodes in (0, 32):
        with pytest.raises(BadValue):
            quorum_of(nodes)


def test_the_owner_and_the_guardian_act_through_the_same_views(parties: Parties) -> None:
    """Listing, roles, signers and the pause; an outsider is refused by each."""
    ifx, nine = parties.outsider, dev_address(9)
    set_roles = [ifx.escrow.prepare(f"set_{role}", nine) for role in ("guardian", "fee_recipient", "desk")]
    devnet.by_owner(ifx, ifx.escrow.prepare("delist_underlying", LUNA), *set_roles)
    assert ifx.escrow.lot_of(LUNA) == 0
    assert {ifx.escrow.guardian(), ifx.escrow.fee_recipient(), ifx.escrow.desk()} == {nine}
    day = START // DAY + 30
    devnet.by_owner(
        ifx,
        ifx.escrow.prepare("list_underlying", LUNA, 200_000),
        ifx.oracle.prepare("set_reviewer", nine),
        ifx.oracle.prepare("schedule_signers", [nine], 1, day),
    )
    assert ifx.escrow.lot_of(LUNA) == 200_000
    assert ifx.oracle.reviewer() == nine
    assert ifx.oracle.signers_on(day).signers == (nine,)
    devnet.by_owner(ifx, ifx.oracle.prepare("cancel_signers"))
    assert ifx.oracle.signers_on(day).quorum == 3
    parties.outsider.escrow.pause_booking().confirmed()
    assert ifx.escrow.paused_until() > ifx.chain.timestamp()
    for refused in (
        lambda: parties.long.escrow.pause_booking(),
        lambda: parties.deployer.escrow.set_desk(dev_address(2)),
        lambda: parties.long.oracle.add_underlying("openai/x"),
    ):
        with pytest.raises(Reverted):
            refused()

"""Verification of who signed what: a quorum's signatures, in the transaction that posted them, as the chain says."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.evidence import (
    a_day,
    fixing_of,
    signed,
    transaction,
    verify,
    window,
    wrong,
)
from support.nodes import DAY, DOMAIN, GPT, REGISTERED

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.oracle import SignerSet
from ifx_sdk.reports import attest
from ifx_sdk.terms import oracle_domain
from oracle_node.archive import Archive
from oracle_node.mined import MinedFixing
from oracle_node.report import SignedReport
from oracle_node.verify import Verdict, Verified


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """The first of three nodes' archive after a day."""
    found = Archive(tmp_path / "archive")
    a_day(found, Archive(tmp_path / "elsewhere"))
    return found


# -------------------- signatures and transaction


def proven(archive: Archive, reports: list[SignedReport], raw: bytes | None = None, **fields: object) -> Verified:
    """Archive the fixing that these reports made, with changed fields, and verify it."""
    record = replace(fixing_of(reports[:1], raw or transaction(reports)), **fields)  # type: ignore[arg-type]  # fields of any type
    archive.add_fixing(record)
    return verify(archive)


def three(tmp_path: Path) -> tuple[Archive, list[SignedReport]]:
    """An archive with evidence and no fixing yet, and three reports over it."""
    made = Archive(tmp_path / "made")
    root = window(made).evidence
    return made, [signed(node, root) for node in range(3)]


def outsider(root: bytes) -> SignedReport:
    """A sound signature by nobody's node."""
    who = devnet.signer(devnet.OUTSIDER)
    made = attest(who, DOMAIN, underlying=GPT, day=DAY, price=8_000_000, evidence=root)
    return SignedReport(attestation=made, signer=who.address)


def test_three_signatures_of_four_pass(tmp_path: Path) -> None:
    """The twin of the refusals below."""
    assert proven(*three(tmp_path)).verdict is Verdict.PASS


def test_two_signatures_are_no_quorum(tmp_path: Path) -> None:
    """Whatever the record claims, the signatures in the transaction are counted."""
    made, reports = three(tmp_path)
    found = proven(made, reports[:2])
    assert [(each.what, each.expected, each.found) for each in wrong(found)] == [("quorum", "3 signatures", "2")]


def test_a_signature_counts_once(tmp_path: Path) -> None:
    """The same node twice is one node."""
    made, reports = three(tmp_path)
    assert [each.what for each in wrong(proven(made, [*reports[:2], reports[0]]))] == ["signature 3", "quorum"]


def test_an_outsiders_signature_is_told(tmp_path: Path) -> None:
    """It is not a registered node's."""
    made, reports = three(tmp_path)
    stranger = outsider(reports[0].attestation.evidence)
    found = wrong(proven(made, [*reports[:2], stranger]))
    assert (found[0].what, found[0].found) == ("signature 3", stranger.signer)


@pytest.mark.parametrize(
    "domain", [oracle_domain(1, DOMAIN.contract), oracle_domain(31337, "0x" + "22" * 20)], ids=["chain", "oracle"]
)
def test_signatures_for_another_oracle_are_told(tmp_path: Path, domain: object) -> None:
    """A quorum's word on one chain is none on another."""
    made, reports = three(tmp_path)
    root = reports[0].attestation.evidence
    elsewhere = [signed(node, root, domain=domain) for node in range(3)]  # type: ignore[arg-type]  # a Domain
    assert {each.what for each in wrong(proven(made, elsewhere))} >= {"signature 1", "signature 2", "quorum"}


@pytest.mark.parametrize(("quorum", "told"), [(2, True), (3, False), (4, True), (5, True)])
def test_a_quorum_that_the_oracle_would_not_take_is_told(tmp_path: Path, quorum: int, told: bool) -> None:
    """Two of four is none, five of four cannot be; four of four needs a fourth signature."""
    assert bool(wrong(proven(*three(tmp_path), quorum=quorum))) is told


def test_another_price_than_the_transactions_is_told(tmp_path: Path) -> None:
    """The record must say what the transaction posts."""
    found = wrong(proven(*three(tmp_path), price=7_000_000))
    assert (found[0].expected, found[0].found) == ("a report of 7000000", "8000000")


def test_another_transaction_is_told(tmp_path: Path) -> None:
    """Its bytes hash to something else than the record says."""
    found = wrong(proven(*three(tmp_path), tx_hash="0x" + "ab" * 32))
    assert found[0].expected == "0x" + "ab" * 32


def test_a_transaction_of_another_chain_is_told(tmp_path: Path) -> None:
    """It is signed for a chain of its own."""
    found = wrong(proven(*three(tmp_path), chain_id=1))
    assert (found[0].expected, found[0].found) == ("chain 1", "chain 31337")


def test_a_post_through_a_wallet_contract_passes(tmp_path: Path) -> None:
    """A Safe or a batch passes the oracle's call on: it stands inside the data."""
    made, reports = three(tmp_path)
    inner = codec("FixingOracle").encode_call("post", (GPT, DAY, 8_000_000, _compact(reports)))
    raw = transaction(reports, to="0x" + "33" * 20, data=b"\x6a\x76\x12\x02" + bytes(64) + inner + bytes(40))
    found = proven(made, reports, raw)
    assert found.verdict is Verdict.PASS
    assert any(each.text.endswith("through 0x3333333333333333333333333333333333333333") for each in found.steps)


def _compact(reports: list[SignedReport]) -> list[tuple[bytes, int, int]]:
    from ifx_sdk.signing import to_compact

    return [(each.attestation.evidence, *to_compact(each.attestation.signature)) for each in reports]


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 4, codec("FixingOracle").encode_call("cancel_signers", ()), bytes(3_000)]
)
@pytest.mark.parametrize("to", [DOMAIN.contract, "0x" + "33" * 20], ids=["oracle", "other"])
def test_a_transaction_that_posts_nothing_is_told(tmp_path: Path, data: bytes, to: str) -> None:
    """A hash proves nothing if what it is the hash of says something else."""
    made, reports = three(tmp_path)
    found = wrong(proven(made, reports, transaction(reports, to=to, data=data)))
    assert found[0].found == f"it posts no report of {GPT} of day {DAY}"


def test_a_report_over_another_day_is_told(tmp_path: Path) -> None:
    """Yesterday's post is no fixing of today."""
    made, reports = three(tmp_path)
    yesterday = [signed(node, reports[0].attestation.evidence, day=DAY - 1) for node in range(3)]
    found = wrong(proven(made, reports, transaction(yesterday)))
    assert found[0].found == f"it posts no report of {GPT} of day {DAY}"


def test_a_report_by_a_stranger_is_told(archive: Archive) -> None:
    """A kept report is by a registered node; one over another price is named, and is no failure."""
    root = archive.reports(GPT, DAY)[0].attestation.evidence
    other = signed(3, root, price=1)
    archive.add_report(other)
    found = verify(archive)
    assert found.verdict is Verdict.PASS
    assert any(f"{other.signer} signed another price" in each.text for each in found.steps)
    archive.add_report(outsider(root))
    assert "is no registered node" in str(wrong(verify(archive))[0].found)


# -------------------- the chain's word

MINED = MinedFixing(price=8_000_000, bitmap=0b0111, evidence=(), registered=REGISTERED, tx_hash="", block=12)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"price": 1}, "chain: price"),
        ({"tx_hash": "0x" + "00" * 32}, "chain: transaction"),
        ({"block": 13}, "chain: block"),
        ({"bitmap": 0b1110}, "chain: who signed"),
        ({"registered": SignerSet(signers=REGISTERED.signers[:3], quorum=3, from_day=0)}, "chain: signer set"),
        ({"registered": SignerSet(signers=REGISTERED.signers, quorum=4, from_day=0)}, "chain: quorum"),
    ],
)
def test_a_chain_that_says_something_else_is_told(archive: Archive, change: dict[str, object], what: str) -> None:
    """The archived record must be what the chain answers, in every part."""
    record = archive.fixing(GPT, DAY)
    assert record is not None
    mined = replace(MINED, tx_hash=record.tx_hash)
    assert verify(archive, chain=lambda *_: mined).verdict is Verdict.PASS
    assert [each.what for each in wrong(verify(archive, chain=lambda *_: replace(mined, **change)))] == [what]  # type: ignore[arg-type]  # as above
    assert [each.what for each in wrong(verify(archive, chain=lambda *_: None))] == ["chain: fixing"]

"""Verification: PASS down to the raw bytes, or the step, the file, what was expected and what is there."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from support.evidence import (
    a_day,
    archive_handler,
    files,
    fixing_of,
    rewrite,
    signed,
    transaction,
    window,
)
from support.nodes import DAY, DOMAIN, GPT, LUNA, MIDNIGHT, REGISTERED, SIGNERS, page, write_settings
from typer.testing import CliRunner

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.oracle import SignerSet
from ifx_sdk.reports import attest
from ifx_sdk.terms import oracle_domain
from oracle_node import evidence
from oracle_node.archive import Archive
from oracle_node.cli import app
from oracle_node.mined import MinedFixing
from oracle_node.mirror import Mirror
from oracle_node.report import SignedReport
from oracle_node.serving import serving
from oracle_node.verify import Mark, Step, Verdict, Verified, Verifier

DATE = "2026-07-15"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """The first of three nodes' archive after a day."""
    found = Archive(tmp_path / "archive")
    a_day(found, Archive(tmp_path / "elsewhere"))
    return found


@pytest.fixture
def elsewhere(tmp_path: Path, archive: Archive) -> Archive:
    """The archive of the other two: their manifests, and the pages."""
    return Archive(tmp_path / "elsewhere")


def verify(archive: Archive, **options: object) -> Verified:
    """Verify the day."""
    return Verifier(archive, **options).day(GPT, DAY)  # type: ignore[arg-type]  # the options of the test at hand


def wrong(result: Verified) -> list[Step]:
    """The steps that do not match."""
    return [each for each in result.steps if each.mark is Mark.WRONG]


def absent(result: Verified) -> list[Step]:
    """The steps whose file is not here."""
    return [each for each in result.steps if each.mark is Mark.ABSENT]


def posted_with(tmp_path: Path, change: Callable[[dict[str, object]], object] = lambda _: None) -> Archive:
    """An archive in which all three nodes signed one manifest, changed before it was signed; every hash is right."""
    made = Archive(tmp_path / "made")
    document = json.loads(window(made).manifest, parse_float=str)
    change(document)
    data = evidence.canonical_json(document)
    made.add_manifest(data)
    price = document["price"] if isinstance(document["price"], int) else 8_000_000
    reports = [signed(node, evidence.root(data), price=price) for node in range(3)]
    for each in reports:
        made.add_report(each)
    made.add_fixing(fixing_of(reports))
    return made


# --------------------------------------------------------------------------------------------------------- pass


def test_a_whole_day_passes(archive: Archive) -> None:
    """Every step is told; the peers' evidence is not here, and does not fail."""
    found = verify(archive)
    assert (found.verdict, found.price, found.whole) == (Verdict.PASS, 8_000_000, 1)
    assert [each.what for each in found.steps if each.mark is Mark.OK][:6] == [
        "fixing",
        "transaction",
        "signature 1",
        "signature 2",
        "signature 3",
        "quorum",
    ]
    assert wrong(found) == []
    assert [each.text for each in absent(found)] == [
        f"the evidence of {SIGNERS[node].address} is not here: "
        f"fetch it from the /archive of {SIGNERS[node].address} with --from"
        for node in (1, 2)
    ]


def test_a_known_peers_archive_is_named(archive: Archive) -> None:
    """Where the settings name its address, the line says where to fetch it from."""
    found = verify(archive, peers={SIGNERS[1].address: "http://two.example/"})
    assert "fetch it from http://two.example/archive with --from" in absent(found)[0].text


def test_strict_fails_where_evidence_is_not_here(archive: Archive, elsewhere: Archive) -> None:
    """And passes where all three nodes' evidence is."""
    assert verify(archive, strict=True).verdict is Verdict.FAIL
    with serving(archive_handler(elsewhere)) as url, httpx.Client() as client:
        assert Mirror(archive, client, (url,)).fill(GPT, DAY) == ()
    found = verify(archive, strict=True)
    assert (found.verdict, found.whole) == (Verdict.PASS, 3)


def test_no_evidence_proves_nothing(archive: Archive) -> None:
    """A quorum's signatures without a single node's evidence are NOT PROVEN, and so is a day without a fixing."""
    for path in files(archive):
        if "manifests" in path.parts:
            path.unlink()
    found = verify(archive)
    assert (found.verdict, wrong(found)) == (Verdict.NOT_PROVEN, [])
    nothing = Verifier(archive).day(GPT, DAY + 1)
    assert (nothing.verdict, nothing.price) == (Verdict.NOT_PROVEN, None)
    assert "no fixing of openai/gpt-4.1 of 2026-07-16 is archived" in nothing.steps[0].text


def test_six_empty_slots_pass_and_seven_do_not(tmp_path: Path) -> None:
    """What a node did not see is its own affair as long as seven slots hold."""

    def emptied(count: int) -> Callable[[dict[str, object]], None]:
        def change(document: dict[str, object]) -> None:
            slots = document["slots"]
            assert isinstance(slots, list)
            slots[:count] = [None] * count
            document["valid"] = 13 - count

        return change

    assert verify(posted_with(tmp_path / "6", emptied(6))).verdict is Verdict.PASS
    found = verify(posted_with(tmp_path / "7", emptied(7)))
    assert {(each.what.partition(": ")[2], each.expected, each.found) for each in wrong(found)} == {
        ("median", "None", "8000000")
    }


# ----------------------------------------------------------------------------------------------- the manifest


def _slot(place: int, **fields: object) -> Callable[[dict[str, object]], None]:
    def change(document: dict[str, object]) -> None:
        slots = document["slots"]
        assert isinstance(slots, list)
        slots[place] |= fields

    return change


def _field(**fields: object) -> Callable[[dict[str, object]], None]:
    return lambda document: document.update(fields)


FIRST = MIDNIGHT - 3_600


@pytest.mark.parametrize(
    ("change", "what", "expected", "found"),
    [
        (_slot(0, price=9_000_000), "slot 23:00", "9000000 for gpt-4.1", "8000000"),
        (_slot(3, at=FIRST + 600), "slot 23:15", "later than 23:10 and by 23:15", str(FIRST + 600)),
        (_slot(3, at=FIRST + 901), "slot 23:15", "later than 23:10 and by 23:15", str(FIRST + 901)),
        (_slot(3, slot=FIRST + 600), "time of slot 23:15", str(FIRST + 900), str(FIRST + 600)),
        (_field(window_end=MIDNIGHT + 86_400), "window's end", str(MIDNIGHT), str(MIDNIGHT + 86_400)),
        (_field(price=8_000_001), "median", "8000000", "8000001"),
        (_field(valid=12), "valid slots", "13", "12"),
        (_field(underlying=LUNA), "underlying", GPT, LUNA),
        (_field(model="gpt-5.6-luna"), "slot 23:00", "8000000 for gpt-5.6-luna", "6000000"),
        (_field(model="gpt-9"), "slot 23:00", "8000000 for gpt-9", "names this model"),
        (_field(provider="anthropic"), "slot 23:00", "8000000 for gpt-4.1", "another provider"),
        (_field(provider="nobody"), "slot 23:00", "8000000 for gpt-4.1", "no page family 'nobody'"),
        (_field(slots=[]), "number of slots", "13", "0"),
    ],
)
def test_a_manifest_that_lies_is_told(
    tmp_path: Path, change: Callable[[dict[str, object]], None], what: str, expected: str, found: str
) -> None:
    """Signed by a quorum, every hash right, and still: what it says does not come out of the pages."""
    result = verify(posted_with(tmp_path, change))
    assert result.verdict is Verdict.FAIL
    first = wrong(result)[0]
    assert first.what.partition(": ")[2] == what
    assert first.expected is not None
    assert expected in first.expected
    assert first.found is not None
    assert found in first.found
    assert first.file is not None
    assert Path(first.file).is_file()


@pytest.mark.parametrize("at", [FIRST + 601, FIRST + 900])
def test_the_five_minutes_of_a_slot_end_with_its_time(tmp_path: Path, at: int) -> None:
    """The first and the last second that belong to 23:15; one earlier or later is refused above."""
    assert verify(posted_with(tmp_path, _slot(3, at=at))).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_field(format="ifx-window-1"), "no manifest of the format"),
        (_field(colour="red"), "the unknown key 'colour'"),
        (_field(valid=True), "'valid' must be an integer"),
        (_field(price="8"), "'price' must be an integer"),
        (_field(reader=None), "'reader' must be a text"),
        (_field(slots={}), "'slots' must be a list"),
        (_field(slots=[5] * 13), "slot 0 must be an object or null"),
        (_field(underlying="GPT"), "a name has 3 to 64 characters"),
        (_slot(0, sha256="AB" * 32), "'sha256' of slot 0 must be 64 hexadecimal digits"),
        (_slot(0, extra=1), "slot 0 has the unknown key 'extra'"),
        (_slot(0, at=-1), "'at' must be an integer"),
    ],
)
def test_a_manifest_of_another_shape_is_told(
    tmp_path: Path, change: Callable[[dict[str, object]], None], found: str
) -> None:
    """Whatever was signed, it is read as a manifest or named; nothing is guessed."""
    result = verify(posted_with(tmp_path, change))
    assert result.verdict is Verdict.FAIL
    assert found in str(wrong(result)[0].found)


def test_a_manifest_that_is_not_canonical_is_told(tmp_path: Path) -> None:
    """The same document with a blank in it is other evidence, and none."""
    made = Archive(tmp_path / "made")
    data = window(made).manifest.replace(b',"', b', "', 1)
    made.add_manifest(data)
    made.add_fixing(fixing_of([signed(node, evidence.root(data)) for node in range(3)]))
    assert wrong(verify(made))[0].found == "it is not canonical JSON"


def test_a_page_read_by_another_release_says_so(tmp_path: Path) -> None:
    """Where rules of reading changed, the difference names both releases."""

    def change(document: dict[str, object]) -> None:
        _slot(0, price=1)(document)
        document["reader"] = "ifx 0.0.1"

    found = str(wrong(verify(posted_with(tmp_path, change)))[0].found)
    assert f"read by {evidence.reader()}; the manifest was made by ifx 0.0.1" in found


def test_an_index_value_is_left_to_its_own_verification(tmp_path: Path) -> None:
    """Its evidence is the index's record, whose inputs are not pages of this archive."""
    made, name = Archive(tmp_path / "made"), "index/lpi-openai"
    data = evidence.canonical_json({"format": "ifx-index-1", "underlying": name, "day": DAY, "record": {}})
    made.add_manifest(data)
    made.add_fixing(fixing_of([signed(node, evidence.root(data), name=name) for node in range(3)]))
    found = Verifier(made).day(name, DAY)
    assert found.verdict is Verdict.NOT_PROVEN
    assert any("`ifx-index verify`" in each.text for each in found.steps)


# ------------------------------------------------------------------------------- signatures and transaction


def proven(archive: Archive, reports: list[SignedReport], raw: bytes | None = None, **fields: object) -> Verified:
    """Archive the fixing that these reports made, with changed fields, and verify it."""
    record = replace(fixing_of(reports[:1], raw or transaction(reports)), **fields)  # type: ignore[arg-type]  # as above
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


# --------------------------------------------------------------------------------------------- the chain's word

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


# ------------------------------------------------------------------------------------------------- tampering


def test_any_byte_of_any_file_fails_and_names_it(archive: Archive) -> None:
    """Every kind of file, bytes all over it, through the whole verification."""
    for path in files(archive):
        data = path.read_bytes()
        for at in {*range(0, len(data), max(1, len(data) // 40)), len(data) - 1}:
            rewrite(path, data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
            found = verify(archive)
            assert found.verdict is Verdict.FAIL
            assert str(path) in {each.file for each in wrong(found)}
        for spoiled in (b"", data[:-1], data[: len(data) // 2], data + b" "):
            rewrite(path, spoiled)
            assert str(path) in {each.file for each in wrong(verify(archive))}
        rewrite(path, data)
    assert verify(archive).verdict is Verdict.PASS


def test_a_deleted_file_is_named(archive: Archive) -> None:
    """What is gone proves nothing: the file, or a report's folder, is named, and the evidence is no longer whole."""
    for path in files(archive):
        data = path.read_bytes()
        path.unlink()
        found = verify(archive)
        named = {each.file for each in absent(found)}
        if "reports" in path.parts:
            assert found.verdict is Verdict.PASS  # the signature stands in the transaction too
            assert str(path.parent) in named
            assert verify(archive, strict=True).verdict is Verdict.FAIL
        else:
            assert found.verdict is Verdict.NOT_PROVEN
            assert str(path) in named
        path.write_bytes(data)
    assert verify(archive).verdict is Verdict.PASS


def test_swapped_files_are_named(archive: Archive, elsewhere: Archive) -> None:
    """Two pages, two manifests, two reports, two fixings exchanged: each is told by its file."""
    window(archive, lead=50)
    archive.add_fixing(fixing_of([signed(node, bytes(32), name=LUNA) for node in range(3)]))
    with serving(archive_handler(elsewhere)) as url, httpx.Client() as client:
        Mirror(archive, client, (url,)).fill(GPT, DAY)
    by_kind: dict[str, list[Path]] = {}
    for path in files(archive):
        by_kind.setdefault(path.relative_to(archive.folder).parts[0], []).append(path)
    assert min(len(paths) for paths in by_kind.values()) >= 2
    for paths in by_kind.values():
        one, two = paths[:2]
        first, second = one.read_bytes(), two.read_bytes()
        rewrite(one, second)
        rewrite(two, first)
        assert {str(one), str(two)} & {each.file for each in wrong(verify(archive))}
        rewrite(one, first)
        rewrite(two, second)
    assert verify(archive).verdict is Verdict.PASS


def test_pages_swapped_under_the_right_names_are_told(tmp_path: Path) -> None:
    """A forger who archives another page under its own hash finds that the manifest names the other one."""
    cheaper = page(gpt="7.00")
    made = posted_with(tmp_path)
    other = Archive(tmp_path / "other")
    fake = window(other, pages=[cheaper] * 13, price=7_000_000)
    made.add_manifest(fake.manifest)
    assert verify(made).verdict is Verdict.PASS  # what nobody signed changes nothing
    signed_by_all = [signed(node, fake.evidence) for node in range(3)]
    forged = Archive(tmp_path / "forged")
    window(forged, pages=[cheaper] * 13, price=7_000_000)
    forged.add_fixing(fixing_of(signed_by_all))
    assert {each.what.partition(": ")[2] for each in wrong(verify(forged))} == {"price"}


# --------------------------------------------------------------------------------------------- fetching


def test_a_lying_mirror_gives_nothing(archive: Archive, elsewhere: Archive) -> None:
    """Other bytes under a hash are not kept; the honest node after it is asked, and gives them."""
    before = list(files(archive))

    def spoil(data: bytes) -> bytes:
        return data.replace(b"8000000", b"7000000")

    with (
        serving(archive_handler(elsewhere, spoil)) as liar,
        serving(archive_handler(elsewhere)) as honest,
        httpx.Client() as client,
    ):
        whys = Mirror(archive, client, (liar,)).fill(GPT, DAY)
        assert len(whys) == 2
        assert all("another SHA-256" in why for why in whys)
        assert list(files(archive)) == before
        assert Mirror(archive, client, (liar, honest)).fill(GPT, DAY) == ()
    assert verify(archive, strict=True).whole == 3


def test_a_damaged_page_of_a_mirror_is_not_kept(archive: Archive, elsewhere: Archive) -> None:
    """A missing page comes from a node whose copy is whole, and from no other."""
    path = next(each for each in files(archive) if "pages" in each.parts)
    path.unlink()
    damaged = elsewhere.folder / path.relative_to(archive.folder)
    good = damaged.read_bytes()
    rewrite(damaged, good[:-1])
    with serving(archive_handler(elsewhere)) as url, httpx.Client() as client:
        mirror = Mirror(archive, client, (url,))
        assert "its seal is broken" in mirror.fill(GPT, DAY)[0]
        assert not path.exists()
        rewrite(damaged, good)
        assert mirror.fill(GPT, DAY) == ()
    assert path.read_bytes() == good


def test_a_mirror_that_is_down_is_named(archive: Archive) -> None:
    """What could not be had is said, and the verification goes on with what is here."""
    with httpx.Client() as client:
        whys = Mirror(archive, client, ("http://127.0.0.1:1",)).fill(GPT, DAY)
    assert len(whys) == 2
    assert all("http://127.0.0.1:1: ConnectError" in why for why in whys)


# ---------------------------------------------------------------------------------------------- the command


def invoke(*arguments: object) -> tuple[int, str, str]:
    """Run the command as a shell would."""
    result = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_says_pass_with_a_line_a_step(archive: Archive) -> None:
    """Exit 0; offline it says what it took from the record."""
    code, out, err = invoke("--archive", archive.folder, "--underlying", GPT, "--day", DATE)
    assert code == 0
    assert out.splitlines()[0] == f"{GPT} {DATE}: 8.00 USD/Mtok, 1 nodes' evidence whole"
    assert out.splitlines()[-1] == "  PASS"
    assert sum(line.startswith("  ok ") for line in out.splitlines()) == 8
    assert "--rpc asks the chain" in err


def test_the_command_says_fail_with_the_file(archive: Archive) -> None:
    """Exit 1; the file, what was expected and what is there."""
    path = next(each for each in files(archive) if "manifests" in each.parts)
    data = path.read_bytes()
    rewrite(path, data.replace(b"8000000", b"7000000"))
    code, out, _ = invoke("--archive", archive.folder, "--underlying", GPT, "--day", DATE)
    assert code == 1
    assert out.splitlines()[-1] == "  FAIL"
    line = next(line for line in out.splitlines() if line.startswith("  WRONG"))
    assert f"{path}: expected the file as it was archived, found its SHA-256 is " in line


def test_all_days_are_verified_in_one_call(tmp_path: Path) -> None:
    """Several days, and one that is damaged: each has its verdict, and the exit code is 1 until all pass."""
    archive = Archive(tmp_path / "archive")
    for day in (DAY, DAY + 1, DAY + 2):
        a_day(archive, Archive(tmp_path / "elsewhere"), day=day)
    code, out, _ = invoke("--archive", archive.folder, "--all", "--json")
    lines = [json.loads(line, parse_float=str) for line in out.splitlines()]
    assert (code, [each["verdict"] for each in lines]) == (0, ["PASS"] * 3)
    assert [each["day"] for each in lines] == [DATE, "2026-07-16", "2026-07-17"]
    rewrite(archive.fixing_path(GPT, DAY + 1), b"{}")
    code, out, _ = invoke("--archive", archive.folder, "--all")
    assert code == 1
    assert out.splitlines()[-1] == "2 PASS, 1 FAIL"
    code, out, _ = invoke("--archive", archive.folder, "--all", "--day", DATE, "--underlying", GPT)
    assert (code, out.splitlines()[-1]) == (0, "  PASS")


def test_the_command_fetches_what_is_not_here(archive: Archive, elsewhere: Archive, tmp_path: Path) -> None:
    """With --from a stranger's evidence is verified too, and with --config a peer's address is named."""
    peers = f'[[peers]]\nurl = "http://127.0.0.1:1"\naddress = "{SIGNERS[1].address}"\n'
    config = write_settings(tmp_path, extra=peers)
    asked = ("--archive", archive.folder, "--underlying", GPT, "--day", DATE, "--strict", "--config", config)
    code, out, err = invoke(*asked, "--from", "http://127.0.0.1:1")
    assert code == 1
    assert "fetch it from http://127.0.0.1:1/archive" in out
    assert "not fetched: manifests/" in err
    with serving(archive_handler(elsewhere)) as url:
        code, out, _ = invoke(*asked, "--from", url)
    assert code == 0
    assert "3 nodes' evidence whole" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--archive", "{folder}/none", "--all"), "there is no archive"),
        (("--archive", "{folder}", "--all"), "no fixing in it is archived"),
        (("--archive", "{folder}"), "Name --underlying and --day, or --all"),
        (("--archive", "{folder}", "--underlying", GPT), "Name --underlying and --day, or --all"),
        (("--archive", "{folder}", "--underlying", GPT, "--day", "15.7.2026"), "YYYY-MM-DD"),
        (("--archive", "{folder}", "--underlying", "GPT", "--day", DATE), "a name has 3 to 64 characters"),
        (("--archive", "{folder}", "--all", "--rpc", "http://127.0.0.1:1"), "Give --rpc URL and --deployment FILE"),
    ],
)
def test_a_bad_call_is_one_line_on_stderr(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, the reason and the cure."""
    code, out, err = invoke(*(each.format(folder=tmp_path) for each in arguments))
    assert (code, out) == (2, "")
    assert said in err

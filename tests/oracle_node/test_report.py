"""A signed report: canonical, verified before it is believed, and signed at most once of an underlying and day."""

import errno
import json
import threading
from pathlib import Path

import pytest
from support.nodes import DAY, DOMAIN, GPT, LUNA, REGISTERED, SIGNERS, report
from support.processes import waiting

from ifx_sdk import devnet
from ifx_sdk.errors import BadFile
from ifx_sdk.reports import attest
from ifx_sdk.signers import Signer
from ifx_sdk.terms import Domain, oracle_domain
from oracle_node.errors import BadReport, ForeignBook, SecondReport
from oracle_node.report import ReportBook, SignedReport, read_report, verify

OUTSIDER = devnet.signer(devnet.OUTSIDER)
EVIDENCE = bytes(32)


def sign(book: ReportBook, price: int = 8_000_000, *, name: str = GPT, day: int = DAY) -> SignedReport:
    """The first node signs."""
    return book.sign(SIGNERS[0], DOMAIN, underlying=name, day=day, price=price, evidence=EVIDENCE)


def test_a_report_comes_back_from_its_canonical_json() -> None:
    """Its bytes are the same whoever writes them: sorted keys, no spaces, integers and lower-case hexadecimals."""
    made = report(0)
    assert read_report(made.canonical()) == made
    assert list(json.loads(made.canonical(), parse_float=str)) == [
        "day",
        "evidence",
        "price",
        "signature",
        "signer",
        "underlying",
    ]
    assert b" " not in made.canonical()


def test_a_registered_nodes_report_verifies() -> None:
    """Named, signed and registered are one account."""
    assert verify(report(0), DOMAIN, REGISTERED.signers) == report(0)


def test_a_report_under_another_name_is_refused() -> None:
    """A peer cannot answer with somebody else's signature."""
    made = report(0)
    with pytest.raises(BadReport, match="was signed by"):
        verify(SignedReport(attestation=made.attestation, signer=SIGNERS[1].address), DOMAIN, REGISTERED.signers)


def test_a_changed_price_is_refused() -> None:
    """The signature is over the price: another one recovers to another account."""
    changed = json.loads(report(0).canonical(), parse_float=str) | {"price": 1}
    with pytest.raises(BadReport, match="was signed by"):
        verify(read_report(json.dumps(changed).encode()), DOMAIN, REGISTERED.signers)


def test_a_report_for_another_chain_is_refused() -> None:
    """A signature made for a test chain is none on another."""
    with pytest.raises(BadReport, match="was signed by"):
        verify(report(0, domain=oracle_domain(1, DOMAIN.contract)), DOMAIN, REGISTERED.signers)


def test_an_outsiders_report_is_refused() -> None:
    """A sound signature by an account that is not registered counts for nothing."""
    made = attest(OUTSIDER, DOMAIN, underlying=GPT, day=DAY, price=1, evidence=EVIDENCE)
    with pytest.raises(BadReport, match="no registered node"):
        verify(SignedReport(attestation=made, signer=OUTSIDER.address), DOMAIN, REGISTERED.signers)


@pytest.mark.parametrize(
    "change",
    [
        {"price": -1},
        {"price": 2**40},
        {"price": "8000000"},
        {"price": 8.0},
        {"price": True},
        {"day": -1},
        {"day": 2**24},
        {"day": None},
        {"underlying": "GPT-4.1"},
        {"underlying": 5},
        {"evidence": "0x" + "00" * 31},
        {"evidence": "00" * 32},
        {"signature": "0x" + "zz" * 65},
        {"signature": None},
        {"signer": "0x12"},
        {"extra": 1},
    ],
)
def test_a_malformed_report_is_refused(change: dict[str, object]) -> None:
    """Every key's shape is held before anything is recovered."""
    good = json.loads(report(0).canonical(), parse_float=str)
    with pytest.raises(BadReport):
        read_report(json.dumps(good | change).encode())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 5_000, b'{"day":1,"day":2}', b" " * 5_000, b"9" * 4_000]
)
def test_bytes_that_are_no_report_are_refused(data: bytes) -> None:
    """Garbage gives the error, never another exception."""
    with pytest.raises(BadReport):
        read_report(data)


@pytest.mark.parametrize("signature", [bytes(65), b"\xff" * 65, bytes(64) + b"\x05"])
def test_a_signature_that_is_none_is_refused(signature: bytes) -> None:
    """Bytes of the right length that recover to nobody."""
    good = json.loads(report(0).canonical(), parse_float=str) | {"signature": "0x" + signature.hex()}
    with pytest.raises(BadReport):
        verify(read_report(json.dumps(good).encode()), DOMAIN, REGISTERED.signers)


@pytest.fixture(params=["memory", "file"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> ReportBook:
    """A book of each kind."""
    return ReportBook() if request.param == "memory" else ReportBook(tmp_path / "reports.jsonl")


def test_a_second_different_report_of_a_day_is_refused(book: ReportBook) -> None:
    """A node signs one price of an underlying and day, and the first one stands."""
    first = sign(book)
    with pytest.raises(SecondReport) as refused:
        sign(book, 7_000_000)
    assert (refused.value.stored, refused.value.refused) == (8_000_000, 7_000_000)
    assert book.get(GPT, DAY) == first
    assert book.all() == (first,)


def test_the_same_report_again_is_the_stored_one(book: ReportBook) -> None:
    """Asking twice signs once."""
    assert sign(book) == sign(book)
    assert len(book.all()) == 1


@pytest.mark.parametrize("same_day", [True, False], ids=["same day", "next day"])
@pytest.mark.parametrize(
    ("signer", "domain"),
    [
        (SIGNERS[1], DOMAIN),
        (SIGNERS[0], oracle_domain(31337, "0x" + "22" * 20)),
        (SIGNERS[0], oracle_domain(1, DOMAIN.contract)),
    ],
    ids=["key", "oracle", "chain"],
)
def test_a_book_belongs_to_one_key_and_one_oracle(
    book: ReportBook, signer: Signer, domain: Domain, same_day: bool
) -> None:
    """After a new key or a new deployment nothing old is given out as new, and nothing new stands beside the old."""
    first = sign(book)
    with pytest.raises(ForeignBook, match="is not by") as refused:
        book.sign(
            signer,
            domain,
            underlying=GPT,
            day=DAY if same_day else DAY + 1,
            price=first.attestation.price,
            evidence=EVIDENCE,
        )
    assert "name a new file" in refused.value.cure
    assert book.all() == (first,)
    assert sign(book) == first


def test_other_days_and_underlyings_are_other_reports(book: ReportBook) -> None:
    """Each underlying and each day has its own."""
    made = [sign(book), sign(book, 1, day=DAY + 1), sign(book, 2, name=LUNA)]
    assert book.all() == tuple(made)
    assert book.get(LUNA, DAY + 1) is None


def test_a_book_outlives_its_process(tmp_path: Path) -> None:
    """What one process signed, the next one does not sign again at another price."""
    path = tmp_path / "reports.jsonl"
    first = sign(ReportBook(path))
    later = ReportBook(path)
    assert later.get(GPT, DAY) == first
    with pytest.raises(SecondReport):
        sign(later, 1)
    assert path.read_bytes() == first.canonical() + b"\n"


def test_two_books_on_one_file_sign_once(tmp_path: Path) -> None:
    """Threads with a book each, all asked for another price at once: one report is made, the others are refused."""
    path, made, refused = tmp_path / "reports.jsonl", [], []

    def work(price: int) -> None:
        try:
            made.append(sign(ReportBook(path), price))
        except SecondReport as error:
            refused.append(error)

    threads = [threading.Thread(target=work, args=(price,)) for price in range(1, 9)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(made), len(refused)) == (1, 7)
    assert ReportBook(path).all() == (made[0],)


SECOND_SIGNER = """
from pathlib import Path
from support.nodes import DAY, DOMAIN, GPT, SIGNERS
from oracle_node.errors import SecondReport
from oracle_node.report import ReportBook
book = ReportBook(Path({path!r}))
SIGNERS[0].sign_digest(bytes(32))
print("ready", flush=True)
try:
    book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price=7_000_000, evidence=bytes(32))
except SecondReport as error:
    print(error.stored, error.refused)
else:
    print("signed")
"""


def test_two_processes_sign_one_price_of_a_day(tmp_path: Path) -> None:
    """A process that is asked for another price while the first one stores its own waits, and then refuses."""
    path, first = tmp_path / "reports.jsonl", sign(ReportBook())
    with waiting(path, SECOND_SIGNER.format(path=str(path))) as (held, told):
        held.write(first.canonical() + b"\n")
    assert told == ["8000000 7000000"]
    assert ReportBook(path).all() == (first,)


def test_a_report_is_on_disk_before_it_is_released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole line is handed to the disk before anybody gets the report; where that fails there is none."""
    path, synced = tmp_path / "reports.jsonl", []
    monkeypatch.setattr("os.fsync", lambda _: synced.append(path.read_bytes()))
    first = sign(ReportBook(path))
    assert synced == [first.canonical() + b"\n"]

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(BadFile, match="Input/output error"):
        sign(ReportBook(path), day=DAY + 1)


def test_a_line_cut_short_by_a_crash_was_never_released(tmp_path: Path) -> None:
    """The unfinished line goes, what stood before it stays, and the day can be signed."""
    path = tmp_path / "reports.jsonl"
    first = sign(ReportBook(path))
    with path.open("ab") as file:
        file.write(b'{"day":20650,"pri')
    second = sign(ReportBook(path), 1, day=DAY + 1)
    assert ReportBook(path).all() == (first, second)


def test_a_damaged_book_signs_nothing(tmp_path: Path) -> None:
    """A node that cannot read what it signed must not sign."""
    path = tmp_path / "reports.jsonl"
    path.write_bytes(b"not a report\n")
    with pytest.raises(BadFile, match="not a report book"):
        sign(ReportBook(path))
    assert path.read_bytes() == b"not a report\n"


def test_a_book_that_cannot_be_written_releases_nothing(tmp_path: Path) -> None:
    """Stored first, released afterwards: without the file there is no report."""
    book = ReportBook(tmp_path / "missing" / "reports.jsonl")
    with pytest.raises(BadFile, match="cannot be written"):
        sign(book)
    assert book.all() == ()

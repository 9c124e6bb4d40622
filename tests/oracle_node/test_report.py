"""A signed report: canonical, verified before it is believed, and signed at most once of an underlying and day."""

import json
import threading
from pathlib import Path

import pytest
from support.nodes import DAY, DOMAIN, GPT, LUNA, REGISTERED, SIGNERS, report

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_key
from ifx_sdk.errors import BadFile
from ifx_sdk.reports import attest
from ifx_sdk.signers import KeySigner, Signer
from ifx_sdk.terms import Domain, oracle_domain
from oracle_node.errors import BadReport, ForeignBook, SecondReport
from oracle_node.report import ReportBook, SignedReport, read_report, verify
from oracle_node.store import Store

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
    return ReportBook() if request.param == "memory" else Store(tmp_path / "node.db").book


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
    assert "name a new folder" in refused.value.cure
    assert book.all() == (first,)
    assert sign(book) == first


def test_other_days_and_underlyings_are_other_reports(book: ReportBook) -> None:
    """Each underlying and each day has its own."""
    made = [sign(book), sign(book, 1, day=DAY + 1), sign(book, 2, name=LUNA)]
    assert book.all() == tuple(made)
    assert book.get(LUNA, DAY + 1) is None


def test_a_book_outlives_its_process(tmp_path: Path) -> None:
    """What one process signed, the next one does not sign again at another price."""
    path = tmp_path / "node.db"
    with Store(path) as store:
        first = sign(store.book)
    with Store(path) as later:
        assert later.book.get(GPT, DAY) == first
        with pytest.raises(SecondReport):
            sign(later.book, 1)
        assert later.book.all() == (first,)


def test_two_books_on_one_file_sign_once(tmp_path: Path) -> None:
    """Threads with a store each, all asked for another price at once: one report is made, the others are refused."""
    path, made, refused = tmp_path / "node.db", [], []

    def work(price: int) -> None:
        try:
            made.append(sign(Store(path).book, price))
        except SecondReport as error:
            refused.append(error)

    threads = [threading.Thread(target=work, args=(price,)) for price in range(1, 9)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(made), len(refused)) == (1, 7)
    assert Store(path).book.all() == (made[0],)


def test_a_price_that_was_not_stored_is_not_released(book: ReportBook) -> None:
    """A signer that fails leaves nothing behind, and the day can be signed at any price."""

    class Failing(KeySigner):
        def sign_digest(self, digest: bytes) -> bytes:
            raise BadFile("key", "it is gone")

    with pytest.raises(BadFile, match="it is gone"):
        book.sign(Failing(dev_key(4)), DOMAIN, underlying=GPT, day=DAY, price=1, evidence=EVIDENCE)
    assert book.all() == ()
    assert sign(book).attestation.price == 8_000_000


def test_no_other_thread_signs_while_one_signs(tmp_path: Path) -> None:
    """The signer is asked inside the transaction: who comes with another price waits for it, and is refused."""
    path, asked, go = tmp_path / "node.db", threading.Event(), threading.Event()

    class Slow(KeySigner):
        def sign_digest(self, digest: bytes) -> bytes:
            asked.set()
            assert go.wait(20)
            return super().sign_digest(digest)

    slow, refused = Slow(dev_key(4)), []

    def late() -> None:
        try:
            sign(Store(path).book, 7_000_000)
        except SecondReport as error:
            refused.append((error.stored, error.refused))

    first = threading.Thread(
        target=lambda: Store(path).book.sign(slow, DOMAIN, underlying=GPT, day=DAY, price=1, evidence=EVIDENCE)
    )
    second = threading.Thread(target=late)
    first.start()
    assert asked.wait(20)
    second.start()
    assert Store(path).book.get(GPT, DAY) is None
    go.set()
    first.join()
    second.join()
    assert refused == [(1, 7_000_000)]


@pytest.mark.parametrize("day", [-1, 2**70])
def test_a_day_that_is_none_has_no_report(book: ReportBook, day: int) -> None:
    """Whoever asks over HTTP may write any number."""
    assert book.get(GPT, day) is None

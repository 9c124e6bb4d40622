"""Peers: what agrees is kept, who is down, slow, endless, garbled, lying or somebody else is named and skipped."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

import httpx
import pytest
from support.nodes import DAY, DOMAIN, GPT, LUNA, REGISTERED, SIGNERS, report

from ifx_sdk import devnet
from ifx_sdk.errors import (
    AnotherDay,
    AttestationsDisagree,
    BadAttestation,
    NotASigner,
    QuorumNotReached,
    Reverted,
    SignerTwice,
)
from ifx_sdk.reports import Tally, attest, tally
from ifx_sdk.terms import oracle_domain
from oracle_node import peers
from oracle_node.peers import gather
from oracle_node.report import ReportBook, SignedReport
from oracle_node.serving import serve_reports
from oracle_node.settings import Peer

OUTSIDER = devnet.signer(devnet.OUTSIDER)
ADDRESSES = [each.address for each in SIGNERS]


def book_of(*reports: SignedReport) -> ReportBook:
    """A book that holds these reports."""
    book = ReportBook()
    for each in reports:
        signer = SIGNERS[ADDRESSES.index(each.signer)]
        made = each.attestation
        book.sign(signer, DOMAIN, underlying=made.underlying, day=made.day, price=made.price, evidence=made.evidence)
    return book


def counted(*reports: SignedReport) -> Tally:
    """Count what nodes signed of GPT-4.1 that day."""
    stated = [each.statement() for each in reports]
    return tally(stated, GPT, DAY, domain=DOMAIN, signers=REGISTERED.signers, quorum=REGISTERED.quorum)


def spoiled(made: SignedReport) -> SignedReport:
    """The same with a signature that recovers to nobody."""
    return SignedReport(attestation=replace(made.attestation, signature=b"\xff" * 65), signer=made.signer)


@pytest.fixture
def served() -> Iterator[Callable[..., Peer]]:
    """Starts a node's report server on loopback."""
    with ExitStack() as stack:

        def start(node: int, *reports: SignedReport) -> Peer:
            url = stack.enter_context(serve_reports(book_of(*reports)))
            return Peer(url=url, address=ADDRESSES[node])

        yield start


def ask_all(peers: list[Peer], own: SignedReport | None = None, client: httpx.Client | None = None) -> Tally:
    """Gather the day's reports on GPT-4.1."""
    with client or httpx.Client() as using:
        return gather(using, peers, own, GPT, DAY, domain=DOMAIN, registered=REGISTERED, timeout_seconds=1)


def mocked(bad: Callable[[httpx.Request], httpx.Response]) -> tuple[list[Peer], httpx.Client]:
    """Peers 1 and 2 answer, peer 3 does what `bad` does."""

    def answer(request: httpx.Request) -> httpx.Response:
        node = int(request.url.host[0])
        return bad(request) if node == 3 else httpx.Response(200, content=report(node).canonical())

    peers = [Peer(url=f"http://{node}.example", address=ADDRESSES[node]) for node in (1, 2, 3)]
    return peers, httpx.Client(transport=httpx.MockTransport(answer))


def test_four_nodes_that_agree_make_a_report_of_four(served: Callable[..., Peer]) -> None:
    """Every signature on the price is in the report, in the signer set's order."""
    found = ask_all([served(node, report(node)) for node in (3, 1, 2)], own=report(0))
    assert found.report is not None
    assert [each.signer(DOMAIN) for each in found.report.attestations] == ADDRESSES
    assert (found.report.price, found.prices, found.uncounted) == (8_000_000, ((8_000_000, tuple(ADDRESSES)),), ())


def test_three_of_four_are_a_quorum(served: Callable[..., Peer]) -> None:
    """One node that signed another price is out-voted; its price is shown."""
    found = ask_all([served(1, report(1)), served(2, report(2, 1)), served(3, report(3))], own=report(0))
    assert found.report is not None
    assert [each.signer(DOMAIN) for each in found.report.attestations] == [ADDRESSES[0], ADDRESSES[1], ADDRESSES[3]]
    assert found.prices == ((8_000_000, (ADDRESSES[0], ADDRESSES[1], ADDRESSES[3])), (1, (ADDRESSES[2],)))


def test_two_of_four_are_no_quorum(served: Callable[..., Peer]) -> None:
    """Two against two make no fixing rather than a guess."""
    found = ask_all([served(1, report(1)), served(2, report(2, 1)), served(3, report(3, 1))], own=report(0))
    assert found.report is None
    assert [price for price, _ in found.prices] == [1, 8_000_000]


def test_a_peer_without_a_report_is_named(served: Callable[..., Peer]) -> None:
    """A node whose window was too thin answers 404 and is skipped."""
    silent = served(3, report(3, name=LUNA))
    found = ask_all([served(1, report(1)), served(2, report(2)), silent], own=report(0))
    assert found.report is not None
    assert [(each.source, each.why) for each in found.uncounted] == [(silent.url, "it has no report of this day")]


def test_a_peer_that_is_down_is_named(served: Callable[..., Peer]) -> None:
    """Nobody listens: the others are enough."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        down = Peer(url=f"http://127.0.0.1:{free.getsockname()[1]}", address=ADDRESSES[3])
        found = ask_all([served(1, report(1)), served(2, report(2)), down], own=report(0))
    assert found.report is not None
    assert [each.source for each in found.uncounted] == [down.url]
    assert found.uncounted[0].why.startswith("ConnectError")


def test_a_peer_that_never_answers_is_named(served: Callable[..., Peer]) -> None:
    """A peer that accepts and says nothing costs its timeout, not the day."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        slow = Peer(url=f"http://127.0.0.1:{deaf.getsockname()[1]}", address=ADDRESSES[3])
        found = ask_all([served(1, report(1)), served(2, report(2)), slow], own=report(0))
    assert found.report is not None
    assert [(each.source, each.why) for each in found.uncounted] == [(slow.url, "no answer within 1 s")]


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends a header for ever, a byte at a time: no wait for a byte is ever long."""
    over = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not over.wait(0.02):
                    connection.sendall(b"z")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def test_a_peer_that_drips_is_named(served: Callable[..., Peer]) -> None:
    """One byte at a time keeps every socket timeout away and still ends with the whole answer's."""
    with dripping() as url:
        slow = Peer(url=url, address=ADDRESSES[3])
        found = ask_all([served(1, report(1)), served(2, report(2)), slow], own=report(0))
    assert found.report is not None
    assert [(each.source, each.why) for each in found.uncounted] == [(url, "no whole answer within 1 s")]


def test_a_peer_that_is_slow_with_each_report_holds_up_no_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine seconds for each of fifty answers: it is asked until half a minute is over, and no more."""
    now = [0.0]
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        now[0] += 9
        return httpx.Response(404)

    monkeypatch.setattr(peers, "monotonic", lambda: now[0])
    names = [f"openai/model-{number}" for number in range(50)]
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        heard = peers.hear(client, [Peer(url="http://3.example", address=ADDRESSES[3])], names, DAY)
    assert len(asked) == 4
    assert [each.underlying for each in heard] == names
    assert {each.fault for each in heard} == {peers.Fault.SILENT}
    assert [each.has_nothing_yet for each in heard] == [True] * 4 + [False] * 46
    assert heard[-1].why == "it took more than 30 s for those before"


def endless() -> Iterator[bytes]:
    """A gigabyte, if anyone took it."""
    for _ in range(1_000_000):
        yield b"{" * 1_024


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: httpx.Response(200, content=endless()), "longer than 4096 bytes"),
        (lambda: httpx.Response(200, content=b"<html>"), "it is not JSON"),
        (lambda: httpx.Response(200, content=b"\xff\xfe"), "it is not JSON"),
        (lambda: httpx.Response(500), "status 500"),
        (lambda: httpx.Response(302, headers={"Location": "http://1.example/reports"}), "another host"),
        (lambda: httpx.Response(200, content=report(1).canonical()), "the peer is"),
        (lambda: httpx.Response(200, content=report(3, name=LUNA).canonical()), "it answered with"),
        (lambda: httpx.Response(200, content=report(3, day=DAY - 1).canonical()), "it answered with"),
        (lambda: httpx.Response(200, content=report(3).canonical().replace(b"8000000", b"8000001")), "was signed by"),
    ],
)
def test_a_peer_that_answers_wrongly_is_named(answer: Callable[[], httpx.Response], why: str) -> None:
    """A gigabyte, garbage, another node's report, a changed price: skipped, and the others are enough."""
    peers, client = mocked(lambda _: answer())
    found = ask_all(peers, own=report(0), client=client)
    assert found.report is not None
    assert [each.signer(DOMAIN) for each in found.report.attestations] == ADDRESSES[:3]
    assert len(found.uncounted) == 1
    assert why in found.uncounted[0].why


def test_a_node_that_signs_two_prices_counts_for_neither() -> None:
    """Its two signatures are evidence against it."""
    reports = [report(0), report(1), report(2), report(2, 1)]
    found = counted(*reports)
    assert found.report is None
    assert [(each.source, each.why) for each in found.uncounted] == [(ADDRESSES[2], "it signed both 8000000 and 1")]


def test_the_same_report_twice_counts_once() -> None:
    """Two copies of one node's report are one signature."""
    found = counted(report(0), report(1), report(1))
    assert found.report is None
    assert found.prices == ((8_000_000, (ADDRESSES[0], ADDRESSES[1])),)
    assert [(each.source, each.refusal) for each in found.uncounted] == [(ADDRESSES[1], SignerTwice)]
    with pytest.raises(SignerTwice, match="2 attestations of the 3"):
        found.agreed()


@pytest.mark.parametrize(
    ("odd", "refusal"),
    [
        (report(3, day=DAY - 1), AnotherDay),
        (report(3, name=LUNA), NotASigner),
        (report(3, domain=oracle_domain(1, DOMAIN.contract)), NotASigner),
        (SignedReport(attestation=report(3).attestation, signer=ADDRESSES[0]), NotASigner),
        (spoiled(report(3)), BadAttestation),
        (report(0), SignerTwice),
        (report(3, 1), QuorumNotReached),
    ],
    ids=["day", "name", "chain", "signer", "signature", "twice", "price"],
)
def test_what_does_not_count_is_named_and_hinders_no_quorum(odd: SignedReport, refusal: type[Reverted]) -> None:
    """Three good ones make the report; without them the odd one's own reason is the error."""
    found = counted(report(0), report(1), report(2), odd)
    assert found.agreed().attestations == tuple(report(each).attestation for each in range(3))
    assert [each.refusal for each in found.uncounted] == [refusal]
    if refusal is QuorumNotReached:
        with pytest.raises(AttestationsDisagree) as disagree:
            counted(report(0), odd).agreed()
        assert disagree.value.prices == (1, 8_000_000)
    else:
        with pytest.raises(refusal, match="1 attestations of the 3"):
            counted(report(0), odd).agreed()


def test_four_forged_reports_displace_no_quorum() -> None:
    """Prices are counted after the signatures were verified, however many name another one."""
    made = [
        attest(OUTSIDER, DOMAIN, underlying=GPT, day=DAY, price=1, evidence=bytes([each]) * 32) for each in range(4)
    ]
    forged = [SignedReport(attestation=each, signer=ADDRESSES[place]) for place, each in enumerate(made)]
    found = counted(*forged, report(0), report(1), report(2))
    assert found.agreed().price == 8_000_000
    assert [each.refusal for each in found.uncounted] == [NotASigner] * 4


def test_too_few_alone_are_too_few() -> None:
    """Nothing was wrong with the two: one is missing."""
    with pytest.raises(QuorumNotReached, match="2 attestations of the 3"):
        counted(report(0), report(1)).agreed()


def test_the_server_gives_reports_and_nothing_else(served: Callable[..., Peer]) -> None:
    """Reads only, one path, no directory, no other method."""
    url = served(1, report(1)).url
    with httpx.Client() as client:
        good = client.get(f"{url}/reports/{GPT}/{DAY}")
        assert (good.status_code, good.content) == (200, report(1).canonical())
        for path in (
            "/",
            "/reports",
            f"/reports/{GPT}",
            f"/reports/{GPT}/x",
            f"/reports/{GPT}/{'9' * 60}",
            "/etc/passwd",
        ):
            assert client.get(url + path).status_code == 404
        assert client.get(f"{url}/reports/{GPT}/{DAY}?x=1").status_code == 200
        assert client.post(f"{url}/reports/{GPT}/{DAY}", content=b"x").status_code == 501

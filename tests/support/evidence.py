"""An archive as a node has it after a day: pages, manifests, reports of three nodes, and the transaction that posted.

Nothing here needs a chain: the posting transaction is signed as any sender would, and kept raw.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from eth_account import Account
from support.nodes import DAY, DOMAIN, GPT, PAGE, REGISTERED, SIGNERS, asked, page

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import window_slots
from ifx_sdk.devkeys import dev_key
from ifx_sdk.evidence import manifest as evidence
from ifx_sdk.evidence.posted import read_transaction
from ifx_sdk.reports import Report, attest
from ifx_sdk.terms import Domain
from oracle_node.archive import Archive
from oracle_node.archive_http import answer
from oracle_node.archived import ArchivedFixing
from oracle_node.fetch import Page
from oracle_node.observe import PageReading
from oracle_node.report import SignedReport
from oracle_node.verify import Mark, Step, Verified, Verifier
from oracle_node.window import WindowResult, fix_window

BLOCK = 12


def body_page(text: str) -> Page:
    """A page of these characters."""
    body = text.encode()
    return Page(body=body, sha256=hashlib.sha256(body).hexdigest())


def window(
    archive: Archive, *, day: int = DAY, lead: int = 30, pages: Sequence[str] | None = None, price: int = 8_000_000
) -> WindowResult:
    """Observe a whole window of GPT: thirteen slots, the page changed once in it but for the price; all is archived."""
    shown = pages or [page()] * 6 + [page() + "<!-- another day of the week -->"] * 7
    readings = []
    for slot, text in zip(window_slots(day * 86_400), shown, strict=True):
        found = body_page(text)
        archive.add_page(found, url=PAGE, at=slot - lead)
        readings.append(PageReading(at=slot - lead, price=price, underlying=GPT, page=PAGE, sha256=found.sha256))
    result = fix_window(readings, asked()[0], day)
    archive.add_manifest(result.manifest)
    return result


def signed(
    node: int,
    evidence: bytes,
    *,
    price: int = 8_000_000,
    name: str = GPT,
    day: int = DAY,
    domain: Domain = DOMAIN,
) -> SignedReport:
    """A report of the registered node number `node` over this evidence."""
    made = attest(SIGNERS[node], domain, underlying=name, day=day, price=price, evidence=evidence)
    return SignedReport(attestation=made, signer=SIGNERS[node].address)


def transaction(reports: Sequence[SignedReport], *, to: str = DOMAIN.contract, data: bytes | None = None) -> bytes:
    """A raw transaction that posts what they signed."""
    report = Report.of(each.attestation for each in reports)
    call = codec("FixingOracle").encode_call("post_many", ([report.as_tuple()],)) if data is None else data
    fields = {"type": 2, "chainId": DOMAIN.chain_id, "nonce": 7, "to": to, "value": 0, "data": call, "gas": 500_000}
    made = Account.sign_transaction(
        fields | {"maxFeePerGas": 9, "maxPriorityFeePerGas": 1}, dev_key(devnet.NODES[0]).hex()
    )
    return bytes(made.raw_transaction)


def fixing_of(reports: Sequence[SignedReport], raw: bytes | None = None) -> ArchivedFixing:
    """The record of a fixing that these reports made."""
    first = reports[0].attestation
    sent = transaction(reports) if raw is None else raw
    return ArchivedFixing(
        underlying=first.underlying,
        day=first.day,
        price=first.price,
        chain_id=DOMAIN.chain_id,
        oracle=DOMAIN.contract,
        signers=REGISTERED.signers,
        quorum=REGISTERED.quorum,
        block=BLOCK,
        tx_hash=read_transaction(sent).tx_hash,
        transaction=sent,
    )


def a_day(archive: Archive, elsewhere: Archive, *, day: int = DAY) -> tuple[SignedReport, ...]:
    """One day of three nodes: the first one's evidence, reports and fixing in `archive`, the others' `elsewhere`."""
    results = [window(where, day=day, lead=30 + node) for node, where in enumerate((archive, elsewhere, elsewhere))]
    reports = tuple(signed(node, result.evidence, day=day) for node, result in enumerate(results))
    for each in reports:
        archive.add_report(each)
    archive.add_fixing(fixing_of(reports))
    return reports


def files(archive: Archive) -> Iterator[Path]:
    """Every file of an archive."""
    yield from sorted(path for path in archive.folder.rglob("*") if path.is_file())


def rewrite(path: Path, data: bytes) -> None:
    """Put other bytes in a read-only file's place."""
    path.unlink()
    path.write_bytes(data)


def archive_handler(archive: Archive, spoil: Callable[[bytes], bytes] = bytes) -> type[BaseHTTPRequestHandler]:
    """A server's handler around `answer`, as the node's own; `spoil` changes what it gives."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, found = answer(archive, urlsplit(self.path).path)
            body = spoil(found.read_bytes() if isinstance(found, Path) else found)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler


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

"""One node's signed report of one underlying and day: canonical JSON, verified before it is believed, signed once.

{"day":20649,"evidence":"0x...","price":6000000,"signature":"0x...","signer":"0x...","underlying":"openai/gpt-5.6-luna"}
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Final

from ifx_sdk.calendar import date_of
from ifx_sdk.errors import BadFile, BadSignature, IFXError
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.reports import Attestation, Statement, attest
from ifx_sdk.signers import Signer
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import Domain, parse_address, parse_underlying
from oracle_node.database import Database
from oracle_node.errors import BadReport, BadStore, ForeignBook, SecondReport

MAX_REPORT_BYTES: Final = 4_096
"""No report is longer; the longest has about 450 bytes."""

_KEYS: Final = {"underlying", "day", "price", "evidence", "signature", "signer"}
_HEX: Final = re.compile(r"0x[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReport:
    """What a node releases."""

    attestation: Attestation
    """Underlying, day, price, evidence root and signature."""
    signer: str
    """The node's account, checksummed, as it names itself; `verify` holds it against the signature."""

    @property
    def key(self) -> tuple[str, int]:
        """Underlying and UTC day number: a node reports each at most once."""
        return self.attestation.underlying, self.attestation.day

    def statement(self) -> Statement:
        """The same for counting, under the node's own name."""
        return Statement(attestation=self.attestation, source=self.signer, signer=self.signer)

    def to_json(self) -> dict[str, object]:
        """As plain JSON values: integers, and 0x texts for bytes."""
        return self.attestation.to_json() | {"signer": self.signer}

    def canonical(self) -> bytes:
        """The one way in which it is written."""
        return canonical_json(self.to_json())


def read_report(data: bytes) -> SignedReport:
    """Read a report's JSON, in any order of keys, and hold the shape of each. Raises `BadReport`."""
    if len(data) > MAX_REPORT_BYTES:
        raise BadReport(f"it is longer than {MAX_REPORT_BYTES} bytes")
    try:
        found = loads(data, "report", BadFile)
    except BadFile as error:
        raise BadReport(error.why) from error
    if not isinstance(found, dict):
        raise BadReport("it is not one object")
    for key in sorted(found.keys() ^ _KEYS):
        raise BadReport(f"{'unknown' if key in found else 'missing'} key {key!r}")
    day, price = found["day"], found["price"]
    if type(day) is not int or not 0 <= day < 2**24:  # bool is an int to isinstance
        raise BadReport(f"'day' must be a UTC day number, not {day!r}"[:200])
    if type(price) is not int or not 0 <= price < PRICE_LIMIT:
        raise BadReport(f"'price' must be an integer of micro-USD per Mtok below 2^40, not {price!r}"[:200])
    try:
        underlying, signer = parse_underlying(found["underlying"]), parse_address(found["signer"])
    except IFXError as error:
        raise BadReport(error.what) from error
    attestation = Attestation(
        underlying=underlying,
        day=day,
        price=price,
        evidence=_bytes(found, "evidence", 32),
        signature=_bytes(found, "signature", 65),
    )
    return SignedReport(attestation=attestation, signer=signer)


def verify(report: SignedReport, domain: Domain, signers: Collection[str]) -> SignedReport:
    """Hold that the node it names signed it, under the oracle's domain, and is registered. Raises `BadReport`."""
    try:
        recovered = report.attestation.signer(domain)
    except BadSignature as error:
        raise BadReport(f"its signature is none: {error.why}") from error
    if recovered != report.signer:
        raise BadReport(f"it names {report.signer} and was signed by {recovered}, or over another report")
    if recovered not in signers:
        raise BadReport(f"{recovered} is no registered node")
    return report


class ReportBook:
    """A node's own reports, each on disk before it is released: at most one of an underlying and day, for ever.

    Without a database it lives as long as the process: for tests, and for a look that releases nothing.
    """

    def __init__(self, database: Database | None = None) -> None:
        """`database` with the table of reports; `Store.book` is the book of a node."""
        self._database = Database() if database is None else database

    def get(self, underlying: str, day: int) -> SignedReport | None:
        """The report of an underlying and UTC day number; None where there is none. Raises `BadFile`."""
        with self._database.read() as connection:
            return self._get(connection, underlying, day)

    def all(self) -> tuple[SignedReport, ...]:
        """Every report, oldest first. Raises `BadFile`."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT underlying, day, report FROM reports ORDER BY id").fetchall()
        return tuple(self._read(*row) for row in rows)

    def sign(
        self, signer: Signer, domain: Domain, *, underlying: str, day: int, price: int, evidence: bytes
    ) -> SignedReport:
        """Sign and store, and only then give the report. The same price again gives the report that is stored.

        `price` is in micro-USD per Mtok, `evidence` 32 bytes. Raises `SecondReport` for another price, `ForeignBook`
        where the book is another key's or another oracle's, `BadFile`. The signer is asked while every other writer
        of the book waits: no two threads or processes ever sign two prices of a day.
        """
        with self._database.write() as connection:
            stored = self._get(connection, underlying, day)
            held = self._newest(connection) if stored is None else stored
            if held is not None:
                self._hold_own(held, signer, domain)
            if stored is None:
                made = attest(signer, domain, underlying=underlying, day=day, price=price, evidence=evidence)
                stored = SignedReport(attestation=made, signer=signer.address)
                self._insert(connection, stored)
        if stored.attestation.price != price:
            raise SecondReport(underlying, day, stored=stored.attestation.price, refused=price)
        return stored

    def adopt(self, reports: Iterable[SignedReport]) -> int:
        """Take over reports that this node released before, all or none; gives how many were new.

        They are believed: they come from the node's own older book. Raises `SecondReport` where the book holds another
        price of the same day, `BadFile`.
        """
        with self._database.write() as connection:
            new = 0
            for each in reports:
                stored = self._get(connection, *each.key)
                if stored is None:
                    self._insert(connection, each)
                    new += 1
                elif (price := stored.attestation.price) != each.attestation.price:
                    raise SecondReport(*each.key, stored=price, refused=each.attestation.price)
        return new

    def _hold_own(self, held: SignedReport, signer: Signer, domain: Domain) -> None:
        """After a new key or a new deployment the old reports verify no more: such a book must not be signed into.

        One is enough, of this key or the newest: each was held against the one before it.
        """
        try:
            verify(held, domain, {signer.address})
        except BadReport as error:
            what = f"the report of {held.key[0]} of {date_of(held.key[1])} is not by {signer.address} for oracle"
            why = f"{what} {domain.contract} of chain {domain.chain_id}: {error.why}"
            raise ForeignBook(self._database.place, why) from error

    def _get(self, connection: Connection, underlying: str, day: int) -> SignedReport | None:
        if not 0 <= day < 2**63:  # SQLite's integers
            return None
        query = "SELECT underlying, day, report FROM reports WHERE underlying = ? AND day = ?"
        row = connection.execute(query, (underlying, day)).fetchone()
        return None if row is None else self._read(*row)

    def _newest(self, connection: Connection) -> SignedReport | None:
        query = "SELECT underlying, day, report FROM reports ORDER BY id DESC LIMIT 1"
        row = connection.execute(query).fetchone()
        return None if row is None else self._read(*row)

    def _insert(self, connection: Connection, report: SignedReport) -> None:
        row = (*report.key, report.canonical().decode())
        connection.execute("INSERT INTO reports (underlying, day, report) VALUES (?, ?, ?)", row)

    def _read(self, underlying: str, day: int, text: str) -> SignedReport:
        cure = "A node whose book is damaged must not sign: restore it, or register a new key."
        try:
            report = read_report(text.encode())
        except BadReport as error:
            raise BadStore(self._database.place, f"not a report book: {error.why}", cure=cure) from error
        if report.key != (underlying, day):
            raise BadStore(self._database.place, "not a report book: a report stands under another's name", cure=cure)
        return report


def _bytes(found: dict[str, object], key: str, size: int) -> bytes:
    value = found[key]
    if not isinstance(value, str) or len(value) != 2 + 2 * size or not _HEX.fullmatch(value):
        raise BadReport(f"{key!r} must be 0x and {2 * size} lower-case hexadecimal digits")
    return bytes.fromhex(value[2:])

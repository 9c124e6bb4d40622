"""One node's signed report of one underlying and day: canonical JSON, verified before it is believed, signed once.

{"day":20649,"evidence":"0x...","price":6000000,"signature":"0x...","signer":"0x...","underlying":"openai/gpt-5.6-luna"}
"""

import fcntl
import os
import re
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ifx_sdk.calendar import date_of
from ifx_sdk.errors import BadFile, BadSignature, IFXError
from ifx_sdk.money import PRICE_LIMIT
from ifx_sdk.reports import Attestation, Statement, attest
from ifx_sdk.signers import Signer
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import Domain, parse_address, parse_underlying
from oracle_node.errors import BadReport, ForeignBook, SecondReport
from oracle_node.evidence import canonical_json

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

    Without a path it lives as long as the process: for tests, and for a look that releases nothing.
    """

    def __init__(self, path: Path | str | None = None) -> None:
        """`path` of the append-only file, created at the first report; its folder must exist."""
        self.path = None if path is None else Path(path)
        self._lock = threading.Lock()
        self._reports: dict[tuple[str, int], SignedReport] = {}
        self._read_to = 0

    def get(self, underlying: str, day: int) -> SignedReport | None:
        """The report of an underlying and UTC day number; None where there is none. Raises `BadFile`."""
        with self._lock:
            self._refresh()
            return self._reports.get((underlying, day))

    def all(self) -> tuple[SignedReport, ...]:
        """Every report, oldest first. Raises `BadFile`."""
        with self._lock:
            self._refresh()
            return tuple(self._reports.values())

    def sign(
        self, signer: Signer, domain: Domain, *, underlying: str, day: int, price: int, evidence: bytes
    ) -> SignedReport:
        """Sign and store, and only then give the report. The same price again gives the report that is stored.

        `price` is in micro-USD per Mtok, `evidence` 32 bytes. Raises `SecondReport` for another price, `ForeignBook`
        where the book is another key's or another oracle's, `BadFile`.
        """

        def make() -> SignedReport:
            made = attest(signer, domain, underlying=underlying, day=day, price=price, evidence=evidence)
            return SignedReport(attestation=made, signer=signer.address)

        with self._lock:
            stored = self._store((underlying, day), make, lambda held: self._hold_own(held, signer, domain))
        if stored.attestation.price != price:
            raise SecondReport(underlying, day, stored=stored.attestation.price, refused=price)
        return stored

    def _hold_own(self, held: SignedReport, signer: Signer, domain: Domain) -> None:
        """After a new key or a new deployment the old reports verify no more: such a book must not be signed into."""
        try:
            verify(held, domain, {signer.address})
        except BadReport as error:
            what = f"the report of {held.key[0]} of {date_of(held.key[1])} is not by {signer.address} for oracle"
            where = "memory" if self.path is None else self.path
            raise ForeignBook(where, f"{what} {domain.contract} of chain {domain.chain_id}: {error.why}") from error

    def _store(
        self, key: tuple[str, int], make: Callable[[], SignedReport], hold: Callable[[SignedReport], None]
    ) -> SignedReport:
        if self.path is None:
            self._hold(key, hold)
            return self._reports.setdefault(key, self._reports.get(key) or make())
        try:
            with self.path.open("ab+") as file:
                # Two processes with one book must not sign two prices either.
                fcntl.flock(file, fcntl.LOCK_EX)
                self._refresh()
                self._hold(key, hold)
                if key not in self._reports:
                    report = make()
                    file.truncate(self._read_to)  # a line that a crash cut short was never released
                    file.write(report.canonical() + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                    self._refresh()
        except OSError as error:
            raise BadFile(self.path, f"the report book cannot be written: {error.strerror}") from error
        return self._reports[key]

    def _hold(self, key: tuple[str, int], hold: Callable[[SignedReport], None]) -> None:
        """Hold the report of this key, or the newest one: each was held against the one before it."""
        held = self._reports.get(key) or next(reversed(self._reports.values()), None)
        if held is not None:
            hold(held)

    def _refresh(self) -> None:
        """Read what was appended since: by this process, or by another one with the same book."""
        if self.path is None or not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        for line in whole.splitlines():
            try:
                report = read_report(line)
            except BadReport as error:
                cure = "A node whose book is damaged must not sign: restore it, or register a new key."
                raise BadFile(self.path, f"not a report book: {error.why}", cure=cure) from error
            self._reports[report.key] = report
        self._read_to += len(whole)


def _bytes(found: dict[str, object], key: str, size: int) -> bytes:
    value = found[key]
    if not isinstance(value, str) or len(value) != 2 + 2 * size or not _HEX.fullmatch(value):
        raise BadReport(f"{key!r} must be 0x and {2 * size} lower-case hexadecimal digits")
    return bytes.fromhex(value[2:])

"""From a day's fixing back to the raw bytes of the pages, every step computed again. Trusts nobody; asks no network.

    fixing -> posting transaction -> a quorum's signatures -> each node's manifest -> slots, median -> pages -> prices

What is not in the archive proves nothing and is named; what does not match is a failure and is named with the file,
what was expected and what is there. PASS means that nothing failed and that at least one node's evidence is here whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ifx_sdk.calendar import date_of
from ifx_sdk.errors import BadSignature
from ifx_sdk.evidence.manifest import read_manifest
from ifx_sdk.evidence.posted import posted_report, read_transaction
from ifx_sdk.evidence.window import Fault, asks_of, page_faults, window_faults
from ifx_sdk.money import format_price
from ifx_sdk.reports import Attestation
from oracle_node.archive import Archive
from oracle_node.archived import ArchivedFixing
from oracle_node.errors import BadReport, DamagedArchive, NotArchived
from oracle_node.mined import MinedFixing, disagreements
from oracle_node.recompute import PageReader
from oracle_node.report import verify as verify_report

INDEX_PREFIX = "index/"
"""Index references have no pages here: their evidence is the index's own record."""


class Mark(StrEnum):
    """What a step gave."""

    OK = "ok"
    WRONG = "WRONG"
    ABSENT = "not here"


class Verdict(StrEnum):
    """What all steps gave."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    NOT_PROVEN = "NOT PROVEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way back."""

    what: str
    """What was looked at."""
    mark: Mark
    """What came of it."""
    text: str
    """In words."""
    file: str | None = field(default=None)
    """The file that does not match, or is not here."""
    expected: str | None = field(default=None)
    """What should be there."""
    found: str | None = field(default=None)
    """What is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One underlying and day, verified."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    price: int | None
    """The fixing, micro-USD per Mtok; None where none is archived."""
    steps: tuple[Step, ...]
    """In order."""
    whole: int
    """Nodes whose evidence is here whole and holds, down to the pages."""
    strict: bool
    """Whether what is not here counts as a failure."""

    @property
    def verdict(self) -> Verdict:
        """FAIL where a step is wrong; PASS where at least one node's evidence is whole; else NOT PROVEN."""
        marks = {each.mark for each in self.steps}
        if Mark.WRONG in marks or (self.strict and Mark.ABSENT in marks):
            return Verdict.FAIL
        return Verdict.PASS if self.whole else Verdict.NOT_PROVEN


class _Log:
    """Steps as they come."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def ok(self, what: str, text: str) -> None:
        self.steps.append(Step(what=what, mark=Mark.OK, text=text))

    def wrong(self, what: str, file: object, *, expected: str, found: str) -> None:
        text = f"{file}: expected {expected}, found {found}"
        self.steps.append(Step(what=what, mark=Mark.WRONG, text=text, file=str(file), expected=expected, found=found))

    def damaged(self, what: str, error: DamagedArchive) -> None:
        self.wrong(what, error.path, expected="the file as it was archived", found=error.why)

    def absent(self, what: str, file: object, text: str) -> None:
        self.steps.append(Step(what=what, mark=Mark.ABSENT, text=text, file=str(file)))

    def faults(self, faults: Sequence[Fault], where: str) -> None:
        for each in faults:
            if each.absent:
                self.absent(each.what, each.file, f"the page is not here: {where}")
            else:
                self.wrong(each.what, each.file, expected=each.expected, found=each.found)


class Verifier:
    """Verifies days of one archive; pages that several days share are read once."""

    def __init__(
        self,
        archive: Archive,
        *,
        chain: Callable[[str, int], MinedFixing | None] | None = None,
        peers: Mapping[str, str] | None = None,
        strict: bool = False,
    ) -> None:
        """`chain` answers what the chain has of an underlying and day; without it the archived record is all there is.

        `peers` are the nodes' base URLs by account, for what is not here. `strict` fails where something is not here.
        """
        self._archive = archive
        self._chain = chain
        self._peers = dict(peers or {})
        self._strict = strict
        self.pages = PageReader(archive)

    def day(self, underlying: str, day: int) -> Verified:
        """Verify one fixing. Raises `BadFile` where the archive cannot be read, and what `chain` raises."""
        log = _Log()
        empty = Verified(underlying=underlying, day=day, price=None, steps=(), whole=0, strict=self._strict)
        record = self._record(underlying, day, log)
        if record is None:
            self._hold_reports(underlying, day, None, {}, log)
            return replace(empty, steps=tuple(log.steps))
        attestations = _transaction(record, str(self._archive.fixing_path(underlying, day)), log)
        accounts = self._signatures(record, attestations, log)
        self._ask_chain(record, accounts, log)
        whole = sum(
            self._evidence(record, each, account, log) for each, account in zip(attestations, accounts, strict=True)
        )
        self._hold_reports(underlying, day, record, dict(zip(attestations, accounts, strict=True)), log)
        return replace(empty, price=record.price, steps=tuple(log.steps), whole=whole)

    # --------------------------------------------------------------------------------------------- the steps

    def _record(self, underlying: str, day: int, log: _Log) -> ArchivedFixing | None:
        path = self._archive.fixing_path(underlying, day)
        try:
            record = self._archive.fixing(underlying, day)
        except DamagedArchive as error:
            log.damaged("fixing", error)
            return None
        if record is None:
            why = f"no fixing of {underlying} of {date_of(day)} is archived; with --rpc it is taken from the chain"
            log.absent("fixing", path, why)
            return None
        what = f"{format_price(record.price)} on oracle {record.oracle} of chain {record.chain_id}"
        log.ok("fixing", f"{what}, {record.quorum} of {len(record.signers)} nodes make a quorum")
        if not 3 * record.quorum > 2 * len(record.signers) or record.quorum > len(record.signers):
            expected = f"more than two thirds of {len(record.signers)} nodes, and no more than all"
            log.wrong("quorum", path, expected=expected, found=str(record.quorum))
        return record

    def _signatures(self, record: ArchivedFixing, attestations: Sequence[Attestation], log: _Log) -> list[str]:
        """The accounts that signed, in order; a text that is none where a signature gives none."""
        path = self._archive.fixing_path(record.underlying, record.day)
        accounts: list[str] = []
        for number, each in enumerate(attestations, start=1):
            what = f"signature {number}"
            try:
                account = each.signer(record.domain)
            except BadSignature as error:
                accounts.append(f"nobody ({error.why})")
            else:
                twice = account in accounts
                accounts.append(account)
                if account in record.signers and not twice:
                    place = record.signers.index(account) + 1
                    log.ok(what, f"{account}, node {place} of {len(record.signers)}, over {format_price(each.price)}")
                    continue
            expected = "one more registered node, over this price under this oracle"
            log.wrong(what, path, expected=expected, found=accounts[-1])
        good = len({each for each in accounts if each in record.signers})
        if good >= record.quorum:
            log.ok("quorum", f"{good} of the {record.quorum} signatures needed")
        else:
            log.wrong("quorum", path, expected=f"{record.quorum} signatures", found=f"{good}")
        return accounts

    def _ask_chain(self, record: ArchivedFixing, accounts: Sequence[str], log: _Log) -> None:
        if self._chain is None:
            return
        path = self._archive.fixing_path(record.underlying, record.day)
        differ = disagreements(self._chain(record.underlying, record.day), record, accounts)
        for what, chain, kept in differ:
            log.wrong(f"chain: {what}", path, expected=chain, found=kept)
        if not differ:
            log.ok("chain", "it has the same price, transaction, block, signer set, quorum and signers")

    def _evidence(self, record: ArchivedFixing, attestation: Attestation, account: str, log: _Log) -> bool:
        """One node's evidence; whether it is here whole and holds."""
        root = attestation.evidence
        what = f"manifest {root.hex()[:8]}"
        where = self._where(account)
        path = self._archive.manifest_path(root, record.day)
        try:
            data = self._archive.manifest(root, record.day)
            if record.underlying.startswith(INDEX_PREFIX):
                log.ok(
                    what, f"the record of an index of {account}: `ifx-index verify` computes it again from its inputs"
                )
                return False
            manifest = read_manifest(data, path)
        except NotArchived:
            log.absent(what, path, f"the evidence of {account} is not here: {where}")
            return False
        except DamagedArchive as error:
            log.damaged(what, error)
            return False
        faults = window_faults(manifest, record.day, str(path))
        for name, expected, found in (
            ("underlying", record.underlying, manifest.underlying),
            ("price", str(record.price), str(manifest.price)),
        ):
            if expected != found:
                faults += (Fault(what=name, file=str(path), expected=expected, found=found),)
        log.faults([replace(each, what=f"{what}: {each.what}") for each in faults], where)
        if faults:
            return False
        median = f"{manifest.valid} slots, median {format_price(record.price)}"
        log.ok(what, f"{account}, {manifest.provider} {manifest.model}, {median}")
        asks = tuple(asks_of(manifest))
        bad = page_faults(manifest, self.pages.read(asks), self._archive.page_path)
        log.faults([replace(each, what=f"{what}: {each.what}") for each in bad], where)
        if not bad:
            pages = len({each.sha256 for each in asks})
            log.ok(f"{what}: pages", f"{len(asks)} slots on {pages} pages, each price read again")
        return not bad

    def _hold_reports(
        self,
        underlying: str,
        day: int,
        record: ArchivedFixing | None,
        recovered: Mapping[Attestation, str],
        log: _Log,
    ) -> None:
        """The signed reports that are kept beside it: each is whole, and by whom it says."""
        kept: set[str] = set()
        for path in self._archive.report_paths(underlying, day):
            try:
                report = self._archive.report(path, underlying, day)
                # Most of them are in the fixing, whose signatures were recovered already.
                if record is not None and recovered.get(report.attestation) != report.signer:
                    verify_report(report, record.domain, record.signers)
            except DamagedArchive as error:
                log.damaged("report", error)
            except BadReport as error:
                log.wrong("report", path, expected="a report signed by a registered node", found=error.why)
            else:
                kept.add(report.signer)
                if record is not None and report.attestation.price != record.price:
                    price = format_price(report.attestation.price)
                    log.ok("report", f"{report.signer} signed another price, {price}, and has no part in the fixing")

        for account in recovered.values():
            if account not in kept:
                folder = self._archive.reports_folder(underlying, day)
                log.absent(
                    "report", folder, f"the report of {account} is not here; its signature is in the transaction"
                )

    def _where(self, account: str) -> str:
        if account in self._peers:
            return f"fetch it from {self._peers[account].rstrip('/')}/archive with --from"
        return f"fetch it from the /archive of {account} with --from"


def _transaction(record: ArchivedFixing, path: str, log: _Log) -> tuple[Attestation, ...]:
    """The attestations that the transaction posts."""
    try:
        transaction = read_transaction(record.transaction)
        if transaction.tx_hash != record.tx_hash:
            log.wrong("transaction", path, expected=record.tx_hash, found=f"bytes with hash {transaction.tx_hash}")
            return ()
        if transaction.chain_id not in (record.chain_id, None):
            log.wrong("transaction", path, expected=f"chain {record.chain_id}", found=f"chain {transaction.chain_id}")
            return ()
        report = posted_report(transaction, record.oracle, record.underlying, record.day)
    except BadReport as error:
        log.wrong("transaction", path, expected="a transaction that posts it", found=error.why)
        return ()
    if report.price != record.price:
        log.wrong("transaction", path, expected=f"a report of {record.price}", found=f"{report.price}")
        return ()
    through = "" if transaction.to == record.oracle else f" through {transaction.to}"
    log.ok("transaction", f"{record.tx_hash} of block {record.block} posts it{through}")
    return report.attestations

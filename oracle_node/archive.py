"""Everything that a node's reports rest on, append-only: raw pages, manifests, signed reports, fixings as mined.

    pages/ab/abcd....warc.gz                      one WARC/1.1 record for each distinct body, by its SHA-256
    manifests/2026-07-15/1f2e....json             what a window was made of, by its root
    reports/2026-07-15/openai%2Fgpt-4.1/....json  signed reports, the node's own and its peers', by their SHA-256
    fixings/2026-07-15/openai%2Fgpt-4.1.json      the chain's fixing and the transaction that posted it

Every file is written whole or not at all, is on disk when the call returns, is read-only and is never replaced; any
number of processes may write at once. What is read is hashed again: a name holds what is in the file.
"""

import hashlib
import logging
import re
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from ifx_sdk.calendar import date_of, day_number, parse_date
from ifx_sdk.errors import BadDate, BadValue
from ifx_sdk.evidence import warc
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_underlying
from oracle_node.archived import ArchivedFixing, read_fixing
from oracle_node.errors import BadReport, DamagedArchive, NotArchived
from oracle_node.fetch import Page
from oracle_node.observe import Pages
from oracle_node.once import folders, names, read_bytes, write_once
from oracle_node.report import SignedReport, read_report

PAGES, MANIFESTS, REPORTS, FIXINGS = "pages", "manifests", "reports", "fixings"
"""The archive's folders."""

ARCHIVE: Final = "archive"
"""The archive's folder in a node's `state` folder."""

_log = logging.getLogger(__name__)
_PAGE_SUFFIX: Final = ".warc.gz"
_SUFFIX: Final = ".json"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Archive:
    """One node's evidence. Construction does no I/O; the folder is made with the first file."""

    def __init__(self, folder: Path | str) -> None:
        """`folder` that holds the archive and nothing else."""
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"Archive({str(self.folder)!r})"

    # ------------------------------------------------------------------------------------------------- pages

    def add_page(self, page: Page, *, url: str, at: int) -> None:
        """Keep a page's bytes, fetched from `url` at `at` (unix seconds UTC); nothing is done where they are kept.

        A file that stands there and does not hold them is damage, which the bytes at hand mend: it is kept beside
        under another name, and told in the log. Raises `BadValue` where the page is not what its SHA-256 says, and
        `BadFile`.
        """
        if hashlib.sha256(page.body).hexdigest() != page.sha256:
            raise BadValue(page.sha256, f"the page from {url} has another SHA-256")
        path = self.page_path(page.sha256)
        if path.exists():
            try:
                self.page(page.sha256)
            except DamagedArchive as error:
                aside = path.with_name(f"{path.name}.damaged-{at}")
                _log.exception("an archived page is damaged and written anew; the damaged file is %s", aside)
                try:
                    path.rename(aside)
                except OSError as failed:
                    raise error from failed
        if not path.exists():
            self._write_page(page.sha256, warc.pack(page.body, url, at))

    def add_page_file(self, sha256: str, data: bytes) -> None:
        """Keep another archive's file of a page as it is. Raises `DamagedArchive`, also where it is none; `BadFile`."""
        warc.unpack_page(data, self.page_path(sha256), sha256)
        self._write_page(sha256, data)

    def page(self, sha256: str) -> bytes:
        """The bytes of a page, hashed again. Raises `NotArchived`, `DamagedArchive`, `BadFile`."""
        path = self.page_path(sha256)
        return warc.unpack_page(self._read(path, f"page {sha256}"), path, sha256)

    def page_path(self, sha256: str) -> Path:
        """Where a page is, or would be. Raises `BadValue` for what is no SHA-256."""
        _hold_digest(sha256)
        return self.folder / PAGES / sha256[:2] / f"{sha256}{_PAGE_SUFFIX}"

    # --------------------------------------------------------------------------------------------- manifests

    def add_manifest(self, manifest: bytes) -> None:
        """Keep the manifest of a window or of an index value. Raises `DamagedArchive`, `BadFile`, `BadDate`."""
        root = hashlib.sha256(manifest).hexdigest()
        write_once(self.manifest_path(bytes.fromhex(root), manifest_day(manifest, f"manifest {root}")), manifest)

    def manifest(self, root: bytes, day: int | None = None) -> bytes:
        """The manifest with this root, hashed again; of UTC day number `day`, or of any day.

        Raises `NotArchived`, `DamagedArchive`, `BadFile`.
        """
        days = self._days(MANIFESTS) if day is None else (day,)
        found = next((path for path in (self.manifest_path(root, each) for each in days) if path.exists()), None)
        if found is None:
            raise NotArchived(f"manifest {root.hex()} is not in the archive")
        data = self._read(found, f"manifest {root.hex()}")
        _hold_hash(data, found, root.hex())
        return data

    def manifest_path(self, root: bytes, day: int) -> Path:
        """Where a manifest of a UTC day number is, or would be. Raises `BadValue` for a root that is no SHA-256."""
        _hold_digest(root.hex())
        return self._of_day(MANIFESTS, day) / f"{root.hex()}{_SUFFIX}"

    def manifests(self, day: int) -> tuple[bytes, ...]:
        """The roots of the manifests of a UTC day number, sorted. Raises `BadFile`."""
        return tuple(bytes.fromhex(name) for name in names(self._of_day(MANIFESTS, day), _SUFFIX) if is_digest(name))

    # ----------------------------------------------------------------------------------- reports and fixings

    def add_report(self, report: SignedReport) -> None:
        """Keep a signed report, the node's own or a peer's. Raises `DamagedArchive`, `BadFile`."""
        data = report.canonical()
        underlying, day = report.key
        write_once(self.reports_folder(underlying, day) / f"{hashlib.sha256(data).hexdigest()}{_SUFFIX}", data)

    def reports(self, underlying: str, day: int) -> tuple[SignedReport, ...]:
        """The reports of an underlying and UTC day number, by their hash. Raises `DamagedArchive`, `BadFile`."""
        return tuple(self.report(path, underlying, day) for path in self.report_paths(underlying, day))

    def report_paths(self, underlying: str, day: int) -> tuple[Path, ...]:
        """Where they are. Raises `BadFile`."""
        folder = self.reports_folder(underlying, day)
        return tuple(folder / f"{name}{_SUFFIX}" for name in names(folder, _SUFFIX))

    def report(self, path: Path, underlying: str, day: int) -> SignedReport:
        """One of `report_paths`. Raises `DamagedArchive`, `NotArchived`, `BadFile`."""
        data = self._read(path, f"report {path.stem}")
        _hold_hash(data, path, path.stem)
        try:
            report = read_report(data)
        except BadReport as error:
            raise DamagedArchive(path, error.why) from error
        if report.key != (underlying, day):
            raise DamagedArchive(path, f"it is over {report.key[0]} of day {report.key[1]}")
        return report

    def reports_folder(self, underlying: str, day: int) -> Path:
        """The folder that they are in, or would be."""
        return self._of_day(REPORTS, day) / _file_name(underlying)

    def add_fixing(self, fixing: ArchivedFixing) -> None:
        """Keep what the chain has, once it is final: there is one record of an underlying and day.

        Raises `DamagedArchive` where another one is kept, `BadFile`.
        """
        write_once(self.fixing_path(fixing.underlying, fixing.day), fixing.canonical())

    def fixing(self, underlying: str, day: int) -> ArchivedFixing | None:
        """The record of an underlying and UTC day number; None where there is none.

        Raises `DamagedArchive`, `BadFile`.
        """
        path = self.fixing_path(underlying, day)
        try:
            found = read_fixing(read_bytes(path), path)
        except FileNotFoundError:
            return None
        if (found.underlying, found.day) != (underlying, day):
            what = f"{found.underlying} of {date_of(found.day)}"
            raise DamagedArchive(path, f"it is the record of {what}, expected {underlying} of {date_of(day)}")
        return found

    def fixing_path(self, underlying: str, day: int) -> Path:
        """Where a fixing's record is, or would be."""
        return self._of_day(FIXINGS, day) / f"{_file_name(underlying)}{_SUFFIX}"

    # ------------------------------------------------------------------------------------------------- lists

    def days(self) -> tuple[int, ...]:
        """UTC day numbers that anything is kept of, oldest first. Raises `BadFile`."""
        return tuple(sorted({day for kind in (MANIFESTS, REPORTS, FIXINGS) for day in self._days(kind)}))

    def fixed(self, day: int) -> tuple[str, ...]:
        """The underlyings whose fixing of a UTC day number is kept, sorted. Raises `BadFile`, `DamagedArchive`."""
        folder = self._of_day(FIXINGS, day)
        return tuple(_underlying_of(name, folder) for name in names(folder, _SUFFIX))

    def reported(self, day: int) -> tuple[str, ...]:
        """The underlyings that reports of a UTC day number are kept of, sorted. Raises `BadFile`, `DamagedArchive`."""
        folder = self._of_day(REPORTS, day)
        return tuple(_underlying_of(name, folder) for name in folders(folder))

    # ------------------------------------------------------------------------------------------------ inside

    def _write_page(self, sha256: str, data: bytes) -> None:
        try:
            write_once(self.page_path(sha256), data)
        except DamagedArchive:
            # Another writer was first, with another URL or time of the same body: what counts is the body.
            self.page(sha256)

    def _read(self, path: Path, what: str) -> bytes:
        try:
            return read_bytes(path)
        except FileNotFoundError as error:
            raise NotArchived(f"{what} is not in the archive ({path})") from error

    def _of_day(self, kind: str, day: int) -> Path:
        return self.folder / kind / date_of(day).isoformat()

    def _days(self, kind: str) -> tuple[int, ...]:
        """Newest first: what is asked for is mostly recent."""
        dates = (_date(name) for name in folders(self.folder / kind))
        return tuple(sorted((day_number(each) for each in dates if each is not None), reverse=True))


def keep_pages(archive: Archive, pages: Pages) -> None:
    """Keep what a slot fetched. Raises as `Archive.add_page`."""
    for url, fetched in pages.items():
        if isinstance(fetched.page, Page):
            archive.add_page(fetched.page, url=url, at=fetched.at)


def manifest_day(manifest: bytes, path: object) -> int:
    """The UTC day number that a manifest of any format names. Raises `DamagedArchive` naming `path`."""
    found = loads(manifest, path, DamagedArchive)
    day = found.get("day") if isinstance(found, dict) else None
    if type(day) is not int or day < 0:
        raise DamagedArchive(path, "it names no day")
    return day


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256: 64 lower-case hexadecimal digits."""
    return _DIGEST.fullmatch(text) is not None


def _hold_digest(text: str) -> None:
    if not is_digest(text):
        raise BadValue(text, "a SHA-256 has 64 lower-case hexadecimal digits")


def _hold_hash(data: bytes, path: Path, expected: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise DamagedArchive(path, f"its SHA-256 is {found}, expected {expected}")


def _file_name(underlying: str) -> str:
    """One file name for one underlying: a name may hold slashes and begin with dots."""
    return quote(parse_underlying(underlying), safe="")


def _underlying_of(name: str, folder: Path) -> str:
    try:
        return parse_underlying(unquote(name))
    except BadValue as error:
        raise DamagedArchive(folder / name, f"it is named after no underlying: {error.what}") from error


def _date(name: str) -> date | None:
    try:
        return parse_date(name)
    except BadDate:
        return None

"""The files of an earlier version: `reports.jsonl` and `transactions.jsonl` beside the settings."""

from pathlib import Path
from typing import Final

from ifx_sdk.errors import BadFile
from ifx_sdk.outcomes import FileJournal
from oracle_node.errors import BadReport, ForgottenBook
from oracle_node.report import ReportBook, SignedReport, read_report

BOOK: Final = "reports.jsonl"
"""Where the reports stood unless the settings named another file."""
JOURNAL: Final = "transactions.jsonl"
"""Where the transactions stood unless the settings named another file."""


def reports_of(path: Path) -> tuple[SignedReport, ...]:
    """The reports of a JSON-lines book; a last line cut short by a crash was never released. Raises `BadFile`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(path, f"the report book cannot be read: {error.strerror}", cure="Name the old book.") from error
    whole, _, _cut = content.rpartition(b"\n")
    reports = []
    for number, line in enumerate(whole.split(b"\n") if whole else (), start=1):
        try:
            reports.append(read_report(line))
        except BadReport as error:
            cure = "A node whose book is damaged must not sign: restore it, or register a new key."
            raise BadFile(f"{path}:{number}", f"not a report book: {error.why}", cure=cure) from error
    return tuple(reports)


def hold_nothing_forgotten(folder: Path, book: ReportBook) -> None:
    """Hold that the book knows every report of the old one in `folder`, and that no old transaction is open there.

    Raises `ForgottenBook` naming the file and the cure, `BadFile` for a file that cannot be read.
    """
    old = folder / BOOK
    if old.exists():
        missing = [each for each in reports_of(old) if book.get(*each.key) != each]
        if missing:
            why = f"it holds {len(missing)} reports of an earlier version that the node's store does not"
            cure = (
                f"Take them over with `ifx-oracle import-book {old} --config SETTINGS`, or they could be signed twice."
            )
            raise ForgottenBook(old, why, cure=cure)
    old = folder / JOURNAL
    hanging = FileJournal(old).open_attempts()
    if hanging:
        why = f"it holds {len(hanging)} transactions of an earlier version whose outcome is open"
        raise ForgottenBook(old, why, cure=f"Run `ifx reconcile --journal {old}` until it holds nothing open.")

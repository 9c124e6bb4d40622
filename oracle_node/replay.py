"""Every archived window computed again from the raw bytes: what no longer comes out as it was signed."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from ifx_sdk.calendar import date_of
from ifx_sdk.evidence.manifest import WindowManifest, read_manifest
from ifx_sdk.evidence.window import Fault, asks_of, page_faults, window_faults
from oracle_node.archive import Archive
from oracle_node.errors import DamagedArchive
from oracle_node.recompute import PageReader

_RUNS_A_JOB = 4
"""Runs of days for each process: the slow ones are shared out."""
_WINDOW = b'"format":"ifx-window-'


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a replay."""

    days: int
    """UTC days looked at."""
    windows: int
    """Windows computed again, own and peers'."""
    others: int
    """Manifests of index values, which have no pages."""
    prices: int
    """Slots read again."""
    pages: int
    """Times that a page was taken from the archive: once for each while it stays the same."""
    faults: tuple[tuple[str, Fault], ...]
    """Underlying and date, and what does not hold there."""

    @property
    def holds(self) -> bool:
        """Whether every window came out as it was."""
        return not self.faults

    @property
    def wrong(self) -> int:
        """Faults that are mismatches, not files that are not here."""
        return sum(not fault.absent for _, fault in self.faults)


def _nobody(_: int) -> None:
    """Nobody wants to hear how far it is."""


def replay(archive: Archive, days: Iterable[int], told: Callable[[int], None] = _nobody) -> Replayed:
    """Compute the windows of these UTC day numbers again; `told` hears each day when it is done.

    A day's pages are read one by one, each for all the windows that rest on it. Raises `BadFile` where the archive
    cannot be read.
    """
    reader = PageReader(archive)
    windows = others = prices = done = 0
    faults: list[tuple[str, Fault]] = []
    for day in days:
        found, other = _manifests(archive, day, faults)
        asks = [ask for manifest in found for ask in asks_of(manifest)]
        answers = reader.read(asks)
        for manifest in found:
            where = f"{manifest.underlying} {date_of(day)}"
            faults += [(where, fault) for fault in page_faults(manifest, answers, archive.page_path)]
        windows, others, prices, done = windows + len(found), others + other, prices + len(asks), done + 1
        told(day)
    return Replayed(
        days=done, windows=windows, others=others, prices=prices, pages=reader.pages_read, faults=tuple(faults)
    )


def replay_in(archive: Archive, days: Sequence[int], jobs: int, told: Callable[[int], None] = _nobody) -> Replayed:
    """The same in several processes, each with runs of days of its own; a page that spans runs is read in each."""
    if jobs == 1:
        return replay(archive, days, told)
    size = max(1, len(days) // (_RUNS_A_JOB * jobs))
    runs = [days[first : first + size] for first in range(0, len(days), size)]
    parts: list[Replayed] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for run, part in zip(runs, pool.map(replay, [archive] * len(runs), runs), strict=True):
            parts.append(part)
            for day in run:
                told(day)
    return Replayed(
        days=sum(each.days for each in parts),
        windows=sum(each.windows for each in parts),
        others=sum(each.others for each in parts),
        prices=sum(each.prices for each in parts),
        pages=sum(each.pages for each in parts),
        faults=tuple(fault for each in parts for fault in each.faults),
    )


def _manifests(archive: Archive, day: int, faults: list[tuple[str, Fault]]) -> tuple[list[WindowManifest], int]:
    """The day's windows that hold by themselves, and how many manifests are none; the rest goes to `faults`."""
    found: list[WindowManifest] = []
    others = 0
    for root in archive.manifests(day):
        path = archive.manifest_path(root, day)
        try:
            data = archive.manifest(root, day)
            if _WINDOW not in data:
                others += 1
                continue
            manifest = read_manifest(data, path)
        except DamagedArchive as error:
            fault = Fault(what="manifest", file=error.path, expected="the file as it was archived", found=error.why)
            faults.append((str(date_of(day)), fault))
            continue
        wrong = window_faults(manifest, day, str(path))
        faults += [(f"{manifest.underlying} {date_of(day)}", fault) for fault in wrong]
        if not wrong:
            found.append(manifest)
    return found, others


def to_json(result: Replayed) -> dict[str, object]:
    """As plain JSON values."""
    faults = [
        {
            "where": where,
            "what": fault.what,
            "file": fault.file,
            "expected": fault.expected,
            "found": fault.found,
            "absent": fault.absent,
        }
        for where, fault in result.faults
    ]
    counts = {key: getattr(result, key) for key in ("days", "windows", "others", "prices", "pages")}
    return counts | {"holds": result.holds, "faults": faults}

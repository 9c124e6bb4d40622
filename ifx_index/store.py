"""Where records are kept: rows that are only appended, and inputs under the hash of their contents.

A store is a folder: `records.jsonl`, one row a line, `objects/ab/abcd...`, each file named by its SHA-256, and
`held.jsonl`, what was not recorded and why; a seal beside each log says what counts of it. Objects are whole before the
rows that need them are written, rows before they are sealed: a writer that is stopped loses nothing that it told of.
A changed object, a changed or lost row, a revision out of order is refused.
"""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from ifx_index.day import InputFile, Role
from ifx_index.errors import BadStore, NeedsReason, NoRecord, TooEarly
from ifx_index.lpi import METHODOLOGY
from ifx_index.recompute import Outcome, manifest
from ifx_index.record import Record, canonical, digest, read_row
from ifx_index.sealed_log import SealedLog
from ifx_index.whole_files import write_synced

LOGS: Final = ("records.jsonl", "records.seal", "held.jsonl", "held.seal")
"""Any of them makes a folder a store."""

PUBLICATION: Final = time(6)
"""When a day is published: this time UTC of the next day."""


class Store:
    """A store in a folder; opening it reads its rows and writes nothing."""

    def __init__(self, folder: Path | str) -> None:
        """Read the rows of `folder`; a folder that is not there yet is an empty store.

        Raises BadStore for rows that cannot be, and for such as differ from their seal.
        """
        self.folder: Path = Path(folder)
        self._log = SealedLog(self.folder / "records.jsonl")
        self._latest: dict[tuple[str, date], Record] = {}
        self._records: list[Record] = []
        self._catch_up()

    @property
    def records(self) -> Sequence[Record]:
        """Every row ever written, oldest first."""
        return tuple(self._records)

    @property
    def latest(self) -> Mapping[tuple[str, date], Record]:
        """The newest revision by series and day."""
        return self._latest

    def record(self, series: str, day: date) -> Record:
        """The newest revision of a series and day. Raises NoRecord."""
        found = self._latest.get((series, day))
        if found is None:
            raise NoRecord(series, day)
        return found

    def append(
        self,
        kind: str,
        day: date,
        files: Sequence[InputFile],
        outcomes: Mapping[str, Outcome],
        *,
        now: datetime,
        reason: str | None = None,
    ) -> list[Record]:
        """Record what a day's inputs came to, and keep the inputs; what stands already in every figure is left out.

        Raises TooEarly before 06:00 UTC of the next day, and NeedsReason where a record would be corrected without one;
        then nothing at all is written.
        """
        if now < datetime.combine(day + timedelta(days=1), PUBLICATION, UTC):
            raise TooEarly(day)
        self.folder.mkdir(parents=True, exist_ok=True)
        listed = canonical(manifest(kind, day, files))
        with self._alone():
            self._catch_up()
            new = [
                record
                for series, outcome in outcomes.items()
                if (record := self._next(series, day, outcome, digest(listed), now, reason)) is not None
            ]
            if new:
                for data in (listed, *(file.data for file in files)):
                    self._keep(data)
                self._write(new)
        return new

    def _next(
        self, series: str, day: date, outcome: Outcome, found: str, now: datetime, reason: str | None
    ) -> Record | None:
        before = self._latest.get((series, day))
        if before is not None:
            if before.value == outcome.value and dict(before.diagnostics) == dict(outcome.diagnostics):
                return None
            if not reason:
                raise NeedsReason(series, day)
        return Record(
            series=series,
            date=day,
            methodology=METHODOLOGY,
            revision=before.revision + 1 if before is not None else 1,
            inputs_hash=found,
            value=outcome.value,
            diagnostics=outcome.diagnostics,
            published_at=now,
            reason=reason if before is not None else None,
        )

    def hold(self, day: date, held: Mapping[str, str]) -> None:
        """Note that series of a day are held, each with its reason; what is noted already is not noted again."""
        rows = [{"date": day.isoformat(), "series": name, "reason": why} for name, why in held.items()]
        if not rows:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            log, known = self._held()
            if new := [row for row in rows if row not in known]:
                log.append(new)

    @property
    def held(self) -> list[dict[str, str]]:
        """Everything that was ever held: date, series and reason. Raises BadStore."""
        return self._held()[1]

    def _held(self) -> tuple[SealedLog, list[dict[str, str]]]:
        log = SealedLog(self.folder / "held.jsonl")
        data, fault = log.fresh()
        if fault is not None:
            self._differs(log.path, fault)
        try:
            return log, [json.loads(line, parse_float=str) for line in data.splitlines()]
        except ValueError as error:
            raise BadStore(log.path, "it holds a row that is no JSON") from error

    def _differs(self, path: Path, fault: str) -> None:
        """What to do about rows that are not the sealed ones."""
        raise BadStore(path, fault)

    def inputs(self, inputs_hash: str) -> tuple[str, date, list[InputFile]]:
        """The kind, the day and the files of a manifest, each checked against its hash. Raises BadStore."""
        data = self._object(inputs_hash)
        try:
            document = json.loads(data, parse_float=str)
            kind, day = str(document["kind"]), date.fromisoformat(document["date"])
            files = [
                InputFile(role=Role(each["role"]), name=each["name"], data=self._object(each["sha256"]))
                for each in document["inputs"]
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise BadStore(self._path(inputs_hash), "it is no manifest") from error
        return kind, day, files

    def _path(self, found: str) -> Path:
        return self.folder / "objects" / found[:2] / found

    def _object(self, found: str) -> bytes:
        path = self._path(found)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadStore(path, f"it cannot be read: {error.strerror}") from error
        if digest(data) != found:
            raise BadStore(path, "its contents have another hash than its name: it was changed")
        return data

    def _keep(self, data: bytes) -> None:
        path = self._path(digest(data))
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(path, data)

    def _write(self, records: Iterable[Record]) -> None:
        self._log.append(record.row() for record in records)
        self._catch_up()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, whichever process it is."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _catch_up(self) -> None:
        """Read the rows that were appended since the last look."""
        path = self._log.path
        data, fault = self._log.fresh()
        *lines, torn = data.split(b"\n")
        for line in lines:
            number = len(self._records) + 1
            try:
                record = read_row(json.loads(line, parse_float=str))
            except ValueError as error:
                raise BadStore(path, str(error), row=number) from error
            before = self._latest.get((record.series, record.date))
            if record.revision != (before.revision + 1 if before else 1):
                raise BadStore(path, f"revision {record.revision} is out of order", row=number)
            self._latest[record.series, record.date] = record
            self._records.append(record)
        if torn:
            raise BadStore(path, "its last row is torn", row=len(self._records) + 1)
        if fault is not None:
            self._differs(path, fault)


class SuspectStore(Store):
    """A store as it is found, for who verifies it: rows that differ from their seal are told of, not refused."""

    def __init__(self, folder: Path | str) -> None:
        """Read the rows of `folder`, and compare them and what was held with their seals. Raises BadStore."""
        self.faults: dict[str, str] = {}
        """Why rows are not the sealed ones, by the name of their log."""
        super().__init__(folder)
        log, _ = self._held()
        for each in (self._log, log):
            if each.unsealed:
                told = f"{each.unsealed} bytes after its seal do not count: a stopped writer's, or added by hand"
                self.faults.setdefault(each.path.name, told)

    def _differs(self, path: Path, fault: str) -> None:
        self.faults[path.name] = fault

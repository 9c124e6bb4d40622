"""A folder of recordings, day by day: which files are what to which day. Reads files, computes nothing.

The folder, or `openrouter` in it, holds `models/DATE.json`, `activity/daily/DATE.csv` or `.json`, and where there are
any `endpoints/DATE.csv` or `.json` (fallback) and `models_afternoon/DATE.json` (the second source). A day is a file of
activity; the models lists of the seven days before it are its earlier ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ifx_index.day import InputFile, Role, earlier_list
from ifx_index.errors import BadInput
from ifx_index.ingest.documents import date_in_name
from ifx_index.resolve import CARRIED_DAYS

_SHAPE = "Name a folder with models/DATE.json and activity/daily/DATE.csv in it."


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """The recordings of a folder, by day."""

    activity: dict[date, Path]
    """Tables of a day's tokens."""

    models: dict[date, Path]
    """Models lists."""

    fallback: dict[date, Path]
    """Endpoints tables."""

    second: dict[date, Path]
    """Second models lists of a day."""

    @property
    def days(self) -> list[date]:
        """The days that can be computed, oldest first."""
        return sorted(self.activity)

    @property
    def gaps(self) -> Iterator[str]:
        """What is missing between the first and the last day, a line each."""
        for day in _between(self.days):
            if day not in self.activity:
                yield f"{day}: no activity, so no value"
            elif day not in self.models:
                yield f"{day}: no models list, so no primary price"

    def files(self, day: date) -> list[InputFile]:
        """Every input of a day that can be read. Raises BadInput."""
        return [*self.own(day), *self.earlier(day)[0]]

    def own(self, day: date) -> list[InputFile]:
        """What was recorded for a day, read. Raises BadInput for a day without activity, or a file that is gone."""
        if day not in self.activity:
            raise BadInput(day.isoformat(), "the folder has no activity of this day", cure=_SHAPE)
        found = [(Role.ACTIVITY, self.activity[day])]
        for role, paths in ((Role.MODELS, self.models), (Role.FALLBACK, self.fallback), (Role.SECOND, self.second)):
            found += [(role, paths[day])] if day in paths else []
        return [read_file(role, path) for role, path in found]

    def earlier(self, day: date) -> tuple[list[InputFile], list[str]]:
        """The models lists of the seven days before, and why some cannot be read: those cost their own day only."""
        found, faults = [], []
        for back in range(1, CARRIED_DAYS + 1):
            path = self.models.get(day - timedelta(days=back))
            if path is None:
                continue
            try:
                file = read_file(Role.PREVIOUS, path)
                earlier_list(file, day)
            except BadInput as error:
                faults.append(f"{error.what}; no earlier list for {day}")
            else:
                found.append(file)
        return found, faults


def _between(days: list[date]) -> Iterator[date]:
    day = days[0] if days else date.max
    while days and day <= days[-1]:
        yield day
        day += timedelta(days=1)


def root_of(path: Path | str) -> Path:
    """Where the recordings of a folder stand: in it, or in `openrouter` in it."""
    root = Path(path)
    return root / "openrouter" if (root / "openrouter").is_dir() else root


def open_folder(path: Path | str) -> Folder:
    """List the recordings of a folder. Raises BadInput where it has no activity."""
    root = root_of(path)
    found = Folder(
        # Where a day stands as a table and as the dataset, the table tells more.
        activity=_dated(root / "activity" / "daily", ".json") | _dated(root / "activity" / "daily", ".csv"),
        models=_dated(root / "models", ".json"),
        fallback=_dated(root / "endpoints", ".json") | _dated(root / "endpoints", ".csv"),
        second=_dated(root / "models_afternoon", ".json"),
    )
    if not found.activity:
        raise BadInput(path, "it holds no day's activity", cure=_SHAPE)
    return found


def _dated(folder: Path, suffix: str) -> dict[date, Path]:
    """The files that are named by a date and nothing else."""
    paths = sorted(folder.glob(f"*{suffix}")) if folder.is_dir() else []
    return {day: path for path in paths if (day := date_in_name(path.name)) and path.stem == day.isoformat()}


def read_file(role: Role, path: Path | str) -> InputFile:
    """Read one input. Raises BadInput."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        cure = "Name a file that is there and can be read."
        raise BadInput(str(path) or "''", f"it cannot be read: {error.strerror}", cure=cure) from error
    return InputFile(role=role, name=Path(path).name, data=data, place=str(path))

"""Every day of a folder into a store, oldest first, holding what must be looked at before it is believed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ifx_index.day import Day, compute_day
from ifx_index.errors import BadInput, TooEarly
from ifx_index.folder import Folder
from ifx_index.recompute import LPI, day_outcomes
from ifx_index.record import Record
from ifx_index.store import Store
from ifx_index.tables import held_lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What came of one day."""

    date: date
    """The day."""

    new: tuple[Record, ...]
    """Rows that were appended; none where all stood already."""

    day: Day | None
    """What was computed; None where an input was refused."""

    refused: str | None
    """Why the day could not be computed or recorded, None where it could."""

    left_out: tuple[str, ...] = ()
    """Earlier lists that cannot be read, each with the reason."""

    @property
    def whole(self) -> bool:
        """Whether every series of the day is recorded."""
        return self.refused is None and self.day is not None and not self.day.held

    @property
    def notes(self) -> tuple[str, ...]:
        """What was set aside of the day's inputs."""
        return (*self.left_out, *(self.day.notes if self.day is not None else ()))

    @property
    def held(self) -> Mapping[str, str]:
        """Series that are held, with the reason."""
        return self.day.held if self.day is not None else {}

    def line(self) -> str:
        """The day in a line or two."""
        if self.refused is not None:
            return f"{self.date}  refused: {self.refused}"
        return "\n".join([f"{self.date}  {len(self.new)} new records", *held_lines(self.held)])


def backfill(
    folder: Folder,
    store: Store,
    *,
    now: datetime,
    reason: str | None = None,
    release: frozenset[date] = frozenset(),
) -> Iterator[Filled]:
    """Compute and record each day. A refused day leaves the others alone; NeedsReason and BadStore end it.

    A day whose total is more than ten times, or less than a tenth of, the last accepted one is held unless it stands
    in `release`; only accepted days are what later ones are measured by.
    """
    accepted: dict[date, int] = {}
    for day in folder.days:
        earlier, left_out = folder.earlier(day)
        try:
            files = [*folder.own(day), *earlier]
            found = compute_day(day, files, None if day in release else accepted)
            new = store.append(LPI, day, files, day_outcomes(found), now=now, reason=reason)
        except (BadInput, TooEarly) as error:
            yield Filled(date=day, new=(), day=None, refused=str(error))
            continue
        store.hold(day, found.held)
        if found.series:
            accepted = {day: found.total}
        yield Filled(date=day, new=tuple(new), day=found, refused=None, left_out=tuple(left_out))


def summary(done: Sequence[Filled], gaps: Sequence[str]) -> dict[str, object]:
    """What came of a folder, as `--json` prints it."""
    return {
        "days": len(done),
        "records": sum(len(each.new) for each in done),
        "held": {each.date.isoformat(): dict(each.held) for each in done if each.held},
        "refused": {each.date.isoformat(): each.refused for each in done if each.refused},
        "gaps": list(gaps),
    }


def summary_line(report: Mapping[str, object]) -> str:
    """The same in a line."""
    counts = {key: len(found) if isinstance(found, dict | list) else found for key, found in report.items()}
    return (
        f"{counts['days']} days, {counts['records']} new records; "
        f"{counts['held']} days with something held, {counts['refused']} refused, {counts['gaps']} gaps"
    )

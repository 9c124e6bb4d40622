"""What the index refuses; one tree of its own, for nothing here imports the SDK.

IndexRefusal
├── BadInput        .path .row .why      a file that cannot be an input of the day
├── Unreadable      .key .form .got      a part of a document that is not what its place asks for
├── BadFigures      .why                 figures from which no index follows
├── UnknownSeries   .series
├── NoRecord        .series .date
├── NeedsReason     .series .date        a correction without its reason
├── TooEarly        .date                a day that may not be published yet
├── MissingExtra    .package .extra      a library that the bare install does not bring
├── BadAnswer       .url .why            a source that gave no usable answer
└── BadStore        .path .row .why      a store that cannot be read, or that was changed
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in the rest of the house

from datetime import date


class IndexRefusal(Exception):
    """The root: what is wrong, and its cure."""

    cure = ""

    def __init__(self, what: str, *, cure: str | None = None) -> None:
        """`what` is wrong; `cure` is what to do about it, where the class has none that fits."""
        super().__init__(what)
        self.what = what
        if cure is not None:
            self.cure = cure

    def __str__(self) -> str:
        return f"{self.what.rstrip('.')}. {self.cure}" if self.cure else self.what


class BadInput(IndexRefusal):
    """A file that cannot be an input of the day."""

    cure = "Record it anew from its source, or leave the day out."

    def __init__(self, path: object, why: str, *, row: int | None = None, cure: str | None = None) -> None:
        """`path` of the file, `why` it is refused, `row` counted from 1 (a CSV's first row of data, a list's first)."""
        where = f"{path}" if row is None else f"{path}, row {row}"
        super().__init__(f"{where}: {why}", cure=cure)
        self.path, self.row, self.why = str(path), row, why

    def at(self, name: str, place: str) -> "BadInput":
        """The same refusal, with the file's `name` as the `place` that it was read from."""
        return BadInput(place + self.path.removeprefix(name), self.why, row=self.row, cure=self.cure)


class Unreadable(IndexRefusal):
    """A part of a document that is not what its place asks for."""

    def __init__(self, key: str, form: str, got: object) -> None:
        """`key` of the part, the `form` that it should have, and what it is."""
        super().__init__(f"{key or 'the document'} must be {form}, not {got!r}")
        self.key, self.form, self.got = key, form, got


class BadFigures(IndexRefusal):
    """Figures from which no index follows."""

    cure = "Volumes are integers of 0 or more, prices and quality ratios above 0, caps and weights above 0."

    def __init__(self, why: str) -> None:
        """`why` names the figure."""
        super().__init__(why)
        self.why = why


class UnknownSeries(IndexRefusal):
    """A series that this methodology does not have."""

    def __init__(self, series: str, known: tuple[str, ...]) -> None:
        """`series` asked for; `known` are the ones there are."""
        super().__init__(f"there is no series {series!r}", cure=f"Name one of {', '.join(known)}.")
        self.series = series


class NoRecord(IndexRefusal):
    """Nothing was recorded for a series and day."""

    cure = "Compute it first, with `ifx-index backfill DIR`, and name the same --store."

    def __init__(self, series: str, day: date) -> None:
        """`series` and `day` asked for."""
        super().__init__(f"the store has no record of {series} for {day.isoformat()}")
        self.series, self.date = series, day


class NeedsReason(IndexRefusal):
    """A record that stands already would be corrected without saying why."""

    cure = "Give the reason with --reason: the correction is a new revision beside the old row, which stays."

    def __init__(self, series: str, day: date) -> None:
        """`series` and `day` of the record."""
        super().__init__(f"{series} for {day.isoformat()} is recorded with other inputs or another value")
        self.series, self.date = series, day


class TooEarly(IndexRefusal):
    """A day that may not be published yet."""

    cure = "A day is published at 06:00 UTC of the next one, from closed figures."

    def __init__(self, day: date) -> None:
        """`day` that was asked for."""
        super().__init__(f"{day.isoformat()} cannot be published yet")
        self.date = day


class BadStore(IndexRefusal):
    """A store that cannot be read, or that was changed."""

    cure = "Its rows are only ever appended: restore the store from a copy."

    def __init__(self, path: object, why: str, *, row: int | None = None) -> None:
        """`path` of the file, `why` it is refused, `row` counted from 1."""
        where = f"{path}" if row is None else f"{path}, row {row}"
        super().__init__(f"{where}: {why}")
        self.path, self.row, self.why = str(path), row, why


class MissingExtra(IndexRefusal):
    """A library that the bare install does not bring."""

    def __init__(self, package: str, extra: str) -> None:
        """`package` that is not installed, and the `extra` that brings it."""
        super().__init__(f"{package} is not installed", cure=f"Install the extra: pip install 'ifx[{extra}]'.")
        self.package, self.extra = package, extra


class BadAnswer(IndexRefusal):
    """A source that gave no usable answer; nothing was recorded of it."""

    cure = "Ask again later, or leave the day out: a missing recording is shown as a gap."

    def __init__(self, url: object, why: str, *, cure: str | None = None) -> None:
        """`url` that was asked, without its query, and `why` the answer is refused."""
        super().__init__(f"{url}: {why}", cure=cure)
        self.url, self.why = str(url), why

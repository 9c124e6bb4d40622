"""Golden-vector files: reading them, handing each entry to what checks its kind, and telling what came of it.

A file is one JSON object: `meta`, and under each kind a list of entries with `id`, `inputs` and `expected`. What can
check a kind is an entry point of the group `ifx.vectors`: a function that takes one entry and returns its mismatches.
Every key under `expected` is compared; a key that the kind does not know is a mismatch, never ignored. A malformed file
or entry is MalformedVectors, naming the entry and what is wrong there.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, NamedTuple

from ifx_sdk.calendar import parse_date
from ifx_sdk.errors import BadValue, MalformedVectors, MissingExtra, UnknownVectorKind
from ifx_sdk.strict_json import loads

ENTRY_POINTS: Final = "ifx.vectors"
UNKNOWN_KEY: Final = "not a key this kind knows"
_FRACTION: Final = re.compile(r"[0-9]{1,40}(?:[/.][0-9]{1,40})?", re.ASCII)

Entry = Mapping[str, object]


class Mismatch(NamedTuple):
    """One value that is not what the file expects."""

    key: str
    expected: object
    got: object


Check = Callable[[Entry], Sequence[Mismatch]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one entry."""

    kind: str
    """Kind, as the file names it."""

    id: str
    """The entry's id."""

    mismatches: tuple[Mismatch, ...]
    """Empty where the entry passed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What came of a file; counts are of entries."""

    results: tuple[Result, ...]
    """Every entry that was checked, in the file's order."""

    skipped: int
    """Entries of kinds that nothing here checks, or that were not asked for."""

    @property
    def failures(self) -> tuple[Result, ...]:
        """The entries with a mismatch."""
        return tuple(result for result in self.results if result.mismatches)

    @property
    def failed(self) -> int:
        """How many entries have a mismatch."""
        return len(self.failures)

    @property
    def passed(self) -> int:
        """How many entries have none."""
        return len(self.results) - self.failed

    @property
    def ok(self) -> bool:
        """Whether no entry failed."""
        return self.failed == 0

    @property
    def summary(self) -> str:
        """`N passed, M failed, K skipped`."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    def adding(self, kind: str, more: Mapping[str, Iterable[Mismatch]]) -> "Replay":
        """This replay with the mismatches that a second pass over a kind found, by entry id."""
        return replace(
            self,
            results=tuple(
                replace(result, mismatches=(*result.mismatches, *more[result.id]))
                if result.kind == kind and result.id in more
                else result
                for result in self.results
            ),
        )


# ------------------------------------------------------------------------------------------------- files and kinds


def load(path: str | Path) -> dict[str, list[Entry]]:
    """Read a vectors file: kind -> entries with a unique `id`, `inputs` and `expected`. Raises MalformedVectors."""
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
        raise MalformedVectors(path, why, cure="Name a file of golden vectors.") from error
    document = loads(text, path, MalformedVectors)
    if not isinstance(document, dict):
        raise MalformedVectors(path, "it is not one object of kinds")
    kinds = {kind: _entries(kind, entries, path) for kind, entries in document.items() if kind != "meta"}
    if not kinds:
        raise MalformedVectors(path, "it holds no kind of vectors")
    return kinds


def _entries(kind: str, entries: object, path: str | Path) -> list[Entry]:
    if not isinstance(entries, list):
        raise MalformedVectors(path, f"{kind} is not a list of entries")
    for place, entry in enumerate(entries):
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name:
            raise MalformedVectors(path, f"entry {place} of {kind} has no id")
        for key in ("inputs", "expected"):
            if key not in entry:
                raise MalformedVectors(path, f"{name}: {key} is missing")
        if entry["expected"] in ({}, None):
            raise MalformedVectors(path, f"{name}: expected holds nothing to compare")
    twice = [name for name, count in Counter(entry["id"] for entry in entries).items() if count > 1]
    if twice:
        raise MalformedVectors(path, f"the id {twice[0]!r} appears twice in {kind}")
    return entries


def checkers() -> dict[str, Callable[[], Check]]:
    """The kinds that can be checked, each with a loader of its check function, which may raise MissingExtra."""
    return {point.name: _loader(point.name, point.load) for point in entry_points(group=ENTRY_POINTS)}


def _loader(kind: str, load_check: Callable[[], Check]) -> Callable[[], Check]:
    def load_it() -> Check:
        try:
            return load_check()
        except ModuleNotFoundError as error:
            raise MissingExtra("oracle", f"checking vectors of kind {kind}") from error

    return load_it


def replay(path: str | Path, kinds: Iterable[str] | None = None) -> Replay:
    """Check a file's entries: of the named `kinds`, or of all that can be checked.

    Raises MalformedVectors; UnknownVectorKind for a named kind that the file lacks or nothing checks; MissingExtra.
    """
    entries = load(path)
    known = checkers()
    named = list(dict.fromkeys(kinds)) if kinds is not None else [kind for kind in entries if kind in known]
    for kind in named:
        if kind not in entries:
            raise UnknownVectorKind(kind, f"the file {path} has only {', '.join(entries)}")
        if kind not in known:
            raise UnknownVectorKind(kind, f"only {', '.join(sorted(known))} can be checked")
    results = []
    for kind in (kind for kind in entries if kind in named):
        check = known[kind]()
        results += [_checked(kind, entry, check, path) for entry in entries[kind]]
    skipped = sum(len(of_kind) for kind, of_kind in entries.items() if kind not in named)
    return Replay(results=tuple(results), skipped=skipped)


def _checked(kind: str, entry: Entry, check: Check, path: str | Path) -> Result:
    try:
        mismatches = tuple(Mismatch(*each) for each in check(entry))
    except MalformedVectors as error:
        raise MalformedVectors(path, f"{error.path}: {error.why}") from error
    return Result(kind=kind, id=str(entry["id"]), mismatches=mismatches)


# --------------------------------------------------------------------------------------------- reading and comparing


def compare(expected: object, got: object, key: str = "expected") -> list[Mismatch]:
    """The mismatches between what an entry expects and `got`: objects key by key, all else as a whole and by type."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        prefix = "" if key == "expected" else f"{key}."
        return [
            mismatch
            for name, value in expected.items()
            for mismatch in (
                compare(value, got[name], f"{prefix}{name}")
                if name in got
                else [Mismatch(f"{prefix}{name}", value, UNKNOWN_KEY)]
            )
        ]
    return [] if _same(expected, got) else [Mismatch(key, expected, got)]


def _same(expected: object, got: object) -> bool:
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and all(_same(*pair) for pair in zip(expected, got, strict=True))
    return type(expected) is type(got) and expected == got  # True is not 1, and 1.0 is not 1


class Inputs:
    """The `inputs` of one entry, read by key and type; a refusal is MalformedVectors naming the entry and the key."""

    def __init__(self, entry: Entry) -> None:
        """Hold `entry`, whose inputs must be an object."""
        self.id = str(entry.get("id"))
        inputs = entry.get("inputs")
        if not isinstance(inputs, Mapping):
            raise MalformedVectors(self.id, "inputs is not an object")
        self._inputs: Mapping[str, object] = inputs

    def refuse(self, key: str, why: str) -> MalformedVectors:
        """The error for one key."""
        return MalformedVectors(self.id, f"inputs.{key} {why}")

    def value(self, key: str) -> object:
        """Whatever stands under a key."""
        if key not in self._inputs:
            raise self.refuse(key, "is missing")
        return self._inputs[key]

    def has(self, key: str) -> bool:
        """Whether the entry gives a key."""
        return key in self._inputs

    def whole(self, key: str, default: int | None = None) -> int:
        """An integer."""
        value = self._inputs.get(key, default) if default is not None else self.value(key)
        if type(value) is not int:  # bool is an int to isinstance
            raise self.refuse(key, f"must be an integer, not {value!r}")
        return value

    def positive(self, key: str) -> int:
        """An integer above 0."""
        value = self.whole(key)
        if value <= 0:
            raise self.refuse(key, f"must be above 0, not {value}")
        return value

    def text(self, key: str) -> str:
        """A text."""
        value = self.value(key)
        if not isinstance(value, str):
            raise self.refuse(key, f"must be text, not {value!r}")
        return value

    def fraction(self, key: str) -> Fraction:
        """A text such as "1/37" or "0.46"."""
        text = self.text(key)
        try:
            # Only plain digits: an exponent could ask for a number that fills the memory.
            return Fraction(text if _FRACTION.fullmatch(text) else "")
        except (ValueError, ZeroDivisionError) as error:
            raise self.refuse(key, f"must be a fraction or a decimal, not {text!r}") from error

    def utc_date(self, key: str) -> date:
        """A date written YYYY-MM-DD."""
        try:
            return parse_date(self.text(key))
        except BadValue as error:
            raise self.refuse(key, f"is no date: {error.why}") from error

    def unknown(self, *known: str) -> list[Mismatch]:
        """A mismatch for every key that the kind does not read: it may be what the entry is about."""
        return [
            Mismatch(f"inputs.{key}", value, UNKNOWN_KEY) for key, value in self._inputs.items() if key not in known
        ]

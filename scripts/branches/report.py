"""What a run reached of what there is, and whether every hole has its reason."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scripts.branches.points import WAYS, Point
from scripts.branches.sources import Source, sources

SHARED = "shared"
"""In place of a test's name: what ran in a fixture of the session; with a file's name behind it, of that module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A statement or one way of a decision that no test took."""

    file: str
    """Path from the root."""
    line: int
    """From 1."""
    function: str
    """The function it stands in."""
    text: str
    """The condition; for a statement its first line."""
    way: str
    """The way not taken; `runs` for a statement."""
    reason: str = ""
    """Why no test can take it; empty where nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One file of the table."""

    file: str
    """Path from the root."""
    statements: tuple[int, int]
    """Reached, of how many."""
    ways: tuple[int, int]
    """Taken, of how many."""
    misses: tuple[Miss, ...]
    """What is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the tests of one run reached."""

    ways: dict[Point, tuple[bool, bool]]
    """Each decision that was compiled, and whether each of its ways was taken."""
    known: frozenset[tuple[str, int]]
    """Statements that some compiled code has instructions for."""
    reached: frozenset[tuple[str, int]]
    """Those of them that ran."""
    tests: dict[str, frozenset[tuple[str, int]]]
    """The statements that each test ran."""
    seconds: dict[str, float]
    """How long each test's call took."""
    failed: tuple[str, ...]
    """Tests that failed."""


def load(folder: Path) -> Run:
    """Put together what the workers of one run wrote."""
    ways: dict[Point, tuple[bool, bool]] = {}
    known: set[tuple[str, int]] = set()
    reached: set[tuple[str, int]] = set()
    tests: dict[str, frozenset[tuple[str, int]]] = {}
    seconds: dict[str, float] = {}
    failed: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for entry in data["ways"].values():
            point = Point(**dict(zip(("file", "line", "column", "kind", "text"), entry["point"], strict=True)))
            before = ways.get(point, (False, False))
            ways[point] = (before[0] or entry["seen"][0], before[1] or entry["seen"][1])
        known |= {(file, line) for file, line in data["known"]}
        reached |= {(file, line) for file, line in data["run"]}
        for name, lines in data["tests"].items():
            tests[name] = tests.get(name, frozenset()) | {(file, line) for file, line in lines}
        seconds |= data["seconds"]
        failed |= set(data["failed"])
    return Run(
        ways=ways,
        known=frozenset(known),
        reached=frozenset(reached),
        tests=tests,
        seconds=seconds,
        failed=tuple(sorted(failed)),
    )


def rows(root: Path, run: Run) -> list[Row]:
    """The table, file by file."""
    return [_row(source, root, run) for source in sources(root)]


def _row(source: Source, root: Path, run: Run) -> Row:
    text = (root / source.file).read_text(encoding="utf-8").splitlines()
    compiled = {line for file, line in run.known if file == source.file}
    # A file that no test compiled has all of its statements missing; else only what has instructions counts.
    statements = source.statements & compiled if compiled else source.statements
    reached = {line for line in statements if (source.file, line) in run.reached}
    misses = [
        Miss(file=source.file, line=n, function=source.functions[n], text=text[n - 1].strip(), way="runs")
        for n in sorted(statements - reached)
    ]
    entries = [point for point in run.ways if point.file == source.file and point.kind == "entry"]
    points = sorted({*source.points, *entries})
    taken = 0
    for point in points:
        seen = run.ways.get(point, (False, False))
        taken += sum(seen)
        misses += [
            Miss(file=source.file, line=point.line, function=source.functions[point.line], text=point.text, way=way)
            for way, was in zip(WAYS[point.kind], seen, strict=True)
            if not was
        ]
    return Row(
        file=source.file,
        statements=(len(reached), len(statements)),
        ways=(taken, 2 * len(points)),
        misses=tuple(misses),
    )


def explained(table: Sequence[Row], reasons: Path) -> tuple[list[Row], list[str]]:
    """The table with the reason of each miss that has one, and the reasons that explain nothing any more."""
    entries = tomllib.loads(reasons.read_text(encoding="utf-8")).get("unreached", [])
    known = {(entry["file"], entry["function"], entry["text"], entry["way"]): entry["reason"] for entry in entries}
    used: set[tuple[str, ...]] = set()
    found = []
    for row in table:
        misses = []
        for miss in row.misses:
            key = (miss.file, miss.function, miss.text, miss.way)
            used |= {key} & known.keys()
            misses.append(replace(miss, reason=known.get(key, "")))
        found.append(replace(row, misses=tuple(misses)))
    stale = [f"{file}: {function}: {text}: {way}" for file, function, text, way in known.keys() - used]
    return found, sorted(stale)

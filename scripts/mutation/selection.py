"""Which tests can notice a mutant, the likeliest first."""

import re
from pathlib import Path

from scripts.branches.report import SHARED, Run
from scripts.mutation.mutants import Mutant

SLOW = 5.0
"""Seconds from which on a test waits until the quick ones have had their turn."""


def candidates(mutant: Mutant, run: Run, root: Path) -> list[str]:
    """The tests that run the changed statement: those that run little else come first, the slow ones last.

    No other test can tell the mutant from the contract. What a fixture of many tests runs (a constructor) every test
    may notice; a constant's tests are those of the statements that name it.
    """
    places = _places(mutant, run, root)
    tests = [name for name, ran in run.tests.items() if ran and not name.startswith(SHARED)]
    found = [name for name in tests if places & (run.tests[name] | _of_module(name, run))]
    ranked = sorted(found, key=lambda name: _rank(name, run))
    if not found or places & run.tests.get(SHARED, frozenset()):
        ranked += sorted(set(tests) - set(found), key=lambda name: _rank(name, run))
    return ranked


def _of_module(name: str, run: Run) -> frozenset[tuple[str, int]]:
    """What the fixtures of a test's module run."""
    return run.tests.get(f"{SHARED} {name.split('::')[0]}", frozenset())


def _rank(name: str, run: Run) -> tuple[bool, int, float, str]:
    seconds = run.seconds.get(name, 0.0)
    return seconds > SLOW, len(run.tests[name]), seconds, name


def _places(mutant: Mutant, run: Run, root: Path) -> frozenset[tuple[str, int]]:
    place = (mutant.file, mutant.line)
    if place in run.known:
        return frozenset({place})
    # A statement without instructions of its own, or a constant: whatever stands in its function, or names it.
    word = re.compile(rf"\b{re.escape(mutant.function)}\b") if mutant.function else None
    found = set()
    for file, line in run.known:
        text = (root / file).read_text(encoding="utf-8").splitlines()
        if (word and word.search(text[line - 1])) or (not word and file == mutant.file):
            found.add((file, line))
    return frozenset(found)

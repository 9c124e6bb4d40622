"""Which tests can notice a mutant, the likeliest first."""

import re
from functools import cache
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
    # Who fails without the mutant proves nothing with it.
    left_out = {SHARED, *run.failed}
    tests = [name for name, ran in run.tests.items() if ran and name not in left_out and name.split()[0] != SHARED]
    found = [name for name in tests if places & (run.tests[name] | _of_module(name, run))]
    ranked = sorted(found, key=lambda name: _rank(name, run))
    if (mutant.file, mutant.line) not in places:
        # It may also stand in later lines of a statement, or in another constant: all that run the file.
        others = [name for name in tests if any(file == mutant.file for file, _ in run.tests[name])]
        ranked += sorted(set(others) - set(found), key=lambda name: _rank(name, run))
        found = ranked
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
    # A constant: the statements that name it, by its module's name in other files.
    # A statement without instructions of its own: what stands in its function, or in its file.
    stem, name = Path(mutant.file).stem, re.escape(mutant.function)
    found = set()
    for file, line in run.known:
        own = file == mutant.file
        word = rf"(?<![\w.]){name}\b" if own else rf"\b{stem}\.{name}\b"
        if (own and not name) or re.search(word, _lines(root / file)[line - 1]):
            found.add((file, line))
    return frozenset(found)


@cache
def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()

"""What became of each mutant: the explanations of those that live, and the table of all."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.mutation.mutants import Mutant

KILLED, SURVIVED, INVALID, SAME, BROKEN = "killed", "survived", "does not compile", "same bytecode", "broken"

INTRODUCTION = """# Mutants of the contracts

Written by `make mutants`, not by hand. `scripts/mutants.py` derives mutants from the sources of the contracts: one rule
applied at one place. In a copy of the tree it runs the tests that execute the changed statement, to the first failure.
A mutant that does not compile, or compiles to the same bytecode, is not counted. One that lives is equivalent, for the
reason given here (from `scripts/mutation/equivalent.toml`), or a gap in the tests: then `make mutants` fails.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One mutant, tried."""

    mutant: Mutant
    """What was changed."""
    outcome: str
    """KILLED, SURVIVED, INVALID, SAME or BROKEN."""
    killer: str
    """The first test that failed; empty where none did."""
    seconds: float
    """How long it took."""


def reasons(path: Path) -> dict[str, str]:
    """Why each of the mutants that are known to live is the same contract, by id."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
    return {name: entry["reason"] for entry in entries for name in entry["ids"]}


def stale(known: Iterable[str], generated: Sequence[Mutant], results: Sequence[Result]) -> list[str]:
    """Explanations of mutants that are not made any more, or that a test does notice."""
    made = {mutant.id for mutant in generated}
    dead = {result.mutant.id for result in results if result.outcome != SURVIVED}
    return sorted(name for name in known if name not in made or name in dead)


def unexplained(results: Sequence[Result], known: dict[str, str]) -> list[Result]:
    """Those that live and nobody said why."""
    return [result for result in results if result.outcome == SURVIVED and result.mutant.id not in known]


def by_operator(results: Sequence[Result]) -> list[tuple[str, int, int, int]]:
    """Operator, mutants that count, killed, alive."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        counts[result.mutant.operator][result.outcome] += 1
    rows = [(name, n[KILLED] + n[SURVIVED], n[KILLED], n[SURVIVED]) for name, n in sorted(counts.items())]
    rows = [row for row in rows if row[1]]
    return [*rows, ("all", sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows))]


def page(results: Sequence[Result], known: dict[str, str], generated: int) -> str:
    """docs/mutants.md."""
    counted = [result for result in results if result.outcome in (KILLED, SURVIVED)]
    left_out = Counter(result.outcome for result in results if result not in counted)
    lines = [INTRODUCTION, f"{generated} mutants can be made; {len(results)} were tried: {len(counted)} count, "]
    lines[-1] += f"{left_out[INVALID]} do not compile, {left_out[SAME]} compile to the same bytecode."
    lines += ["", "| operator | mutants | killed | alive, explained |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {count} | {killed} | {alive} |" for name, count, killed, alive in by_operator(results)]
    for file in dict.fromkeys(result.mutant.file for result in counted):
        lines += [
            "",
            f"## {Path(file).name}",
            "",
            "| id | in | operator | change | killed by |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(result, known) for result in counted if result.mutant.file == file]
    return "\n".join(lines) + "\n"


def _row(result: Result, known: dict[str, str]) -> str:
    mutant = result.mutant
    fate = f"`{result.killer}`" if result.killer else f"**alive**: {known.get(mutant.id, 'not explained')}"
    change = f"`{mutant.before}` -> `{mutant.after}`"
    cells = (mutant.id, mutant.function, mutant.operator, change, fate)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def alive(table: str) -> set[str]:
    """The ids that docs/mutants.md shows as alive without an explanation."""
    return set(re.findall(r"^\| (\S+) \|.*\*\*alive\*\*: not explained \|$", table, re.MULTILINE))


def revised(table: str, results: Sequence[Result], known: dict[str, str]) -> str:
    """docs/mutants.md with the rows of `results` written anew, and its counts with what they have killed."""
    for result in results:
        start = table.index(f"| {result.mutant.id} |")
        end = table.index("\n", start)
        table = table[:start] + _row(result, known) + table[end:]
        if result.outcome == KILLED:
            for name in (result.mutant.operator, "all"):
                counts = re.compile(rf"^(\| {re.escape(name)} \| \d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
                found = counts.search(table)
                if found is None:
                    raise ValueError(f"docs/mutants.md has no counts of {name}")
                row = f"{found[1]} | {int(found[2]) + 1} | {int(found[3]) - 1} |"
                table = table[: found.start()] + row + table[found.end() :]
    return table

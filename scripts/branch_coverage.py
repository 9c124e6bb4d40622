#!/usr/bin/env python
"""Every statement and every way of every decision of the contracts: which of them do the tests on boa's chain take?

    python scripts/branch_coverage.py            run the tests, print the table, write docs/coverage.md
    python scripts/branch_coverage.py --reuse    the table of the last run

Exit code 0 only if all tests pass and each miss has its reason in scripts/branches/unreached.toml, and no reason is
left over. docs/coverage.md says what is counted.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.table import Table

from scripts.branches.report import Row, Run, explained, load, rows

ROOT = Path(__file__).resolve().parents[1]
REASONS = ROOT / "scripts" / "branches" / "unreached.toml"
DATA = ROOT / ".build" / "branches"
DIGEST = "measured.sha256"
PAGE = ROOT / "docs" / "coverage.md"
TESTS = ("tests/contracts", "tests/agreement", "tests/stateful")
OK, FAILED = 0, 1

INTRODUCTION = """# Coverage of the contracts

Written by `make coverage`, not by hand. The tests of {tests}
run on boa's chain, and every program counter that they execute is mapped to its source.

- A **statement** counts if the compiler made instructions for it.
- A **way** is one outcome of one conditional jump that stands for a decision of the source: `if`, a ternary,
  `assert` (holds, refuses), `for` (goes round, runs out; empty or not where its length is not fixed), and each operand
  of `and` / `or` that can end its chain. The last operand is decided by the statement that reads the chain.
- A module is compiled into several contracts, probes of the tests among them: a way counts once it is taken in one.
- Checks that the compiler adds (decoding of calldata, overflow, bounds, the reentrancy lock) are not decisions of ours.
- snekmate's modules and `contracts/testing` are not counted.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write. Gives the exit code."""
    parser = argparse.ArgumentParser(description="Coverage of every statement and decision of the contracts.")
    parser.add_argument("--reuse", action="store_true", help="do not run the tests again")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS", "2")), help="test processes")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)
    started = time.monotonic()
    if not (options.reuse and DATA.is_dir()):
        measure(options.jobs)
    run = load(DATA)
    table, stale = explained(rows(ROOT, run), REASONS)
    show(console, table, stale, run)
    PAGE.write_text(page(table), encoding="utf-8")
    console.print(f"{len(run.seconds)} tests, {time.monotonic() - started:.0f} s; docs/coverage.md written")
    unexplained = [miss for row in table for miss in row.misses if not miss.reason]
    return FAILED if unexplained or stale or run.failed or not run.tests else OK


def measure(jobs: int) -> None:
    """Run the tests with the recorder; each process leaves one file in DATA, and what was measured its digest."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "scripts.branches.recorder", *TESTS]
    command += ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    subprocess.run(command, cwd=ROOT, env=os.environ | {"IFX_BRANCHES": str(DATA)}, check=False)
    (DATA / DIGEST).write_text(digest(), encoding="utf-8")


def is_measured() -> bool:
    """Whether the last run was of the contracts and tests as they are now."""
    stamp = DATA / DIGEST
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest()


def digest() -> str:
    """Of every contract, every test and the package that tests import."""
    hashed = hashlib.sha256()
    for folder in ("contracts", "tests", "ifx_sdk"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".vy", ".vyi", ".json"):
                hashed.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return hashed.hexdigest()


def percent(reached: int, count: int) -> str:
    """Rounded down to a tenth: 100.0 is said of all only."""
    return f"{1000 * reached // count / 10:.1f}" if count else "-"


def total(table: Sequence[Row]) -> Row:
    """The sum of all rows."""
    statements = (sum(row.statements[0] for row in table), sum(row.statements[1] for row in table))
    ways = (sum(row.ways[0] for row in table), sum(row.ways[1] for row in table))
    return Row(file="all", statements=statements, ways=ways, misses=())


def cells(row: Row) -> list[str]:
    """Statements, ways, and both together in percent."""
    reached, count = row.statements[0] + row.ways[0], row.statements[1] + row.ways[1]
    return [
        row.file,
        f"{row.statements[0]}/{row.statements[1]}",
        f"{row.ways[0]}/{row.ways[1]}",
        percent(reached, count),
    ]


def show(console: Console, table: Sequence[Row], stale: Sequence[str], run: Run) -> None:
    """The table for the terminal."""
    sheet = Table(box=None)
    for title, side in (("file", "left"), ("statements", "right"), ("ways", "right"), ("%", "right")):
        sheet.add_column(title, justify="left" if side == "left" else "right", no_wrap=True)
    for row in [*table, total(table)]:
        sheet.add_row(*cells(row))
    console.print(sheet)
    for row in table:
        for miss in row.misses:
            mark = "explained" if miss.reason else "NO REASON"
            say(console, mark, f"{miss.file}:{miss.line}  {miss.text}  never: {miss.way}")
    for line in stale:
        say(console, "STALE", line)
    for name in run.failed:
        say(console, "FAILED", name)


def say(console: Console, mark: str, text: str) -> None:
    """One line; source text has brackets that are no markup."""
    console.print(mark, text, markup=False, highlight=False, style=None if mark == "explained" else "red")


def page(table: Sequence[Row]) -> str:
    """docs/coverage.md."""
    lines = [INTRODUCTION.format(tests=", ".join(f"`{name}`" for name in TESTS))]
    lines += ["| file | statements | ways | % |", "|---|---:|---:|---:|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in [*table, total(table)]]
    misses = [miss for row in table for miss in row.misses]
    if misses:
        lines += [
            "",
            "## What no test takes, and why",
            "",
            "| where | condition | never | reason |",
            "|---|---|---|---|",
        ]
    for miss in misses:
        text = miss.text.replace("|", "\\|")
        lines.append(
            f"| {Path(miss.file).stem}.{miss.function} | `{text}` | {miss.way} | {miss.reason or '**none**'} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

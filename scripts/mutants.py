#!/usr/bin/env python
"""Mutation testing of the contracts: break them in one place at a time; some test must notice.

    python scripts/mutants.py                     the sample of docs/mutants.md, which it writes
    python scripts/mutants.py --all               every mutant (hours); nothing is written
    python scripts/mutants.py --file payoff.vy    every mutant of one source
    python scripts/mutants.py --only payoff-3fa9c1 ...   these, with what they change
    python scripts/mutants.py --again TEST ...    those that live in docs/mutants.md, with tests written for them

MUTANTS_SECONDS=600 starts no mutant after that time. Exit code 0 only if every mutant that was tried is killed or has
its reason in scripts/mutation/equivalent.toml, no reason is left over, and the tests pass on the contracts as they are.
"""

import argparse
import multiprocessing
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from scripts.branch_coverage import DATA, is_measured, measure, say
from scripts.branches.report import load
from scripts.mutation.mutants import SAMPLE, Mutant, mutants, sample
from scripts.mutation.results import (
    BROKEN,
    SURVIVED,
    Result,
    alive,
    by_operator,
    page,
    reasons,
    revised,
    stale,
    unexplained,
)
from scripts.mutation.selection import candidates
from scripts.mutation.worker import serve

ROOT = Path(__file__).resolve().parents[1]
REASONS = ROOT / "scripts" / "mutation" / "equivalent.toml"
PAGE = ROOT / "docs" / "mutants.md"
OK, FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Choose, try, tell. Gives the exit code."""
    options = parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    generated = mutants(ROOT)
    if options.again:
        return again(generated, options, console)
    chosen = choose(generated, options)
    whole = not (options.all or options.file or options.only)
    if not is_measured():
        console.print("first the tests on the contracts as they are, and what each of them runs")
        measure(options.jobs)
    run = load(DATA)
    if not run.tests:
        console.print("[red]no test ran on the contracts as they are[/red]")
        return FAILED
    started = time.monotonic()
    results = attempt_all(chosen, lambda mutant: candidates(mutant, run, ROOT), options.jobs, console)
    known = reasons(REASONS)
    tell(console, results, known, verbose=bool(options.only))
    left = len(chosen) - len(results)
    old = stale(known, generated, results)
    for name in old:
        say(console, "STALE", f"{name} is explained, but is killed or made no more")
    for name in run.failed:
        say(console, "FAILED", f"{name}, on the contracts as they are")
    console.print(f"{len(results)} of {len(generated)} mutants, {left} not tried, {time.monotonic() - started:.0f} s")
    bad = [result for result in results if result.outcome == BROKEN] + unexplained(results, known)
    if whole and not left:
        PAGE.write_text(page(results, known, len(generated)), encoding="utf-8")
        console.print("docs/mutants.md written")
    cut_short = left and not os.environ.get("MUTANTS_SECONDS")
    return FAILED if bad or old or run.failed or cut_short else OK


def again(generated: Sequence[Mutant], options: argparse.Namespace, console: Console) -> int:
    """Try those that live unexplained in docs/mutants.md with tests that were written for them, and write their rows
    anew. What other tests have killed stays killed."""
    table = PAGE.read_text(encoding="utf-8")
    chosen = [mutant for mutant in generated if mutant.id in alive(table)]
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options.again]
    if subprocess.run(tests, cwd=ROOT, check=False).returncode:
        console.print("[red]these tests fail on the contracts as they are[/red]")
        return FAILED
    results = attempt_all(chosen, lambda mutant: list(options.again), options.jobs, console)
    known = reasons(REASONS)
    tell(console, results, known, verbose=True)
    PAGE.write_text(revised(table, results, known), encoding="utf-8")
    console.print("docs/mutants.md revised")
    return FAILED if unexplained(results, known) else OK


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description="Mutation testing of the contracts.")
    made.add_argument("--all", action="store_true", help="every mutant")
    made.add_argument("--sample", type=int, default=SAMPLE, metavar="N", help="how many by default")
    made.add_argument("--file", action="append", default=[], metavar="NAME", help="every mutant of this source")
    made.add_argument("--only", nargs="+", default=[], metavar="ID", help="these mutants")
    made.add_argument("--again", nargs="+", default=[], metavar="TEST", help="those that live, with these tests alone")
    made.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS", "2")), help="processes")
    return made


def choose(generated: Sequence[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """The mutants that the command line asks for."""
    if options.only:
        return [mutant for mutant in generated if mutant.id in options.only]
    if options.file:
        return [mutant for mutant in generated if Path(mutant.file).name in options.file]
    return list(generated) if options.all else sample(generated, options.sample)


def attempt_all(
    chosen: Sequence[Mutant], tests_of: Callable[[Mutant], list[str]], jobs: int, console: Console
) -> list[Result]:
    """Try them, each with its tests, in `jobs` processes with a copy of the tree each; in the order of `chosen`."""
    pending: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    # In an order of their own, so that a run cut short has tried a little of everything.
    for mutant in sorted(chosen, key=lambda mutant: mutant.id[-6:]):
        pending.put(mutant)
    seconds = float(os.environ.get("MUTANTS_SECONDS") or "inf")
    deadline = time.monotonic() + seconds
    results: list[Result] = []
    folder = Path(tempfile.mkdtemp(prefix="ifx-mutants-"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
            task = progress.add_task("mutants", total=len(chosen))

            def done(result: Result) -> None:
                results.append(result)
                progress.advance(task)
                # A terminal has the bar; a log gets a line for each, so that it can be seen to move.
                if result.outcome in (BROKEN, SURVIVED) or not console.is_terminal:
                    shown = (result.outcome, result.mutant.id, f"{result.seconds:.0f} s", result.killer)
                    progress.console.print("  ".join(shown), markup=False)

            threads = [
                threading.Thread(target=feed, args=(pending, tests_of, folder / str(n), deadline, done))
                for n in range(jobs)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    place = {mutant.id: at for at, mutant in enumerate(chosen)}
    return sorted(results, key=lambda result: place[result.mutant.id])


def feed(
    pending: "queue.SimpleQueue[Mutant]",
    tests_of: Callable[[Mutant], list[str]],
    folder: Path,
    deadline: float,
    done: Callable[[Result], None],
) -> None:
    """Give one process mutant after mutant until there is none or the time is up."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, str(ROOT), str(folder)), daemon=True)
    process.start()
    theirs.close()
    ours.recv()
    while time.monotonic() < deadline:
        try:
            mutant = pending.get_nowait()
        except queue.Empty:
            break
        began = time.monotonic()
        ours.send((mutant.file, mutant.source, tests_of(mutant)))
        outcome, killer = ours.recv()
        done(Result(mutant=mutant, outcome=outcome, killer=killer, seconds=time.monotonic() - began))
    ours.send(None)
    process.join()


def tell(console: Console, results: Sequence[Result], known: dict[str, str], *, verbose: bool) -> None:
    """The kill matrix, and every mutant that needs somebody's attention."""
    sheet = Table(box=None)
    sheet.add_column("operator", no_wrap=True)
    for title in ("mutants", "killed", "alive"):
        sheet.add_column(title, justify="right")
    for name, *counts in by_operator(results):
        sheet.add_row(name, *map(str, counts))
    console.print(sheet)
    alive_or_broken = [*unexplained(results, known), *(r for r in results if r.outcome == BROKEN)]
    for result in results if verbose else alive_or_broken:
        mutant = result.mutant
        console.print(f"{result.outcome}  {mutant.id}  {mutant.file}:{mutant.line}  {mutant.operator}", markup=False)
        console.print(f"    {mutant.before}\n    {mutant.after}\n    {result.killer}", markup=False)


if __name__ == "__main__":
    sys.exit(main())

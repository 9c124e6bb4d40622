#!/usr/bin/env python
"""A forward's whole life on a chain in this process, with four oracle nodes that read pages over HTTP on loopback.

    python scripts/demo.py                 sample pages with real figures, every daily fixing posted
    python scripts/demo.py --data DIR      the Luna forwards on the recordings in DIR

Exit code 0 only when every payout equals arithmetic that shares no code with the SDK or the contracts, to the
micro-USDT.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ifx_sdk.calendar import date_of
from ifx_sdk.errors import IFXError
from scripts.demonstration.checks import check
from scripts.demonstration.market import Play, play
from scripts.demonstration.scenario import SamplePages, Scenario
from scripts.demonstration.statement import WIDTH, show

OK, FAILED, USAGE = 0, 1, 2
"""Exit codes: everything holds; a figure is wrong; the call or its data cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, print the statement, check it. Gives the exit code."""
    parser = argparse.ArgumentParser(description="A forward's whole life, with four oracle nodes, in one process.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="replay the Luna forwards from the recordings in DIR")
    options = parser.parse_args(arguments)
    console = _console()
    try:
        scenario = _scenario(options.data)
        started = time.monotonic()
        with _progress(console) as tick:
            played = play(scenario, tick)
        seconds = time.monotonic() - started
    except IFXError as error:
        print(f"demo: {error}", file=sys.stderr)
        return USAGE
    show(played, console)
    return _verdict(console, played, check(played, table=options.data is None), seconds)


def _scenario(data: Path | None) -> Scenario:
    if data is None:
        return SamplePages()
    from scripts.demonstration.recordings import Recordings

    return Recordings(data)


def _verdict(console: Console, played: Play, wrong: Sequence[str], seconds: float) -> int:
    console.print()
    for each in wrong:
        console.print(f"[red]WRONG[/red] {escape(each)}")
    if wrong:
        return FAILED
    fixings = sum(len(day.fixings) for day in played.days)
    console.print(
        f"[green]Checked[/green]: {len(played.trades)} forwards, {fixings} fixings and all wallets equal the demo's own"
        f" arithmetic to the micro-USDT ({seconds:.0f} s)."
    )
    return OK


def _console() -> Console:
    """Lines go out as they are: rich would cut or wrap an amount to fit, a terminal or a file need not."""
    if not sys.stdout.isatty():
        # A pipe may claim any encoding; the charts are not ASCII.
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")
        return Console(width=WIDTH, soft_wrap=True, highlight=False)
    return Console(soft_wrap=True, highlight=False)


class _Tick:
    """Says how far the play is: a bar on a terminal, a line a month elsewhere."""

    def __init__(self, console: Console, bar: Progress | None) -> None:
        self._console = console
        self._bar = bar
        self._task = None if bar is None else bar.add_task("daily fixings", total=None)
        self._month = ""

    def __call__(self, day: int, done: int, total: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, description=f"{date_of(day)}")
            return
        month = f"{date_of(day):%Y-%m}"
        if month != self._month or done == total:
            self._month = month
            self._console.print(f"{date_of(day)}  {done} of {total} days")


@contextmanager
def _progress(console: Console) -> Iterator[_Tick]:
    if not console.is_terminal or os.environ.get("TERM") == "dumb":
        yield _Tick(console, None)
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        yield _Tick(console, bar)


if __name__ == "__main__":
    sys.exit(main())

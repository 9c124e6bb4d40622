"""A progress bar on stderr, for people only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[str], None]
"""Told what comes next, once for each step."""


@contextmanager
def progress(title: str, steps: int) -> Iterator[Advance]:
    """A bar of `steps`; nothing at all where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=steps)

        def advance(what: str) -> None:
            bar.update(task, advance=1, description=f"{title} {what}")

        yield advance


@contextmanager
def telling(title: str) -> Iterator[Advance]:
    """A line that is written over by what is being done, however many steps there are; nothing where no terminal is."""
    if not sys.stderr.isatty():
        yield lambda what: None
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        yield lambda what: status.update(f"{title}: {what}")

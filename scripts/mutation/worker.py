"""A process that breaks its own copy of the tree, one mutant after the other, and runs tests against it.

It imports and compiles everything once; each mutant is tried in a fork of it, which compiles again only what the
changed source is part of. boa's cache on disk is switched off: nothing stale can be met and nothing broken is kept.
"""

import gc
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from vyper.compiler.settings import anchor_settings  # type: ignore[import-untyped]  # has no types

from scripts.mutation.results import BROKEN, INVALID, KILLED, SAME, SURVIVED

PATIENCE = 900
"""Seconds after which a mutant that still runs counts as killed."""
IMPORT = re.compile(r"^from \.[\w.]* import (\w+)", re.MULTILINE)
COPIED = ("contracts", "tests")
"""What a copy has for itself; the rest of the checkout is linked, the history left out."""


class Selector:
    """Pytest plugin: the chosen tests in the chosen order, no shrinking, and who failed first."""

    def __init__(self, order: Sequence[str]) -> None:
        self.order = {name: at for at, name in enumerate(order)}
        self.killer = ""

    def pytest_configure(self) -> None:
        """A failing example is as good as a small one."""
        from hypothesis import Phase, settings

        quick = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings.default, phases=quick, database=None, print_blob=False)
        settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Only the chosen ones, the likeliest killers first."""
        items[:] = sorted((item for item in items if item.nodeid in self.order), key=lambda i: self.order[i.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first failure."""
        if report.failed and not self.killer:
            self.killer = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot even be read with the mutant notices it."""
        if report.failed and not self.killer:
            self.killer = report.nodeid


class Workshop:
    """A copy of the tree."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for entry in root.iterdir():
            if entry.name in COPIED:
                shutil.copytree(entry, folder / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
            elif entry.name not in (".git", ".build"):
                (folder / entry.name).symlink_to(entry)
        self.sources = {path.stem: path for path in (folder / "contracts").rglob("*.vy")}
        self.compiled: dict[tuple[str, str], Any] = {}
        self.bytecode: dict[str, bytes] = {}

    def prepare(self) -> None:
        """Import what every mutant needs and compile everything as it is."""
        os.chdir(self.folder)
        import boa  # type: ignore[import-untyped]  # has no types
        import eth_account  # noqa: F401  # loaded here so that no fork has to
        import hypothesis.stateful  # noqa: F401

        import ifx_sdk.signing  # noqa: F401

        boa.interpret.set_cache_dir(None)
        compile_one = boa.interpret.compiler_data

        def remembered(source: str, name: str, filename: str, *args: Any, **kwargs: Any) -> Any:
            key = (str(filename), source + repr(sorted(kwargs.items(), key=str)))
            if key not in self.compiled:
                data = compile_one(source, name, filename, *args, **kwargs)
                with anchor_settings(data.settings):
                    data.source_map = boa.interpret._compute_source_map(data)
                self.compiled[key] = data
            return self.compiled[key]

        boa.interpret.compiler_data = remembered
        self.bytecode = self.compile(self.deployables())
        self.compile([self.folder / "contracts/testing/TestUSDT.vy", *sorted((self.folder / "tests").rglob("*.vy"))])
        gc.freeze()

    def deployables(self) -> list[Path]:
        """Contracts that stand for themselves."""
        return sorted((self.folder / "contracts").glob("*.vy"))

    def compile(self, paths: Sequence[Path]) -> dict[str, bytes]:
        """Their creation code; what the tests load by the same names is then there."""
        import boa

        made = (boa.load_partial(str(path), compiler_args={"evm_version": "cancun"}) for path in paths)
        return {path.name: _code(deployer.compiler_data.bytecode) for path, deployer in zip(paths, made, strict=True)}

    def forget(self, file: str) -> list[Path]:
        """Drop what a source is part of; answers which deployables are."""
        changed = self.folder / file
        self.compiled = {key: data for key, data in self.compiled.items() if changed not in self._closure(Path(key[0]))}
        return [path for path in self.deployables() if changed in self._closure(path)]

    def _closure(self, path: Path) -> set[Path]:
        seen: set[Path] = set()
        pending = [path]
        while pending:
            path = pending.pop()
            if path not in seen:
                seen.add(path)
                names = IMPORT.findall(path.read_text(encoding="utf-8"))
                pending += [self.sources[name] for name in names if name in self.sources]
        return seen


def _code(bytecode: bytes) -> bytes:
    """Creation code without the note at its end, which has a digest of the sources; its last two bytes are its size."""
    return bytecode[: len(bytecode) - int.from_bytes(bytecode[-2:], "big")]


def serve(connection: Connection, root: str, folder: str) -> None:
    """Answer (file, source, tests) with (outcome, killer) until None comes, or who asks is gone."""
    workshop = Workshop(Path(root), Path(folder))
    workshop.prepare()
    connection.send("ready")
    with suppress(EOFError):
        while (job := connection.recv()) is not None:
            connection.send(attempt(workshop, *job))


def attempt(workshop: Workshop, file: str, source: str, tests: Sequence[str]) -> tuple[str, str]:
    """Put the mutant in place, try it in a fork, put the original back."""
    path = workshop.folder / file
    original = path.read_text(encoding="utf-8")
    answer = workshop.folder / ".answer.json"
    answer.unlink(missing_ok=True)
    try:
        path.write_text(source, encoding="utf-8")
        child = os.fork()
        if child == 0:
            _try(workshop, file, tests, answer)
        _, code = os.waitpid(child, 0)
    finally:
        path.write_text(original, encoding="utf-8")
    if os.WIFSIGNALED(code) and os.WTERMSIG(code) == signal.SIGALRM:
        return KILLED, f"did not end within {PATIENCE} seconds"
    if not answer.exists():
        return BROKEN, (workshop.folder / ".log").read_text(encoding="utf-8", errors="replace")[-2000:]
    outcome, killer = json.loads(answer.read_text(encoding="utf-8"))
    return outcome, killer


def _try(workshop: Workshop, file: str, tests: Sequence[str], answer: Path) -> None:
    """In the fork: compile, test, write the answer, and end without cleaning up what is the parent's."""
    code = 1
    try:
        with (workshop.folder / ".log").open("w", encoding="utf-8") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        signal.alarm(PATIENCE)
        answer.write_text(json.dumps(_outcome(workshop, file, tests)), encoding="utf-8")
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _outcome(workshop: Workshop, file: str, tests: Sequence[str]) -> tuple[str, str]:
    from vyper.exceptions import VyperException  # type: ignore[import-untyped]

    users = workshop.forget(file)
    try:
        made = workshop.compile(users)
    except (VyperException, AssertionError, OverflowError, ValueError, KeyError) as error:
        return INVALID, type(error).__name__
    if users and all(workshop.bytecode[name] == code for name, code in made.items()):
        return SAME, ""
    if not tests:
        return SURVIVED, ""
    return run(tests)


def run(tests: Sequence[str]) -> tuple[str, str]:
    """The outcome of the tests, in this process."""
    selector: Any = Selector(tests)
    files = list(dict.fromkeys(name.split("::")[0] for name in tests))
    options = ["-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"]
    code = pytest.main([*options, *files], plugins=[selector])
    if selector.killer:
        return KILLED, selector.killer
    return (SURVIVED, "") if code == pytest.ExitCode.OK else (BROKEN, f"pytest ended with {code!r}")

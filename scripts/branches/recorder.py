"""Pytest plugin: which ways of which decisions, and which statements, the tests of a run took.

Loaded with `-p scripts.branches.recorder`. It keeps the program counters of every computation of boa's chain, calls
between contracts included, and writes what they mean to a JSON file in the folder that IFX_BRANCHES names.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from boa.contracts.vyper.vyper_contract import VyperDeployer  # type: ignore[import-untyped]  # has no types
from boa.vm.py_evm import titanoboa_computation  # type: ignore[import-untyped]
from hypothesis import Phase, settings
from vyper.compiler.settings import anchor_settings  # type: ignore[import-untyped]
from vyper.ir.compile_ir import assembly_to_evm  # type: ignore[import-untyped]

from scripts.branches.points import Unit
from scripts.branches.report import SHARED

Statement = tuple[str, int]


class Recorder:
    """The units of code that were compiled, and what ran of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.compiled: list[tuple[bytes, bytes, Any]] = []
        self.units: dict[bytes, Unit | None] = {}
        self.edges: dict[bytes, set[tuple[int, int]]] = defaultdict(set)
        self.fresh: dict[bytes, set[int]] = defaultdict(set)
        self.tests: dict[str, set[Statement]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    def saw(self, computation: Any) -> None:
        """Keep the way of one computation."""
        code = bytes(computation.code._raw_code_bytes)
        trace = computation.code._trace
        if not trace:
            return
        self.edges[code].update(pairwise(trace))
        self.fresh[code].update(trace)

    def unit(self, code: bytes) -> Unit | None:
        """The compiled unit that this code is, with its constructor arguments or immutables at its end."""
        if code not in self.units:
            self.units[code] = self._find(code)
        return self.units[code]

    def _find(self, code: bytes) -> Unit | None:
        for initcode, runtime, data in self.compiled:
            with anchor_settings(data.settings):
                if code.startswith(runtime):
                    return Unit(runtime, data.source_map, self.root)
                if code.startswith(initcode):
                    constructor = initcode[: initcode.find(runtime)]
                    return Unit(constructor, assembly_to_evm(data.assembly)[1], self.root)
        return None

    def close(self, name: str) -> None:
        """What ran since the last call belongs to `name`."""
        for code, pcs in self.fresh.items():
            unit = self.unit(code)
            if unit is not None:
                self.tests[name].update(unit.statements[pc] for pc in pcs & unit.statements.keys())
        self.fresh.clear()

    def report(self) -> dict[str, Any]:
        """Everything, by source."""
        ways: dict[str, dict[str, Any]] = {}
        known: set[Statement] = set()
        run: set[Statement] = set()
        for code, edges in self.edges.items():
            unit = self.unit(code)
            if unit is None:
                continue
            known.update(unit.statements.values())
            run.update(unit.statements[pc] for pc, _ in edges if pc in unit.statements)
            after: dict[int, set[int]] = defaultdict(set)
            for at, to in edges:
                after[at].add(to)
            for pc, way in unit.ways.items():
                point = way.point
                key = f"{point.file}:{point.line}:{point.column}:{point.kind}"
                entry = ways.setdefault(key, {"seen": [False, False], "point": [*_fields(point)]})
                entry["seen"][way.taken] |= bool(after[pc] - {pc + 1})
                entry["seen"][1 - way.taken] |= pc + 1 in after[pc]
        return {
            "ways": ways,
            "known": sorted(known),
            "run": sorted(run),
            "tests": {name: sorted(statements) for name, statements in self.tests.items()},
            "seconds": self.seconds,
            "failed": sorted(self.failed),
        }


def _fields(point: Any) -> Iterator[Any]:
    return (getattr(point, name) for name in ("file", "line", "column", "kind", "text"))


recorder = Recorder(Path.cwd())


def _watch() -> None:
    """See every compilation and every computation of boa."""
    compile_before: Callable[..., None] = VyperDeployer.__init__

    def compiled(self: Any, compiler_data: Any, *args: Any, **kwargs: Any) -> None:
        compile_before(self, compiler_data, *args, **kwargs)
        found = (compiler_data.bytecode, compiler_data.bytecode_runtime, compiler_data)
        if not any(runtime == found[1] for _, runtime, _ in recorder.compiled):
            recorder.compiled.append(found)

    apply_before = titanoboa_computation.apply_computation.__func__

    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        computation = apply_before(cls, *args, **kwargs)
        recorder.saw(computation)
        return computation

    VyperDeployer.__init__ = compiled
    titanoboa_computation.apply_computation = classmethod(apply)


def pytest_configure() -> None:
    """A failing example is not made smaller here: that takes minutes and adds nothing to what is recorded."""
    _watch()
    settings.register_profile("recorded", settings.default, phases=(Phase.explicit, Phase.generate), database=None)
    settings.load_profile("recorded")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Iterator[None]:
    """What a fixture of more than one test runs belongs to all tests of its module, or of the session."""
    result = yield
    if fixturedef.scope in ("module", "class"):
        recorder.close(f"{SHARED} {request.node.nodeid.split('::')[0]}")
    elif fixturedef.scope != "function":
        recorder.close(SHARED)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: Any) -> Iterator[None]:
    """What a test runs, its own fixtures included, belongs to it."""
    result = yield
    recorder.close(item.nodeid)
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    recorder.seconds[report.nodeid] += report.duration if report.when == "call" else 0
    if report.failed:
        recorder.failed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None and session.config.getoption("numprocesses", None):
        return
    path = Path(os.environ["IFX_BRANCHES"]) / f"{worker or 'alone'}.json"
    path.write_text(json.dumps(recorder.report()), encoding="utf-8")

"""What may not be in a tracked file, and how long a file may be."""

import re
import subprocess
from pathlib import Path

import pytest
from support.tree import ROOT, text, tracked

TEXT_SUFFIXES = (
    ".py",
    ".pyi",
    ".vy",
    ".vyi",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".json",
    ".sh",
    ".cfg",
    ".html",
    ".svg",
    ".ts",
    ".tsx",
    ".mjs",
    ".css",
    "",
)
SOURCES = (".py", ".vy", ".vyi", ".ts", ".tsx", ".mjs", ".css")
LONGEST = 450
# One idea each, although long: a table grows by a row.
LONG_TABLES = {
    Path("ifx_sdk/errors.py"): "one class for every refusal",
    Path("contracts/interfaces/IForwardEscrow.vyi"): "one entry for every call, with its refusals",
    Path("web/src/api/schema.d.ts"): "made from docs/openapi.json",
}

# Written in two halves, so that this file does not hold what it forbids.
REGISTRIES = (
    "index" + "-url",
    "find" + "-links",
    "trusted" + "-host",
    "pypi" + ".org",
    "npm" + "js",
    "python" + "hosted",
    '"resol' + 'ved":',
)
MACHINE = re.compile(r"(?<![\w.}/])/(?:work|root|home|Users|opt|tmp)/\w")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")


BUILT = Path("otc_desk/web/static")
"""What `make page` writes: its sources are held instead."""


def text_files() -> list[Path]:
    others = (path for path in tracked() if path.parts[0] != "LICENSES" and BUILT not in path.parents)
    return [path for path in others if path.suffix in TEXT_SUFFIXES]


def lines_with(path: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{n}: {line.strip()[:120]}" for n, line in enumerate(text(path).splitlines(), 1) if pattern.search(line)
    ]


def test_nothing_is_left_unfinished() -> None:
    """Work that is not done stands in an issue, not in a comment."""
    assert [hit for path in text_files() for hit in lines_with(path, UNFINISHED)] == []


def test_no_registry_address_is_tracked() -> None:
    """Locks hold names and versions; where packages come from is each machine's own setting."""
    registries = re.compile("|".join(map(re.escape, REGISTRIES)))
    assert [hit for path in text_files() for hit in lines_with(path, registries)] == []


def test_no_path_of_a_machine_is_tracked() -> None:
    """A path that exists on one machine only helps nobody."""
    assert [hit for path in text_files() for hit in lines_with(path, MACHINE)] == []


def test_the_lock_holds_names_and_versions_only() -> None:
    """One `name==version` a line."""
    assert all(
        re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.!+-]+", line)
        for line in text("requirements/constraints.txt").split()
    )


@pytest.mark.parametrize(
    "path",
    [path for path in tracked(*SOURCES) if path not in LONG_TABLES and BUILT not in path.parents],
    ids=str,
)
def test_a_source_file_is_one_idea(path: Path) -> None:
    """A file that grows past this is cut along its ideas."""
    assert len(text(path).splitlines()) <= LONGEST


def test_every_long_table_still_needs_its_exception() -> None:
    """An exception that is no longer needed goes."""
    assert [str(path) for path in LONG_TABLES if len(text(path).splitlines()) <= LONGEST] == []


def test_scripts_with_a_shebang_are_executable() -> None:
    """What begins with `#!` can be run as it stands in the repository."""
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    modes = {Path(name): mode.split()[0] for mode, name in (line.split("\t") for line in listed.splitlines())}
    assert [str(path) for path in text_files() if text(path).startswith("#!") and modes[path] != "100755"] == []


def test_licences_are_complete() -> None:
    """Both licences are there in full, each where it applies."""
    apache, agpl = text("LICENSES/Apache-2.0.txt"), text("LICENSES/AGPL-3.0-only.txt")
    assert text("LICENSE") == apache
    assert text("contracts/LICENSE") == agpl
    assert "END OF TERMS AND CONDITIONS" in apache
    assert "13. Remote Network Interaction" in agpl
    assert [str(path) for path in tracked(".vy", ".vyi") if "@license AGPL-3.0-only" not in text(path)] == []


def test_the_makefile_runs_files_that_exist() -> None:
    """Every script that a target or CI runs is tracked."""
    named = set(re.findall(r"\b(?:scripts|benchmarks)/[\w./]+\.(?:py|sh)", text("Makefile") + text(".ci/run")))
    assert named
    assert sorted(name for name in named if Path(name) not in tracked()) == []

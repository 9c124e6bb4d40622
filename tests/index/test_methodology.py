"""The methodology says what the code does: every rule names what holds it, and every name leads somewhere."""

import importlib
import re
from pathlib import Path

import pytest
import typer
from support.tree import ROOT

from ifx_index.cli import app
from ifx_index.lpi import GOOD_COVERAGE, METHODOLOGY
from ifx_index.publish.rows import SOURCE

FOLDER = ROOT / "docs" / "methodology"
DOCUMENTS = sorted(FOLDER.glob("*.md"))
RULE = re.compile(r"^\| (\d+\.\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`((?:ifx_index|oracle_node)\.[\w.]+)`")
TEST = re.compile(r"`tests/[\w/]+\.py::\w+`")
PROCEDURE = "procedure"


def rules(name: str) -> dict[str, str]:
    """What holds each rule of a document, by its number."""
    return dict(RULE.findall((FOLDER / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["lpi-1.0.md", "relatives-1.0.md"])
def test_every_rule_names_what_holds_it(name: str) -> None:
    """A function, a test, or people; and rules are numbered in order."""
    found = rules(name)
    assert [number for number, held in found.items() if not (TEST.search(held) or held == PROCEDURE)] == []
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert len(found) == len(re.findall(r"^\| \d+\.\d+ \|", text, re.MULTILINE)) > 10
    order = [tuple(map(int, number.split("."))) for number in found]
    assert order == sorted(order)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_function_that_is_named_exists(path: Path) -> None:
    """Tests that are named are looked for by the house's own rule."""
    for name in NAME.findall(path.read_text(encoding="utf-8")):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_commands_that_are_named_exist() -> None:
    """Of `ifx-index`, in every document of the methodology."""
    named = {word for path in DOCUMENTS for word in re.findall(r"ifx-index ([a-z]+)", path.read_text(encoding="utf-8"))}
    assert named
    assert named <= set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_the_parts_of_a_benchmark_statement_are_there() -> None:
    """In the order in which a reader looks for them."""
    text = (FOLDER / "lpi-1.0.md").read_text(encoding="utf-8")
    parts = ["measures", "Inputs", "Formula", "Diagnostics", "fails", "settlement", "Corrections", "Changes"]
    parts += ["Conflicts", "Cessation"]
    headings = re.findall(r"^## \d+\. (.*)$", text, re.MULTILINE)
    assert [part for part, heading in zip(parts, headings, strict=True) if part not in heading] == []


def test_the_nineteen_principles_are_answered_in_order() -> None:
    """Each with a state and what holds it; what is not met says so."""
    text = (FOLDER / "iosco.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (met|in part|not met|does not apply) \| ([^|]+) \|$", text, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 20))
    assert [n for n, state, held in rows if state == "met" and not (NAME.search(held) or TEST.search(held))] == []
    assert [n for n, state, held in rows if state == "in part" and "Missing:" not in held] == []


def test_versions_and_bounds_are_the_codes() -> None:
    """A new version needs a document of its own."""
    assert (FOLDER / f"lpi-{METHODOLOGY}.md").is_file()
    assert f"| GOOD | {GOOD_COVERAGE * 100}% or more" in (FOLDER / f"lpi-{METHODOLOGY}.md").read_text(encoding="utf-8")
    assert SOURCE in (FOLDER / "README.md").read_text(encoding="utf-8")

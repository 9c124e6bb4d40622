"""The documents say what the tree holds: commands, links, tests and versions that they name exist."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from support.tree import ROOT, syntax, text, tracked

DOCUMENTS = tuple(path for path in tracked(".md") if path.parts[0] != "tests")
BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
TEST_NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def shell_lines(path: Path) -> list[str]:
    """The command lines of a document's shell blocks, without prompts and comments."""
    lines = "\n".join(BLOCK.findall(text(path))).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ").split(" #")[0].strip() for line in lines if line.strip() and line[0] not in "#>"]


def headings(path: Path) -> set[str]:
    """The anchors that a Markdown file's headings have."""
    titles = re.findall(r"^#+ (.*)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-") for title in titles}


def test_readme_is_short() -> None:
    """The README is read whole or not at all."""
    assert len(text("README.md").splitlines()) <= 150


def test_changelog_has_the_version() -> None:
    """Each version says what it brought, in the commit that brings it."""
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", text("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_make_targets_in_documents_exist(path: Path) -> None:
    """Every `make target` in a shell block or in code is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    named = {match for line in shell_lines(path) for match in re.findall(r"^make (?:\w+=\S+ )*([a-z]+)", line)}
    named |= set(re.findall(r"`make ([a-z]+)", text(path)))
    assert named <= targets


@pytest.mark.parametrize(
    ("command", "module"), [("ifx", "ifx_sdk"), ("ifx-oracle", "oracle_node"), ("ifx-desk", "otc_desk")]
)
@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_commands_in_documents_exist(path: Path, command: str, module: str) -> None:
    """Every `ifx ...`, `ifx-oracle ...` and `ifx-desk ...` in a document is a command that the shell knows."""
    pattern = rf"(?:^|[|;&]\s*|\.venv/bin/){command} ([a-z][a-z-]*)"
    named = {match for line in shell_lines(path) for match in re.findall(pattern, line)}
    named |= set(re.findall(rf"`{command} ([a-z][a-z-]*)", text(path)))
    if named:
        assert named <= command_names(module)


def command_names(module: str) -> set[str]:
    """The commands of one of the shells."""
    import importlib

    import typer

    app = importlib.import_module(f"{module}.cli").app
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_resolve(path: Path) -> None:
    """A relative link leads to a file of the tree, and its anchor to a heading of that file."""
    broken = []
    for link in (first or second for first, second in LINK.findall(text(path))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (ROOT / path.parent / target).resolve() if target else ROOT / path
        if not file.exists() or (anchor and anchor not in headings(file.relative_to(ROOT))):
            broken.append(link)
    assert broken == []


def defined_tests(path: Path) -> set[str]:
    """Test functions, classes and the cases of state machines that a test file defines."""
    names = set()
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in names if name.lower().startswith("test")}


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_tests_named_in_documents_exist(path: Path) -> None:
    """A document that rests on a test names one that is there."""
    named = TEST_NAME.findall(text(path))
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or name not in defined_tests(Path(file))
    ]
    assert missing == []


def test_every_invariant_names_its_tests() -> None:
    """Invariants 1 to 9, in order, each with at least one test."""
    sections = re.split(r"^## ", text("docs/invariants.md"), flags=re.MULTILINE)[1:]
    numbered = [section for section in sections if section[0].isdigit()]
    assert [section.split(".")[0] for section in numbered] == [str(n) for n in range(1, 10)]
    assert [section.splitlines()[0] for section in numbered if not TEST_NAME.search(section)] == []


def test_every_row_of_the_threat_model_names_its_tests() -> None:
    """Attacks T1, T2, ... in order, each with at least one test."""
    rows = re.findall(r"^\| T(\d+) \|.*$", text("docs/threat-model.md"), re.MULTILINE)
    assert [int(number) for number in rows] == list(range(1, len(rows) + 1))
    lines = [line for line in text("docs/threat-model.md").splitlines() if re.match(r"\| T\d", line)]
    assert len(lines) == len(rows) > 30
    assert [line for line in lines if not TEST_NAME.search(line)] == []


def test_every_row_of_the_roles_table_names_its_tests() -> None:
    """What a role can do at worst is tried."""
    table = text("docs/protocol.md").partition("## Who can do what, at worst")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    assert [row for row in rows if not TEST_NAME.search(row)] == []


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if p.parent == Path("docs/decisions")], ids=str)
def test_a_decision_is_half_a_page(path: Path) -> None:
    """Number, what was decided, why, and what would change it; short enough to be read."""
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert len(text(path).splitlines()) <= 40
    assert re.search(r"^# \d+\. ", text(path))
    assert "\n## Why\n" in text(path)
    assert "\n## What would change it\n" in text(path)


def test_decisions_are_numbered_without_a_gap() -> None:
    """A decision's number is its name."""
    numbers = sorted(int(path.name[:4]) for path in DOCUMENTS if path.parent == Path("docs/decisions"))
    assert numbers == list(range(1, len(numbers) + 1))

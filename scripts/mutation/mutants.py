"""Every mutant of the contracts, and the sample of them that is run by default."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vyper import ast as vy_ast  # type: ignore[import-untyped]  # has no types
from vyper.ast.parse import parse_to_ast  # type: ignore[import-untyped]

from scripts.branches.points import one_line, statement_of
from scripts.mutation.operators import RULES, Edit, Text, names_of_a_family, status

PRAGMA = "# pragma nonreentrancy on"

SAMPLE = 130
"""Mutants tried by default; about one in ten of them does not compile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One contract source with one change."""

    id: str
    """The same as long as its function, its statement and its change are."""
    file: str
    """Path from the root."""
    function: str
    """The function it stands in; the constant's name outside of functions."""
    line: int
    """First line of its statement, from 1."""
    operator: str
    """The rule that made it."""
    before: str
    """The statement's text around the change."""
    after: str
    """The same, changed."""
    source: str
    """The whole file, changed."""


def mutants(root: Path) -> list[Mutant]:
    """All of them, in the order of files and text."""
    paths = sorted(path for path in (root / "contracts").rglob("*.vy") if "testing" not in path.parts)
    family: dict[str, str] = {}
    for path in paths:
        family |= names_of_a_family(parse_to_ast(path.read_text(encoding="utf-8")))
    return [mutant for path in paths for mutant in _of_file(path, root, family)]


def _of_file(path: Path, root: Path, family: dict[str, str]) -> Iterator[Mutant]:
    source = path.read_text(encoding="utf-8")
    text, module = Text(source), parse_to_ast(source)
    file = str(path.relative_to(root))
    seen: dict[str, int] = defaultdict(int)
    for name, statement, node in _places(module):
        edits = [edit for rule in RULES for edit in rule(node, text)]
        edits += status(node, text, family) if isinstance(statement, vy_ast.VyperNode) and name != statement else []
        for edit in edits:
            start, end = text.span(statement)
            # Where the compiler's columns are off, a change would not be what its rule says.
            if not start <= edit.start < edit.end <= end or source[edit.start : edit.end] == edit.text:
                continue
            yield _mutant(file, name, statement.lineno, source, (start, end), edit, seen)
    if PRAGMA in source:
        start = source.index(PRAGMA)
        edit = Edit("reentrancy", start, start + len(PRAGMA), PRAGMA.replace(" on", " off"))
        yield _mutant(file, "", 2, source, (start, start + len(PRAGMA)), edit, seen)


def _places(module: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every node that can be changed: the name that it belongs to, its statement, and itself."""
    for declaration in module.get_children(vy_ast.VariableDecl):
        if declaration.value is not None:
            for node in [declaration.value, *declaration.value.get_descendants()]:
                yield declaration.target.id, declaration, node
    for function in module.get_children(vy_ast.FunctionDef):
        filled = _filled(function.body)
        for node in function.get_descendants():
            statement = statement_of(node)
            if statement is not None and id(statement) not in filled and not _is_type(node):
                yield function.name, statement, node


def _filled(body: list[Any]) -> set[int]:
    """Declarations whose value a tuple assignment of the same block always replaces: Vyper cannot do without them."""
    names = {
        name.id
        for node in body
        if isinstance(node, vy_ast.Assign) and isinstance(node.target, vy_ast.Tuple)
        for name in node.target.elements
    }
    return {id(node) for node in body if isinstance(node, vy_ast.AnnAssign) and node.target.id in names}


def _is_type(node: Any) -> bool:
    """Whether a node stands in a type."""
    while node is not None and not isinstance(node, vy_ast.FunctionDef):
        parent = getattr(node, "_parent", None)
        if node is getattr(parent, "annotation", None):
            return True
        node = parent
    return False


def _mutant(
    file: str, name: str, line: int, source: str, span: tuple[int, int], edit: Edit, seen: dict[str, int]
) -> Mutant:
    key = "\0".join((file, name, edit.operator, source[slice(*span)], str(edit.start - span[0]), edit.text))
    seen[key] += 1
    digest = hashlib.sha256(f"{key}\0{seen[key]}".encode()).hexdigest()[:6]
    # As much of the statement as stands on the lines of the change.
    first = max(span[0], source.rfind("\n", 0, edit.start) + 1)
    last = source.find("\n", edit.end)
    last = min(span[1], last if last >= 0 else len(source))
    return Mutant(
        id=f"{Path(file).stem}-{digest}",
        file=file,
        function=name,
        line=line,
        operator=edit.operator,
        before=_shown(source[first:last]),
        after=_shown(source[first : edit.start] + edit.text + source[edit.end : last]),
        source=source[: edit.start] + edit.text + source[edit.end :],
    )


def _shown(text: str) -> str:
    return one_line(text) or text.strip()


def sample(found: Sequence[Mutant], count: int) -> list[Mutant]:
    """`count` of them, the same ones each time: one of each operator and file in turn, by their ids."""
    strata: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in found:
        strata[mutant.operator, mutant.file].append(mutant)
    queues = [sorted(strata[key], key=_lot) for key in sorted(strata)]
    chosen: list[Mutant] = []
    for turn in range(max(map(len, queues), default=0)):
        chosen += sorted((queue[turn] for queue in queues if turn < len(queue)), key=_lot)
    kept = {mutant.id for mutant in chosen[:count]}
    return [mutant for mutant in found if mutant.id in kept]


def _lot(mutant: Mutant) -> str:
    return re.sub(r".*-", "", mutant.id)

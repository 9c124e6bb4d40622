"""What there is to cover: every statement and every decision of the contracts, read from their sources alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vyper import ast as vy_ast  # type: ignore[import-untyped]  # has no types
from vyper.ast.parse import parse_to_ast  # type: ignore[import-untyped]

from scripts.branches.points import Point, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One contract source."""

    file: str
    """Its path from the root."""
    statements: frozenset[int]
    """First lines of the statements of its functions."""
    points: tuple[Point, ...]
    """Its decisions, in the order of the text."""
    functions: dict[int, str]
    """The function that each line of a function stands in."""


def sources(root: Path) -> list[Source]:
    """All contracts and modules but those that only tests use."""
    paths = sorted(path for path in (root / "contracts").rglob("*.vy") if "testing" not in path.parts)
    return [read(path, root) for path in paths]


def read(path: Path, root: Path) -> Source:
    """One of them."""
    file = str(path.relative_to(root))
    module = parse_to_ast(path.read_text(encoding="utf-8"))
    statements: set[int] = set()
    points: set[Point] = set()
    functions: dict[int, str] = {}
    for function in module.get_children(vy_ast.FunctionDef):
        functions.update(dict.fromkeys(range(function.lineno, function.end_lineno + 1), function.name))
        for body in _bodies(function):
            statements.update(node.lineno for node in body if not isinstance(node, vy_ast.Pass | vy_ast.DocStr))
        for node in function.get_descendants():
            points.update(_points(file, node))
    return Source(file=file, statements=frozenset(statements), points=tuple(sorted(points)), functions=functions)


def _bodies(node: Any) -> Iterator[list[Any]]:
    for body in (node.body, getattr(node, "orelse", [])):
        yield body
        for child in body:
            if isinstance(child, vy_ast.If | vy_ast.For):
                yield from _bodies(child)


def _points(file: str, node: Any) -> Iterator[Point]:
    match node:
        case vy_ast.If():
            yield _point(file, "if", node.test)
        case vy_ast.IfExp():
            yield _point(file, "ternary", node.test)
        case vy_ast.Assert():
            yield _point(file, "assert", node.test)
        case vy_ast.BoolOp():
            yield from (_point(file, "operand", value) for value in node.values[:-1])
        case vy_ast.For():
            yield _point(file, "for", node)


def _point(file: str, kind: str, node: Any) -> Point:
    text = node.node_source_code or ""
    text = text.split("\n")[0] if kind == "for" else text
    return Point(file=file, line=node.lineno, column=node.col_offset, kind=kind, text=one_line(text))

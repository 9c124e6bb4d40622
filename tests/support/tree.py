"""What the rules of the house are checked on: the tracked files of this repository and what their source says."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ifx_sdk", "ifx_index", "oracle_node", "otc_desk")


@cache
def tracked(*suffixes: str) -> tuple[Path, ...]:
    """Paths, relative to the root, of the tracked files that exist, by suffix; all where none is given."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file() and (not suffixes or path.suffix in suffixes))


def text(path: Path | str) -> str:
    """The text of a file given relative to the root."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def syntax(path: Path) -> ast.Module:
    """The syntax tree of a Python file given relative to the root."""
    return ast.parse(text(path), filename=str(path))


def runtime_imports(path: Path) -> Iterator[str]:
    """Every module that a file imports when it runs, dotted and absolute; what only type checkers read is left out."""
    pending: list[ast.AST] = [syntax(path)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            pending.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(path.with_suffix("").parts[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"importlib.import_module", "import_module"}:
            yield from (str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant))
        pending.extend(ast.iter_child_nodes(node))


def package_of(path: Path) -> str:
    """The first folder of a path, which is the package that the file belongs to."""
    return path.parts[0]

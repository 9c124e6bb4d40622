"""The decisions of a compiled Vyper contract: which conditional jump stands for which source expression.

A decision is an `if`, a ternary, an `assert`, a `for`, or an operand of `and` / `or` that can end its chain early. Each
has two ways, and each way is one outcome of one JUMPI. The last operand of a chain has no jump of its own: the
statement that reads the chain decides on it. Every other JUMPI is a check that the compiler made.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vyper import ast as vy_ast  # type: ignore[import-untyped]  # has no types

JUMPI, PUSH0, PUSH1, PUSH32 = 0x57, 0x5F, 0x60, 0x7F

BARE_REVERTS = (bytes.fromhex("5b5f80fd"), bytes.fromhex("5b5f5ffd"))
"""Where the compiler's own checks lead: a revert without a reason."""

WAYS = {
    "if": ("true", "false"),
    "ternary": ("true", "false"),
    "operand": ("true", "false"),
    "assert": ("holds", "refuses"),
    "for": ("goes round", "runs out"),
    "entry": ("has a round", "is empty"),
}
"""What the two ways of each kind of decision are called: the one where its condition holds comes first."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Point:
    """One decision of one source file."""

    file: str
    """The file, relative to the root."""
    line: int
    """Its line, from 1."""
    column: int
    """Its column, from 0."""
    kind: str
    """A key of WAYS."""
    text: str
    """The condition as the source has it, on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One JUMPI, read as a decision."""

    point: Point
    """What it decides."""
    taken: int
    """Which way (index into WAYS) a jump means; falling through means the other one."""


def one_line(text: str) -> str:
    """Source text without line breaks, comments and indentation."""
    return " ".join(line.split("#")[0].strip() for line in text.splitlines()).strip()


def statement_of(node: Any) -> Any:
    """The statement that an expression stands in, None outside of functions."""
    while node is not None and not isinstance(node, vy_ast.FunctionDef):
        parent = getattr(node, "_parent", None)
        if isinstance(node, vy_ast.Stmt | vy_ast.Log) or (
            isinstance(parent, vy_ast.FunctionDef | vy_ast.If | vy_ast.For) and _in_body(parent, node)
        ):
            return node
        node = parent
    return None


def _in_body(parent: Any, node: Any) -> bool:
    return any(node is child for child in [*parent.body, *getattr(parent, "orelse", [])])


def file_of(node: Any, root: Path) -> str | None:
    """The contract source that a node stands in, relative to the root; None for a library's or a test's."""
    path = Path(node.module_node.resolved_path)
    if not path.is_relative_to(root / "contracts") or "testing" in path.parts or path.suffix != ".vy":
        return None
    return str(path.relative_to(root))


def instructions(code: bytes) -> Iterator[tuple[int, int]]:
    """Position and opcode of every instruction."""
    pc = 0
    while pc < len(code):
        opcode = code[pc]
        yield pc, opcode
        pc += 1 + (opcode - PUSH0 if PUSH1 <= opcode <= PUSH32 else 0)


def jump_target(code: bytes, pc: int) -> int | None:
    """Where a JUMPI leads: the constant pushed right before it."""
    for width in (1, 2, 3):
        at = pc - width - 1
        if at >= 0 and code[at] == PUSH0 + width:
            return int.from_bytes(code[at + 1 : pc], "big")
    return None


class Unit:
    """One piece of compiled code, runtime or constructor, with its decisions and statements."""

    def __init__(self, code: bytes, source_map: dict[str, Any], root: Path) -> None:
        self.code, self.root = code, root
        self.nodes: dict[int, Any] = source_map["pc_raw_ast_map"]
        self.errors: dict[int, str] = source_map["error_map"]
        self.mapped = sorted(self.nodes)
        self.ways: dict[int, Way] = {}
        self.checks: dict[int, str] = {}
        self.statements = self._statements()
        self._orders: dict[int, int] = {}
        for pc, opcode in instructions(code):
            if opcode == JUMPI:
                self._read(pc)

    def _statements(self) -> dict[int, tuple[str, int]]:
        """The statement that each instruction belongs to, as file and first line."""
        found = {}
        for pc, node in self.nodes.items():
            statement = statement_of(node)
            file = None if statement is None else file_of(statement, self.root)
            # What the compiler writes itself (the functions of an exported interface) has no line.
            if file is not None and statement.lineno is not None:
                found[pc] = (file, statement.lineno)
        return found

    def _read(self, pc: int) -> None:
        """Read one JUMPI."""
        way = self._decision(pc)
        if way is not None:
            self.ways[pc] = way
        else:
            node = self.nodes.get(pc) or self._before(pc)
            if node is not None and file_of(node, self.root):
                self.checks[pc] = self.errors.get(pc, "loop or length")

    def _before(self, pc: int, *, in_statement: bool = False) -> Any:
        """The source of the newest instruction that has one."""
        at = bisect_right(self.mapped, pc)
        while at and in_statement and statement_of(self.nodes[self.mapped[at - 1]]) is None:
            at -= 1
        return self.nodes[self.mapped[at - 1]] if at else None

    def _decision(self, pc: int) -> Way | None:
        node = self.nodes.get(pc)
        target = jump_target(self.code, pc)
        if target is None or self.code[target : target + 4] in BARE_REVERTS:
            return None
        if target < pc:
            return self._loop(pc, node, target)
        if node is not None and not isinstance(node, vy_ast.FunctionDef):
            return self._mapped(node)
        before = self._before(pc, in_statement=node is not None)
        if self.errors.get(pc) is not None or before is None:
            return None
        return self._merged(before)

    def _mapped(self, node: Any) -> Way | None:
        """A JUMPI that knows its place in the source."""
        match node:
            case vy_ast.If():
                return self._way(node, "if", node.test, 1)
            case vy_ast.IfExp():
                return self._way(node, "ternary", node.test, 1)
            case vy_ast.BoolOp():
                order = self._orders.get(id(node), 0)
                self._orders[id(node)] = order + 1
                if order < len(node.values) - 1:
                    return self._way(node, "operand", node.values[order], 1)
            case vy_ast.Assert():
                return self._way(node, "assert", node.test, 0)
            case vy_ast.For():
                return self._way(node, "entry", node.iter, 1)
        return None

    def _merged(self, before: Any) -> Way | None:
        """A JUMPI without its place, after the code of `before`.

        The optimiser makes one of a jump over a jump: what was jumped over is then what it jumps for.
        """
        if isinstance(before, vy_ast.Break | vy_ast.Continue) and isinstance(before._parent, vy_ast.If):
            return self._way(before._parent, "if", before._parent.test, 0)
        node = before
        while node is not None and not isinstance(node, vy_ast.FunctionDef):
            parent = node._parent
            if isinstance(parent, vy_ast.BoolOp) and node is not parent.values[-1]:
                self._orders[id(parent)] = self._orders.get(id(parent), 0) + 1
                return self._way(parent, "operand", node, 0)
            if isinstance(parent, vy_ast.If | vy_ast.IfExp) and node is parent.test:
                return self._way(parent, "if" if isinstance(parent, vy_ast.If) else "ternary", node, 0)
            if isinstance(parent, vy_ast.For) and node is parent.iter:
                return self._way(parent, "entry", node, 1)
            node = parent
        return None

    def _loop(self, pc: int, node: Any, target: int) -> Way | None:
        """A jump backwards ends a round of the loop whose whole body lies between; other loops are the compiler's."""
        if isinstance(node, vy_ast.For):
            return self._way(node, "for", node.iter, 0)
        inside = {id(statement_of(self.nodes[at])) for at in self.mapped if target <= at < pc}
        inside |= {id(self.nodes[at]) for at in self.mapped if target <= at < pc}
        before = statement_of(self._before(pc, in_statement=True))
        while before is not None and not isinstance(before, vy_ast.FunctionDef):
            if isinstance(before, vy_ast.For) and all(id(before.body[end]) in inside for end in (0, -1)):
                return self._way(before, "for", before.iter, 0)
            before = before._parent
        return None

    def _way(self, node: Any, kind: str, condition: Any, taken: int) -> Way | None:
        file = file_of(node, self.root)
        if file is None or node.lineno is None:
            return None
        source = node if kind in ("for", "entry") else condition
        text = one_line(source.node_source_code or "")
        if source is node:
            text = one_line((node.node_source_code or "").split("\n")[0])
        point = Point(file=file, line=source.lineno, column=source.col_offset, kind=kind, text=text)
        return Way(point=point, taken=taken)

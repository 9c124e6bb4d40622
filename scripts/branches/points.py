"""The decisions of a compiled Vyper contract: which conditional jump stands for which source expression.

A decision is an `if`, a ternary, an `assert`, a `for`, or an operand of `and` / `or` that can end its chain early. Each
has two ways, and each way is one outcome of one JUMPI. The last operand of a chain has no jump of its own: the
statement that reads the chain decides on it. Every other JUMPI is a check that the compiler made.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vyper import ast as vy_ast  # type: ignore[import-untyped]  # has no types

JUMPI, PUSH0, PUSH1, PUSH32, REVERT = 0x57, 0x5F, 0x60, 0x7F, 0xFD

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


def _index(nodes: list[Any], wanted: Any) -> int:
    return next(at for at, node in enumerate(nodes) if node is wanted)


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
            found = self._named(pc, node)
        elif self.errors.get(pc) is None:
            found = self._unnamed(self._before(pc, in_statement=node is not None))
        else:
            found = None
        if found is None:
            return None
        decision, kind, condition = found
        return self._way(decision, kind, condition, self._taken(pc, target, decision, kind, condition))

    def _named(self, pc: int, node: Any) -> tuple[Any, str, Any] | None:
        """The decision of a JUMPI that knows its place in the source."""
        match node:
            case vy_ast.If() | vy_ast.IfExp():
                return node, "if" if isinstance(node, vy_ast.If) else "ternary", node.test
            case vy_ast.BoolOp():
                value = self._last_value(pc, node)
                return (node, "operand", value) if value is not None and value is not node.values[-1] else None
            case vy_ast.Assert():
                return node, "assert", node.test
            case vy_ast.For():
                return node, "entry", node.iter
        return None

    def _last_value(self, pc: int, chain: Any) -> Any:
        """The operand of `and` / `or` whose code ends before a JUMPI."""
        values = {id(value): value for value in chain.values}
        for at in range(bisect_left(self.mapped, pc) - 1, -1, -1):
            node = self.nodes[self.mapped[at]]
            while node is not None and id(node) not in values:
                node = node._parent
            if node is not None:
                return values[id(node)]
        return None

    def _unnamed(self, before: Any) -> tuple[Any, str, Any] | None:
        """The decision of a JUMPI without its place, after the code of `before`."""
        if isinstance(before, vy_ast.Break | vy_ast.Continue) and isinstance(before._parent, vy_ast.If):
            return before._parent, "if", before._parent.test
        node = before
        while node is not None and not isinstance(node, vy_ast.FunctionDef):
            parent = node._parent
            if isinstance(parent, vy_ast.BoolOp) and node is not parent.values[-1]:
                return parent, "operand", node
            if isinstance(parent, vy_ast.If | vy_ast.IfExp) and node is parent.test:
                return parent, "if" if isinstance(parent, vy_ast.If) else "ternary", node
            if isinstance(parent, vy_ast.For) and node is parent.iter:
                return parent, "entry", node
            node = parent
        return None

    def _taken(self, pc: int, target: int, decision: Any, kind: str, condition: Any) -> int:
        """Which way a jump means: the optimiser may turn a jump round, so what is jumped over says it.

        A jump over the body of an `if` means false; where the body is nothing but a jump, it may have become this one.
        """
        match kind:
            case "assert":
                return 0 if self.code[target - 1] == REVERT else 1
            case "entry":
                return 1
            case "operand":
                following = decision.values[_index(decision.values, condition) + 1]
                goes_on = 0 if isinstance(decision.op, vy_ast.And) else 1
                return 1 - goes_on if self._lies_between(pc, target, [following]) else goes_on
        body = decision.body if kind == "if" else [decision.body]
        if self._lies_between(pc, target, body):
            return 1
        return 0 if self._lies_between(0, len(self.code), body) else 1

    def _lies_between(self, start: int, end: int, nodes: list[Any]) -> bool:
        """Whether code of one of the nodes stands after `start` and before `end`."""
        ids = {id(child) for node in nodes for child in [node, *node.get_descendants()]}
        first, last = bisect_right(self.mapped, start), bisect_left(self.mapped, end)
        return any(id(self.nodes[at]) in ids for at in self.mapped[first:last])

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

"""The ways in which a contract is broken: each rule turns one node of its syntax tree into other source text.

A rule that does not apply everywhere its syntax allows may give text that does not compile; such a mutant is not
counted. What a rule changes is text between two positions, so that everything else of the file stays as it is.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from vyper import ast as vy_ast  # type: ignore[import-untyped]  # has no types


class Edit(NamedTuple):
    """A change of source text."""

    operator: str
    """The rule that made it."""
    start: int
    """First character that goes."""
    end: int
    """First character that stays."""
    text: str
    """What comes instead."""


COMPARE = {
    vy_ast.Lt: ("<=", ">="),
    vy_ast.LtE: ("<", ">"),
    vy_ast.Gt: (">=", "<="),
    vy_ast.GtE: (">", "<"),
    vy_ast.Eq: ("!=",),
    vy_ast.NotEq: ("==",),
    vy_ast.In: ("not in",),
    vy_ast.NotIn: ("in",),
}
"""A comparison's boundary moved, and the comparison turned round."""

ARITHMETIC = {
    vy_ast.Add: ("+", "-"),
    vy_ast.Sub: ("-", "+"),
    vy_ast.Mult: ("*", "//"),
    vy_ast.FloorDiv: ("//", "%"),
    vy_ast.Mod: ("%", "//"),
    vy_ast.LShift: ("<<", ">>"),
    vy_ast.RShift: (">>", "<<"),
    vy_ast.BitAnd: ("&", "|"),
    vy_ast.BitOr: ("|", "&"),
    vy_ast.BitXor: ("^", "|"),
}
CALLS = {
    "unsafe_add": "unsafe_sub",
    "unsafe_sub": "unsafe_add",
    "unsafe_mul": "unsafe_add",
    "unsafe_div": "unsafe_mul",
    "min": "max",
    "max": "min",
}
SIDES = {"long": "short", "short": "long", "first": "second", "second": "first", "outgoing": "incoming"}
SIDES |= {"incoming": "outgoing"}
SIDE = re.compile(r"(?<![a-z])(" + "|".join(SIDES) + r")(?![a-z])")


class Text:
    """Source text by the compiler's lines and columns."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def span(self, node: Any) -> tuple[int, int]:
        """Where a node begins and ends."""
        start = self.lines[node.lineno - 1] + node.col_offset
        return start, self.lines[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: Any) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.source[start:end]

    def operator(self, left: Any, right: Any, symbol: str) -> tuple[int, int] | None:
        """Where an operator stands between its two operands; None where the compiler's columns are off."""
        start, end = self.span(left)[1], self.span(right)[0]
        between = self.source[start:end]
        at = between.find(symbol)
        if at < 0 or between.count(symbol) != 1:
            return None
        return start + at, start + at + len(symbol)


Rule = Callable[[Any, Text], Iterator[Edit]]


def comparison(node: Any, text: Text) -> Iterator[Edit]:
    """`<` becomes `<=` and `>=`, `==` becomes `!=`, `in` becomes `not in`."""
    if isinstance(node, vy_ast.Compare) and type(node.op) in COMPARE:
        for symbol in (" <= ", " >= ", " < ", " > ", " == ", " != ", " not in ", " in "):
            place = text.operator(node.left, node.right, symbol)
            if place:
                yield from (Edit("compare", *place, f" {other} ") for other in COMPARE[type(node.op)])
                return


def dropped_assert(node: Any, text: Text) -> Iterator[Edit]:
    """An assert goes; what it calls still runs."""
    if isinstance(node, vy_ast.Assert):
        start, end = text.span(node)
        call = isinstance(node.test, vy_ast.ExtCall)
        instead = f"unchecked: bool = {text.of(node.test)}" if call else "pass"
        yield Edit("drop assert", start, end, instead)


def connective(node: Any, text: Text) -> Iterator[Edit]:
    """`and` becomes `or`, one at a time."""
    if isinstance(node, vy_ast.BoolOp):
        symbol, other = ("and", "or") if isinstance(node.op, vy_ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            place = text.operator(left, right, symbol)
            if place:
                yield Edit("and/or", *place, other)


def operand(node: Any, text: Text) -> Iterator[Edit]:
    """One condition of a chain counts no more."""
    if isinstance(node, vy_ast.BoolOp):
        neutral = "True" if isinstance(node.op, vy_ast.And) else "False"
        for value in node.values:
            yield Edit("drop condition", *text.span(value), neutral)


def negation(node: Any, text: Text) -> Iterator[Edit]:
    """`not x` becomes `x`; the branches of an `if` and of a ternary change places."""
    if isinstance(node, vy_ast.UnaryOp) and isinstance(node.op, vy_ast.Not):
        yield Edit("negate", *text.span(node), text.of(node.operand))
    elif isinstance(node, vy_ast.If | vy_ast.IfExp):
        yield Edit("negate", *text.span(node.test), f"not ({text.of(node.test)})")


def side(node: Any, text: Text) -> Iterator[Edit]:
    """Long and short, first and second, outgoing and incoming change places in one name."""
    match node:
        case vy_ast.Attribute():
            name, end = node.attr, text.span(node)[1]
        case vy_ast.Name():
            name, end = node.id, text.span(node)[1]
        case _:
            return
    other = SIDE.sub(lambda match: SIDES[match[1]], name)
    if other != name and text.source[end - len(name) : end] == name:
        yield Edit("swap sides", end - len(name), end, other)


def dropped_call(node: Any, text: Text) -> Iterator[Edit]:
    """A statement that only calls (a credit, a debit, a check, a transfer) goes."""
    if isinstance(node, vy_ast.Expr) and isinstance(node.value, vy_ast.Call):
        yield Edit("drop call", *text.span(node), "pass")


def dropped_write(node: Any, text: Text) -> Iterator[Edit]:
    """An assignment goes."""
    if isinstance(node, vy_ast.Assign | vy_ast.AugAssign):
        yield Edit("drop write", *text.span(node), "pass")


def augmented(node: Any, text: Text) -> Iterator[Edit]:
    """`+=` becomes `-=`, and both become `=`."""
    if isinstance(node, vy_ast.AugAssign) and type(node.op) in ARITHMETIC:
        symbol, other = ARITHMETIC[type(node.op)]
        place = text.operator(node.target, node.value, f"{symbol}=")
        if place:
            yield Edit("arithmetic", *place, f"{other}=")
            yield Edit("arithmetic", *place, "=")


def dropped_log(node: Any, text: Text) -> Iterator[Edit]:
    """An event is not logged."""
    if isinstance(node, vy_ast.Log):
        yield Edit("drop log", *text.span(node), "pass")


def number(node: Any, text: Text) -> Iterator[Edit]:
    """A number is one more, one less."""
    if isinstance(node, vy_ast.Int) and re.fullmatch(r"[\d_]+", text.of(node)):
        start, end = text.span(node)
        yield Edit("off by one", start, end, str(node.value + 1))
        if node.value > 0:
            yield Edit("off by one", start, end, str(node.value - 1))


def day(node: Any, text: Text) -> Iterator[Edit]:
    """A day that is computed is the next, or the one before."""
    if isinstance(node, vy_ast.BinOp) and isinstance(node.op, vy_ast.FloorDiv) and text.of(node).endswith("DAY"):
        yield Edit("off by a day", *text.span(node), f"({text.of(node)} + 1)")
        yield Edit("off by a day", *text.span(node), f"({text.of(node)} - 1)")


def arithmetic(node: Any, text: Text) -> Iterator[Edit]:
    """`+` becomes `-`, `//` becomes `%`, `<<` becomes `>>`, `&` becomes `|`."""
    if isinstance(node, vy_ast.BinOp) and type(node.op) in ARITHMETIC:
        symbol, other = ARITHMETIC[type(node.op)]
        place = text.operator(node.left, node.right, f" {symbol} ")
        if place:
            yield Edit("arithmetic", *place, f" {other} ")


def called(node: Any, text: Text) -> Iterator[Edit]:
    """`min` becomes `max`, `unsafe_add` becomes `unsafe_sub`."""
    if isinstance(node, vy_ast.Call) and isinstance(node.func, vy_ast.Name) and node.func.id in CALLS:
        yield Edit("arithmetic", *text.span(node.func), CALLS[node.func.id])


def truth(node: Any, text: Text) -> Iterator[Edit]:
    """True becomes False."""
    if isinstance(node, vy_ast.NameConstant) and text.of(node) in ("True", "False"):
        yield Edit("true/false", *text.span(node), str(text.of(node) == "False"))


def member(node: Any, text: Text) -> Iterator[Edit]:
    """A member of a list that is searched is forgotten."""
    if isinstance(node, vy_ast.Compare) and isinstance(node.right, vy_ast.List) and len(node.right.elements) > 1:
        for dropped in node.right.elements:
            kept = [text.of(element) for element in node.right.elements if element is not dropped]
            yield Edit("drop member", *text.span(node.right), f"[{', '.join(kept)}]")


def sender(node: Any, text: Text) -> Iterator[Edit]:
    """Who calls is taken for the contract itself."""
    if isinstance(node, vy_ast.Attribute) and text.of(node) == "msg.sender":
        yield Edit("sender", *text.span(node), "self")


def loop(node: Any, text: Text) -> Iterator[Edit]:
    """`break` becomes `continue`."""
    if isinstance(node, vy_ast.Break | vy_ast.Continue):
        yield Edit("loop", *text.span(node), "continue" if isinstance(node, vy_ast.Break) else "break")


def signed_text(node: Any, text: Text) -> Iterator[Edit]:
    """A text that is hashed has one more character: type strings, names of domains."""
    parent = getattr(node, "_parent", None)
    if isinstance(node, vy_ast.Str) and isinstance(parent, vy_ast.Call):
        end = text.span(node)[1]
        if text.source[end - 1] == '"':
            yield Edit("text", end - 1, end, 'x"')


RULES: tuple[Rule, ...] = (
    comparison,
    dropped_assert,
    connective,
    operand,
    negation,
    side,
    dropped_call,
    dropped_write,
    augmented,
    dropped_log,
    number,
    day,
    arithmetic,
    called,
    truth,
    member,
    sender,
    loop,
    signed_text,
)


def names_of_a_family(module: Any) -> dict[str, str]:
    """Constants that number the same things (a status), each with the one that is put in its place."""
    family: list[str] = []
    for node in module.get_children(vy_ast.VariableDecl):
        if node.is_constant and isinstance(node.value, vy_ast.Int) and node.value.value == len(family):
            family.append(node.target.id)
    return dict(zip(family, family[1:] + family[:1], strict=True)) if len(family) > 2 else {}


def status(node: Any, text: Text, family: dict[str, str]) -> Iterator[Edit]:
    """One status is taken for the next one."""
    name = node.attr if isinstance(node, vy_ast.Attribute) else getattr(node, "id", None)
    end = text.span(node)[1]
    if name in family and text.source[end - len(name) : end] == name:
        yield Edit("status", end - len(name), end, family[name])

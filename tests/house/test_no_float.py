"""Floats never touch money: read from the syntax tree of every module of the SDK, the index and the oracle node."""

import ast
from pathlib import Path

import pytest
from support.tree import syntax, tracked

MODULES = sorted(path for path in tracked(".py") if path.parts[0] in {"ifx_sdk", "ifx_index", "oracle_node"})

# What may stand in a module all the same, and why it is never money. Whatever else is found there is refused.
SECONDS = {"the literal": "seconds to wait", "the name float": "seconds to wait"}
EXEMPT = {
    Path("ifx_sdk/chain.py"): SECONDS,
    Path("ifx_sdk/tracking.py"): SECONDS,
    Path("ifx_sdk/deadline.py"): SECONDS,
    Path("ifx_sdk/desk/http.py"): SECONDS,
    Path("ifx_sdk/desk/client.py"): SECONDS,
    Path("oracle_node/fetch.py"): SECONDS,
    Path("oracle_node/serving.py"): SECONDS,
    Path("oracle_node/service.py"): SECONDS,
    Path("oracle_node/clocks.py"): SECONDS
    | {
        "time.time": "the machine's clock",
        "statistics.median_": "one of the whole seconds given",
    },
    Path("ifx_sdk/artifacts.py"): {
        "true division resources.files": "a path inside the package",
        "json.loads": "an ABI: texts and flags",
    },
    Path("ifx_sdk/local_chain.py"): {"true division b.header.gas_used": "the share of a block that is used"},
    Path("ifx_sdk/outcomes.py"): {"json.loads": "a journal's attempts: hashes, a nonce and a block's number"},
    Path("ifx_sdk/hedging/simulation.py"): {
        "the literal": "statistics of paths: nothing of it is paid by or to anybody",
        "the name float": "statistics of paths",
        "true division": "statistics of paths",
    },
    Path("ifx_sdk/cli/curve_chart.py"): {
        "the literal": "places on paper",
        "the name float": "places on paper",
        "true division": "places on paper",
    },
    Path("ifx_sdk/cli/hedge_chart.py"): {
        "the literal": "places on paper",
        "the name float": "places on paper",
        "true division": "places on paper",
    },
    Path("ifx_sdk/cli/pictures.py"): {
        "the literal": "places on paper",
        "the name float": "places on paper",
        "true division": "places on paper",
    },
    Path("ifx_sdk/signers.py"): {"json.loads": "a keystore: texts, and rounds of its key derivation"},
}

# Of `math` only what gives integers for integers.
EXACT_MATH = {"isqrt", "gcd", "lcm", "comb", "perm", "prod", "factorial"}
EXACT_TYPES = {"Decimal", "Fraction", "Path"}


def exact_names(tree: ast.AST) -> set[str]:
    """Names and attributes that the module says are `Decimal`, `Fraction` or `Path`, by annotation or by value."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation and is_exact_annotation(node.annotation):
            names.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and is_exact_annotation(node.annotation):
            names.add(ast.unparse(node.target).split(".")[-1])
        elif isinstance(node, ast.FunctionDef) and node.returns and is_exact_annotation(node.returns):
            names.add(node.name)
    grew = True
    while grew:
        before = len(names)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and is_exact(node.value, names):
                names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        grew = len(names) > before
    return names


def is_exact_annotation(annotation: ast.expr) -> bool:
    """Whether an annotation is an exact type, perhaps inside `Final[...]`."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value).split(".")[-1] == "Final":
        annotation = annotation.slice
    return ast.unparse(annotation).split(".")[-1].strip("'\"") in EXACT_TYPES


def is_exact(value: ast.expr, names: set[str]) -> bool:
    """Whether an expression is exact: made of an exact type, a method of one, or arithmetic with one."""
    if isinstance(value, ast.Call):
        name = ast.unparse(value.func).split(".")[-1]
        owner = value.func.value if isinstance(value.func, ast.Attribute) else None
        return name in EXACT_TYPES | names or (owner is not None and is_exact(owner, names))
    if isinstance(value, ast.BinOp):
        return is_exact(value.left, names) or is_exact(value.right, names)
    if isinstance(value, ast.UnaryOp):
        return is_exact(value.operand, names)
    if isinstance(value, ast.Attribute):
        return value.attr in names
    return isinstance(value, ast.Name) and value.id in names


def floats(tree: ast.AST) -> list[str]:
    """Whatever could make a float: literals, the name, true division of integers, negative powers, `math`, JSON."""
    names = exact_names(tree)
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"line {line}: the literal {node.value}")
        elif isinstance(node, ast.Name) and node.id == "float":
            found.append(f"line {line}: the name float")
        elif isinstance(node, ast.BinOp | ast.AugAssign):
            found += [f"line {line}: {why}" for why in inexact_operation(node, names)]
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "math" and node.attr not in EXACT_MATH:
            found.append(f"line {line}: math.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module in {"math", "statistics", "random", "numpy"}:
            wrong = [alias.name for alias in node.names if alias.name not in EXACT_MATH]
            found += [f"line {line}: {node.module}.{name}" for name in wrong]
        elif isinstance(node, ast.Call) and reads_json(node) and not keywords(node) >= {"parse_float"}:
            found.append(f"line {line}: {ast.unparse(node.func)} without parse_float")
    return found


def reads_json(call: ast.Call) -> bool:
    """Whether a call is one of the standard library's JSON readers, which make floats unless told otherwise."""
    return ast.unparse(call.func) in {"json.loads", "json.load"}


def keywords(call: ast.Call) -> set[str]:
    """The names of a call's keyword arguments."""
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def inexact_operation(node: ast.BinOp | ast.AugAssign, names: set[str]) -> list[str]:
    """Why one arithmetic operation could give a float."""
    left, right = (node.target, node.value) if isinstance(node, ast.AugAssign) else (node.left, node.right)
    if isinstance(node.op, ast.Div) and not (is_exact(left, names) or is_exact(right, names)):
        return [f"true division {ast.unparse(node)}"]
    negative = (
        isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub) and isinstance(right.operand, ast.Constant)
    )
    if isinstance(node.op, ast.Pow) and negative and not is_exact(left, names):
        return [f"negative power {ast.unparse(node)}"]
    return []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_makes_no_float(path: Path) -> None:
    """Prices and amounts are integers, or `Decimal` and `Fraction` on their way to one."""
    allowed = tuple(EXEMPT.get(path, ()))
    found = [each for each in floats(syntax(path)) if not each.partition(": ")[2].startswith(allowed)]
    assert found == []


def test_no_exemption_outlives_its_module() -> None:
    """Each names a file that is there."""
    assert set(MODULES) >= set(EXEMPT)


@pytest.mark.parametrize(
    "source",
    [
        "price = 7.45",
        "float(text)",
        "half = fee / 2",
        "unit = 10 ** -6",
        "fee /= 2",
        "import math\nmath.exp(x)",
        "from math import exp",
        "import json\njson.loads(body)",
        "def f(text: str, n: int): return len(text) / n",
    ],
)
def test_the_rule_sees_a_float(source: str) -> None:
    """Each way in which a float could come in is seen."""
    assert floats(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "half = fee // 2",
        "scale = 10 ** 6",
        "from decimal import Decimal\nx = Decimal(text) / 2",
        "def mean(total: Fraction, n: int): return total / n",
        "from pathlib import Path\nhere = Path('a') / 'b'\nthere = here / 'c'",
        "import math\nmath.isqrt(n)",
        "import json\njson.loads(body, parse_float=Decimal)",
    ],
)
def test_the_rule_lets_exact_arithmetic_pass(source: str) -> None:
    """Integers, fractions, decimals and paths are not floats."""
    assert floats(ast.parse(source)) == []

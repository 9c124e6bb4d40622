"""Every refusal of the contracts has its own reason, and the documents know each of them."""

import re
from collections import Counter
from pathlib import Path

import pytest
from support.tree import text, tracked
from vyper import ast as vy_ast

CONTRACTS = tuple(path for path in tracked(".vy") if path.parts[0] == "contracts")
SHIPPED = tuple(path for path in CONTRACTS if "testing" not in path.parts)

# `module: short reason`: one of these modules, then lower-case words that fit a wallet's one line.
MODULES = ("escrow", "oracle", "ledger", "packed", "feed", "timelock", "usdt")
# A feed without data says so in the words that its consumers look for.
CONVENTION = "No data present"
REASON = re.compile(rf"^(?:(?:{'|'.join(MODULES)}): [a-z0-9' -]{{3,40}}|{CONVENTION})$")


def refusals(path: Path) -> list[tuple[int, str]]:
    """Line and reason of every assert and raise of a Vyper file; a missing reason is empty."""
    module = vy_ast.parse_to_ast(text(path))
    found = []
    for node in module.get_descendants(vy_ast.Assert):
        found.append((node.lineno, node.msg.value if isinstance(node.msg, vy_ast.Str) else ""))
    for node in module.get_descendants(vy_ast.Raise):
        found.append((node.lineno, node.exc.value if isinstance(node.exc, vy_ast.Str) else ""))
    return found


def reasons(paths: tuple[Path, ...]) -> list[str]:
    return [reason for path in paths for _, reason in refusals(path)]


@pytest.mark.parametrize("path", CONTRACTS, ids=str)
def test_every_assert_and_raise_has_a_reason(path: Path) -> None:
    """A caller who is refused is told why, as `module: short reason`."""
    assert [f"line {line}: {reason!r}" for line, reason in refusals(path) if not REASON.match(reason)] == []


def test_every_reason_is_unique() -> None:
    """A reason names one line of the contracts, so the SDK can name one cure."""
    assert [reason for reason, count in Counter(reasons(CONTRACTS)).items() if count > 1] == []


def test_the_contracts_refuse_something() -> None:
    """The reader above finds the refusals: a change of the compiler's tree must not empty these tests."""
    assert {"escrow: not the desk", "oracle: signer twice", "ledger: balance too low"} <= set(reasons(SHIPPED))


def test_protocol_lists_every_reason_once() -> None:
    """The table of refusals in docs/protocol.md holds exactly the reasons of the contracts that are deployed."""
    rows = re.compile(rf"^\| `((?:{'|'.join(MODULES)}): [^`]+|{CONVENTION})` \|", re.MULTILINE)
    listed = rows.findall(text("docs/protocol.md"))
    assert sorted(listed) == sorted(reasons(SHIPPED))

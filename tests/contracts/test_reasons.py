"""No refusal of the contracts is left untried."""

import ast
import re
from pathlib import Path

import pytest
from support.tree import ROOT

REASON = re.compile(r'"((?:escrow|oracle|feed|ledger|packed|timelock|usdt): [^"]+|No data present)"')
HERE = Path(__file__)

# Whom messages name.
PARTIES = ("long", "short", "outgoing", "incoming", "remaining")

# Those of snekmate's modules that our exports can reach.
LIBRARY = {"ownable: caller is not the owner", "ownable_2step: caller is not the new owner"}

# The timelock's constructor asserts what its own code has just made so; nothing given to it can break them.
BEYOND_REACH = {"timelock: delay is not 7 days", "timelock: outside admin"}


def reasons() -> list[str]:
    """Every reason of a contract, the library's included."""
    sources = sorted((ROOT / "contracts").rglob("*.vy"))
    found = {reason for path in sources for reason in REASON.findall(path.read_text(encoding="utf-8"))}
    return sorted((found | LIBRARY) - BEYOND_REACH)


def expected_refusals() -> set[str]:
    """Every text that the contract tests hold a refusal against: arguments of `refused`, and of their parameters."""
    found = set()
    for path in HERE.parent.rglob("test_*.py"):
        if path == HERE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                # f"escrow: {side} has not approved" is tried for each of them.
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                found |= {text.format(role) for role in PARTIES if text.count("{}") == 1}
    return found


@pytest.mark.parametrize("reason", reasons())
def test_every_reason_is_provoked(reason: str) -> None:
    """Some contract test expects exactly this refusal."""
    assert reason in expected_refusals()

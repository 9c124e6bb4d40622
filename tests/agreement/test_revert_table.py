"""The SDK knows every reason for which the contracts refuse a call, and no other."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ifx_sdk.errors import REVERTS, BadTerms, Reverted, revert_error

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"

# Reasons of the library modules that our contracts initialise, which do not stand in contracts/.
SNEKMATE = {
    "ownable: caller is not the owner",
    "ownable: new owner is the zero address",
    "ownable_2step: caller is not the new owner",
    "timelock_controller: operation already scheduled",
    "timelock_controller: insufficient delay",
    "timelock_controller: operation cannot be cancelled",
    "timelock_controller: operation is not ready",
    "timelock_controller: missing dependency",
    "timelock_controller: underlying transaction reverted",
    "timelock_controller: length mismatch",
    "access_control: account is missing role",
    "access_control: can only renounce roles for itself",
}

# From a statement's first word to its reason, over as many lines as it takes; comments cannot hold a quote's end.
REFUSAL = re.compile(
    r'^[ \t]*(?:assert\b[^"\n]*(?:\n(?![ \t]*(?:assert|raise)\b)[^"\n]*)*?|raise\s+)"([^"]*)"', re.MULTILINE
)
KEYWORD = re.compile(r"^[ \t]*(?:assert|raise)\b", re.MULTILINE)


def sources() -> list[Path]:
    return sorted(CONTRACTS.rglob("*.vy"))


def reasons() -> Iterator[str]:
    for path in sources():
        yield from REFUSAL.findall(path.read_text(encoding="utf-8"))


def test_every_assert_and_raise_is_read() -> None:
    """The reader misses none: it finds one reason for each assert or raise."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert len(REFUSAL.findall(text)) == len(KEYWORD.findall(text)), path.name


def test_each_reason_appears_once_in_the_contracts() -> None:
    """A reason says which line refused."""
    assert [reason for reason, count in Counter(reasons()).items() if count > 1] == []


def test_every_reason_has_a_leaf() -> None:
    """No call of ours fails with a reason that the SDK cannot name."""
    assert (set(reasons()) | SNEKMATE) - set(REVERTS) == set()


def test_every_leaf_has_a_reason_that_exists() -> None:
    """No leaf waits for a reason that no contract gives."""
    assert set(REVERTS) - set(reasons()) - SNEKMATE == set()


@pytest.mark.parametrize("reason", sorted(REVERTS))
def test_a_leaf_carries_reason_hash_and_cure(reason: str) -> None:
    """What the chain says becomes an error with its reason, the transaction and what to do."""
    error = revert_error(reason, "0xabc")
    assert type(error) is REVERTS[reason]
    assert (error.reason, error.tx_hash) == (reason, "0xabc")
    assert error.cure
    assert reason in str(error)
    assert "0xabc" in str(error)
    assert str(error).endswith(error.cure)


def test_every_check_of_book_on_the_terms_is_bad_terms() -> None:
    """Between the first and the last check of `book`, all but the roles' are faults of the terms."""
    interface = (CONTRACTS / "interfaces" / "IForwardEscrow.vyi").read_text(encoding="utf-8")
    listed = interface[interface.index("Reverts, in this order:") : interface.index("then those of `deposit_for`")]
    checks = re.findall(r"`(escrow: [^`]+)`", listed)
    assert len(checks) == 20
    roles = {"escrow: not the desk", "escrow: booking is paused"}
    assert [check for check in checks if not issubclass(REVERTS[check], BadTerms)] == sorted(roles, reverse=True)


def test_an_unknown_reason_is_a_plain_revert() -> None:
    """What no leaf knows is passed on as it is."""
    assert type(revert_error("strange: reason")) is Reverted
    assert revert_error("strange: reason").reason == "strange: reason"
    assert type(revert_error(None)) is Reverted
    assert str(revert_error(None, "0xabc")) == "transaction 0xabc reverted without a reason"

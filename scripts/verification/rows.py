"""One line of a verification, and how a value with a history becomes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from ifx_sdk.errors import IFXError
from scripts.verification.history import Change


class Verdict(Enum):
    """What became of one item."""

    PASS = "PASS"  # noqa: S105 - a verdict
    CHANGED = "CHANGED"
    FAIL = "FAIL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One item."""

    item: str
    """What was compared, such as `escrow: desk`."""
    verdict: Verdict
    """PASS, CHANGED (lawfully, through the timelock) or FAIL."""
    found: str
    """What the chain says."""
    why: str = field(default="")
    """The operation of a change, or what is wrong."""


def compared(item: str, recorded: object, found: object) -> Row:
    """What can never change: equal or a failure."""
    if recorded == found:
        return Row(item=item, verdict=Verdict.PASS, found=shown(found))
    return Row(item=item, verdict=Verdict.FAIL, found=shown(found), why=f"the record says {shown(recorded)}")


def traced(
    item: str, recorded: object, at_handover: object, changes: Sequence[Change], expected: object, found: object
) -> Row:
    """What the owner can change: as recorded at the handover, then only through the timelock.

    `expected` is what the events lead to, `found` what the chain answers.
    """
    foreign = [each for each in changes if each.operation is None]
    why = ""
    if at_handover != recorded:
        why = f"the record says {shown(recorded)}, and at the handover it was {shown(at_handover)}"
    elif foreign:
        why = f"changed {foreign[0].cause}"
    elif expected != found:
        why = f"{'the events say' if changes else 'the record says'} {shown(expected)}"
    if why:
        return Row(item=item, verdict=Verdict.FAIL, found=shown(found), why=why)
    if changes:
        return Row(item=item, verdict=Verdict.CHANGED, found=shown(found), why=changes[-1].cause)
    return Row(item=item, verdict=Verdict.PASS, found=shown(found))


def failed(item: str, error: IFXError) -> Row:
    """An item that could not be read."""
    return Row(item=item, verdict=Verdict.FAIL, found="", why=str(error))


def shown(value: object) -> str:
    """A value for people."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple | list):
        return ", ".join(map(shown, value)) or "none"
    return "none" if value is None else str(value)

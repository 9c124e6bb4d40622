"""What a verification found: its steps, its verdict, and what it does not prove."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ifx_sdk.bundle.errors import Mismatch


class Verdict(StrEnum):
    """What all steps gave."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    NOT_PROVEN = "NOT PROVEN"


class End(StrEnum):
    """How far a forward has come."""

    ACTIVE = "active"
    SETTLED = "settled"
    TERMINATED = "terminated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the way back that holds."""

    what: str
    """What was computed again."""
    text: str
    """What came of it."""


@dataclass(kw_only=True, slots=True)
class Verified:
    """One forward, verified as far as its bundle goes."""

    id: bytes | None
    """The forward, 32 bytes; None where the bundle could not be read so far."""
    end: End | None = None
    """How far it has come; None where the way back did not get there."""
    steps: list[Step] = field(default_factory=list)
    """What holds, in order."""
    mismatch: Mismatch | None = None
    """The first thing that does not match; nothing after it was looked at."""
    missing: tuple[str, ...] = ()
    """Evidence that the bundle does not hold, by name of part."""
    unproven: tuple[str, ...] = ()
    """Days of which no node's evidence is whole in the bundle, `YYYY-MM-DD`."""
    signers: tuple[str, ...] = ()
    """The oracle nodes whose signatures were recovered, checksummed, sorted."""
    blocks: tuple[tuple[int, str], ...] = ()
    """Height and hash of every block that the proofs rest on."""
    confirmed: frozenset[str] = frozenset()
    """Hashes of those that a trusted node, or the user, says are the chain's."""
    not_proven: list[str] = field(default_factory=list)
    """What only a node of the chain, or another command, can tell; in words."""

    @property
    def verdict(self) -> Verdict:
        """FAIL at the first mismatch; PASS where every fixing has a node's whole evidence; else NOT PROVEN."""
        if self.mismatch is not None:
            return Verdict.FAIL
        return Verdict.NOT_PROVEN if self.unproven else Verdict.PASS

    @property
    def ending_is_open(self) -> bool:
        """Whether the forward was active in the newest state that is proven."""
        return self.end is End.ACTIVE

    def ok(self, what: str, text: str) -> None:
        """Note a step that holds."""
        self.steps.append(Step(what=what, text=text))

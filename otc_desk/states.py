"""The states of a request and of an agreement, and what may follow what. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MAX_REASON: Final = 1_000
"""Characters of a reason, of a request as of an agreement: the one's becomes the other's."""


class RequestState(StrEnum):
    """Where a request for a forward stands."""

    DRAFT = "draft"
    """Its author alone sees it."""
    SUBMITTED = "submitted"
    """The operator looks at it."""
    CHECKED = "checked"
    """It can be matched."""
    REJECTED = "rejected"
    """The operator said no, with the reason."""
    MATCHED = "matched"
    """It has a counterpart, and final terms are being made."""
    TERMS_SENT = "terms_sent"
    """Final terms wait for both sides."""
    APPROVED_BY_ONE = "approved_by_one"
    """One side approved."""
    APPROVED_BY_BOTH = "approved_by_both"
    """Both did: it is being booked."""
    BOOKED = "booked"
    """The forward is on the chain."""
    EXPIRED = "expired"
    """Its validity is over."""
    WITHDRAWN = "withdrawn"
    """Its author took it back."""


REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = MappingProxyType(
    {
        RequestState.DRAFT: frozenset({RequestState.SUBMITTED, RequestState.WITHDRAWN, RequestState.EXPIRED}),
        RequestState.SUBMITTED: frozenset(
            {RequestState.CHECKED, RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.EXPIRED}
        ),
        RequestState.CHECKED: frozenset(
            {RequestState.MATCHED, RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.EXPIRED}
        ),
        RequestState.MATCHED: frozenset({RequestState.TERMS_SENT, RequestState.CHECKED}),
        RequestState.TERMS_SENT: frozenset(
            {RequestState.APPROVED_BY_ONE, RequestState.APPROVED_BY_BOTH, RequestState.CHECKED, RequestState.EXPIRED}
        ),
        RequestState.APPROVED_BY_ONE: frozenset(
            {RequestState.TERMS_SENT, RequestState.APPROVED_BY_BOTH, RequestState.CHECKED, RequestState.EXPIRED}
        ),
        RequestState.APPROVED_BY_BOTH: frozenset(
            {RequestState.BOOKED, RequestState.APPROVED_BY_ONE, RequestState.CHECKED, RequestState.EXPIRED}
        ),
        RequestState.REJECTED: frozenset(),
        RequestState.BOOKED: frozenset({RequestState.APPROVED_BY_BOTH}),
        RequestState.EXPIRED: frozenset(),
        RequestState.WITHDRAWN: frozenset(),
    }
)
"""State -> what may follow. Back to `checked` leads an agreement that came to nothing: the request is open again. Back
from `booked` leads a block that the chain undid before it was final."""


class AgreementState(StrEnum):
    """Where a message that parties approve stands: terms, a termination or a novation."""

    SENT = "sent"
    """It waits for approvals; its text never changes."""
    APPROVED = "approved"
    """All whom it concerns approved: it is being booked or executed."""
    DONE = "done"
    """It is on the chain."""
    EXPIRED = "expired"
    """Its deadline is over."""
    DECLINED = "declined"
    """One of them said no, or revoked on the chain."""
    FAILED = "failed"
    """The chain refused it, with the reason; it can never be executed."""


AGREEMENT_MOVES: Mapping[AgreementState, frozenset[AgreementState]] = MappingProxyType(
    {
        AgreementState.SENT: frozenset(
            {
                AgreementState.APPROVED,
                AgreementState.DONE,
                AgreementState.EXPIRED,
                AgreementState.DECLINED,
                AgreementState.FAILED,
            }
        ),
        AgreementState.APPROVED: frozenset(
            {
                AgreementState.SENT,
                AgreementState.DONE,
                AgreementState.EXPIRED,
                AgreementState.DECLINED,
                AgreementState.FAILED,
            }
        ),
        AgreementState.DONE: frozenset({AgreementState.APPROVED}),
        AgreementState.EXPIRED: frozenset(),
        AgreementState.DECLINED: frozenset(),
        AgreementState.FAILED: frozenset(),
    }
)
"""State -> what may follow. Anyone may execute on the chain, so that `done` can follow `sent` too.

Back from `done` leads a block that the chain undid before it was final.
"""

OPEN_REQUESTS = frozenset(state for state, moves in REQUEST_MOVES.items() if moves) - {RequestState.BOOKED}
"""States of a request that is not over."""
OPEN_AGREEMENTS = frozenset(state for state, moves in AGREEMENT_MOVES.items() if moves) - {AgreementState.DONE}
"""States of an agreement that is not over."""


def fitting(reason: str) -> str:
    """A reason as its column takes it: PostgreSQL refuses a longer text, and NUL, with all that goes with it."""
    clean = reason.replace("\0", "")
    return clean if len(clean) <= MAX_REASON else f"{clean[: MAX_REASON - 4]} ..."

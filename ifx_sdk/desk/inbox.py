"""What waits for an account at a desk, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ifx_sdk.desk.agreements import Agreement
from ifx_sdk.desk.client import Desk
from ifx_sdk.money import format_price, format_quantity

NEVER: Final = 2**62
"""Behind every deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits."""

    id: str
    """Of the agreement or request."""
    kind: Literal["terms", "termination", "novation", "draft", "problem"]
    """What it is; a `problem` stands in the way of an agreement that was approved."""
    what: str
    """In one line."""
    until: int | None
    """Last second for it, unix seconds UTC."""
    do: str
    """The command that does it, or what to do."""


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """Approvals that are missing, problems of this account's own, and drafts. Raises as the desk's reads."""
    found: list[Waiting] = []
    for state in ("sent", "approved"):
        for summary in desk.agreements(state=state):
            agreement = desk.terms(summary.id)
            if agreement.is_mine_to_approve:
                found.append(_approval(agreement))
            found += _problems(desk, agreement)
    found += [
        Waiting(
            id=each.id,
            kind="draft",
            what=f"{each.side} {format_quantity(each.quantity)} of {each.underlying}",
            until=each.valid_until,
            do=f"ifx request submit {each.id}",
        )
        for each in desk.requests(state="draft")
    ]
    return tuple(sorted(found, key=lambda each: (each.until or NEVER, each.id)))


def _approval(agreement: Agreement) -> Waiting:
    terms = agreement.terms
    what = f"{agreement.kind} of {agreement.forward}"
    if terms is not None:
        what = f"{terms.side} {format_quantity(terms.quantity)} of {terms.underlying} at {format_price(terms.price)}"
    return Waiting(
        id=agreement.id,
        kind=agreement.kind,
        what=what,
        until=agreement.deadline,
        do=f"ifx approve --desk {agreement.id}",
    )


def _problems(desk: Desk, agreement: Agreement) -> list[Waiting]:
    """What this account itself must do before an agreement can be executed."""
    return [
        Waiting(id=agreement.id, kind="problem", what=each.what, until=agreement.deadline, do=each.cure)
        for each in desk.preflight(agreement.id).problems
        if each.who == agreement.role
    ]

"""The agreements that concern the caller, with everything to look at before approving."""

from fastapi import APIRouter

from otc_desk import agreements
from otc_desk.approvals import party_of
from otc_desk.routes.agreement_models import AgreementOut, AgreementPage, AgreementSummary
from otc_desk.routes.callers import CallerOf, DeskOf
from otc_desk.routes.requests import After, Limit
from otc_desk.states import AgreementState

router = APIRouter(prefix="/agreements", tags=["agreements"])


@router.get("", summary="Your agreements")
def listed(
    desk: DeskOf, caller: CallerOf, state: AgreementState | None = None, after: After = None, limit: Limit = 50
) -> AgreementPage:
    """Final terms, terminations and novations that name you, newest first."""
    with desk.database.reading() as session:
        rows = agreements.listed(session, caller.account, state=state, after=after, limit=limit + 1)
        items = [AgreementSummary.of(row) for row in rows[:limit]]
    return AgreementPage(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get("/{id}", summary="One agreement")
def one(desk: DeskOf, caller: CallerOf, id: str) -> AgreementOut:
    """Whom it concerns, what is signed, and what it means for you."""
    with desk.database.reading() as session:
        agreement = party_of(session, id, caller.account).agreement
        return AgreementOut.whole(session, agreement, caller.account, desk.ifx.escrow.domain())

"""Approving and declining an agreement, and what stands between it and the chain."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from ifx_sdk.errors import NodeDown, RpcError
from otc_desk import agreements, approvals, endings
from otc_desk.db.tables import Agreement
from otc_desk.deeds import is_under_way
from otc_desk.desk import Desk
from otc_desk.errors import DeskError, NotNow
from otc_desk.once import Written
from otc_desk.preflight import chain_problems, needs
from otc_desk.routes.agreement_models import AgreementOut
from otc_desk.routes.callers import CallerOf, DeskOf, IdempotencyKey, write_once
from otc_desk.routes.models import Input, Output, amount_text

router = APIRouter(prefix="/agreements", tags=["agreements"])
_ONCHAIN = "onchain"


class ApprovalIn(Input):
    """An approval by the account that is signed in."""

    approval: Annotated[
        str,
        Field(
            max_length=4_098,
            pattern=r"^(onchain|0x([0-9a-fA-F]{2}){0,2048})$",
            description="The EIP-712 signature (65 bytes), what the caller's contract wallet accepts (ERC-1271, up to "
            "2,048 bytes, 0x where it approved inside), or `onchain` where the wallet sent its approval to the escrow.",
        ),
    ]


class NeedOut(Output):
    """What executing takes from one account, free balance first."""

    role: str = Field(description="Its role in the agreement.")
    account: str = Field(description="Checksummed.")
    amount: str = Field(description="USDT.")


class ProblemOut(Output):
    """One thing that must change."""

    code: str = Field(description="Its kind: `funds`, `allowance`, `pause`, `spot`, `fixing`, `listing`, ...")
    who: str = Field(description="Who must act: a role, or `desk`, `oracle`, `guardian`, `owner`, `nobody`.")
    what: str = Field(description="What is wrong.")
    cure: str = Field(description="What to do.")


class PreflightOut(Output):
    """What stands between an agreement and the chain, all at once."""

    problems: list[ProblemOut] = Field(description="Empty where nothing but approvals is missing.")
    needs: list[NeedOut] = Field(description="What executing collects.")
    effects: dict[str, str] = Field(
        description="For a termination or novation, in USDT: payouts, and the payer's worst case; negative is a loss."
    )


@router.post("/{id}/approve", summary="Approve", response_model=AgreementOut)
def approve(
    request: Request, desk: DeskOf, caller: CallerOf, id: str, body: ApprovalIn, key: IdempotencyKey = None
) -> JSONResponse:
    """By signature, by a contract wallet's word, or on the chain. The same again is the same answer."""
    now = desk.now()
    try:
        checked: approvals.Approval | DeskError | None = _checked(desk, id, caller.account, body)
    except DeskError as error:
        checked = error  # a repeated request is answered as it was, whatever the chain says by now

    def work(session: Session) -> Written:
        if isinstance(checked, DeskError):
            raise checked
        if checked is None:
            found = approvals.party_of(session, id, caller.account)
        else:
            found = approvals.give(session, id, caller.account, checked, now)
        return _answer(session, desk, found.agreement, caller.account)

    return write_once(request, desk, caller, key, body.model_dump_json().encode(), work)


@router.post("/{id}/decline", summary="Decline", response_model=AgreementOut)
def decline(request: Request, desk: DeskOf, caller: CallerOf, id: str, key: IdempotencyKey = None) -> JSONResponse:
    """For all of its parties, for ever. A signature that others hold is void only once it is revoked on the chain."""
    now = desk.now()

    def work(session: Session) -> Written:
        found = approvals.decline(session, id, caller.account, now, partial(is_under_way, desk.ifx))
        return _answer(session, desk, found.agreement, caller.account)

    return write_once(request, desk, caller, key, b"", work)


@router.get("/{id}/preflight", summary="What stands between it and the chain")
def preflight(desk: DeskOf, caller: CallerOf, id: str) -> PreflightOut:
    """Every problem at once, who must do what, what is collected, and what an ending pays. Nothing is changed."""
    with desk.database.reading() as session:
        agreement = approvals.party_of(session, id, caller.account).agreement
    message = agreements.message_of(agreement)
    try:
        found = chain_problems(desk.ifx, message, None)
        record = None if agreement.kind == "terms" else desk.ifx.escrow.forward(bytes.fromhex(agreement.forward[2:]))
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error
    return PreflightOut(
        problems=[ProblemOut(code=each.code, who=each.who, what=each.what, cure=each.cure) for each in found],
        needs=[NeedOut(role=n.role, account=n.account, amount=amount_text(n.amount)) for n in needs(message)],
        effects={name: amount_text(value) for name, value in endings.effects(message, record).items()},
    )


def _checked(desk: Desk, id: str, account: str, body: ApprovalIn) -> approvals.Approval | None:
    """None where the party approved before: nothing is to be asked again."""
    with desk.database.reading() as session:
        found = approvals.party_of(session, id, account)
        if found.party.approved_at is not None:
            return None
    given = None if body.approval == _ONCHAIN else bytes.fromhex(body.approval[2:])
    digest = bytes.fromhex(found.agreement.digest[2:])
    return approvals.check(desk.ifx.escrow, desk.wallets, digest, account, given)


def _answer(session: Session, desk: Desk, agreement: Agreement, account: str) -> Written:
    shown = AgreementOut.whole(session, agreement, account, desk.ifx.escrow.domain())
    return Written(status=200, body=shown.model_dump(mode="json"))

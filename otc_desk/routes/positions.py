"""A participant's booked forwards, and proposals to end one early or to hand a side on."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from ifx_sdk.errors import IFXError
from ifx_sdk.money import parse_amount, parse_price
from ifx_sdk.terms import parse_address
from otc_desk import endings
from otc_desk.desk import Desk
from otc_desk.endings import Proposal
from otc_desk.once import Written
from otc_desk.routes.agreement_models import AgreementOut
from otc_desk.routes.callers import CallerOf, DeskOf, IdempotencyKey, write_once
from otc_desk.routes.models import amount_text
from otc_desk.routes.position_models import NovationIn, PositionList, PositionOut, ProposalOut, TerminationIn
from otc_desk.sessions import Caller

router = APIRouter(prefix="/positions", tags=["positions"])

ForwardId = Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{64}$", description="The forward's id.")]
_HOUR = 3_600


@router.get("", summary="Your positions")
def listed(desk: DeskOf, caller: CallerOf) -> PositionList:
    """Every forward in which you are or were a side, whoever booked it, by the escrow's own records."""
    return PositionList(items=[PositionOut.of(each) for each in desk.positions.of(caller.account)])


@router.get("/{id}", summary="One position")
def one(desk: DeskOf, caller: CallerOf, id: ForwardId) -> PositionOut:
    """One of your own."""
    return PositionOut.of(desk.positions.one(caller.account, bytes.fromhex(id[2:])))


@router.post("/{id}/termination", summary="Propose an early end", status_code=201, response_model=ProposalOut)
def terminate(
    request: Request,
    desk: DeskOf,
    caller: CallerOf,
    id: ForwardId,
    body: TerminationIn,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Both sides approve it as they did the terms; before maturity only."""

    def made(now: int) -> Proposal:
        return endings.termination(
            desk.ifx,
            desk.wallets,
            bytes.fromhex(id[2:]),
            caller.account,
            price=parse_price(body.price),
            seconds=None if body.hours is None else body.hours * _HOUR,
            now=now,
        )

    return _propose(request, desk, caller, key, body.model_dump_json().encode(), made)


@router.post("/{id}/novation", summary="Propose a newcomer", status_code=201, response_model=ProposalOut)
def novate(
    request: Request,
    desk: DeskOf,
    caller: CallerOf,
    id: ForwardId,
    body: NovationIn,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """All three approve it; leaving is for ever, and the prefunding stays where it is."""

    def made(now: int) -> Proposal:
        return endings.novation(
            desk.ifx,
            desk.wallets,
            bytes.fromhex(id[2:]),
            caller.account,
            incoming=parse_address(body.incoming),
            payment=parse_amount(body.payment),
            outgoing=body.outgoing,
            seconds=None if body.hours is None else body.hours * _HOUR,
            operators=desk.settings.operators,
            now=now,
        )

    return _propose(request, desk, caller, key, body.model_dump_json().encode(), made)


def _propose(
    request: Request, desk: Desk, caller: Caller, key: str | None, body: bytes, make: Callable[[int], Proposal]
) -> JSONResponse:
    now = desk.now()
    try:
        made: Proposal | IFXError = make(now)
    except IFXError as error:
        made = error  # a repeated request is answered as it was, whatever the chain says by now

    def work(session: Session) -> Written:
        if isinstance(made, IFXError):
            raise made
        domain = desk.ifx.escrow.domain()
        agreement = endings.propose(session, made, domain, caller.account, now)
        shown = ProposalOut(
            agreement=AgreementOut.whole(session, agreement, caller.account, domain),
            effects={name: amount_text(value) for name, value in endings.effects(made.message, made.record).items()},
        )
        return Written(status=201, body=shown.model_dump(mode="json"))

    return write_once(request, desk, caller, key, body, work)

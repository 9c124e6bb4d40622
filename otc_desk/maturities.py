"""Forwards whose maturity has come: their sides are told when they can be settled, and when they were paid out."""

from typing import Final

from sqlalchemy import select

from ifx_sdk.records import ForwardRecord, Status
from ifx_sdk.terms import Terms
from otc_desk import events
from otc_desk.agreements import message_of
from otc_desk.db.tables import Agreement, Event
from otc_desk.desk import Desk
from otc_desk.states import AgreementState

_OVER: Final = ("settled", "ended early")
"""Events after which there is nothing more to tell; an early end is told by its own agreement."""


def look(desk: Desk) -> None:
    """Record what is new of booked forwards past their maturity. Raises `NodeDown`, `RpcError`, `NotNow`."""
    now = desk.ifx.chain.timestamp()
    with desk.database.reading() as session:
        done = select(Agreement).where(Agreement.kind == "terms", Agreement.state == AgreementState.DONE)
        known = {
            (each.object_id, each.what)
            for each in session.scalars(
                select(Event).where(Event.object == "agreement", Event.what.in_(("matured", *_OVER)))
            )
        }
        waiting = [each for each in session.scalars(done) if not {(each.id, what) for what in _OVER} & known]
    for agreement in waiting:
        message = message_of(agreement)
        if isinstance(message, Terms) and message.maturity <= now:
            _follow(desk, agreement, is_told=(agreement.id, "matured") in known)


def _follow(desk: Desk, agreement: Agreement, *, is_told: bool) -> None:
    record = desk.ifx.escrow.forward(bytes.fromhex(agreement.forward[2:]))
    if record.status is Status.ACTIVE and not is_told:
        _record(desk, agreement, "matured", _sides(record))
        return
    if record.status is Status.TERMINATED:
        _record(desk, agreement, "ended early", _sides(record))
        return
    settlement = desk.ifx.escrow.settlement(record.id) if record.status is Status.SETTLED else None
    finalized = desk.ifx.chain.finalized_block()
    if settlement is not None and (finalized is None or settlement.block_number <= finalized):
        detail = _sides(record) | {
            "price": settlement.price,
            "long_payout": settlement.long_payout,
            "short_payout": settlement.short_payout,
            "tx_hash": settlement.tx_hash,
        }
        _record(desk, agreement, "settled", detail)


def _sides(record: ForwardRecord) -> dict[str, object]:
    """Who stands there now: after a novation not those of the agreement."""
    return {"long": record.long, "short": record.short}


def _record(desk: Desk, agreement: Agreement, what: str, detail: dict[str, object]) -> None:
    desk.database.write(
        lambda session: events.record(
            session,
            at=desk.now(),
            actor=events.DESK,
            object="agreement",
            object_id=agreement.id,
            what=what,
            detail=detail,
        )
    )

"""Terms whose spot is not the day's fixing any more end, so that their requests can be matched anew on the new one.

The escrow books terms on the fixing of the day of booking alone. Where today's is posted and is another price, nothing
is gained by waiting for the deadline: both sides are told, and new terms follow where their requests still fit
(docs/decisions/0022-terms-live-while-the-fixing-holds.md).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.calendar import day_of
from ifx_sdk.money import format_price as usd
from ifx_sdk.terms import Terms
from otc_desk import events
from otc_desk.agreements import message_of, move_agreement
from otc_desk.db.tables import Agreement
from otc_desk.deeds import Fate, deed_of, is_under_way
from otc_desk.desk import Desk
from otc_desk.references import read_references
from otc_desk.states import OPEN_AGREEMENTS, AgreementState


def end_outdated(desk: Desk) -> int:
    """End open terms whose spot today's fixing is not; how many. Raises `NotNow`, `NodeDown`, `RpcError`.

    Left alone are those that the chain has booked, and those that the desk is booking at this moment: their
    transaction succeeds on the old day or is refused on the new one, and either is noticed.
    """
    waiting, ended = _open_terms(desk), 0
    references = read_references(desk.ifx, {terms.underlying for _, terms in waiting})
    today = day_of(desk.ifx.chain.now())
    for agreement_id, terms in waiting:
        reference = references[terms.underlying]
        if reference.day != today or reference.spot == terms.spot:
            continue
        if deed_of(desk.ifx, terms).fate is Fate.OPEN:
            why = (
                f"today's fixing is {usd(reference.spot)} and the spot {usd(terms.spot)}: it can not be booked any more"
            )
            ended += _end(desk, agreement_id, why)
    return ended


def _open_terms(desk: Desk) -> list[tuple[str, Terms]]:
    with desk.database.reading() as session:
        asked = select(Agreement).where(Agreement.kind == "terms", Agreement.state.in_(OPEN_AGREEMENTS))
        rows = [(row.id, message_of(row)) for row in session.scalars(asked.order_by(Agreement.id))]
    return [(id, message) for id, message in rows if isinstance(message, Terms)]


def _end(desk: Desk, agreement_id: str, why: str) -> bool:
    now = desk.now()

    def work(session: Session) -> bool:
        agreement = session.get(Agreement, agreement_id)
        if agreement is None or agreement.state not in OPEN_AGREEMENTS:
            return False
        if is_under_way(desk.ifx, session, agreement):
            return False
        move_agreement(session, agreement, AgreementState.FAILED, events.DESK, now, why)
        return True

    return desk.database.write(work)

"""Until the chain can no longer undo it: what is done is looked after, and goes a step back where its block is gone."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.client import IFX
from otc_desk import events
from otc_desk.agreements import message_of, move_agreement
from otc_desk.db.engine import Database
from otc_desk.db.tables import Agreement
from otc_desk.deeds import Fate, deed_of
from otc_desk.journal import reopen
from otc_desk.logs import logger
from otc_desk.states import AgreementState

UNDONE = "the block that it was in was undone by the chain"


class Finality:
    """Follows what is done until the finalized block has it."""

    def __init__(self, ifx: IFX, database: Database, clock: Callable[[], int]) -> None:
        """`clock` gives unix seconds UTC."""
        self._ifx, self._database, self._clock = ifx, database, clock

    def look(self) -> None:
        """Look at everything that is done and not final. Raises `NodeDown`, `RpcError`, `NotNow`."""
        with self._database.reading() as session:
            asked = select(Agreement.id).where(Agreement.state == AgreementState.DONE, Agreement.final_at.is_(None))
            waiting = session.scalars(asked.order_by(Agreement.id)).all()
        if waiting:
            finalized = self._ifx.chain.finalized_block()
            for agreement_id in waiting:
                self._follow(agreement_id, finalized)

    def _follow(self, agreement_id: str, finalized: int | None) -> None:
        with self._database.reading() as session:
            agreement = session.get(Agreement, agreement_id)
        if agreement is None or agreement.state != AgreementState.DONE:
            return
        receipt = self._ifx.chain.node.receipt(agreement.tx_hash) if agreement.tx_hash else None
        if receipt is not None and receipt.succeeded:
            if finalized is not None and receipt.block_number <= finalized:
                self._change(agreement_id, self._final)
            return
        deed = deed_of(self._ifx, message_of(agreement))
        if deed.fate is Fate.EXECUTED:
            self._change(agreement_id, lambda session, found: self._renamed(session, found, deed.tx_hash))
        else:
            logger().warning("undone", id=agreement_id, tx_hash=agreement.tx_hash)
            self._change(agreement_id, self._undone)

    def _change(self, agreement_id: str, change: Callable[[Session, Agreement], None]) -> None:
        def work(session: Session) -> None:
            agreement = session.get(Agreement, agreement_id)
            if agreement is not None and agreement.state == AgreementState.DONE and agreement.final_at is None:
                agreement.updated_at = self._clock()
                change(session, agreement)

        self._database.write(work)

    def _final(self, session: Session, agreement: Agreement) -> None:
        agreement.final_at = self._clock()
        self._record(session, agreement, "final", {"tx_hash": agreement.tx_hash})

    def _renamed(self, session: Session, agreement: Agreement, tx_hash: str) -> None:
        """It was mined again by another transaction: a replacement, or somebody else's."""
        if tx_hash and agreement.tx_hash != tx_hash:
            agreement.tx_hash = tx_hash
            self._record(session, agreement, "mined again", {"tx_hash": tx_hash})

    def _undone(self, session: Session, agreement: Agreement) -> None:
        """Approved again; our transaction is open in the journal again, so that the very same one is sent first."""
        self._record(session, agreement, "undone", {"tx_hash": agreement.tx_hash})
        reopen(session, agreement.tx_hash)
        agreement.tx_hash = ""
        move_agreement(session, agreement, AgreementState.APPROVED, events.DESK, self._clock(), UNDONE)

    def _record(self, session: Session, agreement: Agreement, what: str, detail: Mapping[str, object]) -> None:
        events.record(
            session,
            at=self._clock(),
            actor=events.DESK,
            object="agreement",
            object_id=agreement.id,
            what=what,
            detail=detail,
        )

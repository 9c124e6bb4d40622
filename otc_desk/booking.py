"""From approved by all to the chain, exactly once: looked at, held against the live page, sent, followed until final.

Every round starts from the database and the chain, so that after a crash there is nothing to repair:

    1  what the journal holds open is brought to its end: found, sent again as it was, or replaced at its own nonce
    2  an agreement that the chain has executed is done, whoever sent the transaction; a revoked one is declined
    3  one with a transaction under way is left alone
    4  the others are checked whole; every problem is told at once, and the agreement waits
    5  what has none is signed, kept in the journal together with a last look at its state, and broadcast

A booking that was sent counts as done once it is mined and as final at the chain's finalized block. Where a
reorganisation takes it away it is approved again, and the very same transaction is sent once more.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.client import IFX
from ifx_sdk.errors import FeesAboveCap, NoFundsForGas, OutcomeUnknown, Reverted
from ifx_sdk.outcomes import Attempt, Confirmed, Outcome, RevertedOutcome, Sent
from ifx_sdk.resuming import FILLER, STUCK_AFTER_BLOCKS
from ifx_sdk.signers import Signer
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms
from otc_desk import events
from otc_desk.agreements import message_of, parties_of
from otc_desk.approvals import drop, holds
from otc_desk.db.engine import Database
from otc_desk.db.tables import Agreement, Party
from otc_desk.deeds import FUNCTIONS, Fate, deed_of, digest_of, executed_by
from otc_desk.errors import WrongState
from otc_desk.journal import DeskJournal, open_attempts
from otc_desk.live import LivePrices, objections
from otc_desk.noticing import settle
from otc_desk.preflight import Problem, chain_problems, live_problem, reason_of
from otc_desk.states import AgreementState, fitting
from otc_desk.wallets import Wallets

LAPSED: Final = "the approval counts no more: the wallet does not accept it now; approve again"


class Booker:
    """Books and executes what all parties approved, with the desk's key."""

    def __init__(
        self,
        *,
        ifx: IFX,
        database: Database,
        wallets: Wallets,
        live: LivePrices | None,
        live_required: bool,
        signer: Signer,
        clock: Callable[[], int],
        fee_cap: int,
        stuck_after: int = STUCK_AFTER_BLOCKS,
    ) -> None:
        """`live` is None where no node is asked; `fee_cap` in wei per gas; `clock` gives unix seconds UTC."""
        self.journal = DeskJournal(database, clock, self._hold)
        self.ifx = IFX(ifx.chain, ifx.deployment, signer, self.journal)
        self._database, self._wallets, self._live, self._clock = database, wallets, live, clock
        self._live_required, self._signer = live_required, signer
        self._fee_cap, self._stuck_after = fee_cap, stuck_after

    # ------------------------------------------------------------------------------------------- a round

    def resume(self) -> tuple[Outcome, ...]:
        """Bring what the journal holds open to its end. Raises `NodeDown`, `RpcError`, `NotNow`, `WrongState`."""
        return self.ifx.chain.resume(
            self._signer,
            self.journal,
            fee_cap=self._fee_cap,
            stuck_after=self._stuck_after,
            wanted=self._wanted,
        )

    def hold_back(self) -> None:
        """Nothing is sent while the account's pool holds what no journal knows: a restored database forgot it.

        Raises `OutcomeUnknown`, `NodeDown`, `RpcError`.
        """
        node, account = self.ifx.chain.node, self._signer.address
        mined = node.nonce(account)
        if node.nonce(account, "pending") > mined and not self.journal.open_attempts():
            raise OutcomeUnknown(f"nonce {mined} of {account}", "it waits in a pool and in no journal")

    def execute(self, agreement_id: str) -> None:
        """One step of one approved agreement. Raises `NodeDown`, `RpcError`, `NotNow`, `OutcomeUnknown`."""
        with self._database.reading() as session:
            agreement = session.get(Agreement, agreement_id)
            if agreement is None or agreement.state != AgreementState.APPROVED:
                return
            parties = parties_of(session, agreement)
            under_way = agreement.digest in executed_by(self.ifx, open_attempts(session))
        message = message_of(agreement)
        deed = deed_of(self.ifx, message)
        if deed.fate is not Fate.OPEN:
            settle(self._database, agreement_id, deed, self._clock())
            return
        if under_way:
            return
        lapsed = [each for each in parties if not self._holds(agreement, each)]
        if lapsed:
            self._drop(agreement_id, lapsed)
            return
        problems = self.problems(message)
        if problems:
            self.wait(agreement_id, problems)
            return
        self._send(agreement_id, message, parties)

    def problems(self, message: Message) -> tuple[Problem, ...]:
        """Everything that stands against executing a message now, but for its approvals.

        Raises `NodeDown`, `RpcError`.
        """
        desk = self._signer.address if isinstance(message, Terms) else None
        found = chain_problems(self.ifx, message, desk)
        if isinstance(message, Terms):
            found += tuple(live_problem(each, message.spot) for each in self._objections(message))
        return found

    def wait(self, agreement_id: str, problems: Sequence[Problem]) -> None:
        """Note what an agreement waits for, and tell it where it is news."""
        reason = reason_of(problems)

        def work(session: Session) -> None:
            agreement = session.get(Agreement, agreement_id)
            if agreement is None or agreement.state != AgreementState.APPROVED or agreement.reason == reason:
                return
            agreement.reason, agreement.updated_at = reason, self._clock()
            listed = [{"code": p.code, "who": p.who, "what": p.what, "cure": p.cure} for p in problems]
            self._record(session, agreement, "waits", {"problems": listed})

        self._database.write(work)

    # ------------------------------------------------------------------------------------------- inside

    def _send(self, agreement_id: str, message: Message, parties: Sequence[Party]) -> None:
        given = {each.role: each.approval for each in parties}
        function = FUNCTIONS[type(message)]
        call = self.ifx.escrow.prepare(function, message.as_tuple(), *(given[role] for role in message.parties))
        try:
            outcome = self.ifx.chain.send(call, self._signer, journal=self.journal, wait=False, fee_cap=self._fee_cap)
        except Reverted as error:
            cure = error.cure or "The desk asks again."
            self.wait(agreement_id, [Problem(code="refused", who="nobody", what=error.what, cure=cure)])
            return
        except (FeesAboveCap, NoFundsForGas) as error:
            self.wait(agreement_id, [Problem(code="gas", who="desk", what=error.what, cure=error.cure)])
            return
        except WrongState:
            return  # declined, revoked or expired in this very moment: the journal took no attempt, nothing was sent
        self._sent(agreement_id, outcome)

    def _sent(self, agreement_id: str, outcome: Outcome) -> None:
        said = f"in transaction {outcome.tx_hash}, which waits to be mined"
        if isinstance(outcome, RevertedOutcome):
            said = f"in transaction {outcome.tx_hash}, which the escrow refused: {outcome.error.what}"
        if not isinstance(outcome, Sent | Confirmed | RevertedOutcome):
            said = f"in transaction {outcome.tx_hash}, of which nothing is known yet"

        def work(session: Session) -> None:
            agreement = session.get(Agreement, agreement_id)
            if agreement is not None and agreement.state == AgreementState.APPROVED:
                agreement.reason, agreement.updated_at = fitting(said), self._clock()
                self._record(session, agreement, "sent to the chain", {"tx_hash": outcome.tx_hash})

        self._database.write(work)

    def _hold(self, session: Session, attempt: Attempt) -> None:
        """The last look, in the transaction that keeps the attempt. Raises `WrongState`."""
        digest = digest_of(self.ifx, attempt)
        if digest is None or attempt.call == FILLER:
            return
        agreement = _of_digest(session, digest)
        if agreement is not None and agreement.state != AgreementState.APPROVED:
            raise WrongState("it is not executed any more", agreement.state, "Look at its reason.")
        others = [each for each in open_attempts(session) if each.nonce != attempt.nonce]
        if "0x" + digest.hex() in executed_by(self.ifx, others):
            raise WrongState("it is not sent twice", "under way", "Wait for the transaction that was sent before.")

    def _wanted(self, attempt: Attempt) -> bool:
        """Whether what hangs is still to be mined: its agreement is open, and nothing stands against it now."""
        digest = digest_of(self.ifx, attempt)
        if digest is None:
            return True  # somebody's own use of the journal: not ours to judge
        with self._database.reading() as session:
            agreement = _of_digest(session, digest)
            if agreement is None:
                return True
            if agreement.state != AgreementState.APPROVED:
                return False
            parties = parties_of(session, agreement)
        message = message_of(agreement)
        return (
            deed_of(self.ifx, message).fate is Fate.OPEN
            and all(self._holds(agreement, each) for each in parties)
            and not self.problems(message)
        )

    def _holds(self, agreement: Agreement, party: Party) -> bool:
        return holds(self.ifx.escrow, self._wallets, bytes.fromhex(agreement.digest[2:]), party)

    def _drop(self, agreement_id: str, lapsed: Sequence[Party]) -> None:
        def work(session: Session) -> None:
            agreement = session.get(Agreement, agreement_id)
            for each in lapsed:
                if agreement is not None:
                    drop(session, agreement, each.role, LAPSED, self._clock())

        self._database.write(work)

    def _objections(self, terms: Terms) -> tuple[str, ...]:
        answers = () if self._live is None else self._live.ask(terms.underlying)
        return objections(
            answers,
            spot=terms.spot,
            maturity=terms.maturity,
            now=self._clock(),
            required=self._live_required,
        )

    def _record(self, session: Session, agreement: Agreement, what: str, detail: dict[str, object]) -> None:
        events.record(
            session,
            at=self._clock(),
            actor=events.DESK,
            object="agreement",
            object_id=agreement.id,
            what=what,
            detail=detail,
        )


def _of_digest(session: Session, digest: bytes) -> Agreement | None:
    return session.scalars(select(Agreement).where(Agreement.digest == "0x" + digest.hex())).first()

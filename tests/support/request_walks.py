"""Random walks of requests and agreements through everything that can happen to them, without a chain.

After every step the walk holds what must never break: quantity is neither made nor lost, states change by their tables
alone, the trail tells every change, and requests stand where their agreement stands.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from support.chain import DAY, GPT, START

from ifx_sdk.devkeys import dev_address
from ifx_sdk.terms import Terms, escrow_domain
from otc_desk import events, matchmaking, requests
from otc_desk.agreements import follow_approvals, message_of, move_agreement, parties_of, requests_of
from otc_desk.db.tables import Agreement, Event, Match, Participant, Request, Table
from otc_desk.errors import DeskError
from otc_desk.matching import matches
from otc_desk.references import Reference
from otc_desk.requests import Wish, move_request
from otc_desk.states import AGREEMENT_MOVES, OPEN_AGREEMENTS, REQUEST_MOVES, AgreementState, RequestState

LOT = 100_000
ACCOUNTS = tuple(dev_address(index) for index in (2, 3, 9))
OPERATOR = dev_address(0)
DOMAIN = escrow_domain(31337, dev_address(8))
BEGINNINGS = frozenset({RequestState.DRAFT, RequestState.CHECKED})
"""A request begins as a draft, a remainder where it was split off."""
FOLLOWED: Mapping[AgreementState, frozenset[RequestState]] = {
    AgreementState.SENT: frozenset({RequestState.TERMS_SENT, RequestState.APPROVED_BY_ONE}),
    AgreementState.APPROVED: frozenset({RequestState.APPROVED_BY_BOTH}),
    AgreementState.DONE: frozenset({RequestState.BOOKED}),
}
"""Where the requests of an agreement stand."""
IN_TERMS = frozenset().union(*FOLLOWED.values()) | {RequestState.MATCHED}


class RequestWalk(RuleBasedStateMachine):
    """Three participants, an operator and a desk that do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        Table.metadata.create_all(self.engine)
        self.now = START
        self.asked: Counter[str] = Counter()
        self.matched = False
        with Session(self.engine) as session, session.begin():
            session.add_all(Participant(account=each, created_at=START) for each in ACCOUNTS)

    def teardown(self) -> None:
        with Session(self.engine) as session:
            assert list(events.verify(session)) == []
        self.engine.dispose()

    def do(self, work: Callable[[Session], Any]) -> Any:
        """One transaction; what the desk refuses leaves nothing behind."""
        with suppress(DeskError), Session(self.engine) as session, session.begin():
            return work(session)

    def pick(self, session: Session, table: type[Any], number: int) -> Any:
        """Any row."""
        rows = session.scalars(select(table).order_by(table.id)).all()
        return rows[number % len(rows)] if rows else None

    # --------------------------------------------------------------------------------------------- what is done

    @initialize(sizes=st.tuples(*[st.integers(1, 6)] * 4))
    def open_market(self, sizes: tuple[int, ...]) -> None:
        """Longs and shorts that fit are there from the beginning: what follows a match is what this is about."""
        for number, lots in enumerate(sizes):
            side = "long" if number % 2 else "short"
            limit = 7_600_000 if number % 2 else 7_300_000
            self.ask(ACCOUNTS[number % 3], side, lots, limit, days=9, at_once=True)

    @rule(
        who=st.sampled_from(ACCOUNTS),
        side=st.sampled_from(("long", "short")),
        lots=st.integers(1, 6),
        limit=st.sampled_from((None, 7_300_000, 7_450_000, 7_600_000)),
        days=st.integers(1, 9),
        at_once=st.booleans(),
    )
    def ask(self, who: str, side: Any, lots: int, limit: int | None, days: int, at_once: bool) -> None:
        """Write a request, and have it checked at once or leave a draft."""
        wish = Wish(
            side=side,
            underlying=GPT,
            quantity=lots * LOT,
            months=6,
            maturity=None,
            averaging_days=1,
            limit_price=limit,
            valid_until=self.now + days * DAY,
            contact="somebody",
        )

        def work(session: Session) -> None:
            made = requests.write(session, who, wish, self.now, most_open=50)
            if at_once:
                requests.submit(session, who, made.id, self.reference(), self.now, automatic=True)
            self.asked[made.id] = made.quantity

        self.do(work)

    @rule(
        number=st.integers(0, 99),
        what=st.sampled_from(("submit", "check", "reject", "withdraw")),
        who=st.sampled_from(ACCOUNTS),
    )
    def handle(self, number: int, what: str, who: str) -> None:
        """An author or the operator does something to any request; strangers are refused."""

        def work(session: Session) -> None:
            row = self.pick(session, Request, number)
            id = "0" * 26 if row is None else row.id
            if what == "submit":
                requests.submit(session, who, id, self.reference(), self.now)
            elif what == "withdraw":
                requests.withdraw(session, who, id, self.now)
            elif what == "check":
                requests.check(session, OPERATOR, id, self.now)
            else:
                requests.reject(session, OPERATOR, id, "no", self.now)

        self.do(work)

    @rule(number=st.integers(0, 99))
    def match(self, number: int) -> None:
        """Confirm one of the pairs that fit."""
        facts = matchmaking.Facts(reference=self.reference(), contract_wallet=False, domain=DOMAIN)

        def work(session: Session) -> None:
            rows = session.scalars(select(Request).where(Request.state == RequestState.CHECKED)).all()
            pairs = matches([matchmaking.resolved(row, self.reference(), {}, self.now) for row in rows])
            if pairs:
                pair = pairs[number % len(pairs)]
                wanted = matchmaking.Confirmation(
                    long=pair.long.id, short=pair.short.id, quantity=pair.quantity, price=pair.price
                )
                matchmaking.confirm(session, wanted, facts, self.now, operator=OPERATOR)
                self.matched = True

        self.do(work)

    @precondition(lambda self: self.matched)
    @rule(number=st.integers(0, 99), side=st.integers(0, 1), given=st.booleans())
    def approve(self, number: int, side: int, given: bool) -> None:
        """A party approves, or its approval counts no more."""

        def work(session: Session) -> None:
            agreement = self.pick(session, Agreement, number)
            if agreement is not None and agreement.state in OPEN_AGREEMENTS:
                parties_of(session, agreement)[side].approved_at = self.now if given else None
                follow_approvals(session, agreement, ACCOUNTS[side], self.now)

        self.do(work)

    @precondition(lambda self: self.matched)
    @rule(number=st.integers(0, 99), state=st.sampled_from(AgreementState))
    def move(self, number: int, state: AgreementState) -> None:
        """Anything becomes of an agreement: the table allows it, or it is refused."""
        refused = []

        def work(session: Session) -> None:
            agreement = self.pick(session, Agreement, number)
            if agreement is not None:
                refused.append(state not in AGREEMENT_MOVES[AgreementState(agreement.state)])
                move_agreement(session, agreement, state, events.DESK, self.now, "because")
                refused.append(False)

        self.do(work)
        assert refused in ([], [True], [False, False])

    @rule(number=st.integers(0, 99), state=st.sampled_from(RequestState))
    def refuse(self, number: int, state: RequestState) -> None:
        """A request takes no move that its table does not have."""

        def work(session: Session) -> None:
            row = self.pick(session, Request, number)
            if row is not None and state not in REQUEST_MOVES[RequestState(row.state)]:
                move_request(session, row, state, events.DESK, self.now)
                raise AssertionError(f"{row.state} became {state}")

        self.do(work)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        """Time passes, and requests that wait for nothing else expire."""
        self.now += hours * 3_600

        def work(session: Session) -> None:
            waiting = (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.CHECKED)
            late = select(Request).where(Request.state.in_(waiting), Request.valid_until < self.now)
            for row in session.scalars(late):
                move_request(session, row, RequestState.EXPIRED, events.DESK, self.now)

        self.do(work)

    def reference(self) -> Reference:
        """The underlying, fixed today at 8.00."""
        return Reference(underlying=GPT, lot=LOT, day=self.now // DAY, spot=8_000_000)

    # ------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def quantity_is_conserved(self) -> None:
        """The requests of a family add up to what was asked for, whatever became of each; a remainder has a parent."""
        with Session(self.engine) as session:
            found: Counter[str] = Counter()
            for row in session.scalars(select(Request)):
                found[row.family] += row.quantity
                assert row.quantity > 0
                assert (row.parent is None) == (row.family == row.id)
            assert found == self.asked

    @invariant()
    def states_follow_their_tables(self) -> None:
        """Every state that the trail tells follows the one before by its table, and the last one is the row's."""
        with Session(self.engine) as session:
            told: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
            for event in session.scalars(select(Event).order_by(Event.seq)):
                told[event.object, event.object_id].append(event.what)
                assert "somebody" not in event.detail
            for row in session.scalars(select(Request)):
                path = [RequestState(each) for each in told["request", row.id]]
                assert path[-1] == row.state
                assert path[0] in BEGINNINGS
                assert all(then in REQUEST_MOVES[first] for first, then in pairwise(path))
            for agreement in session.scalars(select(Agreement)):
                states = [AgreementState(each) for each in told["agreement", agreement.id]]
                assert states[0] == AgreementState.SENT
                assert states[-1] == agreement.state
                assert all(then in AGREEMENT_MOVES[first] for first, then in pairwise(states))

    @invariant()
    def requests_stand_where_their_agreement_stands(self) -> None:
        """Open or booked terms have their two requests, of their quantity and in their state; other terms have none."""
        with Session(self.engine) as session:
            held = set()
            for agreement in session.scalars(select(Agreement)):
                rows = requests_of(session, agreement)
                terms, match = message_of(agreement), session.get(Match, agreement.match)
                assert isinstance(terms, Terms)
                assert match is not None
                assert json.loads(agreement.message)["deadline"] == agreement.deadline
                assert (terms.quantity, terms.price) == (match.quantity, match.price)
                if agreement.state in FOLLOWED:
                    assert {row.id for row in rows} == {match.long_request, match.short_request}
                    assert {row.account for row in rows} == {terms.long, terms.short}
                    assert {row.quantity for row in rows} == {terms.quantity}
                    assert {row.state for row in rows} <= FOLLOWED[AgreementState(agreement.state)]
                    assert held.isdisjoint(row.id for row in rows)
                    held |= {row.id for row in rows}
            in_terms = select(Request.id).where(Request.state.in_(IN_TERMS))
            assert set(session.scalars(in_terms)) == held

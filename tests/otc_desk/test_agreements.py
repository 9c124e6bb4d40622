"""Agreements: what is sent never changes, and requests go where their agreement goes."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from sqlalchemy.orm import Session
from support.chain import DAY, GPT, START
from support.request_walks import ACCOUNTS, DOMAIN, LOT, OPERATOR, RequestWalk

from ifx_sdk.errors import IFXError
from ifx_sdk.terms import Terms
from otc_desk import events, matchmaking, requests
from otc_desk.agreements import follow_approvals, message_of, move_agreement, parties_of, requests_of
from otc_desk.db.engine import Database
from otc_desk.db.tables import Agreement, Participant
from otc_desk.errors import WrongState
from otc_desk.references import Reference
from otc_desk.requests import Wish
from otc_desk.states import AgreementState, RequestState

TestRequestWalk = RequestWalk.TestCase
TestRequestWalk.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=30)

REFERENCE = Reference(underlying=GPT, lot=LOT, day=START // DAY, spot=8_000_000)
LONG, SHORT, _ = ACCOUNTS


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction that nobody waits for, on each database in turn; both sides are known."""
    database = Database(database_url)
    with database.writing() as found:
        found.add_all(Participant(account=each, created_at=START) for each in ACCOUNTS)
        found.flush()
        yield found
    database.close()


def sent(session: Session, *, long_lots: int = 5, short_lots: int = 3, days: int = 9) -> Agreement:
    """Final terms between a long's request and a short's, on 8.00."""
    ids = []
    for account, side, lots in ((LONG, "long", long_lots), (SHORT, "short", short_lots)):
        wish = Wish(
            side="long" if side == "long" else "short",
            underlying=GPT,
            quantity=lots * LOT,
            months=6,
            maturity=None,
            averaging_days=1,
            limit_price=None,
            valid_until=START + days * DAY,
            contact="",
        )
        made = requests.write(session, account, wish, START, most_open=9)
        requests.submit(session, account, made.id, REFERENCE, START, automatic=True)
        ids.append(made.id)
    wanted = matchmaking.Confirmation(
        long=ids[0], short=ids[1], quantity=min(long_lots, short_lots) * LOT, price=7_450_000
    )
    facts = matchmaking.Facts(reference=REFERENCE, contract_wallet=False, domain=DOMAIN)
    return matchmaking.confirm(session, wanted, facts, START, operator=OPERATOR)


def states(session: Session, agreement: Agreement) -> set[str]:
    """Of its requests."""
    return {row.state for row in requests_of(session, agreement)}


def approve(session: Session, agreement: Agreement, *roles: str) -> None:
    """Exactly these sides approve."""
    for party in parties_of(session, agreement):
        party.approved_at = START if party.role in roles else None
    follow_approvals(session, agreement, LONG, START)


def test_what_is_not_matched_stays_open(session: Session) -> None:
    """The long's two lots of five that find no counterpart are a new request of the same rank."""
    agreement = sent(session)
    matched = next(row for row in requests_of(session, agreement) if row.side == "long")
    rest = [row for row in requests.listed(session, account=LONG) if row.id != matched.id]
    assert matched.quantity == 3 * LOT
    assert [(row.quantity, row.state, row.parent, row.family) for row in rest] == [
        (2 * LOT, RequestState.CHECKED, matched.id, matched.id)
    ]
    assert rest[0].created_at == matched.created_at


def test_requests_follow_the_approvals(session: Session) -> None:
    """One, both, one again, none: forward and back."""
    agreement = sent(session)
    assert states(session, agreement) == {RequestState.TERMS_SENT}
    walk = [
        (("long",), AgreementState.SENT, RequestState.APPROVED_BY_ONE),
        (("long", "short"), AgreementState.APPROVED, RequestState.APPROVED_BY_BOTH),
        (("short",), AgreementState.SENT, RequestState.APPROVED_BY_ONE),
        ((), AgreementState.SENT, RequestState.TERMS_SENT),
        (("long", "short"), AgreementState.APPROVED, RequestState.APPROVED_BY_BOTH),
        ((), AgreementState.SENT, RequestState.TERMS_SENT),
    ]
    for roles, agreed, asked in walk:
        approve(session, agreement, *roles)
        assert (agreement.state, states(session, agreement)) == (agreed, {asked})


def test_a_booking_seen_before_its_approvals_is_booked(session: Session) -> None:
    """The chain comes first; what it undoes is approved again."""
    agreement = sent(session)
    move_agreement(session, agreement, AgreementState.DONE, events.DESK, START, tx_hash="0x" + "ab" * 32)
    assert states(session, agreement) == {RequestState.BOOKED}
    with pytest.raises(WrongState, match="takes no approvals"):
        follow_approvals(session, agreement, LONG, START)
    move_agreement(session, agreement, AgreementState.APPROVED, events.DESK, START, "its block was undone")
    assert states(session, agreement) == {RequestState.APPROVED_BY_BOTH}


@pytest.mark.parametrize("state", [AgreementState.DECLINED, AgreementState.EXPIRED, AgreementState.FAILED])
def test_what_comes_to_nothing_opens_its_requests_while_they_are_valid(session: Session, state: AgreementState) -> None:
    """Back to `checked` within their validity, `expired` after it."""
    within, after = sent(session), sent(session, days=1)
    move_agreement(session, within, state, events.DESK, START + DAY, "because")
    move_agreement(session, after, state, events.DESK, START + DAY + 1, "because")
    assert states(session, within) == {RequestState.CHECKED}
    assert {row.reason for row in requests_of(session, within)} == {"because"}
    assert states(session, after) == {RequestState.EXPIRED}
    with pytest.raises(WrongState):
        move_agreement(session, within, AgreementState.SENT, events.DESK, START)


@pytest.mark.parametrize(
    ("state", "again"),
    [(AgreementState.DECLINED, False), (AgreementState.EXPIRED, False), (AgreementState.FAILED, True)],
)
def test_terms_that_a_side_did_not_want_are_not_made_again(
    session: Session, state: AgreementState, again: bool
) -> None:
    """Declined or left to expire: not between these two, nor their remainders. Failed for another reason: anew."""
    agreement = sent(session)
    ids = {row.side: row.id for row in requests_of(session, agreement)}
    move_agreement(session, agreement, state, events.DESK, START, "because")
    wanted = matchmaking.Confirmation(long=ids["long"], short=ids["short"], quantity=3 * LOT, price=7_450_000)
    facts = matchmaking.Facts(reference=REFERENCE, contract_wallet=False, domain=DOMAIN)
    if again:
        assert matchmaking.confirm(session, wanted, facts, START).digest != agreement.digest
    else:
        with pytest.raises(WrongState, match="came to nothing before"):
            matchmaking.confirm(session, wanted, facts, START)


def test_a_message_is_read_back_as_it_was_sent(session: Session) -> None:
    """Its text gives the very terms; a text that was touched is no message."""
    agreement = sent(session)
    terms = message_of(agreement)
    assert isinstance(terms, Terms)
    assert (terms.long, terms.short, terms.quantity, terms.price) == (LONG, SHORT, 3 * LOT, 7_450_000)
    assert agreement.deadline == terms.deadline == START + DAY
    with pytest.raises(IFXError, match=agreement.id):
        message_of(Agreement(id=agreement.id, kind="terms", message=agreement.message.replace("price", "prize")))

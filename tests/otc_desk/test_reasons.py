"""Why something came to nothing: however much stands against terms, it is told, and never ends the desk."""

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from support.booking import LONG, SHORT, approve, opened, rounds, row, terms_of, working
from support.desk import OPERATOR, Participant
from support.desk_market import checked, confirmed

from ifx_sdk import devnet
from otc_desk import events
from otc_desk.agreements import move_agreement
from otc_desk.db.tables import Agreement
from otc_desk.desk import Desk
from otc_desk.states import MAX_REASON, AgreementState, fitting


def test_terms_that_waited_for_everything_expire_and_free_their_requests(desk: Desk, client: TestClient) -> None:
    """Both wallets empty, no allowance, a pause: the whole reason fits the agreement and its requests."""
    desk.ifx.as_signer(devnet.signer(devnet.DEPLOYER)).escrow.pause_booking().confirmed()
    operator, long, short = (Participant(client, index) for index in (OPERATOR, LONG, SHORT))
    ids = (checked(desk, operator, long, "long"), checked(desk, operator, short, "short"))
    id = confirmed(operator)
    assert approve(desk, long, id, LONG).json()["state"] == "sent"
    assert approve(desk, short, id, SHORT).json()["state"] == "approved"
    worker = working(desk)
    rounds(worker, 1)
    devnet.travel(desk.ifx, row(desk, id).deadline + 1)
    rounds(worker, 2)
    found = row(desk, id)
    assert found.state == "expired"
    assert 500 < len(found.reason) <= MAX_REASON
    for index, request in zip((LONG, SHORT), ids, strict=True):
        shown = Participant(client, index).get(f"/api/requests/{request}").json()
        assert (shown["state"], shown["reason"]) == ("checked", found.reason)


def test_a_reason_of_any_length_and_letter_fits(desk: Desk) -> None:
    """The last character that fits stays, a longer one is cut, NUL goes."""
    assert fitting("x" * MAX_REASON) == "x" * MAX_REASON
    assert fitting("x" * (MAX_REASON + 1)) == "x" * (MAX_REASON - 4) + " ..."
    id = opened(desk, terms_of(desk))

    def work(session: Session) -> None:
        agreement = session.get_one(Agreement, id)
        move_agreement(session, agreement, AgreementState.FAILED, events.DESK, desk.now(), "a\0b" + "é" * 5_000)

    desk.database.write(work)
    assert row(desk, id).reason == "ab" + "é" * (MAX_REASON - 6) + " ..."

"""What stands once it was told: legal names as the parties read them, the terms behind an ending; and drafts, which do
not stand until they are handed in."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from support.booking import (
    LONG,
    OUTSIDER,
    SHORT,
    approve,
    approved,
    fund,
    message_in,
    opened,
    rounds,
    row,
    terms_of,
    working,
)
from support.chain import DAY, LUNA
from support.desk import Participant
from support.desk_market import LOT, asked, wish

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import message_digest
from ifx_sdk.terms import Terms
from otc_desk import requests
from otc_desk.approvals import party_of
from otc_desk.desk import Desk
from otc_desk.errors import NotFound, WrongState
from otc_desk.references import read_reference


def named(party: Participant, name: str) -> None:
    """The party's profile says so from now on."""
    assert party.write("PUT", "/api/participants/me", {"name": name}).status_code == 200


def shown(party: Participant, id: str) -> dict[str, str]:
    """Role -> legal name, as a party reads an agreement."""
    return {each["role"]: each["name"] for each in party.get(f"/api/agreements/{id}").json()["parties"]}


def test_a_new_legal_name_changes_neither_terms_nor_their_confirmation(desk: Desk, client: TestClient) -> None:
    """Once terms are sent both sides read the names of that moment, on the page and on paper, for ever."""
    fund(desk.ifx, LONG, SHORT)
    long, short = Participant(client, LONG), Participant(client, SHORT)
    named(long, "Long Ltd")
    named(short, "Short GmbH")
    id = opened(desk, terms_of(desk))
    named(short, "Somebody Else Inc")
    assert shown(long, id) == {"long": "Long Ltd", "short": "Short GmbH"}
    for party, index in ((long, LONG), (short, SHORT)):
        assert approve(desk, party, id, index).status_code == 200
    rounds(working(desk))
    paths = [f"/api/documents/{row(desk, id).forward}/confirmation.{form}" for form in ("json", "pdf")]
    before = [long.get(path).content for path in paths]
    assert b"Short GmbH" in before[0]
    named(long, "")
    named(short, "A third name")
    assert [long.get(path).content for path in paths] == before


def test_a_name_that_came_late_is_kept_with_the_approval(desk: Desk, client: TestClient) -> None:
    """Empty when terms were sent, written before its own approval: told from there on; written after it: never."""
    long, short = Participant(client, LONG), Participant(client, SHORT)
    id = opened(desk, terms_of(desk))
    named(long, "Long Ltd")
    assert shown(short, id) == {"long": "", "short": ""}
    for party, index in ((long, LONG), (short, SHORT)):
        assert approve(desk, party, id, index).status_code == 200
    named(short, "Short GmbH")
    assert shown(short, id) == {"long": "Long Ltd", "short": ""}


def test_a_later_agreement_changes_no_name_of_an_earlier_one(desk: Desk, client: TestClient) -> None:
    """A termination that was only proposed tells its own names; the confirmation keeps those of the terms."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    rounds(working(desk))
    long, short, forward = Participant(client, LONG), Participant(client, SHORT), row(desk, id).forward
    path = f"/api/documents/{forward}/confirmation.json"
    before = long.get(path).json()
    assert before["parties"]["short"]["name"] is None
    named(short, "Short GmbH")
    ended = opened(desk, termination_of(desk, forward))
    assert shown(long, ended) == {"long": "", "short": "Short GmbH"}
    assert long.get(path).json() == before


def termination_of(desk: Desk, forward: str) -> Termination:
    """An early end of a forward between the well-known sides."""
    return Termination(
        forward=bytes.fromhex(forward[2:]),
        long=dev_address(LONG),
        short=dev_address(SHORT),
        price=7_700_000,
        deadline=desk.now() + DAY,
        salt=bytes(32),
    )


def test_an_ending_shows_the_terms_that_it_ends(desk: Desk, client: TestClient) -> None:
    """As signed: their digest is the forward; none beside terms themselves, and none of a forward made elsewhere."""
    id = opened(desk, terms_of(desk))
    long, newcomer = Participant(client, LONG), Participant(client, OUTSIDER)
    assert long.get(f"/api/agreements/{id}").json()["forward_terms"] is None
    forward = row(desk, id).forward
    message = Novation(
        forward=bytes.fromhex(forward[2:]),
        outgoing=dev_address(LONG),
        incoming=newcomer.account,
        remaining=dev_address(SHORT),
        payment=0,
        deadline=desk.now() + DAY,
        salt=bytes(32),
    )
    for party, ending in ((long, termination_of(desk, forward)), (newcomer, message)):
        found: Any = party.get(f"/api/agreements/{opened(desk, ending)}").json()
        about = message_in(desk, id)
        assert isinstance(about, Terms)
        assert found["terms"] is None
        assert (found["forward_terms"]["price"], found["forward_terms"]["quantity"]) == (about.price, about.quantity)
        assert "0x" + message_digest(about, desk.ifx.escrow.domain()).hex() == forward == found["forward"]
    elsewhere = opened(desk, termination_of(desk, "0x" + "77" * 32))
    assert long.get(f"/api/agreements/{elsewhere}").json()["forward_terms"] is None


def test_an_agreement_of_others_takes_one_question_as_one_that_is_none(desk: Desk) -> None:
    """So that its time tells nothing; what can be no id is asked of nobody."""
    id, statements = opened(desk, terms_of(desk)), list[str]()
    with desk.database.reading() as session:
        event.listen(
            desk.database.engine,
            "before_cursor_execute",
            lambda *given: statements.extend([given[2]] if given[2].startswith("SELECT") else []),
        )
        counts = []
        for asked_for in (id, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "no id", "", "a" * 5_000):
            with pytest.raises(NotFound):
                party_of(session, asked_for, dev_address(OUTSIDER))
            counts.append(len(statements))
        assert party_of(session, id, dev_address(LONG)).party.role == "long"
    assert counts == [1, 2, 2, 2, 2]


# Drafts


def test_a_draft_is_rewritten_whole(desk: Desk, client: TestClient) -> None:
    """Every field but its id and its first time; the trail tells both, and a repeated request is one."""
    long = Participant(client, LONG)
    draft = asked(desk, long, "long", submit=False, contact="Mr A", limit_price="7.70")
    assert draft["state"] == "draft"
    body = wish(desk, "short", 3 * LOT, underlying=LUNA, months=None, maturity=draft["maturity"], submit=False)
    first, again = (long.write("PUT", f"/api/requests/{draft['id']}", body, key="rewrite-0001") for _ in range(2))
    assert (first.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    found = long.get(f"/api/requests/{draft['id']}").json()
    assert found == first.json()
    changed = {"side": "short", "underlying": LUNA, "quantity": 3 * LOT, "months": None, "limit_price": None}
    assert found == draft | changed | {"contact": "", "updated_at": found["updated_at"]}


def test_a_draft_is_rewritten_and_handed_in_at_once(desk: Desk, client: TestClient) -> None:
    """With `submit`; what could not be booked is refused, and the draft stays as it was."""
    long = Participant(client, LONG)
    draft = asked(desk, long, "long", submit=False)
    path = f"/api/requests/{draft['id']}"
    assert long.write("PUT", path, wish(desk, "long", LOT + 1)).status_code == 422
    assert long.get(path).json() == draft
    assert long.write("PUT", path, wish(desk, "long", LOT)).json()["state"] == "submitted"


def test_what_was_handed_in_is_not_rewritten(desk: Desk, client: TestClient) -> None:
    """409 with the state; a stranger's draft is not there; nor is it for the operator."""
    long, short = Participant(client, LONG), Participant(client, SHORT)
    handed, draft = asked(desk, long, "long"), asked(desk, long, "long", submit=False)
    body = wish(desk, "long", LOT, submit=False)
    assert long.write("PUT", f"/api/requests/{handed['id']}", body).status_code == 409
    assert long.get(f"/api/requests/{handed['id']}").json() == handed
    for other in (short, Participant(client, devnet.DEPLOYER)):
        assert other.write("PUT", f"/api/requests/{draft['id']}", body).status_code == 404
    assert long.write("PUT", f"/api/requests/{draft['id']}", body).status_code == 200


def test_a_draft_that_is_rewritten_while_the_chain_is_asked_is_not_handed_in(desk: Desk, client: TestClient) -> None:
    """What was asked is about another underlying: nothing is held against the wrong lot."""
    long = Participant(client, LONG)
    draft = asked(desk, long, "long", submit=False)
    stale, now = read_reference(desk.ifx, draft["underlying"]), desk.now()
    body = wish(desk, "long", LOT, underlying=LUNA, submit=False)
    assert long.write("PUT", f"/api/requests/{draft['id']}", body).status_code == 200
    with desk.database.writing() as session, pytest.raises(WrongState):
        requests.submit(session, long.account, draft["id"], stale, now)
    assert long.post(f"/api/requests/{draft['id']}/submit").json()["state"] == "submitted"

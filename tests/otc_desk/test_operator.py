"""What operators do: check, reject, look at matches, confirm them; and what nobody else may."""

import json

import pytest
from fastapi.testclient import TestClient
from support.chain import DAY, GPT, LUNA
from support.desk import OPERATOR, Participant
from support.desk_market import LOT, asked, checked, confirmation, confirmed, proposals, wish

from ifx_sdk import devnet
from ifx_sdk.errors import SpotNotTodaysFixing
from ifx_sdk.signing import message_typed_data
from ifx_sdk.terms import Terms
from otc_desk.desk import Desk
from otc_desk.matchmaking import match_all
from otc_desk.renewal import end_outdated


@pytest.fixture
def operator(client: TestClient) -> Participant:
    """Whoever checks and matches."""
    return Participant(client, OPERATOR)


@pytest.fixture
def long(client: TestClient) -> Participant:
    """A buyer of protection against rises."""
    return Participant(client, devnet.LONG)


@pytest.fixture
def short(client: TestClient) -> Participant:
    """Its counterparty."""
    return Participant(client, devnet.SHORT)


def state_of(by: Participant, id: str) -> str:
    """Of one of its requests."""
    found: str = by.get(f"/api/requests/{id}").json()["state"]
    return found


def next_day(desk: Desk, price: int) -> None:
    """An hour into the next UTC day, with its fixing posted."""
    today = desk.ifx.chain.now() // DAY
    devnet.travel(desk.ifx, (today + 1) * DAY + 3_600)
    for outcome in devnet.post(desk.ifx, {GPT: price}):
        outcome.confirmed()


def test_two_requests_become_final_terms(
    desk: Desk, operator: Participant, long: Participant, short: Participant
) -> None:
    """Both sides read the same message on today's fixing, each its own money, and who the other one is."""
    long.write("PUT", "/api/participants/me", {"name": "Long GmbH", "email": "treasury@long.example"})
    first = checked(desk, operator, long, "long", contact="+49 30 1234")
    second = checked(desk, operator, short, "short")
    agreement = confirmed(operator)
    read = [each.get(f"/api/agreements/{agreement}").json() for each in (long, short)]
    message = Terms.from_json(json.dumps(read[0]["message"]))
    assert read[0]["message"] == read[1]["message"]
    assert read[0]["typed_data"] == message_typed_data(message, desk.ifx.escrow.domain())
    assert read[0]["digests"]["id"] == "0x" + desk.ifx.escrow.onchain_id(message).hex()
    assert [each["role"] for each in read] == ["long", "short"]
    assert [each["terms"]["worst_case"] for each in read] == ["7487250.000000", "8037250.000000"]
    assert {each["name"] for each in read[1]["parties"]} == {"Long GmbH", ""}
    assert "treasury@" not in str(read[1])
    assert "1234" not in str(read[1])
    for by, id in ((long, first), (short, second)):
        assert state_of(by, id) == "terms_sent"
        assert by.get("/api/agreements").json()["items"][0]["id"] == agreement
    desk.ifx.escrow.check_terms(message)


def test_an_agreement_is_its_parties_alone(
    desk: Desk, client: TestClient, operator: Participant, long: Participant, short: Participant
) -> None:
    """An outsider's answer is that of an id which does not exist."""
    checked(desk, operator, long, "long")
    checked(desk, operator, short, "short")
    agreement, outsider = confirmed(operator), Participant(client, devnet.OUTSIDER)
    for id in (agreement, "0" * 26, "nonsense"):
        answer = outsider.get(f"/api/agreements/{id}")
        assert (answer.status_code, answer.json()["title"]) == (404, "there is no such agreement")
    assert outsider.get("/api/agreements").json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/operator/requests", {}),
        ("GET", "/api/operator/matches", {}),
        ("POST", "/api/operator/requests/{id}/check", {}),
        ("POST", "/api/operator/requests/{id}/reject", {"reason": "no"}),
        ("GET", "/api/operator/requests/{id}/no-matches", {}),
        ("POST", "/api/operator/matches", {"long": "0" * 26, "short": "0" * 26, "quantity": 1, "price": "1"}),
    ],
)
def test_operators_alone_operate(
    desk: Desk, client: TestClient, long: Participant, method: str, path: str, body: dict[str, object]
) -> None:
    """A participant is refused, also for its own request; whoever is not signed in too."""
    path = path.format(id=asked(desk, long, "long")["id"])
    assert long.write(method, path, body).status_code == 403
    assert client.request(method, path, json=body).status_code == 401


def test_a_rejected_request_tells_its_author_why(desk: Desk, operator: Participant, long: Participant) -> None:
    """And it is over."""
    id = asked(desk, long, "long")["id"]
    answer = operator.post(f"/api/operator/requests/{id}/reject", {"reason": "who are you?"})
    assert answer.json()["state"] == "rejected"
    assert long.get(f"/api/requests/{id}").json()["reason"] == "who are you?"
    assert operator.post(f"/api/operator/requests/{id}/check").status_code == 409
    assert operator.post(f"/api/operator/requests/{id}/reject", {"reason": ""}).status_code == 422


def test_a_draft_is_hidden_from_operators(desk: Desk, operator: Participant, long: Participant) -> None:
    """What was handed in is not, with its contact."""
    draft = long.post("/api/requests", wish(desk, "long", submit=False)).json()["id"]
    handed = asked(desk, long, "long", contact="treasury desk")["id"]
    items = operator.get("/api/operator/requests").json()["items"]
    assert [(each["id"], each["contact"], each["account"]) for each in items] == [
        (handed, "treasury desk", long.account)
    ]
    assert operator.get(f"/api/operator/requests/{draft}").status_code == 404
    assert operator.post(f"/api/operator/requests/{draft}/check").status_code == 404


def test_what_terms_were_sent_for_is_not_checked_again(
    desk: Desk, operator: Participant, long: Participant, short: Participant
) -> None:
    """The way back to `checked` is the agreement's."""
    id = checked(desk, operator, long, "long")
    checked(desk, operator, short, "short")
    confirmed(operator)
    assert operator.post(f"/api/operator/requests/{id}/check").status_code == 409
    assert state_of(long, id) == "terms_sent"


def test_a_match_is_confirmed_once_and_as_it_was_seen(
    desk: Desk, operator: Participant, long: Participant, short: Participant
) -> None:
    """Another price or size is refused; the same key gives the same agreement, another key nothing."""
    checked(desk, operator, long, "long", limit_price="7.60")
    checked(desk, operator, short, "short", quantity=4 * LOT)
    seen = proposals(operator)[0]
    assert [seen[name] for name in ("price", "quantity", "indicative")] == ["7.52", 4 * LOT, "7.45"]
    assert seen["improvement"] == "0.15"
    body = confirmation(seen)
    for change in ({"price": "7.53"}, {"quantity": 3 * LOT}):
        assert operator.post("/api/operator/matches", body | change).status_code == 409
    first = operator.post("/api/operator/matches", body, key="confirm-key")
    assert operator.post("/api/operator/matches", body, key="confirm-key").json() == first.json()
    assert operator.post("/api/operator/matches", body).status_code == 409
    assert proposals(operator) == []


def test_every_other_request_has_a_reason(
    desk: Desk, client: TestClient, operator: Participant, long: Participant
) -> None:
    """Why there is no counterpart, one by one; null for the one that fits."""
    outsider = Participant(client, devnet.OUTSIDER)
    short = Participant(client, devnet.SHORT)
    id = checked(desk, operator, long, "long", limit_price="7.40")
    dear = checked(desk, operator, short, "short", limit_price="7.50")
    other = checked(desk, operator, short, "short", months=3)
    fits = checked(desk, operator, outsider, "short", limit_price="7.40")
    checked(desk, operator, short, "short", underlying=LUNA)
    found = operator.get(f"/api/operator/requests/{id}/no-matches").json()["items"]
    reasons = {each["request"]["id"]: each["reason"] for each in found}
    assert set(reasons) == {dear, other, fits}
    assert reasons[dear] == "the long pays at most 7.40 USD/Mtok, the short takes at least 7.50 USD/Mtok"
    assert reasons[other] == "they mature on different days: 2027-01-15 and 2026-10-15"
    assert reasons[fits] is None


def test_one_participant_behind_two_accounts_is_not_matched(
    desk: Desk, operator: Participant, long: Participant, short: Participant
) -> None:
    """The same name, however it is written."""
    checked(desk, operator, long, "long")
    checked(desk, operator, short, "short")
    assert len(proposals(operator)) == 1
    long.write("PUT", "/api/participants/me", {"name": "Both  GmbH"})
    short.write("PUT", "/api/participants/me", {"name": "both gmbh"})
    assert proposals(operator) == []


def test_nothing_is_sent_before_todays_fixing(
    desk: Desk, operator: Participant, long: Participant, short: Participant
) -> None:
    """Between midnight and the post the proposal stands on yesterday's; with today's it is confirmed."""
    checked(desk, operator, long, "long")
    checked(desk, operator, short, "short")
    devnet.travel(desk.ifx, (desk.ifx.chain.now() // DAY + 1) * DAY + 60)
    operator = Participant(operator.client, OPERATOR)  # a session lasts 12 hours
    body = confirmation(proposals(operator)[0])
    refused = operator.post("/api/operator/matches", body, key="wait-for-it")
    assert (refused.status_code, refused.json()["title"]) == (503, f"today's fixing of {GPT} is not posted yet")
    for outcome in devnet.post(desk.ifx, {GPT: 8_000_000}):
        outcome.confirmed()
    assert operator.post("/api/operator/matches", body, key="wait-for-it").status_code == 201


@pytest.mark.parametrize(("price", "stand"), [(8_000_000, True), (7_000_000, False)])
def test_terms_stand_while_the_fixing_holds(
    desk: Desk,
    client: TestClient,
    operator: Participant,
    long: Participant,
    short: Participant,
    price: int,
    stand: bool,
) -> None:
    """The same price on the next day changes nothing; another one ends them, and new terms are on it."""
    devnet.travel(desk.ifx, desk.ifx.chain.now() + 6 * 3_600)
    ids = checked(desk, operator, long, "long"), checked(desk, operator, short, "short")
    agreement = confirmed(operator)
    held = long.get(f"/api/agreements/{agreement}").json()
    message = Terms.from_json(json.dumps(held["message"]))
    next_day(desk, price)
    long, short, operator = (Participant(client, index) for index in (devnet.LONG, devnet.SHORT, OPERATOR))
    assert [end_outdated(desk), end_outdated(desk)] == ([0, 0] if stand else [1, 0])
    then = long.get(f"/api/agreements/{agreement}").json()
    if stand:
        desk.ifx.escrow.check_terms(message)
        assert then == held
        return
    with pytest.raises(SpotNotTodaysFixing):
        desk.ifx.escrow.check_terms(message)
    assert then["state"] == "failed"
    assert "today's fixing is 7.00 USD/Mtok and the spot 8.00 USD/Mtok" in then["reason"]
    assert (state_of(long, ids[0]), state_of(short, ids[1])) == ("checked", "checked")
    anew = long.get(f"/api/agreements/{confirmed(operator)}").json()
    assert (anew["terms"]["spot"], anew["terms"]["price"]) == ("7.00", "6.52")
    assert anew["message"]["maturity"] == message.maturity + DAY


def test_automatic_matching_needs_no_operator(desk: Desk, long: Participant, short: Participant) -> None:
    """Requests are checked as they come, and a round sends the terms of what fits."""
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"automatic_matching": True}))
    first, second = asked(desk, long, "long"), asked(desk, short, "short", quantity=LOT)
    assert (first["state"], second["state"]) == ("checked", "checked")
    assert match_all(desk) == 1
    assert match_all(desk) == 0
    assert state_of(long, first["id"]) == "terms_sent"
    assert [each["quantity"] for each in long.get("/api/requests", state="checked").json()["items"]] == [9 * LOT]

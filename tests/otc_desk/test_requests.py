"""A participant's own requests: written, handed in, listed, withdrawn; and what is refused, and to whom."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from support.chain import DAY, GPT
from support.desk import OPERATOR, Participant
from support.desk_market import LOT, asked, checked, confirmed, wish

from ifx_sdk import devnet
from otc_desk.db.tables import Event
from otc_desk.desk import Desk


@pytest.fixture
def long(client: TestClient) -> Participant:
    """A buyer of protection against rises."""
    return Participant(client, devnet.LONG)


@pytest.fixture
def outsider(client: TestClient) -> Participant:
    """Signed in, and not concerned."""
    return Participant(client, devnet.OUTSIDER)


def test_a_draft_is_written_and_handed_in(desk: Desk, long: Participant) -> None:
    """First its author's alone, then the operator's to look at."""
    answer = long.post("/api/requests", wish(desk, "long", limit_price="7.5", submit=False, contact="treasury desk"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made == {
        "id": made["id"],
        "side": "long",
        "underlying": GPT,
        "quantity": 1_000_000,
        "months": 6,
        "maturity": 1_799_971_200,
        "averaging_days": 1,
        "limit_price": "7.50",
        "valid_until": made["valid_until"],
        "contact": "treasury desk",
        "state": "draft",
        "reason": "",
        "parent": None,
        "family": made["id"],
        "agreement": None,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    answer = long.post(f"/api/requests/{made['id']}/submit")
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
    assert long.get(f"/api/requests/{made['id']}").json()["state"] == "submitted"
    assert long.post(f"/api/requests/{made['id']}/submit").status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": LOT + 1}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 2**40}, "quantity"),
        ({"quantity": "1000000"}, "quantity"),
        ({"quantity": 1e6}, "quantity"),
        ({"side": "buy"}, "side"),
        ({"underlying": "openai/gpt-9"}, "underlying"),
        ({"underlying": "OpenAI"}, "underlying"),
        ({"months": 5}, "months"),
        ({"months": None}, "maturity"),
        ({"maturity": 1_799_971_200}, "maturity"),
        ({"months": None, "maturity": 1_799_971_201}, "maturity"),
        ({"months": None, "maturity": 1_784_073_600 + 27 * DAY}, "maturity"),
        ({"months": None, "maturity": 1_784_073_600 + 401 * DAY}, "maturity"),
        ({"months": None, "maturity": 1_784_073_600 + 30 * DAY, "averaging_days": 31}, "averaging_days"),
        ({"averaging_days": 0}, "averaging_days"),
        ({"averaging_days": 401}, "averaging_days"),
        ({"limit_price": 7.45}, "limit_price"),
        ({"limit_price": "-1"}, "limit_price"),
        ({"limit_price": "0.00"}, "limit_price"),
        ({"limit_price": "7.4500001"}, "limit_price"),
        ({"valid_until": 1_784_073_600}, "valid_until"),
        ({"valid_until": 1_784_073_600 + 91 * DAY}, "valid_until"),
        ({"contact": "line\nbreak"}, "contact"),
        ({"contact": "\u202egnihtemos"}, "contact"),
        ({"contact": "a letter that nobody sees: \u3164"}, "contact"),
        ({"contact": "a variant that nobody sees: a\ufe0f"}, "contact"),
        ({"contact": "a" * 501}, "contact"),
        ({"price": "7.45"}, "price"),
    ],
)
def test_a_malformed_request_is_refused_by_its_field(
    desk: Desk, long: Participant, change: dict[str, Any], field: str
) -> None:
    """Nothing is kept, and the problem names what is wrong; without the change it is taken."""
    answer = long.post("/api/requests", wish(desk, "long") | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert long.get("/api/requests").json() == {"items": [], "next": None}
    assert long.post("/api/requests", wish(desk, "long")).status_code == 201


@pytest.mark.parametrize("index", [OPERATOR, devnet.DESK, devnet.NODES[0]])
def test_whoever_matches_books_or_makes_the_price_takes_no_side(desk: Desk, client: TestClient, index: int) -> None:
    """Operator, desk and oracle signers are refused; an outsider is not."""
    assert Participant(client, index).post("/api/requests", wish(desk, "long")).status_code == 403
    assert Participant(client, devnet.OUTSIDER).post("/api/requests", wish(desk, "long")).status_code == 201


def test_a_strangers_request_is_not_told_from_none(desk: Desk, long: Participant, outsider: Participant) -> None:
    """Reading, submitting and withdrawing answer in the same words for both."""
    id = long.post("/api/requests", wish(desk, "long", submit=False)).json()["id"]
    none = "0" * 26
    for name in (id, none, "nonsense"):
        answers = [outsider.get(f"/api/requests/{name}")]
        answers += [outsider.post(f"/api/requests/{name}/{what}") for what in ("submit", "withdraw")]
        assert [each.status_code for each in answers] == [404, 404, 404]
        assert {each.json()["title"] for each in answers} == {"there is no such request"}
    assert long.get(f"/api/requests/{id}").json()["state"] == "draft"


def test_a_repeated_write_is_one_request(desk: Desk, long: Participant) -> None:
    """A client that got no answer asks again with its key; another body under it is refused."""
    body = wish(desk, "long")
    first = long.post("/api/requests", body, key="the-same-key")
    again = long.post("/api/requests", body, key="the-same-key")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(long.get("/api/requests").json()["items"]) == 1
    assert long.post("/api/requests", body | {"quantity": LOT}, key="the-same-key").status_code == 422


def test_pages_follow_one_another(desk: Desk, long: Participant, outsider: Participant) -> None:
    """Newest first, each once, one's own alone; a state can be asked for."""
    ids = [asked(desk, long, "long")["id"] for _ in range(5)]
    asked(desk, outsider, "long")
    seen, after = [], {}
    while after is not None:
        page = long.get("/api/requests", limit=2, **after).json()
        seen += [each["id"] for each in page["items"]]
        after = {"after": page["next"]} if page["next"] else None
    assert seen == sorted(ids, reverse=True)
    long.post(f"/api/requests/{ids[2]}/withdraw")
    withdrawn = long.get("/api/requests", state="withdrawn").json()["items"]
    assert [each["id"] for each in withdrawn] == [ids[2]]


def test_an_account_has_so_many_open_requests(desk: Desk, long: Participant) -> None:
    """At the limit one must go before another comes."""
    most = 3
    limits = desk.settings.limits.model_copy(update={"open_requests": most})
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"limits": limits}))
    ids = [asked(desk, long, "long")["id"] for _ in range(most)]
    assert long.post("/api/requests", wish(desk, "long")).json()["title"].startswith("request: 3 of this account")
    long.post(f"/api/requests/{ids[0]}/withdraw")
    assert long.post("/api/requests", wish(desk, "long")).status_code == 201


def test_a_request_in_terms_cannot_be_withdrawn(desk: Desk, client: TestClient, long: Participant) -> None:
    """Its terms wait for approval: decline those first. What was left of it can be."""
    operator, short = Participant(client, OPERATOR), Participant(client, devnet.SHORT)
    id = checked(desk, operator, long, "long")
    checked(desk, operator, short, "short", quantity=3 * LOT)
    confirmed(operator)
    refused = long.post(f"/api/requests/{id}/withdraw")
    assert refused.status_code == 409
    assert "Decline its agreement" in refused.json()["cure"]
    rest = long.get("/api/requests", state="checked").json()["items"]
    assert [(each["quantity"], each["parent"], each["family"]) for each in rest] == [(7 * LOT, id, id)]
    assert long.post(f"/api/requests/{rest[0]['id']}/withdraw").json()["state"] == "withdrawn"


def test_contact_data_is_in_no_event(desk: Desk, long: Participant) -> None:
    """The trail tells what was asked and what became of it, not whom to call."""
    id = asked(desk, long, "long", contact="call +49 30 1234")["id"]
    long.write("PUT", "/api/participants/me", {"name": "Long GmbH", "email": "treasury@long.example"})
    long.post(f"/api/requests/{id}/withdraw")
    with desk.database.reading() as session:
        trail = [(each.object, each.what, each.detail) for each in session.scalars(select(Event).order_by(Event.seq))]
    assert [what for kind, what, _ in trail if kind == "request"] == ["draft", "submitted", "withdrawn"]
    assert not [detail for *_, detail in trail if "1234" in detail or "Long" in detail or "@" in detail]


def test_a_profile_is_its_owners(long: Participant, outsider: Participant) -> None:
    """Written whole; a new webhook gets a new secret, the same one keeps it."""
    body = {"name": "Long GmbH", "email": "treasury@long.example", "webhook": "https://long.example/hook"}
    answer = long.write("PUT", "/api/participants/me", body)
    assert answer.status_code == 200, answer.text
    first = long.get("/api/participants/me").json()
    assert first == answer.json()
    assert first["webhook_secret"].startswith("whsec_")
    assert {key: first[key] for key in body} == body
    assert outsider.get("/api/participants/me").json()["name"] == ""
    kept = long.write("PUT", "/api/participants/me", body | {"name": "Long AG"}).json()
    assert kept["webhook_secret"] == first["webhook_secret"]
    moved = long.write("PUT", "/api/participants/me", body | {"webhook": "https://long.example/other"}).json()
    assert moved["webhook_secret"] not in ("", first["webhook_secret"])
    assert long.write("PUT", "/api/participants/me", {}).json()["webhook_secret"] == ""


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody"},
        {"email": "a@b.example, c@d.example"},
        {"email": "a@b.example\nBcc: c@d.example"},
        {"webhook": "ftp://long.example"},
        {"webhook": "https://user:secret@long.example"},
        {"webhook": "https://"},
        {"webhook": "https://[long"},
        {"name": "a\u0000b"},
        {"account": "0x" + "00" * 20},
    ],
)
def test_a_malformed_profile_is_refused(long: Participant, change: dict[str, str]) -> None:
    """Addresses that could carry something else, control characters, fields that are not its own."""
    assert long.write("PUT", "/api/participants/me", change).status_code == 422
    assert long.get("/api/participants/me").json()["email"] == ""

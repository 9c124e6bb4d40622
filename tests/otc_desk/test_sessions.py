"""Signing in with a wallet: for this desk, once, in time; and what a session then allows."""

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from fastapi.testclient import TestClient
from support.desk import URL, Participant

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.sign_in import SignIn
from otc_desk.desk import Desk

LONG = devnet.LONG


def message_of(client: TestClient) -> str:
    """A new message for the long."""
    found: str = client.get("/api/session/message", params={"account": dev_address(LONG)}).json()["message"]
    return found


def signed(text: str, index: int = LONG) -> dict[str, object]:
    """The body of a sign-in."""
    signature = Account.sign_message(encode_defunct(text=text), dev_key(index)).signature
    return {"message": text, "signature": "0x" + signature.hex()}


def test_a_wallet_signs_in_and_out(client: TestClient) -> None:
    """The token answers for the account until it is given up."""
    long = Participant(client, LONG)
    found = long.get("/api/session").json()
    assert (found["account"], found["operator"], bool(found["csrf"])) == (dev_address(LONG), False, True)
    assert client.delete("/api/session", headers=long.headers).status_code == 204
    assert long.get("/api/session").status_code == 401


def test_who_signs_out_everywhere_ends_all_sessions_of_the_account(client: TestClient) -> None:
    """Also one that somebody else has; those of other accounts stay, and so does the own one without the word."""
    long, stolen, short = Participant(client, LONG), Participant(client, LONG), Participant(client, devnet.SHORT)
    other = Participant(client, LONG)
    assert client.delete("/api/session", headers=other.headers).status_code == 204
    assert [each.get("/api/session").status_code for each in (long, stolen, other, short)] == [200, 200, 401, 200]
    assert client.delete("/api/session?everywhere=true", headers=long.headers).status_code == 204
    assert [each.get("/api/session").status_code for each in (long, stolen, short)] == [401, 401, 200]


def test_a_message_is_good_for_one_sign_in(client: TestClient) -> None:
    """The second use of its nonce is refused."""
    body = signed(message_of(client))
    assert client.post("/api/session", json=body).status_code == 201
    again = client.post("/api/session", json=body)
    assert again.status_code == 401
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["type"] == "urn:ifx:desk:not-signed-in"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"domain": "evil.example"}, 422),
        ({"uri": "https://evil.example"}, 422),
        ({"chain_id": 1}, 422),
        ({"expires_at": 1}, 422),
        ({"nonce": "0" * 32}, 401),
    ],
)
def test_what_was_signed_for_elsewhere_is_refused(client: TestClient, change: dict[str, object], status: int) -> None:
    """Another site's message, another chain's, an old one and one of an unknown nonce, each well signed."""
    text = replace(SignIn.parse(message_of(client)), **change).text()  # type: ignore[arg-type]  # one field of its type
    assert client.post("/api/session", json=signed(text)).status_code == status


def test_another_account_cannot_sign_in_as_the_long(client: TestClient) -> None:
    """A signature of the short under the long's message."""
    assert client.post("/api/session", json=signed(message_of(client), devnet.SHORT)).status_code == 401


def test_a_page_needs_its_csrf_value_and_its_own_origin(client: TestClient) -> None:
    """The cookie alone writes nothing, nor does a request from another site's page."""
    answer = client.post("/api/session", json=signed(message_of(client)) | {"cookie": True})
    assert answer.json()["token"] is None
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    csrf = {"X-CSRF-Token": answer.json()["csrf"]}
    assert client.get("/api/session").status_code == 200
    assert client.delete("/api/session").status_code == 403
    assert client.delete("/api/session", headers=csrf | {"Origin": "https://evil.example"}).status_code == 403
    assert client.delete("/api/session", headers=csrf | {"Origin": URL}).status_code == 204


def test_a_session_ends_by_itself(desk: Desk, client: TestClient) -> None:
    """After twelve hours the token answers for nobody."""
    long = Participant(client, LONG)
    devnet.travel(desk.ifx, desk.ifx.chain.timestamp() + 13 * 3_600)
    assert long.get("/api/session").status_code == 401

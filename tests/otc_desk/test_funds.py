"""What the desk tells an account of its money: free on the escrow, locked in forwards, in its wallet."""

import pytest
from fastapi.testclient import TestClient
from support.booking import FUNDS, LONG, SHORT, approved, fund, rounds, row, terms_of, working
from support.desk import Participant

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.money import decimal_text
from otc_desk.desk import Desk


def test_money_is_told_as_the_chain_has_it(desk: Desk, client: TestClient) -> None:
    """Before a booking, after it, and after a deposit; amounts are decimal text."""
    fund(desk.ifx, LONG, SHORT)
    long = Participant(client, LONG)
    found = long.get("/api/funds").json()
    assert (found["free"], found["locked"], found["wallet"]) == ("0.000000", "0.000000", decimal_text(FUNDS, places=6))
    assert (found["is_contract"], found["block"]) == (False, desk.ifx.chain.block_number())

    id = approved(desk, client, terms_of(desk))
    rounds(working(desk))
    assert row(desk, id).state == "done"
    party = desk.ifx.as_signer(devnet.signer(LONG))
    party.escrow.deposit(1_500_000).confirmed()
    found = long.get("/api/funds").json()
    assert (found["free"], found["locked"]) == ("1.500000", "800000.000000")
    assert found["wallet"] == decimal_text(party.token.balance(), places=6)


def test_a_contracts_account_is_told_to_be_one(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where code stands at the account, the page offers a Safe's way first."""
    short = Participant(client, SHORT)
    assert short.get("/api/funds").json()["is_contract"] is False
    monkeypatch.setattr(Chain, "code", lambda self, account: b"\0")
    assert short.get("/api/funds").json()["is_contract"] is True


def test_nobodys_money_is_told_to_nobody(client: TestClient) -> None:
    """It takes a session."""
    assert client.get("/api/funds").status_code == 401

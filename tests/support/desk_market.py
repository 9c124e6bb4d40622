"""Requests, matches and terms of a test's desk, over its routes; what every test of the market begins with."""

from collections.abc import Mapping
from typing import Any

from support.chain import DAY, GPT
from support.desk import Participant

from otc_desk.desk import Desk

LOT = 100_000
"""Mtok."""


def wish(desk: Desk, side: str, quantity: int = 10 * LOT, **more: Any) -> dict[str, Any]:
    """A body for POST /api/requests: GPT-4.1 in 6 months at the indicative price, valid for 10 days, handed in."""
    return {
        "side": side,
        "underlying": GPT,
        "quantity": quantity,
        "months": 6,
        "valid_until": desk.now() + 10 * DAY,
        "submit": True,
    } | more


def asked(desk: Desk, by: Participant, side: str, quantity: int = 10 * LOT, **more: Any) -> dict[str, Any]:
    """A request that was handed in, as its author reads it."""
    answer = by.post("/api/requests", wish(desk, side, quantity, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def checked(desk: Desk, operator: Participant, by: Participant, side: str, **more: Any) -> str:
    """The id of a request that the operator checked."""
    id: str = asked(desk, by, side, **more)["id"]
    answer = operator.post(f"/api/operator/requests/{id}/check")
    assert answer.status_code == 200, answer.text
    return id


def proposals(operator: Participant) -> list[dict[str, Any]]:
    """What could be matched."""
    answer = operator.get("/api/operator/matches")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def confirmation(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The body that confirms a proposal."""
    return {
        "long": proposal["long"]["id"],
        "short": proposal["short"]["id"],
        "quantity": proposal["quantity"],
        "price": proposal["price"],
    }


def confirmed(operator: Participant) -> str:
    """Confirm the best proposal: the agreement's id."""
    answer = operator.post("/api/operator/matches", confirmation(proposals(operator)[0]))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["agreement"]
    return found

"""What is somebody else's cannot be told from what does not exist, on every route with an id; nobody is let in without
signing in; and what one participant tells about itself reaches nobody else. New routes are found by themselves."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text
from support.desk import OPERATOR, Participant
from support.desk_market import asked, checked, confirmed

from ifx_sdk import devnet
from otc_desk.chain_index import advance
from otc_desk.db.tables import Agreement, Notice
from otc_desk.db.tables import Request as RequestRow
from otc_desk.desk import Desk

OPEN = {"GET /api/session/message", "POST /api/session"}
"""With the market, what needs no session."""
UNKNOWN = {"ulid": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "forward": "0x" + "ab" * 32}
"""Ids of the right shape, of nothing."""
CANARIES = {
    "contact": "canary-contact-7f3a",
    "email": "canary-mail-91bc@canary.example",
    "webhook": "http://canary-hook-55d0.example/in",
}
"""What only the operator, or nobody but the desk, may read."""


@pytest.fixture
def world(desk: Desk, client: TestClient) -> dict[str, Participant]:
    """A long and a short with requests, terms and profiles, an operator, and an outsider."""
    roles = {"operator": OPERATOR, "long": devnet.LONG, "short": devnet.SHORT, "outsider": devnet.OUTSIDER}
    found = {name: Participant(client, index) for name, index in roles.items()}
    profile = {"name": "Long Ltd", "email": CANARIES["email"], "webhook": CANARIES["webhook"]}
    assert found["long"].write("PUT", "/api/participants/me", profile).status_code == 200
    checked(desk, found["operator"], found["long"], "long", contact=CANARIES["contact"])
    checked(desk, found["operator"], found["short"], "short")
    confirmed(found["operator"])
    asked(desk, found["long"], "long", contact=CANARIES["contact"])
    advance(desk)
    return found


def operations(client: TestClient) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path and description of every route."""
    document = client.get("/api/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation | {"components": document["components"]}


def example(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    """Some value of a schema: the smallest that its own examples, enumerations and patterns suggest."""
    if "$ref" in schema:
        return example(components["schemas"][schema["$ref"].rsplit("/", 1)[1]], components)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    if "anyOf" in schema:
        return example(schema["anyOf"][0], components)
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: example(properties[name], components) for name in schema.get("required", ())}
    if schema.get("type") == "integer":
        return max(1, schema.get("minimum", 1))
    if schema.get("type") == "boolean":
        return False
    pattern = schema.get("pattern", "")
    for guess in (UNKNOWN["ulid"], UNKNOWN["forward"], "onchain", "7.45", devnet.signer(devnet.SHORT).address, "text"):
        if re.search(pattern, guess):
            return guess
    raise AssertionError(f"no example of {schema}")


def body_of(operation: Mapping[str, Any]) -> Any:
    """A body that the route takes; None where it takes none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else example(content["schema"], operation["components"])


def ids_of(desk: Desk) -> dict[str, list[str]]:
    """Ids of what is there, by the tables that have them."""
    with desk.database.reading() as session:
        return {
            "agreements": list(session.scalars(text("SELECT id FROM agreements"))),
            "forwards": list(session.scalars(text("SELECT forward FROM agreements"))),
            "requests": list(session.scalars(text("SELECT id FROM requests"))),
            "notices": list(session.scalars(text("SELECT id FROM notices"))),
            "matches": list(session.scalars(text("SELECT id FROM matches"))),
        }


def told(answer: Any, id: str) -> tuple[int, str, dict[str, str]]:
    """All that an answer gives away, but for the id that was asked for."""
    kept = {name: value for name, value in answer.headers.items() if name not in {"content-length", "date"}}
    return answer.status_code, answer.text.replace(id, "ID"), kept


def ask(by: Participant, method: str, path: str, body: Any) -> Any:
    """One request, with what every route of its method needs."""
    return by.get(path) if method == "GET" else by.write(method, path, body)


def test_foreign_and_unknown_ids_get_the_same_answer_on_every_route(
    desk: Desk, client: TestClient, world: dict[str, Participant]
) -> None:
    """Status, body and headers, whatever kind of id stands in the path, for one who is no party of anything."""
    there, seen = ids_of(desk), 0
    known = [*there["agreements"], *there["requests"], *there["notices"], *there["matches"], *there["forwards"]]
    assert len(known) >= 6
    for method, path, operation in operations(client):
        if "{id}" not in path and "{forward}" not in path and "{agreement}" not in path:
            continue
        body, answers = body_of(operation), {}
        for id in (*known, *UNKNOWN.values()):
            shape = len(id)
            answer = ask(world["outsider"], method, re.sub(r"\{(id|forward|agreement)\}", id, path), body)
            answers.setdefault(shape, set()).add(json.dumps(told(answer, id), sort_keys=True))
            assert answer.status_code in {403, 404, 422}, (method, path, answer.text)
        assert all(len(found) == 1 for found in answers.values()), (method, path, answers)
        seen += 1
    assert seen >= 10


def test_owners_get_another_answer(desk: Desk, world: dict[str, Participant]) -> None:
    """The twin of the above: what is one's own is there."""
    with desk.database.reading() as session:
        agreement, request = session.query(Agreement).first(), session.query(RequestRow).first()
    assert agreement is not None
    assert request is not None
    owner = world["long"] if request.account == world["long"].account else world["short"]
    assert owner.get(f"/api/requests/{request.id}").status_code == 200
    assert world["long"].get(f"/api/agreements/{agreement.id}").status_code == 200


def test_every_route_but_the_named_ones_needs_a_session(client: TestClient, world: dict[str, Participant]) -> None:
    """401 before anything else is said; the operator's are closed to participants."""
    anonymous = TestClient(client.app, base_url=str(client.base_url), raise_server_exceptions=False)
    for method, path, operation in operations(client):
        filled = re.sub(r"\{\w+\}", UNKNOWN["forward"] if "positions" in path else UNKNOWN["ulid"], path)
        if f"{method} {path}" in OPEN or path.startswith("/api/market"):
            continue
        answer = anonymous.request(method, filled, json=body_of(operation))
        assert answer.status_code == 401, (method, path, answer.text)
        if path.startswith("/api/operator"):
            assert ask(world["long"], method, filled, body_of(operation)).status_code == 403


def test_every_write_needs_an_idempotency_key(client: TestClient, world: dict[str, Participant]) -> None:
    """But for signing in and out, which are not repeated."""
    for method, path, operation in operations(client):
        if method == "GET" or path == "/api/session":
            continue
        names = {each["name"] for each in operation.get("parameters", ())}
        assert "Idempotency-Key" in names, (method, path)


def test_contact_data_reaches_nobody_else(
    desk: Desk,
    client: TestClient,
    world: dict[str, Participant],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither the other side nor the outsider on any route, nor the log, the audit trail, the kept answers of others.

    The operator reads the contact, and nobody's e-mail or webhook; the owner reads all of it.
    """
    caplog.set_level(logging.DEBUG)
    there = ids_of(desk)
    answers: dict[str, list[str]] = {name: [] for name in world}
    for method, path, operation in operations(client):
        if path == "/api/session":
            continue
        ids = [each for found in there.values() for each in found] if "{" in path else [""]
        for name, by in world.items():
            for id in ids:
                body = body_of(operation)
                answers[name].append(ask(by, method, re.sub(r"\{\w+\}", id, path), body).text)
    for name in ("short", "outsider"):
        assert not [each for each in CANARIES.values() if each in "".join(answers[name])]
    assert CANARIES["contact"] in "".join(answers["operator"])
    assert CANARIES["email"] not in "".join(answers["operator"])
    assert CANARIES["webhook"] not in "".join(answers["operator"])
    assert all(each in "".join(answers["long"]) for each in CANARIES.values())
    out, err = capfd.readouterr()
    assert not [each for each in CANARIES.values() if each in caplog.text + out + err]


def test_contact_data_stands_only_where_it_belongs(desk: Desk, world: dict[str, Participant]) -> None:
    """Of all tables in two: profile and request; and in answers kept for the owner and for the operator."""
    found = set()
    with desk.database.engine.connect() as connection:
        for table in inspect(desk.database.engine).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).mappings()  # noqa: S608 - our own tables
            for row in rows:
                words = " ".join(str(value) for value in row.values())
                if any(each in words for each in CANARIES.values()):
                    found.add(table)
                    own = row["account"] == world["long"].account
                    assert own or (row["account"] == world["operator"].account and CANARIES["email"] not in words)
    assert found <= {"participants", "requests", "idempotent_answers", Notice.__tablename__}
    assert {"participants", "requests"} <= found

"""Everybody reads the market, as of one block, from memory while nothing changed; nobody reads who asks for what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.chain import GPT, LUNA
from support.desk import client_of
from support.trading import Trading, open_trading

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import RpcError
from ifx_sdk.money import decimal_text
from otc_desk import events, market
from otc_desk.chain_index import advance
from otc_desk.db.tables import Participant, Request
from otc_desk.desk import Desk
from otc_desk.states import RequestState

ROUTES = ("", "/underlyings", "/open-interest", "/volume", "/settlements", "/requests", "/gates")
NAMED = ("/fixings", "/curve")
LOT = 100_000


@pytest.fixture
def trading(deployed: IFX) -> Trading:
    """The in-process deployment with funded parties."""
    return open_trading(deployed)


@pytest.fixture
def read(client: TestClient) -> Callable[..., Any]:
    """GET a market route, which must answer."""

    def get(path: str, **params: Any) -> Any:
        answer = client.get("/api/market" + path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def request(desk: Desk, index: int, **fields: Any) -> str:
    """A request in the database, as its own flow would leave it; its id."""
    account, now = dev_address(index), desk.now()
    values: dict[str, Any] = {
        "account": account,
        "side": "long",
        "underlying": GPT,
        "quantity": LOT,
        "months": 3,
        "maturity": 0,
        "averaging_days": 1,
        "limit_price": 7_500_000,
        "valid_until": now + 86_400,
        "contact": "treasury@long.example, +1 555 0100",
        "state": RequestState.CHECKED,
        "created_at": now,
        "updated_at": now,
    } | fields
    with desk.database.writing() as session:
        if session.get(Participant, account) is None:
            session.add(Participant(account=account, name="Long Treasury Inc.", created_at=now))
            session.flush()
        row = events.record(session, at=now, actor=account, object="request", object_id="", what="checked")
        id = f"REQUEST{row.seq:019d}"
        session.add(Request(id=id, family=id, **values))
    return id


def test_open_requests_are_told_without_whose_they_are(
    desk: Desk, client: TestClient, read: Callable[..., Any]
) -> None:
    """Nothing of account, name, contact or id is in any answer; requests that are alike are one row."""
    advance(desk)
    ids = [request(desk, index, quantity=LOT * (1 + index)) for index in (devnet.LONG, devnet.OUTSIDER)]
    ids.append(request(desk, devnet.SHORT, side="short", limit_price=None))
    maturity = 1_784_073_600 + 60 * 86_400
    ids.append(request(desk, devnet.SHORT, side="short", months=None, maturity=maturity, averaging_days=30))
    items = read("/requests")["items"]
    told = [(each["side"], each["months"], each["kind"], each["limit_price"], each["indicative"]) for each in items]
    assert told == [
        ("short", None, "average", "7.50", items[0]["indicative"]),
        ("long", 3, "point", "7.50", "7.71"),
        ("short", 3, "point", None, "7.71"),
    ]
    assert [(each["quantity"], each["requests"]) for each in items] == [(LOT, 1), (LOT * (3 + 10), 2), (LOT, 1)]
    assert items[0]["maturity"] == maturity
    everything = "".join(client.get(f"/api/market{path}").text for path in ROUTES)
    secrets = [dev_address(index) for index in range(10)] + ids + ["Treasury", "treasury", "555"]
    known = [each for each in secrets if each.lower() in everything.lower()]
    assert known == []


def test_only_checked_and_valid_requests_are_open(desk: Desk, read: Callable[..., Any]) -> None:
    """Of one in each state, and one whose validity is over, one row is told."""
    advance(desk)
    for number, state in enumerate(RequestState):
        request(desk, devnet.LONG, state=state, limit_price=7_000_000 + number)
    request(desk, devnet.LONG, valid_until=desk.now() - 1, limit_price=6_000_000)
    (only,) = read("/requests")["items"]
    assert only["limit_price"] == decimal_text(7_000_000 + list(RequestState).index(RequestState.CHECKED), places=2)
    assert read("/requests", underlying=LUNA)["items"] == []
    assert read("/requests", underlying=GPT)["items"] == [only]


def test_a_request_is_seen_at_once_and_gone_at_once(desk: Desk, read: Callable[..., Any]) -> None:
    """What is kept in memory never outlives a change."""
    advance(desk)
    assert read("/requests")["items"] == []
    id = request(desk, devnet.LONG)
    assert len(read("/requests")["items"]) == 1
    with desk.database.writing() as session:
        session.get_one(Request, id).state = RequestState.WITHDRAWN
        events.record(session, at=desk.now(), actor="desk", object="request", object_id=id, what="withdrawn")
    assert read("/requests")["items"] == []


def test_every_answer_is_as_of_one_block(
    desk: Desk, trading: Trading, client: TestClient, read: Callable[..., Any]
) -> None:
    """All routes name the block that the index has read, its hash and time, and what is final."""
    trading.book(trading.terms(GPT))
    advance(desk)
    block = trading.ifx.chain.web3.eth.get_block("latest")
    expected = {
        "block": block["number"],
        "hash": "0x" + bytes(block["hash"]).hex(),
        "time": block["timestamp"],
        "final_block": block["number"],
    }
    answers = [read(path) for path in ROUTES] + [read(path, underlying=GPT) for path in NAMED]
    assert [each["as_of"] for each in answers] == [expected] * len(answers)


def test_the_page_learns_where_the_contracts_are(desk: Desk, read: Callable[..., Any]) -> None:
    """Chain id and addresses are those of the deployment."""
    advance(desk)
    deployment = desk.ifx.deployment
    assert read("")["deployment"] == {
        "network": deployment.network,
        "chain_id": 31337,
        "token": deployment.token,
        "oracle": deployment.oracle,
        "escrow": deployment.escrow,
        "timelock": deployment.timelock,
        "block": deployment.block,
        "commit": deployment.commit,
    }


def test_an_answer_that_did_not_change_is_not_sent_again(desk: Desk, trading: Trading, client: TestClient) -> None:
    """304 for the ETag that came, also weak or among others; the whole answer after a new block."""
    advance(desk)
    first = client.get("/api/market/open-interest")
    assert first.headers["cache-control"] == "public, max-age=5"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get("/api/market/open-interest", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/market/open-interest", headers={"If-None-Match": '"other"'}).status_code == 200
    trading.book(trading.terms(GPT))
    advance(desk)
    assert client.get("/api/market/open-interest", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_in_memory_is_made_once(desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two equal questions computes nothing; another block makes it anew."""
    advance(desk)
    made: list[int] = []
    real = market.open_interest

    def watched(lots: Any, now: int) -> Any:
        made.append(now)
        return real(lots, now)

    monkeypatch.setattr(market, "open_interest", watched)
    answers = {client.get("/api/market/open-interest").content for _ in range(3)}
    assert (len(answers), len(made)) == (1, 1)
    desk.ifx.chain.node.request("evm_mine")
    advance(desk)
    client.get("/api/market/open-interest")
    assert len(made) == 2


def test_it_is_read_while_the_node_is_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No route asks the chain: what was read is told, as of then."""
    advance(desk)
    now = desk.now()
    client = client_of(replace(desk, clock=lambda: now))

    def down(*_: Any) -> Any:
        raise RpcError("eth_call", "nobody listens")

    monkeypatch.setattr(type(desk.ifx.chain.node), "_ask", down)
    for path in ROUTES:
        assert client.get(f"/api/market{path}").status_code == 200
    for path in NAMED:
        assert client.get(f"/api/market{path}", params={"underlying": GPT}).status_code == 200


def test_nothing_is_told_before_the_chain_is_read(desk: Desk, client: TestClient) -> None:
    """503 with its cure, and an answer once it is."""
    for path in ROUTES:
        answer = client.get(f"/api/market{path}")
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:ifx:desk:not-now")
    advance(desk)
    assert client.get("/api/market").status_code == 200


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/fixings", {}, 422),
        ("/fixings", {"underlying": "openai/gpt-9"}, 404),
        ("/curve", {"underlying": "openai/gpt-9"}, 404),
        ("/curve", {"underlying": "Open AI"}, 422),
        ("/settlements", {"underlying": "openai/gpt-9"}, 404),
        ("/fixings", {"underlying": GPT, "from": "2026-02-30"}, 422),
        ("/fixings", {"underlying": GPT, "to": "1969-12-31"}, 422),
        ("/fixings", {"underlying": GPT, "limit": 1_001}, 422),
        ("/settlements", {"offset": -1}, 422),
    ],
)
def test_what_cannot_be_answered_is_refused(
    desk: Desk, client: TestClient, path: str, params: dict[str, Any], status: int
) -> None:
    """Unknown names, days that do not exist, pages too long: a problem, and the same question well asked answers."""
    advance(desk)
    answer = client.get(f"/api/market{path}", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(f"/api/market{path}", params={"underlying": GPT}).status_code == 200

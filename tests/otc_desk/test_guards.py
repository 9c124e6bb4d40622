"""What every request passes: rates, sizes, times, JSON of one meaning; and what every answer carries."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from support.desk import URL, Participant, client_of, desk_on

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from otc_desk.app import create_app
from otc_desk.desk import Desk
from otc_desk.guards import HEADERS, WRITES_AT_ONCE, Guards

LIMIT = 65_536
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def strict(database_url: str, deployed: IFX) -> Iterator[Desk]:
    """A desk with small limits behind a proxy."""
    limits = {"requests_per_minute": 5, "address_requests_per_minute": 20, "body_seconds": 1}
    with desk_on(database_url, deployed, limits=limits, proxies=["10.0.0.0/8", "fd00::/8"]) as found:
        yield found


def problem_of(answer: Any, status: int, slug: str) -> None:
    """The answer is this refusal, in the shape of RFC 9457."""
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:ifx:desk:{slug}"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


# Bodies


REFUSED = {
    "no JSON": b"{",
    "two documents": b"{}{}",
    "a key twice": b'{"message": "a", "message": "b", "signature": "0x"}',
    "a key twice further down": b'{"message": [{"a": 1, "a": 2}]}',
    "a key twice by escape": b'{"message": "a", "\\u006dessage": "b"}',
    "not a number": b'{"message": NaN}',
    "infinity": b'{"message": -Infinity}',
    "an integer of 5,000 digits": b'{"message": ' + b"9" * 5_000 + b"}",
    "a fraction of 5,000 digits": b'{"message": 0.' + b"9" * 5_000 + b"}",
    "an exponent": b'{"message": 1e' + b"9" * 40 + b"}",
    "deep lists": b"[" * 20_000 + b"]" * 20_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "17 deep": b"[" * 17 + b"]" * 17,
    "NUL": b'{"message": "a\\u0000b"}',
    "NUL in a key": b'{"mess\\u0000age": "a"}',
    "half a pair": b'{"message": "\\ud800"}',
    "the other half": b'{"message": "\\udc00 \\ud800"}',
    "Latin-1": '{"message": "é"}'.encode("latin-1"),
    "UTF-16": '{"message": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"message": "a"}',
    "overlong UTF-8": b'{"message": "\xc0\x80"}',
    "a comment": b'{"message": "a" /* no */}',
    "single quotes": b"{'message': 'a'}",
    "a comma too many": b'{"message": "a",}',
    "a form": b"message=a&signature=0x",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_a_body_that_is_no_json_of_one_meaning_is_refused(client: TestClient, body: bytes) -> None:
    """Before any route reads it, and without a word of it in the answer."""
    answer = client.post("/api/session", content=body, headers=JSON)
    problem_of(answer, 422, "bad-request")
    assert answer.json()["field"] == "body"


def test_a_body_of_honest_json_reaches_its_route(client: TestClient) -> None:
    """Brackets and quotes within texts, sixteen levels and a pair of surrogates are no attack: the route says no."""
    texts = '{"message": "[[[[[[[[[[[[[[[[[[ \\\\", "signature": "\\"[[[[[[[[[[[[[[[[[[", "x": "\\ud83d\\ude00"}'
    for body in (texts, "[" * 16 + "]" * 16, '{"message": 1e5, "signature": -12.5}'):
        answer = client.post("/api/session", content=body, headers=JSON)
        problem_of(answer, 422, "bad-request")
        assert not answer.json()["title"].startswith("body: it is"), answer.json()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json-patch+json"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "text/plain; application/json"},
        {"Content-Type": ""},
        JSON | {"Content-Encoding": "gzip"},
    ],
    ids=str,
)
def test_a_body_of_another_type_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    """Also the three types that another site's form could send; JSON in UTF-8 comes through."""
    problem_of(client.post("/api/session", content=b"{}", headers=headers), 415, "not-json")
    for honest in ("application/json", 'Application/JSON; charset="UTF-8"'):
        given = client.post("/api/session", content=b"{}", headers={"Content-Type": honest})
        problem_of(given, 422, "bad-request")


def test_a_body_has_a_limit_declared_or_not(client: TestClient) -> None:
    """The last byte that fits is taken, the one behind it is not, whether its length was told or it came in pieces."""
    fits = b'{"message": "' + b"a" * (LIMIT - 15) + b'"}'
    assert len(fits) == LIMIT

    def pieces(body: bytes) -> Iterator[bytes]:
        for at in range(0, len(body), 5_000):
            yield body[at : at + 5_000]

    for content in (fits, pieces(fits)):
        problem_of(client.post("/api/session", content=content, headers=JSON), 422, "bad-request")
    longer = fits + b" "
    for content in (longer, pieces(longer)):
        problem_of(client.post("/api/session", content=content, headers=JSON), 413, "too-large")


Application = Callable[[dict[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any]


def asked(desk: Desk, messages: list[Message], *, silent: bool = False, **scope: Any) -> list[Message]:
    """What the application sends for messages that come one after the other; then the client is silent, or gone."""
    sent: list[Message] = []
    coming = iter(messages)

    async def receive() -> Message:
        message = next(coming, None)
        if message is None and silent:
            await asyncio.Event().wait()
        return message or {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    plain = {"type": "http", "method": "POST", "path": "/api/session", "raw_path": b"/api/session", "query_string": b""}
    rest = {"headers": [], "client": ("203.0.113.9", 1), "server": ("desk.example", 80), "scheme": "http"}
    asyncio.run(create_app(desk)(plain | rest | {"http_version": "1.1", "root_path": ""} | scope, receive, send))
    return sent


def piece(body: bytes, more: bool = True) -> Message:
    """A part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_that_does_not_come_is_not_waited_for(strict: Desk) -> None:
    """A client that declares a body and sends a byte of it is answered after a second; one that leaves is not."""
    sent = asked(strict, [piece(b"{")], silent=True, headers=[(b"content-length", b"100")])
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert asked(strict, [piece(b"{")]) == []


@pytest.mark.parametrize("declared", [b"-1", b"1e3", b"", b"+5", b"9" * 5_000, "٣".encode(), b"65537", b"5, 70000"])
def test_a_length_that_is_none_is_refused_unread(desk: Desk, declared: bytes) -> None:
    """The body is never asked for."""
    sent = asked(desk, [], headers=[(b"content-length", declared), (b"content-type", b"application/json")])
    assert sent[0]["status"] in ({413, 422} if declared == b"" else {413}) if sent else declared == b""


def test_a_socket_is_closed(desk: Desk) -> None:
    """The desk speaks HTTP alone."""
    sent = asked(desk, [{"type": "websocket.connect"}], type="websocket")
    assert sent == [{"type": "websocket.close", "code": 1008}]


# Turns


class Slow:
    """An application whose writes end when they are let, in the order in which they came."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.done: list[str] = []
        self.let = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await self.let.wait()
            self.under_way -= 1
        self.done.append(scope["path"])
        await JSONResponse({})(scope, receive, send)


def test_writes_that_wait_hold_no_read_up(desk: Desk) -> None:
    """So many writes are under way at once; a read passes the others, which get their turns in their order."""
    paths = [f"/{number:02d}" for number in range(WRITES_AT_ONCE + 5)]

    async def play() -> Slow:
        slow = Slow()
        guards = Guards(slow, desk=desk)
        transport = httpx.ASGITransport(guards)
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client, asyncio.timeout(30):
            writes = [asyncio.create_task(client.post(path)) for path in paths]
            while slow.under_way < WRITES_AT_ONCE:
                await asyncio.sleep(0)
            assert (await client.get("/read")).status_code == 200
            assert slow.done == ["/read"]
            slow.let.set()
            assert [(await each).status_code for each in writes] == [200] * len(paths)
        return slow

    found = asyncio.run(play())
    assert found.most == WRITES_AT_ONCE
    assert found.done == ["/read", *paths]


def test_a_write_that_fails_gives_its_turn_on(desk: Desk) -> None:
    """More of them than there are turns, and each is answered."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("nobody catches this")

    async def play() -> int:
        guards, failed = Guards(failing, desk=desk), 0
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guards), base_url=URL) as client:
            for _ in range(2 * WRITES_AT_ONCE):
                with pytest.raises(ValueError, match="nobody catches this"):
                    await asyncio.wait_for(client.post("/"), 30)
                failed += 1
        return failed

    assert asyncio.run(play()) == 2 * WRITES_AT_ONCE


# Rates


def test_an_account_asks_so_often_and_no_more(strict: Desk) -> None:
    """The sixth request within a moment is refused with the seconds to wait, for this account alone."""
    client = client_of(strict)
    long, short = Participant(client, devnet.LONG), Participant(client, devnet.SHORT)
    assert [long.get("/api/session").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = long.get("/api/session")
    problem_of(refused, 429, "too-many-requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    assert short.get("/api/session").status_code == 200


def forwarded(desk: Desk, peer: str, *hops: str) -> list[int]:
    """Statuses of 21 requests from a peer with what it says of where they come from, and one from somewhere else."""
    client = TestClient(create_app(desk), base_url=URL, client=(peer, 1))
    headers = [("X-Forwarded-For", hop) for hop in hops]
    found = [client.get("/api/session", headers=headers).status_code for _ in range(21)]
    elsewhere = [("X-Forwarded-For", "198.51.100.77")]
    return [*found[-2:], client.get("/api/session", headers=elsewhere).status_code]


def test_an_address_asks_so_often_and_no_more_whoever_it_says_it_is(strict: Desk) -> None:
    """Twenty a minute; a name of its own in X-Forwarded-For buys it nothing, unless it is a proxy of the settings."""
    assert forwarded(strict, "203.0.113.9") == [401, 429, 429]
    assert forwarded(strict, "203.0.113.9", "198.51.100.1") == [401, 429, 429]
    assert forwarded(strict, "10.0.0.1", "198.51.100.1") == [401, 429, 401]
    assert forwarded(strict, "10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2") == [401, 429, 401]
    assert forwarded(strict, "10.0.0.1", "1.2.3.4", "198.51.100.1") == [401, 429, 401]
    assert forwarded(strict, "fd00::1", "198.51.100.1") == [401, 429, 401]


# Paths, methods, headers


@pytest.mark.parametrize(
    "path",
    ["/api/session%00", "/api/session?x=%00", "/api/%0d%0aSet-Cookie:%20a=b", "/api/%ff", "/api/session?a=%c0%80"],
)
def test_a_path_that_is_no_text_is_refused(client: TestClient, path: str) -> None:
    """NUL, line ends and what is not UTF-8 go no further; other characters are a path like any."""
    problem_of(client.get(path), 400, "malformed")
    problem_of(client.get("/api/%C3%A9%20%F0%9F%98%80"), 404, "not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/api/session/",
        "//api/session",
        "/api//session",
        "/API/session",
        "/api/session/..",
        "/api/%2e%2e/api/session",
        "/api/session%2f",
        "/api/session;a=b",
        "/api/session%3f",
        "/api%5csession",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/.env",
    ],
)
def test_another_way_of_writing_a_path_leads_nowhere(client: TestClient, path: str) -> None:
    """Neither to the route nor elsewhere: no answer takes a host from the request."""
    long = Participant(client, devnet.LONG)
    sent = client.build_request("GET", URL, headers=long.headers | {"Host": "evil.example"})
    sent.url = sent.url.copy_with(raw_path=path.encode())
    answer = client.send(sent)
    problem_of(answer, 404, "not-found")
    assert "location" not in answer.headers


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PATCH", "PUT", "GETX"])
def test_another_method_does_nothing(client: TestClient, method: str) -> None:
    """405 with the methods that the path has, and with no word to other sites."""
    answer = client.request(method, "/api/session", headers={"Origin": URL})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, POST"
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_is(client: TestClient, header: str) -> None:
    """No header and no parameter turns a read into a write."""
    long = Participant(client, devnet.LONG)
    asked_for = client.get("/api/session?_method=DELETE", headers=long.headers | {header: "DELETE"})
    assert asked_for.status_code == 200
    assert long.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://desk.example.evil.example", "", URL + ":81"]
)
def test_no_other_sites_page_writes(client: TestClient, origin: str) -> None:
    """Not even to sign somebody in, and none may read: no answer has a word of CORS."""
    for method, path in (("POST", "/api/session"), ("DELETE", "/api/session")):
        answer = client.request(method, path, json={}, headers={"Origin": origin})
        problem_of(answer, 403, "not-allowed")
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (client.get("/api/session", headers=preflight), client.options("/api/session", headers=preflight)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert client.post("/api/session", json={}, headers={"Origin": URL}).status_code == 422


def faulty(desk: Desk) -> FastAPI:
    """The application with a route that fails."""
    app = create_app(desk)

    def fail(request: Request) -> None:
        raise RuntimeError("a word of the fault")

    app.add_route("/fail", fail)
    return app


def test_every_answer_carries_the_headers(strict: Desk) -> None:
    """Of success, of each refusal and of a fault; a fault tells nothing of itself."""
    client = TestClient(faulty(strict), base_url=URL, raise_server_exceptions=False)
    answers = [
        client.get("/api/openapi.json"),
        client.get("/api/session"),
        client.get("/nowhere"),
        client.get("/fail"),
        client.put("/api/session"),
        client.get("/%00"),
        client.post("/api/session", content=b"{", headers=JSON),
        client.post("/api/session", content=b"x" * (LIMIT + 1), headers=JSON),
        *(client.get("/api/session") for _ in range(15)),
    ]
    assert {each.status_code for each in answers} == {200, 400, 401, 404, 405, 413, 422, 429, 500}
    for each in answers:
        assert {name: each.headers.get(name) for name in HEADERS} == HEADERS
        assert len(each.headers.get_list("content-security-policy")) == 1
        assert "a word of the fault" not in each.text
        assert not {"server", "x-powered-by"} & set(each.headers)
    fault = next(each for each in answers if each.status_code == 500)
    problem_of(fault, 500, "fault")


def test_the_headers_close_what_browsers_leave_open(database_url: str) -> None:
    """No frame, no foreign script, no inline one, no sniffing, no referrer, no copy kept."""
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in json.dumps(HEADERS)
    assert HEADERS["X-Frame-Options"] == "DENY"
    assert HEADERS["Cache-Control"] == "no-store"

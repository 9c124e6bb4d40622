"""A sandbox is for a local chain on this machine alone; there time passes on demand and the node's accounts sign."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.chain import GPT, START, anvil_binary
from support.desk import desk_on, settings, sqlite

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.signing import terms_typed_data
from otc_desk.app import create_app
from otc_desk.desk import Desk
from otc_desk.errors import NoSandbox
from otc_desk.sandbox import hold
from otc_desk.serving import serve
from otc_desk.settings import Settings
from otc_desk.web.static import read_assets
from scripts.anvil import free_port, running

URL = "http://127.0.0.1:8080"
LONG, SHORT, OPERATOR = (dev_address(each) for each in (devnet.LONG, devnet.SHORT, devnet.DEPLOYER))
SANDBOX = {
    "accounts": [{"name": "long treasury", "address": LONG}, {"name": "operator", "address": OPERATOR}],
    "patience_seconds": 5,
}
LOCAL = {"url": URL, "chain": {"rpc": "http://127.0.0.1:1", "deployment": "local.toml"}, "sandbox": SANDBOX}


@pytest.fixture(scope="module")
def ifx() -> Iterator[IFX]:
    """A deployment on an anvil of this file's own, both parties funded and today fixed at 8.00."""
    with running(anvil_binary(), free_port(), timestamp=START) as (chain, _):
        found = devnet.start(chain, [GPT])
        devnet.post(found, {GPT: 8_000_000})
        for role in (devnet.LONG, devnet.SHORT):
            devnet.faucet(found, dev_address(role), usdt=10**13)
            found.as_signer(devnet.signer(role)).token.allow(10**13)
        yield found


@contextmanager
def sandbox(ifx: IFX, folder: Path, **changes: Any) -> Iterator[tuple[Desk, TestClient]]:
    """A desk with a sandbox on the deployment, and somebody on this machine who asks it."""
    chain = {"rpc": str(ifx.chain.url), "deployment": "local.toml"}
    with desk_on(sqlite(folder), ifx, **(LOCAL | {"chain": chain} | changes)) as desk:
        yield desk, TestClient(create_app(desk), base_url=URL, client=("127.0.0.1", 50_000))


@pytest.fixture
def at_desk(ifx: IFX, tmp_path: Path) -> Iterator[TestClient]:
    """Somebody on this machine."""
    with sandbox(ifx, tmp_path) as (_, client):
        yield client


@pytest.fixture
def oracle(ifx: IFX) -> Iterator[Callable[[int], None]]:
    """Posts today's fixing as soon as there is a new day, at a price that the test sets."""
    prices, stop = [8_000_000], threading.Event()
    own = IFX.connect(Chain(str(ifx.chain.url), chain_id=31337).connect(), ifx.deployment)

    def follow() -> None:
        while not stop.wait(0.01):
            if own.oracle.fixing(GPT, day_of(own.chain.timestamp())) is None:
                devnet.post(own, {GPT: prices[0]})

    thread = threading.Thread(target=follow)
    thread.start()
    yield lambda price: prices.__setitem__(0, price)
    stop.set()
    thread.join()


def arrived(client: TestClient) -> dict[str, Any]:
    """The journey, when it is over."""
    for _ in range(3_000):
        journey: dict[str, Any] = client.get("/api/sandbox").json()["journey"]
        if journey["over"]:
            return journey
        threading.Event().wait(0.01)
    raise AssertionError(f"still under way: {journey}")


def asked(client: TestClient, account: str, method: str, *params: object) -> Any:
    """What the sandbox's wallet answers."""
    return client.post("/api/sandbox/wallet", json={"account": account, "method": method, "params": list(params)})


def book(ifx: IFX) -> bytes:
    """A forward of one lot over three months; its id."""
    terms = ifx.terms(ifx.quote(GPT, 100_000, 3), long=LONG, short=SHORT)
    long, short, desk = (ifx.as_signer(devnet.signer(each)) for each in (devnet.LONG, devnet.SHORT, devnet.DESK))
    desk.escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
    return ifx.escrow.terms_id(terms)


# ------------------------------------------------------------------------------------------------- where it may be


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "https://desk.example"}, "url is not on its loopback"),
        ({"chain": {"rpc": "http://10.0.0.1:8545", "deployment": "local.toml"}}, "chain.rpc is not on its loopback"),
        ({"chain": {"rpc": "node.ipc", "deployment": "local.toml"}}, "chain.rpc is not on its loopback"),
        ({"proxies": ["10.0.0.0/8"]}, "behind no proxy"),
        ({"sandbox": {"accounts": []}}, "at least 1 item"),
    ],
)
def test_a_sandbox_that_others_could_reach_is_no_setting(changes: dict[str, Any], said: str) -> None:
    """URL, node and proxies are looked at before anything is opened."""
    assert Settings.model_validate(settings("sqlite://", **LOCAL).model_dump()).sandbox is not None
    with pytest.raises(ValueError, match=said):
        settings("sqlite://", **(LOCAL | changes))


@pytest.mark.parametrize(
    ("chain_id", "host"),
    [(1, "127.0.0.1"), (11_155_111, "127.0.0.1"), (31_337, "0.0.0.0"), (31_337, "192.168.1.2")],  # noqa: S104 - refused
)
def test_a_sandbox_is_refused_on_another_chain_and_for_other_machines(chain_id: int, host: str) -> None:
    """With the local chain on the loopback it goes, and without a sandbox anything does."""
    made = settings("sqlite://", **LOCAL)
    with pytest.raises(NoSandbox):
        hold(made, chain_id=chain_id, host=host)
    for ours in ("127.0.0.1", "::1", "localhost"):
        hold(made, chain_id=31_337, host=ours)
    hold(settings("sqlite://"), chain_id=chain_id, host=host)


def test_nothing_is_served_where_a_sandbox_may_not_be(ifx: IFX, tmp_path: Path) -> None:
    """The command's own function refuses before it listens."""
    ifx.deployment.write(tmp_path / "local.toml")
    chain = {"rpc": str(ifx.chain.url), "deployment": str(tmp_path / "local.toml")}
    made = settings(sqlite(tmp_path), **(LOCAL | {"chain": chain}))
    with desk_on(made.database, ifx):
        port = free_port()
        with pytest.raises(NoSandbox, match=r"would listen on 0\.0\.0\.0"):
            serve(made, host="0.0.0.0", port=port, with_worker=False)  # noqa: S104 - refused
        with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port)):
            pass


def test_without_a_sandbox_there_are_no_routes(ifx: IFX, tmp_path: Path) -> None:
    """Neither in the OpenAPI nor in fact; with one they are in both."""
    with sandbox(ifx, tmp_path, sandbox=None) as (_, client):
        assert not [each for each in client.get("/api/openapi.json").json()["paths"] if "sandbox" in each]
        for method, path in (("GET", ""), ("POST", "/time-travel"), ("POST", "/wallet")):
            assert client.request(method, f"/api/sandbox{path}", json={}).status_code == 404
    with sandbox(ifx, tmp_path) as (_, client):
        found = [each for each in client.get("/api/openapi.json").json()["paths"] if "sandbox" in each]
        assert sorted(found) == ["/api/sandbox", "/api/sandbox/time-travel", "/api/sandbox/wallet"]


def test_somebody_on_another_machine_is_refused(ifx: IFX, tmp_path: Path) -> None:
    """However the desk came to listen there; and another site's page is refused as everywhere."""
    with sandbox(ifx, tmp_path) as (desk, here):
        there = TestClient(create_app(desk), base_url=URL, client=("192.168.1.2", 50_000))
        assert (here.get("/api/sandbox").status_code, there.get("/api/sandbox").status_code) == (200, 403)
        given = {"account": LONG, "method": "eth_chainId"}
        for origin, status in ((URL, 200), ("https://elsewhere.example", 403)):
            assert here.post("/api/sandbox/wallet", json=given, headers={"Origin": origin}).status_code == status


def test_no_other_desks_page_has_a_wallet_in_it(ifx: IFX, tmp_path: Path) -> None:
    """The sandbox's script stands in its own shell alone, before the page's, which must find its wallets."""
    with sandbox(ifx, tmp_path, sandbox=None) as (_, client):
        assert "sandbox." not in client.get("/market").text
    assert b"/api/sandbox" not in read_assets()["desk.js"].content
    with sandbox(ifx, tmp_path) as (_, client):
        shell = client.get("/market").text
        named = [each.partition(".")[0] for each in re.findall(r'src="/static/([^"]+)"', shell)]
        assert named == ["sandbox", "desk"]
        found = re.search(r'id="sandbox-accounts">(.*?)</script>', shell)
        assert found is not None
        assert json.loads(found[1])[0] == {"name": "long treasury", "address": LONG}


# ------------------------------------------------------------------------------------------------------- its wallets


def test_the_wallet_signs_terms_as_the_sdk_does(at_desk: TestClient, ifx: IFX) -> None:
    """Typed data, a text to sign in with, and a transaction; reads go to the node."""
    terms = ifx.terms(ifx.quote(GPT, 100_000, 3), long=LONG, short=SHORT)
    payload = json.dumps(terms_typed_data(terms, ifx.escrow.domain()))
    signed = devnet.signer(devnet.LONG).sign_digest(ifx.escrow.terms_id(terms))
    assert asked(at_desk, LONG, "eth_signTypedData_v4", LONG, payload).json() == {"result": "0x" + signed.hex()}
    assert len(asked(at_desk, LONG, "personal_sign", "0x6869", LONG).json()["result"]) == 132
    assert asked(at_desk, LONG, "eth_chainId").json() == {"result": "0x7a69"}
    call = ifx.token.prepare("transfer", SHORT, 1)
    before = ifx.token.balance(SHORT)
    sent = asked(at_desk, LONG, "eth_sendTransaction", {"from": LONG, "to": call.to, "data": "0x" + call.data.hex()})
    assert sent.json()["result"].startswith("0x")
    assert ifx.token.balance(SHORT) == before + 1


@pytest.mark.parametrize(
    ("account", "method", "params"),
    [
        (SHORT, "eth_chainId", []),
        (LONG, "evm_mine", []),
        (LONG, "anvil_setBalance", [LONG, "0x1"]),
        (LONG, "eth_sign", [LONG, "0x6869"]),
        (LONG, "personal_sign", ["0x6869", SHORT]),
        (LONG, "personal_sign", ["0x6869"]),
        (LONG, "eth_signTypedData_v4", [SHORT, "{}"]),
        (LONG, "eth_sendTransaction", [{"from": OPERATOR, "to": LONG}]),
        (LONG, "eth_sendTransaction", [{"to": LONG}]),
        (LONG, "eth_sendTransaction", []),
    ],
)
def test_the_wallet_does_nothing_for_others(
    at_desk: TestClient, account: str, method: str, params: list[object]
) -> None:
    """An account that the settings do not name, a command of the node, another account's signature."""
    assert asked(at_desk, account, method, *params).status_code == 403


def test_a_refusal_of_the_node_is_told_as_it_is(at_desk: TestClient, ifx: IFX) -> None:
    """Its code, words and data: the page reads the reason out of them."""
    call = ifx.token.prepare("transfer", SHORT, 2**127)
    answer = asked(at_desk, LONG, "eth_call", {"from": LONG, "to": call.to, "data": "0x" + call.data.hex()}, "latest")
    assert answer.status_code == 200
    assert "revert" in answer.json()["error"]["message"]


# ---------------------------------------------------------------------------------------------------------- its time


def test_what_can_be_tried_is_told(at_desk: TestClient, ifx: IFX) -> None:
    """Accounts, time and node."""
    found = at_desk.get("/api/sandbox").json()
    assert found["accounts"] == [
        {"name": "long treasury", "address": LONG, "operator": False},
        {"name": "operator", "address": OPERATOR, "operator": True},
    ]
    assert (found["rpc"], found["journey"]) == (ifx.chain.url, None)
    assert 0 <= found["now"] - ifx.chain.timestamp() < 60


def test_a_forward_is_taken_to_its_maturity_and_settled(
    at_desk: TestClient, ifx: IFX, oracle: Callable[[int], None]
) -> None:
    """Day after day is fixed, the last one at the new price; then anyone settles on it."""
    forward = book(ifx)
    first = day_of(ifx.chain.now())
    oracle(6_000_000)
    begun = at_desk.post("/api/sandbox/time-travel", json={"to": "maturity", "forward": "0x" + forward.hex()})
    assert begun.status_code == 202, begun.text
    assert begun.json()["days_left"] in (91, 92)
    again = at_desk.post("/api/sandbox/time-travel", json={"to": "next-day"})
    assert (again.status_code, again.json()["title"]) == (409, "travelling: it is under way already")
    journey = arrived(at_desk)
    assert (journey["unfixed"], journey["failure"], journey["days_left"]) == ([], "", 0)
    maturity = ifx.escrow.forward(forward).maturity
    assert all(ifx.oracle.fixing(GPT, day) is not None for day in range(first, day_of(maturity) + 1))
    assert ifx.escrow.is_settleable(forward)
    ifx.as_signer(devnet.signer(devnet.OUTSIDER)).escrow.settle(forward).confirmed()
    settled = ifx.escrow.settlement(forward)
    assert settled is not None
    assert settled.price == 6_000_000
    late = at_desk.post("/api/sandbox/time-travel", json={"to": "maturity", "forward": "0x" + forward.hex()})
    assert late.status_code == 404


def test_a_day_without_an_oracle_is_told(ifx: IFX, tmp_path: Path) -> None:
    """Time passes all the same, and the day stays open."""
    with sandbox(ifx, tmp_path, sandbox=SANDBOX | {"patience_seconds": 0}) as (_, client):
        today = day_of(ifx.chain.now())
        begun = client.post("/api/sandbox/time-travel", json={"to": "next-day"})
        assert begun.json()["to"] == (today + 1) * SECONDS_PER_DAY + 600
        journey = arrived(client)
        assert len(journey["unfixed"]) >= 1
        assert day_of(ifx.chain.now()) == today + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"to": "maturity"}, 422),
        ({"to": "maturity", "forward": "0x" + "00" * 32}, 404),
        ({"to": "tomorrow"}, 422),
    ],
)
def test_a_journey_to_nowhere_is_refused(at_desk: TestClient, body: dict[str, str], status: int) -> None:
    """Nothing moves."""
    assert at_desk.post("/api/sandbox/time-travel", json=body).status_code == status
    assert at_desk.get("/api/sandbox").json()["journey"] is None

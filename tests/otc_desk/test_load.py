"""Two hundred participants at once, clients that hang up, a desk that is killed: nothing is lost or doubled."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support.chain import GPT, anvil_binary
from support.load import Client, Server, Tally, together, write_settings

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.client import IFX
from ifx_sdk.signers import KeySigner
from otc_desk import events
from otc_desk.db import migrate
from otc_desk.db.engine import Database
from otc_desk.db.tables import Agreement, Attempt, Event, IdempotentAnswer, Request
from scripts.anvil import free_port, running

PARTICIPANTS = 200
FULL = {"requests": 50, "traders": 40, "trades": 2, "kills": 10, "poll_seconds": 12}
TENTH = {"requests": 5, "traders": 8, "trades": 1, "kills": 2, "poll_seconds": 1}
"""`requests` of each participant; how many `trades` each of the `traders` makes; how often the desk is killed; how long
its worker rests: in a tenth a round every 12 seconds would be mostly waited for."""
FUNDS = 10_000_000 * 10**6
"""micro-USDT of each trader."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database that waits for its disk, as one in production does."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'desk.db'}"
        return
    from support.postgres import running as postgres

    with tempfile.TemporaryDirectory(prefix="pg-") as folder, postgres(Path(folder), durable=True) as cluster:
        yield cluster.url(cluster.fresh())


@pytest.fixture
def market(tmp_path: Path) -> Iterator[tuple[IFX, int]]:
    """A deployment on an anvil of its own at noon of today; and how far its clock is from the machine's."""
    now = int(time.time())
    offset = now // 86_400 * 86_400 + 43_200 - now
    with running(anvil_binary(), free_port(), timestamp=now + offset) as (chain, _):
        ifx = devnet.start(chain, [GPT], tmp_path / "local.toml")
        devnet.post(ifx, {GPT: 8_000_000})
        yield ifx, offset


def fund(ifx: IFX, client: Client) -> None:
    """Give a trader gas, tokens and an allowance."""
    devnet.faucet(ifx, client.account, usdt=FUNDS, eth=10**18)
    for outcome in ifx.as_signer(KeySigner.from_key(client.key)).token.allow(FUNDS):
        outcome.confirmed()


def killing(server: Server, tally: Tally, at: list[int]) -> None:
    """Kill the desk whenever so many requests were answered."""
    for count in at:
        while tally.answered < count:
            time.sleep(0.02)
        server.kill()


def booked(ifx: IFX) -> list[str]:
    """Ids of the forwards that the escrow booked, in their order."""
    found = ifx.chain.events(codec("ForwardEscrow"), ifx.deployment.escrow, "ForwardBooked")
    return ["0x" + bytes(each.args["id"]).hex() for each in found]


def agree(server: Server, ifx: IFX, clients: list[Client], bookings: int, kills: int) -> None:
    """Have all traders approve what they are sent, until everything is booked; the desk is killed on the way."""
    at = [bookings * (each + 1) // (kills + 1) for each in range(kills)]
    deadline = time.monotonic() + 300
    while (done := len(booked(ifx))) < bookings:
        assert time.monotonic() < deadline, f"{done} of {bookings} are booked: {server.log.read_text()[-3_000:]}"
        assert together([lambda each=each: each.approve_all() for each in clients]) == []
        if at and done >= at[0]:
            server.kill()
            at.pop(0)
        time.sleep(0.3)
    for _ in at:
        server.kill()


def hold(session: Session, clients: list[Client], forwards: list[str]) -> None:
    """Every write that was answered is there once, and nothing else is."""
    made = {contact: id for client in clients for contact, id in client.made.items()}
    roots = session.execute(select(Request.contact, Request.id).where(Request.parent.is_(None))).all()
    assert len(roots) == len(made)
    assert {row.contact: row.id for row in roots} == made
    withdrawn = set(session.scalars(select(Request.id).where(Request.state == "withdrawn")))
    assert withdrawn == {id for client in clients for id in client.withdrawn}
    done = session.scalars(select(Agreement.forward).where(Agreement.state == "done")).all()
    assert sorted(done) == sorted(forwards)
    assert len(set(forwards)) == len(forwards)
    assert session.scalar(select(func.count()).select_from(Request).where(Request.state == "booked")) == 2 * len(done)
    assert list(events.verify(session)) == []
    nonces = session.scalars(select(Attempt.nonce).where(Attempt.outcome == "confirmed")).all()
    assert len(nonces) == len(set(nonces))


def load(folder: Path, url: str, market: tuple[IFX, int], how: dict[str, int]) -> str:
    """The whole of it; what was measured."""
    ifx, offset = market
    database = Database(url)
    migrate.upgrade(database)
    rpc = str(ifx.chain.web3.provider.endpoint_uri)  # type: ignore[attr-defined]  # an HTTPProvider
    server = Server(
        config=write_settings(folder, url, rpc, how["poll_seconds"]),
        port=free_port(),
        offset=offset,
        log=folder / "desk.log",
    )
    tally = Tally()
    trades = [how["trades"] if number < how["traders"] else 0 for number in range(PARTICIPANTS)]
    valid_until = int(time.time()) + offset + 30 * 86_400
    clients = [
        Client(number=number, port=server.port, tally=tally, trades=each, valid_until=valid_until)
        for number, each in enumerate(trades)
    ]
    for client in clients[: how["traders"]]:
        fund(ifx, client)
    server.start()
    try:
        total, late = PARTICIPANTS * how["requests"], max(1, how["kills"] // 5)
        early = how["kills"] - late
        at = [total * (each + 1) // (early + 1) for each in range(early)]
        killer = threading.Thread(target=killing, args=(server, tally, at), daemon=True)
        killer.start()
        start = time.monotonic()
        assert together([lambda each=each: each.run(how["requests"]) for each in clients]) == []
        seconds = time.monotonic() - start
        killer.join()
        agree(server, ifx, clients[: how["traders"]], how["traders"] // 2 * how["trades"], late)
        # The last booking may be on the chain before the desk knows.
        with database.reading() as session:
            waiting = select(Agreement.id).where(Agreement.state.in_(("sent", "approved")))
            deadline = time.monotonic() + 60
            while session.scalars(waiting).first() is not None and time.monotonic() < deadline:
                session.rollback()
                time.sleep(0.2)
    finally:
        server.stop()
    assert server.kills == how["kills"]
    with database.reading() as session:
        hold(session, clients, booked(ifx))
        rows = session.scalar(select(func.count()).select_from(Event))
        keys = session.scalar(select(func.count()).select_from(IdempotentAnswer))
    database.close()
    return (
        f"{database.engine.dialect.name}: {tally.answered} requests of {PARTICIPANTS} participants in {seconds:.0f} s, "
        f"{server.kills} kills, {tally.injected['hung up']} hung up, {tally.injected['cut off']} cut off; "
        f"{tally.told('read')}, {tally.told('write')}; {keys} keys, {rows} events, {len(booked(ifx))} bookings"
    )


def test_a_tenth_of_the_load_loses_and_doubles_nothing(
    tmp_path: Path, url: str, market: tuple[IFX, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """1,000 requests and 4 bookings, the desk killed twice."""
    told = load(tmp_path, url, market, TENTH)
    with capsys.disabled():
        print(f"\n{told}")


@pytest.mark.nightly
def test_the_load_loses_and_doubles_nothing(
    tmp_path: Path, url: str, market: tuple[IFX, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """10,000 requests and 40 bookings, the desk killed ten times."""
    told = load(tmp_path, url, market, FULL)
    with capsys.disabled():
        print(f"\n{told}")

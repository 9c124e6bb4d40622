"""A desk's whole life through client and command line: anvil, `ifx-desk serve` as a process, SQLite and PostgreSQL.

Two companies ask, the operator checks and confirms, both approve, the desk books; months pass, anyone settles, each
withdraws and keeps its papers. Then again and again with somebody who is not there any more: nothing is lost, what was
open ends, and no money moved that was not agreed on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from support.chain import START, anvil_binary
from support.commands import Shell
from support.desk_process import FUNDS, GPT, LOOK, LOT, PATIENCE, PRICE, SPOT, DeskProcess, desk_process, ifx_desk
from support.packages import npm_package
from support.safe import Safe, SafeContracts

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.chain import Call
from ifx_sdk.desk import Desk
from ifx_sdk.desk.errors import WrongState
from ifx_sdk.safe_message import SafeSigner
from ifx_sdk.signers import KeySigner
from scripts.anvil import free_port, running
from scripts.npm import SAFE

PREFUNDING = SPOT * LOT
LONG_FEE = SHORT_FEE = 7_710_000 * LOT * 100 // 10_000 // 2
"""Half of 1% of F_ind x N each: F_ind is 7.71 on a spot of 8.00 over three months."""
CUT = 6_000_000
"""The price at maturity, micro-USDT per Mtok."""
LONG_PAYOUT = PREFUNDING + (CUT - PRICE) * LOT
WHOLE = (0, FUNDS)
"""Free balance and tokens of somebody whom nothing was taken from."""
OWNERS = count(1)


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    """A desk that serves, on each database in turn; the tests of a database share it, with people of their own."""
    folder = tmp_path_factory.mktemp("desk")
    database = f"sqlite:///{folder / 'desk.db'}"
    if request.param == "postgresql":
        from support.postgres import Cluster

        cluster = request.getfixturevalue("postgres_cluster")
        assert isinstance(cluster, Cluster)
        database = cluster.url(cluster.fresh())
    with (
        running(anvil_binary(), free_port(), timestamp=START) as (chain, _),
        desk_process(folder, devnet.start(chain, [GPT]), database) as found,
    ):
        yield found


@pytest.fixture
def desk(world: DeskProcess) -> Iterator[DeskProcess]:
    """The desk on a new day that is fixed at 8.00, and nobody's requests open."""
    if world.process is None:
        world.start()
    world.next_day()
    yield world
    world.everybody_leaves()


def people(world: DeskProcess) -> tuple[Desk, Desk]:
    """A long and a short that nobody knew before."""
    long, short = (world.desk(world.person()[0]) for _ in range(2))
    long.change_profile(name=f"Long {long.account}")
    short.change_profile(name=f"Short {short.account}")
    return long, short


def test_the_life_of_a_forward_at_the_prompt(desk: DeskProcess, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Request, check, match, approve, book, settle, withdraw, documents: each by a command, and exact to the micro."""
    (long, at_long), (short, at_short) = desk.person(), desk.person()
    wanted = (GPT, "100B", "3M", "--limit", "7.70")
    asked = at_long.json("request", "create", "long", *wanted, "--contact", "treasury desk")
    assert (asked["state"], asked["limit_price"]) == ("submitted", PRICE)
    offered = at_short.json("request", "create", "short", *wanted, "--draft")
    assert [each["kind"] for each in at_short.json("inbox")["waiting"]] == ["draft"]
    assert at_short.json("request", "submit", offered["id"])["state"] == "submitted"

    agreement = desk.match(asked["id"], offered["id"])
    assert "treasury desk" not in json.dumps(at_short.json("request", "list")) + at_short.run("inbox").out
    [waits] = at_long.json("inbox")["waiting"]
    assert (waits["id"], waits["kind"], waits["do"]) == (agreement, "terms", f"ifx approve --desk {agreement}")
    assert at_long.json("approve", "--desk", agreement)["approved"] == ["long"]
    assert at_long.json("inbox")["waiting"] == []
    signed = at_short.json("approve", "--desk", agreement, "--on-chain")
    assert sorted(signed["approved"]) == ["long", "short"]

    at = desk.desk(long)
    done = desk.over(at, agreement)
    assert (done.state, done.forward) == ("done", signed["digest"])
    assert at.status(asked["id"]).state == "booked"
    assert desk.money(long.address, short.address) == [
        (0, FUNDS - PREFUNDING - LONG_FEE),
        (0, FUNDS - PREFUNDING - SHORT_FEE),
    ]

    desk.go_to(at.position(done.forward).maturity)
    desk.fix(CUT)
    at_short.json("settle", done.forward)
    for prompt in (at_long, at_short):
        prompt.json("withdraw", "all")
    assert desk.money(long.address, short.address) == [
        (0, FUNDS - PREFUNDING - LONG_FEE + LONG_PAYOUT),
        (0, FUNDS - PREFUNDING - SHORT_FEE + 2 * PREFUNDING - LONG_PAYOUT),
    ]
    end = desk.desk(short).position(done.forward).end
    assert end is not None
    assert (end.price, end.long_payout, end.short_payout) == (CUT, LONG_PAYOUT, 2 * PREFUNDING - LONG_PAYOUT)
    anybody = Desk(desk.url)
    desk.here.append(anybody)
    settled = anybody.wait_for(
        lambda: anybody.market.settlements(GPT).items,
        lambda found: done.forward in {each.forward for each in found},
        seconds=PATIENCE,
        every=LOOK,
        what="the settlement among the market's",
    )
    [told] = [each for each in settled if each.forward == done.forward]
    assert (told.settlement_price, told.long_payout, told.quantity) == (CUT, LONG_PAYOUT, LOT)

    folder = tmp_path_factory.mktemp("papers")
    names = [path.rpartition("/")[2] for path in at_long.json("documents", done.forward, "--out", str(folder))["files"]]
    assert {name.split("-")[1] for name in names} >= {"confirmation.pdf"[:12], "settlement", "memo", "ledger", "dates"}
    confirmation = json.loads(next(folder.glob("ifx-confirmation-*.json")).read_text())
    assert done.digest in json.dumps(confirmation)


def test_the_life_of_a_forward_in_a_script(desk: DeskProcess) -> None:
    """The client waits for terms, approves, reads positions, ends the forward early; the trail of it all holds."""
    long, short = people(desk)
    mine, theirs = desk.ask(long, "long"), desk.ask(short, "short")
    desk.match(mine, theirs)
    terms = long.wait_for_terms(mine, seconds=PATIENCE, every=LOOK)
    assert terms.terms is not None
    assert (terms.terms.needed, terms.terms.worst_case) == (PREFUNDING + LONG_FEE, PRICE * LOT + LONG_FEE)
    long.approve(terms.id)
    assert short.approve(terms.id).id == terms.id
    assert desk.over(long, terms.id).state == "done"
    [position] = short.positions()
    assert (position.side, position.status, position.long) == ("short", "active", long.account)

    proposal = short.propose_termination(position.id, price=7_000_000)
    assert proposal.effects["short_gain"] == (PRICE - 7_000_000) * LOT
    for each in (short, long):
        each.approve(proposal.agreement.id)
    assert desk.over(long, proposal.agreement.id).state == "done"
    end = long.position(position.id).end
    assert end is not None
    assert (end.kind, end.price) == ("terminated", 7_000_000)
    gone = (PRICE - 7_000_000) * LOT
    assert [free for free, _ in desk.money(long.account, short.account)] == [PREFUNDING - gone, PREFUNDING + gone]
    told = {notice.type for notice in long.notices.all()}
    assert told
    verified = json.loads(ifx_desk("events", "verify", "--config", desk.config).stdout)
    assert verified["events"] > 0
    assert verified["broken"] == []


def test_a_safe_approves_two_days_later(desk: DeskProcess) -> None:
    """Its owners sign over days, the fixings stay the same, the sessions end meanwhile: booked on the old spot."""
    long, _ = people(desk)
    safe = _safe(desk)
    owner = SafeSigner(safe.address, safe.deciding, desk.ifx.chain.chain_id)
    short = desk.desk(owner)
    short.change_profile(name=f"Safe {safe.address}")
    agreement = desk.meet(long, short)
    long.approve(agreement)
    terms = short.terms(agreement)
    assert terms.deadline - desk.ifx.chain.now() > 2 * SECONDS_PER_DAY
    papers = short.safe_papers(agreement)
    assert papers.message_hash == safe.message_hash(papers.digest)
    assert papers.batch["meta"]

    for _ in range(2):
        desk.next_day()
    assert short.approve(agreement).id == agreement
    done = desk.over(long, agreement)
    assert done.state == "done"
    assert desk.money(safe.address) == [(0, FUNDS - PREFUNDING - SHORT_FEE)]


def test_a_safe_approves_on_the_chain_and_the_desk_sees_it(desk: DeskProcess, tmp_path: Path) -> None:
    """Its owners sign in at the prompt and execute the batch file in the Safe's own page; nobody tells the desk."""
    long, _ = people(desk)
    safe = _safe(desk)
    short = desk.desk(SafeSigner(safe.address, safe.deciding, desk.ifx.chain.chain_id))
    agreement = desk.meet(long, short)
    long.approve(agreement)
    prompt = Shell(
        env={
            "IFX_DESK_URL": desk.url,
            "IFX_DEPLOYMENT": str(desk.folder / "local.toml"),
            "IFX_ACCOUNT": safe.address,
        }
    )
    message, batch = str(tmp_path / "sign-in.txt"), tmp_path / "approve.json"
    asked = prompt.json("sign-in", "--out", message)
    digest = bytes.fromhex(asked["digest"][2:])
    assert asked["safe_message_hash"] == "0x" + safe.message_hash(digest).hex()
    signed = prompt.json("sign-in", "--message", message, "--signature", "0x" + safe.sign(digest).hex())
    assert signed["account"] == safe.address
    inside = prompt.having(IFX_DESK_TOKEN=signed["token"])
    assert [each["id"] for each in inside.json("inbox")["waiting"]] == [agreement]
    papers = inside.json("approve", "--desk", agreement, "--safe-batch", str(batch))
    assert papers["digest"] == short.terms(agreement).digest
    [call] = json.loads(batch.read_text())["transactions"]
    safe.act(Call(name="batch", to=call["to"], data=bytes.fromhex(call["data"][2:]))).confirmed()
    assert desk.over(long, agreement).state == "done"
    [method] = [each.method for each in short.terms(agreement).parties if each.account == safe.address]
    assert method == "onchain"


def _safe(world: DeskProcess) -> Safe:
    """A real Safe of two owners out of three, with money."""
    contracts = SafeContracts(world.ifx.chain, npm_package(SAFE), devnet.signer(devnet.OUTSIDER))
    owners = [KeySigner.from_key((0x5AFE << 64 | next(OWNERS)).to_bytes(32, "big")) for _ in range(3)]
    made = contracts.create(owners, 2)
    world.fund(made)
    return made


# ------------------------------------------------------------------------------------- somebody is not there any more

Left = Callable[[DeskProcess, Desk, Desk], None]


def no_operator(world: DeskProcess, long: Desk, short: Desk) -> None:
    """Nobody checks the requests: they expire."""
    wanted = [world.ask(long, "long"), world.ask(short, "short")]
    world.next_day(days=9)
    for each, id in zip((long, short), wanted, strict=True):
        each.wait_for(
            lambda each=each, id=id: each.status(id),  # type: ignore[misc]
            lambda found: found.state == "expired",
            seconds=PATIENCE,
            every=LOOK,
            what="the end of a request",
        )


def no_counterpart(world: DeskProcess, long: Desk, short: Desk) -> None:
    """The short never asks: the long takes its request back."""
    asked = world.ask(long, "long")
    world.operate("check", asked)
    assert long.withdraw(asked).state == "withdrawn"
    with pytest.raises(WrongState, match="withdrawn"):
        long.wait_for_terms(asked, seconds=PATIENCE)


def nobody_approves(world: DeskProcess, long: Desk, short: Desk) -> None:
    """Both look away: the terms expire."""
    agreement = world.meet(long, short)
    world.next_day(days=2)
    assert world.over(long, agreement).state == "expired"


def short_leaves(world: DeskProcess, long: Desk, short: Desk) -> None:
    """The long approved, the short never does: expired, and the long's request is open again."""
    asked, offered = world.ask(long, "long"), world.ask(short, "short")
    agreement = world.match(asked, offered)
    long.approve(agreement)
    world.next_day(days=2)
    assert world.over(long, agreement).state == "expired"
    assert (long.status(asked).state, long.status(asked).agreement) == ("checked", agreement)


def short_declines(world: DeskProcess, long: Desk, short: Desk) -> None:
    """The short says no after the long approved."""
    agreement = world.meet(long, short)
    long.approve(agreement)
    assert short.decline(agreement).state == "declined"
    with pytest.raises(WrongState):
        long.approve(agreement)


def price_changes(world: DeskProcess, long: Desk, short: Desk) -> None:
    """The provider cuts the price overnight: the terms end, whoever had approved."""
    agreement = world.meet(long, short)
    long.approve(agreement)
    world.next_day(price=7_000_000)
    assert world.over(short, agreement).state in {"expired", "failed"}


def money_leaves(world: DeskProcess, long: Desk, short: Desk) -> None:
    """The short takes its money elsewhere before the booking: the desk says what is missing, and the terms expire."""
    agreement = world.meet(long, short)
    spender = world.ifx.as_signer(_signer(short))
    for outcome in spender.token.allow(0):
        outcome.confirmed()
    for each in (long, short):
        each.approve(agreement)
    codes = {(each.code, each.who) for each in long.preflight(agreement).problems}
    assert codes == {("allowance", "short")}
    world.next_day(days=2)
    ended = world.over(long, agreement)
    assert ended.state == "expired"
    assert "allow" in ended.reason
    for outcome in spender.token.allow(2**256 - 1):
        outcome.confirmed()


def desk_leaves(world: DeskProcess, long: Desk, short: Desk) -> None:
    """The desk is killed before it books and comes back after the deadline: expired."""
    agreement = world.meet(long, short)
    spender = world.ifx.as_signer(_signer(short))
    for outcome in spender.token.allow(0):  # so that it cannot book in the moment before it dies
        outcome.confirmed()
    for each in (long, short):
        each.approve(agreement)
    world.kill()
    for outcome in spender.token.allow(2**256 - 1):
        outcome.confirmed()
    world.next_day(days=2)
    world.start()
    assert world.over(long, agreement).state == "expired"


@pytest.mark.parametrize(
    "left",
    [
        no_operator,
        no_counterpart,
        nobody_approves,
        short_leaves,
        short_declines,
        price_changes,
        money_leaves,
        desk_leaves,
    ],
)
def test_who_leaves_before_the_booking_costs_nobody_anything(desk: DeskProcess, left: Left) -> None:
    """What was open ends, nothing is lost, and not a micro of either side's money moved."""
    long, short = people(desk)
    left(desk, long, short)
    assert desk.money(long.account, short.account) == [WHOLE, WHOLE]
    assert long.positions() == short.positions() == ()
    assert [each.state for each in long.agreements(state="approved")] == []


def test_a_desk_that_is_killed_books_what_both_approved_once(desk: DeskProcess) -> None:
    """It dies after the approvals and comes back before the deadline: one booking, whenever it died."""
    long, short = people(desk)
    agreement = desk.meet(long, short)
    long.approve(agreement)
    short.approve(agreement)
    desk.kill()
    desk.start()
    assert desk.over(long, agreement).state == "done"
    assert desk.money(long.account, short.account) == [
        (0, FUNDS - PREFUNDING - LONG_FEE),
        (0, FUNDS - PREFUNDING - SHORT_FEE),
    ]
    assert len(long.positions()) == 1


def test_after_the_booking_nobody_is_needed(desk: DeskProcess) -> None:
    """Desk and short are gone for good: the long settles and withdraws with nothing but a node."""
    signer, prompt = desk.person()
    long, (short_signer, _) = desk.desk(signer), desk.person()
    short = desk.desk(short_signer)
    agreement = desk.meet(long, short)
    long.approve(agreement)
    short.approve(agreement)
    done = desk.over(long, agreement)
    maturity = long.position(done.forward).maturity
    desk.kill()

    desk.go_to(maturity)
    desk.fix(CUT)
    prompt.json("settle", done.forward)
    prompt.json("withdraw", "all")
    assert desk.money(signer.address, short_signer.address) == [
        (0, FUNDS - PREFUNDING - LONG_FEE + LONG_PAYOUT),
        (2 * PREFUNDING - LONG_PAYOUT, FUNDS - PREFUNDING - SHORT_FEE),
    ]


def _signer(found: Desk) -> KeySigner:
    """The key of one of this file's own people."""
    signer = found._signer
    assert isinstance(signer, KeySigner)
    return signer

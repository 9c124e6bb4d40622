"""Two treasuries book; one hands its side to a third, and the two that are left end the forward early, at one price.

Once through the SDK, once by commands alone: the same figures, to the micro.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from support.commands import Shell, environment, key_file
from support.tree import text

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.endings import Termination
from ifx_sdk.records import Part, Status

GPT = "openai/gpt-4.1"
QUANTITY = 1_000_000  # Mtok: 1T tokens
FUNDS = 8_037_250 * 10**6  # each side's prefunding and half fee, to the micro
FEE = 74_500 * 10**6
PAYMENT = 1_250_000 * 10**6
DEPOSITED = 250_000_500_000  # of the payment; the rest comes from the wallet
AGREED = 4_320_000
LONG_PAYOUT, SHORT_PAYOUT = 4_870_000 * 10**6, 11_130_000 * 10**6


def opened(chain: Chain, path: Path | None = None) -> IFX:
    """A deployment an hour into a day whose fixing is posted at 8.00; everybody has exactly what is needed."""
    ifx = devnet.start(chain, [GPT], path)
    devnet.travel(ifx, midnight(day_of(chain.now()) + 1) + 3_600)
    devnet.post(ifx, {GPT: 8_000_000})
    for index, funds in ((devnet.LONG, FUNDS), (devnet.SHORT, FUNDS), (devnet.OUTSIDER, PAYMENT)):
        devnet.faucet(ifx, dev_address(index), usdt=funds)
    return ifx


def test_a_side_is_handed_over_and_the_forward_ended_early(story_chain: Chain) -> None:
    """By the SDK: signatures and on-chain approvals mixed, everything sent by the desk, which is no part of it."""
    ifx = opened(story_chain)
    roles = (devnet.LONG, devnet.SHORT, devnet.OUTSIDER, devnet.DESK, devnet.FEE_RECIPIENT)
    long, short, newcomer, desk, fees = (ifx.as_signer(devnet.signer(index)) for index in roles)
    for party in (long, short):
        assert len(party.token.allow(FUNDS)) == 1
    terms = ifx.terms(ifx.quote(GPT, QUANTITY, 6), long=long.account, short=short.account)
    desk.escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
    id_ = ifx.escrow.terms_id(terms)

    newcomer.token.allow(PAYMENT)
    newcomer.escrow.deposit(DEPOSITED).confirmed()
    handover = ifx.novation(id_, outgoing="long", incoming=newcomer.account, payment=PAYMENT)
    assert ifx.escrow.onchain_id(handover) == ifx.escrow.message_id(handover)
    newcomer.escrow.approve(handover).confirmed()  # a wallet that signs no messages
    moved = desk.escrow.novate(handover, long.sign(handover), b"", short.sign(handover)).confirmed()
    assert moved.event("ForwardNovated").args["payment"] == PAYMENT
    assert (ifx.escrow.balance_of(newcomer.account), ifx.token.balance(newcomer.account)) == (0, 0)
    assert ifx.escrow.balance_of(long.account) == PAYMENT
    assert ifx.token.balance(ifx.deployment.escrow) == 2 * FUNDS + PAYMENT
    assert ifx.escrow.forward(id_).long == newcomer.account

    end = ifx.termination(id_, price=AGREED)
    assert (end.long, end.short) == (newcomer.account, short.account)
    short.escrow.approve(end).confirmed()
    ended = desk.escrow.terminate(end, newcomer.sign(end)).confirmed().event("ForwardTerminated").args
    assert ended == {
        "id": id_,
        "termination": ifx.escrow.message_id(end),
        "price": AGREED,
        "long_payout": LONG_PAYOUT,
        "short_payout": SHORT_PAYOUT,
    }

    for party, amount in ((long, PAYMENT), (newcomer, LONG_PAYOUT), (short, SHORT_PAYOUT), (fees, FEE)):
        party.escrow.withdraw(amount).confirmed()
        assert (party.escrow.balance_of(), party.token.balance()) == (0, amount)
    assert ifx.token.balance(ifx.deployment.escrow) == 0

    (life,) = ifx.escrow.forwards(newcomer.account)
    assert life == ifx.escrow.booked(id_)
    assert (life.record.status, life.first_long, life.settlement) == (Status.TERMINATED, long.account, None)
    assert life.termination is not None
    assert (life.termination.long_payout, life.termination.short_payout) == (LONG_PAYOUT, SHORT_PAYOUT)
    (change,) = life.novations
    assert (change.side, change.outgoing, change.incoming) == ("long", long.account, newcomer.account)
    assert life.part_of(newcomer.account) == Part(side="long", entered=change, left=None)
    assert life.part_of(long.account) == Part(side="long", entered=None, left=change)
    assert life.part_of(short.account) == Part(side="short", entered=None, left=None)
    assert life.part_of(desk.account) is None


def test_the_same_by_commands_alone(node_url: str, tmp_path: Path) -> None:
    """Files from hand to hand: terms, novation and termination are signed or approved by the same three commands."""
    opened(Chain(node_url).connect(), tmp_path / "local.toml")
    placed = Shell(env={"IFX_RPC": node_url, "IFX_DEPLOYMENT": str(tmp_path / "local.toml")})
    long, short, newcomer, desk, fees = (
        placed.having(IFX_KEY_FILE=key_file(tmp_path, index))
        for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER, devnet.DESK, devnet.FEE_RECIPIENT)
    )
    accounts = [dev_address(index) for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER)]
    terms, moving, end = (str(tmp_path / name) for name in ("terms.json", "novation.json", "termination.json"))

    def signed(shell: Shell, file: str, name: str) -> str:
        path = str(tmp_path / name)
        shell.run("sign", file, "--out", path).ok()
        return path

    sides = ("--long", accounts[0], "--short", accounts[1])
    id_ = placed.json("terms", GPT, "1T", "6M", *sides, "--out", terms)["id"]
    for side in (long, short):
        side.json("allow", "8037250")
    approvals = ("--long-approval", signed(long, terms, "1"), "--short-approval", signed(short, terms, "2"))
    desk.json("book", terms, *approvals)

    newcomer.json("allow", "1,250,000 USDT")
    newcomer.json("deposit", "250000.5")
    told = placed.json(
        "novation", id_, "--outgoing", "long", "--incoming", accounts[2], "--payment", "1250000.00", "--out", moving
    )
    assert (told["side"], told["least_payout"], told["incoming_worst"]) == ("long", 550_000 * 10**6, -700_000 * 10**6)
    assert newcomer.json("approve", moving)["status"] == "approved"
    approvals = ("--outgoing-approval", signed(long, moving, "3"), "--remaining-approval", signed(short, moving, "4"))
    moved = desk.json("novate", moving, *approvals)
    assert (moved["id"], moved["status"], moved["forward"]["long"]) == (told["id"], "novated", accounts[2])

    told = placed.json("termination", id_, "--price", "4.32", "--out", end)
    assert (told["long_payout"], told["short_payout"]) == (LONG_PAYOUT, SHORT_PAYOUT)
    assert short.json("approve", end)["status"] == "approved"
    ended = desk.json("terminate", end, "--long-approval", json.loads(newcomer.run("sign", end).ok().out)["signature"])
    assert (ended["id"], ended["status"], ended["forward"]["status"]) == (told["id"], "terminated", "terminated")

    for shell, amount in ((long, PAYMENT), (newcomer, LONG_PAYOUT), (short, SHORT_PAYOUT), (fees, FEE)):
        left = shell.json("withdraw", "all")
        assert (left["free"], left["wallet"]) == (0, amount)
    parts = [placed.json("forwards", "--account", each)["forwards"][0]["part"] for each in accounts]
    came = ended["forward"]["novations"][0]["tx_hash"]
    assert parts == [
        {"side": "long", "entered": None, "left": came},
        {"side": "short", "entered": None, "left": None},
        {"side": "long", "entered": came, "left": None},
    ]


def test_the_readmes_way_out_runs_as_it_stands(node_url: str, tmp_path: Path) -> None:
    """The commands of "Leaving before maturity", in a shell, by accounts that the node signs for and one key file."""
    ifx = opened(Chain(node_url).connect(), tmp_path / "local.toml")
    long, short, other, desk = (
        ifx.as_signer(devnet.signer(index)) for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER, devnet.DESK)
    )
    for party in (long, short, other):
        party.token.allow(FUNDS)
    terms = ifx.terms(ifx.quote(GPT, QUANTITY, 6), long=long.account, short=short.account)
    desk.escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
    id_ = ifx.escrow.terms_id(terms)

    [commands] = re.findall(r"## Leaving before maturity\n.*?```sh\n(.*?)```", text("README.md"), re.DOTALL)
    Path(key_file(tmp_path, devnet.LONG)).rename(tmp_path / "long.key")
    variables = {
        "id": "0x" + id_.hex(), "short": short.account, "other": other.account, "desk": desk.account,
        "IFX_RPC": node_url, "IFX_DEPLOYMENT": str(tmp_path / "local.toml"),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-euc", commands],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment(**variables),
    )
    assert done.returncode == 0, done.stderr
    (change,) = ifx.escrow.novations(id_)
    assert (change.side, change.outgoing, change.incoming) == ("short", short.account, other.account)
    assert ifx.escrow.balance_of(short.account) == change.payment == 1_250 * 10**6
    assert "long gets back         7,550,000.000000 USDT, 450,000.000000 USDT less than it locked" in done.stdout
    end = Termination.from_json((tmp_path / "end.json").read_bytes())
    desk.escrow.terminate(end, long.sign(end), other.sign(end)).confirmed()
    assert ifx.escrow.balance_of(long.account) == 7_550_000 * 10**6

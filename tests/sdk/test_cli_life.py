"""A forward's whole life by commands alone, on the in-process chain behind a URL and on anvil."""

import json
import re
from pathlib import Path

import pytest
from support.chain import DAY, GPT, START
from support.commands import Shell, key_file

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address

LONG, SHORT, OUTSIDER = (dev_address(index) for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER))
MATURITY = 1799971200  # 2027-01-15 00:00 UTC
SPOT, PRICE, CUT = 8_000_000, 7_450_000, 4_320_000
HALF_FEE = 37_250 * 10**6
PREFUNDING = 8_000_000 * 10**6
FUNDS = 9_243_090 * 10**6


def plan(folder: Path) -> str:
    """A plan file in which the test accounts play every role."""
    path = folder / "plan.toml"
    nodes = ", ".join(f'"{dev_address(index)}"' for index in devnet.NODES)
    path.write_text(
        f'network = "local"\ndesk = "{dev_address(devnet.DESK)}"\nguardian = "{dev_address(devnet.DEPLOYER)}"\n'
        f'fee_recipient = "{dev_address(devnet.FEE_RECIPIENT)}"\nreviewer = "{dev_address(devnet.DEPLOYER)}"\n'
        f'signers = [{nodes}]\n\n[[underlyings]]\nname = "{GPT}"\n'
    )
    return str(path)


@pytest.fixture
def shells(node_url: str, tmp_path: Path) -> dict[str, Shell]:
    """A prompt for each role, after the deployment by command; long and short have USDT in their wallets."""
    deployment = str(tmp_path / "local.toml")
    anybody = Shell(env={"IFX_RPC": node_url})
    owner = anybody.having(IFX_KEY_FILE=key_file(tmp_path, devnet.DEPLOYER))
    made = owner.json("deploy", plan(tmp_path), "--out", deployment)
    assert (made["network"], made["chain_id"], made["file"]) == ("local", 31337, deployment)
    assert [each["call"] for each in made["transactions"]] == [
        "TestUSDT.__init__",
        "FixingOracle.__init__",
        "ForwardEscrow.__init__",
        "FixingOracle.add_underlying",
        "ForwardEscrow.list_underlying",
        "FixingOracle.transfer_ownership",
        "ForwardEscrow.transfer_ownership",
        "Timelock.__init__",
    ]
    ifx = IFX.connect(node_url, deployment)
    for account in (LONG, SHORT):
        devnet.faucet(ifx, account, usdt=FUNDS)
    placed = anybody.having(IFX_DEPLOYMENT=deployment)
    roles = {"long": devnet.LONG, "short": devnet.SHORT, "desk": devnet.DESK, "outsider": devnet.OUTSIDER}
    return {"anybody": placed} | {
        role: placed.having(IFX_KEY_FILE=key_file(tmp_path, index)) for role, index in roles.items()
    }


def test_a_forward_lives_by_commands_alone(shells: dict[str, Shell], node_url: str, tmp_path: Path) -> None:
    """Allow, deposit, post, quote, terms, sign, book, settle and withdraw: every figure to the micro."""
    anybody, long, short, desk = (shells[role] for role in ("anybody", "long", "short", "desk"))
    terms, long_file, short_file = (str(tmp_path / name) for name in ("terms.json", "long.json", "short.json"))

    for side in (long, short):
        assert side.json("allow", "9,243,090 USDT")["allowance"] == FUNDS
    funded = long.json("deposit", "1000000.5")
    assert (funded["free"], funded["wallet"]) == (1_000_000_500_000, FUNDS - 1_000_000_500_000)
    anybody.json("post", "--devnet", f"{GPT}=8.00")

    quote = anybody.json("quote", GPT, "1T", "6M")
    assert (quote["spot"], quote["indicative"], quote["maturity"]) == (SPOT, PRICE, MATURITY)
    made = anybody.json("terms", GPT, "1T", "6M", "--long", LONG, "--short", SHORT, "--out", terms)
    assert (made["price"], made["long_needs"]) == (PRICE, PREFUNDING + HALF_FEE)

    signed = long.run("sign", terms).ok()
    Path(long_file).write_text(signed.out)
    short.run("sign", terms, "--out", short_file).ok()
    assert json.loads(signed.out)["id"] == json.loads(Path(short_file).read_text())["id"] == made["id"]
    booked = desk.json("book", terms, "--long-approval", long_file, "--short-approval", short_file)
    assert (booked["id"], booked["status"]) == (made["id"], "booked")
    assert long.json("balance") == {
        "account": LONG,
        "free": 0,
        "wallet": FUNDS - PREFUNDING - HALF_FEE,
        "allowance": FUNDS - PREFUNDING - HALF_FEE,
    }
    assert anybody.json("forward", made["id"])["status"] == "active"

    early = shells["outsider"].run("settle", made["id"], "--json")
    assert (early.code, early.error["reason"]) == (1, "escrow: before maturity")
    devnet.travel(Chain(node_url), MATURITY)
    anybody.json("post", "--devnet", f"{GPT}=4.32")
    settled = shells["outsider"].json("settle", made["id"])
    assert settled["forwards"][0]["settlement"] | {"block_number": 0, "tx_hash": ""} == {
        "price": CUT,
        "long_payout": 4_870_000 * 10**6,
        "short_payout": 11_130_000 * 10**6,
        "block_number": 0,
        "tx_hash": "",
    }
    again = shells["outsider"].run("settle", made["id"], "--json")
    assert (again.code, again.error["reason"]) == (1, "escrow: not active")

    assert long.json("withdraw", "all", "--to", OUTSIDER)["free"] == 0
    assert short.json("withdraw", "11,130,000 USDT")["wallet"] == FUNDS - PREFUNDING - HALF_FEE + 11_130_000 * 10**6
    assert anybody.json("balance", "--account", OUTSIDER)["wallet"] == 4_870_000 * 10**6
    listed = anybody.json("forwards", "--account", SHORT)["forwards"]
    assert [(each["id"], each["status"], each["indicative"]) for each in listed] == [(made["id"], "settled", PRICE)]


def test_people_see_aligned_uncut_text(shells: dict[str, Shell], node_url: str, tmp_path: Path) -> None:
    """The same life in text: hashes before outcomes, amounts with all their decimals, one line for each forward."""
    anybody, long, short, desk = (shells[role] for role in ("anybody", "long", "short", "desk"))
    terms = str(tmp_path / "terms.json")
    anybody.run("post", "--devnet", f"{GPT}=8.00").ok()
    allowed = long.run("allow", "9243090").ok().out.splitlines()
    assert allowed[0].startswith("sending Token.approve  0x")
    assert allowed[1].startswith("confirmed in block ")
    assert allowed[-1].split() == ["allowance", "9,243,090.000000", "USDT"]
    short.run("allow", "9243090").ok()
    shown = anybody.run("terms", GPT, "1T", "6M", "--long", LONG, "--short", SHORT, "--out", terms).ok().out
    assert "worst case, short      8,037,250.000000 USDT half fee included" in shown
    id = shown.split()[1]
    long.run("approve", terms).ok()
    short.run("approve", terms).ok()
    assert desk.run("book", terms).ok().out.splitlines()[-1] == f"booked {id}"
    line = anybody.run("forwards", "--account", LONG).ok().out.splitlines()[1]
    assert line.split("  ") == [
        id, "active", "long", GPT, "1T tokens", "7.45 USD/Mtok", "2027-01-15", "8,000,000.000000 USDT"
    ]  # fmt: skip
    devnet.travel(Chain(node_url), MATURITY + 3 * DAY)
    waiting = anybody.run("forward", id).ok().out
    assert "long would receive     8,550,000.000000 USDT\n" in waiting
    assert "settlement             certain: it can be settled\n" in waiting
    paid = shells["outsider"].run("settle", id).ok().out
    assert "long receives          8,550,000.000000 USDT" in paid
    assert "short receives         7,450,000.000000 USDT" in paid
    assert re.search(r"^settled                in block [0-9]+, (not )?final", paid, re.MULTILINE)


def test_a_revoked_approval_cannot_be_booked(shells: dict[str, Shell], tmp_path: Path) -> None:
    """After `ifx revoke` by one side the desk is refused by the contract's reason; nothing was collected."""
    terms = str(tmp_path / "terms.json")
    shells["anybody"].json("post", "--devnet", f"{GPT}=8.00")
    shells["anybody"].json("terms", GPT, "100B", "3M", "--long", LONG, "--short", SHORT, "--out", terms)
    assert shells["long"].json("approve", terms)["status"] == "approved"
    assert shells["short"].json("revoke", terms)["status"] == "revoked"
    refused = shells["desk"].run("book", terms, "--json")
    assert (refused.code, refused.error["reason"]) == (1, "escrow: terms revoked")
    assert START < Chain(shells["anybody"].env["IFX_RPC"]).timestamp() < START + DAY


def test_several_forwards_settle_in_one_transaction(shells: dict[str, Shell], node_url: str, tmp_path: Path) -> None:
    """What is mature is paid, what is not is skipped and named, and the exit code says that something is left."""
    shells["anybody"].json("post", "--devnet", f"{GPT}=8.00")
    ids = []
    for tenor in ("3M", "6M"):
        terms = str(tmp_path / f"{tenor}.json")
        ids.append(
            shells["anybody"].json("terms", GPT, "100B", tenor, "--long", LONG, "--short", SHORT, "--out", terms)["id"]
        )
        for side in ("long", "short"):
            shells[side].json("allow", "9243090")
            shells[side].json("approve", terms)
        shells["desk"].json("book", terms)
    devnet.travel(Chain(node_url), 1792022400)  # 2026-10-15
    shells["anybody"].json("post", "--devnet", f"{GPT}=8.00")
    ran = shells["outsider"].run("settle", *ids, "--json")
    assert (ran.code, ran.json["settled"], ran.json["skipped"]) == (1, 1, 1)
    assert [each["status"] for each in ran.json["forwards"]] == ["settled", "active"]
    assert [each["call"] for each in ran.json["transactions"]] == ["ForwardEscrow.settle_many"]
    assert ids[1] in ran.err

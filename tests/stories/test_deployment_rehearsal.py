"""A network is born on anvil: planned, deployed, verified, changed by its owner in 7 days' time, traded on, settled."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.commands import Shell, key_file

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from scripts.verify_deployment import command_line

GPT4, GPT5 = "openai/gpt-4.1", "openai/gpt-5"
LONG, SHORT, NEW_DESK = (dev_address(each) for each in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER))
PROPOSER, STRANGER = 22, 21
USDT = 10**6
PREFUNDING, HALF_FEE = 8_000_000 * USDT, 37_250 * USDT
PAID = 4_870_000 * USDT

PLAN = f"""
network = "rehearsal"
desk = "{dev_address(devnet.DESK)}"
guardian = "{dev_address(20)}"
fee_recipient = "{dev_address(devnet.FEE_RECIPIENT)}"
reviewer = "0x{40 * "0"}"
signers = {json.dumps([dev_address(each) for each in devnet.NODES])}
proposers = ["{dev_address(PROPOSER)}"]

[[underlyings]]
name = "{GPT4}"
"""


def verified(record: Path, url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The items that changed, by the operation; none fails."""
    capsys.readouterr()
    assert command_line([str(record), "--rpc", url, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {row["verdict"] for row in found["rows"]} <= {"PASS", "CHANGED"}
    assert len(found["rows"]) > 45
    return {row["item"]: row["why"] for row in found["rows"] if row["verdict"] == "CHANGED"}


def test_a_deployment_is_rehearsed(anvil: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By commands alone: the deployer keeps nothing, a new name and a new desk wait 7 days, every micro is paid."""
    url = str(anvil.web3.provider.endpoint_uri)  # type: ignore[attr-defined]  # an HTTPProvider
    plan, record = tmp_path / "plan.toml", tmp_path / "rehearsal.toml"
    plan.write_text(PLAN)
    anybody = Shell(env={"IFX_RPC": url})
    deployer = anybody.having(IFX_KEY_FILE=key_file(tmp_path, devnet.DEPLOYER))
    made = deployer.json("deploy", str(plan), "--out", str(record))
    assert verified(record, url, capsys) == {}

    anybody = anybody.having(IFX_DEPLOYMENT=str(record))
    long, short, old_desk, new_desk, proposer, outsider = (
        anybody.having(IFX_KEY_FILE=key_file(tmp_path, index))
        for index in (devnet.LONG, devnet.SHORT, devnet.DESK, devnet.OUTSIDER, PROPOSER, STRANGER)
    )
    ifx = IFX.connect(url, str(record))
    for index in (PROPOSER, STRANGER):
        devnet.faucet(ifx, dev_address(index), eth=10**18)

    # The deployer has no say any more; whoever proposes waits 7 days.
    keyless = deployer.having(IFX_DEPLOYMENT=str(record)).run("admin", "propose", "set_desk", NEW_DESK, "--json")
    assert (keyless.code, keyless.error["type"]) == (1, "RoleMissing")
    adding = proposer.json("admin", "propose", "add_underlying", GPT5)
    listing = proposer.json(
        "admin", "propose", "list_underlying", GPT5, "--lot", "100000", "--after", adding["operation"]
    )
    desk = proposer.json("admin", "propose", "set_desk", NEW_DESK)
    operations = [each["operation"] for each in (adding, listing, desk)]
    assert outsider.run("admin", "execute", *operations, "--json").error["type"] == "OperationNotReady"
    assert verified(record, url, capsys) == {}
    devnet.travel(ifx, desk["executable_from"])
    done = outsider.json("admin", "execute", *operations)
    assert [each["status"] for each in done["operations"]] == ["done"] * 3
    changed = {"escrow: desk": f"operation {operations[2]}", f"underlying: {GPT5}": f"operation {operations[1]}"}
    assert verified(record, url, capsys) == changed

    # A trade on the new underlying, booked by the new desk.
    anybody.json("post", "--devnet", f"{GPT5}=8.00")
    terms = str(tmp_path / "terms.json")
    agreed = anybody.json("terms", GPT5, "1T", "6M", "--long", LONG, "--short", SHORT, "--out", terms)
    for side, account in ((long, LONG), (short, SHORT)):
        devnet.faucet(ifx, account, usdt=PREFUNDING + HALF_FEE)
        side.json("allow", "8037250")
        side.json("approve", terms)
    assert old_desk.run("book", terms, "--json").error["type"] == "NotTheDesk"
    assert new_desk.json("book", terms)["id"] == agreed["id"]

    # Settled by anyone at 4.32, and every micro is out but the fee.
    maturity = ifx.escrow.forward(bytes.fromhex(agreed["id"][2:])).maturity
    devnet.travel(ifx, midnight(day_of(maturity)) + 3_600)
    anybody.json("post", "--devnet", f"{GPT5}=4.32")
    assert outsider.json("settle", agreed["id"])["settled"] == 1
    for side, account, amount in ((long, LONG, PAID), (short, SHORT, 2 * PREFUNDING - PAID)):
        side.json("withdraw", "all")
        assert ifx.token.balance(account) == amount
    assert ifx.token.balance(made["escrow"]) == 2 * HALF_FEE == ifx.escrow.balance_of(dev_address(devnet.FEE_RECIPIENT))
    assert verified(record, url, capsys) == changed

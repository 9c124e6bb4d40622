"""A Safe as the one proposer: its owners load the batch file, the clock starts when it is mined, anyone executes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.chain import GPT
from support.commands import Shell, key_file, refused
from support.market import Market
from support.safe import Safe, SafeContracts

from ifx_sdk import devnet
from ifx_sdk.chain import Call
from ifx_sdk.client import IFX
from ifx_sdk.deploy import deploy
from ifx_sdk.devkeys import dev_address
from ifx_sdk.timelock import DELAY, OperationState
from scripts.verify_deployment import verify

NINE = dev_address(9)


@pytest.fixture
def safe(market: Market, safe_contracts: SafeContracts, safes: dict[str, Safe]) -> Safe:
    """Two of three owners decide."""
    return safes["2-of-3"]


@pytest.fixture
def governed(market: Market, safe: Safe) -> IFX:
    """A deployment that this Safe alone proposes for."""
    plan = replace(devnet.plan([GPT]), proposers=(safe.address,), token=market.ifx.deployment.token)
    return IFX.connect(market.chain, deploy(market.chain, devnet.signer(devnet.DEPLOYER), plan))


@pytest.fixture
def prompt(governed: IFX, tmp_path: Path, anvil_url: str) -> Shell:
    """Somebody with a key of his own and no role."""
    path = tmp_path / "governed.toml"
    governed.deployment.write(path)
    key = key_file(tmp_path, devnet.OUTSIDER)
    return Shell(env={"IFX_RPC": anvil_url, "IFX_DEPLOYMENT": str(path), "IFX_KEY_FILE": key})


def loaded(printed: str) -> Call:
    """The one transaction of a batch file, as the Safe would make it."""
    batch: dict[str, Any] = json.loads(printed)
    (transaction,) = batch["transactions"]
    assert transaction["value"] == "0"
    return Call(name="batch", to=transaction["to"], data=bytes.fromhex(transaction["data"][2:]))


def test_a_safe_proposes_from_a_batch_file_and_anyone_executes(governed: IFX, safe: Safe, prompt: Shell) -> None:
    """No key of the proposer is ever at the prompt; days may pass before the owners have signed."""
    refused(prompt.run("admin", "propose", "set_desk", NINE, "--json"), 1, "RoleMissing")
    call = loaded(prompt.run("admin", "propose", "set_desk", NINE, "--calldata").ok().out)
    devnet.travel(governed, governed.chain.timestamp() + DELAY // 2)
    mined = safe.act(call).confirmed().block_number
    (operation,) = governed.timelock.operations()
    assert operation.ready_at == governed.chain.timestamp(mined) + DELAY
    assert operation.decoded[0].arguments == {"desk": NINE}
    devnet.travel(governed, operation.ready_at)
    prompt.json("admin", "execute", "0x" + operation.id.hex())
    assert governed.escrow.desk() == NINE
    changed = {row.item: row.why for row in verify(governed.chain, governed.deployment) if row.verdict.value != "PASS"}
    assert changed == {"escrow: desk": f"operation 0x{operation.id.hex()}"}


def test_a_safe_cancels_from_a_batch_file(governed: IFX, safe: Safe, prompt: Shell) -> None:
    """What it proposed and thought better of; the outsider alone cannot."""
    safe.act(loaded(prompt.run("admin", "propose", "set_desk", NINE, "--calldata").ok().out)).confirmed()
    (operation,) = governed.timelock.operations()
    id = "0x" + operation.id.hex()
    refused(prompt.run("admin", "cancel", id, "--json"), 1, "RoleMissing")
    safe.act(loaded(prompt.run("admin", "cancel", id, "--calldata").ok().out)).confirmed()
    assert governed.timelock.operation(operation.id).state is OperationState.CANCELLED

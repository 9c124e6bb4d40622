"""The handover: the timelock owns what is deployed, whatever comes in between; a deployment that stopped goes on."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from support.chain import GPT, LUNA
from support.commands import Shell, key_file, refused
from support.faults import FaultyNode, answer_lost, never_arrives
from support.pools import mine
from web3.types import RPCResponse

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import DeployPlan, Listing, create_address, deploy, deploy_to
from ifx_sdk.deployment import Deployment
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import (
    BadDeployment,
    BadFile,
    BadValue,
    NoContract,
    NodeDown,
    NotHandedOver,
    NotTheOwner,
    OfferedElsewhere,
    OutcomeUnknown,
)
from ifx_sdk.timelock import Timelock
from scripts.deploy import command_line
from scripts.verification.rows import Verdict
from scripts.verify_deployment import verify

PLAN = devnet.plan([GPT, Listing(name="index/llm-1", lot=50_000, review_required=True)])
PROPOSERS = (dev_address(devnet.OUTSIDER), dev_address(20))
ZERO = "0x" + 40 * "0"
DEPLOYER = devnet.signer(devnet.DEPLOYER)

PLAN_FILE = f"""
network = "local"
desk = "{dev_address(1)}"
guardian = "{dev_address(0)}"
fee_recipient = "{dev_address(8)}"
reviewer = "{ZERO}"
signers = {json.dumps([dev_address(each) for each in devnet.NODES])}

[[underlyings]]
name = "openai/gpt-4.1"
"""


def test_the_timelock_owns_both_and_the_deployer_nothing(chain: Chain) -> None:
    """Read back: one owner, nobody about to be, a delay of 7 days, the plan's proposers, open execution, no admin."""
    ifx = IFX.connect(chain, deploy(chain, DEPLOYER, replace(PLAN, proposers=PROPOSERS)))
    assert ifx.escrow.pending_owner() == ifx.oracle.pending_owner() == ZERO
    assert ifx.timelock.delay() == 604_800
    assert ifx.timelock.holders() == {
        "admin": (ifx.timelock.address,),
        "proposer": PROPOSERS,
        "canceller": PROPOSERS,
        "executor": (ZERO,),
    }
    deployer = ifx.as_signer(DEPLOYER)
    for attempt in (
        lambda: deployer.escrow.set_desk(DEPLOYER.address),
        lambda: deployer.oracle.add_underlying(LUNA),
        lambda: deployer.escrow.transfer_ownership(DEPLOYER.address),
    ):
        with pytest.raises(NotTheOwner):
            attempt()


def test_a_deployment_without_its_timelock_is_not_connected_to(chain: Chain) -> None:
    """An address without code is named; the escrow, the oracle and the token are looked at in the same way."""
    made = deploy(chain, DEPLOYER, PLAN)
    for key, name in (("timelock", "Timelock"), ("escrow", "ForwardEscrow"), ("oracle", "FixingOracle")):
        with pytest.raises(NoContract, match=f"no {name} at {dev_address(9)}"):
            IFX.connect(Chain(chain.web3), replace(made, **{key: dev_address(9)}))
    assert IFX.connect(Chain(chain.web3), made).timelock.delay() == 604_800


def test_the_local_chain_has_the_well_known_deployer_as_proposer(chain: Chain) -> None:
    """Where the plan names none; off the local chain that is refused before anything is sent."""
    ifx = IFX.connect(chain, deploy(chain, DEPLOYER, replace(PLAN, proposers=())))
    assert ifx.timelock.holders()["proposer"] == (DEPLOYER.address,)


def test_elsewhere_the_plan_names_who_proposes(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that the world knows proposes nothing off the local chain."""
    elsewhere, before = Chain(chain.web3), chain.block_number()
    monkeypatch.setattr(type(elsewhere.node), "chain_id", lambda self: 10)
    with pytest.raises(BadValue, match="who proposes") as refused:
        deploy(elsewhere, DEPLOYER, replace(PLAN, token=dev_address(3), proposers=()))
    assert "proposers = [" in refused.value.cure
    assert chain.block_number() == before


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 256, 65_535, 2**32])
def test_a_contracts_address_is_known_before_it_is_created(nonce: int) -> None:
    """As the rule of the chain has it, for every length of the number."""
    body = rlp.encode([bytes.fromhex(DEPLOYER.address[2:]), nonce])
    assert create_address(DEPLOYER.address, nonce) == to_checksum_address(keccak(body)[12:])


def test_another_transaction_in_between_is_told_and_the_deployment_resumed(chain: Chain, tmp_path: Path) -> None:
    """The offers are to an address that the timelock would not have: nothing is lost, and a later run goes on."""
    path = tmp_path / "local.toml"
    noisy = Chain(chain.web3)
    sent = noisy.send

    def send(call: Call, *args: Any, **options: Any) -> Any:
        outcome = sent(call, *args, **options)
        if call.name == "ForwardEscrow.transfer_ownership":
            chain.send(Call(name="another", to=DEPLOYER.address, data=b""), DEPLOYER).confirmed()
        return outcome

    noisy.send = send  # type: ignore[method-assign]
    with pytest.raises(OfferedElsewhere) as stopped:
        deploy_to(path, noisy, DEPLOYER, PLAN)
    assert "--resume" in stopped.value.cure
    assert not path.exists()
    first = tomllib.loads(path.with_name("local.toml.partial").read_text())["contracts"]
    assert [each["name"] for each in first] == ["TestUSDT", "FixingOracle", "ForwardEscrow"]
    made = deploy_to(path, chain, DEPLOYER, PLAN, resume=True)
    assert [each.address for each in made.contracts[:3]] == [each["address"] for each in first]
    assert IFX.connect(chain, path).escrow.owner() == made.timelock
    assert list(tmp_path.iterdir()) == [path]


def test_a_timelock_whose_answer_was_lost_is_taken_up(chain: Chain, tmp_path: Path) -> None:
    """Its creation was mined, nobody said so: a later run finds it by what it owns, and creates no second one."""
    path = tmp_path / "local.toml"
    steps = 3 + 2 * len(PLAN.underlyings) + 2

    def last_is_lost(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        if node.broadcasts <= steps:
            return broadcast()
        node.after_an_answer = lambda: setattr(node, "down", True)
        return answer_lost(broadcast)

    node = FaultyNode(chain.web3, last_is_lost)
    with pytest.raises((OutcomeUnknown, NodeDown)):
        deploy_to(path, Chain(node.web3), DEPLOYER, PLAN)
    mine(chain)  # anvil answers before it has made the block
    nonce = chain.node.nonce(DEPLOYER.address)
    made = deploy_to(path, chain, DEPLOYER, PLAN, resume=True)
    assert chain.node.nonce(DEPLOYER.address) == nonce
    assert Deployment.read(path) == made
    assert made.contracts[-1].address == made.timelock == IFX.connect(chain, path).escrow.owner()
    assert failures(made, chain) == []


def failures(made: Deployment, chain: Chain) -> list[str]:
    """What a verification finds wrong."""
    return [row.item for row in verify(chain, made) if row.verdict is Verdict.FAIL]


def test_a_deployment_that_somebody_else_took_over_is_not_resumed(chain: Chain, tmp_path: Path) -> None:
    """Nor with another plan, on another network, or without the file: each is told, and nothing is sent."""
    path = tmp_path / "local.toml"
    partial = path.with_name("local.toml.partial")

    def stops(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        return never_arrives(broadcast) if node.broadcasts == 4 else broadcast()

    with pytest.raises(BadDeployment, match=r"local\.toml\.partial"):
        deploy_to(path, chain, DEPLOYER, PLAN, resume=True)
    node = FaultyNode(chain.web3, stops)
    with pytest.raises(OutcomeUnknown):
        deploy_to(path, Chain(node.web3), DEPLOYER, PLAN)
    nonce, kept = chain.node.nonce(DEPLOYER.address), partial.read_text()
    partial.with_name("other.toml.partial").write_text(kept)
    with pytest.raises(BadFile, match="it is of local on chain 31337, not of other"):
        deploy_to(path.with_name("other.toml"), chain, DEPLOYER, replace(PLAN, network="other"), resume=True)
    with pytest.raises(BadValue, match="the ForwardEscrow that was deployed is not what this plan would deploy"):
        deploy_to(path, chain, DEPLOYER, replace(PLAN, desk=dev_address(9)), resume=True)
    with pytest.raises(BadValue, match="the FixingOracle that was deployed"):
        deploy_to(path, chain, devnet.signer(9), PLAN, resume=True)
    assert (chain.node.nonce(DEPLOYER.address), partial.read_text()) == (nonce, kept)
    escrow = next(each["address"] for each in tomllib.loads(kept)["contracts"] if each["name"] == "ForwardEscrow")
    data = codec("ForwardEscrow").encode_call("transfer_ownership", [dev_address(9)])
    chain.send(Call(name="offer", to=escrow, data=data), DEPLOYER).confirmed()
    data = codec("ForwardEscrow").encode_call("accept_ownership", [])
    chain.send(Call(name="accept", to=escrow, data=data), devnet.signer(9)).confirmed()
    with pytest.raises(NotHandedOver, match=f"the escrow belongs to {dev_address(9)}"):
        deploy_to(path, chain, DEPLOYER, PLAN, resume=True)


@pytest.mark.parametrize("role", ["admin", "proposer"])
def test_an_owner_with_another_role_is_told(chain: Chain, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """What is read back in the end is compared with the plan, not believed."""
    held = Timelock.holders
    monkeypatch.setattr(Timelock, "holders", lambda self: held(self) | {role: (dev_address(9),)})
    with pytest.raises(NotHandedOver, match=f"role {role} is held by {dev_address(9)}") as refused:
        deploy(chain, DEPLOYER, PLAN)
    assert "Do not use this deployment" in refused.value.cure


def test_a_timelock_that_was_offered_nothing_is_not_created(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its constructor refuses, where the nonce moves after it was looked at: told with the same cure."""
    monkeypatch.setattr("ifx_sdk.deploy.create_address", lambda sender, nonce: dev_address(9))
    with pytest.raises(OfferedElsewhere):
        deploy(chain, DEPLOYER, PLAN)


def test_script_and_command_go_on_from_the_partial_file(node_url: str, tmp_path: Path) -> None:
    """Both with --resume; without it the file of the earlier run is named and nothing is sent."""

    def fourth_is_lost(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        return never_arrives(broadcast) if node.broadcasts == 4 else broadcast()

    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN_FILE)
    wanted = {"script": devnet.plan(), "command": DeployPlan.from_toml(plan)}
    key = Shell(env={"IFX_RPC": node_url, "IFX_KEY_FILE": key_file(tmp_path, devnet.DEPLOYER)})
    for name, planned in wanted.items():
        path = tmp_path / f"{name}.toml"
        node = FaultyNode(Chain(node_url).web3, fourth_is_lost)
        with pytest.raises(OutcomeUnknown):
            deploy_to(path, Chain(node.web3), DEPLOYER, planned)
        kept = path.with_name(f"{name}.toml.partial").read_text()
        arguments = ["--rpc", node_url, "--out", str(path)]
        if name == "script":
            assert command_line(arguments) == 1
            assert command_line([*arguments, "--resume"]) == 0
        else:
            refused(key.run("deploy", str(plan), "--out", str(path), "--json"), 2, "BadFile")
            key.json("deploy", str(plan), "--out", str(path), "--resume")
        made = Deployment.read(path)
        assert [each.address in kept for each in made.contracts] == [True, True, True, False]
        assert IFX.connect(node_url, path).oracle.owner() == made.timelock


def test_a_deployment_that_stops_halfway_leaves_its_addresses(chain: Chain, tmp_path: Path) -> None:
    """The broadcast of the escrow is lost: token and oracle stand in the partial file and in the error."""
    path = tmp_path / "networks" / "local.toml"
    partial = path.with_name("local.toml.partial")

    def third_is_lost(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        return never_arrives(broadcast) if node.broadcasts == 3 else broadcast()

    node = FaultyNode(chain.web3, third_is_lost)
    with pytest.raises(OutcomeUnknown) as stopped:
        deploy_to(path, Chain(node.web3), DEPLOYER, PLAN)
    kept = tomllib.loads(partial.read_text())
    assert [each["name"] for each in kept["contracts"]] == ["TestUSDT", "FixingOracle"]
    assert (kept["network"], kept["chain_id"], kept["contracts"][1]["arguments"]["quorum"]) == ("local", 31337, 3)
    for each in kept["contracts"]:
        assert chain.code(each["address"])
        assert each["address"] in stopped.value.cure
    assert str(partial) in stopped.value.cure
    assert not path.exists()
    with pytest.raises(BadFile, match=r"partial: an earlier deployment"):
        deploy_to(path, chain, DEPLOYER, PLAN)
    partial.unlink()
    assert deploy_to(path, chain, DEPLOYER, PLAN) == Deployment.read(path)
    assert list(path.parent.iterdir()) == [path]


def test_a_plan_with_other_names_does_not_resume(chain: Chain, tmp_path: Path) -> None:
    """The oracle's list only grows: what an earlier plan put on it stays, so another plan's record would be false."""
    path = tmp_path / "local.toml"

    def fifth_is_lost(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        return never_arrives(broadcast) if node.broadcasts == 5 else broadcast()

    node = FaultyNode(chain.web3, fifth_is_lost)
    with pytest.raises(OutcomeUnknown):
        deploy_to(path, Chain(node.web3), DEPLOYER, PLAN)
    other = replace(PLAN, underlyings=(Listing(name="openai/gpt-9"),))
    with pytest.raises(BadValue, match="the oracle has it, and the plan does not list it"):
        deploy_to(path, chain, DEPLOYER, other, resume=True)
    assert deploy_to(path, chain, DEPLOYER, PLAN, resume=True).underlyings == PLAN.underlyings


def test_a_plan_that_a_constructor_would_refuse_sends_nothing(chain: Chain) -> None:
    """A fee recipient or a node of zero, and a token that is none."""
    zero = "0x" + "0" * 40
    for change in ({"fee_recipient": zero}, {"signers": (zero,)}):
        with pytest.raises(BadValue, match="is the zero address"):
            replace(PLAN, **change)
    for token in (DEPLOYER.address, devnet.start(chain, []).deployment.oracle):
        sent = chain.node.nonce(DEPLOYER.address)
        with pytest.raises(BadValue, match=r"no code on chain|it is no token"):
            deploy(chain, DEPLOYER, replace(PLAN, token=token))
        assert chain.node.nonce(DEPLOYER.address) == sent

"""A network from the packaged artifacts, and the file that remembers it."""

import importlib.util
import json
import os
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rlp
from eth_account import Account
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from support.chain import GPT, LUNA
from support.faults import FaultyNode, answer_lost, answering, never_arrives, serving
from support.tree import ROOT
from web3.types import RPCResponse

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import DeployPlan, Listing, create_address, deploy, deploy_to
from ifx_sdk.deployment import DeployedContract, Deployment
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.errors import (
    BadAddress,
    BadDeployment,
    BadFile,
    BadUnderlying,
    BadValue,
    DevnetOnly,
    NodeDown,
    NoFundsForGas,
    NotHandedOver,
    NotTheOwner,
    OfferedElsewhere,
    OutcomeUnknown,
    TransactionDropped,
)
from ifx_sdk.oracle import Underlying
from ifx_sdk.outcomes import FileJournal
from ifx_sdk.timelock import Timelock
from scripts.verification.rows import Verdict
from scripts.verify_deployment import verify

PLAN = devnet.plan([GPT, Listing(name="index/llm-1", lot=50_000, review_required=True)])
PROPOSERS = (dev_address(devnet.OUTSIDER), dev_address(20))
ZERO = "0x" + 40 * "0"
DEPLOYER = devnet.signer(devnet.DEPLOYER)


def test_a_deployment_has_every_role_of_its_plan(chain: Chain) -> None:
    """Token, oracle, escrow and timelock know each other, and every account stands where the plan put it."""
    ifx = IFX.connect(chain, deploy(chain, DEPLOYER, PLAN))
    assert ifx.escrow.desk() == PLAN.desk
    assert ifx.escrow.guardian() == PLAN.guardian
    assert ifx.escrow.fee_recipient() == PLAN.fee_recipient
    assert ifx.oracle.reviewer() == PLAN.reviewer
    assert ifx.escrow.owner() == ifx.oracle.owner() == ifx.timelock.address == ifx.deployment.timelock
    registered = ifx.oracle.signers_on(chain.now() // 86_400)
    assert (registered.signers, registered.quorum) == (PLAN.signers, 3)
    assert ifx.token.decimals() == 6


def test_underlyings_are_added_and_listed(chain: Chain) -> None:
    """In the plan's order, each with its lot and its review."""
    ifx = IFX.connect(chain, deploy(chain, DEPLOYER, PLAN))
    assert ifx.oracle.underlyings() == (
        Underlying(index=1, name=GPT, review_required=False),
        Underlying(index=2, name="index/llm-1", review_required=True),
    )
    assert [ifx.escrow.lot_of(name) for name in (GPT, "index/llm-1", LUNA)] == [100_000, 50_000, 0]


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
    for refused in (
        lambda: deployer.escrow.set_desk(DEPLOYER.address),
        lambda: deployer.oracle.add_underlying(LUNA),
        lambda: deployer.escrow.transfer_ownership(DEPLOYER.address),
    ):
        with pytest.raises(NotTheOwner):
            refused()


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


def test_an_existing_token_is_used_as_it_is(chain: Chain) -> None:
    """A plan that names its token deploys none, and the file has no record of how that one was made."""
    first = deploy(chain, DEPLOYER, PLAN)
    second = deploy(chain, DEPLOYER, replace(PLAN, token=first.token))
    assert second.token == first.token
    assert [contract.name for contract in second.contracts] == ["FixingOracle", "ForwardEscrow", "Timelock"]


def test_a_test_token_is_for_the_local_chain_only(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """On any other chain a plan without a token is refused before anything is sent."""
    elsewhere = Chain(chain.web3)
    monkeypatch.setattr(type(elsewhere.node), "chain_id", lambda self: 10)
    nonce = chain.node.nonce(DEPLOYER.address)
    with pytest.raises(DevnetOnly, match="TestUSDT"):
        deploy(elsewhere, DEPLOYER, PLAN)
    assert chain.node.nonce(DEPLOYER.address) == nonce


def test_a_deployment_comes_back_from_its_file(chain: Chain, tmp_path: Path) -> None:
    """Every address, argument and compiler setting, so that it can be verified later."""
    deployment = deploy(chain, DEPLOYER, PLAN, commit="0" * 40)
    path = tmp_path / "networks" / "local.toml"
    deployment.write(path)
    assert Deployment.read(path) == deployment
    escrow = deployment.contracts[2]
    assert escrow.arguments["fee_recipient"] == PLAN.fee_recipient
    assert (escrow.compiler, escrow.evm_version, escrow.optimization) == ("vyper 0.4.3", "cancun", "gas")
    assert escrow.code_hash == "0x" + keccak(chain.code(escrow.address)).hex()
    assert deployment.underlyings == PLAN.underlyings
    assert list(path.parent.iterdir()) == [path]


GOOD = Deployment(
    network="x",
    chain_id=1,
    token=dev_address(0),
    oracle=dev_address(1),
    escrow=dev_address(2),
    timelock=dev_address(3),
    block=5,
    contracts=(
        DeployedContract(
            name="Timelock",
            address=dev_address(3),
            arguments={"proposers": (dev_address(4),), "owned": ()},
            compiler="vyper 0.4.3",
            evm_version="cancun",
            optimization="gas",
            integrity="0" * 64,
            code_hash="0x" + "1" * 64,
            tx_hash="0x" + "2" * 64,
        ),
    ),
    underlyings=(Listing(name=GPT),),
).to_toml()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("chain_id = 1", 'chain_id = "1"', "chain_id"),
        ("chain_id = 1", "chain_id = -1", "chain_id"),
        ("chain_id = 1", "chain_id = true", "chain_id"),
        ("chain_id = 1", "", "chain_id"),
        ("block = 5", "block = 5.0", "block"),
        ('network = "x"', "network = 3", "network"),
        (dev_address(2), "0x12", "escrow"),
        (dev_address(2), dev_address(2)[:-1] + "d", "escrow"),
        ("block = 5", "block = = 5", "TOML"),
        (dev_address(3), "0x12", "timelock"),
        ("[[contracts]]", "[contracts]", "contracts"),
        ('name = "Timelock"', "", "name"),
        ("[contracts.arguments]", "arguments = 3\n[x]", "arguments"),
        ("1" * 64, "1" * 63, "code_hash"),
        ("2" * 64, "2" * 63 + "G", "tx_hash"),
        ("[[underlyings]]", "[underlyings]", "underlyings"),
        ("review_required = false", "review_required = 0", "review_required"),
        ("lot = 100000", "lot = 0", "lot"),
    ],
)
def test_a_damaged_deployment_file_names_the_key(tmp_path: Path, old: str, new: str, named: str) -> None:
    """The good file is read; each damage is refused with the place."""
    path = tmp_path / "x.toml"
    path.write_text(GOOD)
    assert Deployment.read(path).block == 5
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(BadDeployment, match=named) as refused:
        Deployment.read(path)
    assert refused.value.path == str(path)


def test_a_missing_deployment_file_is_named(tmp_path: Path) -> None:
    """And a folder or a binary in its place."""
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "missing.toml", tmp_path, tmp_path / "binary.toml"):
        with pytest.raises(BadDeployment, match=str(path)):
            Deployment.read(path)


PLAN_FILE = f"""
network = "example"
desk = "{dev_address(1)}"
guardian = "{dev_address(0)}"
fee_recipient = "{dev_address(8)}"
reviewer = "0x0000000000000000000000000000000000000000"
signers = ["{dev_address(4)}", "{dev_address(5)}", "{dev_address(6)}", "{dev_address(7)}"]
proposers = ["{dev_address(0)}"]
token = "{dev_address(9)}"

[[underlyings]]
name = "openai/gpt-4.1"
"""


def test_a_plan_is_read_from_a_file(tmp_path: Path) -> None:
    """As docs/operations.md shows it; what is left out takes its default."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN_FILE)
    plan = DeployPlan.from_toml(path)
    assert plan.underlyings == (Listing(name="openai/gpt-4.1", lot=100_000, review_required=False),)
    assert (plan.quorum, plan.network) == (None, "example")
    assert (len(plan.signers), plan.proposers) == (4, (dev_address(0),))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('network = "example"', "", BadFile),
        ('network = "example"', 'network = "example"\nsurprise = 1', BadFile),
        ('network = "example"', "network = ", BadFile),
        (dev_address(1), "0x1", BadAddress),
        (dev_address(5), dev_address(4), BadValue),
        ('name = "openai/gpt-4.1"', 'name = "OpenAI GPT"', BadUnderlying),
        ('name = "openai/gpt-4.1"', 'name = "openai/gpt-4.1"\nlot = 0', BadValue),
        ('name = "openai/gpt-4.1"', 'name = "openai/gpt-4.1"\nlots = 1', BadFile),
        ("signers = [", "signers = [] #", BadValue),
        ("signers = [", "signers = 3 #", BadFile),
        ("proposers = [", "proposers = 3 #", BadFile),
        ("proposers = [", f'proposers = ["{dev_address(0)}", ', BadValue),
        ("proposers = [", f'proposers = ["0x{40 * "0"}", ', BadValue),
        ("proposers = [", f"proposers = {json.dumps([dev_address(each) for each in range(17)])} #", BadValue),
        ("[[underlyings]]", '[[underlyings]]\nname = "openai/gpt-4.1"\n\n[[underlyings]]', BadValue),
        ("[[underlyings]]", "[underlyings]", BadFile),
    ],
)
def test_a_damaged_plan_is_refused(tmp_path: Path, old: str, new: str, error: type[Exception]) -> None:
    """Nothing is guessed: an unknown key, a missing one and a bad value each stop it."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN_FILE.replace(old, new))
    with pytest.raises(error):
        DeployPlan.from_toml(path)


@pytest.fixture
def script() -> ModuleType:
    """scripts/deploy.py as a module."""
    spec = importlib.util.spec_from_file_location("deploy_script", ROOT / "scripts" / "deploy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_deploys_and_writes_the_file(script: ModuleType, node_url: str, tmp_path: Path) -> None:
    """What it wrote can be connected to."""
    path = tmp_path / "local.toml"
    assert script.command_line(["--rpc", node_url, "--out", str(path)]) == 0
    ifx = IFX.connect(node_url, path)
    assert [each.name for each in ifx.oracle.underlyings()] == list(devnet.UNDERLYINGS)


def test_the_script_says_what_is_wrong(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr and exit code 1, no traceback."""
    assert script.command_line(["--rpc", "http://127.0.0.1:1"]) == 1
    assert "node http://127.0.0.1:1" in capsys.readouterr().err


def test_the_script_makes_the_folder_and_refuses_what_is_there(
    script: ModuleType, node_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a fresh clone there is no folder yet; a file that exists is the record of another deployment."""
    path = tmp_path / "new" / "local.toml"
    assert script.command_line(["--rpc", node_url, "--out", str(path)]) == 0
    written, nonce = path.read_text(), Chain(node_url).node.nonce(DEPLOYER.address)
    assert script.command_line(["--rpc", node_url, "--out", str(path)]) == 1
    assert f"{path}: it exists already" in capsys.readouterr().err
    assert path.read_text() == written
    assert Chain(node_url).node.nonce(DEPLOYER.address) == nonce
    assert list(path.parent.iterdir()) == [path]


def test_the_script_deploys_elsewhere_with_a_plan_and_a_keystore(
    script: ModuleType, chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off the local chain, in a fresh clone: the file, and the journal of its transactions, in a folder made for it."""
    first = deploy(chain, DEPLOYER, PLAN)
    plan, keystore = tmp_path / "plan.toml", tmp_path / "key.json"
    plan.write_text(PLAN_FILE.replace(f'token = "{dev_address(9)}"', f'token = "{first.token}"'))
    keystore.write_text(json.dumps(Account.encrypt(dev_key(devnet.DEPLOYER), "right", iterations=2)))
    monkeypatch.setattr(script, "ROOT", tmp_path / "clone")
    monkeypatch.setattr(script, "DEVNET_CHAIN_ID", 1)  # so that this one is another network
    monkeypatch.setattr(script.getpass, "getpass", lambda prompt: "right")
    with serving(answering(chain.web3)) as url:
        assert script.command_line(["--rpc", url, "--plan", str(plan), "--keystore", str(keystore)]) == 0
    folder = tmp_path / "clone" / "deployments"
    assert sorted(each.name for each in folder.iterdir()) == ["example.journal.jsonl", "example.toml"]
    assert Deployment.read(folder / "example.toml").token == first.token
    assert FileJournal(folder / "example.journal.jsonl").open_attempts() == ()


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


def test_a_deployment_that_never_began_leaves_no_file(chain: Chain, tmp_path: Path) -> None:
    """A refusal before the first contract, a folder that cannot be made, a file that exists: nothing is sent."""
    path, nonce = tmp_path / "local.toml", chain.node.nonce(DEPLOYER.address)
    broke = devnet.signer(0).from_key(b"\7" * 32)
    with pytest.raises((NoFundsForGas, TransactionDropped)):  # by the node: at the estimate, or at the broadcast
        deploy_to(path, chain, broke, PLAN)
    assert list(tmp_path.iterdir()) == []
    path.write_text("kept")
    for target, why in ((path, "exists already"), (path / "below" / "x.toml", "cannot be written")):
        with pytest.raises(BadFile, match=why):
            deploy_to(target, chain, DEPLOYER, PLAN)
    assert path.read_text() == "kept"
    assert chain.node.nonce(DEPLOYER.address) == nonce
    assert deploy_to(path, chain, DEPLOYER, PLAN, overwrite=True) == Deployment.read(path)


def test_an_index_is_listed_with_its_review(tmp_path: Path) -> None:
    """No page states an index reference: the reviewer alone may post it, so that a plan must say so."""
    assert Listing(name="index/llm-1", review_required=True).review_required
    with pytest.raises(BadValue, match="index/llm-1") as refused:
        Listing(name="index/llm-1")
    assert "review_required = true" in refused.value.cure
    path = tmp_path / "plan.toml"
    path.write_text(PLAN_FILE.replace("openai/gpt-4.1", "index/llm-1"))
    with pytest.raises(BadValue, match="review"):
        DeployPlan.from_toml(path)


def test_a_target_that_is_no_file_is_refused_before_anything_is_sent(chain: Chain, tmp_path: Path) -> None:
    """Also where it may be overwritten: a folder or a pipe would keep no addresses."""
    before = chain.block_number()
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(BadFile, match="no regular file"):
            deploy_to(target, chain, DEPLOYER, PLAN, overwrite=True)
    assert chain.block_number() == before

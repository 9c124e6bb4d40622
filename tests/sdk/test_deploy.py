"""A network from the packaged artifacts, and the file that remembers it."""

import importlib.util
import json
import os
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from eth_account import Account
from eth_utils.crypto import keccak
from support.chain import GPT, LUNA
from support.faults import answering, serving
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import DeployPlan, Listing, deploy, deploy_to
from ifx_sdk.deployment import DeployedContract, Deployment
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.errors import (
    BadAddress,
    BadDeployment,
    BadFile,
    BadUnderlying,
    BadValue,
    DevnetOnly,
    NoFundsForGas,
    TransactionDropped,
)
from ifx_sdk.oracle import Underlying
from ifx_sdk.outcomes import FileJournal

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

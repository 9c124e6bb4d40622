"""A deployment's record against its chain: what is as it was, what changed lawfully, and every item tampered with."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.chain import DAY, GPT, LUNA, START
from support.faults import answering, serving

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.contract import Contract
from ifx_sdk.deploy import Listing, deploy
from ifx_sdk.deployment import Argument, DeployedContract, Deployment
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import NodeDown
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.signers import NodeSigner
from ifx_sdk.timelock import ROLES
from scripts.verification.rows import Row, Verdict
from scripts.verify_deployment import command_line, report, verify

NINE, ZERO = dev_address(9), "0x" + 40 * "0"
PLAN = devnet.plan([GPT, Listing(name="index/llm-1", lot=50_000, review_required=True)])


@pytest.fixture(scope="module")
def made() -> IFX:
    """A deployment that no test changes."""
    chain = Chain(LocalChain(timestamp=START).web3, chain_id=31337)
    return IFX.connect(chain, deploy(chain, devnet.signer(devnet.DEPLOYER), PLAN))


@pytest.fixture
def changing(anvil: Chain) -> IFX:
    """A deployment on a chain that the test changes as it likes."""
    return IFX.connect(anvil, deploy(anvil, devnet.signer(devnet.DEPLOYER), PLAN))


def failures(rows: tuple[Row, ...]) -> set[str]:
    """The items that failed."""
    return {row.item for row in rows if row.verdict is Verdict.FAIL}


def row_of(rows: tuple[Row, ...], item: str) -> Row:
    """The one line of an item."""
    (found,) = [row for row in rows if row.item == item]
    return found


def test_an_untouched_deployment_passes_in_every_item(made: IFX) -> None:
    """Code and creation of each contract, immutables, owners, roles, signers, the timelock's holders, underlyings."""
    rows = verify(made.chain, made.deployment)
    assert {row.verdict for row in rows} == {Verdict.PASS}
    items = [row.item for row in rows]
    assert len(set(items)) == len(items)
    for name in ("TestUSDT", "FixingOracle", "ForwardEscrow", "Timelock"):
        for part in ("compiler, settings, sources", "code hash", "code", "constructor arguments"):
            assert f"{name}: {part}" in items
    wanted = {"chain id", "escrow: token", "escrow: oracle", "token: decimals", "timelock: delay", f"underlying: {GPT}"}
    wanted |= {f"{each}: {part}" for each in ("oracle", "escrow") for part in ("owner", "pending owner")}
    wanted |= {f"escrow: {role}" for role in ("desk", "guardian", "fee recipient")} | {"oracle: reviewer"}
    wanted |= {"oracle: signers, quorum", "oracle: announced signers", *(f"timelock: {role}" for role in ROLES)}
    assert wanted <= set(items)


# ------------------------------------------------------------------------------------------- a record that is wrong


def contract(name: str, /, **changes: Any) -> Callable[[Deployment], Deployment]:
    """The record with one contract's entry changed."""

    def change(record: Deployment) -> Deployment:
        return replace(
            record, contracts=tuple(replace(e, **changes) if e.name == name else e for e in record.contracts)
        )

    return change


def argument(name: str, key: str, value: Argument) -> Callable[[Deployment], Deployment]:
    """The record with one constructor argument changed."""

    def change(record: Deployment) -> Deployment:
        (entry,) = [each for each in record.contracts if each.name == name]
        return contract(name, arguments=dict(entry.arguments) | {key: value})(record)

    return change


def listed(*changes: Listing) -> Callable[[Deployment], Deployment]:
    """The record with other underlyings."""
    return lambda record: replace(record, underlyings=changes)


INDEX = PLAN.underlyings[1]
OTHER_HASH = "0x" + "7" * 64
NODES = tuple(dev_address(each) for each in devnet.NODES)
RECORDS: dict[str, tuple[Callable[[Deployment], Deployment], str]] = {
    "chain id": (lambda record: replace(record, chain_id=1), "chain id"),
    "block": (lambda record: replace(record, block=2), "FixingOracle: constructor arguments"),
    "token": (lambda record: replace(record, token=NINE), "escrow: token"),
    "oracle": (lambda record: replace(record, oracle=record.token), "escrow: oracle"),
    "escrow": (lambda record: replace(record, escrow=record.oracle), "record: escrow"),
    "timelock": (lambda record: replace(record, timelock=NINE), "record: timelock"),
    "no code": (lambda record: replace(record, escrow=NINE), "immutables"),
    "compiler": (contract("Timelock", compiler="vyper 0.4.2"), "Timelock: compiler, settings, sources"),
    "evm": (contract("Timelock", evm_version="paris"), "Timelock: compiler, settings, sources"),
    "optimization": (contract("ForwardEscrow", optimization="none"), "ForwardEscrow: compiler, settings, sources"),
    "sources": (contract("FixingOracle", integrity="0" * 64), "FixingOracle: compiler, settings, sources"),
    "code hash": (contract("ForwardEscrow", code_hash=OTHER_HASH), "ForwardEscrow: code hash"),
    "no such transaction": (contract("ForwardEscrow", tx_hash=OTHER_HASH), "ForwardEscrow: constructor arguments"),
    "address": (contract("FixingOracle", address=NINE), "FixingOracle: code"),
    "deployer": (argument("ForwardEscrow", "owner", NINE), "record: token, oracle and deployer of the escrow"),
    "both deployers": (argument("FixingOracle", "owner", NINE), "FixingOracle: constructor arguments"),
    "token argument": (argument("ForwardEscrow", "token", NINE), "ForwardEscrow: code"),
    "oracle argument": (argument("ForwardEscrow", "oracle", NINE), "ForwardEscrow: code"),
    "desk": (argument("ForwardEscrow", "desk", NINE), "escrow: desk"),
    "guardian": (argument("ForwardEscrow", "guardian", NINE), "escrow: guardian"),
    "fee recipient": (argument("ForwardEscrow", "fee_recipient", NINE), "escrow: fee recipient"),
    "zero fee recipient": (argument("ForwardEscrow", "fee_recipient", ZERO), "ForwardEscrow: code"),
    "reviewer": (argument("FixingOracle", "reviewer", NINE), "oracle: reviewer"),
    "signers": (argument("FixingOracle", "signers", (*NODES[:3], NINE)), "oracle: signers, quorum"),
    "order of signers": (argument("FixingOracle", "signers", NODES[::-1]), "oracle: signers, quorum"),
    "quorum": (argument("FixingOracle", "quorum", 4), "oracle: signers, quorum"),
    "proposers": (argument("Timelock", "proposers", (NINE,)), "timelock: proposer"),
    "one proposer more": (argument("Timelock", "proposers", (dev_address(0), NINE)), "timelock: canceller"),
    "owned": (argument("Timelock", "owned", (NINE,)), "record: what the timelock took over"),
    "type of an argument": (argument("FixingOracle", "quorum", "three"), "record: contracts"),
    "an argument more": (argument("Timelock", "admin", NINE), "record: contracts"),
    "a contract less": (lambda record: replace(record, contracts=record.contracts[:3]), "record: contracts"),
    "a contract twice": (lambda r: replace(r, contracts=(*r.contracts, r.contracts[2])), "record: contracts"),
    "a strange contract": (contract("TestUSDT", name="Proxy"), "record: contracts"),
    "lot": (listed(Listing(name=GPT, lot=7), INDEX), f"underlying: {GPT}"),
    "review": (listed(Listing(name=GPT, review_required=True), INDEX), f"underlying: {GPT}"),
    "another name": (listed(Listing(name=LUNA), INDEX), f"underlying: {LUNA}"),
    "a name less": (listed(Listing(name=GPT)), "underlying: index/llm-1"),
    "a name more": (listed(Listing(name=GPT), INDEX, Listing(name=LUNA)), f"underlying: {LUNA}"),
    "order of names": (listed(INDEX, Listing(name=GPT)), f"underlying: {GPT}"),
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_that_says_something_else_fails(made: IFX, what: str) -> None:
    """Each item of the record, one at a time; the line of that item is among the failures and says why."""
    tamper, item = RECORDS[what]
    rows = verify(made.chain, tamper(made.deployment))
    assert item in failures(rows)
    assert all(row.why for row in rows if row.verdict is Verdict.FAIL)


def test_a_token_that_was_there_before_needs_its_decimals_only(made: IFX) -> None:
    """A record without the token's creation passes: USDT is not ours to verify."""
    record = replace(made.deployment, contracts=made.deployment.contracts[1:])
    assert failures(verify(made.chain, record)) == set()


# -------------------------------------------------------------------------------------------- a chain that is wrong


@pytest.fixture
def as_timelock(changing: IFX) -> Iterator[Callable[..., None]]:
    """Calls by the timelock that no operation tells of: as if its code or the node lied."""
    node, timelock = changing.chain.node, changing.timelock.address
    node.request("anvil_setBalance", timelock, hex(10**20))
    node.request("anvil_impersonateAccount", timelock)

    def send(target: Contract, function: str, *args: object) -> None:
        call: Call = target.prepare(function, *args)
        changing.chain.send(call, NodeSigner(timelock)).confirmed()

    yield send
    node.request("anvil_stopImpersonatingAccount", timelock)


SECRETLY: dict[str, tuple[str, str, tuple[object, ...], str]] = {
    "desk": ("escrow", "set_desk", (NINE,), "escrow: desk"),
    "guardian": ("escrow", "set_guardian", (NINE,), "escrow: guardian"),
    "fee recipient": ("escrow", "set_fee_recipient", (NINE,), "escrow: fee recipient"),
    "reviewer": ("oracle", "set_reviewer", (NINE,), "oracle: reviewer"),
    "lot": ("escrow", "list_underlying", (GPT, 7), f"underlying: {GPT}"),
    "delisted": ("escrow", "delist_underlying", (GPT,), f"underlying: {GPT}"),
    "new name": ("oracle", "add_underlying", (LUNA, False), f"underlying: {LUNA}"),
    "escrow offered": ("escrow", "transfer_ownership", (NINE,), "escrow: pending owner"),
    "oracle offered": ("oracle", "transfer_ownership", (NINE,), "oracle: pending owner"),
    "announced": ("oracle", "schedule_signers", ([NINE], 1, START // DAY + 8), "oracle: announced signers"),
    "admin": ("timelock", "grantRole", (ROLES["admin"], NINE), "timelock: admin"),
    "proposer": ("timelock", "grantRole", (ROLES["proposer"], NINE), "timelock: proposer"),
    "canceller": ("timelock", "grantRole", (ROLES["canceller"], NINE), "timelock: canceller"),
    "executor": ("timelock", "revokeRole", (ROLES["executor"], ZERO), "timelock: executor"),
    "strange role": ("timelock", "grantRole", (b"\7" * 32, NINE), f"timelock: role 0x{'07' * 32}"),
}


@pytest.mark.parametrize("what", SECRETLY)
def test_what_changed_without_an_operation_fails(changing: IFX, as_timelock: Callable[..., None], what: str) -> None:
    """The chain's own answer is not enough: the timelock must have told of the call."""
    contract_name, function, args, item = SECRETLY[what]
    as_timelock(getattr(changing, contract_name), function, *args)
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == {item} | ({"oracle: signers, quorum"} if what == "announced" else set())


def test_an_owner_that_nobody_proposed_fails(changing: IFX, as_timelock: Callable[..., None]) -> None:
    """And back again through the timelock's own acceptance: the past is not washed clean."""
    as_timelock(changing.escrow, "transfer_ownership", NINE)
    nine = changing.as_signer(devnet.signer(9))
    nine.escrow.accept_ownership().confirmed()
    rows = verify(changing.chain, changing.deployment)
    assert {"escrow: owner", "escrow: pending owner"} <= failures(rows)
    nine.escrow.transfer_ownership(changing.timelock.address).confirmed()
    devnet.by_owner(changing, changing.escrow.prepare("accept_ownership"))
    assert "escrow: owner" in failures(verify(changing.chain, changing.deployment))


def slot_of(ifx: IFX, address: str, value: int) -> str:
    """The storage slot among the first hundred that holds a value."""
    for slot in range(100):
        if int(str(ifx.chain.node.request("eth_getStorageAt", address, hex(slot), "latest")), 16) == value:
            return hex(slot)
    raise AssertionError(f"no slot holds {value}")


@pytest.mark.parametrize("delay", [0, 604_799, 604_801])
def test_another_delay_fails(changing: IFX, delay: int) -> None:
    """7 days exactly."""
    address = changing.timelock.address
    changing.chain.node.request("anvil_setStorageAt", address, slot_of(changing, address, 604_800), f"0x{delay:064x}")
    assert failures(verify(changing.chain, changing.deployment)) == {"timelock: delay"}


@pytest.mark.parametrize("role", ["owner", "guardian", "fee_recipient"])
def test_a_value_that_no_event_tells_of_fails(changing: IFX, role: str) -> None:
    """The state is read, not only the log."""
    address, value = changing.escrow.address, getattr(changing.escrow, role)()
    slot = slot_of(changing, address, int(value, 16))
    changing.chain.node.request("anvil_setStorageAt", address, slot, "0x" + NINE[2:].rjust(64, "0"))
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == {f"escrow: {role.replace('_', ' ')}"}


@pytest.mark.parametrize("name", ["TestUSDT", "FixingOracle", "ForwardEscrow", "Timelock"])
def test_a_single_other_byte_of_code_fails(changing: IFX, name: str) -> None:
    """The last one, which for escrow and oracle is an immutable's and for the others the compiler's."""
    (entry,) = [each for each in changing.deployment.contracts if each.name == name]
    code = changing.chain.code(entry.address)
    changing.chain.node.request("anvil_setCode", entry.address, "0x" + (code[:-1] + bytes([code[-1] ^ 1])).hex())
    rows = verify(changing.chain, changing.deployment)
    assert {f"{name}: code", f"{name}: code hash"} <= failures(rows)


def test_a_contract_without_code_fails(changing: IFX) -> None:
    """Nothing is taken for granted where nobody answers."""
    changing.chain.node.request("anvil_setCode", changing.escrow.address, "0x")
    rows = verify(changing.chain, changing.deployment)
    assert {"ForwardEscrow: code", "immutables", "escrow: owner", "roles"} <= failures(rows)


def test_another_token_is_found_by_its_decimals(changing: IFX) -> None:
    """A token of 18 decimals in its place, where the record does not hold its creation."""
    record = replace(changing.deployment, contracts=changing.deployment.contracts[1:])
    changing.chain.node.request("anvil_setCode", record.token, "0x601260005260206000f3")
    assert failures(verify(changing.chain, record)) == {"token: decimals"}


def test_an_intruder_before_the_handover_is_found(anvil: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deployer's key names another desk before it lets go: the record says what the plan said."""
    from ifx_sdk import deploy as module

    offer = module._offer

    def tampering(chain: Chain, oracle: Any, escrow: Any) -> None:
        escrow.set_desk(NINE).confirmed()
        escrow.list_underlying(GPT, 7).confirmed()
        offer(chain, oracle, escrow)

    monkeypatch.setattr(module, "_offer", tampering)
    record = deploy(anvil, devnet.signer(devnet.DEPLOYER), PLAN)
    rows = verify(anvil, record)
    assert failures(rows) == {"escrow: desk", f"underlying: {GPT}"}
    assert "at the handover it was" in row_of(rows, "escrow: desk").why


# --------------------------------------------------------------------------------------------------- lawful changes


def test_what_the_timelock_changed_is_shown_with_its_operation(changing: IFX) -> None:
    """Every kind of change at once; nothing fails, nothing changed is called untouched."""
    day = START // DAY + 30
    escrow, oracle, timelock = changing.escrow, changing.oracle, changing.timelock
    calls = {
        "escrow: desk": escrow.prepare("set_desk", NINE),
        "escrow: guardian": escrow.prepare("set_guardian", NINE),
        "escrow: fee recipient": escrow.prepare("set_fee_recipient", NINE),
        "escrow: pending owner": escrow.prepare("transfer_ownership", NINE),
        "oracle: reviewer": oracle.prepare("set_reviewer", NINE),
        "oracle: announced signers": oracle.prepare("schedule_signers", [NINE], 1, day),
        "timelock: proposer": timelock.prepare("grantRole", ROLES["proposer"], NINE),
        f"underlying: {LUNA}": oracle.prepare("add_underlying", LUNA, False),
        f"underlying: {GPT}": escrow.prepare("delist_underlying", GPT),
    }
    devnet.by_owner(changing, *calls.values())
    operations = dict(zip(calls, changing.timelock.operations(), strict=True))
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == set()
    assert {row.item for row in rows if row.verdict is Verdict.CHANGED} == set(calls)
    for item, operation in operations.items():
        assert row_of(rows, item).why == f"operation 0x{operation.id.hex()}"
    assert row_of(rows, f"underlying: {GPT}").found == "index 1, not listed"
    assert row_of(rows, f"underlying: {LUNA}").found == "index 3, not listed"


def test_announced_signers_become_the_signers(changing: IFX) -> None:
    """First announced, then in effect by themselves; one that was cancelled leaves no trace but its events."""
    day = START // DAY + 16
    devnet.by_owner(changing, changing.oracle.prepare("schedule_signers", [NINE], 1, day))
    assert row_of(verify(changing.chain, changing.deployment), "oracle: signers, quorum").verdict is Verdict.PASS
    devnet.travel(changing, day * DAY)
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == set()
    assert row_of(rows, "oracle: signers, quorum").verdict is Verdict.CHANGED
    assert row_of(rows, "oracle: signers, quorum").found == f"{NINE}, quorum 1"
    assert row_of(rows, "oracle: announced signers").verdict is Verdict.PASS
    devnet.by_owner(changing, changing.oracle.prepare("schedule_signers", [dev_address(8)], 1, day + 40))
    devnet.by_owner(changing, changing.oracle.prepare("cancel_signers"))
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == set()
    assert row_of(rows, "oracle: announced signers").found == "none"


def test_an_owner_that_was_proposed_is_a_change(changing: IFX) -> None:
    """To another timelock, say: the offer was an operation, whoever accepted it."""
    devnet.by_owner(changing, changing.escrow.prepare("transfer_ownership", NINE))
    changing.as_signer(devnet.signer(9)).escrow.accept_ownership().confirmed()
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == set()
    assert row_of(rows, "escrow: owner").verdict is Verdict.CHANGED
    assert row_of(rows, "escrow: owner").found == NINE


def test_a_proposer_may_give_up_its_role(changing: IFX) -> None:
    """Without an operation, for it is its own."""
    deployer = changing.as_signer(devnet.signer(devnet.DEPLOYER)).timelock
    deployer.send(deployer.prepare("renounceRole", ROLES["canceller"], deployer.account)).confirmed()
    rows = verify(changing.chain, changing.deployment)
    assert failures(rows) == set()
    row = row_of(rows, "timelock: canceller")
    assert (row.verdict, row.found) == (Verdict.CHANGED, "none")
    assert row.why.startswith("given up in transaction 0x")


def test_a_change_there_and_back_is_still_a_change(changing: IFX) -> None:
    """What was public is not hidden by being undone."""
    devnet.by_owner(changing, changing.escrow.prepare("set_desk", NINE))
    devnet.by_owner(changing, changing.escrow.prepare("set_desk", PLAN.desk))
    row = row_of(verify(changing.chain, changing.deployment), "escrow: desk")
    assert (row.verdict, row.found) == (Verdict.CHANGED, PLAN.desk)


# ------------------------------------------------------------------------------------------------- the command itself


@pytest.fixture
def url(made: IFX) -> Iterator[str]:
    """A node of the untouched deployment."""
    with serving(answering(made.chain.web3)) as found:
        yield found


def test_the_command_prints_a_table_and_exits_by_it(
    made: IFX, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 where all passes, 1 where one line fails, 2 where nothing could be compared; the same in JSON."""
    path = tmp_path / "local.toml"
    made.deployment.write(path)
    assert command_line([str(path), "--rpc", url]) == 0
    out = capsys.readouterr().out
    assert out == report(verify(made.chain, made.deployment)) + "\n"
    assert out.splitlines()[-1] == f"{len(out.splitlines()) - 3} PASS"
    contract("Timelock", code_hash=OTHER_HASH)(made.deployment).write(path)
    assert command_line([str(path), "--rpc", url]) == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith(", 1 FAIL")
    assert command_line([str(path), "--rpc", url, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "FAIL"
    assert [row["item"] for row in found["rows"] if row["verdict"] == "FAIL"] == ["Timelock: code hash"]
    path.write_text("network = 3")
    assert command_line([str(path), "--rpc", url]) == 2
    assert "'network' must be a text" in capsys.readouterr().err


def test_a_node_that_is_down_is_no_verdict(made: IFX, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was compared, and nothing is said to have failed."""
    path = tmp_path / "local.toml"
    made.deployment.write(path)
    assert command_line([str(path), "--rpc", "http://127.0.0.1:1"]) == 2
    assert "node http://127.0.0.1:1" in capsys.readouterr().err
    with pytest.raises(NodeDown):
        verify(Chain("http://127.0.0.1:1"), made.deployment)


def test_a_record_holds_what_verification_needs(made: IFX) -> None:
    """Written to TOML and read again, it verifies the same."""
    again = Deployment.from_toml(made.deployment.to_toml())
    assert all(isinstance(each, DeployedContract) for each in again.contracts)
    assert verify(made.chain, again) == verify(made.chain, made.deployment)

"""A fixing's record out of the chain: the transaction as mined, the signer set of its day, and what disagrees."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from support.chain import DAY as SECONDS
from support.chain import GPT, LUNA
from support.evidence import signed, window
from support.faults import answering
from support.faults import serving as serving_node
from support.nodes import DAY, SIGNERS, page
from typer.testing import CliRunner
from web3 import Web3
from web3.providers.base import BaseProvider

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_key
from ifx_sdk.errors import RpcError
from ifx_sdk.evidence.posted import posted_report, read_transaction, rebuild_transaction
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Confirmed
from ifx_sdk.reports import Report
from oracle_node.archive import Archive
from oracle_node.cli import app
from oracle_node.errors import BadReport
from oracle_node.mined import fixing_record, mined_fixing, signers_of
from oracle_node.report import SignedReport
from oracle_node.verify import Verdict, Verifier


def post(ifx: IFX, archive: Archive, *, nodes: tuple[int, ...] = (0, 1, 3)) -> list[SignedReport]:
    """Post GPT's fixing of `DAY` as these nodes signed it, all over the evidence in `archive`."""
    root, domain = window(archive).evidence, ifx.oracle.domain()
    reports = [signed(node, root, domain=domain) for node in nodes]
    poster = ifx.as_signer(devnet.signer(devnet.OUTSIDER)).oracle
    outcome = poster.post_many([Report.of(each.attestation for each in reports)])
    assert isinstance(outcome, Confirmed)
    return reports


@pytest.fixture
def fresh(chain: Chain) -> IFX:
    """A deployment on a chain at 2026-07-15, nothing posted."""
    return devnet.start(chain, [GPT, LUNA])


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive(tmp_path / "archive")


def test_a_record_out_of_the_chain_verifies(fresh: IFX, archive: Archive) -> None:
    """The transaction as mined, the day's signers and the price; offline and against the chain: PASS."""
    post(fresh, archive)
    record = fixing_record(fresh.oracle, GPT, DAY, first_block=fresh.deployment.block)
    assert record is not None
    assert (record.price, record.quorum, record.signers) == (8_000_000, 3, tuple(each.address for each in SIGNERS))
    assert read_transaction(record.transaction).tx_hash == record.tx_hash
    archive.add_fixing(record)
    assert Verifier(archive).day(GPT, DAY).verdict is Verdict.PASS
    asked = Verifier(archive, chain=lambda name, day: mined_fixing(fresh.oracle, name, day))
    assert asked.day(GPT, DAY).verdict is Verdict.PASS


def test_a_day_without_a_post_has_no_record(fresh: IFX, archive: Archive) -> None:
    """Neither today's other underlying, nor a day before the oracle, nor one that has not begun."""
    post(fresh, archive)
    assert fixing_record(fresh.oracle, LUNA, DAY) is None
    assert fixing_record(fresh.oracle, GPT, DAY - 1) is None
    assert fixing_record(fresh.oracle, GPT, DAY + 1) is None


def test_a_post_that_a_reorganisation_moved_is_found(local: LocalChain, archive: Archive) -> None:
    """Where the day's first block was looked for before, blocks around it are searched too, and the newest counts."""
    fresh = devnet.start(Chain(local.web3, chain_id=31337), [GPT])
    devnet.travel(fresh, to=(DAY + 1) * SECONDS)
    assert fixing_record(fresh.oracle, GPT, DAY + 1) is None
    mark = local.snapshot()
    devnet.post(fresh, {GPT: 8_000_000})
    before = fixing_record(fresh.oracle, GPT, DAY + 1)
    local.revert(mark)
    assert fixing_record(fresh.oracle, GPT, DAY + 1) is None
    devnet.faucet(fresh, devnet.signer(devnet.LONG).address, usdt=1)
    devnet.post(fresh, {GPT: 8_000_000})
    after = fixing_record(fresh.oracle, GPT, DAY + 1)
    assert before is not None
    assert after is not None
    assert after.block > before.block


def test_a_past_days_signers_are_found(local: LocalChain, archive: Archive) -> None:
    """After a new set took effect the old day's record still names the old one: by state, and by events alone."""
    fresh = devnet.start(Chain(local.web3, chain_id=31337), [GPT])
    post(fresh, archive)
    old = fresh.oracle.signers_on(DAY)
    withdrawn, new = [each.address for each in SIGNERS[1:]], [each.address for each in SIGNERS[:3]]
    # Each takes the timelock's seven days.
    for call in (
        fresh.oracle.prepare("schedule_signers", withdrawn, 3, DAY + 30),
        fresh.oracle.prepare("cancel_signers"),
        fresh.oracle.prepare("schedule_signers", withdrawn, 3, DAY + 40),
        fresh.oracle.prepare("schedule_signers", new, 3, DAY + 38),
    ):
        devnet.by_owner(fresh, call)
    devnet.travel(fresh, to=(DAY + 45) * SECONDS)
    devnet.post(fresh, {GPT: 8_000_000})
    assert list(fresh.oracle.signers_on(DAY + 45).signers) == new
    block = fixing_record(fresh.oracle, GPT, DAY)
    assert block is not None
    forgetful = Oracle(Chain(Web3(_Forgetful(local.web3)), chain_id=31337), fresh.oracle.address)
    for view in (fresh.oracle, forgetful):
        found = fixing_record(view, GPT, DAY)
        assert found is not None
        assert (found.signers, found.quorum) == (old.signers, old.quorum)
        today = mined_fixing(view, GPT, DAY + 45)
        assert today is not None
        assert list(today.registered.signers) == new
    with pytest.raises(RpcError, match="no signer set"):
        signers_of(forgetful, DAY, block.block, first_block=block.block)


class _Forgetful(BaseProvider):
    """A node that has forgotten the state of old blocks, and gives no raw transaction."""

    def __init__(self, good: Web3) -> None:
        super().__init__()
        self._good = good.provider

    def make_request(self, method: Any, params: Any) -> Any:
        if method == "eth_call" and params[1] != "latest":
            return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": "missing trie node"}}
        return self._good.make_request(method, params)


class _Lying(BaseProvider):
    """A node that answers one method with something else."""

    def __init__(self, good: Web3, method: str, result: object) -> None:
        super().__init__()
        self._good, self._method, self._result = good.provider, method, result

    def make_request(self, method: Any, params: Any) -> Any:
        if method == self._method:
            return {"jsonrpc": "2.0", "id": 1, "result": self._result}
        return self._good.make_request(method, params)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        ("0x02c0", "no signed transaction"),
        ("0xzz", "is none"),
        ("0x" + "00" * 40, "no RLP"),
        (None, "lacks"),
    ],
)
def test_a_node_that_gives_another_transaction_is_refused(
    local: LocalChain, archive: Archive, result: object, why: str
) -> None:
    """Its bytes must hash to what was asked for, or nothing is archived."""
    fresh = devnet.start(Chain(local.web3, chain_id=31337), [GPT])
    post(fresh, archive)
    lying = Chain(Web3(_Lying(local.web3, "eth_getRawTransactionByHash", result)), chain_id=31337)
    with pytest.raises(BadReport, match=why):
        fixing_record(Oracle(lying, fresh.oracle.address), GPT, DAY)
    other = transaction_of({"type": 2, "maxFeePerGas": 9, "maxPriorityFeePerGas": 1})
    lying = Chain(Web3(_Lying(local.web3, "eth_getRawTransactionByHash", "0x" + other.hex())), chain_id=31337)
    with pytest.raises(BadReport, match="gave another transaction"):
        fixing_record(Oracle(lying, fresh.oracle.address), GPT, DAY)


def transaction_of(fields: dict[str, object]) -> bytes:
    """A signed transaction of any type."""
    common = {"chainId": 31337, "nonce": 0, "to": "0x" + "11" * 20, "value": 5, "data": b"\x01\x02", "gas": 90_000}
    return bytes(Account.sign_transaction(common | fields, dev_key(0).hex()).raw_transaction)


ACCESS = [{"address": "0x" + "22" * 20, "storageKeys": ["0x" + "00" * 32, "0x" + "01" * 32]}]
AUTHORIZED = {"type": 4, "maxFeePerGas": 9, "maxPriorityFeePerGas": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"gasPrice": 7},
        {"type": 1, "gasPrice": 7, "accessList": ACCESS},
        {"type": 2, "maxFeePerGas": 9, "maxPriorityFeePerGas": 0, "accessList": ACCESS},
        {"type": 2, "maxFeePerGas": 9, "maxPriorityFeePerGas": 1, "value": 0},
    ],
    ids=["legacy", "access list", "fees and access list", "fees"],
)
def test_every_type_of_transaction_is_read(fields: dict[str, object]) -> None:
    """Its hash, chain, receiver and data, whatever envelope it came in."""
    data = transaction_of(fields)
    found = read_transaction(data)
    assert found.tx_hash == Web3.keccak(data).to_0x_hex()
    assert (found.chain_id, found.to, found.data) == (31337, "0x" + "11" * 20, b"\x01\x02")


@pytest.mark.parametrize(
    "data", [b"", b"\x05\xc0", b"\x02", b"\x02\xc0", b"\xc0", b"\x80", b"\x02\x80", b"\x02" + b"\xc1" * 9_000 + b"\xc0"]
)
def test_bytes_that_are_no_transaction_are_refused(data: bytes) -> None:
    """Whatever they are, the answer is the error."""
    with pytest.raises(BadReport):
        read_transaction(data)


@pytest.mark.parametrize(
    "fields",
    [
        {"gasPrice": 2 * 10**9},
        {"type": 1, "gasPrice": 2 * 10**9, "accessList": ACCESS},
        {"type": 2, "maxFeePerGas": 2 * 10**9, "maxPriorityFeePerGas": 10**9, "accessList": ACCESS},
    ],
    ids=["0", "1", "2"],
)
def test_a_transaction_is_rebuilt_from_what_a_node_tells(anvil: Chain, fields: dict[str, object]) -> None:
    """Where a node gives no raw transaction, its fields give the same bytes: their hash is the transaction's."""
    raw = transaction_of(fields | {"nonce": anvil.node.nonce(devnet.signer(0).address)})
    tx_hash = anvil.node.send_raw(raw)
    told = anvil.node.request("eth_getTransactionByHash", tx_hash)
    assert isinstance(told, dict)
    assert rebuild_transaction(told) == raw
    assert anvil.node.request("eth_getRawTransactionByHash", tx_hash) == "0x" + raw.hex()


@pytest.mark.parametrize("spoil", [{"type": "0x3"}, {"r": None}, {"nonce": "zz"}, {"input": 5}, {"accessList": 5}])
def test_a_transaction_that_cannot_be_rebuilt_is_refused(anvil: Chain, spoil: dict[str, object]) -> None:
    """A field that is missing or is something else gives the error, never wrong bytes."""
    raw = transaction_of({"type": 2, "maxFeePerGas": 2 * 10**9, "maxPriorityFeePerGas": 10**9})
    told = anvil.node.request("eth_getTransactionByHash", anvil.node.send_raw(raw))
    assert isinstance(told, dict)
    with pytest.raises(BadReport):
        rebuild_transaction(told | spoil)


def test_a_report_that_was_posted_is_read_out_of_the_transaction(fresh: IFX, archive: Archive) -> None:
    """The same signatures that were handed in, in their order."""
    reports = post(fresh, archive)
    record = fixing_record(fresh.oracle, GPT, DAY)
    assert record is not None
    found = posted_report(read_transaction(record.transaction), record.oracle, GPT, DAY)
    assert found == Report.of(each.attestation for each in reports)


@pytest.fixture
def rpc(local: LocalChain) -> Iterator[str]:
    """The in-process chain behind a URL."""
    with serving_node(answering(local.web3)) as url:
        yield url


def test_the_command_asks_the_chain(local: LocalChain, rpc: str, archive: Archive, tmp_path: Path) -> None:
    """With --rpc a record that is missing is taken from the chain and kept; a chain that says otherwise fails it."""
    fresh = devnet.start(Chain(local.web3, chain_id=31337), [GPT])
    mark = local.snapshot()
    post(fresh, archive)
    fresh.deployment.write(tmp_path / "local.toml")
    call = ["verify", "--archive", str(archive.folder), "--underlying", GPT, "--day", "2026-07-15", "--json"]
    offline = CliRunner().invoke(app, call)
    assert (offline.exit_code, json.loads(offline.stdout)["verdict"]) == (1, "NOT PROVEN")
    call += ["--rpc", rpc, "--deployment", str(tmp_path / "local.toml")]
    asked = CliRunner().invoke(app, call)
    told = json.loads(asked.stdout, parse_float=str)
    assert (asked.exit_code, told["verdict"]) == (0, "PASS")
    assert "chain" in [each["what"] for each in told["steps"]]
    assert archive.fixing(GPT, DAY) is not None
    local.revert(mark)
    window(archive, pages=[page(gpt="7.00")] * 13, price=7_000_000)
    devnet.post(fresh, {GPT: 7_000_000})
    told = json.loads(CliRunner().invoke(app, call).stdout, parse_float=str)
    wrong = [each["what"] for each in told["steps"] if each["mark"] == "WRONG"]
    assert told["verdict"] == "FAIL"
    assert wrong[:2] == ["chain: price", "chain: transaction"]

"""The in-process chain: its rules, its clock and its manners as a node."""

import subprocess
import sys

import pytest
from support.chain import START

from ifx_sdk.chain import Call, Chain
from ifx_sdk.codec import Codec
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import signer
from ifx_sdk.errors import ChainError, NoFundsForGas, Reverted
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Confirmed, RevertedOutcome

# Creation code for `code`: PUSH1 length, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN.
HEADER = "60{:02x}80600a5f395ff300"


def create(code: str) -> bytes:
    """Creation code of a contract whose code is `code` (hexadecimal)."""
    return bytes.fromhex(HEADER.format(len(code) // 2) + code)


def deployed(chain: Chain, code: str) -> str:
    address = chain.send(Call(name="probe", to=None, data=create(code)), signer(0)).confirmed().contract_address
    assert address is not None
    return address


def answer(local: LocalChain, address: str) -> int:
    return int.from_bytes(bytes(local.web3.eth.call({"to": address, "from": dev_address(0)})), "big")  # type: ignore[typeddict-item]


def test_it_is_chain_31337(local: LocalChain) -> None:
    """The id that development chains have, in answers and inside contracts alike."""
    address = deployed(Chain(local.web3), "465f5260205ff3")  # CHAINID, MSTORE, RETURN
    assert local.web3.eth.chain_id == 31337
    assert answer(local, address) == 31337


def test_transient_storage_and_memory_copy_work(local: LocalChain) -> None:
    """The Cancun rules that the contracts are compiled for: TSTORE, TLOAD, MCOPY."""
    # TSTORE(0, 7); MSTORE(0, TLOAD(0)); MCOPY(32, 0, 32); RETURN(32, 32)
    address = deployed(Chain(local.web3), "60075f5d5f5c5f526020" + "5f" + "6020" + "5e" + "60206020f3")
    assert answer(local, address) == 7


def test_code_above_the_mainnet_limit_is_refused(local: LocalChain) -> None:
    """24,576 bytes of code are accepted and one more is not, as on mainnet."""
    chain = Chain(local.web3)
    largest = bytes.fromhex("6160005ff3")  # RETURN(0, 0x6000)
    too_large = bytes.fromhex("6160015ff3")
    assert isinstance(chain.send(Call(name="largest", to=None, data=largest), signer(0)), Confirmed)
    with pytest.raises((Reverted, ChainError)):
        chain.send(Call(name="too large", to=None, data=too_large), signer(0))


def test_blocks_follow_one_another_by_a_second(local: LocalChain) -> None:
    """The wall clock is never read: a block's time is the one before plus a second."""
    assert local.timestamp == START
    local.mine()
    Chain(local.web3).send(Call(name="transfer", to=dev_address(1), data=b"", value=1), signer(0)).confirmed()
    assert local.timestamp == START + 2


def test_travel_gives_exactly_the_time_that_was_asked_for(local: LocalChain) -> None:
    """Time jumps to the second named and goes on from there."""
    local.travel(START + 190 * 86_400)
    local.mine()
    assert local.timestamp == START + 190 * 86_400 + 1


def test_time_does_not_run_backwards(local: LocalChain) -> None:
    """A time that is not after the newest block's is refused, and nothing is mined."""
    local.travel(START + 10)
    with pytest.raises(ChainError, match="not after"):
        local.travel(START + 10)
    assert local.timestamp == START + 10
    assert local.web3.eth.block_number == 1


def test_revert_forgets_what_came_after_and_restores_the_clock(local: LocalChain) -> None:
    """A mark can be returned to as often as wanted, with its state, its logs and its time."""
    chain = Chain(local.web3)
    before = chain.balance(dev_address(1))
    mark = local.snapshot()
    for _ in range(2):
        local.travel(START + 86_400)
        sent = chain.send(Call(name="transfer", to=dev_address(1), data=b"", value=5), signer(0)).confirmed()
        assert chain.balance(dev_address(1)) == before + 5
        local.revert(mark)
        assert chain.balance(dev_address(1)) == before
        assert chain.node.receipt(sent.tx_hash) is None
        assert (local.timestamp, chain.block_number()) == (START, 0)


def test_accounts_are_the_well_known_ones(local: LocalChain) -> None:
    """The same ten accounts as anvil's, each funded with 10,000 of the chain's coin."""
    assert local.accounts[0] == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert {Chain(local.web3).balance(account) for account in local.accounts} == {10_000 * 10**18}


def test_an_account_without_coin_cannot_pay_for_gas(local: LocalChain) -> None:
    """The refusal names the account and comes before anything is sent."""
    with pytest.raises(NoFundsForGas) as refused:
        Chain(local.web3).send(Call(name="transfer", to=dev_address(0), data=b"", value=1), signer(20))
    assert refused.value.account == dev_address(20)


def test_a_refusal_that_is_mined_costs_its_gas(local: LocalChain) -> None:
    """A transaction that reverts only in its block is mined with status 0; its twin within its time works."""
    chain = Chain(local.web3)
    # Reverts where TIMESTAMP is above the call data's first word.
    address = deployed(chain, "5f354211600857005b5f5ffd")
    data = (START + 100).to_bytes(32, "big")
    local.automine = False
    outcomes = []
    for time in (START + 50, START + 101):
        sent = chain.send(Call(name="until", to=address, data=data), signer(0), wait=False)
        local.travel(time)
        outcomes.append(chain.reconcile(sent))
    good, bad = outcomes
    assert isinstance(good, Confirmed)
    assert isinstance(bad, RevertedOutcome)
    assert bad.reason == ""
    assert bad.gas_used > 21_000


def test_two_mined_transfers_in_one_block_have_their_own_gas_and_places(local: LocalChain) -> None:
    """Receipts of one block are told apart: gas used alone, index, and cumulative gas."""
    chain = Chain(local.web3)
    local.automine = False
    hashes = [
        chain.send(Call(name="t", to=dev_address(2), data=b"", value=1), signer(index), wait=False).tx_hash
        for index in (0, 1)
    ]
    local.mine()
    receipts = [local.web3.eth.get_transaction_receipt(tx_hash) for tx_hash in hashes]  # type: ignore[arg-type]
    assert [receipt["gasUsed"] for receipt in receipts] == [21_000, 21_000]
    assert sorted(receipt["transactionIndex"] for receipt in receipts) == [0, 1]
    assert sorted(receipt["cumulativeGasUsed"] for receipt in receipts) == [21_000, 42_000]


def test_logs_are_found_by_address_topic_and_block(local: LocalChain) -> None:
    """A log is returned by the filters that match it, and by no other."""
    chain = Chain(local.web3)
    address = deployed(chain, "6007602a5f52" + "60205fa100")  # LOG1(0, 32, topic 7) of 42
    codec = Codec("probe", ())
    chain.codecs[address] = codec
    mined = chain.send(Call(name="log", to=address, data=b""), signer(0)).confirmed()
    topic = "0x" + (7).to_bytes(32, "big").hex()

    def found(**query: object) -> int:
        return len(chain.node.logs({"fromBlock": 0, "toBlock": "latest"} | query))

    assert found(address=address, topics=[topic]) == 1
    assert found(topics=[[topic, "0x" + "00" * 32]]) == 1
    assert found(topics=[None]) == 1
    assert found(topics=[topic, None]) == 0
    assert found(address=dev_address(0)) == 0
    assert found(toBlock=mined.block_number - 1) == 0


def test_without_its_extra_the_chain_names_it() -> None:
    """A bare install is told what to install, not that a module is missing."""
    code = """
import sys
sys.modules["eth"] = None
from ifx_sdk.errors import MissingExtra
from ifx_sdk.local_chain import LocalChain
try:
    LocalChain(timestamp=0)
except MissingExtra as error:
    print(error.extra, error)
"""
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.startswith("local ")
    assert "pip install 'ifx[local]'" in told

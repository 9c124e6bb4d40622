"""Reads and writes of one chain: typed answers, and an outcome that is never guessed."""

import threading
from collections.abc import Mapping

import pytest
from support.chain import DAY
from support.faults import serving

from ifx_sdk.artifacts import TOKEN, artifact, codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.codec import UnknownAnswer
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import signer
from ifx_sdk.errors import (
    BadAddress,
    BadValue,
    NoContract,
    NodeDown,
    OutcomeUnknown,
    Reverted,
    RpcError,
    WrongChain,
)
from ifx_sdk.outcomes import Attempt, Confirmed, MemoryJournal, Outcome, RevertedOutcome, Sent, Unknown
from ifx_sdk.signers import NodeSigner

PAYER = 0
RECEIVER = dev_address(1)
TRANSFER = Call(name="transfer", to=RECEIVER, data=b"", value=5)


@pytest.fixture
def token(chain: Chain) -> str:
    """A TestUSDT of which the payer holds 1,000,000 micro-USDT."""
    create = Call(name="TestUSDT", to=None, data=artifact("TestUSDT").bytecode)
    address = chain.send(create, signer(PAYER)).confirmed().contract_address
    assert address is not None
    chain.codecs[address] = TOKEN
    mint = codec("TestUSDT").encode_call("mint", [dev_address(PAYER), 1_000_000])
    chain.send(Call(name="mint", to=address, data=mint), signer(PAYER)).confirmed()
    return address


def pay(token: str, amount: int) -> Call:
    return Call(name="pay", to=token, data=TOKEN.encode_call("transfer", [RECEIVER, amount]))


def automine(chain: Chain, on: bool) -> None:
    chain.node.request("evm_setAutomine", on)


# ------------------------------------------------------------------------------------------------------- connecting


def test_construction_does_no_io() -> None:
    """A chain client for a node that is not there can be made; only its use fails."""
    assert "127.0.0.1:1" in repr(Chain("http://127.0.0.1:1"))


def test_connect_takes_the_chain_it_was_told(chain: Chain) -> None:
    """The right id and contracts with code pass."""
    assert Chain(chain.web3, chain_id=31337).connect().chain_id == 31337


def test_connect_refuses_another_chain(chain: Chain) -> None:
    """Both ids are named."""
    with pytest.raises(WrongChain) as refused:
        Chain(chain.web3, chain_id=1).connect()
    assert (refused.value.expected, refused.value.actual) == (1, 31337)


def test_connect_refuses_an_address_without_code(chain: Chain, token: str) -> None:
    """A contract passes; a wallet in its place is named."""
    chain.connect({"token": token})
    with pytest.raises(NoContract, match="no token at " + RECEIVER):
        chain.connect({"token": RECEIVER})


def test_a_node_that_is_down_is_named_without_its_secrets() -> None:
    """Host and port stand in the message; user, password, path and query, where keys live, nowhere in the error."""
    with pytest.raises(NodeDown) as refused:
        Chain("http://user:hunter2@127.0.0.1:1/v3/KEY?token=abc").connect()
    assert refused.value.url == "http://127.0.0.1:1/…"
    assert "running" in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    for secret in ("user", "hunter2", "KEY", "abc"):
        assert secret not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["localhost:8545", "ftp://127.0.0.1", "http://", "", "http://127.0.0.1:99999", "ws://127.0.0.1:8545"]
)
def test_what_is_no_address_of_a_node_is_refused(url: str) -> None:
    """Nothing is guessed or added to it."""
    with pytest.raises(BadValue, match="http://"):
        Chain(url)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>Are you a robot?</html>", 200),
        (b"", 200),
        (b"[]", 200),
        (b'{"jsonrpc": "2.0", "id": 0}', 200),
        (b"gateway", 502),
        (b"key missing", 401),
        (b"slow down", 429),
    ],
)
def test_a_server_that_is_no_node_counts_as_down(body: bytes, status: int) -> None:
    """HTML, nothing, another shape of JSON and HTTP errors come out as one error that names the node."""
    with serving(body, status) as url, pytest.raises(NodeDown, match=url):
        Chain(url).connect()


def test_a_node_that_refuses_a_request_is_quoted(chain: Chain) -> None:
    """Its own words and code, with the method."""
    with pytest.raises(RpcError) as refused:
        chain.node.request("eth_noSuchMethod")
    assert refused.value.method == "eth_noSuchMethod"
    assert refused.value.code == -32601


# ------------------------------------------------------------------------------------------------------------ reads


def test_a_call_is_decoded_by_its_abi(chain: Chain, token: str) -> None:
    """Numbers and texts come back as such."""
    assert chain.call(TOKEN, token, "balanceOf", dev_address(PAYER)) == 1_000_000
    assert chain.call(TOKEN, token, "symbol") == "USDT"


def test_a_call_to_a_wallet_says_that_there_is_no_contract(chain: Chain) -> None:
    """An empty answer is not read as zero."""
    with pytest.raises(NoContract, match=RECEIVER):
        chain.call(TOKEN, RECEIVER, "balanceOf", RECEIVER)


def test_a_call_to_another_contract_does_not_decode(chain: Chain, token: str) -> None:
    """32 bytes are no text: the function is named."""
    lying = codec("ForwardEscrow")
    with pytest.raises((UnknownAnswer, Reverted)):
        chain.call(lying, token, "domain" if lying.has_function("domain") else "eip712Domain")


def test_a_bad_address_is_refused_before_any_node_is_asked() -> None:
    """No request is made for what is no address."""
    with pytest.raises(BadAddress):
        Chain("http://127.0.0.1:1").code("0x12")


def test_events_are_found_by_their_indexed_arguments(chain: Chain, token: str) -> None:
    """A transfer is found by its receiver and not by another."""
    chain.send(pay(token, 7), signer(PAYER)).confirmed()
    topic = "0x" + bytes.fromhex(RECEIVER[2:]).rjust(32, b"\0").hex()
    (found,) = chain.events(TOKEN, token, "Transfer", topics=[None, topic])
    assert found.args == {"from": dev_address(PAYER), "to": RECEIVER, "value": 7}
    assert chain.events(TOKEN, token, "Transfer", topics=[topic]) == []


def test_events_are_read_from_a_node_that_answers_few_blocks_at_once(chain: Chain, token: str) -> None:
    """The range is halved until the node answers; every event comes once, in order."""
    for amount in (1, 2, 3):
        chain.send(pay(token, amount), signer(PAYER)).confirmed()

    class Meagre(Chain):
        asked = 0

        def _logs(self, query: Mapping[str, object], first: int, last: int) -> list[Mapping[str, object]]:
            self.asked += 1
            return super()._logs(query, first, last)

    meagre = Meagre(chain.web3)
    real = meagre.node.logs

    def at_most_two(query: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
        if int(str(query["toBlock"])) - int(str(query["fromBlock"])) > 1:
            raise RpcError("eth_getLogs", "query returned more than 2 blocks", -32005)
        return real(query)

    meagre.node.logs = at_most_two  # type: ignore[method-assign]
    found = meagre.events(TOKEN, token, "Transfer", topics=[None, None])
    assert [event.args["value"] for event in found] == [1_000_000, 1, 2, 3]
    assert meagre.asked > 1


def test_now_is_the_time_that_the_next_block_will_have(chain: Chain) -> None:
    """At least the newest block's; a forward move of time shows at once."""
    later = chain.timestamp() + DAY
    chain.node.request("evm_setNextBlockTimestamp", later)
    chain.node.request("evm_mine")
    assert later <= chain.now() <= later + 60


def test_the_finalized_block_is_a_block_or_nothing(chain: Chain) -> None:
    """Where the node tells it, it is at most the newest."""
    finalized = chain.finalized_block()
    assert finalized is None or 0 <= finalized <= chain.block_number()


# ----------------------------------------------------------------------------------------------------------- writes


def test_a_write_is_confirmed_with_its_gas_and_events(chain: Chain, token: str) -> None:
    """The receipt's numbers, and the events of contracts that we know."""
    outcome = chain.send(pay(token, 9), signer(PAYER))
    assert isinstance(outcome, Confirmed)
    receipt = chain.node.receipt(outcome.tx_hash)
    assert receipt is not None
    assert (outcome.gas_used, outcome.effective_gas_price) == (receipt.gas_used, receipt.effective_gas_price)
    assert outcome.block_number == receipt.block_number == chain.block_number()
    assert outcome.event("Transfer").args["value"] == 9
    assert outcome.attempt.call == "pay"
    assert chain.journal.open_attempts() == ()


def test_the_hash_is_stored_before_the_broadcast(chain: Chain) -> None:
    """When the journal is written the chain does not have the transaction, and the hash is the one it gets later."""

    class Witness(MemoryJournal):
        recorded: Attempt

        def record(self, attempt: Attempt) -> None:
            assert attempt.tx_hash is not None
            assert chain.node.transaction(attempt.tx_hash) is None
            self.recorded = attempt
            super().record(attempt)

    journal = Witness()
    outcome = chain.send(TRANSFER, signer(PAYER), journal=journal).confirmed()
    assert journal.recorded.tx_hash == outcome.tx_hash
    assert journal.open_attempts() == ()


def test_a_refusal_is_raised_before_anything_is_sent(chain: Chain, token: str) -> None:
    """The contract's reason comes from the estimate: no nonce is used and nothing is journaled."""
    nonce = chain.node.nonce(dev_address(PAYER))
    with pytest.raises(Reverted, match="balance too low") as refused:
        chain.send(pay(token, 1_000_001), signer(PAYER))
    assert refused.value.tx_hash is None
    assert chain.node.nonce(dev_address(PAYER)) == nonce
    assert chain.journal.open_attempts() == ()


def test_a_refusal_that_is_mined_tells_its_reason(chain: Chain, token: str) -> None:
    """Two payments of the whole balance in one block: the second is mined, refused, and says why."""
    automine(chain, False)
    sent = [_unchecked(chain, pay(token, 1_000_000)) for _ in range(2)]
    chain.node.request("evm_mine")
    first, second = (chain.reconcile(each) for each in sent)
    assert isinstance(first, Confirmed)
    assert isinstance(second, RevertedOutcome)
    assert second.reason == "usdt: balance too low"
    with pytest.raises(Reverted, match="balance too low") as refused:
        second.confirmed()
    assert refused.value.tx_hash == second.tx_hash


def _unchecked(chain: Chain, call: Call) -> Outcome:
    """Send with the estimate that the call had before anything was pending."""

    class Estimated(Chain):
        def estimate(self, call: Call, sender: str) -> int:
            return 100_000

    sender = Estimated(chain.web3)
    sender.codecs.update(chain.codecs)
    return sender.send(call, signer(PAYER), wait=False)


def test_what_runs_out_of_gas_says_so(chain: Chain, token: str) -> None:
    """A transaction with too little gas is mined, and its outcome names the cause."""

    class Stingy(Chain):
        def estimate(self, call: Call, sender: str) -> int:
            return super().estimate(call, sender) * 7 // 10

    outcome = Stingy(chain.web3).send(pay(token, 5), signer(PAYER))
    assert isinstance(outcome, RevertedOutcome)
    assert "ran out of gas" in str(outcome.error)


def test_what_is_not_mined_in_time_is_unknown_and_not_sent_again(chain: Chain) -> None:
    """The wait is bounded; what it leaves is reconciled once it is mined."""
    automine(chain, False)
    impatient = Chain(chain.web3, receipt_timeout=0.05)
    outcome = impatient.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Unknown)
    with pytest.raises(OutcomeUnknown):
        outcome.confirmed()
    assert [attempt.tx_hash for attempt in impatient.journal.open_attempts()] == [outcome.tx_hash]
    assert isinstance(impatient.reconcile(outcome), Sent)
    chain.node.request("evm_mine")
    (reconciled,) = impatient.reconcile_journal()
    assert isinstance(reconciled, Confirmed)
    assert reconciled.tx_hash == outcome.tx_hash
    assert impatient.journal.open_attempts() == ()


def test_many_writes_of_one_account_take_one_nonce_each(chain: Chain) -> None:
    """From several threads at once, none is lost and none collides."""
    before = chain.balance(RECEIVER)
    outcomes: list[Outcome] = []

    def work() -> None:
        outcomes.extend(chain.send(TRANSFER, signer(PAYER)) for _ in range(4))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.confirmed().attempt.nonce for outcome in outcomes) == list(range(12))
    assert chain.balance(RECEIVER) == before + 12 * 5


def test_the_chain_of_eth_tester_is_understood_too() -> None:
    """Its provider raises errors of its own instead of answering: Ape's in-process chain speaks so."""
    from web3 import EthereumTesterProvider, Web3

    chain = Chain(Web3(EthereumTesterProvider()))
    payer = NodeSigner(chain.web3.eth.accounts[0])
    create = Call(name="TestUSDT", to=None, data=artifact("TestUSDT").bytecode)
    token = chain.send(create, payer).confirmed().contract_address
    assert token is not None
    assert chain.call(TOKEN, token, "balanceOf", payer.address) == 0
    with pytest.raises(Reverted) as refused:
        chain.send(pay(token, 1), payer)
    assert refused.value.reason == "usdt: balance too low"
    assert isinstance(chain.reconcile("0x" + "12" * 32), Unknown)

"""Transactions whose fate is in doubt: lost answers, messages said twice, nonces taken, nodes that sign."""

import json
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import pytest
from support.faults import (
    FaultyNode,
    TwistedNode,
    answer_lost,
    answering,
    dripping,
    never_arrives,
    refusing,
    said_twice,
    saying,
    serving,
)
from web3.types import RPCResponse

from ifx_sdk.artifacts import TOKEN, artifact, codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import signer
from ifx_sdk.errors import NodeDown, OutcomeUnknown, TransactionDropped
from ifx_sdk.outcomes import Confirmed, Dropped, Sent, Unknown
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
    mint = codec("TestUSDT").encode_call("mint", [dev_address(PAYER), 1_000_000])
    chain.send(Call(name="mint", to=address, data=mint), signer(PAYER)).confirmed()
    return address


def pay(token: str, amount: int) -> Call:
    return Call(name="pay", to=token, data=TOKEN.encode_call("transfer", [RECEIVER, amount]))


def automine(chain: Chain, on: bool) -> None:
    chain.node.request("evm_setAutomine", on)


# ------------------------------------------------------------------------------------------------------- lost answers


def test_an_answer_lost_after_the_broadcast_is_found_on_the_chain(chain: Chain) -> None:
    """The node is asked by the hash that was known before: confirmed, with one broadcast."""
    node = FaultyNode(chain.web3, answer_lost)
    outcome = Chain(node.web3).send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Confirmed)
    assert node.broadcasts == 1


def test_a_node_that_dies_at_the_broadcast_leaves_the_outcome_unknown(chain: Chain) -> None:
    """Nothing is resent; with the node back, the journal tells that it was mined, once."""
    before = chain.balance(RECEIVER)

    def dies(broadcast: object) -> RPCResponse:
        node.down = True
        return answer_lost(broadcast)  # type: ignore[arg-type]

    node = FaultyNode(chain.web3, dies)
    client = Chain(node.web3)
    client.connect()
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Unknown)
    assert outcome.tx_hash is not None
    with pytest.raises(NodeDown) as refused:
        client.reconcile(outcome)
    assert "secret" not in str(refused.value)
    node.down = False
    (found,) = client.reconcile_journal()
    assert isinstance(found, Confirmed)
    assert found.tx_hash == outcome.tx_hash
    assert node.broadcasts == 1
    assert chain.balance(RECEIVER) == before + 5


def test_a_broadcast_that_never_arrived_stays_unknown_until_its_nonce_is_used(chain: Chain) -> None:
    """While it may still arrive nobody says that it will not; another transaction with its nonce settles it."""
    client = Chain(FaultyNode(chain.web3, never_arrives).web3)
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Unknown)
    assert isinstance(client.reconcile(outcome), Unknown)
    chain.send(replace(TRANSFER, value=6), signer(PAYER)).confirmed()
    settled = client.reconcile(outcome)
    assert isinstance(settled, Dropped)
    assert "nonce 0" in settled.why
    with pytest.raises(TransactionDropped):
        settled.confirmed()


def test_what_is_mined_while_it_is_looked_for_is_not_taken_for_dropped(chain: Chain) -> None:
    """The transaction arrives late, between the two questions that decide: it was ours that used the nonce."""
    late: list[Callable[[], RPCResponse]] = []

    def delayed(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        late.append(broadcast)
        return never_arrives(broadcast)

    node = FaultyNode(chain.web3, delayed)
    client = Chain(node.web3)
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Unknown)
    node.after_an_answer = lambda: late and late.pop()()
    assert isinstance(client.reconcile(outcome), Confirmed)


def test_a_journal_of_several_chains_is_reconciled_chain_by_chain(chain: Chain) -> None:
    """An attempt on another chain is left for a client of that chain."""
    client = Chain(FaultyNode(chain.web3, never_arrives).web3)
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Unknown)
    assert outcome.attempt is not None
    client.journal.record(replace(outcome.attempt, chain_id=1))
    assert len(client.reconcile_journal()) == 1
    assert len(client.journal.open_attempts()) == 2


def test_a_message_that_arrives_twice_counts_once(chain: Chain) -> None:
    """`already known` is not a failure: the node has it."""
    automine(chain, False)
    node = FaultyNode(chain.web3, said_twice)
    client = Chain(node.web3)
    outcome = client.send(TRANSFER, signer(PAYER), wait=False)
    assert isinstance(outcome, Sent)
    chain.node.request("evm_mine")
    assert isinstance(client.reconcile(outcome), Confirmed)


def test_a_message_that_arrives_after_it_was_mined_counts_once(chain: Chain) -> None:
    """`nonce too low` for our own mined transaction is not a failure either."""
    outcome = Chain(FaultyNode(chain.web3, said_twice).web3).send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Confirmed)


def test_a_nonce_that_another_wallet_took_drops_the_transaction(chain: Chain) -> None:
    """The node refuses it, and the outcome says that it will never be mined."""

    def overtaken(broadcast: object) -> RPCResponse:
        chain.send(replace(TRANSFER, value=6), signer(PAYER)).confirmed()
        return broadcast()  # type: ignore[operator,no-any-return]

    client = Chain(FaultyNode(chain.web3, overtaken).web3)
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Dropped)
    assert client.journal.open_attempts() == ()


def test_a_transaction_that_was_replaced_is_dropped(chain: Chain) -> None:
    """A second wallet with the same key outbids it in the pool: once that one is mined, ours is out."""
    automine(chain, False)
    ours = chain.send(TRANSFER, signer(PAYER), wait=False)
    transaction = chain._fill(replace(TRANSFER, value=6), dev_address(PAYER))
    fee = 3 * int(str(transaction["maxFeePerGas"]))
    replacement = signer(PAYER).sign_transaction(
        transaction | {"nonce": ours.attempt.nonce, "maxFeePerGas": fee, "maxPriorityFeePerGas": fee}  # type: ignore[union-attr]
    )
    chain.node.send_raw(replacement.raw)
    chain.node.request("evm_mine")
    assert isinstance(chain.reconcile(ours), Dropped)
    assert isinstance(chain.reconcile(replacement.tx_hash), Confirmed)


def test_a_gateway_that_gives_up_on_its_own_node_leaves_the_outcome_unknown(chain: Chain) -> None:
    """It forwarded the transaction and answers with an error: mined a moment later, the open attempt leads to it."""
    forwarded: list[Callable[[], RPCResponse]] = []

    def gives_up(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        forwarded.append(broadcast)
        return refusing("request timed out", -32603)(broadcast)

    client = Chain(FaultyNode(chain.web3, gives_up).web3)
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Unknown)
    assert "request timed out" in outcome.why
    assert [attempt.tx_hash for attempt in client.journal.open_attempts()] == [outcome.tx_hash]
    forwarded.pop()()
    (found,) = client.reconcile_journal()
    assert isinstance(found, Confirmed)
    assert found.tx_hash == outcome.tx_hash


@pytest.mark.parametrize(
    ("message", "code", "settled"),
    [
        ("insufficient funds for gas * price + value: have 0 want 1", -32000, True),
        ("replacement transaction underpriced", -32000, True),
        ("intrinsic gas too low", -32000, True),
        ("invalid sender", -32000, True),
        ("invalid chain id for signer: have 1 want 2", -32000, True),
        ("max fee per gas less than block base fee", -32000, True),
        ("exceeds block gas limit", -32000, True),
        ("the method eth_sendRawTransaction does not exist/is not available", -32601, True),
        ("nonce too low", -32000, False),
        ("Internal error", -32603, False),
        ("upstream: 503 service unavailable", -32000, False),
        ("limit exceeded", -32005, False),
        ("", -32000, False),
    ],
)
def test_only_a_definite_refusal_drops_a_transaction(chain: Chain, message: str, code: int, settled: bool) -> None:
    """Words that no node says of what it keeps settle it; any other, and a nonce not seen used, leave it open."""
    client = Chain(FaultyNode(chain.web3, refusing(message, code)).web3)
    outcome = client.send(TRANSFER, signer(PAYER))
    assert isinstance(outcome, Dropped if settled else Unknown)
    assert message in outcome.why
    assert len(client.journal.open_attempts()) == (0 if settled else 1)


def test_a_hash_that_nobody_knows_is_unknown(chain: Chain) -> None:
    """A bare hash is looked up; without an attempt nothing more can be said."""
    outcome = chain.reconcile("0x" + "12" * 32)
    assert isinstance(outcome, Unknown)
    with pytest.raises(OutcomeUnknown, match="0x1212"):
        outcome.confirmed()


# ----------------------------------------------------------------------------------------------------- slow answers

HEAD = b"HTTP/1.0 200 OK\r\n"
DRIPS = [b"", HEAD + b"X-Long: ", HEAD + b"\r\n", HEAD + b"Content-Length: 1000000\r\n\r\n"]


@pytest.mark.parametrize("begin", DRIPS, ids=["status line", "header", "body", "body of a length"])
def test_a_node_that_drips_its_answer_counts_as_down(monkeypatch: pytest.MonkeyPatch, begin: bytes) -> None:
    """Each byte comes well within a socket's timeout; the whole answer does not come in time."""
    monkeypatch.setattr("ifx_sdk.node.REQUEST_TIMEOUT", 0.2)
    with dripping(begin) as url:
        before = monotonic()
        with pytest.raises(NodeDown, match="eth_chainId timed out"):
            Chain(url).connect()
        assert monotonic() - before < 5


def test_a_broadcast_whose_answer_drips_is_found_by_its_hash(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """It arrived and nobody was told in time: found on the chain by the hash that was known before."""
    monkeypatch.setattr("ifx_sdk.node.REQUEST_TIMEOUT", 1)
    automine(chain, False)
    with dripping(HEAD + b"\r\n", answering(chain.web3), "eth_sendRawTransaction") as url:
        outcome = Chain(url).send(TRANSFER, signer(PAYER), wait=False)
    assert isinstance(outcome, Sent)
    assert outcome.tx_hash == outcome.attempt.tx_hash


def test_an_answer_of_many_pieces_is_read_whole() -> None:
    """Longer than any buffer, and on a connection that the next request uses again."""
    body = json.dumps({"jsonrpc": "2.0", "id": 0, "result": "0x" + "7a" * 300_000}).encode()
    with serving(body) as url:
        node = Chain(url).node
        assert [node.request("eth_any") for _ in range(2)] == ["0x" + "7a" * 300_000] * 2


def test_an_answer_without_end_counts_as_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is longer than any answer is left; one within the limit is read."""
    monkeypatch.setattr("ifx_sdk.deadline.MOST_BYTES", 10_000)
    with serving(b"x" * 1_000_000) as url, pytest.raises(NodeDown, match=url):
        Chain(url).connect()
    with serving(b'{"jsonrpc": "2.0", "id": 0, "result": "0x7a69"}') as url:
        assert Chain(url).chain_id == 31337


@pytest.mark.parametrize("result", ["zz", "7", [], {}, True], ids=str)
def test_an_answer_of_the_wrong_shape_counts_as_down(chain: Chain, result: object) -> None:
    """JSON-RPC whose result is another thing: the node and the method are named."""
    twisted = Chain(TwistedNode(chain.web3, eth_getBlockByNumber=saying(result)).web3)
    with pytest.raises(NodeDown, match="eth_getBlockByNumber"):
        twisted.timestamp()


# -------------------------------------------------------------------------------------------------- node-signed writes


def test_the_node_signs_for_an_unlocked_account(chain: Chain) -> None:
    """The same outcome as with a key; the hash is known once the node answers."""
    outcome = chain.send(TRANSFER, NodeSigner(dev_address(PAYER)))
    assert isinstance(outcome, Confirmed)
    assert outcome.attempt.tx_hash is None


def test_a_lost_answer_of_a_signing_node_is_found_by_nonce(chain: Chain) -> None:
    """No hash was known: sender, nonce and data tell the transaction apart, and nothing is sent twice."""
    node = FaultyNode(chain.web3, answer_lost)
    outcome = Chain(node.web3).send(TRANSFER, NodeSigner(dev_address(PAYER)))
    assert isinstance(outcome, Confirmed)
    assert node.broadcasts == 1


def test_a_signing_node_that_dies_leaves_an_attempt_that_reconciles(chain: Chain) -> None:
    """Unknown without a hash; with the node back the journal's attempt leads to it."""

    def dies(broadcast: object) -> RPCResponse:
        node.down = True
        return answer_lost(broadcast)  # type: ignore[arg-type]

    node = FaultyNode(chain.web3, dies)
    client = Chain(node.web3)
    client.connect()
    outcome = client.send(TRANSFER, NodeSigner(dev_address(PAYER)))
    assert isinstance(outcome, Unknown)
    assert outcome.tx_hash is None
    with pytest.raises(OutcomeUnknown, match="nonce 0"):
        outcome.confirmed()
    node.down = False
    (found,) = client.reconcile_journal()
    assert isinstance(found, Confirmed)


def test_another_transaction_with_the_nonce_is_not_taken_for_ours(chain: Chain, token: str) -> None:
    """Same sender and nonce with other data: what the node should have signed is dropped."""
    client = Chain(FaultyNode(chain.web3, never_arrives).web3)
    outcome = client.send(pay(token, 3), NodeSigner(dev_address(PAYER)))
    assert isinstance(outcome, Unknown)
    chain.send(pay(token, 4), signer(PAYER)).confirmed()
    assert isinstance(client.reconcile(outcome), Dropped)


def test_an_account_that_the_node_does_not_hold_is_refused(chain: Chain) -> None:
    """The node's refusal is an outcome: nothing was sent."""
    chain.send(Call(name="fund", to=dev_address(30), data=b"", value=10**18), signer(PAYER)).confirmed()
    outcome = chain.send(TRANSFER, NodeSigner(dev_address(30)))
    assert isinstance(outcome, Dropped)
    assert "the node refused it" in outcome.why

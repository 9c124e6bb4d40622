"""What an endpoint sends is checked before anything reads it: any JSON at all is an answer or a named refusal."""

import copy
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.chain import START
from support.faults import TwistedNode, saying
from support.nodes import ToldClock

from ifx_sdk.artifacts import TOKEN, artifact, codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import signer
from ifx_sdk.errors import IFXError
from ifx_sdk.local_chain import LocalChain
from oracle_node.endpoints import Endpoints
from oracle_node.rpc_answers import (
    is_rate_limit,
    is_revert,
    lower_median,
    majority,
    meaning,
    shown,
    upper_median,
    wrong_shape,
)

PAYER = dev_address(0)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["0x", "0x0", "0x" + "11" * 32]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
QUESTIONS: dict[str, Callable[[Chain, str, str], object]] = {
    "eth_chainId": lambda chain, tx, token: chain.node.chain_id(),
    "eth_blockNumber": lambda chain, tx, token: chain.node.block_number(),
    "eth_getBlockByNumber": lambda chain, tx, token: (chain.node.block(), chain.node.transactions(2)),
    "eth_getCode": lambda chain, tx, token: chain.node.code(token),
    "eth_getBalance": lambda chain, tx, token: chain.node.balance(PAYER),
    "eth_getTransactionCount": lambda chain, tx, token: chain.node.nonce(PAYER, "pending"),
    "eth_maxPriorityFeePerGas": lambda chain, tx, token: chain.node.priority_fee(),
    "eth_call": lambda chain, tx, token: chain.call(TOKEN, token, "balanceOf", PAYER),
    "eth_estimateGas": lambda chain, tx, token: chain.node.estimate({"from": PAYER, "to": PAYER}),
    "eth_getTransactionReceipt": lambda chain, tx, token: chain.reconcile(tx),
    "eth_getTransactionByHash": lambda chain, tx, token: chain.reconcile(tx),
    "eth_getLogs": lambda chain, tx, token: chain.events(TOKEN, token, "Transfer"),
    "eth_sendRawTransaction": lambda chain, tx, token: chain.send(
        Call(name="pay", to=PAYER, data=b"", value=1), signer(1)
    ),
}


@pytest.fixture(scope="module")
def real() -> tuple[LocalChain, str, str]:
    """A chain with a token, and one transfer of it."""
    local = LocalChain(timestamp=START)
    chain = Chain(local.web3)
    create = Call(name="TestUSDT", to=None, data=artifact("TestUSDT").bytecode)
    token = chain.send(create, signer(0)).confirmed().contract_address
    assert token is not None
    mint = Call(name="mint", to=token, data=codec("TestUSDT").encode_call("mint", [PAYER, 5]))
    return local, chain.send(mint, signer(0)).confirmed().tx_hash, token


def asking(local: LocalChain, node: TwistedNode) -> Chain:
    """A client through that one endpoint."""
    endpoints = Endpoints([node.web3], chain_id=31337, clock=ToldClock(START))
    return Chain(endpoints.web3, receipt_timeout=0)


@pytest.mark.parametrize("method", QUESTIONS)
@given(result=JSON)
def test_any_json_is_an_answer_or_a_refusal(real: tuple[LocalChain, str, str], method: str, result: object) -> None:
    """Nothing but our own errors comes out, whatever shape the result has."""
    local, tx_hash, token = real
    chain = asking(local, TwistedNode(local.web3, **{method: saying(result)}))
    with suppress(IFXError):
        QUESTIONS[method](chain, tx_hash, token)


@pytest.mark.parametrize("method", ["eth_getBlockByNumber", "eth_getTransactionReceipt", "eth_getTransactionByHash"])
@pytest.mark.parametrize("seed", range(40))
def test_a_spoiled_answer_is_an_answer_or_a_refusal(real: tuple[LocalChain, str, str], method: str, seed: int) -> None:
    """A real answer in which one field is another thing."""
    local, tx_hash, token = real
    chance = random.Random(f"{method} {seed}")

    def spoiled(params: Any, ask: Any) -> Any:
        answer = copy.deepcopy(dict(ask()))
        result: Any = answer["result"]
        if isinstance(result, dict):
            name = chance.choice(sorted(result))
            result[name] = chance.choice([None, "zz", "0xzz", 5, -1, [], {}, [[]], "0x" + "f" * 65, True])
        return answer

    chain = asking(local, TwistedNode(local.web3, **{method: spoiled}))
    with suppress(IFXError):
        QUESTIONS[method](chain, tx_hash, token)


@pytest.mark.parametrize("response", ["text", [], 3, None, {}, {"error": "no"}, {"error": {"code": 1}}, {"result": []}])
def test_what_is_no_response_is_refused(real: tuple[LocalChain, str, str], response: object) -> None:
    """JSON that is no JSON-RPC."""
    local, *_ = real
    chain = asking(local, TwistedNode(local.web3, everything=lambda params, ask: response))  # type: ignore[arg-type,return-value]  # on purpose
    with pytest.raises(IFXError, match="no endpoint answers"):
        chain.node.block_number()


def test_every_answer_of_a_real_node_is_taken(real: tuple[LocalChain, str, str]) -> None:
    """The positive twin: each question is answered, and nothing is named."""
    local, tx_hash, token = real
    endpoints = Endpoints([local.web3, local.web3], chain_id=31337, clock=ToldClock(START))
    chain = Chain(endpoints.web3)
    for question in QUESTIONS.values():
        question(chain, tx_hash, token)
    assert endpoints.faults() == ()
    assert chain.events(TOKEN, token, "Transfer")[0].args["value"] == 5


@pytest.mark.parametrize(
    ("error", "limit", "revert"),
    [
        ({"code": -32005, "message": "x"}, True, False),
        ({"code": 429, "message": "x"}, True, False),
        ({"code": -32000, "message": "Too Many Requests"}, True, False),
        ({"code": -32000, "message": "header not found"}, False, False),
        ({"code": 3, "message": "execution reverted: oracle: another day"}, False, True),
        ({"code": -32000, "message": "VM Exception: revert"}, False, True),
        ({}, False, False),
    ],
)
def test_errors_are_told_apart(error: dict[str, object], limit: bool, revert: bool) -> None:
    """Asking less helps, or the contract answered, or neither."""
    assert (is_rate_limit(error), is_revert(error)) == (limit, revert)


def test_answers_are_equal_by_what_they_mean() -> None:
    """However they are written: leading zeros, case, fields that clients add."""
    assert meaning("eth_getTransactionCount", {"result": "0x0a"}) == meaning(
        "eth_getTransactionCount", {"result": "0xA"}
    )
    assert (
        meaning("eth_call", {"result": "0xAB"})
        == meaning("eth_call", {"result": "0xab"})
        != meaning("eth_call", {"result": "0xac"})
    )
    assert meaning("eth_call", {"error": {"code": 3, "message": "a"}}) == meaning("eth_call", {"error": {"code": 4}})
    assert meaning("eth_call", {"result": "0x"}) != meaning("eth_call", {"error": {"code": 3}})


def test_a_meaning_is_shown_in_a_few_characters() -> None:
    """Nothing at all has a word; a long one keeps both ends."""
    assert shown(None) == "nothing"
    assert shown(7) == "7"
    assert len(shown("0x" + "ab" * 500)) < 80


@pytest.mark.parametrize(
    ("votes", "winners"),
    [
        ({}, ()),
        ({"a": 1}, ("a",)),
        ({"a": 1, "b": 2}, ()),
        ({"a": 1, "b": 1}, ("a", "b")),
        ({"a": 1, "b": 2, "c": 1}, ("a", "c")),
        ({"a": 1, "b": 2, "c": 3}, ()),
        ({"a": 1, "b": 2, "c": 1, "d": 2}, ()),
    ],
)
def test_a_majority_is_more_than_half(votes: dict[str, int], winners: tuple[str, ...]) -> None:
    """Half is none."""
    assert majority(votes) == winners


@given(st.lists(st.integers(), min_size=1))
def test_medians_are_values_that_somebody_gave(found: list[int]) -> None:
    """The middle of an odd count; of an even one the one below, or above."""
    low, high = lower_median(found, int), upper_median(found, int)
    assert {low, high} <= set(found)
    assert low <= high
    assert low == high or len(found) % 2 == 0


def test_a_shape_that_nobody_asked_for_passes() -> None:
    """Methods whose answers are read elsewhere are not judged here."""
    assert wrong_shape("anvil_nodeInfo", [], {"anything": [1]}) is None

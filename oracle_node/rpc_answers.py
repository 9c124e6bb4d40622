"""What a JSON-RPC answer must look like, when two mean the same, and which of several counts. Pure.

An endpoint is a stranger: whatever it sends is checked before web3 reads it, because an answer of the wrong shape must
be the endpoint's fault and not the node's crash.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
K = TypeVar("K")

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_RATE_LIMITED: Final = -32005
_TOO_MANY: Final = ("rate limit", "too many requests", "limit exceeded", "exceeded the quota", "capacity")
_GET_BLOCK: Final = "eth_getBlockByNumber"
_BLOCK: Final = ("number", "timestamp", "gasLimit")
_RECEIPT: Final = ("status", "blockNumber", "gasUsed", "effectiveGasPrice", "transactionIndex")
_TRANSACTION: Final = ("nonce", "value", "gas")


def integer(value: object) -> int:
    """A quantity of JSON-RPC."""
    return int(str(value), 16)


def is_rate_limit(error: Mapping[str, object]) -> bool:
    """Whether an error says that too much was asked."""
    message = str(error.get("message", "")).lower()
    return error.get("code") in (_RATE_LIMITED, 429) or any(words in message for words in _TOO_MANY)


def is_revert(error: Mapping[str, object]) -> bool:
    """Whether an error is a contract's refusal, which is an answer like any other."""
    return error.get("code") == 3 or "revert" in str(error.get("message", "")).lower()


def wrong_shape(method: str, params: Sequence[object], result: object) -> str | None:
    """What is wrong with a result; None where web3 can read it."""
    if method in _QUANTITIES:
        return None if _fits(_QUANTITY, result) else "it is no number"
    if method in ("eth_call", "eth_getCode"):
        return None if _fits(_DATA, result) else "it is no data"
    if method in ("eth_sendRawTransaction", "eth_sendTransaction"):
        return None if _fits(_HASH, result) else "it is no hash"
    if method == _GET_BLOCK:
        return _wrong_block(params, result)
    if method == "eth_getTransactionReceipt":
        return _wrong_receipt(params, result)
    if method == "eth_getTransactionByHash":
        return _wrong_transaction(params, result)
    if method == "eth_getLogs":
        good = isinstance(result, list) and all(_is_log(each) for each in result)
        return None if good else "it is no list of logs"
    return None


_QUANTITIES: Final = frozenset(
    {
        "eth_chainId",
        "eth_blockNumber",
        "eth_getTransactionCount",
        "eth_getBalance",
        "eth_gasPrice",
        "eth_maxPriorityFeePerGas",
        "eth_estimateGas",
    }
)


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _wrong_block(params: Sequence[object], result: object) -> str | None:
    if result is None:
        return None
    if not isinstance(result, dict) or not all(_fits(_QUANTITY, result.get(name)) for name in _BLOCK):
        return "it is no block"
    if not _fits(_QUANTITY, result.get("baseFeePerGas", "0x0")) or not isinstance(result.get("transactions"), list):
        return "it is no block"
    if params[0] != "pending" and not _fits(_HASH, result.get("hash")):
        return "it is a block without a hash"
    asked = params[0]
    if _fits(_QUANTITY, asked) and integer(result["number"]) != integer(asked):
        return "it is another block"
    return None


def _wrong_receipt(params: Sequence[object], result: object) -> str | None:
    if result is None:
        return None
    if not isinstance(result, dict) or not all(_fits(_QUANTITY, result.get(name)) for name in _RECEIPT):
        return "it is no receipt"
    if str(result.get("transactionHash")).lower() != str(params[0]).lower():
        return "it is the receipt of another transaction"
    created = result.get("contractAddress")
    if not _fits(_HASH, result.get("blockHash")) or not (created is None or _fits(_ADDRESS, created)):
        return "it is no receipt"
    logs = result.get("logs")
    return None if isinstance(logs, list) and all(_is_log(each) for each in logs) else "its logs are none"


def _wrong_transaction(params: Sequence[object], result: object) -> str | None:
    if result is None:
        return None
    if not isinstance(result, dict) or not all(_fits(_QUANTITY, result.get(name)) for name in _TRANSACTION):
        return "it is no transaction"
    if str(result.get("hash")).lower() != str(params[0]).lower():
        return "it is another transaction"
    block, to = result.get("blockNumber"), result.get("to")
    good = (
        _fits(_ADDRESS, result.get("from"))
        and _fits(_DATA, result.get("input"))
        and (to is None or _fits(_ADDRESS, to))
        and (block is None or _fits(_QUANTITY, block))
    )
    return None if good else "it is no transaction"


def _is_log(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    topics = found.get("topics")
    return (
        _fits(_ADDRESS, found.get("address"))
        and _fits(_DATA, found.get("data"))
        and isinstance(topics, list)
        and all(_fits(_HASH, each) for each in topics)
        and all(_fits(_QUANTITY, found.get(name)) for name in ("blockNumber", "logIndex", "transactionIndex"))
        and all(_fits(_HASH, found.get(name)) for name in ("blockHash", "transactionHash"))
    )


def readable(method: str, params: Sequence[object], result: object) -> object:
    """Of a block or receipt what was checked, so that web3 reads nothing else of it."""
    if not isinstance(result, dict):
        return result
    if method == _GET_BLOCK and params[-1] is not True:
        kept: tuple[str, ...] = (*_BLOCK, "baseFeePerGas", "hash", "transactions")
        return {name: result[name] for name in kept if name in result} | {"transactions": []}
    if method == "eth_getTransactionReceipt":
        kept = (*_RECEIPT, "transactionHash", "blockHash", "contractAddress")
        return {name: result.get(name) for name in kept} | {"logs": [_readable_log(each) for each in result["logs"]]}
    return result


def _readable_log(log: Mapping[str, object]) -> dict[str, object]:
    kept = ("address", "data", "topics", "blockNumber", "logIndex", "transactionIndex", "blockHash", "transactionHash")
    return {name: log[name] for name in kept}


def meaning(method: str, response: Mapping[str, object]) -> Hashable:
    """Equal for two answers that mean the same, however they are written."""
    if response.get("error"):
        return "refused"
    result = response.get("result")
    if result is None:
        return None
    if method == "eth_getTransactionReceipt" and isinstance(result, dict):
        logs = tuple((str(each["address"]), str(each["data"]), *map(str, each["topics"])) for each in result["logs"])
        return (integer(result["status"]), str(result["blockHash"]), integer(result["gasUsed"]), str(logs).lower())
    if method == _GET_BLOCK and isinstance(result, dict):
        return str(result.get("hash")).lower()
    if method in _QUANTITIES:
        return integer(result)
    return str(result).lower()


def shown(meant: Hashable) -> str:
    """A meaning in a few characters, for people."""
    text = "nothing" if meant is None else str(meant)
    return text if len(text) <= 80 else f"{text[:40]}...{text[-30:]}"


def majority(votes: Mapping[T, Hashable]) -> tuple[T, ...]:
    """The voters of the one meaning that more than half of all voters share; empty where there is none."""
    for meant in dict.fromkeys(votes.values()):
        found = tuple(voter for voter, vote in votes.items() if vote == meant)
        if 2 * len(found) > len(votes):
            return found
    return ()


def lower_median(found: Iterable[T], key: Callable[[T], int]) -> T:
    """The middle one; of an even count the lower of the two: no single liar among three moves it past the honest."""
    ordered = sorted(found, key=key)
    return ordered[(len(ordered) - 1) // 2]


def upper_median(found: Iterable[T], key: Callable[[T], int]) -> T:
    """The middle one; of an even count the upper of the two."""
    ordered = sorted(found, key=key)
    return ordered[len(ordered) // 2]

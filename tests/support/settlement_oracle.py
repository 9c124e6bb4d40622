"""An oracle on anvil that one signer feeds, and that answers hundreds of questions in one call, at any second asked."""

import json
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Any

from eth_abi.abi import decode, encode
from eth_account import Account
from eth_utils.crypto import keccak
from support.protocol import CHAIN_ID, DAY, GPT, contract, mock
from support.settlement_histories import Question

from ifx_sdk import signing
from ifx_sdk.terms import oracle_domain

KEY = bytes([7]) * 32
EVIDENCE = bytes(32)
GAS = hex(30_000_000)
MANY_GAS = hex(2**40)
"""Enough for any number of searches over 400 days; calls are not held to a block's limit."""


def selector(signature: str) -> bytes:
    """The first four bytes of a call."""
    return keccak(text=signature)[:4]


POST = selector("post(string,uint256,uint256,(bytes32,uint256,uint256)[])")
ASK = selector("ask(address,uint256,uint256[])")


class SettlementOracle:
    """A deployed oracle with one name, put back to its empty state by `restart`."""

    def __init__(self, port: int) -> None:
        """Deploy on the anvil at a port of the loopback."""
        self._wire = HTTPConnection("127.0.0.1", port, timeout=60)
        self._account = self._rpc("eth_accounts")[0]
        signers = [Account.from_key(KEY).address]
        arguments = encode(["address", "address[]", "uint256", "address"], [self._account, signers, 1, self._account])
        self._oracle = self._deploy(contract("contracts/FixingOracle.vy").compiler_data.bytecode + arguments)
        self._probe = self._deploy(mock("settlement_probe").compiler_data.bytecode)
        self._domain = oracle_domain(CHAIN_ID, self._oracle)
        self._send(self._oracle, selector("add_underlying(string,bool)") + encode(["string", "bool"], [GPT, False]))
        self._mark = self._rpc("evm_snapshot")

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def restart(self) -> None:
        """Back to the moment of deployment: nothing posted."""
        assert self._rpc("evm_revert", self._mark)
        self._mark = self._rpc("evm_snapshot")

    def post(self, now: int, price: int) -> None:
        """Post the fixing of the day of `now`, a time in unix seconds later than any before."""
        digest = signing.report_digest(GPT, now // DAY, price, EVIDENCE, self._domain)
        attestation = (EVIDENCE, *signing.to_compact(signing.sign_digest(digest, KEY)))
        types = ["string", "uint256", "uint256", "(bytes32,uint256,uint256)[]"]
        self._rpc("evm_setNextBlockTimestamp", now)
        self._send(self._oracle, POST + encode(types, [GPT, now // DAY, price, [attestation]]))

    def ask(self, now: int, questions: Sequence[Question]) -> list[tuple[int, bool]]:
        """What the oracle answers at `now`, as of the posts so far."""
        packed = [day << 16 | averaging_days for day, averaging_days in questions]
        data = ASK + encode(["address", "uint256", "uint256[]"], [self._oracle, 1, packed])
        call = {"from": self._account, "to": self._probe, "data": "0x" + data.hex(), "gas": MANY_GAS}
        answer = self._rpc("eth_call", call, "latest", {}, {"time": hex(now)})
        (answers,) = decode(["uint256[]"], bytes.fromhex(answer[2:]))
        return [(each >> 1, each & 1 == 1) for each in answers]

    def _deploy(self, code: bytes) -> str:
        return str(self._send(None, code)["contractAddress"])

    def _send(self, to: str | None, data: bytes) -> dict[str, str]:
        request = {"from": self._account, "data": "0x" + data.hex(), "gas": GAS} | ({} if to is None else {"to": to})
        receipt: dict[str, str] = self._rpc("eth_sendTransactionSync", request)
        assert receipt["status"] == "0x1", receipt
        return receipt

    def _rpc(self, method: str, *params: object) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        self._wire.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = json.loads(self._wire.getresponse().read())
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

"""Accounts that delegate to code (EIP-7702), by real transactions of type 4; and mocks on a node."""

from __future__ import annotations

from functools import cache

from support.market import Market
from support.tree import ROOT

from ifx_sdk.artifacts import Codec
from ifx_sdk.chain import Call

DESIGNATOR = bytes.fromhex("ef0100")
"""What the code of an account that delegates begins with; the address of its delegate follows."""
NOBODY = "0x" + "0" * 40
"""Delegating to it is delegating no more."""
GAS = 200_000


def delegate(market: Market, key: bytes, target: str) -> None:
    """Have the account of `key` delegate to `target`, and the market's payer pay for it."""
    from eth_account import Account

    chain, account = market.chain, Account.from_key(key)
    authorization = account.sign_authorization(
        {"chainId": chain.chain_id, "address": target, "nonce": chain.node.nonce(account.address)}
    )
    transaction = {
        "type": 4,
        "chainId": chain.chain_id,
        "nonce": chain.node.nonce(market.payer.address),
        "to": NOBODY,
        "value": 0,
        "data": b"",
        "gas": GAS,
        "maxFeePerGas": 10**10,
        "maxPriorityFeePerGas": 10**9,
        "authorizationList": [authorization],
    }
    sent = chain.node.send_raw(market.payer.sign_transaction(transaction).raw)
    market.mined(sent).confirmed()
    expected = b"" if target == NOBODY else DESIGNATOR + bytes.fromhex(target[2:])
    assert chain.code(account.address) == expected


@cache
def _compiled(name: str) -> tuple[Codec, bytes]:
    from vyper.cli.vyper_compile import compile_files
    from vyper.compiler.settings import Settings

    source = ROOT / "tests" / "contracts" / "mocks" / f"{name}.vy"
    found = compile_files([str(source)], ["abi", "bytecode"], settings=Settings(evm_version="cancun"))
    (output,) = found.values()
    return Codec(name, output["abi"]), bytes.fromhex(output["bytecode"].removeprefix("0x"))


def mock_codec(name: str) -> Codec:
    """How a contract that only tests use is called."""
    return _compiled(name)[0]


def deploy_mock(market: Market, name: str, *args: object) -> str:
    """Put a contract that only tests use on the market's chain; its address."""
    codec, code = _compiled(name)
    call = Call(name=name, to=None, data=code + codec.encode_constructor(args))
    address = market.chain.send(call, market.payer).confirmed().contract_address
    assert address is not None
    return address

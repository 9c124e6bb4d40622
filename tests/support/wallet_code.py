"""Contract wallets of a few bytes, put on a chain: one that says yes to everything, and ones that answer badly."""

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain

MAGIC = bytes.fromhex("1626ba7e")


def answering(word: bytes) -> bytes:
    """Code that answers every call with one word of 32 bytes."""
    assert len(word) == 32
    return b"\x7f" + word + bytes.fromhex("5f5260205ff3")  # PUSH32 word, PUSH0 MSTORE, RETURN 32 bytes from 0


YES = answering(MAGIC + b"\0" * 28)
"""Says yes to everything."""
TRUE = answering(b"\0" * 31 + b"\1")
"""Says `true`, which is no yes."""
REVERTS = bytes.fromhex("5f5ffd")
SPINS = bytes.fromhex("5b5f56")
"""Loops until the gas is gone."""
HUGE = bytes.fromhex("62300000" + "5ff3")
"""Answers with 3 MiB of nothing, which cost 19 million gas."""


def deploy_code(chain: Chain, code: bytes) -> str:
    """Put code on a chain as it is; its address."""
    size = len(code).to_bytes(2, "big")
    creation = b"\x61" + size + bytes.fromhex("80600a5f395ff3") + code  # copies what stands behind these ten bytes
    call = Call(name="wallet", to=None, data=creation)
    address = chain.send(call, devnet.signer(devnet.DEPLOYER)).confirmed().contract_address
    assert address is not None
    return address

"""The code that a contract must have: its creation code, run here as the chain ran it.

Vyper puts immutables (the token, the oracle, the EIP-712 domain with the contract's own address) behind the runtime
code, so that no artifact holds the code of a deployment. It is derived by executing creation code and constructor
arguments in py-evm, at the contract's own address and under its chain id; no node is trusted with that. What the
constructors ask of other contracts is answered by a stub: the token's decimals, and that there is code at all.
"""

from __future__ import annotations

from typing import Any

from eth.chains.base import MiningChain
from eth.constants import BLANK_ROOT_HASH, CREATE_CONTRACT_ADDRESS, POST_MERGE_MIX_HASH, POST_MERGE_NONCE, ZERO_ADDRESS
from eth.db import get_db_backend
from eth.vm.forks.cancun import CancunVM
from eth.vm.message import Message
from eth_typing import Address

from ifx_sdk.artifacts import artifact, codec
from ifx_sdk.deployment import DeployedContract
from ifx_sdk.errors import BadValue

_SIX = bytes.fromhex("600660005260206000f3")
"""A contract that answers 6 to everything: as many decimals as the escrow asks of its token."""
_GAS = 30_000_000


def expected_code(contract: DeployedContract, chain_id: int) -> bytes:
    """The runtime code, immutables included, that the packaged artifact gives with these arguments at this address.

    Raises `BadValue` where the constructor refuses them.
    """
    arguments = list(contract.arguments.values())
    others = {each for value in arguments for each in (value if isinstance(value, tuple) else (value,))}
    stubs = {_bytes(each) for each in others if isinstance(each, str)}
    data = artifact(contract.name).bytecode + codec(contract.name).encode_constructor(arguments)
    computation = _create(data, _bytes(contract.address), chain_id, stubs)
    if computation.is_error:
        cure = "The arguments are not those of a contract that could be deployed."
        raise BadValue(contract.address, f"its constructor refuses its arguments: {computation.error!r}", cure=cure)
    return bytes(computation.output)


def _create(data: bytes, address: bytes, chain_id: int, stubs: set[bytes]) -> Any:
    chain: Any = type("_Chain", (MiningChain,), {"chain_id": chain_id, "vm_configuration": ((0, CancunVM),)})
    genesis = {
        "coinbase": ZERO_ADDRESS,
        "difficulty": 0,
        "extra_data": b"",
        "gas_limit": _GAS,
        "mix_hash": POST_MERGE_MIX_HASH,
        "nonce": POST_MERGE_NONCE,
        "receipt_root": BLANK_ROOT_HASH,
        "timestamp": 1_784_073_600,
        "transaction_root": BLANK_ROOT_HASH,
    }
    accounts = {Address(each): {"balance": 0, "nonce": 1, "code": _SIX, "storage": {}} for each in stubs - {address}}
    state: Any = chain.from_genesis(get_db_backend(), genesis, accounts).get_vm().state
    sender = Address(b"\x01" * 20)
    message = Message(
        gas=_GAS,
        to=CREATE_CONTRACT_ADDRESS,
        sender=sender,
        value=0,
        data=b"",
        code=data,
        create_address=Address(address),
    )
    context = state.transaction_context_class(gas_price=0, origin=sender, blob_versioned_hashes=())
    return state.computation_class.apply_create_message(state, message, context)


def _bytes(address: str) -> bytes:
    return bytes.fromhex(address[2:])

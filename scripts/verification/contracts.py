"""Code, creation and immutables of each contract of a record."""

from __future__ import annotations

from collections.abc import Iterator

from eth_abi.exceptions import EncodingError
from eth_utils.crypto import keccak

from ifx_sdk.artifacts import artifact, codec
from ifx_sdk.client import IFX
from ifx_sdk.contract import Contract
from ifx_sdk.deployment import DeployedContract, Deployment
from scripts.verification.expected_code import expected_code
from scripts.verification.rows import Row, Verdict, compared

_PLACES = {"FixingOracle": "oracle", "ForwardEscrow": "escrow", "Timelock": "timelock", "TestUSDT": "token"}
"""Contract -> the record's key of its address."""
OWN = ("FixingOracle", "ForwardEscrow", "Timelock")
"""What every deployment has created; a token may have been there before."""


def record_rows(record: Deployment) -> Iterator[Row]:
    """Whether the record agrees with itself: each contract once with its arguments, each address one and the same."""
    problems = list(_problems(record))
    names = [each.name for each in record.contracts]
    verdict = Verdict.FAIL if problems else Verdict.PASS
    yield Row(item="record: contracts", verdict=verdict, found=", ".join(names), why="; ".join(problems))
    if problems:
        return
    made = {each.name: each for each in record.contracts}
    for name, contract in made.items():
        yield compared(f"record: {_PLACES[name]}", getattr(record, _PLACES[name]), contract.address)
    escrow = made["ForwardEscrow"].arguments
    wanted = (record.token, record.oracle, made["FixingOracle"].arguments["owner"])
    yield compared("record: token, oracle and deployer of the escrow", wanted, tuple(escrow.values())[:3])
    owned = (record.oracle, record.escrow)
    yield compared("record: what the timelock took over", owned, made["Timelock"].arguments["owned"])


def _problems(record: Deployment) -> Iterator[str]:
    names = [each.name for each in record.contracts]
    yield from (f"{name} stands in it {names.count(name)} times, not once" for name in OWN if names.count(name) != 1)
    for each in record.contracts:
        if each.name not in _PLACES:
            yield f"{each.name} is no contract of ours"
        elif not _fits(each):
            yield f"the arguments of {each.name} are not those of its constructor"


def _fits(contract: DeployedContract) -> bool:
    inputs = next((each["inputs"] for each in artifact(contract.name).abi if each["type"] == "constructor"), [])
    named = [each["name"] for each in inputs] if isinstance(inputs, list) else []
    if named != list(contract.arguments):
        return False
    try:
        codec(contract.name).encode_constructor(list(contract.arguments.values()))
    except (EncodingError, TypeError, ValueError):
        return False
    return True


def code_rows(ifx: IFX, contract: DeployedContract) -> Iterator[Row]:
    """One contract: how it was compiled, the code at its address, and the transaction that created it."""
    name, compiled = contract.name, artifact(contract.name)
    made = (contract.compiler, contract.evm_version, contract.optimization, contract.integrity)
    packaged = (compiled.compiler, compiled.evm_version, compiled.optimization, compiled.integrity)
    yield compared(f"{name}: compiler, settings, sources", made, packaged)
    code = ifx.chain.code(contract.address)
    found = "0x" + keccak(code).hex()
    yield compared(f"{name}: code hash", contract.code_hash, found)
    wanted = expected_code(contract, ifx.deployment.chain_id)
    summary = f"{len(code):,} bytes, as artifact and arguments give them" if code == wanted else f"{len(code):,} bytes"
    why = "" if code == wanted else "the code differs from what artifact and arguments give at this address"
    verdict = Verdict.PASS if code == wanted else Verdict.FAIL
    yield Row(item=f"{name}: code", verdict=verdict, found=summary, why=why)
    yield _creation(ifx, contract)


def _creation(ifx: IFX, contract: DeployedContract) -> Row:
    item = f"{contract.name}: constructor arguments"
    sent, receipt = ifx.chain.node.transaction(contract.tx_hash), ifx.chain.node.receipt(contract.tx_hash)
    if sent is None or receipt is None:
        why = "the node does not know the transaction that created it"
        return Row(item=item, verdict=Verdict.FAIL, found=contract.tx_hash, why=why)
    arguments = codec(contract.name).encode_constructor(list(contract.arguments.values()))
    problems = [
        why
        for wrong, why in (
            (receipt.contract_address != contract.address, f"that transaction created {receipt.contract_address}"),
            (
                sent.data != artifact(contract.name).bytecode + arguments,
                "that transaction sent other code or arguments",
            ),
            (
                receipt.block_number <= ifx.deployment.block,
                f"it is in block {receipt.block_number}, before the record's",
            ),
        )
        if wrong
    ]
    verdict = Verdict.FAIL if problems else Verdict.PASS
    return Row(item=item, verdict=verdict, found=contract.tx_hash, why="; ".join(problems))


def immutable_rows(ifx: IFX) -> Iterator[Row]:
    """What escrow and oracle hold for ever, and the token's decimals."""
    record = ifx.deployment
    yield compared("escrow: token", record.token, ifx.escrow.token_address())
    yield compared("escrow: oracle", record.oracle, ifx.escrow.oracle_address())
    yield compared("token: decimals", 6, ifx.token.decimals())
    for name, contract in (("IFX Fixing Oracle", ifx.oracle), ("IFX Forward Escrow", ifx.escrow)):
        wanted = (name, "1", record.chain_id, contract.address)
        yield compared(f"{contract.codec.name}: signing domain", wanted, _domain(ifx, contract))


def _domain(ifx: IFX, contract: Contract) -> tuple[object, ...]:
    found = ifx.chain.call(contract.codec, contract.address, "eip712Domain")
    if not isinstance(found, tuple):
        raise TypeError(f"eip712Domain answered {found!r}")
    return found[1:5]

"""Chain 31337 only: post fixings with well-known keys, move time, hand out test money.

Account numbers are those of `ifx_sdk.devkeys`, which anvil and the in-process chain fund alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import DEVNET_CHAIN_ID, DeployPlan, Listing, deploy
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.errors import BadTime, BadValue, DevnetOnly, RpcError
from ifx_sdk.oracle import MAX_REPORTS
from ifx_sdk.outcomes import Outcome
from ifx_sdk.reports import Report, attest
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import parse_address
from ifx_sdk.timelock import Operation, OperationState, default_salt

DEPLOYER = 0
"""Proposer of the timelock, guardian and reviewer; pays for faucet and posts."""
DESK = 1
LONG = 2
SHORT = 3
NODES = (4, 5, 6, 7)
"""The four oracle nodes."""
FEE_RECIPIENT = 8
OUTSIDER = 9

UNDERLYINGS = ("openai/gpt-4.1", "openai/gpt-5.6-luna")
"""Listed where nothing else is asked for."""


def signer(index: int) -> KeySigner:
    """The signer of test account `index`."""
    return KeySigner.from_key(dev_key(index))


def plan(underlyings: Iterable[str | Listing] = UNDERLYINGS, network: str = "local") -> DeployPlan:
    """A plan in which the test accounts play every role."""
    listings = tuple(each if isinstance(each, Listing) else Listing(name=each) for each in underlyings)
    return DeployPlan(
        network=network,
        desk=dev_address(DESK),
        guardian=dev_address(DEPLOYER),
        fee_recipient=dev_address(FEE_RECIPIENT),
        reviewer=dev_address(DEPLOYER),
        signers=tuple(dev_address(index) for index in NODES),
        proposers=(dev_address(DEPLOYER),),
        underlyings=listings,
    )


def start(chain: Chain, underlyings: Iterable[str | Listing] = UNDERLYINGS, path: Path | str | None = None) -> IFX:
    """Deploy everything on a local chain, write the deployment to `path` where one is given, and connect."""
    _only("deploying with well-known keys", chain)
    deployment = deploy(chain, signer(DEPLOYER), plan(underlyings))
    if path is not None:
        deployment.write(path)
    return IFX.connect(chain, deployment)


def post(ifx: IFX, prices: Mapping[str, int], day: int | None = None) -> tuple[Outcome, ...]:
    """Sign prices (name -> micro-USDT per Mtok) as the well-known nodes and post them, 8 to a transaction.

    `day` is a UTC day number, the chain's today where none is given. Raises `DevnetOnly`, and as `Oracle.post_many`
    does, `QuorumNotReached` where the registered nodes are others.
    """
    _only("posting with well-known keys", ifx.chain)
    on = day_of(ifx.chain.now()) if day is None else day
    domain, poster = ifx.oracle.domain(), ifx.as_signer(signer(DEPLOYER)).oracle
    registered = set(ifx.oracle.signers_on(on).signers)
    nodes = [signer(index) for index in range(10) if dev_address(index) in registered]
    reports = [
        Report(
            underlying=name,
            day=on,
            price=price,
            attestations=tuple(
                attest(node, domain, underlying=name, day=on, price=price, evidence=bytes(32)) for node in nodes
            ),
        )
        for name, price in prices.items()
    ]
    parts = [reports[first : first + MAX_REPORTS] for first in range(0, len(reports), MAX_REPORTS)]
    return tuple(poster.post_many(part) for part in parts)


def travel(ifx: IFX | Chain, to: int) -> None:
    """Mine a block at time `to`, unix seconds, on anvil or the in-process chain. Raises `DevnetOnly`, `BadTime`."""
    chain = ifx.chain if isinstance(ifx, IFX) else ifx
    _only("moving time", chain)
    if to <= chain.timestamp():
        raise BadTime(to, f"the chain's time is {chain.timestamp()} already", cure="Time moves forward only.")
    try:
        chain.node.request("evm_setNextBlockTimestamp", to)
    except RpcError as error:
        if error.code != -32601:
            raise
        # eth-tester, under Ape's own chain, has another word for it, and mines at once.
        chain.node.request("testing_timeTravel", to)
        return
    chain.node.request("evm_mine")


def by_owner(ifx: IFX, *calls: Call) -> tuple[Outcome, ...]:
    """Have the timelock make prepared calls: propose them, let its 7 days pass, execute them in order.

    `calls` come from `ifx.escrow.prepare` or `ifx.oracle.prepare`; time moves by the delay once for all of them.
    Raises `DevnetOnly`, `RoleMissing` where the well-known deployer is no proposer, and what a call is refused for.
    """
    _only("letting the timelock's delay pass", ifx.chain)
    timelock = ifx.as_signer(signer(DEPLOYER)).timelock
    proposed = []
    for call in calls:
        number = 0
        while timelock.state((operation := _operation(call, number)).id) is not OperationState.UNKNOWN:
            number += 1
        timelock.schedule(operation).confirmed()
        proposed.append(operation)
    travel(ifx, ifx.chain.timestamp() + timelock.delay())
    return tuple(timelock.execute(timelock.operation(each.id)).confirmed() for each in proposed)


def _operation(call: Call, number: int) -> Operation:
    if call.to is None:
        raise BadValue(call.name, "the timelock creates no contracts", cure="Give it a call of a contract.")
    return Operation(target=call.to, payload=call.data, salt=default_salt(number))


def faucet(ifx: IFX, account: str, *, usdt: int = 0, eth: int = 0) -> tuple[Outcome, ...]:
    """Give an account test money: `usdt` micro-USDT, minted, and `eth` wei. Raises `DevnetOnly`."""
    _only("handing out money", ifx.chain)
    receiver, payer = parse_address(account), signer(DEPLOYER)
    calls = []
    if usdt:
        data = codec("TestUSDT").encode_call("mint", [receiver, usdt])
        calls.append(Call(name="TestUSDT.mint", to=ifx.deployment.token, data=data))
    if eth:
        calls.append(Call(name="faucet", to=receiver, data=b"", value=eth))
    return tuple(ifx.chain.send(call, payer).confirmed() for call in calls)


def _only(action: str, chain: Chain) -> None:
    if chain.chain_id != DEVNET_CHAIN_ID:
        raise DevnetOnly(action, chain.chain_id)

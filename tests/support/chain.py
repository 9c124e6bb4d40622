"""Chains for tests: the in-process one, and anvil where its binary is found; under `ape test`, the one that Ape has.

`chain` is a `Chain` on each of them in turn, back at its first block for every test, `node_url` its address; `ifx` is a
whole deployment on `chain`.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from support.faults import answering, serving
from support.pools import come_to_rest

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.local_chain import LocalChain
from scripts.anvil import MISSING, find_anvil, free_port, running

START = 1784073600
"""2026-07-15 00:00:00 UTC."""
DAY = 86_400
GPT = "openai/gpt-4.1"
LUNA = "openai/gpt-5.6-luna"
FUNDS = 100_000_000 * 10**6
"""micro-USDT that each party has in its wallet."""

KINDS = ("ape",) if "ape.pytest.plugin" in sys.modules else ("in_process", "anvil")


class Parties(NamedTuple):
    """One deployment as each role sees it."""

    long: IFX
    short: IFX
    desk: IFX
    outsider: IFX
    deployer: IFX


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    """A running anvil at `START`; skips loudly where there is none, and fails in CI."""
    port = free_port()
    with running(anvil_binary(), port, timestamp=START):
        yield f"http://127.0.0.1:{port}"


def anvil_binary() -> Path:
    """The anvil binary; skips loudly where there is none, and fails in CI."""
    binary = find_anvil()
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return binary


@pytest.fixture(scope="session")
def local_session() -> LocalChain:
    """The in-process chain, made once."""
    return LocalChain(timestamp=START)


@pytest.fixture
def local(local_session: LocalChain) -> Iterator[LocalChain]:
    """The in-process chain at its first block."""
    local_session.automine = True
    mark = local_session.snapshot()
    yield local_session
    local_session.automine = True
    local_session.revert(mark)


@pytest.fixture
def own_anvil() -> Iterator[Chain]:
    """An anvil of the test's own, for what no snapshot undoes: base fees, rollbacks, forks."""
    with running(anvil_binary(), free_port(), timestamp=START) as (found, _):
        yield found


@pytest.fixture
def anvil(anvil_url: str) -> Iterator[Chain]:
    """anvil at its first block."""
    chain = Chain(anvil_url, chain_id=31337).connect()
    mark = chain.node.request("evm_snapshot")
    yield chain
    come_to_rest(chain)
    chain.node.request("evm_revert", mark)
    chain.node.request("evm_setAutomine", True)


@pytest.fixture(params=KINDS)
def chain(request: pytest.FixtureRequest) -> Chain:
    """A chain at its first block, of each kind in turn; Ape's is at the time of its clock."""
    if request.param == "ape":
        from ape import networks

        return Chain(networks.provider.web3, chain_id=31337).connect()
    if request.param == "anvil":
        found: Chain = request.getfixturevalue("anvil")
        return found
    return Chain(request.getfixturevalue("local").web3, chain_id=31337).connect()


@pytest.fixture(params=KINDS)
def node_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a node at its first block, of each kind in turn: for commands, which take nothing else."""
    if request.param == "ape":
        pytest.skip("Ape's chain may have no URL")
    if request.param == "anvil":
        found: Chain = request.getfixturevalue("anvil")
        yield str(found.web3.provider.endpoint_uri)  # type: ignore[attr-defined]  # an HTTPProvider
        return
    with serving(answering(request.getfixturevalue("local").web3)) as url:
        yield url


@pytest.fixture
def ifx(chain: Chain) -> IFX:
    """Everything deployed and listed on `chain`; today's fixings posted at 8.00 and 6.00."""
    found = devnet.start(chain, [GPT, LUNA])
    devnet.post(found, {GPT: 8_000_000, LUNA: 6_000_000})
    return found


@pytest.fixture
def parties(ifx: IFX) -> Parties:
    """The roles, with long and short funded and their allowance unlimited."""
    found = Parties(
        *(
            ifx.as_signer(devnet.signer(index))
            for index in (devnet.LONG, devnet.SHORT, devnet.DESK, devnet.OUTSIDER, devnet.DEPLOYER)
        )
    )
    for party in (found.long, found.short):
        devnet.faucet(ifx, party.account, usdt=FUNDS)
        for outcome in party.token.allow(2**256 - 1):
            outcome.confirmed()
    return found

"""A desk on a deployment of the in-process chain, on SQLite and on PostgreSQL in turn."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from support.chain import GPT, LUNA, START
from support.desk import client_of, desk_on

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deployment import Deployment
from ifx_sdk.local_chain import LocalChain
from otc_desk.desk import Desk


@pytest.fixture(scope="session")
def desk_chain() -> tuple[LocalChain, Deployment]:
    """A chain with everything on it, made once: deploying takes two seconds, and a test of a route a tenth of one."""
    chain = LocalChain(timestamp=START)
    found = devnet.start(Chain(chain.web3, chain_id=31337).connect(), [GPT, LUNA])
    devnet.post(found, {GPT: 8_000_000, LUNA: 6_000_000})
    return chain, found.deployment


@pytest.fixture
def local(desk_chain: tuple[LocalChain, Deployment]) -> Iterator[LocalChain]:
    """The in-process chain as it is behind the deployment."""
    chain, _ = desk_chain
    mark = chain.snapshot()
    yield chain
    chain.automine = True
    chain.revert(mark)


@pytest.fixture
def deployed(local: LocalChain, desk_chain: tuple[LocalChain, Deployment]) -> IFX:
    """Everything deployed on the in-process chain; today's fixings at 8.00 and 6.00."""
    return IFX.connect(Chain(local.web3, chain_id=31337).connect(), desk_chain[1])


@pytest.fixture
def desk(database_url: str, deployed: IFX) -> Iterator[Desk]:
    """A desk on each database in turn."""
    with desk_on(database_url, deployed) as found:
        yield found


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """The desk's application."""
    return client_of(desk)

"""A desk on the in-process chain with a database file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.chain import GPT, LUNA
from support.desk import client_of, desk_on, sqlite

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.local_chain import LocalChain
from otc_desk.desk import Desk


@pytest.fixture
def deployed(local: LocalChain) -> IFX:
    """Everything deployed on the in-process chain; today's fixings at 8.00 and 6.00."""
    found = devnet.start(Chain(local.web3, chain_id=31337).connect(), [GPT, LUNA])
    devnet.post(found, {GPT: 8_000_000, LUNA: 6_000_000})
    return found


@pytest.fixture
def desk(tmp_path: Path, deployed: IFX) -> Iterator[Desk]:
    """A desk on SQLite."""
    with desk_on(sqlite(tmp_path), deployed) as found:
        yield found


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """The desk's application."""
    return client_of(desk)

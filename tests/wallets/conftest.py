"""Real wallets on a real node: a market on anvil, made once for each file and put back for each test."""

from collections.abc import Iterator

import pytest
from support.market import Market, kept, open_market
from support.packages import npm_package
from support.safe import Safe, SafeContracts

from ifx_sdk.chain import Chain
from ifx_sdk.signers import KeySigner
from scripts.npm import SAFE


def owner(number: int) -> KeySigner:
    """The key of an owner, who needs no gas."""
    return KeySigner.from_key(bytes([number]) * 32)


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest) -> Iterator[Market]:
    """The market, for all tests of a file: on anvil, or in process where a test asks for it (`support.market.BOTH`)."""
    if getattr(request, "param", "anvil") == "anvil":
        chain = Chain(request.getfixturevalue("anvil_url"), chain_id=31337).connect()
    else:
        chain = Chain(request.getfixturevalue("local_session").web3, chain_id=31337).connect()
    with kept(chain):
        yield open_market(chain)


@pytest.fixture(scope="module")
def safe_contracts(opened: Market) -> SafeContracts:
    """What Safes run on."""
    return SafeContracts(opened.chain, npm_package(SAFE), opened.payer)


@pytest.fixture(scope="module")
def safes(opened: Market, safe_contracts: SafeContracts) -> dict[str, Safe]:
    """Funded Safes by their size; no two share an owner."""
    made = {
        "2-of-3": safe_contracts.create([owner(number) for number in (1, 2, 3)], 2),
        "3-of-5": safe_contracts.create([owner(number) for number in (11, 12, 13, 14, 15)], 3),
    }
    for safe in made.values():
        opened.fund(safe)
    return made


@pytest.fixture
def market(opened: Market) -> Iterator[Market]:
    """The market at its beginning."""
    with kept(opened.chain):
        yield opened

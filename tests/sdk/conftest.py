"""A deployment on the in-process chain behind a URL, and a prompt for each of its roles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chain import GPT, LUNA, START
from support.commands import Shell, key_file
from support.faults import answering, serving

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.local_chain import LocalChain

ROLES = {"long": devnet.LONG, "short": devnet.SHORT, "desk": devnet.DESK, "outsider": devnet.OUTSIDER}


@pytest.fixture(scope="module")
def two_underlyings(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalChain, IFX, str]:
    """A chain, a deployment with two underlyings and its file; no fixing yet, long and short funded, all allowed."""
    local, path = LocalChain(timestamp=START), tmp_path_factory.mktemp("deployment") / "local.toml"
    found = devnet.start(Chain(local.web3), [GPT, LUNA], path)
    for index in (devnet.LONG, devnet.SHORT):
        side = found.as_signer(devnet.signer(index))
        devnet.faucet(found, side.account, usdt=10_000_000 * 10**6)
        for outcome in side.token.allow(2**256 - 1):
            outcome.confirmed()
    return local, found, str(path)


@pytest.fixture
def fresh_ifx(two_underlyings: tuple[LocalChain, IFX, str]) -> Iterator[IFX]:
    """The deployment as it was made."""
    local, found, _ = two_underlyings
    mark = local.snapshot()
    yield found
    local.revert(mark)


@pytest.fixture
def shells(fresh_ifx: IFX, two_underlyings: tuple[LocalChain, IFX, str], tmp_path: Path) -> Iterator[dict[str, Shell]]:
    """A prompt for each role."""
    with serving(answering(two_underlyings[0].web3)) as url:
        placed = Shell(env={"IFX_RPC": url, "IFX_DEPLOYMENT": two_underlyings[2]})
        yield {role: placed.having(IFX_KEY_FILE=key_file(tmp_path, index)) for role, index in ROLES.items()}

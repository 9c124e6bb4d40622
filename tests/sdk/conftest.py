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
from ifx_sdk.devkeys import dev_address
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


@pytest.fixture
def id_(fresh_ifx: IFX) -> str:
    """A booked forward of 100B tokens at 7.45, six months long; the outsider has money and has allowed nothing."""
    ifx = fresh_ifx
    devnet.post(ifx, {GPT: 8_000_000})
    devnet.faucet(ifx, dev_address(devnet.OUTSIDER), usdt=2_000_000 * 10**6)
    long, short, desk = (ifx.as_signer(devnet.signer(index)) for index in (devnet.LONG, devnet.SHORT, devnet.DESK))
    terms = ifx.terms(ifx.quote(GPT, 100_000, 6), long=long.account, short=short.account, price=7_450_000)
    desk.escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
    return "0x" + ifx.escrow.terms_id(terms).hex()


@pytest.fixture
def end(id_: str, shells: dict[str, Shell], tmp_path: Path) -> str:
    """A file of its termination at 4.32."""
    path = str(tmp_path / "termination.json")
    shells["outsider"].json("termination", id_, "--price", "4.32", "--out", path)
    return path


@pytest.fixture
def move(id_: str, shells: dict[str, Shell], tmp_path: Path) -> str:
    """A file of the novation of its long side to the outsider, for 125,000 USDT."""
    path, incoming = str(tmp_path / "novation.json"), dev_address(devnet.OUTSIDER)
    more = ("--payment", "125000.00", "--out", path)
    shells["desk"].json("novation", id_, "--outgoing", "long", "--incoming", incoming, *more)
    return path

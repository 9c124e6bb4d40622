"""Forwards of every kind, played once, and their bundles."""

from collections.abc import Mapping

import pytest
from support.packages import npm_package
from support.proofs import Story, World, open_world, play, play_safes
from support.safe import SafeContracts

from ifx_sdk import devnet
from ifx_sdk.bundle import Bundle
from ifx_sdk.signers import KeySigner
from scripts.npm import SAFE


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """On the chain in this process, with plain keys."""
    return play(open_world(tmp_path_factory.mktemp("nodes")))


@pytest.fixture(scope="session")
def world(story: Story) -> World:
    """Where it was played."""
    return story.world


@pytest.fixture(scope="session")
def bundles(story: Story) -> Mapping[str, Bundle]:
    """Every forward's bundle by its name."""
    return {name: story.world.bundle(id) for name, id in story.ids.items()}


@pytest.fixture(scope="session")
def safe_story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Two Safes, 2 of 3, as longs."""
    world = open_world(tmp_path_factory.mktemp("safes"))
    contracts = SafeContracts(world.chain, npm_package(SAFE), devnet.signer(devnet.OUTSIDER))
    safes = []
    for first in (1, 11):
        owners = [KeySigner.from_key(bytes([number]) * 32) for number in range(first, first + 3)]
        safe = contracts.create(owners, 2)
        devnet.faucet(world.ifx, safe.address, usdt=10**13)
        safe.act(world.ifx.token.prepare("approve", world.ifx.escrow.address, 10**13)).confirmed()
        safes.append(safe)
    return play_safes(world, safes)

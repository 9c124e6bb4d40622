"""The chains a story runs on: in process and anvil under pytest, Ape's own under `ape test`."""

import pytest

from ifx_sdk.chain import Chain

START = 1_784_073_600  # 2026-07-15 00:00 UTC
KINDS = ("in_process", "anvil")


def _under_ape(config: pytest.Config) -> bool:
    return config.pluginmanager.has_plugin("ape_test")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run of each story per chain."""
    if "story_chain" in metafunc.fixturenames:
        metafunc.parametrize("story_chain", ("ape",) if _under_ape(metafunc.config) else KINDS, indirect=True)


@pytest.fixture
def story_chain(request: pytest.FixtureRequest) -> Chain:
    """A chain on which nothing has happened yet."""
    if request.param == "ape":
        from ape import networks  # Ape is here only when it runs the story

        return Chain(networks.provider.web3, chain_id=31337).connect()
    if request.param == "anvil":
        found: Chain = request.getfixturevalue("anvil")
        return found
    return Chain(request.getfixturevalue("local").web3, chain_id=31337).connect()

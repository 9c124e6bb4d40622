"""Four forwards that can be settled, as they were for every test."""

from collections.abc import Iterator

import pytest
from support.chain import START
from support.keepers import Matured, matured

from ifx_sdk.local_chain import LocalChain


@pytest.fixture(scope="package")
def once() -> Matured:
    """Made once."""
    return matured(LocalChain(timestamp=START))


@pytest.fixture
def due(once: Matured) -> Iterator[Matured]:
    """Two forwards of each of two underlyings, a minute after their maturity."""
    once.local.automine = True
    mark = once.local.snapshot()
    yield once
    once.local.automine = True
    once.local.revert(mark)

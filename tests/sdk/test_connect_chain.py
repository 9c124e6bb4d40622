"""A chain of the user's own at the front door."""

from dataclasses import replace

import pytest

from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import WrongChain


def test_connect_keeps_the_chain_that_its_user_insists_on(ifx: IFX) -> None:
    """The same id passes; a deployment of another chain is refused, and the chain insists as before."""
    own = Chain(ifx.chain.web3, chain_id=31337)
    assert IFX.connect(own, ifx.deployment).chain is own
    with pytest.raises(WrongChain) as refused:
        IFX.connect(own, replace(ifx.deployment, chain_id=1))
    assert (refused.value.expected, refused.value.actual) == (1, 31337)
    assert own.expected_chain_id == 31337
    mistaken = Chain(ifx.chain.web3, chain_id=1)
    with pytest.raises(WrongChain):
        IFX.connect(mistaken, ifx.deployment)
    assert mistaken.expected_chain_id == 1


def test_connect_checks_a_chain_that_takes_the_nodes_id(ifx: IFX) -> None:
    """The deployment's id is insisted on from then on, and only where it is the node's."""
    own = Chain(ifx.chain.web3)
    with pytest.raises(WrongChain):
        IFX.connect(own, replace(ifx.deployment, chain_id=1))
    assert own.expected_chain_id is None
    assert IFX.connect(own, ifx.deployment).chain.expected_chain_id == 31337

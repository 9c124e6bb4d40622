"""The same on a real node, whose blocks hold several transactions and whose answers were written by others."""

from pathlib import Path

from support.proofs import AFTER, open_world

from ifx_sdk import devnet
from ifx_sdk.bundle import Verdict, unpack, verify
from ifx_sdk.chain import Chain
from ifx_sdk.errors import RpcError


def test_a_node_proves_a_forward(anvil: Chain, tmp_path: Path) -> None:
    """Its headers, tries and storage proofs are rebuilt to the roots that it states; a busy block is one of them."""
    world = open_world(tmp_path, anvil)
    id = world.book()
    world.travel(world.ifx.escrow.forward(id).maturity + 60)
    world.post(AFTER)
    anvil.node.request("evm_setAutomine", False)
    for index in (devnet.OUTSIDER, devnet.LONG, devnet.SHORT, devnet.FEE_RECIPIENT):
        party = world.party(index)
        call = party.escrow.prepare("settle_many", [id]) if index == devnet.OUTSIDER else None
        anvil.send(
            call or party.token.prepare("approve", world.ifx.escrow.address, 0), devnet.signer(index), wait=False
        )
    anvil.node.request("evm_mine")
    anvil.node.request("evm_setAutomine", True)
    bundle = world.bundle(id)
    found = verify(unpack(bundle.pack()), deployment=world.ifx.deployment)
    assert (found.verdict, found.mismatch) == (Verdict.PASS, None)
    settled = world.ifx.escrow.settlement(id)
    assert settled is not None
    assert bundle.state == settled.block_number
    assert len(anvil.node.transactions(settled.block_number)) == 4


def test_a_node_without_old_state_is_asked_for_newer(anvil: Chain, tmp_path: Path) -> None:
    """Records and fixings are written once: a later block's state proves them as well."""
    world = open_world(tmp_path, anvil)
    id = world.book()
    world.travel(world.ifx.escrow.forward(id).maturity + 60)
    world.post(AFTER)
    world.settle(id)
    settled = world.ifx.escrow.settlement(id)
    assert settled is not None
    world.travel(anvil.now() + 60)
    request = anvil.node.request

    def pruned(method: str, *params: object) -> object:
        if method == "eth_getProof" and params[2] == hex(settled.block_number):
            raise RpcError(method, "missing trie node")
        return request(method, *params)

    anvil.node.request = pruned  # type: ignore[method-assign]  # as a node that keeps 128 states
    found = verify(world.bundle(id))
    assert (found.verdict, found.mismatch) == (Verdict.PASS, None)

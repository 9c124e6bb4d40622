"""From how a forward ended back to the raw pages: every kind passes, each step told."""

import socket
from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.proofs import Story, World

from ifx_sdk import devnet
from ifx_sdk.bundle import Bundle, End, Verdict, Verified, confirm, gather, unpack, verify
from ifx_sdk.devkeys import dev_address

LONG, SHORT, THIRD = (dev_address(index) for index in (devnet.LONG, devnet.SHORT, devnet.FEE_RECIPIENT))


def told(found: Verified) -> dict[str, str]:
    """The steps by name; of those with one name the last."""
    return {each.what: each.text for each in found.steps}


def test_a_point_forward_passes_step_by_step(bundles: Mapping[str, Bundle], story: Story) -> None:
    """The whole way back, in words."""
    found = verify(bundles["point"])
    escrow = story.world.ifx.escrow
    settled, booked = escrow.settlement(story.ids["point"]), escrow.booked(story.ids["point"])
    assert settled is not None
    assert booked is not None
    assert (found.verdict, found.end, found.mismatch, found.missing) == (Verdict.PASS, End.SETTLED, None, ())
    assert found.signers == tuple(sorted(dev_address(index) for index in devnet.NODES[:3]))
    assert [(each.what, each.text) for each in found.steps] == [
        ("bundle", f"{len(bundles['point'].parts)} parts as bundle.json names them, {len(found.blocks)} block headers"),
        ("settled", f"at F_ref 4.32 USD/Mtok in transaction {settled.tx_hash} of block {settled.block_number}"),
        (
            "stored record",
            f"100B tokens at 7.71 USD/Mtok, S0 8.00 USD/Mtok, status 3, proven in block {settled.block_number}",
        ),
        (
            "terms",
            "their EIP-712 digest is the id: 100B tokens of openai/gpt-4.1 at F 7.71 USD/Mtok, maturity 2026-10-15",
        ),
        ("long approved", f"signed: {LONG} signed the digest"),
        ("short approved", f"signed: {SHORT} signed the digest"),
        (
            "booking",
            f"2026-07-15 12:00:16 UTC in {booked.tx_hash}; each side locked 800,000.000000 USDT, fee 7,710.000000 USDT",
        ),
        ("spot", "8.00 USD/Mtok is the fixing of 2026-07-15, the day of booking"),
        (
            "settlement price",
            "4.32 USD/Mtok: the fixing of 2026-10-16; 1 without a fixing took a later one",
        ),
        ("fixings", "2, each posted on its day at the stored price"),
        ("signatures", "6, each of another registered node of its day; 2 signer sets were in force"),
        ("evidence", "6 of 6 nodes' windows are here whole, each median computed again"),
        ("pages", "2 pages hash to what the windows name; 78 slots were read again"),
        ("payoff", "long 461,000.000000 USDT, short 1,139,000.000000 USDT: together 2B"),
    ]


@pytest.mark.parametrize("name", ["point", "average", "on_chain", "novated", "terminated", "active"])
def test_every_kind_passes_offline(bundles: Mapping[str, Bundle], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the file's bytes alone, with no socket to be had; the blocks alone are for a node to confirm."""
    data = bundles[name].pack()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    found = verify(unpack(data))
    assert (found.verdict, found.mismatch, found.confirmed) == (Verdict.PASS, None, frozenset())


def test_an_average_is_computed_again_with_its_fallbacks(bundles: Mapping[str, Bundle]) -> None:
    """One day falls back to the 9th, three take a later one: (8.00 + 4 x 4.32) / 5."""
    assert told(verify(bundles["average"]))["settlement price"] == (
        "5.056 USD/Mtok: the mean of 5 days, 2026-10-11 to 2026-10-15; "
        "3 without a fixing took a later one; 1 without a fixing took the newest earlier one"
    )


def test_an_approval_on_chain_is_found(bundles: Mapping[str, Bundle]) -> None:
    """The long approved by a transaction of its own, which the bundle proves."""
    text = told(verify(bundles["on_chain"]))["long approved"]
    assert text.startswith(f"on chain: {LONG} approved on chain in 0x")


def test_a_novation_is_walked(bundles: Mapping[str, Bundle]) -> None:
    """All three approved it, and the newcomer is who is stored and paid."""
    found = told(verify(bundles["novated"]))
    assert found["novation: outgoing approved"] == f"signed: {LONG} signed the digest"
    assert found["novation: incoming approved"].startswith(f"on chain: {THIRD} approved")
    assert found["novation: remaining approved"] == f"signed: {SHORT} signed the digest"
    assert found["novation"].startswith(f"{THIRD} is the long since 2026-07-15 12:00:")


def test_a_termination_is_walked_to_its_agreed_price(bundles: Mapping[str, Bundle]) -> None:
    """No fixing but the booking's counts; both signed the price."""
    found = verify(bundles["terminated"])
    assert found.end is End.TERMINATED
    assert told(found)["terminated"].startswith("at 7.00 USD/Mtok in transaction 0x")
    assert told(found)["termination: long approved"] == f"signed: {LONG} signed the digest"
    assert told(found)["payoff"] == "long 729,000.000000 USDT, short 871,000.000000 USDT: together 2B"
    assert "settlement price" not in told(found)


def test_what_is_not_settled_is_verified_to_its_booking(bundles: Mapping[str, Bundle]) -> None:
    """It says that nothing has ended, and where that was seen."""
    found = verify(bundles["active"])
    assert (found.verdict, found.end) == (Verdict.PASS, End.ACTIVE)
    assert told(found)["ending"].startswith("none yet: active at 2026-10-16 00:0")


def test_the_same_inputs_give_the_same_bytes(story: Story, bundles: Mapping[str, Bundle]) -> None:
    """Of a forward that has ended; whatever came after it on the chain."""
    for name in ("point", "average", "novated"):
        assert story.world.bundle(story.ids[name]).pack() == bundles[name].pack()


def test_a_node_confirms_every_block(world: World, bundles: Mapping[str, Bundle]) -> None:
    """And one that has another block at a height is told, with both hashes."""
    found = verify(bundles["point"])
    confirm(found, dict(found.blocks).get, "a node")
    assert found.confirmed == {hash for _, hash in found.blocks}
    other = verify(bundles["point"])
    confirm(other, lambda number: "0x" + "11" * 32, "a node")
    assert other.mismatch is not None
    assert (other.verdict, other.mismatch.expected) == (Verdict.FAIL, "0x" + "11" * 32 + " (a node)")


def test_the_deployments_addresses_and_code_are_held(world: World, bundles: Mapping[str, Bundle]) -> None:
    """With the deployment's file; of another deployment the first difference is told."""
    found = verify(bundles["point"], deployment=world.ifx.deployment)
    assert told(found)["contracts"] == "escrow and oracle, and their code, are those of local"
    other = verify(bundles["point"], deployment=replace(world.ifx.deployment, escrow=LONG))
    assert other.mismatch is not None
    assert (other.mismatch.step, other.mismatch.expected) == ("escrow", LONG)


def test_without_evidence_nothing_is_claimed(story: Story) -> None:
    """The chain's part holds; the pages are named as missing, and the verdict is NOT PROVEN."""
    gathered = gather(story.world.ifx, story.ids["point"], [])
    found = verify(gathered.bundle)
    assert (found.verdict, found.mismatch, found.unproven) == (Verdict.NOT_PROVEN, None, ("2026-07-15", "2026-10-16"))
    assert len(found.missing) == 6
    assert len(gathered.missing) == 6


def test_one_nodes_evidence_is_enough(story: Story) -> None:
    """A quorum signed one price: one whole window proves it; what the others keep is named."""
    gathered = gather(story.world.ifx, story.ids["point"], story.world.sources()[1:2])
    found = verify(gathered.bundle)
    assert (found.verdict, len(found.missing)) == (Verdict.PASS, 4)


def test_safes_are_verified_by_signature_and_on_chain(safe_story: Story) -> None:
    """ERC-1271 names the owners who signed; the other Safe's own transaction is its approval."""
    texts = {}
    for name in ("safe", "safe_on_chain"):
        found = verify(safe_story.world.bundle(safe_story.ids[name]))
        assert (found.verdict, found.mismatch) == (Verdict.PASS, None)
        texts[name] = told(found)["long approved"]
    assert "accepted 130 bytes when the escrow asked it (ERC-1271); as a Safe's they are signatures of" in texts["safe"]
    assert texts["safe_on_chain"].startswith("on chain: ")

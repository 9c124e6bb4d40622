"""`set_reviewer`: who posts underlyings that require review."""

import pytest
from support.protocol import GPT, INDEX, SPOT, ZERO, Protocol, party, refused


def test_the_new_reviewer_posts_and_the_old_does_not(protocol: Protocol) -> None:
    """From the same block on."""
    heir = party("new reviewer")
    receipt = protocol.send(protocol.oracle.set_reviewer, heir, by=protocol.owner)
    assert receipt.events == [
        ("oracle", "ReviewerSet", {"previous": protocol.reviewer.address, "reviewer": heir.address})
    ]
    assert protocol.oracle.reviewer() == heir.address
    attestations = protocol.attest(SPOT, underlying=INDEX)
    with refused("oracle: not the reviewer"):
        protocol.oracle.post(INDEX, protocol.today, SPOT, attestations, sender=protocol.reviewer.address)
    protocol.oracle.post(INDEX, protocol.today, SPOT, attestations, sender=heir.address)


def test_without_a_reviewer_all_reviewed_ones_are_withheld(protocol: Protocol) -> None:
    """And only those."""
    protocol.oracle.set_reviewer(ZERO, sender=protocol.owner.address)
    for who in (protocol.reviewer, protocol.owner):
        with refused("oracle: not the reviewer"):
            protocol.oracle.post(
                INDEX, protocol.today, SPOT, protocol.attest(SPOT, underlying=INDEX), sender=who.address
            )
    protocol.post()
    assert protocol.oracle.fixing(GPT, protocol.today).posted


@pytest.mark.parametrize("role", ["reviewer", "desk", "outsider"])
def test_set_reviewer_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone, not the reviewer himself."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.oracle.set_reviewer, protocol.outsider, by=getattr(protocol, role))
    assert protocol.oracle.reviewer() == protocol.reviewer.address

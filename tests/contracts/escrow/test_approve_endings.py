"""`approve_termination`, `approve_novation`, their revocations and hash views."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from support.protocol import SPOT, Party, Protocol, Receipt, refused

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.terms import Terms

REVOKED = 1


class Kind(NamedTuple):
    """How one kind of message is made, approved, revoked and executed."""

    name: str
    make: Callable[[Protocol, Terms], Any]
    execute: Callable[..., Receipt]
    roles: dict[str, str]
    """What it calls each party -> the role of the tests."""

    def approve(self, protocol: Protocol, message: Any, by: Party) -> Receipt:
        return protocol.send(getattr(protocol.escrow, f"approve_{self.name}"), message.as_tuple(), by=by)

    def revoke(self, protocol: Protocol, message: Any, by: Party) -> Receipt:
        return protocol.send(getattr(protocol.escrow, f"revoke_{self.name}"), message.as_tuple(), by=by)


TERMINATION = Kind("termination", Protocol.termination, Protocol.terminate, {"long": "long", "short": "short"})
NOVATION = Kind(
    "novation",
    Protocol.novation,
    Protocol.novate,
    {"outgoing": "long", "incoming": "outsider", "remaining": "short"},
)
KINDS = pytest.mark.parametrize("kind", [TERMINATION, NOVATION], ids=lambda kind: kind.name)
EACH = pytest.mark.parametrize(
    ("kind", "role"),
    [(kind, role) for kind in (TERMINATION, NOVATION) for role in kind.roles],
    ids=lambda value: value if isinstance(value, str) else value.name,
)


def named(protocol: Protocol, kind: Kind, role: str) -> Party:
    found: Party = getattr(protocol, kind.roles[role])
    return found


@EACH
def test_each_named_party_approves_on_chain(open_day: Protocol, kind: Kind, role: str) -> None:
    """Then its bytes may be empty, and the event tells an indexer."""
    terms, _ = open_day.booked()
    message, who = kind.make(open_day, terms), named(open_day, kind, role)
    digest = open_day.digest_of(message)
    with refused(f"escrow: {role} has not agreed"):
        kind.execute(open_day, message, **{role: b""})
    receipt = kind.approve(open_day, message, who)
    assert receipt.events == [("escrow", "Approved", {"id": digest, "account": who.address})]
    assert open_day.escrow.is_approved(digest, who.address)
    kind.execute(open_day, message, **{role: b""})


@KINDS
def test_approving_on_chain_by_all_needs_no_signature(open_day: Protocol, kind: Kind) -> None:
    """And approving twice is the same as once."""
    terms, _ = open_day.booked()
    message = kind.make(open_day, terms)
    for role in kind.roles:
        kind.approve(open_day, message, named(open_day, kind, role))
        kind.approve(open_day, message, named(open_day, kind, role))
    kind.execute(open_day, message, **dict.fromkeys(kind.roles, b""))


@EACH
def test_each_named_party_revokes_for_all(open_day: Protocol, kind: Kind, role: str) -> None:
    """Signatures and approvals on chain are void together; a new salt makes another message."""
    terms, forward_id = open_day.booked()
    message, who = kind.make(open_day, terms), named(open_day, kind, role)
    digest = open_day.digest_of(message)
    for each in kind.roles:
        kind.approve(open_day, message, named(open_day, kind, each))
    receipt = kind.revoke(open_day, message, who)
    assert receipt.events == [("escrow", "Revoked", {"id": digest, "account": who.address})]
    assert open_day.escrow.forward(digest).status == REVOKED
    before, record = open_day.money(), open_day.escrow.forward(forward_id)
    with refused("escrow: message revoked"):
        kind.execute(open_day, message)
    assert (open_day.money(), open_day.escrow.forward(forward_id)) == (before, record)
    kind.execute(open_day, replace(message, salt=b"\xff" * 32))


@KINDS
def test_a_message_can_be_revoked_before_its_forward_is_booked(open_day: Protocol, kind: Kind) -> None:
    """Who signed ahead can still withdraw."""
    terms = open_day.terms()
    message = kind.make(open_day, terms)
    kind.approve(open_day, message, open_day.short)
    kind.revoke(open_day, message, open_day.short)
    open_day.book(terms)
    with refused("escrow: message revoked"):
        kind.execute(open_day, message)


@KINDS
@pytest.mark.parametrize("role", ["desk", "owner", "guardian", "reviewer"])
def test_a_message_of_others_is_neither_approved_nor_revoked(open_day: Protocol, kind: Kind, role: str) -> None:
    """It still executes."""
    terms, _ = open_day.booked()
    message = kind.make(open_day, terms)
    with refused("escrow: not a side"):
        kind.approve(open_day, message, getattr(open_day, role))
    with refused("escrow: only a side revokes"):
        kind.revoke(open_day, message, getattr(open_day, role))
    kind.execute(open_day, message)


@KINDS
def test_an_outsiders_own_message_does_not_touch_another(open_day: Protocol, kind: Kind) -> None:
    """Naming oneself makes another digest."""
    terms, _ = open_day.booked()
    message = kind.make(open_day, terms)
    mine = replace(message, **{next(iter(kind.roles)): open_day.desk.address})
    kind.revoke(open_day, mine, open_day.desk)
    kind.execute(open_day, message)


@KINDS
def test_a_revocation_is_final(open_day: Protocol, kind: Kind) -> None:
    """Neither approved nor revoked again, by anyone it names."""
    terms, _ = open_day.booked()
    message = kind.make(open_day, terms)
    kind.revoke(open_day, message, open_day.long)
    for role in kind.roles:
        with refused("escrow: approval too late"):
            kind.approve(open_day, message, named(open_day, kind, role))
        with refused("escrow: revocation too late"):
            kind.revoke(open_day, message, named(open_day, kind, role))


@KINDS
def test_what_was_executed_is_neither_approved_nor_revoked(open_day: Protocol, kind: Kind) -> None:
    """Nobody is told that it withdrew from what has happened."""
    terms, _ = open_day.booked()
    message = kind.make(open_day, terms)
    kind.execute(open_day, message)
    with refused("escrow: approval too late"):
        kind.approve(open_day, message, open_day.short)
    with refused("escrow: revocation too late"):
        kind.revoke(open_day, message, open_day.short)


@KINDS
@pytest.mark.parametrize("ending", ["settled", "terminated"])
def test_a_message_about_an_ended_forward_is_over(open_day: Protocol, kind: Kind, ending: str) -> None:
    """There is nothing left to approve or to withdraw from."""
    terms, forward_id = open_day.booked()
    message = kind.make(open_day, terms)
    if ending == "terminated":
        open_day.terminate(open_day.termination(terms))
    else:
        open_day.mature(terms, SPOT)
        open_day.send(open_day.escrow.settle, forward_id, by=open_day.desk)
    with refused("escrow: approval too late"):
        kind.approve(open_day, message, open_day.short)
    with refused("escrow: revocation too late"):
        kind.revoke(open_day, message, open_day.short)


def test_a_novation_of_one_who_has_left_is_over(open_day: Protocol) -> None:
    """It can never be executed; the same party's termination only names the wrong side."""
    terms, _ = open_day.booked()
    other, ending = open_day.novation(terms, payment=0), open_day.termination(terms)
    open_day.novate(open_day.novation(terms))
    with refused("escrow: approval too late"):
        NOVATION.approve(open_day, other, open_day.short)
    with refused("escrow: revocation too late"):
        NOVATION.revoke(open_day, other, open_day.short)
    TERMINATION.revoke(open_day, ending, open_day.long)


def test_the_hash_views_answer_the_digests(open_day: Protocol) -> None:
    """As the SDK computes them, for any fields."""
    terms = open_day.terms()
    for message in (
        open_day.termination(terms),
        Termination(
            forward=b"\xff" * 32, long=terms.long, short=terms.long, price=2**256 - 1, deadline=0, salt=b"\0" * 32
        ),
    ):
        assert open_day.escrow.termination_hash(message.as_tuple()) == open_day.digest_of(message)
    for novation in (
        open_day.novation(terms),
        Novation(
            forward=b"\xff" * 32,
            outgoing=terms.long,
            incoming=terms.long,
            remaining=terms.short,
            payment=2**256 - 1,
            deadline=0,
            salt=b"\0" * 32,
        ),
    ):
        assert open_day.escrow.novation_hash(novation.as_tuple()) == open_day.digest_of(novation)


def test_an_approval_of_one_kind_counts_for_no_other(open_day: Protocol) -> None:
    """A termination and a novation with the same words have different digests; so have the terms."""
    terms, forward_id = open_day.booked()
    ending = open_day.termination(terms)
    move = open_day.novation(terms)
    assert len({forward_id, open_day.digest_of(ending), open_day.digest_of(move)}) == 3
    with refused("escrow: long has not agreed"):
        open_day.terminate(ending, long=open_day.signatures(move)["outgoing"])
    with refused("escrow: outgoing has not agreed"):
        open_day.novate(move, outgoing=open_day.signatures(ending)["long"])

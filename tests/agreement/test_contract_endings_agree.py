"""Terminations and novations: the SDK's digests are the contract's, and it refuses what the contract refuses, for the
same first reason.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, NamedTuple

import boa
from boa.util.abi import abi_decode
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from hypothesis import event, given, settings
from hypothesis import strategies as st
from support.protocol import DAY, GPT, SPOT, ZERO, Party, Protocol

from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import REVERTS, BadEnding
from ifx_sdk.records import ForwardRecord, Status
from ifx_sdk.signing import message_digest, message_typed_data
from ifx_sdk.terms import Terms

words = st.integers(0, 2**256 - 1)
bytes32 = st.binary(min_size=32, max_size=32)
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
TWO_B = 2 * SPOT * 1_000_000


def any_of(kind: type[Ending]) -> st.SearchStrategy[Ending]:
    """Any message of a kind, however absurd."""
    by_type: dict[object, st.SearchStrategy[Any]] = {str: addresses, int: words, bytes: bytes32}
    return st.builds(kind, **{field.name: by_type[field.type] for field in fields(kind)})


# -------------------------------------------------------------------------------------------------------- digests


@given(message=st.one_of(any_of(Termination), any_of(Novation)))
def test_the_id_of_an_ending_is_its_digest(deployed: Protocol, message: Ending) -> None:
    """For any message: the contract's hash, the SDK's digest and what a wallet hashes from typed data are one."""
    digest = message_digest(message, deployed.escrow_domain)
    view = deployed.escrow.termination_hash if isinstance(message, Termination) else deployed.escrow.novation_hash
    assert bytes(view(message.as_tuple())) == digest
    typed = encode_typed_data(full_message=message_typed_data(message, deployed.escrow_domain))
    assert keccak(b"\x19" + typed.version + typed.header + typed.body) == digest


# ------------------------------------------------------------------------------------------------------- refusals


class Scene(NamedTuple):
    """A forward in some state, and who is around it."""

    protocol: Protocol
    """The deployment."""
    terms: Terms
    """What was booked, or was not."""
    accounts: list[str]
    """Sides now, sides before, newcomers and those who can never be one."""


def reached(protocol: Protocol, state: str) -> Scene:
    """A forward brought to a state."""
    protocol.post()
    terms = protocol.terms()
    if state != "unbooked":
        protocol.book(terms)
    if state == "long moved":
        protocol.novate(protocol.novation(terms))
    if state == "short moved":
        protocol.novate(protocol.novation(terms, outgoing=terms.short, remaining=terms.long))
    if state == "terminated":
        protocol.terminate(protocol.termination(terms))
    if state == "settled":
        protocol.mature(terms, SPOT)
        protocol.escrow.settle(protocol.id_of(terms), sender=protocol.outsider.address)
    protocol.fund(protocol.guardian)
    around = (protocol.long, protocol.short, protocol.outsider, protocol.guardian)
    return Scene(protocol, terms, [*(who.address for who in around), ZERO, protocol.escrow.address])


# The later checks are reached only where the earlier ones hold: what fits is drawn more often than what does not.
STATES = ("active", "long moved", "short moved") * 4 + ("terminated", "settled", "unbooked")
NOW, FAR, NEVER = 8, 8, 12


def record_of(scene: Scene) -> ForwardRecord:
    """The record as the contract has it, in the SDK's form."""
    id_ = scene.protocol.id_of(scene.terms)
    found = scene.protocol.escrow.forward(id_)
    return ForwardRecord(
        id=id_,
        long=found.long,
        short=found.short,
        underlying=GPT if found.underlying else "",
        quantity=found.quantity,
        price=found.price,
        spot=found.spot,
        maturity=found.maturity_day * DAY,
        averaging_days=found.averaging_days,
        status=Status(found.status),
    )


def near(*values: int) -> st.SearchStrategy[int]:
    """Values around edges."""
    return st.sampled_from(sorted({max(0, value + step) for value in values for step in (-1, 0, 1)}))


def drawn_termination(draw: st.DrawFn, scene: Scene) -> Termination:
    """One that fits the forward now, with up to two fields at or beside an edge."""
    record, protocol = record_of(scene), scene.protocol
    message = protocol.termination(scene.terms, long=record.long, short=record.short)
    wrong: dict[str, st.SearchStrategy[Any]] = {
        "long": st.sampled_from(scene.accounts),
        "short": st.sampled_from(scene.accounts),
        "price": near(0, 2**40, 2**255),
    }
    return replace(message, **drawn_changes(draw, wrong))


def drawn_novation(draw: st.DrawFn, scene: Scene) -> Novation:
    """The same, either side leaving."""
    record, protocol = record_of(scene), scene.protocol
    sides = draw(st.permutations([record.long, record.short]))
    newcomer = protocol.guardian.address
    message = protocol.novation(scene.terms, outgoing=sides[0], incoming=newcomer, remaining=sides[1])
    wrong: dict[str, st.SearchStrategy[Any]] = {
        "outgoing": st.sampled_from(scene.accounts),
        "incoming": st.sampled_from(scene.accounts),
        "remaining": st.sampled_from(scene.accounts),
        "payment": near(0, TWO_B, 2**255),
    }
    return replace(message, **drawn_changes(draw, wrong))


def drawn_changes(draw: st.DrawFn, wrong: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    names = draw(st.sets(st.sampled_from(sorted(wrong)), max_size=2))
    foreign = {"forward": draw(bytes32)} if draw(st.sampled_from([False] * NEVER + [True])) else {}
    return foreign | {name: draw(wrong[name]) for name in sorted(names)}


def drawn_time(draw: st.DrawFn, scene: Scene, message: Ending) -> Ending:
    """Move on to some time around the maturity or stay, with a deadline around it or far away."""
    protocol, maturity = scene.protocol, scene.terms.maturity
    to = draw(st.sampled_from([protocol.now] * NOW + [maturity - 1, maturity, maturity + 1]))
    protocol.travel(max(to, protocol.now))
    now = protocol.now
    return replace(message, deadline=draw(st.sampled_from([now + 400 * DAY] * FAR + [now - 1, now, now + 1])))


def drawn_approvals(draw: st.DrawFn, scene: Scene, message: Ending) -> dict[str, bytes]:
    """Role -> signature, at most one of them missing or another party's."""
    signed = scene.protocol.signatures(message)
    role = draw(st.sampled_from([None, *signed]))
    if role is None:
        return signed
    stranger: Party = scene.protocol.desk
    return signed | {role: draw(st.sampled_from([b"", stranger.sign(scene.protocol.digest_of(message))]))}


def revoked(draw: st.DrawFn, scene: Scene, message: Ending) -> bool:
    """Perhaps have somebody withdraw from it; whether that was still possible."""
    if not draw(st.sampled_from([False, False, True])):
        return False
    escrow = scene.protocol.escrow
    call = escrow.revoke_termination if isinstance(message, Termination) else escrow.revoke_novation
    refusal = refusal_of(lambda: call(message.as_tuple(), sender=next(iter(message.parties.values()))))
    assert refusal in (None, "escrow: revocation too late")
    return refusal is None


def expected(scene: Scene, message: Ending, is_revoked: bool, approvals: dict[str, bytes]) -> type[Exception] | None:
    """The SDK's own checks, then what it asks the chain, in its order; None where nothing is refused."""
    protocol = scene.protocol
    record = record_of(scene)
    if message.forward != record.id:
        record = replace(record, id=message.forward, status=Status.NONE)
    try:
        if isinstance(message, Termination):
            message.validate(record, protocol.now)
        else:
            message.validate(record, protocol.now, escrow=protocol.escrow.address)
    except BadEnding as error:
        return type(error)
    if isinstance(message, Novation) and protocol.escrow.has_left(message.forward, message.incoming):
        return REVERTS["escrow: incoming left before"]
    if is_revoked:
        return REVERTS["escrow: message revoked"]
    good = protocol.signatures(message)
    missing = next((role for role in good if approvals[role] != good[role]), None)
    return None if missing is None else REVERTS[f"escrow: {missing} has not agreed"]


def answered(scene: Scene, message: Ending, approvals: dict[str, bytes]) -> type[Exception] | None:
    """What the contract says to it."""
    execute: Callable[..., object] = (
        scene.protocol.terminate if isinstance(message, Termination) else scene.protocol.novate
    )
    refusal = refusal_of(lambda: execute(message, **approvals))
    return None if refusal is None else REVERTS[refusal]


def refusal_of(call: Callable[[], object]) -> str | None:
    """What a revert said; None where nothing reverted."""
    try:
        call()
    except boa.BoaError as error:
        return str(abi_decode("(string)", error.call_trace.computation.output[4:])[0])
    return None


def play(data: st.DataObject, protocol: Protocol, draw_message: Any) -> None:
    """One example: the contract's answer is the predicted one."""
    scene = reached(protocol, data.draw(st.sampled_from(STATES)))
    message = drawn_time(data.draw, scene, draw_message(data.draw, scene))
    is_revoked = revoked(data.draw, scene, message)
    approvals = drawn_approvals(data.draw, scene, message)
    predicted = expected(scene, message, is_revoked, approvals)
    answer = answered(scene, message, approvals)
    assert answer is predicted
    event(answer.__name__ if answer else "executed")


@given(data=st.data())
@settings(max_examples=200)
def test_the_sdk_refuses_what_terminate_refuses_for_the_same_reason(deployed: Protocol, data: st.DataObject) -> None:
    """Whatever the forward's state, the time and the message: the first check that fails is the same in both."""
    play(data, deployed, drawn_termination)


@given(data=st.data())
@settings(max_examples=250)
def test_the_sdk_refuses_what_novate_refuses_for_the_same_reason(deployed: Protocol, data: st.DataObject) -> None:
    """The same of novations."""
    play(data, deployed, drawn_novation)

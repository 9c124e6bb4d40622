"""Owner, desk, guardian and fee recipient together, against two parties that trusted the protocol.

They may do anything that any of them can send, in any order, with every message forged as well as they can, and the
owner acts at once, without the timelock that it is. The signatures of the parties that they hold are those of one
forward. What of theirs goes through is counted, so that the attack is known to be one.
"""

from collections.abc import Callable
from typing import Any

import boa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.protocol import DAY, GPT, LOT, LUNA, SPOT, ZERO, Party, Protocol, party, refused

from ifx_sdk.terms import Terms

CONSPIRATORS = ("owner", "desk", "guardian", "fee_recipient")
VICTIMS = ("long", "short")
SAVED = 123_456_789
"""micro-USDT of free balance that each victim has beside its forward."""
B = 8_000_000_000_000

LANDED: set[str] = set()
"""Functions that a conspirator's call went through."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


def trusting(protocol: Protocol) -> Terms:
    """A forward a week before its maturity, a free balance of each victim, and everything allowed."""
    terms = protocol.terms(maturity=(protocol.today + 28) * DAY, deadline=protocol.now + 300 * DAY)
    protocol.book(terms)
    for side in VICTIMS:
        protocol.send(protocol.escrow.deposit, SAVED, by=getattr(protocol, side))
    for role in CONSPIRATORS:
        protocol.fund(getattr(protocol, role), 2 * SAVED)
    protocol.travel_to_day(terms.maturity // DAY - 7)
    return terms


def attacks(protocol: Protocol, terms: Terms, draw: Draw) -> tuple[Any, tuple[Any, ...]]:
    """One call that a conspirator sends: which function, with what."""
    accounts = [getattr(protocol, role).address for role in (*CONSPIRATORS, *VICTIMS)] + [ZERO]
    account = st.sampled_from(accounts)
    amount = st.sampled_from([1, SAVED, B, 2 * B, 2**256 - 1])
    name = st.sampled_from([GPT, LUNA, "index/ifx-llm", "nobody/knows"])
    digest = protocol.id_of(terms)
    signed = [side.sign(digest) for side in (protocol.long, protocol.short)]
    mine = getattr(protocol, draw(st.sampled_from(CONSPIRATORS)))
    approval = st.sampled_from([*signed, mine.sign(digest), b"", b"\0" * 65])
    ending = protocol.termination(
        terms, long=draw(account), short=draw(account), price=draw(st.sampled_from([0, 1, 2**40 - 1]))
    )
    ending = draw(st.sampled_from([ending, protocol.termination(terms, price=0)]))
    move = protocol.novation(
        terms, outgoing=draw(account), incoming=mine.address, remaining=draw(account), payment=draw(amount)
    )
    move = draw(st.sampled_from([move, protocol.novation(terms, incoming=mine.address, payment=0)]))
    again = protocol.terms(long=draw(account), short=draw(account), deadline=terms.deadline)
    escrow, oracle = protocol.escrow, protocol.oracle
    forged = protocol.attest(0, nodes=[protocol.owner, protocol.desk, protocol.guardian])
    calls = (
        (escrow.deposit_for, (draw(account), draw(amount))),
        (escrow.withdraw, (draw(amount), mine.address)),
        (escrow.book, (draw(st.sampled_from([terms, again])).as_tuple(), draw(approval), draw(approval))),
        (escrow.approve_terms, (again.as_tuple(),)),
        (escrow.revoke_terms, (terms.as_tuple(),)),
        (escrow.approve_termination, (ending.as_tuple(),)),
        (escrow.revoke_termination, (ending.as_tuple(),)),
        (escrow.terminate, (ending.as_tuple(), draw(approval), draw(approval))),
        (escrow.approve_novation, (move.as_tuple(),)),
        (escrow.revoke_novation, (move.as_tuple(),)),
        (escrow.novate, (move.as_tuple(), draw(approval), draw(approval), draw(approval))),
        (escrow.settle, (digest,)),
        (escrow.settle_many, ([digest, digest],)),
        (escrow.pause_booking, ()),
        (escrow.list_underlying, (draw(name), draw(st.sampled_from([1, LOT, 2**40 - 1])))),
        (escrow.delist_underlying, (draw(name),)),
        (escrow.set_desk, (draw(account),)),
        (escrow.set_guardian, (draw(account),)),
        (escrow.set_fee_recipient, (draw(account),)),
        (escrow.transfer_ownership, (draw(account),)),
        (escrow.accept_ownership, ()),
        (oracle.post, (GPT, protocol.today, 0, draw(st.sampled_from([forged, []])))),
        (oracle.add_underlying, (draw(name), True)),
        (oracle.schedule_signers, ([mine.address], 1, protocol.today + draw(st.integers(0, 20)))),
        (oracle.cancel_signers, ()),
        (oracle.set_reviewer, (draw(account),)),
        (oracle.transfer_ownership, (draw(account),)),
        (oracle.accept_ownership, ()),
    )
    return draw(st.sampled_from(calls))


def estate(protocol: Protocol, terms: Terms) -> tuple[object, ...]:
    """What the victims own: free balances, wallets, and their forward's whole record."""
    money = [(protocol.escrow.balance_of(side), protocol.token.balanceOf(side)) for side in (terms.long, terms.short)]
    return (*money, protocol.escrow.forward(protocol.id_of(terms)))


# Each example of a property leaves the chain as its fixture made it.
@settings(max_examples=40, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_owner_desk_guardian_and_fee_recipient_take_move_and_freeze_nothing(
    open_day: Protocol, data: st.DataObject
) -> None:
    """After up to 40 of their calls, a week before maturity, every balance and record stands but for gifts; the signers
    that were public 8 days before make the price, and the victims withdraw to the micro."""
    protocol, terms = open_day, trusting(open_day)
    before, gifts = estate(protocol, terms), {terms.long: 0, terms.short: 0}
    conspire(protocol, terms, gifts, data, most=40)
    (long, short, record) = before
    expected = [(free + gifts[side], wallet) for (free, wallet), side in zip((long, short), gifts, strict=True)]
    assert estate(protocol, terms) == (*expected, record)

    # On the maturity day they go on, before and after its fixing; anyone, they too, may have settled meanwhile.
    protocol.mature(terms, None)
    conspire(protocol, terms, gifts, data, most=10)
    protocol.post(4_320_000)
    gifts = dict.fromkeys(gifts, 0)
    held = [protocol.escrow.balance_of(side) for side in gifts]
    protocol.send(protocol.escrow.settle, protocol.id_of(terms), by=protocol.outsider)
    for side, free, payout in zip(gifts, held, (4_870_000_000_000, 11_130_000_000_000), strict=True):
        assert protocol.escrow.balance_of(side) == free + payout
    conspire(protocol, terms, gifts, data, most=10)
    for side, free, payout, (_, wallet) in zip(
        gifts, held, (4_870_000_000_000, 11_130_000_000_000), (long, short), strict=True
    ):
        owned = free + payout + gifts[side]
        assert protocol.escrow.balance_of(side) == owned
        protocol.escrow.withdraw(owned, side, sender=side)
        assert protocol.token.balanceOf(side) == wallet + owned


def conspire(protocol: Protocol, terms: Terms, gifts: dict[str, int], data: st.DataObject, *, most: int) -> None:
    """Up to `most` of their calls; what a victim's free balance gains is added to `gifts`, and it never falls."""
    for _ in range(data.draw(st.integers(1, most))):
        sender: Party = getattr(protocol, data.draw(st.sampled_from(CONSPIRATORS)))
        call, arguments = attacks(protocol, terms, data.draw)
        frees = [protocol.escrow.balance_of(side) for side in gifts]
        try:
            call(*arguments, sender=sender.address)
        except boa.BoaError:
            continue
        LANDED.add(call.fn_ast.name)
        for side, free in zip(gifts, frees, strict=True):
            risen = protocol.escrow.balance_of(side) - free
            assert risen >= 0
            gifts[side] += risen


def test_the_conspirators_did_what_they_can() -> None:
    """Each kind of call that is theirs to make went through above; what is not theirs never did."""
    theirs = {
        "deposit_for", "withdraw", "pause_booking", "list_underlying", "delist_underlying", "set_desk", "set_guardian",
        "set_fee_recipient", "add_underlying", "schedule_signers", "cancel_signers", "set_reviewer",
    }  # fmt: skip
    assert theirs <= LANDED
    assert not LANDED & {"book", "terminate", "novate", "settle"}


def test_the_exception_is_a_set_of_signers_that_was_public_for_8_days(open_day: Protocol) -> None:
    """Nobody stops them: from its first day on it sets the price, and the loss is bounded by B."""
    terms, forward_id = open_day.booked()
    mine = party("hostile node")
    maturity_day = terms.maturity // DAY
    open_day.travel_to_day(maturity_day - 8)
    with refused("oracle: less than 8 days ahead"):
        open_day.send(open_day.oracle.schedule_signers, [mine.address], 1, maturity_day - 1, by=open_day.owner)
    open_day.send(open_day.oracle.schedule_signers, [mine.address], 1, maturity_day, by=open_day.owner)
    open_day.travel_to_day(maturity_day)
    open_day.oracle.post(GPT, maturity_day, 0, open_day.attest(0, nodes=[mine]))
    open_day.send(open_day.escrow.settle, forward_id, by=open_day.owner)
    paid = [open_day.escrow.balance_of(side.address) for side in (open_day.long, open_day.short)]
    assert paid == [B - 7_450_000 * terms.quantity, B + 7_450_000 * terms.quantity]
    assert B - paid[0] <= SPOT * terms.quantity

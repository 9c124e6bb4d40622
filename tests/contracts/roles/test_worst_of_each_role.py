"""What each role can do at its worst, cell by cell of the table in docs/protocol.md."""

import pytest
from support.protocol import DAY, GPT, INDEX, LUNA, SPOT, ZERO, Party, Protocol, party, refused, required

from ifx_sdk.payoff import payouts, worst_case

B = 8_000_000_000_000
LARGEST = 2**40 - 1
HOUR = 3_600


def settled(protocol: Protocol, forward_id: bytes) -> tuple[int, int]:
    """Settle as an outsider, withdraw everything as each side, and answer what reached their wallets."""
    protocol.send(protocol.escrow.settle, forward_id, by=protocol.outsider)
    got = []
    for side in (protocol.long, protocol.short):
        amount, before = protocol.escrow.balance_of(side.address), protocol.token.balanceOf(side.address)
        if amount:
            protocol.send(protocol.escrow.withdraw, amount, side.address, by=side)
        got.append(protocol.token.balanceOf(side.address) - before)
    return got[0], got[1]


# The desk.


def test_a_hostile_desk_can_refuse_but_takes_nothing(open_day: Protocol) -> None:
    """Approved terms that it never books lock nothing; after their deadline it can no longer choose."""
    terms = open_day.terms()
    before = open_day.money()
    open_day.travel(terms.deadline + 1)
    with refused("escrow: terms expired"):
        open_day.book(terms)
    assert open_day.money() == before


def test_a_hostile_desk_picks_its_moment_before_the_deadline_only(open_day: Protocol) -> None:
    """The last second of the deadline is the last it has, and the price of that day must still be the spot."""
    terms = open_day.terms(deadline=open_day.now + 2 * DAY)
    open_day.travel_to_day(open_day.today + 1)
    open_day.post(SPOT + 1)
    with refused("escrow: spot is not today's fixing"):
        open_day.book(terms)
    open_day.travel(terms.deadline - HOUR)
    open_day.post(SPOT)
    open_day.travel(terms.deadline)
    open_day.book(terms)


# The guardian.


def test_a_hostile_guardian_closes_booking_for_half_of_the_time(open_day: Protocol) -> None:
    """Pausing whenever it can for 60 days, it never keeps booking closed for more than 3 days of any 6."""
    closed, start = 0, open_day.now
    while open_day.now < start + 60 * DAY:
        paused_until = open_day.escrow.paused_until()
        if open_day.now >= paused_until + 3 * DAY:
            open_day.send(open_day.escrow.pause_booking, by=open_day.guardian)
        else:
            with refused("escrow: pause not re-armed yet"):
                open_day.send(open_day.escrow.pause_booking, by=open_day.guardian)
        closed += open_day.now < open_day.escrow.paused_until()
        open_day.travel(open_day.now + HOUR)
    assert closed == 60 * 24 // 2


def test_a_pause_leaves_every_other_door_open(open_day: Protocol) -> None:
    """Deposit, withdraw, terminate, novate and settle."""
    ended, moved = open_day.booked()[0], open_day.booked()[0]
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity - HOUR)
    open_day.send(open_day.escrow.pause_booking, by=open_day.guardian)
    open_day.terminate(open_day.termination(ended))
    open_day.novate(open_day.novation(moved))
    open_day.send(open_day.escrow.deposit, 5, by=open_day.outsider)
    open_day.send(open_day.escrow.withdraw, 5, open_day.outsider.address, by=open_day.outsider)
    open_day.mature(terms, SPOT)
    open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)
    assert open_day.now < open_day.escrow.paused_until()


# The owner of the escrow, without a timelock in between.


def test_a_hostile_escrow_owner_stops_new_bookings_and_nothing_else(open_day: Protocol) -> None:
    """Every setter at its worst, and a booked forward pays, ends and moves as if nothing had happened."""
    terms, forward_id = open_day.booked()
    ended, moved = open_day.booked()[0], open_day.booked()[0]
    before = open_day.money()
    record = open_day.escrow.forward(forward_id)
    for call, *arguments in (
        ("delist_underlying", GPT),
        ("list_underlying", LUNA, 2**40 - 1),
        ("set_desk", ZERO),
        ("set_guardian", open_day.owner.address),
        ("set_fee_recipient", open_day.owner.address),
    ):
        open_day.send(getattr(open_day.escrow, call), *arguments, by=open_day.owner)
    open_day.send(open_day.escrow.pause_booking, by=open_day.owner)
    assert (open_day.money(), open_day.escrow.forward(forward_id)) == (before, record)

    with refused("escrow: not the desk"):
        open_day.book(open_day.terms())
    open_day.terminate(open_day.termination(ended))
    open_day.novate(open_day.novation(moved))
    open_day.mature(terms, 4_320_000)
    open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)


def test_later_fees_go_where_the_owner_says_and_earlier_ones_stay(open_day: Protocol) -> None:
    """The old recipient keeps what was credited to it."""
    open_day.booked()
    open_day.send(open_day.escrow.set_fee_recipient, open_day.outsider.address, by=open_day.owner)
    terms, _ = open_day.booked()
    money = open_day.money()
    assert (money["fee_recipient"][0], money["outsider"][0]) == (74_500_000_000, 74_500_000_000)
    assert sum(required(terms)) == 2 * B + 74_500_000_000


# The owner of the oracle.


@pytest.mark.parametrize("ahead", [0, 1, 7])
def test_signers_of_the_owners_choice_are_public_for_8_days(open_day: Protocol, ahead: int) -> None:
    """With less notice than that they are refused, and until then the old ones alone make fixings."""
    mine = party("hostile node")
    with refused("oracle: less than 8 days ahead"):
        open_day.send(open_day.oracle.schedule_signers, [mine.address], 1, open_day.today + ahead, by=open_day.owner)
    receipt = open_day.send(open_day.oracle.schedule_signers, [mine.address], 1, open_day.today + 8, by=open_day.owner)
    assert [name for _, name, _ in receipt.events] == ["SignersScheduled"]
    for _ in range(7):
        open_day.travel_to_day(open_day.today + 1)
        with refused("oracle: quorum not reached"):
            open_day.oracle.post(GPT, open_day.today, 0, open_day.attest(0, nodes=[mine]))
        open_day.post(SPOT)


def test_a_hostile_oracle_owner_changes_no_price_that_stands(open_day: Protocol) -> None:
    """No call of the owner reaches a fixing; a new name is a new index, and an old one is never taken again."""
    terms, forward_id = open_day.booked()
    index = open_day.oracle.underlying_index(GPT)
    answer = open_day.oracle.settlement_price(index, open_day.today, 1)
    with refused("oracle: name taken"):
        open_day.send(open_day.oracle.add_underlying, GPT, True, by=open_day.owner)
    open_day.send(open_day.oracle.add_underlying, "openai/gpt-4.1-mini", False, by=open_day.owner)
    open_day.send(open_day.oracle.schedule_signers, [party("x").address], 1, open_day.today + 8, by=open_day.owner)
    open_day.send(open_day.oracle.cancel_signers, by=open_day.owner)
    open_day.send(open_day.oracle.set_reviewer, open_day.owner.address, by=open_day.owner)
    assert open_day.oracle.settlement_price(index, open_day.today, 1) == answer
    open_day.mature(terms, 4_320_000)
    assert settled(open_day, forward_id) == (4_870_000_000_000, 11_130_000_000_000)


# The signers.


@pytest.mark.parametrize("price", [0, LARGEST])
def test_a_hostile_quorum_takes_no_more_than_the_worst_case(open_day: Protocol, price: int) -> None:
    """A false fixing costs a side what it stood to lose anyway, never more than B."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, price)
    long, short = settled(open_day, forward_id)
    assert (long, short) == payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=price)
    fee_of_both = sum(required(terms)) - 2 * B
    figures = {"price": terms.price, "spot": SPOT, "indicative": terms.indicative, "quantity": terms.quantity}
    loser, got = ("long", long) if price == 0 else ("short", short)
    assert B - got + fee_of_both // 2 == worst_case(loser, **figures)
    assert 0 <= got <= B


def test_a_hostile_quorum_cannot_sign_another_day(open_day: Protocol) -> None:
    """Neither a past nor a coming fixing, and today's only once."""
    for day in (open_day.today - 1, open_day.today + 1):
        with refused("oracle: another day"):
            open_day.oracle.post(LUNA, day, 0, open_day.attest(0, underlying=LUNA, day=day))
    with refused("oracle: already posted"):
        open_day.oracle.post(GPT, open_day.today, 0, open_day.attest(0))
    assert open_day.oracle.fixing(GPT, open_day.today).price == SPOT


def test_a_hostile_quorum_moves_one_day_of_an_average(open_day: Protocol) -> None:
    """Of a 28-day mean one false day is a twenty-eighth."""
    terms, forward_id = open_day.booked(averaging_days=28, price=SPOT)
    for day in range(terms.maturity // DAY - 27, terms.maturity // DAY):
        open_day.travel_to_day(day)
        open_day.post(SPOT)
    open_day.travel_to_day(terms.maturity // DAY)
    open_day.post(0)
    long, short = settled(open_day, forward_id)
    expected = (27 * SPOT) // 28
    assert (long, short) == payouts(price=SPOT, spot=SPOT, quantity=terms.quantity, settlement=expected)
    assert B - long == (SPOT - expected) * terms.quantity


def test_silent_signers_settle_at_the_newest_earlier_fixing(open_day: Protocol) -> None:
    """Three days late at most, and nobody gains a way out."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + 3 * DAY - 1)
    with refused("escrow: price not certain yet"):
        open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)
    open_day.travel(terms.maturity + 3 * DAY)
    assert settled(open_day, forward_id) == (8_550_000_000_000, 7_450_000_000_000)


@pytest.mark.parametrize(
    ("posts", "price"),
    [((0,), 4_320_000), ((1,), 5_000_000), ((2,), 6_000_000), ((), SPOT), ((1, 2), 5_000_000)],
    ids=["its own day", "the next", "the one after", "none", "both later ones"],
)
def test_silent_signers_choose_among_signed_prices_only(open_day: Protocol, posts: tuple[int, ...], price: int) -> None:
    """By keeping a quorum from forming they pick the maturity day's fixing, a later one's or the newest earlier one:
    worth up to the difference between them, and never a price that no quorum signed."""
    terms, forward_id = open_day.booked()
    day = terms.maturity // DAY
    for late, signed in enumerate((4_320_000, 5_000_000, 6_000_000)):
        open_day.travel_to_day(day + late)
        if late in posts:
            open_day.post(signed)
        else:
            with refused("oracle: quorum not reached"):
                open_day.oracle.post(GPT, day + late, signed, open_day.attest(signed, nodes=open_day.nodes[:2]))
    open_day.travel((day + 3) * DAY)
    expected = payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=price)
    assert settled(open_day, forward_id) == expected


# The reviewer.


def test_a_hostile_reviewer_withholds_index_underlyings_only(open_day: Protocol) -> None:
    """Without him the index has no fixing and settles at an earlier one; a model's fixings never ask him."""
    open_day.post(SPOT, underlying=INDEX)
    terms, forward_id = open_day.booked(underlying=INDEX)
    open_day.travel_to_day(terms.maturity // DAY)
    for who in (open_day.outsider, open_day.owner, open_day.desk):
        with refused("oracle: not the reviewer"):
            attestations = open_day.attest(4_320_000, underlying=INDEX)
            open_day.send(open_day.oracle.post, INDEX, open_day.today, 4_320_000, attestations, by=who)
    open_day.post(4_320_000)
    open_day.travel(terms.maturity + 3 * DAY)
    assert settled(open_day, forward_id) == (8_550_000_000_000, 7_450_000_000_000)


def test_a_hostile_reviewer_cannot_change_the_number(open_day: Protocol) -> None:
    """What he posts is what a quorum signed, to the micro."""
    signed = open_day.attest(SPOT, underlying=INDEX)
    for price in (SPOT - 1, SPOT + 1, 0):
        with refused("oracle: not a signer"):
            open_day.send(open_day.oracle.post, INDEX, open_day.today, price, signed, by=open_day.reviewer)
    open_day.send(open_day.oracle.post, INDEX, open_day.today, SPOT, signed, by=open_day.reviewer)


# The fee recipient, strangers, the counterparty.


def test_a_hostile_fee_recipient_has_its_fees_and_no_more(open_day: Protocol) -> None:
    """It is an account like any other."""
    open_day.booked()
    with refused("ledger: balance too low"):
        open_day.send(open_day.escrow.withdraw, 74_500_000_001, open_day.owner.address, by=open_day.fee_recipient)
    open_day.send(open_day.escrow.withdraw, 74_500_000_000, open_day.owner.address, by=open_day.fee_recipient)


def test_anyone_can_give_money_and_never_take_it(open_day: Protocol) -> None:
    """A deposit for another is the other's; nobody pulls from a wallet that only allowed the escrow."""
    open_day.send(open_day.escrow.deposit_for, open_day.long.address, 7, by=open_day.outsider)
    assert open_day.escrow.balance_of(open_day.long.address) == 7
    with refused("ledger: balance too low"):
        open_day.send(open_day.escrow.withdraw, 1, open_day.outsider.address, by=open_day.outsider)


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_hostile_counterparty_can_revoke_before_booking_only(open_day: Protocol, side: str) -> None:
    """Afterwards it can neither leave, nor end, nor hold up the settlement."""
    who: Party = getattr(open_day, side)
    unbooked = open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, unbooked.as_tuple(), by=who)
    with refused("escrow: terms revoked"):
        open_day.book(unbooked)

    terms, forward_id = open_day.booked()
    other = "short" if side == "long" else "long"
    with refused("escrow: revocation too late"):
        open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=who)
    with refused(f"escrow: {other} has not agreed"):
        open_day.terminate(open_day.termination(terms), by=who, **{other: b""})
    move = open_day.novation(terms, outgoing=who.address, remaining=getattr(terms, other))
    with refused("escrow: remaining has not agreed"):
        open_day.novate(move, by=who, remaining=b"")
    open_day.mature(terms, 4_320_000)
    assert settled(open_day, forward_id) == (4_870_000_000_000, 11_130_000_000_000)

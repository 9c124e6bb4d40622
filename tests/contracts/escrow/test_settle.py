"""`settle`: anyone pays out a forward once its price is certain, and nobody can stop it."""

import pytest
from support.protocol import DAY, GPT, SPOT, ZERO, Protocol, party, refused

from ifx_sdk.payoff import payouts
from ifx_sdk.terms import Terms

B = 8_000_000_000_000
SETTLED = 3


def free(protocol: Protocol) -> tuple[int, int]:
    return tuple(protocol.escrow.balance_of(side.address) for side in (protocol.long, protocol.short))


@pytest.mark.parametrize(
    ("fixing", "long_payout"),
    [
        (4_320_000, 4_870_000_000_000),
        (SPOT, 8_550_000_000_000),
        (7_450_000, B),
        (7_450_001, B + 1_000_000),
        (15_450_000, 2 * B),
        (15_449_999, 2 * B - 1_000_000),
        (15_450_001, 2 * B),
        (2**40 - 1, 2 * B),
        (0, 550_000_000_000),
    ],
)
def test_settle_pays_both_sides(open_day: Protocol, fixing: int, long_payout: int) -> None:
    """B plus the capped gain to the long, the rest of 2B to the short, all of it as free balances."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, fixing)
    before = open_day.money()
    receipt = open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)

    assert receipt.events == [
        (
            "escrow",
            "ForwardSettled",
            {
                "id": forward_id,
                "price": fixing,
                "long_payout": long_payout,
                "short_payout": 2 * B - long_payout,
            },
        )
    ]
    expected = payouts(price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=fixing)
    assert expected == (long_payout, 2 * B - long_payout)
    after = open_day.money()
    assert free(open_day) == expected
    assert {name: wallet for name, (_, wallet) in after.items()} == {
        name: wallet for name, (_, wallet) in before.items()
    }
    assert open_day.escrow.forward(forward_id).status == SETTLED


def test_the_record_outlives_settlement(open_day: Protocol) -> None:
    """Only the status changes: anyone can read any forward for ever."""
    terms, forward_id = open_day.booked(averaging_days=5)
    before = open_day.escrow.forward(forward_id)._asdict()
    open_day.mature(terms, 1)
    open_day.escrow.settle(forward_id)
    assert open_day.escrow.forward(forward_id)._asdict() == before | {"status": SETTLED}


def test_the_lower_cap_holds_above_twice_nothing(open_day: Protocol) -> None:
    """At a price above the spot and a fixing of zero the long gets nothing and the short everything."""
    terms, forward_id = open_day.booked(price=2 * SPOT)
    open_day.mature(terms, SPOT)
    open_day.escrow.settle(forward_id)
    assert free(open_day) == (0, 2 * B)


def test_payouts_are_added_to_free_balances(open_day: Protocol) -> None:
    """What the sides had stays theirs."""
    terms, forward_id = open_day.booked()
    open_day.escrow.deposit(11, sender=open_day.long.address)
    open_day.escrow.deposit(13, sender=open_day.short.address)
    open_day.mature(terms, 4_320_000)
    open_day.escrow.settle(forward_id)
    assert free(open_day) == (4_870_000_000_011, 11_130_000_000_013)


@pytest.mark.parametrize("role", ["owner", "desk", "guardian", "long", "short", "outsider"])
def test_anyone_settles(open_day: Protocol, role: str) -> None:
    """Nobody can hold a settlement hostage."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, SPOT)
    open_day.send(open_day.escrow.settle, forward_id, by=getattr(open_day, role))


def test_settle_before_maturity_reverts(open_day: Protocol) -> None:
    """Not a second before, even with fixings posted every day; at maturity as soon as its fixing is posted."""
    terms, forward_id = open_day.booked(maturity=(open_day.today + 28) * DAY, averaging_days=5)
    for day in range(open_day.today + 1, terms.maturity // DAY):
        open_day.travel_to_day(day)
        open_day.post()
    open_day.travel(terms.maturity - 1)
    with refused("escrow: before maturity"):
        open_day.escrow.settle(forward_id)
    open_day.travel(terms.maturity)
    with refused("escrow: price not certain yet"):
        open_day.escrow.settle(forward_id)
    open_day.post()
    open_day.escrow.settle(forward_id)


@pytest.mark.parametrize("late", [1, 2])
def test_settle_waits_for_a_postponed_fixing(open_day: Protocol, late: int) -> None:
    """Without a fixing of its own the maturity day takes the first of the next two days."""
    terms, forward_id = open_day.booked()
    for waited in range(late):
        open_day.travel(terms.maturity + waited * DAY + DAY - 1)
        with refused("escrow: price not certain yet"):
            open_day.escrow.settle(forward_id)
    open_day.travel(terms.maturity + late * DAY)
    open_day.post(4_320_000)
    open_day.escrow.settle(forward_id)
    assert free(open_day) == (4_870_000_000_000, 11_130_000_000_000)


def test_settle_falls_back_to_the_newest_earlier_fixing(open_day: Protocol) -> None:
    """Three days after a maturity without fixings the newest earlier one decides, at that second."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity - 10 * DAY)
    open_day.post(4_320_000)
    open_day.travel(terms.maturity + 3 * DAY - 1)
    with refused("escrow: price not certain yet"):
        open_day.escrow.settle(forward_id)
    open_day.travel(terms.maturity + 3 * DAY)
    open_day.escrow.settle(forward_id)
    assert free(open_day) == (4_870_000_000_000, 11_130_000_000_000)


def test_a_late_fixing_does_not_change_a_price_that_was_certain(open_day: Protocol) -> None:
    """A fixing of the third day after maturity is too late for it."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + 3 * DAY)
    open_day.post(1)
    open_day.escrow.settle(forward_id)
    assert free(open_day) == (8_550_000_000_000, 7_450_000_000_000)


def test_the_average_of_its_days_settles(open_day: Protocol) -> None:
    """Five days, one missing: the floor of their mean, the hole taking the next day's price."""
    terms, forward_id = open_day.booked(averaging_days=5)
    last = terms.maturity // DAY
    prices = {last - 4: 8_000_000, last - 3: 7_000_001, last - 1: 5_000_000, last: 4_000_000}
    for day, price in prices.items():
        open_day.travel_to_day(day)
        open_day.post(price)
    mean = (8_000_000 + 7_000_001 + 5_000_000 + 5_000_000 + 4_000_000) // 5
    receipt = open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)
    assert receipt.events[0][2]["price"] == mean == 5_800_000
    assert free(open_day) == payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=mean)


def test_the_longest_forward_settles_on_the_booking_fixing_alone(open_day: Protocol) -> None:
    """400 days, averaged over all of them, and not one fixing after booking: settled three days after maturity."""
    terms, forward_id = open_day.booked(maturity=(open_day.today + 400) * DAY, averaging_days=400)
    open_day.travel(terms.maturity + 3 * DAY - 1)
    with refused("escrow: price not certain yet"):
        open_day.escrow.settle(forward_id)
    open_day.travel(terms.maturity + 3 * DAY)
    receipt = open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)
    assert receipt.events[0][2]["price"] == SPOT


def test_a_settlement_years_late_still_pays(open_day: Protocol) -> None:
    """Nobody came for ten years, and fixings went on or not: the price of maturity stands."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, 4_320_000)
    open_day.travel(terms.maturity + 3650 * DAY)
    open_day.post(1)
    open_day.escrow.settle(forward_id)
    assert free(open_day) == (4_870_000_000_000, 11_130_000_000_000)


def test_settle_twice_reverts(open_day: Protocol) -> None:
    """A forward pays once."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, SPOT)
    open_day.escrow.settle(forward_id)
    before = open_day.money()
    with refused("escrow: not active"):
        open_day.escrow.settle(forward_id)
    assert open_day.money() == before


def test_settle_of_an_unknown_forward_reverts(open_day: Protocol) -> None:
    """Neither an id that was never booked nor one that was revoked is a forward; a booked one is."""
    terms = open_day.terms()
    revoked = open_day.id_of(terms)
    open_day.send(open_day.escrow.revoke_terms, terms.as_tuple(), by=open_day.long)
    _, booked = open_day.booked()
    for unknown in (b"\0" * 32, b"\xff" * 32, revoked):
        with refused("escrow: unknown forward"):
            open_day.escrow.settle(unknown)
    with refused("escrow: before maturity"):
        open_day.escrow.settle(booked)


def shut_down(protocol: Protocol) -> None:
    """Whatever the roles can do to stop the house."""
    protocol.escrow.pause_booking(sender=protocol.guardian.address)
    owner = protocol.owner.address
    protocol.escrow.delist_underlying(GPT, sender=owner)
    protocol.escrow.set_desk(ZERO, sender=owner)
    protocol.escrow.set_guardian(party("new guardian").address, sender=owner)
    protocol.escrow.set_fee_recipient(party("new recipient").address, sender=owner)
    protocol.oracle.set_reviewer(ZERO, sender=owner)
    protocol.oracle.schedule_signers([party("new node").address], 1, protocol.today + 8, sender=owner)


def test_no_role_can_stop_a_settlement_or_its_withdrawal(open_day: Protocol) -> None:
    """Paused, delisted, without a desk, with signers that never sign: it settles three days after maturity."""
    terms, forward_id = open_day.booked()
    shut_down(open_day)
    open_day.travel(terms.maturity - DAY)
    open_day.escrow.pause_booking(sender=party("new guardian").address)
    open_day.travel(terms.maturity + 3 * DAY)
    open_day.escrow.settle(forward_id, sender=open_day.long.address)
    for side, payout in zip((open_day.long, open_day.short), (8_550_000_000_000, 7_450_000_000_000), strict=True):
        before = open_day.token.balanceOf(side.address)
        open_day.escrow.withdraw(payout, side.address, sender=side.address)
        assert open_day.token.balanceOf(side.address) == before + payout


def test_the_fee_stays_when_the_recipient_changes(open_day: Protocol) -> None:
    """What was credited at booking is the old recipient's; later fees are the new one's."""
    open_day.booked()
    heir = party("heir")
    open_day.escrow.set_fee_recipient(heir.address, sender=open_day.owner.address)
    open_day.booked()
    for who in (open_day.fee_recipient, heir):
        assert open_day.escrow.balance_of(who.address) == 74_500_000_000
        open_day.escrow.withdraw(74_500_000_000, who.address, sender=who.address)


@pytest.mark.parametrize("averaging_days", [1, 30])
def test_many_forwards_pay_out_all_that_came_in(open_day: Protocol, averaging_days: int) -> None:
    """After all settle and withdraw the escrow is empty to the micro."""
    trades: list[tuple[Terms, bytes]] = [
        open_day.booked(price=price, quantity=quantity, averaging_days=averaging_days)
        for price, quantity in ((1, 100_000), (7_999_999, 300_000), (16_000_000, 200_000))
    ]
    last = trades[0][0].maturity // DAY
    for day, price in ((last - 20, 3_333_333), (last - 7, 9_999_999), (last, 5_555_555)):
        open_day.travel_to_day(day)
        open_day.post(price)
    for _, forward_id in trades:
        open_day.escrow.settle(forward_id)
    for who in (open_day.long, open_day.short, open_day.fee_recipient):
        balance = open_day.escrow.balance_of(who.address)
        if balance:
            open_day.escrow.withdraw(balance, who.address, sender=who.address)
    assert open_day.money()["escrow"] == (0, 0)

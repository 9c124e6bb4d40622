"""`book`: exactly what is collected, from whom and from where, and that nothing is when it fails."""

import pytest
from support.protocol import FUNDS, LUNA, SPOT, Protocol, booked_event, refused, required, transfer_event

from ifx_sdk.payoff import fee, fee_split, prefunding


def test_book_collects_prefunding_and_half_the_fee_from_each(open_day: Protocol) -> None:
    """1T tokens at 7.45: each side locks 8,000,000 USDT and pays 37,250; the fee is the recipient's at once."""
    terms = open_day.terms()
    forward_id = open_day.id_of(terms)
    receipt = open_day.book(terms)

    locked, half = 8_000_000_000_000, 37_250_000_000
    assert receipt.events == [
        booked_event(terms, forward_id),
        transfer_event(terms.long, open_day.escrow.address, locked + half),
        transfer_event(terms.short, open_day.escrow.address, locked + half),
    ]
    money = open_day.money()
    assert money["long"] == (0, FUNDS - locked - half)
    assert money["short"] == (0, FUNDS - locked - half)
    assert money["fee_recipient"] == (2 * half, 0)
    assert money["escrow"] == (0, 2 * (locked + half))
    assert money["desk"] == (0, 0)


@pytest.mark.parametrize(
    ("indicative", "quantity"),
    [(7_450_100, 1), (7_450_001, 3), (99, 1), (100, 1), (7_999_999, 999_983), (1, 199), (1, 300)],
)
def test_an_odd_micro_of_the_fee_falls_to_the_short(protocol: Protocol, indicative: int, quantity: int) -> None:
    """The long pays the lower half, the short the rest, the recipient gets both."""
    protocol.escrow.list_underlying(LUNA, 1, sender=protocol.owner.address)
    protocol.post(underlying=LUNA)
    terms = protocol.terms(underlying=LUNA, indicative=indicative, quantity=quantity)
    events = protocol.book(terms).events

    total = indicative * quantity // 100
    locked = SPOT * quantity
    assert (fee(indicative=indicative, quantity=quantity), fee_split(total)) == (total, (total // 2, -(-total // 2)))
    assert events == [
        booked_event(terms, protocol.id_of(terms), index=2),
        transfer_event(terms.long, protocol.escrow.address, locked + total // 2),
        transfer_event(terms.short, protocol.escrow.address, locked + total - total // 2),
    ]
    money = protocol.money()
    assert money["fee_recipient"] == (total, 0)
    assert money["escrow"] == (0, 2 * locked + total)


FREE = [
    (0, 0),
    (1, 0),
    (0, 1),
    (10**12, 3 * 10**12),
    (8_037_250_000_000, 8_037_250_000_000),
    (8_037_250_000_000, 0),
    (8_037_249_999_999, 8_037_250_000_001),
    (0, 9 * 10**12),
    (9 * 10**12, 9 * 10**12),
]


@pytest.mark.parametrize(("long_free", "short_free"), FREE)
def test_the_free_balance_pays_first_and_the_wallet_the_rest(
    open_day: Protocol, long_free: int, short_free: int
) -> None:
    """Each side's free balance falls as far as it goes; only what is missing leaves its wallet."""
    free = {"long": long_free, "short": short_free}
    for side, amount in free.items():
        if amount:
            open_day.send(open_day.escrow.deposit, amount, by=getattr(open_day, side))
    terms = open_day.terms()
    need = dict(zip(free, required(terms), strict=True))
    before = open_day.money()
    events = open_day.book(terms).events

    pulls = {side: max(0, need[side] - amount) for side, amount in free.items()}
    assert events == [booked_event(terms, open_day.id_of(terms))] + [
        transfer_event(getattr(open_day, side).address, open_day.escrow.address, pull)
        for side, pull in pulls.items()
        if pull
    ]
    after = open_day.money()
    for side, amount in free.items():
        assert after[side] == (max(0, amount - need[side]), before[side][1] - pulls[side])
    assert after["escrow"][1] == before["escrow"][1] + sum(pulls.values())
    assert after["fee_recipient"] == (74_500_000_000, 0)


def test_an_exactly_covering_wallet_and_allowance_book(open_day: Protocol) -> None:
    """What is needed, to the micro, is enough in each place; a micro less is not, and then nothing has moved."""
    poor = open_day.outsider
    terms = open_day.terms(long=poor.address)
    need = required(terms)[0]
    signature = poor.sign(open_day.id_of(terms))
    open_day.token.transfer(open_day.desk.address, FUNDS - need + 1, sender=poor.address)
    before = open_day.money()
    with refused("usdt: balance too low"):
        open_day.book(terms, long_approval=signature)
    assert open_day.money() == before
    open_day.fund(poor, 1, allowance=need - 1)
    with refused("usdt: allowance too low"):
        open_day.book(terms, long_approval=signature)
    open_day.fund(poor, 0, allowance=need)
    open_day.book(terms, long_approval=signature)
    assert open_day.money()["outsider"] == (0, 0)


def test_a_failed_pull_from_the_short_undoes_the_longs(open_day: Protocol) -> None:
    """When the second wallet cannot pay, nothing is recorded and the first has paid nothing."""
    open_day.send(open_day.escrow.deposit, 5, by=open_day.long)
    open_day.token.approve(open_day.escrow.address, 0, sender=open_day.short.address)
    terms = open_day.terms()
    before = open_day.money()
    with refused("usdt: allowance too low"):
        open_day.book(terms)
    assert open_day.money() == before
    assert open_day.escrow.forward(open_day.id_of(terms)).status == 0
    open_day.fund(open_day.short)
    open_day.book(terms)


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_side_may_be_the_fee_recipient(open_day: Protocol, side: str) -> None:
    """It pays like any other and then owns the fee; the fee never pays for its own booking."""
    who = getattr(open_day, side)
    open_day.escrow.set_fee_recipient(who.address, sender=open_day.owner.address)
    terms = open_day.terms()
    locked = prefunding(spot=terms.spot, quantity=terms.quantity)
    open_day.book(terms)
    money = open_day.money()
    assert money[side] == (74_500_000_000, FUNDS - locked - 37_250_000_000)
    assert money["escrow"] == (0, 2 * locked + 74_500_000_000)

"""`settle` where the oracle failed: silence, retirement, free models, tenfold prices, means with holes at both ends.

A forward of 1T tokens at `F` 7.45 on a spot of 8.00. B is 8,000,000 USDT, and the long is paid B + (F_ref - 7.45) x
1,000,000 USDT, that is (F_ref + 0.55) million, between 0 and 16. Payouts below are counted by hand, in micro-USDT.
"""

import pytest
from support.protocol import DAY, GPT, INDEX, LUNA, SPOT, Protocol, refused

B = 8_000_000_000_000
TWICE_B = 2 * B
ACTIVE = 2
LAST_SECOND = DAY - 1


def post_on(protocol: Protocol, day: int, price: int, underlying: str = GPT) -> None:
    """Post at 01:00 of a day."""
    protocol.travel_to_day(day)
    protocol.post(price, underlying=underlying)


def waits(protocol: Protocol, forward_id: bytes) -> None:
    """It is mature, and neither door pays it yet."""
    assert not protocol.escrow.is_settleable(forward_id)
    with refused("escrow: price not certain yet"):
        protocol.escrow.settle(forward_id)
    assert protocol.send(protocol.escrow.settle_many, [forward_id], by=protocol.outsider).events == []
    assert protocol.escrow.forward(forward_id).status == ACTIVE


def pays(protocol: Protocol, forward_id: bytes, price: int, long_payout: int) -> None:
    """An outsider settles it now at `price`: the long has `long_payout` as free balance, the short the rest of 2B."""
    assert protocol.escrow.is_settleable(forward_id)
    receipt = protocol.send(protocol.escrow.settle, forward_id, by=protocol.outsider)
    payouts = {"long_payout": long_payout, "short_payout": TWICE_B - long_payout}
    assert receipt.events == [("escrow", "ForwardSettled", {"id": forward_id, "price": price, **payouts})]
    assert protocol.escrow.balance_of(protocol.long.address) == long_payout
    assert protocol.escrow.balance_of(protocol.short.address) == TWICE_B - long_payout


# ------------------------------------------------------------------------------------------------------- missing days


def test_a_missing_day_before_maturity_changes_nothing(open_day: Protocol) -> None:
    """A point forward reads its maturity's fixing alone: 4.32, so the long is paid 4.87 million."""
    terms, forward_id = open_day.booked()
    last = terms.maturity // DAY
    post_on(open_day, last - 2, 1)
    post_on(open_day, last, 4_320_000)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


@pytest.mark.parametrize("late", [1, 2])
@pytest.mark.parametrize("second", [0, LAST_SECOND])
def test_a_post_of_the_next_two_days_settles_at_once(open_day: Protocol, late: int, second: int) -> None:
    """In the second of the post, be it the first or the last of its day; until then the forward waits."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + late * DAY + second)
    waits(open_day, forward_id)
    open_day.post(4_320_000)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


def test_the_first_post_of_the_next_two_days_counts(open_day: Protocol) -> None:
    """4.32 of the first day, not 15.00 of the second, though nobody settled in between."""
    terms, forward_id = open_day.booked()
    last = terms.maturity // DAY
    post_on(open_day, last + 1, 4_320_000)
    post_on(open_day, last + 2, 15_000_000)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


def test_three_silent_days_settle_exactly_three_days_after_maturity(open_day: Protocol) -> None:
    """At 00:00:00 of the third day, at the newest earlier fixing, and not one second before."""
    terms, forward_id = open_day.booked()
    post_on(open_day, terms.maturity // DAY - 1, 4_320_000)
    for elapsed in (0, 1, DAY, 2 * DAY, 3 * DAY - 1):
        open_day.travel(terms.maturity + elapsed)
        waits(open_day, forward_id)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


def test_a_post_of_the_third_day_comes_too_late(open_day: Protocol) -> None:
    """Posted in the very second in which the older price becomes certain, it changes nothing: 8.00, 8.55 million."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + 3 * DAY)
    open_day.post(4_320_000)
    pays(open_day, forward_id, SPOT, 8_550_000_000_000)


def test_a_post_one_second_before_the_third_day_is_in_time(open_day: Protocol) -> None:
    """The twin of the above: 4.32 decides."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + 3 * DAY - 1)
    open_day.post(4_320_000)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


def test_missing_weeks_end_with_the_newest_fixing_before_them(open_day: Protocol) -> None:
    """Ten silent days before maturity and ten after it: 7.00 of day -11, neither 6.00 before nor 9.00 after."""
    terms, forward_id = open_day.booked()
    last = terms.maturity // DAY
    post_on(open_day, last - 20, 6_000_000)
    post_on(open_day, last - 11, 7_000_000)
    post_on(open_day, last + 11, 9_000_000)
    pays(open_day, forward_id, 7_000_000, 7_550_000_000_000)


# ---------------------------------------------------------------------------------------------------- retired, renamed


def test_a_model_retired_months_before_maturity_settles_at_its_last_price(open_day: Protocol) -> None:
    """Priced at 5.00 for the last time on day 100 of 365: the long is paid 5.55 million, three days after maturity."""
    day_0 = open_day.today
    terms, forward_id = open_day.booked(maturity=(day_0 + 365) * DAY)
    post_on(open_day, day_0 + 99, 6_000_000)
    post_on(open_day, day_0 + 100, 5_000_000)
    open_day.travel(terms.maturity + 3 * DAY - 1)
    waits(open_day, forward_id)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, 5_000_000, 5_550_000_000_000)


def test_an_average_of_a_model_retired_months_before_is_its_last_price(open_day: Protocol) -> None:
    """All 30 days fall back to 5.00."""
    terms, forward_id = open_day.booked(maturity=(open_day.today + 365) * DAY, averaging_days=30)
    post_on(open_day, open_day.today + 100, 5_000_000)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, 5_000_000, 5_550_000_000_000)


def test_a_model_retired_within_its_average_keeps_its_last_price(open_day: Protocol) -> None:
    """Ten days at 8.00 and then, retired, twenty at 5.00: (10 x 8 + 20 x 5) / 30 = 6.00, so 6.55 million."""
    terms, forward_id = open_day.booked(averaging_days=30)
    last = terms.maturity // DAY
    post_on(open_day, last - 20, SPOT)
    post_on(open_day, last - 19, 5_000_000)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, 6_000_000, 6_550_000_000_000)


def test_a_successors_prices_are_not_those_of_the_retired_model(open_day: Protocol) -> None:
    """The name in the terms decides: another model's fixing on maturity day neither settles it nor makes it certain."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity)
    open_day.post(1_000_000, underlying=LUNA)
    waits(open_day, forward_id)
    open_day.post(4_320_000)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


def test_a_reviewer_who_withholds_postpones_and_no_more(open_day: Protocol) -> None:
    """What the quorum signed for an index is refused from others; the forward settles three days after maturity."""
    open_day.post(underlying=INDEX)
    terms, forward_id = open_day.booked(underlying=INDEX)
    open_day.travel(terms.maturity)
    signed = open_day.attest(4_320_000, underlying=INDEX)
    with refused("oracle: not the reviewer"):
        open_day.send(open_day.oracle.post, INDEX, open_day.today, 4_320_000, signed, by=open_day.short)
    waits(open_day, forward_id)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, SPOT, 8_550_000_000_000)


def test_a_reviewer_who_posts_settles_at_once(open_day: Protocol) -> None:
    """The twin of the above."""
    open_day.post(underlying=INDEX)
    terms, forward_id = open_day.booked(underlying=INDEX)
    open_day.travel(terms.maturity)
    open_day.post(4_320_000, underlying=INDEX)
    pays(open_day, forward_id, 4_320_000, 4_870_000_000_000)


# ------------------------------------------------------------------------------------------------------------- prices


def test_a_price_of_zero_at_maturity_is_a_price(open_day: Protocol) -> None:
    """The long pays 7.45 million of its 8 and keeps 0.55; it is certain at once, like any posted price."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, 0)
    pays(open_day, forward_id, 0, 550_000_000_000)


def test_a_price_of_zero_before_maturity_is_carried_through_silence(open_day: Protocol) -> None:
    """Zero is the newest earlier fixing, not a missing one: 8.00 before it does not come back."""
    terms, forward_id = open_day.booked()
    post_on(open_day, terms.maturity // DAY - 30, 0)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, 0, 550_000_000_000)


def test_a_missing_maturity_takes_a_zero_of_the_next_day(open_day: Protocol) -> None:
    """Zero ends the waiting."""
    terms, forward_id = open_day.booked()
    post_on(open_day, terms.maturity // DAY + 1, 0)
    pays(open_day, forward_id, 0, 550_000_000_000)


def test_a_zero_within_an_average_counts_as_zero(open_day: Protocol) -> None:
    """(8 + 8 + 0 + 8 + 8) / 5 = 6.40: 6.95 million."""
    terms, forward_id = open_day.booked(averaging_days=5)
    last = terms.maturity // DAY
    for day, price in zip(range(last - 4, last + 1), (SPOT, SPOT, 0, SPOT, SPOT), strict=True):
        post_on(open_day, day, price)
    pays(open_day, forward_id, 6_400_000, 6_950_000_000_000)


def test_a_spot_of_zero_is_not_booked(protocol: Protocol) -> None:
    """Nothing would be locked; one micro is a spot, and B is one USDT for 1T tokens."""
    protocol.post(0)
    with refused("escrow: spot out of range"):
        protocol.book(protocol.terms(spot=0, price=1, indicative=1))
    protocol.travel_to_day(protocol.today + 1)
    protocol.post(1)
    terms, forward_id = protocol.booked(spot=1, price=1, indicative=1)
    protocol.mature(terms, 0)
    protocol.escrow.settle(forward_id)
    assert protocol.escrow.balance_of(protocol.long.address) == 0
    assert protocol.escrow.balance_of(protocol.short.address) == 2 * 1_000_000


def test_a_price_up_tenfold_pays_the_long_no_more_than_b(open_day: Protocol) -> None:
    """80.00 would be a gain of 72.55 million; the long gets B = 8, that is all 16, and the short owes nothing more."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, 10 * SPOT)
    pays(open_day, forward_id, 80_000_000, TWICE_B)


def test_a_tenfold_price_of_one_day_weighs_one_day_of_an_average(open_day: Protocol) -> None:
    """(29 x 8 + 80) / 30 = 10.40: below the cap, 10.95 million; each fixing itself is not capped."""
    terms, forward_id = open_day.booked(averaging_days=30)
    last = terms.maturity // DAY
    for day in range(last - 29, last):
        post_on(open_day, day, SPOT)
    post_on(open_day, last, 10 * SPOT)
    pays(open_day, forward_id, 10_400_000, 10_950_000_000_000)


def test_a_tenfold_price_carried_through_weeks_of_silence_is_capped(open_day: Protocol) -> None:
    """(15 x 8 + 15 x 80) / 30 = 44.00: the long's gain stops at B."""
    terms, forward_id = open_day.booked(averaging_days=30)
    last = terms.maturity // DAY
    post_on(open_day, last - 15, SPOT)
    post_on(open_day, last - 14, 10 * SPOT)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, 44_000_000, TWICE_B)


# ------------------------------------------------------------------------------------------------------------ 400 days


def longest(protocol: Protocol, averaging_days: int) -> tuple[int, bytes]:
    """The day of booking, day 0 below, and the id of a forward of 400 days."""
    day_0 = protocol.today
    _, forward_id = protocol.booked(maturity=(day_0 + 400) * DAY, averaging_days=averaging_days)
    return day_0, forward_id


@pytest.mark.parametrize("averaging_days", [1, 2, 399, 400])
def test_400_days_with_the_bookings_fixing_alone_settle_at_it(open_day: Protocol, averaging_days: int) -> None:
    """Point or mean, all days fall back to 8.00 of the booking: 8.55 million, not one second before day 403."""
    day_0, forward_id = longest(open_day, averaging_days)
    open_day.travel((day_0 + 403) * DAY - 1)
    waits(open_day, forward_id)
    open_day.travel((day_0 + 403) * DAY)
    pays(open_day, forward_id, SPOT, 8_550_000_000_000)


@pytest.mark.parametrize(("tenor", "averaging_days", "reason"), [(401, 400, "tenor"), (400, 401, "averaging")])
def test_a_day_more_than_400_is_not_booked(open_day: Protocol, tenor: int, averaging_days: int, reason: str) -> None:
    """The search would not reach the booking's fixing, or the mean would hold it; 400 of 400 are booked."""
    terms = open_day.terms(maturity=(open_day.today + tenor) * DAY, averaging_days=averaging_days)
    with refused(f"escrow: {reason} out of range"):
        open_day.book(terms)
    longest(open_day, 400)


def with_holes(protocol: Protocol) -> tuple[int, bytes]:
    """A mean of days 1 to 400 with fixings on days 11, 200 and 390 alone.

    Days 1 to 8 are 8.00 of the booking, 9 to 11 are 6.00, 12 to 197 stay 6.00, 198 to 200 are 4.00, 201 to 387 stay
    4.00, 388 to 390 are 5.00, 391 to 400 stay 5.00: 8 x 8 + 189 x 6 + 190 x 4 + 13 x 5 = 2,023.
    """
    day_0, forward_id = longest(protocol, 400)
    for day, price in ((11, 6_000_000), (200, 4_000_000), (390, 5_000_000)):
        post_on(protocol, day_0 + day, price)
    return day_0, forward_id


def test_a_mean_of_400_days_with_holes_at_both_ends(open_day: Protocol) -> None:
    """2,023 / 400 = 5.0575, certain at 00:00:00 of day 403: 5.6075 million."""
    day_0, forward_id = with_holes(open_day)
    open_day.travel((day_0 + 403) * DAY - 1)
    waits(open_day, forward_id)
    open_day.travel((day_0 + 403) * DAY)
    pays(open_day, forward_id, 5_057_500, 5_607_500_000_000)


@pytest.mark.parametrize(
    ("day", "price", "long_payout"),
    [(401, 5_077_500, 5_627_500_000_000), (402, 5_067_500, 5_617_500_000_000), (403, 5_057_500, 5_607_500_000_000)],
)
def test_a_post_after_a_mean_of_400_days_fills_its_last_days(
    open_day: Protocol, day: int, price: int, long_payout: int
) -> None:
    """9.00 on day 401 replaces 5.00 of days 399 and 400 (2,031), on day 402 that of 400 (2,027), on day 403 none."""
    day_0, forward_id = with_holes(open_day)
    open_day.travel((day_0 + day) * DAY)
    open_day.post(9_000_000)
    pays(open_day, forward_id, price, long_payout)


@pytest.mark.parametrize(
    ("day", "sum_of_days"),
    [(1, 400 * 6), (2, 400 * 6), (3, 400 * 6), (4, 8 + 399 * 6), (398, 395 * 8 + 5 * 6), (400, 397 * 8 + 3 * 6)],
)
def test_one_fixing_of_400_days_fills_the_two_before_it_and_all_after(
    open_day: Protocol, day: int, sum_of_days: int
) -> None:
    """6.00 on one day: from two days before it on; 8.00 of the booking on the days before those."""
    day_0, forward_id = longest(open_day, 400)
    post_on(open_day, day_0 + day, 6_000_000)
    open_day.travel((day_0 + 403) * DAY)
    price = sum_of_days * 1_000_000 // 400
    pays(open_day, forward_id, price, B + (price - 7_450_000) * 1_000_000)


def test_a_mean_of_400_days_is_rounded_down_once(open_day: Protocol) -> None:
    """A micro more on the last 3 days alone is 3 / 400 of a micro: nothing; on all of 400 it is one."""
    day_0, forward_id = longest(open_day, 400)
    post_on(open_day, day_0 + 400, SPOT + 133)
    # 3 x 133 = 399 of the 400 that would make a micro.
    pays(open_day, forward_id, SPOT, 8_550_000_000_000)


def test_400_exact_parts_of_a_micro_make_one(open_day: Protocol) -> None:
    """The twin of the above: 4 x 100 = 400, for a fixing one day earlier counts on 4 days."""
    day_0, forward_id = longest(open_day, 400)
    post_on(open_day, day_0 + 399, SPOT + 100)
    open_day.travel((day_0 + 403) * DAY)
    pays(open_day, forward_id, SPOT + 1, 8_550_001_000_000)

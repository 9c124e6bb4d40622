"""Fixings and the settlement price where posts fail to come: what the oracle says, hour by hour.

The same failures, settled with money: `tests/contracts/escrow/test_settle_after_failures.py`. Expected prices are
counted by hand from the rule: a silent day takes the first fixing of the next two days, else the newest earlier one.
"""

import pytest
from support.protocol import DAY, GPT, LUNA, TODAY, Protocol, party, refused
from support.settlement_reference import prices_of_days, settlement_price

LAST_SECOND = DAY - 1
LARGEST = 2**40 - 1
MATURITY = TODAY + 200
"""The day that most tests ask about."""


def post_on(protocol: Protocol, fixings: dict[int, int]) -> None:
    """Post prices on days, at 01:00 of each."""
    for day, price in sorted(fixings.items()):
        protocol.travel_to_day(day)
        protocol.post(price)


def answer(protocol: Protocol, day: int = MATURITY, averaging_days: int = 1) -> tuple[int, bool]:
    return tuple(protocol.oracle.settlement_price(1, day, averaging_days))


# ------------------------------------------------------------------------------------------------------------- silence


def test_one_missing_day_waits_for_the_next(protocol: Protocol) -> None:
    """5 until the next day's 9 is posted; the days around it keep their own."""
    post_on(protocol, {MATURITY - 1: 5})
    protocol.travel((MATURITY + 1) * DAY)
    assert answer(protocol) == (5, False)
    protocol.post(9)
    assert answer(protocol) == (9, True)
    assert answer(protocol, MATURITY - 1) == (5, True)
    assert answer(protocol, MATURITY + 1) == (9, True)


def test_missing_weeks_split_between_the_fixings_around_them(protocol: Protocol) -> None:
    """Of 21 silent days the first 19 stay at 5 and the last two take 9."""
    post_on(protocol, {MATURITY - 10: 5, MATURITY + 12: 9})
    assert [answer(protocol, day) for day in range(MATURITY - 9, MATURITY + 10)] == [(5, True)] * 19
    assert [answer(protocol, day) for day in (MATURITY + 10, MATURITY + 11)] == [(9, True)] * 2
    assert answer(protocol, MATURITY + 11, 21) == ((19 * 5 + 2 * 9) // 21, True)


def test_each_silent_day_becomes_certain_in_its_own_second(protocol: Protocol) -> None:
    """Ten silent days in a row: each three days after it began, not when the silence ends."""
    post_on(protocol, {MATURITY - 1: 5})
    for day in range(MATURITY, MATURITY + 10):
        protocol.travel((day + 3) * DAY - 1)
        assert [answer(protocol, each) for each in (day - 1, day)] == [(5, True), (5, False)]
        protocol.travel((day + 3) * DAY)
        assert [answer(protocol, each) for each in (day, day + 1)] == [(5, True), (5, False)]


def test_a_model_retired_for_months_keeps_its_newest_price(protocol: Protocol) -> None:
    """Every day of half a year, as a point and as a mean of all of them."""
    post_on(protocol, {MATURITY - 181: 9, MATURITY - 180: 5})
    protocol.travel((MATURITY + 3) * DAY)
    assert [answer(protocol, day) for day in range(MATURITY - 180, MATURITY + 1, 20)] == [(5, True)] * 10
    assert answer(protocol, MATURITY, 181) == (5, True)
    assert answer(protocol, MATURITY, 182) == ((181 * 5 + 9) // 182, True)


def test_a_model_that_returns_after_months_changes_no_certain_day(protocol: Protocol) -> None:
    """Its new price counts from two days before its return on; the months before stay at the old one."""
    post_on(protocol, {MATURITY - 180: 5})
    protocol.travel((MATURITY + 3) * DAY)
    certain = {day: answer(protocol, day) for day in range(MATURITY - 180, MATURITY + 1, 9)}
    post_on(protocol, {MATURITY + 3: 50})
    assert {day: answer(protocol, day) for day in certain} == certain
    assert answer(protocol) == (5, True)
    assert answer(protocol, MATURITY + 1) == (50, True)


def test_a_successors_fixings_do_not_answer_for_the_retired(protocol: Protocol) -> None:
    """Posted daily beside it, they neither price it nor make it certain."""
    post_on(protocol, {MATURITY - 1: 5})
    for day in range(MATURITY, MATURITY + 3):
        protocol.travel_to_day(day)
        protocol.post(77, underlying=LUNA)
        assert answer(protocol) == (5, False)
    protocol.travel((MATURITY + 3) * DAY)
    assert answer(protocol) == (5, True)


def test_120_days_of_one_post_in_five_equal_the_reference(protocol: Protocol) -> None:
    """Each day of 120, and each mean that ends with the last, by the words of the protocol."""
    posts = {TODAY + 5 * i: 1_000 + 77 * i for i in range(25)}
    post_on(protocol, posts)
    last = TODAY + 120
    days = list(prices_of_days(posts, TODAY, last, protocol.now))
    assert [answer(protocol, day) for day in range(TODAY, last + 1)] == days
    for averaging_days in range(1, 122, 10):
        expected = settlement_price(posts, last, averaging_days, protocol.now)
        assert answer(protocol, last, averaging_days) == expected


@pytest.mark.parametrize("day", [1, 2, 399, 400, 401])
def test_an_unknown_index_is_answered_in_the_first_days_too(protocol: Protocol, day: int) -> None:
    """The search stops at day 0 instead of reverting below it; a listed index is answered for its own days."""
    protocol.post(5)
    assert tuple(protocol.oracle.settlement_price(0, day, 1)) == (0, False)
    assert tuple(protocol.oracle.settlement_price(0, day, day)) == (0, False)
    assert answer(protocol, TODAY) == (5, True)


# -------------------------------------------------------------------------------------------------------------- prices


def test_a_zero_is_carried_through_silence(protocol: Protocol) -> None:
    """It is the newest earlier fixing, although its price bits are empty; the 5 before it does not come back."""
    post_on(protocol, {MATURITY - 31: 5, MATURITY - 30: 0})
    protocol.travel((MATURITY + 3) * DAY)
    assert answer(protocol) == (0, True)
    assert answer(protocol, MATURITY, 32) == (5 // 32, True) == (0, True)
    assert protocol.oracle.fixing(GPT, MATURITY - 30).posted


def test_a_zero_ends_a_postponement(protocol: Protocol) -> None:
    """The next day's zero, not the day after's 9."""
    post_on(protocol, {MATURITY - 1: 5, MATURITY + 1: 0, MATURITY + 2: 9})
    assert answer(protocol) == (0, True)


def test_zero_every_day_is_certain_every_day(protocol: Protocol) -> None:
    """A free model: zero, and not nothing."""
    post_on(protocol, dict.fromkeys(range(MATURITY - 4, MATURITY + 1), 0))
    assert answer(protocol) == answer(protocol, MATURITY, 5) == (0, True)
    assert answer(protocol, MATURITY, 6) == (0, False)


def test_a_price_up_tenfold_is_posted_and_averaged_like_any_other(protocol: Protocol) -> None:
    """The oracle caps nothing: (9 x 8 + 1 x 80) / 10 = 15.2."""
    post_on(protocol, dict.fromkeys(range(MATURITY - 9, MATURITY), 8_000_000) | {MATURITY: 80_000_000})
    assert answer(protocol) == (80_000_000, True)
    assert answer(protocol, MATURITY, 10) == (15_200_000, True)


def test_the_largest_price_for_400_days_does_not_overflow(protocol: Protocol) -> None:
    """Carried through all of them, with a post at the end: the mean is itself."""
    post_on(protocol, {TODAY: LARGEST, TODAY + 400: LARGEST})
    assert answer(protocol, TODAY + 400, 401) == (LARGEST, True)
    assert protocol.oracle.fixing(GPT, TODAY + 400).cumulative == 401 * LARGEST


# ---------------------------------------------------------------------------------------------------- holes in 400 days

FIRST = TODAY + 1
LAST = TODAY + 400


@pytest.mark.parametrize(
    ("fixings", "total"),
    [
        ({}, 400 * 8),
        ({FIRST: 6}, 400 * 6),
        ({FIRST + 2: 6}, 400 * 6),
        ({FIRST + 3: 6}, 8 + 399 * 6),
        ({FIRST + 9: 6, LAST - 9: 5}, 7 * 8 + 381 * 6 + 12 * 5),
        ({FIRST + 9: 6, LAST - 9: 5, LAST + 1: 4}, 7 * 8 + 381 * 6 + 10 * 5 + 2 * 4),
        ({FIRST + 9: 6, LAST - 9: 5, LAST + 2: 4}, 7 * 8 + 381 * 6 + 11 * 5 + 4),
        ({FIRST + 9: 6, LAST - 9: 5, LAST + 3: 4}, 7 * 8 + 381 * 6 + 12 * 5),
        ({LAST: 6}, 397 * 8 + 3 * 6),
        ({LAST + 2: 6}, 399 * 8 + 6),
        ({LAST + 3: 6}, 400 * 8),
    ],
)
def test_a_mean_of_400_days_with_holes(protocol: Protocol, fixings: dict[int, int], total: int) -> None:
    """8 on the day before the window, then these; days at each price are counted by hand."""
    post_on(protocol, {TODAY: 8 * 400} | {day: price * 400 for day, price in fixings.items()})
    protocol.travel(max(protocol.now, (LAST + 3) * DAY))
    assert answer(protocol, LAST, 400) == (total, True)


# --------------------------------------------------------------------------------------------------------------- quorum


@pytest.mark.parametrize("late", [0, 1, 2])
def test_a_quorum_at_the_last_second_makes_the_days_fixing(protocol: Protocol, late: int) -> None:
    """Two of four at noon are refused, three at 23:59:59 are posted, and the day is certain in that second."""
    post_on(protocol, {MATURITY - 1: 5})
    protocol.travel((MATURITY + late) * DAY + DAY // 2)
    with refused("oracle: quorum not reached"):
        protocol.oracle.post(GPT, protocol.today, 9, protocol.attest(9, nodes=protocol.nodes[:2]))
    protocol.travel((MATURITY + late) * DAY + LAST_SECOND)
    assert answer(protocol) == (5, False)
    protocol.oracle.post(GPT, protocol.today, 9, protocol.attest(9, nodes=protocol.nodes[:3]))
    assert answer(protocol) == (9, True)


def test_a_quorum_at_the_next_midnight_is_another_days(protocol: Protocol) -> None:
    """All four signatures of yesterday are refused; of today they are posted, and count for yesterday."""
    post_on(protocol, {MATURITY - 1: 5})
    protocol.travel((MATURITY + 1) * DAY)
    with refused("oracle: another day"):
        protocol.oracle.post(GPT, MATURITY, 9, protocol.attest(9, day=MATURITY, nodes=protocol.nodes))
    assert answer(protocol) == (5, False)
    protocol.oracle.post(GPT, MATURITY + 1, 7, protocol.attest(7, nodes=protocol.nodes))
    assert answer(protocol) == (7, True)
    assert not protocol.oracle.fixing(GPT, MATURITY).posted


# ---------------------------------------------------------------------------------------------------------- signer sets


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("day", [-2, -1, 0, 1, 2])
def test_only_the_set_of_a_day_makes_its_fixing(protocol: Protocol, shift: int, day: int) -> None:
    """The change comes on maturity, a day before or a day after; each day around it has one valid set of the two."""
    fresh = [party(f"fresh {i}") for i in range(4)]
    protocol.travel_to_day(MATURITY - 30)
    protocol.oracle.schedule_signers(
        [node.address for node in fresh], 3, MATURITY + shift, sender=protocol.owner.address
    )
    valid, stale = (fresh, protocol.nodes) if day >= shift else (protocol.nodes, fresh)
    protocol.travel((MATURITY + day) * DAY)
    for second in (0, LAST_SECOND):
        protocol.travel((MATURITY + day) * DAY + second)
        with refused("oracle: not a signer"):
            protocol.oracle.post(GPT, protocol.today, 1, protocol.attest(1, nodes=stale))
        with refused("oracle: not a signer"):
            mixed = protocol.attest(9, nodes=[*valid[:2], stale[0]])
            protocol.oracle.post(GPT, protocol.today, 9, mixed)
    protocol.oracle.post(GPT, protocol.today, 9, protocol.attest(9, nodes=valid))
    assert answer(protocol, MATURITY + day) == (9, True)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_day_that_neither_set_signs_is_postponed_to_the_new_sets_first(protocol: Protocol, shift: int) -> None:
    """The cumulative runs on across the change: 5, then 9 on the silent day and on the next."""
    fresh = [party(f"fresh {i}") for i in range(4)]
    post_on(protocol, {MATURITY - 20: 5})
    protocol.oracle.schedule_signers(
        [node.address for node in fresh], 3, MATURITY + shift, sender=protocol.owner.address
    )
    protocol.travel(MATURITY * DAY + LAST_SECOND)
    assert answer(protocol) == (5, False)
    protocol.travel((MATURITY + 1) * DAY)
    protocol.oracle.post(GPT, protocol.today, 9, protocol.attest(9, nodes=fresh))
    assert answer(protocol) == (9, True)
    # 5 on days -20 to -2, 9 on the two silent days before the post and on its own.
    assert protocol.oracle.fixing(GPT, MATURITY + 1).cumulative == 19 * 5 + 3 * 9

"""`settlement_price`: postponement, the newest earlier fixing, and the second from which the answer is certain."""

from collections.abc import Iterable

import pytest
from support.protocol import DAY, LUNA, SPOT, TODAY, Protocol

Answer = tuple[int, bool]
DAY_0 = TODAY + 10
"""The day that most tests ask about."""


def price_of(protocol: Protocol, day: int, averaging_days: int = 1, index: int = 1) -> Answer:
    return tuple(protocol.oracle.settlement_price(index, day, averaging_days))


def post_on(protocol: Protocol, fixings: dict[int, int]) -> None:
    """Post prices on days, at 01:00 of each."""
    for day, price in sorted(fixings.items()):
        protocol.travel_to_day(day)
        protocol.post(price)


def test_a_posted_day_is_certain_at_once(protocol: Protocol) -> None:
    """At its own price, however others went."""
    post_on(protocol, {DAY_0 - 1: 1, DAY_0: 2})
    assert price_of(protocol, DAY_0) == (2, True)
    assert price_of(protocol, DAY_0 - 1) == (1, True)
    post_on(protocol, {DAY_0 + 1: 3})
    assert price_of(protocol, DAY_0) == (2, True)


@pytest.mark.parametrize("late", [1, 2])
def test_a_missing_day_takes_the_first_fixing_of_the_next_two(protocol: Protocol, late: int) -> None:
    """And from then on it is certain."""
    post_on(protocol, {DAY_0 - 1: 5})
    protocol.travel((DAY_0 + late) * DAY - 1)
    assert price_of(protocol, DAY_0) == (5, False)
    post_on(protocol, {DAY_0 + late: 9})
    assert price_of(protocol, DAY_0) == (9, True)
    post_on(protocol, {DAY_0 + late + 1: 11})
    assert price_of(protocol, DAY_0) == (9, True)


def test_the_first_of_the_next_two_days_wins(protocol: Protocol) -> None:
    """Not the second, though it is posted as well."""
    post_on(protocol, {DAY_0 - 1: 5, DAY_0 + 1: 7, DAY_0 + 2: 9})
    assert price_of(protocol, DAY_0) == (7, True)


def test_three_missing_days_leave_the_newest_earlier_fixing(protocol: Protocol) -> None:
    """Certain three days after the day began, to the second; a fixing of the third day comes too late."""
    post_on(protocol, {DAY_0 - 7: 4, DAY_0 - 4: 5})
    for elapsed, certain in ((0, False), (DAY, False), (2 * DAY, False), (3 * DAY - 1, False), (3 * DAY, True)):
        protocol.travel(DAY_0 * DAY + elapsed)
        assert price_of(protocol, DAY_0) == (5, certain)
    protocol.post(9)
    assert price_of(protocol, DAY_0) == (5, True)
    assert price_of(protocol, DAY_0 + 1) == (9, True)


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_each_day_of_a_hole_is_settled_by_its_own_rule(protocol: Protocol, missing: int) -> None:
    """Of `missing` days in a row the last two take the next fixing, those before them the last one."""
    after = DAY_0 + missing
    post_on(protocol, {DAY_0 - 1: 5, after: 9})
    answers = [price_of(protocol, day) for day in range(DAY_0, after)]
    expected = [(9 if after - day <= 2 else 5, True) for day in range(DAY_0, after)]
    assert answers == expected


def test_a_day_before_every_fixing_has_no_price(protocol: Protocol) -> None:
    """Also when a later one exists within two days: nothing stands at or before it."""
    post_on(protocol, {DAY_0: 5})
    assert price_of(protocol, DAY_0 - 1) == (0, False)
    assert price_of(protocol, DAY_0 - 3) == (0, False)
    protocol.travel_to_day(DAY_0 + 30)
    assert price_of(protocol, DAY_0 - 1) == (0, False)


def test_no_fixing_at_all_is_no_price(protocol: Protocol) -> None:
    """For a listed name as for an index that does not exist."""
    protocol.travel_to_day(DAY_0 + 500)
    for index in (0, 1, 2, 3, 4, 2**16 - 1):
        assert price_of(protocol, DAY_0, index=index) == (0, False)


def test_a_price_of_zero_is_a_price(protocol: Protocol) -> None:
    """It is found, averaged and carried forward like any other."""
    post_on(protocol, {DAY_0 - 1: 10, DAY_0: 0})
    assert price_of(protocol, DAY_0) == (0, True)
    assert price_of(protocol, DAY_0, 2) == (5, True)
    protocol.travel_to_day(DAY_0 + 9)
    assert price_of(protocol, DAY_0 + 4) == (0, True)


def test_a_day_to_come_is_never_certain(protocol: Protocol) -> None:
    """Its fixing is still to be posted, so that nothing can be booked or settled on it."""
    post_on(protocol, {DAY_0: 5})
    for day in (DAY_0 + 1, DAY_0 + 2, DAY_0 + 400):
        assert price_of(protocol, day) == (5, False)
    assert price_of(protocol, DAY_0 + 401) == (0, False)


# ------------------------------------------------------------------------------------------------------------ averages


def reference(fixings: dict[int, int], days: Iterable[int]) -> int:
    """The floor of the mean of settled prices, day by day; all days are certain and have an earlier fixing."""
    settled = []
    for day in days:
        ahead = [fixings[day + k] for k in range(3) if day + k in fixings]
        settled.append(ahead[0] if ahead else fixings[max(d for d in fixings if d < day)])
    return sum(settled) // len(settled)


HISTORIES = {
    "every day": {DAY_0 + i: 1_000 + 7 * i for i in range(12)},
    "one hole": {DAY_0 + i: 1_000 + 7 * i for i in range(12) if i != 5},
    "two in a row": {DAY_0 + i: 1_000 + 7 * i for i in range(12) if i not in (5, 6)},
    "three in a row": {DAY_0 + i: 1_000 + 7 * i for i in range(12) if i not in (5, 6, 7)},
    "five in a row": {DAY_0 + i: 1_000 + 7 * i for i in range(12) if not 4 <= i <= 8},
    "every third day": {DAY_0 + i: 1_000 + 7 * i for i in range(0, 12, 3)},
    "every fourth day": {DAY_0 + i: 1_000 + 7 * i for i in range(0, 12, 4)},
    "the first alone": {DAY_0: 1_000},
    "the largest price": {DAY_0 + i: 2**40 - 1 for i in range(0, 12, 2)},
    "falling to zero": {DAY_0: 2**40 - 1, DAY_0 + 6: 0},
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_the_mean_across_holes_is_that_of_each_days_price(protocol: Protocol, history: dict[int, int]) -> None:
    """Every span over twelve days, wherever it begins and ends."""
    post_on(protocol, history)
    protocol.travel_to_day(DAY_0 + 15)
    for last in range(DAY_0, DAY_0 + 12):
        for averaging_days in range(1, last - DAY_0 + 2):
            days = range(last - averaging_days + 1, last + 1)
            assert price_of(protocol, last, averaging_days) == (reference(history, days), True), (last, averaging_days)
        # One day more would begin before the first fixing.
        assert price_of(protocol, last, last - DAY_0 + 2) == (0, False)


def test_an_average_is_certain_when_its_last_day_is(protocol: Protocol) -> None:
    """Until then the answer may still change."""
    post_on(protocol, {DAY_0: 10, DAY_0 + 1: 20})
    protocol.travel((DAY_0 + 5) * DAY - 1)
    assert price_of(protocol, DAY_0 + 2, 3) == (50 // 3, False)
    protocol.post(90)
    assert price_of(protocol, DAY_0 + 2, 3) == ((10 + 20 + 90) // 3, True)
    assert price_of(protocol, DAY_0 + 3, 4) == ((10 + 20 + 90 + 90) // 4, True)


def test_the_mean_is_rounded_down_once(protocol: Protocol) -> None:
    """The floor of the sum, not a sum of floors."""
    post_on(protocol, {DAY_0: 1, DAY_0 + 1: 1, DAY_0 + 2: 0})
    assert price_of(protocol, DAY_0 + 2, 3) == (0, True)
    post_on(protocol, {DAY_0 + 3: 2})
    assert price_of(protocol, DAY_0 + 3, 4) == (1, True)


def test_400_days_with_everything_missing_but_the_first(protocol: Protocol) -> None:
    """The longest search there is: found exactly 400 days back, and no further."""
    post_on(protocol, {DAY_0: SPOT})
    last = DAY_0 + 400
    protocol.travel((last + 3) * DAY - 1)
    assert price_of(protocol, last, 400) == (SPOT, False)
    protocol.travel((last + 3) * DAY)
    assert price_of(protocol, last) == (SPOT, True)
    assert price_of(protocol, last, 400) == (SPOT, True)
    assert price_of(protocol, last, 401) == (SPOT, True)
    assert price_of(protocol, last, 402) == (0, False)
    protocol.travel_to_day(last + 10)
    assert price_of(protocol, last + 1) == (0, False)
    assert price_of(protocol, last + 1, 400) == (0, False)


def test_400_days_posted_at_both_ends(protocol: Protocol) -> None:
    """All but the last three days at the first price."""
    last = DAY_0 + 400
    post_on(protocol, {DAY_0: 1_000_000, last: 9_000_000})
    assert price_of(protocol, last, 401) == ((398 * 1_000_000 + 3 * 9_000_000) // 401, True)
    assert price_of(protocol, last, 400) == ((397 * 1_000_000 + 3 * 9_000_000) // 400, True)


def test_a_fixing_after_400_days_of_silence_finds_no_earlier_one(protocol: Protocol) -> None:
    """A missing day more than 400 days after the last fixing has no price, though a fixing follows it."""
    post_on(protocol, {DAY_0: 5, DAY_0 + 402: 9})
    assert price_of(protocol, DAY_0 + 401) == (0, False)
    assert price_of(protocol, DAY_0 + 400) == (9, True)
    assert price_of(protocol, DAY_0 + 402) == (9, True)
    assert price_of(protocol, DAY_0 + 402, 3) == (9, True)
    assert price_of(protocol, DAY_0 + 402, 2) == (0, False)


def test_a_certain_price_never_changes(protocol: Protocol) -> None:
    """Whatever is posted later, day after day."""
    post_on(protocol, {DAY_0: 10, DAY_0 + 2: 30})
    certain = {(day, n): price_of(protocol, day, n) for day in range(DAY_0, DAY_0 + 3) for n in (1, day - DAY_0 + 1)}
    assert all(each[1] for each in certain.values())
    for day in range(DAY_0 + 3, DAY_0 + 12):
        if day % 3:
            post_on(protocol, {day: day})
        assert {key: price_of(protocol, *key) for key in certain} == certain


# -------------------------------------------------------------------------------------------------------- odd questions


def test_averaging_over_no_days_has_no_price(protocol: Protocol) -> None:
    """Zero days, or more days than there ever were."""
    protocol.post(5)
    for averaging_days in (0, TODAY + 1, TODAY + 2, 2**255, 2**256 - 1):
        assert price_of(protocol, TODAY, averaging_days) == (0, False)
    assert price_of(protocol, TODAY, 1) == (5, True)


@pytest.mark.parametrize("huge", [2**16, 2**24 - 1, 2**24, 2**24 + TODAY, 2**40, 2**255, 2**256 - 1])
def test_huge_questions_are_answered(protocol: Protocol, huge: int) -> None:
    """No argument makes the view revert, nor wraps around into another underlying's or day's answer."""
    protocol.post(5)
    protocol.travel_to_day(TODAY + 5)
    assert price_of(protocol, TODAY, 1, index=huge) == (0, False)
    assert price_of(protocol, huge, 1) == (0, False)
    assert price_of(protocol, TODAY, huge) == (0, False)
    assert price_of(protocol, huge, huge, index=huge) == (0, False)


def test_day_zero_and_the_first_days_are_answered(protocol: Protocol) -> None:
    """The search stops at the beginning of time."""
    protocol.post(5)
    for day in (0, 1, 2, 399, 400, 401):
        for averaging_days in (1, 2, day, day + 1):
            assert price_of(protocol, day, averaging_days) == (0, False)


def test_one_underlyings_fixings_are_not_anothers(protocol: Protocol) -> None:
    """The search never leaves the underlying: its neighbours' fixings do not answer for it."""
    protocol.post(5)
    protocol.post(7, underlying=LUNA)
    assert [price_of(protocol, TODAY, index=index) for index in (1, 2, 3)] == [(5, True), (7, True), (0, False)]

"""The walk through random histories is worth something: it notices every oracle that is wrong in one small thing."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from random import Random

import pytest
from support.settlement_histories import (
    DAYS,
    LARGEST,
    LENGTH,
    Days,
    Question,
    extreme,
    history,
    lonely,
    patchy,
    steady,
    walking,
)
from support.settlement_reference import SECONDS_OF_A_DAY as DAY
from support.settlement_reference import settlement_price
from support.settlement_walk import START, Walk

from ifx_sdk import payoff

Answer = tuple[int, bool]
Rule = Callable[[Mapping[int, int], int, int, int], Answer]


def right(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """What the contract should say; the SDK's search is limited as its is."""
    price, certain = payoff.settlement_price(posts, day, averaging_days, now)
    return price or 0, certain


def second_early(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Certain one second before three days are over."""
    return right(posts, day, averaging_days, now + 1)


def second_late(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Certain one second after three days are over."""
    return right(posts, day, averaging_days, now - 1)


def third_day_counts(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Waits for a third day, once it is posted."""
    waited = averaging_days == 1 and not {day, day + 1, day + 2} & set(posts) and day + 3 in posts
    price, certain = right(posts, day, averaging_days, now)
    return (posts[day + 3], certain) if waited and certain else (price, certain)


def second_day_wins(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Of the next two days prefers the later one."""
    both = averaging_days == 1 and day not in posts and {day + 1, day + 2} <= set(posts)
    price, certain = right(posts, day, averaging_days, now)
    return (posts[day + 2], certain) if both and certain else (price, certain)


def rounded_up(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Rounds a mean to the next micro."""
    price, certain = right({each: 2 * price for each, price in posts.items()}, day, averaging_days, now)
    return -(-price // 2), certain


def zero_is_none(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Takes a fixing of zero for a silent day."""
    return right({each: price for each, price in posts.items() if price}, day, averaging_days, now)


def one_day_more(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Averages over a window that begins a day too early."""
    return right(posts, day, averaging_days + (averaging_days > 1), now)


def searches_too_far(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Finds a fixing of more than 400 days ago."""
    price, certain = settlement_price(posts, day, averaging_days, now)
    return price or 0, certain


def never_sure_of_months(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> Answer:
    """Uncertain again where nothing has been posted for 300 days."""
    price, certain = right(posts, day, averaging_days, now)
    return price, certain and now < (max(posts) + 300) * DAY


WRONG: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        second_early,
        second_late,
        third_day_counts,
        second_day_wins,
        rounded_up,
        zero_is_none,
        one_day_more,
        searches_too_far,
        never_sure_of_months,
    )
}


class PaperOracle:
    """Answers by a rule in Python, in place of a contract."""

    def __init__(self, rule: Rule) -> None:
        """Nothing is posted."""
        self._rule = rule
        self._posts: dict[int, int] = {}

    def restart(self) -> None:
        """Nothing is posted any more."""
        self._posts.clear()

    def post(self, now: int, price: int) -> None:
        """Note the fixing of today."""
        self._posts[now // DAY] = price

    def ask(self, now: int, questions: Sequence[Question]) -> list[Answer]:
        """By the rule."""
        return [self._rule(self._posts, *question, now) for question in questions]


def walks(rule: Rule, *moods: Days) -> None:
    """A walk in each mood, at prices that differ, or nearly vanish."""
    for seed, on_days in enumerate(moods):
        random = Random(seed)
        Walk(PaperOracle(rule), history(random, on_days, extreme if on_days is patchy else walking), random).go()


def test_a_right_oracle_passes() -> None:
    """On paper as on a chain."""
    walks(right, patchy)


@pytest.mark.parametrize("rule", WRONG.values(), ids=WRONG)
def test_a_wrong_oracle_is_noticed(rule: Rule) -> None:
    """However small its fault, three histories find it."""
    with pytest.raises(AssertionError, match=r"not \(|changed at|uncertain again"):
        walks(rule, lonely, patchy, steady)


def test_the_reference_gives_the_documents_table() -> None:
    """The table of docs/protocol.md, counted by hand: 8 posted on day 1 and 4 on day 5, days 2 to 5 average 20 // 4."""
    posts, now = {1: 8, 5: 4}, 5 * DAY
    assert [settlement_price(posts, day, 1, now) for day in range(1, 6)] == [(p, True) for p in (8, 8, 4, 4, 4)]
    assert settlement_price(posts, 5, 4, now) == ((8 + 4 + 4 + 4) // 4, True) == (5, True)


@pytest.mark.parametrize("on_days", DAYS, ids=lambda mood: mood.__name__)
def test_histories_hold_what_they_promise(on_days: Days) -> None:
    """Days of the 400 in order, prices that the oracle takes, and over the seeds every shape of silence."""
    silences: set[int] = set()
    for seed in range(60):
        posts = history(Random(seed), on_days)
        assert list(posts) == sorted(posts)
        assert 0 <= min(posts) <= max(posts) < LENGTH
        assert all(0 <= price <= LARGEST for price in posts.values())
        days = [*posts, LENGTH]
        silences |= {after - before - 1 for before, after in pairwise(days)}
    promised = {
        "steady": {1, 2, 3, 4, 7, 28},
        "patchy": {1, 2, 3, 4, 5},
        "sparse": {1, 2, 3, 4, 6},
        "retired": {1, 2, 3, 28},
        "lonely": set(),
    }[on_days.__name__]
    assert promised <= silences
    assert max(silences) >= {"steady": 28, "patchy": 5, "sparse": 100, "retired": 100, "lonely": 300}[on_days.__name__]
    assert START * DAY == 1_784_073_600

"""Which requests are matched, at which price and size, in which order; and why two are not."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from support.open_requests import LOT, MATURITY, SPOT, books, open_request, plainly

from otc_desk.matching import Apart, OpenRequest, agreed_price, blocked, matches, pair_of, why_not

DAY = 86_400


@pytest.mark.parametrize(
    ("long", "short", "price"),
    [
        (7_450_000, 7_450_000, 7_450_000),
        (7_500_000, 7_400_000, 7_450_000),
        (7_460_000, 7_450_000, 7_460_000),  # a tie goes to the even tick
        (7_450_000, 7_440_000, 7_440_000),
        (7_455_000, 7_455_000, 7_455_000),  # no tick lies within the limits: their midpoint
        (7_454_999, 7_450_001, 7_452_500),
        (7_455_001, 7_454_998, 7_454_999),  # rounded down to the micro
        (7_456_000, 7_450_000, 7_450_000),  # the nearest tick lies just on a limit
        (9_000, 1, 4_500),  # the nearest tick is zero, which is no price
        (12_000, 1, 10_000),
    ],
)
def test_the_price_is_the_midpoint_on_the_tick(long: int, short: int, price: int) -> None:
    """Nearest tick, ties to even; where none lies within the limits, the midpoint rounded down."""
    assert agreed_price(long, short, SPOT) == price


def test_a_small_spot_has_a_small_tick() -> None:
    """Below 1 USD the tick is 0.0001 USD."""
    assert agreed_price(600_260, 600_000, 900_000) == 600_100
    assert agreed_price(600_260, 600_000, 1_000_000) == 600_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"underlying": "openai/gpt-5.6-luna"}, "different underlyings"),
        ({"maturity": MATURITY + DAY}, "mature on different days: 2027-01-15 and 2027-01-16"),
        ({"averaging_days": 5}, "average over different days: 1 and 5"),
        ({"limit": 7_450_001}, "the long pays at most 7.45 USD/Mtok, the short takes at least 7.450001 USD/Mtok"),
        ({"limit": None}, "there is no indicative price of openai/gpt-4.1 for 2027-01-15"),
        ({"quantity": LOT - 1}, "is less than the lot of 100B tokens"),
        ({"lot": 0}, "openai/gpt-4.1 is not listed"),
        ({"spot": 0}, "openai/gpt-4.1 has no fixing above 0"),
        ({"account": "account of long"}, "both are of one account"),
        ({"participant": "participant of long"}, "both are of one participant"),
        ({"family": "refused"}, "came to nothing before"),
    ],
)
def test_every_obstacle_alone_keeps_two_requests_apart(change: dict[str, Any], words: str) -> None:
    """Two requests that fit but for one thing are not matched, and the reason names it; without it they are."""
    long, short = open_request("long", "long"), open_request("short", "short", **change)
    apart = frozenset({("long", "refused")})
    reason = why_not(long, short, apart)
    assert reason is not None
    assert words in reason
    assert matches([long, short], apart) == ()
    fitting = open_request("short", "short")
    assert why_not(long, fitting, apart) is None
    assert matches([long, fitting], apart) == (pair_of(long, fitting),)


def test_two_on_one_side_are_not_matched() -> None:
    """Two longs want the same."""
    one, other = open_request("one", "long"), open_request("other", "long")
    assert why_not(one, other) == "they are on one side: long and long"
    assert matches([one, other]) == ()


@pytest.mark.parametrize(
    ("days", "averaging_days", "fits"),
    [(27, 1, False), (28, 1, True), (400, 1, True), (401, 1, False), (28, 29, False)],
)
def test_only_days_that_the_escrow_takes_are_matched(days: int, averaging_days: int, fits: bool) -> None:
    """28 to 400 days ahead, and an average that begins after today."""
    change = {"maturity": (20_649 + days) * DAY, "averaging_days": averaging_days}
    long, short = (open_request(side, side, **change) for side in ("long", "short"))
    assert (blocked(long) is None) == fits
    assert bool(matches([long, short])) == fits


def test_the_longs_limit_counts_for_twice_the_spot_at_most() -> None:
    """The escrow takes no higher price: 20 and 15 meet at 15.50, and 16.01 is too much for any long."""
    long = open_request("long", "long", 20_000_000)
    assert matches([long, open_request("short", "short", 15_000_000)])[0].price == 15_500_000
    assert matches([long, open_request("short", "short", 16_010_000)]) == ()


def test_the_best_price_comes_first_and_the_older_among_equals() -> None:
    """A long takes from the cheapest short, then from the older one; the highest long goes first."""
    requests = [
        open_request("late", "short", 7_400_000, 3 * LOT, time=2),
        open_request("early", "short", 7_400_000, 3 * LOT, time=1),
        open_request("dear", "short", 7_450_000, 3 * LOT),
        open_request("low", "long", 7_450_000, 5 * LOT),
        open_request("high", "long", 7_500_000, 2 * LOT, time=9),
    ]
    found = [(pair.long.id, pair.short.id, pair.quantity // LOT, pair.price) for pair in matches(requests)]
    assert found == [
        ("high", "early", 2, 7_450_000),
        ("low", "early", 1, 7_420_000),
        ("low", "late", 3, 7_420_000),
        ("low", "dear", 1, 7_450_000),
    ]


def test_sizes_are_cut_to_whole_lots() -> None:
    """What is left of a lot stays open."""
    long, short = open_request("long", "long", quantity=250_000), open_request("short", "short", quantity=900_000)
    assert [pair.quantity for pair in matches([long, short])] == [200_000]


def test_nobody_is_matched_with_itself_though_its_price_is_best() -> None:
    """The own short is passed by, and the stranger's behind it is taken."""
    long = open_request("long", "long", participant="one")
    own = open_request("own", "short", 7_000_000, participant="one")
    strange = open_request("strange", "short", 7_100_000)
    assert [pair.short.id for pair in matches([long, own, strange])] == ["strange"]


@given(book=books())
def test_matching_is_the_plain_one(book: tuple[list[OpenRequest], Apart]) -> None:
    """The pairs are those of looking through all shorts for every long, whatever the order in which they come."""
    requests, apart = book
    assert matches(requests, apart) == plainly(requests, apart) == matches(requests[::-1], apart)


@given(book=books())
def test_every_pair_holds_and_nothing_that_fits_is_left(book: tuple[list[OpenRequest], Apart]) -> None:
    """Price within both limits, whole lots, no request beyond its size; and no two that remain could be matched."""
    requests, apart = book
    left = Counter({each.id: each.quantity for each in requests})
    for pair in matches(requests, apart):
        assert why_not(pair.long, pair.short, apart) is None
        assert pair.short.bound <= pair.price <= pair.long.bound <= 2 * SPOT
        assert pair.quantity > 0
        assert pair.quantity % LOT == 0
        left[pair.long.id] -= pair.quantity
        left[pair.short.id] -= pair.quantity
    assert all(each >= 0 for each in left.values())
    open_ = [each for each in requests if left[each.id] >= LOT]
    rest = [(long, short) for long in open_ for short in open_ if why_not(long, short, apart) is None]
    assert rest == []

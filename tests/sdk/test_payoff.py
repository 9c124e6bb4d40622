"""The money of a forward against the protocol's formulas, and the fixing rule against its prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.errors import BadValue
from ifx_sdk.payoff import (
    cap_binding,
    deposit_required,
    fee,
    fee_split,
    payoff,
    payouts,
    prefunding,
    raw_payoff,
    settlement_mean,
    settlement_price,
    worst_case,
)

GPT = {"price": 7_450_000, "spot": 8_000_000, "quantity": 1_000_000}
USDT = 1_000_000


@st.composite
def forwards(draw: st.DrawFn) -> dict[str, int]:
    """Figures that `book` takes, with a settlement price that the oracle can give."""
    spot = draw(st.integers(1, 2**39 - 1))
    return {
        "price": draw(st.integers(1, 2 * spot)),
        "spot": spot,
        "quantity": draw(st.integers(1, 2**40 - 1)),
        "settlement": draw(st.integers(0, 2**40 - 1)),
    }


@pytest.mark.parametrize(
    ("settlement", "long_receives", "short_receives"),
    [
        (4_320_000, 4_870_000, 11_130_000),
        (8_000_000, 8_550_000, 7_450_000),
        (7_450_000, 8_000_000, 8_000_000),
        (0, 550_000, 15_450_000),
        (33_360_000, 16_000_000, 0),
    ],
)
def test_worked_example_pays_as_the_protocol_says(settlement: int, long_receives: int, short_receives: int) -> None:
    """GPT-4.1, 1T, F 7.45 on a spot of 8.00: the long pays on a cut and receives when nothing happens."""
    assert payouts(**GPT, settlement=settlement) == (long_receives * USDT, short_receives * USDT)


def test_luna_pays_as_the_protocol_says() -> None:
    """100B tokens on a spot of 6.00, point and 92-day average, to the micro-USDT."""
    point = payouts(price=5_790_000, spot=6_000_000, quantity=100_000, settlement=1_200_000)
    average = payouts(price=5_890_000, spot=6_000_000, quantity=100_000, settlement=1_982_608)
    assert point == (141_000 * USDT, 1_059_000 * USDT)
    assert average == (209_260_800_000, 990_739_200_000)


def test_fee_is_one_percent_of_the_indicative() -> None:
    """74,500 USDT on the worked example, on top of 8,000,000 each."""
    assert fee(indicative=7_450_000, quantity=1_000_000) == 74_500 * USDT
    assert deposit_required(spot=8_000_000, indicative=7_450_000, quantity=1_000_000) == (8_037_250 * USDT,) * 2


@pytest.mark.parametrize(
    ("indicative", "quantity", "total"), [(99, 1, 0), (100, 1, 1), (199, 1, 1), (7_449_117, 7, 521_438)]
)
def test_fee_is_rounded_down(indicative: int, quantity: int, total: int) -> None:
    """The only rounding before settlement favours the sides."""
    assert fee(indicative=indicative, quantity=quantity) == total


@given(st.integers(0, 2**80))
def test_fee_halves_add_up_and_the_odd_micro_is_the_shorts(total: int) -> None:
    """Nothing of a fee is lost or charged twice."""
    fee_long, fee_short = fee_split(total)
    assert fee_long + fee_short == total
    assert fee_short - fee_long == total % 2


@given(forwards())
def test_payouts_add_up_to_both_prefundings(forward: dict[str, int]) -> None:
    """Neither payout is negative, and nothing is made or lost."""
    locked = prefunding(spot=forward["spot"], quantity=forward["quantity"])
    long_payout, short_payout = payouts(**forward)
    assert long_payout + short_payout == 2 * locked
    assert 0 <= long_payout <= 2 * locked


@given(forwards())
def test_payoff_is_the_clamped_difference(forward: dict[str, int]) -> None:
    """The cap binds exactly where the raw payoff passes it."""
    raw = raw_payoff(**{key: forward[key] for key in ("price", "quantity", "settlement")})
    cap = prefunding(spot=forward["spot"], quantity=forward["quantity"])
    paid = payoff(**forward)
    assert abs(paid) <= cap
    assert {"none": raw == paid, "upper": raw > paid == cap, "lower": raw < paid == -cap}[cap_binding(**forward)]


@given(forwards(), st.integers(0, 2**40 - 1))
def test_a_higher_settlement_never_pays_the_long_less(forward: dict[str, int], other: int) -> None:
    """The payoff is monotone in the settlement price."""
    low, high = sorted((forward["settlement"], other))
    assert payouts(**{**forward, "settlement": low})[0] <= payouts(**{**forward, "settlement": high})[0]


@given(forwards(), st.data())
def test_no_side_loses_more_than_its_worst_case(forward: dict[str, int], data: st.DataObject) -> None:
    """What a side is shown before it signs bounds what it can lose, fee included."""
    indicative = data.draw(st.integers(1, forward["spot"]))
    terms = {"price": forward["price"], "spot": forward["spot"], "quantity": forward["quantity"]}
    deposits = deposit_required(spot=forward["spot"], indicative=indicative, quantity=forward["quantity"])
    for side, deposit, payout in zip(("long", "short"), deposits, payouts(**forward), strict=True):
        assert deposit - payout <= worst_case(side, **terms, indicative=indicative)
    worst_for_long = payouts(**terms, settlement=0)[0]
    assert deposits[0] - worst_for_long == worst_case("long", **terms, indicative=indicative)


def test_worst_case_of_no_side_is_refused() -> None:
    """There are two sides."""
    with pytest.raises(BadValue):
        worst_case("desk", **GPT, indicative=7_450_000)  # type: ignore[arg-type]


@pytest.mark.parametrize(("prices", "mean"), [([7], 7), ([1, 2], 1), ([6_000_000] * 15 + [1_200_000] * 77, 1_982_608)])
def test_settlement_mean_is_floored(prices: list[int], mean: int) -> None:
    """The one rounding before a payoff."""
    assert settlement_mean(prices) == mean


def test_settlement_mean_of_nothing_is_refused() -> None:
    """There is no mean of no prices."""
    with pytest.raises(BadValue):
        settlement_mean([])


def at(day: int) -> int:
    return day * SECONDS_PER_DAY


# Days around day 100 with prices by day, the day asked, the day on which it is asked, and what the protocol says.
@pytest.mark.parametrize(
    ("posted", "day", "asked_on", "answer"),
    [
        ({100: 8}, 100, 100, (8, True)),
        ({98: 9, 100: 0}, 100, 100, (0, True)),
        ({99: 8}, 100, 100, (8, False)),
        ({99: 8}, 100, 102, (8, False)),
        ({99: 8}, 100, 103, (8, True)),
        ({99: 8, 101: 5}, 100, 101, (5, True)),
        ({99: 8, 102: 5}, 100, 102, (5, True)),
        ({99: 8, 101: 6, 102: 5}, 100, 102, (6, True)),
        ({99: 8, 103: 5}, 100, 103, (8, True)),
        ({90: 7, 99: 8, 103: 5}, 98, 103, (8, True)),
        ({101: 5}, 100, 101, (None, False)),
        ({}, 100, 500, (None, False)),
        ({99: 8}, 499, 600, (8, True)),
        ({99: 8}, 500, 600, (None, False)),
    ],
)
def test_a_day_takes_its_fixing_the_next_two_or_the_newest_earlier(
    posted: dict[int, int], day: int, asked_on: int, answer: tuple[int | None, bool]
) -> None:
    """Postponed by at most two days, else the newest earlier fixing; certain once nothing can change it."""
    assert settlement_price(posted, day, 1, at(asked_on)) == answer


def test_certainty_comes_with_the_second_and_not_before() -> None:
    """Three days after the missing day began, to the second."""
    assert settlement_price({99: 8}, 100, 1, at(103) - 1) == (8, False)
    assert settlement_price({99: 8}, 100, 1, at(103)) == (8, True)


def test_an_average_takes_every_days_own_price() -> None:
    """Days 97 to 102: own, the next one's, own, postponed twice to day 102's, own."""
    posted = {96: 10, 98: 4, 99: 7, 102: 1}
    assert settlement_price(posted, 102, 6, at(102)) == ((4 + 4 + 7 + 1 + 1 + 1) // 6, True)


@pytest.mark.parametrize("averaging_days", [0, -1, 102])
def test_an_average_over_no_days_has_no_price(averaging_days: int) -> None:
    """Nor does one that begins before day 0."""
    assert settlement_price(dict.fromkeys(range(101), 8), 100, averaging_days, at(200)) == (None, False)


def test_an_average_that_begins_before_the_first_fixing_has_no_price() -> None:
    """Every day of the span needs a fixing at or before it."""
    assert settlement_price({99: 8, 100: 8}, 100, 2, at(100)) == (8, True)
    assert settlement_price({99: 8, 100: 8}, 100, 3, at(100)) == (None, False)


@given(st.dictionaries(st.integers(1, 60), st.integers(0, 2**40 - 1)), st.integers(1, 60), st.integers(1, 60))
def test_a_certain_price_never_changes(posted: dict[int, int], day: int, averaging_days: int) -> None:
    """As days pass and fixings come in, a price that was called certain stays."""
    certain = None
    for today in range(1, 66):
        known = {each: price for each, price in posted.items() if each <= today}
        price, is_certain = settlement_price(known, day, averaging_days, at(today))
        if certain is not None:
            assert (price, is_certain) == (certain, True)
        elif is_certain:
            certain = price
    reachable = day >= averaging_days and any(each <= day - averaging_days + 1 for each in posted)
    assert (certain is not None) == reachable

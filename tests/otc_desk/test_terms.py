"""Final terms: from a pair and today's fixing, by rules that a reader can recompute."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.open_requests import LOT, MATURITY, SPOT, TODAY, open_request

from ifx_sdk.calendar import maturity_timestamp
from ifx_sdk.errors import BadTerms
from ifx_sdk.terms import Terms, escrow_domain
from otc_desk.errors import WrongState
from otc_desk.matching import Pair, pair_of
from otc_desk.meaning import ONE_EVENING, meaning
from otc_desk.tenors import averaging_on, bookable, indicative_on, maturity_on, whole_months
from otc_desk.terms import MIN_DEADLINE_SECONDS, deadline_for, final_terms

DAY = 86_400
NOON = TODAY * DAY + DAY // 2
ACCOUNTS = {
    "long": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "short": "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
}
ESCROW = escrow_domain(31337, "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0").contract


def pair(**more: Any) -> Pair:
    """A long and a short of 1T tokens at 7.45."""
    long, short = (open_request(side, side, account=ACCOUNTS[side], **more) for side in ("long", "short"))
    return pair_of(long, short)


def terms(now: int = NOON, *, contract_wallet: bool = False, escrow: str = ESCROW, **more: Any) -> Terms:
    """Final terms of that pair."""
    return final_terms(
        pair(**more), spot=SPOT, now=now, contract_wallet=contract_wallet, escrow=escrow, salt=b"\x07" * 32
    )


def test_terms_are_the_pair_on_todays_fixing() -> None:
    """Every field, from the paper's example."""
    assert terms() == Terms(
        long=ACCOUNTS["long"],
        short=ACCOUNTS["short"],
        underlying="openai/gpt-4.1",
        quantity=1_000_000,
        price=7_450_000,
        spot=8_000_000,
        indicative=7_450_000,
        maturity=MATURITY,
        averaging_days=1,
        deadline=NOON + DAY,
        salt=b"\x07" * 32,
    )


def test_a_contract_wallet_has_three_days() -> None:
    """Its owners sign over days."""
    assert terms(contract_wallet=True).deadline == NOON + 3 * DAY


@pytest.mark.parametrize(
    ("days", "averaging_days", "deadline"),
    [
        (184, 1, NOON + 3 * DAY),
        (184, 181, NOON + 3 * DAY),
        (184, 182, (TODAY + 3) * DAY - 1),
        (184, 184, (TODAY + 1) * DAY - 1),
        (31, 1, NOON + 3 * DAY),
        (30, 1, (TODAY + 3) * DAY - 1),
        (28, 1, (TODAY + 1) * DAY - 1),
        (28, 28, (TODAY + 1) * DAY - 1),
    ],
)
def test_a_deadline_is_never_after_the_last_bookable_day(days: int, averaging_days: int, deadline: int) -> None:
    """The escrow counts days to maturity from the day of booking: 28 at least, and no fewer than the average has."""
    assert deadline_for(NOON, (TODAY + days) * DAY, averaging_days, contract_wallet=True) == deadline


@given(now=st.integers(0, DAY - 1), days=st.integers(28, 400), share=st.floats(0, 1), code=st.booleans())
def test_terms_can_be_booked_until_their_deadline(now: int, days: int, share: float, code: bool) -> None:
    """On the last second the days still fit; what is sent passes the escrow's checks then."""
    averaging_days = max(1, int(days * share))
    change = {"maturity": (TODAY + days) * DAY, "averaging_days": averaging_days}
    moment = TODAY * DAY + now
    if deadline_for(moment, change["maturity"], averaging_days, contract_wallet=code) < moment + MIN_DEADLINE_SECONDS:
        with pytest.raises(WrongState, match="60 minutes"):
            terms(moment, contract_wallet=code, **change)
        return
    sent = terms(moment, contract_wallet=code, **change)
    sent.validate(LOT, sent.deadline, escrow=ESCROW)
    assert bookable(sent.deadline // DAY, sent.maturity, averaging_days)


def test_terms_that_could_hardly_be_booked_are_not_sent() -> None:
    """An average over every day, an hour before midnight: the next day's fixing comes first."""
    last = (TODAY + 1) * DAY - 1
    whole = {"averaging_days": 184, "limit": 7_700_000}
    assert terms(last - MIN_DEADLINE_SECONDS, **whole).deadline == last
    with pytest.raises(WrongState, match="60 minutes"):
        terms(last - MIN_DEADLINE_SECONDS + 1, **whole)


def test_terms_that_the_escrow_refuses_are_not_made() -> None:
    """The escrow is no side."""
    assert terms(escrow=ESCROW)
    with pytest.raises(BadTerms):
        terms(escrow=ACCOUNTS["short"])


def test_a_tenor_leads_from_today_and_a_named_day_stays() -> None:
    """Six months from 15 July, and from the next day; the named day is the same on both."""
    assert maturity_on(TODAY, 6, 0) == MATURITY
    assert maturity_on(TODAY + 1, 6, 0) == MATURITY + DAY
    assert maturity_on(TODAY + 1, None, MATURITY) == MATURITY


def test_more_averaging_days_than_a_tenor_has_mean_all_of_it() -> None:
    """Tenors differ in days; for a named day the number is the author's."""
    assert averaging_on(TODAY, 6, MATURITY, 400) == 184
    assert averaging_on(TODAY, 6, MATURITY, 5) == 5
    assert averaging_on(TODAY, None, MATURITY, 400) == 400


@pytest.mark.parametrize("months", [1, 3, 6, 9, 12, 13])
def test_a_tenors_months_are_its_own(months: int) -> None:
    """From the 31st too, where the maturity is clamped to a month's end."""
    for trade_date in (date(2026, 7, 15), date(2026, 8, 31), date(2027, 11, 30)):
        today = (trade_date - date(1970, 1, 1)).days
        assert whole_months(today, maturity_timestamp(trade_date, months)) == months


@pytest.mark.parametrize(("days", "months"), [(28, 1), (45, 1), (46, 1), (47, 2), (180, 6), (190, 6), (400, 13)])
def test_a_named_day_takes_the_nearest_months(days: int, months: int) -> None:
    """Whole months alone, and the fewer of two that are as near: 15 August is 31 days, 15 September 62 days ahead."""
    assert whole_months(TODAY, (TODAY + days) * DAY) == months


def test_the_indicative_price_is_of_the_day() -> None:
    """7.45 for 6 months on 8.00; the mean of the days for an average; none where the tick leaves none."""
    assert indicative_on(TODAY, SPOT, MATURITY, 1) == 7_450_000
    assert indicative_on(TODAY, SPOT, MATURITY, 184) == 7_720_000
    assert indicative_on(TODAY, 40, MATURITY, 1) is None
    assert indicative_on(TODAY, SPOT, (TODAY + 27) * DAY, 1) is None


def test_each_side_reads_its_own_worst_case() -> None:
    """The paper's example: what is locked, the half fee, the most to lose, the payoff at a cut and at no change."""
    long, short = meaning(terms(), "long"), meaning(terms(), "short")
    assert (long.prefunding, long.fee, long.needed) == (8_000_000_000_000, 37_250_000_000, 8_037_250_000_000)
    assert long.worst_case == 7_450_000_000_000 + 37_250_000_000
    assert short.worst_case == 8_000_000_000_000 + 37_250_000_000
    at = {point.settlement: point for point in long.points}
    assert at[8_000_000].payoff == 550_000_000_000
    assert at[0].payout == 550_000_000_000
    for one, other in zip(long.points, short.points, strict=True):
        assert one.payoff == -other.payoff
        assert one.payout + other.payout == 2 * long.prefunding
    assert [point.settlement for point in long.points] == sorted(at)


def test_a_point_forward_warns_of_one_evening() -> None:
    """An average over days does not."""
    assert ONE_EVENING in meaning(terms(), "long").warnings
    assert ONE_EVENING not in meaning(terms(averaging_days=5), "long").warnings

"""The demo's numbers: the table it promises follows from its pages by arithmetic that shares no code with the SDK."""

import pytest

from ifx_sdk.client import make_quote
from ifx_sdk.payoff import payouts
from scripts.demonstration.charts import columns, share
from scripts.demonstration.checks import SIDE_NEEDS, TABLE, Row
from scripts.demonstration.reference import Expected, expected, price_of_day, settlement
from scripts.demonstration.scenario import GPT41, LUNA, NODES, Kind, Order, SamplePages, fault_of, number

PAGES = SamplePages()
FIRST = PAGES.trade_day
LAST = number("2027-01-15")


def fixings(name: str) -> dict[int, int]:
    """Every daily fixing of the plain demo."""
    found = {day: PAGES.price(name, day) for day in range(FIRST, LAST + 1)}
    return {day: price for day, price in found.items() if price is not None}


def own(order: Order, row: Row) -> Expected:
    """A forward by the demo's own arithmetic."""
    maturity = number(row.maturity)
    posted = fixings(order.underlying)
    return expected(
        posted,
        spot=posted[FIRST],
        price=row.price,
        quantity=order.quantity,
        maturity_day=maturity,
        averaging_days=order.averaging_days or maturity - FIRST,
    )


ROWS = [pytest.param(order, row, id=row.label) for order, row in zip(PAGES.orders, TABLE, strict=True)]


@pytest.mark.parametrize(("order", "row"), ROWS)
def test_the_table_follows_from_the_pages(order: Order, row: Row) -> None:
    """B, fee, F_ref and both payouts, to the micro-USDT."""
    found = own(order, row)
    assert (found.prefunding, found.fee, found.settlement, found.long_receives, found.short_receives) == (
        row.prefunding,
        row.fee,
        row.settlement,
        row.long_receives,
        row.short_receives,
    )


@pytest.mark.parametrize(("order", "row"), ROWS)
def test_the_sdk_quotes_the_tables_price(order: Order, row: Row) -> None:
    """F = F_ind is what the SDK publishes on the trade date's fixing, and its payouts are the table's."""
    maturity, spot = number(row.maturity), fixings(order.underlying)[FIRST]
    days = order.averaging_days or maturity - FIRST
    quote = make_quote(order.underlying, order.quantity, order.months, averaging_days=days, spot=spot, spot_day=FIRST)
    assert (quote.indicative, quote.maturity, quote.prefunding, quote.fee) == (
        row.price,
        maturity * 86_400,
        row.prefunding,
        row.fee,
    )
    assert payouts(price=row.price, spot=spot, quantity=order.quantity, settlement=row.settlement) == (
        row.long_receives,
        row.short_receives,
    )


def test_each_side_needs_what_the_table_says() -> None:
    """Prefundings and half the fees: 9,243,090 USDT for the long, the same for the short."""
    found = [own(order, row) for order, row in zip(PAGES.orders, TABLE, strict=True)]
    assert sum(each.long_needs for each in found) == SIDE_NEEDS == 9_243_090 * 10**6
    assert sum(each.short_needs for each in found) == SIDE_NEEDS


@pytest.mark.parametrize(
    ("name", "day", "price"),
    [
        (LUNA, "2026-07-30", 6_000_000),
        (LUNA, "2026-07-31", 1_200_000),
        (GPT41, "2026-10-01", 8_000_000),
        (GPT41, "2026-10-02", 4_320_000),
    ],
)
def test_a_change_at_midnight_is_the_next_days_fixing(name: str, day: str, price: int) -> None:
    """A price that changes at 00:00 stands in the last slot of its own day's window alone."""
    assert PAGES.price(name, number(day)) == price


def test_no_day_of_the_plain_demo_lacks_a_quorum() -> None:
    """At most one of the four nodes is in trouble on any day."""
    for day in range(FIRST, LAST + 1):
        assert sum(fault_of(PAGES.faults, node, day) is not None for node in NODES) <= 1


def test_nodes_are_wrong_down_and_silent_on_some_days() -> None:
    """Every kind of trouble is seen at work."""
    assert {each.kind for each in PAGES.faults} == set(Kind)
    assert all(FIRST < each.first <= each.last <= LAST for each in PAGES.faults)


def test_the_page_in_force_is_served() -> None:
    """From its first second on a page stands at its address; the mirror can show an older one."""
    cut = number("2026-07-30") * 86_400
    before, after = PAGES.pages("/pricing", cut - 1), PAGES.pages("/pricing", cut)
    assert (b"$6.00" in before.body, b"$1.20" in after.body) == (True, True)
    stale_day = number("2026-08-01") * 86_400
    assert PAGES.pages("/mirror/pricing", stale_day).body == before.body
    assert PAGES.pages("/pricing", stale_day).body == after.body
    assert PAGES.pages("/elsewhere", cut).status == 404


def test_missing_days_are_postponed_or_fall_back() -> None:
    """The reference for recordings: the first fixing of the next two days, else the newest earlier one."""
    posted = {10: 6, 20: 1}
    assert price_of_day(posted, 10) == (6, "posted")
    assert price_of_day(posted, 17) == (6, "fallback")
    assert [price_of_day(posted, day) for day in (18, 19)] == [(1, "postponed")] * 2
    assert price_of_day(posted, 25) == (1, "fallback")
    assert settlement(posted, 20, 4) == (6 + 1 + 1 + 1) // 4
    with pytest.raises(ValueError, match="400 days"):
        price_of_day(posted, 7)


def test_charts_show_gaps_and_shares() -> None:
    """A missing day is an empty column, the smallest price is still seen, a share fills its part."""
    assert columns([8, None, 4, 0], 4, 2) == ["█   ", "█ █▁"]
    assert columns([], 10, 1) == [""]
    assert share(1, 4, 8) == "██░░░░░░"
    assert share(0, 0, 3) == "░░░"

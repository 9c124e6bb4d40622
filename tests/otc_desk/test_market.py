"""The market's numbers equal a count of the raw logs, to the micro."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.chain import GPT, LUNA
from support.trading import Trading, counted, open_trading

from ifx_sdk import devnet, payoff, pricing
from ifx_sdk.calendar import day_number, day_of, parse_date
from ifx_sdk.client import IFX
from ifx_sdk.money import decimal_text, parse_amount, parse_price
from otc_desk import market
from otc_desk.chain_index import advance
from otc_desk.desk import Desk
from otc_desk.market_rows import Peak

LOT = 100_000


@pytest.fixture
def trading(deployed: IFX) -> Trading:
    """The in-process deployment with funded parties."""
    return open_trading(deployed)


@pytest.fixture
def read(client: TestClient) -> Callable[..., Any]:
    """GET a market route, which must answer."""

    def get(path: str, **params: Any) -> Any:
        answer = client.get("/api/market" + path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def trade(trading: Trading) -> None:
    """Two months of it: bookings in both, one early end, a novation, settlements alone and together, one overdue."""
    ids = [trading.book(trading.terms(GPT, price=7_000_000 + 10_000 * number, lots=1 + number)) for number in range(4)]
    trading.book(trading.terms(LUNA, months=6, price=5_900_000, averaging_days=5))
    trading.novate(ids[0], 1)
    trading.terminate(ids[1], 6_999_999)
    maturity = trading.maturity(3)
    trading.go_to(trading.maturity(1) + 7_200)
    trading.fix({GPT: 4_320_000, LUNA: 6_100_000})
    trading.book(trading.terms(LUNA, months=12, price=5_000_000))
    late = trading.book(trading.terms(LUNA, months=3, price=6_200_000, lots=7))
    trading.go_to(maturity + 3_600)
    trading.fix({GPT: 4_320_001})
    anyone = trading.as_role(devnet.OUTSIDER)
    anyone.escrow.settle(ids[0]).confirmed()
    anyone.escrow.settle_many(ids[2:]).confirmed()
    assert trading.ifx.escrow.forward(late).is_active


def test_sums_equal_a_count_of_the_raw_logs(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """Booked, open, settled and ended early: number, quantity, notional and prefunding, each to the micro."""
    trade(trading)
    advance(desk)
    found, index = read(""), counted(trading.ifx)
    records = list(index.forwards.values())
    for name, statuses in {"booked": {2, 3, 4}, "open": {2}, "settled": {3}, "terminated": {4}}.items():
        chosen = [each for each in records if each["status"] in statuses]
        assert chosen
        assert found[name] == {
            "forwards": len(chosen),
            "quantity": sum(each["quantity"] for each in chosen),
            "notional": decimal_text(sum(each["price"] * each["quantity"] for each in chosen), places=6),
            "prefunding": decimal_text(sum(2 * each["spot"] * each["quantity"] for each in chosen), places=6),
        }
    assert found["underlyings"] == 2
    escrow = trading.ifx.token.balance(trading.ifx.escrow.address)
    held = parse_amount(found["open"]["prefunding"])
    assert held == escrow - sum(index.free.values())


def test_open_interest_is_by_underlying_and_maturity(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """Each group and the total equal the count, and what has matured without a settlement is marked."""
    trade(trading)
    trading.go_to(trading.maturity(3))
    advance(desk)
    found, index = read("/open-interest"), counted(trading.ifx)
    groups: dict[tuple[str, int], list[Any]] = {}
    for each in index.forwards.values():
        if each["status"] == 2:
            groups.setdefault((index.names[each["underlying"]], each["maturity"]), []).append(each)
    assert [(each["underlying"], each["maturity"]) for each in found["items"]] == sorted(groups)
    for item in found["items"]:
        group = groups[item["underlying"], item["maturity"]]
        assert (item["forwards"], item["quantity"]) == (len(group), sum(each["quantity"] for each in group))
        assert parse_amount(item["notional"]) == sum(each["price"] * each["quantity"] for each in group)
        assert item["matured"] == (item["maturity"] <= trading.ifx.chain.timestamp())
    assert {item["matured"] for item in found["items"]} == {True, False}
    assert found["total"]["quantity"] == sum(item["quantity"] for item in found["items"])


def test_volume_is_by_month_of_booking(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """July's and August's bookings apart, whatever became of them."""
    trade(trading)
    advance(desk)
    found = read("/volume")
    told = [(each["month"], each["underlying"], each["forwards"], each["quantity"]) for each in found["items"]]
    assert told == [
        ("2026-07", GPT, 4, 10 * LOT),
        ("2026-07", LUNA, 1, LOT),
        ("2026-08", LUNA, 2, 8 * LOT),
    ]
    assert found["total"] == read("")["booked"]


def test_settlements_are_paid_as_the_chain_says(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """Price and payouts of each, alone or in a batch, are those of the escrow; pages leave none out."""
    trade(trading)
    advance(desk)
    whole = read("/settlements")
    assert whole["total"] == len(whole["items"]) == 3
    for item in whole["items"]:
        booked = trading.ifx.escrow.booked(bytes.fromhex(item["forward"][2:]))
        assert booked is not None
        paid = booked.settlement
        assert paid is not None
        told = (parse_price(item["settlement_price"]), item["block_number"], item["tx_hash"], item["final"])
        assert told == (paid.price, paid.block_number, paid.tx_hash, True)
        payouts = (parse_amount(item["long_payout"]), parse_amount(item["short_payout"]))
        assert payouts == trading.ifx.escrow.payouts(booked.record.id, paid.price)
        assert item["time"] == trading.ifx.chain.timestamp(paid.block_number)
    pages = [read("/settlements", limit=2, offset=offset)["items"] for offset in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert pages[0] + pages[1] == whole["items"]
    assert read("/settlements", underlying=LUNA)["items"] == []


def test_gates_follow_the_chain(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """Positions at once, also when some have ended since, and settlements; an early end is none."""
    advance(desk)
    assert [(gate["count"], gate["highest"], gate["final"]) for gate in read("/gates")["items"]] == [(0, 0, 0)] * 2
    trade(trading)
    advance(desk)
    positions, settled = read("/gates")["items"]
    assert positions == {
        "name": "simultaneous_positions",
        "needed": 30,
        "count": 3,
        "highest": 6,
        "final": 6,
        "reached": False,
    }
    assert settled == {
        "name": "settlements_without_dispute",
        "needed": 5,
        "count": 3,
        "highest": 3,
        "final": 3,
        "reached": False,
    }
    assert read("")["gates"] == [positions, settled]


def test_a_gate_is_reached_in_final_blocks_alone() -> None:
    """30 positions and 5 settlements, one fewer, and the same where nothing is final yet."""
    full, short = Peak(now=0, highest=30, settled=5), Peak(now=29, highest=29, settled=4)
    assert [gate.reached for gate in market.gates(full, full)] == [True, True]
    assert [gate.reached for gate in market.gates(full, short)] == [False, False]
    assert [gate.reached for gate in market.gates(full, None)] == [False, False]


def test_underlyings_are_told_with_lot_and_newest_fixing(
    desk: Desk, trading: Trading, read: Callable[..., Any]
) -> None:
    """As the oracle and the escrow have them; a day later the newest is not today's any more."""
    advance(desk)
    gpt, luna = read("/underlyings")["items"]
    assert gpt == {
        "name": GPT,
        "lot": LOT,
        "listed": True,
        "review_required": False,
        "tick": "0.01",
        "fixings": 1,
        "first_date": "2026-07-15",
        "newest": {"date": "2026-07-15", "price": "8.00", "today": True},
    }
    assert (luna["name"], luna["newest"]["price"]) == (LUNA, "6.00")
    trading.next_day()
    trading.fix({LUNA: 372_500})
    advance(desk)
    gpt, luna = read("/underlyings")["items"]
    assert (gpt["newest"]["today"], gpt["fixings"]) == (False, 1)
    assert luna["newest"] == {"date": "2026-07-16", "price": "0.3725", "today": True}
    assert (luna["tick"], luna["fixings"]) == ("0.0001", 2)


def test_a_delisted_underlying_is_told_as_such(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """Its lot is 0 from then on; its fixings stay."""
    devnet.by_owner(trading.ifx, trading.ifx.escrow.prepare("delist_underlying", LUNA))
    advance(desk)
    gpt, luna = read("/underlyings")["items"]
    assert (gpt["listed"], luna["listed"], luna["lot"], luna["fixings"]) == (True, False, 0, 1)
    assert read("")["underlyings"] == 1


def test_fixings_come_newest_first_in_pages(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """All that the raw logs hold, between two days, and page by page."""
    for number in range(1, 7):
        trading.next_day()
        if number != 3:
            trading.fix({GPT: 8_000_000 - number})
    advance(desk)
    raw = {day: price for (index, day), price in counted(trading.ifx).fixings.items() if index == 1}
    whole = read("/fixings", underlying=GPT)
    assert whole["next_to"] is None
    told = {day_number(parse_date(each["date"])): parse_price(each["price"]) for each in whole["items"]}
    assert told == raw
    assert list(told) == sorted(told, reverse=True)
    assert {(each["signers"], each["final"]) for each in whole["items"]} == {(4, True)}
    pages, to = [], None
    while True:
        page = read("/fixings", underlying=GPT, limit=2, **({"to": to} if to else {}))
        pages += page["items"]
        to = page["next_to"]
        if to is None:
            break
    assert pages == whole["items"]
    between = read("/fixings", underlying=GPT, **{"from": "2026-07-16", "to": "2026-07-19"})
    assert [each["date"] for each in between["items"]] == ["2026-07-19", "2026-07-17", "2026-07-16"]


def test_the_curve_is_the_published_one(desk: Desk, read: Callable[..., Any]) -> None:
    """The whitepaper's 7.45 for 8.00 over 6 months, its interval, both forwards and both calibrations."""
    advance(desk)
    found = read("/curve", underlying=GPT)
    assert (found["spot"], found["date"]) == ("8.00", "2026-07-15")
    assert (found["calibration"], found["stress_calibration"]) == ("CAL-mid-1", "CAL-series-1")
    assert [each["months"] for each in found["tenors"]] == [3, 6, 9, 12]
    six, year = found["tenors"][1], found["tenors"][3]
    assert six["point"]["price"] == "7.45"
    assert (year["point"]["low"], year["point"]["high"]) == ("5.46", "7.86")
    assert year["stress"]["point"] == decimal_text(
        pricing.published_indicative(8_000_000, 12, pricing.CAL_SERIES), places=2
    )
    for tenor in found["tenors"]:
        days = tenor["averaging_days"]
        spot_day = day_of(desk.now())
        assert tenor["maturity"] == (spot_day + days) * 86_400
        for calibration, told in (
            (pricing.CAL_MID, tenor["average"]["price"]),
            (pricing.CAL_SERIES, tenor["stress"]["average"]),
        ):
            mean = pricing.average_indicative(
                8_000_000,
                tenor["months"],
                spot_day=spot_day,
                maturity_day=spot_day + days,
                averaging_days=days,
                using=calibration,
            )
            assert told == decimal_text(mean, places=2)


def test_a_fixing_of_zero_has_no_curve(desk: Desk, trading: Trading, read: Callable[..., Any]) -> None:
    """Zero is a price, and nothing can be computed from it; the other underlying keeps its curve."""
    trading.next_day()
    trading.fix({GPT: 0})
    advance(desk)
    assert (read("/curve", underlying=GPT)["spot"], read("/curve", underlying=GPT)["tenors"]) == ("0.00", [])
    assert len(read("/curve", underlying=LUNA)["tenors"]) == 4


def test_long_payouts_and_short_payouts_are_all_that_was_locked(
    desk: Desk, trading: Trading, read: Callable[..., Any]
) -> None:
    """The two payouts of each settlement add up to both prefundings."""
    trade(trading)
    advance(desk)
    for item in read("/settlements")["items"]:
        locked = 2 * payoff.prefunding(spot=parse_price(item["spot"]), quantity=item["quantity"])
        assert parse_amount(item["long_payout"]) + parse_amount(item["short_payout"]) == locked

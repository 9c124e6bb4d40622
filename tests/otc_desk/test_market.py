"""The market's public data equal a count of the raw logs; everybody reads them, and nobody reads who asks for what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.chain import GPT, LUNA
from support.desk import client_of
from support.trading import Trading, counted, open_trading

from ifx_sdk import devnet, payoff, pricing
from ifx_sdk.calendar import day_number, day_of, parse_date
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import RpcError
from ifx_sdk.money import decimal_text, parse_amount, parse_price
from otc_desk import events, market
from otc_desk.chain_index import advance
from otc_desk.db.tables import Participant, Request
from otc_desk.desk import Desk
from otc_desk.market_rows import Peak
from otc_desk.states import RequestState

ROUTES = ("", "/underlyings", "/open-interest", "/volume", "/settlements", "/requests", "/gates")
NAMED = ("/fixings", "/curve")
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


def request(desk: Desk, index: int, **fields: Any) -> str:
    """A request in the database, as its own flow would leave it; its id."""
    account, now = dev_address(index), desk.now()
    values: dict[str, Any] = {
        "account": account,
        "side": "long",
        "underlying": GPT,
        "quantity": LOT,
        "months": 3,
        "maturity": 0,
        "averaging_days": 1,
        "limit_price": 7_500_000,
        "valid_until": now + 86_400,
        "contact": "treasury@long.example, +1 555 0100",
        "state": RequestState.CHECKED,
        "created_at": now,
        "updated_at": now,
    } | fields
    with desk.database.writing() as session:
        if session.get(Participant, account) is None:
            session.add(Participant(account=account, name="Long Treasury Inc.", created_at=now))
            session.flush()
        row = events.record(session, at=now, actor=account, object="request", object_id="", what="checked")
        id = f"REQUEST{row.seq:019d}"
        session.add(Request(id=id, family=id, **values))
    return id


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


def test_open_requests_are_told_without_whose_they_are(
    desk: Desk, client: TestClient, read: Callable[..., Any]
) -> None:
    """Nothing of account, name, contact or id is in any answer; requests that are alike are one row."""
    advance(desk)
    ids = [request(desk, index, quantity=LOT * (1 + index)) for index in (devnet.LONG, devnet.OUTSIDER)]
    ids.append(request(desk, devnet.SHORT, side="short", limit_price=None))
    maturity = 1_784_073_600 + 60 * 86_400
    ids.append(request(desk, devnet.SHORT, side="short", months=None, maturity=maturity, averaging_days=30))
    items = read("/requests")["items"]
    told = [(each["side"], each["months"], each["kind"], each["limit_price"], each["indicative"]) for each in items]
    assert told == [
        ("short", None, "average", "7.50", items[0]["indicative"]),
        ("long", 3, "point", "7.50", "7.71"),
        ("short", 3, "point", None, "7.71"),
    ]
    assert [(each["quantity"], each["requests"]) for each in items] == [(LOT, 1), (LOT * (3 + 10), 2), (LOT, 1)]
    assert items[0]["maturity"] == maturity
    everything = "".join(client.get(f"/api/market{path}").text for path in ROUTES)
    secrets = [dev_address(index) for index in range(10)] + ids + ["Treasury", "treasury", "555"]
    known = [each for each in secrets if each.lower() in everything.lower()]
    assert known == []


def test_only_checked_and_valid_requests_are_open(desk: Desk, read: Callable[..., Any]) -> None:
    """Of one in each state, and one whose validity is over, one row is told."""
    advance(desk)
    for number, state in enumerate(RequestState):
        request(desk, devnet.LONG, state=state, limit_price=7_000_000 + number)
    request(desk, devnet.LONG, valid_until=desk.now() - 1, limit_price=6_000_000)
    (only,) = read("/requests")["items"]
    assert only["limit_price"] == decimal_text(7_000_000 + list(RequestState).index(RequestState.CHECKED), places=2)
    assert read("/requests", underlying=LUNA)["items"] == []
    assert read("/requests", underlying=GPT)["items"] == [only]


def test_a_request_is_seen_at_once_and_gone_at_once(desk: Desk, read: Callable[..., Any]) -> None:
    """What is kept in memory never outlives a change."""
    advance(desk)
    assert read("/requests")["items"] == []
    id = request(desk, devnet.LONG)
    assert len(read("/requests")["items"]) == 1
    with desk.database.writing() as session:
        session.get_one(Request, id).state = RequestState.WITHDRAWN
        events.record(session, at=desk.now(), actor="desk", object="request", object_id=id, what="withdrawn")
    assert read("/requests")["items"] == []


def test_every_answer_is_as_of_one_block(
    desk: Desk, trading: Trading, client: TestClient, read: Callable[..., Any]
) -> None:
    """All routes name the block that the index has read, its hash and time, and what is final."""
    trading.book(trading.terms(GPT))
    advance(desk)
    block = trading.ifx.chain.web3.eth.get_block("latest")
    expected = {
        "block": block["number"],
        "hash": "0x" + bytes(block["hash"]).hex(),
        "time": block["timestamp"],
        "final_block": block["number"],
    }
    answers = [read(path) for path in ROUTES] + [read(path, underlying=GPT) for path in NAMED]
    assert [each["as_of"] for each in answers] == [expected] * len(answers)


def test_the_page_learns_where_the_contracts_are(desk: Desk, read: Callable[..., Any]) -> None:
    """Chain id and addresses are those of the deployment."""
    advance(desk)
    deployment = desk.ifx.deployment
    assert read("")["deployment"] == {
        "network": deployment.network,
        "chain_id": 31337,
        "token": deployment.token,
        "oracle": deployment.oracle,
        "escrow": deployment.escrow,
        "timelock": deployment.timelock,
        "block": deployment.block,
        "commit": deployment.commit,
    }


def test_an_answer_that_did_not_change_is_not_sent_again(desk: Desk, trading: Trading, client: TestClient) -> None:
    """304 for the ETag that came, also weak or among others; the whole answer after a new block."""
    advance(desk)
    first = client.get("/api/market/open-interest")
    assert first.headers["cache-control"] == "public, max-age=5"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get("/api/market/open-interest", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/market/open-interest", headers={"If-None-Match": '"other"'}).status_code == 200
    trading.book(trading.terms(GPT))
    advance(desk)
    assert client.get("/api/market/open-interest", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_in_memory_is_made_once(desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two equal questions computes nothing; another block makes it anew."""
    advance(desk)
    made: list[int] = []
    real = market.open_interest

    def watched(lots: Any, now: int) -> Any:
        made.append(now)
        return real(lots, now)

    monkeypatch.setattr(market, "open_interest", watched)
    answers = {client.get("/api/market/open-interest").content for _ in range(3)}
    assert (len(answers), len(made)) == (1, 1)
    desk.ifx.chain.node.request("evm_mine")
    advance(desk)
    client.get("/api/market/open-interest")
    assert len(made) == 2


def test_it_is_read_while_the_node_is_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No route asks the chain: what was read is told, as of then."""
    advance(desk)
    now = desk.now()
    client = client_of(replace(desk, clock=lambda: now))

    def down(*_: Any) -> Any:
        raise RpcError("eth_call", "nobody listens")

    monkeypatch.setattr(type(desk.ifx.chain.node), "_ask", down)
    for path in ROUTES:
        assert client.get(f"/api/market{path}").status_code == 200
    for path in NAMED:
        assert client.get(f"/api/market{path}", params={"underlying": GPT}).status_code == 200


def test_nothing_is_told_before_the_chain_is_read(desk: Desk, client: TestClient) -> None:
    """503 with its cure, and an answer once it is."""
    for path in ROUTES:
        answer = client.get(f"/api/market{path}")
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:ifx:desk:not-now")
    advance(desk)
    assert client.get("/api/market").status_code == 200


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/fixings", {}, 422),
        ("/fixings", {"underlying": "openai/gpt-9"}, 404),
        ("/curve", {"underlying": "openai/gpt-9"}, 404),
        ("/curve", {"underlying": "Open AI"}, 422),
        ("/settlements", {"underlying": "openai/gpt-9"}, 404),
        ("/fixings", {"underlying": GPT, "from": "2026-02-30"}, 422),
        ("/fixings", {"underlying": GPT, "to": "1969-12-31"}, 422),
        ("/fixings", {"underlying": GPT, "limit": 1_001}, 422),
        ("/settlements", {"offset": -1}, 422),
    ],
)
def test_what_cannot_be_answered_is_refused(
    desk: Desk, client: TestClient, path: str, params: dict[str, Any], status: int
) -> None:
    """Unknown names, days that do not exist, pages too long: a problem, and the same question well asked answers."""
    advance(desk)
    answer = client.get(f"/api/market{path}", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(f"/api/market{path}", params={"underlying": GPT}).status_code == 200


def test_long_payouts_and_short_payouts_are_all_that_was_locked(
    desk: Desk, trading: Trading, read: Callable[..., Any]
) -> None:
    """The two payouts of each settlement add up to both prefundings."""
    trade(trading)
    advance(desk)
    for item in read("/settlements")["items"]:
        locked = 2 * payoff.prefunding(spot=parse_price(item["spot"]), quantity=item["quantity"])
        assert parse_amount(item["long_payout"]) + parse_amount(item["short_payout"]) == locked

"""Documents out of plain facts: right to the last micro, the same bytes anywhere, nothing beyond its column."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from support.chain import DAY, START
from support.papers import (
    DAYS,
    LONG,
    LONGEST,
    MATURITY,
    NEWCOMER,
    SCRIPTS,
    SHORT,
    active,
    documents,
    facts,
    novated,
    terminated,
)

from ifx_sdk import payoff
from ifx_sdk.money import parse_price
from ifx_sdk.payoff import settlement_price
from ifx_sdk.signing import domain_separator, message_hash, terms_digest
from otc_desk.documents import chart, fonts, ledger, pdf
from otc_desk.documents.confirmation import confirmation
from otc_desk.documents.dates import calendar_file
from otc_desk.documents.facts import Posted
from otc_desk.documents.fixings import day_prices, mean
from otc_desk.documents.mark import mark, marked
from otc_desk.documents.memo import effects
from otc_desk.documents.model import Document, Grid, Row, Rows, to_json
from otc_desk.documents.settlement import computation, statement
from otc_desk.documents.words import amount
from otc_desk.errors import BadRequest, Contradiction

TESTS = Path(__file__).parents[1]


def grids(document: Document, heading: str) -> list[Grid]:
    """The tables under a heading."""
    (section,) = (each for each in document.sections if each.heading == heading)
    return [block for block in section.blocks if isinstance(block, Grid)]


def values(document: Document) -> dict[str, str]:
    """Label -> value of every row."""
    rows: list[Row] = []
    for section in document.sections:
        rows += [row for block in section.blocks if isinstance(block, Rows) for row in block.rows]
    return {row.label: row.value for row in rows}


def test_the_same_facts_give_the_same_bytes_in_any_process() -> None:
    """Another time zone, hash seed and locale change no byte of PDF, JSON, CSV and iCalendar."""
    found = []
    for zone, seed in (("America/New_York", "1"), ("Pacific/Chatham", "4242")):
        env = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
        code = "from support.papers import digests; print(digests())"
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        found.append(done.stdout.split())
    assert found[0] == found[1]
    assert len(set(found[0])) == 20


def test_a_document_knows_no_clock_but_its_facts() -> None:
    """The PDF's own dates are the document's."""
    body = pdf.to_pdf(confirmation(facts()))
    assert b"/CreationDate (D:20260715020000Z)" in body
    assert b"/ModDate" not in body


def test_the_confirmation_shows_what_the_wallet_shows() -> None:
    """Domain separator, message hash and digest are the SDK's; the digest is the id."""
    found = facts()
    shown = values(confirmation(found))
    terms, domain = found.first, found.contracts.domain
    assert shown["Domain separator"] == "0x" + domain_separator(domain).hex()
    assert shown["Message hash"] == "0x" + message_hash(terms).hex()
    assert shown["Digest signed = id"] == shown["Forward id"] == "0x" + terms_digest(terms, domain).hex()
    signed = json.loads(to_json(confirmation(found)))["signed"]
    assert signed["digest"] == shown["Forward id"]
    assert [each["method"] for each in signed["approvals"]] == [
        "EIP-712 signature by the account's key",
        "signature accepted by the account's contract wallet (ERC-1271)",
    ]


@pytest.mark.parametrize(("price", "caps"), [(7_450_000, {"", "cap +B"}), (15_000_000, {"", "cap -B"})])
def test_the_worked_table_is_the_payoff_with_its_caps(price: int, caps: set[str]) -> None:
    """Every line as `ifx_sdk.payoff` has it, from -100% on, with the cap that binds named."""
    found = facts(price=price)
    (grid,) = grids(confirmation(found), "Settlement")
    for row in grid.rows:
        settlement = parse_price(row[1])
        money = {"price": price, "spot": 8_000_000, "quantity": 1_000_000, "settlement": settlement}
        gain, (long, short) = payoff.payoff(**money), payoff.payouts(**money)
        assert row[2:5] == (amount(gain), amount(long), amount(short))
    assert {row[5] for row in grid.rows} == caps


def test_the_example_of_the_paper_is_stated_as_the_formula_has_it() -> None:
    """Cut by 46%: the long gets 4,870,000 back, the short 11,130,000."""
    found = facts()
    assert found.ending is not None
    shown = values(statement(found, found.ending))
    assert shown["Paid to the long"] == "4,870,000.00 USDT"
    assert shown["Paid to the short"] == "11,130,000.00 USDT"
    assert shown["Result of the long"] == "-3,130,000.00 USDT, before its half of the fee"


@given(
    price=st.integers(1, 2**40 - 2),
    spot=st.integers(2**38, 2**39 - 1),
    lots=st.integers(1, 2**40 // 100_000 - 1),
    settlement=st.integers(0, 2**40 - 1),
)
@settings(deadline=None)
def test_each_line_of_the_computation_is_the_sdks(price: int, spot: int, lots: int, settlement: int) -> None:
    """Whatever the terms: bit for bit."""
    quantity = lots * 100_000
    found = facts(price=min(price, 2 * spot), spot=spot, indicative=spot, quantity=quantity)
    money = {"price": found.first.price, "spot": spot, "quantity": quantity, "settlement": settlement}
    long, short = payoff.payouts(**money)
    assert [row[2] for row in computation(found, settlement).rows] == [
        amount(payoff.prefunding(spot=spot, quantity=quantity)),
        amount(settlement - found.first.price),
        amount(payoff.raw_payoff(price=found.first.price, quantity=quantity, settlement=settlement)),
        amount(payoff.payoff(**money)),
        amount(long),
        amount(short),
        amount(2 * spot * quantity),
    ]


@given(missing=st.sets(st.integers(1, DAYS), max_size=60), days=st.integers(1, 40), step=st.integers(0, 9_999))
@settings(deadline=None)
def test_the_days_of_a_statement_are_those_of_the_settlement_price(missing: set[int], days: int, step: int) -> None:
    """Own fixing, postponed, or the newest earlier one: the mean is the reference's."""
    first = START // DAY
    prices = {first + each: 8_000_000 - step * each for each in range(DAYS + 4) if each not in missing}
    posted = {day: Posted(price=price, signers=3) for day, price in prices.items()}
    expected, certain = settlement_price(prices, MATURITY // DAY, days, MATURITY + 4 * DAY)
    assert certain
    assert mean(day_prices(posted, MATURITY // DAY, days)) == expected


def test_a_statement_that_does_not_add_up_is_not_made() -> None:
    """Another fixing than the one that settled it, or another payout, is refused; the true one is not."""
    found = facts(averaging_days=5)
    booked = found.booked
    assert booked is not None
    assert booked.settlement is not None
    assert statement(found, booked.settlement).kind == "settlement"
    other = {day: Posted(price=each.price - 5, signers=3) for day, each in found.fixings.items()}
    with pytest.raises(Contradiction):
        statement(replace(found, fixings=other), booked.settlement)
    with pytest.raises(Contradiction):
        statement(found, replace(booked.settlement, long_payout=booked.settlement.long_payout + 1))


def test_an_early_end_is_stated_at_its_agreed_price() -> None:
    """No fixing enters it."""
    found = terminated(facts(), 7_000_000)
    assert found.ending is not None
    document = statement(found, found.ending)
    assert document.title == "Statement of early termination"
    assert values(document)["Agreed price"] == "7.00 USD/Mtok"
    assert grids(document, "Computation")[0].rows[4][2] == "7,550,000.00"


def test_a_mark_is_the_payoff_at_the_newest_fixing() -> None:
    """On the day before the cut 550,000 for the long, on the day itself -3,130,000; for the short the negative."""
    found, cut = active(facts()), START // DAY + 100
    before, after = (json.loads(to_json(mark(found, day))) for day in (cut - 1, cut))
    assert (before["fixing"]["price"], before["held"]["payoff"]) == ("8.00", "550000.00")
    assert (after["fixing"]["price"], after["held"]["payoff"]) == ("4.32", "-3130000.00")
    short = json.loads(to_json(mark(replace(found, viewer=SHORT), cut)))
    assert short["held"]["payoff"] == "3130000.00"
    assert parse_price(before["curve"]["settlement_price"]) < 8_000_000


def test_a_mark_counts_the_days_that_are_averaged_as_fixed() -> None:
    """Four of five days at 4.32 are behind when the price jumps on the last one."""
    prices = dict.fromkeys(range(DAYS), 4320000) | {DAYS: 8_000_000}
    found = active(facts(posted=prices, averaging_days=5))
    assert marked(found, MATURITY // DAY - 1).held == 4_320_000
    last = marked(found, MATURITY // DAY)
    assert (last.known, last.held) == (5, (4 * 4_320_000 + 8_000_000) // 5)


@pytest.mark.parametrize("day", [START // DAY - 1, MATURITY // DAY + 1])
def test_there_is_no_mark_outside_of_a_forwards_life(day: int) -> None:
    """Before the booking, or after the maturity."""
    with pytest.raises(BadRequest):
        mark(active(facts()), day)


def test_the_memo_measures_with_the_hedging_package() -> None:
    """Bought as the forward settles: covered whole. Even use: hardly by a point forward, whole by an average."""
    point, average = effects(facts()), effects(facts(averaging_days=DAYS))
    assert point["priced_as_the_forward"]["falling"] == 1_000_000
    even = point["even_to_maturity"]["falling"]
    assert even is not None
    assert even < 100_000
    assert average["even_to_maturity"]["falling"] == 1_000_000
    basis = point["priced_as_the_forward"]["falling_with_basis"]
    assert basis is not None
    assert basis < 1_000_000


def balances(lines: tuple[ledger.Entry, ...]) -> dict[str, int]:
    """Debits less credits of each account."""
    found: dict[str, int] = {}
    for each in lines:
        assert each.amount > 0
        found[each.debit] = found.get(each.debit, 0) + each.amount
        found[each.credit] = found.get(each.credit, 0) - each.amount
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize(("viewer", "result"), [(LONG, -3_130_000), (SHORT, 3_130_000)])
def test_the_ledger_ends_with_the_payoff_and_the_fee(viewer: str, result: int) -> None:
    """Nothing stays locked; what was gained or lost is the payoff, what was spent the half fee."""
    found = facts(viewer=viewer)
    assert balances(ledger.entries(found)) == {
        "wallet": -8_000_000 * 10**6,
        "escrow-free": (8_000_000 + result - 37_250) * 10**6,
        "forward-result": -result * 10**6,
        "fees": 37_250 * 10**6,
    }


@pytest.mark.parametrize("payment", [0, 7_000_000 * 10**6, 9_000_000 * 10**6])
def test_a_novation_is_entered_on_both_books(payment: int) -> None:
    """Who leaves is paid for what was locked, who enters has it locked; the difference is a result."""
    locked = 8_000_000 * 10**6
    found = novated(active(facts()), payment)
    left = balances(ledger.entries(found))
    assert left.get("escrow-locked", 0) == 0
    assert left["forward-result"] == locked - payment
    entered = balances(ledger.entries(replace(found, viewer=NEWCOMER, from_wallet=payment)))
    assert entered["escrow-locked"] == locked
    assert (entered.get("wallet", 0), entered.get("forward-result", 0)) == (-payment, payment - locked)


def test_deposits_and_withdrawals_are_entries() -> None:
    """From and to the own wallet, or somebody else's."""
    moved = [
        ledger.Moved(is_deposit=True, other=LONG, amount=5, at=1, block=1, log=0, tx="0x1"),
        ledger.Moved(is_deposit=False, other=SHORT, amount=3, at=2, block=2, log=0, tx="0x2"),
    ]
    lines = ledger.movements(LONG, moved)
    assert [(each.debit, each.credit, each.amount) for each in lines] == [
        ("escrow-free", "wallet", 5),
        ("third-party", "escrow-free", 3),
    ]
    text = ledger.to_csv(lines).decode()
    assert text.splitlines()[0] == ",".join(ledger.COLUMNS)
    assert text.splitlines()[1].startswith("deposit-1-0,1970-01-01,00:00:01,deposit,escrow-free,wallet,0.000005,USDT")


def test_the_calendar_holds_every_date() -> None:
    """Averaging and maturity of a booked forward, the deadline of one that is not; stamps are the document's date."""
    booked = facts(averaging_days=5)
    found = Calendar.from_ical(calendar_file(booked)).walk("VEVENT")
    assert [str(each["uid"]).split("-")[1].split("@")[0] for each in found] == ["averaging", "maturity", "certain"]
    assert [int(each["dtstart"].dt.timestamp()) for each in found] == [
        MATURITY - 4 * DAY,
        MATURITY,
        MATURITY + 3 * DAY,
    ]
    assert {int(each["dtstamp"].dt.timestamp()) for each in found} == {START + 7_200}
    waiting = Calendar.from_ical(calendar_file(replace(booked, booked=None, booked_at=0))).walk("VEVENT")
    assert int(waiting[0]["dtstart"].dt.timestamp()) == START + DAY


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(" ".join(SCRIPTS)[:200], id="scripts"),
        pytest.param("東" * 200, id="wide"),
        pytest.param("\U0001f600" * 200, id="unknown"),
        pytest.param("i i" * 66, id="narrow"),
    ],
)
def test_nothing_leaves_its_column_or_page(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the longest numbers and names, every cell is as wide as its text and on the paper."""
    kept, written = pdf._Sheet.cell, pdf._Sheet.text

    def cell(self: pdf._Sheet, w: float, h: float, text: str = "", **more: Any) -> Any:
        assert self.get_string_width(text) <= w + 0.1, text
        assert self.get_x() >= 18 - 0.1
        assert self.get_x() + w <= 192 + 0.1
        assert self.get_y() + h <= 297 - 8
        return kept(self, w, h, text, **more)

    def text(self: pdf._Sheet, x: float, y: float, text: str = "") -> Any:
        assert x >= 18 - 0.1
        assert x + self.get_string_width(text) <= 192 + 0.1, text
        return written(self, x, y, text)

    monkeypatch.setattr(pdf._Sheet, "cell", cell)
    monkeypatch.setattr(pdf._Sheet, "text", text)
    found = facts(names={LONG: name, SHORT: name}, **(LONGEST | {"averaging_days": 3}))
    for document in documents(found):
        assert pdf.to_pdf(document).startswith(b"%PDF")


def test_a_letter_that_no_font_has_is_printed_by_its_number() -> None:
    """Nothing of a name is lost; letters of eleven scripts are there."""
    assert fonts.printable("A\U0001f600\nB") == "A[U+1F600] B"
    for name in SCRIPTS:
        assert fonts.printable(name) == name


def test_the_axis_is_short() -> None:
    """Units instead of digits."""
    assert [chart.compact(each * 10**6) for each in (8_000_000, 37_250, 999, 604_462_894_536_197_589)] == [
        "8M",
        "37.2K",
        "999.00",
        "604,462.8T",
    ]

"""`book`: every check in its order and at its edges; money and approvals are in the files beside."""

from dataclasses import replace
from typing import Any

import pytest
from support.protocol import (
    DAY,
    GPT,
    LOT,
    LUNA,
    PRICE,
    SPOT,
    ZERO,
    Protocol,
    booked_event,
    refused,
    required,
)

from ifx_sdk.terms import Terms

ACTIVE = 2


def test_book_records_the_forward(open_day: Protocol) -> None:
    """Every term but the two that end with booking can be read back."""
    terms, forward_id = open_day.booked(averaging_days=92)
    record = open_day.escrow.forward(forward_id)
    assert record._asdict() == {
        "long": terms.long,
        "short": terms.short,
        "underlying": 1,
        "quantity": terms.quantity,
        "price": terms.price,
        "spot": terms.spot,
        "maturity_day": terms.maturity // DAY,
        "averaging_days": 92,
        "status": ACTIVE,
    }


def test_the_checks_come_in_the_documented_order(open_day: Protocol) -> None:
    """Terms that are wrong in every way are refused for each reason in turn, as each is put right."""
    good = open_day.terms(deadline=open_day.now + 30 * DAY)
    booked, _ = open_day.booked(deadline=open_day.now + 30 * DAY)
    open_day.send(open_day.escrow.revoke_terms, good.as_tuple(), by=open_day.long)
    open_day.escrow.pause_booking(sender=open_day.guardian.address)
    wrong = replace(
        good,
        deadline=open_day.now - 1,
        long=ZERO,
        short=open_day.escrow.address,
        underlying="nobody/lists-this",
        quantity=0,
        spot=0,
        price=0,
        indicative=0,
        maturity=1,
        averaging_days=0,
    )

    def attempt(terms: Terms, reason: str, by: str = "desk", approvals: tuple[bytes, bytes] = (b"", b"")) -> None:
        with refused(reason):
            open_day.send(open_day.escrow.book, terms.as_tuple(), *approvals, by=getattr(open_day, by))

    attempt(wrong, "escrow: not the desk", by="outsider")
    attempt(wrong, "escrow: booking is paused")
    open_day.travel(open_day.now + 3 * DAY)
    open_day.post()
    attempt(wrong, "escrow: terms expired")
    steps: list[tuple[dict[str, Any], str]] = [
        ({"deadline": good.deadline}, "escrow: bad long"),
        ({"long": good.long}, "escrow: bad short"),
        ({"short": good.long}, "escrow: one account on both sides"),
        ({"short": good.short}, "escrow: not listed"),
        ({"underlying": GPT}, "escrow: quantity not in lots"),
        ({"quantity": (2**40 // LOT + 1) * LOT}, "escrow: quantity too large"),
        ({"quantity": good.quantity}, "escrow: spot out of range"),
        ({"spot": SPOT + 1}, "escrow: price out of range"),
        ({"price": good.price}, "escrow: indicative out of range"),
        ({"indicative": good.indicative}, "escrow: maturity not at midnight"),
        ({"maturity": DAY}, "escrow: tenor out of range"),
        ({"maturity": good.maturity}, "escrow: averaging out of range"),
        ({"averaging_days": 1}, "escrow: spot is not today's fixing"),
        ({"spot": SPOT}, "escrow: terms revoked"),
    ]
    for change, reason in steps:
        wrong = replace(wrong, **change)
        attempt(wrong, reason)
    attempt(booked, "escrow: already booked")
    fresh = replace(good, salt=b"\xaa" * 32)
    attempt(fresh, "escrow: long has not approved")
    attempt(fresh, "escrow: short has not approved", approvals=(open_day.approvals(fresh)[0], b""))
    open_day.token.approve(open_day.escrow.address, 0, sender=open_day.short.address)
    attempt(fresh, "usdt: allowance too low", approvals=open_day.approvals(fresh))
    open_day.fund(open_day.short)
    open_day.book(fresh)


@pytest.mark.parametrize("role", ["owner", "guardian", "fee_recipient", "long", "short", "outsider"])
def test_book_by_another_than_the_desk_reverts(open_day: Protocol, role: str) -> None:
    """Not even a side books its own trade, fully approved; the desk does."""
    terms = open_day.terms()
    with refused("escrow: not the desk"):
        open_day.book(terms, by=getattr(open_day, role))
    open_day.book(terms, by=open_day.desk)


M = LOT * (2**40 // LOT)
FAR = (2**256 - 1) // DAY * DAY


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": LOT},
        {"quantity": M},
        {"price": 1},
        {"price": 2 * SPOT},
        {"indicative": 1},
        {"indicative": SPOT},
        {"averaging_days": 92},
        {"deadline": 2**256 - 1},
        {"salt": b"\0" * 32},
        {"salt": b"\xff" * 32},
    ],
    ids=str,
)
def test_book_takes_the_edges_of_each_range(open_day: Protocol, change: dict[str, Any]) -> None:
    """The last value inside each range books, and exactly its money is collected."""
    terms = open_day.terms(**change)
    for side in (open_day.long, open_day.short):
        open_day.fund(side, 2**80)
    before = open_day.money()
    assert open_day.book(terms).events[0] == booked_event(terms, open_day.id_of(terms))
    after = open_day.money()
    need = required(terms)
    assert [before[side][1] - after[side][1] for side in ("long", "short")] == list(need)
    assert after["escrow"] == (0, sum(need))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quantity": 0}, "escrow: quantity not in lots"),
        ({"quantity": 1}, "escrow: quantity not in lots"),
        ({"quantity": LOT - 1}, "escrow: quantity not in lots"),
        ({"quantity": LOT + 1}, "escrow: quantity not in lots"),
        ({"quantity": M + LOT}, "escrow: quantity too large"),
        ({"quantity": (2**256 - 1) // LOT * LOT}, "escrow: quantity too large"),
        ({"spot": 0}, "escrow: spot out of range"),
        ({"spot": 2**39}, "escrow: spot out of range"),
        ({"spot": 2**256 - 1}, "escrow: spot out of range"),
        ({"spot": 2**39 - 1}, "escrow: spot is not today's fixing"),
        ({"spot": SPOT + 1}, "escrow: spot is not today's fixing"),
        ({"spot": SPOT - 1}, "escrow: spot is not today's fixing"),
        ({"price": 0}, "escrow: price out of range"),
        ({"price": 2 * SPOT + 1}, "escrow: price out of range"),
        ({"price": 2**256 - 1}, "escrow: price out of range"),
        ({"indicative": 0}, "escrow: indicative out of range"),
        ({"indicative": SPOT + 1}, "escrow: indicative out of range"),
        ({"indicative": 2**256 - 1}, "escrow: indicative out of range"),
        ({"averaging_days": 0}, "escrow: averaging out of range"),
        ({"averaging_days": 93}, "escrow: averaging out of range"),
        ({"averaging_days": 2**256 - 1}, "escrow: averaging out of range"),
        ({"maturity": 0}, "escrow: tenor out of range"),
        ({"maturity": FAR}, "escrow: tenor out of range"),
        ({"maturity": 2**256 - 1}, "escrow: maturity not at midnight"),
        ({"deadline": 0}, "escrow: terms expired"),
        ({"underlying": "openai/gpt-4.1-mini"}, "escrow: not listed"),
        ({"long": ZERO}, "escrow: bad long"),
        ({"short": ZERO}, "escrow: bad short"),
    ],
    ids=str,
)
def test_book_refuses_just_outside_each_range(open_day: Protocol, change: dict[str, Any], reason: str) -> None:
    """The first value outside is refused for its own reason, nothing moves, and the same terms without it book."""
    good = open_day.terms()
    before = open_day.money()
    with refused(reason):
        open_day.book(replace(good, **change))
    assert open_day.money() == before
    open_day.book(good)


def test_the_escrow_is_no_side(open_day: Protocol) -> None:
    """Neither side may be the contract that holds the money."""
    escrow = open_day.escrow.address
    with refused("escrow: bad long"):
        open_day.book(open_day.terms(long=escrow))
    with refused("escrow: bad short"):
        open_day.book(open_day.terms(short=escrow))
    open_day.book(open_day.terms())


def test_one_account_cannot_take_both_sides(open_day: Protocol) -> None:
    """The long may not be its own short."""
    terms = open_day.terms(short=open_day.long.address)
    signature = open_day.long.sign(open_day.id_of(terms))
    with refused("escrow: one account on both sides"):
        open_day.book(terms, signature, signature)
    open_day.book(replace(terms, short=open_day.short.address))


def test_the_deadline_is_the_last_second(open_day: Protocol) -> None:
    """Terms book at their deadline and not a second later."""
    terms = open_day.terms()
    late = open_day.terms(deadline=terms.deadline - 1)
    open_day.travel(terms.deadline)
    open_day.post()
    with refused("escrow: terms expired"):
        open_day.book(late)
    open_day.book(terms)


@pytest.mark.parametrize("time_of_day", [0, DAY - 1])
@pytest.mark.parametrize(("days", "books"), [(27, False), (28, True), (400, True), (401, False)])
def test_the_tenor_counts_days_from_bookings_own(protocol: Protocol, days: int, books: bool, time_of_day: int) -> None:
    """28 to 400 days from the UTC day of booking, at its first second as at its last."""
    protocol.travel((protocol.today + 1) * DAY + time_of_day)
    protocol.post()
    terms = protocol.terms(maturity=(protocol.today + days) * DAY, averaging_days=max(1, min(days, 400)))
    if books:
        protocol.book(terms)
        assert protocol.escrow.forward(protocol.id_of(terms)).maturity_day == protocol.today + days
    else:
        with refused("escrow: tenor out of range"):
            protocol.book(terms)


@pytest.mark.parametrize("maturity_days", [28, 400])
def test_the_average_may_reach_back_to_the_day_after_booking(open_day: Protocol, maturity_days: int) -> None:
    """As many averaging days as there are days to maturity, and not one more."""
    maturity = (open_day.today + maturity_days) * DAY
    with refused("escrow: averaging out of range"):
        open_day.book(open_day.terms(maturity=maturity, averaging_days=maturity_days + 1))
    open_day.book(open_day.terms(maturity=maturity, averaging_days=maturity_days))


@pytest.mark.parametrize("offset", [1, DAY - 1, -1])
def test_maturity_is_midnight(open_day: Protocol, offset: int) -> None:
    """A second beside midnight UTC is refused."""
    terms = open_day.terms()
    with refused("escrow: maturity not at midnight"):
        open_day.book(replace(terms, maturity=terms.maturity + offset))
    open_day.book(terms)


def test_book_needs_the_fixing_of_its_own_day(protocol: Protocol) -> None:
    """Yesterday's fixing, though the newest, does not book today; today's does, also at another price."""
    with refused("escrow: spot is not today's fixing"):
        protocol.book(protocol.terms())
    protocol.post()
    protocol.book(protocol.terms())
    stale = protocol.terms(deadline=protocol.now + 9 * DAY)
    for _ in range(4):
        protocol.travel(protocol.now + DAY)
        with refused("escrow: spot is not today's fixing"):
            protocol.book(stale)
    protocol.post(SPOT + 1)
    with refused("escrow: spot is not today's fixing"):
        protocol.book(stale)
    protocol.book(protocol.terms(spot=SPOT + 1))


def test_a_fixing_of_zero_books_nothing(protocol: Protocol) -> None:
    """Zero is a price, but no spot."""
    protocol.post(0)
    with refused("escrow: spot out of range"):
        protocol.book(protocol.terms(spot=0, price=0, indicative=0))


def test_the_largest_spot_books_and_the_next_does_not(protocol: Protocol) -> None:
    """Spot 2^39 - 1, price twice that, quantity 2^40 - 1: the largest forward there can be is collected exactly."""
    protocol.escrow.list_underlying(GPT, 1, sender=protocol.owner.address)
    spot, quantity = 2**39 - 1, 2**40 - 1
    terms = protocol.terms(spot=spot, price=2 * spot, indicative=spot, quantity=quantity)
    for side in (protocol.long, protocol.short):
        protocol.fund(side, 2**81)
    protocol.post(spot)
    protocol.book(terms)

    total = spot * quantity // 100
    assert protocol.escrow.balance_of(protocol.fee_recipient.address) == total
    assert protocol.token.balanceOf(protocol.escrow.address) == 2 * spot * quantity + total
    protocol.travel(protocol.now + DAY)
    protocol.post(2**39)
    with refused("escrow: spot out of range"):
        protocol.book(protocol.terms(spot=2**39))


def test_terms_book_once(open_day: Protocol) -> None:
    """The same signatures do not book again: not at once, not after settlement."""
    terms, forward_id = open_day.booked(deadline=2**256 - 1)
    with refused("escrow: already booked"):
        open_day.book(terms)
    open_day.mature(terms, SPOT)
    with refused("escrow: tenor out of range"):
        open_day.book(terms)
    open_day.send(open_day.escrow.settle, forward_id, by=open_day.outsider)
    with refused("escrow: tenor out of range"):
        open_day.book(terms)


def test_another_lot_governs_from_its_listing_on(open_day: Protocol) -> None:
    """A smaller lot books what the larger refused."""
    terms = open_day.terms(quantity=50_000)
    with refused("escrow: quantity not in lots"):
        open_day.book(terms)
    open_day.escrow.list_underlying(GPT, 50_000, sender=open_day.owner.address)
    open_day.book(terms)


def test_the_terms_name_the_underlying_that_is_priced(open_day: Protocol) -> None:
    """Another listed underlying has its own fixing: that of the first does not book it."""
    with refused("escrow: spot is not today's fixing"):
        open_day.book(open_day.terms(underlying=LUNA))
    open_day.post(6_000_000, underlying=LUNA)
    open_day.book(open_day.terms(underlying=LUNA, spot=6_000_000, price=PRICE, indicative=5_790_000))


def test_book_takes_no_approval_longer_than_2048_bytes(open_day: Protocol) -> None:
    """The decoder refuses more; 2,048 bytes reach the check."""
    terms = open_day.terms()
    with refused("escrow: long has not approved"):
        open_day.book(terms, long_approval=b"\1" * 2048)
    with refused(None):
        open_day.book(terms, long_approval=b"\1" * 2049)

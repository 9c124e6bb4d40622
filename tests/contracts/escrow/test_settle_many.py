"""`settle_many`: everything of a list that can be settled now, and no revert for the rest."""

import pytest
from support.protocol import DAY, GPT, LUNA, SPOT, Event, Protocol, refused

from ifx_sdk.payoff import payouts
from ifx_sdk.terms import Terms

ACTIVE, SETTLED = 2, 3


def settled_event(terms: Terms, price: int, ids: list[bytes], index: int = 1) -> Event:
    fields = {
        "underlying": index,
        "maturity_day": terms.maturity // DAY,
        "averaging_days": terms.averaging_days,
        "price": price,
        "ids": ids,
    }
    return "escrow", "ForwardsSettled", fields


def statuses(protocol: Protocol, ids: list[bytes]) -> list[int]:
    return [protocol.escrow.forward(forward_id).status for forward_id in ids]


def test_settle_many_pays_each_and_logs_one_event(open_day: Protocol) -> None:
    """Three forwards at one price: each side is paid for each, in one event."""
    trades = [open_day.booked(price=price) for price in (7_000_000, 7_450_000, 9_000_000)]
    ids = [forward_id for _, forward_id in trades]
    open_day.mature(trades[0][0], 4_320_000)
    receipt = open_day.send(open_day.escrow.settle_many, ids, by=open_day.outsider)

    assert receipt.events == [settled_event(trades[0][0], 4_320_000, ids)]
    expected = [
        payouts(price=terms.price, spot=SPOT, quantity=terms.quantity, settlement=4_320_000) for terms, _ in trades
    ]
    money = open_day.money()
    assert (money["long"][0], money["short"][0]) == tuple(map(sum, zip(*expected, strict=True)))
    assert statuses(open_day, ids) == [SETTLED] * 3


def test_settle_many_pays_what_settle_pays(open_day: Protocol) -> None:
    """The same forward through either door is the same money."""
    terms, forward_id = open_day.booked()
    twin, twin_id = open_day.booked()
    open_day.mature(terms, 5_123_457)
    open_day.escrow.settle(forward_id)
    once = [open_day.escrow.balance_of(side.address) for side in (open_day.long, open_day.short)]
    open_day.escrow.settle_many([twin_id])
    assert [open_day.escrow.balance_of(side.address) for side in (open_day.long, open_day.short)] == [
        2 * amount for amount in once
    ]
    assert terms.price == twin.price


def test_settle_many_skips_what_cannot_be_settled(open_day: Protocol) -> None:
    """Unknown, revoked, settled, listed twice, not mature, and not certain ones are passed over without a word."""
    revoked = open_day.terms()
    open_day.send(open_day.escrow.revoke_terms, revoked.as_tuple(), by=open_day.long)
    done_terms, done = open_day.booked()
    _, good = open_day.booked()
    _, young = open_day.booked(maturity=done_terms.maturity + 30 * DAY)
    open_day.post(underlying=LUNA)
    _, uncertain = open_day.booked(underlying=LUNA)
    open_day.mature(done_terms, SPOT)
    open_day.escrow.settle(done)
    before = open_day.money()
    ids = [b"\0" * 32, b"\xff" * 32, open_day.id_of(revoked), done, young, uncertain, good, good, good]
    receipt = open_day.send(open_day.escrow.settle_many, ids, by=open_day.outsider)

    assert receipt.events == [settled_event(done_terms, SPOT, [good])]
    after = open_day.money()
    assert after["long"][0] - before["long"][0] == 8_550_000_000_000
    assert after["short"][0] - before["short"][0] == 7_450_000_000_000
    assert statuses(open_day, [young, uncertain]) == [ACTIVE, ACTIVE]
    assert statuses(open_day, [b"\0" * 32, open_day.id_of(revoked)]) == [0, 1]


def test_settle_many_of_nothing_does_nothing(open_day: Protocol) -> None:
    """An empty list, and a list of nothing that can be settled, log nothing."""
    _, forward_id = open_day.booked()
    before = open_day.money()
    for ids in ([], [forward_id], [b"\0" * 32]):
        assert open_day.send(open_day.escrow.settle_many, ids, by=open_day.outsider).events == []
    assert open_day.money() == before


def test_each_run_of_one_price_has_its_own_event(open_day: Protocol) -> None:
    """Two underlyings, two averages and two maturities, in a mixed order: each run settles at its own price."""
    open_day.post(underlying=LUNA)
    day = open_day.today
    gpt, gpt_id = open_day.booked()
    average, average_id = open_day.booked(averaging_days=2)
    luna, luna_id = open_day.booked(underlying=LUNA)
    _, second_id = open_day.booked()
    later, later_id = open_day.booked(maturity=(day + 93) * DAY)
    open_day.travel_to_day(day + 91)
    open_day.post(3_000_000)
    open_day.mature(gpt, 4_000_001)
    open_day.post(6_000_000, underlying=LUNA)
    open_day.travel_to_day(day + 93)
    open_day.post(5_000_000)
    receipt = open_day.send(
        open_day.escrow.settle_many,
        [gpt_id, average_id, luna_id, second_id, later_id, gpt_id],
        by=open_day.outsider,
    )
    assert receipt.events == [
        settled_event(gpt, 4_000_001, [gpt_id]),
        settled_event(average, 3_500_000, [average_id]),
        settled_event(luna, 6_000_000, [luna_id], index=2),
        settled_event(gpt, 4_000_001, [second_id]),
        settled_event(later, 5_000_000, [later_id]),
    ]
    assert statuses(open_day, [gpt_id, average_id, luna_id, second_id, later_id]) == [SETTLED] * 5


def test_an_uncertain_run_does_not_spoil_the_next(open_day: Protocol) -> None:
    """A forward whose price is open stands between two that settle, and is not paid at theirs."""
    open_day.post(underlying=LUNA)
    terms, first = open_day.booked()
    _, waiting = open_day.booked(underlying=LUNA)
    _, last = open_day.booked()
    open_day.mature(terms, SPOT)
    receipt = open_day.send(open_day.escrow.settle_many, [waiting, first, waiting, last], by=open_day.outsider)
    assert receipt.events == [settled_event(terms, SPOT, [first]), settled_event(terms, SPOT, [last])]
    assert statuses(open_day, [first, waiting, last]) == [SETTLED, ACTIVE, SETTLED]


def test_settle_many_takes_100_and_no_more(open_day: Protocol) -> None:
    """A list of 101 is refused by the decoder; 100 settle in one call."""
    open_day.escrow.list_underlying(GPT, 1, sender=open_day.owner.address)
    trades = [open_day.booked(quantity=100) for _ in range(100)]
    ids = [forward_id for _, forward_id in trades]
    open_day.mature(trades[0][0], 4_320_000)
    with refused(None):
        open_day.escrow.settle_many([*ids, b"\0" * 32])
    receipt = open_day.send(open_day.escrow.settle_many, ids, by=open_day.outsider)
    assert receipt.events == [settled_event(trades[0][0], 4_320_000, ids)]
    assert open_day.escrow.balance_of(open_day.long.address) == 100 * 487_000_000


@pytest.mark.parametrize("role", ["owner", "desk", "guardian", "long", "outsider"])
def test_anyone_settles_many(open_day: Protocol, role: str) -> None:
    """No role is needed."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, SPOT)
    open_day.send(open_day.escrow.settle_many, [forward_id], by=getattr(open_day, role))
    assert statuses(open_day, [forward_id]) == [SETTLED]

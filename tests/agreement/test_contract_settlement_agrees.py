"""Contract and SDK agree on settlement prices, second by second, over a few histories made by hand."""

import pytest
from support.protocol import DAY, TODAY, Protocol

from ifx_sdk import payoff

HISTORIES = {
    "every day": {i: 8_000_000 - 1_234_567 * i for i in range(6)},
    "holes of one to three": {0: 8_000_001, 2: 7_000_000, 5: 3, 9: 2**40 - 1},
    "the first alone": {0: 8_000_000},
    "four in a row missing": {0: 8_000_000, 1: 0, 6: 1},
    "begun late": {2: 5, 3: 6, 7: 7},
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_the_settlement_price_is_the_references(protocol: Protocol, history: dict[int, int]) -> None:
    """At every boundary second while fixings come in: the same price, certain from the same second on."""
    posted: dict[int, int] = {}
    for offset in range(11):
        day = TODAY + offset
        protocol.travel(max(protocol.now, day * DAY))
        check(protocol, posted)
        if offset in history:
            protocol.post(history[offset])
            posted[day] = history[offset]
            check(protocol, posted)
        protocol.travel(day * DAY + DAY - 1)
        check(protocol, posted)


def check(protocol: Protocol, posted: dict[int, int]) -> None:
    """Hold contract and reference together for the last days, and for spans back to the first fixing."""
    first = min(posted, default=protocol.today)
    for day in range(max(first, protocol.today - 4), protocol.today + 2):
        for averaging_days in sorted({1, 3, day - first + 1} - {0}):
            price, certain = payoff.settlement_price(posted, day, averaging_days, protocol.now)
            answer = tuple(protocol.oracle.settlement_price(1, day, averaging_days))
            assert answer == (price or 0, certain), (day - TODAY, averaging_days)

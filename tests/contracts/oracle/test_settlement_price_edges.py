"""`settlement_price` and `fixing` at the ends of what they answer: the first and last day, the last index."""

import boa
from support.protocol import DAY, GPT, SPOT, Protocol

LAST_DAY = 2**24 - 1
"""The last day that a fixing's key holds."""
LAST_SETTLEMENT = LAST_DAY - 2
"""The last day whose postponement ends on a day that can be posted."""


def test_the_last_day_that_can_be_postponed_has_a_price(protocol: Protocol) -> None:
    """The day after it has a fixing like any other, and no settlement price."""
    for day in (LAST_SETTLEMENT, LAST_SETTLEMENT + 1):
        protocol.travel_to_day(day)
        protocol.post(SPOT)
    assert tuple(protocol.oracle.settlement_price(1, LAST_SETTLEMENT, 1)) == (SPOT, True)
    assert tuple(protocol.oracle.settlement_price(1, LAST_SETTLEMENT + 1, 1)) == (0, False)


def test_the_last_day_of_all_has_a_fixing(protocol: Protocol) -> None:
    """And is found by the view."""
    protocol.travel_to_day(LAST_DAY)
    protocol.post(SPOT)
    found = protocol.oracle.fixing(GPT, LAST_DAY)
    assert (found.price, found.posted) == (SPOT, True)


def test_an_average_may_begin_on_day_1(deployed: Protocol) -> None:
    """As many averaging days as days: the first is day 1. One more would begin on day 0, which has no fixing."""
    boa.env.timestamp = DAY
    early = Protocol()
    early.oracle.add_underlying(GPT, False, sender=early.owner.address)
    for day, price in ((1, 3), (2, 5)):
        early.travel_to_day(day)
        early.post(price)
    assert tuple(early.oracle.settlement_price(1, 2, 2)) == (4, True)
    assert tuple(early.oracle.settlement_price(1, 2, 3)) == (0, False)


def test_the_last_index_settles(protocol: Protocol) -> None:
    """The 65535th name has a price like the first; no index above it has."""
    slot = protocol.oracle.compiler_data.storage_layout["storage_layout"]["underlying_count"]["slot"]
    boa.env.set_storage(protocol.oracle.address, slot, 2**16 - 2)
    protocol.oracle.add_underlying("last/one", False, sender=protocol.owner.address)
    protocol.post(SPOT, underlying="last/one")
    assert tuple(protocol.oracle.settlement_price(2**16 - 1, protocol.today, 1)) == (SPOT, True)
    assert tuple(protocol.oracle.settlement_price(2**16, protocol.today, 1)) == (0, False)

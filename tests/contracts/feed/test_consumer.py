"""A protocol written against the feed interface alone reads ours without knowing it."""

from typing import Any

from support.protocol import DAY, GPT, TODAY, Protocol, contract, mock, refused

TWO_DAYS = 2 * DAY
WAD = 10**18


def consumer_of(protocol: Protocol, max_age: int = TWO_DAYS) -> Any:
    """A consumer of a feed of GPT-4.1."""
    feed = contract("contracts/FixingFeed.vy").deploy(protocol.oracle.address, GPT)
    return mock("feed_consumer").deploy(feed.address, max_age)


def test_a_consumer_scales_by_the_decimals(protocol: Protocol) -> None:
    """7.45 USDT is 7.45 with 18 decimals, and three units of it are worth 22.35."""
    consumer = consumer_of(protocol)
    protocol.post(7_450_000)
    assert consumer.price_wad() == 745 * 10**16
    assert consumer.collateral_value(3 * WAD) == 2235 * 10**16


def test_a_consumer_sees_that_there_is_no_data(protocol: Protocol) -> None:
    """It may look before it reads, or be refused in the words it knows."""
    consumer = consumer_of(protocol)
    assert not consumer.is_open()
    with refused("No data present"):
        consumer.price_wad()
    protocol.post()
    assert consumer.is_open()
    assert consumer.price_wad() == 8 * WAD


def test_a_consumer_that_wants_a_positive_price_refuses_zero(protocol: Protocol) -> None:
    """A free model is priced at zero: such a consumer stops rather than misprices, and goes on with the next price."""
    consumer = consumer_of(protocol)
    protocol.post(0)
    with refused("consumer: no positive price"):
        consumer.price_wad()
    protocol.travel_to_day(TODAY + 1)
    protocol.post(1)
    assert consumer.price_wad() == 10**12


def test_a_fixing_is_stale_counted_from_its_midnight(protocol: Protocol) -> None:
    """Fresh up to and including the limit, stale one second later, however late in its day it was posted."""
    consumer = consumer_of(protocol)
    protocol.travel((TODAY + 1) * DAY - 1)
    protocol.post()
    protocol.travel(TODAY * DAY + TWO_DAYS)
    assert consumer.price_wad() == 8 * WAD
    protocol.travel(TODAY * DAY + TWO_DAYS + 1)
    with refused("consumer: stale price"):
        consumer.price_wad()


def test_one_day_is_too_short_a_limit(protocol: Protocol) -> None:
    """Between midnight and the posting the newest fixing is more than a day old with nothing wrong: allow two."""
    impatient, patient = consumer_of(protocol, DAY), consumer_of(protocol, TWO_DAYS)
    protocol.post()
    protocol.travel((TODAY + 1) * DAY + 1)
    with refused("consumer: stale price"):
        impatient.price_wad()
    assert patient.price_wad() == 8 * WAD


def test_counting_rounds_down_passes_over_the_gaps(protocol: Protocol) -> None:
    """Three rounds over six days; asked for more than there are, the consumer finds no more."""
    consumer = consumer_of(protocol)
    for offset, price in ((0, 8_000_000), (1, 6_000_000), (5, 4_000_000)):
        protocol.travel_to_day(TODAY + offset)
        protocol.post(price)
    assert [consumer.mean_wad(rounds) for rounds in (1, 2, 3)] == [4 * WAD, 5 * WAD, 6 * WAD]
    with refused("consumer: not enough rounds"):
        consumer.mean_wad(4)

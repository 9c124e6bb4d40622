"""`FixingFeed`: one underlying's fixings as rounds, one for each day."""

from typing import Any

import pytest
from support.protocol import DAY, GPT, INDEX, LUNA, SPOT, TODAY, Protocol, contract, refused

from ifx_sdk.artifacts import artifact

NO_DATA = "No data present"
WIDEST = 2**80 - 1
LARGEST_PRICE = 2**40 - 1


def feed_of(protocol: Protocol, name: str = GPT) -> Any:
    """A feed of an underlying."""
    return contract("contracts/FixingFeed.vy").deploy(protocol.oracle.address, name)


def round_of(day: int, price: int) -> tuple[int, int, int, int, int]:
    """What a feed answers for a day's fixing."""
    return day, price, day * DAY, day * DAY, day


def test_deployment_takes_a_listed_name_only(protocol: Protocol) -> None:
    """A feed of a name that the oracle does not know would be empty for ever."""
    feeds = contract("contracts/FixingFeed.vy")
    for name in ("openai/gpt-9", "", "openai/gpt-4.1 ", "OPENAI/GPT-4.1"):
        with refused("feed: unknown underlying"):
            feeds.deploy(protocol.oracle.address, name)
    feed = feeds.deploy(protocol.oracle.address, LUNA)
    assert (feed.oracle(), feed.underlying()) == (protocol.oracle.address, LUNA)


def test_the_feed_describes_itself(protocol: Protocol) -> None:
    """Six decimals, version 1, and a description that names the underlying and its unit."""
    feed = feed_of(protocol)
    assert (feed.decimals(), feed.version()) == (6, 1)
    assert feed.description() == "openai/gpt-4.1 / USDT per 1M output tokens"


def test_the_longest_name_fits_the_description(protocol: Protocol) -> None:
    """64 characters and the unit."""
    name = "p/" + "m" * 62
    protocol.oracle.add_underlying(name, False, sender=protocol.owner.address)
    assert feed_of(protocol, name).description() == name + " / USDT per 1M output tokens"


def test_an_empty_feed_says_no_data_present(protocol: Protocol) -> None:
    """Before the first fixing neither view answers; after it both do."""
    feed = feed_of(protocol)
    with refused(NO_DATA):
        feed.latestRoundData()
    with refused(NO_DATA):
        feed.getRoundData(TODAY)
    protocol.post()
    assert feed.latestRoundData() == round_of(TODAY, SPOT)
    assert feed.getRoundData(TODAY) == round_of(TODAY, SPOT)


def test_a_round_is_a_day(protocol: Protocol) -> None:
    """Each fixing keeps its round; the newest is the latest; days between have none."""
    feed = feed_of(protocol)
    protocol.post(8_000_000)
    protocol.travel_to_day(TODAY + 3)
    protocol.post(4_320_000)
    assert feed.latestRoundData() == round_of(TODAY + 3, 4_320_000)
    assert feed.getRoundData(TODAY) == round_of(TODAY, 8_000_000)
    assert feed.getRoundData(TODAY + 3) == round_of(TODAY + 3, 4_320_000)
    for day in (TODAY - 1, TODAY + 1, TODAY + 2, TODAY + 4):
        with refused(NO_DATA):
            feed.getRoundData(day)


@pytest.mark.parametrize(
    "round_id", [0, 1, 2**24 - 1, 2**24, 2**24 + TODAY, 2**40 + TODAY, 2**64 + TODAY, WIDEST - 1, WIDEST]
)
def test_a_round_id_that_is_no_day_with_a_fixing_has_no_data(open_day: Protocol, round_id: int) -> None:
    """Ids beyond the oracle's days are refused in the same words and never wrap around to a day that has one."""
    with refused(NO_DATA):
        feed_of(open_day).getRoundData(round_id)


def test_rounds_carry_midnight_whenever_they_were_posted(protocol: Protocol) -> None:
    """A fixing posted in the last second of its day is as old as its midnight."""
    protocol.travel((TODAY + 1) * DAY - 1)
    protocol.post()
    assert feed_of(protocol).latestRoundData() == round_of(TODAY, SPOT)


@pytest.mark.parametrize("price", [0, 1, SPOT, LARGEST_PRICE])
def test_every_price_is_an_answer(protocol: Protocol, price: int) -> None:
    """Zero as well, which is a price and not a missing one."""
    feed = feed_of(protocol)
    protocol.post(price)
    assert feed.latestRoundData() == round_of(TODAY, price)
    assert feed.getRoundData(TODAY) == round_of(TODAY, price)


def test_a_feed_reads_its_own_underlying_only(open_day: Protocol) -> None:
    """Another name's fixing is no answer."""
    luna = feed_of(open_day, LUNA)
    with refused(NO_DATA):
        luna.latestRoundData()
    open_day.post(6_000_000, underlying=LUNA)
    assert luna.latestRoundData() == round_of(TODAY, 6_000_000)
    assert feed_of(open_day).latestRoundData() == round_of(TODAY, SPOT)


def test_a_withheld_index_has_no_round(open_day: Protocol) -> None:
    """What the reviewer does not post is not there, although a quorum may have signed it."""
    index = feed_of(open_day, INDEX)
    with refused("oracle: not the reviewer"):
        open_day.oracle.post(INDEX, TODAY, 1, open_day.attest(1, underlying=INDEX), sender=open_day.outsider.address)
    with refused(NO_DATA):
        index.latestRoundData()
    open_day.post(1, underlying=INDEX)
    assert index.latestRoundData() == round_of(TODAY, 1)


def test_time_alone_changes_no_round(open_day: Protocol) -> None:
    """The newest round stays the newest for as long as nothing is posted."""
    feed = feed_of(open_day)
    open_day.travel(open_day.now + 4_000 * DAY)
    assert feed.latestRoundData() == round_of(TODAY, SPOT)


def test_nothing_of_the_feed_can_be_written() -> None:
    """Every function is a view: there is nobody who can do anything to it."""
    functions = [entry for entry in artifact("FixingFeed").abi if entry["type"] == "function"]
    assert sorted(entry["name"] for entry in functions) == [
        "decimals",
        "description",
        "getRoundData",
        "latestRoundData",
        "oracle",
        "underlying",
        "version",
    ]
    assert {entry["stateMutability"] for entry in functions} == {"view"}


def test_the_shape_is_the_one_that_consumers_know() -> None:
    """Names and types of the interface, to the letter: a consumer's compiler made its calls from them."""
    abi = {str(entry.get("name")): entry for entry in artifact("FixingFeed").abi}
    shape = {
        name: ([kind["type"] for kind in abi[name]["inputs"]], [kind["type"] for kind in abi[name]["outputs"]])
        for name in ("decimals", "description", "version", "getRoundData", "latestRoundData")
    }
    a_round = ["uint80", "int256", "uint256", "uint256", "uint80"]
    assert shape == {
        "decimals": ([], ["uint8"]),
        "description": ([], ["string"]),
        "version": ([], ["uint256"]),
        "getRoundData": (["uint80"], a_round),
        "latestRoundData": ([], a_round),
    }

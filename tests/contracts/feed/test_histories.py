"""Whatever was posted when: the feed has a round for every day with a fixing and for no other."""

import boa
from hypothesis import given, settings
from hypothesis import strategies as st
from support.protocol import DAY, GPT, TODAY, Protocol, contract, refused

NO_DATA = "No data present"
prices = st.integers(0, 2**40 - 1)
histories = st.dictionaries(st.integers(0, 20), prices, min_size=1, max_size=6)


@settings(max_examples=20)
@given(history=histories)
def test_the_rounds_are_the_fixings(deployed: Protocol, history: dict[int, int]) -> None:
    """Day by day over three weeks, before the first and after the last included; the latest is the last one posted."""
    with boa.env.anchor():
        feed = contract("contracts/FixingFeed.vy").deploy(deployed.oracle.address, GPT)
        for offset in sorted(history):
            deployed.travel_to_day(TODAY + offset)
            deployed.post(history[offset])
            day = TODAY + offset
            assert feed.latestRoundData() == (day, history[offset], day * DAY, day * DAY, day)
        for day in range(TODAY - 1, TODAY + 22):
            fixing = deployed.oracle.fixing(GPT, day)
            assert fixing.posted == (day - TODAY in history)
            if fixing.posted:
                assert feed.getRoundData(day) == (day, fixing.price, day * DAY, day * DAY, day)
            else:
                with refused(NO_DATA):
                    feed.getRoundData(day)

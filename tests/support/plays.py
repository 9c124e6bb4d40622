"""What a stateful test may draw: who, what, how much and when."""

from hypothesis import strategies as st
from support.world import NAMES, PARTIES

parties = st.sampled_from(PARTIES)
names = st.sampled_from(NAMES)
amounts = st.one_of(st.just(0), st.integers(1, 10**7), st.integers(1, 10**13))
prices = st.one_of(st.just(0), st.integers(1, 50_000_000), st.just(2**40 - 1))
picks = st.integers(0, 10**6)


TRADE = {
    "long": parties,
    "other": st.integers(1, len(PARTIES) - 1),
    "name": names,
    "quantity": st.integers(1, 1_000),
    "spot": st.integers(1, 50_000_000),
    "ratio": st.integers(1, 200),
    "days": st.integers(28, 60),
    "averaging": st.integers(1, 28),
    "from_free": st.booleans(),
}

"""What a stateful test may draw: who, what, how much and when."""

from hypothesis import strategies as st
from support.model import DAY, UNLIMITED
from support.world import ACCOUNTS, NAMES, PARTIES

parties = st.sampled_from(PARTIES)
accounts = st.sampled_from(ACCOUNTS)
names = st.sampled_from(NAMES)
amounts = st.one_of(st.just(0), st.integers(1, 10**7), st.integers(1, 10**13))
prices = st.one_of(st.just(0), st.integers(1, 50_000_000), st.just(2**40 - 1))
picks = st.integers(0, 10**6)
spans = st.one_of(st.integers(1, 6), st.integers(1, 6), st.integers(1, 45))

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
    "on_chain": st.sampled_from([0, 0, 1, 2, 3]),
}

# Endings. A role that is None is played by the account that should play it now.
stand_ins = st.one_of(st.none(), st.none(), st.none(), accounts)
agreed_prices = st.one_of(st.integers(0, 50_000_000), st.sampled_from([0, 2**40 - 1, 2**40, UNLIMITED]))
payment_shares = st.sampled_from([0, 0, 1, 50, 99, 100, 101, None])
"""Percent of 2B; None is the largest number there is."""
lives = st.one_of(st.integers(0, 2 * DAY), st.integers(20, 70).map(lambda days: days * DAY))
"""Seconds until a deadline: some before maturity, some beyond it."""

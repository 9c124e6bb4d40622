"""The oracle's settlement price against the protocol's prose, over random histories of posts and silence.

Invariant 6: a fixing never changes, nor does a settlement price once it is certain.
"""

import warnings
from functools import cache
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given, settings
from hypothesis import strategies as st
from support.tree import ROOT

from ifx_sdk import payoff, signing
from ifx_sdk.terms import oracle_domain

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa

DAY = 86_400
START = 20_649  # 2026-07-15
NAME = "openai/gpt-4.1"
KEY = bytes([7]) * 32

# Runs of posts and of silence up to longer than any postponement, with prices at both ends of the range.
PRICES = st.one_of(st.integers(0, 50_000_000), st.just(0), st.just(2**40 - 1))
RUNS = st.lists(st.one_of(st.lists(PRICES, min_size=1, max_size=4), st.integers(1, 6)), min_size=1, max_size=12)


@cache
def oracle() -> Any:
    """An oracle that one signer feeds."""
    boa.env.evm.patch.chain_id = 31337
    boa.env.timestamp = START * DAY
    owner = boa.env.generate_address("owner")
    contract = boa.load(str(ROOT / "contracts/FixingOracle.vy"), owner, [Account.from_key(KEY).address], 1, owner)
    contract.add_underlying(NAME, False, sender=owner)
    return contract


@pytest.fixture(scope="module", autouse=True)
def _deployed() -> None:
    """Deploy outside of the examples: boa's plugin rolls each of them back."""
    oracle()


def post(day: int, price: int) -> None:
    """Post on `day`."""
    boa.env.timestamp = day * DAY
    evidence = bytes(32)
    digest = signing.report_digest(NAME, day, price, evidence, oracle_domain(31337, oracle().address))
    oracle().post(NAME, day, price, [(evidence, *signing.to_compact(signing.sign_digest(digest, KEY)))])


def days_of(runs: list[list[int] | int]) -> dict[int, int | None]:
    """Day -> price, or None for a silent day."""
    days: list[int | None] = []
    for run in runs:
        days += [None] * run if isinstance(run, int) else run
    return {START + i: price for i, price in enumerate(days)}


@settings(max_examples=settings().max_examples // 2)
@given(runs=RUNS, picks=st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 62)), min_size=1, max_size=12))
def test_every_answer_equals_the_reference_and_stays_once_certain(
    runs: list[list[int] | int], picks: list[tuple[int, int]]
) -> None:
    """Asked before, on and after a day, the view gives the reference's answer, and keeps what is certain."""
    posted: dict[int, int] = {}
    certain: dict[tuple[int, int], int] = {}
    asks = [(START + offset, averaging) for offset, averaging in picks]
    history = days_of(runs)
    last = max(history)
    for today in range(START, last + 5):
        price = history.get(today)
        if price is not None:
            post(today, price)
            posted[today] = price
        boa.env.timestamp = today * DAY + DAY - 1
        for ask in asks:
            if ask[0] - 1 <= today <= ask[0] + 4 or today == last + 4:
                answer = oracle().settlement_price(1, *ask)
                expected, sure = payoff.settlement_price(posted, *ask, boa.env.timestamp)
                assert answer == (expected or 0, sure), (today - START, ask)
                assert certain.get(ask, answer[0]) == answer[0]
                certain |= {ask: answer[0]} if sure else {}


@settings(max_examples=settings().max_examples // 2)
@given(runs=RUNS)
def test_the_sum_of_a_span_is_the_sum_of_its_days(runs: list[list[int] | int]) -> None:
    """The cumulative of a fixing is the plain sum of the settled prices of all days since the first."""
    history = days_of(runs)
    posted = {day: price for day, price in history.items() if price is not None}
    for day, price in posted.items():
        post(day, price)
    boa.env.timestamp = (max(history) + 4) * DAY
    if not posted:
        return
    first = min(posted)
    running = 0
    for day in range(first, max(posted) + 1):
        settled, _ = payoff.settlement_price(posted, day, 1, boa.env.timestamp)
        assert settled is not None
        running += settled
        if day in posted:
            assert oracle().fixing(NAME, day).cumulative == running

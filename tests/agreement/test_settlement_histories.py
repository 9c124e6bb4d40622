"""The oracle's settlement price against the protocol's prose, over random histories of posts and silence.

Invariant 6: a fixing never changes, nor does a settlement price once it is certain. Short histories are tried on boa's
chain; those of 400 days on anvil, which answers hundreds of questions a call: about 50,000 checks on every run and a
million in `nightly`, NIGHTLY_SECONDS at the longest where that is set.
"""

import os
import sys
import time
import warnings
from collections.abc import Iterator
from functools import cache
from random import Random, SystemRandom
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import anvil_binary
from support.settlement_histories import (
    Days,
    Prices,
    extreme,
    history,
    lonely,
    patchy,
    repriced,
    retired,
    sparse,
    steady,
    tenfold,
    walking,
)
from support.settlement_oracle import SettlementOracle
from support.settlement_reference import settlement_price
from support.settlement_walk import Walk
from support.tree import ROOT

from ifx_sdk import payoff, signing
from ifx_sdk.terms import oracle_domain
from scripts.anvil import free_port, running

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa

DAY = 86_400
START = 20_649  # 2026-07-15
NAME = "openai/gpt-4.1"
KEY = bytes([7]) * 32
NIGHTLY_CHECKS = 1_000_000

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
                expected, sure = settlement_price(posted, *ask, boa.env.timestamp)
                assert payoff.settlement_price(posted, *ask, boa.env.timestamp) == (expected, sure)
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
        settled, _ = settlement_price(posted, day, 1, boa.env.timestamp)
        assert settled is not None
        running += settled
        if day in posted:
            assert oracle().fixing(NAME, day).cumulative == running


# ------------------------------------------------------------------------------------------------ 400 days, on anvil


@pytest.fixture(scope="module")
def chained() -> Iterator[SettlementOracle]:
    """An oracle on an anvil of its own, whose clock no other test moves."""
    port = free_port()
    with running(anvil_binary(), port, timestamp=(START - 30) * DAY):
        found = SettlementOracle(port)
        yield found
        found.close()


@pytest.mark.parametrize(
    ("on_days", "at_prices"),
    [(steady, repriced), (patchy, extreme), (sparse, walking), (retired, tenfold), (lonely, walking)],
    ids=lambda mood: mood.__name__,
)
def test_400_days_of_answers_equal_the_reference(chained: SettlementOracle, on_days: Days, at_prices: Prices) -> None:
    """In every mood of an oracle, at every boundary second: as the reference and the SDK say, for ever once certain."""
    random = Random(on_days.__name__)
    walk = Walk(chained, history(random, on_days, at_prices), random)
    walk.go()
    assert walk.checks >= 8_000
    assert walk.kept >= 2_000


@pytest.mark.nightly
def test_a_million_answers_equal_the_reference(chained: SettlementOracle, capsys: pytest.CaptureFixture[str]) -> None:
    """Histories of other seeds each night, and the number of checks said aloud, as a time box may end it early."""
    began, checks, kept, histories = time.monotonic(), 0, 0, 0
    seed = first = SystemRandom().randrange(2**32)
    limit = float(os.environ.get("NIGHTLY_SECONDS") or "inf")
    while checks < NIGHTLY_CHECKS and (histories == 0 or time.monotonic() - began < limit):
        random = Random(seed)
        walk = Walk(chained, history(random), random)
        try:
            walk.go()
        except AssertionError as error:
            error.add_note(f"history of seed {seed}")
            raise
        seed, checks, kept, histories = seed + 1, checks + walk.checks, kept + walk.kept, histories + 1
    with capsys.disabled():
        short = "" if checks >= NIGHTLY_CHECKS else f" OF {NIGHTLY_CHECKS:,}: NIGHTLY_SECONDS={limit:.0f} ended it"
        print(
            f"\nsettlement price: {checks:,} checks{short}, {kept:,} of them of what was certain before;"
            f" {histories} histories of 400 days from seed {first}, {time.monotonic() - began:.0f} s",
            file=sys.stderr,
        )

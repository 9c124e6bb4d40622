"""Anything, by anyone, in any order: terms, bookings, novations, terminations, settlements, pauses, silent oracles.

The machine stands in tests/support/machine*.py, its reference in model.py and books.py. A run is followed by a look at
what it reached; test_each_refusal.py takes it to every refusal, which chance alone may miss.
"""

import os
import resource
import sys
import time
from collections import Counter
from math import inf
from random import SystemRandom
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from support.machine import REACHED
from support.machine_invariants import AnyOrder
from support.world import deployed

CI_STEPS, NIGHTLY_STEPS = 10_000, 1_000_000
LIFE = 100  # steps at most: Hypothesis ends some lives early, for want of random bytes
LIVES = 20  # a batch, of one seed
MESSAGES = ("terms", "termination", "novation")
CALLS = ("terminate", "novate", *(f"{verb}_{message}" for verb in ("approve", "revoke") for message in MESSAGES))

taken = Counter[str]()


class Counted(AnyOrder):
    """The machine, counting its steps."""

    def check_invariants(self, *args: Any, **kwargs: Any) -> None:
        """After every step, the deployment included."""
        taken["steps"] += 1
        super().check_invariants(*args, **kwargs)


def run(steps: int, first: int, seconds: float = inf) -> int:
    """Run batches of lives, of seeds from `first` on, for that many steps or until time is up; answer the steps."""
    deployed()  # outside of the examples: boa's plugin rolls each of them back
    patient = settings(
        max_examples=LIVES,
        stateful_step_count=LIFE,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    began, batch = time.monotonic(), first
    taken.clear()
    while taken["steps"] < steps and (batch == first or time.monotonic() - began < seconds):
        seed(batch)(Counted)
        try:
            run_state_machine_as_test(Counted, settings=patient)
        except AssertionError as error:
            error.add_note(f"lives of seed {batch}")
            raise
        batch += 1
    return taken["steps"]


@pytest.mark.filterwarnings("ignore")
class TestAnyOrder:
    """10,000 steps at every change."""

    def test_contracts_equal_the_model_after_every_step(self) -> None:
        """No outcome but the predicted one, no invariant broken, and every kind of life among them."""
        REACHED.clear()
        assert run(CI_STEPS, first=1) >= CI_STEPS
        for call in CALLS:
            assert REACHED[call, None] >= 20, call
        for end in ("settled", "terminated"):
            assert sum(REACHED["life", f"{end} after {moves} moves"] for moves in range(1, 5)) >= 40, end
            assert sum(REACHED["life", f"{end} after {moves} moves"] for moves in range(2, 5)) >= 20, end
        for tried in ("spent", "stale", "mature"):
            assert min(REACHED["tried", f"{call} {tried}"] for call in ("terminate", "novate")) >= 20, tried


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_a_million_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """Other lives each night, and the number of steps said aloud, as NIGHTLY_SECONDS may end them early."""
    REACHED.clear()
    began, first = time.monotonic(), SystemRandom().randrange(2**32)
    limit = float(os.environ.get("NIGHTLY_SECONDS") or "inf")
    steps = run(NIGHTLY_STEPS, first, limit)
    seconds = time.monotonic() - began
    short = "" if steps >= NIGHTLY_STEPS else f" OF {NIGHTLY_STEPS:,}: NIGHTLY_SECONDS={limit:.0f} ended it"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    moves, ends, settlements = REACHED["novate", None], REACHED["terminate", None], REACHED["settle", None]
    with capsys.disabled():
        print(
            f"\nany order: {steps:,} steps{short}, {REACHED['book', None]:,} bookings, {moves:,} novations, {ends:,}"
            f" terminations, {settlements:,} settlements; from seed {first}, {seconds:.0f} s,"
            f" {steps / seconds:.0f} steps a second, {peak} MiB",
            file=sys.stderr,
        )

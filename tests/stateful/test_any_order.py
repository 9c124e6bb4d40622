"""Anything, by anyone, in any order: terms, bookings, novations, terminations, settlements, pauses, silent oracles.

The machine stands in tests/support/machine*.py, its reference in model.py and books.py. A run is followed by a look at
what it reached: every refusal that the interface states for an ending must have been provoked.
"""

import os
import re
import resource
import sys
import time
import warnings
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from support.machine import REACHED
from support.machine_invariants import AnyOrder
from support.tree import ROOT
from support.world import deployed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")

STEPS = 100
EXAMPLES = 100  # x STEPS = 10,000 steps
NIGHTLY_STEPS = 1_000_000
NIGHTLY_EXAMPLES = 50  # a batch: the clock is looked at after each
CALLS = [f"{verb}_{kind}" for verb in ("approve", "revoke") for kind in ("terms", "termination", "novation")]
INTERFACE = ROOT / "contracts/interfaces/IForwardEscrow.vyi"
REASON = re.compile(r"`((?:escrow|ledger): [^`]+)`")

taken = Counter[str]()


class Counted(AnyOrder):
    """The machine, counting its steps."""

    def check_invariants(self, *args: object, **kwargs: object) -> None:
        """After every step, the deployment included."""
        taken["steps"] += 1
        super().check_invariants(*args, **kwargs)


def run(examples: int, **options: object) -> int:
    """Run that many lives and answer how many steps they took."""
    before = taken["steps"]
    deployed()  # outside of the examples: boa's plugin rolls each of them back
    patient = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, suppress_health_check=patient, deadline=None, **options
        ),
    )
    return taken["steps"] - before


def stated(call: str) -> set[str]:
    """The reasons that the interface states for a call in its own words."""
    source = INTERFACE.read_text(encoding="utf-8")
    return set(REASON.findall(source.split(f"def {call}(")[1].split('"""')[1]))


@pytest.mark.filterwarnings("ignore")
class TestAnyOrder:
    """10,000 steps at every change."""

    def test_contracts_equal_the_model_after_every_step(self) -> None:
        """No outcome but the predicted one, no invariant broken, and every refusal of an ending among them."""
        REACHED.clear()
        assert run(EXAMPLES) >= EXAMPLES * STEPS * 9 // 10
        for call in ("terminate", "novate", *CALLS):
            missing = {reason for reason in stated(call) if not REACHED[call, reason]}
            assert not missing, call
            assert REACHED[call, None] >= 10, call
        for life in ("settled after 1 moves", "settled after 2 moves", "terminated after 1 moves"):
            assert REACHED["life", life] >= 10, life
        for tried in ("spent", "stale", "mature"):
            assert REACHED["tried", f"terminate {tried}"] >= 10
            assert REACHED["tried", f"novate {tried}"] >= 10


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_a_million_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """Other lives each night, and the number of steps said aloud, as NIGHTLY_SECONDS may end them early."""
    began, steps = time.monotonic(), 0
    limit = float(os.environ.get("NIGHTLY_SECONDS") or "inf")
    while steps < NIGHTLY_STEPS and (steps == 0 or time.monotonic() - began < limit):
        steps += run(NIGHTLY_EXAMPLES, derandomize=False, database=None)
    seconds = time.monotonic() - began
    short = "" if steps >= NIGHTLY_STEPS else f" OF {NIGHTLY_STEPS:,}: NIGHTLY_SECONDS={limit:.0f} ended it"
    with capsys.disabled():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"\nany order: {steps:,} steps{short}; {seconds:.0f} s, {steps / seconds:.0f} a second, {peak} MiB",
            file=sys.stderr,
        )

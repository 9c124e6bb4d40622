"""The machine, led by hand to every refusal that the interface states for an ending: nothing is left to chance here."""

import re

import pytest
from support.machine import REACHED
from support.machine_faults import END_FAULTS, MOVE_FAULTS
from support.machine_invariants import AnyOrder
from support.tree import ROOT
from support.world import PARTIES

KINDS = ("termination", "novation")
CALLS = ("terminate", "novate", *(f"{verb}_{kind}" for verb in ("approve", "revoke") for kind in KINDS))
INTERFACE = ROOT / "contracts/interfaces/IForwardEscrow.vyi"
REASON = re.compile(r"`((?:escrow|ledger): [^`]+)`")
ANYONE = PARTIES[0]


def stated(call: str) -> set[str]:
    """The reasons that the interface states for a call in its own words."""
    source = INTERFACE.read_text(encoding="utf-8")
    return set(REASON.findall(source.split(f"def {call}(")[1].split('"""')[1]))


def hold(machine: AnyOrder) -> None:
    """Every invariant, as after a step."""
    for invariant in machine.invariants:
        invariant.function(machine)


@pytest.fixture(scope="module")
def reached() -> set[tuple[str, str | None]]:
    """Every outcome of one life in which each fault is made by each party in its turn."""
    REACHED.clear()
    machine = AnyOrder()
    machine.deploy()
    machine.end_early(0, 5_000_000, 1, ANYONE)
    for pick in range(100_001, 100_607, 101):  # large, so that a fee on a payment is not rounded to nothing
        machine.move(pick, True, 0, pick, False, ANYONE)
        for fault in dict.fromkeys(END_FAULTS):
            machine.nearly_end(pick, fault, pick % 2, ANYONE)
            hold(machine)
        for fault in dict.fromkeys(MOVE_FAULTS):
            machine.nearly_move(pick, pick % 2 == 0, fault, pick % 3, ANYONE)
            hold(machine)
        machine.cycle(pick, True, pick, ANYONE)
        machine.end_early(pick, 5_000_000, pick % 4, ANYONE)
        machine.reach_maturity(pick, 0, ANYONE)
        hold(machine)
    for pick in range(len(machine.endings)):
        for who in (0, 3):
            machine.approve_ending(pick, who)
            machine.revoke_ending(pick, who)
        hold(machine)
    machine.teardown()
    return set(REACHED)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS)
def test_every_stated_refusal_is_reached(reached: set[tuple[str, str | None]], call: str) -> None:
    """Each reason in the interface's own words, and success beside them."""
    assert {reason for reason in stated(call) if (call, reason) not in reached} == set()
    assert (call, None) in reached


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "reason", ["usdt: allowance too low", "usdt: balance too low", "ledger: token did not deliver"]
)
def test_a_payment_that_cannot_be_collected_is_reached(reached: set[tuple[str, str | None]], reason: str) -> None:
    """Those of `deposit_for`, which the interface names together."""
    assert ("novate", reason) in reached

"""Where a proof looks for a forward or a fixing is where the compiler puts it."""

import json
import subprocess
import sys

import pytest
from support.tree import ROOT

from ifx_sdk.bundle import state

SLOTS = {
    ("ForwardEscrow", "records", "forwards"): state.FORWARDS_SLOT,
    ("FixingOracle", "underlyings"): state.UNDERLYINGS_SLOT,
    ("FixingOracle", "fixings"): state.FIXINGS_SLOT,
}


@pytest.mark.parametrize("contract", ["ForwardEscrow", "FixingOracle"])
def test_a_mappings_slot_is_the_compilers(contract: str) -> None:
    """The storage layout of the sources, read from the compiler itself."""
    command = [sys.executable, "-m", "vyper.cli.vyper_compile", "-f", "layout", f"{contract}.vy"]
    ran = subprocess.run(command, cwd=ROOT / "contracts", check=True, capture_output=True, text=True)
    layout = json.loads(ran.stdout)["storage_layout"]
    for path, slot in SLOTS.items():
        if path[0] == contract:
            entry = layout
            for name in path[1:]:
                entry = entry[name]
            assert (path, entry["slot"]) == (path, slot)

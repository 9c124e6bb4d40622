"""What `make coverage` calls a way is the way that the source took: a small contract, run by hand."""

import json
import sys
from pathlib import Path
from typing import Any

import boa
import pytest
from support.tree import ROOT

sys.path.insert(0, str(ROOT))

from scripts.branches.recorder import Recorder
from scripts.branches.report import load, rows

CONTRACT = """# pragma version 0.4.3
total: public(uint256)

@external
def decide(a: uint256, b: uint256, values: DynArray[uint256, 4]) -> uint256:
    assert a != 7, "seven"
    if a > 1 and b > 1:
        self.total += 1
    odd: uint256 = 1 if b % 2 == 1 else 0
    for value: uint256 in values:
        if value == 3:
            break
        if value == 4:
            continue
        odd += value
    either: bool = a == 0 or b == 0
    if not either:
        odd += 1
    return odd
"""

# One call after the other, and what it is the first to take.
AGAIN = "for value: uint256 in values:: goes round"
NOTHING = {
    "a != 7: refuses",
    "a > 1: true",
    "a > 1 and b > 1: true",
    "b % 2 == 1: true",
    "for value: uint256 in values:: has a round",
    AGAIN,
    "for value: uint256 in values:: runs out",
    "value == 3: true",
    "value == 3: false",
    "value == 4: true",
    "value == 4: false",
    "a == 0: false",
    "not either: true",
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The contract, where the report looks for contracts."""
    root = tmp_path_factory.mktemp("small").resolve()
    (root / "contracts").mkdir()
    (root / "contracts" / "Small.vy").write_text(CONTRACT, encoding="utf-8")
    return boa.load(str(root / "contracts" / "Small.vy"))


def missing(contract: Any, folder: Path, calls: list[tuple[Any, ...]], refused: list[tuple[Any, ...]]) -> set[str]:
    """The ways that these calls leave out, as the report says."""
    root = Path(contract.filename).parents[1]
    data = contract.compiler_data
    recorder = Recorder(root)
    recorder.compiled.append((data.bytecode, data.bytecode_runtime, data))
    for call in calls:
        contract.decide(*call)
        recorder.saw(contract._computation)
    for call in refused:
        with pytest.raises(boa.BoaError) as refusal:
            contract.decide(*call)
        recorder.saw(refusal.value.call_trace.computation)
    (folder / "all.json").write_text(json.dumps(recorder.report()), encoding="utf-8")
    return {f"{miss.text}: {miss.way}" for row in rows(root, load(folder)) for miss in row.misses if miss.way != "runs"}


@pytest.mark.parametrize(
    ("calls", "refused", "left"),
    [
        ([(0, 0, [])], [], NOTHING),
        (
            [(0, 0, []), (2, 1, [5])],
            [],
            {"a != 7: refuses", "a > 1 and b > 1: true", "value == 3: true", "value == 4: true", AGAIN},
        ),
        ([(0, 0, [3]), (2, 3, [4, 1])], [], {"a != 7: refuses", "for value: uint256 in values:: is empty"}),
        ([(0, 0, [3]), (2, 3, [4, 1]), (2, 2, [])], [(7, 0, [])], set()),
    ],
    ids=["next to nothing", "some", "no empty list", "everything"],
)
def test_the_ways_left_out_are_those_not_taken(
    contract: Any,
    tmp_path: Path,
    calls: list[tuple[Any, ...]],
    refused: list[tuple[Any, ...]],
    left: set[str],
) -> None:
    """Every kind of decision, each way of it, as the arguments decide."""
    assert missing(contract, tmp_path, calls, refused) == left

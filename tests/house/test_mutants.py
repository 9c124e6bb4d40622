"""What `make mutants` tries: mutants are what their rules say, and explanations name mutants and code that exist."""

import sys
import tomllib
from collections import Counter

import pytest
from support.tree import ROOT, text

sys.path.insert(0, str(ROOT))

from scripts.branches.sources import sources
from scripts.mutation.mutants import SAMPLE, Mutant, mutants, sample
from scripts.mutation.results import reasons

OPERATORS = {
    "and/or",
    "arithmetic",
    "compare",
    "drop assert",
    "drop call",
    "drop condition",
    "drop log",
    "drop member",
    "drop write",
    "loop",
    "negate",
    "off by a day",
    "off by one",
    "reentrancy",
    "sender",
    "status",
    "swap sides",
    "text",
    "true/false",
}


@pytest.fixture(scope="module")
def generated() -> list[Mutant]:
    return mutants(ROOT)


def test_every_operator_breaks_something(generated: list[Mutant]) -> None:
    """No rule has lost its grip on the contracts."""
    assert {mutant.operator for mutant in generated} == OPERATORS


def test_every_contract_is_broken(generated: list[Mutant]) -> None:
    """Each contract and module has mutants, those that only tests use have none."""
    assert {mutant.file for mutant in generated} == {source.file for source in sources(ROOT)}


def test_a_mutant_is_one_change(generated: list[Mutant]) -> None:
    """It differs from its source, and only in the lines that the table shows."""
    for mutant in generated:
        source = text(mutant.file)
        assert mutant.source != source
        start = next(at for at, pair in enumerate(zip(source, mutant.source, strict=False)) if pair[0] != pair[1])
        assert source.count("\n", 0, start) + 1 >= mutant.line
        assert mutant.before != mutant.after


def test_ids_are_unique(generated: list[Mutant]) -> None:
    """An explanation is of one mutant."""
    assert [name for name, count in Counter(mutant.id for mutant in generated).items() if count > 1] == []


def test_the_sample_is_broad_and_the_same_each_time(generated: list[Mutant]) -> None:
    """Every operator and every source among them."""
    chosen = sample(generated, SAMPLE)
    assert len(chosen) == SAMPLE >= 80
    assert {mutant.operator for mutant in chosen} == OPERATORS
    assert {mutant.file for mutant in chosen} == {mutant.file for mutant in generated}
    assert chosen == sample(list(reversed(generated)), SAMPLE)[::-1]


def test_explained_mutants_are_made(generated: list[Mutant]) -> None:
    """An explanation goes with the statement that it is about."""
    known = reasons(ROOT / "scripts" / "mutation" / "equivalent.toml")
    assert sorted(known.keys() - {mutant.id for mutant in generated}) == []


def test_explained_holes_of_the_coverage_stand_in_the_sources() -> None:
    """As for mutants: what no test takes is named by text that is there."""
    entries = tomllib.loads(text("scripts/branches/unreached.toml"))["unreached"]
    points = {(source.file, point.text) for source in sources(ROOT) for point in source.points}
    lines = {(source.file, line.strip()) for source in sources(ROOT) for line in text(source.file).splitlines()}
    assert [entry for entry in entries if (entry["file"], entry["text"]) not in points | lines] == []

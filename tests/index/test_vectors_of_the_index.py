"""The index against the golden vectors, and vectors that are wrong."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ifx_index.vectors import check_company_index, check_index_decomposition, check_llm_price_index, check_tpi
from ifx_sdk.vector_files import checkers

VECTORS = Path(__file__).parents[1] / "agreement" / "vectors.json"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "vectors.json"
DOCUMENT: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
Check = Callable[[Mapping[str, object]], list[tuple[str, object, object]]]
CHECKS: dict[str, Check] = {
    "llm_price_index": check_llm_price_index,
    "index_decomposition": check_index_decomposition,
    "tpi": check_tpi,
    "company_index": check_company_index,
}
ENTRIES = [(kind, place) for kind in CHECKS for place in range(len(DOCUMENT[kind]))]


@pytest.mark.parametrize(("kind", "place"), ENTRIES)
def test_the_golden_vectors_hold(kind: str, place: int) -> None:
    """Every figure of every entry."""
    assert CHECKS[kind](DOCUMENT[kind][place]) == []


def test_the_kinds_are_entry_points() -> None:
    """`ifx vectors` finds each of them."""
    found = checkers()
    assert {kind: found[kind]() for kind in CHECKS} == CHECKS


@pytest.mark.skipif(not SHARED.is_file(), reason="no vectors beside this checkout (../shared/vectors)")
def test_the_copy_is_the_shared_file_where_that_is_there() -> None:
    """The kinds of the index are the same in both."""
    shared = json.loads(SHARED.read_text(encoding="utf-8"))
    assert {kind: shared[kind] for kind in CHECKS} == {kind: DOCUMENT[kind] for kind in CHECKS}


def leaves(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path to every figure under `value`."""
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in leaves(each, (*path, key))]
    return [path]


@pytest.mark.parametrize("kind", CHECKS)
def test_every_expected_figure_is_compared(kind: str) -> None:
    """Whichever is changed, by value or by type, is told by its key."""
    entry = DOCUMENT[kind][0]
    for path in leaves(entry["expected"]):
        changed = copy.deepcopy(entry)
        place = changed["expected"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = "another"
        (found,) = CHECKS[kind](changed)
        assert (found[0], found[1]) == (".".join(map(str, path)), "another")


@pytest.mark.parametrize("kind", CHECKS)
def test_a_key_that_a_kind_does_not_know_is_a_mismatch(kind: str) -> None:
    """It may be what the entry is about."""
    changed = copy.deepcopy(DOCUMENT[kind][0])
    place = changed["inputs"][0] if kind == "llm_price_index" else changed["inputs"]
    place["colour"] = "blue"
    changed["expected"]["shade"] = 7
    assert [each[0] for each in CHECKS[kind](changed)] == ["inputs.colour", "shade"]


ROW = {"model": "a", "tokens": 5, "price_micro": 8, "status": "PRIMARY", "conflict": False}
SIDES = {"tokens_prev": [1], "price_prev": [1], "tokens_now": [1], "price_now": [1]}
TPI = {"volumes": [1], "price_raw_micro": [1], "quality_ratio_bps": [10_000], "cap": "1"}
CATI = {
    "reliability": {"s": 1},
    "channel_share": {"h": {"s": "1"}},
    "volume": {"h": {"m": {"s": 1}}},
    "price_out_micro": {"h": {"m": 5}},
}


@pytest.mark.parametrize(
    ("kind", "inputs", "key"),
    [
        ("llm_price_index", {}, "inputs."),
        ("llm_price_index", [7], "inputs.0"),
        ("llm_price_index", [ROW | {"tokens": "5"}], "inputs.0.tokens"),
        ("llm_price_index", [ROW | {"tokens": True}], "inputs.0.tokens"),
        ("llm_price_index", [ROW | {"tokens": -5}], "inputs"),
        ("llm_price_index", [ROW | {"price_micro": "dear"}], "inputs.0.price_micro"),
        ("llm_price_index", [ROW | {"status": "GUESSED"}], "inputs.0"),
        ("llm_price_index", [ROW | {"conflict": 0}], "inputs.0"),
        ("index_decomposition", [], "inputs."),
        ("index_decomposition", SIDES | {"price_now": [1, 2]}, "inputs.tokens_prev"),
        ("index_decomposition", SIDES | {"price_now": 1}, "inputs.price_now"),
        ("index_decomposition", SIDES | {"tokens_now": ["1"]}, "inputs.tokens_now"),
        ("tpi", TPI | {"cap": "x"}, "inputs.cap"),
        ("tpi", TPI | {"cap": "0"}, "inputs"),
        ("tpi", TPI | {"volumes": [1, 2]}, "inputs"),
        ("tpi", TPI | {"quality_ratio_bps": ["x"]}, "inputs.quality_ratio_bps"),
        ("company_index", CATI | {"agg": "median"}, "inputs.agg"),
        ("company_index", CATI | {"volume": {"h": [1]}}, "inputs.volume.h"),
        ("company_index", CATI | {"channel_share": {"h": {"s": "x"}}}, "inputs.channel_share.h.s"),
        ("company_index", CATI | {"reliability": {}}, "inputs"),
    ],
)
def test_an_input_that_cannot_be_read_is_named(kind: str, inputs: object, key: str) -> None:
    """As one mismatch under its key."""
    (found,) = CHECKS[kind]({"id": "X", "inputs": inputs, "expected": {"value_micro": 1}})
    assert found[0] == key


@pytest.mark.parametrize("eligible", [None, False])
def test_without_a_value_eligibility_may_be_false_or_null(eligible: bool | None) -> None:
    """There is nothing to be eligible; true is wrong all the same."""
    inputs = TPI | {"volumes": [0]}
    expected = {"flag": "NO_VALUE", "tpi_micro": None, "weights": None, "rounds": None, "capped_indices": None}
    entry = {"id": "X", "inputs": inputs, "expected": expected | {"settlement_eligible": eligible}}
    assert check_tpi(entry) == []
    entry["expected"] = {"settlement_eligible": True}
    assert check_tpi(entry) == [("settlement_eligible", True, False)]


def test_null_cells_and_the_mean_replay_too() -> None:
    """What an entry may ask of a company index beside the shared ones."""
    inputs = copy.deepcopy(CATI) | {"agg": "mean", "reliability": {"s": "1", "t": "0.5"}}
    inputs["volume"] = {"h": {"m": {"s": 60, "t": 60}, "n": {"s": 60, "t": None}}}
    inputs["price_out_micro"] = {"h": {"m": 10, "n": 20}}
    expected = {"pi": {"h": "1"}, "w": {"h": {"m": "1/2", "n": "1/2"}}, "index_micro": 15}
    assert check_company_index({"id": "X", "inputs": inputs, "expected": expected}) == []

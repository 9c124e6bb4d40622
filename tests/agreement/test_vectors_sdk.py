"""The SDK against the golden vectors, and the replay against files that are wrong."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ifx_sdk.errors import MalformedVectors, UnknownVectorKind
from ifx_sdk.vectors import (
    Mismatch,
    checkers,
    compare,
    forward_inputs,
    forward_outcome,
    forward_refusal,
    load,
    replay,
)

VECTORS = Path(__file__).with_name("vectors.json")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "vectors.json"
KINDS = ("indicative", "forwards", "invalid_terms", "calendar")
DOCUMENT: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))


def entries() -> list[tuple[str, int]]:
    return [(kind, place) for kind in KINDS for place in range(len(DOCUMENT[kind]))]


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write a document as a vectors file and return its path."""

    def write(document: object) -> Path:
        path = tmp_path / "vectors.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("kind", KINDS)
def test_every_vector_of_a_kind_passes(kind: str) -> None:
    """All entries, and nothing else is counted as passed."""
    report = replay(VECTORS, [kind])
    assert report.failures == ()
    assert report.passed == len(DOCUMENT[kind]) > 0
    assert report.skipped == sum(len(of_kind) for name, of_kind in DOCUMENT.items() if name not in {"meta", kind})
    assert report.ok


def test_the_published_file_is_the_one_tested() -> None:
    """The copy in tests/ is the original to the byte."""
    if not SHARED.exists():
        pytest.skip("../shared is absent: the copy in tests/agreement is all there is")
    assert VECTORS.read_bytes() == SHARED.read_bytes()


def numbers(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The path of every value under `expected` that can be wrong."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from numbers(inner, (*path, place))
    else:
        yield path


def off_by_one(value: object) -> object:
    if isinstance(value, int):
        return value + 1
    text = str(value)
    return text[:-1] + ("0" if text[-1] == "1" else "1")


@pytest.mark.parametrize(("kind", "place"), entries())
def test_each_expected_value_is_compared(kind: str, place: int, written: Any) -> None:
    """With any one of them off by one the entry fails, and the failure names entry and key."""
    original = DOCUMENT[kind][place]
    for path in numbers(original["expected"]):
        entry = copy.deepcopy(original)
        if not path:
            entry["expected"] = off_by_one(original["expected"])
        else:
            at = entry["expected"]
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = off_by_one(at[path[-1]])
        report = replay(written({kind: [entry]}))
        assert (report.passed, report.failed) == (0, 1), path
        (failure,) = report.failures
        (mismatch,) = failure.mismatches
        assert (failure.kind, failure.id) == (kind, original["id"])
        named = [str(key) for key in path if isinstance(key, str)] or ["expected"]
        assert mismatch.key == ".".join(named)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "invalid_terms"])
@pytest.mark.parametrize("part", ["inputs", "expected"])
def test_an_unknown_key_is_a_mismatch(kind: str, part: str, written: Any) -> None:
    """What is not understood is never passed over."""
    entry = copy.deepcopy(DOCUMENT[kind][0])
    entry[part]["colour"] = "red"
    (failure,) = replay(written({kind: [entry]})).failures
    (mismatch,) = failure.mismatches
    assert mismatch.key in {"colour", "inputs.colour"}
    assert "red" in mismatch
    assert "not a key this kind knows" in mismatch


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "nests deeper"),
        ('{"forwards": [], "forwards": []}', "'forwards' appears twice"),
        ([], "one object"),
        ({}, "no kind"),
        ({"meta": {}}, "no kind"),
        ({"forwards": {}}, "not a list"),
        ({"forwards": [7]}, "entry 0 of forwards has no id"),
        ({"forwards": [{"inputs": {}, "expected": {}}]}, "entry 0 of forwards has no id"),
        ({"forwards": [{"id": 7}]}, "entry 0 of forwards has no id"),
        ({"forwards": [{"id": "FWD-01", "expected": {"fee_total": 1}}]}, "FWD-01: inputs is missing"),
        ({"forwards": [{"id": "FWD-01", "inputs": {}}]}, "FWD-01: expected is missing"),
        ({"forwards": [{"id": "FWD-01", "inputs": {}, "expected": {}}]}, "FWD-01: expected holds nothing"),
        (
            {"forwards": [{"id": "FWD-01", "inputs": [], "expected": {"fee_total": 1}}]},
            "FWD-01: inputs is not an object",
        ),
        ({"forwards": [DOCUMENT["forwards"][0]] * 2}, "'FWD-01' appears twice"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(wrong: object, named: str, written: Any) -> None:
    """The error names the file, the entry and what is wrong there."""
    path = written(wrong)
    with pytest.raises(MalformedVectors) as refusal:
        replay(path)
    assert str(path) in str(refusal.value)
    assert named in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("forwards", "s0", "8000000"),
        ("forwards", "s0", 8.5),
        ("forwards", "f", True),
        ("forwards", "n_mtok", None),
        ("forwards", "tenor_months", 0),
        ("forwards", "tenor_months", 10**9),
        ("forwards", "trade_date", "22.06.2026"),
        ("forwards", "trade_date", 20260622),
        ("forwards", "model_id", 7),
        ("forwards", "fee_bps", "100"),
        ("indicative", "lambda_per_month", "one"),
        ("indicative", "lambda_per_month", "1/0"),
        ("indicative", "lambda_per_month", "1e999999999"),
        ("indicative", "lambda_per_month", "-1"),
        ("indicative", "delta", "1.5"),
        ("indicative", "delta", 0.46),
        ("indicative", "tenor_months", -1),
        ("indicative", "calibration", None),
        ("invalid_terms", "s0", "8000000"),
        ("invalid_terms", "f", None),
        ("invalid_terms", "fee_bps", None),
        ("calendar", "tenor_months", "3"),
        ("calendar", "trade_date", "2026-02-30"),
    ],
)
def test_a_malformed_entry_is_refused_with_its_key(kind: str, key: str, value: object, written: Any) -> None:
    """A value of another type is never compared, and never guessed."""
    entry = copy.deepcopy(DOCUMENT[kind][0])
    entry["inputs"][key] = value
    with pytest.raises(MalformedVectors) as refusal:
        replay(written({kind: [entry]}))
    assert f"{entry['id']}: inputs" in str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_input_is_refused_with_its_key(kind: str, written: Any) -> None:
    """Nothing that decides the result has a default."""
    for key in DOCUMENT[kind][0]["inputs"]:
        entry = copy.deepcopy(DOCUMENT[kind][0])
        del entry["inputs"][key]
        if key == "fee_bps":  # a constant of the product, given only for the reader
            assert replay(written({kind: [entry]})).ok
            continue
        with pytest.raises(MalformedVectors, match=f"{key} is missing"):
            replay(written({kind: [entry]}))


@pytest.mark.parametrize("spot", ["", "0", "-1", "8e6", "08", "9" * 5_000, "8000000.0", "٨"])
def test_a_spot_that_is_none_is_refused(spot: str, written: Any) -> None:
    """The spots of an indicative price are keys of its expectations."""
    entry = copy.deepcopy(DOCUMENT["indicative"][0])
    entry["expected"]["f_ind_published"] = {spot: 1}
    with pytest.raises(MalformedVectors, match="is no spot"):
        replay(written({"indicative": [entry]}))


def test_no_quote_is_expected_as_null(written: Any) -> None:
    """A spot whose tick gives nothing has no published price."""
    entry = copy.deepcopy(DOCUMENT["indicative"][0])
    entry["expected"] = {"f_ind_published": {"4": None}}
    assert replay(written({"indicative": [entry]})).ok


def test_a_calibration_that_is_not_ours_fails(written: Any) -> None:
    """The figures under a known name are held against the SDK's constants."""
    entry = copy.deepcopy(DOCUMENT["indicative"][0])
    entry["inputs"]["lambda_per_month"] = "1/36"
    (failure,) = replay(written({"indicative": [entry]})).failures
    assert failure.mismatches[0] == Mismatch("inputs.lambda_per_month", "1/36", "1/37")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"fee_bps": 50}, "inputs.fee_bps"),
        ({"f": 0}, "inputs"),
        ({"f": 16_000_001}, "inputs"),
        ({"s0": -8_000_000}, "inputs"),
        ({"n_mtok": 0}, "inputs"),
        ({"f_ind_published": 8_000_001}, "inputs"),
        ({"f_ref": -1}, "inputs"),
        ({"f_ref": 2**40}, "inputs"),
        ({"tenor_months": 24}, "inputs"),
    ],
)
def test_a_forward_that_cannot_be_booked_fails(change: dict[str, int], key: str, written: Any) -> None:
    """It is the entry that fails; the rest of the file is replayed."""
    entry = copy.deepcopy(DOCUMENT["forwards"][0])
    entry["inputs"] |= change
    report = replay(written({"forwards": [entry, *DOCUMENT["forwards"][1:]]}))
    assert (report.failed, report.passed) == (1, len(DOCUMENT["forwards"]) - 1)
    assert key in [mismatch.key for mismatch in report.failures[0].mismatches]


@pytest.mark.parametrize(
    "change",
    [
        {"f": 16_000_001},
        {"f": -1},
        {"f": 0.5},
        {"s0": 0},
        {"s0": 2**39},
        {"n_mtok": 0},
        {"n_mtok": 100_001},
        {"n_mtok": -100_000},
        {"n_mtok": 2**60},
        {"tenor_months": 0},
        {"tenor_months": 1},
        {"tenor_months": 18},
        {"fee_bps": 99},
        {"f_ind_published": 8_000_001},
    ],
)
def test_terms_off_the_listed_rules_are_rejected(change: dict[str, Any], written: Any) -> None:
    """Whatever the rule: lot, tenor, range or fee."""
    good = {"s0": 8_000_000, "f": 7_450_000, "n_mtok": 1_000_000, "tenor_months": 6, "fee_bps": 100}
    assert replay(written({"invalid_terms": [{"id": "INV", "inputs": good | change, "expected": "reject"}]})).ok


def test_terms_within_the_listed_rules_fail_as_invalid(written: Any) -> None:
    """The positive twin: what could be booked is accepted, so the entry fails."""
    for months in (3, 6, 9, 12):
        good = {"s0": 8_000_000, "f": 7_450_000, "n_mtok": 600_000, "tenor_months": months, "fee_bps": 100}
        (failure,) = replay(written({"invalid_terms": [{"id": "INV", "inputs": good, "expected": "reject"}]})).failures
        assert failure.mismatches == (Mismatch("expected", "reject", "accept"),)


def test_kinds_that_nothing_checks_are_skipped_and_counted(written: Any) -> None:
    """Unless they are asked for by name."""
    path = written({"riddles": [{"id": "R", "inputs": {}, "expected": 42}], "calendar": DOCUMENT["calendar"]})
    report = replay(path)
    assert report.summary == f"{len(DOCUMENT['calendar'])} passed, 0 failed, 1 skipped"
    with pytest.raises(UnknownVectorKind, match="riddles"):
        replay(path, ["riddles"])
    with pytest.raises(UnknownVectorKind, match="forwards"):
        replay(path, ["forwards"])


def test_the_shell_knows_the_kinds() -> None:
    """Kinds are found through entry points; the SDK's own are among them."""
    assert set(KINDS) <= set(checkers())


def test_a_file_that_is_absent_is_refused(tmp_path: Path) -> None:
    """By name."""
    with pytest.raises(MalformedVectors, match=r"absent\.json"):
        replay(tmp_path / "absent.json")
    with pytest.raises(MalformedVectors):
        replay(tmp_path)


def test_a_second_pass_joins_the_first() -> None:
    """What the compiled contract answers is added to the entries that it is about."""
    report = replay(VECTORS, ["forwards"])
    added = report.adding("forwards", {"FWD-03": [Mismatch("payout_long", 1, 2)]})
    assert (added.failed, added.passed) == (1, report.passed - 1)
    assert added.failures[0].id == "FWD-03"
    assert report.adding("calendar", {"FWD-03": [Mismatch("payout_long", 1, 2)]}) == report


def test_forwards_can_be_read_for_a_second_pass() -> None:
    """Every figure that booking and settling need, in whatever order the pass wants."""
    forwards = sorted((forward_inputs(entry) for entry in load(VECTORS)["forwards"]), key=lambda each: each.trade_date)
    assert [forward_refusal(forward) for forward in forwards] == [None] * len(forwards)
    first = next(forward for forward in forwards if forward.id == "FWD-01")
    assert (first.spot, first.price, first.indicative, first.quantity) == (8_000_000, 7_450_000, 7_450_000, 1_000_000)
    assert (first.settlement, first.maturity, first.label) == (4_320_000, 1_797_897_600, "gpt-4.1-2025-04-14")
    assert forward_outcome(first) == DOCUMENT["forwards"][0]["expected"]


@pytest.mark.parametrize(
    ("expected", "got"),
    [(1, True), (True, 1), (1, "1"), ([1], [1, 2]), ([1], [True]), ({"a": 1}, 1), (1, {"a": 1}), (None, 0)],
)
def test_values_of_another_type_differ(expected: object, got: object) -> None:
    """Equal in Python is not enough."""
    assert compare(expected, got) == [Mismatch("expected", expected, got)]


def test_objects_are_compared_key_by_key() -> None:
    """A key that is not expected is nobody's business; one that is unknown is."""
    assert compare({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}) == []
    assert compare({"a": {"b": 1}}, {"a": {"b": 2}}) == [Mismatch("a.b", 1, 2)]
    assert compare({"a": 1, "z": 0}, {"a": 1}) == [Mismatch("z", 0, "not a key this kind knows")]

"""Slots, median and quorum, held against the definition in product.md and the golden vectors."""

import json
import statistics
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.calendar import window_slots
from ifx_sdk.errors import MalformedVectors
from ifx_sdk.evidence.median import SLOTS, WindowFixing, WindowStatus, window_median
from oracle_node.fixing import QuorumFixing, QuorumStatus, Reading, quorum_price, slots_from_readings
from oracle_node.vectors import check_median

END = 1_785_369_600  # 2026-07-30 00:00:00 UTC
OLD, NEW = 6_000_000, 1_200_000
VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "vectors.json"

prices = st.integers(0, 10**12)


def ok(n_valid: int, value: int) -> WindowFixing:
    """A window that gave a price."""
    return WindowFixing(status=WindowStatus.OK, n_valid=n_valid, value=value)


def test_seven_slots_make_a_median_and_six_do_not() -> None:
    """The least number of valid slots is 7 of 13."""
    gaps: list[int | None] = [None] * 6
    assert window_median([*gaps, NEW, NEW, NEW, NEW, OLD, OLD, OLD]) == ok(7, NEW)
    assert window_median([None, *gaps, NEW, NEW, NEW, OLD, OLD, OLD]) == WindowFixing(
        status=WindowStatus.INSUFFICIENT, n_valid=6, value=None
    )


def test_an_even_count_takes_the_floor_of_the_middle_mean() -> None:
    """Two middle values an odd micro apart round down."""
    assert window_median([1, 1, 1, 1, 4, 4, 4, 4]) == ok(8, 2)


def test_a_price_of_zero_is_a_value() -> None:
    """Zero is a price; None is not."""
    assert window_median([0] * 13) == ok(13, 0)


@given(st.lists(st.none() | prices, min_size=13, max_size=13))
def test_median_is_the_statistical_median_floored(slots: list[int | None]) -> None:
    """Against the standard library on exact fractions."""
    values = [Fraction(slot) for slot in slots if slot is not None]
    expected = floor(statistics.median(values)) if len(values) >= 7 else None
    assert window_median(slots).value == expected
    assert window_median(slots).n_valid == len(values)


def test_negative_slots_and_empty_quorums_are_refused() -> None:
    """A caller's mistake is an error, not a fixing."""
    with pytest.raises(ValueError, match="0 or more"):
        window_median([-1] * 13)
    with pytest.raises(ValueError, match="at least 1"):
        window_median([], min_valid=0)


def test_the_window_has_thirteen_slots_and_ends_at_midnight() -> None:
    """Every 5 minutes from 23:00 to 00:00."""
    times = window_slots(END)
    assert (len(times), times[0], times[-1]) == (SLOTS, END - 3_600, END)
    assert {later - earlier for earlier, later in pairwise(times)} == {300}


@pytest.mark.parametrize(
    ("seconds_before_end", "slot"),
    [(0, 12), (1, 12), (299, 12), (300, 11), (301, 11), (3_600, 0), (3_601, 0), (3_899, 0), (3_900, None), (-1, None)],
)
def test_a_reading_fills_the_slot_it_is_at_most_five_minutes_before(seconds_before_end: int, slot: int | None) -> None:
    """A slot takes the 5 minutes up to it, its own second included and the earlier slot's not."""
    slots = slots_from_readings([Reading(at=END - seconds_before_end, price=OLD)], END)
    assert [i for i, price in enumerate(slots) if price is not None] == ([] if slot is None else [slot])


def test_the_newest_reading_of_a_slot_counts_in_any_order() -> None:
    """Readings may come in any order; of one second, the last given."""
    early, late = Reading(at=END - 200, price=OLD), Reading(at=END - 10, price=NEW)
    assert slots_from_readings([early, late], END)[12] == NEW
    assert slots_from_readings([late, early], END)[12] == NEW
    assert slots_from_readings([early, Reading(at=END - 200, price=NEW)], END)[12] == NEW


@given(st.lists(st.builds(Reading, at=st.integers(END - 4_500, END + 600), price=prices), max_size=60))
def test_slots_follow_their_definition(readings: list[Reading]) -> None:
    """Each slot against a plain search over the readings."""
    got = slots_from_readings(readings, END)
    for time, price in zip(window_slots(END), got, strict=True):
        within = [r for r in readings if time - 300 < r.at <= time]
        newest = max((r.at for r in within), default=None)
        assert price == next((r.price for r in reversed(within) if r.at == newest), None)


def test_a_change_at_midnight_is_fixed_a_day_later() -> None:
    """The fixing of the day the price changes at 00:00 is the old price; only the last slot sees the new one."""
    readings = [Reading(at=at, price=NEW if at >= END else OLD) for at in window_slots(END)]
    slots = slots_from_readings(readings, END)
    assert slots == (OLD,) * 12 + (NEW,)
    assert window_median(slots) == ok(13, OLD)


@pytest.mark.parametrize(("nodes", "needed"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 5), (10, 7)])
def test_quorum_is_two_thirds_and_one(nodes: int, needed: int) -> None:
    """floor(2n / 3) + 1."""
    assert quorum_price([], nodes).quorum == needed


def test_a_quorum_on_one_price_fixes_it_and_less_does_not() -> None:
    """Three of four agree; two of four do not fix."""
    assert quorum_price([OLD, OLD, NEW, OLD], 4) == QuorumFixing(status=QuorumStatus.OK, quorum=3, value=OLD)
    nothing = QuorumFixing(status=QuorumStatus.NO_FIXING, quorum=3, value=None)
    assert quorum_price([OLD, OLD, NEW], 4) == nothing
    assert quorum_price([], 4) == nothing


def test_more_prices_than_nodes_are_refused() -> None:
    """A node signs one price a day."""
    with pytest.raises(ValueError, match="each node signs one"):
        quorum_price([OLD, OLD], 1)
    with pytest.raises(ValueError, match="at least 1"):
        quorum_price([], 0)


@given(st.lists(prices, max_size=10), st.integers(1, 10))
def test_two_prices_never_both_have_a_quorum(signed: list[int], nodes: int) -> None:
    """At most one price reaches the quorum, whatever was signed."""
    signed = signed[:nodes]
    holders = {price for price in signed if 3 * signed.count(price) > 2 * nodes}
    assert len(holders) <= 1
    assert quorum_price(signed, nodes).value == (holders.pop() if holders else None)


WINDOW = {
    "id": "W",
    "inputs": {"kind": "window", "slots": [8] * 12 + [None], "min_valid": 7},
    "expected": {"status": "OK", "n_valid": 12, "value": 8},
}
NODES = {
    "id": "N",
    "inputs": {"kind": "nodes", "registered": 3, "posts": [8, 8, 4]},
    "expected": {"status": "NO_FIXING", "quorum": 3, "value": None},
}


@pytest.mark.parametrize("entry", [WINDOW, NODES], ids=["window", "nodes"])
def test_every_expected_key_is_compared(entry: dict[str, dict[str, object]]) -> None:
    """A right entry has no mismatch; each changed value and each unknown key is one, by name."""
    assert check_median(entry) == []
    for key in entry["expected"]:
        wrong = {**entry, "expected": {**entry["expected"], key: 9}}
        assert [mismatch.key for mismatch in check_median(wrong)] == [key]
    more = {**entry, "expected": {**entry["expected"], "mode": 8}}
    assert [mismatch.key for mismatch in check_median(more)] == ["mode"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"kind": "month"},
        {"slots": [], "min_valid": 7},
        {"kind": "window", "slots": [True], "min_valid": 7},
        {"kind": "window", "slots": [-1], "min_valid": 7},
        {"kind": "window", "slots": "8", "min_valid": 7},
        {"kind": "window", "slots": [], "min_valid": 0},
        *({"kind": "nodes", "registered": 3, "posts": [8, each]} for each in (8.0, Decimal(8), "8", True, -1, [8])),
        {"kind": "nodes", "registered": 1, "posts": [8, 8]},
    ],
)
def test_malformed_entries_are_refused(inputs: dict[str, object]) -> None:
    """The error names the entry."""
    with pytest.raises(MalformedVectors, match="MED-X"):
        check_median({"id": "MED-X", "inputs": inputs, "expected": {}})


def test_a_silent_node_has_not_posted() -> None:
    """A null among the posts counts for no price and against none: three of four agree, two of four do not."""
    for posts, value in (([OLD, None, OLD, OLD], OLD), ([OLD, None, OLD, None], None), ([None] * 4, None)):
        expected = {"status": "OK" if value else "NO_FIXING", "quorum": 3, "value": value}
        inputs = {"kind": "nodes", "registered": 4, "posts": posts}
        assert check_median({"id": "N", "inputs": inputs, "expected": expected}) == []


@pytest.mark.skipif(not VECTORS.is_file(), reason="no golden vectors beside this checkout (../shared/vectors)")
def test_golden_medians_hold() -> None:
    """Every published entry of the kind."""
    entries = json.loads(VECTORS.read_text())["medians"]
    assert [entry["id"] for entry in entries if check_median(entry)] == []
    assert len(entries) >= 8

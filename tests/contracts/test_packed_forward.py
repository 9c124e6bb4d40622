"""`packed_forward`: a forward in two words and back, no field touching its neighbour."""

import itertools
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.protocol import mock, refused

WIDTHS = {
    "long": 160,
    "short": 160,
    "underlying": 16,
    "quantity": 40,
    "price": 40,
    "spot": 40,
    "maturity_day": 24,
    "averaging_days": 16,
}
FIRST = (("long", 0), ("quantity", 160), ("price", 200), ("underlying", 240))
SECOND = (("short", 0), ("spot", 160), ("maturity_day", 200), ("averaging_days", 224), ("status", 240))
FIELDS = (*WIDTHS, "status")
LARGEST = {field: 2**width - 1 for field, width in WIDTHS.items()} | {"status": 4}
NOTHING = dict.fromkeys(FIELDS, 0)


@pytest.fixture(scope="module")
def probe() -> Any:
    """The module's internals, callable."""
    return mock("packed_forward_probe").deploy()


def as_tuple(forward: dict[str, int]) -> tuple[Any, ...]:
    addresses = {side: f"0x{forward[side]:040x}" for side in ("long", "short")}
    return tuple((forward | addresses)[field] for field in FIELDS)


def pack(probe: Any, forward: dict[str, int]) -> tuple[int, int]:
    return tuple(probe.pack(as_tuple(forward)))


forwards = st.fixed_dictionaries(
    {field: st.integers(0, 2**width - 1) for field, width in WIDTHS.items()} | {"status": st.integers(0, 4)}
)


@given(forward=forwards)
@example(forward=LARGEST)
@example(forward=NOTHING)
def test_unpacking_gives_back_what_was_packed(probe: Any, forward: dict[str, int]) -> None:
    """At the documented places, from the lowest bit up."""
    first, second = pack(probe, forward)
    assert first == sum(forward[field] << at for field, at in FIRST)
    assert second == sum(forward[field] << at for field, at in SECOND)
    back = probe.unpack(first, second)._asdict()
    assert {side: int(back[side], 16) for side in ("long", "short")} == {
        side: forward[side] for side in ("long", "short")
    }
    assert {field: back[field] for field in FIELDS[2:]} == {field: forward[field] for field in FIELDS[2:]}


@given(forward=forwards)
@example(forward=LARGEST)
def test_the_shortcuts_read_the_same_fields(probe: Any, forward: dict[str, int]) -> None:
    """The stake and the fixing of a forward are those of its record."""
    words = pack(probe, forward)
    assert tuple(probe.stake(*words)) == (forward["price"], forward["spot"], forward["quantity"])
    fixing = forward["underlying"] | forward["maturity_day"] << 16 | forward["averaging_days"] << 40
    assert tuple(probe.fixing(*words)) == (
        fixing,
        forward["underlying"],
        forward["maturity_day"],
        forward["averaging_days"],
    )


@given(forward=forwards)
@example(forward=LARGEST)
def test_an_ending_changes_the_status_alone(probe: Any, forward: dict[str, int]) -> None:
    """From active to settled or terminated, and no other bit."""
    first, second = pack(probe, forward | {"status": 2})
    assert (first, probe.settle(second)) == pack(probe, forward | {"status": 3})
    assert (first, probe.terminate(second)) == pack(probe, forward | {"status": 4})


@given(forward=forwards, account=st.integers(0, 2**160 - 1))
@example(forward=LARGEST, account=0)
@example(forward=NOTHING, account=2**160 - 1)
def test_a_new_side_changes_the_account_alone(probe: Any, forward: dict[str, int], account: int) -> None:
    """In either word, and no other bit."""
    words = pack(probe, forward)
    for word, packed, side in zip(words, (0, 1), ("long", "short"), strict=True):
        replaced, back = probe.replace(word, f"0x{account:040x}")
        assert replaced == pack(probe, forward | {side: account})[packed]
        assert int(back, 16) == account


def test_all_corners_survive_the_round_trip(probe: Any) -> None:
    """Every combination of each field at its smallest and its largest: 512 forwards, so no pair of fields overlaps."""
    for corner in itertools.product((0, 1), repeat=len(FIELDS)):
        forward = {field: LARGEST[field] * bit for field, bit in zip(FIELDS, corner, strict=True)}
        first, second = pack(probe, forward)
        assert (first, second) == tuple(sum(forward[field] << at for field, at in word) for word in (FIRST, SECOND))


def test_the_fields_tile_both_words() -> None:
    """Each begins where the one below it ends; 8 bits above the status are left over and stay zero."""
    for word, width in ((FIRST, 256), (SECOND, 248)):
        widths = [WIDTHS.get(field, 8) for field, _ in word]
        assert [at for _, at in word] == [sum(widths[:n]) for n in range(len(widths))]
        assert sum(widths) == width


@pytest.mark.parametrize("field", FIELDS)
def test_one_field_alone_leaves_the_others_zero(probe: Any, field: str) -> None:
    """Its largest value spills nowhere."""
    words = pack(probe, NOTHING | {field: LARGEST[field]})
    back = probe.unpack(*words)._asdict()
    assert {name for name, value in back.items() if (int(value, 16) if isinstance(value, str) else value)} == {field}


@pytest.mark.parametrize("base", [NOTHING, LARGEST], ids=["nothing", "largest"])
@pytest.mark.parametrize("field", FIELDS[2:])
def test_a_value_that_does_not_fit_reverts(probe: Any, base: dict[str, int], field: str) -> None:
    """One more than the largest, and the largest of all; the largest itself is packed."""
    for value in (LARGEST[field] + 1, 2**256 - 1):
        with refused("packed: a field is too wide"):
            pack(probe, base | {field: value})
    pack(probe, base | {field: LARGEST[field]})

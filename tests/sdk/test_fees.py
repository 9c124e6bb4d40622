"""What is offered for gas: never above the cap, and always enough to replace what hangs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.errors import FeesAboveCap
from ifx_sdk.fees import Fees, first_fees, raised_fees

FEE = st.integers(0, 10**12)


def test_first_fees_leave_room_for_a_doubled_base_fee() -> None:
    """Twice the base fee and the tip; the cap takes from the top, then from the tip."""
    assert first_fees(100, 7, None) == Fees(max_fee=207, priority_fee=7)
    assert first_fees(100, 7, 207) == Fees(max_fee=207, priority_fee=7)
    assert first_fees(100, 7, 150) == Fees(max_fee=150, priority_fee=7)
    assert first_fees(100, 500, 150) == Fees(max_fee=150, priority_fee=150)


def test_nothing_is_offered_below_the_base_fee() -> None:
    """A cap that the base fee has reached is a refusal with both; one wei more is none."""
    with pytest.raises(FeesAboveCap, match="base fee is 100 wei per gas, and at most 100"):
        first_fees(100, 7, 100)
    assert first_fees(100, 7, 101) == Fees(max_fee=101, priority_fee=7)


def test_both_fields_are_raised_by_an_eighth_rounded_up() -> None:
    """The strictest node's rule, on small numbers and on zero too."""
    assert raised_fees(Fees(max_fee=1_000, priority_fee=100), 1, 0, 10_000) == Fees(max_fee=1_125, priority_fee=113)
    assert raised_fees(Fees(max_fee=1, priority_fee=0), 0, 0, 10) == Fees(max_fee=2, priority_fee=1)


def test_what_the_chain_asks_now_is_offered_where_it_is_more() -> None:
    """A base fee that rose tenfold is followed at once, up to the cap."""
    before = Fees(max_fee=1_000, priority_fee=100)
    assert raised_fees(before, 5_000, 200, 100_000) == Fees(max_fee=10_200, priority_fee=200)
    assert raised_fees(before, 5_000, 200, 6_000) == Fees(max_fee=6_000, priority_fee=200)


@pytest.mark.parametrize(("base_fee", "cap"), [(1, 1_124), (2_000, 2_000), (5_000, 3_000)])
def test_what_cannot_be_raised_within_the_cap_is_not_raised(base_fee: int, cap: int) -> None:
    """Less than an eighth of room, or a base fee at the cap."""
    assert raised_fees(Fees(max_fee=1_000, priority_fee=100), base_fee, 0, cap) is None


@given(before=st.tuples(FEE, FEE), base_fee=FEE, tip=FEE, cap=FEE)
def test_raised_fees_are_taken_by_every_node(before: tuple[int, int], base_fee: int, tip: int, cap: int) -> None:
    """Each field an eighth above, the tip within the whole, the whole within the cap and above the base fee."""
    old = Fees(max_fee=max(before), priority_fee=min(before))
    new = raised_fees(old, base_fee, tip, cap)
    if new is None:
        assert 8 * cap < 9 * old.max_fee or cap <= old.max_fee or base_fee >= cap
    else:
        assert 8 * new.max_fee >= 9 * old.max_fee
        assert 8 * new.priority_fee >= 9 * old.priority_fee
        assert new.max_fee > old.max_fee
        assert new.priority_fee <= new.max_fee <= cap
        assert new.priority_fee > old.priority_fee or new.priority_fee == new.max_fee

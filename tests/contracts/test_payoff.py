"""`payoff`: prefunding, fee and payout against the SDK's prose-made reference, over all that `book` lets through."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.protocol import mock

from ifx_sdk import payoff

Q, S, P = 2**40 - 1, 2**39 - 1, 2**40 - 1


@pytest.fixture(scope="module")
def probe() -> Any:
    """The module's internals, callable."""
    return mock("payoff_probe").deploy()


quantities = st.integers(1, Q)
spots = st.integers(1, S)


@st.composite
def forwards(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Price, spot, quantity and a settlement price, often at one of the caps."""
    spot = draw(spots)
    price = draw(st.integers(1, 2 * spot))
    edges = [0, 1, price, spot, P, *(max(0, min(P, price + offset)) for offset in (spot - 1, spot, spot + 1, -spot))]
    return price, spot, draw(quantities), draw(st.one_of(st.sampled_from(edges), st.integers(0, P)))


@given(forward=forwards())
@example(forward=(2 * S, S, Q, P))
@example(forward=(1, S, Q, P))
@example(forward=(2 * S, S, Q, 0))
@example(forward=(1, 1, 1, 0))
@example(forward=(2, 1, 1, 1))
@example(forward=(2 * S, S, 1, S))
@example(forward=(2 * S, S, 1, S + 1))
@example(forward=(7_450_000, 8_000_000, 1_000_000, 4_320_000))
def test_the_long_payout_is_the_capped_one(probe: Any, forward: tuple[int, int, int, int]) -> None:
    """B + clamp((F_ref - F) x N, -B, +B), and the short gets the rest of 2B."""
    price, spot, quantity, settlement = forward
    long_payout = probe.long_payout(price, spot, quantity, settlement)
    locked = spot * quantity
    gain = max(-locked, min(locked, (settlement - price) * quantity))
    assert long_payout == locked + gain
    assert (long_payout, 2 * locked - long_payout) == payoff.payouts(
        price=price, spot=spot, quantity=quantity, settlement=settlement
    )
    assert 0 <= long_payout <= 2 * locked


@given(forward=forwards(), step=st.integers(1, P))
def test_a_higher_price_never_pays_the_long_less(probe: Any, forward: tuple[int, int, int, int], step: int) -> None:
    """Nor the short more."""
    price, spot, quantity, settlement = forward
    higher = min(P, settlement + step)
    assert probe.long_payout(price, spot, quantity, settlement) <= probe.long_payout(price, spot, quantity, higher)


@given(spot=spots, quantity=quantities)
@example(spot=S, quantity=Q)
def test_the_prefunding_is_spot_times_quantity(probe: Any, spot: int, quantity: int) -> None:
    """Exactly, up to the largest forward."""
    assert probe.prefunding(spot, quantity) == spot * quantity == payoff.prefunding(spot=spot, quantity=quantity)


@given(indicative=spots, quantity=quantities)
@example(indicative=S, quantity=Q)
@example(indicative=1, quantity=1)
@example(indicative=7_450_000, quantity=1_000_000)
def test_the_fee_is_one_percent_rounded_down(probe: Any, indicative: int, quantity: int) -> None:
    """Of the indicative price times the quantity."""
    fee = probe.fee(indicative, quantity)
    assert fee == indicative * quantity // 100 == payoff.fee(indicative=indicative, quantity=quantity)


def test_the_fee_rule_is_the_sdks(probe: Any) -> None:
    """100 of 10,000."""
    assert tuple(probe.fee_rule()) == (payoff.FEE_BPS, payoff.BPS) == (100, 10_000)


def test_every_small_forward_pays_the_capped_difference(probe: Any) -> None:
    """All of spot 1 to 7, every allowed price, every settlement price from 0 past both caps, quantity 1 to 3."""
    checked = 0
    for spot in range(1, 8):
        for price in range(1, 2 * spot + 1):
            for settlement in range(price + spot + 3):
                for quantity in (1, 2, 3):
                    locked = spot * quantity
                    gain = max(-locked, min(locked, (settlement - price) * quantity))
                    assert probe.long_payout(price, spot, quantity, settlement) == locked + gain
                    checked += 1
    assert checked == 3 * sum(price + spot + 3 for spot in range(1, 8) for price in range(1, 2 * spot + 1))


def test_every_corner_of_the_allowed_range_pays_the_capped_difference(probe: Any) -> None:
    """Each input at both ends of its range and next to them, settlement on and beside each of the payoff's kinks."""
    for spot in (1, 2, S - 1, S):
        for price in sorted({1, 2, spot, max(1, spot - 1), min(2 * spot, spot + 1), 2 * spot - 1, 2 * spot} - {0}):
            if price > 2 * spot:
                continue
            kinks = {0, price - spot, price, price + spot, P}
            for settlement in sorted({kink + off for kink in kinks for off in (-1, 0, 1) if 0 <= kink + off <= P}):
                for quantity in (1, 2, Q - 1, Q):
                    locked = spot * quantity
                    gain = max(-locked, min(locked, (settlement - price) * quantity))
                    assert probe.long_payout(price, spot, quantity, settlement) == locked + gain

"""What a transaction offers for gas, first and when it hangs. Pure; wei per gas."""

from __future__ import annotations

from dataclasses import dataclass

from ifx_sdk.errors import FeesAboveCap


@dataclass(frozen=True, kw_only=True, slots=True)
class Fees:
    """The two fee fields of a transaction (EIP-1559)."""

    max_fee: int
    """Wei per gas that it offers at most, tip included."""
    priority_fee: int
    """Tip in wei per gas, at most `max_fee`."""


def first_fees(base_fee: int, tip: int, cap: int | None) -> Fees:
    """Twice the newest block's base fee and the tip, at most `cap` (None: whatever it takes). Raises `FeesAboveCap`."""
    if cap is None:
        return Fees(max_fee=2 * base_fee + tip, priority_fee=tip)
    if base_fee >= cap:
        raise FeesAboveCap(base_fee, cap)
    offered = min(2 * base_fee + tip, cap)
    return Fees(max_fee=offered, priority_fee=min(tip, offered))


def raised_fees(before: Fees, base_fee: int, tip: int, cap: int) -> Fees | None:
    """Fees that nodes take in the place of `before`; None where they would be above `cap` or below the base fee."""
    least = _eighth_more(before.max_fee)
    if least > cap or base_fee >= cap:
        return None
    offered = max(least, min(2 * base_fee + tip, cap))
    return Fees(max_fee=offered, priority_fee=min(max(_eighth_more(before.priority_fee), tip), offered))


def _eighth_more(fee: int) -> int:
    """The strictest node asks for an eighth more on each field, rounded up; a zero becomes one."""
    return max(fee + 1, -(-9 * fee // 8))

"""Slots to a median: one node's answer for one underlying and day. Pure.

Source: docs/protocol.md, "Fixings".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ifx_sdk.calendar import MIN_VALID_SLOTS, SLOT_SECONDS, WINDOW_SECONDS

SLOTS: Final = WINDOW_SECONDS // SLOT_SECONDS + 1
"""Slots of a window, 13; the last is the window's end, 00:00:00 UTC."""


class WindowStatus(StrEnum):
    """What a window gave."""

    OK = "OK"
    INSUFFICIENT = "INSUFFICIENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFixing:
    """One node's answer for one underlying and day."""

    status: WindowStatus
    """OK, or INSUFFICIENT below the least number of valid slots."""
    n_valid: int
    """Slots with a value, 0 to 13."""
    value: int | None
    """Median, micro-USD per 1M output tokens; None unless OK."""


def window_median(slots: Sequence[int | None], min_valid: int = MIN_VALID_SLOTS) -> WindowFixing:
    """The median of the slots that have a value; of an even count the floor of the mean of the two middle ones."""
    if min_valid < 1:
        raise ValueError(f"min_valid is {min_valid}; a median needs at least 1 value")
    values = sorted(slot for slot in slots if slot is not None)
    if values and values[0] < 0:
        raise ValueError(f"a slot holds {values[0]}; prices are 0 or more")
    n = len(values)
    if n < min_valid:
        return WindowFixing(status=WindowStatus.INSUFFICIENT, n_valid=n, value=None)
    median = (values[(n - 1) // 2] + values[n // 2]) // 2
    return WindowFixing(status=WindowStatus.OK, n_valid=n, value=median)

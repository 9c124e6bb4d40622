"""Indexes that others publish, read from a recording of theirs and kept as records beside ours, never mixed with them.

Ornn's token price indexes (OTPI): one realised blended price of a million tokens a lab and UTC day, of input, output
and cached tokens together. OpenAI's and Anthropic's are of 1 to 2 USD where output list prices are 5 to 50: another
thing than a list price, and another hedge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Final

from ifx_index.day import JUMP
from ifx_index.errors import BadInput
from ifx_index.exact import MILLION, exact_number, nearest
from ifx_index.ingest.documents import moment, read_csv
from ifx_index.lpi import Quality
from ifx_index.record import Diagnostics

OTPI: Final = "otpi"
OTPI_UNIT: Final = "USD_PER_MTOK_BLENDED"
"""Micro-USD per million tokens of every kind, as they were billed."""

_COLUMNS: Final = frozenset({"lab", "timestamp", "index_per_mtok", "last_scraped_at"})
_CURE: Final = "Record the publisher's table anew."


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """One row of the publisher's table."""

    value: Fraction
    """USD per million tokens, as published."""

    scraped: datetime
    """When it was recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalValue:
    """An external index on its day."""

    value: int | None
    """Micro-USD per million tokens; None where the table has no usable figure."""

    diagnostics: Diagnostics
    """Quality status by the rule of this module, its reason, unit and when it was recorded."""


def read_otpi(data: bytes, name: str) -> Mapping[tuple[str, date], Published]:
    """Read a recorded table by lab and day. Raises BadInput, also for two figures of one lab and day."""
    found: dict[tuple[str, date], Published] = {}
    for number, row in read_csv(data, name, _COLUMNS):
        stamp, scraped = moment(row["timestamp"]), moment(row["last_scraped_at"])
        value, lab = exact_number(row["index_per_mtok"]), row["lab"]
        if stamp is None or scraped is None or value is None or not lab.isascii() or not lab.isalnum():
            raise BadInput(name, "it lacks a lab, a figure or a time with its offset", row=number, cure=_CURE)
        key = (lab, stamp.astimezone(UTC).date())
        each = Published(value=value, scraped=scraped)
        if key in found and found[key].value != value:
            raise BadInput(name, f"{lab} has another figure for {key[1]} above", row=number, cure=_CURE)
        found.setdefault(key, each)
    return found


def otpi(day: date, data: bytes, name: str) -> Mapping[str, ExternalValue]:
    """Every lab's index of a day, as series `OTPI-<lab>`. Raises BadInput, also for a table without the day."""
    rows = read_otpi(data, name)
    labs = sorted({lab for lab, when in rows if when == day})
    if not labs:
        raise BadInput(name, f"it has no row of {day}", cure=_CURE)
    return {f"OTPI-{lab}": _judged(lab, day, rows) for lab in labs}


def _judged(lab: str, day: date, rows: Mapping[tuple[str, date], Published]) -> ExternalValue:
    row, before = rows[lab, day], rows.get((lab, day - timedelta(days=1)))
    quality, why = Quality.GOOD, None
    if row.value <= 0:
        quality, why = Quality.NO_VALUE, "the figure is not above zero"
    elif row.scraped < datetime.combine(day + timedelta(days=1), time(), UTC):
        quality, why = Quality.POOR, "recorded before its day had ended"
    elif before is None:
        quality, why = Quality.POOR, "the day before has no figure to hold it against"
    elif row.value > JUMP * before.value or row.value * JUMP < before.value:
        quality, why = Quality.POOR, f"over {JUMP} times apart from the day before"
    return ExternalValue(
        value=nearest(row.value * MILLION) if row.value > 0 else None,
        diagnostics={
            "quality_status": str(quality),
            "quality_reason": why,
            "unit": OTPI_UNIT,
            "publisher": "Ornn",
            "recorded_at": row.scraped.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )

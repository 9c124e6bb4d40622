"""The rows of a publication: every revision of every record, flat, with the change explained beside the newest."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ifx_index.history import PublishedDay
from ifx_index.lpi import METHODOLOGY, UNIT
from ifx_index.record import Record, canonical

SOURCE: Final = "Source: OpenRouter (openrouter.ai/rankings)"
"""The line that the licence of the usage data asks for; it stands in every file that people read."""

SHARES: Final = (
    "price_coverage_ppm",
    "missing_price_share_ppm",
    "imputed_token_share_ppm",
    "fallback_share_ppm",
    "conflict_share_ppm",
)
COUNTS: Final = ("token_weight", "total_tokens", "n_models")
CHANGE: Final = ("since", "price_effect_micro", "mix_effect_micro")
COLUMNS: Final = (
    "series",
    "date",
    "methodology",
    "revision",
    "newest",
    "unit",
    "value_micro",
    "quality_status",
    *COUNTS,
    *SHARES,
    *CHANGE,
    "other_diagnostics",
    "inputs_hash",
    "published_at",
    "reason",
)
"""Columns of the table, in order. Micro-USD, tokens and ppm are integers; `other_diagnostics` is JSON."""

Row = Mapping[str, str | int | bool | None]


def table(records: Sequence[Record], days: Iterable[PublishedDay]) -> list[Row]:
    """Every revision as a row, by series, day and revision.

    The change since the last earlier day stands beside the newest revision only: it is between newest revisions.
    """
    changes: dict[tuple[str, str], Mapping[str, str | int | None]] = {}
    for day in days:
        for series, point in day.series.items():
            if point.change is not None and point.previous_date is not None:
                effects = point.change.published()
                changes[series, day.date.isoformat()] = {
                    "since": point.previous_date.isoformat(),
                    "price_effect_micro": effects["price_effect"],
                    "mix_effect_micro": effects["mix_effect"],
                }
    ordered = sorted(records, key=lambda each: (each.series, each.date, each.revision))
    last = {(each.series, each.date): each.revision for each in ordered}
    return [_row(each, last[each.series, each.date] == each.revision, changes) for each in ordered]


def _row(
    record: Record, newest: bool, changes: Mapping[tuple[str, str], Mapping[str, str | int | None]]
) -> dict[str, str | int | bool | None]:
    stored = record.row()
    own = {"value_micro", "quality_status", "unit", *COUNTS, *SHARES}
    rest = {key: value for key, value in record.diagnostics.items() if key not in own}
    change = changes.get((record.series, record.date.isoformat()), {}) if newest else {}
    return {
        "series": record.series,
        "date": record.date.isoformat(),
        "methodology": record.methodology,
        "revision": record.revision,
        "newest": newest,
        "unit": _text(record.diagnostics.get("unit")) or UNIT,
        "value_micro": record.value,
        "quality_status": _text(record.diagnostics.get("quality_status")),
        **{key: _count(record.diagnostics.get(key)) for key in (*COUNTS, *SHARES)},
        **{key: change.get(key) for key in CHANGE},
        "other_diagnostics": canonical(rest).decode() if rest else None,
        "inputs_hash": record.inputs_hash,
        "published_at": str(stored["published_at"]),
        "reason": record.reason,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if type(value) is int else None  # bool is an int to isinstance


def json_bytes(records: Sequence[Record], rows: Sequence[Row], held: Sequence[Mapping[str, str]]) -> bytes:
    """Records as they are stored, the changes between days, and what was held, as one document."""
    ordered = sorted(records, key=lambda each: (each.series, each.date, each.revision))
    document = {
        "source": SOURCE,
        "methodology": METHODOLOGY,
        "unit": UNIT,
        "records": [record.row() for record in ordered],
        "changes": [{key: row[key] for key in ("series", "date", *CHANGE)} for row in rows if row["since"] is not None],
        "held": sorted(held, key=lambda each: (each["date"], each["series"], each["reason"])),
    }
    return json.dumps(document, sort_keys=True, indent=1).encode() + b"\n"


def csv_bytes(rows: Sequence[Row]) -> bytes:
    """The table as CSV, with a header; null is an empty field."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "newest": "true" if row["newest"] else "false"} for row in rows)
    return text.getvalue().encode()

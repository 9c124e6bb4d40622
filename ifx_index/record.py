"""What is published: append-only rows. A correction is a new revision with a reason, the old row stays."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812 - a field below is named date
from hashlib import sha256
from typing import Final

from ifx_index.lpi import Quality

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KEYS: Final = frozenset(
    {"series", "date", "methodology", "revision", "inputs_hash", "value", "diagnostics", "published_at", "reason"}
)

Diagnostics = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One published value of one series."""

    series: str
    """Id of the series, such as LPI-openai-O."""

    date: Date
    """UTC day that it is the value of."""

    methodology: str
    """Version of the methodology."""

    revision: int
    """Counted from 1; only the first ever settles anything."""

    inputs_hash: str
    """SHA-256 of the manifest of the inputs, 64 hexadecimal digits."""

    value: int | None
    """Micro-USD per Mtok; None where the day has no value."""

    diagnostics: Diagnostics
    """What the methodology publishes beside the value; integers and texts."""

    published_at: datetime
    """UTC."""

    reason: str | None = None
    """Why this revision; None for the first."""

    @property
    def good(self) -> bool:
        """Whether the value is eligible as a mark."""
        return self.value is not None and self.diagnostics.get("quality_status") == str(Quality.GOOD)

    @property
    def settles(self) -> bool:
        """Whether it may become an index fixing, after the reviewer's look: a first revision of quality GOOD."""
        return self.good and self.revision == 1

    def row(self) -> dict[str, object]:
        """The record as it is stored and published."""
        return {
            "series": self.series,
            "date": self.date.isoformat(),
            "methodology": self.methodology,
            "revision": self.revision,
            "inputs_hash": self.inputs_hash,
            "value": self.value,
            "diagnostics": dict(self.diagnostics),
            "published_at": self.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "reason": self.reason,
        }


def canonical(document: object) -> bytes:
    """The one way in which a document is hashed: sorted keys, no spaces, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return sha256(data).hexdigest()


def read_row(row: object) -> Record:
    """The record of a stored row. Raises ValueError, naming what is wrong with it."""
    if not isinstance(row, dict) or set(row) != _KEYS:
        raise ValueError("it has not the keys of a record")
    texts = {key: row[key] for key in ("series", "date", "methodology", "inputs_hash", "published_at")}
    if not all(isinstance(text, str) for text in texts.values()) or not _HASH.fullmatch(texts["inputs_hash"]):
        raise ValueError("its texts are no record's")
    revision, value, reason = row["revision"], row["value"], row["reason"]
    if type(revision) is not int or revision < 1 or not (value is None or type(value) is int):
        raise ValueError("its revision or value is no integer")
    if not isinstance(row["diagnostics"], dict) or not (reason is None or isinstance(reason, str)):
        raise ValueError("its diagnostics or reason cannot be read")
    if (revision > 1) != bool(reason):
        raise ValueError("a first revision has no reason, every later one has")
    return Record(
        series=texts["series"],
        date=Date.fromisoformat(texts["date"]),
        methodology=texts["methodology"],
        revision=revision,
        inputs_hash=texts["inputs_hash"],
        value=value,
        diagnostics=row["diagnostics"],
        published_at=datetime.strptime(texts["published_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        reason=reason,
    )

"""What a report rests on: the manifest of a window, and its root, which is the report's `evidence`. Pure.

The manifest is canonical JSON: keys sorted, no spaces, integers and ASCII text only, no newline at its end. Its root is
the SHA-256 of exactly these bytes, so that `sha256sum` on a published manifest gives what stands on chain.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Final, TypeGuard

from ifx_sdk.errors import BadFile, BadValue
from ifx_sdk.evidence.errors import DamagedArchive
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_underlying

FORMAT: Final = "ifx-window-2"
"""Names the manifest's shape; another shape gets another name."""

MAX_MANIFEST_BYTES: Final = 65_536
"""No manifest is longer; thirteen slots with URLs of 2,000 characters have half of it."""

_KEYS: Final = {"format", "underlying", "provider", "model", "reader", "day", "window_end", "slots", "valid", "price"}
_SLOT_KEYS: Final = {"slot", "at", "page", "sha256", "price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot that has a value."""

    slot: int
    """The slot's time, unix seconds UTC."""
    at: int
    """When its page had arrived, unix seconds UTC."""
    page: str
    """URL of the page."""
    sha256: str
    """SHA-256 of the page's bytes, 64 hexadecimal digits."""
    price: int
    """What was read from it, micro-USD per Mtok."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowManifest:
    """What one node's window of one underlying was made of, as it says itself: nothing of it is believed yet."""

    underlying: str
    """`provider/model-id`."""
    provider: str
    """The page family that read it."""
    model: str
    """The model as its page names it."""
    reader: str
    """The release that read the pages, such as `ifx 0.1.0`: what to install to read them alike."""
    day: int
    """UTC day number that it fixes."""
    window_end: int
    """00:00:00 UTC of that day, unix seconds."""
    slots: tuple[Slot | None, ...]
    """The thirteen slots in order; None where one has no value."""
    valid: int
    """Slots with a value."""
    price: int | None
    """Their median, micro-USD per Mtok; None where there are too few."""

    def canonical(self) -> bytes:
        """The one way in which it is written."""
        slots = [None if each is None else {key: getattr(each, key) for key in _SLOT_KEYS} for each in self.slots]
        fields = {key: getattr(self, key) for key in _KEYS - {"format", "slots"}}
        return canonical_json(fields | {"format": FORMAT, "slots": slots})


def canonical_json(document: Mapping[str, object]) -> bytes:
    """The one way in which a document of texts, integers, lists and nulls is written."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def root(manifest_bytes: bytes) -> bytes:
    """The 32 bytes that a report carries as its evidence."""
    return hashlib.sha256(manifest_bytes).digest()


@cache
def reader() -> str:
    """The release whose rules read the pages here, such as `ifx 0.1.0`."""
    return f"ifx {version('ifx')}"


def read_manifest(data: bytes, path: object) -> WindowManifest:
    """Read a window's manifest and hold the shape of every key, and that it is canonical.

    Whether it is true is another question (`ifx_sdk.evidence.window`). Raises `DamagedArchive` naming `path`.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise DamagedArchive(path, f"it is longer than {MAX_MANIFEST_BYTES} bytes")
    found = loads(data, path, DamagedArchive)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise DamagedArchive(path, f"it is no manifest of the format {FORMAT}")
    try:
        made = _manifest(found, path)
    except (BadValue, BadFile) as error:
        raise DamagedArchive(path, error.why if isinstance(error, BadFile) else error.what) from error
    if made.canonical() != data:
        raise DamagedArchive(path, "it is not canonical JSON")
    return made


def _manifest(found: Mapping[str, object], path: object) -> WindowManifest:
    _hold_keys(found, _KEYS, path, "it")
    slots, price = found["slots"], found["price"]
    if not isinstance(slots, list):
        raise DamagedArchive(path, "'slots' must be a list")
    if price is not None and not _is_number(price):
        raise DamagedArchive(path, f"'price' must be an integer of 0 or more, or null, not {price!r}"[:200])
    return WindowManifest(
        underlying=parse_underlying(found["underlying"]),
        provider=_text(found, "provider", path),
        model=_text(found, "model", path),
        reader=_text(found, "reader", path),
        day=_number(found, "day", path),
        window_end=_number(found, "window_end", path),
        slots=tuple(_slot(each, f"slot {place}", path) for place, each in enumerate(slots)),
        valid=_number(found, "valid", path),
        price=price,
    )


def _slot(found: object, place: str, path: object) -> Slot | None:
    if found is None:
        return None
    if not isinstance(found, dict):
        raise DamagedArchive(path, f"{place} must be an object or null")
    _hold_keys(found, _SLOT_KEYS, path, place)
    sha256 = _text(found, "sha256", path)
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise DamagedArchive(path, f"'sha256' of {place} must be 64 hexadecimal digits")
    return Slot(
        slot=_number(found, "slot", path),
        at=_number(found, "at", path),
        page=_text(found, "page", path),
        sha256=sha256,
        price=_number(found, "price", path),
    )


def _number(found: Mapping[str, object], key: str, path: object) -> int:
    value = found[key]
    if not _is_number(value):
        raise DamagedArchive(path, f"{key!r} must be an integer of 0 or more, not {value!r}"[:200])
    return value


def _is_number(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 2**63  # bool is an int to isinstance


def _text(found: Mapping[str, object], key: str, path: object) -> str:
    value = found[key]
    if not isinstance(value, str):
        raise DamagedArchive(path, f"{key!r} must be a text, not {value!r}"[:200])
    return value


def _hold_keys(found: Mapping[str, object], keys: set[str], path: object, what: str) -> None:
    for key in sorted(found.keys() ^ keys):
        raise DamagedArchive(path, f"{what} has {'the unknown' if key in found else 'no'} key {key!r}")

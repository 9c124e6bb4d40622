"""What a report rests on: the manifest of a window, and its root, which is the report's `evidence`. Pure.

The manifest is canonical JSON: keys sorted, no spaces, integers and ASCII text only, no newline at its end. Its root is
the SHA-256 of exactly these bytes, so that `sha256sum` on a published manifest gives what stands on chain.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from ifx_sdk.calendar import window_slots
from oracle_node.fixing import WindowFixing
from oracle_node.observe import PageReading

FORMAT = "ifx-window-1"
"""Names the manifest's shape; another shape gets another name."""


def canonical_json(document: Mapping[str, object]) -> bytes:
    """The one way in which a document of texts, integers, lists and nulls is written."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def manifest(
    underlying: str, day: int, slots: Sequence[PageReading | None], fixing: WindowFixing, window_end: int
) -> bytes:
    """The manifest of one underlying's window: for every slot its page, the page's SHA-256, price and time, or null.

    `slots` are the thirteen in order, `day` the UTC day number fixed, `window_end` its 00:00:00 UTC in unix seconds.
    """
    rows = [
        None
        if each is None
        else {"slot": time, "at": each.at, "page": each.page, "sha256": each.sha256, "price": each.price}
        for time, each in zip(window_slots(window_end), slots, strict=True)
    ]
    return canonical_json(
        {
            "format": FORMAT,
            "underlying": underlying,
            "day": day,
            "window_end": window_end,
            "slots": rows,
            "valid": fixing.n_valid,
            "price": fixing.value,
        }
    )


def root(manifest_bytes: bytes) -> bytes:
    """The 32 bytes that a report carries as its evidence."""
    return hashlib.sha256(manifest_bytes).digest()

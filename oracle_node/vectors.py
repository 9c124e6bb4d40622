"""The golden vectors of the oracle: kind `medians`, one node's window or the nodes' signed prices."""

from collections.abc import Sequence

from ifx_sdk.evidence.median import window_median
from ifx_sdk.vector_files import Entry, Inputs, Mismatch, compare
from oracle_node.fixing import quorum_price


def check_median(entry: Entry) -> list[Mismatch]:
    """Check a window's median or the quorum's price; every key under `expected` is compared.

    A malformed entry raises `MalformedVectors`, naming the entry and the key.
    """
    inputs = Inputs(entry)
    kind = inputs.text("kind")
    if kind == "window":
        slots = _prices(inputs, "slots")
        window = window_median(slots, inputs.positive("min_valid"))
        got: dict[str, object] = {"status": str(window.status), "n_valid": window.n_valid, "value": window.value}
        return compare(entry.get("expected"), got) + inputs.unknown("kind", "slots", "min_valid")
    if kind == "nodes":
        registered = inputs.positive("registered")
        posts = [price for price in _prices(inputs, "posts") if price is not None]
        if len(posts) > registered:
            raise inputs.refuse("posts", f"holds {len(posts)} prices of {registered} registered nodes")
        nodes = quorum_price(posts, registered)
        got = {"status": str(nodes.status), "quorum": nodes.quorum, "value": nodes.value}
        return compare(entry.get("expected"), got) + inputs.unknown("kind", "registered", "posts")
    raise inputs.refuse("kind", f"must be `window` or `nodes`, not {kind!r}")


def _prices(inputs: Inputs, key: str) -> Sequence[int | None]:
    """A list of prices; null where a slot has no value, or a node was silent."""
    given = inputs.value(key)
    if not isinstance(given, list):
        raise inputs.refuse(key, f"must be a list of prices, not {given!r}")
    for value in given:
        if value is not None and not (type(value) is int and value >= 0):  # bool is an int to isinstance
            raise inputs.refuse(key, f"must hold integers of 0 or more in micro-USDT, or null, not {value!r}")
    return given

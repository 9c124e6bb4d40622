"""The golden vectors of the oracle: kind `medians`."""

from collections.abc import Mapping

from oracle_node.fixing import quorum_price, window_median

_MISSING = "<no such result>"


def check_median(entry: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """Replay one entry of the `medians` vectors; give (key, expected, got) for every key that differs.

    Every key under `expected` is compared; one this code does not compute counts as a mismatch. A malformed entry
    raises `ValueError` that names it.
    """
    inputs, expected = entry.get("inputs"), entry.get("expected")
    if not isinstance(inputs, Mapping) or not isinstance(expected, Mapping):
        raise ValueError(f"entry {entry.get('id')!r}: `inputs` and `expected` must be objects")
    got = _replay(entry.get("id"), inputs)
    return [
        (str(key), want, got.get(str(key), _MISSING))
        for key, want in expected.items()
        if not _equal(want, got.get(str(key), _MISSING))
    ]


def _equal(want: object, got: object) -> bool:
    """Equal in type as well: 1 is not True and 8000000.0 is not 8000000."""
    return type(want) is type(got) and want == got


def _replay(name: object, inputs: Mapping[str, object]) -> dict[str, object]:
    kind = inputs.get("kind")
    if kind == "window":
        window = window_median(_prices(name, inputs, "slots", gaps=True), _count(name, inputs, "min_valid"))
        return {"status": str(window.status), "n_valid": window.n_valid, "value": window.value}
    if kind == "nodes":
        posts = [price for price in _prices(name, inputs, "posts", gaps=False) if price is not None]
        nodes = quorum_price(posts, _count(name, inputs, "registered"))
        return {"status": str(nodes.status), "quorum": nodes.quorum, "value": nodes.value}
    raise ValueError(f"entry {name!r}: kind is {kind!r}; write `window` or `nodes`")


def _prices(name: object, inputs: Mapping[str, object], key: str, *, gaps: bool) -> list[int | None]:
    given = inputs.get(key)
    if not isinstance(given, list):
        raise ValueError(f"entry {name!r}: {key} is {given!r}; write a list of integers")
    for value in given:
        if not (_is_count(value) or (gaps and value is None)):
            raise ValueError(f"entry {name!r}: {key} holds {value!r}; write integers of 0 or more in micro-USD")
    return list(given)


def _count(name: object, inputs: Mapping[str, object], key: str) -> int:
    given = inputs.get(key)
    if not isinstance(given, int) or not _is_count(given):
        raise ValueError(f"entry {name!r}: {key} is {given!r}; write an integer of 0 or more")
    return given


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

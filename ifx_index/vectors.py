"""The golden vectors of the index: kinds `llm_price_index`, `index_decomposition`, `tpi` and `company_index`.

Each check takes one entry and returns its mismatches as triples of key, expected and got, for `ifx vectors`; what
cannot be read of an entry is a mismatch too, named by its key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from ifx_index.cati import Aggregation, Cells, Composition, company_index
from ifx_index.decomposition import decompose
from ifx_index.errors import BadFigures
from ifx_index.exact import exact_number
from ifx_index.lpi import Row, measure
from ifx_index.resolve import Status
from ifx_index.tpi import CAP, Flag, token_price_index

Entry = Mapping[str, object]
Triple = tuple[str, object, object]
_UNKNOWN: Final = "not a key this kind knows"


class _UnreadableError(Exception):
    """An input that is not what its kind asks for."""

    def __init__(self, key: str, form: str, got: object) -> None:
        super().__init__(key)
        self.triple: Triple = (f"inputs.{key}", form, got)


def _checked(entry: Entry, outcome: Callable[[], Mapping[str, object]], unknown: Iterable[str] = ()) -> list[Triple]:
    try:
        got = outcome()
    except _UnreadableError as error:
        return [error.triple]
    except BadFigures as error:
        return [("inputs", "figures of an index", error.why)]
    return [*((f"inputs.{key}", "", _UNKNOWN) for key in unknown), *_compare(entry.get("expected"), got, "")]


def _compare(expected: object, got: object, key: str) -> list[Triple]:
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return [
            triple
            for name, value in expected.items()
            for triple in _compare(value, got.get(name, _UNKNOWN), f"{key}.{name}" if key else str(name))
        ]
    same = type(expected) is type(got) and expected == got  # True is not 1
    if isinstance(expected, list) and isinstance(got, list):
        same = same and [type(each) for each in expected] == [type(each) for each in got]
    return [] if same else [(key or "expected", expected, got)]


def _inputs(entry: Entry) -> Mapping[str, object]:
    inputs = entry.get("inputs")
    if not isinstance(inputs, Mapping):
        raise _UnreadableError("", "an object", inputs)
    return inputs


def _list(inputs: Mapping[str, object], key: str) -> Sequence[object]:
    value = inputs.get(key)
    if not isinstance(value, list):
        raise _UnreadableError(key, "a list", value)
    return value


def _table(value: object, key: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _UnreadableError(key, "an object", value)
    return value


def _whole(value: object, key: str) -> int:
    if type(value) is not int:  # bool is an int to isinstance
        raise _UnreadableError(key, "an integer", value)
    return value


def _number(value: object, key: str) -> Fraction:
    found = exact_number(value)
    if found is None:
        raise _UnreadableError(key, "a number, or a text such as 3/10", value)
    return found


def _perhaps(value: object, key: str) -> Fraction | None:
    return None if value is None else _number(value, key)


# --------------------------------------------------------------------------------------------------- llm_price_index

_ROW: Final = ("model", "tokens", "price_micro", "status", "conflict")


def check_llm_price_index(entry: Entry) -> list[Triple]:
    """Check value and diagnostics of one company's rows on one day."""
    rows = entry.get("inputs")
    listed = rows if isinstance(rows, list) else []
    unknown = sorted({key for row in listed if isinstance(row, Mapping) for key in row} - set(_ROW))
    return _checked(entry, lambda: measure(_rows(rows)).diagnostics(), unknown)


def _rows(rows: object) -> list[Row]:
    if not isinstance(rows, list):
        raise _UnreadableError("", "a list of models", rows)
    return [_row(_table(row, str(place)), f"{place}") for place, row in enumerate(rows)]


def _row(row: Mapping[str, object], place: str) -> Row:
    model, status, conflict = (row.get(key) for key in ("model", "status", "conflict"))
    if not isinstance(model, str) or status not in tuple(Status) or not isinstance(conflict, bool):
        raise _UnreadableError(place, "a model, a status of the methodology and a conflict flag", dict(row))
    return Row(
        model=model,
        tokens=_whole(row.get("tokens"), f"{place}.tokens"),
        price=_perhaps(row.get("price_micro"), f"{place}.price_micro"),
        status=Status(str(status)),
        conflict=conflict,
    )


# ------------------------------------------------------------------------------------------------ index_decomposition

_SIDES: Final = ("tokens_prev", "price_prev", "tokens_now", "price_now")


def check_index_decomposition(entry: Entry) -> list[Triple]:
    """Check both values of a series and the price and mix effects between them."""
    inputs = entry.get("inputs")
    unknown = sorted(set(inputs) - set(_SIDES)) if isinstance(inputs, Mapping) else []
    return _checked(entry, lambda: decompose(*_both(_inputs(entry))).document(), unknown)


def _both(inputs: Mapping[str, object]) -> tuple[list[Row], list[Row]]:
    lengths = {len(_list(inputs, key)) for key in _SIDES}
    if len(lengths) != 1:
        raise _UnreadableError("tokens_prev", "four lists of one length", sorted(lengths))
    return _side(inputs, "prev"), _side(inputs, "now")


def _side(inputs: Mapping[str, object], side: str) -> list[Row]:
    tokens, prices = _list(inputs, f"tokens_{side}"), _list(inputs, f"price_{side}")
    return [
        Row(
            model=f"{place:06d}",
            tokens=_whole(count, f"tokens_{side}"),
            price=_perhaps(price, f"price_{side}"),
            status=Status.PRIMARY if price is not None else Status.MISSING,
        )
        for place, (count, price) in enumerate(zip(tokens, prices, strict=True))
    ]


# ------------------------------------------------------------------------------------------------------------------ tpi

_BPS: Final = 10_000
_TPI: Final = ("volumes", "price_raw_micro", "quality_ratio_bps", "cap")


def check_tpi(entry: Entry) -> list[Triple]:
    """Check weights, rounds, adjusted prices and the value of a Token Price Index."""
    inputs = entry.get("inputs")
    unknown = sorted(set(inputs) - set(_TPI)) if isinstance(inputs, Mapping) else []
    return _checked(entry, lambda: _tpi(_inputs(entry), entry.get("expected")), unknown)


def _tpi(inputs: Mapping[str, object], expected: object) -> dict[str, object]:
    found = token_price_index(
        [_whole(value, "volumes") for value in _list(inputs, "volumes")],
        [_number(value, "price_raw_micro") for value in _list(inputs, "price_raw_micro")],
        [_number(value, "quality_ratio_bps") / _BPS for value in _list(inputs, "quality_ratio_bps")],
        _number(inputs.get("cap", str(CAP)), "cap"),
    )
    got = found.document()
    # Without a value there is nothing to be eligible: a file may write that as false or as null.
    if found.weighting.flag is Flag.NO_VALUE and isinstance(expected, Mapping):
        got["settlement_eligible"] = None if expected.get("settlement_eligible") is None else False
    return got


# -------------------------------------------------------------------------------------------------------- company_index

_COMPANY: Final = ("reliability", "channel_share", "volume", "price_out_micro", "agg")


def check_company_index(entry: Entry) -> list[Triple]:
    """Check weights and both bases of a company index."""
    inputs = entry.get("inputs")
    unknown = sorted(set(inputs) - set(_COMPANY)) if isinstance(inputs, Mapping) else []
    return _checked(entry, lambda: _company(_inputs(entry)), unknown)


def _company(inputs: Mapping[str, object]) -> dict[str, object]:
    return company_index(composition(inputs), aggregation(inputs)).document()


def aggregation(inputs: Mapping[str, object]) -> Aggregation:
    """How an entry combines its sources; `sum` where it does not say."""
    name = inputs.get("agg", str(Aggregation.SUM))
    if name not in tuple(Aggregation):
        raise _UnreadableError("agg", "sum or mean", name)
    return Aggregation(str(name))


def composition(inputs: Mapping[str, object]) -> Composition:
    """The composition that an entry describes; null cells are not reported."""
    reliability = _table(inputs.get("reliability"), "reliability")
    shares = _table(inputs.get("channel_share"), "channel_share")
    volumes = _table(inputs.get("volume"), "volume")
    prices = _table(inputs.get("price_out_micro"), "price_out_micro")
    return Composition(
        reliability={source: _number(weight, f"reliability.{source}") for source, weight in reliability.items()},
        channel_share={channel: _cells(cells, f"channel_share.{channel}") for channel, cells in shares.items()},
        volume={
            channel: {
                model: _cells(cells, f"volume.{channel}.{model}")
                for model, cells in _table(models, f"volume.{channel}").items()
            }
            for channel, models in volumes.items()
        },
        price={channel: _cells(models, f"price_out_micro.{channel}") for channel, models in prices.items()},
    )


def _cells(cells: object, key: str) -> Cells:
    return {source: _perhaps(value, f"{key}.{source}") for source, value in _table(cells, key).items()}

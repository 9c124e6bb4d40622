"""The golden vectors of the index: kinds `llm_price_index`, `index_decomposition`, `tpi` and `company_index`.

Each check takes one entry and returns its mismatches as triples of key, expected and got, for `ifx vectors`; what
cannot be read of an entry is a mismatch too, named by its key.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Final

from ifx_index.cati import company_index
from ifx_index.decomposition import decompose
from ifx_index.errors import BadFigures, Unreadable
from ifx_index.lpi import Row, measure
from ifx_index.reading import a_list, a_table, aggregation, composition, inputs_of, number, perhaps, whole
from ifx_index.resolve import Status
from ifx_index.tpi import CAP, Flag, token_price_index

Entry = Mapping[str, object]
Triple = tuple[str, object, object]
_UNKNOWN: Final = "not a key this kind knows"


def _checked(entry: Entry, outcome: Callable[[], Mapping[str, object]], unknown: Iterable[str] = ()) -> list[Triple]:
    try:
        got = outcome()
    except Unreadable as error:
        return [(f"inputs.{error.key}", error.form, error.got)]
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
        raise Unreadable("", "a list of models", rows)
    return [_row(a_table(row, str(place)), f"{place}") for place, row in enumerate(rows)]


def _row(row: Mapping[str, object], place: str) -> Row:
    model, status, conflict = (row.get(key) for key in ("model", "status", "conflict"))
    if not isinstance(model, str) or status not in tuple(Status) or not isinstance(conflict, bool):
        raise Unreadable(place, "a model, a status of the methodology and a conflict flag", dict(row))
    return Row(
        model=model,
        tokens=whole(row.get("tokens"), f"{place}.tokens"),
        price=perhaps(row.get("price_micro"), f"{place}.price_micro"),
        status=Status(str(status)),
        conflict=conflict,
    )


# ------------------------------------------------------------------------------------------------ index_decomposition

_SIDES: Final = ("tokens_prev", "price_prev", "tokens_now", "price_now")


def check_index_decomposition(entry: Entry) -> list[Triple]:
    """Check both values of a series and the price and mix effects between them."""
    inputs = entry.get("inputs")
    unknown = sorted(set(inputs) - set(_SIDES)) if isinstance(inputs, Mapping) else []
    return _checked(entry, lambda: decompose(*_both(inputs_of(entry))).document(), unknown)


def _both(inputs: Mapping[str, object]) -> tuple[list[Row], list[Row]]:
    lengths = {len(a_list(inputs, key)) for key in _SIDES}
    if len(lengths) != 1:
        raise Unreadable("tokens_prev", "four lists of one length", sorted(lengths))
    return _side(inputs, "prev"), _side(inputs, "now")


def _side(inputs: Mapping[str, object], side: str) -> list[Row]:
    tokens, prices = a_list(inputs, f"tokens_{side}"), a_list(inputs, f"price_{side}")
    return [
        Row(
            model=f"{place:06d}",
            tokens=whole(count, f"tokens_{side}"),
            price=perhaps(price, f"price_{side}"),
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
    return _checked(entry, lambda: _tpi(inputs_of(entry), entry.get("expected")), unknown)


def _tpi(inputs: Mapping[str, object], expected: object) -> dict[str, object]:
    found = token_price_index(
        [whole(value, "volumes") for value in a_list(inputs, "volumes")],
        [number(value, "price_raw_micro") for value in a_list(inputs, "price_raw_micro")],
        [
            None if value is None else Fraction(number(value, "quality_ratio_bps"), _BPS)
            for value in a_list(inputs, "quality_ratio_bps")
        ],
        number(inputs.get("cap", str(CAP)), "cap"),
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
    return _checked(entry, lambda: _company(inputs_of(entry)), unknown)


def _company(inputs: Mapping[str, object]) -> dict[str, object]:
    return company_index(composition(inputs), aggregation(inputs)).document()

"""The relatives' inputs as documents: one JSON file with everything a TPI or a company index is computed from.

TPI: `{"kind": "tpi", "date", "cap": "3/10", "constituents": [{"model", "volume", "price_raw_micro", "scores"}]}`, where
`scores` are percent by benchmark; one that is missing makes the model ineligible: it weighs nothing.
CATI: `{"kind": "cati", "date", "company", "days": [{"date", "reliability", "channel_share", "volume",
"price_out_micro", "renamed": {old: new}, "deleted": []}]}`, every observed day up to `date`, from which the weights in
force and the log of rebalances follow; cells as in the golden vectors: null is not reported. A single day may stand in
the document itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ifx_index.cati import Aggregation, CompanyIndex
from ifx_index.errors import BadInput, Unreadable
from ifx_index.exact import exact_number, nearest, places18, token_count
from ifx_index.ingest.documents import read_json
from ifx_index.quality import REFERENCE, quality_ratio
from ifx_index.reading import a_list, a_table, composition
from ifx_index.rebalance import Book, Observed, Rebalance, advance
from ifx_index.record import Diagnostics
from ifx_index.tpi import CAP, token_price_index

_CURE = "The top of ifx_index/relatives.py shows both documents."


class Found(NamedTuple):
    """A relative's value on its day."""

    series: str
    """TPI, or CATI-<company>."""

    date: date
    """UTC day."""

    value: int | None
    """Micro-USD per Mtok."""

    diagnostics: Diagnostics
    """Weights, flags and companions."""


def compute(kind: str, data: bytes, name: str) -> Found:
    """Compute a relative from its document. Raises BadInput, BadFigures."""
    document = read_json(data, name)
    if not isinstance(document, dict) or document.get("kind") != kind or kind not in {"tpi", "cati"}:
        raise BadInput(name, f"it is no document of kind {kind}", cure=_CURE)
    try:
        day = date.fromisoformat(str(document.get("date")))
    except ValueError as error:
        raise BadInput(name, f"its date is {document.get('date')!r}", cure=_CURE) from error
    return _tpi(document, day, name) if kind == "tpi" else _cati(document, day, name)


def _tpi(document: Mapping[str, object], day: date, name: str) -> Found:
    listed = document.get("constituents")
    cap = exact_number(document.get("cap", str(CAP)))
    if not isinstance(listed, list) or cap is None:
        raise BadInput(name, "it has no list of constituents, or no cap", cure=_CURE)
    rows = [_constituent(row, name, number) for number, row in enumerate(listed, 1)]
    ratios = [ratio for _, _, _, ratio in rows]
    found = token_price_index([volume for _, volume, _, _ in rows], [price for _, _, price, _ in rows], ratios, cap)
    diagnostics = found.document() | {
        "constituents": [model for model, _, _, _ in rows],
        "ineligible": [model for model, _, _, ratio in rows if ratio is None],
        "quality_ratio_18dp": [None if ratio is None else places18(ratio) for ratio in ratios],
    }
    return Found("TPI", day, None if found.value is None else nearest(found.value), diagnostics)


def _constituent(row: object, name: str, number: int) -> tuple[str, int, Fraction, Fraction | None]:
    fields = row if isinstance(row, dict) else {}
    model, scores = fields.get("model"), fields.get("scores")
    volume, price = token_count(fields.get("volume")), exact_number(fields.get("price_raw_micro"))
    if not isinstance(model, str) or volume is None or price is None or not isinstance(scores, dict):
        raise BadInput(name, "it lacks a model, a volume, a price_raw_micro or scores", row=number, cure=_CURE)
    known = {benchmark: exact_number(scores.get(benchmark)) for benchmark in REFERENCE}
    if any(known[b] is None and scores.get(b) is not None for b in known):
        raise BadInput(name, f"{model} has a score that is no number", row=number, cure=_CURE)
    return model, volume, price, quality_ratio(known)


def _cati(document: Mapping[str, object], day: date, name: str) -> Found:
    company = document.get("company")
    if not isinstance(company, str) or not company:
        raise BadInput(name, "it names no company", cure=_CURE)
    listed = document.get("days", [document])
    if not isinstance(listed, list) or not listed:
        raise BadInput(name, "its days are no list", cure=_CURE)
    observed = [_observed(each, name, number) for number, each in enumerate(listed, 1)]
    if observed[-1].date != day:
        raise BadInput(name, f"its last day is {observed[-1].date}, not {day}", cure=_CURE)
    (as_sum, log), (as_mean, _) = (_at_weights(observed, aggregation) for aggregation in Aggregation)
    diagnostics: dict[str, object] = {
        "basis": "token",
        "agg": "sum",
        **as_sum.document(),
        "gaps": list(as_sum.gaps),
        # The mean is another reading of the same equations: shown beside, and flagged where it says otherwise.
        "mean": as_mean.document(),
        "mean_differs": as_mean.weights != as_sum.weights,
        "rebalances": [entry.document() for entry in log],
    }
    return Found(f"CATI-{company}", day, None if as_sum.value is None else nearest(as_sum.value), diagnostics)


def _at_weights(observed: Sequence[Observed], aggregation: Aggregation) -> tuple[CompanyIndex, tuple[Rebalance, ...]]:
    """The index of the last day at the weights then in force, and every rebalance up to it."""
    book = Book(aggregation=aggregation)
    for each in observed:
        book, found = advance(book, each)
    return found, book.log


def _observed(document: object, name: str, number: int) -> Observed:
    try:
        each = a_table(document, "")
        renamed = a_table(each.get("renamed", {}), "renamed")
        deleted = a_list({"deleted": [], **each}, "deleted")
        return Observed(
            date=date.fromisoformat(str(each.get("date"))),
            composition=composition(each),
            renamed={str(old): str(new) for old, new in renamed.items()},
            deleted=frozenset(map(str, deleted)),
        )
    except Unreadable as error:
        raise BadInput(name, error.what, row=number, cure=_CURE) from error
    except ValueError as error:
        raise BadInput(name, "it has no date", row=number, cure=_CURE) from error

"""Usage files: the plain form, and what providers let their customers export.

    plain                 CSV with date,model,output_tokens: one row a day and model, dates in UTC
    openai                JSON of `GET /v1/organization/usage/completions`, grouped by model, batch and service_tier
    openai-csv            CSV of the same, as the usage page exports it
    anthropic             JSON of `GET /v1/organizations/usage_report/messages`, grouped by model, service_tier,
                          context_window, inference_geo and speed
    anthropic-csv         CSV of tokens, as the console's usage page exports it, by the day or the hour
    openrouter            JSON of `GET /api/v1/activity`
    openrouter-csv        CSV of single generations, as the activity page exports it
    openrouter-daily-csv  CSV of days and models, as the same page exports it

A file with several pages of a JSON answer is a list of them. Batch, flex and priority tiers, fast mode, the long
context band, a single region, and audio are other prices than the one a forward is on: their tokens are counted apart,
where the export tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final, NoReturn

from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, parse_date
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging import tables
from ifx_sdk.hedging.errors import BadUsageFile
from ifx_sdk.hedging.exposure import UsageFile, Use
from ifx_sdk.hedging.usage_csv import (
    GLOBAL_REGION,
    SHORT_CONTEXT,
    STANDARD_SPEED,
    STANDARD_TIERS,
    Row,
    read_csv,
    text_tokens,
    utc_day,
)
from ifx_sdk.strict_json import loads

_PAGES: Final = "Fetch every page and save them as one JSON list."
_BY_MODEL: Final = "Export it grouped by model."
_MOST_TOKENS: Final = 10**18


def read_usage(path: str | Path) -> UsageFile:
    """Read a usage file of any of these forms. Raises BadUsageFile naming the line, or the place in the JSON."""
    text = tables.as_text(tables.read_bytes(path, BadUsageFile), path, BadUsageFile)
    form, found = _json(text, path) if text.lstrip()[0] in "[{" else read_csv(text, path)
    rows = list(found)
    uses = tuple(use for use, standard in rows if standard)
    if not rows:
        raise BadUsageFile(path, "it holds no rows", cure="Export days on which tokens were used.")
    return UsageFile(form=form, uses=uses, left_out=sum(use.tokens for use, standard in rows if not standard))


# ---------------------------------------------------------------------------------------------------------------- JSON


def _json(text: str, path: object) -> tuple[str, Iterator[Row]]:
    document = loads(text, path, BadUsageFile)
    pages = document if isinstance(document, list) else [document]
    items = []
    for number, page in enumerate(pages):
        at = _Place(path, f"page {number + 1}" if isinstance(document, list) else "the page")
        table = at.table(page)
        if table.get("has_more") is True and number == len(pages) - 1:
            at.refuse("it says that more pages follow", _PAGES)
        items += [(at.inside(f"data[{place}]"), each) for place, each in enumerate(at.a_list(table, "data"))]
    if not items:
        raise BadUsageFile(path, "it holds no rows", cure="Export days on which tokens were used.")
    at, first = items[0]
    keys = set(at.table(first))
    for form, mark, read in _FORMS:
        if mark <= keys:
            return form, (row for at, item in items for row in read(at, at.table(item)))
    return at.refuse("it is no usage of OpenAI, Anthropic or OpenRouter")


class _Place:
    """Where in a document something stands, so that a refusal can say so."""

    def __init__(self, path: object, where: str) -> None:
        self._path, self._where = path, where

    @property
    def name(self) -> str:
        return f"{self._path}, {self._where}"

    def inside(self, more: str) -> _Place:
        return _Place(self._path, f"{self._where}.{more}")

    def refuse(self, why: str, cure: str | None = None) -> NoReturn:
        raise BadUsageFile(self.name, why, cure=cure)

    def table(self, value: object) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.refuse("it must be an object")
        return value

    def a_list(self, table: Mapping[str, object], key: str) -> list[object]:
        value = table.get(key)
        if not isinstance(value, list):
            self.refuse(f"{key} must be a list")
        return value

    def tokens(self, table: Mapping[str, object], key: str) -> int:
        value = table.get(key)
        if type(value) is not int or not 0 <= value < _MOST_TOKENS:
            self.refuse(f"{key} must be a whole number of tokens of at least 0")
        return value

    def one_of(self, table: Mapping[str, object], key: str, allowed: frozenset[str | None]) -> bool:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            self.refuse(f"{key} must be text")
        return value in allowed

    def model(self, table: Mapping[str, object], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not tables.is_name(value):
            self.refuse(f"{key} names no model", _BY_MODEL)
        return value

    def day(self, text: object) -> date:
        """The UTC day of a date, or of a time with its offset."""
        if not isinstance(text, str):
            self.refuse("its date must be text")
        try:
            return parse_date(utc_day(text).isoformat() if "T" in text else text.removesuffix(" 00:00:00"))
        except (ValueError, OverflowError, BadValue) as error:
            raise BadUsageFile(self.name, f"{text[:40]!r} is no date") from error


def _openai(at: _Place, bucket: Mapping[str, object]) -> Iterator[Row]:
    start, end = bucket.get("start_time"), bucket.get("end_time")
    if type(start) is not int or type(end) is not int or not 0 <= end - start <= SECONDS_PER_DAY:
        at.refuse("start_time and end_time must be unix seconds of at most a day")
    try:
        on = date_of(start // SECONDS_PER_DAY)
    except BadValue as error:
        raise BadUsageFile(at.name, error.what) from error
    for place, each in enumerate(at.a_list(bucket, "results")):
        here = at.inside(f"results[{place}]")
        result = here.table(each)
        standard = not result.get("batch") and here.one_of(result, "service_tier", STANDARD_TIERS)
        model, output = here.model(result, "model"), here.tokens(result, "output_tokens")
        kinds = [f"output_{kind}_tokens" for kind in ("text", "audio", "image")]
        parts = [0 if result.get(key) is None else here.tokens(result, key) for key in kinds]
        kept, rest = text_tokens(output, *parts)
        yield Use(on=on, model=model, tokens=kept), standard
        if rest:
            yield Use(on=on, model=model, tokens=rest), False


def _anthropic(at: _Place, bucket: Mapping[str, object]) -> Iterator[Row]:
    on = at.day(bucket.get("starting_at"))
    for place, each in enumerate(at.a_list(bucket, "results")):
        here = at.inside(f"results[{place}]")
        result = here.table(each)
        standard = (
            here.one_of(result, "service_tier", STANDARD_TIERS)
            and here.one_of(result, "context_window", SHORT_CONTEXT)
            and here.one_of(result, "inference_geo", GLOBAL_REGION)
            and here.one_of(result, "speed", STANDARD_SPEED)
        )
        yield Use(on=on, model=here.model(result, "model"), tokens=here.tokens(result, "output_tokens")), standard


def _openrouter(at: _Place, item: Mapping[str, object]) -> Iterator[Row]:
    # Reasoning tokens are a part of the completion's, and billed as such: they are not added.
    model = at.model(item, "model")
    use = Use(on=at.day(item.get("date")), model=model, tokens=at.tokens(item, "completion_tokens"))
    yield use, True


_FORMS: Final[tuple[tuple[str, set[str], Callable[[_Place, Mapping[str, object]], Iterator[Row]]], ...]] = (
    ("openai", {"start_time", "end_time", "results"}, _openai),
    ("anthropic", {"starting_at", "results"}, _anthropic),
    ("openrouter", {"date", "model", "completion_tokens"}, _openrouter),
)

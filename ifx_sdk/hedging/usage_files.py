"""Usage files: the plain form, and what providers let their customers export.

    plain           CSV with date,model,output_tokens: one row a day and model, dates in UTC
    openai          JSON of `GET /v1/organization/usage/completions`, grouped by model
    anthropic       JSON of `GET /v1/organizations/usage_report/messages`, grouped by model
    openrouter      JSON of `GET /api/v1/activity`
    openrouter-csv  CSV of single generations, as the activity page exports it

A file with several pages of a JSON answer is a list of them. Batch, flex and priority tiers and the long context band
are other prices than the one a forward is on: their tokens are counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NoReturn

from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, parse_date
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging import tables
from ifx_sdk.hedging.errors import BadUsageFile
from ifx_sdk.hedging.exposure import UsageFile, Use
from ifx_sdk.strict_json import loads

_PLAIN: Final = ("date", "model", "output_tokens")
_GENERATIONS: Final = ("generation_id", "created_at", "model_permaslug", "tokens_completion")
_STANDARD: Final = {None, "standard", "default", "auto"}
_SHORT_CONTEXT: Final = {None, "0-200k"}
_PAGES: Final = "Fetch every page and save them as one JSON list."
_BY_MODEL: Final = "Export it grouped by model."
_MOST_TOKENS: Final = 10**18

_Row = tuple[Use, bool]  # whether it is at the standard price


def read_usage(path: str | Path) -> UsageFile:
    """Read a usage file of any of the five forms. Raises BadUsageFile naming the line, or the place in the JSON."""
    text = tables.as_text(tables.read_bytes(path, BadUsageFile), path, BadUsageFile)
    form, found = _json(text, path) if text.lstrip()[0] in "[{" else _csv(text, path)
    rows = list(found)
    uses = tuple(use for use, standard in rows if standard)
    if not rows:
        raise BadUsageFile(path, "it holds no rows", cure="Export days on which tokens were used.")
    return UsageFile(form=form, uses=uses, left_out=sum(use.tokens for use, standard in rows if not standard))


# ----------------------------------------------------------------------------------------------------------------- CSV


def _csv(text: str, path: object) -> tuple[str, Iterator[_Row]]:
    listed = tables.rows(text, path, BadUsageFile)
    _, header = next(listed)
    names = {cell.lower() for cell in header}
    if names >= set(_GENERATIONS):
        return "openrouter-csv", _generations(listed, header, path)
    return "plain", _plain(listed, header, path)


def _plain(listed: Iterator[tuple[int, list[str]]], header: list[str], path: object) -> Iterator[_Row]:
    places = tables.header_of(header, _PLAIN, path, BadUsageFile)
    unknown = [cell for cell in header if cell.lower() not in _PLAIN]
    if unknown:
        raise BadUsageFile(path, f"the column {unknown[0][:40]!r} is none of the plain form's", line=1)
    seen: dict[tuple[date, str], int] = {}
    for line, cells in listed:
        on, model, tokens = (cells[places[name]] for name in _PLAIN)
        use = _use(on, model, tokens, path, line)
        earlier = seen.setdefault((use.on, use.model), line)
        if earlier != line:
            why = f"the same day and model as line {earlier}: it would be counted twice"
            raise BadUsageFile(path, why, line=line, cure="Add the two up, or delete one.")
        yield use, True


def _use(on: str, model: str, tokens: str, path: object, line: int) -> Use:
    if not tables.is_name(model):
        raise BadUsageFile(path, f"{model[:40]!r} is no model's name", line=line)
    count = tables.whole(tokens)
    if count is None:
        raise BadUsageFile(path, f"{tokens[:40]!r} is no whole number of tokens, 0 or more, without commas", line=line)
    try:
        return Use(on=parse_date(on), model=model, tokens=count)
    except BadValue as error:
        raise BadUsageFile(path, error.what, line=line, cure=error.cure) from error


def _generations(listed: Iterator[tuple[int, list[str]]], header: list[str], path: object) -> Iterator[_Row]:
    places = tables.header_of(header, _GENERATIONS, path, BadUsageFile)
    seen: dict[str, int] = {}
    for line, cells in listed:
        number, created, model, tokens = (cells[places[name]] for name in _GENERATIONS)
        if seen.setdefault(number, line) != line:
            raise BadUsageFile(path, f"the same generation as line {seen[number]}", line=line, cure="Delete one.")
        try:
            on = _utc_day(created)
        except (ValueError, OverflowError) as error:
            raise BadUsageFile(path, f"created_at is {created[:40]!r}, no time", line=line) from error
        yield _use(on.isoformat(), model, tokens, path, line), True


def _utc_day(text: str) -> date:
    """The UTC day of a time; one without an offset is UTC, as the exports write it."""
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).date()


# ---------------------------------------------------------------------------------------------------------------- JSON


def _json(text: str, path: object) -> tuple[str, Iterator[_Row]]:
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
            return parse_date(_utc_day(text).isoformat() if "T" in text else text.removesuffix(" 00:00:00"))
        except (ValueError, OverflowError, BadValue) as error:
            raise BadUsageFile(self.name, f"{text[:40]!r} is no date") from error


def _openai(at: _Place, bucket: Mapping[str, object]) -> Iterator[_Row]:
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
        standard = not result.get("batch") and result.get("service_tier") in _STANDARD
        yield Use(on=on, model=here.model(result, "model"), tokens=here.tokens(result, "output_tokens")), standard


def _anthropic(at: _Place, bucket: Mapping[str, object]) -> Iterator[_Row]:
    on = at.day(bucket.get("starting_at"))
    for place, each in enumerate(at.a_list(bucket, "results")):
        here = at.inside(f"results[{place}]")
        result = here.table(each)
        standard = result.get("service_tier") in _STANDARD and result.get("context_window") in _SHORT_CONTEXT
        yield Use(on=on, model=here.model(result, "model"), tokens=here.tokens(result, "output_tokens")), standard


def _openrouter(at: _Place, item: Mapping[str, object]) -> Iterator[_Row]:
    # Reasoning tokens are a part of the completion's, and billed as such: they are not added.
    model = at.model(item, "model")
    use = Use(on=at.day(item.get("date")), model=model, tokens=at.tokens(item, "completion_tokens"))
    yield use, True


_FORMS: Final[tuple[tuple[str, set[str], Callable[[_Place, Mapping[str, object]], Iterator[_Row]]], ...]] = (
    ("openai", {"start_time", "end_time", "results"}, _openai),
    ("anthropic", {"starting_at", "results"}, _anthropic),
    ("openrouter", {"date", "model", "completion_tokens"}, _openrouter),
)

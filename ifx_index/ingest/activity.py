"""A day's tokens by model and variant, from a daily activity table or from the official daily dataset."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from datetime import date as Date  # noqa: N812 - a field below is named date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from ifx_index.errors import BadInput
from ifx_index.exact import token_count
from ifx_index.ingest.documents import moment, read_csv, read_json
from ifx_index.model import Model, is_alias, model_of

_NEEDED: Final = frozenset({"permaslug", "variant", "date", "total_prompt_tokens", "total_completion_tokens"})
_KNOWN: Final = _NEEDED | {
    "model_slug",
    "total_native_tokens_reasoning",
    "total_native_tokens_cached",
    "request_count",
    "total_tool_calls",
    "requests_with_tool_call_errors",
    "num_media_prompt",
    "num_media_completion",
    "image_output_requests",
    "last_scraped_at",
}
_REST: Final = "other"
_DATA_SET: Final = "Give a day's activity table, or the daily dataset of the official data API."
_AGAIN: Final = "Record the day anew from its source."


class Usage(NamedTuple):
    """Tokens of one model on one day."""

    total: int
    """Prompt and completion."""

    output: int | None
    """Completion; None where the source does not tell them apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """What was used on one UTC day."""

    name: str
    """Name of the file."""

    date: Date
    """The day."""

    usage: Mapping[Model, Usage]
    """Tokens by model; those of unnamed models are only in `total`."""

    total: int
    """Tokens of everything the source counts, named or not."""

    open: frozenset[str]
    """Companies with a figure that was taken before the day had ended."""

    earlier: Mapping[Date, int]
    """Totals of the earlier days that the same file tells of."""

    notes: tuple[str, ...] = ()
    """What was set aside on the way."""

    @property
    def unnamed(self) -> int:
        """Tokens that the source counts and does not name a model for."""
        return self.total - sum(usage.total for usage in self.usage.values())

    @property
    def has_output(self) -> bool:
        """Whether the source tells output tokens apart."""
        return all(usage.output is not None for usage in self.usage.values())


def read_activity(data: bytes, name: str, day: Date) -> Activity:
    """Read the activity of `day` from a daily table (CSV) or the daily dataset (JSON). Raises BadInput.

    Refused are pages' scrapes, month views, tables of another day or of several, a row that contradicts another one,
    and figures that are no counts. A row that repeats another one in every figure counts once.
    """
    if data.removeprefix(BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return _Dataset(name, day).read(read_json(data, name))
    return _read_table(data, name, day)


def _read_table(data: bytes, name: str, day: Date) -> Activity:
    usage: dict[Model, Usage] = {}
    rows: dict[Model, int] = {}
    unfinished: set[str] = set()
    notes = [] if data.endswith(b"\n") else [f"{name}: its last line is not ended, and may be cut short"]
    for number, row in read_csv(data, name, _NEEDED):
        if number == 1 and (unknown := sorted(set(row) - _KNOWN)):
            notes.append(f"{name}: unknown columns {', '.join(unknown)} are not read")
        if row["date"] != day.isoformat():
            raise BadInput(name, f"it is of {row['date']!r}, not of {day.isoformat()}", row=number, cure=_DATA_SET)
        model = Model(row["permaslug"], row["variant"])
        if not model.slug or not model.variant:
            raise BadInput(name, "it names no model and variant", row=number, cure=_DATA_SET)
        if is_alias(model.slug):
            notes.append(f"{name}, row {number}: {model} is an alias; set aside")
            continue
        tokens = _tokens(row, name, number)
        if model in usage and usage[model] != tokens:
            why = f"{model} has other figures in row {rows[model]}"
            raise BadInput(name, why, row=number, cure=_AGAIN)
        if model in usage:
            notes.append(f"{name}, row {number}: it repeats row {rows[model]}; counted once")
        usage[model], rows[model] = tokens, number
        if not _closed(row, day, name, number):
            unfinished.add(model.company)
    if not usage:
        raise BadInput(name, "it has no row", cure=_AGAIN)
    total = sum(tokens.total for tokens in usage.values())
    return Activity(
        name=name,
        date=day,
        usage=MappingProxyType(usage),
        total=total,
        open=frozenset(unfinished),
        earlier=MappingProxyType({}),
        notes=tuple(notes),
    )


def _tokens(row: Mapping[str, str], name: str, number: int) -> Usage:
    prompt, output = (token_count(row[f"total_{kind}_tokens"]) for kind in ("prompt", "completion"))
    if prompt is None or output is None:
        raise BadInput(name, "its token counts are no integers of 0 or more", row=number, cure=_AGAIN)
    return Usage(prompt + output, output)


def _closed(row: Mapping[str, str], day: Date, name: str, number: int) -> bool:
    """Whether a row was taken after its day had ended; a table that does not say when is taken at its word."""
    if "last_scraped_at" not in row:
        return True
    taken = moment(row["last_scraped_at"])
    if taken is None:
        raise BadInput(name, f"{row['last_scraped_at']!r} is no time with its offset", row=number, cure=_AGAIN)
    return taken >= _end_of(day)


@lru_cache(maxsize=8)
def _end_of(day: Date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


class _Dataset(NamedTuple):
    """The official daily dataset: the fifty most used models of each day, and the rest in one figure."""

    name: str
    day: Date

    def read(self, document: object) -> Activity:
        """Read the day out of the days that the file holds."""
        rows = self._rows(document)
        usage: dict[Model, Usage] = {}
        totals: dict[Date, int] = {}
        notes: list[str] = []
        for number, day, slug, tokens in self._each(rows):
            model = model_of(slug)
            if day == self.day and slug != _REST:
                if model in usage:
                    if usage[model].total != tokens:
                        raise BadInput(self.name, f"{model} has other figures above", row=number, cure=_AGAIN)
                    notes.append(f"{self.name}, row {number}: it repeats a row above; counted once")
                    continue
                usage[model] = Usage(tokens, None)
            totals[day] = totals.get(day, 0) + tokens
        if not usage:
            covered = f"{min(totals)} to {max(totals)}" if totals else "no day"
            raise BadInput(self.name, f"it has no row of {self.day}, only of {covered}", cure=_DATA_SET)
        notes.append(
            f"{self.name}: only the fifty most used models are named; all others count against each company's coverage"
        )
        whole = self._is_closed(document)
        return Activity(
            name=self.name,
            date=self.day,
            usage=MappingProxyType(usage),
            total=totals[self.day],
            open=frozenset() if whole else frozenset(model.company for model in usage),
            earlier=MappingProxyType({day: total for day, total in totals.items() if day < self.day}),
            notes=tuple(notes),
        )

    def _rows(self, document: object) -> list[object]:
        if isinstance(document, dict) and isinstance(rows := document.get("data"), list):
            return rows
        if isinstance(document, list) and document and isinstance(document[0], dict) and "change" in document[0]:
            why = "it is a rankings view: each row holds the tokens of about a month, whatever day it is stamped with"
            raise BadInput(self.name, why, cure=_DATA_SET)
        if isinstance(document, dict) and "models" in document:
            why = "it is a scrape of a page, which shows a few rounded figures of no stated day"
            raise BadInput(self.name, why, cure=_DATA_SET)
        raise BadInput(self.name, "it is no daily dataset", cure=_DATA_SET)

    def _each(self, rows: list[object]) -> Iterator[tuple[int, Date, str, int]]:
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise BadInput(self.name, "it is no row of a day, a model and its tokens", row=number, cure=_DATA_SET)
            text, slug, value = (row.get(key) for key in ("date", "model_permaslug", "total_tokens"))
            tokens = token_count(value)
            try:
                day = Date.fromisoformat(text) if isinstance(text, str) else None
            except ValueError:
                day = None
            if day is None or not isinstance(slug, str) or not slug or tokens is None:
                why = "it lacks a date, a model_permaslug or a count of total_tokens"
                raise BadInput(self.name, why, row=number, cure=_DATA_SET)
            if not is_alias(slug):
                yield number, day, slug, tokens

    def _is_closed(self, document: object) -> bool:
        meta = document.get("meta") if isinstance(document, dict) else None
        as_of = meta.get("as_of") if isinstance(meta, dict) else None
        taken = moment(as_of) if isinstance(as_of, str) else None
        return taken is None or taken >= _end_of(self.day)

"""The CSV forms of a usage file: the plain one, and what the providers' consoles let their customers save.

Columns are found by name, in any order; those that do not matter here are passed over. Only the plain form is strict
about what else it holds, since people write it by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, parse_date
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging import tables
from ifx_sdk.hedging.errors import BadUsageFile
from ifx_sdk.hedging.exposure import Use

STANDARD_TIERS: Final[frozenset[str | None]] = frozenset({None, "", "standard", "default", "auto"})
SHORT_CONTEXT: Final[frozenset[str | None]] = frozenset({None, "", "0-200k", "≤ 200k"})
GLOBAL_REGION: Final[frozenset[str | None]] = frozenset({None, "", "global", "not_available"})
STANDARD_SPEED: Final[frozenset[str | None]] = frozenset({None, "", "standard"})
"""What an export calls the price that a forward is on; None or blank where it does not tell them apart."""

_PLAIN: Final = ("date", "model", "output_tokens")
_GENERATIONS: Final = ("generation_id", "created_at", "model_permaslug", "tokens_completion")
_DAYS: Final = ("date", "slug", "completion tokens")
_OPENAI: Final = ("start_time", "model", "output_tokens")
_ANTHROPIC: Final = ("usage_date_utc", "model_version", "usage_output_tokens")

Row = tuple[Use, bool]
"""A use, and whether it is at the standard price."""

_Cells = Mapping[str, str]
_Read = Callable[[Iterator[tuple[int, _Cells]], object], Iterator[Row]]


def read_csv(text: str, path: object) -> tuple[str, Iterator[Row]]:
    """The form of a CSV by its header, and its rows. Raises BadUsageFile, with the line, as they are read."""
    listed = tables.rows(text, path, BadUsageFile)
    _, header = next(listed)
    names = {cell.lower() for cell in header}
    for form, wanted, read in _FORMS:
        if names >= set(wanted):
            tables.header_of(header, wanted, path, BadUsageFile)
            return form, read(_by_name(listed, header), path)
    return "plain", _plain(listed, header, path)


def text_tokens(output: int, text: int, audio: int, image: int) -> tuple[int, int]:
    """Output tokens of OpenAI as those of text and the rest.

    Newer exports count all kinds in `output_tokens`, older ones text alone: only a breakdown that adds up is one.
    """
    return (text, audio + image) if text + audio + image == output else (output, 0)


def utc_day(text: str) -> date:
    """The UTC day of a time; without an offset it is UTC, as exports write it. Raises ValueError, OverflowError."""
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).date()


def _by_name(listed: Iterator[tuple[int, list[str]]], header: list[str]) -> Iterator[tuple[int, _Cells]]:
    names = [cell.lower() for cell in header]
    for line, cells in listed:
        yield line, dict(zip(names, cells, strict=True))


def _plain(listed: Iterator[tuple[int, list[str]]], header: list[str], path: object) -> Iterator[Row]:
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


def _generations(listed: Iterator[tuple[int, _Cells]], path: object) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for line, cells in listed:
        number = cells["generation_id"]
        if seen.setdefault(number, line) != line:
            raise BadUsageFile(path, f"the same generation as line {seen[number]}", line=line, cure="Delete one.")
        on = _day(cells, "created_at", path, line)
        yield _use(on.isoformat(), cells["model_permaslug"], cells["tokens_completion"], path, line), True


def _days(listed: Iterator[tuple[int, _Cells]], path: object) -> Iterator[Row]:
    for line, cells in listed:
        on = _day(cells, "date", path, line)
        yield _use(on.isoformat(), cells["slug"], cells["completion tokens"], path, line), True


def _anthropic(listed: Iterator[tuple[int, _Cells]], path: object) -> Iterator[Row]:
    for line, cells in listed:
        on = _day(cells, "usage_date_utc", path, line)
        standard = (
            cells.get("usage_type") in STANDARD_TIERS
            and cells.get("context_window") in SHORT_CONTEXT
            and cells.get("inference_geo") in GLOBAL_REGION
            and cells.get("speed") in STANDARD_SPEED
        )
        yield _use(on.isoformat(), cells["model_version"], cells["usage_output_tokens"], path, line), standard


def _openai(listed: Iterator[tuple[int, _Cells]], path: object) -> Iterator[Row]:
    for line, cells in listed:
        if not cells["model"] and not cells["output_tokens"]:
            continue  # a day without use is a row with its times alone
        start = tables.whole(cells["start_time"])
        try:
            on = date_of((-1 if start is None else start) // SECONDS_PER_DAY).isoformat()
        except BadValue as error:
            why = f"start_time is {cells['start_time'][:40]!r}, no unix seconds"
            raise BadUsageFile(path, why, line=line) from error
        # Spreadsheet software makes 10646.0 of a column with blanks in it.
        text, audio, image = (
            tables.whole(cells.get(f"output_{kind}_tokens", "").removesuffix(".0")) or 0
            for kind in ("text", "audio", "image")
        )
        use = _use(on, cells["model"], cells["output_tokens"].removesuffix(".0"), path, line)
        standard = cells.get("batch", "").lower() in ("", "false") and cells.get("service_tier") in STANDARD_TIERS
        kept, rest = text_tokens(use.tokens, text, audio, image)
        yield Use(on=use.on, model=use.model, tokens=kept), standard
        if rest:
            yield Use(on=use.on, model=use.model, tokens=rest), False


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


def _day(cells: _Cells, name: str, path: object, line: int) -> date:
    try:
        return utc_day(cells[name])
    except (ValueError, OverflowError) as error:
        raise BadUsageFile(path, f"{name} is {cells[name][:40]!r}, no time", line=line) from error


_FORMS: Final[tuple[tuple[str, tuple[str, ...], _Read], ...]] = (
    ("openrouter-csv", _GENERATIONS, _generations),
    ("openrouter-daily-csv", _DAYS, _days),
    ("anthropic-csv", _ANTHROPIC, _anthropic),
    ("openai-csv", _OPENAI, _openai),
)

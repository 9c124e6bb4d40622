"""The command `ifx-index`: a shell around the package. It reads files and the clock; everything else is elsewhere.

Exit codes: 0 done, 2 an input or an option was refused, 3 something is held, or a record does not verify.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import httpx
import typer

from ifx_index import backfill as filling
from ifx_index import tables
from ifx_index.day import Role, compute_day, series_company
from ifx_index.decomposition import Decomposition, decompose
from ifx_index.errors import BadInput, IndexRefusal, NoRecord
from ifx_index.external import OTPI
from ifx_index.folder import open_folder, read_file
from ifx_index.ingest import read_activity
from ifx_index.live import OpenRouter
from ifx_index.lpi import METHODOLOGY, UNIT, Quality, Row, explain, measure
from ifx_index.publish import publish
from ifx_index.recompute import Outcome, outcomes
from ifx_index.recorder import record
from ifx_index.relatives import compute as compute_relative
from ifx_index.store import LOGS, Store, SuspectStore
from ifx_index.verify import verify as verdicts

DONE, USAGE, NOT_ALL = 0, 2, 3
MANY = ("--previous", "--fallback", "--activity-before", "--release")
"""Options that take several values after one name, up to the next option."""

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(
    name="ifx-index",
    help="The IFX LLM Price Index: compute it from recorded files, keep it, explain it, verify it.",
    epilog="From a folder of recordings to a report: backfill DIR, verify, publish. Rules: docs/methodology.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_STORE = typer.Option("index-store", "--store", metavar="DIR", help="Folder of the records and their inputs.")
_JSON = typer.Option(False, "--json", help="One JSON object instead of a table.")
_PREVIOUS = typer.Option([], metavar="FILE...", help="Models lists of the 7 days before, each named DATE.json.")
_FALLBACK = typer.Option([], metavar="FILE...", help="Other sources of the day: endpoints tables, models lists.")
_BEFORE = typer.Option(
    [], "--activity-before", metavar="FILE...", help="Activity of earlier days, DATE.csv: a jump from it is held."
)
_RELEASE = typer.Option([], metavar="DATE...", help="Days to accept although they jump.")
_REASON = typer.Option(None, metavar="TEXT", help="Why records that stand already are corrected.")


def main() -> None:
    """Run the command line."""
    sys.argv[1:] = list(_spread(sys.argv[1:]))
    app()


def _spread(arguments: Sequence[str]) -> Iterator[str]:
    """`--previous A B` as `--previous A --previous B`."""
    name, taken = "", 0
    for argument in arguments:
        if argument.startswith("-"):
            name, taken = (argument, 0) if argument in MANY else ("", 0)
        elif name:
            taken += 1
            if taken > 1:
                yield name
        yield argument


def _refusals(command: Callable[P, R]) -> Callable[P, R]:
    """A refusal ends as one line on stderr with its cure, and so does a folder that cannot be written."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except IndexRefusal as error:
            print(f"error: {error}", file=sys.stderr)
            if kwargs.get("as_json"):
                fault = {"type": type(error).__name__, "message": error.what, "cure": error.cure}
                print(json.dumps({"error": fault}))
            raise typer.Exit(USAGE) from error
        except BrokenPipeError:  # whoever read has seen enough
            raise
        except OSError as error:
            place = error.filename or "the output"
            print(f"error: {place}: {error.strerror}. Name a folder that can be read and written.", file=sys.stderr)
            raise typer.Exit(USAGE) from error

    return run


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(repr(text), "it is no date", cure="Write it YYYY-MM-DD.") from error
    if text != day.isoformat():  # a week's day, or one without hyphens
        raise BadInput(repr(text), "it is no date as files are named by", cure=f"Write {day.isoformat()}.")
    return day


def _answer(as_json: bool, document: object, text: str, notes: Sequence[str] = ()) -> None:
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    print(json.dumps(document) if as_json else text)


@app.command(short_help="Compute one day from files.")
@_refusals
def compute(
    activity: str = typer.Option(..., metavar="FILE", help="The day's activity table, or the daily dataset."),
    on: str = typer.Option(..., "--date", metavar="YYYY-MM-DD", help="UTC day."),
    models: str | None = typer.Option(None, metavar="FILE", help="The models list recorded at the day's start."),
    previous: list[str] = _PREVIOUS,
    fallback: list[str] = _FALLBACK,
    second: str | None = typer.Option(None, metavar="FILE", help="A second models list of the day: tells conflicts."),
    before: list[str] = _BEFORE,
    as_json: bool = _JSON,
) -> None:
    """Compute every series of a day: exit 0, or 3 when one is held. Nothing is recorded."""
    day = _day(on)
    files = [read_file(Role.ACTIVITY, activity)]
    files += [read_file(Role.MODELS, models)] if models is not None else []  # an empty name is a slip, not no list
    files += [read_file(Role.SECOND, second)] if second is not None else []
    files += [read_file(role, path) for role, paths in _many(previous, fallback) for path in paths]
    found = compute_day(day, files, dict(_total(path) for path in before))
    _answer(as_json, found.document(), tables.day_table(found), found.notes)
    raise typer.Exit(NOT_ALL if found.held else DONE)


def _many(previous: Sequence[str], fallback: Sequence[str]) -> tuple[tuple[Role, Sequence[str]], ...]:
    return (Role.PREVIOUS, previous), (Role.FALLBACK, fallback)


def _total(path: str) -> tuple[date, int]:
    """The day and the tokens of an earlier table."""
    file = read_file(Role.ACTIVITY, path)
    try:
        day = date.fromisoformat(Path(path).stem)
    except ValueError as error:
        raise BadInput(path, "its name is no date", cure="Name it by its day: DATE.csv.") from error
    with file.told():
        return day, read_activity(file.data, file.name, day).total


@app.command(short_help="Record every day of a folder.")
@_refusals
def backfill(
    folder: str = typer.Argument(..., metavar="DIR", help="Recordings: models/DATE.json, activity/daily/DATE.csv."),
    store: str = _STORE,
    reason: str | None = _REASON,
    release: list[str] = _RELEASE,
    as_json: bool = _JSON,
) -> None:
    """Compute and record each day that a folder has: exit 0, or 3 when one is held or refused."""
    released = frozenset(_day(each) for each in release)
    kept = Store(store)
    done = []
    for each in filling.backfill(open_folder(folder), kept, now=datetime.now(UTC), reason=reason, release=released):
        done.append(each)
        if not as_json:
            print(each.line(), flush=True)
    gaps = list(open_folder(folder).gaps)
    report = filling.summary(done, gaps)
    _answer(as_json, report, filling.summary_line(report), [*gaps, *(note for each in done for note in each.notes)])
    raise typer.Exit(DONE if all(each.whole for each in done) else NOT_ALL)


@app.command("explain", short_help="Every model behind one value.")
@_refusals
def explain_value(
    series: str = typer.Argument(..., metavar="SERIES", help="Such as LPI-openai or LPI-openai-O."),
    on: str = typer.Argument(..., metavar="DATE", help="UTC day, YYYY-MM-DD."),
    store: str = _STORE,
    data: str | None = typer.Option(None, metavar="DIR", help="Explain from a folder of recordings, not the store."),
    as_json: bool = _JSON,
) -> None:
    """Show each model's tokens, price, status, weight and contribution; contributions add up to the value exactly."""
    series_company(series)
    day = _day(on)
    rows, origin, since, change = (
        _from_folder(series, day, data) if data is not None else _from_store(series, day, store)
    )
    parts = explain(rows)
    found = measure(rows)
    document = {
        "series": series,
        "date": day.isoformat(),
        "methodology": METHODOLOGY,
        "unit": UNIT,
        **origin,
        "value_micro": found.value_micro,
        "value": None if found.value is None else str(found.value),
        "diagnostics": found.diagnostics(),
        "models": [part.document() for part in parts],
        "change": None if change is None else {"since": str(since), **change.published(), **_exactly(change)},
    }
    lines = [f"{series}  {day}  {found.quality}  {tables.usd(found.value_micro)} USD per 1M output tokens"]
    lines += [tables.contribution_table(parts, found.value_micro)]
    lines += [] if change is None else [tables.change_line(change, since)]
    _answer(as_json, document, "\n".join(lines))


Explained = tuple[tuple[Row, ...], dict[str, object], date | None, Decomposition | None]


def _exactly(change: Decomposition) -> dict[str, str | None]:
    """Both effects as fractions: they add up to the change without rounding."""
    effects = {"price_effect_exact": change.price_effect, "mix_effect_exact": change.mix_effect}
    return {key: None if effect is None else str(effect) for key, effect in effects.items()}


def _from_folder(series: str, day: date, data: str) -> Explained:
    folder = open_folder(data)
    found = compute_day(day, folder.files(day)).series.get(series)
    if found is None:
        raise NoRecord(series, day)
    earlier = [each for each in folder.days if each < day]
    if not earlier:
        return found.rows, {}, None, None
    before = compute_day(earlier[-1], folder.files(earlier[-1])).series.get(series)
    return found.rows, {}, earlier[-1], decompose(before.rows, found.rows) if before else None


def _from_store(series: str, day: date, path: str) -> Explained:
    from ifx_index.history import rows_of

    store = Store(_opened(path))
    record = store.record(series, day)
    rows = rows_of(store, record)
    origin: dict[str, object] = {"revision": record.revision, "inputs_hash": record.inputs_hash}
    earlier = [when for name, when in store.latest if name == series and when < day]
    if not earlier:
        return rows, origin, None, None
    before = rows_of(store, store.record(series, max(earlier)))
    return rows, origin, max(earlier), decompose(before, rows)


def _opened(store: str) -> str:
    """The folder of a store that is there already."""
    if not any((Path(store) / name).exists() for name in LOGS):
        raise BadInput(store or "''", "there is no store", cure="Write one with `ifx-index backfill DIR`, or name it.")
    return store


@app.command(short_help="Compute every record again from its inputs.")
@_refusals
def verify(store: str = _STORE, as_json: bool = _JSON) -> None:
    """Recompute each record, old revisions too, from what its inputs hash stands for: exit 0, or 3 for a fault."""
    count, faults = 0, []
    kept = SuspectStore(_opened(store))
    for verdict in verdicts(kept):
        count += 1
        if verdict.fault is not None:
            record = verdict.record
            faults.append({"series": record.series, "date": record.date.isoformat(), "revision": record.revision})
            faults[-1]["fault"] = verdict.fault
    lines = [f"{each['series']} {each['date']} revision {each['revision']}: {each['fault']}" for each in faults]
    lines.append(f"{count - len(faults)} of {count} records follow from their inputs")
    lines += [f"{name}: {fault}" for name, fault in kept.faults.items()]
    faults += [{"log": name, "fault": fault} for name, fault in kept.faults.items()]
    _answer(as_json, {"records": count, "faults": faults}, "\n".join(lines))
    raise typer.Exit(NOT_ALL if faults else DONE)


@app.command("external", short_help="Record an index that others publish.")
@_refusals
def record_external(
    kind: str = typer.Argument(..., metavar="otpi", help="Whose: otpi is Ornn's token price index."),
    file: str = typer.Argument(..., metavar="FILE", help="The publisher's table, as recorded."),
    on: str = typer.Option(..., "--date", metavar="YYYY-MM-DD", help="UTC day."),
    store: str = _STORE,
    reason: str | None = _REASON,
    as_json: bool = _JSON,
) -> None:
    """Record an external index of a day, each lab's as a series of its own: exit 0, or 3 where one is not GOOD."""
    if kind != OTPI:
        raise BadInput(kind, "there is no external index of this name", cure=f"Name {OTPI}.")
    day, table = _day(on), read_file(Role.DOCUMENT, file)
    found = outcomes(kind, day, [table])
    Store(store).append(kind, day, [table], found, now=datetime.now(UTC), reason=reason)
    series = {name: {"value_micro": each.value, "diagnostics": dict(each.diagnostics)} for name, each in found.items()}
    rows = [(name, str(each.diagnostics["quality_status"]), tables.usd(each.value)) for name, each in found.items()]
    text = tables.table(("series", "quality", "USD/Mtok blended"), rows, left=2)
    _answer(as_json, {"date": day.isoformat(), "methodology": METHODOLOGY, "series": series}, text)
    raise typer.Exit(DONE if all(row[1] == str(Quality.GOOD) for row in rows) else NOT_ALL)


@app.command("record", short_help="Ask the live sources, and record.")
@_refusals
def record_day(
    out: str = typer.Option(..., "--out", metavar="DIR", help="Folder of recordings, as `backfill` reads it."),
    as_json: bool = _JSON,
) -> None:
    """Record today's models list, yesterday's tokens (key in OPENROUTER_API_KEY) and missing offers: exit 0, or 3."""
    with httpx.Client() as client:
        done = list(
            record(OpenRouter(client=client), out, now=datetime.now(UTC), key=os.environ.get("OPENROUTER_API_KEY"))
        )
    shown = [
        {"what": e.what, "path": None if e.path is None else str(e.path), "new": e.new, "why": e.why} for e in done
    ]
    _answer(as_json, {"recorded": shown}, "\n".join(each.line() for each in done))
    raise typer.Exit(NOT_ALL if any(each.refused for each in done) else DONE)


@app.command("publish", short_help="Write JSON, CSV, Parquet and a page.")
@_refusals
def publish_store(
    store: str = _STORE,
    out: str = typer.Option("index-publication", "--out", metavar="DIR", help="Folder of the four files."),
    as_json: bool = _JSON,
) -> None:
    """Write every record, with diagnostics and revisions, as JSON, CSV, Parquet (extra [index]) and one page."""
    paths = [str(path) for path in publish(Store(_opened(store)), out)]
    _answer(as_json, {"files": paths}, "\n".join(paths))


@app.command(short_help="Compute a TPI or a company index from its document.")
@_refusals
def relative(
    kind: str = typer.Argument(..., metavar="tpi|cati", help="Which of the two."),
    file: str = typer.Argument(..., metavar="FILE", help="Its document; ifx_index/relatives.py shows both."),
    store: str | None = typer.Option(None, metavar="DIR", help="Record it in this store too."),
    reason: str | None = _REASON,
    as_json: bool = _JSON,
) -> None:
    """Compute a relative of the index, and record it where a store is named."""
    document = read_file(Role.DOCUMENT, file)
    with document.told():
        found = compute_relative(kind, document.data, document.name)
    if store is not None:
        outcome = {found.series: Outcome(found.value, found.diagnostics)}
        Store(store).append(kind, found.date, [document], outcome, now=datetime.now(UTC), reason=reason)
    rows = [(key, json.dumps(value)) for key, value in found.diagnostics.items()]
    text = f"{found.series}  {found.date}  {tables.usd(found.value)} USD per 1M output tokens\n"
    shown = {"date": found.date.isoformat(), "methodology": METHODOLOGY, "series": {}}
    shown["series"] = {found.series: {"value_micro": found.value, "diagnostics": dict(found.diagnostics)}}
    _answer(as_json, shown, text + tables.table(("figure", "value"), rows, left=2))

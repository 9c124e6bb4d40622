"""All series of one day from the bytes of its input files. Pure: the same files give the same day."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Final

from ifx_index.errors import BadInput, UnknownSeries
from ifx_index.ingest import Activity, PriceList, Usage, read_activity, read_models, read_price_source
from ifx_index.lpi import METHODOLOGY, Measure, Row, measure
from ifx_index.model import COMPANIES, Model
from ifx_index.resolve import CARRIED_DAYS, Quote, Sources, Status, resolve

JUMP: Final = 10
"""A day's total is held when it is more than this many times, or less than this part of, the last accepted one."""

UNNAMED: Final = "other"
"""The row of what a source counts and does not name."""

SERIES: Final = tuple(f"LPI-{company}{kind}" for company in COMPANIES for kind in ("", "-O"))
"""The series of methodology 1.0: weighted by all tokens, and with -O by output tokens."""


class Role(StrEnum):
    """What an input file is to its day."""

    MODELS = "models"
    ACTIVITY = "activity"
    PREVIOUS = "previous"
    FALLBACK = "fallback"
    SECOND = "second"
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One input as it was recorded."""

    role: Role
    """What it is to the day."""

    name: str
    """Its file name, without folders."""

    data: bytes
    """Its contents."""

    place: str = ""
    """Where it was read, for refusals; no part of a manifest, and empty for a stored one."""

    @cached_property
    def sha256(self) -> str:
        """Hash of the contents, 64 hexadecimal digits."""
        return sha256(self.data).hexdigest()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Refusals name the place of the file: models, offers and activity of a day have one and the same name."""
        try:
            yield
        except BadInput as error:
            raise error.at(self.name, self.place or self.name) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesDay:
    """One series on one day."""

    rows: tuple[Row, ...]
    """Every model of the company that was used."""

    measure: Measure
    """Value and diagnostics."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """Everything that a day's inputs say."""

    date: date
    """The UTC day."""

    series: Mapping[str, SeriesDay]
    """The series that may be published, by id."""

    held: Mapping[str, str]
    """The series that may not, by id, each with the reason."""

    total: int
    """Tokens of all models, of every company."""

    notes: tuple[str, ...]
    """What was set aside on the way."""

    def document(self) -> dict[str, object]:
        """The day as `ifx-index compute --json` prints it; `held` only where something is."""
        shown: dict[str, object] = {
            "date": self.date.isoformat(),
            "methodology": METHODOLOGY,
            "series": {
                name: {"value_micro": found.measure.value_micro, "diagnostics": found.measure.diagnostics()}
                for name, found in self.series.items()
            },
        }
        return shown | ({"held": dict(self.held)} if self.held else {})


def series_company(series: str) -> str:
    """The company of a series id. Raises UnknownSeries."""
    if series not in SERIES:
        raise UnknownSeries(series, SERIES)
    return series.removeprefix("LPI-").removesuffix("-O")


# Seven days read the same list: a few parsed ones stay at hand.
@lru_cache(maxsize=2 * CARRIED_DAYS)
def _models(data: bytes, name: str) -> PriceList:
    return read_models(data, name)


def earlier_list(file: InputFile, day: date) -> PriceList:
    """What a file says as a models list from before `day`. Raises BadInput."""
    prices = _priced(file, _models)
    if prices.date is None:
        cure = "Its file name must hold the one UTC date on which it was recorded."
        with file.told():
            raise BadInput(file.name, f"nothing says how old this earlier list is on {day}", cure=cure)
    return prices


def read_day(day: date, files: Iterable[InputFile]) -> tuple[Sources, Activity]:
    """Read a day's files and check that each is of the day it is given for. Raises BadInput.

    Of several fallbacks and earlier lists only those of the day, and of the seven days before, count.
    """
    by_role: dict[Role, list[InputFile]] = {}
    for file in files:
        by_role.setdefault(file.role, []).append(file)
    if Role.DOCUMENT in by_role:
        raise BadInput(by_role[Role.DOCUMENT][0].name, "it is no input of this index")
    activity = _only(by_role, Role.ACTIVITY)
    if activity is None:
        raise BadInput(day.isoformat(), "no activity was given for this day", cure="Give it with --activity FILE.")
    primary, second = _only(by_role, Role.MODELS), _only(by_role, Role.SECOND)
    others = [_priced(file, read_price_source) for file in by_role.get(Role.FALLBACK, ())]
    earlier = [earlier_list(file, day) for file in by_role.get(Role.PREVIOUS, ())]
    notes = [f"{p.name}: it is of {p.date}, no source for {day}" for p in others if p.date not in (day, None)]
    notes += [f"{p.name}: it is not of the 7 days before {day}, no source" for p in earlier if not _carries(p, day)]
    sources = Sources(
        date=day,
        primary=_priced(primary, _models, day) if primary else None,
        fallback=tuple(prices for prices in others if prices.date in (day, None)),
        earlier=tuple(sorted((p for p in earlier if _carries(p, day)), key=lambda p: str(p.date), reverse=True)),
        second=_priced(second, read_price_source, day) if second else None,
        notes=tuple(notes),
    )
    with activity.told():
        return sources, read_activity(activity.data, activity.name, day)


def _only(by_role: Mapping[Role, Sequence[InputFile]], role: Role) -> InputFile | None:
    files = by_role.get(role, ())
    if len(files) > 1:
        raise BadInput(files[1].name, f"a second file is given as {role}", cure="Give one.")
    return files[0] if files else None


def _priced(file: InputFile, read: Callable[[bytes, str], PriceList], day: date | None = None) -> PriceList:
    """The prices of a file, which must be of `day` where one is given and the file tells its own."""
    with file.told():
        prices = read(file.data, file.name)
        if day is not None and prices.date not in (day, None):
            cure = "An earlier models list is given with --previous; it prices only what the day's own sources lack."
            raise BadInput(file.name, f"it was recorded on {prices.date}, not on {day}", cure=cure)
    return prices


def _carries(prices: PriceList, day: date) -> bool:
    """Whether a list is of the seven days before: older ones price nothing any more, later ones nothing yet."""
    return prices.date is not None and timedelta(0) < day - prices.date <= timedelta(days=CARRIED_DAYS)


def compute(sources: Sources, activity: Activity, earlier: Mapping[date, int] | None = None) -> Day:
    """Compute every series of a day.

    `earlier` are totals of accepted days, in tokens: the newest one before the day, there or in the activity's own
    file, is what a jump is measured from; with None no jump is looked for. A day that jumps is held as a whole; a
    company is held where a figure of its was taken before the day had ended.
    """
    series: dict[str, SeriesDay] = {}
    held: dict[str, str] = {}
    jump = None if earlier is None else hold_reason(activity, {**activity.earlier, **earlier})
    used_by: dict[str, list[tuple[Model, Usage]]] = {company: [] for company in COMPANIES}
    for model, usage in activity.usage.items():
        if usage.total and model.company in used_by:
            used_by[model.company].append((model, usage))
    for company, used in used_by.items():
        quotes = [resolve(model, sources) for model, _ in used]
        why = jump
        if why is None and company in activity.open:
            why = f"{activity.name} was recorded before {activity.date} had ended: {company}'s figures are of a part"
        weights = {"": [usage.total for _, usage in used]}
        if activity.has_output:
            weights["-O"] = [usage.output or 0 for _, usage in used]
        for kind, tokens in weights.items():
            if why is not None:
                held[f"LPI-{company}{kind}"] = why
                continue
            rows = (*_rows(used, quotes, tokens), *_unnamed(activity))
            series[f"LPI-{company}{kind}"] = SeriesDay(rows=rows, measure=measure(rows))
    lists = [each for each in (sources.primary, *sources.fallback, sources.second) if each is not None]
    notes = (*activity.notes, *sources.notes, *(note for each in lists for note in each.notes))
    return Day(date=activity.date, series=series, held=held, total=activity.total, notes=notes)


def _rows(used: Sequence[tuple[Model, Usage]], quotes: Sequence[Quote], tokens: Sequence[int]) -> tuple[Row, ...]:
    return tuple(
        Row(
            model=str(model),
            tokens=count,
            price=quote.price,
            status=quote.status,
            conflict=quote.conflict,
            source=quote.source,
        )
        for (model, _), quote, count in zip(used, quotes, tokens, strict=True)
    )


def _unnamed(activity: Activity) -> tuple[Row, ...]:
    """What a source counts without naming it, as if all of it were the company's: coverage is then a lower bound."""
    if not activity.unnamed:
        return ()
    source = f"{activity.name} does not name it; counted as if all of it were the company's"
    return (Row(model=UNNAMED, tokens=activity.unnamed, price=None, status=Status.MISSING, source=source),)


def hold_reason(activity: Activity, earlier: Mapping[date, int]) -> str | None:
    """Why a day's figures are not believed before somebody has looked, None where nothing speaks against them."""
    before = [day for day in earlier if day < activity.date]
    if not before:
        return None
    last = max(before)
    known = earlier[last]
    if activity.total > JUMP * known or activity.total * JUMP < known:
        return (
            f"{activity.name} counts {activity.total:,} tokens where {last} had {known:,}: over {JUMP} times apart, "
            "as a month's view or a part of a day is; look at it, then release the day"
        )
    return None


def compute_day(day: date, files: Iterable[InputFile], earlier: Mapping[date, int] | None = None) -> Day:
    """Read and compute a day from its files. Raises BadInput."""
    return compute(*read_day(day, files), earlier)

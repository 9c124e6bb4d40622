"""The Luna forwards on real recordings: one dated D is what the nodes find in the window that fixes D, and in no other.

Which page decides a day: the vendor's own page where one was recorded that day and carries the model, else OpenRouter's
list of that morning. The other days have no page, so that no node reports: postponement and fallback decide.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ifx_sdk.calendar import date_of
from ifx_sdk.errors import BadDate, BadFile
from ifx_sdk.money import format_price
from oracle_node.settings import UnderlyingSettings
from oracle_node.sources import read
from oracle_node.sources.reading import whole_micro
from scripts.demonstration.scenario import LUNA, NOT_FOUND, Fault, Kind, Order, day_fixed, fault_of, number
from scripts.demonstration.world import Answer

_WANTED_TRADE_DAY = number("2026-07-15")
_MODELS: Mapping[str, str] = {"openai": LUNA.partition("/")[2], "openrouter": LUNA}
_FOLDERS = (("openai", "pricing_pages/openai"), ("openrouter", "openrouter/models"))
_WORDS: Mapping[str, str] = {"openai": "OpenAI pricing page", "openrouter": "OpenRouter models list"}
_LIFE = 92 + 3  # days from the trade date to the last certain settlement of a 3-month forward


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded page that gives the model a price."""

    day: int
    """UTC day number of its date."""
    provider: str
    """The page family that reads it."""
    path: Path
    """The file."""
    price: int
    """What it says, micro-USD per Mtok."""


class Recordings:
    """A scenario made of the files of one folder."""

    orders = (
        Order(label="Luna, 100B, 3M, point", underlying=LUNA, quantity=100_000, months=3, averaging_days=1),
        Order(label="Luna, 100B, 3M, average", underlying=LUNA, quantity=100_000, months=3, averaging_days=0),
    )

    def __init__(self, folder: Path) -> None:
        """Reads every recording of the folder once. Raises `BadFile` where none carries the model."""
        self._by_day = _recordings(folder)
        if not self._by_day:
            cure = f"Give a folder with {_FOLDERS[0][1]}/DATE.html or {_FOLDERS[1][1]}/DATE.json files."
            raise BadFile(folder, f"no recording in it carries {LUNA}", cure=cure)
        later = [day for day in self._by_day if day >= _WANTED_TRADE_DAY]
        self.trade_day = min(later) if later else max(self._by_day)
        self.title = f"recordings of {LUNA} in {folder}"
        self.faults = tuple(self._faults())
        self.notes = tuple(self._notes(folder))

    def asked(self, node: str, day: int, base: str) -> tuple[UnderlyingSettings, ...]:
        """The day's page; on its stale days south reads a mirror that is one recording behind."""
        stale = self._stale(node, day)
        found = self._behind(day) if stale else self._by_day.get(day)
        provider = "openai" if found is None else found.provider
        url = f"{base}/mirror/{provider}" if stale else f"{base}/{provider}"
        return (UnderlyingSettings(name=LUNA, provider=provider, model=_MODELS[provider], page=url),)

    def pages(self, path: str, now: int) -> Answer:
        """The recording of the day that the current window fixes; nothing on the other days."""
        day = day_fixed(now)
        found = self._behind(day) if path.startswith("/mirror/") else self._by_day.get(day)
        if found is None or path.rpartition("/")[2] != found.provider:
            return NOT_FOUND
        kind = "application/json" if found.provider == "openrouter" else "text/html; charset=utf-8"
        return Answer(body=found.path.read_bytes(), content_type=kind)

    def price(self, underlying: str, day: int) -> int | None:
        """What the day's recording says."""
        found = self._by_day.get(day)
        return None if found is None or underlying != LUNA else found.price

    def source(self, day: int) -> str:
        """The family of the day's recording."""
        return _WORDS[self._by_day[day].provider]

    def _behind(self, day: int) -> Recording | None:
        earlier = [each for each in self._by_day if each < day]
        return self._by_day[max(earlier)] if earlier else None

    def _stale(self, node: str, day: int) -> bool:
        fault = fault_of(self.faults, node, day)
        return fault is not None and fault.kind is Kind.STALE

    def _faults(self) -> Iterator[Fault]:
        """South is one recording behind wherever that shows; north is down on the fourth day where it does not."""
        played = [day for day in sorted(self._by_day) if self.trade_day <= day <= self.trade_day + _LIFE]
        changed = {
            day
            for day in played[1:]
            if (before := self._behind(day)) is not None and before.price != self._by_day[day].price
        }
        for day in sorted(changed):
            yield Fault(node="south", first=day, last=day, kind=Kind.STALE)
        for day in played[3:4]:
            if day not in changed:
                yield Fault(node="north", first=day, last=day, kind=Kind.DOWN)

    def _notes(self, folder: Path) -> Iterator[str]:
        yield "A recording dated D is served in the window that fixes D, and in no other. The vendor's page decides"
        yield "where one was recorded that day, else OpenRouter's list of that morning, whose price is after discounts."
        if self.trade_day != _WANTED_TRADE_DAY:
            yield f"No recording of {date_of(_WANTED_TRADE_DAY)} carries it: booked on {date_of(self.trade_day)}."
        days = [each for each in sorted(self._by_day) if each >= self.trade_day]
        discounts = _discounts(folder, days)
        if discounts:
            told = ", ".join(sorted(set(discounts.values())))
            yield f"OpenRouter's discount on OpenAI's own offer, recorded on {len(discounts)} days: {told}."
        for day, price in _second_readings(folder, days).items():
            if price != self._by_day[day].price:
                first = format_price(self._by_day[day].price)
                yield f"Alarm: the list of the afternoon of {date_of(day)} says {format_price(price)}, not {first}."


def _recordings(folder: Path) -> dict[int, Recording]:
    """By day, the one page that decides it."""
    found: dict[int, Recording] = {}
    for provider, subfolder in _FOLDERS:
        for path in _files(folder / subfolder):
            day = _day(path)
            if day is None or day in found:
                continue
            price = _price(path, provider, day)
            if price is not None:
                found[day] = Recording(day=day, provider=provider, path=path, price=price)
    return found


def _second_readings(folder: Path, days: Sequence[int]) -> dict[int, int]:
    """OpenRouter's list of the same day's afternoon: it alarms where it differs, it never decides."""
    prices = {
        day: _price(path, "openrouter", day)
        for path in _files(folder / "openrouter" / "models_afternoon")
        if (day := _day(path)) is not None and day in days
    }
    return {day: price for day, price in prices.items() if price is not None}


def _discounts(folder: Path, days: Sequence[int]) -> dict[int, str]:
    """OpenRouter's recorded discount on OpenAI's own offer of the model, as it is written, by day."""
    found = {}
    for path in _files(folder / "openrouter" / "endpoints"):
        day = _day(path)
        if day in days and day is not None and path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    own = row.get("model_slug") == LUNA and row.get("provider_slug") == "openai"
                    if own and row.get("variant") == "standard":
                        found[day] = row.get("discount") or "none"
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _day(path: Path) -> int | None:
    """The UTC day number that the file's name begins with."""
    try:
        return number(path.name[:10])
    except (ValueError, BadDate):
        return None


def _price(path: Path, provider: str, day: int) -> int | None:
    price = whole_micro(read(provider, path.read_bytes(), _MODELS[provider], date_of(day)))
    return price if isinstance(price, int) else None

"""`ifx-oracle observe`: read every page of the settings, one slot now or the whole window, a line of JSON a reading."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import httpx

from ifx_sdk.errors import BadValue
from ifx_sdk.money import parse_price
from oracle_node.archive import ARCHIVE, Archive, keep_pages
from oracle_node.clocks import Clock, SystemClock
from oracle_node.commands import OK, REFUSED
from oracle_node.observe import FailedReading, Observer, PageReading, Pages, Release
from oracle_node.readings import append_readings, newest_prices, read_readings_file, reading_to_json
from oracle_node.settings import Settings, read_settings
from oracle_node.store import open_store
from oracle_node.window import day_being_fixed, observe_window


def run(config: str, *, out: str | None, window: bool, releases: Sequence[str], clock: Clock | None = None) -> int:
    """Observe, archive, store and print; with `out` also append to that file.

    Readings are held against the newest prices of the store, and against the file's of what the store does not know.
    """
    settings, path = read_settings(config), None if out is None else Path(out)
    time = SystemClock() if clock is None else clock
    known = read_readings_file(path) if path is not None and path.exists() else ()
    released = [parse_release(each, settings) for each in releases]
    failed = False
    with open_store(settings) as store, httpx.Client() as client:
        for each in released:
            store.release(each, time.now())
        observer = Observer(
            client,
            settings.underlyings,
            settings.reading,
            previous={**newest_prices(known), **store.newest_prices()},
            releases=store.releases(),
        )
        keep = partial(keep_pages, Archive(Path(settings.state) / ARCHIVE))
        for readings in _slots(observer, settings, time, keep, window=window):
            store.add_readings(readings)
            if path is not None:
                append_readings(path, readings)
            failed |= _print(readings)
    return REFUSED if failed else OK


def _slots(
    observer: Observer, settings: Settings, clock: Clock, keep: Callable[[Pages], None], *, window: bool
) -> Iterable[tuple[PageReading | FailedReading, ...]]:
    if not window:
        return (observer.slot(clock, keep),)
    day = day_being_fixed(clock.now())
    return observe_window(observer, day, clock, lead_seconds=settings.reading.lead_seconds, keep=keep)


def _print(readings: Iterable[PageReading | FailedReading]) -> bool:
    """Print each; failures and alarms go to stderr too. Gives whether one failed."""
    failed = False
    for each in readings:
        print(json.dumps(reading_to_json(each)), flush=True)
        if isinstance(each, FailedReading):
            failed = True
            print(f"ifx-oracle observe: {each.underlying}: {each.why}", file=sys.stderr)
        elif each.alarm is not None:
            print(f"ifx-oracle observe: ALARM {each.underlying}: {each.alarm}; look at {each.page}", file=sys.stderr)
    return failed


def parse_release(text: str, settings: Settings) -> Release:
    """`openai/gpt-4.1=0.40`: the price that may pass although it is on another scale."""
    name, sign, price = text.partition("=")
    names = [each.name for each in settings.underlyings]
    if not sign or name not in names:
        cure = "Write --release NAME=USD, such as --release openai/gpt-4.1=0.40."
        raise BadValue(text, f"it releases none of {', '.join(names)}", cure=cure)
    return Release(underlying=name, price=parse_price(price))

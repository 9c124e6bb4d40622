"""How long an oracle node's evidence takes to replay and to keep: 200 days, three pages, about a dozen underlyings.

Run `python benchmarks/bench_oracle.py [DAYS]`. The pages are recorded ones where `../shared/data` is there, else made
here, the largest about 500 kB. The baseline, each page read and parsed once, is the least that any check of the raw
bytes takes: inflate, hash, one model. Prints seconds by the clock and of processor, bytes on disk, and what a page
costs that changes at every request; asserts nothing but that every window comes out as it was.
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench_parse import made_page
from timing import median_ms

from ifx_sdk.calendar import day_number, midnight, window_slots
from ifx_sdk.evidence import warc
from oracle_node.archive import Archive
from oracle_node.fetch import Page
from oracle_node.observe import PageReading
from oracle_node.replay import replay
from oracle_node.settings import UnderlyingSettings
from oracle_node.sources import Refusal, read
from oracle_node.sources.page import read_page
from oracle_node.sources.reading import whole_micro
from oracle_node.window import fix_window

PAGES = Path(__file__).parents[1].parent / "shared" / "data" / "pricing_pages"
RECORDED = {
    "openai": "openai/2026-08-21.html",
    "anthropic": "anthropic/2026-08-07.md",
    "google": "google/2026-05-07.reader.md",
}
MODELS = {
    "openai": (
        "gpt-4.1",
        "gpt-4.1-mini",
        "gpt-4.1-nano",
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-5",
        "gpt-5-mini",
        "o3",
        "house-1",
    ),
    "anthropic": ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-sonnet-4", "claude-opus-4-1"),
    "google": ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-2.0-flash"),
}
FIRST = day_number(date(2026, 7, 15))
ON = date(2026, 8, 21)
NONCE_DAYS = 10
FETCHES_A_DAY = 13


@dataclass(frozen=True, kw_only=True)
class Source:
    """One page and the models that are read from it."""

    provider: str
    body: bytes
    prices: dict[str, int]


def sources() -> list[Source]:
    """Three pages, recorded or made, each with up to four models that it prices."""
    found = []
    for provider, name in RECORDED.items():
        path = PAGES / name
        body = path.read_bytes() if path.is_file() else made_page()
        family = provider if path.is_file() else "openai"
        models = MODELS[provider] if path.is_file() else ("gpt-4.1", "house-1", "house-2", "house-3")
        prices = {model: whole_micro(read(family, body, model, ON)) for model in models}
        known = {model: price for model, price in prices.items() if not isinstance(price, Refusal)}
        found.append(Source(provider=family, body=body, prices=dict(list(known.items())[:4])))
    return found


def unchanged(_: int, __: int) -> bytes:
    """The page never changes."""
    return b""


def daily(day: int, _: int) -> bytes:
    """It changes once a day, but for its prices."""
    return f"<!-- {day} -->".encode()


def every_time(day: int, slot: int) -> bytes:
    """A nonce in every answer: 64 characters that no compression shrinks."""
    return f"<!-- {hashlib.sha256(f'{day} {slot}'.encode()).hexdigest()} -->".encode()


def build(archive: Archive, days: int, change: Callable[[int, int], bytes], pages: list[Source]) -> None:
    """Archive every window of these days."""
    for day in range(FIRST, FIRST + days):
        for number, source in enumerate(pages):
            readings = dict.fromkeys(source.prices, ())
            for place, slot in enumerate(window_slots(midnight(day))):
                body = source.body + change(day, place)
                page = Page(body=body, sha256=hashlib.sha256(body).hexdigest())
                url = f"https://{number}.example/pricing"
                archive.add_page(page, url=url, at=slot)
                for model, price in source.prices.items():
                    name = f"{source.provider}-{number}/{model}"
                    reading = PageReading(at=slot, price=price, underlying=name, page=url, sha256=page.sha256)
                    readings[model] += (reading,)
            for model, seen in readings.items():
                asked = UnderlyingSettings(
                    name=f"{source.provider}-{number}/{model}", provider=source.provider, model=model, page=url
                )
                archive.add_manifest(fix_window(seen, asked, day).manifest)


def bodies(archive: Archive) -> Iterator[str]:
    """The hashes of all pages."""
    return (path.name.partition(".")[0] for path in (archive.folder / "pages").rglob("*.warc.gz"))


def baseline(archive: Archive, pages: list[Source]) -> float:
    """Seconds of processor to read and parse each page once, for one model."""
    family = {len(source.body) // 1_000: source for source in pages}
    start = time.process_time()
    for sha256 in bodies(archive):
        body = archive.page(sha256)
        source = min(family.values(), key=lambda each: abs(len(each.body) - len(body)))
        read_page.cache_clear()
        read(source.provider, body, next(iter(source.prices)), ON)
    return time.process_time() - start


def scenario(name: str, days: int, change: Callable[[int, int], bytes], pages: list[Source]) -> None:
    """Build, replay, print."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "archive")
        build(archive, days, change, pages)
        read_page.cache_clear()
        start, busy = time.perf_counter(), time.process_time()
        result = replay(archive, archive.days())
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        if not result.holds:
            raise SystemExit(f"{name}: {result.faults[0]}")
        count = sum(1 for _ in bodies(archive))
        kept = {
            kind: sum(path.stat().st_size for path in (archive.folder / kind).rglob("*") if path.is_file())
            for kind in ("pages", "manifests")
        }
        least = baseline(archive, pages)
    print(
        f"{name:<28}{days:>5} days {result.windows:>6} windows {count:>6} pages {seconds:>8.2f} s replay"
        f" {busy:>8.2f} s of processor, baseline {least:>8.2f} s, {busy / least:>6.1f} x"
        f" {kept['pages'] / 1e6:>8.1f} MB pages {kept['manifests'] / 1e6:>6.1f} MB manifests"
    )


def main() -> None:
    """Measure and print."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    pages = sources()
    recorded = (PAGES / RECORDED["openai"]).is_file()
    sizes = ", ".join(f"{source.provider} {len(source.body):,} bytes, {len(source.prices)} models" for source in pages)
    print(f"pages {'recorded' if recorded else 'made here'}: {sizes}")
    for source in pages:
        packed = warc.pack(source.body, "https://x.example", 0)
        cost = median_ms(lambda body=source.body: warc.pack(body, "https://x.example", 0), 20)
        back = median_ms(lambda data=packed: warc.unpack(data, Path("x")), 20)
        year = len(packed) * FETCHES_A_DAY * 365 / 1e6
        print(
            f"{source.provider:<12}{len(source.body):>9,} bytes {len(packed):>8,} packed {cost:>7.1f} ms to pack"
            f" {back:>6.1f} ms to read; with a nonce in every answer {year:>7.0f} MB a year"
        )
    scenario("pages that never change", days, unchanged, pages)
    scenario("pages that change daily", days, daily, pages)
    scenario("pages that change always", min(days, NONCE_DAYS), every_time, pages)


if __name__ == "__main__":
    main()

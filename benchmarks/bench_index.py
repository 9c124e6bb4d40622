"""How long a year of the index takes, beside plain Python that computes the six values and nothing else.

Run `python benchmarks/bench_index.py [DIR]`: the recorded days of DIR (default `../shared/data`) repeated to 365, else
days of the same size made here. Each day is read from bytes and parsed anew, as new days would be. Both sides are exact
and get the same bytes; the baseline parses with `json` and `csv`, joins, and divides two sums, without statuses,
diagnostics, companions, earlier lists or refusals. Prints seconds, days a second and peak memory; asserts nothing but
that both sides agree.
"""

import csv
import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from ifx_index.day import InputFile, Role, compute_day
from ifx_index.errors import BadInput
from ifx_index.folder import open_folder
from ifx_index.model import COMPANIES

RECORDED = Path(__file__).parents[1].parent / "shared" / "data"
DAYS = 365
MADE_MODELS, MADE_ROWS = 340, 410

Inputs = tuple[date, list[InputFile]]


def recorded_days(folder: Path) -> list[Inputs]:
    """The recorded days that have a models list of their own, each with all its inputs."""
    found = open_folder(folder)
    return [(day, found.files(day)) for day in found.days if day in found.models]


def made_days() -> list[Inputs]:
    """A week of our own, as large as recorded days are."""
    text = "a description of a few hundred characters, as models lists have them; " * 6
    names = [f"{COMPANIES[place % 6]}/model-{place}" for place in range(MADE_ROWS)]
    models = [
        {"id": name, "canonical_slug": name, "description": text, "pricing": {"completion": f"0.{place + 1:08d}"}}
        for place, name in enumerate(names[:MADE_MODELS])
    ]
    listed = json.dumps({"data": models}).encode()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(8)]
    return [
        (
            day,
            [
                InputFile(role=Role.MODELS, name=f"{day}.json", data=listed),
                InputFile(role=Role.ACTIVITY, name=f"{day}.csv", data=_made_activity(names, day)),
            ],
        )
        for day in days
    ]


def _made_activity(names: list[str], day: date) -> bytes:
    lines = ["permaslug,variant,date,total_prompt_tokens,total_completion_tokens"]
    lines += [f"{name},standard,{day},{10**9 + 977 * n},{10**8 + 911 * n}" for n, name in enumerate(names)]
    return "\n".join(lines).encode() + b"\n"


def year(days: list[Inputs]) -> Iterator[Inputs]:
    """365 days: the given ones over and over, in new bytes each time, so that nothing parsed before is reused."""
    for place in range(DAYS):
        day, files = days[place % len(days)]
        fresh = [InputFile(role=f.role, name=f.name, data=f.data + b" " * (place // len(days))) for f in files]
        # A table of CSV ends with its last row: only JSON may be padded.
        yield day, [new if new.name.endswith(".json") else old for new, old in zip(fresh, files, strict=True)]


def baseline(files: list[InputFile]) -> dict[str, int]:
    """Six values in plain Python."""
    by_role = {file.role: file.data for file in files}
    document = json.loads(by_role[Role.MODELS])
    prices: dict[tuple[str, str], Fraction] = {}
    for model in document["data"] if isinstance(document, dict) else document:
        if not model["id"].startswith("~"):
            variant = model["id"].partition(":")[2] or "standard"
            prices[model["canonical_slug"], variant] = Fraction(model["pricing"]["completion"]) * 10**12
    spent = dict.fromkeys(COMPANIES, Fraction(0))
    weight = dict.fromkeys(COMPANIES, 0)
    for row in csv.DictReader(io.StringIO(by_role[Role.ACTIVITY].decode())):
        company = row["permaslug"].partition("/")[0]
        price = prices.get((row["permaslug"], row["variant"]), Fraction(0))
        tokens = int(row["total_prompt_tokens"]) + int(row["total_completion_tokens"])
        if company in spent and price > 0 and tokens and row["variant"] != "free":
            spent[company] += tokens * price
            weight[company] += tokens
    return {company: round(spent[company] / weight[company]) for company in COMPANIES if weight[company]}


def ours(day: date, files: list[InputFile]) -> dict[str, int]:
    """Six values, their companions and all diagnostics."""
    series = compute_day(day, files).series
    for found in series.values():
        found.measure.diagnostics()
    values = {company: series[f"LPI-{company}"].measure.value_micro for company in COMPANIES}
    return {company: value for company, value in values.items() if value is not None}


def timed(action: Callable[[date, list[InputFile]], dict[str, int]], days: list[Inputs]) -> tuple[float, list[object]]:
    """Processor seconds for a year, and every day's values."""
    start = time.process_time()
    found: list[object] = [action(day, files) for day, files in year(days)]
    return time.process_time() - start, found


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDED
    try:
        days, source = recorded_days(folder), "recorded"
    except BadInput:
        days, source = made_days(), "made here"
    alone = [(day, [file for file in files if file.role in (Role.MODELS, Role.ACTIVITY)]) for day, files in days]
    plain, expected = timed(lambda _, files: baseline(files), alone)
    lists, got = timed(ours, alone)
    full, _ = timed(ours, days)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    agree = "agree" if got == expected else "DO NOT AGREE"
    print(f"{len(days)} days {source}, repeated to {DAYS}; processor seconds on one core")
    rows = [
        ("plain Python, six values (baseline)", plain),
        ("ifx 12 series and diagnostics, the same two files", lists),
        ("ifx the same, with earlier lists, fallbacks and second lists", full),
    ]
    for name, seconds in rows:
        print(f"{name:<62}{seconds:>8.2f} s {DAYS / seconds:>7.0f} days/s {seconds / plain:>5.2f} x baseline")
    print(f"values of both {agree} on every day; peak memory {peak:.0f} MB")
    if got != expected:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

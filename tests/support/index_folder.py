"""A folder of recordings, made for tests: three days that are whole, and what each test changes in it."""

from datetime import date, timedelta
from pathlib import Path

from support.index_files import activity_table, endpoints_table, price_list

FIRST = date(2026, 7, 18)
A, B, NEW = "openai/gpt-a", "openai/gpt-b", "openai/gpt-new"
PRICES = ("0.000008", "0.000008", "0.000006")
"""Of A on each day; B is at 15 USD per Mtok throughout."""


def day(number: int) -> date:
    """The first day is 0."""
    return FIRST + timedelta(days=number)


def write_folder(root: Path) -> Path:
    """Three days: a price cut and a model that only the endpoints know on the third, a second list on the second."""
    folder = root / "openrouter"
    for name in ("models", "activity/daily", "endpoints", "models_afternoon"):
        (folder / name).mkdir(parents=True)
    for number, price in enumerate(PRICES):
        listed = price_list({A: price, B: "0.000015", f"{A}:free": "0"})
        (folder / "models" / f"{day(number)}.json").write_bytes(listed)
        write_activity(root, number, 10**9 * (number + 6))
    second = price_list({A: "0.000008", B: "0.0000151"}, bare=True)
    (folder / "models_afternoon" / f"{day(1)}.json").write_bytes(second)
    offers = endpoints_table([(NEW, "standard", "P", "0.00002", 7)], day=day(2))
    (folder / "endpoints" / f"{day(2)}.csv").write_bytes(offers)
    return root


def write_activity(root: Path, number: int, tokens: int, *, closed: str | None = None) -> None:
    """A day's activity: some tokens of A, four billion of B, and from the third day on a few of the new model."""
    rows = [(A, "standard", tokens, 10**8), (B, "standard", 4 * 10**9, 10**8), (A, "free", 10**7, 0)]
    rows += [(NEW, "standard", 10**8, 10**7)] if number > 1 else []
    path = root / "openrouter" / "activity" / "daily" / f"{day(number)}.csv"
    path.write_bytes(activity_table(rows, day=day(number), closed=closed or f"{day(number + 1)}T06:00:00+00:00"))

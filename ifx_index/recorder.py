"""Recording a day from its live source, into the folder that `backfill` reads. A recording is never replaced.

The list recorded before 03:00 UTC is the day's price list; a later one is its second, which only tells conflicts.
Activity is asked for when its day has ended. Offers are asked of what was used and the list does not have.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from ifx_index.errors import BadAnswer, BadInput, IndexRefusal
from ifx_index.folder import open_folder, root_of
from ifx_index.ingest import read_activity, read_models
from ifx_index.ingest.offers import prices_of
from ifx_index.live import OpenRouter
from ifx_index.model import COMPANIES, FREE, Model
from ifx_index.store import PUBLICATION
from ifx_index.whole_files import write_whole

START_UNTIL: Final = time(3)
"""Until when of its UTC day a list is the one of the day's start."""

MOST_OFFERS: Final = 50
"""Models whose offers are asked for in one day, the most used first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What came of one thing that was asked for."""

    what: str
    """What was asked for, such as `models`."""

    path: Path | None
    """Where it stands; None where it was refused, or nothing was to be asked."""

    new: bool
    """Whether it was recorded now."""

    why: str = ""
    """Why not, or what was left out."""

    @property
    def refused(self) -> bool:
        """Whether something that was asked for is missing now."""
        return self.path is None and bool(self.why)

    def line(self) -> str:
        """One line for who watches."""
        if self.path is None:
            return f"{self.what}: {'refused: ' if self.why else ''}{self.why or 'nothing to ask for'}"
        return f"{self.what}: {'' if self.new else 'stands already: '}{self.path}{f' ({self.why})' if self.why else ''}"


def record(source: OpenRouter, out: Path | str, *, now: datetime, key: str | None) -> Iterator[Recorded]:
    """Record what is to be had at `now`: today's list, yesterday's activity (with a `key`), and missing offers.

    One that is refused leaves the others alone.
    """
    root, today = root_of(out), now.astimezone(UTC).date()
    yesterday = today - timedelta(days=1)
    yield _one("models", lambda: record_models(source, root, now=now))
    if key is None:
        why = "OPENROUTER_API_KEY is not set. Set it to record the tokens of a day."
        yield Recorded(what=f"activity of {yesterday}", path=None, new=False, why=why)
    else:
        yield _one(f"activity of {yesterday}", lambda: record_activity(source, root, yesterday, now=now, key=key))
    yield _one("offers", lambda: record_offers(source, root, now=now))


def _one(what: str, step: Callable[[], Recorded]) -> Recorded:
    try:
        return step()
    except IndexRefusal as error:
        return Recorded(what=what, path=None, new=False, why=str(error))


def record_models(source: OpenRouter, root: Path, *, now: datetime) -> Recorded:
    """Record the models list of this moment's UTC day. Raises BadAnswer, BadInput."""
    at = now.astimezone(UTC)
    folder = "models" if at.time() < START_UNTIL else "models_afternoon"
    path = root / folder / f"{at.date()}.json"
    if path.exists():
        return Recorded(what="models", path=path, new=False)
    data = source.models()
    read_models(data, path.name)
    return Recorded(what="models", path=_keep(path, data), new=True)


def record_activity(source: OpenRouter, root: Path, day: date, *, now: datetime, key: str) -> Recorded:
    """Record a day's tokens, from 06:00 UTC of the next day on; before, nothing. Raises BadAnswer, BadInput."""
    what, path = f"activity of {day}", root / "activity" / "daily" / f"{day}.json"
    for stands in (path, path.with_suffix(".csv")):
        if stands.exists():
            return Recorded(what=what, path=stands, new=False)
    if now < datetime.combine(day + timedelta(days=1), PUBLICATION, UTC):
        return Recorded(what=f"{what}, due at {PUBLICATION:%H:%M} UTC", path=None, new=False)
    data = source.activity(day, key)
    found = read_activity(data, path.name, day)
    if found.open:
        raise BadInput(path.name, "the source took it before the day had ended", cure="Ask again later.")
    return Recorded(what=what, path=_keep(path, data), new=True)


def record_offers(source: OpenRouter, root: Path, *, now: datetime) -> Recorded:
    """Record today's offers of what the newest recorded day used and today's list lacks. Raises BadAnswer, BadInput.

    A model without an answer that can be read is left out and named.
    """
    today = now.astimezone(UTC).date()
    path = root / "endpoints" / f"{today}.json"
    if path.exists() or path.with_suffix(".csv").exists():
        return Recorded(what="offers", path=path if path.exists() else path.with_suffix(".csv"), new=False)
    answers: dict[str, str] = {}
    left: list[str] = []
    for model in _unpriced(root, today):
        try:
            data = source.offers(model)
            list(prices_of(data, str(model)))
            answers[str(model)] = data.decode("utf-8-sig")
        except (BadAnswer, BadInput):
            left.append(str(model))
    why = f"left out, without an answer: {', '.join(left)}" if left else ""
    if not answers:
        return Recorded(what="offers", path=None, new=False, why=why)
    document = json.dumps({"date": today.isoformat(), "answers": answers}, sort_keys=True, indent=1).encode()
    return Recorded(what="offers", path=_keep(path, document), new=True, why=why)


def _unpriced(root: Path, today: date) -> list[Model]:
    """What the companies' newest recorded day used and today's list does not have, the most used first."""
    listed = root / "models" / f"{today}.json"
    if not listed.exists() or not (root / "activity" / "daily").is_dir():
        return []
    folder = open_folder(root)
    newest = folder.days[-1]
    prices = read_models(listed.read_bytes(), listed.name).prices
    used = read_activity(folder.activity[newest].read_bytes(), folder.activity[newest].name, newest).usage
    lacking = [
        (usage.total, model)
        for model, usage in used.items()
        if model.company in COMPANIES and model.variant != FREE and usage.total and model not in prices
    ]
    return [model for _, model in sorted(lacking, key=lambda each: (-each[0], each[1]))[:MOST_OFFERS]]


def _keep(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, data)

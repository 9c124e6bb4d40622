"""What the page shows of one company: figures by day out of the published history, exact until they are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from ifx_index.exact import MILLION
from ifx_index.history import PublishedDay, SeriesPoint
from ifx_index.lpi import Contribution
from ifx_index.publish.charts import Track
from ifx_index.resolve import Status
from ifx_index.tables import percent, usd

NAMES: Final = {
    "openai": "OpenAI",
    "google": "Google",
    "anthropic": "Anthropic",
    "deepseek": "DeepSeek",
    "qwen": "Qwen",
    "moonshotai": "Moonshot AI",
}
"""Companies by the prefix of their slugs, as they write themselves."""

SHOWN: Final = 7
"""Models that get a colour of their own; the others are one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One company over all days."""

    company: str
    """Prefix of its slugs."""

    days: Sequence[date]
    """Every published day."""

    points: Sequence[SeriesPoint | None]
    """LPI-<company> by day; None where it has no record."""

    outputs: Sequence[SeriesPoint | None]
    """LPI-<company>-O by day."""

    @property
    def name(self) -> str:
        """The company's own name."""
        return NAMES[self.company]

    @property
    def faint(self) -> frozenset[int]:
        """Places of the days whose value is no mark."""
        return frozenset(place for place, point in enumerate(self.points) if point is None or not point.record.good)

    @property
    def last(self) -> SeriesPoint | None:
        """The newest day with a record."""
        return next((point for point in reversed(self.points) if point is not None), None)


def view(company: str, days: Sequence[PublishedDay]) -> View:
    """Pick one company out of the days."""
    return View(
        company=company,
        days=[day.date for day in days],
        points=[day.series.get(f"LPI-{company}") for day in days],
        outputs=[day.series.get(f"LPI-{company}-O") for day in days],
    )


def values(points: Sequence[SeriesPoint | None]) -> list[Fraction | None]:
    """Published values in USD."""
    return [
        None if point is None or point.record.value is None else Fraction(point.record.value, MILLION)
        for point in points
    ]


def quality(point: SeriesPoint | None) -> str:
    """The quality status of a point, as text."""
    return "NO RECORD" if point is None else str(point.record.diagnostics["quality_status"])


def weight_tracks(found: View) -> list[Track]:
    """Shares of the priced tokens: the models with the most over the period, and the rest as one."""
    by_day: list[Mapping[str, Fraction]] = [
        {} if point is None else {each.row.model: each.weight for each in point.contributions if each.weight}
        for point in found.points
    ]
    sums: dict[str, Fraction] = {}
    for weights in by_day:
        for model, weight in weights.items():
            sums[model] = sums.get(model, Fraction(0)) + weight
    largest = sorted(sums, key=lambda model: (-sums[model], model))[:SHOWN]
    tracks = [
        Track(
            name=model.removeprefix(f"{found.company}/"),
            style=f"w{place}",
            values=[weights.get(model) for weights in by_day],
        )
        for place, model in enumerate(largest, 1)
    ]
    if len(sums) > SHOWN:
        rest = [sum((w for model, w in day.items() if model not in largest), Fraction(0)) for day in by_day]
        tracks.append(Track(name=f"{len(sums) - SHOWN} others", style="w0", values=rest))
    return tracks


def coverage_tracks(found: View) -> list[Track]:
    """Shares of all tokens by where their price comes from."""
    shares = [_shares(point) for point in found.points]
    parts = (
        ("the day's list", "primary", Status.PRIMARY),
        ("another source of the day", "fallback", Status.FALLBACK),
        ("carried, at most 7 days", "imputed", Status.IMPUTED),
        ("no price, excluded", "missing", Status.MISSING),
    )
    return [
        Track(name=name, style=style, values=[share.get(status) for share in shares]) for name, style, status in parts
    ]


def _shares(point: SeriesPoint | None) -> Mapping[Status, Fraction]:
    rows = [] if point is None else [each.row for each in point.contributions]
    total = sum(row.tokens for row in rows)
    tokens = dict.fromkeys(Status, 0)
    for row in rows:
        tokens[row.status if row.priced is not None else Status.MISSING] += row.tokens
    return {status: Fraction(count, total) for status, count in tokens.items() if total}


def effect_tracks(found: View) -> list[Track]:
    """Price and mix effect since the day before, in USD, as published: they add up to the published change."""
    figures = [None if p is None or p.change is None else p.change.published() for p in found.points]
    parts = (("prices", "prices", "price_effect"), ("mix", "mix", "mix_effect"))
    return [
        Track(
            name=name,
            style=style,
            values=[
                None if day is None or (micro := day[key]) is None else Fraction(micro, MILLION) for day in figures
            ],
        )
        for name, style, key in parts
    ]


def hints(found: View) -> dict[str, list[str]]:
    """What to say of each day, by chart."""
    said: dict[str, list[str]] = {"value": [], "weights": [], "coverage": [], "effects": []}
    for day, point, output in zip(found.days, found.points, found.outputs, strict=True):
        if point is None:
            for each in said.values():
                each.append(f"{day}: no record")
            continue
        record, shares = point.record, _shares(point)
        beside = "" if output is None else f"; by output tokens {usd(output.record.value)}"
        said["value"].append(f"{day}: {usd(record.value)} USD, {quality(point)}{beside}")
        first = [f"{c.row.model.partition('/')[2]} {percent(c.weight)}" for c in _heaviest(point)]
        said["weights"].append("\n".join([f"{day}", *first]))
        parts = [f"{status} {percent(shares[status])}" for status in Status if shares.get(status)]
        said["coverage"].append("\n".join([f"{day}: {quality(point)}", *parts]))
        figures = None if point.change is None else point.change.published()
        said["effects"].append(
            f"{day}: first day"
            if figures is None
            else f"{day}: prices {usd(figures['price_effect'])}, mix {usd(figures['mix_effect'])}"
        )
    return said


def _heaviest(point: SeriesPoint) -> Sequence[Contribution]:
    return sorted(point.contributions, key=lambda each: (-each.weight, each.row.model))[:SHOWN]

"""The page of a publication: one HTML file with its style and drawings in it, that asks nothing of any other place."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape
from importlib.resources import files
from typing import Final

from ifx_index.exact import MILLION, nearest
from ifx_index.history import PublishedDay
from ifx_index.lpi import GOOD_COVERAGE, METHODOLOGY
from ifx_index.model import COMPANIES
from ifx_index.publish import charts
from ifx_index.publish.charts import Frame, Track
from ifx_index.publish.listings import adding_up, all_days, cents, corrections, held_days, newest_day, relatives, share
from ifx_index.publish.rows import SOURCE
from ifx_index.publish.views import (
    View,
    coverage_tracks,
    effect_tracks,
    hints,
    quality,
    values,
    view,
    weight_tracks,
)
from ifx_index.record import Record
from ifx_index.tables import percent, usd

SHOWN_DAYS: Final = 120
"""Days on the page, the newest; the files beside it hold them all."""

_LEDE: Final = (
    "What one million output tokens would have cost in the mix of models that OpenRouter carried that day: "
    "listed prices, weighted by the tokens that were processed. Free and unpriced models are left out, never counted "
    "as zero. Only a value of quality GOOD is eligible as a mark."
)
_BOUNDARY: Final = (
    "Reference data, from one observation channel. A list price is not what a buyer with discounts pays. No value "
    "settles anything by itself: it takes a first revision of quality GOOD and a reviewer's look."
)


def page(days: Sequence[PublishedDay], records: Sequence[Record]) -> str:
    """The page of the newest published days and every correction of a record; text of the sources is escaped."""
    newest = days[-SHOWN_DAYS:]
    shown = [found for company in COMPANIES if (found := view(company, newest)).last is not None]
    body = [_head(days), f'<nav class="tiles">{"".join(map(_tile, shown))}</nav>']
    body += [_company(found) for found in shown]
    body += [newest_day(days), relatives(records), held_days(newest), corrections(records), all_days(shown), _foot()]
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>IFX LLM Price Index</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _head(days: Sequence[PublishedDay]) -> str:
    span = f"{days[0].date} to {days[-1].date}" if days else "no day"
    counts = {True: 0, False: 0}
    for day in days:
        for point in day.series.values():
            counts[point.record.good] += 1
    return (
        "<header>\n<h1>IFX LLM Price Index</h1>\n"
        f'<p class="lede">{_LEDE}</p>\n'
        f'<p class="facts"><span>{span}</span><span>{len(days)} days</span>'
        f"<span>{counts[True]} of {counts[True] + counts[False]} values GOOD</span>"
        f"<span>USD per 1M output tokens</span><span>methodology {METHODOLOGY}</span></p>\n"
        f'{_shortened(len(days))}<p class="source">{SOURCE}</p>\n</header>'
    )


def _shortened(count: int) -> str:
    if count <= SHOWN_DAYS:
        return ""
    return f'<p class="source">The page shows the newest {SHOWN_DAYS} days; the files beside it hold them all.</p>\n'


def chip(status: str) -> str:
    """A quality status as a label; its word says what its colour does."""
    return f'<span class="chip {status.lower().replace("_", "-").replace(" ", "-")}">{status.replace("_", " ")}</span>'


def _tile(found: View) -> str:
    point = found.last
    if point is None:
        return ""
    change = None if point.change is None else point.change.published()
    moved = "first day"
    if change is not None and (now := change["index_now"]) is not None and (before := change["index_prev"]) is not None:
        moved = f"{_signed(now - before, now)} since {point.previous_date:%d %b}"
    return (
        f'<a class="tile" href="#{found.company}"><span class="name">{found.name}</span>'
        f'<span class="value">{cents(point.record.value)}</span>{chip(quality(point))}'
        f'<span class="moved">{point.record.date:%d %b}: {moved}</span>'
        f"{charts.spark(found.days, values(found.points), 'total')}</a>"
    )


def _signed(micro: int, like: int) -> str:
    """A change with its sign, with as many places as the value that changed."""
    shown = cents(micro, like)
    if not shown.strip("0."):
        return shown
    return f"&minus;{shown[1:]}" if shown.startswith("-") else f"+{shown}"


def _company(found: View) -> str:
    said = hints(found)

    def frame(title: str, which: str) -> Frame:
        title = f"{found.name}: {title}"
        return Frame(title=title, days=found.days, hints=said[which], faint=found.faint)

    series = [
        Track(name="all tokens", style="total", values=values(found.points)),
        Track(name="output tokens only (-O)", style="output", values=values(found.outputs)),
    ]
    weights, coverage, effects = weight_tracks(found), coverage_tracks(found), effect_tracks(found)
    keys = [(track.style, track.name) for track in coverage if any(track.values)]
    figures = (
        _figure(
            "Value", "USD per 1M output tokens", charts.lines(frame("value by day", "value"), series), _keys(series)
        ),
        _figure(
            "Weights",
            "share of priced tokens",
            charts.stacked(frame("weights by day", "weights"), weights),
            _keys(weights),
        ),
        _figure(
            "Coverage",
            "share of all tokens, by where the price is from",
            charts.stacked(frame("coverage by day", "coverage"), coverage, GOOD_COVERAGE),
            [*keys, ("least", f"{percent(GOOD_COVERAGE)}, the least of GOOD")],
        ),
        _figure(
            "Price effect and mix effect",
            "USD since the last day with a record",
            charts.effects(frame("effects by day", "effects"), effects),
            _keys(effects),
        ),
    )
    return (
        f'<section id="{found.company}">\n<h2>{found.name}</h2>\n<p class="reading">{_reading(found)}</p>\n'
        f'<div class="charts">\n{"".join(figures)}</div>\n</section>'
    )


def _keys(tracks: Iterable[Track]) -> list[tuple[str, str]]:
    return [(track.style, track.name) for track in tracks]


def _figure(title: str, unit: str, drawing: str, keyed: Iterable[tuple[str, str]]) -> str:
    keys = "".join(f'<li><i class="{style}"></i>{escape(name)}</li>' for style, name in keyed)
    return (
        f'<figure><figcaption><b>{title}</b> <span class="unit">{unit}</span></figcaption>'
        f'{drawing}<ul class="keys">{keys}</ul></figure>\n'
    )


def _reading(found: View) -> str:
    """The company's charts in two sentences."""
    return " ".join(_sentences(found))


def _sentences(found: View) -> Iterator[str]:
    point = found.last
    if point is None:
        return
    covered = point.record.diagnostics.get("price_coverage_ppm")
    models = point.record.diagnostics.get("n_models")
    yield (
        f"{usd(point.record.value)} USD on {point.record.date}, {quality(point).replace('_', ' ')}: "
        f"{models} models with a price carry {share(covered)} of the tokens."
    )
    heaviest = max(point.contributions, key=lambda each: each.contribution, default=None)
    if heaviest is not None and heaviest.weight:
        model = escape(heaviest.row.model.partition("/")[2])
        price = cents(nearest(heaviest.row.price)) if heaviest.row.price is not None else "-"
        yield f"The most comes from {model}: {price} USD at a weight of {percent(heaviest.weight)}."
    prices, mix = (_sum(track) for track in effect_tracks(found))
    value = point.record.value
    if value is not None and (prices or mix):
        total, by_prices, by_mix = (_signed(each, value) for each in adding_up(prices, mix, value))
        yield f"The daily changes add up to {total}: {by_prices} by prices, {by_mix} by mix."
    if found.faint:
        count = len(found.faint)
        yield f"{count} shaded {'day has' if count == 1 else 'days have'} no mark."


def _sum(track: Track) -> int:
    """A track of USD in micro-USD, over all days."""
    return nearest(sum((each for each in track.values if each is not None), Fraction(0)) * MILLION)


def _foot() -> str:
    links = ", ".join(f'<a href="{name}">{name}</a>' for name in ("index.csv", "index.json", "index.parquet"))
    return (
        f"<footer>\n<p>{_BOUNDARY}</p>\n"
        f"<p>The same records with every revision: {links}. <code>ifx-index explain SERIES DATE</code> shows every "
        "model behind a value, <code>ifx-index verify</code> computes each record again from its inputs.</p>\n"
        f"<p>{SOURCE}</p>\n</footer>"
    )

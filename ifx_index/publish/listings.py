"""The page's tables: the newest day with its diagnostics, what is held, what was corrected, and every value."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from html import escape

from ifx_index.day import SERIES
from ifx_index.exact import MILLION, nearest
from ifx_index.external import OTPI_UNIT
from ifx_index.history import PublishedDay
from ifx_index.publish.views import View, quality
from ifx_index.record import Record
from ifx_index.tables import usd

_PPM_PER_TENTH = 1_000


def places(micro: int) -> int:
    """Decimal places that a figure of this size is shown with, in USD."""
    return 2 if abs(micro) >= MILLION else 4


def cents(micro: int | None, like: int | None = None) -> str:
    """Micro-USD as USD: cents from one dollar on, four places below, rounded to the nearest, ties to even.

    `like` is the figure whose size decides on the places, where it is not this one's own.
    """
    if micro is None:
        return "no value"
    digits = places(micro if like is None else like)
    count = nearest(Fraction(abs(micro), 10 ** (6 - digits)))
    whole, part = divmod(count, 10**digits)
    return f"{'-' if micro < 0 and count else ''}{whole}.{part:0{digits}d}"


def adding_up(prices: int, mix: int, like: int) -> tuple[int, int, int]:
    """Change, price effect and mix effect in micro-USD, whole in the places that `like` is shown with.

    The mix takes what rounding leaves of the change, so that a reader who adds the two finds it.
    """
    unit = 10 ** (6 - places(like))
    total, shown = (nearest(Fraction(each, unit)) * unit for each in (prices + mix, prices))
    return total, shown, total - shown


def share(ppm: object) -> str:
    """Ppm as percent with one place; what is not all is not shown as all, nor what is something as nothing."""
    if type(ppm) is not int:
        return "-"
    tenths = (ppm + _PPM_PER_TENTH // 2) // _PPM_PER_TENTH
    tenths = min(tenths, 999) if ppm < 10**6 else tenths
    return "<0.1%" if tenths == 0 and ppm else f"{tenths // 10}.{tenths % 10}%"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1, last_is_text: bool = False) -> str:
    """Rows under their header: the first `left` columns are names, the last one may be text that wraps."""

    def style(column: int) -> str:
        if last_is_text and column == len(header) - 1:
            return " class=t"
        return "" if column < left else " class=n"

    def line(cells: Sequence[str], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag}{style(column)}>{cell}</{tag}>' for column, cell in enumerate(cells))}</tr>"

    body = "\n".join(line(row, "td") for row in rows)
    return f'<div class="scroll"><table><thead>{line(header, "th")}</thead>\n<tbody>{body}</tbody></table></div>'


def newest_day(days: Sequence[PublishedDay]) -> str:
    """Every series of the newest day that has a record."""
    with_records = [day for day in days if day.series]
    if not with_records:
        return ""
    day = with_records[-1]
    rows = []
    for series, point in sorted(day.series.items()):
        found = point.record.diagnostics
        shares = (
            f"{kind}_ppm" for kind in ("price_coverage", "imputed_token_share", "fallback_share", "conflict_share")
        )
        tokens = found.get("token_weight")
        rows.append(
            (
                series,
                quality(point).replace("_", " "),
                usd(point.record.value),
                *(share(found.get(key)) for key in shares),
                str(found.get("n_models")),
                f"{tokens:,}" if isinstance(tokens, int) else "-",
                str(point.record.revision),
            )
        )
    header = (
        "Series",
        "Quality",
        "USD",
        "Coverage",
        "Imputed",
        "Fallback",
        "Conflict",
        "Models",
        "Tokens priced",
        "Rev.",
    )
    return f"<section>\n<h2>{day.date}, every series</h2>\n{_table(header, rows, left=2)}\n</section>"


def relatives(records: Sequence[Record]) -> str:
    """The newest value of every other index that has records: relatives of ours, and those of others in their unit."""
    newest: dict[str, Record] = {}
    for record in records:
        known = newest.get(record.series)
        if record.series not in SERIES and (
            known is None or (known.date, known.revision) < (record.date, record.revision)
        ):
            newest[record.series] = record
    rows = [
        (
            escape(name),
            escape(
                str(found.diagnostics.get("quality_status") or found.diagnostics.get("flag") or "-").replace("_", " ")
            ),
            found.date.isoformat(),
            usd(found.value),
            "blended" if found.diagnostics.get("unit") == OTPI_UNIT else "output",
        )
        for name, found in sorted(newest.items())
    ]
    if not rows:
        return ""
    table = _table(("Series", "State", "Day", "USD", "Per 1M tokens"), rows, left=3, last_is_text=True)
    return f"<section>\n<h2>Other indexes</h2>\n{table}\n</section>"


def held_days(days: Sequence[PublishedDay]) -> str:
    """What has no record because somebody must look first."""
    rows = [
        (day.date.isoformat(), _names([name for name in day.held if day.held[name] == why]), escape(why))
        for day in days
        for why in dict.fromkeys(day.held.values())
    ]
    if not rows:
        return ""
    found = _table(("Day", "Series", "Why"), rows, left=2, last_is_text=True)
    return f"<section>\n<h2>Held</h2>\n{found}\n</section>"


def _names(series: Sequence[str]) -> str:
    return "all" if set(series) == set(SERIES) else "<br>".join(sorted(series))


def corrections(records: Sequence[Record]) -> str:
    """Every later revision, with what it corrected; the old row stays in the files."""
    before = {(each.series, each.date, each.revision): each.value for each in records}
    rows = [
        (
            each.series,
            each.date.isoformat(),
            str(each.revision),
            usd(before.get((each.series, each.date, each.revision - 1))),
            usd(each.value),
            escape(each.reason or ""),
        )
        for each in sorted(records, key=lambda each: (each.date, each.series, each.revision))
        if each.revision > 1
    ]
    found = (
        _table(("Series", "Day", "Rev.", "Was", "Is", "Why"), rows, left=2, last_is_text=True)
        if rows
        else "<p>None: every value is a first revision.</p>"
    )
    return f"<section>\n<h2>Corrections</h2>\n{found}\n</section>"


def all_days(shown: Sequence[View]) -> str:
    """Every value by day, for whoever cannot or will not read the charts."""
    if not shown:
        return ""
    rows = [
        (day.isoformat(), *(_cell(found, place) for found in shown))
        for place, day in reversed(list(enumerate(shown[0].days)))
    ]
    header = ("Day", *(found.name for found in shown))
    return (
        "<section>\n<details><summary>Every value, newest first</summary>\n"
        f"{_table(header, rows)}\n<p>A value in brackets is no mark.</p></details>\n</section>"
    )


def _cell(found: View, place: int) -> str:
    point = found.points[place]
    if point is None:
        return "-"
    shown = usd(point.record.value)
    return shown if point.record.good else f"({shown})"

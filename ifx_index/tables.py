"""What a person reads: aligned columns, prices in USD per Mtok, shares in percent."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from ifx_index.day import Day
from ifx_index.decomposition import Decomposition
from ifx_index.exact import MILLION, nearest
from ifx_index.lpi import Contribution

_DASH = "-"


def usd(micro: int | None) -> str:
    """Micro-USD as USD with six places."""
    if micro is None:
        return _DASH
    whole, rest = divmod(abs(micro), MILLION)
    return f"{'-' if micro < 0 else ''}{whole}.{rest:06d}"


def percent(share: Fraction | None) -> str:
    """A share with two places of a percent."""
    if share is None:
        return _DASH
    whole, rest = divmod(nearest(share * 10_000), 100)
    return f"{whole}.{rest:02d}%"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Columns under their header, the first `left` of them aligned to the left, nothing cut."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def day_table(day: Day) -> str:
    """A day's series, and what is held."""
    rows = []
    for name, found in day.series.items():
        m = found.measure
        shares = (m.price_coverage, m.imputed_token_share, m.fallback_share, m.conflict_share)
        tokens = f"{m.token_weight:,}"
        rows.append((name, str(m.quality), usd(m.value_micro), *map(percent, shares), str(m.n_models), tokens))
    header = ("series", "quality", "USD/Mtok", "coverage", "imputed", "fallback", "conflict", "models", "tokens priced")
    shown = [table(header, rows, left=2)] if rows else []
    return "\n".join([f"{day.date}  USD per 1M output tokens", *shown, *held_lines(day.held)])


def held_lines(held: Mapping[str, str]) -> list[str]:
    """One line for each reason why something is held."""
    by_reason: dict[str, list[str]] = {}
    for name, why in held.items():
        by_reason.setdefault(why, []).append(name)
    return [f"held: {', '.join(names)}: {why}" for why, names in by_reason.items()]


def contribution_table(contributions: Sequence[Contribution], value_micro: int | None) -> str:
    """Every model of a series, and the sum."""
    rows = [
        (
            each.row.model,
            f"{each.row.status}{' CONFLICT' if each.row.conflict else ''}",
            each.row.source,
            f"{each.row.tokens:,}",
            usd(None if each.row.price is None else nearest(each.row.price)),
            percent(each.weight) if each.row.priced is not None else _DASH,
            usd(each.contribution_micro) if each.row.priced is not None else _DASH,
        )
        for each in contributions
    ]
    tokens = sum(each.row.tokens for each in contributions)
    weight = sum((each.weight for each in contributions), Fraction(0))
    last = ("value", "", "", f"{tokens:,}", "", percent(weight), usd(value_micro))
    header = ("model", "status", "source", "tokens", "USD/Mtok", "weight", "contribution")
    return table(header, [*rows, last], left=3)


def change_line(change: Decomposition, since: object) -> str:
    """How the value moved, in one line."""
    figures = change.published()
    before, now = figures["index_prev"], figures["index_now"]
    moved = None if before is None or now is None else now - before
    return (
        f"since {since}: {usd(before)} to {usd(now)}, {usd(moved)}; "
        f"prices {usd(figures['price_effect'])}, mix {usd(figures['mix_effect'])}"
    )

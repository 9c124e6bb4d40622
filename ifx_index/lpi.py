"""The IFX LLM Price Index of one company and day: value, diagnostics, quality, and what each model contributes.

The measure is a function of rows of tokens, price and status; where they come from is `ifx_index.resolve`. It is the
same for `LPI-<company>`, weighted by all tokens, and its companion `LPI-<company>-O`, weighted by output tokens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from ifx_index.errors import BadFigures
from ifx_index.exact import apportion, nearest, places18, ppm
from ifx_index.resolve import Status

METHODOLOGY: Final = "1.0"
"""Version of the methodology; a new method is a new id and runs beside this one."""

UNIT: Final = "USD_PER_MTOK_OUTPUT"


class Quality(StrEnum):
    """How far a value can be relied on; only GOOD is eligible as a mark."""

    GOOD = "GOOD"
    DEGRADED = "DEGRADED"
    POOR = "POOR"
    NO_VALUE = "NO_VALUE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One model of a company on one day."""

    model: str
    """Slug, with the variant after a colon where it is not the standard one."""

    tokens: int
    """V: the tokens that weight it, 0 or more."""

    price: Fraction | None
    """P: micro-USD per Mtok; None, zero or below is no price."""

    status: Status
    """Where the price comes from."""

    conflict: bool = False
    """Whether two sources of the day differ by more than 0.5%."""

    source: str = ""
    """The file that gave the price, or why there is none."""

    @property
    def priced(self) -> Fraction | None:
        """The price of a row of the set E, None for one outside: unused, MISSING, or not above zero."""
        usable = self.tokens > 0 and self.status is not Status.MISSING and self.price is not None and self.price > 0
        return self.price if usable else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """What follows from a day's rows, exactly; shares are of 1."""

    value: Fraction | None
    """Micro-USD per Mtok; None where nothing that was used has a price."""

    token_weight: int
    """Tokens of the models with a price."""

    total_tokens: int
    """Tokens of all models."""

    n_models: int
    """Models with a price."""

    price_coverage: Fraction | None
    """Share of all tokens that has a price; None where there are none."""

    imputed_token_share: Fraction | None
    """Share of the priced tokens whose price was carried; None without a value."""

    fallback_share: Fraction | None
    """Share of the priced tokens whose price is another source's."""

    conflict_share: Fraction | None
    """Share of the priced tokens on whose price two sources differ."""

    @property
    def missing_price_share(self) -> Fraction | None:
        """Share of all tokens that has no price."""
        return None if self.price_coverage is None else 1 - self.price_coverage

    @property
    def value_micro(self) -> int | None:
        """The value as published, micro-USD per Mtok."""
        return None if self.value is None else nearest(self.value)

    @property
    def quality(self) -> Quality:
        """The quality status, by the thresholds of the methodology."""
        if self.value is None:
            return Quality.NO_VALUE
        return next((quality for quality, least in _THRESHOLDS if least.met_by(self)), Quality.POOR)

    def diagnostics(self) -> dict[str, int | str | None]:
        """What is published beside the value, rounded once; keys as the golden vectors have them."""
        return {
            "value_micro": self.value_micro,
            "token_weight": self.token_weight,
            "total_tokens": self.total_tokens,
            "n_models": self.n_models,
            "price_coverage_ppm": _ppm(self.price_coverage),
            "missing_price_share_ppm": _ppm(self.missing_price_share),
            "imputed_token_share_ppm": _ppm(self.imputed_token_share),
            "fallback_share_ppm": _ppm(self.fallback_share),
            "conflict_share_ppm": _ppm(self.conflict_share),
            "quality_status": str(self.quality),
        }


def _ppm(share: Fraction | None) -> int | None:
    return None if share is None else ppm(share)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Thresholds:
    """The least that a quality status asks; all bounds are inclusive."""

    coverage: Fraction
    imputed: Fraction
    fallback: Fraction
    conflict: Fraction
    weight: int

    def met_by(self, measure: Measure) -> bool:
        """Whether a measure with a value keeps every bound."""
        coverage, imputed = measure.price_coverage, measure.imputed_token_share
        fallback, conflict = measure.fallback_share, measure.conflict_share
        if coverage is None or imputed is None or fallback is None or conflict is None:
            return False
        return (
            coverage >= self.coverage
            and imputed <= self.imputed
            and fallback <= self.fallback
            and conflict <= self.conflict
            and measure.token_weight >= self.weight
        )


def _percent(count: int) -> Fraction:
    return Fraction(count, 100)


GOOD_COVERAGE: Final = _percent(95)
"""Share of the tokens that must have a price in a GOOD value."""

_THRESHOLDS: Final = (
    (
        Quality.GOOD,
        _Thresholds(
            coverage=GOOD_COVERAGE, imputed=_percent(5), fallback=_percent(10), conflict=_percent(2), weight=10**9
        ),
    ),
    (
        Quality.DEGRADED,
        _Thresholds(
            coverage=_percent(80), imputed=_percent(25), fallback=_percent(50), conflict=_percent(10), weight=10**8
        ),
    ),
)


def measure(rows: Iterable[Row]) -> Measure:
    """Value and diagnostics of a day's rows: `sum_E V P / sum_E V` and the shares of the table in the methodology.

    Raises BadFigures for a negative count of tokens.
    """
    total = weight = count = 0
    spent = Fraction(0)
    shares = {"imputed": 0, "fallback": 0, "conflict": 0}
    for row in rows:
        if row.tokens < 0:
            raise BadFigures(f"{row.model} has {row.tokens} tokens")
        total += row.tokens
        price = row.priced
        if price is None:
            continue
        weight += row.tokens
        count += 1
        spent += row.tokens * price
        shares["imputed"] += row.tokens * (row.status is Status.IMPUTED)
        shares["fallback"] += row.tokens * (row.status is Status.FALLBACK)
        shares["conflict"] += row.tokens * row.conflict

    def share(part: int) -> Fraction | None:
        return Fraction(part, weight) if weight else None

    return Measure(
        value=Fraction(spent, weight) if weight else None,
        token_weight=weight,
        total_tokens=total,
        n_models=count,
        price_coverage=Fraction(weight, total) if total else None,
        imputed_token_share=share(shares["imputed"]),
        fallback_share=share(shares["fallback"]),
        conflict_share=share(shares["conflict"]),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one model has to do with a value."""

    row: Row
    """The model as it was measured."""

    weight: Fraction
    """w: its share of the priced tokens; 0 outside the set E."""

    contribution: Fraction
    """w P: what it adds to the value, micro-USD per Mtok; these add up to the value exactly."""

    contribution_micro: int
    """The same in whole micro-USD, so that these add up to the published value exactly."""

    def document(self) -> dict[str, object]:
        """The row as a program reads it: exact numbers as fractions in text, rounded ones as integers."""
        price = self.row.price
        return {
            "model": self.row.model,
            "tokens": self.row.tokens,
            "status": str(self.row.status),
            "conflict": self.row.conflict,
            "source": self.row.source,
            "price_micro": None if price is None else nearest(price),
            "price": None if price is None else str(price),
            "weight": str(self.weight),
            "weight_18dp": places18(self.weight),
            "contribution": str(self.contribution),
            "contribution_micro": self.contribution_micro,
        }


def explain(rows: Sequence[Row]) -> list[Contribution]:
    """Every used model with its weight and contribution, the largest contribution first, then the most tokens."""
    found = measure(rows)
    used = [row for row in rows if row.tokens > 0]
    parts = []
    for row in used:
        price = row.priced
        weight = Fraction(row.tokens, found.token_weight) if price is not None else Fraction(0)
        parts.append((row, weight, weight * price if price is not None else Fraction(0)))
    parts.sort(key=lambda part: (-part[2], -part[0].tokens, part[0].model))
    micro = apportion([part[2] for part in parts], found.value_micro or 0)
    return [
        Contribution(row=row, weight=weight, contribution=contribution, contribution_micro=whole)
        for (row, weight, contribution), whole in zip(parts, micro, strict=True)
    ]

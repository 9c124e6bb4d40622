"""The indicative curve with everything that belongs beside it, for people and for programs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from ifx_sdk import pricing
from ifx_sdk.calibration import Evidence
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.money import MICRO, decimal_text, format_price

BINDING = "indications by Eq. 6, binding nobody; prices do rise, and nothing here assumes that they only fall"


@dataclass(frozen=True, kw_only=True, slots=True)
class CurveSheet:
    """A curve and its evidence. Prices micro-USDT per Mtok."""

    underlying: str | None
    """`provider/model-id`; None where only a spot was given."""

    spot: int
    """S0."""

    spot_given: bool
    """Whether the spot is what somebody typed, not a fixing."""

    trade_date: date
    """UTC date from which the tenors run."""

    evidence: Evidence
    """Calibration and interval."""

    points: tuple[pricing.CurvePoint, ...]
    """By tenor."""


def sheet(underlying: str | None, spot: int, trade_date: date, evidence: Evidence, *, spot_given: bool) -> CurveSheet:
    """The curve on a spot. Raises BadPrice, BadTenor, BadDate."""
    points = pricing.curve(spot, trade_date, using=evidence.calibration, band=evidence.band)
    return CurveSheet(
        underlying=underlying,
        spot=spot,
        spot_given=spot_given,
        trade_date=trade_date,
        evidence=evidence,
        points=points,
    )


def document(shown: CurveSheet) -> dict[str, object]:
    """A curve for programs."""
    evidence = shown.evidence
    return {
        "underlying": shown.underlying,
        "spot": shown.spot,
        "spot_given": shown.spot_given,
        "trade_date": shown.trade_date.isoformat(),
        "calibration": evidence.calibration.id,
        "lambda_per_month": str(evidence.calibration.rate_per_month),
        "delta": str(evidence.calibration.cut),
        "evidence": {
            "strength": evidence.strength,
            "events": evidence.events,
            "months": evidence.months,
            "lambda_low": _decimals(evidence.rate_low),
            "lambda_high": _decimals(evidence.rate_high),
            "cut_low": str(evidence.cut_low),
            "cut_high": str(evidence.cut_high),
            "rises": evidence.rises,
            "rise_share_high": _decimals(evidence.rise_share_high),
        },
        "curve": [_point(each) for each in shown.points],
        "stress_calibration": pricing.CAL_SERIES.id,
        "notes": [evidence.sentence, BINDING],
    }


def _point(point: pricing.CurvePoint) -> dict[str, object]:
    return {
        "tenor_months": point.months,
        "probability": f"{pricing.at_18_digits(point.probability):f}",
        "indicative": point.point.price,
        "low": point.point.low,
        "high": point.point.high,
        "averaging_days": point.averaging_days,
        "average_indicative": point.average.price,
        "average_low": point.average.low,
        "average_high": point.average.high,
        "compound_mean": point.compound_mean,
        "stress": point.stress,
    }


def text(shown: CurveSheet) -> str:
    """A curve for people."""
    evidence = shown.evidence
    source = "as given" if shown.spot_given else f"the fixing of {shown.trade_date}"
    head = [
        ("underlying", shown.underlying or "any, at this spot"),
        ("spot S0", f"{format_price(shown.spot)}, {source}"),
        ("trade date", shown.trade_date.isoformat()),
        ("calibration", f"{evidence.calibration.id}: {_rate(evidence)}"),
    ]
    header = ("tenor", "repriced by then", "F_ind", "95% band", "average F_ind", "95% band", "compound", "stress")
    rows = [
        (
            f"{each.months}M",
            percent(each.probability),
            price(each.point.price),
            _band(each.point),
            price(each.average.price),
            _band(each.average),
            price(round(each.compound_mean, -2)),
            price(each.stress),
        )
        for each in shown.points
    ]
    notes = [
        "USD per million output tokens; average: the mean of every day's fixing; "
        f"compound: the mean if repricings repeat; stress: {pricing.CAL_SERIES.id}, shown only",
        f"band: what the 95% interval of the rate leaves open; the size is as uncertain: {_sizes(evidence)} were seen",
        evidence.sentence,
        BINDING,
    ]
    drawn = table(header, rows, right=range(1, len(header)))
    return "\n".join([aligned(head), "", drawn, "", *(f"note: {each}" for each in notes)])


def price(value: int | None) -> str:
    """A price without its unit, with 2 decimals, below 1 USD with 4; `none` where the tick gives none."""
    return "none" if value is None else decimal_text(value, places=2 if value >= MICRO else 4)


def percent(share: Decimal) -> str:
    """A share in percent with one decimal."""
    return f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_EVEN)}%"


def _band(band: pricing.Band) -> str:
    return f"{price(band.low)} to {price(band.high)}"


def _sizes(evidence: Evidence) -> str:
    low, high = (f"{round(-cut * 100):+d}%" for cut in (evidence.cut_low, evidence.cut_high))
    return f"moves of {low}" if low == high else f"moves of {low} to {high}"


def _rate(evidence: Evidence) -> str:
    cut = evidence.calibration.cut
    return f"lambda {evidence.calibration.rate_per_month} a month, delta {_decimals(cut, 3)}"


def _decimals(value: Fraction, places: int = 6) -> str:
    return str((Decimal(value.numerator) / value.denominator).quantize(Decimal(1).scaleb(-places)))

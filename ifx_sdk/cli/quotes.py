"""A quote with everything beside it that a party should see, for people and for programs. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from ifx_sdk import pricing
from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, format_time
from ifx_sdk.cli.output import aligned
from ifx_sdk.client import Quote
from ifx_sdk.errors import NoQuote
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.payoff import fee_split

PROMOTION = (
    "This point forward settles on one day's price: a promotion on the last evening counts. "
    "`--average 5` is the answer that is offered."
)
SINGLE = (
    "One 12M forward on a year's volume removes only about 5% of an even user's cost volatility; "
    "a ladder of 3M 25% / 6M 37.5% / 12M 25% about 79%, an average-price forward over the year all of it."
)
EVIDENCE = "two repricings: the 95% interval of their monthly rate is 0.0033 to 0.0976"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A quote and what stands beside it. Prices micro-USDT per Mtok; None where the tick gives none."""

    quote: Quote
    """Spot, F_ind, amounts and maturity."""
    interval: tuple[int | None, int | None]
    """Lowest and highest F_ind of this very forward that the evidence leaves possible (95%)."""
    stress: int | None
    """The value on the stress curve, CAL-series-1."""
    compound_mean: int
    """S0 x exp(-lambda delta tau), the mean if repricings repeat, over the averaging days; rounded half-even."""
    notes: tuple[str, ...]
    """What a party should be told."""
    spot_given: bool
    """Whether the spot is what somebody typed, not a fixing."""


def sheet(quote: Quote, *, spot_given: bool) -> Sheet:
    """Everything to be shown beside a quote; `spot_given` where its spot was typed and is no fixing."""
    slow, fast = pricing.rate_bounds()
    return Sheet(
        quote=quote,
        interval=(_published(quote, fast), _published(quote, slow)),
        stress=_published(quote, pricing.CAL_SERIES),
        compound_mean=_compound_mean(quote),
        notes=tuple(_notes(quote)),
        spot_given=spot_given,
    )


def _compound_mean(quote: Quote) -> int:
    length = quote.maturity // SECONDS_PER_DAY - quote.spot_day
    days = range(length - quote.averaging_days + 1, length + 1)
    factors = [pricing.compound_mean(Fraction(quote.months * day, length)) for day in days]
    return int((Decimal(quote.spot) * sum(factors) / len(factors)).to_integral_value(ROUND_HALF_EVEN))


def _published(quote: Quote, using: pricing.Calibration) -> int | None:
    try:
        return pricing.average_indicative(
            quote.spot,
            quote.months,
            spot_day=quote.spot_day,
            maturity_day=quote.maturity // SECONDS_PER_DAY,
            averaging_days=quote.averaging_days,
            using=using,
        )
    except NoQuote:
        return None


def _notes(quote: Quote) -> list[str]:
    notes = []
    if quote.averaging_days == 1:
        notes.append(PROMOTION)
        if quote.months == 12:
            notes.append(SINGLE)
    return notes


def document(shown: Sheet) -> dict[str, object]:
    """A quote for programs."""
    quote = shown.quote
    fee_long, fee_short = fee_split(quote.fee)
    return {
        "underlying": quote.underlying,
        "quantity": quote.quantity,
        "tenor_months": quote.months,
        "averaging_days": quote.averaging_days,
        "spot_day": quote.spot_day,
        "spot_date": date_of(quote.spot_day).isoformat(),
        "spot": quote.spot,
        "indicative": quote.indicative,
        "calibration": pricing.CAL_MID.id,
        "indicative_low": shown.interval[0],
        "indicative_high": shown.interval[1],
        "stress": shown.stress,
        "stress_calibration": pricing.CAL_SERIES.id,
        "compound_mean": shown.compound_mean,
        "maturity": quote.maturity,
        "prefunding": quote.prefunding,
        "fee": quote.fee,
        "fee_long": fee_long,
        "fee_short": fee_short,
        "long_needs": quote.long_needs,
        "short_needs": quote.short_needs,
        "long_worst": quote.long_worst,
        "short_worst": quote.short_worst,
        "notes": list(shown.notes),
    }


def text(shown: Sheet) -> str:
    """A quote for people."""
    quote, low, high = shown.quote, *shown.interval
    fee_long, fee_short = fee_split(quote.fee)
    price: Callable[[int | None], str] = lambda each: "none on the tick" if each is None else format_price(each)  # noqa: E731
    amounts = _column(
        quote.prefunding, quote.fee, fee_long, fee_short, quote.long_needs, quote.short_needs,
        quote.long_worst, quote.short_worst,
    )  # fmt: skip
    rows = [
        ("underlying", quote.underlying),
        ("size", f"{format_quantity(quote.quantity)} ({quote.quantity:,} Mtok)"),
        ("tenor", f"{quote.months}M"),
        ("maturity", format_time(quote.maturity)),
        ("settles on", settles_on(quote.averaging_days)),
        ("spot S0", _spot(shown)),
        ("indicative F_ind", f"{format_price(quote.indicative)} ({pricing.CAL_MID.id}; never binding)"),
        ("  95% interval", f"{price(low)} to {price(high)} ({EVIDENCE})"),
        ("  compound mean", format_price(shown.compound_mean)),
        ("  stress curve", f"{price(shown.stress)} ({pricing.CAL_SERIES.id}; shown only)"),
        ("prefunding, each side", amounts[0]),
        ("fee, both sides", amounts[1]),
        ("  long's half", amounts[2]),
        ("  short's half", amounts[3]),
        ("booking takes, long", amounts[4]),
        ("booking takes, short", amounts[5]),
        ("worst case, long", f"{amounts[6]} at F = F_ind, half fee included"),
        ("worst case, short", f"{amounts[7]} half fee included"),
    ]
    return "\n".join([aligned(rows), *(f"note: {each}" for each in shown.notes)])


def _spot(shown: Sheet) -> str:
    day = date_of(shown.quote.spot_day)
    source = f"as given, for a trade on {day}" if shown.spot_given else f"the fixing of {day}"
    return f"{format_price(shown.quote.spot)}, {source}"


def settles_on(averaging_days: int) -> str:
    """What the settlement price is made of."""
    if averaging_days == 1:
        return "the fixing of the maturity day"
    return f"the mean of the last {averaging_days} days' fixings"


def _column(*amounts: int) -> list[str]:
    """Amounts flush right, so that they can be compared at a glance."""
    texts = [format_amount(each) for each in amounts]
    width = max(map(len, texts))
    return [each.rjust(width) for each in texts]

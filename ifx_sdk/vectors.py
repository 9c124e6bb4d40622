"""The golden vectors that this SDK can check: indicative prices, forwards, invalid terms and the calendar.

Each `check_...` takes one entry and returns its mismatches; `replay` (of `ifx_sdk.vector_files`) runs them over a file.
A second pass over a kind, such as every forward through the compiled contract, reads `load(path)`, uses
`forward_inputs` and `compare`, and joins what it found to a replay with `Replay.adding`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ifx_sdk import calendar, money, payoff, pricing
from ifx_sdk.errors import InputError, MalformedVectors, NoQuote
from ifx_sdk.terms import Terms
from ifx_sdk.vector_files import Check, Entry, Inputs, Mismatch, Replay, Result, checkers, compare, load, replay

__all__ = [
    "Check",
    "Entry",
    "ForwardInputs",
    "Inputs",
    "Mismatch",
    "Replay",
    "Result",
    "check_calendar",
    "check_forward",
    "check_indicative",
    "check_invalid_terms",
    "checkers",
    "compare",
    "forward_inputs",
    "forward_outcome",
    "forward_refusal",
    "listed_forward",
    "load",
    "replay",
]

# --------------------------------------------------------------------------------------------------------- indicative

_CALIBRATIONS: Final = {"mid": pricing.CAL_MID, "series": pricing.CAL_SERIES}
_SPOT: Final = re.compile(r"[1-9][0-9]{0,12}", re.ASCII)


def check_indicative(entry: Entry) -> list[Mismatch]:
    """Check an indicative price: p, m, the compound mean, and F_ind for each spot listed, unrounded and published."""
    inputs = Inputs(entry)
    name = inputs.text("calibration")
    rate, cut, months = inputs.fraction("lambda_per_month"), inputs.fraction("delta"), inputs.whole("tenor_months")
    if rate < 0 or not 0 <= cut <= 1 or months < 0:
        raise MalformedVectors(entry["id"], "inputs must have a rate and a tenor of at least 0 and a delta from 0 to 1")
    using = pricing.Calibration(id=name, rate_per_month=rate, cut=cut)
    ours = _CALIBRATIONS.get(name, using)
    factors = {
        "p": pricing.jump_probability(months, using),
        "m": pricing.multiplier(months, using),
        "compound_mean_exp_minus_lambda_delta_tau": pricing.compound_mean(months, using),
    }
    got: dict[str, object] = {key: f"{pricing.at_18_digits(value):f}" for key, value in factors.items()}
    for key in ("p", "m"):
        got[f"{key}_e18"] = str(int(pricing.at_18_digits(factors[key]).scaleb(18)))
    got["f_ind_micro"] = {
        text: pricing.indicative(spot, months, using) for text, spot in _spots(entry, "f_ind_micro").items()
    }
    got["f_ind_published"] = {
        text: _published(spot, months, using) for text, spot in _spots(entry, "f_ind_published").items()
    }
    named = [("lambda_per_month", rate, ours.rate_per_month), ("delta", cut, ours.cut)]
    return [
        *inputs.unknown("calibration", "lambda_per_month", "delta", "tenor_months"),
        *(Mismatch(f"inputs.{key}", str(value), str(constant)) for key, value, constant in named if value != constant),
        *compare(entry["expected"], got),
    ]


def _spots(entry: Entry, key: str) -> dict[str, int]:
    """The spots that an entry lists under a key, by the text that it writes them in."""
    expected = entry["expected"]
    listed = expected.get(key) if isinstance(expected, Mapping) else None
    if not isinstance(listed, Mapping):
        return {}
    for text in listed:
        if not _SPOT.fullmatch(text) or int(text) >= money.PRICE_LIMIT:
            raise MalformedVectors(entry["id"], f"expected.{key}: {text!r} is no spot in micro-USDT per Mtok")
    return {text: int(text) for text in listed}


def _published(spot: int, months: int, using: pricing.Calibration) -> int | None:
    try:
        return pricing.published_indicative(spot, months, using)
    except NoQuote:
        return None


# ----------------------------------------------------------------------------------------------------------- forwards


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardInputs:
    """One forward of a vectors file, for this check and for a pass through the compiled contract."""

    id: str
    """The entry's id."""

    label: str
    """The entry's `model_id`: a label, not a listed underlying."""

    spot: int
    """S0, micro-USDT per Mtok."""

    price: int
    """F, micro-USDT per Mtok."""

    indicative: int
    """F_ind as published, micro-USDT per Mtok."""

    quantity: int
    """N, Mtok; any number, for these replay with lot 1."""

    months: int
    """Tenor in calendar months."""

    trade_date: date
    """UTC date of booking."""

    settlement: int
    """F_ref, micro-USDT per Mtok."""

    @property
    def maturity(self) -> int:
        """00:00:00 UTC of the maturity day, in unix seconds."""
        return calendar.maturity_timestamp(self.trade_date, self.months)


_FORWARD_KEYS: Final = (
    "model_id",
    "s0",
    "f",
    "f_ind_published",
    "n_mtok",
    "tenor_months",
    "trade_date",
    "fee_bps",
    "f_ref",
)


def forward_inputs(entry: Entry) -> ForwardInputs:
    """Read the inputs of a forward. Raises MalformedVectors; whether `book` takes them is `forward_refusal`."""
    inputs = Inputs(entry)
    forward = ForwardInputs(
        id=str(entry["id"]),
        label=inputs.text("model_id"),
        spot=inputs.whole("s0"),
        price=inputs.whole("f"),
        indicative=inputs.whole("f_ind_published"),
        quantity=inputs.whole("n_mtok"),
        months=inputs.positive("tenor_months"),
        trade_date=inputs.utc_date("trade_date"),
        settlement=inputs.whole("f_ref"),
    )
    try:
        calendar.maturity_date(forward.trade_date, forward.months)
    except InputError as error:
        raise inputs.refuse("tenor_months", f"leads nowhere: {error.what}") from error
    return forward


def forward_refusal(forward: ForwardInputs, lot: int = 1) -> str | None:
    """Why the contracts would refuse a forward booked at 00:00 UTC of its trade date with `lot`, None if not."""
    if not 0 <= forward.settlement < money.PRICE_LIMIT:
        return f"no fixing can be {forward.settlement}"
    try:
        _terms(forward).validate(lot, calendar.midnight(calendar.day_number(forward.trade_date)))
    except InputError as error:
        return error.what
    return None


def forward_outcome(forward: ForwardInputs) -> dict[str, object]:
    """Everything that an entry may expect of a forward, by this SDK."""
    spot, price, quantity = forward.spot, forward.price, forward.quantity
    locked = payoff.prefunding(spot=spot, quantity=quantity)
    total = payoff.fee(indicative=forward.indicative, quantity=quantity)
    fee_long, fee_short = payoff.fee_split(total)
    deposits = payoff.deposit_required(spot=spot, indicative=forward.indicative, quantity=quantity)
    settled = {"price": price, "spot": spot, "quantity": quantity, "settlement": forward.settlement}
    payouts = payoff.payouts(**settled)
    return {
        "maturity_ts": forward.maturity,
        "window_start_ts": calendar.window_start(forward.maturity),
        "prefund_per_side": locked,
        "escrow_total": 2 * locked,
        "fee_total": total,
        "fee_long": fee_long,
        "fee_short": fee_short,
        "deposit_long": deposits[0],
        "deposit_short": deposits[1],
        "raw_payoff_long": payoff.raw_payoff(price=price, quantity=quantity, settlement=forward.settlement),
        "payoff_long": payoff.payoff(**settled),
        "cap_binding": payoff.cap_binding(**settled),
        "payout_long": payouts[0],
        "payout_short": payouts[1],
    }


def check_forward(entry: Entry) -> list[Mismatch]:
    """Check a forward from trade date to payouts, with lot 1 and the entry's own F_ind."""
    inputs, forward = Inputs(entry), forward_inputs(entry)
    refusal = forward_refusal(forward)
    return [
        *inputs.unknown(*_FORWARD_KEYS),
        *_fee_rate(inputs),
        *([] if refusal is None else [Mismatch("inputs", "terms that can be booked", refusal)]),
        *compare(entry["expected"], forward_outcome(forward)),
    ]


def _fee_rate(inputs: Inputs) -> list[Mismatch]:
    rate = inputs.whole("fee_bps", default=payoff.FEE_BPS)
    return [] if rate == payoff.FEE_BPS else [Mismatch("inputs.fee_bps", rate, payoff.FEE_BPS)]


# Two accounts and a salt of no meaning: replays look at the figures of terms, not at their parties.
_LONG, _SHORT = f"0x{1:040x}", f"0x{2:040x}"


def _terms(forward: ForwardInputs) -> Terms:
    return Terms(
        long=_LONG,
        short=_SHORT,
        underlying="openai/gpt-4.1",
        quantity=forward.quantity,
        price=forward.price,
        spot=forward.spot,
        indicative=forward.indicative,
        maturity=forward.maturity,
        averaging_days=1,
        deadline=2**64,
        salt=bytes(32),
    )


# ------------------------------------------------------------------------------------------------------ invalid terms

_INVALID_KEYS: Final = ("model_id", "s0", "f", "f_ind_published", "n_mtok", "tenor_months", "trade_date", "fee_bps")
_ANY_DATE: Final = date(2026, 7, 15)


def check_invalid_terms(entry: Entry) -> list[Mismatch]:
    """Check that the listed product rules (lot 100,000 Mtok, tenors 3, 6, 9, 12, fee 100 bps) refuse the terms."""
    inputs = Inputs(entry)
    return [*inputs.unknown(*_INVALID_KEYS), *compare(entry["expected"], _verdict(inputs))]


def _verdict(inputs: Inputs) -> str:
    """Reject or accept, by the rules of the product and of the contracts together."""
    forward = _listed(inputs)
    return "reject" if forward is None or forward_refusal(forward, money.LOT) is not None else "accept"


def listed_forward(entry: Entry) -> ForwardInputs | None:
    """The terms of an entry, None where a rule of the product that no contract knows refuses them.

    Those rules are whole numbers of each unit, the tenors offered and the fee. What an entry leaves out (a trade date,
    an F_ind) is chosen so that it is no reason to refuse. Raises MalformedVectors.
    """
    return _listed(Inputs(entry))


def _listed(inputs: Inputs) -> ForwardInputs | None:
    figures = {key: inputs.value(key) for key in ("s0", "f", "n_mtok", "tenor_months")}
    for key, value in figures.items():
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise inputs.refuse(key, f"must be a number, not {value!r}")
        if isinstance(value, Decimal):  # not a whole number of its unit: no terms can say it
            return None
    spot, months = inputs.whole("s0"), inputs.whole("tenor_months")
    trade_date = inputs.utc_date("trade_date") if inputs.has("trade_date") else _ANY_DATE
    if _fee_rate(inputs) or months not in calendar.TENORS:
        return None
    return ForwardInputs(
        id=inputs.id,
        label="",
        spot=spot,
        price=inputs.whole("f"),
        indicative=inputs.whole("f_ind_published", default=max(spot, 1)),
        quantity=inputs.whole("n_mtok"),
        months=months,
        trade_date=trade_date,
        settlement=0,
    )


# ----------------------------------------------------------------------------------------------------------- calendar


def check_calendar(entry: Entry) -> list[Mismatch]:
    """Check a maturity and the slots of its window."""
    inputs = Inputs(entry)
    trade_date, months = inputs.utc_date("trade_date"), inputs.positive("tenor_months")
    try:
        maturity = calendar.maturity_timestamp(trade_date, months)
    except InputError as error:
        raise inputs.refuse("tenor_months", f"leads nowhere: {error.what}") from error
    got = {
        "maturity_date": calendar.maturity_date(trade_date, months).isoformat(),
        "maturity_ts": maturity,
        "window_start_ts": calendar.window_start(maturity),
        "slot_ts": list(calendar.window_slots(maturity)),
    }
    return [*inputs.unknown("trade_date", "tenor_months"), *compare(entry["expected"], got)]

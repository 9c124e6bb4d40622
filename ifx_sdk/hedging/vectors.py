"""The golden vectors of Eq. 7, kind `margin`."""

from typing import Final

from ifx_sdk.hedging.margin import initial_margin, rate_text
from ifx_sdk.vector_files import Entry, Inputs, Mismatch, compare

_KEYS: Final = ("s_t", "n_mtok", "alpha_bps", "delta_bps", "m_floor")


def check_margin(entry: Entry) -> list[Mismatch]:
    """Check an initial margin: the amount, and its rate in basis points of the notional as text."""
    inputs = Inputs(entry)
    for key in _KEYS[2:]:
        if inputs.whole(key) < 0:
            raise inputs.refuse(key, "must be at least 0")
    margin = initial_margin(
        price=inputs.positive("s_t"),
        quantity=inputs.positive("n_mtok"),
        alpha_bps=inputs.whole("alpha_bps"),
        delta_bps=inputs.whole("delta_bps"),
        floor=inputs.whole("m_floor"),
    )
    got = {"initial_margin": margin.amount, "pct_of_notional_bps": rate_text(margin.rate_bps)}
    return [*inputs.unknown(*_KEYS), *_type(entry), *compare(entry["expected"], got)]


def _type(entry: Entry) -> list[Mismatch]:
    form = entry.get("type", "eq7")
    return [] if form == "eq7" else [Mismatch("type", form, "eq7")]

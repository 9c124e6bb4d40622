"""What one page says about one model: a price, or the reason there is none."""

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from enum import StrEnum
from typing import Final

HIGHEST_USD: Final = Decimal(10_000)
"""USD per 1M output tokens above which a figure is in another unit; the dearest ever listed is 600."""


class Reason(StrEnum):
    """Why a page gave no price; `sentence` says it in words."""

    BOT_WALL = "bot_wall"
    OTHER_PAGE = "other_page"
    LOCALE = "locale"
    TRUNCATED = "truncated"
    UNKNOWN_LAYOUT = "unknown_layout"
    NO_SUCH_MODEL = "no_such_model"
    RETIRED = "retired"
    NOT_IN_FORCE = "not_in_force"
    AMBIGUOUS = "ambiguous"
    NO_PRICE = "no_price"
    NOT_TEXT = "not_text"
    WRONG_UNIT = "wrong_unit"
    BELOW_MICRO = "below_micro"
    ALIAS = "alias"
    VARIANT = "variant"
    ZERO = "zero"
    NEGATIVE = "negative"

    @property
    def sentence(self) -> str:
        """The reason as one sentence for an operator."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.BOT_WALL: "the page is a bot challenge and shows no prices",
    Reason.OTHER_PAGE: "the page belongs to another provider",
    Reason.LOCALE: "the page is not in English or writes numbers in another way",
    Reason.TRUNCATED: "the page ends inside the table",
    Reason.UNKNOWN_LAYOUT: "no standard token table with a known layout is on the page",
    Reason.NO_SUCH_MODEL: "no row of the standard token table names this model alone",
    Reason.RETIRED: "the page calls the model retired",
    Reason.NOT_IN_FORCE: "no row of the model is in force on this date",
    Reason.AMBIGUOUS: "the page gives the model more than one price",
    Reason.NO_PRICE: "the output cell holds no figure",
    Reason.NOT_TEXT: "no output figure is labelled text",
    Reason.WRONG_UNIT: "the figure is not in USD per 1M tokens",
    Reason.BELOW_MICRO: "the price is not a whole number of micro-USD per 1M tokens",
    Reason.ALIAS: "the name is an alias that can be re-pointed",
    Reason.VARIANT: "the name is a variant, not the model",
    Reason.ZERO: "the price list gives zero, which is no list price there",
    Reason.NEGATIVE: "the price list gives a negative number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The standard output price of one model on one page."""

    usd: Decimal
    """Price, USD per 1M output tokens, 0 or more, exactly as the page states it."""
    row: str
    """The row it was read from, cells joined by ` | `, as evidence for people."""

    @property
    def usd_per_mtok(self) -> str:
        """The price in USD per 1M output tokens, plain decimal without trailing zeros."""
        text = f"{self.usd:f}"
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text

    @property
    def micro(self) -> int | None:
        """The price in micro-USD per 1M output tokens; None if it is no whole number of them."""
        with localcontext(Context(prec=60, traps=[Inexact, InvalidOperation])):
            scaled = self.usd.scaleb(6)
            return int(scaled) if scaled == scaled.to_integral_value() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No price, and why: silence is better than a wrong number."""

    reason: Reason
    """One of a closed set."""
    detail: str = ""
    """The text that was refused, shortened; may be empty."""

    def __str__(self) -> str:
        return f"{self.reason.sentence}: {self.detail}" if self.detail else self.reason.sentence


def refuse(reason: Reason, detail: str = "") -> Refusal:
    """Build a refusal whose detail is one short line."""
    return Refusal(reason=reason, detail=" ".join(detail.split())[:160])


def whole_micro(reading: Price | Refusal) -> int | Refusal:
    """What can be fixed and signed: the price in whole micro-USD per 1M output tokens, never rounded.

    A hosted model's price can be finer (0.0681536 USD per 1M tokens); it can be shown, not fixed.
    """
    if isinstance(reading, Refusal):
        return reading
    micro = reading.micro
    return refuse(Reason.BELOW_MICRO, reading.row) if micro is None else micro

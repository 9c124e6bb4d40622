"""What one page says about one model: a price, or the reason there is none."""

from dataclasses import dataclass
from enum import StrEnum

MICRO = 1_000_000
"""Micro-USD in one USD."""


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

    micro: int
    """Price, micro-USD per 1M output tokens, 0 or more, exact."""
    row: str
    """The row it was read from, cells joined by ` | `, as evidence for people."""

    @property
    def usd_per_mtok(self) -> str:
        """The price in USD per 1M output tokens, plain decimal without trailing zeros."""
        whole, rest = divmod(self.micro, MICRO)
        return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


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

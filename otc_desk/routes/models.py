"""What routes take and give: the shapes that several share. Prices and amounts are decimal text, quantities Mtok."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ifx_sdk.money import decimal_text

PLAIN: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]*$"
)
"""A line without control characters and such as nobody sees: they break tables and mails, and what one believes to
read."""
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999

PriceText: TypeAlias = Annotated[
    str,
    Field(
        max_length=13,
        pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,6})?$",
        description="USD per 1,000,000 output tokens (Mtok), at most 6 decimals.",
        examples=["7.45"],
    ),
]
UnderlyingName: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9./:_-]{3,64}$", description="`provider/model-id`.", examples=["openai/gpt-4.1"])
]
Identifier: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$", description="An id of the desk.")]
UnixTime: TypeAlias = Annotated[int, Field(ge=0, le=_LAST_SECOND, description="Unix seconds UTC.")]
SideName: TypeAlias = Literal["long", "short"]


class Input(BaseModel):
    """A body: exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Output(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def price_text(price: int) -> str:
    """micro-USDT per Mtok -> USD: 7_450_000 -> "7.45", at least two decimals, no unit."""
    return decimal_text(price, places=2)


def amount_text(amount: int) -> str:
    """micro-USDT -> USDT with all six decimals, no unit, no commas; a payoff may be negative."""
    return decimal_text(amount, places=6)


def utc_text(time: int) -> str:
    """Unix seconds -> `2026-07-15T00:00:00Z`."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""The shape of whatever a desk answers: prices and amounts are integers here (micro-USDT), text on the wire.

Each class names its schema in `docs/openapi.json`; a test holds both together. A field that a newer desk adds is left
out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from ifx_sdk.errors import IFXError
from ifx_sdk.money import parse_amount, parse_price

F = TypeVar("F", bound=Callable[..., object])
Side = Literal["long", "short"]
Role = Literal["long", "short", "outgoing", "incoming", "remaining"]
Kind = Literal["terms", "termination", "novation"]


def _price(text: object) -> object:
    if not isinstance(text, str):
        raise ValueError("it is no text")  # noqa: TRY004 - pydantic takes no other
    try:
        return parse_price(text)
    except IFXError as error:
        raise ValueError(error.what) from error


def _amount(text: object) -> object:
    """With a sign: a payoff may be a loss."""
    if not isinstance(text, str):
        raise ValueError("it is no text")  # noqa: TRY004 - pydantic takes no other
    try:
        return -parse_amount(text[1:]) if text.startswith("-") else parse_amount(text)
    except IFXError as error:
        raise ValueError(error.what) from error


_TEXT: Final = WithJsonSchema({"type": "string"})
Price = Annotated[int, BeforeValidator(_price), _TEXT]
"""micro-USDT per Mtok; decimal text on the wire."""
Amount = Annotated[int, BeforeValidator(_amount), _TEXT]
"""micro-USDT, negative for a loss; decimal text on the wire."""


class Model(BaseModel):
    """Anything that a desk answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    schema_name: ClassVar[str] = ""
    """Its name in the OpenAPI."""


def operation(*names: str) -> Callable[[F], F]:
    """Say which operations of the OpenAPI a method is."""

    def mark(method: F) -> F:
        method.operations = names  # type: ignore[attr-defined]  # read by a test
        return method

    return mark

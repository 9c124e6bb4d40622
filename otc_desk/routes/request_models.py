"""A request as its author writes it, and as its author and the operator read it."""

from typing import Annotated, Literal, Self

from pydantic import Field

from ifx_sdk.money import QUANTITY_LIMIT, parse_price
from otc_desk.db.tables import Participant, Request
from otc_desk.errors import BadRequest
from otc_desk.requests import Wish
from otc_desk.routes.models import (
    PLAIN,
    Identifier,
    Input,
    Output,
    PriceText,
    SideName,
    UnderlyingName,
    UnixTime,
    price_text,
)
from otc_desk.states import RequestState


class NewRequest(Input):
    """What a participant asks for."""

    side: SideName = Field(description="`long` receives when the price rises, `short` when it falls.")
    underlying: UnderlyingName
    quantity: int = Field(gt=0, lt=QUANTITY_LIMIT, description="Mtok, whole lots: 1T tokens are 1000000.")
    months: Literal[3, 6, 9, 12] | None = Field(
        default=None, description="Tenor in calendar months from the day of the final terms; else give `maturity`."
    )
    maturity: UnixTime | None = Field(
        default=None, description="The maturity day, 00:00:00 UTC in unix seconds; else give `months`."
    )
    averaging_days: int = Field(
        default=1,
        ge=1,
        le=400,
        description=(
            "Days in the mean that it settles at, ending with the maturity's; 1 settles on that day alone. With a"
            " tenor, more days than it has mean the whole tenor. Terms that average over every day to maturity can"
            " be booked on the day that they are sent only: leave 3 days where a wallet needs days to approve."
        ),
    )
    limit_price: PriceText | None = Field(
        default=None, description="The worst price that you take, USD/Mtok; null for the day's indicative price."
    )
    valid_until: UnixTime = Field(description="Last second of its validity, unix seconds UTC, at most 90 days ahead.")
    contact: str = Field(
        default="", max_length=500, pattern=PLAIN, description="For the operator; never shown to the other side."
    )
    submit: bool = Field(default=False, description="True: hand it in at once; false: keep a draft.")

    def wish(self) -> Wish:
        """The same in integers. Raises `BadRequest`, `BadPrice`."""
        limit = None if self.limit_price is None else parse_price(self.limit_price)
        if limit == 0:
            raise BadRequest("limit_price", "it is zero", "Name a price above 0, or null for the indicative one.")
        return Wish(
            side=self.side,
            underlying=self.underlying,
            quantity=self.quantity,
            months=self.months,
            maturity=self.maturity,
            averaging_days=self.averaging_days,
            limit_price=limit,
            valid_until=self.valid_until,
            contact=self.contact,
        )


class RequestOut(Output):
    """A request as its author reads it."""

    id: Identifier
    side: SideName
    underlying: UnderlyingName
    quantity: int = Field(description="Mtok. A matched part keeps the id; the rest is a new request.")
    months: int | None = Field(description="Tenor from the day of the final terms; null where a day is named.")
    maturity: int = Field(description="That day, or where the tenor led when the request was last written.")
    averaging_days: int = Field(description="As asked for.")
    limit_price: PriceText | None = Field(description="Null: at the day's indicative price.")
    valid_until: int = Field(description="Last second of its validity, unix seconds UTC.")
    contact: str = Field(description="For the operator.")
    state: RequestState
    reason: str = Field(description="Why it was rejected or came back; else empty.")
    parent: Identifier | None = Field(description="The request whose remainder it is.")
    family: Identifier = Field(description="The request that it was a part of at first; its own id if none.")
    agreement: Identifier | None = Field(description="The newest agreement made for it.")
    created_at: int = Field(description="Unix seconds UTC; decides between equal prices.")
    updated_at: int = Field(description="Unix seconds UTC.")

    @classmethod
    def of(cls, row: Request) -> Self:
        """From the row."""
        return cls.model_validate(_fields(row))


class RequestPage(Output):
    """A page of requests, newest first."""

    items: list[RequestOut]
    next: Identifier | None = Field(description="Give it as `after` for the next page; null on the last one.")


class OperatorRequest(RequestOut):
    """A request as the operator reads it."""

    account: str = Field(description="Its author's, checksummed.")
    name: str = Field(description="Its author's legal name; may be empty.")

    @classmethod
    def seen(cls, row: Request, author: Participant) -> Self:
        """From the row and its author's."""
        return cls.model_validate(_fields(row) | {"account": row.account, "name": author.name})


class OperatorRequestPage(Output):
    """A page of everybody's requests, newest first."""

    items: list[OperatorRequest]
    next: Identifier | None = Field(description="Give it as `after` for the next page; null on the last one.")


class Rejection(Input):
    """Saying no."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=PLAIN, description="Its author reads it.")]


def _fields(row: Request) -> dict[str, object]:
    taken = {name: getattr(row, name) for name in RequestOut.model_fields}
    limit = row.limit_price
    return taken | {"limit_price": None if limit is None else price_text(limit), "state": RequestState(row.state)}

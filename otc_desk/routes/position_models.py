"""A booked forward as one of its sides reads it, and the proposals that it makes about it."""

from typing import Annotated, Literal, Self

from pydantic import Field

from ifx_sdk.records import EarlyEnd
from otc_desk.positions import Mark, Position
from otc_desk.routes.agreement_models import AgreementOut
from otc_desk.routes.models import (
    Input,
    Output,
    PriceText,
    SideName,
    UnderlyingName,
    amount_text,
    price_text,
    utc_text,
)

_DAY = 86_400
AmountText = Annotated[
    str,
    Field(
        max_length=32,
        pattern=r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,6})?$",
        description="USDT, at most 6 decimals.",
        examples=["1250.00"],
    ),
]
Hours = Annotated[
    int | None,
    Field(ge=1, le=168, description="How long it can be executed; a day where none is given, three with a contract."),
]


class MarkOut(Output):
    """Were it settled at the newest fixing."""

    day: str = Field(description="UTC date of that fixing.")
    price: PriceText
    payout: str = Field(description="USDT that its side would be paid.")
    gain: str = Field(description="USDT above the prefunding; a loss is negative.")

    @classmethod
    def of(cls, mark: Mark) -> Self:
        """In text."""
        return cls(
            day=utc_text(mark.day * _DAY)[:10],
            price=price_text(mark.price),
            payout=amount_text(mark.payout),
            gain=amount_text(mark.gain),
        )


class EndOut(Output):
    """How it was paid out."""

    kind: Literal["settled", "terminated"]
    price: PriceText = Field(description="F_ref, or the price that both sides agreed on.")
    long_payout: str = Field(description="USDT.")
    short_payout: str = Field(description="USDT.")
    tx_hash: str


class PositionOut(Output):
    """The caller's part in a booked forward, by the escrow's own record."""

    id: str = Field(description="The forward's, 0x and 64 digits.")
    side: SideName = Field(description="On which the caller stands or stood.")
    status: Literal["active", "settled", "terminated"]
    entered: str | None = Field(description="The transaction by which the caller came later; null from the booking on.")
    left: str | None = Field(description="The transaction by which the caller left; null where it did not.")
    long: str = Field(description="The long now, checksummed.")
    short: str = Field(description="The short now, checksummed.")
    underlying: UnderlyingName
    quantity: int = Field(description="N, Mtok.")
    price: PriceText = Field(description="F.")
    spot: PriceText = Field(description="S0.")
    indicative: PriceText = Field(description="F_ind, on which the fee was charged.")
    averaging_days: int
    maturity: int = Field(description="Unix seconds UTC.")
    maturity_utc: str = Field(description="The same as ISO 8601.")
    prefunding: str = Field(description="B, USDT: what each side locked.")
    tx_hash: str = Field(description="The transaction that booked it.")
    block: int = Field(description="The block of the booking.")
    is_final: bool = Field(description="Whether the chain can no longer undo the booking.")
    mark: MarkOut | None = Field(description="Null once it was paid out or left.")
    end: EndOut | None = Field(description="Null while it is active.")

    @classmethod
    def of(cls, position: Position) -> Self:
        """In text."""
        forward, record, part = position.forward, position.forward.record, position.part
        return cls.model_validate(
            {
                "id": "0x" + record.id.hex(),
                "side": part.side,
                "status": record.status.name.lower(),
                "entered": None if part.entered is None else part.entered.tx_hash,
                "left": None if part.left is None else part.left.tx_hash,
                "long": record.long,
                "short": record.short,
                "underlying": record.underlying,
                "quantity": record.quantity,
                "price": price_text(record.price),
                "spot": price_text(record.spot),
                "indicative": price_text(forward.indicative),
                "averaging_days": record.averaging_days,
                "maturity": record.maturity,
                "maturity_utc": utc_text(record.maturity),
                "prefunding": amount_text(record.prefunding),
                "tx_hash": forward.tx_hash,
                "block": forward.block_number,
                "is_final": position.is_final,
                "mark": None if position.mark is None else MarkOut.of(position.mark),
                "end": _end(position),
            }
        )


class PositionList(Output):
    """All of them."""

    items: list[PositionOut] = Field(description="Newest first.")


class TerminationIn(Input):
    """An early end at an agreed price."""

    price: PriceText
    hours: Hours = None


class NovationIn(Input):
    """A newcomer in one side's place."""

    incoming: str = Field(pattern=r"^0x[0-9a-fA-F]{40}$", description="Who enters.")
    payment: AmountText = Field(description="What the incoming pays to the one that leaves, USDT.")
    outgoing: SideName | None = Field(default=None, description="The side that leaves; the caller's by default.")
    hours: Hours = None


class ProposalOut(Output):
    """A proposal, and what it means."""

    agreement: AgreementOut
    effects: dict[str, str] = Field(
        description="USDT. A termination: payouts and gains of both sides. A novation: what the side can be paid, and "
        "the payer's worst and best case; negative is a loss."
    )


def _end(position: Position) -> dict[str, str] | None:
    ending = position.forward.ending
    if ending is None:
        return None
    return {
        "kind": "terminated" if isinstance(ending, EarlyEnd) else "settled",
        "price": price_text(ending.price),
        "long_payout": amount_text(ending.long_payout),
        "short_payout": amount_text(ending.short_payout),
        "tx_hash": ending.tx_hash,
    }

"""`ifx quote`, `ifx terms`: from a price to what both sides approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import READS, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import Quote

Underlying = Annotated[str, typer.Argument(metavar="UNDERLYING", help="Such as openai/gpt-4.1.")]
Size = Annotated[str, typer.Argument(metavar="SIZE", help='Such as 100B, 1T or "100000 Mtok".')]
Tenor = Annotated[str, typer.Argument(metavar="TENOR", help="3M, 6M, 9M or 12M.")]
Average = Annotated[int, typer.Option("--average", metavar="N", help="Settle on the mean of the last N days' fixings.")]
Spot = Annotated[str | None, typer.Option("--spot", metavar="PRICE", help="Without a node: this spot, such as 8.00.")]
On = Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Without a node: the trade date (UTC).")]


@command(READS[:2])
def quote(
    session: Session,
    underlying: Underlying,
    size: Size,
    tenor: Tenor,
    average: Average = 1,
    spot: Spot = None,
    on: On = None,
) -> None:
    """Show what a forward would cost and can lose.

    On today's fixing; without a node on the spot and the trade date of --spot and --on, in lots of 100B tokens.
    """
    from ifx_sdk.cli import quotes

    offered = _quote(session, underlying, size, tenor, average, spot, on)
    shown = quotes.sheet(offered, spot_given=spot is not None)
    session.output.answer(quotes.document(shown), quotes.text(shown))


def _quote(
    session: Session, underlying: str, size: str, tenor: str, average: int, spot: str | None, on: str | None
) -> Quote:
    from ifx_sdk.calendar import day_number, parse_date
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.cli.reading import parse_tenor
    from ifx_sdk.client import hold_lots, make_quote
    from ifx_sdk.money import LOT, parse_price, parse_quantity
    from ifx_sdk.terms import parse_underlying

    name, quantity, months = parse_underlying(underlying), parse_quantity(size), parse_tenor(tenor)
    if spot is None and on is None:
        return session.ifx().quote(name, quantity, months, average)
    if spot is None or on is None:
        missing = ("spot", "--spot", "8.00") if spot is None else ("trade date", "--on", "2026-07-15")
        raise MissingOption(missing[0], missing[1], form=missing[2])
    day = day_number(parse_date(on))
    hold_lots(quantity, LOT)
    return make_quote(name, quantity, months, averaging_days=average, spot=parse_price(spot), spot_day=day)


@command(READS[:2])
def terms(
    session: Session,
    underlying: Underlying,
    size: Size,
    tenor: Tenor,
    long: Annotated[str, typer.Option("--long", metavar="ADDRESS", help="Receives when the price rises.")],
    short: Annotated[str, typer.Option("--short", metavar="ADDRESS", help="Receives when the price falls.")],
    price: Annotated[str | None, typer.Option("--price", metavar="PRICE", help="F, such as 7.45; else F_ind.")] = None,
    deadline: Annotated[
        str, typer.Option("--deadline", metavar="24h|3d", help="How long they can be booked; 3d for a Safe.")
    ] = "24h",
    average: Average = 1,
    spot: Spot = None,
    on: On = None,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write them.")] = "terms.json",
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write the terms of a forward to a file for both sides.

    Shows their id, the hashes that a wallet shows, and both worst cases. --spot and --on need no node.
    """
    from ifx_sdk.calendar import SECONDS_PER_DAY
    from ifx_sdk.cli import agreement
    from ifx_sdk.cli.reading import parse_duration, refuse_existing, write_new
    from ifx_sdk.client import terms_on
    from ifx_sdk.money import LOT, parse_price

    seconds, agreed = parse_duration(deadline), None if price is None else parse_price(price)
    refuse_existing(out, overwrite=force)
    domain = session.domain()
    offered = _quote(session, underlying, size, tenor, average, spot, on)
    if spot is None:
        ifx = session.ifx()
        now, lot = ifx.chain.now(), ifx.escrow.lot_of(offered.underlying)
    else:
        now, lot = offered.spot_day * SECONDS_PER_DAY, LOT
    made = terms_on(offered, long=long, short=short, price=agreed, deadline=now + seconds)
    made.validate(lot, now, escrow=domain.contract)
    write_new(out, made.to_json(), overwrite=force)
    session.output.answer(
        agreement.document(made, domain) | {"file": out}, agreement.text(made, domain) + f"\nwritten to {out}"
    )

"""`ifx curve`: the indicative curve of an underlying, with how weak its evidence is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import READS, Session, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ifx_sdk.calibration import Evidence, Repricing
    from ifx_sdk.cli.curve_sheet import CurveSheet
    from ifx_sdk.cli.output import Output

Table = Annotated[
    str | None,
    typer.Option("--repricings", metavar="FILE", help="Own table: CSV date,model,old_price,new_price,mid_cycle."),
]
Watched = Annotated[
    int | None, typer.Option("--watched", metavar="N", help="Months of every series in the table, added up.")
]


@command(READS[:2])
def curve(
    session: Session,
    underlying: Annotated[
        str | None, typer.Argument(metavar="[UNDERLYING]", help="Such as openai/gpt-4.1; its fixing of today.")
    ] = None,
    spot: Annotated[str | None, typer.Option("--spot", metavar="PRICE", help="Without a node: this spot.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Trade date (UTC); else today.")] = None,
    repricings: Table = None,
    watched: Watched = None,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE.png", help="Draw it; needs [hedging].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the picture.")] = False,
) -> None:
    """Show the indicative curve: point and average-price forwards of 3, 6, 9 and 12 months.

    Prices are indications by Eq. 6 of the paper and bind nobody; the band is what its few events leave possible.
    """
    from ifx_sdk.cli import curve_sheet
    from ifx_sdk.cli.pictures import prepare, write_picture

    picture = None if out is None else prepare(out, overwrite=force)
    shown = _sheet(session, underlying, spot, on, repricings, watched)
    document, text = curve_sheet.document(shown), curve_sheet.text(shown)
    if picture is not None:
        from ifx_sdk.cli.curve_chart import draw

        write_picture(picture, draw(shown), overwrite=force)
        document, text = document | {"file": out}, f"{text}\nwritten to {out}"
    session.output.answer(document, text)


def _sheet(
    session: Session,
    underlying: str | None,
    spot: str | None,
    on: str | None,
    repricings: str | None,
    watched: int | None,
) -> CurveSheet:
    from ifx_sdk.cli import curve_sheet
    from ifx_sdk.terms import parse_underlying

    table, months = read_table(session.output, repricings, watched)
    name = None if underlying is None else parse_underlying(underlying)
    price, day, _ = spot_of(session, name, spot, on)
    if repricings is not None:  # the paper's own table may be younger than a trade date of the past
        refuse_future(table, day)
    evidence = _evidence(table, months, own=repricings is not None)
    return curve_sheet.sheet(name, price, day, evidence, spot_given=spot is not None)


def spot_of(session: Session, underlying: str | None, spot: str | None, on: str | None) -> tuple[int, date, int]:
    """Spot, trade date and lot: as typed, with the common lot, or by the node. Raises MissingOption."""
    from ifx_sdk.calendar import date_of, day_of, parse_date
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.money import LOT, parse_price

    if spot is not None:
        if on is not None:
            return parse_price(spot), parse_date(on), LOT
        import time

        return parse_price(spot), date_of(day_of(int(time.time()))), LOT
    if underlying is None:
        raise MissingOption("underlying and no spot", "--spot", form="8.00")
    if on is not None:
        raise MissingOption("spot", "--spot", form="8.00")
    # The quote carries today's fixing; of the smallest size and the shortest tenor, since neither matters here.
    ifx = session.ifx()
    lot = ifx.escrow.lot_of(underlying)
    quote = ifx.quote(underlying, lot, 3)
    return quote.spot, date_of(quote.spot_day), lot


def read_table(output: Output, repricings: str | None, watched: int | None) -> tuple[Sequence[Repricing], int]:
    """The table and its months: the paper's, or that of the options. Raises MissingOption, BadRepricingTable.

    What a tracker's table holds that is no repricing is noted.
    """
    from ifx_sdk.calibration import TABLE_1, TABLE_1_MONTHS
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.hedging.repricings import read_repricing_table

    if repricings is None and watched is None:
        return TABLE_1, TABLE_1_MONTHS
    if repricings is None:
        raise MissingOption("table for these months", "--repricings", form="table.csv")
    if watched is None:
        raise MissingOption("number of months watched", "--watched", form="74")
    table = read_repricing_table(repricings)
    if table.left_out:
        told = ", ".join(f"{count} {why}" for why, count in sorted(table.left_out.items()))
        output.note(f"{repricings}: no repricings, and left out: {told}")
    return table.rows, watched


def refuse_future(table: Sequence[Repricing], day: date) -> None:
    """A repricing that is only announced does not count before its date. Raises BadValue."""
    from ifx_sdk.errors import BadValue

    late = next((row.on for row in table if row.on > day), None)
    if late is not None:
        cure = "Leave it out of the table, or give a later trade date with --on."
        raise BadValue(late.isoformat(), f"a repricing after the trade date {day} has not happened", cure=cure)


def _evidence(table: Sequence[Repricing], months: int, *, own: bool) -> Evidence:
    from ifx_sdk.calibration import calibrate, paper_evidence

    return calibrate(table, months) if own else paper_evidence()

"""`ifx hedge`: a plan from a usage file, the paper's participants as examples, a market maker's result, a margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.curve import Table, Watched
from ifx_sdk.cli.session import READS, Session, command

if TYPE_CHECKING:
    from ifx_sdk.payoff import Side

__all__ = ["app"]

app = typer.Typer(
    name="hedge",
    help="Plan hedges of token costs, and check what the paper says of them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Spot = Annotated[str | None, typer.Option("--spot", metavar="PRICE", help="Spot, such as 8.00; else today's fixing.")]
On = Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Trade date (UTC); else today.")]
Paths = Annotated[int, typer.Option("--paths", metavar="N", help="Paths of the simulation.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same seed draws the same paths.")]


@app.command()
@command(READS[:2])
def plan(
    session: Session,
    usage: Annotated[str, typer.Argument(metavar="USAGE.CSV", help="date,model,output_tokens, or an export.")],
    underlying: Annotated[
        str | None, typer.Option("--underlying", metavar="NAME", help="Its fixing of today is the spot.")
    ] = None,
    spot: Spot = None,
    on: On = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Which model of the file.")] = None,
    months: Annotated[int, typer.Option("--months", metavar="N", help="3, 6, 9 or 12 months ahead.")] = 12,
    shape: Annotated[
        str | None, typer.Option("--shape", metavar="even|repeat|forecast", help="How use goes on; else by the dates.")
    ] = None,
    tenors: Annotated[str, typer.Option("--tenors", metavar="A,B", help="Tenors of the ladder.")] = "3M,6M,12M",
    short: Annotated[bool, typer.Option("--short", help="For who sells tokens: a fall hurts.")] = False,
    elasticity: Annotated[
        str, typer.Option("--elasticity", metavar="E", help="How use responds to the price, in the second spend.")
    ] = "-1.08",
    volume_sd: Annotated[
        str | None, typer.Option("--volume-sd", metavar="20%", help="How far volume may be off; else as recorded.")
    ] = None,
    repricings: Table = None,
    watched: Watched = None,
    paths: Paths = 200_000,
    seed: Seed = 1,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE.png", help="Draw it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the picture.")] = False,
) -> None:
    """Propose a hedge of the use that a file records: a ladder and average-price forwards, the naive one beside.

    The file is CSV with date,model,output_tokens, or an export: of OpenAI's or Anthropic's usage page or API, or of
    OpenRouter's activity. Sizes are in listed lots, prices the published F_ind; nothing is booked.
    """
    from ifx_sdk.cli import hedge_sheet
    from ifx_sdk.cli.curve import read_table, refuse_future, spot_of
    from ifx_sdk.cli.hedge_notes import notes
    from ifx_sdk.cli.pictures import prepare, write_picture
    from ifx_sdk.cli.reading import parse_tenor
    from ifx_sdk.hedging import exposure, make_plan, read_usage
    from ifx_sdk.hedging.exposure import parse_shape
    from ifx_sdk.terms import parse_underlying

    picture = None if out is None else prepare(out, overwrite=force)
    ladder = [parse_tenor(each) for each in tenors.split(",")]
    demands = hedge_sheet.parse_demands(elasticity, volume_sd)
    table, watched_months = read_table(session.output, repricings, watched)
    record = hedge_sheet.record(table, watched_months, own=repricings is not None)
    read = read_usage(usage)
    name = None if underlying is None else parse_underlying(underlying)
    price, day, lot = spot_of(session, name, spot, on)
    if repricings is not None:
        refuse_future(table, day)
    ahead = exposure(read.uses, day, model=model, months=months, shape=parse_shape(shape))
    side: Side = "short" if short else "long"
    made = make_plan(ahead.monthly, spot=price, trade_date=day, side=side, tenors=ladder, lot=lot)
    given = spot is not None
    shown = hedge_sheet.sheet(
        made, read, ahead, record, demands, underlying=name, spot_given=given, paths=paths, seed=seed
    )
    told = notes(shown)
    document, text = hedge_sheet.document(shown, told), hedge_sheet.text(shown, told)
    if picture is not None:
        from ifx_sdk.cli.hedge_chart import draw

        write_picture(picture, draw(shown), overwrite=force)
        document, text = document | {"file": out}, f"{text}\nwritten to {out}"
    session.output.answer(document, text)


@app.command()
@command()
def examples(session: Session, paths: Paths = 200_000, seed: Seed = 1) -> None:
    """Show the paper's seven participants: what it tells each to do, and what a ladder or an average would."""
    from ifx_sdk.cli import hedge_examples

    found = hedge_examples.rows(paths, seed)
    session.output.answer(hedge_examples.document(found), hedge_examples.text(found))


@app.command()
@command()
def maker(
    session: Session,
    spot: Annotated[str, typer.Option("--spot", metavar="PRICE", help="S0, at which credits were bought.")] = "8.00",
    price: Annotated[str | None, typer.Option("--price", metavar="PRICE", help="F; else F_ind of the tenor.")] = None,
    size: Annotated[str, typer.Option("--size", metavar="SIZE", help="Such as 1T.")] = "1T",
    tenor: Annotated[str, typer.Option("--tenor", metavar="TENOR", help="3M, 6M, 9M or 12M.")] = "6M",
) -> None:
    """Show what a market maker earns who is short and bought prepaid credits: not what the paper says."""
    from ifx_sdk.cli import hedge_claims
    from ifx_sdk.cli.reading import parse_tenor
    from ifx_sdk.hedging import MakerBook
    from ifx_sdk.money import parse_price, parse_quantity
    from ifx_sdk.pricing import published_indicative

    bought = parse_price(spot)
    indicative = published_indicative(bought, parse_tenor(tenor))
    agreed = indicative if price is None else parse_price(price)
    book = MakerBook(spot=bought, price=agreed, indicative=indicative, quantity=parse_quantity(size))
    session.output.answer(hedge_claims.maker_document(book), hedge_claims.maker_text(book))


@app.command()
@command()
def margin(
    session: Session,
    price: Annotated[str, typer.Option("--price", metavar="PRICE", help="The price of the day.")] = "8.00",
    size: Annotated[str, typer.Option("--size", metavar="SIZE", help="Such as 1T.")] = "1T",
    alpha: Annotated[str, typer.Option("--alpha", metavar="A", help="Safety multiplier of Eq. 7.")] = "1.5",
    delta: Annotated[str, typer.Option("--delta", metavar="D", help="Cut of Eq. 7, such as 46%.")] = "46%",
    floor: Annotated[str, typer.Option("--floor", metavar="AMOUNT", help="Least margin, in USDT.")] = "0",
) -> None:
    """Show the initial margin by equation 7 of the paper, and which repricings it pays for."""
    from ifx_sdk.cli import hedge_claims
    from ifx_sdk.hedging import initial_margin
    from ifx_sdk.money import parse_amount, parse_price, parse_quantity

    found = initial_margin(
        price=parse_price(price),
        quantity=parse_quantity(size),
        alpha_bps=hedge_claims.parse_bps(alpha),
        delta_bps=hedge_claims.parse_cut(delta),
        floor=parse_amount(floor),
    )
    session.output.answer(hedge_claims.margin_document(found), hedge_claims.margin_text(found))

"""`ifx post`: what a quorum of oracle nodes signed becomes the day's fixing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX


@command(WRITES)
def post(
    session: Session,
    what: Annotated[list[str], typer.Argument(metavar="FILE", help="Signed reports; with --devnet NAME=PRICE...")],
    devnet: Annotated[
        bool, typer.Option("--devnet", help="Chain 31337: sign NAME=PRICE with the well-known nodes and post it.")
    ] = False,
) -> None:
    """Post signed reports as today's fixings; anyone may.

    Of several, what is posted already is skipped.
    """
    from ifx_sdk.cli.bundles import read_reports
    from ifx_sdk.oracle import MAX_REPORTS

    if devnet:
        _post_devnet(session, what)
        return
    reports = read_reports(what)
    ifx = session.signing_ifx()
    for first in range(0, len(reports), MAX_REPORTS):
        part = reports[first : first + MAX_REPORTS]
        outcome = ifx.oracle.post(part[0]) if len(reports) == 1 else ifx.oracle.post_many(part)
        outcome.confirmed()
    _answer(session, ifx, [(each.underlying, each.day) for each in reports])


def _post_devnet(session: Session, what: list[str]) -> None:
    from ifx_sdk import devnet
    from ifx_sdk.calendar import day_of

    prices = dict(_priced(each) for each in what)
    ifx = session.ifx()
    day = day_of(ifx.chain.now())
    for outcome in devnet.post(ifx, prices, day):
        outcome.confirmed()
    _answer(session, ifx, [(name, day) for name in prices])


def _priced(text: str) -> tuple[str, int]:
    from ifx_sdk.errors import BadValue
    from ifx_sdk.money import parse_price
    from ifx_sdk.terms import parse_underlying

    name, equals, price = text.partition("=")
    if not equals:
        raise BadValue(text, "it is not NAME=PRICE", cure="Write it as openai/gpt-4.1=8.00.")
    return parse_underlying(name), parse_price(price)


def _answer(session: Session, ifx: IFX, posted: list[tuple[str, int]]) -> None:
    from ifx_sdk.calendar import date_of
    from ifx_sdk.cli.output import table
    from ifx_sdk.money import format_price

    found = [(name, day, ifx.oracle.fixing(name, day)) for name, day in posted]
    fixings = [
        {"underlying": name, "day": day, "price": each.price, "signers": each.signers.bit_count()}
        for name, day, each in found
        if each is not None
    ]
    rows = [
        (name, date_of(day).isoformat(), format_price(each.price), str(each.signers.bit_count()))
        for name, day, each in found
        if each is not None
    ]
    document = {"fixings": fixings, "transactions": session.announcer.transactions(ifx.chain)}
    session.output.answer(document, table(("underlying", "day", "fixing", "signers"), rows, right=(2, 3)))

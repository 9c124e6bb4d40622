"""`ifx post`: what a quorum of oracle nodes signed becomes the day's fixing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX
    from ifx_sdk.errors import IFXError
    from ifx_sdk.reports import Report, Statement


@command(WRITES)
def post(
    session: Session,
    what: Annotated[list[str], typer.Argument(metavar="FILE", help="Signed reports; with --devnet NAME=PRICE...")],
    devnet: Annotated[
        bool, typer.Option("--devnet", help="Chain 31337: sign NAME=PRICE with the well-known nodes and post it.")
    ] = False,
) -> None:
    """Post signed reports as today's fixings; anyone may.

    Attestations that do not count are named and left out. Of several underlyings, what is posted already is skipped,
    and what has no quorum keeps none of the others back: it is told, and the exit code is 1.
    """
    from ifx_sdk.cli.bundles import read_statements
    from ifx_sdk.oracle import MAX_REPORTS

    if devnet:
        _post_devnet(session, what)
        return
    statements = read_statements(what)
    ifx = session.signing_ifx()
    reports, refused = _agreed(session, ifx, statements)
    for first in range(0, len(reports), MAX_REPORTS):
        part = reports[first : first + MAX_REPORTS]
        outcome = ifx.oracle.post(part[0]) if len(reports) + len(refused) == 1 else ifx.oracle.post_many(part)
        outcome.confirmed()
    _answer(session, ifx, [(each.underlying, each.day) for each in reports], refused)
    if refused:
        raise typer.Exit(1)


def _agreed(session: Session, ifx: IFX, statements: list[Statement]) -> tuple[list[Report], list[tuple[str, IFXError]]]:
    """What a quorum signed of today, and the underlyings without; where none has one, raise the first's reason."""
    from ifx_sdk.calendar import day_of
    from ifx_sdk.cli.errors import BadBundle
    from ifx_sdk.errors import AttestationsDisagree, Reverted
    from ifx_sdk.reports import tally

    if not statements:
        raise BadBundle("given", "no attestations: every window had too few valid slots")
    today = day_of(ifx.chain.now())
    domain, registered = ifx.oracle.domain(), ifx.oracle.signers_on(today)
    reports: list[Report] = []
    refused: list[tuple[str, IFXError]] = []
    for name in dict.fromkeys(each.attestation.underlying for each in statements):
        own = [each for each in statements if each.attestation.underlying == name]
        found = tally(own, name, today, domain=domain, signers=registered.signers, quorum=registered.quorum)
        for left_out in found.uncounted:
            session.output.note(f"not counted: {left_out.source}: {left_out.why}")
        try:
            _hold_postable(ifx, name)
            reports.append(found.agreed())
        except (AttestationsDisagree, Reverted) as error:
            refused.append((name, error))
    if not reports:
        raise refused[0][1]
    return reports, refused


def _hold_postable(ifx: IFX, name: str) -> None:
    """Raise what the contract would refuse a whole transaction for: UnknownUnderlying, NotTheReviewer."""
    from ifx_sdk.errors import NotTheReviewer

    listed = ifx.oracle.underlying(ifx.oracle.index_of(name))
    if listed.review_required and (reviewer := ifx.oracle.reviewer()) != ifx.oracle.account:
        raise NotTheReviewer(what=f"{name} is posted by {reviewer} only")


def _post_devnet(session: Session, what: list[str]) -> None:
    from ifx_sdk import devnet
    from ifx_sdk.calendar import day_of

    prices = dict(_priced(each) for each in what)
    ifx = session.ifx()
    day = day_of(ifx.chain.now())
    for outcome in devnet.post(ifx, prices, day):
        outcome.confirmed()
    _answer(session, ifx, [(name, day) for name in prices], [])


def _priced(text: str) -> tuple[str, int]:
    from ifx_sdk.errors import BadValue
    from ifx_sdk.money import parse_price
    from ifx_sdk.terms import parse_underlying

    name, equals, price = text.partition("=")
    if not equals:
        raise BadValue(text, "it is not NAME=PRICE", cure="Write it as openai/gpt-4.1=8.00.")
    return parse_underlying(name), parse_price(price)


def _answer(session: Session, ifx: IFX, posted: list[tuple[str, int]], refused: list[tuple[str, IFXError]]) -> None:
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
    for name, error in refused:
        session.output.note(f"error: {name}: {error}")
    document = {
        "fixings": fixings,
        "refused": [
            {"underlying": name, "type": type(error).__name__, "message": error.what} for name, error in refused
        ],
        "transactions": session.announcer.transactions(ifx.chain),
    }
    session.output.answer(document, table(("underlying", "day", "fixing", "signers"), rows, right=(2, 3)))

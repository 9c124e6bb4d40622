"""`ifx post`: what a quorum of oracle nodes signed becomes the day's fixing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX
    from ifx_sdk.errors import IFXError
    from ifx_sdk.outcomes import Outcome
    from ifx_sdk.reports import Report, Statement

    Refused = list[tuple[str, IFXError]]


@command(WRITES)
def post(
    session: Session,
    what: Annotated[list[str], typer.Argument(metavar="FILE", help="Signed reports; with --devnet NAME=PRICE...")],
    devnet: Annotated[
        bool, typer.Option("--devnet", help="Chain 31337: sign NAME=PRICE with the well-known nodes and post it.")
    ] = False,
) -> None:
    """Post signed reports as today's fixings; anyone may.

    Attestations that do not count are named and left out. Of several underlyings, what is posted already is named and
    skipped, and what has no quorum keeps none of the others back: it is told, and the exit code is 1. So it is where
    all is posted already.
    """
    from ifx_sdk.cli.bundles import read_statements
    from ifx_sdk.oracle import MAX_REPORTS

    if devnet:
        _post_devnet(session, what)
        return
    statements = read_statements(what)
    ifx = session.signing_ifx()
    reports, refused = _agreed(session, ifx, statements)
    outcomes: list[Outcome] = []
    for first in range(0, len(reports), MAX_REPORTS):
        part = reports[first : first + MAX_REPORTS]
        single = len(reports) + len(refused) == 1
        outcomes.append((ifx.oracle.post(part[0]) if single else ifx.oracle.post_many(part)).confirmed())
    _answer(session, ifx, [each.underlying for each in reports], reports[0].day, outcomes, refused)


def _agreed(session: Session, ifx: IFX, statements: list[Statement]) -> tuple[list[Report], Refused]:
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
    refused: Refused = []
    for name in dict.fromkeys(each.attestation.underlying for each in statements):
        own = [each for each in statements if each.attestation.underlying == name]
        found = tally(own, name, today, domain=domain, signers=registered.signers, quorum=registered.quorum)
        for left_out in found.uncounted:
            session.output.note(f"not counted: {left_out.source}: {left_out.why}")
        try:
            _hold_postable(ifx, name)
            if any(each.attestation.day == today for each in own):
                _hold_open(ifx, name, today)
            reports.append(found.agreed())
        except (AttestationsDisagree, Reverted) as error:
            refused.append((name, error))
    if not reports:
        raise _nothing_left(session, refused)
    return reports, refused


def _nothing_left(session: Session, refused: Refused) -> IFXError:
    """The error where nothing can be posted: the first that somebody can still do something about; the rest is told."""
    from ifx_sdk.errors import AlreadyPosted

    chosen = next((each for each in refused if not isinstance(each[1], AlreadyPosted)), refused[0])
    for name, error in refused:
        if error is not chosen[1]:
            session.output.note(f"error: {name}: {error}")
    return chosen[1]


def _hold_postable(ifx: IFX, name: str) -> None:
    """Raise what the contract would refuse a whole transaction for: UnknownUnderlying, NotTheReviewer."""
    from ifx_sdk.errors import NotTheReviewer

    listed = ifx.oracle.underlying(ifx.oracle.index_of(name))
    if listed.review_required and (reviewer := ifx.oracle.reviewer()) != ifx.oracle.account:
        raise NotTheReviewer(what=f"{name} is posted by {reviewer} only")


def _hold_open(ifx: IFX, name: str, day: int) -> None:
    """Raise AlreadyPosted where the fixing of the day stands."""
    from ifx_sdk.calendar import date_of
    from ifx_sdk.errors import AlreadyPosted
    from ifx_sdk.money import format_price

    if (fixing := ifx.oracle.fixing(name, day)) is not None:
        what = f"{name} has its fixing of {date_of(day)} already, {format_price(fixing.price)}"
        raise AlreadyPosted(what=what)


def _post_devnet(session: Session, what: list[str]) -> None:
    from ifx_sdk import devnet
    from ifx_sdk.calendar import day_of
    from ifx_sdk.errors import AlreadyPosted

    prices = _prices(what)
    ifx = session.ifx()
    day = day_of(ifx.chain.now())
    refused: Refused = []
    for name in prices:
        try:
            _hold_open(ifx, name, day)
        except AlreadyPosted as error:
            refused.append((name, error))
    left = {name: price for name, price in prices.items() if name not in dict(refused)}
    if not left:
        raise _nothing_left(session, refused)
    outcomes: list[Outcome] = [outcome.confirmed() for outcome in devnet.post(ifx, left, day)]
    _answer(session, ifx, list(left), day, outcomes, refused)


def _prices(what: list[str]) -> dict[str, int]:
    """Name -> price; a name given twice is BadValue: only one of its prices could become the fixing."""
    from ifx_sdk.errors import BadValue

    prices: dict[str, int] = {}
    for name, price in map(_priced, what):
        if name in prices:
            raise BadValue(name, "it is given two prices", cure="Give one NAME=PRICE for each name; nothing was sent.")
        prices[name] = price
    return prices


def _priced(text: str) -> tuple[str, int]:
    from ifx_sdk.errors import BadValue
    from ifx_sdk.money import parse_price
    from ifx_sdk.terms import parse_underlying

    name, equals, price = text.partition("=")
    if not equals:
        raise BadValue(text, "it is not NAME=PRICE", cure="Write it as openai/gpt-4.1=8.00.")
    return parse_underlying(name), parse_price(price)


def _posted(ifx: IFX, outcomes: list[Outcome]) -> set[str]:
    """The names whose fixing these transactions posted: the contract skips what somebody else posted meanwhile."""
    from ifx_sdk.contract import integer
    from ifx_sdk.outcomes import Confirmed

    events = [event for each in outcomes if isinstance(each, Confirmed) for event in each.events]
    return {
        ifx.oracle.underlying(integer(event.args["underlying"])).name
        for event in events
        if event.name == "FixingPosted"
    }


def _answer(session: Session, ifx: IFX, names: list[str], day: int, outcomes: list[Outcome], refused: Refused) -> None:
    """What was posted, what was skipped because it stands already, and what was refused: for that, exit 1."""
    from ifx_sdk.calendar import date_of
    from ifx_sdk.cli.output import table
    from ifx_sdk.errors import AlreadyPosted
    from ifx_sdk.money import format_price

    ours = _posted(ifx, outcomes)
    for name in (each for each in names if each not in ours):
        try:
            _hold_open(ifx, name, day)
        except AlreadyPosted as error:
            refused.append((name, error))
    found = [(name, each) for name in names if name in ours and (each := ifx.oracle.fixing(name, day)) is not None]
    if not found:
        raise _nothing_left(session, refused)
    for name, why in refused:
        session.output.note(f"skipped: {why}" if isinstance(why, AlreadyPosted) else f"error: {name}: {why}")
    left = [each for each in refused if not isinstance(each[1], AlreadyPosted)]
    document = {
        "fixings": [
            {"underlying": name, "day": day, "price": each.price, "signers": each.signers.bit_count()}
            for name, each in found
        ],
        "skipped": [name for name, why in refused if isinstance(why, AlreadyPosted)],
        "refused": [{"underlying": name, "type": type(why).__name__, "message": why.what} for name, why in left],
        "transactions": session.announcer.transactions(ifx.chain),
    }
    date = date_of(day).isoformat()
    rows = [(name, date, format_price(each.price), str(each.signers.bit_count())) for name, each in found]
    session.output.answer(document, table(("underlying", "day", "fixing", "signers"), rows, right=(2, 3)))
    if left:
        raise typer.Exit(1)

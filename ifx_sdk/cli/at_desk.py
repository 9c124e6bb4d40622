"""`ifx request`, `ifx inbox`, `ifx decline`, `ifx documents`, `ifx sign-in`: a desk from the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import DESK, Session, command

if TYPE_CHECKING:
    from collections.abc import Callable

    from ifx_sdk.desk.requests import Request as Found

request = typer.Typer(help="Ask a desk for a forward, look, take back.", no_args_is_help=True, rich_markup_mode=None)

Id = Annotated[str, typer.Argument(metavar="ID", help="The request's, 26 characters.")]


@request.command("create")
@command(DESK)
def create(
    session: Session,
    side: Annotated[str, typer.Argument(metavar="long|short", help="A long receives when the price rises.")],
    underlying: Annotated[str, typer.Argument(metavar="UNDERLYING", help="Such as openai/gpt-4.1.")],
    size: Annotated[str, typer.Argument(metavar="SIZE", help='Such as 100B, 1T or "100000 Mtok".')],
    when: Annotated[str, typer.Argument(metavar="TENOR|DATE", help="3M, 6M, 9M, 12M, or a maturity YYYY-MM-DD.")],
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="PRICE", help="The worst that you take; else the indicative one.")
    ] = None,
    average: Annotated[int, typer.Option("--average", metavar="N", help="Settle on the mean of N days.")] = 1,
    valid: Annotated[str, typer.Option("--valid", metavar="24h|7d", help="How long it is valid.")] = "7d",
    contact: Annotated[str, typer.Option("--contact", help="For the operator alone.")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Do not hand it in yet.")] = False,
) -> None:
    """Ask for a forward. Nothing is locked before both sides approved final terms."""
    from ifx_sdk.calendar import day_number, midnight, parse_date
    from ifx_sdk.cli import desk_sheet
    from ifx_sdk.cli.reading import parse_duration, parse_tenor
    from ifx_sdk.errors import BadValue
    from ifx_sdk.money import parse_price, parse_quantity

    if side not in ("long", "short"):
        raise BadValue(side, "a side is long or short", cure="Write long or short.")
    is_date = when.count("-") == 2
    with session.desk() as desk:
        made = desk.request(
            "long" if side == "long" else "short",
            underlying,
            parse_quantity(size),
            months=None if is_date else parse_tenor(when),
            maturity=midnight(day_number(parse_date(when))) if is_date else None,
            averaging_days=average,
            limit_price=None if limit is None else parse_price(limit),
            valid_until=session.desk_time() + parse_duration(valid),
            contact=contact,
            submit=not draft,
        )
    session.output.answer(desk_sheet.request_document(made), desk_sheet.request_text(made))


@request.command("list")
@command(DESK)
def listed(
    session: Session,
    state: Annotated[str | None, typer.Option("--state", help="Such as checked.")] = None,
) -> None:
    """List your requests, newest first."""
    from ifx_sdk.cli import desk_sheet

    with session.desk() as desk:
        found = list(desk.requests(state=state))  # type: ignore[arg-type]  # the desk refuses what is none
    document = {"requests": [desk_sheet.request_document(each) for each in found]}
    session.output.answer(document, desk_sheet.requests_table(found))


@request.command("submit")
@command(DESK)
def submit(session: Session, id: Id) -> None:
    """Hand a draft in."""
    with session.desk() as desk:
        _answer(session, desk.submit(id))


@request.command("withdraw")
@command(DESK)
def withdraw(session: Session, id: Id) -> None:
    """Take a request back, as long as no terms wait for approval."""
    with session.desk() as desk:
        _answer(session, desk.withdraw(id))


@command(DESK)
def inbox(session: Session) -> None:
    """Show what waits for you at the desk.

    Most urgent first; times in UTC and yours.
    """
    from dataclasses import asdict

    from ifx_sdk.cli import desk_sheet
    from ifx_sdk.desk import waiting

    with session.desk() as desk:
        found = waiting(desk)
    session.output.answer({"waiting": [asdict(each) for each in found]}, desk_sheet.inbox_table(found))


@command(DESK)
def decline(
    session: Session,
    id: Annotated[str, typer.Argument(metavar="ID", help="The agreement's, 26 characters.")],
) -> None:
    """Say no to what a desk sent.

    To terms, a termination or a novation, for all of its parties, for ever. A signature that you gave
    before holds on the chain until its deadline: `ifx revoke` ends it there.
    """
    with session.desk() as desk:
        found = desk.decline(id)
    session.output.answer(found.model_dump(), f"{found.kind} {found.id}: {found.state}")


@command(DESK)
def documents(
    session: Session,
    id: Annotated[str | None, typer.Argument(metavar="ID", help="The forward's; none: your whole ledger.")] = None,
    out: Annotated[str, typer.Option("--out", metavar="FOLDER", help="Where to write them.")] = ".",
    zone: Annotated[str, typer.Option("--zone", help="Time zone shown beside UTC, such as Europe/Berlin.")] = "UTC",
    force: Annotated[bool, typer.Option("--force", help="Replace files.")] = False,
) -> None:
    """Download a forward's papers, or your ledger.

    Confirmation, statements, mark, hedge memo, ledger, dates.
    """
    from functools import partial
    from pathlib import Path

    from ifx_sdk.cli.reading import parse_hash, refuse_existing
    from ifx_sdk.files import write_whole

    files: dict[str, Callable[[], bytes]] = {}
    with session.desk() as desk:
        if id is None:
            files["ifx-ledger.csv"] = desk.documents.ledger
        else:
            forward = "0x" + parse_hash(id).hex()
            for each in desk.documents.listed(forward):
                name = f"ifx-{each.kind}-{forward[2:10]}.{each.form}"
                files[name] = partial(desk.documents.get, forward, each.kind, each.form, zone=zone)
        paths = {Path(out, name): fetch for name, fetch in files.items()}
        for path in paths:
            refuse_existing(path, overwrite=force)
        for path, fetch in paths.items():
            write_whole(path, fetch())
    written = [str(path) for path in paths]
    session.output.answer({"files": written}, "\n".join(written))


@command(DESK)
def sign_in(
    session: Session,
    message: Annotated[
        str | None, typer.Option("--message", metavar="FILE", help="What an earlier run wrote with --out.")
    ] = None,
    signature: Annotated[
        str | None, typer.Option("--signature", metavar="HEX", help="What the owners' wallet made of it.")
    ] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write the message here.")] = None,
) -> None:
    """Sign a Safe in to a desk.

    Its owners sign elsewhere; the token of the session goes into IFX_DESK_TOKEN.

    First with --account SAFE --out FILE: shows the message and the hash that each owner signs, within ten minutes. Then
    with --message FILE --signature HEX: shows the token, a secret for twelve hours. A key needs none of this.
    """
    from ifx_sdk.cli import desk_sheet

    session.output.answer(*desk_sheet.signing_in(session, message, signature, out))


def _answer(session: Session, found: Found) -> None:
    from ifx_sdk.cli import desk_sheet

    session.output.answer(desk_sheet.request_document(found), desk_sheet.request_text(found))

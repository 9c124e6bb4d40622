"""`ifx profile`: what a desk knows of you, and where your notices go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import DESK, Session, command

if TYPE_CHECKING:
    from ifx_sdk.desk.requests import Profile

profile = typer.Typer(
    help="What a desk knows of you, and where notices go.", no_args_is_help=True, rich_markup_mode=None
)


@profile.command("show")
@command(DESK)
def show(session: Session) -> None:
    """Show your profile. The other side of final terms reads the name, nobody the rest."""
    with session.desk() as desk:
        _answer(session, desk.profile())


@profile.command("set")
@command(DESK)
def write(
    session: Session,
    name: Annotated[str | None, typer.Option("--name", help="Legal name, as confirmations have it.")] = None,
    email: Annotated[str | None, typer.Option("--email", help='Where notices go once confirmed; "" for none.')] = None,
    webhook: Annotated[str | None, typer.Option("--webhook", metavar="URL", help='Posted to; "" for none.')] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Such as Europe/Berlin, beside UTC.")] = None,
) -> None:
    """Change what is named; the rest stays. A new e-mail address gets a code: `ifx profile confirm`."""
    with session.desk() as desk:
        now = desk.profile()
        made = desk.change_profile(
            name=now.name if name is None else name,
            email=now.email if email is None else email,
            webhook=now.webhook if webhook is None else webhook,
            zone=now.zone if zone is None else zone,
        )
    _answer(session, made)


@profile.command("confirm")
@command(DESK)
def confirm(
    session: Session,
    code: Annotated[str, typer.Argument(metavar="CODE", help="What the mail says; it holds for an hour.")],
) -> None:
    """Confirm your e-mail address: notices go there from then on."""
    with session.desk() as desk:
        _answer(session, desk.confirm_email(code))


@profile.command("send-code")
@command(DESK)
def send_code(session: Session) -> None:
    """Have another code mailed to your address; the one before is void."""
    with session.desk() as desk:
        _answer(session, desk.send_email_code())


def _answer(session: Session, found: Profile) -> None:
    from ifx_sdk.cli import desk_sheet

    session.output.answer(desk_sheet.profile_document(found), desk_sheet.profile_text(found))

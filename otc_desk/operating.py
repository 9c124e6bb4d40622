"""`ifx-desk operator`: look at requests, check or reject them, confirm matches.

It asks the desk over HTTP with the operator's key, as any page or script does, and never the database: so there is one
place that decides who may do what, the audit trail names the operator's own account rather than whoever reached the
machine, and it works from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel

from ifx_sdk.cli.output import Output
from ifx_sdk.money import format_price, format_quantity

if TYPE_CHECKING:
    from ifx_sdk.desk import Desk
    from ifx_sdk.desk.operator import OperatorRequest, ProposedMatch

app = typer.Typer(help="What operators do, with an operator's key.", no_args_is_help=True, rich_markup_mode=None)

Url = Annotated[str, typer.Option("--url", metavar="URL", envvar="IFX_DESK_URL", help="The desk.")]
KeyFile = Annotated[
    str, typer.Option("--key-file", metavar="FILE", envvar="IFX_KEY_FILE", help="The operator's key or keystore.")
]
PasswordFile = Annotated[
    str | None, typer.Option("--password-file", metavar="FILE", help="The keystore's password; else asked.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The request's.")]


@app.command("list")
def listed(
    url: Url,
    key_file: KeyFile,
    state: Annotated[str | None, typer.Option("--state", help="Such as submitted.")] = None,
    password_file: PasswordFile = None,
    as_json: Json = False,
) -> None:
    """Everybody's requests but drafts, newest first."""
    with _desk(url, key_file, password_file) as desk:
        found = list(desk.operator.requests(state=state))  # type: ignore[arg-type]  # the desk refuses what is none
    _answer(as_json, {"requests": _plain(found)}, _REQUESTS, [_request_row(each) for each in found])


@app.command()
def check(url: Url, key_file: KeyFile, id: Id, password_file: PasswordFile = None, as_json: Json = False) -> None:
    """Let a request be matched, after looking at it."""
    with _desk(url, key_file, password_file) as desk:
        found = desk.operator.check(id)
    _answer(as_json, {"request": _plain([found])[0]}, _REQUESTS, [_request_row(found)])


@app.command()
def reject(
    url: Url,
    key_file: KeyFile,
    id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Its author reads it.")],
    password_file: PasswordFile = None,
    as_json: Json = False,
) -> None:
    """Say no to a request."""
    with _desk(url, key_file, password_file) as desk:
        found = desk.operator.reject(id, reason)
    _answer(as_json, {"request": _plain([found])[0]}, _REQUESTS, [_request_row(found)])


@app.command()
def matches(url: Url, key_file: KeyFile, password_file: PasswordFile = None, as_json: Json = False) -> None:
    """What could be matched now, best first."""
    with _desk(url, key_file, password_file) as desk:
        found = desk.operator.matches()
    document = {"matches": _plain(found.items), "left_off": found.left_off}
    _answer(as_json, document, _MATCHES, [_match_row(each) for each in found.items])


@app.command("why-not")
def why_not(url: Url, key_file: KeyFile, id: Id, password_file: PasswordFile = None, as_json: Json = False) -> None:
    """Why a request has no counterpart: every other one of its underlying, with the reason."""
    with _desk(url, key_file, password_file) as desk:
        found = desk.operator.no_matches(id)
    rows = [(each.request.id, each.request.side, each.reason or "they fit") for each in found.items]
    _answer(as_json, {"no_matches": _plain(found.items)}, ("request", "side", "why not"), rows)


@app.command()
def confirm(
    url: Url,
    key_file: KeyFile,
    long: Annotated[str, typer.Argument(metavar="LONG", help="The long request's id.")],
    short: Annotated[str, typer.Argument(metavar="SHORT", help="The short request's id.")],
    price: Annotated[
        str | None, typer.Option("--price", metavar="PRICE", help="As you saw it; else as it is proposed now.")
    ] = None,
    password_file: PasswordFile = None,
    as_json: Json = False,
) -> None:
    """Send both sides the final terms of a match that `matches` proposes now: the best first, nobody is passed over."""
    from ifx_sdk.desk.errors import WrongState
    from ifx_sdk.money import parse_price

    seen = None if price is None else parse_price(price)
    with _desk(url, key_file, password_file) as desk:
        pairs = [each for each in desk.operator.matches().items if (each.long.id, each.short.id) == (long, short)]
        if not pairs:
            cure = "See `ifx-desk operator matches`; `why-not` says why two do not fit, or a better one goes before."
            raise WrongState(f"{long} and {short} are no proposed match", cure=cure)
        if seen is not None and pairs[0].price != seen:
            raise WrongState(f"the match is at {format_price(pairs[0].price)} by now", cure="Look at it anew.")
        found = desk.operator.confirm(pairs[0])
    row = (found.agreement, found.state, found.digest)
    _answer(as_json, {"confirmed": _plain([found])[0]}, ("agreement", "state", "digest"), [row])


_REQUESTS = ("id", "state", "side", "underlying", "size", "tenor", "limit", "author")
_MATCHES = ("long", "short", "underlying", "size", "price", "spot", "overlap")


def _desk(url: str, key_file: str, password_file: str | None) -> Desk:
    from ifx_sdk.cli.keys import open_signer
    from ifx_sdk.desk import Desk

    return Desk(url, open_signer(key_file, password_file, None))


def _request_row(found: OperatorRequest) -> tuple[str, ...]:
    limit = "indicative" if found.limit_price is None else format_price(found.limit_price)
    tenor = f"{found.months}M" if found.months else f"to {found.maturity}"
    size = format_quantity(found.quantity)
    author = found.name or found.account
    return found.id, found.state, found.side, found.underlying, size, tenor, limit, author


def _match_row(found: ProposedMatch) -> tuple[str, ...]:
    prices = (format_price(each) for each in (found.price, found.spot, found.improvement))
    return found.long.id, found.short.id, found.underlying, format_quantity(found.quantity), *prices


def _plain(found: Iterable[BaseModel]) -> list[dict[str, object]]:
    return [each.model_dump() for each in found]


def _answer(
    as_json: bool, document: Mapping[str, object], header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    if as_json:
        Output(json=True).answer(document, "")
        return
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, box=SIMPLE)
    for row in rows:
        table.add_row(*map(Text, row))  # a name with brackets is no markup
    # Not a terminal: as wide as it is, for ids are copied out of it.
    console = Console()
    console = console if console.is_terminal else Console(width=240)
    console.print(table if rows else "nothing")

"""The command `ifx-desk`: serve a desk, bring its database up to date, operate it.

Exit codes as those of `ifx`: 0 done, 1 refused or failed, 2 a call or a setting that cannot be used.
"""

import json
import signal
import threading
from typing import Annotated, Any

import typer

from ifx_sdk.cli.shell import FAILED, exit_code
from ifx_sdk.errors import IFXError
from otc_desk.operating import app as operator_app

app = typer.Typer(
    name="ifx-desk",
    help="The OTC desk: requests, matches, final terms, approvals, bookings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
events_app = typer.Typer(help="The audit trail.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(operator_app, name="operator")
app.add_typer(events_app, name="events")

Config = Annotated[str, typer.Option("--config", metavar="FILE", envvar="IFX_DESK_CONFIG", help="Its settings, TOML.")]


@app.command()
def serve(
    config: Config,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Its port.")] = 8_080,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Another process runs `ifx-desk worker`.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step.")] = False,
) -> None:
    """Answer participants and operators, and do the desk's own work beside it, until it is stopped."""
    from otc_desk import logs, serving
    from otc_desk.settings import read_settings

    logs.configure(debug=debug)
    if not serving.serve(read_settings(config), host=host, port=port, with_worker=not no_worker):
        raise typer.Exit(FAILED)


@app.command()
def worker(config: Config, debug: Annotated[bool, typer.Option("--debug", help="Log every step.")] = False) -> None:
    """Do the desk's own work alone: watch approvals, book, follow, expire, tell. One process for each database."""
    from otc_desk import logs, serving
    from otc_desk.settings import read_settings

    logs.configure(debug=debug)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    serving.work(read_settings(config), stop)


@app.command()
def migrate(
    config: Config,
    down: Annotated[
        str | None, typer.Option("--down", metavar="REV", help="Back to a revision; base: nothing.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Change nothing: print where it is and what is newest.")] = False,
) -> None:
    """Bring the database to the tables of this version. Stop every desk on it first, and keep a copy."""
    from otc_desk.db import migrate as migrations
    from otc_desk.db.engine import Database
    from otc_desk.settings import read_settings

    database = Database(read_settings(config).database)
    try:
        before = migrations.current(database)
        if down is not None and not show:
            migrations.downgrade(database, down)
        elif not show:
            migrations.upgrade(database)
        after = migrations.current(database)
    finally:
        database.close()
    print(json.dumps({"before": before, "now": after, "newest": migrations.newest()}))


@events_app.command()
def verify(config: Config) -> None:
    """Hold every row of the audit trail against the hash in the next one: exit 1 and name each that does not hold."""
    from sqlalchemy import func, select

    from otc_desk import events
    from otc_desk.db.engine import Database
    from otc_desk.db.tables import Event
    from otc_desk.settings import read_settings

    database = Database(read_settings(config).database)
    try:
        with database.reading() as session:
            rows = session.scalar(select(func.count()).select_from(Event)) or 0
            last = session.scalars(select(Event.hash).order_by(Event.seq.desc()).limit(1)).first()
            broken = [{"seq": each.seq, "why": each.why} for each in events.verify(session)]
    finally:
        database.close()
    print(json.dumps({"events": rows, "last": last, "broken": broken}))
    if broken:
        raise typer.Exit(FAILED)


def main(arguments: list[str] | None = None, **settings: Any) -> None:
    """Entry point of the command."""
    from ifx_sdk.cli.output import Output

    try:
        app(arguments, **settings)
    except IFXError as error:
        Output(json="--json" in (arguments or _given())).error(error)
        raise SystemExit(exit_code(error)) from error


def _given() -> list[str]:
    import sys

    return sys.argv[1:]

"""The command `ifx-oracle`: a shell around the modules of `oracle_node.commands`, each loaded when it is asked for."""

from importlib import import_module
from types import ModuleType

import typer

from ifx_sdk.errors import IFXError, InputError, MissingExtra, SignerError
from oracle_node.commands import FAILED, USAGE

app = typer.Typer(
    name="ifx-oracle",
    help="Read providers' pricing pages, fix one price a day, sign and post it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help, as that of `ifx`.
    rich_markup_mode=None,
)


@app.callback()
def _root() -> None:
    """Read providers' pricing pages, fix one price a day, sign and post it."""


@app.command(short_help="Read one price from a saved page.")
def parse(
    file: str = typer.Argument(..., metavar="FILE", help="A saved pricing page or models list."),
    provider: str = typer.Option(..., help="openai, anthropic, google or openrouter."),
    model: str = typer.Option(..., help="The vendor's id of the model, or its display name."),
    on: str | None = typer.Option(None, metavar="YYYY-MM-DD", help="UTC date of the observation; default today."),
) -> None:
    """Print the standard output price FILE gives a model, as one line of JSON: exit 0, or 3 when it is refused."""
    raise typer.Exit(_command("parse").run(file, provider=provider, model=model, on=on))


_CONFIG = typer.Option(..., metavar="FILE", help="The node's settings, a TOML file.")
_RELEASE = typer.Option(None, "--release", metavar="NAME=USD", help="Let a price on another scale count.")
_INDEXES = typer.Argument(..., metavar="NAME...", help="Index references, such as index/lpi-openai.")
_REPORTS = typer.Argument(None, metavar="[REPORTS]...", help="What `fix` printed; default ask the peers.")


@app.command(short_help="Read the pages of the settings.")
def observe(
    config: str = _CONFIG,
    out: str | None = typer.Option(None, metavar="FILE", help="Append the readings to this file too."),
    window: bool = typer.Option(False, help="All slots of the next window, each at its time; default one slot now."),
    release: list[str] | None = _RELEASE,
) -> None:
    """Read the pages of the settings, a line of JSON a reading: exit 0, or 3 when one gave no price."""
    _run("observe", config, out=out, window=window, releases=release or ())


@app.command(short_help="Sign each window's median.")
def fix(
    readings: str | None = typer.Argument(None, metavar="[READINGS]", help="A file of `observe --out`, not the store."),
    config: str = _CONFIG,
    day: str | None = typer.Option(None, metavar="YYYY-MM-DD", help="UTC day to fix; default today, or the file's."),
    manifests: str | None = typer.Option(None, metavar="DIR", help="Write each window's evidence here."),
) -> None:
    """Sign each window's median, a line of JSON a report: exit 0, or 3 when a window has too few valid slots."""
    _run("fix", readings, config=config, day=day, manifests=manifests)


@app.command("import-book", short_help="Take over an earlier version's reports.")
def import_book(
    book: str = typer.Argument(..., metavar="BOOK", help="Its book, a file of JSON lines."),
    config: str = _CONFIG,
) -> None:
    """Take the reports of an earlier version's book into the node's store, so that none of them is signed again."""
    _run("import_book", book, config=config)


@app.command(short_help="Sign index values of the day before.")
def index(
    underlyings: list[str] = _INDEXES,
    config: str = _CONFIG,
    store: str = typer.Option(..., metavar="DIR", help="The node's own store, as `ifx-index` writes it."),
    day: str | None = typer.Option(None, metavar="YYYY-MM-DD", help="UTC day to fix; default today."),
    sign: bool = typer.Option(False, "--sign", help="Sign; without it each value is only shown, for a look."),
) -> None:
    """Sign first revisions of quality GOOD of the day before: exit 0, or 3 when one is withheld."""
    _run("index", underlyings, config=config, store=store, day=day, sign=sign)


@app.command(short_help="Post what a quorum signed.")
def post(
    files: list[str] | None = _REPORTS,
    config: str = _CONFIG,
    day: str | None = typer.Option(None, metavar="YYYY-MM-DD", help="UTC day; default the chain's today."),
    post: bool = typer.Option(False, "--post", help="Send the transaction; without it nothing is sent."),
    wait: bool = typer.Option(False, "--wait", help="Wait for this node's turn, 30 s for each node before it."),
) -> None:
    """Post what a quorum signed, a line of JSON an underlying: exit 0, or 3 when one is neither posted nor ready."""
    _run("post", files or (), config=config, day=day, post=post, wait=wait)


def _run(module: str, *arguments: object, **options: object) -> None:
    """Run a command; an error of ours ends as one line on stderr with its cure: exit 2 for bad input, else 1."""
    command, name = _command(module), module.replace("_", "-")
    try:
        code = command.run(*arguments, **options)
    except IFXError as error:
        typer.echo(f"ifx-oracle {name}: {error}", err=True)
        raise typer.Exit(USAGE if isinstance(error, InputError | SignerError) else FAILED) from error
    raise typer.Exit(code)


def _command(name: str) -> ModuleType:
    """The module of a command; exit 2 with the extra's name where the bare install lacks what it needs."""
    try:
        return import_module(f"oracle_node.commands.{name}")
    except ModuleNotFoundError as error:
        typer.echo(str(MissingExtra("oracle", f"ifx-oracle {name} ({error.name} is not installed)")), err=True)
        raise typer.Exit(2) from error


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()

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
_PRICES = typer.Argument(..., metavar="NAME=USD...", help="Such as openai/gpt-4.1=0.32.")
_RELEASE = typer.Option(None, "--release", metavar="NAME=USD", help="Let a price on another scale count.")
_INDEXES = typer.Argument(..., metavar="NAME...", help="Index references, such as index/lpi-openai.")
_REPORTS = typer.Argument(None, metavar="[REPORTS]...", help="What `fix` printed; default ask the peers.")


@app.command(short_help="The always-on node.")
def run(
    config: str = _CONFIG,
    dry_run: bool = typer.Option(False, "--dry-run", help="Sign nothing and send nothing: the default."),
    sign: bool = typer.Option(False, "--sign", help="Sign reports and answer them; others post."),
    post: bool = typer.Option(False, "--post", help="Sign, and post what a quorum signed."),
    settle: bool = typer.Option(False, "--settle", help="Also settle what can be, by the section [keeper]."),
    rehearse: bool = typer.Option(False, "--rehearse", help="Follow the clock of a local chain (id 31337)."),
    debug: bool = typer.Option(False, "--debug", help="Log every step."),
) -> None:
    """Observe every window, sign its medians, hear the peers and post, until it is stopped (exit 0)."""
    _run("run", config=config, dry_run=dry_run, sign=sign, post=post, settle=settle, rehearse=rehearse, debug=debug)


@app.command(short_help="Check everything that a node needs.")
def doctor(
    config: str = _CONFIG,
    mode: str = typer.Option("post", metavar="MODE", help="What the node is to do: dry-run, sign or post."),
    as_json: bool = typer.Option(False, "--json", help="Lines of JSON for programs."),
) -> None:
    """Check clock, chain, contract, key, registration, balance, pages, peers and disk: exit 0 only when all hold."""
    _run("doctor", config=config, mode=mode, as_json=as_json)


@app.command(short_help="Let a price on another scale count.")
def release(
    prices: list[str] = _PRICES,
    config: str = _CONFIG,
) -> None:
    """Write into the node's store that prices which the guard holds are right; a running node heeds it at once."""
    _run("release", prices, config=config)


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


_ARCHIVE = typer.Option(..., "--archive", metavar="DIR", help="The folder `archive` of a node's state.")
_DAYS = typer.Option(None, metavar="YYYY-MM-DD", help="UTC day; may be given several times.")
_SOURCES = typer.Option(None, "--from", metavar="URL", help="Fetch what is not here from this node; repeatable.")
_AS_JSON = typer.Option(False, "--json", help="Lines of JSON for programs.")


@app.command(short_help="Prove a fixing, back to the raw pages.")
def verify(
    archive: str = _ARCHIVE,
    underlying: str | None = typer.Option(None, metavar="NAME", help="Such as openai/gpt-4.1."),
    day: list[str] | None = _DAYS,
    everything: bool = typer.Option(False, "--all", help="All underlyings and days, within what is named."),
    rpc: str | None = typer.Option(None, metavar="URL", help="Ask this node of the chain as well."),
    deployment: str | None = typer.Option(None, metavar="FILE", help="With --rpc: deployments/<network>.toml."),
    source: list[str] | None = _SOURCES,
    config: str | None = typer.Option(None, metavar="FILE", help="Settings that name the peers' URLs."),
    strict: bool = typer.Option(False, "--strict", help="Fail where a peer's evidence is not here."),
    as_json: bool = _AS_JSON,
) -> None:
    """Go back from the chain's fixing to the raw bytes of the pages: exit 0 for PASS, 1 for FAIL or NOT PROVEN."""
    _run(
        "verify",
        archive,
        underlying=underlying,
        days=day or (),
        everything=everything,
        as_json=as_json,
        strict=strict,
        rpc=rpc,
        deployment=deployment,
        sources=source or (),
        config=config,
    )


@app.command(short_help="Compute every archived window again.")
def replay(
    archive: str = _ARCHIVE,
    first: str | None = typer.Option(None, "--from", metavar="YYYY-MM-DD", help="First UTC day; default the oldest."),
    last: str | None = typer.Option(None, "--to", metavar="YYYY-MM-DD", help="Last UTC day; default the newest."),
    jobs: int = typer.Option(1, min=1, max=64, help="Processes that share the days."),
    as_json: bool = _AS_JSON,
) -> None:
    """Compute every window again from the raw bytes of its pages: exit 0 when all come out as they were."""
    _run("replay", archive, first=first, last=last, jobs=jobs, as_json=as_json)


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

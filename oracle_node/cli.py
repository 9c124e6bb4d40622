"""The command `ifx-oracle`: a shell around the modules of `oracle_node.commands`, each loaded when it is asked for."""

from importlib import import_module
from types import ModuleType

import typer

from ifx_sdk.errors import MissingExtra

app = typer.Typer(
    name="ifx-oracle",
    help="Read providers' pricing pages, fix one price a day, sign and post it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Read providers' pricing pages, fix one price a day, sign and post it."""


@app.command()
def parse(
    file: str = typer.Argument(..., metavar="FILE", help="A saved pricing page or models list."),
    provider: str = typer.Option(..., help="openai, anthropic, google or openrouter."),
    model: str = typer.Option(..., help="The vendor's id of the model, or its display name."),
    on: str | None = typer.Option(None, metavar="YYYY-MM-DD", help="UTC date of the observation; default today."),
) -> None:
    """Print the standard output price FILE gives a model, as one line of JSON: exit 0, or 3 when it is refused."""
    raise typer.Exit(_command("parse").run(file, provider=provider, model=model, on=on))


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

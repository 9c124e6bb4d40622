"""The command `ifx-oracle`: a shell around the modules of `oracle_node.commands`, each loaded when it is asked for."""

import typer

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
    from oracle_node.commands.parse import run

    raise typer.Exit(run(file, provider=provider, model=model, on=on))


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()

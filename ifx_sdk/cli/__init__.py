"""The command `ifx`: a shell whose commands are the entry points of the group `ifx.commands`, each loaded when needed.

Exit codes: 0 done, 1 refused by the chain or failed, 2 a call that cannot be used (an input, an option, a missing
extra), 3 a transaction whose outcome is unknown. With `--json` stdout is one JSON object, an error too.
"""

import typer

from ifx_sdk.cli.shell import Shell

__all__ = ["app", "main"]

app = typer.Typer(
    name="ifx",
    cls=Shell,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: quick, and not drawn in boxes where no terminal shows them.
    rich_markup_mode=None,
)


@app.callback()
def _root() -> None:
    """Forwards on the published price of LLM output tokens: quote, agree, book, settle, withdraw."""


def main() -> None:
    """Entry point of the command."""
    app()

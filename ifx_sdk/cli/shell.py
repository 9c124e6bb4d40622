"""The shell around the commands: finds them, loads them one by one, and turns errors into text and exit codes."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final

import typer
import typer.core
import typer.main

from ifx_sdk.cli.output import Output
from ifx_sdk.cli.secret import hide
from ifx_sdk.desk.errors import WriteUnknown
from ifx_sdk.errors import IFXError, InputError, MissingExtra, OutcomeUnknown, Reverted, SignerError

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY_POINTS: Final = "ifx.commands"
FAILED, USAGE, UNKNOWN = 1, 2, 3
"""Exit codes beside 0."""

# typer brings its own click or uses the installed one, by version: what is common is the ancestry of its error.
_UsageError: type[Exception] = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "UsageError")


def exit_code(error: IFXError) -> int:
    """1 where the chain refused or something failed, 2 where the call cannot be used, 3 where nobody knows."""
    if isinstance(error, OutcomeUnknown | WriteUnknown):
        return UNKNOWN
    if isinstance(error, Reverted):  # before InputError: refused terms are both
        return FAILED
    return USAGE if isinstance(error, InputError | SignerError | MissingExtra) else FAILED


def reconciling(name: str) -> str:
    """The command that finds out about a transaction, by its hash or, where the node kept that, by the journal."""
    return f"ifx reconcile {name}" if name.startswith("0x") else "ifx reconcile --journal FILE"


class Shell(typer.core.TyperGroup):
    """A group whose commands are entry points, and which prints errors instead of tracebacks."""

    def __init__(self, **settings: Any) -> None:  # typer's own keyword arguments
        super().__init__(**settings)
        self.commands = Commands(self.commands)

    def invoke(self, ctx: Any) -> Any:  # click's context, from wherever typer has it
        """Run the command that was named; errors of ours end here, bugs do not."""
        arguments = [*getattr(ctx, "_protected_args", ()), *ctx.args]
        output = Output(json=_wants_json(arguments))
        try:
            return super().invoke(ctx)
        except IFXError as error:
            if isinstance(error, OutcomeUnknown):
                error.cure = f"{error.cure} Run `{reconciling(error.tx_hash)}` with the same --rpc."
            output.error(error)
            raise typer.Exit(exit_code(error)) from error
        except _UsageError as error:
            error.message = hide(error.message)  # type: ignore[attr-defined]  # click's, as above
            if not output.json:
                raise
            output.usage_error(error)
            raise typer.Exit(USAGE) from error


def _wants_json(arguments: list[str]) -> bool:
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


class Commands(MutableMapping[str, Any]):
    """Command name -> command; the entry points by name at once, each one's module when its command is asked for."""

    def __init__(self, known: MutableMapping[str, Any]) -> None:
        """`known` commands stand beside those of the entry points."""
        self._points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
        self._loaded: dict[str, Any] = dict(known)

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _load(self._points[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        self._points.pop(name, None)
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._points, **self._loaded})

    def __len__(self) -> int:
        return len({**self._points, **self._loaded})


def _load(point: EntryPoint) -> Any:
    """The command behind an entry point, or one that names the extra which it lacks."""
    try:
        return _command(point.name, point.load())
    except ModuleNotFoundError as error:
        extra = ", ".join(point.extras)
        if not extra:
            raise
        return _command(point.name, _missing(point.name, extra, error), help_text=f"(needs the extra [{extra}])")


def _command(name: str, function: Callable[..., None] | typer.Typer, help_text: str | None = None) -> Any:
    if isinstance(function, typer.Typer):  # a group of commands
        return typer.main.get_command(function)
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command(name, help=help_text, context_settings=_context_of(help_text))(function)
    return typer.main.get_command(single)


def _context_of(help_text: str | None) -> dict[str, Any]:
    # What is not installed takes any arguments: its answer is the same.
    return {"ignore_unknown_options": True, "allow_extra_args": True} if help_text else {}


def _missing(name: str, extra: str, cause: ModuleNotFoundError) -> Callable[..., None]:
    def refuse() -> None:
        raise MissingExtra(extra, f"`ifx {name}`") from cause

    return refuse

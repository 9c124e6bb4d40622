"""The shell itself: its commands, what it loads, what it prints, and how it ends."""

import ast
import inspect
import json
import os
import pty
import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest
import typer.main
from support.chain import GPT
from support.commands import Shell, environment
from support.tree import ROOT, syntax

from ifx_sdk import errors
from ifx_sdk.cli import app, shell
from ifx_sdk.cli import errors as cli_errors
from ifx_sdk.cli.output import aligned, as_json, table
from ifx_sdk.cli.shell import exit_code
from ifx_sdk.desk.errors import WriteUnknown

PROMISED = (
    "quote terms sign approve revoke allow deposit book forward forwards settle withdraw balance post deploy vectors"
)
QUOTE = ("quote", GPT, "1T", "6M", "--spot", "8.00", "--on", "2026-07-15")


def process(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`ifx` as a process of its own, its output in pipes."""
    command = [sys.executable, "-m", "ifx_sdk.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment(**variables))


def commands() -> dict[str, Any]:
    """Every command by name, loaded."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group


def test_the_promised_commands_are_there() -> None:
    """Each is an entry point, and `reconcile` beside them, which an unknown outcome names."""
    points = {point.name for point in entry_points(group="ifx.commands")}
    assert {*PROMISED.split(), "reconcile"} <= points
    assert set(commands()) == points


@pytest.mark.parametrize("name", sorted({*PROMISED.split(), "reconcile"}))
def test_a_command_has_help_and_json_and_takes_no_key(name: str) -> None:
    """`--help` works, `--json` is an option, a line in the list says what it does, and no option takes a secret."""
    options = {option for each in commands()[name].params for option in each.opts}
    assert "--json" in options
    assert not options & {"--key", "--private-key", "--password", "--mnemonic"}
    told = Shell().run(name, "--help").ok().out
    assert told.startswith(f"Usage: ifx {name}")
    line = next(line for line in Shell().run("--help").ok().out.splitlines() if line.startswith(f"  {name} "))
    assert line.endswith(".")
    assert not line.endswith("...")


def test_help_loads_neither_web3_nor_a_chain() -> None:
    """What is not asked for is not imported: help and refusals of the command line are quick."""
    code = (
        "import sys\nfrom ifx_sdk.cli import app\n"
        "try:\n    app(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'web3', 'eth_account', 'eth', 'rich', 'requests'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    for arguments in (["--help"], ["settle", "--help"], [*QUOTE[:-1], "today"]):
        ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
        assert ran.stderr.splitlines()[-1] == "", (arguments, ran.stderr)


@pytest.mark.parametrize("columns", ["20", "80", ""])
def test_nothing_is_wrapped_or_cut_in_a_pipe(columns: str) -> None:
    """However narrow the terminal was said to be, each figure stands on its line, whole."""
    ran = process(*QUOTE, COLUMNS=columns, TERM="dumb")
    assert ran.returncode == 0
    lines = ran.stdout.splitlines()
    assert "prefunding, each side  8,000,000.000000 USDT" in lines
    assert max(map(len, lines)) > 100
    assert "\x1b" not in ran.stdout
    assert "…" not in ran.stdout


def test_text_on_a_terminal_is_the_same_text() -> None:
    """A terminal of any width gets the lines that a pipe gets."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "ifx_sdk.cli", *QUOTE]
    subprocess.run(command, stdout=follower, stderr=follower, check=True, env=environment(COLUMNS="30"))
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # Linux ends a closed terminal so
            break
        if not part:
            break
        shown += part
    os.close(leader)
    assert shown.decode().replace("\r\n", "\n") == process(*QUOTE).stdout


def test_json_is_one_object_of_integers_on_stdout() -> None:
    """Nothing else is on stdout, and no number has a point."""
    ran = process(*QUOTE, "--json")
    assert ran.stdout.count("\n") == 1
    found = json.loads(ran.stdout, parse_float=lambda text: pytest.fail(f"{text} is no integer"))
    assert found["prefunding"] == 8_000_000_000_000
    assert ran.stderr == ""


def test_an_error_goes_to_stderr_and_with_json_to_stdout_too() -> None:
    """People find text on stderr alone; programs one object with type, message and cure."""
    bad = ("quote", GPT, "1T", "6M", "--spot", "8.00 EUR", "--on", "2026-07-15")
    plain, machine = process(*bad), process(*bad, "--json")
    assert (plain.returncode, plain.stdout, machine.returncode) == (2, "", 2)
    assert plain.stderr.startswith("error: '8.00 EUR' is not a valid price")
    assert plain.stderr == machine.stderr
    assert set(json.loads(machine.stdout)["error"]) == {"type", "message", "cure"}


@pytest.mark.parametrize(
    "arguments", [("qoute",), ("quote",), ("quote", "--colour"), ("settle",), ("vectors", "a", "b"), ("deposit",)]
)
def test_a_wrong_command_line_exits_2(arguments: tuple[str, ...]) -> None:
    """An unknown command or option, a missing or a surplus argument: usage on stderr, an object with --json."""
    plain, machine = Shell().run(*arguments), Shell().run(*arguments, "--json")
    assert (plain.code, plain.out, machine.code) == (2, "", 2)
    assert "Traceback" not in plain.err
    assert machine.error["type"] == "UsageError"


def test_an_unknown_command_is_told_the_nearest() -> None:
    """A slip of the finger costs one look."""
    assert "quote" in Shell().run("qoute").err


def test_a_value_that_begins_with_a_dash_is_no_wish_for_json() -> None:
    """After `--` everything is an argument."""
    ran = Shell().run("vectors", "--", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "--json" in ran.err


# -------------------------------------------------------------------------------------------------------- extras


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command of a part that is not installed stands in the help, names its extra and exits 2."""
    absent = EntryPoint(name="margin", group="ifx.commands", value="ifx_index_absent.cli:margin [index]")
    monkeypatch.setattr(shell, "entry_points", lambda group: [absent])
    assert "margin  (needs the extra [index])" in Shell().run("--help").ok().out
    ran = Shell().run("margin", "anything", "--at", "all", "--json")
    assert (ran.code, ran.error["type"], ran.error["extra"]) == (2, "MissingExtra", "index")
    assert "pip install 'ifx[index]'" in ran.error["cure"]


def test_a_broken_command_is_no_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an extra to blame the bug comes out as it is."""
    broken = EntryPoint(name="margin", group="ifx.commands", value="ifx_index_absent.cli:margin")
    monkeypatch.setattr(shell, "entry_points", lambda group: [broken])
    with pytest.raises(ModuleNotFoundError):
        Shell().run("margin")


def test_bugs_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only our own errors become text; anything else is a traceback."""

    def broken(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("ifx_sdk.client.make_quote", broken)
    with pytest.raises(ZeroDivisionError):
        Shell().run(*QUOTE)


# ----------------------------------------------------------------------------------------------------- exit codes


def leaves(root: type[errors.IFXError]) -> list[type[errors.IFXError]]:
    """Every error of a branch."""
    return [root, *(leaf for child in root.__subclasses__() for leaf in leaves(child))]


def test_every_error_has_the_exit_code_of_its_branch() -> None:
    """3 where nobody knows, 1 where the chain refuses, 2 where the call cannot be used."""
    code = {kind: exit_code(kind.__new__(kind)) for kind in leaves(errors.IFXError)}
    assert {kind for kind, number in code.items() if number == 3} == {errors.OutcomeUnknown, WriteUnknown}
    assert {code[kind] for kind in leaves(errors.Reverted)} == {1}
    assert {code[kind] for kind in leaves(errors.BadTerms)} == {1}
    assert {code[kind] for kind in leaves(errors.ChainError)} == {1}
    assert {code[kind] for kind in (errors.BadPrice, errors.MalformedVectors, errors.BadKeystorePassword)} == {2}
    assert {code[kind] for kind in (cli_errors.MissingOption, errors.MissingExtra, errors.NoSigner)} == {2}


def test_the_errors_of_the_command_line_are_drawn() -> None:
    """The tree atop its module names every leaf."""
    drawn = inspect.getdoc(cli_errors) or ""
    own = [name for name, kind in vars(cli_errors).items() if getattr(kind, "__module__", "") == cli_errors.__name__]
    assert own
    assert [name for name in own if name not in drawn] == []


# --------------------------------------------------------------------------------------------------------- layout


def test_values_are_aligned() -> None:
    """Names flush left, values in one column; numbers of a table flush right."""
    assert aligned([("a", "1"), ("long name", "2")]) == "a          1\nlong name  2"
    assert table(("x", "amount"), [("1", "10"), ("22", "5")], right=(1,)) == "x   amount\n1       10\n22       5"
    assert as_json({"id": b"\x01", "n": 2**70}) == '{"id": "0x01", "n": 1180591620717411303424}'


COMMAND_FILES = sorted((ROOT / "ifx_sdk" / "cli").glob("*.py"))


@pytest.mark.parametrize("path", COMMAND_FILES, ids=lambda path: path.name)
def test_no_command_prints_past_the_output(path: Path) -> None:
    """`print` stands in the output alone, and where an approval is itself the answer."""
    calls = [
        ast.unparse(node.func)
        for node in ast.walk(syntax(path.relative_to(ROOT)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "typer.echo"}
    ]
    assert len(calls) == {"output.py": 6, "approve.py": 1}.get(path.name, 0)

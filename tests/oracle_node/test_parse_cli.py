"""`ifx-oracle parse`: one line of JSON and an exit code."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from oracle_node.cli import app

PAGES = Path(__file__).parent / "pages"
PAGE = PAGES / "anthropic.md"


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command."""
    result = CliRunner().invoke(app, ["parse", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_price_is_one_line_of_json_and_exit_0() -> None:
    """Plain decimal, micro-USD, what was asked, the row and the hash of the bytes, and nothing else."""
    code, out, err = run(str(PAGE), "--provider", "anthropic", "--model", "claude-haiku-3-5", "--on", "2026-07-20")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert json.loads(out) == {
        "price_usd_per_mtok": "4",
        "price_micro": 4_000_000,
        "row": "Claude Haiku 3.5 | $0.80/MTok | $1/MTok | $0.08/MTok | US$4/MTok",
        "provider": "anthropic",
        "model": "claude-haiku-3-5",
        "on": "2026-07-20",
        "sha256": hashlib.sha256(PAGE.read_bytes()).hexdigest(),
    }


def test_a_refusal_is_one_line_of_json_and_exit_3() -> None:
    """The reason is a word of a closed set; a sentence says why."""
    code, out, err = run(str(PAGES / "bot_wall.html"), "--provider", "openai", "--model", "gpt-4.1")
    answer = json.loads(out)
    assert (code, err, out.count("\n")) == (3, "", 1)
    assert answer["refused"] == "bot_wall"
    assert "challenge" in answer["why"]
    assert "price_usd_per_mtok" not in answer


def test_the_date_decides_and_defaults_to_today() -> None:
    """`--on` picks the dated row; without it the UTC day of the call is used."""
    arguments = (str(PAGE), "--provider", "anthropic", "--model", "Claude Sonnet 5")
    prices = [json.loads(run(*arguments, "--on", day)[1])["price_usd_per_mtok"] for day in ("2026-08-31", "2026-09-01")]
    assert prices == ["10", "15"]
    before = datetime.now(UTC).date().isoformat()
    assert json.loads(run(*arguments)[1])["on"] in (before, datetime.now(UTC).date().isoformat())


def test_a_price_finer_than_a_micro_has_no_micro() -> None:
    """The decimal is exact; there is no integer to sign."""
    code, out, _ = run(str(PAGES / "openrouter.json"), "--provider", "openrouter", "--model", "house/fine")
    answer = json.loads(out)
    assert (code, answer["price_usd_per_mtok"], answer["price_micro"]) == (0, "0.0681536", None)


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (["nowhere.html", "--provider", "openai", "--model", "gpt-4.1"], "give the path"),
        ([str(PAGES), "--provider", "openai", "--model", "gpt-4.1"], "give the path"),
        (["a\0b", "--provider", "openai", "--model", "gpt-4.1"], "give the path"),
        ([str(PAGE), "--provider", "mistral", "--model", "x"], "openai, anthropic, google, openrouter"),
        ([str(PAGE), "--provider", "anthropic", "--model", " "], "--model gpt-4.1"),
        ([str(PAGE), "--provider", "anthropic", "--model", "x", "--on", "2026-02-30"], "YYYY-MM-DD"),
        ([str(PAGE), "--provider", "anthropic", "--model", "x", "--on", "20260220"], "YYYY-MM-DD"),
        ([str(PAGE), "--provider", "anthropic", "--model", "x", "--on", "yesterday"], "YYYY-MM-DD"),
        ([str(PAGE), "--provider", "anthropic"], "--model"),
    ],
)
def test_an_unusable_call_says_the_cure_on_stderr_and_exits_2(arguments: list[str], cure: str) -> None:
    """Nothing goes to stdout, so that a pipe never takes a message for an answer."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert cure in err


def test_the_command_runs_as_a_process() -> None:
    """The exit code reaches the shell."""
    command = [sys.executable, "-m", "oracle_node.cli", "parse", str(PAGE), "--provider", "anthropic", "--model"]
    priced = subprocess.run([*command, "claude-opus-4-8"], capture_output=True, check=False)
    refused = subprocess.run([*command, "claude-opus-4"], capture_output=True, check=False)
    assert (priced.returncode, refused.returncode) == (0, 3)
    assert priced.stdout.count(b"\n") == refused.stdout.count(b"\n") == 1
    assert priced.stderr == refused.stderr == b""


def test_a_bare_install_is_told_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the HTML library the command names the extra and exits 2."""
    for name in [name for name in sys.modules if name.startswith(("oracle_node.commands", "oracle_node.sources"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    code, out, err = run(str(PAGE), "--provider", "anthropic", "--model", "claude-opus-4-8")
    assert (code, out) == (2, "")
    assert "pip install 'ifx[oracle]'" in err

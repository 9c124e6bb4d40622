"""The command `ifx` as a role types it, inside this process: options once, then commands."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from ifx_sdk.cli import app
from ifx_sdk.devkeys import dev_key

VARIABLES = ("IFX_RPC", "IFX_DEPLOYMENT", "IFX_KEY_FILE", "IFX_ACCOUNT", "IFX_PASSWORD", "IFX_JOURNAL")
VARIABLES += ("IFX_DESK_URL", "IFX_DESK_TOKEN", "IFX_DESK_CONFIG")
"""Emptied for every run, so that the machine's own settings decide nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What came of one command."""

    code: int
    """Exit code."""
    out: str
    """stdout."""
    err: str
    """stderr."""

    @property
    def json(self) -> Any:
        """stdout, which must be exactly one JSON object and a newline."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document

    @property
    def error(self) -> Any:
        """The error of a run with --json."""
        return self.json["error"]

    def ok(self) -> Ran:
        """This run, which must have succeeded."""
        assert self.code == 0, (self.code, self.out, self.err)
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class Shell:
    """Somebody at a prompt."""

    env: Mapping[str, str] = field(default_factory=dict)
    """The environment's variables, by name."""

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, input: str | None = None) -> Ran:
        """Run `ifx` with these arguments; an exception that is no exit comes through."""
        cleared: dict[str, str | None] = dict.fromkeys(VARIABLES)
        result = CliRunner().invoke(
            app, list(arguments), env={**cleared, **self.env, **(env or {})}, input=input, catch_exceptions=False
        )
        return Ran(code=result.exit_code, out=result.stdout, err=result.stderr)

    def json(self, *arguments: str) -> Any:
        """Run `ifx` with --json, successfully; its answer."""
        return self.run(*arguments, "--json").ok().json

    def having(self, **variables: str) -> Shell:
        """The same prompt with more variables."""
        return replace(self, env={**self.env, **variables})


def refused(ran: Ran, code: int, kind: str) -> str:
    """The error's text, after its exit code and type were held."""
    assert (ran.code, ran.error["type"]) == (code, kind), (ran.out, ran.err)
    assert ran.error["cure"]
    return f"{ran.error['message']} {ran.error['cure']}"


def key_file(folder: Path, index: int) -> str:
    """A file with the key of test account `index`, which only its owner reads."""
    path = folder / f"key-{index}"
    path.touch(mode=0o600)
    path.write_text("0x" + dev_key(index).hex() + "\n")
    return str(path)


def environment(**more: str) -> dict[str, str]:
    """The variables of a process of its own, for commands run as one."""
    return {name: value for name, value in os.environ.items() if name not in VARIABLES} | more

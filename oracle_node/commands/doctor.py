"""`ifx-oracle doctor`: everything a node needs, checked once, with the cure of what does not hold."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ifx_sdk.calendar import WINDOW_SECONDS, day_of, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadFile, BadValue
from ifx_sdk.oracle import Oracle
from oracle_node import doctor
from oracle_node.assembly import Mode
from oracle_node.checks import Looks, disk
from oracle_node.clocks import ChainTime, Clock, SystemClock
from oracle_node.commands import OK
from oracle_node.endpoints import Endpoints
from oracle_node.health import Check
from oracle_node.observe import Observer
from oracle_node.settings import Settings, read_settings, read_signer

UNWELL: Final = 1
_WIDE: Final = 200
"""Columns where the output is no terminal's."""


def run(*, config: str, mode: str = "post", as_json: bool = False, clock: Clock | None = None) -> int:
    """Check and print; exit 0 only where everything holds that a node of this mode needs, else 1.

    `mode` is `dry-run`, `sign` or `post`. Asks each page and each peer once. Writes nothing. Raises `BadSettings`.
    """
    if mode not in set(Mode):
        raise BadValue(mode, "no such mode", cure="Write --mode dry-run, sign or post.")
    settings, time = read_settings(config), clock or SystemClock()
    with httpx.Client() as client:
        checks = _all(settings, Mode(mode), client, time)
    if as_json:
        for each in checks:
            fields = {"check": each.name, "ok": each.ok, "says": each.says, "cure": each.cure, "gates": each.gates}
            print(json.dumps(fields))
    else:
        _print(checks, mode, time.now())
    return UNWELL if any(each.gates for each in doctor.failed(checks)) else OK


def _all(settings: Settings, mode: Mode, client: httpx.Client, clock: Clock) -> Sequence[Check]:
    found: list[Check] = [] if mode is Mode.DRY_RUN else [doctor.key(settings)]
    account = read_signer(settings.key).address if found and found[0].ok else None
    try:
        deployment = Deployment.read(settings.chain.deployment)
    except BadFile as error:  # the rest can be looked at all the same
        oracle = None
        found.append(Check(name="deployment", ok=False, says=error.what, cure=error.cure))
        found.append(disk(_nearest(Path(settings.state))))
    else:
        nodes = [settings.chain.rpc, *settings.chain.more_rpcs]
        endpoints = Endpoints(nodes, chain_id=deployment.chain_id, clock=clock)
        oracle = Oracle(Chain(endpoints.web3, chain_id=deployment.chain_id), deployment.oracle)
        found += Looks(
            state=_nearest(Path(settings.state)),
            deployment=deployment,
            oracle=oracle,
            endpoints=endpoints,
            account=account,
            posts=mode is Mode.POST and account is not None,
            underlyings=[each.name for each in settings.underlyings],
            clock=clock,
            chain_time=ChainTime(),
        ).all()
    found += doctor.pages(Observer(client, settings.underlyings, settings.reading), oracle, clock)
    found += doctor.peers(settings, oracle, client, clock, account)
    return found


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: before the first run there is none."""
    return next(each for each in (folder, *folder.resolve().parents) if each.exists())


def _print(checks: Sequence[Check], mode: str, now: int) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    console.print(f"a node that is to run in mode {mode}, looked at on {_time(now)}", style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    told: dict[str, str] = {}
    for each in checks:
        mark = "[green]ok[/]" if each.ok else "[red]NOT OK[/]" if each.gates else "[yellow]look[/]"
        again = not each.ok and each.says in told
        table.add_row(mark, escape(each.name), f"as {escape(told[each.says])}" if again else escape(each.says))
        if not each.ok and not again:
            told[each.says] = each.name
            table.add_row("", "", f"[bold]cure:[/] {escape(each.cure)}")
    console.print(table)
    bad = [each for each in doctor.failed(checks) if each.gates]
    console.print("everything holds" if not bad else f"{len(bad)} of {len(checks)} checks do not hold", style="bold")
    console.print(f"the next window begins on {_time(_next_window(now))}")


def _next_window(now: int) -> int:
    today = midnight(day_of(now) + 1) - WINDOW_SECONDS
    return today if now <= today else today + 86_400


def _time(at: int) -> str:
    """In UTC, and as this machine's user has it where that is another."""
    utc = datetime.fromtimestamp(at, UTC)
    here = utc.astimezone()
    local = "" if here.utcoffset() == utc.utcoffset() else f" ({here:%H:%M:%S %Z} here)"
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC{local}"

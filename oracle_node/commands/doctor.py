"""`ifx-oracle doctor`: everything a node needs, checked once, with the cure of what does not hold."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ifx_sdk.chain import Chain
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadValue, IFXError
from ifx_sdk.oracle import Oracle
from oracle_node import doctor
from oracle_node.checks import Looks
from oracle_node.clocks import ChainTime, Clock, SystemClock
from oracle_node.commands import OK
from oracle_node.endpoints import Endpoints
from oracle_node.health import Check
from oracle_node.observe import Observer
from oracle_node.settings import Settings, read_settings, read_signer

UNWELL = 1


def run(*, config: str, mode: str = "post", as_json: bool = False, clock: Clock | None = None) -> int:
    """Check and print; exit 0 only where everything holds that a node of this mode needs, else 1.

    `mode` is `dry-run`, `sign` or `post`. Asks each page and each peer once. Writes nothing.
    """
    if mode not in ("dry-run", "sign", "post"):
        raise BadValue(mode, "no such mode", cure="Write --mode dry-run, sign or post.")
    settings = read_settings(config)
    with ExitStack() as closing:
        client = closing.enter_context(httpx.Client())
        checks = _all(settings, mode, client, clock or SystemClock())
    if as_json:
        for each in checks:
            fields = {"check": each.name, "ok": each.ok, "says": each.says, "cure": each.cure, "gates": each.gates}
            print(json.dumps(fields))
    else:
        _print(checks)
    return UNWELL if any(each.gates for each in doctor.failed(checks)) else OK


def _all(settings: Settings, mode: str, client: httpx.Client, clock: Clock) -> Sequence[Check]:
    deployment = Deployment.read(settings.chain.deployment)
    nodes = [settings.chain.rpc, *settings.chain.more_rpcs]
    endpoints = Endpoints(nodes, chain_id=deployment.chain_id, clock=clock)
    oracle = Oracle(Chain(endpoints.web3, chain_id=deployment.chain_id), deployment.oracle)
    found: list[Check] = [] if mode == "dry-run" else [doctor.key(settings)]
    account = None
    if found and found[0].ok:
        try:
            account = read_signer(settings.key).address
        except IFXError:  # it was readable a moment ago
            account = None
    looks = Looks(
        state=_nearest(Path(settings.state)),
        deployment=deployment,
        oracle=oracle,
        endpoints=endpoints,
        account=account,
        posts=mode == "post" and account is not None,
        underlyings=[each.name for each in settings.underlyings],
        clock=clock,
        chain_time=ChainTime(),
    )
    found += looks.all()
    found += doctor.pages(Observer(client, settings.underlyings, settings.reading), oracle, clock)
    found += doctor.peers(settings, oracle, client, clock, account)
    return found


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: before the first run there is none."""
    return next(each for each in (folder, *folder.resolve().parents) if each.exists())


def _print(checks: Sequence[Check]) -> None:
    console = Console()
    table = Table(box=None, padding=(0, 1), show_header=False)
    for each in checks:
        mark = "[green]ok[/]" if each.ok else "[red]NOT OK[/]" if each.gates else "[yellow]look[/]"
        table.add_row(mark, each.name, escape(each.says))
        if not each.ok and each.cure:
            table.add_row("", "", f"[dim]cure: {escape(each.cure)}[/]")
    console.print(table)
    bad = [each for each in doctor.failed(checks) if each.gates]
    console.print("everything holds" if not bad else f"{len(bad)} of {len(checks)} checks do not hold", style="bold")

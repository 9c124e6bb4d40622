"""One node put together from its settings: where every part learns of the others, and nothing is decided."""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Chain
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import NodeDown, RpcError
from ifx_sdk.oracle import Oracle
from ifx_sdk.signers import Signer
from ifx_sdk.terms import oracle_domain
from oracle_node.alerts import Alerts, Webhook
from oracle_node.archive import ARCHIVE, Archive
from oracle_node.archive_http import archive_route
from oracle_node.checks import Looks, tell_checks, tell_endpoints
from oracle_node.clocks import ChainTime, Clock, SystemClock
from oracle_node.endpoints import Endpoints
from oracle_node.errors import AlreadyRunning
from oracle_node.health import Health
from oracle_node.live import LivePages, live_route
from oracle_node.logs import Log, logger
from oracle_node.metrics import Metrics
from oracle_node.observe import Observer
from oracle_node.rounds import Rounds
from oracle_node.service import Checks, Loop, Service
from oracle_node.serving import Route, reports_route
from oracle_node.settings import Settings
from oracle_node.settling import settling_loop
from oracle_node.steps import OnStep, unheard
from oracle_node.store import Store, open_store
from oracle_node.watching import Watcher

LOCK: Final = "run.lock"
"""Held by the one process that runs on a `state` folder."""
GWEI: Final = 10**9


class Mode(StrEnum):
    """How far a node goes."""

    DRY_RUN = "dry-run"
    """It reads, fixes and looks on; it signs nothing and sends nothing, and needs no key."""
    SIGN = "sign"
    """It also signs reports and answers them; others post."""
    POST = "post"
    """It also posts what a quorum signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What runs, and what can be asked of it."""

    service: Service
    """The loops."""
    watcher: Watcher
    """Observes, fixes, signs."""
    rounds: Rounds
    """Hears, posts."""
    store: Store
    """What it remembers."""
    archive: Archive
    """What its reports rest on."""
    metrics: Metrics
    """Its numbers."""
    health: Health
    """Whether it is alive and ready."""
    oracle: Oracle
    """The contract, through the node's RPC."""
    routes: tuple[Route, ...]
    """What it answers over HTTP."""


@contextmanager
def assembled(
    settings: Settings,
    *,
    mode: Mode = Mode.DRY_RUN,
    signer: Signer | None = None,
    keeper: Callable[[], Signer] | None = None,
    clock: Clock | None = None,
    client: httpx.Client | None = None,
    chain: Chain | None = None,
    log: Log | None = None,
    stop: threading.Event | None = None,
    checks: bool = True,
    on_step: OnStep = unheard,
) -> Iterator[Node]:
    """A node, ready to run while the block runs. `signer` is needed to sign; the rest comes from the settings.

    `keeper` gives the signer of settlements, and is asked at the keeper's first round; without it a keeper only looks.
    `checks` False leaves out the look at disk and chain, once a minute: for simulations of a year.

    Raises `BadStore`, `ForgottenBook`, `AlreadyRunning`, `BadDeployment`; no socket is opened but to the chain, and a
    chain that is down does not stop a node: the slots do not wait for it.
    """
    stop, log = stop or threading.Event(), log or logger()
    clock = clock or SystemClock(stop)
    deployment = Deployment.read(settings.chain.deployment)
    with ExitStack() as closing:
        state = Path(settings.state)
        store = closing.enter_context(open_store(settings))
        closing.enter_context(_only_one(state / LOCK))
        if client is None:
            client = closing.enter_context(httpx.Client())
        endpoints = None
        inside = chain
        if chain is None:
            nodes = [settings.chain.rpc, *settings.chain.more_rpcs]
            endpoints = Endpoints(nodes, chain_id=deployment.chain_id, clock=clock)
            chain = Chain(endpoints.web3, chain_id=deployment.chain_id, journal=store.journal)
        oracle = Oracle(chain, deployment.oracle, signer, store.journal)
        metrics, archive = Metrics(), Archive(state / ARCHIVE)
        webhook = None if settings.alerts.webhook is None else Webhook(settings.alerts.webhook, log)
        if webhook is not None:
            closing.callback(webhook.close)
        if mode is not Mode.DRY_RUN and signer is not None:
            remember(store, archive, settings, signer.address, clock.now())
        account = "read-only" if signer is None else signer.address
        alerts = Alerts(store.alerts, log, metrics, node=account, webhook=webhook)
        names = [each.name for each in settings.underlyings]
        health, chain_time = Health(clock, metrics), ChainTime()
        watcher = Watcher(
            observer=Observer(
                client, settings.underlyings, settings.reading, previous=known_prices(settings, store, oracle, log)
            ),
            underlyings=settings.underlyings,
            store=store,
            archive=archive,
            clock=clock,
            alerts=alerts,
            metrics=metrics,
            log=log,
            signer=None if mode is Mode.DRY_RUN else signer,
            domain=oracle_domain(deployment.chain_id, deployment.oracle),
            chain_time=chain_time,
            lead_seconds=settings.reading.lead_seconds,
            on_step=on_step,
        )
        rounds = Rounds(
            oracle=oracle,
            client=client,
            peers=settings.peers,
            underlyings=names,
            store=store,
            archive=archive,
            clock=clock,
            alerts=alerts,
            metrics=metrics,
            log=log,
            posts=mode is Mode.POST,
            fee_cap=settings.chain.fee_cap_gwei * GWEI,
            first_block=deployment.block,
            on_step=on_step,
        )
        loops: dict[str, Loop] = {"watching": watcher, "rounds": rounds}
        looks = Looks(
            state=state,
            deployment=deployment,
            oracle=oracle,
            endpoints=endpoints,
            account=None if mode is Mode.DRY_RUN or signer is None else signer.address,
            posts=mode is Mode.POST,
            underlyings=names,
            clock=clock,
            chain_time=chain_time,
        )
        if checks:
            loops["checks"] = Checks(
                looks.all, health, clock, after=partial(_tell, health, endpoints, alerts, metrics, clock)
            )
        spare: dict[str, Loop] = {}
        more: tuple[Route, ...] = ()
        if settings.keeper is not None:
            settling = settling_loop(
                settings,
                deployment,
                signer=keeper,
                chain=inside,
                clock=clock,
                alerts=alerts,
                metrics=metrics,
                log=log,
            )
            closing.callback(settling.close)
            spare["keeper"], more = settling, (settling.route(),)
        yield Node(
            service=Service(loops, clock=clock, health=health, log=log, stop=stop, spare=spare),
            watcher=watcher,
            rounds=rounds,
            store=store,
            archive=archive,
            metrics=metrics,
            health=health,
            oracle=oracle,
            routes=(
                reports_route(store.book),
                archive_route(archive),
                live_route(LivePages(client, settings.underlyings, settings.reading, clock)),
                *health.routes(),
                *more,
            ),
        )


def remember(store: Store, archive: Archive, settings: Settings, account: str, now: int) -> None:
    """Take over the reports of today and yesterday that the archive has and the store does not.

    A store that was lost, or put back from an older copy, must not make a node sign a day twice. Raises `SecondReport`.
    """
    today = day_of(now)
    store.book.adopt(
        report
        for each in settings.underlyings
        for day in (today - 1, today)
        for report in archive.reports(each.name, day)
        if report.signer == account
    )


def known_prices(settings: Settings, store: Store, oracle: Oracle, log: Log) -> dict[str, int]:
    """What the first readings are held against: the store's newest prices, else the chain's newest fixings."""
    known = dict(store.newest_prices())
    for each in settings.underlyings:
        if each.name in known:
            continue
        try:
            found = oracle.latest(each.name)
        except (NodeDown, RpcError) as error:
            log.warning("no price to begin from", underlying=each.name, why=str(error))
            break
        if found is not None:
            known[each.name] = found[1]
    return known


def _tell(health: Health, endpoints: Endpoints | None, alerts: Alerts, metrics: Metrics, clock: Clock) -> None:
    tell_checks(health, alerts, clock.now())
    if endpoints is not None:
        tell_endpoints(endpoints, alerts, metrics, clock.now())


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the lock of a `state` folder: two processes in one would sign and post against each other."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(path.parent) from error
        yield

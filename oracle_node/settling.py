"""The node's third kind of work, off by default: settle what is settleable, and never at the cost of a fixing.

It has a thread, an account, a file and connections of its own, and shares with the oracle's duty nothing that either
could wait for. Around midnight it does nothing at all, so that no endpoint is asked for its sake while reports are
posted. Whatever it raises is told and ends a round, not the process; one that hangs is told by its health.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final

from ifx_sdk.calendar import SECONDS_PER_DAY, day_of, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import IFXError
from ifx_sdk.escrow import Escrow
from ifx_sdk.keeper import Keeper, KeeperStore, Limits, Round
from ifx_sdk.oracle import Oracle
from ifx_sdk.signers import Signer
from oracle_node.alerts import Alerts, Cause
from oracle_node.clocks import Clock
from oracle_node.endpoints import Endpoints
from oracle_node.errors import BadSettings
from oracle_node.logs import Log
from oracle_node.metrics import Metrics
from oracle_node.serving import Answer, Route, json_answer
from oracle_node.settings import KeeperSettings, Settings, read_signer

DATABASE: Final = "keeper.db"
"""The keeper's file in the node's `state` folder."""
QUIET_BEFORE_SECONDS: Final = 600
"""Before midnight in which no round begins."""
QUIET_AFTER_SECONDS: Final = 900
"""After midnight likewise: the quarter of an hour in which the nodes take turns to post."""
FAILURES: Final = 3
"""Rounds in a row that end in an error of the chain before it is worth an alert."""
BEHIND_SECONDS: Final = SECONDS_PER_DAY
"""For so long something was to be settled, beyond the keeper's own patience, before that is worth an alert."""
HANGS_SECONDS: Final = 900
"""A round that takes longer hangs."""
_FIRST_PAUSE: Final = 60
_LAST_PAUSE: Final = 3_600
_CLOSE_SECONDS: Final = 1
GWEI: Final = 10**9
_ABOUT: Final = "keeper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the keeper stands, for whoever asks."""

    began: int | None = field(default=None)
    """When the round that is being played began, unix seconds; None between rounds."""
    ended: int | None = field(default=None)
    """When the newest round ended, in whatever way; None before the first."""
    round: Round | None = field(default=None)
    """What the newest round that was no error came to."""
    error: str | None = field(default=None)
    """What the newest round ended in; None where it was no error."""


class Settling:
    """Plays a keeper's rounds. `due` tells when the next one is, `act` plays it and raises nothing of its own."""

    def __init__(
        self,
        make: Callable[[], tuple[Keeper, KeeperStore]],
        *,
        settles: bool,
        patience: int,
        clock: Clock,
        alerts: Alerts,
        metrics: Metrics,
        log: Log,
    ) -> None:
        """`make` is called at the first round, and again after an error that nobody foresaw.

        `settles` is whether it sends; `patience` is that of the keeper's limits, in seconds.
        """
        self._make, self._settles, self._patience = make, settles, patience
        self._clock, self._alerts, self._metrics, self._log = clock, alerts, metrics, log
        self._made: tuple[Keeper, KeeperStore] | None = None
        self._next = self._failures = 0
        self._ready_since: int | None = None
        self._acting = threading.Lock()
        self._standing = Standing()

    def due(self) -> int:
        """When the next round is, unix seconds UTC: never within the quiet time around a midnight."""
        at = max(self._next, self._clock.now())
        today = midnight(day_of(at))
        if at < today + QUIET_AFTER_SECONDS:
            return today + QUIET_AFTER_SECONDS
        if at >= today + SECONDS_PER_DAY - QUIET_BEFORE_SECONDS:
            return today + SECONDS_PER_DAY + QUIET_AFTER_SECONDS
        return at

    def act(self) -> None:
        """Play a round and tell of it."""
        with self._acting:
            self._standing = Standing(began=self._clock.now(), ended=self._standing.ended, round=self._standing.round)
            try:
                round, pause = self._play()
            except IFXError as error:
                self._failed(str(error), foreseen=True)
            except Exception as error:  # noqa: BLE001 - told and contained: the oracle's duty goes on beside it
                self._log.exception("the keeper failed")
                self._failed(f"{type(error).__name__}: {error}", foreseen=False)
                self._drop()
            else:
                self._tell(round, self._clock.now() + pause)

    def close(self) -> None:
        """Give its file up; a round that hangs keeps it until the process ends."""
        if self._acting.acquire(timeout=_CLOSE_SECONDS):
            self._drop()
            self._acting.release()

    def route(self) -> Route:
        """`/keeper`: 200, or 503 where a round hangs or the newest one failed."""
        return lambda path: self._answer() if path == "/keeper" else None

    # ------------------------------------------------------------------------------------------- inside

    def _play(self) -> tuple[Round, int]:
        if self._made is None:
            self._made = self._make()
        keeper, _ = self._made
        found = keeper.round()
        return found, keeper.pause(found)

    def _drop(self) -> None:
        """Begin anew from the disk."""
        if self._made is not None:
            self._made[1].close()
        self._made = None

    def _failed(self, why: str, *, foreseen: bool) -> None:
        now = self._clock.now()
        self._next = now + min(_LAST_PAUSE, _FIRST_PAUSE << min(self._failures, 10))
        self._failures += 1
        self._standing = Standing(ended=now, round=self._standing.round, error=why)
        self._metrics.keeper_failures.inc()
        self._metrics.keeper_last.set(now)
        self._log.warning("the keeper's round failed", why=why, again_in_seconds=self._next - now)
        if not foreseen or self._failures >= FAILURES:
            self._alerts.begin(Cause.KEEPER_FAILING, _ABOUT, why, now)

    def _tell(self, round: Round, next_round: int) -> None:
        now = self._clock.now()
        self._next, self._failures = next_round, 0
        self._standing = Standing(ended=now, round=round, error=round.failed)
        numbers = self._metrics
        numbers.keeper_last.set(now)
        numbers.keeper_open.set(round.open)
        numbers.keeper_ready.set(round.ready)
        numbers.keeper_gas_left.set(round.gas_left)
        numbers.keeper_settled.inc(len(round.settled))
        numbers.keeper_gas.inc(round.gas_used)
        if round.would:
            self._log.info("would settle", forwards=len(round.would), first=f"0x{round.would[0].hex()}")
        if round.sent:
            self._log.info("settling", forwards=len(round.sent), tx=round.tx_hash)
        if round.settled:
            self._log.info("settled", forwards=len(round.settled), gas=round.gas_used)
        if round.waits:
            self._log.info("not settling yet", ready=round.ready, why=round.waits)
        if round.failed:
            numbers.keeper_failures.inc()
            self._log.error("a settlement was refused", why=round.failed)
            self._alerts.begin(Cause.KEEPER_FAILING, _ABOUT, round.failed, now)
        elif not round.waits:
            self._alerts.end(Cause.KEEPER_FAILING, _ABOUT, now)
        self._tell_behind(round, now)

    def _tell_behind(self, round: Round, now: int) -> None:
        if not round.ready or round.settled:
            self._ready_since = None
        elif self._ready_since is None:
            self._ready_since = now
        text = None
        if self._settles and self._ready_since is not None:
            waited = now - self._ready_since
            if waited >= self._patience + BEHIND_SECONDS:
                text = f"{round.ready} forwards can be settled and are not, for {waited // 3_600} hours: {round.waits}"
        self._alerts.set(Cause.KEEPER_BEHIND, _ABOUT, text, now)

    def _answer(self) -> Answer:
        found, now = self._standing, self._clock.now()
        hangs = found.began is not None and now - found.began > HANGS_SECONDS
        why = f"a round hangs since {found.began}" if hangs else found.error
        document: dict[str, object] = {"well": why is None, "why": why, "settles": self._settles, "ended": found.ended}
        if found.round is not None:
            round = found.round
            document |= {"open": round.open, "ready": round.ready, "gas_left": round.gas_left, "waits": round.waits}
        return json_answer(document, HTTPStatus.OK if why is None else HTTPStatus.SERVICE_UNAVAILABLE)


def limits_of(settings: KeeperSettings) -> Limits:
    """What a keeper may spend, by its settings."""
    return Limits(
        gas_price=settings.gas_price_gwei * GWEI,
        gas_per_day=settings.gas_per_day,
        least=settings.least,
        patience=settings.patience_hours * 3_600,
    )


def keeper_signer(settings: Settings, own: str | None) -> Signer:
    """The keeper's own signer. Raises `BadSettings` where it is none of its own: `own` is the node's account.

    A post waits for whatever its account has in a pool, so that no nonce is left behind: a settlement that hangs there
    would hold the day's fixing up.
    """
    key = None if settings.keeper is None else settings.keeper.key
    if key is None:
        raise BadSettings("keeper.key", "a keeper that settles needs an account of its own: name its key file")
    signer = read_signer(key)
    if signer.address == own:
        raise BadSettings("keeper.key", f"{own} is the node's own account: a settlement must never stand before a post")
    return signer


def settling_loop(
    settings: Settings,
    deployment: Deployment,
    *,
    signer: Callable[[], Signer] | None,
    chain: Chain | None,
    clock: Clock,
    alerts: Alerts,
    metrics: Metrics,
    log: Log,
) -> Settling:
    """The loop of a node's settings. Opens nothing before its first round.

    `signer` is asked at the first round; without one it is a dry run. `chain` is given where it is in this process;
    else it asks the settings' endpoints by connections of its own.
    """
    assert settings.keeper is not None  # noqa: S101 - the caller has looked
    limits = limits_of(settings.keeper)

    def make() -> tuple[Keeper, KeeperStore]:
        nodes = [settings.chain.rpc, *settings.chain.more_rpcs]
        web3 = chain.web3 if chain else Endpoints(nodes, chain_id=deployment.chain_id, clock=clock).web3
        own = Chain(web3, chain_id=deployment.chain_id)
        oracle = Oracle(own, deployment.oracle)
        escrow = Escrow(own, deployment.escrow, oracle, first_block=deployment.block)
        store = KeeperStore(Path(settings.state) / DATABASE)
        return Keeper(escrow, store, limits, now=clock.now, signer=None if signer is None else signer()), store

    return Settling(
        make,
        settles=signer is not None,
        patience=limits.patience,
        clock=clock,
        alerts=alerts,
        metrics=metrics,
        log=log,
    )

"""A node's keeper: it settles, it tells, and whatever becomes of it the day is posted in time."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from support.eve import EVENING, MODELS, PRICES
from support.keepers import KEEPER, Matured
from support.net import Net, net
from support.nodes import DAY, MIDNIGHT, ToldClock, write_settings

from ifx_sdk import devnet
from ifx_sdk.errors import BadValue, NodeDown, Reverted
from ifx_sdk.keeper import Keeper, Round
from ifx_sdk.signers import Signer
from oracle_node import logs
from oracle_node.alerts import Alerts
from oracle_node.clocks import SystemClock
from oracle_node.commands import run
from oracle_node.errors import BadSettings
from oracle_node.health import Health
from oracle_node.metrics import Metrics
from oracle_node.service import Service
from oracle_node.serving import Answer
from oracle_node.settings import KeeperSettings, read_settings
from oracle_node.settling import (
    BEHIND_SECONDS,
    DATABASE,
    FAILURES,
    QUIET_AFTER_SECONDS,
    QUIET_BEFORE_SECONDS,
    Settling,
    keeper_signer,
    settling_loop,
)
from oracle_node.store import Store

DAY_SECONDS = 86_400
NOON = 43_200


def said(answer: Answer | None) -> tuple[int, Any]:
    """Status and document of an answer."""
    assert answer is not None
    assert isinstance(answer.body, bytes)
    return int(answer.status), json.loads(answer.body)


# --------------------------------------------------------------------------------------------- the duty comes first


@pytest.fixture
def eve() -> Iterator[Net]:
    """Four nodes on the eve of a day, the first with a keeper; none of them up."""
    with net(EVENING, MODELS, posted=PRICES) as found:
        first = found.settings[0].model_copy(update={"keeper": KeeperSettings()})
        first._folder = found.settings[0]._folder
        found.settings = (first, *found.settings[1:])
        yield found


def posted_in_time(eve: Net) -> None:
    """The first node posts both underlyings in its turn, and nothing of its duty is late."""
    eve.run_until(MIDNIGHT + 30)
    assert {name: eve.price(name, DAY) for name in MODELS} == PRICES
    assert [len(eve.said(number, "posted")) for number in range(4)] == [2, 0, 0, 0]
    assert eve.nodes[0].health.late() == {}


@pytest.mark.parametrize(
    "error",
    [ValueError("a bug"), NodeDown("http://127.0.0.1:1", "refused")],
    ids=lambda error: type(error).__name__,
)
def test_posting_goes_on_whatever_a_keeper_raises(eve: Net, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """It is told, and tried again later each time; the process goes on."""

    def failing(keeper: Keeper) -> Round:
        raise error

    monkeypatch.setattr(Keeper, "round", failing)
    eve.start_all()
    posted_in_time(eve)
    assert "keeper_failing:keeper" in eve.open(0)
    assert 3 <= len(eve.said(0, "the keeper's round failed")) <= 8
    monkeypatch.setattr(Keeper, "round", lambda keeper: Round(open=0, ready=0))
    eve.run_until(MIDNIGHT + 2 * 3_600)
    assert eve.open(0) == set()


def test_posting_goes_on_while_a_keeper_hangs(eve: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread waits for an answer that never comes: alive, ready, and in time without it."""
    asked, released = threading.Event(), threading.Event()

    def hanging(keeper: Keeper) -> Round:
        asked.set()
        assert released.wait(60)
        return Round(open=0, ready=0)

    monkeypatch.setattr(Keeper, "round", hanging)
    eve.start_all()
    node = eve.nodes[0]
    settling = node.service._spare["keeper"]
    node.service._spare = {}  # its thread is this one
    thread = threading.Thread(target=settling.act)
    thread.start()
    try:
        assert asked.wait(60)
        posted_in_time(eve)
        answers = {path: [each for route in node.routes if (each := route(path))] for path in ("/healthz", "/keeper")}
        assert said(answers["/healthz"][0])[0] == 200
        status, document = said(answers["/keeper"][0])
        assert (status, document["well"]) == (503, False)
    finally:
        released.set()
        thread.join(60)


def test_posting_goes_on_while_a_keeper_looks(eve: Net) -> None:
    """A keeper with nothing to do, and its file beside the node's."""
    eve.start_all()
    posted_in_time(eve)
    assert eve.open(0) == set()
    assert (Path(eve.settings[0].state) / DATABASE).exists()
    assert not (Path(eve.settings[1].state) / DATABASE).exists()


class Acting:
    """A loop that does as it is told."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def due(self) -> int:
        """Now."""
        return 0

    def act(self) -> None:
        """Do it."""
        self._act()


@pytest.mark.parametrize("ends", [True, False], ids=["by an error", "never"])
def test_a_spare_loop_ends_alone(ends: bool) -> None:
    """The node goes on, is alive, and stops when it is told to, whether a spare loop ended or hangs."""
    stop, hang, in_spare, acts = threading.Event(), threading.Event(), threading.Event(), []

    def spare() -> None:
        in_spare.set()
        if ends:
            raise SystemExit(3)
        hang.wait(60)

    def duty() -> None:
        assert in_spare.wait(60)
        acts.append(1)
        if len(acts) == 5:
            stop.set()

    clock = SystemClock(stop)
    health = Health(clock, Metrics())
    service = Service(
        {"duty": Acting(duty)}, clock=clock, health=health, log=silent([]), stop=stop, spare={"keeper": Acting(spare)}
    )
    assert service.run() == 0
    assert len(acts) == 5
    assert "keeper" not in health._due
    hang.set()


# --------------------------------------------------------------------------------------------- what it does


def silent(lines: list[dict[str, Any]]) -> logs.Log:
    """A log whose lines are in a list."""

    def keep(logger: object, method: str, line: Any) -> Any:
        lines.append(dict(line))
        raise structlog.DropEvent

    found: logs.Log = structlog.wrap_logger(None, processors=[keep])
    return found


class Kept:
    """A node's keeper alone, at noon of the maturity day."""

    def __init__(self, due: Matured, folder: Path, signer: Callable[[], Signer] | None) -> None:
        due.trading.go_to(due.maturity + NOON)
        settings = read_settings(write_settings(folder, extra="[keeper]\nleast = 2"))
        Path(settings.state).mkdir()
        self.clock, self.metrics, self.lines = ToldClock(due.maturity + NOON), Metrics(), list[dict[str, Any]]()
        self.store = Store()
        self.loop: Settling = settling_loop(
            settings,
            due.ifx.deployment,
            signer=signer,
            chain=due.ifx.chain,
            clock=self.clock,
            alerts=Alerts(self.store.alerts, silent([]), self.metrics),
            metrics=self.metrics,
            log=silent(self.lines),
        )

    def act(self) -> None:
        """When it is due."""
        self.clock.wait_until(self.loop.due())
        self.loop.act()

    def said(self) -> list[str]:
        """What it logged."""
        return [line["event"] for line in self.lines]

    def open(self) -> set[str]:
        """Its alerts."""
        return {each.cause for each in self.store.alerts.open()}


def test_it_settles_and_counts(due: Matured, tmp_path: Path) -> None:
    """One transaction, told when it is sent and when it is mined; `/keeper` and the metrics say the same."""
    kept = Kept(due, tmp_path, lambda: devnet.signer(KEEPER))
    kept.act()
    kept.act()
    assert kept.said() == ["settling", "settled"]
    assert due.settled() == 4
    status, document = said(kept.loop.route()("/keeper"))
    assert (status, document["well"], document["settles"], document["open"]) == (200, True, True, 0)
    text = kept.metrics.text().decode()
    assert "ifx_oracle_keeper_settled_total 4.0" in text
    assert kept.metrics.keeper_last.collect()[0].samples[0].value == kept.clock.now()
    kept.loop.close()


def test_without_a_key_it_only_looks(due: Matured, tmp_path: Path) -> None:
    """It says what it would settle; nobody is alerted of what a dry run does not do."""
    kept = Kept(due, tmp_path, None)
    kept.act()
    kept.clock.wait_until(kept.clock.now() + 3 * DAY_SECONDS)
    kept.act()
    assert kept.said() == ["would settle", "would settle"]
    assert (due.settled(), kept.open()) == (0, set())
    kept.loop.close()


def test_a_key_that_is_not_there_is_told_and_read_later(due: Matured, tmp_path: Path) -> None:
    """The node runs without; once the key is there, so does the keeper."""
    keys: list[Signer] = []

    def signer() -> Signer:
        if not keys:
            raise BadSettings("keeper.key", "no such file")
        return keys[0]

    kept = Kept(due, tmp_path, signer)
    for _ in range(FAILURES):
        kept.act()
    assert kept.open() == {"keeper_failing:keeper"}
    assert said(kept.loop.route()("/keeper"))[0] == 503
    keys.append(devnet.signer(KEEPER))
    kept.act()
    kept.act()
    assert (due.settled(), kept.open()) == (4, set())
    kept.loop.close()


def test_a_refusal_is_told_with_its_reason(due: Matured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and for as long as it lasts."""
    kept = Kept(due, tmp_path, lambda: devnet.signer(KEEPER))
    kept.act()
    kept.act()
    _, store = kept.loop._made or pytest.fail("it was made")
    assert store.spent(due.maturity // DAY_SECONDS) > 0
    monkeypatch.setattr(Keeper, "round", lambda keeper: Round(open=1, ready=1, failed=str(Reverted("escrow: no"))))
    kept.act()
    assert kept.open() == {"keeper_failing:keeper"}
    monkeypatch.setattr(Keeper, "round", lambda keeper: Round(open=0, ready=0))
    kept.act()
    assert kept.open() == set()
    kept.loop.close()


def test_what_waits_for_days_is_told(due: Matured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the keeper's own patience and a day: with what it waits for, until it is settled."""
    kept = Kept(due, tmp_path, lambda: devnet.signer(KEEPER))
    monkeypatch.setattr(Keeper, "round", lambda keeper: Round(open=4, ready=4, waits="gas is dear"))
    monkeypatch.setattr(Keeper, "pause", lambda keeper, round: 300)
    kept.act()
    kept.clock.wait_until(kept.clock.now() + DAY_SECONDS + BEHIND_SECONDS - 600)
    kept.act()
    assert kept.open() == set()
    kept.clock.wait_until(kept.clock.now() + 600)
    kept.act()
    assert kept.open() == {"keeper_behind:keeper"}
    monkeypatch.setattr(Keeper, "round", lambda keeper: Round(open=0, ready=0, settled=due.ids))
    kept.act()
    assert kept.open() == set()
    kept.loop.close()


def test_it_rests_around_midnight(due: Matured, tmp_path: Path) -> None:
    """No endpoint is asked for its sake while reports are posted."""
    kept = Kept(due, tmp_path, None)
    midnight = due.maturity + DAY_SECONDS
    for at, due_at in (
        (midnight - QUIET_BEFORE_SECONDS - 1, midnight - QUIET_BEFORE_SECONDS - 1),
        (midnight - QUIET_BEFORE_SECONDS, midnight + QUIET_AFTER_SECONDS),
        (midnight, midnight + QUIET_AFTER_SECONDS),
        (midnight + QUIET_AFTER_SECONDS, midnight + QUIET_AFTER_SECONDS),
    ):
        kept.clock.wait_until(at)
        assert kept.loop.due() == due_at


# --------------------------------------------------------------------------------------------- settings


def test_the_nodes_own_account_is_refused(tmp_path: Path) -> None:
    """A settlement that hangs would stand before a post; another account is taken."""
    own = devnet.signer(devnet.NODES[0]).address
    settings = read_settings(write_settings(tmp_path, extra='[keeper]\nkey = { file = "node.key" }'))
    with pytest.raises(BadSettings, match="is the node's own account"):
        keeper_signer(settings, own)
    assert keeper_signer(settings, devnet.signer(KEEPER).address).address == own
    without = read_settings(write_settings(tmp_path, extra="[keeper]"))
    with pytest.raises(BadSettings, match="needs an account of its own"):
        keeper_signer(without, own)


@pytest.mark.parametrize("wrong", ["least = 0", "least = 101", "gas_per_day = 1", "gas_price_gwei = 0", "key = 1"])
def test_settings_that_are_none_are_refused(tmp_path: Path, wrong: str) -> None:
    """Beside a section that is one: without it there is no keeper."""
    assert read_settings(write_settings(tmp_path)).keeper is None
    assert read_settings(write_settings(tmp_path, extra="[keeper]")).keeper == KeeperSettings()
    with pytest.raises(BadSettings, match="keeper"):
        read_settings(write_settings(tmp_path, extra=f"[keeper]\n{wrong}"))


def test_settling_without_its_section_is_refused(tmp_path: Path) -> None:
    """Before anything is opened."""
    with pytest.raises(BadValue, match="no section"):
        run.run(config=str(write_settings(tmp_path)), settle=True)

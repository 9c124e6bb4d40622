"""Alive is not ready: what each says, that neither flaps, and that a loop which hangs is seen from outside."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus

import httpx
import pytest
from support.nodes import MIDNIGHT, ToldClock

from oracle_node import logs
from oracle_node.alerts import Alerts, Cause
from oracle_node.checks import TOLD, tell_checks, unseen
from oracle_node.health import FAILURES, LATE_SECONDS, Check, Health
from oracle_node.metrics import Metrics
from oracle_node.service import CHECK_SECONDS, Checks, Service
from oracle_node.serving import serve
from oracle_node.store import Store


class Told:
    """A node's health behind its server, fed by the test."""

    def __init__(self, client: httpx.Client, health: Health, clock: ToldClock, metrics: Metrics) -> None:
        self.client, self.health, self.clock, self.metrics = client, health, clock, metrics

    def get(self, path: str) -> tuple[int, dict[str, object]]:
        """Status and JSON of a path."""
        answer = self.client.get(path)
        assert answer.headers["Content-Type"] == "application/json"
        found: dict[str, object] = answer.json()
        return answer.status_code, found

    def ready(self) -> bool:
        """What /readyz says, by its status and by its text."""
        status, found = self.get("/readyz")
        assert (status == HTTPStatus.OK) == found["ready"]
        return bool(found["ready"])

    def alive(self) -> bool:
        """What /healthz says, by its status and by its text."""
        status, found = self.get("/healthz")
        assert (status == HTTPStatus.OK) == found["alive"]
        return bool(found["alive"])

    def look(self, **held: bool) -> None:
        """A round of checks: which hold."""
        self.health.checked(
            Check(name=name, ok=ok, says=f"{name} says", cure=f"cure of {name}") for name, ok in held.items()
        )


@pytest.fixture
def told() -> Iterator[Told]:
    """A node that has just begun."""
    clock, metrics = ToldClock(MIDNIGHT), Metrics()
    health = Health(clock, metrics)
    with ExitStack() as stack:
        url = stack.enter_context(serve(health.routes()))
        yield Told(stack.enter_context(httpx.Client(base_url=url)), health, clock, metrics)


# ------------------------------------------------------------------------------------------------ ready


def test_a_node_that_has_checked_nothing_is_alive_and_not_ready(told: Told) -> None:
    """It says that it begins."""
    assert told.alive()
    status, found = told.get("/readyz")
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert found == {
        "ready": False,
        "why": [{"check": "start", "says": "nothing was checked yet", "cure": "Wait a minute."}],
    }
    told.look(disk=True)
    assert told.get("/readyz") == (HTTPStatus.OK, {"ready": True, "why": []})


def test_what_fails_from_the_start_is_not_ready_at_once(told: Told) -> None:
    """A node that never had a chain does not say for two minutes that it has one."""
    told.look(disk=True, chain=False)
    assert told.get("/readyz") == (
        HTTPStatus.SERVICE_UNAVAILABLE,
        {"ready": False, "why": [{"check": "chain", "says": "chain says", "cure": "cure of chain"}]},
    )
    told.look(disk=True, chain=True)
    assert told.ready()


def test_one_lost_packet_flaps_nothing(told: Told) -> None:
    """Two failures in a row are none, a third one is; one success ends it."""
    told.look(chain=True)
    for held in (False, False, True, False, False, True):
        told.look(chain=held)
        assert told.ready()
    answers = []
    for held in (False, False, False, False, True, False):
        told.look(chain=held)
        answers.append(told.ready())
    assert FAILURES == 3
    assert answers == [True, True, False, False, True, True]


def test_failures_of_different_checks_do_not_add_up(told: Told) -> None:
    """Three in a row are three of one check."""
    told.look(chain=True, disk=True)
    for chain in (False, True, False, True):
        told.look(chain=chain, disk=not chain)
        assert told.ready()


def test_news_is_no_reason(told: Told) -> None:
    """A check that gates nothing never makes a node unready; its metric says that it does not hold."""
    for _ in range(4):
        told.health.checked([Check(name="page", ok=False, says="other price", gates=False)])
    assert told.ready()
    assert 'ifx_oracle_check_ok{check="page"} 0.0' in told.metrics.text().decode()


def test_a_check_with_a_cause_of_its_own_is_told_once(told: Told) -> None:
    """A full disk begins one alert at its third failure and ends it; the clock's and the balance's are others'."""
    store = Store(None)
    alerts = Alerts(store.alerts, logs.logger(), told.metrics)

    def look(**held: bool) -> list[str]:
        told.look(**held)
        tell_checks(told.health, alerts, told.clock.now())
        return [each.cause for each in store.alerts.open()]

    assert look(disk=True, clock=True, balance=True) == []
    assert [look(disk=False, clock=False, balance=False) for _ in range(4)] == [
        [],
        [],
        [f"{Cause.CHECK_FAILING}:disk"],
        [f"{Cause.CHECK_FAILING}:disk"],
    ]
    assert look(disk=True, clock=False, balance=False) == []
    assert set(TOLD) == {"disk", "contract", "listed", "registered"}


def test_what_cannot_be_looked_at_begins_and_ends_no_alert(told: Told) -> None:
    """A chain that is down is told as such, not as a lost registration; one that was told before stays open."""
    store = Store(None)
    alerts = Alerts(store.alerts, logs.logger(), told.metrics)

    def look(*checks: Check) -> list[str]:
        told.health.checked(checks)
        tell_checks(told.health, alerts, told.clock.now())
        return [each.cause for each in store.alerts.open()]

    lost = Check(name="registered", ok=False, says="not registered")
    for _ in range(4):
        assert look(unseen("registered"), unseen("contract")) == []
    assert not told.ready()
    assert look(lost) == [f"{Cause.CHECK_FAILING}:registered"]
    assert look(unseen("registered")) == [f"{Cause.CHECK_FAILING}:registered"]
    assert look(Check(name="registered", ok=True, says="")) == []


# ------------------------------------------------------------------------------------------------ alive


def test_a_loop_that_is_late_is_not_alive(told: Told) -> None:
    """Five minutes past what it had to do, and one second more; acting again ends it."""
    told.health.acted("watching", MIDNIGHT + 100)
    told.health.acted("rounds", MIDNIGHT + 10_000)
    told.clock.wait_until(MIDNIGHT + 100 + LATE_SECONDS)
    assert told.alive()
    told.clock.wait_until(MIDNIGHT + 101 + LATE_SECONDS)
    assert told.get("/healthz") == (
        HTTPStatus.SERVICE_UNAVAILABLE,
        {"alive": False, "late_seconds": {"watching": LATE_SECONDS + 1}},
    )
    told.health.acted("watching", MIDNIGHT + 1_000)
    assert told.alive()


def test_a_loop_that_hangs_is_seen_while_the_others_act(told: Told) -> None:
    """A service of two loops in their threads: one hangs in its act, the other one goes on; both are as they are."""
    stop, hanging, released = threading.Event(), threading.Event(), threading.Event()

    class Hangs:
        def due(self) -> int:
            return MIDNIGHT

        def act(self) -> None:
            hanging.set()
            released.wait(30)
            stop.set()

    class Acts:
        acted = 0

        def due(self) -> int:
            return told.clock.now()

        def act(self) -> None:
            self.acted += 1
            if self.acted > 3:
                stop.wait(30)

    acts = Acts()
    service = Service(
        {"hangs": Hangs(), "acts": acts}, clock=told.clock, health=told.health, log=logs.logger(), stop=stop
    )
    running = threading.Thread(target=service.run)
    running.start()
    try:
        assert hanging.wait(30)
        assert told.alive()
        told.clock.wait_until(MIDNIGHT + LATE_SECONDS + 1)
        told.health.acted("acts", told.clock.now())
        assert told.get("/healthz")[1] == {"alive": False, "late_seconds": {"hangs": LATE_SECONDS + 1}}
    finally:
        released.set()
        running.join(30)
    assert not running.is_alive()


def test_alive_and_ready_are_two_questions(told: Told) -> None:
    """A node without a chain is alive: to restart it would mend nothing. One that hangs may have all it needs."""
    told.look(chain=False)
    assert (told.alive(), told.ready()) == (True, False)
    told.look(chain=True)
    told.health.acted("watching", MIDNIGHT - LATE_SECONDS - 1)
    assert (told.alive(), told.ready()) == (False, True)


# ------------------------------------------------------------------------------------------------ the round of checks


def test_the_checks_are_a_loop_of_a_minute(told: Told) -> None:
    """Looks, tells, and is due a minute later; what follows a look sees its findings."""
    seen: list[bool] = []
    loop = Checks(
        lambda: [Check(name="disk", ok=True, says="")], told.health, told.clock, lambda: seen.append(told.ready())
    )
    assert loop.due() <= told.clock.now()
    loop.act()
    assert seen == [True]
    assert loop.due() == told.clock.now() + CHECK_SECONDS


@pytest.mark.parametrize("path", ["/healthz/", "/healthz?x", "/metrics/x", "/", "/health"])
def test_other_paths_are_not_answered(told: Told, path: str) -> None:
    """Only the three, with or without a query."""
    assert told.client.get(path).status_code == (200 if path == "/healthz?x" else 404)


def test_the_answers_are_json_of_one_line(told: Told) -> None:
    """For probes that look into them."""
    told.look(disk=True)
    for path in ("/healthz", "/readyz"):
        body = told.client.get(path).text
        assert "\n" not in body
        assert json.loads(body)

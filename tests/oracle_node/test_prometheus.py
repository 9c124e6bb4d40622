"""A real Prometheus scrapes a node's metrics by the rules that are deployed: each alert fires, and ends.

What waits for minutes waits for none here; how long each waits is held by promtool.
"""

import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import pytest
from support.nodes import GPT
from support.prometheus import tool

from oracle_node import logs
from oracle_node.alerts import Alerts, Cause
from oracle_node.clocks import SystemClock
from oracle_node.health import Check, Health
from oracle_node.metrics import Metrics
from oracle_node.serving import serve
from oracle_node.store import Store
from scripts.anvil import free_port
from scripts.prometheus import RULES, running

PATIENCE = 15
"""Seconds until an alert that did not come does not come."""
CHECKS = ("disk", "chain", "contract", "clock", "listed", "rpc", "registered", "balance")


@dataclass
class Scraped:
    """A node as Prometheus sees it: its numbers, which the test sets, behind its own server."""

    port: int
    metrics: Metrics = field(default_factory=Metrics)
    clock: SystemClock = field(default_factory=SystemClock)
    _serving: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.health = Health(self.clock, self.metrics)
        self.alerts = Alerts(Store(None).alerts, logs.logger(), self.metrics)
        self.be_well()

    def up(self) -> None:
        """Serve."""
        self._serving.enter_context(serve(self.health.routes(), port=self.port))

    def down(self) -> None:
        """Serve no more."""
        self._serving.close()

    def check(self, name: str, *, ok: bool) -> None:
        """What a round of checks found of one."""
        self.health.checked([Check(name=name, ok=ok, says="")])

    def be_well(self) -> None:
        """Everything as it is at a node that reported and posted today."""
        today, numbers = self.clock.now() // 86_400, self.metrics
        for day in (numbers.reported_day, numbers.fixed_day):
            day.labels(GPT).set(today)
        numbers.valid_slots.labels(GPT).set(13)
        numbers.agreeing.labels(GPT).set(4)
        numbers.quorum.set(3)
        numbers.postings_left.set(90)
        numbers.clock_skew.set(0)
        numbers.keeper_last.set(self.clock.now())
        self.health.acted("watching", self.clock.now() + 3_600)
        for name in CHECKS:
            self.check(name, ok=True)

    def begin(self, cause: Cause) -> None:
        """The node's own alert."""
        self.alerts.begin(cause, GPT, "", self.clock.now())

    def end(self, cause: Cause) -> None:
        """It is over, and told long ago."""
        self.alerts.end(cause, GPT, self.clock.now())
        self.metrics.alert_last.labels(str(cause), GPT).set(0)

    def yesterday(self) -> int:
        """UTC day number."""
        return self.clock.now() // 86_400 - 1


def told(cause: Cause) -> Callable[[Scraped], None]:
    return lambda node: node.begin(cause)


def too_few_agree(node: Scraped) -> None:
    node.metrics.agreeing.labels(GPT).set(2)
    node.metrics.fixed_day.labels(GPT).set(node.yesterday())


def chain_gone(node: Scraped) -> None:
    for name in ("chain", "contract", "listed", "registered"):
        node.check(name, ok=False)


def happens_and_is_over(node: Scraped) -> None:
    node.alerts.once(Cause.NOT_FIXED, GPT, "", node.clock.now())


def keeper_hangs(node: Scraped) -> None:
    node.metrics.keeper_last.set(node.clock.now() - 7_201)


def jumps_and_is_over(node: Scraped) -> None:
    node.alerts.once(Cause.PRICE_JUMPED, GPT, "", node.clock.now())


FAULTS: dict[str, tuple[Callable[[Scraped], None], ...]] = {
    "IfxNoReport": (
        lambda node: node.metrics.reported_day.labels(GPT).set(node.yesterday() - 1),
        told(Cause.NO_REPORT),
    ),
    "IfxSlotsMissing": (lambda node: node.metrics.valid_slots.labels(GPT).set(10), told(Cause.SLOTS_MISSING)),
    "IfxNoQuorum": (too_few_agree,),
    "IfxPostingFailing": (lambda node: node.metrics.posts.labels("failed").inc(), told(Cause.POSTING_FAILING)),
    "IfxBalanceLow": (lambda node: node.metrics.postings_left.set(13),),
    "IfxNodeDown": (Scraped.down,),
    "IfxLoopHangs": (lambda node: node.health.acted("watching", node.clock.now() - 301),),
    "IfxCheckFailing": (
        lambda node: node.check("disk", ok=False),
        lambda node: node.check("registered", ok=False),
        chain_gone,
    ),
    "IfxClockWrong": (lambda node: node.metrics.clock_skew.set(-3), lambda node: node.check("clock", ok=False)),
    "IfxRpcFaulty": (lambda node: node.check("rpc", ok=False), told(Cause.RPC_FAULTY)),
    "IfxChainUnusable": (told(Cause.CHAIN_UNUSABLE),),
    "IfxFixingLost": (told(Cause.FIXING_LOST),),
    "IfxFixingDiffers": (told(Cause.FIXING_DIFFERS),),
    "IfxNotFixed": (happens_and_is_over,),
    "IfxPriceHeld": (told(Cause.PRICE_HELD),),
    "IfxPageChanged": (told(Cause.PAGE_CHANGED),),
    "IfxPriceJumped": (jumps_and_is_over,),
    "IfxCheckDiffers": (told(Cause.CHECK_DIFFERS),),
    "IfxPeerFaulty": (told(Cause.PEER_FAULTY),),
    "IfxKeeperFailing": (keeper_hangs, told(Cause.KEEPER_FAILING)),
    "IfxKeeperBehind": (told(Cause.KEEPER_BEHIND),),
}
"""What makes each alert fire, in each of its ways."""


@pytest.fixture(scope="module")
def node() -> Iterator[Scraped]:
    """A node that is well."""
    found = Scraped(free_port())
    found.up()
    yield found
    found.down()


@pytest.fixture(scope="module")
def prometheus(node: Scraped, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A Prometheus that scrapes it ten times a second."""
    folder = tmp_path_factory.mktemp("prometheus")
    rules = re.sub(r"\bfor: \w+", "for: 0s", RULES.read_text()).replace("[15m]", "[2s]")
    (folder / "rules.yml").write_text(rules)
    (folder / "prometheus.yml").write_text(
        f"""
global: {{scrape_interval: 100ms, scrape_timeout: 100ms, evaluation_interval: 100ms}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: ifx-oracle
    static_configs: [{{targets: ["127.0.0.1:{node.port}"]}}]
"""
    )
    with running(tool("prometheus"), folder / "prometheus.yml", folder / "data", free_port()) as found:
        yield found


def firing(prometheus: httpx.Client) -> list[str]:
    """The alerts that fire now, each as often as it does."""
    alerts = prometheus.get("/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
    return [each["labels"]["alertname"] for each in alerts if each["state"] == "firing"]


def series(prometheus: httpx.Client, name: str) -> int:
    """How many series of a name it has."""
    answer = prometheus.get("/api/v1/query", params={"query": f'{name}{{job="ifx-oracle"}}'}).raise_for_status()
    return len(answer.json()["data"]["result"])


def awaited(ask: Callable[[], object], wanted: object) -> None:
    """Return when the answer is this one."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while (found := ask()) != wanted:
        assert time.monotonic() < deadline, f"{found} instead of {wanted}"
        pause.wait(0.05)


def test_each_alert_fires_alone_and_ends(node: Scraped, prometheus: httpx.Client) -> None:
    """In each of the ways in which it can: nothing else fires beside it, and it ends when the node is well again."""
    for name in ("up", "ifx_oracle_loop_next_act_seconds", "process_resident_memory_bytes"):
        awaited(lambda name=name: series(prometheus, name), 1)  # type: ignore[misc]  # bound at once
    assert firing(prometheus) == []
    for alert, faults in FAULTS.items():
        for fault in faults:
            fault(node)
            awaited(lambda: firing(prometheus), [alert])
            if fault is Scraped.down:
                node.up()
            node.be_well()
            for cause in Cause:
                node.end(cause)
            awaited(lambda: firing(prometheus), [])


def test_every_rule_is_made_to_fire() -> None:
    """None is left out, and none is fired that is not deployed."""
    assert re.findall(r"- alert: (\w+)", RULES.read_text()) == list(FAULTS)


@pytest.mark.parametrize("command", [["check", "rules", "rules.yml"], ["test", "rules", "rules_test.yml"]])
def test_promtool_agrees(command: list[str]) -> None:
    """The rules are rules, and each waits as long as it is said to."""
    ran = subprocess.run(
        [str(tool("promtool")), *command], cwd=RULES.parent, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_deployed_configuration_is_one() -> None:
    """It names the job that the rules ask for, and the rules."""
    ran = subprocess.run(
        [str(tool("promtool")), "check", "config", "scrape.yml"],
        cwd=RULES.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "job_name: ifx-oracle\n" in (RULES.parent / "scrape.yml").read_text()

"""What Prometheus scrapes of a node. Names are listed in docs/operations.md; deploy/prometheus/rules.yml uses them."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
"""Of the text that `Metrics.text` gives."""


class Metrics:
    """One node's numbers, in a registry of their own, so that several nodes can live in one process."""

    def __init__(self) -> None:
        """Every number starts at zero, or absent where it has labels; the process's own stand beside them."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.slots = self._counter("slots_total", "Slots observed", "underlying", "result")
        self.price = self._gauge("price_micro_usd", "Newest price read, micro-USD per Mtok", "underlying")
        self.valid_slots = self._gauge("valid_slots", "Valid slots of the newest window, of 13", "underlying")
        self.reported_day = self._gauge("reported_day", "Newest UTC day number reported", "underlying")
        self.fixed_day = self._gauge("fixed_day", "Newest UTC day number whose fixing is on chain", "underlying")
        self.fixing = self._gauge("fixing_micro_usd", "Price of the newest fixing, micro-USD per Mtok", "underlying")
        self.agreeing = self._gauge("agreeing_nodes", "Nodes that signed the most signed price", "underlying")
        self.quorum = self._gauge("quorum", "Signatures that a fixing needs")
        self.peer_faults = self._counter("peer_faults_total", "Answers of a peer that do not count", "peer", "fault")
        self.posts = self._counter("posts_total", "Reports that were to be posted", "result")
        for result in ("posted", "found", "failed"):
            self.posts.labels(result)  # at zero from the start: of a series that begins at 1 no increase is seen
        self.rpc_faults = self._gauge("rpc_faults", "Failures and lies of RPC nodes so far", "endpoint", "fault")
        self.balance = self._gauge("balance_wei", "The node's own coin, wei")
        self.postings_left = self._gauge("postings_left", "Posts that the balance pays at today's gas price")
        self.clock_skew = self._gauge("clock_skew_seconds", "The node's clock ahead of the publishers'")
        self.alerts = self._gauge("alert_open", "1 while an alert is open", "cause", "about")
        self.alert_last = self._gauge("alert_last_seconds", "Unix time when an alert began last", "cause", "about")
        self.check = self._gauge("check_ok", "1 while a check of `ifx-oracle doctor` holds", "check")
        self.keeper_open = self._gauge("keeper_open_forwards", "Forwards that have not ended")
        self.keeper_ready = self._gauge("keeper_ready_forwards", "Forwards that can be settled now")
        self.keeper_settled = self._counter("keeper_settled_total", "Forwards that the keeper settled")
        self.keeper_gas = self._counter("keeper_gas_total", "Gas that the keeper used")
        self.keeper_gas_left = self._gauge("keeper_gas_left", "Gas that the keeper's UTC day has left")
        self.keeper_failures = self._counter("keeper_failures_total", "Rounds of the keeper that failed")
        self.keeper_last = self._gauge("keeper_last_round_seconds", "Unix time of the keeper's newest round")
        self.last_act = self._gauge("loop_last_act_seconds", "Unix time when a loop acted or began to wait", "loop")
        self.next_act = self._gauge("loop_next_act_seconds", "Unix time of a loop's next act", "loop")

    def text(self) -> bytes:
        """In Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"ifx_oracle_{name}", about, labels, registry=self._registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"ifx_oracle_{name}", about, labels, registry=self._registry)

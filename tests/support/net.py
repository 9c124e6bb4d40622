"""Several whole nodes in one process, on one in-process chain, under one clock that jumps from act to act.

Pages and peers are answered in memory. What a test changes it changes here: which node is up, what a page says, what a
peer answers, whether the chain does. The nodes are those of production, put together by `oracle_node.assembly`.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import structlog
from support.net_chain import NodesChain, chain_before
from support.nodes import ToldClock, page

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.local_chain import LocalChain
from oracle_node.assembly import Mode, Node, assembled
from oracle_node.observe import Release
from oracle_node.serving import Answer
from oracle_node.settings import Settings, read_settings
from oracle_node.steps import OnStep, unheard
from oracle_node.store import DATABASE, Store

PAGES_HOST = "pages.example"
PRICING = f"https://{PAGES_HOST}/pricing"
ONE_PAGE: Callable[[str], str] = lambda name: PRICING  # noqa: E731 - a default that says where every price stands
Event = MutableMapping[str, Any]


@dataclass
class Net:
    """What runs, and what a test may change while it does."""

    clock: ToldClock
    """Everyone's clock."""
    local: LocalChain
    """Everyone's chain; it follows the clock."""
    ifx: IFX
    """The deployment."""
    settings: Sequence[Settings]
    """Of each node, in the signer set's order."""
    pages: Callable[[str, int], httpx.Response] = field(default=lambda url, at: httpx.Response(200, text=page()))
    """What a page answers at a time, unix seconds."""
    on_page: Callable[[httpx.Request], httpx.Response] | None = field(default=None)
    """What a page answers to a whole request; None for `pages`."""
    answers: dict[int, Callable[[str], httpx.Response]] = field(default_factory=dict)
    """What a node answers its peers instead of the truth, by its number: from a path."""
    nodes: dict[int, Node] = field(default_factory=dict)
    """Those that are up."""
    chains: dict[int, NodesChain] = field(default_factory=dict)
    """Each one's own view of the chain, which a test may break."""
    events: list[tuple[int, Event]] = field(default_factory=list)
    """Every line that a node logged, with its number."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Every request of a page: its URL and when."""
    quiet: bool = field(default=False)
    """Whether neither lines nor requests are remembered: a year has many."""
    asking: int = field(default=0)
    """The node whose request is being answered."""
    chain_ahead: int = field(default=0)
    """How many seconds the chain's newest block is ahead of the clock."""
    _closing: dict[int, ExitStack] = field(default_factory=dict)

    def start(self, number: int, mode: Mode = Mode.POST, *, checks: bool = False, on_step: OnStep = unheard) -> Node:
        """Bring a node up, with what it has on disk."""
        closing = self._closing[number] = ExitStack()
        self.nodes[number] = closing.enter_context(
            assembled(
                self.settings[number],
                mode=mode,
                signer=devnet.signer(devnet.NODES[number]),
                clock=self.clock,
                client=httpx.Client(transport=httpx.MockTransport(partial(self._answer, number))),
                chain=chain_before(self.chains[number]),
                log=self.log(number),
                checks=checks,
                on_step=on_step,
            )
        )
        return self.nodes[number]

    def start_all(self, mode: Mode = Mode.POST) -> None:
        """Bring every node up."""
        for number in range(len(self.settings)):
            self.start(number, mode)

    def stop(self, number: int) -> None:
        """Take a node down; its disk stays."""
        del self.nodes[number]
        self._closing.pop(number).close()

    def run_until(self, at: int) -> None:
        """Let whoever is due first act, until the clock is at `at`; the last act is the one due then."""
        while self.nodes:
            due, number = min((max(node.service.due(), self.clock.now()), k) for k, node in self.nodes.items())
            if due > at:
                break
            self.clock.wait_until(due)
            self.nodes[number].service.step()
        self.clock.wait_until(at)
        self.follow()

    def follow(self) -> None:
        """Have the chain's time be the clock's."""
        at = self.clock.now() + self.chain_ahead
        if self.local.timestamp < at:
            self.local.travel(at)

    def sleep_until(self, at: int) -> None:
        """Move the clock and let nobody act, as if the machines slept."""
        self.clock.wait_until(at)
        self.follow()

    def watch_until(self, at: int, number: int = 0) -> None:
        """Let only a node's watching loop act until the clock is at `at`."""
        watcher = self.nodes[number].watcher
        while (due := watcher.due()) <= at:
            self.clock.wait_until(due)
            watcher.act()
        self.clock.wait_until(at)

    def said(self, number: int, event: str) -> list[Event]:
        """The lines of this kind that a node logged, oldest first."""
        return [line for logger, line in self.events if logger == number and line["event"] == event]

    def alerts(self, number: int) -> list[str]:
        """What a node alerted of, `cause:about`, oldest first."""
        return [f"{line['cause']}:{line['about']}" for line in self.said(number, "alert")]

    def open(self, number: int) -> set[str]:
        """The alerts of a node that are open, `cause:about`."""
        return {each.cause for each in self.nodes[number].store.alerts.open()}

    def sent(self) -> list[str]:
        """The hash of every transaction to the oracle that was mined, in order."""
        oracle = bytes.fromhex(self.ifx.oracle.address[2:])
        mined = [each.transaction for block in self.local._evm.blocks for each in block.transactions]
        return ["0x" + bytes(each.hash).hex() for each in mined if bytes(each.to) == oracle]

    def price(self, name: str, day: int) -> int | None:
        """The fixing on the chain."""
        found = self.ifx.oracle.fixing(name, day)
        return None if found is None else found.price

    def store_of(self, number: int) -> Store:
        """A store of its own on a node's file, whether that is up or not."""
        return Store(Path(self.settings[number].state) / DATABASE)

    def release(self, number: int, release: Release) -> None:
        """An operator lets a price on another scale pass."""
        with self.store_of(number) as store:
            store.release(release, self.clock.now())

    def close(self) -> None:
        """Take every node down."""
        for number in list(self.nodes):
            self.stop(number)

    def log(self, number: int) -> structlog.stdlib.BoundLogger:
        """The logger of a node, whose lines are in `events`."""

        def keep(logger: object, method: str, line: Event) -> Event:
            if not self.quiet:
                self.events.append((number, dict(line)))
            raise structlog.DropEvent

        found: structlog.stdlib.BoundLogger = structlog.wrap_logger(None, processors=[keep])
        return found

    def _answer(self, asking: int, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host == PAGES_HOST:
            self.asking = asking
            if not self.quiet:
                self.asked.append((str(request.url), self.clock.now()))
            found = self.on_page(request) if self.on_page else self.pages(str(request.url), self.clock.now())
            found.headers.setdefault("Date", formatdate(self.clock.now(), usegmt=True))
            return found
        number = int(host.removeprefix("node").removesuffix(".example"))
        if number in self.answers:
            return self.answers[number](request.url.path)
        if number not in self.nodes:
            raise httpx.ConnectError("connection refused", request=request)
        given = (route(request.url.path) for route in self.nodes[number].routes)
        return _response(next((each for each in given if each is not None), None))


def _response(answer: Answer | None) -> httpx.Response:
    if answer is None:
        return httpx.Response(404)
    body = answer.body if isinstance(answer.body, bytes) else answer.body.read_bytes()
    return httpx.Response(int(answer.status), content=body, headers={"Content-Type": answer.content_type})


def metric(node: Node, name: str, **labels: str) -> float | None:
    """A node's number as /metrics shows it; None where it shows none."""
    from prometheus_client.parser import text_string_to_metric_families

    (answer,) = (found for route in node.routes if (found := route("/metrics")) is not None)
    assert isinstance(answer.body, bytes)
    for family in text_string_to_metric_families(answer.body.decode()):
        for sample in family.samples:
            if sample.name == f"ifx_oracle_{name}" and sample.labels == labels:
                return float(sample.value)
    return None


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where the machine has one, so that waiting for the disk, which a node does often, is short."""
    memory = Path("/dev/shm")  # noqa: S108 - only a place to make a private folder in
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@contextmanager
def net(
    start: int,
    models: Mapping[str, str],
    *,
    nodes: int = 4,
    url: Callable[[str], str] = ONE_PAGE,
    extra: str = "",
    posted: Mapping[str, int] | None = None,
) -> Iterator[Net]:
    """A deployment with four nodes' settings, none of them up: `models` are underlyings with their page's words.

    `url` gives an underlying's page, `extra` are further lines of each underlying's settings, `posted` the fixings of
    the day at `start` that the chain has already.
    """
    with quick_folder() as folder:
        local = LocalChain(timestamp=start)
        ifx = devnet.start(Chain(local.web3, chain_id=31337), list(models), folder / "local.toml")
        if posted:
            devnet.post(ifx, posted)
        found = Net(
            clock=ToldClock(max(start, local.timestamp)),
            local=local,
            ifx=ifx,
            settings=tuple(_settings(folder, number, nodes, models, url, extra) for number in range(nodes)),
        )
        found.chains = {number: NodesChain(local, found.clock, found.follow) for number in range(nodes)}
        try:
            yield found
        finally:
            found.close()


def _settings(
    folder: Path, number: int, nodes: int, models: Mapping[str, str], url: Callable[[str], str], extra: str
) -> Settings:
    home = folder / f"node{number}"
    home.mkdir()
    lines = ["[key]", 'file = "unused.key"', "[chain]", 'rpc = "http://127.0.0.1:1"']
    lines += [f"deployment = {json.dumps(str(folder / 'local.toml'))}", "[reading]", "lead_seconds = 10"]
    for name, model in models.items():
        lines += ["[[underlyings]]", f'name = "{name}"', 'provider = "openai"', f'model = "{model}"']
        lines += [f'page = "{url(name)}"', extra]
    for other in range(nodes):
        if other != number:
            address = devnet.signer(devnet.NODES[other]).address
            lines += ["[[peers]]", f'url = "http://node{other}.example"', f'address = "{address}"']
    path = home / "node.toml"
    path.write_text("\n".join(lines) + "\n")
    return read_settings(path)

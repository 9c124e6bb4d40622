"""Several whole nodes in one process, on one in-process chain, under one clock that jumps from act to act.

Pages and peers are answered in memory. What a test changes it changes here: which node is up, what a page says, what a
peer answers, whether the chain does. The nodes are those of production, put together by `oracle_node.assembly`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

import httpx
import structlog
from support.nodes import ToldClock, page

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.local_chain import LocalChain
from oracle_node.assembly import Mode, Node, assembled
from oracle_node.serving import Answer
from oracle_node.settings import Settings, read_settings

PAGES_HOST = "pages.example"


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
    answers: dict[int, Callable[[str], httpx.Response]] = field(default_factory=dict)
    """What a node answers its peers instead of the truth, by its number: from a path."""
    nodes: dict[int, Node] = field(default_factory=dict)
    """Those that are up."""
    _closing: dict[int, ExitStack] = field(default_factory=dict)

    def start(self, number: int, mode: Mode = Mode.POST) -> Node:
        """Bring a node up, with what it has on disk."""
        closing = self._closing[number] = ExitStack()
        client = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.nodes[number] = closing.enter_context(
            assembled(
                self.settings[number],
                mode=mode,
                signer=devnet.signer(devnet.NODES[number]),
                clock=self.clock,
                client=client,
                chain=Chain(self.local.web3, chain_id=31337),
                log=structlog.get_logger("test"),
            )
        )
        return self.nodes[number]

    def stop(self, number: int) -> None:
        """Take a node down; its disk stays."""
        del self.nodes[number]
        self._closing.pop(number).close()

    def run_until(self, at: int) -> None:
        """Let whoever is due first act, until the clock is at `at`."""
        while True:
            due, number = min((max(node.service.due(), self.clock.now()), k) for k, node in self.nodes.items())
            if due > at:
                break
            self.move_to(due)
            self.nodes[number].service.step()
        self.move_to(at)

    def move_to(self, at: int) -> None:
        """Move the clock, and the chain with it."""
        self.clock.wait_until(at)
        if self.local.timestamp < at:
            self.local.travel(at)

    def close(self) -> None:
        """Take every node down."""
        for number in list(self.nodes):
            self.stop(number)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host == PAGES_HOST:
            found = self.pages(str(request.url), self.clock.now())
            found.headers.setdefault("Date", formatdate(self.clock.now(), usegmt=True))
            return found
        number = int(host.removeprefix("node").removesuffix(".example"))
        if number not in self.nodes:
            raise httpx.ConnectError("connection refused", request=request)
        if number in self.answers:
            return self.answers[number](request.url.path)
        given = (route(request.url.path) for route in self.nodes[number].routes)
        return _response(next((each for each in given if each is not None), None))


def _response(answer: Answer | None) -> httpx.Response:
    if answer is None:
        return httpx.Response(404)
    body = answer.body if isinstance(answer.body, bytes) else answer.body.read_bytes()
    return httpx.Response(int(answer.status), content=body, headers={"Content-Type": answer.content_type})


@contextmanager
def net(
    folder: Path, start: int, models: Mapping[str, str], *, nodes: int = 4, url: Callable[[str], str] | None = None
) -> Iterator[Net]:
    """A deployment with four nodes' settings, none of them up: `models` are underlyings with their page's words.

    `url` gives an underlying's page; all stand on one where it is not given.
    """
    where = url or (lambda name: f"https://{PAGES_HOST}/pricing")
    local = LocalChain(timestamp=start)
    chain = Chain(local.web3, chain_id=31337)
    ifx = devnet.start(chain, list(models), folder / "local.toml")
    found = Net(
        clock=ToldClock(max(start, local.timestamp)),
        local=local,
        ifx=ifx,
        settings=tuple(_settings(folder, number, nodes, models, where) for number in range(nodes)),
    )
    try:
        yield found
    finally:
        found.close()


def _settings(folder: Path, number: int, nodes: int, models: Mapping[str, str], url: Callable[[str], str]) -> Settings:
    home = folder / f"node{number}"
    home.mkdir()
    lines = ["[key]", 'file = "unused.key"', "[chain]", 'rpc = "http://127.0.0.1:1"']
    lines += [f"deployment = {json.dumps(str(folder / 'local.toml'))}", "[reading]", "lead_seconds = 10"]
    for name, model in models.items():
        lines += ["[[underlyings]]", f'name = "{name}"', 'provider = "openai"', f'model = "{model}"']
        lines += [f'page = "{url(name)}"']
    for other in range(nodes):
        if other != number:
            address = devnet.signer(devnet.NODES[other]).address
            lines += ["[[peers]]", f'url = "http://node{other}.example"', f'address = "{address}"']
    path = home / "node.toml"
    path.write_text("\n".join(lines) + "\n")
    return read_settings(path)

"""Four nodes as four processes of `ifx-oracle run` on one anvil: one is silent, one lies, and the day is fixed once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import httpx
import pytest
from support.rehearsal import PATIENCE, Rehearsal, Running, http_answer, live_until, rehearsal, stand_in

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, midnight
from scripts.anvil import free_port

START = 1784070000
"""2026-07-14 23:00:00 UTC."""
ADDRESSES = tuple(devnet.signer(index).address for index in devnet.NODES)
BAD = 3
"""The node that is silent, and then lies."""
HONEST = (0, 1, 2)
COMMAND = Path(sys.executable).with_name("ifx-oracle")


class Net:
    """The processes by number, and the world around them."""

    def __init__(self, world: Rehearsal) -> None:
        """Writes everyone's settings; nobody runs yet."""
        self.world = world
        self.ports = [free_port() for _ in ADDRESSES]
        self.configs = [
            world.settings(f"node{number}", number, port, [p for p in self._peers() if p[1] != number])
            for number, port in enumerate(self.ports)
        ]
        self.nodes: dict[int, Running] = {}
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._client = httpx.Client(timeout=PATIENCE)

    def _peers(self) -> list[tuple[str, int]]:
        return [(f"http://127.0.0.1:{port}", place) for place, port in enumerate(self.ports)]

    def start(self, number: int) -> None:
        """Run the command."""
        config = self.configs[number]
        log = config.with_name("log")
        with log.open("ab") as out:
            command = [str(COMMAND), "run", "--config", str(config), "--post", "--rehearse"]
            process = self._processes[number] = subprocess.Popen(command, stderr=out)
        self.nodes[number] = Running(
            pid=process.pid,
            url=f"http://127.0.0.1:{self.ports[number]}",
            log=log,
            is_alive=lambda: process.poll() is None,
            client=self._client,
        )

    def kill(self, number: int) -> None:
        """SIGKILL, and wait for it."""
        os.kill(self.nodes.pop(number).pid, signal.SIGKILL)
        self._processes.pop(number).wait(PATIENCE)

    def stop(self) -> list[int]:
        """Ask everyone to end, and how they did."""
        for node in self.nodes.values():
            node.stop()
        codes = [process.wait(PATIENCE) for process in self._processes.values()]
        self._client.close()
        return codes

    def live(self) -> "Day":
        """The next day, from half past eleven of the evening before it to a quarter past midnight."""
        day = day_of(self.world.chain.timestamp()) + 1
        self.world.travel(midnight(day) - 1_805)
        first = self.world.chain.block_number()
        nodes = list(self.nodes.values())
        assert live_until(self.world, nodes, midnight(day) + 100)
        self.world.chain.node.request("anvil_mine", hex(80))
        assert live_until(self.world, nodes, midnight(day) + 1_000)
        return Day(self, day, first)


class Day:
    """What became of a day."""

    def __init__(self, net: Net, day: int, first_block: int) -> None:
        self._net, self.day, self._first = net, day, first_block

    def hold(self, poster: int) -> None:
        """Fixed at the honest price, by one transaction of this node, and everyone says so."""
        world = self._net.world
        assert world.price(self.day) == 8_000_000
        assert world.posts(self._first) == 1
        assert world.transactions(self._first) == [ADDRESSES[poster]]
        for node in self._net.nodes.values():
            assert node.metrics("fixing_micro_usd") == [8_000_000]
            assert node.metrics("fixed_day") == [self.day]


@pytest.fixture(scope="module")
def net() -> Iterator[Net]:
    """Four nodes that go on from test to test, a day each."""
    with rehearsal(START) as world:
        found = Net(world)
        for number in range(4):
            found.start(number)
        try:
            yield found
        finally:
            codes = found.stop()
        assert set(codes) == {0}


def test_four_nodes_fix_a_day_with_one_transaction(net: Net) -> None:
    """Everyone is well: the first of the signer set posts, everyone reports, and nobody is blamed."""
    net.live().hold(poster=0)
    for node in net.nodes.values():
        assert faults(node) == {}
        assert node.metrics("reported_day") == node.metrics("fixed_day")


def test_the_second_posts_where_the_first_is_dead(net: Net) -> None:
    """The one whose turn it is was killed: half a minute later the next one posts; restarted, it is one of four."""
    net.kill(0)
    net.live().hold(poster=1)
    net.start(0)
    net.live().hold(poster=0)


def test_a_silent_node_is_named_and_missed_by_nobody(net: Net) -> None:
    """One of four is dead: three are a quorum."""
    net.kill(BAD)
    net.live().hold(poster=0)
    for number in HONEST:
        assert (net.nodes[number].metric("peer_faults_total", peer=ADDRESSES[BAD], fault="silent") or 0) >= 1
        assert any(
            line["fault"] == "silent" and line["peer"] == ADDRESSES[BAD] for line in net.nodes[number].said("peer")
        )
        assert not net.nodes[number].metric("alert_open", cause="peer_faulty", about=ADDRESSES[BAD])


Lie = Callable[[Rehearsal, int], bytes]


def wrong_price(world: Rehearsal, day: int) -> bytes:
    """Half the price, properly signed."""
    return http_answer(world.signed(BAD, day, 4_000_000))


def two_prices(world: Rehearsal, day: int) -> bytes:
    """The right one at first, another one later."""
    later = world.chain.timestamp() > midnight(day) + 600
    return http_answer(world.signed(BAD, day, 4_000_000 if later else 8_000_000))


def garbage(world: Rehearsal, day: int) -> bytes:
    """No report."""
    return http_answer(b"<html>under maintenance</html>")


def yesterday(world: Rehearsal, day: int) -> bytes:
    """A report of the day before, as it was signed then."""
    return http_answer(world.signed(BAD, day - 1))


def not_its_own(world: Rehearsal, day: int) -> bytes:
    """Another node's report, repeated."""
    return http_answer(world.signed(0, day))


def gigabyte(world: Rehearsal, day: int) -> bytes:
    """The head of an answer of a gigabyte; the stream is the stand-in's."""
    return b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"


LIES: dict[Lie, set[str]] = {
    wrong_price: {"wrong_price"},
    two_prices: {"two_prices", "wrong_price"},
    garbage: {"garbage"},
    yesterday: {"another_day"},
    not_its_own: {"not_its_own"},
    gigabyte: {"garbage"},
}
"""What each is called; of two prices a node that heard only the second one says that it is wrong."""


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_byzantine_node_is_named_and_the_honest_price_is_posted(net: Net, lie: Lie) -> None:
    """With the registered key and its own server it can say what it wants: one fixing, one transaction, its name."""
    streamed = [0]

    def answer(path: str, out: IO[bytes]) -> None:
        out.write(lie(net.world, int(path.rpartition("/")[2])))
        with suppress(OSError):
            while lie is gigabyte and streamed[0] < 1 << 30:
                streamed[0] += out.write(bytes(1 << 16))

    before = {number: len(net.nodes[number].said("peer")) for number in HONEST}
    counted = {number: faults(net.nodes[number]) for number in HONEST}
    with ExitStack() as stack:
        stack.enter_context(stand_in(answer, port=net.ports[BAD]))
        day = net.live()
    day.hold(poster=0)
    named = {number: {line["fault"] for line in net.nodes[number].said("peer")[before[number] :]} for number in HONEST}
    for number in HONEST:
        assert named[number] & LIES[lie], named
        assert named[number] <= LIES[lie] | {"silent"}
        new = faults(net.nodes[number])
        assert any(new.get(each, 0) > counted[number].get(each, 0) for each in LIES[lie])
        assert net.nodes[number].metric("alert_open", cause="peer_faulty", about=ADDRESSES[BAD]) == 1
    if lie is two_prices:
        assert "two_prices" in named[0]
    assert streamed[0] < 50_000_000


def faults(node: Running) -> dict[str, float]:
    """What a node counts against the bad one, by fault."""
    names = {each for found in LIES.values() for each in found}
    found = {name: node.metric("peer_faults_total", peer=ADDRESSES[BAD], fault=name) for name in names}
    return {name: value for name, value in found.items() if value is not None}
